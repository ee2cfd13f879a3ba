/*
 * html_ladder.c - a session's dialogue as a picture: client, firewall, server; what each said, on
 * its own side of the firewall, and what came out on the other side where that differs.
 *
 * Three lifelines, an arrow a turn, its lines above it. What passes unchanged is not said twice. A
 * number on the firewall's lifeline leads to the finding below the picture. Arrows are symbols of
 * the page (html_page.c). Text stays text: it can be read aloud, found and copied.
 */
#include <stdlib.h>

#include "html_internal.h"

/* In the picture's units; its type is 12 high and 7.2 wide. */
enum {
    X_FRAME = 66,
    X_LEFT = 84, /* text between client and firewall */
    X_FIREWALL = 524,
    X_RIGHT = 540, /* text between firewall and server */
    LINE = 17,
    ARROW = 9, /* from the last line to its arrow */
    GAP = 8,
    HEAD = 46,
    BADGE = 22,
    ROOM = 56,       /* characters on each side */
    BADGES_MOST = 4, /* at one arrow */
};

void
html_put_frame(struct html_story *story, struct esi_buf *out, uint64_t frame)
{
    struct esi_source at = sink_locate(story->sink, frame);
    struct esi_source first = sink_locate(story->sink, story->session->first_frame);

    esi_buf_number(out, frame - at.before);
    if (at.file == first.file)
        return;
    esi_buf_text(out, " of ");
    html_put(out, at.file);
}

/* in_file - a frame's number, where there is no room for more. */
static uint64_t
in_file(const struct html_story *story, uint64_t frame)
{
    return frame - sink_locate(story->sink, frame).before;
}

/* has_place - whether a ground of the evidence lies in these frames, and no place before led there
 * under the same name. */
static bool
has_place(struct html_story *story, uint64_t first, uint64_t last)
{
    const struct esi_evidence_result *result = story->session->evidence;
    size_t count = !result                                   ? 0
                   : result->ground_count < ESI_GROUNDS_MOST ? result->ground_count
                                                             : ESI_GROUNDS_MOST;
    bool taken = false, found = false;

    for (size_t i = 0; i < count; i++)
        taken |= story->places[i] == first;
    for (size_t i = 0; i < count; i++) {
        uint64_t frame = result->grounds[i].frame;

        if (story->places[i] != 0 || frame < first || frame > last)
            continue;
        story->places[i] = first;
        found = true;
    }
    return found && !taken;
}

static void
put_frames(struct html_story *story, uint64_t first, uint64_t last)
{
    if (first == 0)
        return;
    esi_buf_printf(story->out, "<text x=\"%d\" y=\"%u\"", X_FRAME, story->y);
    if (has_place(story, first, last > first ? last : first))
        esi_buf_printf(story->out, " id=\"s%ju-w%ju\"", (uintmax_t)story->session->number,
                       (uintmax_t)first);
    esi_buf_printf(story->out, ">%ju", (uintmax_t)in_file(story, first));
    if (last > first)
        esi_buf_printf(story->out, "\xe2\x80\x93%ju", (uintmax_t)in_file(story, last));
    esi_buf_text(story->out, "</text>");
}

/* text_x - where text of the sender's, or of the receiver's side begins. */
static int
text_x(enum esi_dir dir, bool received)
{
    return (dir == ESI_TO_SERVER) != received ? X_LEFT : X_RIGHT;
}

static void
put_bytes(struct html_story *story, int x, const char *class, struct esi_slice bytes,
          struct esi_slice other, size_t from, uint64_t true_len)
{
    esi_buf_printf(story->out, "<text x=\"%d\" y=\"%u\"%s>", x, story->y, class);
    html_put_wire(story->out, bytes, other, from, ROOM, true_len, "tspan");
    esi_buf_text(story->out, "</text>");
}

static void
put_pair(struct html_story *story, enum esi_dir dir, struct esi_slice before,
         struct esi_slice after, uint64_t true_len)
{
    size_t from = first_difference(before, after, ROOM);

    put_bytes(story, text_x(dir, false), " class=\"b\"", before, after, from, true_len);
    put_bytes(story, text_x(dir, true), " class=\"a\"", after, before, from, true_len);
}

static size_t
add_finding(struct html_story *story, struct row *row)
{
    story->findings = esi_grow(story->findings, &story->finding_cap, story->finding_count + 1,
                               sizeof *story->findings);
    story->findings[story->finding_count++] = (size_t)(row - story->ladder->rows);
    row->shown = true;
    return story->finding_count;
}

