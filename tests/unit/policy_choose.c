/* policy_choose.c - which inspection a flow falls under, and the sentence that says why. */
#include <string.h>

#include "policy_text.h"

#define DEFAULT_CLASS "class-map inspection_default\n match default-inspection-traffic\n"
#define INSIDE                                                                                     \
    "interface GigabitEthernet0/0\n nameif outside\n security-level 0\n"                           \
    " ip address 203.0.113.1 255.255.255.0\n"                                                      \
    "interface GigabitEthernet0/1\n nameif inside\n security-level 100\n"                          \
    " ip address 192.0.2.1 255.255.255.0\n"
#define MAIL "policy-map type inspect esmtp MAIL\n parameters\n  no mask-banner\n"

static const struct {
    const char *what, *text;
    const char *client, *server;
    uint16_t port;
    const char *map; /* NULL: not inspected */
    bool smtp;
    unsigned line; /* 0: none */
    const char *why;
    const char *knob, *forced, *platform;
} rows[] = {
    {"no configuration", NULL, "198.51.100.1", "192.0.2.25", 25, "_default_esmtp_map", true, 0,
     .why = "server port 25 carries SMTP"},
    {"no configuration, other port", NULL, "198.51.100.1", "192.0.2.25", 80, NULL, false, 0,
     .why = "server port is none that carries SMTP"},
    {"nothing bound, one map", MAIL, "198.51.100.1", "192.0.2.25", 25, "MAIL", true, 0,
     .why = "server port 25 carries SMTP (nothing in the configuration binds an inspection)"},
    {"nothing bound, none defined", "hostname x\n", "198.51.100.1", "192.0.2.25", 25,
     "_default_esmtp_map", true, 0,
     .why = "server port 25 carries SMTP (nothing in the configuration binds an inspection)"},
    {"--map", MAIL "policy-map type inspect esmtp B\n", "198.51.100.1", "192.0.2.25", 25, "B", true,
     0, .why = "server port 25 carries SMTP (--map B)", NULL, "B"},
    {"global policy",
     DEFAULT_CLASS "policy-map global_policy\n class inspection_default\n  inspect ftp\n"
                   "  inspect esmtp\nservice-policy global_policy global\n",
     "198.51.100.1", "192.0.2.25", 25, "_default_esmtp_map", true, 6,
     .why = "class inspection_default of policy-map global_policy (global) holds inspect esmtp, "
            "default-inspection-traffic being TCP port 25"},
    {"global policy, other port",
     DEFAULT_CLASS "policy-map global_policy\n class inspection_default\n  inspect esmtp\n"
                   "service-policy global_policy global\n",
     "198.51.100.1", "192.0.2.25", 2525, NULL, false, 6,
     .why = "no class that takes it holds inspect esmtp"},
    {"a map that is named",
     MAIL DEFAULT_CLASS "policy-map P\n class inspection_default\n  inspect esmtp MAIL\n"
                        "service-policy P global\n",
     "198.51.100.1", "192.0.2.25", 25, "MAIL", true, 8,
     .why = "class inspection_default of policy-map P (global) holds inspect esmtp MAIL, "
            "default-inspection-traffic being TCP port 25"},
    {"the default map, defined anew",
     "policy-map type inspect esmtp _default_esmtp_map\n parameters\n  no mask-banner\n"
     "policy-map P\n class inspection_default\n  inspect esmtp\nservice-policy P global\n",
     "198.51.100.1", "192.0.2.25", 25, "_default_esmtp_map", true, 6,
     .why = "class inspection_default of policy-map P (global) holds inspect esmtp, "
            "default-inspection-traffic being TCP port 25"},
    {"another inspection on port 25",
     "class-map ALL\n match any\npolicy-map P\n class ALL\n  inspect ftp\n"
     " class inspection_default\n  inspect esmtp\nservice-policy P global\n",
     "198.51.100.1", "192.0.2.25", 25, NULL, true, 5,
     .why = "class ALL of policy-map P (global) holds inspect ftp and takes it, match any taking "
            "all; a "
            "flow has one inspection"},
    {"an inspection that takes no TCP lets it go on",
     "class-map ALL\n match any\npolicy-map P\n class ALL\n  inspect icmp\n"
     " class inspection_default\n  inspect esmtp\nservice-policy P global\n",
     "198.51.100.1", "192.0.2.25", 25, "_default_esmtp_map", true, 7,
     .why = "class inspection_default of policy-map P (global) holds inspect esmtp, "
            "default-inspection-traffic being TCP port 25"},
    {"match port",
     "class-map M\n match port tcp eq 2525\npolicy-map P\n class M\n  inspect esmtp\n"
     "service-policy P global\n",
     "198.51.100.1", "192.0.2.25", 2525, "_default_esmtp_map", true, 5,
     .why =
         "class M of policy-map P (global) holds inspect esmtp, match port tcp eq 2525 taking it"},
    {"match port, range",
     "class-map M\n match port tcp range 2500 2599\npolicy-map P\n class M\n  inspect esmtp\n"
     "service-policy P global\n",
     "198.51.100.1", "192.0.2.25", 2599, "_default_esmtp_map", true, 5,
     .why = "class M of policy-map P (global) holds inspect esmtp, match port tcp range 2500 2599 "
            "taking "
            "it"},
    {"match port udp takes no TCP",
     "class-map M\n match port udp eq 25\npolicy-map P\n class M\n  inspect esmtp\n"
     "service-policy P global\n",
     "198.51.100.1", "192.0.2.25", 25, NULL, true, 6,
     .why = "no class that takes it holds inspect esmtp"},
    {"class-default",
     "policy-map P\n class class-default\n  inspect esmtp\nservice-policy P global\n",
     "198.51.100.1", "192.0.2.25", 2525, "_default_esmtp_map", true, 3,
     .why = "class class-default of policy-map P (global) holds inspect esmtp, class-default "
            "taking what "
            "is left"},
    {"access list permits",
     "access-list L extended permit tcp any host 192.0.2.25 eq 25\nclass-map M\n"
     " match access-list L\npolicy-map P\n class M\n  inspect esmtp\nservice-policy P global\n",
     "198.51.100.1", "192.0.2.25", 25, "_default_esmtp_map", true, 6,
     .why = "class M of policy-map P (global) holds inspect esmtp, access-list L line 1 permitting "
            "it"},
    {"access list denies",
     "access-list L extended deny tcp any host 192.0.2.25 eq 25\n"
     "access-list L extended permit tcp any any eq 25\nclass-map M\n"
     " match access-list L\npolicy-map P\n class M\n  inspect esmtp\nservice-policy P global\n",
     "198.51.100.1", "192.0.2.25", 25, NULL, true, 1,
     .why = "access-list L line 1 denies it to class M; no later class inspects it"},
    {"access list denies, a later class inspects",
     "access-list L extended deny tcp any any eq 25\nclass-map M\n"
     " match access-list L\npolicy-map P\n class M\n  inspect esmtp MAIL\n"
     " class inspection_default\n  inspect esmtp\nservice-policy P global\n" MAIL,
     "198.51.100.1", "192.0.2.25", 25, "_default_esmtp_map", true, 8,
     .why = "class inspection_default of policy-map P (global) holds inspect esmtp, "
            "default-inspection-traffic being TCP port 25"},
    {"default-inspection-traffic and an access list",
     "access-list L extended permit ip any host 192.0.2.25\nclass-map M\n"
     " match default-inspection-traffic\n match access-list L\npolicy-map P\n class M\n"
     "  inspect esmtp\nservice-policy P global\n",
     "198.51.100.1", "192.0.2.26", 25, NULL, true, 8,
     .why = "no class that takes it holds inspect esmtp"},
    {"exempt, as Cisco 117801",
     "access-list ESA extended permit ip any 192.0.2.25 255.255.255.255\nclass-map ironport_esa\n"
     " match address ESA\npolicy-map P\n class inspection_default\n  inspect esmtp\n"
     " class ironport_esa\n  no inspect esmtp\nservice-policy P global\n",
     "198.51.100.1", "192.0.2.25", 25, NULL, true, 8,
     .why = "exempt: class ironport_esa holds only no inspect esmtp (Cisco 117801); by the MPF "
            "guide's "
            "first-match rule inspection_default would still inspect it"},
    {"not exempt by the guide",
     "access-list ESA extended permit ip any host 192.0.2.25\nclass-map ironport_esa\n"
     " match access-list ESA\npolicy-map P\n class ironport_esa\n  no inspect esmtp\n"
     " class inspection_default\n  inspect esmtp\nservice-policy P global\n",
     "198.51.100.1", "192.0.2.25", 25, "_default_esmtp_map", true, 8,
     .why = "class inspection_default of policy-map P (global) holds inspect esmtp, "
            "default-inspection-traffic being TCP port 25",
     "empty_class_exempts=no"},
    {"a class with another action exempts nobody",
     "class-map M\n match port tcp eq 25\npolicy-map P\n class M\n  set connection conn-max 5\n"
     " class inspection_default\n  inspect esmtp\nservice-policy P global\n",
     "198.51.100.1", "192.0.2.25", 25, "_default_esmtp_map", true, 7,
     .why = "class inspection_default of policy-map P (global) holds inspect esmtp, "
            "default-inspection-traffic being TCP port 25"},
    {"an empty class exempts",
     "class-map M\n match port tcp eq 25\npolicy-map P\n class M\nservice-policy P global\n",
     "198.51.100.1", "192.0.2.25", 25, NULL, true, 4,
     .why = "exempt: class M holds no action (Cisco 117801)"},
    {"inspection taken away again",
     "policy-map global_policy\n class inspection_default\n  inspect ftp\n  inspect esmtp\n"
     "  no inspect esmtp\nservice-policy global_policy global\n",
     "198.51.100.1", "192.0.2.25", 25, NULL, true, 6,
     .why = "no class that takes it holds inspect esmtp"},
    {"interface before global",
     INSIDE MAIL "policy-map P\n class class-default\n  inspect esmtp\npolicy-map Q\n"
                 " class class-default\n  inspect esmtp MAIL\nservice-policy P global\n"
                 "service-policy Q interface inside\n",
     "198.51.100.1", "192.0.2.25", 25, "MAIL", true, 17,
     .why = "class class-default of policy-map Q (interface inside) holds inspect esmtp MAIL, "
            "class-default taking what is left"},
    {"another interface's policy",
     INSIDE "policy-map Q\n class class-default\n  inspect esmtp\nservice-policy Q interface dmz\n"
            "interface GigabitEthernet0/2\n nameif dmz\n ip address 198.51.100.1 255.255.255.0\n",
     "203.0.113.9", "192.0.2.25", 25, NULL, true, 0,
     .why = "no class that takes it holds inspect esmtp"},
    {"no interfaces told",
     "policy-map Q\n class class-default\n  inspect esmtp\nservice-policy Q interface outside\n",
     "203.0.113.9", "192.0.2.25", 25, "_default_esmtp_map", true, 3,
     .why = "class class-default of policy-map Q (interface outside) holds inspect esmtp, "
            "class-default "
            "taking what is left; the configuration does not tell what lies at interface outside"},
    {"fixup", "PIX Version 6.3(5)\nfixup protocol smtp 25\n", "198.51.100.1", "192.0.2.25", 25,
     "mailguard", true, 2, .why = "fixup protocol smtp 25 takes server port 25"},
    {"fixup of a range", "fixup protocol smtp 25-50\n", "198.51.100.1", "192.0.2.25", 50,
     "_default_esmtp_map", true, 1, .why = "fixup protocol smtp 25-50 takes server port 50"},
    {"fixup off", "fixup protocol ftp 21\nno fixup protocol smtp 25\n", "198.51.100.1",
     "192.0.2.25", 25, NULL, true, 0, .why = "no fixup protocol smtp takes server port 25"},
    {"fixup back to its default", "no fixup protocol smtp 25\nno fixup protocol smtp\n",
     "198.51.100.1", "192.0.2.25", 25, "_default_esmtp_map", true, 2,
     .why = "fixup protocol smtp 25 takes server port 25"},
    {"mailhost", "PIX Version 4.1(5)\nmailhost 203.0.113.25 192.0.2.25\n", "198.51.100.1",
     "203.0.113.25", 25, "mailguard", true, 2,
     .why = "mailhost 203.0.113.25 192.0.2.25 names the server"},
    {"mailhost, another server", "PIX Version 4.1(5)\nmailhost 203.0.113.25 192.0.2.25\n",
     "198.51.100.1", "203.0.113.26", 25, NULL, true, 0,
     .why = "nothing in the configuration has it inspected"},
    {"ip inspect",
     "ip inspect name FW smtp\ninterface FastEthernet0/0\n ip address 192.0.2.1 255.255.255.0\n"
     " ip inspect FW in\n",
     "192.0.2.7", "198.51.100.1", 25, "smtp", true, 1,
     .why = "ip inspect name FW smtp, applied in on FastEthernet0/0", NULL, NULL, "ios"},
    {"ip inspect, the other way",
     "ip inspect name FW esmtp\ninterface FastEthernet0/0\n ip address 192.0.2.1 255.255.255.0\n"
     " ip inspect FW out\n",
     "192.0.2.7", "198.51.100.1", 25, NULL, true, 0,
     .why = "nothing in the configuration has it inspected", NULL, NULL, "ios"},
    {"inspect smtp",
     "policy-map P\n class inspection_default\n  inspect smtp\nservice-policy P global\n",
     "198.51.100.1", "192.0.2.25", 25, "smtp", true, 3,
     .why = "class inspection_default of policy-map P (global) holds inspect smtp, "
            "default-inspection-traffic being TCP port 25"},
    {"--map over a service-policy",
     MAIL "class-map M\n match port tcp eq 2525\npolicy-map P\n class M\n  inspect esmtp\n"
          "service-policy P global\n",
     "198.51.100.1", "192.0.2.25", 2525, "MAIL", true, 8,
     .why =
         "--map MAIL; class M of policy-map P (global) holds inspect esmtp, match port tcp eq 2525 "
         "taking it",
     NULL, "MAIL"},
    {"a class that is nowhere defined",
     "policy-map P\n class NOWHERE\n  inspect esmtp\nservice-policy P global\n", "198.51.100.1",
     "192.0.2.25", 25, NULL, true, 4, .why = "no class that takes it holds inspect esmtp"},
};

