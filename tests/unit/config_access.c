/* config_access.c - access lists, from text to entries. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "config_show.h"

static void
show_entry(struct esi_buf *out, const struct esi_access_entry *entry)
{
    static const char *const by[] = {"", "protocol-group", "service-group", "service-object"};

    if (entry->remark) {
        esi_buf_text(out, entry->text);
        return;
    }
    esi_buf_text(out, entry->permit ? "permit " : "deny ");
    if (entry->by != ESI_BY_SERVICE)
        esi_buf_printf(out, "%s(%s) ", by[entry->by], entry->by_name);
    show_service(out, &entry->service);
    esi_buf_text(out, entry->standard ? " standard" : "");
    esi_buf_byte(out, ' ');
    show_address(out, &entry->source);
    esi_buf_text(out, " > ");
    show_address(out, &entry->destination);
    esi_buf_text(out, entry->inactive ? " inactive" : "");
    if (entry->time_range)
        esi_buf_printf(out, " in %s", entry->time_range);
}

static void
check(const char *what, const char *text, const char *expected)
{
    struct esi_config *config = read_config(text);
    struct esi_buf out = {0};

    for (size_t i = 0; i < config->access_lists_count; i++)
        for (size_t e = 0; e < config->access_lists[i].count; e++) {
            esi_buf_printf(&out, "%s: ", config->access_lists[i].name);
            show_entry(&out, &config->access_lists[i].entries[e]);
            esi_buf_byte(&out, '\n');
        }
    show_diags(&out, config);
    esi_buf_byte(&out, '\0');
    cr_expect_str_eq((const char *)out.data, expected, "%s:\n%s", what, (const char *)out.data);
    esi_buf_free(&out);
    esi_config_free(config);
}

#define HOST "255.255.255.255"

Test(config_access, every_row_of_the_syntax)
{
    static const struct {
        const char *line, *entry; /* behind "access-list A " */
    } rows[] = {
        {"extended permit tcp any any", "permit 6 any > any"},
        {"permit ip any4 any6", "permit ip any4 > any6"},
        {"deny 0 any any", "deny ip any > any"},
        {"permit 50 any any", "permit 50 any > any"},
        {"EXT PERM TCP ANY HOST 192.0.2.1 EQ SMTP", "permit 6 to 25-25 any > 192.0.2.1/" HOST},
        {"permit tcp host mail any", "permit 6 192.0.2.25/" HOST " > any"},
        {"permit tcp net 255.255.255.0 any", "permit 6 192.0.2.0/255.255.255.0 > any"},
        {"permit tcp any 192.0.2.0 255.255.255.0 eq 25",
         "permit 6 to 25-25 any > 192.0.2.0/255.255.255.0"},
        {"permit tcp any 10.0.2.0 255.0.255.0", "permit 6 any > 10.0.2.0/255.0.255.0"},
        {"permit ip 0.0.0.0 0.0.0.0 0 0", "permit ip any4 > any4"},
        {"permit tcp 2001:db8::/32 host 2001:db8::1",
         "permit 6 2001:db8::/ffff:ffff:: > 2001:db8::1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
        {"permit tcp ::/0 any", "permit 6 any6 > any"},
        {"permit tcp object O object-group G", "permit 6 object(O) > group(G)"},
        {"permit tcp any interface outside eq 25", "permit 6 to 25-25 any > interface(outside)"},
        {"permit tcp any gt 1023 any lt 1024", "permit 6 from 1024-65535 to 0-1023 any > any"},
        {"permit tcp any neq 25 any range 1 ftp", "permit 6 from !25 to 1-21 any > any"},
        {"permit tcp any eq www any", "permit 6 from 80-80 any > any"},
        {"permit tcp any object-group P any object-group P",
         "permit 6 from group(P) to group(P) any > any"},
        {"permit tcp any object-group N object-group P", "permit 6 to group(P) any > group(N)"},
        {"permit tcp any object-group P object-group N", "permit 6 from group(P) any > group(N)"},
        {"permit object-group P any any", "permit service-group(P) ip any > any"},
        {"permit object-group R any any eq 25", "permit protocol-group(R) ip to 25-25 any > any"},
        {"permit object S any any", "permit service-object(S) ip any > any"},
        {"permit icmp any any echo-reply", "permit 1 any > any"},
        {"permit icmp any any 3 1 log 0 interval 300", "permit 1 any > any"},
        {"permit icmp any any object-group I", "permit 1 any > any"},
        {"permit tcp any any eq 25 log", "permit 6 to 25-25 any > any"},
        {"permit tcp any any log warnings interval 10 inactive", "permit 6 any > any inactive"},
        {"permit tcp any any log disable time-range T", "permit 6 any > any in T"},
        {"standard permit host 192.0.2.1", "permit ip standard any > 192.0.2.1/" HOST},
        {"standard deny any4", "deny ip standard any > any4"},
        {"remark a word: \"x", "access-list A remark a word: \"x"},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        char text[1024], expected[1024];
        snprintf(text, sizeof text,
                 "names\nname 192.0.2.25 mail\nname 192.0.2.0 net description x y\n"
                 "object-group network N\nobject-group service P tcp\nobject-group protocol R\n"
                 "object-group icmp-type I\n icmp-object echo\n"
                 "access-list A %s\n",
                 rows[i].line);
        snprintf(expected, sizeof expected, "A: %s\n", rows[i].entry);
        check(rows[i].line, text, expected);
    }
}

