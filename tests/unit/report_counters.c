/* report_counters.c - the layout of show service-policy inspect esmtp, release by release. */
#define _DEFAULT_SOURCE /* open_memstream */

#include <criterion/criterion.h>

#include "unit/report_records.h"

enum { MATCHES_MOST = 8 };

/* Counters of Cisco document 117801. */
struct printed {
    struct esi_platform platform;
    struct esi_map map;
    struct esi_match_counter matches[MATCHES_MOST];
    struct esi_inspection inspection;
    struct esi_summary_info summary;
};

static void
set_up(struct printed *printed, const char *name)
{
    *printed = (struct printed){0};
    cr_assert(esi_platform_find(&printed->platform, name, NULL), "%s", name);
    esi_platform_map(&printed->platform, &printed->map);
    printed->inspection = (struct esi_inspection){.policy_map = "global_policy",
                                                  .class_map = "inspection_default",
                                                  .protocol = "esmtp",
                                                  .map = &printed->map,
                                                  .packet.count = 104468,
                                                  .parameter[0].count = 639,
                                                  .matches = printed->matches};
    printed->matches[3].packet.count = 41;
    printed->matches[6].packet.count = 2555;
    printed->summary = (struct esi_summary_info){
        .platform = &printed->platform, .inspections = &printed->inspection, .inspection_count = 1};
}

static char *
print(const struct esi_summary_info *summary, bool verbose)
{
    struct written written;

    open_sink(&written, "counters", (struct esi_sink_options){.verbose = verbose});
    cr_expect_not(esi_sink_wants_turns(written.sink, 1));
    esi_sink_put(written.sink,
                 &(struct esi_record){.kind = ESI_RECORD_CAPTURE,
                                      .capture = &(struct esi_capture_info){.file = "a.pcap"}});
    esi_sink_put(written.sink,
                 &(struct esi_record){.kind = ESI_RECORD_SUMMARY, .summary = summary});
    return close_sink(&written);
}

static void
check(const char *what, char *got, const char *want)
{
    cr_expect_str_eq(got, want, "%s: got\n%s", what, got);
    free(got);
}

#define HEAD "Global policy:\n  Service-policy: global_policy\n    Class-map: inspection_default\n"
#define MAP                                                                                        \
    "        match cmd line length gt 512\n"                                                       \
    "          drop-connection log, packet 0\n"                                                    \
    "        match cmd RCPT count gt 100\n"                                                        \
    "          drop-connection log, packet 0\n"                                                    \
    "        match body line length gt 998\n"                                                      \
    "          log, packet 0\n"                                                                    \
    "        match header line length gt 998\n"                                                    \
    "          drop-connection log, packet 41\n"                                                   \
    "        match sender-address length gt 320\n"                                                 \
    "          drop-connection log, packet 0\n"                                                    \
    "        match MIME filename length gt 255\n"                                                  \
    "          drop-connection log, packet 0\n"                                                    \
    "        match ehlo-reply-parameter others\n"                                                  \
    "          mask, packet 2555\n"
#define PACKET HEAD "      Inspect: esmtp _default_esmtp_map, packet 104468, drop 0, reset-drop 0\n"
#define LOCK                                                                                       \
    HEAD "      Inspect: esmtp _default_esmtp_map, packet 104468, lock fail 0, drop 0, "           \
         "reset-drop 0"
#define RATE LOCK ", 5-min-pkt-rate 0 pkts/sec, v6-fail-close 0 sctp-drop-override 0\n"
#define BANNER "        mask-banner, count 639\n"
#define TLS "        allow-tls, count 0, log 0\n"
#define NO_MAP HEAD "      Inspect: esmtp, packet 104468, drop 0, reset-drop 0\n"
#define INSTEAD(name, words) "! " name " keeps no counters of mail inspection: " words
#define JSON ".\n! What this program counted is in -o json.\n"
#define FIXUP(name)                                                                                \
    INSTEAD(name, "`show fixup protocol smtp` tells which ports are inspected, and no more") JSON