Test(policy_choose, table)
{
    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct esi_error err = {""};
        struct esi_policy *policy =
            policy_of(rows[i].text, rows[i].platform, rows[i].knob, rows[i].forced, &err);
        cr_assert_not_null(policy, "%s: %s", rows[i].what, err.text);
        struct esi_tuple flow = {endpoint_of(rows[i].client, 40000),
                                 endpoint_of(rows[i].server, rows[i].port)};
        struct esi_choice choice;
        esi_policy_choose(policy, &flow, 0, &choice);
        const char *map = choice.map ? choice.map->name : "none";
        cr_expect_str_eq(map, rows[i].map ? rows[i].map : "none", "%s: map %s", rows[i].what, map);
        cr_expect_str_eq(choice.why, rows[i].why, "%s: %s", rows[i].what, choice.why);
        cr_expect_eq(choice.smtp, rows[i].smtp, "%s: smtp", rows[i].what);
        cr_expect_eq(choice.at.line, rows[i].line, "%s: line %u", rows[i].what, choice.at.line);
        esi_policy_free(policy);
    }
}

static const struct {
    const char *what, *text, *client, *server;
    const char *sides[2];
    const char *limits; /* "words conn embryonic by_server; " each */
} limit_rows[] = {
    {"nothing", "hostname x\n", "198.51.100.1", "192.0.2.25", {NULL, NULL}, ""},
    {"a class's",
     INSIDE "class-map M\n match any\npolicy-map P\n class M\n"
            "  set connection conn-max 50 embryonic-conn-max 100\nservice-policy P global\n",
     "203.0.113.9",
     "192.0.2.25",
     {"outside", "inside"},
     "set connection conn-max 50 (class M) 50 100 0; "},
    {"a static's",
     INSIDE "static (inside,outside) 203.0.113.25 192.0.2.25 netmask 255.255.255.255 tcp 50 100\n",
     "203.0.113.9",
     "203.0.113.25",
     {"outside", "inside"},
     "static (inside,outside) 203.0.113.25 192.0.2.25 netmask 255.255.255.255 tcp 50 100 50 100 "
     "1; "},
    {"a port's static, by the interface's address",
     INSIDE "static (inside,outside) tcp interface 25 192.0.2.25 25 7 0\n",
     "198.51.100.1",
     "203.0.113.1",
     {NULL, "inside"},
     "static (inside,outside) tcp interface 25 192.0.2.25 25 7 0 7 0 1; "},
    {"another port's static",
     INSIDE "static (inside,outside) tcp interface 80 192.0.2.25 80 7 0\n",
     "198.51.100.1",
     "203.0.113.1",
     {NULL, "outside"},
     ""},
    {"a route, and the longer prefix",
     INSIDE "route outside 0 0 203.0.113.254 1\nroute inside 198.51.100.0 255.255.255.128 "
            "192.0.2.254\n",
     "198.51.100.1",
     "198.51.100.200",
     {"inside", "outside"},
     ""},
    {"learned",
     "interface Vlan2\n nameif outside\n ip address dhcp setroute\n",
     "198.51.100.1",
     "192.0.2.25",
     {"outside", "outside"},
     ""},
};

