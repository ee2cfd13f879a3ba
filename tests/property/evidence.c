/*
 * evidence.c - the evidence of what is known: samples were not touched, nor was any conversation of
 * a case but those that hold stars or X themselves; and what a platform has rewritten is recognised
 * as that platform's, with all that would have written the same bytes.
 *
 * The table of who was taken for whom is printed.
 */
#include <criterion/criterion.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/evidence_play.h"
#include "support/talks.h"

static void
each_sample(void (*fn)(void *ctx, const struct law_talk *talk), void *ctx, const char **path)
{
    glob_t found;

    cr_assert_eq(glob(ESI_ROOT "/samples/captures/*.pcap*", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        *path = found.gl_pathv[i];
        talks_of_capture(found.gl_pathv[i], fn, ctx);
    }
    globfree(&found);
}

static void
complain(const char *path, const char *what, const struct esi_evidence_result *result)
{
    struct esi_buf text = {0};

    print_evidence(&text, result);
    cr_expect(false, "%s: %s\n%.*s", path, what, (int)text.len, (const char *)text.data);
    esi_buf_free(&text);
}

/* ---- what was not touched ---- */

/* Servers that refuse EHLO behind a greeting that says ESMTP, as something on the way would make
 * them: whose word it is cannot be told. */
static const char *const undecided[] = {"ehlo-refused-postfix.pcap", "ehlo-refused-swaks.pcap"};

struct untouched {
    const char *path;
    size_t told[ESI_TOUCHED_COUNT];
};

static bool
is_one_of(const char *path, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strstr(path, names[i]))
            return true;
    return false;
}

/* is_whole - a session from its beginning on, without holes. */
static bool
is_whole(const struct law_talk *talk)
{
    bool heard = false, greeted = false;

    for (size_t i = 0; i < talk->count; i++) {
        if (talk->events[i].kind == ESI_STREAM_GAP)
            return false;
        if (talk->events[i].kind == ESI_STREAM_DATA && !heard)
            greeted = talk->events[i].dir == ESI_TO_CLIENT;
        heard |= talk->events[i].kind == ESI_STREAM_DATA;
    }
    return greeted && !talk->midstream;
}

static void
see_untouched(void *ctx, const struct law_talk *talk)
{
    struct untouched *all = ctx;
    struct esi_evidence *evidence = evidence_of_talk(talk, NULL, (struct inspect_way){0}, NULL);
    const struct esi_evidence_result *result = esi_evidence_result(evidence);
    bool may_doubt = is_one_of(all->path, undecided, ESI_COUNT(undecided)) || !is_whole(talk);

    all->told[result->touched]++;
    if (esi_evidence_alarms(result))
        complain(all->path, "reported", result);
    else if (result->touched == ESI_TOUCHED_UNKNOWN && !may_doubt)
        complain(all->path, "in doubt", result);
    esi_evidence_free(evidence);
}

Test(evidence, samples_are_not_touched, .timeout = 300)
{
    struct untouched all = {0};

    each_sample(see_untouched, &all, &all.path);
    cr_log_info("samples: %zu sessions not touched, %zu cannot be told", all.told[ESI_TOUCHED_NO],
                all.told[ESI_TOUCHED_UNKNOWN]);
    cr_assert_gt(all.told[ESI_TOUCHED_NO], 50);
}

/* ---- cases ---- */

/* Conversations that hold what firewalls write, as rewritten captures and quoted commands do:
 * looked at one by one, each shows stars, X or NOOP and blanks where no peer writes them. */
