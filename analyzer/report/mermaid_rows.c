/*
 * mermaid_rows.c - the arrows of a diagram: what was said, whether it arrives, and by which rule
 * not as it was sent.
 */
#include "mermaid_internal.h"

/* Mermaid draws up to 50,000 characters. A last row of LINES_MOST lines whose every byte is
 * escaped, as sent and as received, and its note come to 29,000. */
enum { DIAGRAM_BYTES_MOST = 20000 };

enum {
    ROWS_MOST = 80,  /* of a diagram: more are no longer read */
    LINES_MOST = 24, /* of one reply */
    LINE_SHOWN = 64, /* bytes */
    RULES_MOST = 6,  /* in one note */
};

/* has_room - else the row is only counted. */
static bool
has_room(struct diagram *diagram)
{
    bool room =
        diagram->rows < ROWS_MOST && diagram->page.out->len - diagram->start < DIAGRAM_BYTES_MOST;

    if (room)
        diagram->rows++;
    else
        diagram->left_out++;
    return room;
}

/* put_frames - "[12-14] ", numbers within their file; a note goes before it if that is another. */
static void
put_frames(struct diagram *diagram, struct esi_buf *label, uint64_t first, uint64_t last)
{
    struct page *page = &diagram->page;
    struct esi_source from = sink_locate(page->sink, first), to = sink_locate(page->sink, last);

    if (from.file != page->file) {
        esi_buf_text(&diagram->text, "in ");
        put_safe(&diagram->text, from.file);
        mermaid_note(diagram, "C,S");
        page->file = from.file;
    }
    esi_buf_printf(label, "[%ju", (uintmax_t)(first - from.before));
    if (last != first && to.file == from.file)
        esi_buf_printf(label, "-%ju", (uintmax_t)(last - to.before));
    esi_buf_text(label, "] ");
}

enum way { PASSES, TO_FIREWALL, FROM_FIREWALL, NEVER_ARRIVES };

/* put_message - an arrow; its label is written out as it is. */
static void
put_message(struct diagram *diagram, enum esi_dir dir, enum way way, struct esi_slice label)
{
    char sender = dir == ESI_TO_SERVER ? 'C' : 'S', receiver = dir == ESI_TO_SERVER ? 'S' : 'C';
    char from = way == FROM_FIREWALL ? 'F' : sender;
    char to = way == TO_FIREWALL || way == NEVER_ARRIVES ? 'F' : receiver;

    esi_buf_printf(diagram->page.out, "  %c-%s%s%c: ", from, diagram->page.order.behind ? "-" : "",
                   way == NEVER_ARRIVES ? "x" : ">>", to);
    esi_buf_append(diagram->page.out, label);
    esi_buf_byte(diagram->page.out, '\n');
}

/* put_bytes - a line of wire bytes, elided. scratch is cleared. */
static void
put_bytes(struct esi_buf *out, struct esi_buf *scratch, struct esi_slice bytes, size_t from,
          uint64_t true_len)
{
    esi_buf_clear(scratch);
    put_wire(scratch, esi_slice_cut(bytes, 0, from + LINE_SHOWN), from, true_len);
    esi_escape_mermaid(out, esi_buf_slice(scratch));
    esi_buf_clear(scratch);
}

/* gather_line - one line of a turn, as sent and as received. */
static void
gather_line(struct diagram *diagram)
{
    const struct turn_lines *lines = &diagram->page.lines;
    struct esi_slice line = esi_buf_slice(&lines->line), after = esi_buf_slice(&lines->after);
    size_t from = first_difference(line, after, LINE_SHOWN);

    if (!lines->first) {
        esi_buf_text(&diagram->sent, "<br/>");
        esi_buf_text(&diagram->received, "<br/>");
    }
    put_bytes(&diagram->sent, &diagram->text, line, from, lines->true_len);
    put_bytes(&diagram->received, &diagram->text, after, from, lines->true_len);
}

/* gather - the labels of a turn: `sent`, and `received` if that differs. */
static void
gather(struct diagram *diagram, const struct row *row)
{
    struct turn_lines *lines = &diagram->page.lines;
    struct row *rows = diagram->page.ladder->rows;
    uint64_t count = 0, more;

    turn_lines_begin(lines, diagram->page.ladder, row);
    while (turn_lines_next(lines)) {
        diagram->changed |= lines->changed;
        for (size_t i = row->verdicts; i > 0; i = rows[i - 1].next)
            rows[i - 1].shown |= turn_lines_touched(lines, &rows[i - 1]);
        if (++count <= LINES_MOST)
            gather_line(diagram);
    }
    more = lines->left + (count > LINES_MOST ? count - LINES_MOST : 0);
    if (more == 0)
        return;
    esi_buf_printf(&diagram->sent, "<br/>... %ju more", (uintmax_t)more);
    esi_buf_printf(&diagram->received, "<br/>... %ju more", (uintmax_t)more);
}

static void
put_words(struct diagram *diagram, const struct row *row)
{
    put_turn_words(&diagram->text, row);
    esi_escape_mermaid(&diagram->sent, esi_buf_slice(&diagram->text));
    esi_buf_clear(&diagram->text);
}

