/* policy_access.c - flows against access lists, times, and what is never reached. */
#include <criterion/criterion.h>

#include "policy/access_internal.h"

#include "config_show.h"

static struct esi_endpoint
endpoint(const char *ip, uint16_t port)
{
    struct esi_endpoint end = {.port = port};

    cr_assert(esi_ip_parse(&end.ip, ip), "%s", ip);
    return end;
}

static const esi_nanos second = 1000000000;

struct row {
    const char *what, *text, *source, *destination;
    uint16_t port;
    int64_t when;  /* seconds */
    unsigned line; /* of the entry found; 0: none */
    const char *diags;
};

static void
check(const struct row *row)
{
    struct esi_config *config = read_config(row->text);
    struct access_cache *cache = access_cache_new();
    struct access *access = access_new(config, esi_config_access_list(config, "A"), cache);
    struct esi_endpoint source = endpoint(row->source, 40000);
    struct esi_endpoint destination = endpoint(row->destination, row->port);
    struct esi_buf out = {0};

    const struct esi_access_entry *entry =
        access_find(access, &source, &destination, row->when * second);
    cr_expect_eq(entry ? entry->at.line : 0, row->line, "%s: line %u", row->what,
                 entry ? entry->at.line : 0);
    show_diags(&out, config);
    esi_buf_byte(&out, '\0');
    cr_expect_str_eq((const char *)out.data, row->diags ? row->diags : "", "%s:\n%s", row->what,
                     (const char *)out.data);
    esi_buf_free(&out);
    access_free(access);
    access_cache_free(cache);
    esi_config_free(config);
}

Test(policy_access, rows)
{
    static const char nested[] = "object-group network G\n network-object host 10.0.0.1\n"
                                 " group-object H\nobject-group network H\n"
                                 " network-object 10.1.0.0 255.255.0.0\n group-object G\n"
                                 "access-list A permit tcp any object-group G\n";
    static const char circle[] = "6:0 warning: object-group 'G' contains itself by way of 'H'\n";
    static const struct row rows[] = {
        {"the first that fits",
         "access-list A deny tcp any any eq 26\n"
         "access-list A permit tcp any any eq 25\n"
         "access-list A deny ip any any\n",
         "10.0.0.1", "10.0.0.2", 25, 0, 2, NULL},
        {"none", "access-list A permit tcp any any eq 26\n", "10.0.0.1", "10.0.0.2", 25, 0, 0,
         NULL},
        {"not TCP", "access-list A permit udp any any\n", "10.0.0.1", "10.0.0.2", 25, 0, 0, NULL},
        {"inactive and remarks",
         "access-list A remark x\naccess-list A permit ip any any inactive\n", "10.0.0.1",
         "10.0.0.2", 25, 0, 0, NULL},
        {"any is of both families", "access-list A permit ip any any\n", "2001:db8::1",
         "2001:db8::2", 25, 0, 1, NULL},
        {"any4 is not", "access-list A permit ip any4 any\n", "2001:db8::1", "2001:db8::2", 25, 0,
         0, NULL},
        {"any6 is not", "access-list A permit ip any any6\n", "10.0.0.1", "10.0.0.2", 25, 0, 0,
         NULL},
        {"a mask with holes", "access-list A permit ip any 10.0.7.0 255.0.255.0\n", "10.0.0.1",
         "10.9.7.1", 25, 0, 1, NULL},
        {"a standard list looks at the destination",
         "access-list A standard permit host 10.0.0.2\n", "10.0.0.1", "10.0.0.2", 25, 0, 1, NULL},
        {"neq", "access-list A permit tcp any any neq 25\naccess-list A deny ip any any\n",
         "10.0.0.1", "10.0.0.2", 25, 0, 2, NULL},
        {"neq beside a group",
         "object-group service P tcp\n port-object eq 25\n"
         "access-list A permit tcp any neq 40000 any object-group P\n"
         "access-list A permit tcp any neq 40001 any object-group P\n",
         "10.0.0.1", "10.0.0.2", 25, 0, 4, NULL},
        {"a service object",
         "object service S\n service tcp source gt 1023 destination eq 25\n"
         "access-list A permit object S any any\n",
         "10.0.0.1", "10.0.0.2", 25, 0, 3, NULL},
        {"a protocol group",
         "object-group protocol R\n protocol-object udp\n protocol-object tcp\n"
         "access-list A permit object-group R any any eq 25\n",
         "10.0.0.1", "10.0.0.2", 25, 0, 4, NULL},
        {"a protocol group without TCP",
         "object-group protocol R\n protocol-object udp\n"
         "access-list A permit object-group R any any eq 25\n",
         "10.0.0.1", "10.0.0.2", 25, 0, 0, NULL},
        {"a group that contains itself: by the inner", nested, "10.0.0.9", "10.1.2.3", 25, 0, 7,
         circle},
        {"a group that contains itself: by the outer", nested, "10.0.0.9", "10.0.0.1", 25, 0, 7,
         circle},
        {"names that are not defined",
         "access-list A permit tcp any object-group G object-group P time-range T\n"
         "access-list A permit object S object O interface outside\n"
         "access-list A permit object-group Q any any\n",
         "10.0.0.1", "10.0.0.2", 25, 0, 0,
         "1:0 warning: there is no object-group 'P'\n1:0 warning: there is no object-group 'G'\n"
         "1:0 warning: there is no time-range 'T'\n2:0 warning: there is no service object 'S'\n"
         "2:0 warning: there is no network object 'O'\n"
         "2:0 warning: there is no interface 'outside'\n"
         "3:0 warning: there is no object-group 'Q'\n"},
        {"names that are not defined, within groups, said once",
         "object-group network G\n network-object object O\n network-object object E\n"
         " group-object H\n network-object host 10.0.0.2\n"
         "object network E\nobject network F\n fqdn v4 mail.example\n"
         "access-list A permit tcp any host 10.0.0.9\n"
         "access-list A permit tcp object-group G host 10.0.0.9\n"
         "access-list A permit tcp any object-group G\n"
         "access-list A permit tcp any object F\n",
         "10.0.0.1", "10.0.0.2", 25, 0, 11,
         "2:0 warning: there is no network object 'O'\n"
         "3:0 warning: network object 'E' is empty\n"
         "4:0 warning: there is no object-group 'H'\n"
         "12:0 warning: network object 'F' is a host name, which is not resolved: it matches "
         "nothing\n"},
        {"a group of another kind",
         "object-group network G\nobject-group service P tcp\n"
         "access-list A permit tcp any any object-group G\n",
         "10.0.0.1", "10.0.0.2", 25, 0, 0, "3:0 warning: object-group 'G' is not of services\n"},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++)
        check(&rows[i]);
}

