/* config_binding.c - class-map, policy-map and service-policy, line by line. */
#include "config_lists.h"

static void
show_class_maps(const struct esi_config *config, struct esi_buf *out)
{
    for (size_t i = 0; i < config->class_maps_count; i++) {
        const struct esi_class_map *map = &config->class_maps[i];
        esi_buf_printf(out, "%s%s:", map->name, map->any ? " any" : "");
        for (size_t m = 0; m < map->count; m++)
            esi_buf_printf(out, "%s %s", m > 0 ? "," : "", map->matches[m].text);
        esi_buf_text(out, "; ");
    }
}

#define C "class-map C\n"

static const struct config_row class_rows[] = {
    {"a class-map", "class-map C", OK, "C:; ", NULL},
    {"match-any", "class-map C match-any", OK, "C any:; ", NULL},
    {"match-all", "class-map C match-any\nclass-map C match-all", OK, "C:; ", NULL},
    {"as IOS orders it", "class-map match-any C", OK, "C any:; ", NULL},
    {"taken away", C "no class-map C", OK, "", NULL},
    {"taken away, the second stays", C "class-map D\n match any\nno class-map C", OK,
     "D: match any; ", NULL},
    {"taken away, unknown", "no class-map C", OK, "", "there is no such class-map"},
    {"a long name", "class-map A2345678901234567890123456789012345678901", WRONG, "",
     "at most 40 characters"},
    {"description", C " description SMTP of the branch", ASIDE, "C:; ", NULL},
    {"any", C " match any", OK, "C: match any; ", NULL},
    {"access list", C " match access-list L", OK, "C: match access-list L; ", NULL},
    {"access list, abbreviated", C " ma access-l L", OK, "C: match access-list L; ", NULL},
    {"the slip of Cisco 117801", C " match address L", OK, "C: match access-list L; ",
     "read as 'match access-list'"},
    {"port", C " match port tcp eq smtp", OK, "C: match port tcp eq smtp; ", NULL},
    {"port of UDP", C " match port udp eq 53", OK, "C: match port udp eq 53; ", NULL},
    {"range", C " match port tcp range 25 50", OK, "C: match port tcp range 25 50; ", NULL},
    {"range backwards", C " match port tcp range 50 25", WRONG, "C:; ",
     "from the lower port to the higher"},
    {"no such port", C " match port tcp eq 65536", UNKNOWN, "C:; ", "expected"},
    {"default-inspection-traffic", C " match default-inspection-traffic", OK,
     "C: match default-inspection-traffic; ", NULL},
    {"and an access list", C " match default-inspection-traffic\n match access-list L", OK,
     "C: match default-inspection-traffic, match access-list L; ", NULL},
    {"a second match", C " match any\n match access-list L", WRONG, "C: match any; ",
     "holds 'match any' already"},
    {"a second match of match-any",
     "class-map match-any C\n match access-list K\n match access-list L", OK,
     "C any: match access-list K, match access-list L; ", NULL},
    {"the same match again", C " match any\n match any", OK, "C: match any; ", NULL},
    {"dscp", C " match dscp ef", OK, "C: match dscp ef; ", NULL},
    {"precedence", C " match precedence 5", OK, "C: match precedence 5; ", NULL},
    {"rtp", C " match rtp 16384 100", OK, "C: match rtp 16384 100; ", NULL},
    {"tunnel-group and flow", C " match tunnel-group T\n match flow ip destination-address", OK,
     "C: match tunnel-group T, match flow ip destination-address; ", NULL},
    {"no match", C " match any\n no match any", OK, "C:; ", NULL},
    {"no match of another", C " match any\n no match access-list L", OK, "C: match any; ",
     "holds no such match"},
    {"cleared", C "clear configure class-map", OK, "", NULL},
    {"one cleared", C "class-map D\nclear config class-map C", OK, "D:; ", NULL},
};

