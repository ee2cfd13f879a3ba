/*
 * junit.c - results as JUnit XML, the part of it that all its readers know: testsuites, testsuite,
 * testcase, failure, error. It tells no times and no host: the same input gives the same bytes.
 *
 * XML 1.0 has no way to write most control characters; esi_escape_markup_text writes them \xHH.
 */
#include "verify_internal.h"

static void
put_attribute(struct esi_buf *out, const char *name, struct esi_slice value)
{
    esi_buf_printf(out, " %s=\"", name);
    esi_escape_markup_text(out, value);
    esi_buf_byte(out, '"');
}

static void
put_counts(struct esi_buf *out, const struct esi_junit *junit, size_t which)
{
    esi_buf_printf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"0\"",
                   junit->tests[which], junit->failures[which], junit->errors[which]);
}

/* put_lines - text of several lines. */
static void
put_lines(struct esi_buf *out, struct esi_slice lines)
{
    while (lines.len > 0) {
        const uint8_t *end = memchr(lines.ptr, '\n', lines.len);
        size_t len = end ? (size_t)(end - lines.ptr) : lines.len;

        esi_escape_markup_text(out, esi_slice_cut(lines, 0, len));
        esi_buf_byte(out, '\n');
        lines = esi_slice_cut(lines, len + 1, lines.len);
    }
}

/* close_suite - its cases under its head, which counts them. */
static void
close_suite(struct esi_junit *junit)
{
    if (!junit->open)
        return;
    esi_buf_text(&junit->suites, "  <testsuite");
    put_attribute(&junit->suites, "name", esi_slice_of(junit->open->title));
    put_attribute(&junit->suites, "file", esi_slice_of(junit->open->file));
    put_counts(&junit->suites, junit, 0);
    esi_buf_text(&junit->suites, ">\n");
    esi_buf_append(&junit->suites, esi_buf_slice(&junit->cases));
    esi_buf_text(&junit->suites, "  </testsuite>\n");
    esi_buf_clear(&junit->cases);
    junit->open = NULL;
    junit->tests[0] = junit->failures[0] = junit->errors[0] = 0;
}

static void
count(struct esi_junit *junit, enum esi_case_end end)
{
    for (size_t which = 0; which < 2; which++) {
        junit->tests[which]++;
        junit->failures[which] += end == ESI_CASE_FAILED;
        junit->errors[which] += end == ESI_CASE_BROKEN;
    }
}

void
esi_junit_case(struct esi_junit *junit, const struct esi_case_result *result)
{
    const char *element = result->end == ESI_CASE_FAILED ? "failure" : "error";
    struct esi_buf *out = &junit->cases;
    char place[512];

    if (junit->open != result->suite)
        close_suite(junit);
    junit->open = result->suite;
    count(junit, result->end);
    esi_buf_text(out, "    <testcase");
    put_attribute(out, "classname", esi_slice_of(result->suite->title));
    put_attribute(out, "name", esi_slice_of(result->suite_case->name));
    if (result->end == ESI_CASE_PASSED) {
        esi_buf_text(out, "/>\n");
        return;
    }
    esi_buf_printf(out, ">\n      <%s", element);
    put_attribute(out, "message", esi_slice_of(case_place(result, place, sizeof place)));
    esi_buf_text(out, ">");
    put_lines(out, result->why);
    esi_buf_printf(out, "</%s>\n    </testcase>\n", element);
}

void
esi_junit_finish(struct esi_junit *junit, struct esi_buf *out)
{
    close_suite(junit);
    esi_buf_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
    put_counts(out, junit, 1);
    esi_buf_text(out, ">\n");
    esi_buf_append(out, esi_buf_slice(&junit->suites));
    esi_buf_text(out, "</testsuites>\n");
    esi_buf_free(&junit->suites);
    esi_buf_free(&junit->cases);
    *junit = (struct esi_junit){0};
}