/* put_badge - a finding's number, the `place`th at this line. */
static void
put_badge(struct html_story *story, struct row *row, unsigned place)
{
    const struct esi_verdict *verdict = &row->outcome.u.verdict;
    size_t number = add_finding(story, row);
    int x = X_FIREWALL + (place % 2 ? -1 : 1) * (int)((place + 1) / 2) * BADGE;

    if (place >= BADGES_MOST)
        return;
    esi_buf_printf(story->out, "<a href=\"#s%ju-f%zu\" class=\"g%u\"><title>",
                   (uintmax_t)story->session->number, number, esi_action_gravity(verdict->action));
    esi_buf_clear(&story->text);
    put_rule_words(&story->text, story->sink, row);
    html_put_buf(story->out, &story->text);
    esi_buf_printf(story->out,
                   "</title><rect x=\"%d\" y=\"%u\"/><text x=\"%d\" y=\"%u\">%zu"
                   "</text></a>",
                   x - 10, story->y - 12, x, story->y, number);
}

/* put_arrow - below the lines; how far it comes. */
static void
put_arrow(struct html_story *story, const struct row *row, bool changed)
{
    enum esi_dir dir = row->outcome.dir;
    bool held = !row_arrives(&story->order, story->session->result, row);

    story->y += ARROW;
    esi_buf_text(story->out, held      ? "<path class=\"xx\" d=\"M"
                             : changed ? "<path class=\"ch\" d=\"M"
                                       : "<path d=\"M");
    if (dir == ESI_TO_SERVER)
        esi_buf_printf(story->out, held ? "76 %uH516\"/>" : "76 %uH522H972\"/>", story->y);
    else
        esi_buf_printf(story->out, held ? "972 %uH532\"/>" : "972 %uH526H76\"/>", story->y);
    story->y += GAP;
}

/* put_lines - of a turn, with the edits on them; whether there were any. */
static bool
put_lines(struct html_story *story, struct row *turn)
{
    struct turn_lines *lines = &story->lines;
    enum esi_dir dir = turn->outcome.dir;
    struct row *rows = story->ladder->rows;
    bool changed = false;

    turn_lines_begin(lines, story->ladder, turn);
    while (turn_lines_next(lines)) {
        unsigned place = 0;

        story->y += LINE;
        if (lines->first)
            put_frames(story, turn->first_frame, turn->last_frame);
        if (lines->changed)
            put_pair(story, dir, esi_buf_slice(&lines->line), esi_buf_slice(&lines->after),
                     lines->true_len);
        else
            put_bytes(story, text_x(dir, false), "", esi_buf_slice(&lines->line),
                      (struct esi_slice){0}, 0, lines->true_len);
        changed |= lines->changed;
        for (size_t i = turn->verdicts; i > 0; i = rows[i - 1].next)
            if (!rows[i - 1].shown && turn_lines_touched(lines, &rows[i - 1]))
                put_badge(story, &rows[i - 1], place++);
    }
    if (lines->left == 0)
        return changed;
    story->y += LINE;
    esi_buf_printf(story->out, "<text x=\"%d\" y=\"%u\" class=\"o\">\xe2\x80\xa6 ",
                   text_x(dir, false), story->y);
    put_counted(story->out, lines->left, "more line</text>", "more lines</text>");
    return changed;
}

/* put_words - of a turn that is not shown by its bytes. */
static void
put_words(struct html_story *story, const struct row *row)
{
    story->y += LINE;
    put_frames(story, row->first_frame, row->last_frame);
    esi_buf_clear(&story->text);
    put_turn_words(&story->text, row);
    esi_buf_printf(story->out, "<text x=\"%d\" y=\"%u\" class=\"o\">",
                   text_x(row->outcome.dir, false), story->y);
    html_put_buf(story->out, &story->text);
    esi_buf_text(story->out, "</text>");
}

/* put_offence - the bytes a verdict is about, on a line of their own; whether they are changed. */
static bool
put_offence(struct html_story *story, struct row *row)
{
    const struct esi_verdict *verdict = &row->outcome.u.verdict;
    uint64_t len = verdict_length(row);
    bool edit = verdict_after(&story->after, row);

    story->y += LINE;
    put_frames(story, row->outcome.frame, row->outcome.frame);
    if (verdict->what == ESI_WHAT_CONNECTION) {
        esi_buf_printf(story->out, "<text x=\"%d\" y=\"%u\" class=\"o\">", X_LEFT, story->y);
        put_syn_words(story->out, &verdict->limit);
        esi_buf_text(story->out, "</text>");
    } else if (edit) {
        put_pair(story, row->outcome.dir, verdict->before, esi_buf_slice(&story->after), len);
    } else {
        put_bytes(story, text_x(row->outcome.dir, false), " class=\"b\"", verdict->before,
                  (struct esi_slice){0}, 0, len);
    }
    put_badge(story, row, 0);
    return edit;
}

