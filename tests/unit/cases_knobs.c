/*
 * cases_knobs.c - every value of every knob makes a difference in some case: a case whose platform
 * has it, or that turns it, comes out otherwise with another value.
 *
 * Both are turned by hand for the comparison: how sure a setting is must not count as a difference.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "support/player.h"

enum { VALUES_MOST = 8 };

/* What no session shows: which flows are inspected at all, a number in syslog lines, and how
 * counters are printed. */
static const enum esi_knob elsewhere[] = {ESI_KNOB_EMPTY_CLASS_EXEMPTS, ESI_KNOB_LOG_507003_LEVEL,
                                          ESI_KNOB_COUNTERS};

struct met {
    bool value[ESI_KNOB_COUNT][VALUES_MOST];
};

static bool
is_elsewhere(enum esi_knob knob)
{
    for (size_t i = 0; i < ESI_COUNT(elsewhere); i++)
        if (elsewhere[i] == knob)
            return true;
    return false;
}

/* play - the case with one more knob turned; appends what comes of it. */
static void
play(struct test_case *test, enum esi_knob knob, size_t value, struct esi_buf *out)
{
    char assignment[128];
    struct esi_error err;

    snprintf(assignment, sizeof assignment, "%s=%s", esi_knob_info(knob)->name,
             esi_knob_value_name(knob, value));
    test->knobs[test->knob_count++] = assignment;
    struct esi_policy *policy = case_policy(test, &err);
    cr_assert(policy, "%s: %s", test->path, err.text);
    player_run(test, (struct player_config){.policy = policy, .cut = PLAYER_WHOLE, .out = out});
    esi_policy_free(policy);
    test->knob_count--;
}

static bool
differs(struct test_case *test, enum esi_knob knob, size_t value, size_t other)
{
    struct esi_buf one = {0}, two = {0};

    play(test, knob, value, &one);
    play(test, knob, other, &two);
    bool same = esi_slice_eq(esi_buf_slice(&one), esi_buf_slice(&two));
    esi_buf_free(&one);
    esi_buf_free(&two);
    return !same;
}

/* value_of - which of the knob's values the platform has. */
static size_t
value_of(const struct esi_platform *platform, enum esi_knob knob)
{
    const char *name = esi_habit_name(esi_platform_habit(platform, knob));
    size_t value = 0;

    while (strcmp(esi_knob_value_name(knob, value), name) != 0)
        value++;
    return value;
}

static void
note_knob(struct met *met, struct test_case *test, const struct esi_platform *platform,
          enum esi_knob knob)
{
    size_t value = value_of(platform, knob);

    for (size_t other = 0; !met->value[knob][value] && esi_knob_value_name(knob, other); other++)
        if (other != value)
            met->value[knob][value] = differs(test, knob, value, other);
}

static void
note_case(void *ctx, const char *path)
{
    struct test_case test = {0};
    struct esi_error err;

    cr_assert(case_read(&test, path, &err), "%s", err.text);
    struct esi_policy *policy = case_policy(&test, &err);
    cr_assert(policy, "%s: %s", path, err.text);
    for (int knob = 0; test.knob_count < ESI_COUNT(test.knobs) && knob < ESI_KNOB_COUNT; knob++)
        if (!is_elsewhere((enum esi_knob)knob))
            note_knob(ctx, &test, esi_policy_platform(policy), (enum esi_knob)knob);
    esi_policy_free(policy);
    case_free(&test);
}

Test(cases, every_value_of_a_knob_matters, .timeout = 120)
{
    struct met met = {0};

    case_each(ESI_ROOT "/tests/cases", note_case, &met);
    for (int knob = 0; knob < ESI_KNOB_COUNT; knob++)
        for (size_t value = 0;
             !is_elsewhere((enum esi_knob)knob) && esi_knob_value_name((enum esi_knob)knob, value);
             value++)
            cr_expect(met.value[knob][value], "no case shows what %s=%s does",
                      esi_knob_info((enum esi_knob)knob)->name,
                      esi_knob_value_name((enum esi_knob)knob, value));
}
