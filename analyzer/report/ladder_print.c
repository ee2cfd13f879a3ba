/*
 * ladder_print.c - a session's block of text: who, which map and why, the dialogue, what it means.
 *
 * Behind the point where the captured session could not have come about, lines begin with ~. Long
 * runs of the same are cut short, and so is a block that replies of thousands of lines make long.
 */
#include "evidence_internal.h"
#include "page_internal.h"
#include "quality_internal.h"

enum { BLOCK_BYTES_MOST = 1 << 20 };

static void
put_divergence(void *ctx)
{
    struct page *page = ctx;
    struct esi_buf text = {0};

    put_divergence_words(&text, page->sink, page->order.divergence);
    esi_buf_byte(&text, '\0');
    put_paint(page->out, page->colour, PAINT_YELLOW);
    esi_buf_text(page->out, "~ ");
    put_wrapped(page->out, (const char *)text.data, 2);
    put_plain(page->out, page->colour);
    esi_buf_free(&text);
}

static void
put_more(void *ctx, size_t place, size_t count)
{
    struct page *page = ctx;

    put_gutter(page, ladder_order_at(&page->order, place)->first_frame,
               ladder_order_at(&page->order, place + count - 1)->last_frame, "", ' ');
    esi_buf_text(page->out, "... ");
    put_thousands(page->out, count);
    esi_buf_text(page->out, " more like these ...\n");
}

/* has_room - else the row and its verdicts are only counted. */
static bool
has_room(struct page *page, const struct row *row)
{
    const struct row *rows = page->ladder->rows;
    bool turn = row->outcome.kind == ESI_OUTCOME_TURN;

    if (page->out->len - page->start < BLOCK_BYTES_MOST)
        return true;
    page->turns_left_out += turn;
    page->verdicts_left_out += !turn;
    for (size_t i = row->verdicts; i > 0; i = rows[i - 1].next)
        page->verdicts_left_out++;
    return false;
}

static void
put_placed(void *ctx, struct row *row)
{
    if (has_room(ctx, row))
        put_turn(ctx, row);
}

static void
put_unplaced(void *ctx, struct row *row)
{
    if (has_room(ctx, row))
        put_alone(ctx, row, false);
}

static void
put_left_out(struct page *page, bool turns)
{
    uint64_t turns_left_out = page->ladder->turns_left_out + page->turns_left_out;
    uint64_t verdicts_left_out = page->ladder->verdicts_left_out + page->verdicts_left_out;

    if (!turns && page->session->inspected)
        esi_buf_text(page->out,
                     "            (the dialogue was not kept; only verdicts are shown)\n");
    if (turns_left_out + verdicts_left_out == 0)
        return;
    esi_buf_text(page->out, "            (not shown: ");
    put_counted(page->out, turns_left_out, "more turn, ", "more turns, ");
    put_counted(page->out, verdicts_left_out, "more verdict)\n", "more verdicts)\n");
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

/* print_evidence - and nothing else of the session. */
static void
print_evidence(struct page *page)
{
    const struct esi_evidence_result *result = page->session->evidence;

    put_quality(page);
    put_evidence(page);
    if (result && result->touched == ESI_TOUCHED_NO)
        esi_buf_printf(page->out, "  %s\n", untouched_words);
    esi_buf_byte(page->out, '\n');
}

void
ladder_print(struct esi_buf *out, struct ladder *ladder, const struct esi_session_info *session,
             const struct esi_sink *sink, bool turns)
{
    static const struct ladder_reader reader = {put_placed, put_unplaced, put_more, put_divergence};
    struct page page = {.out = out,
                        .ladder = ladder,
                        .session = session,
                        .sink = sink,
                        .start = out->len,
                        .colour = sink->options.colour};

    put_head(&page);
    if (sink->options.evidence_only) {
        print_evidence(&page);
        return;
    }
    ladder_order_make(&page.order, ladder, session);
    put_why(&page);
    put_quality(&page);
    put_evidence(&page);
    if (session->inspected || session->result)
        put_outcome(&page);
    if (session->inspected || ladder->len > 0) {
        ladder_order_read(&page.order, &reader, &page);
        put_left_out(&page, turns);
    }
    put_last_line(&page);
    esi_buf_byte(out, '\n');
    ladder_order_free(&page.order);
    turn_lines_free(&page.lines);
    esi_buf_free(&page.after);
}
