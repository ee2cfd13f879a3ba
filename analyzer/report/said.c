/*
 * said.c - what a turn said, and by which rule the firewall does what to it; for all that shows a
 * ladder to people.
 *
 * A turn is lines, each as sent and, with the edits of its verdicts laid over, as received; or it
 * is words of ours in their place: a message, TLS.
 */
#include <string.h>

#include "page_internal.h"

bool
verdict_edits(const struct esi_verdict *verdict)
{
    return verdict->action == ESI_ACTION_MASK || verdict->action == ESI_ACTION_REPLACE;
}

bool
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

void
put_rule_words(struct esi_buf *out, const struct page *page, const struct row *row)
{
    const struct esi_verdict *verdict = &row->outcome.u.verdict;

    esi_buf_text(out, esi_action_name(verdict->action));
    if (verdict->log && verdict->action != ESI_ACTION_LOG)
        esi_buf_text(out, " log");
    if (esi_action_gravity(verdict->action) >= 3) {
        esi_buf_text(out, " at frame ");
        put_local(out, page, row->outcome.frame);
    }
    esi_buf_text(out, ": ");
    put_origin(out, &verdict->rule);
    if (verdict->action == ESI_ACTION_ANOMALY && verdict->logged.len > 0) {
        esi_buf_text(out, "; ");
        esi_escape_wire(out, verdict->logged);
    }
    esi_buf_printf(out, "; %s, %s", esi_basis_name(verdict->basis), verdict->behaviour->id);
    if (verdict->counterfactual)
        esi_buf_text(out, "; counterfactual");
}

void
put_syn_words(struct esi_buf *out, const struct esi_limit_note *limit)
{
    const char *of_client = limit->of_client ? " of this client" : "";

    esi_buf_printf(out, "SYN, with %u %sconnection%s%s there; the limit is %u",
                   (unsigned)limit->count, limit->half_open ? "half-open " : "",
                   limit->count == 1 ? "" : "s", of_client, (unsigned)limit->most);
}

size_t
said_difference(struct esi_slice a, struct esi_slice b)
{
    enum { CONTEXT = 20 };
    size_t at = 0;

    while (at < a.len && a.ptr[at] == b.ptr[at])
        at++;
    return at == a.len || at < SHOWN_MOST - CONTEXT ? 0 : at - CONTEXT;
}

bool
said_overlay(const struct row *row, struct esi_slice line, uint64_t start, struct esi_buf *after)
{
    const struct esi_verdict *verdict = &row->outcome.u.verdict;
    struct esi_span span = row->outcome.span;
    uint64_t from = span.offset > start ? span.offset : start;
    uint64_t end = span.offset + verdict->before.len;

    if (end > start + line.len)
        end = start + line.len;
    if (!verdict_edits(verdict) || end <= from)
        return false;
    if (memcmp(line.ptr + (from - start), verdict->before.ptr + (from - span.offset),
               (size_t)(end - from)) != 0)
        return false;
    esi_edit_apply(&verdict->edit, start, after->data, after->len);
    return true;
}

static void
put_message(struct esi_buf *out, const struct row *row)
{
    esi_buf_text(out, "message: ");
    if (row->fields > 0)
        put_counted(out, row->fields, "header field, ", "header fields, ");
    put_counted(out, row->outcome.u.turn.lines, "body line, ", "body lines, ");
    put_counted(out, row->outcome.span.len, "byte", "bytes");
}

/* told_by_length - turns of which only that is told; NULL: it is another turn. */
static const char *
told_by_length(const struct esi_turn *turn)
{
    switch (turn->what) {
    case ESI_TURN_AUTH:
        return "authentication data, ";
    case ESI_TURN_TLS:
        return "TLS, not read: ";
    case ESI_TURN_GAP:
        return "missing from the capture: ";
    case ESI_TURN_UNKNOWN:
        return turn->text.len == 0 && turn->word.len == 0 ? "not understood, " : NULL;
    default:
        return NULL;
    }
}

bool
said_in_words(struct esi_buf *out, const struct row *row)
{
    const struct esi_turn *turn = &row->outcome.u.turn;
    const char *told = told_by_length(turn);

    esi_buf_clear(out);
    if (turn->what == ESI_TURN_HEADER || turn->what == ESI_TURN_BODY) {
        put_message(out, row);
    } else if (turn->what == ESI_TURN_END_OF_DATA) {
        esi_buf_text(out, ". (end of message)");
    } else if (told) {
        esi_buf_text(out, told);
        put_counted(out, row->outcome.span.len, "byte", "bytes");
    } else {
        return false;
    }
    esi_buf_byte(out, '\0');
    return true;
}

static void
command_line(struct page *page, const struct row *row, said_line_fn *fn)
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
    fn(page, row, true, row->outcome.span.offset, len);
}

/* reply_lines - rebuilt from code and text; line ends are taken to be CRLF. */
static uint64_t
reply_lines(struct page *page, const struct row *row, said_line_fn *fn)
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
        fn(page, row, line == 1, start, page->line.len);
        start += page->line.len + 2;
        if (!end)
            break;
        rest = esi_slice_cut(rest, text.len + 1, rest.len);
    }
    return line < turn->lines ? turn->lines - line : 0;
}

uint64_t
said_lines(struct page *page, const struct row *row, said_line_fn *fn)
{
    const struct esi_turn *turn = &row->outcome.u.turn;

    if (turn->what == ESI_TURN_GREETING || turn->what == ESI_TURN_REPLY)
        return reply_lines(page, row, fn);
    if (turn->what == ESI_TURN_COMMAND || turn->text.len == 0) {
        command_line(page, row, fn);
        return 0;
    }
    esi_buf_clear(&page->line);
    esi_buf_append(&page->line, turn->text);
    fn(page, row, true, row->outcome.span.offset, row->outcome.span.len);
    return 0;
}