/* note_bytes - what the verdict is about, where the turn's label does not show it. */
static void
note_bytes(struct diagram *diagram, const struct row *row)
{
    struct esi_slice before = row->outcome.u.verdict.before, after;
    uint64_t len = verdict_length(row);
    bool edit = verdict_after(&diagram->page.after, row);
    size_t from;

    if (before.len == 0)
        return;
    after = esi_buf_slice(&diagram->page.after);
    from = first_difference(before, after, LINE_SHOWN);
    put_wire(&diagram->text, esi_slice_cut(before, 0, from + LINE_SHOWN), from, len);
    esi_buf_byte(&diagram->text, '\n');
    if (!edit)
        return;
    esi_buf_text(&diagram->text, "becomes ");
    put_wire(&diagram->text, esi_slice_cut(after, 0, from + LINE_SHOWN), from, len);
    esi_buf_byte(&diagram->text, '\n');
}

/* put_rules - a note over the firewall: by which rules it does what to the turn. */
static void
put_rules(struct diagram *diagram, const struct row *turn)
{
    bool told = turn->outcome.u.turn.what == ESI_TURN_COMMAND;
    struct row *rows = diagram->page.ladder->rows;
    const struct row *ruled = NULL;
    uint64_t count = 0;

    for (size_t i = turn->verdicts; i > 0; i = rows[i - 1].next) {
        struct row *row = &rows[i - 1];
        bool bytes = !row->shown && !(told && !is_edit(&row->outcome.u.verdict));

        row->shown = true;
        if (ruled && same_rule(row, ruled) && !bytes)
            continue;
        if (++count > RULES_MOST)
            continue;
        if (bytes)
            note_bytes(diagram, row);
        if (!ruled || !same_rule(row, ruled)) {
            put_rule_words(&diagram->text, diagram->page.sink, row);
            esi_buf_byte(&diagram->text, '\n');
        }
        ruled = row;
    }
    if (count > RULES_MOST)
        esi_buf_printf(&diagram->text, "... %ju more verdicts", (uintmax_t)(count - RULES_MOST));
    mermaid_note(diagram, "F");
}

void
mermaid_turn(void *ctx, struct row *row)
{
    struct diagram *diagram = ctx;
    enum esi_dir dir = row->outcome.dir;
    bool passes = row_arrives(&diagram->page.order, diagram->page.session->result, row);

    if (!has_room(diagram))
        return;
    esi_buf_clear(&diagram->sent);
    put_frames(diagram, &diagram->sent, row->first_frame, row->last_frame);
    esi_buf_clear(&diagram->received);
    diagram->changed = false;
    if (turn_has_lines(row))
        gather(diagram, row);
    else
        put_words(diagram, row);
    put_message(diagram, dir,
                !passes            ? NEVER_ARRIVES
                : diagram->changed ? TO_FIREWALL
                                   : PASSES,
                esi_buf_slice(&diagram->sent));
    put_rules(diagram, row);
    if (passes && diagram->changed)
        put_message(diagram, dir, FROM_FIREWALL, esi_buf_slice(&diagram->received));
}

void
mermaid_alone(void *ctx, struct row *row)
{
    struct diagram *diagram = ctx;
    const struct esi_verdict *verdict = &row->outcome.u.verdict;
    bool connection = verdict->what == ESI_WHAT_CONNECTION;

    if (!has_room(diagram))
        return;
    row->shown = true;
    esi_buf_clear(&diagram->sent);
    put_frames(diagram, &diagram->sent, row->outcome.frame, row->outcome.frame);
    if (connection) {
        put_syn_words(&diagram->text, &verdict->limit);
        esi_escape_mermaid(&diagram->sent, esi_buf_slice(&diagram->text));
        esi_buf_clear(&diagram->text);
    } else {
        esi_buf_text(&diagram->sent, "(not shown whole)");
    }
    put_message(diagram, row->outcome.dir,
                !row_arrives(&diagram->page.order, diagram->page.session->result, row)
                    ? NEVER_ARRIVES
                : connection ? TO_FIREWALL
                             : PASSES,
                esi_buf_slice(&diagram->sent));
    if (!connection)
        note_bytes(diagram, row);
    put_rule_words(&diagram->text, diagram->page.sink, row);
    mermaid_note(diagram, "F");
}

void
mermaid_more(void *ctx, size_t place, size_t count)
{
    struct diagram *diagram = ctx;
    const struct ladder_order *order = &diagram->page.order;
    struct esi_buf frames = {0};

    if (!has_room(diagram)) {
        diagram->left_out += count - 1;
        return;
    }
    put_frames(diagram, &frames, ladder_order_at(order, place)->first_frame,
               ladder_order_at(order, place + count - 1)->last_frame);
    esi_buf_append(&diagram->text, esi_buf_slice(&frames));
    esi_buf_text(&diagram->text, "... ");
    put_thousands(&diagram->text, count);
    esi_buf_text(&diagram->text, " more like these ...");
    mermaid_note(diagram, "C,S");
    esi_buf_free(&frames);
}
