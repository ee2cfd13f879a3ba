/* base_trouble.c - errors, panics, memory that runs out, files left unfinished. */
#define _DEFAULT_SOURCE /* mkstemp */
#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "esi/base.h"

Test(base, errors_are_texts)
{
    struct esi_error err;
    char longer[1000];

    cr_assert_not(esi_error_set(&err, "%s: %d", "a.pcap", 3));
    cr_assert_str_eq(err.text, "a.pcap: 3");
    memset(longer, 'x', sizeof longer);
    longer[sizeof longer - 1] = '\0';
    cr_assert_not(esi_error_set(&err, "%s", longer));
    cr_assert_eq(strlen(err.text), sizeof err.text - 1, "cut to what fits");
    cr_assert_not(esi_error_set(NULL, "nobody listens"));
}

Test(base, what_grows_is_zero)
{
    size_t cap = 0;
    int *items = NULL;

    for (size_t want = 1; want < 1000; want += 37) {
        items = esi_grow(items, &cap, want, sizeof *items);
        cr_assert_geq(cap, want);
        cr_assert_eq(items[want - 1], 0);
        items[want - 1] = -1;
    }
    free(items);
    char *copy = esi_strdup("text"), *nothing = esi_alloc(0);
    cr_assert_str_eq(copy, "text");
    cr_assert_not_null(nothing, "no bytes, and still not NULL");
    free(copy);
    free(nothing);
}

static void
unfinished_file(char path[64])
{
    strcpy(path, "/tmp/esi-unfinished-XXXXXX");
    int fd = mkstemp(path);
    cr_assert(fd >= 0);
    close(fd);
    esi_unfinished_add(path);
}

Test(base, unfinished_files_go)
{
    char kept[64], left[64];

    unfinished_file(kept);
    unfinished_file(left);
    esi_unfinished_done(kept);
    esi_unfinished_remove_all();
    cr_assert_eq(access(kept, F_OK), 0);
    cr_assert_neq(access(left, F_OK), 0);
    unlink(kept);
}

Test(base, a_panic_aborts, .init = cr_redirect_stderr, .signal = SIGABRT)
{
    esi_panic("line %d", 7);
}

Test(base, no_memory_ends_with_its_status, .init = cr_redirect_stderr,
     .exit_code = ESI_EXIT_INTERNAL)
{
    size_t cap = 1;

    free(esi_grow(NULL, &cap, SIZE_MAX, 16));
}
