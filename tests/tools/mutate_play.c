/*
 * mutate_play.c - every case file in one process, until the first that comes out otherwise.
 *
 *     mutate_play FOLDER [CASE...]
 *
 * What tests/unit/cases.c does, without a process a folder: for many runs of a mutated engine,
 * most of which end early. The CASEs go first. The status is 0 if all is as expected, else 1, and
 * the path of the case is printed.
 */
#include <stdio.h>
#include <stdlib.h>

#include "support/cases.h"
#include "support/player.h"

static bool
plays(const struct test_case *test, struct esi_policy *policy, enum player_cut cut)
{
    struct esi_buf got = {0};
    struct player_config config = {
        .policy = policy, .cut = cut, .options = {.frames = true}, .out = &got};

    player_run(test, config);
    bool same = esi_slice_eq(case_expected(test), esi_buf_slice(&got));
    esi_buf_free(&got);
    return same;
}

static void
run_case(void *ctx, const char *path)
{
    struct test_case test = {0};
    struct esi_policy *policy = NULL;
    struct esi_error err;
    bool ok = case_read(&test, path, &err) && (policy = case_policy(&test, &err));

    (void)ctx;
    for (enum player_cut cut = PLAYER_WHOLE; ok && cut < PLAYER_CUTS; cut++)
        ok = plays(&test, policy, cut);
    esi_policy_free(policy);
    case_free(&test);
    if (ok)
        return;
    puts(path);
    exit(1);
}

int
main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    for (int i = 2; i < argc; i++)
        run_case(NULL, argv[i]);
    return case_each(argv[1], run_case, NULL) > 0 ? 0 : 2;
}