/* has_room - else the row is only counted; what is found in it is listed all the same. */
static bool
has_room(struct html_story *story, struct row *row)
{
    struct row *rows = story->ladder->rows;

    if (story->out->len < HTML_LADDER_BYTES)
        return true;
    story->left_out++;
    if (row->outcome.kind == ESI_OUTCOME_VERDICT)
        add_finding(story, row);
    for (size_t i = row->verdicts; i > 0; i = rows[i - 1].next)
        add_finding(story, &rows[i - 1]);
    return false;
}

static void
put_turn(void *ctx, struct row *row)
{
    struct html_story *story = ctx;
    struct row *rows = story->ladder->rows;
    bool command = row->outcome.u.turn.what == ESI_TURN_COMMAND, changed = false;
    unsigned place = 0;

    if (!has_room(story, row))
        return;
    if (turn_has_lines(row))
        changed = put_lines(story, row);
    else
        put_words(story, row);
    for (size_t i = row->verdicts; i > 0; i = rows[i - 1].next) {
        const struct esi_verdict *verdict = &rows[i - 1].outcome.u.verdict;

        if (rows[i - 1].shown)
            continue;
        if ((command && !is_edit(verdict)) || (verdict->before.len == 0 && !is_edit(verdict)))
            put_badge(story, &rows[i - 1], place++);
        else
            changed |= put_offence(story, &rows[i - 1]);
    }
    put_arrow(story, row, changed);
}

/* put_divergence - a line across, with its reason. */
static void
put_divergence(void *ctx)
{
    struct html_story *story = ctx;
    struct esi_buf *text = &story->text;
    struct esi_buf wrapped = {0};

    esi_buf_clear(text);
    put_divergence_words(text, story->sink, story->order.divergence);
    esi_buf_byte(text, '\0');
    put_wrapped(&wrapped, (const char *)text->data, 0);
    story->y += LINE;
    esi_buf_printf(story->out, "<path class=\"dv\" d=\"M0 %uH1040\"/>", story->y - 4);
    struct esi_slice rest = esi_buf_slice(&wrapped);
    while (rest.len > 0) {
        const uint8_t *end = memchr(rest.ptr, '\n', rest.len);
        struct esi_slice line = esi_slice_cut(rest, 0, end ? (size_t)(end - rest.ptr) : rest.len);

        story->y += LINE;
        esi_buf_printf(story->out, "<text x=\"%d\" y=\"%u\" class=\"dt\">", X_LEFT, story->y);
        esi_escape_markup_text(story->out, line);
        esi_buf_text(story->out, "</text>");
        rest = esi_slice_cut(rest, line.len + 1, rest.len);
    }
    story->y += GAP;
    esi_buf_text(story->out, "<g class=\"cf\">");
    esi_buf_free(&wrapped);
}

static void
put_alone(void *ctx, struct row *row)
{
    if (has_room(ctx, row))
        put_arrow(ctx, row, put_offence(ctx, row));
}

static void
put_more(void *ctx, size_t place, size_t count)
{
    struct html_story *story = ctx;
    const struct ladder_order *order = &story->order;
    struct row *rows = story->ladder->rows;

    story->y += LINE;
    put_frames(story, ladder_order_at(order, place)->first_frame,
               ladder_order_at(order, place + count - 1)->last_frame);
    esi_buf_printf(story->out, "<text x=\"%d\" y=\"%u\" class=\"o\">\xe2\x80\xa6 ", X_LEFT,
                   story->y);
    put_thousands(story->out, count);
    esi_buf_text(story->out, " more like these \xe2\x80\xa6</text>");
    story->y += GAP;
    /* What their findings are is listed all the same. */
    for (size_t i = place; i < place + count; i++)
        for (size_t v = ladder_order_at(order, i)->verdicts; v > 0; v = rows[v - 1].next)
            add_finding(story, &rows[v - 1]);
}

void
html_put_ladder(struct html_story *story)
{
    static const struct ladder_reader reader = {put_turn, put_alone, put_more, put_divergence};
    struct esi_buf rows = {0}, *out = story->out;

    ladder_order_make(&story->order, story->ladder, story->session);
    story->out = &rows;
    story->y = HEAD;
    ladder_order_read(&story->order, &reader, story);
    if (story->order.behind)
        esi_buf_text(story->out, "</g>");
    story->out = out;
    esi_buf_printf(out,
                   "<div class=\"lad\" tabindex=\"0\" role=\"region\" aria-label=\"Dialogue of "
                   "session %ju\"><svg viewBox=\"0 0 1040 %u\">"
                   "<use href=\"#h\"/><path class=\"lf\" d=\"M74 30V%uM524 30V%uM974 30V%u\"/>",
                   (uintmax_t)story->session->number, story->y + GAP, story->y, story->y, story->y);
    esi_buf_append(out, esi_buf_slice(&rows));
    esi_buf_text(out, "</svg></div>");
    esi_buf_free(&rows);
    ladder_order_free(&story->order);
}
