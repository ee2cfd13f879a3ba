/*
 * platform_map.c - the map in force where nobody wrote one, and what a map does not say.
 *
 * The numbers of the classes are those that `matched Class N` in Cisco's syslog counts.
 */
#include <criterion/criterion.h>

#include "esi/platform.h"

static const struct {
    const char *words;
    enum esi_criterion criterion;
    uint64_t limit;
    enum esi_action action;
    bool log;
} classes[] = {
    {"match cmd line length gt 512", ESI_CRITERION_CMD_LINE_LENGTH, 512, ESI_ACTION_DROP_CONNECTION,
     true},
    {"match cmd RCPT count gt 100", ESI_CRITERION_CMD_RCPT_COUNT, 100, ESI_ACTION_DROP_CONNECTION,
     true},
    {"match body line length gt 998", ESI_CRITERION_BODY_LINE_LENGTH, 998, ESI_ACTION_LOG, true},
    {"match header line length gt 998", ESI_CRITERION_HEADER_LINE_LENGTH, 998,
     ESI_ACTION_DROP_CONNECTION, true},
    {"match sender-address length gt 320", ESI_CRITERION_SENDER_ADDRESS_LENGTH, 320,
     ESI_ACTION_DROP_CONNECTION, true},
    {"match MIME filename length gt 255", ESI_CRITERION_MIME_FILENAME_LENGTH, 255,
     ESI_ACTION_DROP_CONNECTION, true},
    {"match ehlo-reply-parameter others", ESI_CRITERION_EHLO_REPLY_PARAMETER, 0, ESI_ACTION_MASK,
     false},
};

static void
check_class(const struct esi_match *match, size_t c)
{
    cr_expect_str_eq(match->rule.words, classes[c].words);
    cr_expect_eq(match->rule.class_no, c + 1, "%s: class %u", match->rule.words,
                 match->rule.class_no);
    cr_expect_null(match->rule.config_file, "%s: built in", match->rule.words);
    cr_expect_eq(match->criterion, classes[c].criterion, "%s: criterion", match->rule.words);
    cr_expect_eq(match->limit, classes[c].limit, "%s: limit", match->rule.words);
    cr_expect(match->acts, "%s: acts", match->rule.words);
    cr_expect_eq(match->action, classes[c].action, "%s: %s", match->rule.words,
                 esi_action_name(match->action));
    cr_expect_eq(match->log, classes[c].log, "%s: log", match->rule.words);
}

static const struct {
    const char *platform, *name;
    bool limits, banner, banner_said, tls, keywords;
} defaults[] = {
    {"pix-4.0", "mailguard", false, true, false, false, false},
    {"pix-4.4", "mailguard", false, true, false, false, false},
    {"pix-6.3", "mailguard", false, true, false, false, false},
    {"asa-7.0", "esmtp", false, true, false, false, true},
    {"asa-8", "_default_esmtp_map", true, true, true, false, false},
    {"asa-9.4", "_default_esmtp_map", true, true, true, true, false},
    {"fwsm", "mailguard", false, true, false, false, false},
    {"ios", "mailguard", false, false, false, false, false},
};

Test(platform, the_default_map_of_every_product)
{
    for (size_t r = 0; r < ESI_COUNT(defaults); r++) {
        const struct esi_parameter *banner;
        struct esi_platform platform;
        struct esi_map map;

        cr_assert(esi_platform_find(&platform, defaults[r].platform, NULL));
        esi_platform_map(&platform, &map);
        banner = &map.parameter[ESI_PARAMETER_MASK_BANNER];
        cr_expect_str_eq(map.name, defaults[r].name, "%s: %s", defaults[r].platform, map.name);
        cr_expect_eq(banner->on, defaults[r].banner, "%s: mask-banner", defaults[r].platform);
        cr_expect_eq(banner->rule.words != NULL, defaults[r].banner_said, "%s: says mask-banner",
                     defaults[r].platform);
        cr_expect_eq(esi_map_on(&map, ESI_PARAMETER_ALLOW_TLS), defaults[r].tls, "%s: allow-tls",
                     defaults[r].platform);
        cr_expect_eq(map.keywords_masked, defaults[r].keywords, "%s: keywords",
                     defaults[r].platform);
        cr_assert_eq(map.match_count, defaults[r].limits ? ESI_COUNT(classes) : 0, "%s: matches",
                     defaults[r].platform);
        for (size_t c = 0; c < map.match_count; c++)
            check_class(&map.matches[c], c);
    }
}

