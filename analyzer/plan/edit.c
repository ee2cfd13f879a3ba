/*
 * edit.c - one edit, written over whichever part of its span is at hand.
 *
 * A byte's new value depends on its place in the span alone, so the span may come in any pieces,
 * in any order, and more than once.
 */
#include "esi/plan.h"

#include "plan_internal.h"

/* edit_byte - what the edit writes at `at` of its span. */
static uint8_t
edit_byte(const struct esi_edit *edit, uint64_t at)
{
    uint64_t to_end = edit->span.len - at;

    if (at < edit->head_len)
        return (uint8_t)edit->head[at];
    if (to_end <= edit->tail_len)
        return (uint8_t)edit->tail[edit->tail_len - to_end];
    return edit->fill;
}

/* covered - the part of `len` bytes at `offset` that lies in the span; its offset is absolute. */
static struct esi_span
covered(const struct esi_edit *edit, uint64_t offset, size_t len)
{
    uint64_t from = offset > edit->span.offset ? offset : edit->span.offset;
    uint64_t end = offset + len, edit_end = edit->span.offset + edit->span.len;

    if (end > edit_end)
        end = edit_end;
    return (struct esi_span){from, end > from ? end - from : 0};
}

static bool
stays(const struct esi_edit *edit, uint8_t byte)
{
    return (edit->keep_eol && (byte == '\r' || byte == '\n')) ||
           (edit->keep_20 && (byte == '2' || byte == '0'));
}

bool
edit_overwrite(const struct esi_edit *edit, uint64_t offset, uint8_t *bytes, size_t len)
{
    struct esi_span part = covered(edit, offset, len);
    bool changed = false;

    for (uint64_t i = 0; i < part.len; i++) {
        uint8_t *byte = bytes + (part.offset - offset) + i;

        if (stays(edit, *byte))
            continue;
        uint8_t wanted = edit_byte(edit, part.offset - edit->span.offset + i);
        changed |= *byte != wanted;
        *byte = wanted;
    }
    return changed;
}

bool
esi_edit_apply(const struct esi_edit *edit, uint64_t offset, uint8_t *bytes, size_t len)
{
    edit_overwrite(edit, offset, bytes, len);
    return covered(edit, offset, len).len > 0;
}
