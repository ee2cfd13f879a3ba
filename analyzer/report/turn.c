/*
 * turn.c - the lines of one turn of the dialogue, and of the verdicts on it.
 *
 * Where the firewall writes over a line, the line as sent (-) and as received (+) stand under each
 * other, then the rule. Which line a verdict is about is told by its stream offset and checked by
 * its bytes; where that fails, the verdict is shown with its own bytes.
 */
#include <string.h>

#include "page_internal.h"

void
put_local(struct esi_buf *out, const struct page *page, uint64_t frame)
{
    esi_buf_number(out, frame - sink_locate(page->sink, frame).before);
}

void
put_gutter(struct page *page, uint64_t first, uint64_t last, const char *arrow, char mark)
{
    char frames[48] = "";

    if (first > 0) {
        struct esi_source from = sink_locate(page->sink, first), to = sink_locate(page->sink, last);

        if (from.file != page->file) {
            esi_buf_text(page->out, "  in ");
            put_safe(page->out, from.file);
            esi_buf_text(page->out, ":\n");
            page->file = from.file;
        }
        if (last != first && to.file == from.file)
            snprintf(frames, sizeof frames, "%ju-%ju", (uintmax_t)(first - from.before),
                     (uintmax_t)(last - to.before));
        else
            snprintf(frames, sizeof frames, "%ju", (uintmax_t)(first - from.before));
    }
    esi_buf_printf(page->out, "%c%9s  %-4s%c ", page->behind ? '~' : ' ', frames, arrow, mark);
}

static const char *
arrow_of(enum esi_dir dir)
{
    return dir == ESI_TO_SERVER ? "C ->" : "<- S";
}

/* put_rule - "mask: match ehlo-reply-parameter others (class 7, built in); confirmed, ehlo-others".
 */
static void
put_rule(struct page *page, const struct row *row)
{
    const struct esi_verdict *verdict = &row->outcome.u.verdict;
    bool grave = esi_action_gravity(verdict->action) >= 3;

    if (page->ruled && same_rule(row, page->ruled))
        return;
    page->ruled = row;
    put_gutter(page, 0, 0, "", ' ');
    put_paint(page->out, page->colour, grave ? PAINT_RED : PAINT_DIM);
    esi_buf_text(page->out, "  ");
    put_rule_words(page->out, page, row);
    put_plain(page->out, page->colour);
    esi_buf_byte(page->out, '\n');
}

static void
put_text_line(struct page *page, unsigned paint, struct esi_slice bytes, size_t from,
              uint64_t true_len)
{
    put_paint(page->out, page->colour && paint, paint);
    put_wire(page->out, bytes, from, true_len);
    put_plain(page->out, page->colour && paint);
    esi_buf_byte(page->out, '\n');
}

/* put_pair - the line as sent and as received, under each other. The gutter of the first is given.
 */
static void
put_pair(struct page *page, struct esi_slice before, struct esi_slice after, uint64_t true_len)
{
    size_t from = said_difference(before, after);

    put_text_line(page, PAINT_RED, before, from, true_len);
    put_gutter(page, 0, 0, "", '+');
    put_text_line(page, PAINT_GREEN, after, from, true_len);
}

/* put_line - one line of a turn, at `start` of the stream; with what is written over it. */
static void
put_line(struct page *page, const struct row *turn, bool first, uint64_t start, uint64_t true_len)
{
    struct esi_slice line = esi_buf_slice(&page->line);
    bool changed = false;
    struct row *rows = page->ladder->rows;

    esi_buf_clear(&page->after);
    esi_buf_append(&page->after, line);
    for (size_t i = turn->verdicts; i > 0; i = rows[i - 1].next)
        changed |= said_overlay(&rows[i - 1], line, start, &page->after);
    put_gutter(page, first ? turn->first_frame : 0, turn->last_frame,
               first ? arrow_of(turn->outcome.dir) : "", changed ? '-' : ' ');
    if (changed)
        put_pair(page, line, esi_buf_slice(&page->after), true_len);
    else
        put_text_line(page, 0, line, 0, true_len);
    for (size_t i = turn->verdicts; i > 0; i = rows[i - 1].next) {
        struct row *verdict = &rows[i - 1];

        if (verdict->shown || !said_overlay(verdict, line, start, &page->after))
            continue;
        verdict->shown = true;
        put_rule(page, verdict);
    }
}

void
put_alone(struct page *page, struct row *row, bool placed)
{
    const struct esi_verdict *verdict = &row->outcome.u.verdict;
    uint64_t len =
        row->outcome.span.len > verdict->before.len ? row->outcome.span.len : verdict->before.len;
    bool edit = verdict_edits(verdict);

    row->shown = true;
    if (!placed)
        page->ruled = NULL;
    if (placed && verdict->before.len == 0 && !edit) {
        put_rule(page, row);
        return;
    }
    put_gutter(page, row->outcome.frame, row->outcome.frame,
               placed ? "" : arrow_of(row->outcome.dir), edit ? '-' : '!');
    esi_buf_clear(&page->after);
    esi_buf_append(&page->after, verdict->before);
    if (edit)
        esi_edit_apply(&verdict->edit, row->outcome.span.offset, page->after.data, page->after.len);
    if (edit)
        put_pair(page, verdict->before, esi_buf_slice(&page->after), len);
    else if (verdict->what == ESI_WHAT_CONNECTION) {
        put_syn_words(page->out, &verdict->limit);
        esi_buf_byte(page->out, '\n');
    } else
        put_text_line(page, 0, verdict->before, 0, len);
    put_rule(page, row);
}

static void
put_more_lines(struct page *page, uint64_t more)
{
    if (more == 0)
        return;
    put_gutter(page, 0, 0, "", ' ');
    esi_buf_text(page->out, "... ");
    put_counted(page->out, more, "more line\n", "more lines\n");
}

void
put_turn(struct page *page, struct row *row)
{
    struct row *rows = page->ladder->rows;

    page->ruled = NULL;
    if (said_in_words(&page->after, row)) {
        put_gutter(page, row->first_frame, row->last_frame, arrow_of(row->outcome.dir), ' ');
        put_wrapped(page->out, (const char *)page->after.data, INDENT);
    } else {
        put_more_lines(page, said_lines(page, row, put_line));
    }
    bool told = row->outcome.u.turn.what == ESI_TURN_COMMAND;
    for (size_t i = row->verdicts; i > 0; i = rows[i - 1].next) {
        struct row *verdict = &rows[i - 1];

        if (verdict->shown)
            continue;
        if (told && !verdict_edits(&verdict->outcome.u.verdict))
            put_rule(page, verdict);
        else
            put_alone(page, verdict, true);
        verdict->shown = true;
    }
}