static const char *const masked[] = {
    "/cases/auth/hidden-already.case",
    "/cases/commands/noop-already.case",
    "/cases/commands/noop-over-x.case",
    "/cases/criteria/verb-mask-where-noop-accepted.case",
    "/cases/criteria/verb-noop-rewritten.case",
    "/cases/criteria/verb-not-rewritten.case",
    "/cases/divergence/masked-parameter-words.case",
    "/cases/divergence/rewritten-8bitmime-used.case",
    "/cases/divergence/rewritten-auth-used.case",
    "/cases/divergence/rewritten-beside-hidden.case",
    "/cases/divergence/rewritten-chunk.case",
    "/cases/divergence/rewritten-list-command-shown.case",
    "/cases/divergence/rewritten-nothing-masked.case",
    "/cases/divergence/rewritten-other-command.case",
    "/cases/divergence/rewritten-parameter-too-long.case",
    "/cases/divergence/rewritten-parameter-used.case",
    "/cases/divergence/rewritten-pipelining-shown.case",
    "/cases/divergence/rewritten-starttls-allowed.case",
    "/cases/divergence/rewritten-starttls-no-others.case",
    "/cases/divergence/rewritten-without-maps.case",
    "/cases/ehlo/masked-before.case",
    "/cases/greeting/class20-rewritten.case",
    "/cases/greeting/class20-separator-codes-rewritten.case",
    "/cases/greeting/class20-separator-rewritten.case",
    "/cases/greeting/cmap-other-code-rewritten.case",
    "/cases/greeting/cmap-rewritten-turns.case",
    "/cases/greeting/cmap-rewritten.case",
    "/cases/message/hidden-already.case",
    "/cases/sequence/gap-masked-command.case",
    "/cases/tls/hidden-already.case",
    "/cases/transcripts/C1.case",
    "/cases/transcripts/C2.case",
    "/cases/transcripts/C5.case",
};

static void
see_case(void *ctx, const char *path)
{
    struct untouched *all = ctx;
    struct test_case test = {0};
    struct law_talk talk = {0};
    struct esi_error err;

    cr_assert(case_read(&test, path, &err), "%s", err.text);
    talk_of_case(&talk, &test);
    struct esi_evidence *evidence = evidence_of_talk(&talk, NULL, (struct inspect_way){0}, NULL);
    const struct esi_evidence_result *result = esi_evidence_result(evidence);
    all->told[result->touched]++;
    if (esi_evidence_alarms(result) != is_one_of(path, masked, ESI_COUNT(masked)))
        complain(path, "reported, or not", result);
    esi_evidence_free(evidence);
    law_talk_free(&talk);
    case_free(&test);
}

Test(evidence, cases_without_masks_are_not_reported, .timeout = 300)
{
    struct untouched all = {0};

    case_each(ESI_ROOT "/tests/cases", see_case, &all);
    cr_log_info("cases: %zu not touched, %zu cannot be told, %zu probably, %zu touched",
                all.told[ESI_TOUCHED_NO], all.told[ESI_TOUCHED_UNKNOWN],
                all.told[ESI_TOUCHED_PROBABLY], all.told[ESI_TOUCHED_YES]);
    cr_assert_gt(all.told[ESI_TOUCHED_NO], 100);
}

/* ---- what a platform has rewritten ---- */

enum { PLATFORMS_MOST = 16 };

struct rewriting {
    struct law_talk talk;
    struct inspect_streams streams;
};

struct confusion {
    const char *path;
    size_t rewritten[PLATFORMS_MOST];
    size_t taken[PLATFORMS_MOST][PLATFORMS_MOST]; /* written by one, as another would have */
    size_t same[PLATFORMS_MOST][PLATFORMS_MOST];  /* and the other writes the same bytes */
    size_t told[PLATFORMS_MOST][ESI_TOUCHED_COUNT];
    size_t families[PLATFORMS_MOST][ESI_BOX_COUNT];
};

static void
rewrite(struct rewriting *out, const struct law_talk *talk, const char *platform)
{
    struct esi_platform on;
    struct esi_map map;
    struct inspect_play play;
    struct esi_buf why = {0};

    cr_assert(esi_platform_find(&on, platform, NULL));
    esi_platform_map(&on, &map);
    inspect_play_new(&play, &(struct law_setting){.platform = &on, .map = &map}, talk,
                     (struct inspect_way){0}, &why);
    inspect_rewrite(&out->talk, &out->streams, talk, &play);
    inspect_play_free(&play);
    esi_buf_free(&why);
}

static bool
same_talk(const struct law_talk *a, const struct law_talk *b)
{
    bool same = a->count == b->count;

    for (size_t i = 0; same && i < a->count; i++)
        same = a->events[i].kind == b->events[i].kind && a->events[i].dir == b->events[i].dir &&
               esi_slice_eq(a->events[i].bytes, b->events[i].bytes);
    return same;
}

