/* inspect_rate.c - rate-limit by the clock of the events; regular expressions that give up. */
#include <criterion/criterion.h>
#include <string.h>

#include "esi/inspect.h"

enum { MILLISECOND = 1000000 };

struct talk {
    struct esi_platform platform;
    struct esi_map map;
    struct esi_session *session;
    struct esi_outcomes out;
    uint64_t at;
};

static void
begin(struct talk *talk, const struct esi_match *matches, size_t count)
{
    *talk = (struct talk){0};
    cr_assert(esi_platform_find(&talk->platform, "asa-8", NULL));
    talk->map = (struct esi_map){.name = "m", .matches = matches, .match_count = count};
    talk->session = esi_session_new(&talk->platform, &talk->map, false, false);
}

/* say - one segment of the client's; the verdicts of that action that it gave. */
static unsigned
say(struct talk *talk, const char *text, esi_nanos ts, enum esi_action action)
{
    struct esi_slice bytes = esi_slice_of(text);
    unsigned count = 0;

    esi_session_feed(talk->session,
                     &(struct esi_stream_event){.kind = ESI_STREAM_DATA,
                                                .dir = ESI_TO_SERVER,
                                                .span = {talk->at, bytes.len},
                                                .bytes = bytes,
                                                .ends_segment = true,
                                                .ts = ts},
                     &talk->out);
    talk->at += bytes.len;
    for (size_t i = 0; i < talk->out.len; i++)
        count += talk->out.items[i].kind == ESI_OUTCOME_VERDICT &&
                 talk->out.items[i].u.verdict.action == action;
    esi_outcomes_clear(&talk->out);
    return count;
}

static void
end(struct talk *talk)
{
    esi_session_free(talk->session);
    esi_outcomes_free(&talk->out);
}

static struct esi_match
noop(uint64_t rate)
{
    return (struct esi_match){.rule = {"match cmd verb noop", 1, NULL, 0},
                              .criterion = ESI_CRITERION_CMD_VERB,
                              .set = 1u << ESI_VERB_NOOP,
                              .acts = true,
                              .action = ESI_ACTION_RATE_LIMIT,
                              .rate = rate};
}

Test(inspect, rate_limit)
{
    static const struct {
        const char *what;
        uint64_t rate;
        int milliseconds[8]; /* when each NOOP comes; -1: no more */
        unsigned dropped[8];
    } rows[] = {
        {"one a second", 1, {0, 1, 999, 1000, 1999, 2000, -1}, {0, 1, 1, 0, 1, 0}},
        {"two at once, one each half second", 2, {0, 0, 0, 499, 500, 501, -1}, {0, 0, 1, 1, 0, 1}},
        {"no more than a second's are saved", 2, {0, 9000, 9000, 9000, -1}, {0, 0, 0, 1}},
        {"a clock that goes back gives nothing", 1, {5000, 4000, 5500, 6000, -1}, {0, 1, 1, 0}},
        {"none at all", 0, {0, 5000, -1}, {1, 1}},
        {"the most that can be said", UINT64_MAX, {0, 0, 5000, 5000, -1}, {0, 0, 0, 0}},
        {"what 64 bits do not hold", (uint64_t)1 << 55, {0, 0, 5000, 5000, -1}, {0, 0, 0, 0}},
    };

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        struct esi_match match = noop(rows[r].rate);
        struct talk talk;
        begin(&talk, &match, 1);
        for (size_t i = 0; rows[r].milliseconds[i] >= 0; i++) {
            esi_nanos ts =
                (esi_nanos)1000000000000 + (esi_nanos)rows[r].milliseconds[i] * MILLISECOND;
            unsigned got = say(&talk, "NOOP\r\n", ts, ESI_ACTION_RATE_LIMIT);
            cr_assert(got == rows[r].dropped[i], "%s: command %zu: %u", rows[r].what, i, got);
        }
        cr_assert(esi_session_memory(talk.session) > 0);
        end(&talk);
    }
}

Test(inspect, a_regular_expression_gives_up)
{
    size_t at;
    struct esi_pattern *hard = esi_pattern_new(ESI_LIT("((a?){12}){11}[xy]"), NULL, &at);
    struct esi_pattern *easy = esi_pattern_new(ESI_LIT("zz"), NULL, &at);
    const struct esi_pattern *const both[] = {hard, easy};
    struct esi_match match = {.rule = {"match sender-address regex class c", 1, NULL, 0},
                              .criterion = ESI_CRITERION_SENDER_ADDRESS_REGEX,
                              .patterns = both,
                              .pattern_count = 2,
                              .acts = true,
                              .action = ESI_ACTION_LOG};
    char line[600] = "MAIL FROM:<", *tail = line + strlen(line);
    struct talk talk;

    cr_assert(hard && easy);
    for (int negated = 0; negated < 2; negated++) {
        match.negated = negated;
        begin(&talk, &match, 1);
        memset(tail, 'a', 400);
        memcpy(tail + 400, ">\r\n", 4);
        cr_assert(say(&talk, line, 0, ESI_ACTION_LOG) == 0);
        cr_assert(say(&talk, line, 0, ESI_ACTION_ANOMALY) == 1, "neither yes nor no is told");
        memcpy(tail + 400, "zz>\r\n", 6);
        cr_assert(say(&talk, line, 0, ESI_ACTION_LOG) == !negated, "another of the class occurs");
        end(&talk);
    }
    esi_pattern_free(hard);
    esi_pattern_free(easy);
}

Test(inspect, a_rate_to_the_nanosecond)
{
    struct esi_match match = noop(1);
    struct talk talk;

    begin(&talk, &match, 1);
    cr_expect(say(&talk, "NOOP\r\n", 5000000000, ESI_ACTION_RATE_LIMIT) == 0);
    cr_expect(say(&talk, "NOOP\r\n", 5999999999, ESI_ACTION_RATE_LIMIT) == 1);
    cr_expect(say(&talk, "NOOP\r\n", 6000000000, ESI_ACTION_RATE_LIMIT) == 0);
    end(&talk);
}
