/* policy_groups.c - what object-groups come down to: every form of member, and how many. */
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

/* entry_for - the line of the entry of access-list A that a flow falls under; 0: none. */
static unsigned
entry_for(const struct access *access, const char *client, const char *server, uint16_t port)
{
    struct esi_endpoint source = endpoint(client, 40000), destination = endpoint(server, port);
    const struct esi_access_entry *entry = access_find(access, &source, &destination, 0);

    return entry ? entry->at.line : 0;
}

#define NETWORKS(members)                                                                          \
    "object-group network G\n" members "access-list A permit ip any object-group G\n"
#define SERVICES(members)                                                                          \
    "object-group service G\n" members "access-list A permit object-group G any any\n"

Test(policy_groups, members)
{
    static const struct {
        const char *what, *text, *server;
        uint16_t port;
        unsigned line;
        const char *diags;
    } rows[] = {
        {"all of IPv4", NETWORKS(" network-object 0.0.0.0 0.0.0.0\n"), "10.0.0.2", 25, 3, ""},
        {"which is not IPv6", NETWORKS(" network-object 0.0.0.0 0.0.0.0\n"), "2001:db8::2", 25, 0,
         ""},
        {"all of IPv6", NETWORKS(" network-object ::/0\n"), "2001:db8::2", 25, 3, ""},
        {"which is not IPv4", NETWORKS(" network-object ::/0\n"), "10.0.0.2", 25, 0, ""},
        {"hosts of one network, in any order",
         NETWORKS(" network-object host 2001:db8::9\n network-object host 2001:db8::1\n"
                  " network-object host 2001:db8::5\n"),
         "2001:db8::5", 25, 5, ""},
        {"and none between them",
         NETWORKS(" network-object host 2001:db8::9\n network-object host 2001:db8::1\n"
                  " network-object host 2001:db8::5\n"),
         "2001:db8::4", 25, 0, ""},
        {"neq", SERVICES(" service-object tcp destination neq 26\n"), "10.0.0.2", 25, 3, ""},
        {"neq, above it", SERVICES(" service-object tcp destination neq 26\n"), "10.0.0.2", 27, 3,
         ""},
        {"neq, itself", SERVICES(" service-object tcp destination neq 26\n"), "10.0.0.2", 26, 0,
         ""},
        {"neq the last port", SERVICES(" service-object tcp destination neq 65535\n"), "10.0.0.2",
         65535, 0, ""},
        {"neq the last port, below it", SERVICES(" service-object tcp destination neq 65535\n"),
         "10.0.0.2", 65534, 3, ""},
        {"a service object that says nothing",
         "object service S\naccess-list A permit object S any any\n", "10.0.0.2", 25, 0,
         "2:0 warning: service object 'S' is empty\n"},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct esi_config *config = read_config(rows[i].text);
        struct access_cache *cache = access_cache_new();
        struct access *access = access_new(config, esi_config_access_list(config, "A"), cache);
        struct esi_buf diags = {0};
        const char *client = strchr(rows[i].server, ':') ? "2001:db8::ff" : "10.0.0.1";
        unsigned line = entry_for(access, client, rows[i].server, rows[i].port);
        cr_expect_eq(line, rows[i].line, "%s: line %u", rows[i].what, line);
        show_diags(&diags, config);
        esi_buf_byte(&diags, '\0');
        cr_expect_str_eq((const char *)diags.data, rows[i].diags, "%s:\n%s", rows[i].what,
                         (const char *)diags.data);
        esi_buf_free(&diags);
        access_free(access);
        access_cache_free(cache);
        esi_config_free(config);
    }
}

/* Each group holds the next one, and each is asked for: what they come down to would be a million
 * members and more. It is bounded, that is said, and what fitted is there. */
Test(policy_groups, groups_in_groups_are_bounded)
{
    enum { GROUPS = 1300 };
    struct esi_buf text = {0};

    for (unsigned i = 0; i < GROUPS; i++)
        esi_buf_printf(&text,
                       "object-group network G%u\n network-object host 10.1.%u.%u\n"
                       " group-object G%u\n",
                       i, i / 256, i % 256, i + 1);
    esi_buf_printf(&text, "object-group network G%d\n network-object host 10.2.0.0\n", GROUPS);
    for (unsigned i = 0; i < GROUPS; i++)
        esi_buf_printf(&text, "access-list A permit tcp host 10.9.%u.%u object-group G%u\n",
                       i / 256, i % 256, i);
    esi_buf_byte(&text, '\0');
    struct esi_config *config = read_config((const char *)text.data);
    struct access_cache *cache = access_cache_new();
    struct access *access = access_new(config, esi_config_access_list(config, "A"), cache);
    struct esi_buf diags = {0};
    show_diags(&diags, config);
    esi_buf_byte(&diags, '\0');
    cr_expect(strstr((const char *)diags.data, "the rest of 'G1299' is left out"), "%.300s",
              (const char *)diags.data);
    cr_expect_null(strstr((const char *)diags.data, "the rest of 'G0' is left out"));
    cr_expect(entry_for(access, "10.9.0.0", "10.2.0.0", 25) > 0, "the first holds all of them");
    cr_expect_eq(entry_for(access, "10.9.5.19", "10.2.0.0", 25), 0, "the last nothing");
    esi_buf_free(&diags);
    esi_buf_free(&text);
    access_free(access);
    access_cache_free(cache);
    esi_config_free(config);
}