Test(config_access, order_and_removal)
{
    static const struct {
        const char *what, *text, *expected;
    } rows[] = {
        {"line N counts remarks",
         "access-list A remark one\naccess-list A permit tcp any any\n"
         "access-list A line 2 deny udp any any\naccess-list A line 9 permit ip any any\n",
         "A: access-list A remark one\nA: deny 17 any > any\nA: permit 6 any > any\n"
         "A: permit ip any > any\n"},
        {"no of one entry, spelled otherwise",
         "access-list A permit tcp any any eq smtp log\naccess-list A deny tcp any any eq 25\n"
         "no access-list A extended permit tcp any any eq 25\n",
         "A: deny 6 to 25-25 any > any\n"},
        {"the last entry takes the list with it",
         "access-list A permit tcp any any\nno access-list A permit tcp any any\n"
         "no access-list A permit tcp any any\n",
         "3:16 warning: there is no such access list\n"},
        {"no of a list",
         "access-list A permit tcp any any\naccess-list B permit udp any any\n"
         "no access-list A\naccess-list B deny ip any any\n",
         "B: permit 17 any > any\nB: deny ip any > any\n"},
        {"clear configure",
         "access-list A permit tcp any any\naccess-list B permit udp any any\n"
         "clear configure access-list A\n",
         "B: permit 17 any > any\n"},
        {"an IPv6 list", "ipv6 access-list A permit tcp any host 2001:db8::1 eq 25\n",
         "A: permit 6 to 25-25 any6 > "
         "2001:db8::1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff\n"},
        {"what is no list of ours",
         "access-list compiled\nno access-list compiled\naccess-list commit\n"
         "access-list mode auto-commit\naccess-list E ethertype permit ipx\n"
         "access-list W webtype permit url any\naccess-list alert-interval 5\n"
         "ip access-list extended X\n permit tcp any any\nipv6 access-list Y\n permit ipv6 any "
         "any\n",
         ""},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++)
        check(rows[i].what, rows[i].text, rows[i].expected);
}

