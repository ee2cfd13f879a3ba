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

static bool
is_edit(const struct esi_verdict *verdict)
{
    return verdict->action == ESI_ACTION_MASK || verdict->action == ESI_ACTION_REPLACE;
}

/* same_rule - so that its words need not be read twice under one turn. */
static bool
same_rule(const struct row *row, const struct row *other)
{
    const struct esi_verdict *a = &row->outcome.u.verdict, *b = &other->outcome.u.verdict;

    return a->action == b->action && a->rule.words == b->rule.words &&
           a->behaviour == b->behaviour && a->counterfactual == b->counterfactual &&
           esi_action_gravity(a->action) < 3;
}

/* put_origin - "match header line length gt 998 (class 4, asa.cfg:31)". */
static void
put_origin(struct esi_buf *out, const struct esi_rule *rule)
{
    put_safe(out, rule->words);
    esi_buf_text(out, " (");
    if (rule->class_no > 0)
        esi_buf_printf(out, "class %u, ", rule->class_no);
    if (rule->config_file) {
        put_safe(out, rule->config_file);
        esi_buf_printf(out, ":%u", rule->config_line);
    } else
        esi_buf_text(out, "built in");
    esi_buf_byte(out, ')');
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
    esi_buf_text(page->out, esi_action_name(verdict->action));
    if (verdict->log && verdict->action != ESI_ACTION_LOG)
        esi_buf_text(page->out, " log");
    if (grave) {
        esi_buf_text(page->out, " at frame ");
        put_local(page->out, page, row->outcome.frame);
    }
    esi_buf_text(page->out, ": ");
    put_origin(page->out, &verdict->rule);
    if (verdict->action == ESI_ACTION_ANOMALY && verdict->logged.len > 0) {
        esi_buf_text(page->out, "; ");
        esi_escape_wire(page->out, verdict->logged);
    }
    esi_buf_printf(page->out, "; %s, %s", esi_basis_name(verdict->basis), verdict->behaviour->id);
    if (verdict->counterfactual)
        esi_buf_text(page->out, "; counterfactual");
    put_plain(page->out, page->colour);
    esi_buf_byte(page->out, '\n');
}

/* first_difference - a little before it, if it would not be seen in the line's beginning. */
static size_t
first_difference(struct esi_slice a, struct esi_slice b)
{
    enum { CONTEXT = 20 };
    size_t at = 0;

    while (at < a.len && a.ptr[at] == b.ptr[at])
        at++;
    return at == a.len || at < SHOWN_MOST - CONTEXT ? 0 : at - CONTEXT;
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
    size_t from = first_difference(before, after);

    put_text_line(page, PAINT_RED, before, from, true_len);
    put_gutter(page, 0, 0, "", '+');
    put_text_line(page, PAINT_GREEN, after, from, true_len);
}

/* overlay - writes the verdict's edit over the line, if the line holds the bytes it is about. */
static bool
overlay(const struct row *row, struct esi_slice line, uint64_t start, struct esi_buf *after)
{
    const struct esi_verdict *verdict = &row->outcome.u.verdict;
    struct esi_span span = row->outcome.span;
    uint64_t from = span.offset > start ? span.offset : start;
    uint64_t end = span.offset + verdict->before.len;

    if (end > start + line.len)
        end = start + line.len;
    if (!is_edit(verdict) || end <= from)
        return false;
    if (memcmp(line.ptr + (from - start), verdict->before.ptr + (from - span.offset),
               (size_t)(end - from)) != 0)
        return false;
    esi_edit_apply(&verdict->edit, start, after->data, after->len);
    return true;
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
        changed |= overlay(&rows[i - 1], line, start, &page->after);
    put_gutter(page, first ? turn->first_frame : 0, turn->last_frame,
               first ? arrow_of(turn->outcome.dir) : "", changed ? '-' : ' ');
    if (changed)
        put_pair(page, line, esi_buf_slice(&page->after), true_len);
    else
        put_text_line(page, 0, line, 0, true_len);
    for (size_t i = turn->verdicts; i > 0; i = rows[i - 1].next) {
        struct row *verdict = &rows[i - 1];

        if (verdict->shown || !overlay(verdict, line, start, &page->after))
            continue;
        verdict->shown = true;
        put_rule(page, verdict);
    }
}

/* put_syn - what a connection begins with, and the limit that is reached by then. */
static void
put_syn(struct page *page, const struct esi_limit_note *limit)
{
    const char *of_client = limit->of_client ? " of this client" : "";

    esi_buf_printf(page->out, "SYN, with %u %sconnection%s%s there; the limit is %u\n",
                   (unsigned)limit->count, limit->half_open ? "half-open " : "",
                   limit->count == 1 ? "" : "s", of_client, (unsigned)limit->most);
}

void
put_alone(struct page *page, struct row *row, bool placed)
{
    const struct esi_verdict *verdict = &row->outcome.u.verdict;
    uint64_t len =
        row->outcome.span.len > verdict->before.len ? row->outcome.span.len : verdict->before.len;
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
    esi_buf_clear(&page->after);
    esi_buf_append(&page->after, verdict->before);
    if (edit)
        esi_edit_apply(&verdict->edit, row->outcome.span.offset, page->after.data, page->after.len);
    if (edit)
        put_pair(page, verdict->before, esi_buf_slice(&page->after), len);
    else if (verdict->what == ESI_WHAT_CONNECTION)
        put_syn(page, &verdict->limit);
    else
        put_text_line(page, 0, verdict->before, 0, len);
    put_rule(page, row);
}