Test(policy_choose, sides_and_limits)
{
    for (size_t i = 0; i < ESI_COUNT(limit_rows); i++) {
        struct esi_error err = {""};
        struct esi_policy *policy = policy_of(limit_rows[i].text, NULL, NULL, NULL, &err);
        cr_assert_not_null(policy, "%s: %s", limit_rows[i].what, err.text);
        struct esi_tuple flow = {endpoint_of(limit_rows[i].client, 40000),
                                 endpoint_of(limit_rows[i].server, 25)};
        struct esi_choice choice;
        esi_policy_choose(policy, &flow, 0, &choice);
        for (int s = 0; s < 2; s++) {
            const char *is = choice.interface[s] ? choice.interface[s] : "-";
            const char *want = limit_rows[i].sides[s] ? limit_rows[i].sides[s] : "-";
            cr_expect_str_eq(is, want, "%s: side %d is %s", limit_rows[i].what, s, is);
        }
        struct esi_buf text = {0};
        for (size_t l = 0; l < choice.limit_count; l++)
            esi_buf_printf(&text, "%s %u %u %d; ",
                           esi_policy_limit_words(policy, &choice.limits[l], ESI_LIMIT_CONNECTIONS),
                           choice.limits[l].limits->most[ESI_LIMIT_CONNECTIONS],
                           choice.limits[l].limits->most[ESI_LIMIT_EMBRYONIC],
                           choice.limits[l].by_server);
        esi_buf_byte(&text, '\0');
        cr_expect_str_eq((char *)text.data, limit_rows[i].limits, "%s: %s", limit_rows[i].what,
                         (char *)text.data);
        esi_buf_free(&text);
        esi_policy_free(policy);
    }
}