Test(policy_access, interfaces)
{
    struct esi_config *config = read_config("access-list A permit tcp any interface outside\n");
    struct access_cache *cache = access_cache_new();
    struct esi_interface *interface = esi_alloc(sizeof *interface);
    struct esi_prefix *network = esi_alloc(sizeof *network);
    struct esi_endpoint client = endpoint("198.51.100.1", 40000);
    struct esi_endpoint box = endpoint("192.0.2.1", 25), beside = endpoint("192.0.2.2", 25);

    *network = (struct esi_prefix){box.ip, 24};
    *interface = (struct esi_interface){.name = "outside", .networks = network, .count = 1};
    config->interfaces = interface;
    config->interfaces_count = 1;
    struct access *access = access_new(config, &config->access_lists[0], cache);
    cr_expect_not_null(access_find(access, &client, &box, 0));
    cr_expect_null(access_find(access, &client, &beside, 0));
    access_free(access);
    access_cache_free(cache);
    esi_config_free(config);
}

Test(policy_access, times)
{
    static const struct {
        const char *what, *lines, *when; /* UTC */
        bool holds;
    } rows[] = {
        {"empty", "", "2024-01-01T00:00:00", true},
        {"start, before", "absolute start 08:00 1 Jan 2024\n", "2024-01-01T07:59:59", false},
        {"start", "absolute start 08:00 1 Jan 2024\n", "2024-01-01T08:00:00", true},
        {"the last minute", "absolute end 08:00 1 Jan 2024\n", "2024-01-01T08:00:59", true},
        {"behind it", "absolute end 08:00 1 Jan 2024\n", "2024-01-01T08:01:00", false},
        {"weekdays, a Monday", "periodic weekdays 8:00 to 18:00\n", "2024-01-01T08:00:00", true},
        {"weekdays, the end", "periodic weekdays 8:00 to 18:00\n", "2024-01-01T18:00:59", true},
        {"weekdays, behind", "periodic weekdays 8:00 to 18:00\n", "2024-01-01T18:01:00", false},
        {"weekdays, a Sunday", "periodic weekdays 8:00 to 18:00\n", "2024-01-07T12:00:00", false},
        {"over midnight", "periodic daily 22:00 to 6:00\n", "2024-01-01T03:00:00", true},
        {"over the weekend", "periodic Friday 18:00 to Monday 6:00\n", "2024-01-08T06:00:00", true},
        {"behind the weekend", "periodic Friday 18:00 to Monday 6:00\n", "2024-01-08T06:01:00",
         false},
        {"periods within absolute",
         "absolute start 0:00 2 Jan 2024\nperiodic daily 0:00 to 23:59\n", "2024-01-01T12:00:00",
         false},
        {"east of UTC", "periodic Tuesday 0:00 to 6:00\nclock timezone X 5 30\n",
         "2024-01-01T18:30:00", true},
        {"west of UTC", "periodic Sunday 23:00 to 23:59\nclock timezone X -5\n",
         "2024-01-01T04:00:00", true},
        {"before the epoch", "periodic Wednesday 23:59 to 23:59\n", "1969-12-31T23:59:30", true},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        char text[256];
        int year, month, day, hour, minute, seconds;
        snprintf(text, sizeof text,
                 "time-range T\n%saccess-list A permit ip any any time-range T\n", rows[i].lines);
        sscanf(rows[i].when, "%d-%d-%dT%d:%d:%d", &year, &month, &day, &hour, &minute, &seconds);
        int64_t days = year == 1969 ? -1 : 19723 + day - 1; /* 19723: 2024-01-01 */
        struct row row = {rows[i].what,
                          text,
                          "10.0.0.1",
                          "10.0.0.2",
                          25,
                          ((days * 24 + hour) * 60 + minute) * 60 + seconds,
                          0,
                          NULL};
        for (const char *at = text; rows[i].holds && *at; at++)
            row.line += *at == '\n';
        check(&row);
    }
}

