/*
 * tap.c - results as TAP, version 14: a line a case, and below one that is not ok why, as YAML.
 *
 * A '#' in a name would begin a directive, so it is written \#, as the specification has it.
 */
#include "verify_internal.h"

void
esi_tap_begin(struct esi_buf *out, size_t cases)
{
    esi_buf_printf(out, "TAP version 14\n1..%zu\n", cases);
}

static void
put_name(struct esi_buf *out, const char *name)
{
    struct esi_buf safe = {0};

    esi_escape_text(&safe, esi_slice_of(name));
    for (size_t i = 0; i < safe.len; i++) {
        if (safe.data[i] == '#' || safe.data[i] == '\\')
            esi_buf_byte(out, '\\');
        esi_buf_byte(out, safe.data[i]);
    }
    esi_buf_free(&safe);
}

/* put_block - each line further in. */
static void
put_block(struct esi_buf *out, struct esi_slice lines)
{
    while (lines.len > 0) {
        const uint8_t *end = memchr(lines.ptr, '\n', lines.len);
        size_t len = end ? (size_t)(end - lines.ptr) + 1 : lines.len;

        esi_buf_text(out, "    ");
        esi_buf_append(out, esi_slice_cut(lines, 0, len));
        lines = esi_slice_cut(lines, len, lines.len);
    }
}

void
esi_tap_case(struct esi_buf *out, size_t number, const struct esi_case_result *result)
{
    char place[512];

    esi_buf_printf(out, "%s %zu - ", result->end == ESI_CASE_PASSED ? "ok" : "not ok", number);
    put_name(out, result->suite->title);
    esi_buf_text(out, ": ");
    put_name(out, result->suite_case->name);
    esi_buf_byte(out, '\n');
    if (result->end == ESI_CASE_PASSED)
        return;
    esi_buf_text(out, "  ---\n");
    say_text(out, 1, false, "at", esi_slice_of(case_place(result, place, sizeof place)));
    say_text(out, 1, false, "severity",
             result->end == ESI_CASE_FAILED ? ESI_LIT("fail") : ESI_LIT("error"));
    say_key(out, 1, "why");
    put_block(out, result->why);
    esi_buf_text(out, "  ...\n");
}