Test(config_access, what_is_wrong)
{
    static const struct {
        const char *what, *text, *expected;
    } rows[] = {
        {"a host without the word", "access-list A permit ip any 192.0.2.9\n",
         "A: permit ip any > 192.0.2.9/" HOST "\n"
         "1:29 warning: expected 'host' before an address, or a mask behind it: taken as a "
         "host\n"},
        {"both hosts without the word", "access-list A permit ip 192.0.2.8 192.0.2.9\n",
         "A: permit ip 192.0.2.8/" HOST " > 192.0.2.9/" HOST "\n"
         "1:25 warning: expected 'host' before an address, or a mask behind it: taken as a "
         "host\n"
         "1:35 warning: expected 'host' before an address, or a mask behind it: taken as a "
         "host\n"},
        {"a wildcard", "access-list A permit ip 10.0.0.0 0.0.0.255 any\n",
         "A: permit ip 0.0.0.0/0.0.0.255 > any\n"
         "1:25 warning: 0.0.0.255 looks like a wildcard, but is taken as a network mask\n"},
        {"bits outside the mask", "access-list A permit ip 10.0.0.5 255.255.255.0 any\n",
         "A: permit ip 10.0.0.0/255.255.255.0 > any\n"
         "1:25 warning: the address has bits outside its mask: 10.0.0.0 is meant\n"},
        {"a range backwards", "access-list A permit tcp any any range 25 20\n",
         "1:34 error: expected a range that ends behind its beginning, found 25 to 20\n"},
        {"ports of ip", "access-list A permit ip any any eq 25\n",
         "1:33 error: ports need tcp, udp or sctp\n"},
        {"an ICMP type of tcp", "access-list A permit tcp any any echo\n",
         "1:34 error: expected ports such as eq smtp, found an ICMP type\n"},
        {"a user", "access-list A permit tcp user X\\joe any any\n",
         "1:26 warning: expected an address such as any, host 192.0.2.1 or "
         "192.0.2.0 255.255.255.0, found 'user'\n"},
        {"no such port", "access-list A permit tcp any any eq smtps\n",
         "1:37 warning: expected a port, found 'smtps'\n"},
        {"no such source port", "access-list A permit tcp any eq foo any\n",
         "1:33 warning: expected a port, found 'foo'\n"},
        {"no port", "access-list A permit tcp any any eq\n",
         "1:37 warning: expected a port, found the line's end\n"},
        {"half a range", "access-list A permit tcp any any range 1 x\n",
         "1:42 warning: expected a port, found 'x'\n"},
        {"nothing behind the name", "access-list A\n",
         "1:13 error: expected permit, deny or remark behind the name\n"},
        {"no such entry", "access-list A permit tcp any any\nno access-list A deny tcp any any\n",
         "A: permit 6 any > any\n2:1 warning: there is no such entry in access list 'A'\n"},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++)
        check(rows[i].what, rows[i].text, rows[i].expected);
}

Test(config_access, texts)
{
    struct esi_config *config =
        read_config("acc A line 1 ext perm tcp any  host 192.0.2.1 eq smtp log\n"
                    "acc A ext deny ip any any\n");
    const struct esi_access_list *list = esi_config_access_list(config, "A");

    cr_assert_not_null(list);
    cr_expect_null(esi_config_access_list(config, "a"), "names are told apart by case");
    cr_expect_str_eq(list->entries[0].text,
                     "access-list A extended permit tcp any host 192.0.2.1 eq smtp log");
    cr_expect_str_eq(list->entries[1].text, "access-list A extended deny ip any any");
    cr_expect_eq(list->entries[1].at.line, 2);
    esi_config_free(config);
}

/* Changes in the middle of long lists are counted, not endured. */
Test(config_access, bounded)
{
    struct esi_buf text = {0};

    for (int i = 0; i < 3000; i++)
        esi_buf_text(&text, "access-list A line 1 permit ip any any\n");
    esi_buf_byte(&text, '\0');
    struct esi_config *config = read_config((const char *)text.data);
    cr_expect(esi_config_has_errors(config, false));
    cr_expect_gt(esi_config_access_list(config, "A")->count, 2000);
    esi_config_free(config);
    esi_buf_free(&text);
}
