/*
 * policy_map.c - the default map, number by number, and looking for a match.
 *
 * The numbers of the classes are those that `matched Class N` in Cisco's syslog counts.
 */
#include <criterion/criterion.h>

#include "esi/policy.h"

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
    {"match ehlo-reply-parameter others", ESI_CRITERION_EHLO_REPLY_OTHERS, 0, ESI_ACTION_MASK,
     false},
};

static void
check_class(const struct esi_match *match, size_t c)
{
    cr_expect_str_eq(match->rule.words, classes[c].words);
    cr_expect_eq(match->rule.class_no, c + 1, "%s: class %u", match->rule.words,
                 match->rule.class_no);
    cr_expect_null(match->rule.config_file, "%s: built in", match->rule.words);
    cr_expect_eq(match->rule.config_line, 0, "%s: built in", match->rule.words);
    cr_expect_eq(match->criterion, classes[c].criterion, "%s: criterion", match->rule.words);
    cr_expect_eq(match->limit, classes[c].limit, "%s: limit", match->rule.words);
    cr_expect_eq(match->action, classes[c].action, "%s: %s", match->rule.words,
                 esi_action_name(match->action));
    cr_expect_eq(match->log, classes[c].log, "%s: log", match->rule.words);
}

Test(policy, the_default_map_of_every_product)
{
    for (size_t p = 0; p < esi_profile_count(); p++) {
        struct esi_policy policy;

        cr_assert(esi_policy_for_platform(&policy, esi_profile_at(p)->name, NULL));
        cr_expect_str_eq(policy.map.name, "_default_esmtp_map");
        cr_expect(policy.map.mask_banner);
        cr_assert_eq(policy.map.match_count, ESI_COUNT(classes));
        for (size_t c = 0; c < ESI_COUNT(classes); c++)
            check_class(&policy.map.matches[c], c);
    }
}

Test(policy, a_match_is_found_by_its_criterion)
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

Test(policy, actions_and_certainty_by_name)
{
    static const struct {
        const char *name;
        enum esi_action action;
        unsigned gravity;
    } rows[] = {
        {"mask", ESI_ACTION_MASK, 2},       {"replace", ESI_ACTION_REPLACE, 2},
        {"log", ESI_ACTION_LOG, 1},         {"drop-connection", ESI_ACTION_DROP_CONNECTION, 3},
        {"discard", ESI_ACTION_DISCARD, 3}, {"anomaly", ESI_ACTION_ANOMALY, 1},
    };

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        cr_expect_str_eq(esi_action_name(rows[r].action), rows[r].name);
        cr_expect_eq(esi_action_gravity(rows[r].action), rows[r].gravity, "%s", rows[r].name);
    }
    cr_expect_str_eq(esi_basis_name(ESI_BASIS_CONFIRMED), "confirmed");
    cr_expect_str_eq(esi_basis_name(ESI_BASIS_LIKELY), "likely");
    cr_expect_str_eq(esi_basis_name(ESI_BASIS_ASSUMED), "assumed");
}
