/*
 * turn.c - the lines of one turn of the dialogue, and of the verdicts on it.
 *
 * Where the firewall writes over a line, the line as sent (-) and as received (+) stand under each
 * other, then the rule. Which line a verdict is about is told by its stream offset and checked by
 * its bytes; where that fails, the verdict is shown with its own bytes.
 */
#include "page_internal.h"

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
    esi_buf_printf(page->out, "%c%9s  %-4s%c ", page->order.behind ? '~' : ' ', frames, arrow,
                   mark);
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
    put_rule_words(page->out, page->sink, row);
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
    size_t from = first_difference(before, after, SHOWN_MOST);

    put_text_line(page, PAINT_RED, before, from, true_len);
    put_gutter(page, 0, 0, "", '+');
    put_text_line(page, PAINT_GREEN, after, from, true_len);
}

/* put_line - one line of a turn, with what is written over it. */
static void
put_line(struct page *page, const struct row *turn)
{
    const struct turn_lines *lines = &page->lines;
    struct row *rows = page->ladder->rows;

    put_gutter(page, lines->first ? turn->first_frame : 0, turn->last_frame,
               lines->first ? arrow_of(turn->outcome.dir) : "", lines->changed ? '-' : ' ');
    if (lines->changed)
        put_pair(page, esi_buf_slice(&lines->line), esi_buf_slice(&lines->after), lines->true_len);
    else
        put_text_line(page, 0, esi_buf_slice(&lines->line), 0, lines->true_len);
    for (size_t i = turn->verdicts; i > 0; i = rows[i - 1].next) {
        struct row *verdict = &rows[i - 1];

        if (verdict->shown || !turn_lines_touched(lines, verdict))
            continue;
        verdict->shown = true;
        put_rule(page, verdict);
    }
}

static void
put_lines(struct page *page, const struct row *row)
{
    turn_lines_begin(&page->lines, page->ladder, row);
    while (turn_lines_next(&page->lines))
        put_line(page, row);
    if (page->lines.left == 0)
        return;
    put_gutter(page, 0, 0, "", ' ');
    esi_buf_text(page->out, "... ");
    put_counted(page->out, page->lines.left, "more line\n", "more lines\n");
}

void
put_alone(struct page *page, struct row *row, bool placed)
{
    const struct esi_verdict *verdict = &row->outcome.u.verdict;
    bool edit = is_edit(verdict);

    row->shown = true;
    if (!placed)
        page->ruled = NULL;
    if (placed && verdict->before.len == 0 && !edit) {
        put_rule(page, row);
        return;
    }
    put_gutter(page, row->outcome.frame, row->outcome.frame,
               placed ? "" : arrow_of(row->outcome.dir), edit ? '-' : '!');
    if (edit) {
        verdict_after(&page->after, row);
        put_pair(page, verdict->before, esi_buf_slice(&page->after), verdict_length(row));
    } else if (verdict->what == ESI_WHAT_CONNECTION) {
        put_syn_words(page->out, &verdict->limit);
        esi_buf_byte(page->out, '\n');
    } else {
        put_text_line(page, 0, verdict->before, 0, verdict_length(row));
    }
    put_rule(page, row);
}

/* put_own - a turn of which we say what it was, not what it said. */
static void
put_own(struct page *page, const struct row *row)
{
    struct esi_buf text = {0};

    put_turn_words(&text, row);
    esi_buf_byte(&text, '\0');
    put_gutter(page, row->first_frame, row->last_frame, arrow_of(row->outcome.dir), ' ');
    put_wrapped(page->out, (const char *)text.data, INDENT);
    esi_buf_free(&text);
}

void
put_turn(void *ctx, struct row *row)
{
    struct page *page = ctx;
    struct row *rows = page->ladder->rows;

    page->ruled = NULL;
    if (turn_has_lines(row))
        put_lines(page, row);
    else
        put_own(page, row);
    bool told = row->outcome.u.turn.what == ESI_TURN_COMMAND;
    for (size_t i = row->verdicts; i > 0; i = rows[i - 1].next) {
        struct row *verdict = &rows[i - 1];

        if (verdict->shown)
            continue;
        if (told && !is_edit(&verdict->outcome.u.verdict))
            put_rule(page, verdict);
        else
            put_alone(page, verdict, true);
        verdict->shown = true;
    }
}
