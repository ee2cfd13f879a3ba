/*
 * evidence_cases.c - every case of tests/evidence, told whole and in pieces.
 *
 * ESI_UPDATE_CASES=1 writes what came over what was expected, for a person to read the difference.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/printer.h"
#include "unit/evidence_case.h"

struct run {
    unsigned cases, failed;
};

static bool
play(const struct evidence_case *from, struct inspect_way way, bool may_update)
{
    struct esi_evidence *evidence = evidence_of_case(from, way);
    struct esi_buf got = {0}, text = {0};

    print_evidence(&got, esi_evidence_result(evidence));
    if (may_update && getenv("ESI_UPDATE_CASES"))
        case_update(&from->test, esi_buf_slice(&got), NULL);
    bool same = esi_slice_eq(case_expected(&from->test), esi_buf_slice(&got));
    if (!same) {
        print_difference(&text, case_expected(&from->test), esi_buf_slice(&got));
        fprintf(stderr, "%s: - expected, + came\n%.*s\n", from->test.path, (int)text.len,
                (const char *)text.data);
    }
    esi_buf_free(&text);
    esi_buf_free(&got);
    esi_evidence_free(evidence);
    return same;
}

static void
run_case(void *ctx, const char *path)
{
    static const struct inspect_way ways[] = {{0}, {.cut = true, .piece = 1}, {.cut = true}};
    struct run *run = ctx;
    struct evidence_case from;
    bool ok = evidence_case_read(&from, path);

    for (size_t way = 0; ok && way < ESI_COUNT(ways); way++)
        ok = play(&from, ways[way], way == 0);
    run->cases++;
    run->failed += !ok;
    evidence_case_free(&from);
}

Test(evidence, cases, .timeout = 120)
{
    struct run run = {0};

    evidence_each(NULL, run_case, &run);
    cr_assert_gt(run.cases, 0);
    cr_assert_eq(run.failed, 0, "%u of %u cases came out otherwise", run.failed, run.cases);
}

static void
run_trap(void *ctx, const char *path)
{
    struct run *run = ctx;
    struct evidence_case from;

    cr_assert(evidence_case_read(&from, path));
    struct esi_evidence *evidence = evidence_of_case(&from, (struct inspect_way){0});
    run->cases++;
    cr_expect(!esi_evidence_alarms(esi_evidence_result(evidence)), "%s is reported", path);
    esi_evidence_free(evidence);
    evidence_case_free(&from);
}

Test(evidence, traps_are_not_reported)
{
    struct run run = {0};

    evidence_each("traps", run_trap, &run);
    cr_assert_gt(run.cases, 0);
}

/* ---- what is known of public transcripts ---- */

/* By whom each was printed to be written, and what each X was where the original is known or
 * forced;
 * "" where a line is not known. */
static const struct {
    const char *name;
    enum esi_box family;
    const char *keywords[9];
} known[] = {
    {"B1", ESI_BOX_PIX_6_3, {0}},
    {"B4", ESI_BOX_PIX_6_3, {0}},
    {"B5", ESI_BOX_ASA, {0}},
    {"B7-E5", ESI_BOX_ASA, {"HELP"}},
    {"B9-oxford", ESI_BOX_ASA, {0}},
    {"B9-roaring-penguin", ESI_BOX_ASA, {0}},
    {"B9-ubuntu", ESI_BOX_ASA, {0}},
    {"B11", ESI_BOX_PIX_4_0, {0}},
    {"B11-no-blank", ESI_BOX_PIX_4_0, {0}},
    {"B12", ESI_BOX_PIX_6_3, {0}},
    {"E1",
     ESI_BOX_ASA,
     {"TURN", "CHUNKING", "VRFY", "X-EXPS GSSAPI NTLM LOGIN", "X-EXPS=LOGIN", "AUTH=LOGIN",
      "X-LINK2STATE", "XEXCH50", "OK"}},
    {"E2", ESI_BOX_ASA, {"STARTTLS"}},
    {"E3", ESI_BOX_ASA, {"STARTTLS"}},
    {"E7", ESI_BOX_ASA, {"STARTTLS"}},
    {"C1", ESI_BOX_PIX_6_3, {0}},
    {"C1-behind", ESI_BOX_PIX_6_3, {0}},
    {"C2", ESI_BOX_ASA, {0}},
    {"C3", ESI_BOX_PIX_6_3, {0}},
    {"C5", ESI_BOX_ASA, {0}},
    {"C6", ESI_BOX_PIX_4_0, {0}},
    {"C7", ESI_BOX_PIX_6_3, {0}},
    {"C8", ESI_BOX_IOS, {0}},
    {"L1", ESI_BOX_ASA, {0}},
    {"L5", ESI_BOX_PIX_6_3, {0}},
    {"O1", ESI_BOX_PROXY, {0}},
    {"O3", ESI_BOX_ASA, {"STARTTLS"}},
};

Test(evidence, transcripts_are_attributed)
{
    for (size_t k = 0; k < ESI_COUNT(known); k++) {
        struct evidence_case from;
        char path[512];
        size_t lines = 0;

        snprintf(path, sizeof path, ESI_ROOT "/tests/evidence/transcripts/%s.case", known[k].name);
        cr_assert(evidence_case_read(&from, path));
        struct esi_evidence *evidence = evidence_of_case(&from, (struct inspect_way){0});
        const struct esi_evidence_result *result = esi_evidence_result(evidence);
        cr_expect(esi_evidence_alarms(result), "%s is not recognised", known[k].name);
        cr_expect_eq(result->family, known[k].family, "%s is taken for %s", known[k].name,
                     esi_box_name(result->family));
        for (; lines < ESI_COUNT(known[k].keywords) && known[k].keywords[lines]; lines++) {
            const struct esi_keyword_guess *made = &result->keywords[lines];
            cr_assert_lt(lines, result->keyword_count, "%s", known[k].name);
            cr_expect(made->count > 0 &&
                          strcmp(made->odds[0].keyword, known[k].keywords[lines]) == 0,
                      "%s: line %zu", known[k].name, lines);
        }
        cr_expect_eq(lines, result->keyword_count, "%s", known[k].name);
        esi_evidence_free(evidence);
        evidence_case_free(&from);
    }
}

/* Odds are odds: none above 1, nor any line's together; and they fall. */
static void
add_odds(void *ctx, const char *path)
{
    struct run *run = ctx;
    struct evidence_case from;

    cr_assert(evidence_case_read(&from, path));
    struct esi_evidence *evidence = evidence_of_case(&from, (struct inspect_way){0});
    const struct esi_evidence_result *result = esi_evidence_result(evidence);
    for (size_t i = 0; i < result->keyword_count; i++) {
        double sum = 0, last = 1;
        for (size_t o = 0; o < result->keywords[i].count; o++) {
            double odds = result->keywords[i].odds[o].odds;
            cr_expect(odds > 0 && odds <= last, "%s: line %zu", path, i);
            sum += last = odds;
        }
        cr_expect(sum <= 1, "%s: line %zu comes to %f", path, i, sum);
        run->cases++;
    }
    esi_evidence_free(evidence);
    evidence_case_free(&from);
}

Test(evidence, odds_add_up)
{
    struct run run = {0};

    evidence_each(NULL, add_odds, &run);
    cr_assert_gt(run.cases, 40);
}
