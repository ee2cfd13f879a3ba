/* config_objects.c - names, objects and object-groups, from text to lists. */
#include <criterion/criterion.h>

#include "config_show.h"

static void
show_objects(struct esi_buf *out, const struct esi_config *config)
{
    char text[ESI_IP_TEXT];

    for (size_t i = 0; i < config->names_count; i++)
        esi_buf_printf(out, "name %s %s\n", config->names[i].name,
                       esi_ip_print(text, &config->names[i].ip));
    for (size_t i = 0; i < config->objects_count; i++) {
        const struct esi_object *object = &config->objects[i];
        esi_buf_printf(out, "object %s: ", object->name);
        if (object->kind == ESI_OBJECT_NETWORK)
            show_address(out, &object->address);
        else if (object->text)
            show_service(out, &object->service);
        esi_buf_printf(out, " \"%s\"\n", object->text ? object->text : "");
    }
}

static void
show_member(struct esi_buf *out, const struct esi_member *member)
{
    if (member->kind == ESI_MEMBER_ADDRESS)
        show_address(out, &member->address);
    else if (member->kind == ESI_MEMBER_SERVICE)
        show_service(out, &member->service);
    else if (member->kind == ESI_MEMBER_PROTOCOL)
        esi_buf_printf(out, "protocol %u", member->service.protocol);
    else
        esi_buf_printf(out, "%s(%s)", member->kind == ESI_MEMBER_GROUP ? "group" : "object",
                       member->name);
}

static void
show_groups(struct esi_buf *out, const struct esi_config *config)
{
    static const char *const kinds[] = {"network", "service", "protocol", "other"};

    for (size_t i = 0; i < config->groups_count; i++) {
        const struct esi_group *group = &config->groups[i];
        esi_buf_printf(out, "group %s %s%s%s:", group->name, kinds[group->kind],
                       group->ports_of ? " " : "", group->ports_of ? group->ports_of : "");
        for (size_t m = 0; m < group->count; m++) {
            esi_buf_text(out, m > 0 ? ", " : " ");
            show_member(out, &group->members[m]);
        }
        esi_buf_byte(out, '\n');
    }
}

struct row {
    const char *what, *text, *expected;
};

static void
check(const struct row *row)
{
    struct esi_config *config = read_config(row->text);
    struct esi_buf out = {0};

    show_objects(&out, config);
    show_groups(&out, config);
    show_diags(&out, config);
    esi_buf_byte(&out, '\0');
    cr_expect_str_eq((const char *)out.data, row->expected, "%s:\n%s", row->what,
                     (const char *)out.data);
    esi_buf_free(&out);
    esi_config_free(config);
}

#define HOST "255.255.255.255"

Test(config_objects, names)
{
    static const struct row rows[] = {
        {"a name", "name 192.0.2.1 a\n", "name a 192.0.2.1\n"},
        {"with a description, and used after `no names`",
         "name 192.0.2.1 a description x y\nno names\nobject network O\n host a\n",
         "name a 192.0.2.1\nobject O: 192.0.2.1/" HOST " \"host a\"\n"},
        {"said again", "name 192.0.2.1 a\nname 192.0.2.2 a\n", "name a 192.0.2.2\n"},
        {"IPv6", "name 2001:db8::1 a\n", "name a 2001:db8::1\n"},
        {"no", "name 192.0.2.1 a\nname 192.0.2.2 b\nno name 192.0.2.1 a\n", "name b 192.0.2.2\n"},
        {"no, of another address", "name 192.0.2.1 a\nno name 192.0.2.2 a\n",
         "name a 192.0.2.1\n2:9 warning: 'a' is another address\n"},
        {"no, of none", "no name 192.0.2.2 a\n", "1:19 warning: there is no such name\n"},
        {"clear", "name 192.0.2.1 a\nclear configure name\n", ""},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++)
        check(&rows[i]);
}

