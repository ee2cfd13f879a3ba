/*
 * lengths.c - limits on the lengths of lines, of a message's header section and of its body.
 *
 * A limit is crossed by a byte, and that byte decides, be the line finished or not. Several may be
 * crossed within one event: they are told in the order of their bytes, so that it does not matter
 * how the bytes were cut on their way here; at the same byte the line comes before the section,
 * then map order counts.
 *
 * A line counts without its line end, a header line as it stands on the wire (habits
 * line_length_counts, header_lines); sections count line ends, not the empty line between them nor
 * the lone dot. `match not` holds for what has ended within the limit: a line, or at the lone dot
 * the counts and lengths of a message (inferred).
 */
#include <stdlib.h>

#include "inspect_internal.h"

/* A length that grew by an event, and what crosses a limit of it. */
struct gauge {
    enum esi_criterion criterion;
    enum esi_what what;
    enum behaviour behaviour;
    uint64_t origin;       /* where its first byte would lie: its byte n lies at origin + n */
    uint64_t seen, len;    /* before the event, and with it */
    uint64_t least;        /* what was crossed before it was not captured: that byte decides then */
    uint64_t from;         /* where the span of a verdict starts, */
    struct esi_slice text; /* and its bytes; empty: the span is the byte that crosses */
    uint32_t habits;       /* it rests on: those that are not the usual ones */
};

struct crossing {
    const struct gauge *gauge;
    const struct esi_match *match;
    uint64_t at;
};

/* Few events cross a limit, but a map may have many that one line crosses. */
struct crossings {
    struct crossing *list;
    size_t len, cap;
};

/* in_order - for qsort. */
static int
in_order(const void *one, const void *other)
{
    const struct crossing *a = one, *b = other;

    if (a->at != b->at)
        return a->at < b->at ? -1 : 1;
    if (a->gauge != b->gauge)
        return a->gauge < b->gauge ? -1 : 1;
    return a->match < b->match ? -1 : 1;
}

static void
gather_crossings(const struct esi_session *session, const struct gauge *gauge,
                 struct crossings *out)
{
    for (const struct esi_match *match = NULL;
         (match = next_match(session, bit_of(gauge->criterion), match));) {
        if (match->negated || match->limit < gauge->seen || match->limit >= gauge->len)
            continue;
        uint64_t at = gauge->origin + match->limit;
        out->list = esi_grow(out->list, &out->cap, out->len + 1, sizeof *out->list);
        out->list[out->len++] =
            (struct crossing){gauge, match, at > gauge->least ? at : gauge->least};
    }
}

/* shown - what is kept of the span. A CR that crosses is not: whether it is the line's end is not
 * known at that byte. */
static struct esi_slice
shown(struct esi_slice text, uint64_t len)
{
    text = esi_slice_cut(text, 0, (size_t)len);
    if (text.len == len && text.len > 0 && text.ptr[text.len - 1] == '\r')
        text.len--;
    return text;
}

static void
tell_crossing(struct esi_session *session, const struct crossing *crossing)
{
    const struct gauge *gauge = crossing->gauge;
    uint64_t from = gauge->text.len > 0 ? gauge->from : crossing->at;
    uint64_t len = crossing->at - from + 1;

    act(session, crossing->match,
        (struct finding){.what = gauge->what,
                         .dir = ESI_TO_SERVER,
                         .span = {from, len},
                         .behaviour = gauge->behaviour,
                         .habits = gauge->habits,
                         .before = shown(gauge->text, len),
                         .decided_at = crossing->at});
}

static void
judge_gauges(struct esi_session *session, const struct gauge *gauges, size_t count)
{
    struct crossings crossings = {0};

    for (size_t i = 0; i < count; i++)
        gather_crossings(session, &gauges[i], &crossings);
    if (crossings.len == 0)
        return;
    qsort(crossings.list, crossings.len, sizeof *crossings.list, in_order);
    for (size_t i = 0; i < crossings.len; i++)
        tell_crossing(session, &crossings.list[i]);
    free(crossings.list);
}

bool
counts_crlf(const struct esi_session *session)
{
    return habit_of(session, ESI_KNOB_LINE_LENGTH_COUNTS) == ESI_LINE_LENGTH_COUNTS_TEXT_AND_CRLF;
}