static void
show_policies(const struct esi_config *config, struct esi_buf *out)
{
    for (size_t i = 0; i < config->policy_maps_count; i++) {
        const struct esi_policy_map *map = &config->policy_maps[i];
        esi_buf_printf(out, "%s{", map->name);
        for (size_t c = 0; c < map->count; c++) {
            const struct esi_policy_class *class = &map->classes[c];
            esi_buf_printf(out, "%s:", class->name);
            for (size_t n = 0; n < class->count; n++)
                esi_buf_printf(out, " %s%s%s%s", class->inspects[n].no ? "no " : "",
                               class->inspects[n].protocol, class->inspects[n].map ? "=" : "",
                               class->inspects[n].map ? class->inspects[n].map : "");
            for (int n = 0; n < ESI_LIMIT_COUNT; n++)
                if (class->limits.at[n].file)
                    esi_buf_printf(out, " %s=%u", esi_limit_name((enum esi_limit_kind)n),
                                   class->limits.most[n]);
            if (class->other_actions > 0)
                esi_buf_printf(out, " +%u", class->other_actions);
            esi_buf_byte(out, ';');
        }
        esi_buf_byte(out, '}');
    }
    for (size_t i = 0; i < config->service_policies_count; i++)
        esi_buf_printf(
            out, " %s@%s", config->service_policies[i].policy_map,
            config->service_policies[i].interface ? config->service_policies[i].interface : "global");
}

#define P "policy-map P\n class C\n"

static const struct config_row policy_rows[] = {
    {"a policy-map", "policy-map P", OK, "P{}", NULL},
    {"taken away", "policy-map P\nno policy-map P", OK, "", NULL},
    {"taken away, unknown", "no policy-map P", OK, "", "there is no such policy-map"},
    {"description", "policy-map P\n description x y", ASIDE, "P{}", NULL},
    {"a class", P, OK, "P{C:;}", NULL},
    {"no class", P " no class C", OK, "P{}", NULL},
    {"no class, unknown", P " no class D", OK, "P{C:;}", "has no such class"},
    {"class-default stays last", "policy-map P\n class class-default\n class C", OK,
     "P{C:;class-default:;}", NULL},
    {"insert-before", P " class D insert-before C", OK, "P{D:;C:;}", NULL},
    {"insert-before, unknown", P " class D insert-before X", OK, "P{C:;D:;}", "has no such class"},
    {"a class again", P "  inspect ftp\n class D\n class C", OK, "P{C: ftp;D:;}", NULL},
    {"inspect esmtp", P "  inspect esmtp", OK, "P{C: esmtp;}", NULL},
    {"inspect esmtp with a map", P "  inspect esmtp M", OK, "P{C: esmtp=M;}", NULL},
    {"another map", P "  inspect esmtp M\n  inspect esmtp N", OK, "P{C: esmtp=N;}", NULL},
    {"more than a map", P "  inspect esmtp M N", WRONG, "P{C:;}", "behind the map's name"},
    {"inspect smtp", P "  inspect smtp", OK, "P{C: smtp;}", NULL},
    {"no inspect takes away", P "  inspect esmtp M\n  no inspect esmtp", OK, "P{C:;}", NULL},
    {"no inspect stands", P "  no inspect esmtp", OK, "P{C: no esmtp;}", NULL},
    {"no inspect, and back", P "  no inspect esmtp\n  inspect esmtp", OK, "P{C: esmtp;}", NULL},
    {"others",
     P "  inspect dns preset_dns_map\n  inspect h323 h225\n  inspect h323 ras\n"
       "  inspect ip-options\n  inspect icmp error\n  inspect ftp strict F",
     OK, "P{C: dns=preset_dns_map h323 h225 h323 ras ip-options icmp error ftp=strict;}", NULL},
    {"an inspection nobody knows", P "  inspect gopher", UNKNOWN, "P{C:;}", "expected"},
    {"limits", P "  set connection conn-max 50 embryonic-conn-max 100", OK,
     "P{C: conn-max=50 embryonic-conn-max=100;}", NULL},
    {"limits of a client", P "  set connection per-client-max 5 per-client-embryonic-max 6", OK,
     "P{C: per-client-max=5 per-client-embryonic-max=6;}", NULL},
    {"limits on two lines", P "  set connection conn-max 50\n  set connection per-client-max 3", OK,
     "P{C: conn-max=50 per-client-max=3;}", NULL},
    {"no limit", P "  set connection conn-max 50\n  no set connection conn-max 50", OK, "P{C:;}",
     NULL},
    {"the highest", P "  set connection conn-max 2000000", OK, "P{C: conn-max=2000000;}", NULL},
    {"too high", P "  set connection conn-max 2000001", WRONG, "P{C:;}",
     "a number from 0 to 2000000"},
    {"no number", P "  set connection conn-max", WRONG, "P{C:;}", "behind conn-max"},
    {"sequence numbers beside a limit",
     P "  set connection conn-max 5 random-sequence-number disable", OK, "P{C: conn-max=5 +1;}",
     NULL},
    {"timeout", P "  set connection timeout tcp 1:00:00", ASIDE, "P{C: +1;}", NULL},
    {"advanced-options", P "  set connection advanced-options MAP", ASIDE, "P{C: +1;}", NULL},
    {"decrement-ttl", P "  set connection decrement-ttl", ASIDE, "P{C: +1;}", NULL},
    {"police", P "  police output 1000000 1500", ASIDE, "P{C: +1;}", NULL},
    {"priority", P "  priority", ASIDE, "P{C: +1;}", NULL},
    {"no priority", P "  priority\n  no priority", ASIDE, "P{C:;}", NULL},
    {"ips", P "  ips inline fail-open", ASIDE, "P{C: +1;}", NULL},
    {"csc", P "  csc fail-close", ASIDE, "P{C: +1;}", NULL},
    {"shape", P "  shape average 1000000", ASIDE, "P{C: +1;}", NULL},
    {"a policy in a policy", P "  service-policy Q", ASIDE, "P{C: +1;}", NULL},
    {"flow-export", P "  flow-export event-type all destination 192.0.2.1", ASIDE, "P{C: +1;}",
     NULL},
    {"user-statistics", P "  user-statistics accounting", ASIDE, "P{C: +1;}", NULL},
    {"a number for a queue's length", P "  set connection embryonic-conn-max x", UNKNOWN, "P{C:;}",
     "expected"},
    {"global", "service-policy P global", OK, " P@global", NULL},
    {"fail-close", "service-policy P global fail-close", OK, " P@global", NULL},
    {"of an interface", "service-policy P interface outside", OK, " P@outside", NULL},
    {"below a class, not indented", P "service-policy P global", OK, "P{C:;} P@global", NULL},
    {"a second global one", "service-policy P global\nservice-policy Q global", OK, " Q@global",
     "policy-map P was bound there before"},
    {"a second of an interface", "service-policy P interface a\nservice-policy Q interface a", OK,
     " Q@a", "one policy an interface"},
    {"taken away", "service-policy P global\nno service-policy P global", OK, "", NULL},
    {"taken away, another", "service-policy P global\nno service-policy Q global", OK, " P@global",
     "there is no such service-policy"},
    {"half", "service-policy P", UNKNOWN, "", "expected global or interface"},
    {"service is not service-policy", "service resetinbound interface outside", ASIDE, "", NULL},
    {"cleared", P "service-policy P global\nclear configure policy-map\n", OK, " P@global", NULL},
    {"bindings cleared", P "service-policy P global\nclear configure service-policy", OK, "P{C:;}",
     NULL},
    {"all cleared", P "service-policy P global\nclear configure all", OK, "", NULL},
    {"and begun again", P "clear configure all\npolicy-map Q", OK, "Q{}", NULL},
};

