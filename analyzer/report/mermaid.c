/*
 * mermaid.c - the sink of `-o mermaid`: Markdown with a sequence diagram a session, for a ticket.
 *
 * A session is a heading, its consequence in a sentence, one more if it was touched before it was
 * captured, and a fenced block, which GitHub, GitLab and Gitea draw. What passes as it was sent
 * goes from the client to the server in one arrow; what is written over goes to the firewall as
 * sent and on as received, with the rule between; what never arrives ends at the firewall in a
 * cross. Behind the divergence arrows are dotted, on grey.
 *
 * All text passes esi_escape_mermaid: nothing in it has a meaning in Mermaid's syntax or in
 * Markdown's.
 */
#include "evidence_internal.h"
#include "mermaid_internal.h"
#include "quality_internal.h"
#include "text_internal.h"

enum {
    TICKET_BYTES_MOST = 60000, /* GitHub takes comments of 65,536 characters */
    DIAGRAMS_MOST = 20,
    NOTE_WIDTH = 48, /* columns */
};

/* piece - how much of the text is its first line: up to LF, or to the last blank that fits. */
static size_t
piece(struct esi_slice text, size_t width)
{
    size_t end = 0, blank = 0;

    for (; end < text.len && text.ptr[end] != '\n'; end++) {
        if (text.ptr[end] == ' ')
            blank = end;
        if (end >= width && blank > 0)
            return blank;
    }
    return end;
}

static void
put_broken(struct esi_buf *out, struct esi_slice text, size_t width)
{
    for (;;) {
        size_t len = piece(text, width);

        esi_escape_mermaid(out, esi_slice_cut(text, 0, len));
        text = esi_slice_cut(text, len, text.len);
        while (text.len > 0 && (text.ptr[0] == ' ' || text.ptr[0] == '\n'))
            text = esi_slice_cut(text, 1, text.len);
        if (text.len == 0)
            break;
        esi_buf_text(out, "<br/>");
    }
}

/* put_note - diagram->text, over these participants. */
void
mermaid_note(struct diagram *diagram, const char *over)
{
    struct esi_buf *out = diagram->page.out;

    if (diagram->text.len == 0)
        return;
    esi_buf_printf(out, "  Note over %s: ", over);
    put_broken(out, esi_buf_slice(&diagram->text), NOTE_WIDTH);
    esi_buf_byte(out, '\n');
    esi_buf_clear(&diagram->text);
}

static void
show_divergence(void *ctx)
{
    struct diagram *diagram = ctx;

    esi_buf_text(diagram->page.out, "  rect rgba(128, 128, 128, 0.2)\n");
    put_divergence_words(&diagram->text, diagram->page.sink, diagram->page.order.divergence);
    mermaid_note(diagram, "C,S");
}

static void
put_participant(struct diagram *diagram, char letter, const char *name,
                const struct esi_endpoint *endpoint)
{
    struct esi_buf *out = diagram->page.out;

    esi_buf_printf(out, "  participant %c as %s<br/>", letter, name);
    put_endpoint(&diagram->text, endpoint);
    esi_escape_mermaid(out, esi_buf_slice(&diagram->text));
    esi_buf_byte(out, '\n');
    esi_buf_clear(&diagram->text);
}

/* put_quality_of - what of the session was not whole. */
static void
put_quality_of(struct diagram *diagram)
{
    const struct page *page = &diagram->page;
    const struct esi_session_quality *quality = &page->session->quality;
    struct esi_buf words = {0};

    put_quality_words(&words, page->session);
    for (size_t i = 0; i < quality->conflict_count; i++) {
        esi_buf_byte(&words, ' ');
        put_conflict_words(&words, page->sink, page->session, &quality->conflicts[i]);
    }
    if (words.len > 0)
        esi_buf_byte(&diagram->text, '\n');
    esi_buf_append(&diagram->text, esi_buf_slice(&words));
    esi_buf_free(&words);
}

/* put_source - where the session is captured, and by which map it is inspected. */
static void
put_source(struct diagram *diagram)
{
    struct page *page = &diagram->page;
    struct esi_source first = sink_locate(page->sink, page->session->first_frame);

    put_safe(&diagram->text, first.file);
    esi_buf_printf(&diagram->text, ", tcp.stream %u\n", page->session->flow - 1);
    put_why_words(&diagram->text, page->session);
    page->file = first.file;
    put_quality_of(diagram);
    mermaid_note(diagram, "C,S");
}