static const struct {
    const char *platform, *text;
} releases[] = {
    {"asa-8", PACKET BANNER MAP},
    {"pix-7.2(4)", PACKET BANNER MAP},
    {"asa-7.2(1)", PACKET BANNER MAP},
    {"asa-8.4(7)", PACKET BANNER MAP},
    {"asa-8.5(1)", PACKET BANNER MAP},
    {"asa-8.6(1)", LOCK "\n" BANNER MAP},
    {"asa-9.1(2)", LOCK "\n" BANNER MAP},
    {"asa-9.4", LOCK "\n" BANNER TLS MAP},
    {"asa-9.8(4)15", LOCK "\n" BANNER TLS MAP},
    {"asa-9.9(1)", RATE BANNER TLS MAP},
    {"asa-9.12.4", RATE BANNER TLS MAP},
    {"asa-99999999999999999999.1", RATE BANNER TLS MAP},
    {"asa-7.0", NO_MAP},
    {"asa-7.1(2)", NO_MAP},
    {"pix-7.0(4)", NO_MAP},
    {"fwsm", NO_MAP},
    {"fwsm-3.1(4)", NO_MAP},
    {"fwsm-2.3(1)", FIXUP("fwsm-2.3(1)")},
    {"pix-6.3", FIXUP("pix-6.3")},
    {"pix-4.4(7)", FIXUP("pix-4.4(7)")},
    {"pix-4.0", INSTEAD("pix-4.0", "nothing is known that would show more than the lines "
                                   "`mailhost` of its configuration") JSON},
    {"ios", INSTEAD("ios", "`show ip inspect statistics` tells sessions and packets of all "
                           "protocols, `show ip inspect sessions` the connections of the "
                           "moment") JSON},
};

Test(report_counters, layouts_of_releases)
{
    for (size_t r = 0; r < ESI_COUNT(releases); r++) {
        struct printed printed;

        set_up(&printed, releases[r].platform);
        check(releases[r].platform, print(&printed.summary, false), releases[r].text);
    }
}

Test(report_counters, a_map_where_there_should_be_none)
{
    struct printed printed;

    set_up(&printed, "asa-7.0");
    printed.map.name = "OWN";
    printed.map.config_file = "asa.cfg";
    check("a configured map", print(&printed.summary, false),
          HEAD "      Inspect: esmtp OWN, packet 104468, drop 0, reset-drop 0\n" BANNER);
}

/* Every action, every parameter; names that a terminal must not see as they are. */
static const struct esi_match all_actions[] = {
    {.criterion = ESI_CRITERION_CMD_RCPT_COUNT,
     .limit = 5,
     .negated = true,
     .acts = true,
     .action = ESI_ACTION_RESET,
     .log = true},
    {.criterion = ESI_CRITERION_CMD_VERB,
     .set = 1U << ESI_VERB_NOOP,
     .acts = true,
     .action = ESI_ACTION_RATE_LIMIT,
     .rate = 10},
    {.criterion = ESI_CRITERION_SENDER_ADDRESS_REGEX,
     .regex = "A\x1b",
     .acts = true,
     .action = ESI_ACTION_LOG,
     .log = true},
    {.criterion = ESI_CRITERION_BODY_LENGTH, .limit = 9},
};