Test(policy_access, unreachable)
{
    static const struct {
        const char *what, *text, *diags;
    } rows[] = {
        {"nothing", "access-list A permit tcp any any eq 25\naccess-list A deny ip any any\n", ""},
        {"inactive", "access-list A permit tcp any any inactive\n",
         "1:0 warning: never reached: the entry is inactive\n"},
        {"repeated, the other way round",
         "access-list A permit tcp any any eq 25\naccess-list A permit tcp any any eq 26\n"
         "access-list A deny tcp any any eq smtp log\n",
         "3:0 warning: never reached: line 1 of access list 'A' matches the same\n"},
        {"at another time",
         "access-list A permit tcp any any eq 25 time-range T\n"
         "access-list A permit tcp any any eq 25\n",
         ""},
        {"behind all of TCP",
         "access-list A permit tcp any any\n"
         "access-list A deny tcp any any eq 25\n"
         "access-list A deny udp any any eq 25\n",
         "1:0 warning: access list 'A': 1 entry behind this entry, which takes all they match, is "
         "never reached\n"},
        {"behind everything",
         "access-list A permit ip any any\nremark\n"
         "access-list A deny tcp any any eq 25\n"
         "access-list A deny udp any any eq 25\n",
         "2:1 note: 'remark' is no command of global configuration that is known here\n"
         "1:0 warning: access list 'A': 2 entries behind this entry, which takes all they match, "
         "are never reached\n"},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct esi_config *config = read_config(rows[i].text);
        struct esi_buf out = {0};
        access_check(config, esi_config_access_list(config, "A"));
        show_diags(&out, config);
        esi_buf_byte(&out, '\0');
        cr_expect_str_eq((const char *)out.data, rows[i].diags, "%s:\n%s", rows[i].what,
                         (const char *)out.data);
        esi_buf_free(&out);
        esi_config_free(config);
    }
}