/* put_touched - of a session that was touched before it was captured; in our own words alone. */
static void
put_touched(struct diagram *diagram)
{
    const struct page *page = &diagram->page;
    const struct esi_evidence_result *result = page->session->evidence;
    struct esi_buf *text = &diagram->text;

    if (!result || !esi_evidence_alarms(result))
        return;
    put_touched_words(text, page->session);
    text->data[0] = esi_upper(text->data[0]);
    esi_buf_append(page->out, esi_buf_slice(text));
    esi_buf_clear(text);
    put_side_words(text, result);
    if (text->len > 0)
        esi_buf_printf(page->out, "; %s ", part_words(PART_SIDE));
    esi_buf_append(page->out, esi_buf_slice(text));
    esi_buf_printf(page->out, ". %s\n\n", altered_words);
    esi_buf_clear(text);
}

/* put_keywords - what the hidden ones were. */
static void
put_keywords(struct diagram *diagram)
{
    const struct esi_evidence_result *result = diagram->page.session->evidence;

    if (!result || !esi_evidence_alarms(result))
        return;
    for (size_t i = 0; i < result->keyword_count; i++) {
        put_guess_words(&diagram->text, &result->keywords[i]);
        esi_buf_byte(&diagram->text, '\n');
    }
    if (result->keywords_left > 0)
        esi_buf_printf(&diagram->text, "and %ju more", (uintmax_t)result->keywords_left);
    mermaid_note(diagram, "C,S");
}

static void
put_head(struct diagram *diagram)
{
    struct page *page = &diagram->page;
    const struct esi_session_info *session = page->session;

    esi_buf_printf(page->out, "### Session %ju: ", (uintmax_t)session->number);
    put_endpoint(page->out, &session->tuple.client);
    esi_buf_text(page->out, " to ");
    put_endpoint(page->out, &session->tuple.server);
    esi_buf_printf(page->out, ", %s\n\n", outcome_name(session));
    put_consequence(page->out, page->ladder, session,
                    sink_locate(page->sink, page->ladder->effect_frame).before);
    esi_buf_text(page->out, "\n\n");
    put_touched(diagram);
    esi_buf_text(page->out, "```mermaid\n");
    diagram->start = page->out->len;
    esi_buf_text(page->out, "sequenceDiagram\n");
    put_participant(diagram, 'C', "client", &session->tuple.client);
    esi_buf_text(page->out, "  participant F as firewall\n");
    put_participant(diagram, 'S', "server", &session->tuple.server);
    put_source(diagram);
    put_keywords(diagram);
}

static void
put_left_out(struct diagram *diagram, bool turns)
{
    const struct ladder *ladder = diagram->page.ladder;
    uint64_t count = diagram->left_out + ladder->turns_left_out + ladder->verdicts_left_out;

    if (!turns && diagram->page.session->inspected)
        esi_buf_text(&diagram->text, "the dialogue was not kept; only verdicts are shown\n");
    if (count > 0) {
        esi_buf_text(&diagram->text, "not shown: ");
        put_counted(&diagram->text, count, "more turn or verdict", "more turns and verdicts");
        esi_buf_text(&diagram->text, " (-o json has them)");
    }
    mermaid_note(diagram, "C,S");
}

static void
mermaid_print(struct esi_buf *out, struct ladder *ladder, const struct esi_session_info *session,
              const struct esi_sink *sink, bool turns)
{
    static const struct ladder_reader reader = {mermaid_turn, mermaid_alone, mermaid_more,
                                                show_divergence};
    struct diagram diagram = {
        .page = {.out = out, .ladder = ladder, .session = session, .sink = sink}};
    struct page *page = &diagram.page;

    ladder_order_make(&page->order, ladder, session);
    put_head(&diagram);
    if (session->inspected || ladder->len > 0) {
        ladder_order_read(&page->order, &reader, &diagram);
        put_left_out(&diagram, turns);
    }
    if (page->order.behind)
        esi_buf_text(out, "  end\n");
    esi_buf_text(out, "```\n\n");
    ladder_order_free(&page->order);
    turn_lines_free(&page->lines);
    esi_buf_free(&page->after);
    esi_buf_free(&diagram.sent);
    esi_buf_free(&diagram.received);
    esi_buf_free(&diagram.text);
}

struct esi_sink *
mermaid_sink_open(FILE *out, const struct esi_sink_options *options)
{
    /* Nothing is held: beyond one session, one of each kind, the rarest first. */
    static const struct block_style style = {.print = mermaid_print,
                                             .held_most = 0,
                                             .shown_most = DIAGRAMS_MOST,
                                             .bytes_most = TICKET_BYTES_MOST,
                                             .summary = false};

    return blocks_sink_open(out, options, &style);
}
