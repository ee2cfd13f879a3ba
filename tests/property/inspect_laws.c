/*
 * inspect_laws.c - the laws of the engine (support/inspect_law.h) for every case and every sample
 * capture, on every platform and with every value of every knob.
 *
 * A sample is reassembled once; its streams are then told to the engine directly. What a run has
 * time for is a part of the whole, by turns that depend on nothing but the order of cases, samples
 * and settings; ESI_ALL_LAWS=1 takes all.
 */
#include <criterion/criterion.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "support/talks.h"

enum {
    SHOWN = 8, /* breaks told of each test */
};
static const esi_nanos start = 1767225600000000000; /* 2026-01-01T00:00:00Z */

/* ---- settings ---- */

/* What a talk is played against, one at a time. */
struct settings {
    size_t count;
    char (*names)[64]; /* "pix-6.3" or "greeting=cmap" */
    bool knobs;
    size_t each; /* of so many, a talk meets one */
};

static struct settings
all_platforms(size_t each)
{
    struct settings all = {.count = esi_profile_count(), .each = each};

    all.names = esi_alloc(all.count * sizeof *all.names);
    for (size_t i = 0; i < all.count; i++)
        snprintf(all.names[i], sizeof all.names[i], "%s", esi_profile_at(i)->name);
    return all;
}

static struct settings
all_knobs(size_t each)
{
    struct settings all = {.knobs = true, .each = each};

    all.names = esi_alloc((size_t)ESI_HABIT_COUNT * sizeof *all.names);
    for (int knob = 0; knob < ESI_KNOB_COUNT; knob++)
        for (size_t v = 0; esi_knob_value_name((enum esi_knob)knob, v); v++)
            snprintf(all.names[all.count++], sizeof all.names[0], "%s=%s",
                     esi_knob_info((enum esi_knob)knob)->name,
                     esi_knob_value_name((enum esi_knob)knob, v));
    return all;
}

/* ---- talks against settings ---- */

struct run {
    struct settings settings;
    size_t talks, played, broken;
    struct esi_buf said;
};

static void
play(struct run *run, struct esi_policy *policy, const struct law_talk *talk, const char *what,
     const char *setting)
{
    static const struct esi_tuple flow = {{{4, {192, 0, 2, 10}}, 40012},
                                          {{4, {192, 0, 2, 25}}, 25}};
    struct esi_buf why = {0};
    struct esi_choice choice;

    esi_policy_choose(policy, &flow, start, &choice);
    if (!choice.map)
        return;
    run->played++;
    if (!law_of_inspection(&(struct law_setting){.platform = esi_policy_platform(policy),
                                                 .map = choice.map,
                                                 .piece = run->played % 3 == 0 ? 1 : 0},
                           talk, &why) &&
        run->broken++ < SHOWN)
        esi_buf_printf(&run->said, "%s, %s: %.*s\n", what, setting, (int)why.len,
                       (const char *)why.data);
    esi_buf_free(&why);
}

/* play_case - against those settings whose turn it is. */
static void
play_case(struct run *run, struct test_case *test, const struct law_talk *talk)
{
    const struct settings *all = &run->settings;
    size_t knobs = test->knob_count;
    char platform[sizeof test->platform];
    struct esi_error err;

    memcpy(platform, test->platform, sizeof platform);
    run->talks++;
    for (size_t i = 0; i < all->count; i++) {
        if ((run->talks + i) % all->each != 0)
            continue;
        if (all->knobs) {
            cr_assert_lt(knobs, ESI_COUNT(test->knobs));
            test->knobs[knobs] = all->names[i];
            test->knob_count = knobs + 1;
        } else {
            snprintf(test->platform, sizeof test->platform, "%s", all->names[i]);
        }
        struct esi_policy *policy = case_policy(test, &err);
        if (policy)
            play(run, policy, talk, test->path, all->names[i]);
        else
            cr_expect(false, "%s, %s: %s", test->path, all->names[i], err.text);
        esi_policy_free(policy);
    }
    test->knob_count = knobs;
    memcpy(test->platform, platform, sizeof platform);
}

static void
begin(struct run *run, struct settings settings)
{
    *run = (struct run){.settings = settings};
    if (getenv("ESI_ALL_LAWS"))
        run->settings.each = 1;
}

static void
end(struct run *run)
{
    cr_expect(run->broken == 0, "%zu of %zu plays:\n%.*s", run->broken, run->played,
              (int)run->said.len, (const char *)run->said.data);
    cr_expect_gt(run->played, 0);
    esi_buf_free(&run->said);
    free(run->settings.names);
}

/* ---- cases ---- */

static void
run_case(void *ctx, const char *path)
{
    struct test_case test = {0};
    struct law_talk talk = {0};
    struct esi_error err;

    cr_assert(case_read(&test, path, &err), "%s", err.text);
    talk_of_case(&talk, &test);
    play_case(ctx, &test, &talk);
    law_talk_free(&talk);
    case_free(&test);
}

static void
run_cases(struct settings settings)
{
    struct run run;

    begin(&run, settings);
    case_each(ESI_ROOT "/tests/cases", run_case, &run);
    end(&run);
}

enum { CASE_KNOBS_EACH = 4 };

Test(inspection, cases_on_every_platform, .timeout = 600)
{
    run_cases(all_platforms(1));
}

Test(inspection, cases_with_every_knob, .timeout = 600)
{
    run_cases(all_knobs(CASE_KNOBS_EACH));
}

/* ---- samples ---- */

/* Of the capture at hand. */
struct sample {
    struct run *run;
    const char *path;
};

static void
play_talk(void *ctx, const struct law_talk *talk)
{
    const struct sample *sample = ctx;
    struct test_case test = {.platform = ""};

    snprintf(test.path, sizeof test.path, "%s", sample->path);
    play_case(sample->run, &test, talk);
}

static void
run_samples(struct settings settings)
{
    struct run run;
    glob_t found;

    begin(&run, settings);
    cr_assert_eq(glob(ESI_ROOT "/samples/captures/*.pcap*", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++)
        talks_of_capture(found.gl_pathv[i], play_talk, &(struct sample){&run, found.gl_pathv[i]});
    globfree(&found);
    end(&run);
}

enum { SAMPLE_KNOBS_EACH = 4 };

Test(inspection, samples_on_every_platform, .timeout = 600)
{
    run_samples(all_platforms(1));
}

Test(inspection, samples_with_every_knob, .timeout = 600)
{
    run_samples(all_knobs(SAMPLE_KNOBS_EACH));
}
