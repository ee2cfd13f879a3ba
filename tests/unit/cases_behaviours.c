/*
 * cases_behaviours.c - every habit of the engine stands in the expected part of a case, or, if it
 * takes more than one session, in what tests/golden holds. That what is expected comes is held by
 * the tests of both.
 */
#define _GNU_SOURCE /* memmem */
#include <criterion/criterion.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>

#include "support/cases.h"

static const char *const ids[] = {
#define ESI_BEHAVIOUR(tail, id, basis, words, source) id,
#include "inspect/behaviours.def"
#undef ESI_BEHAVIOUR
};

/* stands_in - the id where a verdict names it: behind a comma, before a comma or the line's end. A
 * rule's words, or what was said, may hold the same word. */
static bool
stands_in(struct esi_slice text, const char *id)
{
    const uint8_t *end = text.ptr + text.len, *at = text.ptr, *found;

    for (; (found = memmem(at, (size_t)(end - at), id, strlen(id))); at = found + 1) {
        const uint8_t *behind = found + strlen(id);
        bool named = found >= text.ptr + 2 && found[-2] == ',' && found[-1] == ' ';
        if (named && (behind == end || *behind == ',' || *behind == '\n'))
            return true;
    }
    return false;
}

static void
note(bool met[], struct esi_slice text)
{
    for (size_t i = 0; i < ESI_COUNT(ids); i++)
        met[i] = met[i] || stands_in(text, ids[i]);
}

static void
note_case(void *ctx, const char *path)
{
    struct test_case test = {0};
    struct esi_error err;

    cr_assert(case_read(&test, path, &err), "%s", err.text);
    note(ctx, case_expected(&test));
    case_free(&test);
}

static void
note_file(bool met[], const char *path)
{
    FILE *file = fopen(path, "rb");
    struct esi_buf text = {0};
    char bytes[4096];
    size_t got;

    cr_assert(file, "%s", path);
    while ((got = fread(bytes, 1, sizeof bytes, file)) > 0)
        esi_buf_append(&text, (struct esi_slice){(uint8_t *)bytes, got});
    fclose(file);
    note(met, esi_buf_slice(&text));
    esi_buf_free(&text);
}

Test(cases, every_behaviour_has_one)
{
    bool met[ESI_COUNT(ids)] = {false};
    glob_t found;

    case_each(ESI_ROOT "/tests/cases", note_case, met);
    cr_assert_eq(glob(ESI_ROOT "/tests/golden/several-*.out", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++)
        note_file(met, found.gl_pathv[i]);
    globfree(&found);
    for (size_t i = 0; i < ESI_COUNT(ids); i++)
        cr_expect(met[i], "no case holds %s", ids[i]);
}