Test(config_objects, objects)
{
    static const struct row rows[] = {
        {"a host", "object network O\n host 192.0.2.1\n",
         "object O: 192.0.2.1/" HOST " \"host 192.0.2.1\"\n"},
        {"a subnet", "object network O\n subnet 192.0.2.0 255.255.255.0\n",
         "object O: 192.0.2.0/255.255.255.0 \"subnet 192.0.2.0 255.255.255.0\"\n"},
        {"an IPv6 subnet", "object network O\n subnet 2001:db8::/32\n",
         "object O: 2001:db8::/ffff:ffff:: \"subnet 2001:db8::/32\"\n"},
        {"everything", "object network O\n subnet 0.0.0.0 0.0.0.0\n",
         "object O: any4 \"subnet 0.0.0.0 0.0.0.0\"\n"},
        {"a range", "object network O\n range 10.0.0.1 10.0.0.9\n",
         "object O: 10.0.0.1-10.0.0.9 \"range 10.0.0.1 10.0.0.9\"\n"},
        {"a host name", "object network O\n fqdn v4 mail.example\n",
         "object O: fqdn(mail.example) \"fqdn v4 mail.example\"\n"},
        {"defined, then translated, then described",
         "object network O\n host 192.0.2.1\nobject network O\n nat (in,out) static 192.0.2.9\n"
         " description d\n",
         "object O: 192.0.2.1/" HOST " \"host 192.0.2.1\"\n"},
        {"the later content counts", "object network O\n host 10.0.0.1\n host 10.0.0.2\n",
         "object O: 10.0.0.2/" HOST " \"host 10.0.0.2\"\n"},
        {"no content", "object network O\n host 10.0.0.1\n no host 10.0.0.1\n",
         "object O: none \"\"\n"},
        {"removed",
         "object network O\nobject network P\nno object network O\nobject network P\n"
         " host 10.0.0.1\n",
         "object P: 10.0.0.1/" HOST " \"host 10.0.0.1\"\n"},
        {"one name for both kinds",
         "object network O\n host 10.0.0.1\nobject service O\n service tcp destination eq smtp\n",
         "object O: 10.0.0.1/" HOST " \"host 10.0.0.1\"\n"
         "object O: 6 to 25-25 \"service tcp destination eq smtp\"\n"},
        {"source and destination",
         "object service O\n service tcp source gt 1023 destination range 25 26\n",
         "object O: 6 from 1024-65535 to 25-26 "
         "\"service tcp source gt 1023 destination range 25 26\"\n"},
        {"ICMP", "object service O\n service icmp echo-reply 0\n",
         "object O: 1 \"service icmp echo-reply 0\"\n"},
        {"a number", "object service O\n service 111\n", "object O: 111 \"service 111\"\n"},
        {"ports of what has none", "object service O\n service gre destination eq 1\n",
         "object O:  \"\"\n2:10 error: ports need tcp, udp or sctp\n"},
        {"a range backwards", "object network O\n range 10.0.0.9 10.0.0.1\n",
         "object O: none \"\"\n2:17 error: expected a range that ends behind its beginning\n"},
        {"clear", "object network O\nobject service S\nclear configure object network\n",
         "object S:  \"\"\n"},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++)
        check(&rows[i]);
}

