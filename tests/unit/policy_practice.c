/* policy_practice.c - policies as people write them: who is inspected, and who is limited. */
#include "policy_text.h"

#define BIND "policy-map P\n class M\n  inspect esmtp\nservice-policy P global\n"
#define MINUTE ((esi_nanos)60 * 1000000000)
/* 2026-03-02, a Monday, 00:00 UTC */
#define MONDAY ((esi_nanos)1772409600 * 1000000000)

static const struct {
    const char *what, *text, *client, *server;
    uint16_t port;
    esi_nanos when;
    bool inspected;
} rows[] = {
    {"a list of sources takes the source",
     "access-list L permit tcp host 198.51.100.1 any eq smtp\nclass-map M\n match access-list "
     "L\n" BIND,
     "198.51.100.1", "192.0.2.25", 25, 0, true},
    {"a list of sources leaves the answer's side",
     "access-list L permit tcp host 192.0.2.25 any eq smtp\nclass-map M\n match access-list "
     "L\n" BIND,
     "198.51.100.1", "192.0.2.25", 25, 0, false},
    {"submission is no default traffic", "class-map M\n match default-inspection-traffic\n" BIND,
     "198.51.100.1", "192.0.2.25", 587, 0, false},
    {"submission by port", "class-map M\n match port tcp eq 587\n" BIND, "198.51.100.1",
     "192.0.2.25", 587, 0, true},
    {"any of two matches",
     "class-map match-any M\n match port tcp eq 25\n match port tcp eq 587\n" BIND, "198.51.100.1",
     "192.0.2.25", 587, 0, true},
    {"none of two matches",
     "class-map match-any M\n match port tcp eq 25\n match port tcp eq 587\n" BIND, "198.51.100.1",
     "192.0.2.25", 465, 0, false},
    {"IPv6 and any6",
     "access-list L permit tcp any6 host 2001:db8::25 eq 25\nclass-map M\n match access-list "
     "L\n" BIND,
     "2001:db8:1::1", "2001:db8::25", 25, 0, true},
    {"IPv6 is not any4",
     "access-list L permit tcp any4 any4 eq 25\nclass-map M\n match access-list L\n" BIND,
     "2001:db8:1::1", "2001:db8::25", 25, 0, false},
    {"a group in a group",
     "object-group network IN\n network-object 192.0.2.0 255.255.255.128\n"
     "object-group network OUT\n group-object IN\n"
     "access-list L permit tcp any object-group OUT eq 25\nclass-map M\n match access-list "
     "L\n" BIND,
     "198.51.100.1", "192.0.2.127", 25, 0, true},
    {"behind the group's last address",
     "object-group network IN\n network-object 192.0.2.0 255.255.255.128\n"
     "object-group network OUT\n group-object IN\n"
     "access-list L permit tcp any object-group OUT eq 25\nclass-map M\n match access-list "
     "L\n" BIND,
     "198.51.100.1", "192.0.2.128", 25, 0, false},
    {"an object with its own translation is known by its real address",
     "object network MX\n host 192.0.2.25\n nat (inside,outside) static 203.0.113.25\n"
     "access-list L permit tcp any object MX eq 25\nclass-map M\n match access-list L\n" BIND,
     "198.51.100.1", "192.0.2.25", 25, 0, true},
#define HOURS                                                                                      \
    "time-range T\n periodic weekdays 8:00 to 17:00\n"                                             \
    "access-list L permit tcp any any eq 25 time-range T\nclass-map M\n match access-list "        \
    "L\n" BIND
    {"a minute early", HOURS, "198.51.100.1", "192.0.2.25", 25, MONDAY + 480 * MINUTE - 1, false},
    {"on time", HOURS, "198.51.100.1", "192.0.2.25", 25, MONDAY + 480 * MINUTE, true},
    {"in the last minute", HOURS, "198.51.100.1", "192.0.2.25", 25, MONDAY + 1021 * MINUTE - 1,
     true},
    {"behind it", HOURS, "198.51.100.1", "192.0.2.25", 25, MONDAY + 1021 * MINUTE, false},
    {"on a Sunday", HOURS, "198.51.100.1", "192.0.2.25", 25, MONDAY - 700 * MINUTE, false},
    {"by the firewall's clock", "clock timezone CET 1\n" HOURS, "198.51.100.1", "192.0.2.25", 25,
     MONDAY + 420 * MINUTE, true},
    {"a class that only takes other inspections away exempts, too",
     "class-map M\n match port tcp eq 25\npolicy-map P\n class M\n  no inspect ftp\n"
     " class inspection_default\n  inspect esmtp\nservice-policy P global\n",
     "198.51.100.1", "192.0.2.25", 25, 0, false},
    {"a class of time limits alone exempts nobody",
     "class-map M\n match port tcp eq 25\npolicy-map P\n class M\n"
     "  set connection timeout idle 0:10:00\n"
     " class inspection_default\n  inspect esmtp\nservice-policy P global\n",
     "198.51.100.1", "192.0.2.25", 25, 0, true},
};

Test(policy_practice, inspected)
{
    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct esi_error err = {""};
        struct esi_policy *policy = policy_of(rows[i].text, NULL, NULL, NULL, &err);
        cr_assert_not_null(policy, "%s: %s", rows[i].what, err.text);
        cr_expect_not(esi_config_has_errors(esi_policy_config(policy), true), "%s", rows[i].what);
        struct esi_tuple flow = {endpoint_of(rows[i].client, 40000),
                                 endpoint_of(rows[i].server, rows[i].port)};
        struct esi_choice choice;
        esi_policy_choose(policy, &flow, rows[i].when, &choice);
        cr_expect_eq(choice.map != NULL, rows[i].inspected, "%s: %s", rows[i].what, choice.why);
        esi_policy_free(policy);
    }
}

static const struct {
    const char *what, *text, *server;
    uint32_t connections, embryonic; /* 0: no limit */
} limits[] = {
    {"a mailhost's", "mailhost 203.0.113.25 192.0.2.25 10 30\n", "203.0.113.25", 10, 30},
    {"by its own address", "mailhost 203.0.113.25 192.0.2.25 10 30\n", "192.0.2.25", 10, 30},
    {"of another server", "mailhost 203.0.113.25 192.0.2.25 10 30\n", "192.0.2.26", 0, 0},
    {"of a mailhost without", "mailhost 203.0.113.25 192.0.2.25\n", "192.0.2.25", 0, 0},
};

Test(policy_practice, limits_of_mailhosts)
{
    for (size_t i = 0; i < ESI_COUNT(limits); i++) {
        struct esi_error err = {""};
        struct esi_policy *policy = policy_of(limits[i].text, NULL, NULL, NULL, &err);
        cr_assert_not_null(policy, "%s: %s", limits[i].what, err.text);
        struct esi_tuple flow = {endpoint_of("198.51.100.1", 40000),
                                 endpoint_of(limits[i].server, 25)};
        struct esi_choice choice;
        esi_policy_choose(policy, &flow, 0, &choice);
        cr_expect_eq(choice.limit_count, limits[i].connections > 0 ? 1 : 0, "%s", limits[i].what);
        if (choice.limit_count == 1) {
            const uint32_t *most = choice.limits[0].limits->most;
            cr_expect_eq(most[ESI_LIMIT_CONNECTIONS], limits[i].connections, "%s", limits[i].what);
            cr_expect_eq(most[ESI_LIMIT_EMBRYONIC], limits[i].embryonic, "%s", limits[i].what);
            cr_expect(choice.limits[0].by_server && esi_policy_has_limits(policy), "%s",
                      limits[i].what);
        }
        esi_policy_free(policy);
    }
}