static const struct {
    const char *what, *text, *platform, *knob, *map;
    const char *name;  /* of the platform; NULL: refused */
    const char *error; /* part of it */
} platform_rows[] = {
    {"nothing said", NULL, NULL, NULL, NULL, "asa-8", NULL},
    {"a version line", "ASA Version 9.1(2)\n", NULL, NULL, NULL, "asa-9.1(2)", NULL},
    {"an interim release", "ASA Version 9.8(4)15 <context>\n", NULL, NULL, NULL, "asa-9.8(4.15)",
     NULL},
    {"PIX", "PIX Version 6.3(5)122\n", NULL, NULL, NULL, "pix-6.3(5.122)", NULL},
    {"FWSM", "FWSM Version 4.1(4) <context>\n", NULL, NULL, NULL, "fwsm-4.1(4)", NULL},
    {"IOS", "version 12.4\n", NULL, NULL, NULL, "ios-12.4", NULL},
    {"a version in a comment", ": ASA Version 8.2(1)\nhostname x\n", NULL, NULL, NULL, "asa-8.2(1)",
     NULL},
    {"a comment against a line", "ASA Version 9.1(2)\n: ASA Version 8.2(1)\n", NULL, NULL, NULL,
     "asa-9.1(2)", NULL},
    {"a release nobody knows", "PIX Version 3.0\n", NULL, NULL, NULL, "pix-6.3", NULL},
    {"the option wins", "ASA Version 9.1(2)\n", "pix-6.3", NULL, NULL, "pix-6.3", NULL},
    {"unknown platform", NULL, "asa-1", NULL, NULL, NULL, "is not known"},
    {"unknown knob", NULL, NULL, "colour=red", NULL, NULL, "colour"},
    {"unknown map", MAIL, NULL, NULL, "X", NULL, "the configuration has MAIL"},
    {"the default map by name", MAIL, NULL, NULL, "_default_esmtp_map", "asa-8", NULL},
    {"several maps", MAIL "policy-map type inspect esmtp B\n", NULL, NULL, NULL, NULL,
     "several inspection maps (MAIL and B)"},
};

