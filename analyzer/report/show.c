/*
 * show.c - bytes, numbers and sentences as people read them.
 *
 * Plain ASCII, whatever the locale: the same input gives the same bytes everywhere.
 */
#include <string.h>

#include "ladder_internal.h"

enum { LINE_MOST = 100 };

uint64_t
sum_of(const uint64_t *counts, size_t count)
{
    uint64_t all = 0;

    for (size_t i = 0; i < count; i++)
        all += counts[i];
    return all;
}

void
put_thousands(struct esi_buf *out, uint64_t number)
{
    uint64_t unit = 1;

    while (number / unit >= 1000)
        unit *= 1000;
    esi_buf_number(out, number / unit);
    while (unit > 1) {
        unsigned part;

        number %= unit;
        unit /= 1000;
        part = (unsigned)(number / unit);
        esi_buf_byte(out, ',');
        esi_buf_byte(out, (uint8_t)('0' + part / 100));
        esi_buf_byte(out, (uint8_t)('0' + part / 10 % 10));
        esi_buf_byte(out, (uint8_t)('0' + part % 10));
    }
}

void
put_counted(struct esi_buf *out, uint64_t number, const char *one, const char *many)
{
    put_thousands(out, number);
    esi_buf_byte(out, ' ');
    esi_buf_text(out, number == 1 ? one : many);
}

void
put_safe(struct esi_buf *out, const char *name)
{
    esi_escape_text(out, esi_slice_of(name));
}

void
put_wire(struct esi_buf *out, struct esi_slice bytes, size_t from, uint64_t true_len)
{
    struct esi_slice shown = esi_slice_cut(bytes, from, SHOWN_MOST);

    if (from > 0)
        esi_buf_text(out, "...");
    esi_escape_wire(out, shown);
    if (from + shown.len < true_len) {
        esi_buf_text(out, "...(");
        put_counted(out, true_len, "byte)", "bytes)");
    }
}

/* line_end - where the first line of text, `room` columns wide, is to be broken. */
static size_t
line_end(const char *text, size_t room)
{
    size_t len = strlen(text), end = room;

    if (len <= room)
        return len;
    while (end > 0 && text[end] != ' ')
        end--;
    if (end == 0)
        end = strcspn(text, " ");
    return end;
}

void
put_wrapped(struct esi_buf *out, const char *text, size_t indent)
{
    for (;;) {
        size_t end = line_end(text, LINE_MOST - indent);

        esi_escape_text(out, (struct esi_slice){(const uint8_t *)text, end});
        esi_buf_byte(out, '\n');
        text += end;
        while (*text == ' ')
            text++;
        if (*text == '\0')
            return;
        for (size_t i = 0; i < indent; i++)
            esi_buf_byte(out, ' ');
    }
}

void
put_paint(struct esi_buf *out, bool colour, unsigned paint)
{
    if (colour)
        esi_buf_printf(out, "\033[%um", paint);
}

void
put_plain(struct esi_buf *out, bool colour)
{
    if (colour)
        esi_buf_text(out, "\033[0m");
}
