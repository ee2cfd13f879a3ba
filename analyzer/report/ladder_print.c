/*
 * ladder_print.c - a session's block of text: who, which map and why, the dialogue, what it means.
 *
 * A verdict belongs under the turn whose bytes it is about, found by stream offset, whatever the
 * order they came in. Behind the point where the captured session could not have come about, lines
 * begin with ~. Long runs of the same are cut short.
 */
#include <stdlib.h>
#include <string.h>

#include "page_internal.h"
#include "quality_internal.h"

/* find_turn - the turn of the verdict's direction in which its first byte lies, from row `at` on;
 * index + 1, or 0. */
static size_t
find_turn(const struct ladder *ladder, const struct row *verdict, size_t at)
{
    uint64_t offset = verdict->outcome.span.offset;

    for (; at < ladder->len; at++) {
        const struct esi_outcome *turn = &ladder->rows[at].outcome;

        if (turn->kind != ESI_OUTCOME_TURN || turn->dir != verdict->outcome.dir)
            continue;
        if (turn->span.offset > offset)
            return 0;
        if (offset - turn->span.offset < turn->span.len)
            return at + 1;
    }
    return 0;
}

/* is_of_connection - before any byte of the dialogue. */
static bool
is_of_connection(const struct row *row)
{
    return row->outcome.kind == ESI_OUTCOME_VERDICT &&
           row->outcome.u.verdict.what == ESI_WHAT_CONNECTION;
}

/* hang - each verdict on its turn. Those of a direction come nearly in order, so that most look-ups
 * go on where the last one ended. */
static void
hang(struct page *page)
{
    struct ladder *ladder = page->ladder;
    size_t last[2] = {0, 0}; /* by direction: the turn found last; index + 1 */

    for (size_t i = 0; i < ladder->len; i++) {
        struct row *row = &ladder->rows[i];
        size_t *at = &last[row->outcome.dir];

        if (row->outcome.kind != ESI_OUTCOME_VERDICT || is_of_connection(row))
            continue;
        if (*at > 0 && ladder->rows[*at - 1].outcome.span.offset > row->outcome.span.offset)
            *at = 0;
        size_t turn = find_turn(ladder, row, *at > 0 ? *at - 1 : 0);
        if (turn == 0)
            continue;
        *at = turn;
        row->hangs = true;
        size_t *link = &ladder->rows[turn - 1].verdicts;
        while (*link > 0)
            link = &ladder->rows[*link - 1].next;
        *link = i + 1;
    }
}

static void
put_in_order(struct page *page)
{
    for (size_t i = 0; i < page->ladder->len; i++) {
        if (page->ladder->rows[i].hangs)
            continue;
        page->order =
            esi_grow(page->order, &page->order_cap, page->order_len + 1, sizeof *page->order);
        page->order[page->order_len++] = i;
    }
}

static struct row *
row_at(const struct page *page, size_t place)
{
    return &page->ladder->rows[page->order[place]];
}

/* begins_behind - whether the row tells of bytes behind the divergence. */
static bool
begins_behind(const struct page *page, const struct row *row)
{
    const struct esi_divergence *divergence = page->divergence;
    const struct esi_outcome *outcome = &row->outcome;

    if (!divergence || is_of_connection(row))
        return false;
    if (outcome->dir == divergence->dir)
        return outcome->span.offset >= divergence->offset;
    return row->first_frame >= divergence->frame;
}

void
put_divergence_words(struct esi_buf *out, const struct page *page)
{
    const struct esi_divergence *divergence = page->divergence;

    esi_buf_text(out, "From frame ");
    put_thousands(out, divergence->frame - sink_locate(page->sink, divergence->frame).before);
    esi_buf_text(out, " on, this could not have come about: ");
    esi_buf_text(out, divergence->why);
    if (divergence->follows[0] != '\0') {
        esi_buf_text(out, out->data[out->len - 1] == '.' ? " " : ". ");
        esi_buf_text(out, divergence->follows);
    }
}

static void
put_divergence(struct page *page)
{
    struct esi_buf text = {0};

    put_divergence_words(&text, page);
    esi_buf_byte(&text, '\0');
    put_paint(page->out, page->colour, PAINT_YELLOW);
    esi_buf_text(page->out, "~ ");
    put_wrapped(page->out, (const char *)text.data, 2);
    put_plain(page->out, page->colour);
    esi_buf_free(&text);
}