Test(report_counters, one_block_a_policy)
{
    struct printed printed;
    struct esi_match_counter counters[4] = {[0].packet.count = 1, [1].packet.count = 2};
    const struct esi_map own = {
        .name = "OWN\n",
        .parameter = {[ESI_PARAMETER_MAIL_RELAY] = {.on = true, .domain = "example.com"},
                      [ESI_PARAMETER_SPECIAL_CHARACTER] = {.on = true},
                      [ESI_PARAMETER_ALLOW_TLS] = {.on = true}},
        .matches = all_actions,
        .match_count = 4};
    const struct esi_map bare = {.name = "BARE"}, smtp = {.name = "smtp"};
    struct esi_inspection inspections[] = {
        {.policy_map = "P", .class_map = "A", .protocol = "esmtp", .map = &bare},
        {.policy_map = "P", .class_map = "A", .protocol = "smtp", .map = &smtp, .drop.count = 3},
        {.policy_map = "P", .class_map = "B", .protocol = "esmtp", .map = &bare},
        {.interface = "outside",
         .policy_map = "P",
         .class_map = "B",
         .protocol = "esmtp",
         .map = &own,
         .reset_drop.count = 7,
         .parameter = {[1].count = 1, [2].count = 2, [3].count = 3},
         .logged = {[1].count = 4, [2].count = 5, [3].count = 6},
         .matches = counters},
        {.interface = "dmz",
         .policy_map = "P",
         .class_map = "B",
         .protocol = "esmtp",
         .map = &bare},
    };

    set_up(&printed, "asa-8");
    printed.summary.inspections = inspections;
    printed.summary.inspection_count = ESI_COUNT(inspections);
    check("policies", print(&printed.summary, false),
          "Global policy:\n"
          "  Service-policy: P\n"
          "    Class-map: A\n"
          "      Inspect: esmtp BARE, packet 0, drop 0, reset-drop 0\n"
          "      Inspect: smtp, packet 0, drop 3, reset-drop 0\n"
          "    Class-map: B\n"
          "      Inspect: esmtp BARE, packet 0, drop 0, reset-drop 0\n"
          "\n"
          "Interface outside:\n"
          "  Service-policy: P\n"
          "    Class-map: B\n"
          "      Inspect: esmtp OWN\\x0a, packet 0, drop 0, reset-drop 7\n"
          "        mail-relay example.com, count 1, log 4\n"
          "        special-character, count 2, log 5\n"
          "        allow-tls, count 3, log 6\n"
          "        match not cmd RCPT count gt 5\n"
          "          reset log, packet 1\n"
          "        match cmd verb noop\n"
          "          rate-limit 10, packet 2\n"
          "        match sender-address regex A\\x1b\n"
          "          log, packet 0\n"
          "        match body length gt 9\n"
          "\n"
          "Interface dmz:\n"
          "  Service-policy: P\n"
          "    Class-map: B\n"
          "      Inspect: esmtp BARE, packet 0, drop 0, reset-drop 0\n");
    printed.summary.inspection_count = 0;
    check("none", print(&printed.summary, true),
          "! Nothing in the configuration has mail inspected.\n");
}

/* without_notes - the lines that do not begin with blanks and `!`. */
static char *
without_notes(const char *text)
{
    struct esi_buf out = {0};

    for (const char *end; (end = strchr(text, '\n')); text = end + 1)
        if (text[strspn(text, " ")] != '!')
            esi_buf_append(&out,
                           (struct esi_slice){(const uint8_t *)text, (size_t)(end + 1 - text)});
    esi_buf_byte(&out, '\0');
    return (char *)out.data;
}

Test(report_counters, frames_behind_a_counter)
{
    struct printed printed;
    uint64_t two_files[] = {4, 1000, 1001, 1009}, many[ESI_COUNTER_FRAMES];

    for (size_t i = 0; i < ESI_COUNT(many); i++)
        many[i] = i + 1;
    set_up(&printed, "asa-8");
    printed.inspection.packet.frames = many;
    printed.inspection.packet.frame_count = 104468;
    printed.matches[3].packet.frames = two_files;
    printed.matches[3].packet.frame_count = ESI_COUNT(two_files);
    char *plain = print(&printed.summary, false), *noted = print(&printed.summary, true);
    const char *wanted[] = {
        "reset-drop 0\n        ! packet: a.pcap 1,2,3,",
        ",63,64 and 104,404 more\n        mask-banner, count 639\n        match cmd",
        "packet 41\n            ! packets: a.pcap 4,1000, b.pcap 1,9\n        match sender",
        "\n!\n! Predicted for asa-8. What is counted:\n! packet: ",
        "; assumed (inferred from the word)\n",
        ("\n! Inspect: {inspect}, packet {packet}, drop {drop}, reset-drop {reset-drop}; confirmed "
         "("),
        "\n! mask-banner, count {count}; confirmed (Cisco 117801)\n",
    };
    for (size_t i = 0; i < ESI_COUNT(wanted); i++)
        cr_expect(strstr(noted, wanted[i]), "%s\nis not in\n%s", wanted[i], noted);
    cr_expect_not(strstr(noted, "allow-tls"), "said of what is not printed:\n%s", noted);
    check("without its notes", without_notes(noted), plain);
    free(noted);
    free(plain);
}