Test(config_binding, class_maps)
{
    check_rows(class_rows, ESI_COUNT(class_rows), show_class_maps);
}

Test(config_binding, policy_maps)
{
    check_rows(policy_rows, ESI_COUNT(policy_rows), show_policies);
}

/* The box's own limits bound what is looked through one by one. */
Test(config_binding, limits)
{
    struct esi_config *config = esi_config_new();
    struct esi_buf text = {0};

    for (int i = 0; i < 300; i++)
        esi_buf_printf(&text, "class-map C%d\n", i);
    for (int i = 0; i < 70; i++)
        esi_buf_printf(&text, "policy-map P%d\n class D%d\n", i, i);
    esi_buf_text(&text, "policy-map P0\n");
    for (int i = 0; i < 70; i++)
        esi_buf_printf(&text, " class E%d\n", i);
    esi_config_read(config, "asa.cfg", esi_buf_slice(&text));
    cr_assert_eq(config->class_maps_count, 255);
    cr_assert_eq(config->policy_maps_count, 64);
    cr_assert_leq(esi_config_policy_map(config, "P0")->count, 64);
    cr_assert(esi_config_has_errors(config, false));
    cr_assert_not_null(esi_config_class_map(config, "C254"));
    cr_assert_null(esi_config_class_map(config, "C255"));
    esi_buf_free(&text);
    esi_config_free(config);
}