bool
unfolds(const struct esi_session *session)
{
    return habit_of(session, ESI_KNOB_HEADER_LINES) == ESI_HEADER_LINES_UNFOLDED;
}

/* line_gauge - of the line in progress. more: it goes on with what came before it. */
static struct gauge
line_gauge(struct esi_session *session, const struct esi_smtp_event *line, bool more)
{
    struct gauges *gauges = &session->gauges;
    bool crlf = counts_crlf(session);
    struct gauge gauge = {.from = line->span.offset,
                          .text = line->text,
                          .habits = crlf ? BY_KNOB(LINE_LENGTH_COUNTS) : 0};

    if (!more && gauges->line_at != line->span.offset) {
        gauges->line_at = line->span.offset;
        gauges->line_len = 0;
    }
    if (!more)
        gauges->folded = 0;
    gauge.origin = line->span.offset - gauges->folded;
    gauge.seen = gauges->line_len;
    gauge.len = gauges->folded + (crlf ? line->span.len : line->text_len);
    if (gauge.len > gauges->line_len)
        gauges->line_len = gauge.len;
    return gauge;
}

/* check_ended - what has ended within a limit, for those who match that. */
static void
check_ended(struct esi_session *session, enum esi_criterion criterion, enum esi_what what,
            uint64_t len, const struct esi_smtp_event *event)
{
    struct esi_span span = event->span;

    if (!(session->negated & bit_of(criterion)))
        return;
    if (event->text_len > 0) /* else its line end is all there is of it */
        span.len -= (uint64_t)event->eol;
    for (const struct esi_match *match = NULL;
         (match = next_match(session, bit_of(criterion), match));)
        if (match->negated && len <= match->limit)
            act(session, match,
                (struct finding){.what = what,
                                 .dir = event->dir,
                                 .span = span,
                                 .behaviour = BEHAVIOUR_MATCH_NOT,
                                 .before = event->text,
                                 .decided_at = event->span.offset + event->span.len - 1});
}

/* is_short - a line that concerns no match about its length; most: 0 if each line may, the empty
 * one by its line end, or those within a limit. */
static bool
is_short(uint64_t most, const struct esi_smtp_event *line)
{
    return most > 0 && line->text_len <= most;
}

void
check_length(struct esi_session *session, const struct esi_smtp_event *event)
{
    if (is_short(session->shorts.command, event))
        return;
    struct gauge line = line_gauge(session, event, false);
    line.criterion = ESI_CRITERION_CMD_LINE_LENGTH;
    line.what = ESI_WHAT_COMMAND_LINE;
    line.behaviour = BEHAVIOUR_CMD_LINE_LENGTH;
    judge_gauges(session, &line, 1);
    if (event->done)
        check_ended(session, line.criterion, line.what, line.len, event);
}

void
begin_gauges(struct esi_session *session)
{
    struct gauges *gauges = &session->gauges;

    gauges->data_at = gauges->sized_to = esi_smtp_line_start(session->smtp, ESI_TO_SERVER);
    gauges->header_len = gauges->to_fields = gauges->folded = 0;
}

/* section_gauge - of a header section or body that starts at `start`, up to the event's end. */
static struct gauge
section_gauge(struct esi_session *session, const struct esi_smtp_event *event, uint64_t start)
{
    struct gauges *gauges = &session->gauges;
    uint64_t end = event->span.offset + event->span.len;
    uint64_t seen = gauges->sized_to - start;

    if (end > gauges->sized_to)
        gauges->sized_to = end;
    return (struct gauge){
        .origin = start, .seen = seen, .len = end - start, .least = event->span.offset};
}

static bool
continues(const struct esi_smtp_event *line)
{
    return line->text.len > 0 && (line->text.ptr[0] == ' ' || line->text.ptr[0] == '\t');
}

static struct gauge
header_line_gauge(struct esi_session *session, const struct esi_smtp_event *event, bool unfolded)
{
    struct gauge gauge = line_gauge(session, event, unfolded && continues(event));

    gauge.criterion = ESI_CRITERION_HEADER_LINE_LENGTH;
    gauge.what = ESI_WHAT_HEADER_LINE;
    gauge.behaviour = BEHAVIOUR_HEADER_LINE_LENGTH;
    if (unfolded)
        gauge.habits |= BY_KNOB(HEADER_LINES);
    return gauge;
}

