/* config_words.c - words that may be names or abbreviations, and lines that say a thing twice. */
#include "config_lists.h"

static void
show_words(const struct esi_config *config, struct esi_buf *out)
{
    char ip[ESI_IP_TEXT];

    for (size_t i = 0; i < config->maps_count; i++)
        for (size_t m = 0; m < config->maps[i].match_count; m++) {
            esi_match_words(&config->maps[i].matches[m], out);
            esi_buf_text(out, "; ");
        }
    for (size_t i = 0; i < config->regex_classes_count; i++)
        esi_buf_printf(out, "class %s; ", config->regex_classes[i].name);
    for (size_t i = 0; i < config->statics_count; i++)
        esi_buf_printf(out, "%s: %s to %s; ", config->statics[i].text,
                       config->statics[i].real_interface, config->statics[i].mapped_interface);
    for (size_t i = 0; i < config->mailhosts_count; i++)
        esi_buf_printf(out, "mailhost %s %u %u; ", esi_ip_print(ip, &config->mailhosts[i].global),
                       config->mailhosts[i].connections, config->mailhosts[i].embryonic);
    for (size_t i = 0; i < config->interfaces_count; i++)
        for (size_t n = 0; n < config->interfaces[i].count; n++)
            esi_buf_printf(out, "%s/%u; ", esi_ip_print(ip, &config->interfaces[i].networks[n].ip),
                           config->interfaces[i].networks[n].bits);
    for (size_t i = 0; i < config->access_lists_count; i++)
        esi_buf_printf(out, "%s %zu; ", config->access_lists[i].name,
                       config->access_lists[i].count);
    for (size_t i = 0; i < config->groups_count; i++)
        esi_buf_printf(out, "%s %zu; ", config->groups[i].name, config->groups[i].count);
}

#define MAP "policy-map type inspect esmtp M\n "
#define STATIC "static (inside,outside) 203.0.113.25 192.0.2.25"

static const struct config_row rows[] = {
    {"a regex named as `class` begins", MAP "match sender-address regex c", OK,
     "match sender-address regex c; ", NULL},
    {"a class, in short", MAP "match sender-address regex c c", OK,
     "match sender-address regex class c; ", NULL},
    {"a class named as `match-any` begins", "class-map type regex m", OK, "class m; ",
     "match-any was expected"},
    {"a class named match-any", "class-map type regex match-any match-any", OK, "class match-any; ",
     NULL},
    {"match-any, in short", "class-map type regex match-an m", OK, "class m; ", NULL},
    {"an address named as `interface` begins",
     "name 203.0.113.25 in\nstatic (inside,outside) in 192.0.2.25 netmask 255.255.255.255", OK,
     "static (inside,outside) interface 192.0.2.25 netmask 255.255.255.255: inside to outside; ",
     NULL},
    {"a blank behind the comma", "static (inside, outside) 203.0.113.25 192.0.2.25", OK,
     STATIC ": inside to outside; ", NULL},
    {"blanks all over", "static ( inside , outside ) 203.0.113.25 192.0.2.25", OK,
     STATIC ": inside to outside; ", NULL},
    {"taken away with other blanks", STATIC "\nno static (inside, outside) 203.0.113.25 192.0.2.25",
     OK, "", NULL},
    {"a bracket that does not close", "static (inside, outside 203.0.113.25 192.0.2.25", UNKNOWN,
     "", "expected"},
    {"no name behind the comma", "static (inside,) 203.0.113.25 192.0.2.25", WRONG, "",
     "in brackets"},
    {"limits of a mailhost", "mailhost 203.0.113.25 192.0.2.25 10 30", OK,
     "mailhost 203.0.113.25 10 30; ", NULL},
    {"one limit", "mailhost 203.0.113.25 192.0.2.25 10", OK, "mailhost 203.0.113.25 10 0; ", NULL},
    {"an address without a mask", "interface Vlan1\n ip address 192.0.2.1", OK, "192.0.2.1/24; ",
     NULL},
    {"taken away without a mask",
     "interface Vlan1\n ip address 192.0.2.1\n no ip address 192.0.2.1 secondary", OK, "", NULL},
    {"an entry typed twice, and taken away",
     "access-list A permit tcp any any eq 25\naccess-list A deny ip any any\n"
     "access-list A permit tcp any any eq smtp\nno access-list A permit tcp any any eq 25",
     OK, "A 1; ", NULL},
    {"a member typed twice, and taken away",
     "object-group network G\n network-object host 192.0.2.1\n network-object host 192.0.2.1\n"
     " no network-object host 192.0.2.1",
     OK, "G 0; ", NULL},
};

Test(config_words, table)
{
    check_rows(rows, ESI_COUNT(rows), show_words);
}

/* Names may be as short as they like, in whatever file they stand; later lines win. */
Test(config_words, several_files)
{
    struct esi_config *config = esi_config_new();

    esi_config_read(config, "a.cfg", ESI_LIT("policy-map P\n class A\n  inspect esmtp\n class B"));
    esi_config_read(config, "b.cfg",
                    ESI_LIT("  inspect ftp\npolicy-map P\n no class A\n class B\n  inspect http"));
    esi_config_read(config, "c.cfg", ESI_LIT("no policy-map P\npolicy-map P\n class C"));
    cr_assert_eq(config->policy_maps_count, 1);
    cr_assert_eq(config->policy_maps[0].count, 1);
    cr_assert_str_eq(config->policy_maps[0].classes[0].name, "C");
    cr_assert_eq(config->lines[4].fate, ESI_LINE_NOT_UNDERSTOOD,
                 "a file does not go on in the mode of the one before");
    cr_assert_str_eq(config->policy_maps[0].at.file, "c.cfg");
    esi_config_free(config);
}