Test(policy_choose, platforms_and_options)
{
    for (size_t i = 0; i < ESI_COUNT(platform_rows); i++) {
        struct esi_error err = {""};
        struct esi_policy *policy = policy_of(platform_rows[i].text, platform_rows[i].platform,
                                              platform_rows[i].knob, platform_rows[i].map, &err);
        const char *is = policy ? esi_policy_platform(policy)->name : "refused";
        const char *want = platform_rows[i].name ? platform_rows[i].name : "refused";
        cr_expect_str_eq(is, want, "%s: %s", platform_rows[i].what, is);
        if (!policy)
            cr_assert_not_null(strstr(err.text, platform_rows[i].error), "%s: %s",
                               platform_rows[i].what, err.text);
        esi_policy_free(policy);
    }
}

/* The sentence is the same pointer again, and a list of 10000 lines is asked quickly. */
Test(policy_choose, keeps_sentences)
{
    struct esi_buf text = {0};

    for (unsigned i = 0; i < 10000; i++)
        esi_buf_printf(&text, "access-list L extended deny tcp host 10.%u.%u.%u any eq 25\n",
                       i >> 16, i >> 8 & 255, i & 255);
    esi_buf_text(&text, "access-list L extended permit tcp any any eq 25\nclass-map M\n"
                        " match access-list L\npolicy-map P\n class M\n  inspect esmtp\n"
                        "service-policy P global\n");
    struct esi_error err = {""};
    struct esi_policy *policy = policy_of_bytes(esi_buf_slice(&text), NULL, NULL, NULL, &err);
    cr_assert_not_null(policy, "%s", err.text);
    struct esi_tuple flow = {endpoint_of("198.51.100.1", 40000), endpoint_of("192.0.2.25", 25)};
    struct esi_choice first, second;
    esi_policy_choose(policy, &flow, 0, &first);
    cr_assert_not_null(first.map, "%s", first.why);
    for (unsigned i = 0; i < 1000; i++)
        esi_policy_choose(policy, &flow, 0, &second);
    cr_assert_eq(first.why, second.why);
    esi_policy_free(policy);
    esi_buf_free(&text);
}