/* changes_bytes - whether anything is written over, not only left out. */
static bool
changes_bytes(const struct law_talk *old, const struct law_talk *new)
{
    for (size_t i = 0; i < old->count && i < new->count; i++)
        if (new->events[i].kind == ESI_STREAM_DATA &&
            !esi_slice_eq(old->events[i].bytes, new->events[i].bytes))
            return true;
    return false;
}

/* names - whether the platform is among those that write what was seen. */
static bool
names(const struct esi_evidence_result *result, const char *platform)
{
    size_t len = strlen(platform);

    for (size_t i = 0; i < result->reproduced_count; i++) {
        const char *name = result->reproduced_by[i];
        if (strncmp(name, platform, len) == 0 && name[len] == '\0')
            return true;
    }
    return false;
}

static void
see_rewritten(struct confusion *all, const struct rewriting *each, size_t by)
{
    struct esi_evidence *evidence =
        evidence_of_talk(&each[by].talk, NULL, (struct inspect_way){0}, NULL);
    const struct esi_evidence_result *result = esi_evidence_result(evidence);
    char what[128];

    all->rewritten[by]++;
    all->told[by][result->touched]++;
    all->families[by][result->family]++;
    if (!esi_evidence_alarms(result)) {
        snprintf(what, sizeof what, "rewritten on %s, not recognised", esi_profile_at(by)->name);
        complain(all->path, what, result);
    }
    for (size_t p = 0; p < esi_profile_count(); p++) {
        bool same = same_talk(&each[by].talk, &each[p].talk);
        bool taken = names(result, esi_profile_at(p)->name);
        all->same[by][p] += same;
        all->taken[by][p] += taken;
        if (!same || taken || !esi_evidence_alarms(result))
            continue;
        snprintf(what, sizeof what, "rewritten on %s, but %s is not named",
                 esi_profile_at(by)->name, esi_profile_at(p)->name);
        complain(all->path, what, result);
    }
    esi_evidence_free(evidence);
}

static void
see_sample(void *ctx, const struct law_talk *talk)
{
    struct confusion *all = ctx;
    struct rewriting each[PLATFORMS_MOST];

    for (size_t p = 0; p < esi_profile_count(); p++)
        rewrite(&each[p], talk, esi_profile_at(p)->name);
    for (size_t p = 0; p < esi_profile_count(); p++)
        if (changes_bytes(talk, &each[p].talk))
            see_rewritten(all, each, p);
    for (size_t p = 0; p < esi_profile_count(); p++) {
        law_talk_free(&each[p].talk);
        inspect_streams_free(&each[p].streams);
    }
}

static void
print_table(const struct confusion *all)
{
    fprintf(stderr,
            "sessions of samples rewritten on a platform, and as whose they are taken "
            "(in brackets: that write the same bytes)\n%-9s%9s%9s%10s",
            "", "sessions", "yes", "probably");
    for (size_t p = 0; p < esi_profile_count(); p++)
        fprintf(stderr, "%12s", esi_profile_at(p)->name);
    fprintf(stderr, "   family\n");
    for (size_t by = 0; by < esi_profile_count(); by++) {
        fprintf(stderr, "%-9s%9zu%9zu%10zu", esi_profile_at(by)->name, all->rewritten[by],
                all->told[by][ESI_TOUCHED_YES], all->told[by][ESI_TOUCHED_PROBABLY]);
        for (size_t p = 0; p < esi_profile_count(); p++)
            fprintf(stderr, "%6zu (%3zu)", all->taken[by][p], all->same[by][p]);
        for (int box = 0; box < ESI_BOX_COUNT; box++)
            if (all->families[by][box] > 0)
                fprintf(stderr, "  %s %zu", esi_box_name((enum esi_box)box),
                        all->families[by][box]);
        fprintf(stderr, "\n");
    }
}

Test(evidence, rewritten_samples_are_recognised, .timeout = 600)
{
    struct confusion all = {0};

    cr_assert_leq(esi_profile_count(), PLATFORMS_MOST);
    each_sample(see_sample, &all, &all.path);
    print_table(&all);
    for (size_t by = 0; by < esi_profile_count(); by++)
        cr_expect_gt(all.rewritten[by], 0, "nothing is rewritten on %s", esi_profile_at(by)->name);
}