/* put_own - a turn of which we say what it was, not what it said. */
static void
put_own(struct page *page, const struct row *row, const char *text)
{
    put_gutter(page, row->first_frame, row->last_frame, arrow_of(row->outcome.dir), ' ');
    put_wrapped(page->out, text, INDENT);
}

static void
put_message(struct page *page, const struct row *row)
{
    struct esi_buf text = {0};

    esi_buf_text(&text, "message: ");
    if (row->fields > 0) {
        put_counted(&text, row->fields, "header field, ", "header fields, ");
    }
    put_counted(&text, row->outcome.u.turn.lines, "body line, ", "body lines, ");
    put_counted(&text, row->outcome.span.len, "byte", "bytes");
    esi_buf_byte(&text, '\0');
    put_own(page, row, (const char *)text.data);
    esi_buf_free(&text);
}

static void
put_command(struct page *page, const struct row *row)
{
    const struct esi_turn *turn = &row->outcome.u.turn;

    esi_buf_clear(&page->line);
    esi_buf_append(&page->line, turn->word);
    if (turn->argument.len > 0 && turn->word.len > 0 && turn->argument.ptr[0] != ':')
        esi_buf_byte(&page->line, ' ');
    esi_buf_append(&page->line, turn->argument);
    uint64_t len = page->line.len;
    if (len + 2 < row->outcome.span.len && len >= ESI_SMTP_LINE_KEEP - 1)
        len = row->outcome.span.len - 2;
    put_line(page, row, true, row->outcome.span.offset, len);
}

/* put_reply - its lines one by one, rebuilt from code and text; line ends are taken to be CRLF. */
static void
put_reply(struct page *page, const struct row *row)
{
    const struct esi_turn *turn = &row->outcome.u.turn;
    struct esi_slice rest = turn->text;
    uint64_t start = row->outcome.span.offset, line = 1;

    for (;; line++) {
        const uint8_t *end = rest.len > 0 ? memchr(rest.ptr, '\n', rest.len) : NULL;
        struct esi_slice text = esi_slice_cut(rest, 0, end ? (size_t)(end - rest.ptr) : rest.len);

        esi_buf_clear(&page->line);
        if (turn->code > 0)
            esi_buf_printf(&page->line, "%03u%c", turn->code, line < turn->lines ? '-' : ' ');
        if (turn->code > 0 && text.len == 0 && line >= turn->lines)
            page->line.len--; /* a bare code may stand without its blank */
        esi_buf_append(&page->line, text);
        put_line(page, row, line == 1, start, page->line.len);
        start += page->line.len + 2;
        if (!end)
            break;
        rest = esi_slice_cut(rest, text.len + 1, rest.len);
    }
    if (line < turn->lines) {
        put_gutter(page, 0, 0, "", ' ');
        esi_buf_text(page->out, "... ");
        put_counted(page->out, turn->lines - line, "more line\n", "more lines\n");
    }
}

/* put_told - turns told by their length. */
static void
put_told(struct page *page, const struct row *row, const char *what)
{
    struct esi_buf text = {0};

    esi_buf_text(&text, what);
    put_counted(&text, row->outcome.span.len, "byte", "bytes");
    esi_buf_byte(&text, '\0');
    put_own(page, row, (const char *)text.data);
    esi_buf_free(&text);
}

static void
put_unknown(struct page *page, const struct row *row)
{
    const struct esi_turn *turn = &row->outcome.u.turn;

    if (turn->text.len == 0 && turn->word.len > 0) {
        put_command(page, row);
    } else if (turn->text.len > 0) {
        esi_buf_clear(&page->line);
        esi_buf_append(&page->line, turn->text);
        put_line(page, row, true, row->outcome.span.offset, row->outcome.span.len);
    } else {
        put_told(page, row, "not understood, ");
    }
}

void
put_turn(struct page *page, struct row *row)
{
    struct row *rows = page->ladder->rows;

    page->ruled = NULL;
    switch (row->outcome.u.turn.what) {
    case ESI_TURN_GREETING:
    case ESI_TURN_REPLY:
        put_reply(page, row);
        break;
    case ESI_TURN_COMMAND:
        put_command(page, row);
        break;
    case ESI_TURN_HEADER:
    case ESI_TURN_BODY:
        put_message(page, row);
        break;
    case ESI_TURN_END_OF_DATA:
        put_own(page, row, ". (end of message)");
        break;
    case ESI_TURN_AUTH:
        put_told(page, row, "authentication data, ");
        break;
    case ESI_TURN_TLS:
        put_told(page, row, "TLS, not read: ");
        break;
    case ESI_TURN_GAP:
        put_told(page, row, "missing from the capture: ");
        break;
    case ESI_TURN_UNKNOWN:
        put_unknown(page, row);
        break;
    }
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
