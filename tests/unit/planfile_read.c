/*
 * planfile_read.c - plans as text that are not as they should be: what is said, and where.
 *
 * The rows change one line of a plan that is right (planfile_text.h); then lines are lost, doubled,
 * and cut.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "esi/planfile.h"

#include "unit/planfile_rows.h"
#include "unit/planfile_text.h"

static void
put_line(struct esi_buf *out, const char *text)
{
    esi_buf_text(out, text);
    esi_buf_byte(out, '\n');
}

static void
put_changed(struct esi_buf *out, const struct wrong *row)
{
    const char *text = plan_lines[row->line - 1];
    const char *at = row->from ? strstr(text, row->from) : text;

    cr_assert(at, "%s: there is no %s", row->what, row->from);
    esi_buf_append(out, (struct esi_slice){(const uint8_t *)text, (size_t)(at - text)});
    esi_buf_text(out, row->to);
    if (row->from)
        put_line(out, at + strlen(row->from));
    else if (row->to[0] != '\0')
        esi_buf_byte(out, '\n');
}

static bool
read_text(struct esi_slice text, struct esi_planfile *file, struct esi_error *err)
{
    FILE *in = fmemopen((void *)(uintptr_t)text.ptr, text.len, "rb");
    bool read = esi_planfile_read(file, in, "plan", err);

    fclose(in);
    return read;
}

static void
check_refused(struct esi_slice text, const char *what, const char *said)
{
    struct esi_planfile file;
    struct esi_error err = {""};

    cr_assert(!read_text(text, &file, &err), "%s: is taken", what);
    cr_assert_str_eq(err.text, said, "%s: %s", what, err.text);
}

Test(planfile, members_and_order)
{
    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        struct esi_buf text = {0};

        for (size_t l = 0; l < ESI_COUNT(plan_lines); l++) {
            if (l + 1 == rows[r].line)
                put_changed(&text, &rows[r]);
            else
                put_line(&text, plan_lines[l]);
        }
        check_refused(esi_buf_slice(&text), rows[r].what, rows[r].said);
        esi_buf_free(&text);
    }
}

/* Every line left out, said twice, or taken up to some byte: never taken. */
Test(planfile, lines_lost_and_cut)
{
    struct esi_planfile file;
    struct esi_error err;

    for (size_t l = 0; l < ESI_COUNT(plan_lines); l++) {
        for (int twice = 0; twice < 2; twice++) {
            struct esi_buf text = {0};

            for (size_t i = 0; i < ESI_COUNT(plan_lines); i++)
                for (int n = 0; n < (i == l ? 2 * twice : 1); n++)
                    put_line(&text, plan_lines[i]);
            cr_assert(!read_text(esi_buf_slice(&text), &file, &err), "line %zu, %d", l + 1, twice);
            esi_buf_free(&text);
        }
    }
}

Test(planfile, cut_anywhere)
{
    struct esi_planfile file;
    struct esi_error err;
    struct esi_buf text = {0};

    for (size_t l = 0; l < ESI_COUNT(plan_lines); l++)
        put_line(&text, plan_lines[l]);
    for (size_t len = 1; len + 1 < text.len; len++) /* the last line end may be missing */
        cr_assert(!read_text(esi_slice_cut(esi_buf_slice(&text), 0, len), &file, &err), "%zu bytes",
                  len);
    cr_assert(read_text(esi_slice_cut(esi_buf_slice(&text), 0, text.len - 1), &file, &err), "%s",
              err.text);
    esi_planfile_free(&file);
    esi_buf_free(&text);
}

Test(planfile, no_plan_at_all)
{
    static const struct {
        const char *what, *text, *said;
    } cases[] = {
        {"an empty line", "\n", "plan:1:1: is no JSON: '[' or '{' expected near end of file"},
        {"a list", "[]\n", "plan:1:1: expected an object"},
        {"another record", "{\"event_type\":\"verdict\"}\n",
         "plan:1:2: expected a plan's header, found \"verdict\""},
        {"the end alone", "{\"event_type\":\"end\",\"items\":0}\n",
         "plan:1:2: expected a plan's header, found \"end\""},
        {"no type", "{}\n", "plan:1:1: event_type: expected a text that says what this is"},
        {"deep", "[[[[[[[[", "plan:1:8: is no JSON: ']' expected near end of file"},
    };

    for (size_t c = 0; c < ESI_COUNT(cases); c++)
        check_refused(esi_slice_of(cases[c].text), cases[c].what, cases[c].said);
}

Test(planfile, nothing)
{
    struct esi_planfile file;
    struct esi_error err;
    FILE *in = fopen("/dev/null", "rb");

    cr_assert(!esi_planfile_read(&file, in, "plan", &err));
    cr_assert_str_eq(err.text, "plan:1:1: expected a plan's header, found nothing");
    fclose(in);
}
