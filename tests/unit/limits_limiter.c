/* limits_limiter.c - who is let in, by what was there before. */
#include <criterion/criterion.h>

#include "esi/limits.h"

#define SECOND ((esi_nanos)1000000000)

enum step_kind { OPEN, JOIN /* was there before the capture */, COMPLETE, CLOSE, FORGET };

struct step {
    enum step_kind kind;
    unsigned flow, client, server, at; /* last bytes of addresses; seconds */
    enum esi_admission admission;      /* OPEN */
    enum esi_limit_kind by;            /* of REFUSED and INTERCEPTED */
    uint32_t count;
};

enum { STEPS = 12 };

static const struct {
    const char *what;
    struct esi_limits limits;
    bool by_server;
    struct step steps[STEPS];
} rows[] = {
    {"no limit",
     {{0}, {{0}}},
     false,
     {{OPEN, 1, 1, 1, 0, ESI_ADMITTED, 0, 0}, {OPEN, 2, 1, 1, 0, ESI_ADMITTED, 0, 0}}},
    {"two at a time, and again when one has gone",
     {{[ESI_LIMIT_CONNECTIONS] = 2}, {{0}}},
     false,
     {{OPEN, 1, 1, 1, 0, ESI_ADMITTED, 0, 0},
      {OPEN, 2, 2, 2, 0, ESI_ADMITTED, 0, 0},
      {OPEN, 3, 3, 1, 0, ESI_REFUSED, ESI_LIMIT_CONNECTIONS, 2},
      {CLOSE, 1, 0, 0, 0, 0, 0, 0},
      {OPEN, 4, 4, 1, 1, ESI_ADMITTED, 0, 0},
      {OPEN, 5, 5, 1, 1, ESI_REFUSED, ESI_LIMIT_CONNECTIONS, 2}}},
    {"who was refused does not count",
     {{[ESI_LIMIT_CONNECTIONS] = 1}, {{0}}},
     false,
     {{OPEN, 1, 1, 1, 0, ESI_ADMITTED, 0, 0},
      {OPEN, 2, 2, 1, 0, ESI_REFUSED, ESI_LIMIT_CONNECTIONS, 1},
      {OPEN, 3, 3, 1, 0, ESI_REFUSED, ESI_LIMIT_CONNECTIONS, 1},
      {CLOSE, 2, 0, 0, 0, 0, 0, 0},
      {CLOSE, 1, 0, 0, 0, 0, 0, 0},
      {OPEN, 4, 3, 1, 0, ESI_ADMITTED, 0, 0}}},
    {"a static counts by server",
     {{[ESI_LIMIT_CONNECTIONS] = 1}, {{0}}},
     true,
     {{OPEN, 1, 1, 1, 0, ESI_ADMITTED, 0, 0},
      {OPEN, 2, 2, 2, 0, ESI_ADMITTED, 0, 0},
      {OPEN, 3, 3, 2, 0, ESI_REFUSED, ESI_LIMIT_CONNECTIONS, 1}}},
    {"by client",
     {{[ESI_LIMIT_CLIENT_CONNECTIONS] = 1}, {{0}}},
     false,
     {{OPEN, 1, 1, 1, 0, ESI_ADMITTED, 0, 0},
      {OPEN, 2, 2, 1, 0, ESI_ADMITTED, 0, 0},
      {OPEN, 3, 1, 2, 0, ESI_REFUSED, ESI_LIMIT_CLIENT_CONNECTIONS, 1},
      {FORGET, 1, 0, 0, 0, 0, 0, 0},
      {OPEN, 4, 1, 1, 0, ESI_ADMITTED, 0, 0}}},
    {"one half-open, and again when it is complete",
     {{[ESI_LIMIT_EMBRYONIC] = 1}, {{0}}},
     false,
     {{OPEN, 1, 1, 1, 0, ESI_ADMITTED, 0, 0},
      {OPEN, 2, 2, 1, 0, ESI_INTERCEPTED, ESI_LIMIT_EMBRYONIC, 1},
      {COMPLETE, 1, 0, 0, 0, 0, 0, 0},
      {OPEN, 3, 3, 1, 0, ESI_ADMITTED, 0, 0},
      {OPEN, 4, 4, 1, 0, ESI_INTERCEPTED, ESI_LIMIT_EMBRYONIC, 1}}},
    {"half-open ones are given up after 30 seconds",
     {{[ESI_LIMIT_EMBRYONIC] = 1, [ESI_LIMIT_CONNECTIONS] = 2}, {{0}}},
     false,
     {{OPEN, 1, 1, 1, 0, ESI_ADMITTED, 0, 0},
      {OPEN, 2, 2, 1, 30, ESI_INTERCEPTED, ESI_LIMIT_EMBRYONIC, 1},
      {OPEN, 3, 3, 1, 31, ESI_ADMITTED, 0, 0},
      {COMPLETE, 1, 0, 0, 0, 0, 0, 0},
      {OPEN, 4, 4, 1, 31, ESI_REFUSED, ESI_LIMIT_CONNECTIONS, 2}}},
    {"by client, half-open",
     {{[ESI_LIMIT_CLIENT_EMBRYONIC] = 1}, {{0}}},
     false,
     {{OPEN, 1, 1, 1, 0, ESI_ADMITTED, 0, 0},
      {OPEN, 2, 2, 1, 0, ESI_ADMITTED, 0, 0},
      {OPEN, 3, 1, 1, 0, ESI_INTERCEPTED, ESI_LIMIT_CLIENT_EMBRYONIC, 1}}},
    {"a refusal comes before an interception",
     {{[ESI_LIMIT_CONNECTIONS] = 1, [ESI_LIMIT_EMBRYONIC] = 1}, {{0}}},
     false,
     {{OPEN, 1, 1, 1, 0, ESI_ADMITTED, 0, 0},
      {OPEN, 2, 2, 1, 0, ESI_REFUSED, ESI_LIMIT_CONNECTIONS, 1}}},
    {"what was there before the capture counts, and is never refused",
     {{[ESI_LIMIT_CONNECTIONS] = 1, [ESI_LIMIT_EMBRYONIC] = 1}, {{0}}},
     false,
     {{JOIN, 1, 1, 1, 0, 0, 0, 0},
      {JOIN, 2, 2, 1, 0, 0, 0, 0},
      {OPEN, 3, 3, 1, 0, ESI_REFUSED, ESI_LIMIT_CONNECTIONS, 2}}},
};