static void
diverge(struct page *page)
{
    page->kind->diverge(page);
    page->divergence = NULL;
    page->behind = true;
}

/* is_babble - what is no command, taken for one: the bytes of a chunk, say. */
static bool
is_babble(const struct page *page, const struct row *row)
{
    const struct row *rows = page->ladder->rows;
    const struct esi_turn *turn = &row->outcome.u.turn;

    for (size_t i = row->verdicts; i > 0; i = rows[i - 1].next)
        if (!rows[i - 1].outcome.u.verdict.counterfactual)
            return false;
    return turn->what == ESI_TURN_UNKNOWN ||
           (turn->what == ESI_TURN_COMMAND && turn->verb == ESI_VERB_UNKNOWN);
}

/* alike - turns of which nothing much is to be told: one of many RCPTs, say. */
static bool
alike(const struct page *page, const struct row *row, const struct row *other)
{
    const struct esi_turn *a = &row->outcome.u.turn, *b = &other->outcome.u.turn;

    if (row->outcome.kind != ESI_OUTCOME_TURN || other->outcome.kind != ESI_OUTCOME_TURN ||
        row->outcome.dir != other->outcome.dir)
        return false;
    if (is_babble(page, row) && is_babble(page, other))
        return true;
    return row->verdicts == 0 && other->verdicts == 0 && a->what == b->what && a->verb == b->verb &&
           a->code == b->code;
}

/* run_from - how many rows from i on repeat the same one or two, over and over. */
static size_t
run_from(const struct page *page, size_t i)
{
    size_t end = i;

    while (end < page->order_len && !begins_behind(page, row_at(page, end)) &&
           alike(page, row_at(page, end), row_at(page, end < i + 2 ? end : end - 2)))
        end++;
    return end - i;
}

static void
put_row(struct page *page, struct row *row)
{
    if (begins_behind(page, row))
        diverge(page);
    if (row->outcome.kind == ESI_OUTCOME_TURN)
        page->kind->turn(page, row);
    else
        page->kind->alone(page, row);
}

/* put_short - the beginning and the end of a run. */
static void
put_short(struct page *page, size_t from, size_t count, size_t head, size_t tail)
{
    for (size_t i = 0; i < head; i++)
        put_row(page, row_at(page, from + i));
    page->kind->more(page, count - head - tail, row_at(page, from + head)->first_frame,
                     row_at(page, from + count - tail - 1)->last_frame);
    for (size_t i = count - tail; i < count; i++)
        put_row(page, row_at(page, from + i));
}

void
ladder_walk(struct page *page)
{
    enum { RUN = 12, HEAD = 4, TAIL = 2 }; /* shorter runs are shown whole */

    hang(page);
    put_in_order(page);
    for (size_t i = 0; i < page->order_len;) {
        size_t run = run_from(page, i);

        if (run >= RUN) {
            put_short(page, i, run, HEAD, TAIL);
            i += run;
        } else {
            put_row(page, row_at(page, i));
            i++;
        }
    }
    if (page->divergence)
        diverge(page);
}

/* put_more - in the place of a run's middle. */
static void
put_more(struct page *page, uint64_t count, uint64_t first, uint64_t last)
{
    put_gutter(page, first, last, "", ' ');
    esi_buf_text(page->out, "... ");
    put_thousands(page->out, count);
    esi_buf_text(page->out, " more like these ...\n");
}

static void
put_unplaced(struct page *page, struct row *row)
{
    put_alone(page, row, false);
}

static void
put_left_out(struct page *page, bool turns)
{
    const struct ladder *ladder = page->ladder;

    if (!turns && page->session->inspected)
        esi_buf_text(page->out,
                     "            (the dialogue was not kept; only verdicts are shown)\n");
    if (ladder->turns_left_out + ladder->verdicts_left_out == 0)
        return;
    esi_buf_text(page->out, "            (not shown: ");
    put_counted(page->out, ladder->turns_left_out, "more turn, ", "more turns, ");
    put_counted(page->out, ladder->verdicts_left_out, "more verdict)\n", "more verdicts)\n");
}

