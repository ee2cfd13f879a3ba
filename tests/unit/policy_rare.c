/* policy_rare.c - what hardly any configuration has: it reads back, and chooses, all the same. */
#include <string.h>

#include "policy_twins.h"

#define BIND "service-policy P global\n"
#define MAIL "policy-map type inspect esmtp MAIL\n parameters\n  no mask-banner\n"

static const struct {
    const char *what, *text;
    const char *part, *none; /* that is printed, and that is not; NULL: nothing */
} printed[] = {
    {"an interface that is down",
     "interface GigabitEthernet0/0\n shutdown\n nameif outside\n security-level 0\n"
     " ip address 203.0.113.1 255.255.255.0\n",
     "interface GigabitEthernet0/0\n shutdown\n nameif outside\n", NULL},
    {"ip inspect out",
     "version 12.4\nip inspect name FW esmtp\ninterface FastEthernet0/0\n"
     " ip address 192.0.2.1 255.255.255.0\n ip inspect FW out\n",
     " ip inspect FW out\n", " in\n"},
    {"a regular expression with a quotation mark",
     "regex R a\"b\nregex S \"a b\"\npolicy-map type inspect esmtp M\n"
     " match sender-address regex R\n  log\n match sender-address regex S\n  log\n",
     "regex R a\"b\nregex S \"a b\"\n", NULL},
    {"a class of regular expressions that nothing uses",
     "regex R x\nclass-map type regex match-any C\n match regex R\n" MAIL, "MAIL\n",
     "type regex match-any C"},
    {"one policy-map bound twice",
     "interface GigabitEthernet0/0\n nameif outside\n ip address 203.0.113.1 255.255.255.0\n" MAIL
     "policy-map P\n class inspection_default\n  inspect esmtp MAIL\n" BIND
     "service-policy P interface outside\n",
     "service-policy P global\nservice-policy P interface outside\n", NULL},
    {"service objects and groups, and a time range that no list names",
     "object service S\n service tcp destination eq 25\n"
     "object-group service PORTS tcp\n port-object eq 2525\n"
     "time-range NEVER\n absolute end 00:00 1 January 2000\n"
     "access-list L extended permit object S any any\n"
     "access-list L extended permit tcp any any object-group PORTS\n"
     "class-map C\n match access-list L\n" MAIL
     "policy-map P\n class C\n  inspect esmtp MAIL\n" BIND,
     "object-group service PORTS tcp\n port-object eq 2525\n", "NEVER"},
};

Test(policy_rare, reads_back)
{
    uint32_t state = TWINS_SEED;

    for (size_t i = 0; i < ESI_COUNT(printed); i++) {
        struct esi_error err = {""};
        struct esi_buf text = {0};
        struct esi_policy *policy = policy_of(printed[i].text, NULL, NULL, NULL, &err);
        cr_assert_not_null(policy, "%s: %s", printed[i].what, err.text);
        print_to(policy, &text);
        const char *said = (const char *)text.data;
        cr_expect(strstr(said, printed[i].part), "%s: no '%s' in\n%s", printed[i].what,
                  printed[i].part, said);
        cr_expect(!printed[i].none || !strstr(said, printed[i].none), "%s: '%s' in\n%s",
                  printed[i].what, printed[i].none, said);
        esi_buf_free(&text);
        esi_policy_free(policy);
        check_reads_back(printed[i].what, printed[i].text, NULL, NULL, &state);
    }
}

/* A map that the command line names is not the configuration's: it is said in a comment. */
Test(policy_rare, a_map_of_the_command_line_is_a_comment)
{
    struct esi_error err = {""};
    struct esi_buf text = {0};
    struct esi_policy *policy = policy_of(MAIL, NULL, NULL, "MAIL", &err);

    cr_assert_not_null(policy, "%s", err.text);
    print_to(policy, &text);
    cr_expect(strstr((char *)text.data, "! --map MAIL\n"), "%s", (char *)text.data);
    esi_buf_free(&text);
    esi_policy_free(policy);
}

#define INTERFACES                                                                                 \
    "interface GigabitEthernet0/0\n nameif outside\n security-level 0\n"                           \
    "interface GigabitEthernet0/1\n nameif inside\n security-level 100\n"                          \
    " ip address 192.0.2.1 255.255.255.0\n"
#define INSPECTS(class) "policy-map P\n class " class "\n  inspect esmtp MAIL\n" BIND

static const struct {
    const char *what, *text, *server;
    uint16_t port;
    const char *map; /* NULL: not inspected */
} chosen[] = {
    {"an access list that is nowhere takes nothing",
     "class-map C\n match access-list NOWHERE\n" MAIL INSPECTS("C"), "192.0.2.25", 25, NULL},
    {"what a class matches that is not about TCP's ports takes nothing",
     "class-map C\n match dscp ef\n" MAIL INSPECTS("C"), "192.0.2.25", 25, NULL},
    {"a static of an interface whose address is not told: by the real address",
     INTERFACES MAIL "static (inside,outside) tcp interface smtp 192.0.2.25 smtp\n"
                     "policy-map P\n class inspection_default\n  inspect esmtp MAIL\n"
                     "service-policy P interface inside\n",
     "192.0.2.25", 25, "MAIL"},
};

Test(policy_rare, choices)
{
    for (size_t i = 0; i < ESI_COUNT(chosen); i++) {
        struct esi_error err = {""};
        struct esi_policy *policy = policy_of(chosen[i].text, NULL, NULL, NULL, &err);
        struct esi_tuple flow = {endpoint_of("198.51.100.1", 40000),
                                 endpoint_of(chosen[i].server, chosen[i].port)};
        struct esi_choice choice;
        cr_assert_not_null(policy, "%s: %s", chosen[i].what, err.text);
        esi_policy_choose(policy, &flow, 0, &choice);
        cr_expect_str_eq(name_or(choice.map ? choice.map->name : NULL), name_or(chosen[i].map),
                         "%s: %s", chosen[i].what, choice.why);
        esi_policy_free(policy);
    }
}

/* Limits are those of every static that the server's address falls under, each once, be it named
 * by both of its addresses. */
Test(policy_rare, a_static_counts_once)
{
    static const char text[] =
        INTERFACES "static (inside,outside) 192.0.2.25 192.0.2.25 netmask 255.255.255.255 10 20\n"
                   "static (inside,outside) 192.0.2.0 192.0.2.0 netmask 255.255.255.0 30 40\n"
                   "static (inside,outside) udp 192.0.2.25 domain 192.0.2.25 domain netmask "
                   "255.255.255.255 1 1\n" MAIL INSPECTS("inspection_default");
    struct esi_error err = {""};
    struct esi_policy *policy = policy_of(text, NULL, NULL, NULL, &err);
    struct esi_tuple flow = {endpoint_of("198.51.100.1", 40000), endpoint_of("192.0.2.25", 25)};
    struct esi_choice choice;

    cr_assert_not_null(policy, "%s", err.text);
    esi_policy_choose(policy, &flow, 0, &choice);
    cr_expect_eq(choice.limit_count, 2, "%zu limits", (size_t)choice.limit_count);
    esi_policy_free(policy);
}