static const struct {
    const char *what, *platform, *knob;
    enum esi_map_commands commands;
    const char *banner_words, *tls_words; /* NULL: the map does not say */
    bool banner_said, tls_said;           /* what it says */
    bool banner, tls, keywords;           /* what it comes to */
} completions[] = {
    {"a map without mask-banner", "asa-8", NULL, 0, NULL, NULL, false, false, false, false, false},
    {"mask-banner", "asa-8", NULL, 0, "mask-banner", NULL, true, false, true, false, false},
    {"mask-banner against the knob", "asa-8", "greeting=none", 0, "mask-banner", NULL, true, false,
     false, false, false},
    {"allow-tls of the platform", "asa-9.4", NULL, 0, NULL, NULL, false, false, false, true, false},
    {"no allow-tls", "asa-9.4", NULL, 0, NULL, "no allow-tls", false, false, false, false, false},
    {"allow-tls", "asa-8", NULL, 0, NULL, "allow-tls", false, true, false, true, false},
    {"allow-tls by knob", "asa-8", "allow_tls=yes", 0, NULL, NULL, false, false, false, true,
     false},
    {"ip inspect smtp", "ios", NULL, ESI_COMMANDS_SMTP, NULL, NULL, false, false, false, false,
     false},
    {"ip inspect esmtp", "ios", NULL, ESI_COMMANDS_ESMTP, NULL, NULL, false, false, false, false,
     true},
    {"a greeting masked by IOS", "ios", "greeting=keep4", ESI_COMMANDS_SMTP, NULL, NULL, false,
     false, true, false, false},
    {"inspect esmtp of asa-7.0", "asa-7.0", NULL, 0, NULL, NULL, false, false, true, false, true},
};

Test(platform, what_a_map_does_not_say)
{
    for (size_t r = 0; r < ESI_COUNT(completions); r++) {
        struct esi_platform platform;
        struct esi_map map = {.name = "m", .commands = completions[r].commands};

        map.parameter[ESI_PARAMETER_MASK_BANNER].on = completions[r].banner_said;
        map.parameter[ESI_PARAMETER_MASK_BANNER].rule.words = completions[r].banner_words;
        map.parameter[ESI_PARAMETER_ALLOW_TLS].on = completions[r].tls_said;
        map.parameter[ESI_PARAMETER_ALLOW_TLS].rule.words = completions[r].tls_words;
        cr_assert(esi_platform_find(&platform, completions[r].platform, NULL));
        if (completions[r].knob)
            cr_assert(esi_platform_turn(&platform, completions[r].knob, NULL));
        esi_platform_complete(&platform, &map);
        cr_expect_eq(esi_map_on(&map, ESI_PARAMETER_MASK_BANNER), completions[r].banner,
                     "%s: mask-banner", completions[r].what);
        cr_expect_eq(esi_map_on(&map, ESI_PARAMETER_ALLOW_TLS), completions[r].tls, "%s: allow-tls",
                     completions[r].what);
        cr_expect_eq(map.keywords_masked, completions[r].keywords, "%s: keywords",
                     completions[r].what);
    }
}

Test(platform, a_match_is_found_by_its_criterion)
{
    static const struct esi_match matches[] = {
        {.criterion = ESI_CRITERION_CMD_RCPT_COUNT, .limit = 1},
        {.criterion = ESI_CRITERION_BODY_LINE_LENGTH, .limit = 2},
        {.criterion = ESI_CRITERION_CMD_RCPT_COUNT, .limit = 3},
    };
    static const struct {
        const char *what;
        enum esi_criterion criterion;
        size_t count;
        const struct esi_match *found;
    } rows[] = {
        {"the first of two", ESI_CRITERION_CMD_RCPT_COUNT, 3, &matches[0]},
        {"one in the middle", ESI_CRITERION_BODY_LINE_LENGTH, 3, &matches[1]},
        {"none", ESI_CRITERION_HEADER_LINE_LENGTH, 3, NULL},
        {"behind the end", ESI_CRITERION_BODY_LINE_LENGTH, 1, NULL},
        {"an empty map", ESI_CRITERION_CMD_RCPT_COUNT, 0, NULL},
    };

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        struct esi_map map = {.matches = matches, .match_count = rows[r].count};
        cr_expect_eq(esi_map_find(&map, rows[r].criterion), rows[r].found, "%s", rows[r].what);
    }
}

Test(platform, actions_and_certainty_by_name)
{
    static const struct {
        const char *name;
        enum esi_action action;
        unsigned gravity;
    } rows[] = {
        {"mask", ESI_ACTION_MASK, 2},       {"replace", ESI_ACTION_REPLACE, 2},
        {"log", ESI_ACTION_LOG, 1},         {"drop-connection", ESI_ACTION_DROP_CONNECTION, 3},
        {"discard", ESI_ACTION_DISCARD, 3}, {"anomaly", ESI_ACTION_ANOMALY, 1},
        {"reset", ESI_ACTION_RESET, 3},     {"rate-limit", ESI_ACTION_RATE_LIMIT, 3},
        {"refuse", ESI_ACTION_REFUSE, 3},
    };

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        cr_expect_str_eq(esi_action_name(rows[r].action), rows[r].name);
        cr_expect_eq(esi_action_gravity(rows[r].action), rows[r].gravity, "%s", rows[r].name);
    }
    cr_expect_str_eq(esi_basis_name(ESI_BASIS_CONFIRMED), "confirmed");
    cr_expect_str_eq(esi_basis_name(ESI_BASIS_LIKELY), "likely");
    cr_expect_str_eq(esi_basis_name(ESI_BASIS_ASSUMED), "assumed");
}
