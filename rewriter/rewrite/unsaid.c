/*
 * unsaid.c - of the lines of a comment, those that no other comment of the frame has.
 *
 * The lines are sorted, so that the others, as many as they may be, are gone through once.
 */
#include <stdlib.h>
#include <string.h>

#include "unsaid_internal.h"

/* cut_line - the first line of *text, which goes on behind it. */
static struct esi_slice
cut_line(struct esi_slice *text)
{
    const uint8_t *end = memchr(text->ptr, '\n', text->len);
    size_t len = end ? (size_t)(end - text->ptr) : text->len;
    struct esi_slice line = esi_slice_cut(*text, 0, len);

    *text = esi_slice_cut(*text, len + 1, text->len);
    return line;
}

static int
compare_lines(const void *left, const void *right)
{
    const struct unsaid_line *a = left, *b = right;

    if (a->text.len != b->text.len)
        return a->text.len < b->text.len ? -1 : 1;
    return memcmp(a->text.ptr, b->text.ptr, a->text.len);
}

static struct unsaid_line *
find(const struct unsaid *unsaid, struct esi_slice text)
{
    struct unsaid_line line = {.text = text};

    return text.len == 0 ? NULL
                         : bsearch(&line, unsaid->lines, unsaid->count, sizeof line, compare_lines);
}

void
unsaid_begin(struct unsaid *unsaid, struct esi_slice comment)
{
    struct esi_slice rest = comment;
    size_t most = comment.len > 0;

    for (size_t at = 0; at < comment.len; at++)
        most += comment.ptr[at] == '\n';
    unsaid->comment = comment;
    unsaid->count = 0;
    unsaid->lines =
        most <= ESI_COUNT(unsaid->few) ? unsaid->few : esi_alloc(most * sizeof *unsaid->lines);
    while (rest.len > 0) {
        struct esi_slice line = cut_line(&rest);
        if (line.len > 0)
            unsaid->lines[unsaid->count++] = (struct unsaid_line){.text = line};
    }
    if (unsaid->count > 1)
        qsort(unsaid->lines, unsaid->count, sizeof *unsaid->lines, compare_lines);
}

void
unsaid_strike(struct unsaid *unsaid, struct esi_slice other)
{
    while (other.len > 0 && unsaid->count > 0) {
        struct unsaid_line *line = find(unsaid, cut_line(&other));
        if (line)
            line->said = true;
    }
}

void
unsaid_put(struct unsaid *unsaid, struct esi_buf *out)
{
    struct esi_slice rest = unsaid->comment;
    size_t start = out->len;

    while (rest.len > 0) {
        struct unsaid_line *line = find(unsaid, cut_line(&rest));
        if (!line || line->said)
            continue;
        line->said = true;
        if (out->len > start)
            esi_buf_byte(out, '\n');
        esi_buf_append(out, line->text);
    }
}

void
unsaid_end(struct unsaid *unsaid)
{
    if (unsaid->lines != unsaid->few)
        free(unsaid->lines);
}
