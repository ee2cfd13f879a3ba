/*
 * turn_lines.c - the lines of a turn as sent, and as received.
 *
 * Which line a verdict is about is told by its stream offset and checked by its bytes: where that
 * fails, the line stays as it is, and whoever shows it shows the verdict with its own bytes. A
 * reply's lines are rebuilt from code and text; line ends are taken to be CRLF.
 */
#include <string.h>

#include "ladder_order_internal.h"

bool
turn_has_lines(const struct row *row)
{
    const struct esi_turn *turn = &row->outcome.u.turn;

    switch (turn->what) {
    case ESI_TURN_GREETING:
    case ESI_TURN_REPLY:
    case ESI_TURN_COMMAND:
        return true;
    case ESI_TURN_UNKNOWN:
        return turn->text.len > 0 || turn->word.len > 0;
    default:
        return false;
    }
}

void
turn_lines_begin(struct turn_lines *lines, const struct ladder *ladder, const struct row *turn)
{
    *lines = (struct turn_lines){.line = lines->line,
                                 .after = lines->after,
                                 .ladder = ladder,
                                 .turn = turn,
                                 .rest = turn->outcome.u.turn.text,
                                 .start = turn->outcome.span.offset};
}

/* take_reply - the next of its lines. */
static void
take_reply(struct turn_lines *lines)
{
    const struct esi_turn *turn = &lines->turn->outcome.u.turn;
    struct esi_slice rest = lines->rest;
    const uint8_t *end = rest.len > 0 ? memchr(rest.ptr, '\n', rest.len) : NULL;
    struct esi_slice text = esi_slice_cut(rest, 0, end ? (size_t)(end - rest.ptr) : rest.len);

    if (turn->code > 0)
        esi_buf_printf(&lines->line, "%03u%c", turn->code, lines->number < turn->lines ? '-' : ' ');
    if (turn->code > 0 && text.len == 0 && lines->number >= turn->lines)
        lines->line.len--; /* a bare code may stand without its blank */
    esi_buf_append(&lines->line, text);
    lines->true_len = lines->line.len;
    lines->done = !end;
    if (end)
        lines->rest = esi_slice_cut(rest, text.len + 1, rest.len);
    else if (lines->number < turn->lines)
        lines->left = turn->lines - lines->number;
}

static void
take_command(struct turn_lines *lines)
{
    const struct esi_turn *turn = &lines->turn->outcome.u.turn;
    uint64_t len = lines->turn->outcome.span.len;

    esi_buf_append(&lines->line, turn->word);
    if (turn->argument.len > 0 && turn->word.len > 0 && turn->argument.ptr[0] != ':')
        esi_buf_byte(&lines->line, ' ');
    esi_buf_append(&lines->line, turn->argument);
    lines->true_len = lines->line.len;
    if (lines->true_len + 2 < len && lines->true_len >= ESI_SMTP_LINE_KEEP - 1)
        lines->true_len = len - 2;
    lines->done = true;
}

static void
take_unknown(struct turn_lines *lines)
{
    esi_buf_append(&lines->line, lines->rest);
    lines->true_len = lines->turn->outcome.span.len;
    lines->done = true;
}

/* overlay - writes the verdict's edit over `bytes`, if the line holds the bytes it is about. */
static bool
overlay(const struct turn_lines *lines, const struct row *row, uint8_t *bytes)
{
    const struct esi_verdict *verdict = &row->outcome.u.verdict;
    struct esi_span span = row->outcome.span;
    uint64_t start = lines->start;
    uint64_t from = span.offset > start ? span.offset : start;
    uint64_t end = span.offset + verdict->before.len;

    if (end > start + lines->line.len)
        end = start + lines->line.len;
    if (!is_edit(verdict) || end <= from)
        return false;
    if (memcmp(lines->line.data + (from - start), verdict->before.ptr + (from - span.offset),
               (size_t)(end - from)) != 0)
        return false;
    esi_edit_apply(&verdict->edit, start, bytes, lines->line.len);
    return true;
}

static void
overlay_all(struct turn_lines *lines)
{
    const struct row *rows = lines->ladder->rows;

    esi_buf_clear(&lines->after);
    esi_buf_append(&lines->after, esi_buf_slice(&lines->line));
    lines->changed = false;
    for (size_t i = lines->turn->verdicts; i > 0; i = rows[i - 1].next)
        lines->changed |= overlay(lines, &rows[i - 1], lines->after.data);
}

bool
turn_lines_next(struct turn_lines *lines)
{
    const struct esi_turn *turn = &lines->turn->outcome.u.turn;
    bool reply = turn->what == ESI_TURN_GREETING || turn->what == ESI_TURN_REPLY;

    if (lines->done)
        return false;
    lines->first = lines->number == 0;
    if (!lines->first)
        lines->start += lines->line.len + 2;
    lines->number++;
    esi_buf_clear(&lines->line);
    if (reply)
        take_reply(lines);
    else if (turn->what == ESI_TURN_UNKNOWN && turn->text.len > 0)
        take_unknown(lines);
    else
        take_command(lines);
    overlay_all(lines);
    return true;
}

bool
turn_lines_touched(const struct turn_lines *lines, const struct row *verdict)
{
    return overlay(lines, verdict, lines->after.data);
}

void
turn_lines_free(struct turn_lines *lines)
{
    esi_buf_free(&lines->line);
    esi_buf_free(&lines->after);
}

size_t
first_difference(struct esi_slice a, struct esi_slice b, size_t room)
{
    enum { CONTEXT = 20 };
    size_t at = 0;

    while (at < a.len && a.ptr[at] == b.ptr[at])
        at++;
    return at == a.len || at + CONTEXT < room ? 0 : at - CONTEXT;
}

bool
verdict_after(struct esi_buf *after, const struct row *row)
{
    const struct esi_verdict *verdict = &row->outcome.u.verdict;

    esi_buf_clear(after);
    esi_buf_append(after, verdict->before);
    if (is_edit(verdict))
        esi_edit_apply(&verdict->edit, row->outcome.span.offset, after->data, after->len);
    return is_edit(verdict);
}

uint64_t
verdict_length(const struct row *row)
{
    size_t kept = row->outcome.u.verdict.before.len;

    return row->outcome.span.len > kept ? row->outcome.span.len : kept;
}
