/* html_write.c - names, bytes and places as a page shows them; all that is not our own is escaped.
 */
#include "html_internal.h"

void
html_put(struct esi_buf *out, const char *text)
{
    esi_escape_markup_text(out, esi_slice_of(text));
}

void
html_put_buf(struct esi_buf *out, const struct esi_buf *text)
{
    esi_escape_markup_text(out, esi_buf_slice(text));
}

/* columns - how many bytes fit. */
static size_t
columns(struct esi_slice bytes, size_t room)
{
    size_t n = 0, used = 0;

    for (; n < bytes.len; n++) {
        uint8_t byte = bytes.ptr[n];
        size_t width = byte == '\\' ? 2 : byte < 0x20 || byte > 0x7e ? 4 : 1;

        if (used + width > room)
            break;
        used += width;
    }
    return n;
}

void
html_put_wire(struct esi_buf *out, struct esi_slice bytes, struct esi_slice other, size_t from,
              size_t room, uint64_t true_len, const char *mark)
{
    enum { LENGTH_ROOM = 16 };
    struct esi_slice rest = esi_slice_cut(bytes, from, bytes.len);
    size_t end = from + columns(rest, room), first = from, last;

    if (end < true_len && room > LENGTH_ROOM) /* what tells the length wants its place */
        end = from + columns(rest, room - LENGTH_ROOM);

    while (first < end && first < other.len && bytes.ptr[first] == other.ptr[first])
        first++;
    last = other.len > 0 ? end : first;
    while (last > first && last <= other.len && bytes.ptr[last - 1] == other.ptr[last - 1])
        last--;
    if (from > 0)
        esi_buf_text(out, "\xe2\x80\xa6");
    if (last > first) {
        esi_escape_markup_wire(out, esi_slice_cut(bytes, from, first - from));
        esi_buf_printf(out, "<%s>", mark);
        esi_escape_markup_wire(out, esi_slice_cut(bytes, first, last - first));
        esi_buf_printf(out, "</%s>", mark);
        esi_escape_markup_wire(out, esi_slice_cut(bytes, last, end - last));
    } else {
        esi_escape_markup_wire(out, esi_slice_cut(bytes, from, end - from));
    }
    if (end < true_len) {
        esi_buf_text(out, "\xe2\x80\xa6 (");
        put_counted(out, true_len, "byte)", "bytes)");
    }
}

void
html_put_line_id(struct esi_buf *out, const struct html_tally *tally, size_t index)
{
    esi_buf_printf(out, "c%u-%u", tally->lines[index].file, tally->config[index].line);
}

void
html_put_place(struct esi_buf *out, struct html_tally *tally, const char *file, unsigned line)
{
    size_t at = html_config_find(tally, file, line);

    if (!file) {
        esi_buf_text(out, "built in");
        return;
    }
    if (at > 0) {
        tally->lines[at - 1].linked = true;
        esi_buf_text(out, "<a href=\"#");
        html_put_line_id(out, tally, at - 1);
        esi_buf_text(out, "\">");
    }
    html_put(out, file);
    esi_buf_printf(out, ":%u", line);
    if (at > 0)
        esi_buf_text(out, "</a>");
}

/* next_chosen - the lowest number above `last`; 0: none. */
static uint64_t
next_chosen(const struct html_keep *keep, html_chosen *chosen, size_t value, uint64_t last)
{
    uint64_t next = 0;

    for (size_t i = 0; i < keep->len; i++) {
        uint64_t number = keep->sessions[i].number;

        if (number > last && (next == 0 || number < next) && chosen(&keep->sessions[i], value))
            next = number;
    }
    return next;
}

void
html_put_some(struct esi_buf *out, const struct html_keep *keep, html_chosen *chosen, size_t value,
              uint64_t sessions)
{
    enum { NAMED = 5 };
    const char *between = ": ";
    uint64_t number = 0, named = 0;

    while (named < NAMED && (number = next_chosen(keep, chosen, value, number)) > 0) {
        esi_buf_printf(out, "%s<a href=\"#s%ju\">%ju</a>", between, (uintmax_t)number,
                       (uintmax_t)number);
        between = ", ";
        named++;
    }
    if (named > 0 && named < sessions)
        esi_buf_text(out, ", \xe2\x80\xa6");
}
