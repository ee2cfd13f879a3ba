/*
 * cases.c - every case file, played three ways; one test a folder of tests/cases.
 *
 * ESI_UPDATE_CASES=1 writes what came over what was expected, for a person to read the difference.
 */
#define _GNU_SOURCE /* GLOB_ONLYDIR */
#include "support/cases.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/player.h"

struct folder {
    char path[512];
};

struct run {
    unsigned cases, failed;
};

static void
complain(const struct test_case *test, enum player_cut cut, struct esi_slice want,
         struct esi_slice got)
{
    struct esi_buf text = {0};

    print_difference(&text, want, got);
    fprintf(stderr, "%s, %s: - expected, + came\n%.*s\n", test->path, player_cut_name(cut),
            (int)text.len, (const char *)text.data);
    esi_buf_free(&text);
}

/* play - false, and said, if it comes out otherwise than expected. */
static bool
play(const struct test_case *test, struct esi_policy *policy, enum player_cut cut)
{
    struct esi_buf got = {0};
    struct player_config config = {
        .policy = policy, .cut = cut, .options = {.frames = true}, .out = &got};
    bool same;

    player_run(test, config);
    if (cut == PLAYER_WHOLE && getenv("ESI_UPDATE_CASES"))
        case_update(test, esi_buf_slice(&got), NULL);
    same = esi_slice_eq(case_expected(test), esi_buf_slice(&got));
    if (!same)
        complain(test, cut, case_expected(test), esi_buf_slice(&got));
    esi_buf_free(&got);
    return same;
}

static void
run_case(void *ctx, const char *path)
{
    struct run *run = ctx;
    struct test_case test = {0};
    struct esi_policy *policy = NULL;
    struct esi_error err;
    bool ok = case_read(&test, path, &err) && (policy = case_policy(&test, &err));

    if (!ok)
        fprintf(stderr, "%s: %s\n", path, err.text);
    for (enum player_cut cut = PLAYER_WHOLE; ok && cut < PLAYER_CUTS; cut++)
        ok = play(&test, policy, cut);
    run->cases++;
    run->failed += !ok;
    esi_policy_free(policy);
    case_free(&test);
}

ParameterizedTestParameters(cases, folder)
{
    glob_t found = {0};
    struct folder *folders;
    size_t count;

    glob(ESI_ROOT "/tests/cases/*", GLOB_ONLYDIR, NULL, &found);
    count = found.gl_pathc;
    folders = cr_malloc((count + 1) * sizeof *folders);
    for (size_t i = 0; i < count; i++)
        snprintf(folders[i].path, sizeof folders[i].path, "%s", found.gl_pathv[i]);
    globfree(&found);
    return cr_make_param_array(struct folder, folders, count);
}

ParameterizedTest(struct folder *folder, cases, folder, .timeout = 120)
{
    struct run run = {0};

    case_each(folder->path, run_case, &run);
    cr_assert(run.cases > 0, "%s: no case files", folder->path);
    cr_assert(run.failed == 0, "%s: %u of %u cases came out otherwise", folder->path, run.failed,
              run.cases);
}
