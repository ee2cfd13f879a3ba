/*
 * line.c - one direction's bytes, cut into lines.
 *
 * A line ends at LF. Whether a CR stood before it is told, not judged: RFC 5321 section 2.3.8
 * wants CRLF, senders differ, and what the firewall makes of that is the engine's business.
 *
 * A line that lies whole in one push is lent straight from the caller's bytes. Only a line that
 * straddles pushes is copied, `keep` bytes of it at most; the rest is counted and forgotten, so no
 * sender decides how much memory we use. What is left of a push behind its last LF is told once as
 * an unfinished line.
 *
 * Knows nothing of commands, replies or dot-stuffing.
 */
#include "limits_internal.h"
#include "line_internal.h"

/* must_follow - what comes next has to be next in the stream, and nothing may be left over. */
static void
must_follow(const struct line_cutter *cutter, uint64_t offset)
{
    if (cutter->in.len > 0)
        esi_panic("line_push: %zu bytes of the last push were not pulled", cutter->in.len);
    if (cutter->begun && offset != cutter->offset)
        esi_panic("line_push: bytes at %llu, expected at %llu", (unsigned long long)offset,
                  (unsigned long long)cutter->offset);
}

void
line_push(struct line_cutter *cutter, uint64_t offset, struct esi_slice bytes)
{
    must_follow(cutter, offset);
    cutter->in = bytes;
    cutter->offset = offset;
    cutter->begun = true;
}

/* hold - keeps what fits of a line's next part, counts all of it. */
static void
hold(struct line_cutter *cutter, struct esi_slice part)
{
    size_t room = cutter->keep - cutter->held.len;

    if (part.len == 0)
        return;
    cutter->held_span += part.len;
    cutter->last = part.ptr[part.len - 1];
    esi_buf_append(&cutter->held, esi_slice_cut(part, 0, room));
}

/* drop_spent - the line pulled last was lent from held; its time is over. */
static void
drop_spent(struct line_cutter *cutter)
{
    if (!cutter->spent)
        return;
    esi_buf_clear(&cutter->held);
    cutter->spent = false;
}

/* skip_line - moves on behind the LF; NULL: it is yet to come. */
static void
skip_line(struct line_cutter *cutter, const uint8_t *lf)
{
    line_take(cutter, lf ? (size_t)(lf - cutter->in.ptr) + 1 : cutter->in.len);
    cutter->skipping = !lf;
}

/* unfinished - holds the rest of the push and tells the line so far. */
static void
unfinished(struct line_cutter *cutter, struct line *out)
{
    out->lent = line_take(cutter, cutter->in.len);
    hold(cutter, out->lent);
    out->span = (struct esi_span){line_start(cutter), cutter->held_span};
    out->len = cutter->held_span - (cutter->last == '\r');
    out->text = esi_slice_cut(esi_buf_slice(&cutter->held), 0, out->len);
    out->eol = ESI_EOL_NONE;
    out->done = false;
}

/* finished - the line in progress, up to the LF. */
static void
finished(struct line_cutter *cutter, const uint8_t *lf, struct line *out)
{
    uint64_t start = line_start(cutter);

    out->lent = line_take(cutter, (size_t)(lf - cutter->in.ptr) + 1);
    hold(cutter, (struct esi_slice){out->lent.ptr, out->lent.len - 1});
    out->span = (struct esi_span){start, cutter->held_span + 1};
    out->eol = cutter->last == '\r' ? ESI_EOL_CRLF : ESI_EOL_LF;
    out->len = cutter->held_span - (out->eol == ESI_EOL_CRLF);
    out->text = esi_slice_cut(esi_buf_slice(&cutter->held), 0, out->len);
    out->done = true;
    cutter->held_span = 0;
    cutter->spent = true;
}

bool
line_next_part(struct line_cutter *cutter, const uint8_t *lf, struct line *out)
{
    drop_spent(cutter);
    if (cutter->in.len == 0)
        return false;
    if (cutter->skipping) {
        skip_line(cutter, lf);
        return line_next(cutter, out);
    }
    if (lf)
        finished(cutter, lf, out);
    else
        unfinished(cutter, out);
    return true;
}

void
line_drop(struct line_cutter *cutter)
{
    cutter->held_span = 0;
    cutter->spent = true; /* not cleared here: its bytes may be lent still */
    cutter->skipping = false;
}

void
line_gap(struct line_cutter *cutter, struct esi_span missing)
{
    must_follow(cutter, missing.offset);
    line_drop(cutter);
    cutter->offset = missing.offset + missing.len;
    cutter->begun = true;
}

void
line_rest(struct line_cutter *cutter)
{
    drop_spent(cutter);
    if (cutter->held_span == 0 && cutter->held.cap > HELD_IDLE)
        esi_buf_free(&cutter->held);
}

void
line_fini(struct line_cutter *cutter)
{
    esi_buf_free(&cutter->held);
}