static struct gauge
header_gauge(struct esi_session *session, const struct esi_smtp_event *event)
{
    struct gauge gauge = section_gauge(session, event, session->gauges.data_at);

    gauge.criterion = ESI_CRITERION_HEADER_LENGTH;
    gauge.what = ESI_WHAT_HEADER;
    gauge.behaviour = BEHAVIOUR_HEADER_LENGTH;
    gauge.from = event->span.offset;
    gauge.text = event->text;
    return gauge;
}

void
check_header_line(struct esi_session *session, const struct esi_smtp_event *event)
{
    bool unfolded = unfolds(session);
    bool section = judges(session, bit_of(ESI_CRITERION_HEADER_LENGTH));

    if (!section && !unfolded && is_short(session->shorts.header, event))
        return;
    struct gauge gauges[] = {header_line_gauge(session, event, unfolded),
                             header_gauge(session, event)};
    judge_gauges(session, gauges, ESI_COUNT(gauges));
    if (!event->done)
        return;
    if (unfolded)
        session->gauges.folded += event->text_len;
    else
        check_ended(session, gauges[0].criterion, gauges[0].what, gauges[0].len, event);
}

void
check_field_length(struct esi_session *session, const struct esi_smtp_event *event)
{
    uint64_t end = counts_crlf(session) ? (uint64_t)event->eol : 0;

    if (event->u.header.depth == 0 && unfolds(session))
        check_ended(session, ESI_CRITERION_HEADER_LINE_LENGTH, ESI_WHAT_HEADER_LINE,
                    event->text_len + end, event);
}

static struct gauge
body_line_gauge(struct esi_session *session, const struct esi_smtp_event *event)
{
    struct gauge gauge = line_gauge(session, event, false);

    gauge.criterion = ESI_CRITERION_BODY_LINE_LENGTH;
    gauge.what = ESI_WHAT_BODY_LINE;
    gauge.behaviour = BEHAVIOUR_BODY_LINE_LENGTH;
    return gauge;
}

static struct gauge
body_gauge(struct esi_session *session, const struct esi_smtp_event *event)
{
    struct gauge gauge = section_gauge(session, event, session->message_at);

    gauge.criterion = ESI_CRITERION_BODY_LENGTH;
    gauge.what = ESI_WHAT_BODY;
    gauge.behaviour = BEHAVIOUR_BODY_LENGTH;
    return gauge;
}

void
check_body(struct esi_session *session, const struct esi_smtp_event *event)
{
    bool line = event->kind == ESI_SMTP_BODY_LINE && !is_short(session->shorts.body, event);
    struct gauge gauges[2];
    size_t count = 0;

    if (line)
        gauges[count++] = body_line_gauge(session, event);
    if (judges(session, bit_of(ESI_CRITERION_BODY_LENGTH)))
        gauges[count++] = body_gauge(session, event);
    if (count > 0)
        judge_gauges(session, gauges, count);
    if (line && event->done)
        check_ended(session, gauges[0].criterion, gauges[0].what, gauges[0].len, event);
}

void
check_kept(struct esi_session *session, const struct esi_smtp_event *dot)
{
    const struct gauges *gauges = &session->gauges;
    uint64_t body = session->in_body ? dot->span.offset - session->message_at : 0;
    uint64_t header = session->in_body ? gauges->header_len : dot->span.offset - gauges->data_at;
    const struct {
        enum esi_criterion criterion;
        enum esi_what what;
        uint64_t count;
    } totals[] = {
        {ESI_CRITERION_CMD_RCPT_COUNT, ESI_WHAT_RECIPIENTS, session->rcpts - session->rcpts_masked},
        {ESI_CRITERION_HEADER_LENGTH, ESI_WHAT_HEADER, header},
        {ESI_CRITERION_HEADER_TO_FIELDS_COUNT, ESI_WHAT_TO_FIELDS, gauges->to_fields},
        {ESI_CRITERION_BODY_LENGTH, ESI_WHAT_BODY, body},
        {ESI_CRITERION_INVALID_RECIPIENTS_COUNT, ESI_WHAT_RECIPIENTS, gauges->invalid},
    };

    for (size_t i = 0; i < ESI_COUNT(totals); i++)
        check_ended(session, totals[i].criterion, totals[i].what, totals[i].count, dot);
}