void
put_endpoint(struct esi_buf *out, const struct esi_endpoint *endpoint)
{
    char ip[ESI_IP_TEXT];

    esi_ip_print(ip, &endpoint->ip);
    esi_buf_printf(out, endpoint->ip.family == 6 ? "[%s]:%u" : "%s:%u", ip, endpoint->port);
}

void
put_why_words(struct esi_buf *out, const struct esi_session_info *session)
{
    if (session->inspected)
        esi_buf_printf(out, "inspected by map %s of %s: ", session->map->name,
                       session->platform->name);
    else
        esi_buf_text(out, "not inspected: ");
    esi_buf_text(out, session->inspected_why ? session->inspected_why : "no reason known");
    if (session->config_file)
        esi_buf_printf(out, " (%s:%u)", session->config_file, session->config_line);
}

/* put_why - which map the session is inspected by, or that it is not, and whose word that is. */
static void
put_why(struct page *page)
{
    struct esi_buf text = {0};

    put_why_words(&text, page->session);
    esi_buf_byte(&text, '\0');
    esi_buf_text(page->out, "  ");
    put_wrapped(page->out, (const char *)text.data, 4);
    esi_buf_free(&text);
}

static void
put_head(struct page *page)
{
    const struct esi_session_info *session = page->session;
    struct esi_source first = sink_locate(page->sink, session->first_frame);
    struct esi_source last = sink_locate(page->sink, session->last_frame);
    char time[ESI_TIME_TEXT];

    put_paint(page->out, page->colour, PAINT_BOLD);
    esi_buf_printf(page->out, "session %ju  ", (uintmax_t)session->number);
    put_endpoint(page->out, &session->tuple.client);
    esi_buf_text(page->out, " -> ");
    put_endpoint(page->out, &session->tuple.server);
    put_plain(page->out, page->colour);
    esi_buf_printf(page->out, "  tcp.stream %u  %s\n", session->flow - 1,
                   esi_time_print(time, session->start));
    if (session->first_frame == session->last_frame) {
        esi_buf_printf(page->out, "  frame %ju of %s\n",
                       (uintmax_t)(session->first_frame - first.before), first.file);
    } else {
        esi_buf_printf(page->out, "  frames %ju", (uintmax_t)(session->first_frame - first.before));
        if (first.file != last.file)
            esi_buf_printf(page->out, " of %s", first.file);
        esi_buf_printf(page->out, " to %ju of %s\n", (uintmax_t)(session->last_frame - last.before),
                       last.file);
    }
    put_why(page);
    page->file = first.file;
}

static void
put_outcome(struct page *page)
{
    struct esi_buf text = {0};

    put_outcome_words(&text, page->ladder, page->session,
                      sink_locate(page->sink, page->ladder->effect_frame).before);
    esi_buf_byte(&text, '\0');
    esi_buf_text(page->out, "  ");
    put_wrapped(page->out, (const char *)text.data, 4);
    esi_buf_free(&text);
}

static void
put_last_line(struct page *page)
{
    struct esi_buf text = {0};

    put_consequence(&text, page->ladder, page->session,
                    sink_locate(page->sink, page->ladder->effect_frame).before);
    esi_buf_byte(&text, '\0');
    put_paint(page->out, page->colour, PAINT_BOLD);
    esi_buf_text(page->out, "  => ");
    put_wrapped(page->out, (const char *)text.data, 5);
    put_plain(page->out, page->colour);
    esi_buf_free(&text);
}

void
ladder_print(struct esi_buf *out, struct ladder *ladder, const struct esi_session_info *session,
             const struct esi_sink *sink, bool turns)
{
    static const struct page_kind kind = {put_turn, put_unplaced, put_more, put_divergence};
    struct page page = {.kind = &kind,
                        .out = out,
                        .ladder = ladder,
                        .session = session,
                        .sink = sink,
                        .colour = sink->options.colour};

    if (session->result && session->result->divergence.found)
        page.divergence = &session->result->divergence;
    put_head(&page);
    put_quality(&page);
    if (session->inspected || session->result)
        put_outcome(&page);
    if (session->inspected || ladder->len > 0) {
        ladder_walk(&page);
        put_left_out(&page, turns);
    }
    put_last_line(&page);
    esi_buf_byte(out, '\n');
    free(page.order);
    esi_buf_free(&page.line);
    esi_buf_free(&page.after);
}