Test(config_objects, groups)
{
    static const struct row rows[] = {
        {"networks",
         "object-group network G\n description d\n network-object host 10.0.0.1\n"
         " network-object 10.1.0.0 255.255.0.0\n network-object 2001:db8::/32\n"
         " network-object host 2001:db8::1\n network-object object O\n group-object H\n",
         "group G network: 10.0.0.1/" HOST ", 10.1.0.0/255.255.0.0, 2001:db8::/ffff:ffff::, "
         "2001:db8::1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, object(O), group(H)\n"},
        {"ports",
         "object-group service G tcp\n port-object eq smtp\n port-object range 1 ftp\n"
         " group-object H\n",
         "group G service tcp: 6 to 25-25, 6 to 1-21, group(H)\n"},
        {"ports of both", "object-group service G tcp-udp\n port-object eq domain\n",
         "group G service tcp-udp: 6+17 to 53-53\n"},
        {"ports of UDP", "object-group service G udp\n port-object eq 53\n",
         "group G service udp: 17 to 53-53\n"},
        {"services, old and new",
         "object-group service G\n service-object tcp eq smtp\n"
         " service-object tcp destination eq 587\n service-object tcp source gt 1023\n"
         " service-object tcp source eq 1 destination neq 2\n service-object tcp-udp lt 3\n"
         " service-object icmp echo\n service-object ip\n service-object 47\n"
         " service-object object O\n service-object udp range www 101\n",
         "group G service: 6 to 25-25, 6 to 587-587, 6 from 1024-65535, 6 from 1-1 to !2, "
         "6+17 to 0-2, 1, ip, 47, object(O), 17 to 80-101\n"},
        {"protocols",
         "object-group protocol G\n protocol-object tcp\n protocol-object 50\n"
         " group-object H\n",
         "group G protocol: protocol 6, protocol 50, group(H)\n"},
        {"by name only",
         "object-group icmp-type G\n icmp-object echo\nobject-group user U\n"
         " user X\\joe\nobject-group security S\n security-group tag 1\n",
         "group G other:\ngroup U other:\ngroup S other:\n"},
        {"opened again",
         "object-group protocol G\n protocol-object tcp\nobject-group network H\n"
         "object-group protocol G\n protocol-object udp\n",
         "group G protocol: protocol 6, protocol 17\ngroup H network:\n"},
        {"members removed, spelled otherwise",
         "object-group service G tcp\n port-object eq smtp\n port-object eq 26\n"
         " no port-object eq 25\n no port-object eq 27\n",
         "group G service tcp: 6 to 26-26\n5:2 warning: there is no such member in 'G'\n"},
        {"groups removed",
         "object-group network G\n network-object host 10.0.0.1\nobject-group network H\n"
         "object-group network I\nno object-group network G\nobject-group network I\n"
         " group-object H\nno object-group network G\n",
         "group I network: group(H)\ngroup H network:\n"
         "8:25 warning: there is no such object-group\n"},
        {"of another kind", "object-group network G\nobject-group service G\n service-object tcp\n",
         "group G network:\n2:22 error: the object-group of line 1 has this name and is of "
         "another kind\n"},
        {"ports among services", "object-group service G\n port-object eq 25\n",
         "group G service:\n2:2 error: port-object stands in an object-group service with tcp, "
         "udp or tcp-udp; expected service-object\n"},
        {"services among ports", "object-group service G tcp\n service-object tcp eq 25\n",
         "group G service tcp:\n2:2 error: service-object stands in an object-group service "
         "without tcp; expected port-object\n"},
        {"clear",
         "object-group network G\nobject-group service H\n"
         "clear configure object-group service\nclear configure name\n",
         "group G network:\n"},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++)
        check(&rows[i]);
}

/* Names of ports and protocols mean their numbers, in any case. */
Test(config_objects, port_names)
{
    static const struct {
        const char *name;
        unsigned port;
    } rows[] = {
        {"smtp", 25},     {"SMTP", 25},     {"www", 80},    {"http", 80},     {"https", 443},
        {"pop3", 110},    {"imap4", 143},   {"domain", 53}, {"aol", 5190},    {"xdmcp", 177},
        {"sqlnet", 1521}, {"radius", 1645}, {"0", 0},       {"65535", 65535},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        char text[128];
        snprintf(text, sizeof text, "object-group service G tcp\n port-object eq %s\n",
                 rows[i].name);
        struct esi_config *config = read_config(text);
        cr_assert_eq(config->groups[0].count, 1, "%s", rows[i].name);
        cr_expect_eq(config->groups[0].members[0].service.destination.low, rows[i].port, "%s",
                     rows[i].name);
        esi_config_free(config);
    }
}