static void
check_admission(struct esi_limiter *limiter, const struct step *step, const char *what)
{
    const struct esi_admission_why *why = esi_limiter_why(limiter, step->flow);

    cr_assert_eq(why ? why->admission : ESI_ADMITTED, step->admission, "%s: flow %u", what,
                 step->flow);
    if (!why)
        return;
    cr_assert_eq(why->kind, step->by, "%s: flow %u: by limit %d", what, step->flow, (int)why->kind);
    cr_assert_eq(why->count, step->count, "%s: flow %u: at %u", what, step->flow, why->count);
    cr_assert_eq(why->most, why->limit.limits->most[step->by], "%s: flow %u: the limit", what,
                 step->flow);
}

static void
take(struct esi_limiter *limiter, const struct step *step, const struct esi_choice *choice,
     const char *what)
{
    struct esi_tuple tuple = {{{4, {192, 0, 2, (uint8_t)step->client}}, 1025},
                              {{4, {198, 51, 100, (uint8_t)step->server}}, 25}};

    switch (step->kind) {
    case OPEN:
    case JOIN:
        esi_limiter_open(limiter, step->flow, &tuple, choice, step->kind == OPEN,
                         (esi_nanos)step->at * SECOND);
        check_admission(limiter, step, what);
        return;
    case COMPLETE:
        esi_limiter_complete(limiter, step->flow);
        return;
    case CLOSE:
        esi_limiter_close(limiter, step->flow);
        return;
    case FORGET:
        esi_limiter_forget(limiter, step->flow);
        cr_assert_null(esi_limiter_why(limiter, step->flow), "%s: forgotten", what);
        return;
    }
}

Test(limits, who_is_let_in)
{
    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        struct esi_limiter *limiter = esi_limiter_new();
        struct esi_choice choice = {
            .limits = {{&rows[r].limits, "a limit", rows[r].by_server}},
            .limit_count = 1,
        };
        for (size_t s = 0; s < STEPS && rows[r].steps[s].flow > 0; s++)
            take(limiter, &rows[r].steps[s], &choice, rows[r].what);
        esi_limiter_free(limiter);
    }
}

Test(limits, unknown_flows_and_flows_without_limits)
{
    struct esi_limiter *limiter = esi_limiter_new();
    struct esi_tuple tuple = {{{4, {192, 0, 2, 1}}, 1025}, {{4, {192, 0, 2, 2}}, 25}};
    struct esi_choice choice = {.limit_count = 0};

    esi_limiter_complete(limiter, 7);
    esi_limiter_close(limiter, 7);
    esi_limiter_forget(limiter, 7);
    esi_limiter_open(limiter, 7, &tuple, &choice, true, 0);
    cr_assert_null(esi_limiter_why(limiter, 7));
    esi_limiter_free(limiter);
}
