/* policy_print.c - a policy written down: what is printed reads back as the same policy. */
#include <string.h>

#include "policy_twins.h"

static const char text_full[] =
    "ASA Version 9.1(2)\n"
    "hostname fw\n"
    "names\n"
    "name 192.0.2.25 mail\n"
    "name 192.0.2.99 unused\n"
    "interface GigabitEthernet0/0\n"
    " nameif outside\n"
    " security-level 0\n"
    " ip address 203.0.113.1 255.255.255.0\n"
    "interface GigabitEthernet0/1\n"
    " nameif inside\n"
    " security-level 100\n"
    " ip address 192.0.2.1 255.255.255.0\n"
    " ipv6 address 2001:db8::1/64\n"
    "object network RELAY\n"
    " host 192.0.2.26\n"
    "object network UNUSED\n"
    " host 192.0.2.27\n"
    "object-group network SERVERS\n"
    " network-object host 192.0.2.25\n"
    " network-object object RELAY\n"
    "object-group network OUTER\n"
    " group-object SERVERS\n"
    "time-range NIGHT\n"
    " absolute start 08:00 29 February 2024 end 23:59 31 December 2026\n"
    " periodic Monday Friday 22:00 to 6:00\n"
    " periodic Friday 20:00 to Monday 6:00\n"
    "access-list L remark mail\n"
    "access-list L extended deny tcp host 198.51.100.9 any eq smtp\n"
    "access-list L extended permit tcp any object-group OUTER eq 25\n"
    "access-list L extended permit tcp any host mail range 25 26 time-range NIGHT\n"
    "access-list FOREIGN extended permit ip any any\n"
    "regex BAD \"@bad\\.example\"\n"
    "regex UNUSED \"x y\"\n"
    "class-map type regex match-any BADS\n"
    " match regex BAD\n"
    "policy-map type inspect esmtp MAIL\n"
    " parameters\n"
    "  no mask-banner\n"
    " match sender-address regex class BADS\n"
    "  drop-connection log\n"
    "class-map M\n"
    " match access-list L\n"
    "class-map FAR\n"
    " match port tcp range 2500 2599\n"
    "class-map UNUSED\n"
    " match any\n"
    "policy-map P\n"
    " class M\n"
    "  inspect esmtp MAIL\n"
    "  set connection conn-max 50 per-client-max 5\n"
    " class FAR\n"
    "  no inspect esmtp\n"
    " class inspection_default\n"
    "  inspect dns preset_dns_map\n"
    "  inspect esmtp\n"
    "policy-map Q\n"
    " class FAR\n"
    "  police output 8000\n"
    "  inspect esmtp\n"
    "service-policy P global\n"
    "service-policy Q interface outside\n"
    "route outside 0.0.0.0 0.0.0.0 203.0.113.254 1\n"
    "static (inside,outside) 203.0.113.25 mail netmask 255.255.255.255 tcp 50 100\n";

static const struct {
    const char *what, *text, *platform, *knob;
} rows[] = {
    {"nothing", NULL, NULL, NULL},
    {"nothing, on PIX", NULL, "pix-6.3", NULL},
    {"an empty configuration", "hostname x\n", NULL, "greeting=allstar"},
    {"all of it", text_full, NULL, NULL},
    {"all of it, by the guide", text_full, "asa-8", "empty_class_exempts=no"},
    {"fixup", "PIX Version 6.3(5)\nfixup protocol smtp 25\nfixup protocol smtp 2500-2599\n", NULL,
     NULL},
    {"no fixup", "PIX Version 6.3(5)\nno fixup protocol smtp 25\n", NULL, NULL},
    {"mailhost", "PIX Version 4.1(5)\nmailhost 203.0.113.25 192.0.2.25\n", NULL, NULL},
    {"ip inspect",
     "version 12.4\nip inspect name FW esmtp\ninterface FastEthernet0/0\n"
     " ip address 192.0.2.1 255.255.255.0\n ip inspect FW in\n",
     NULL, NULL},
    {"interfaces of old",
     "PIX Version 6.3(1)\nnameif ethernet0 outside security0\nnameif ethernet1 inside "
     "security100\nip address outside dhcp setroute\nip address inside 192.0.2.1 255.255.255.0\n"
     "fixup protocol smtp 25\n",
     NULL, NULL},
};

Test(policy_print, reads_back)
{
    uint32_t state = TWINS_SEED;

    for (size_t i = 0; i < ESI_COUNT(rows); i++)
        check_reads_back(rows[i].what, rows[i].text, rows[i].platform, rows[i].knob, &state);
}

static const struct {
    const char *part;
    bool there;
} parts[] = {
    {"ASA Version 9.1(2)\n", true},
    {"name 192.0.2.25 mail\n", true},
    {"unused", false},
    {"UNUSED", false},
    {"FOREIGN", false},
    {"interface GigabitEthernet0/1\n nameif inside\n security-level 100\n"
     " ip address 192.0.2.1 255.255.255.0\n ipv6 address 2001:db8::1/64\n",
     true},
    {"object-group network OUTER\n group-object SERVERS\n", true},
    {"object network RELAY\n host 192.0.2.26\n", true},
    {" absolute start 08:00 29 February 2024 end 23:59 31 December 2026\n"
     " periodic Monday Friday 22:00 to 06:00\n periodic Friday 20:00 to Monday 06:00\n",
     true},
    {"regex BAD \"@bad\\.example\"\nclass-map type regex match-any BADS\n match regex BAD\n", true},
    {"policy-map type inspect esmtp MAIL\n", true},
    {"policy-map type inspect esmtp _default_esmtp_map\n", true},
    {"class-map inspection_default\n match default-inspection-traffic\n", true},
    {" class M\n  inspect esmtp MAIL\n  set connection conn-max 50 per-client-max 5\n", true},
    {" class FAR\n  inspect esmtp\n  set connection random-sequence-number enable\n", true},
    {"service-policy P global\nservice-policy Q interface outside\n", true},
    {"route outside 0.0.0.0 0.0.0.0 203.0.113.254 1\n", true},
};

Test(policy_print, what_matters)
{
    struct esi_error err = {""};
    struct esi_buf text = {0};
    struct esi_policy *policy = policy_of(text_full, NULL, NULL, NULL, &err);

    cr_assert_not_null(policy, "%s", err.text);
    print_to(policy, &text);
    for (size_t i = 0; i < ESI_COUNT(parts); i++)
        cr_expect_eq(strstr((char *)text.data, parts[i].part) != NULL, parts[i].there, "%s\nin\n%s",
                     parts[i].part, (char *)text.data);
    esi_buf_free(&text);
    esi_policy_free(policy);
}
