/*
 * evidence.c - whether sessions were touched before they were captured: the engine's turns, and
 * what segments tell besides, handed to the fold.
 *
 * Turns that nobody else wants are not held back: they are seen as they come, and only verdicts are
 * kept. A session that is not inspected is listened to by an engine whose verdicts nobody hears.
 */
#include <stdlib.h>

#include "pipeline_internal.h"

enum {
    SERVERS_MOST = 4096, /* told one by one; sessions of others are counted */
    KEY_MOST = 4,        /* bytes of a segment that was sent by a key press are fewer */
    CRLF_LEN = 2,
    BY_HAND_MOST = 128, /* bytes of a line that somebody types */
};
/* A server takes its time over a message; one that says nothing for longer did not see its end. */
#define REPLY_MOST ((esi_nanos)60 * 1000000000)
/* No sender repeats sooner (RFC 6298 section 2.4; 200 ms are usual); a capture taken at two places
 * has each segment twice, though. */
#define REPEAT_LEAST ((esi_nanos)100 * 1000000)

/* A segment of the client, as far as it came. */
struct segment {
    uint64_t from, len;
    esi_nanos ts;
    uint8_t last; /* byte */
};

struct watch {
    struct esi_evidence *evidence;
    struct esi_session *listener; /* of a session that is not inspected, once something was said */
    struct esi_evidence_facts facts;
    struct segment segment, before; /* at hand (len 0: between two), and the one before it */
    bool torn;                      /* the one before is not known */
    /* How far the client's stream was sent, when last, and how far the server took it. */
    uint64_t sent, taken;
    esi_nanos sent_at, again_at;
    bool answers;       /* segments of the server are in the capture */
    uint64_t ends;      /* of messages, of which it is known whether their dot waited */
    esi_nanos ended_at; /* the last message */
};

void
evidence_start(struct pipeline *pipeline)
{
    if (pipeline->config->evidence)
        pipeline->servers = esi_evidence_servers_new(SERVERS_MOST);
}

void
evidence_watch(const struct pipeline *pipeline, struct slot *slot)
{
    if (!pipeline->config->evidence)
        return;
    slot->watch = esi_alloc(sizeof *slot->watch);
    slot->watch->evidence = esi_evidence_new(slot->info.quality.midstream);
}

/* ---- segments as they come ---- */

static void
forget_repeats(struct watch *watch)
{
    watch->facts.resent = 0;
    watch->facts.resent_from = watch->facts.resent_to = 0;
    watch->facts.resent_for = 0;
}

/* hear_server - what it took; once it ends the connection, it did not vanish. */
static void
hear_server(struct watch *watch, const struct esi_visit *visit)
{
    bool ends = visit->segment.flags & (ESI_TCP_FIN | ESI_TCP_RST);

    watch->answers = true;
    if (visit->ack_valid && visit->ack_offset > watch->taken) {
        watch->taken = visit->ack_offset;
        forget_repeats(watch);
    }
    if (ends)
        forget_repeats(watch);
}

static void
note_repeat(struct watch *watch, struct esi_span span, esi_nanos ts)
{
    struct esi_evidence_facts *facts = &watch->facts;
    esi_nanos last = facts->resent > 0 ? watch->again_at : watch->sent_at;

    if (span.offset < watch->taken || ts - last < REPEAT_LEAST)
        return;
    facts->resent++;
    facts->resent_dir = ESI_TO_SERVER;
    facts->resent_from = span.offset;
    facts->resent_to = span.offset + span.len;
    facts->resent_for = ts - watch->sent_at;
    watch->again_at = ts;
}

void
evidence_visit(struct slot *slot, const struct esi_visit *visit, struct esi_span span)
{
    struct watch *watch = slot->watch;

    if (!watch || visit->corrupt)
        return;
    if (visit->dir == ESI_TO_CLIENT) {
        hear_server(watch, visit);
    } else if (span.len > 0 && span.offset + span.len > watch->sent) {
        watch->sent = span.offset + span.len;
        watch->sent_at = visit->frame.ts;
        forget_repeats(watch);
    } else if (span.len > 0) {
        note_repeat(watch, span, visit->frame.ts);
    }
}

/* ---- the stream ---- */

static void
begin_segment(struct watch *watch, const struct esi_stream_event *event)
{
    struct segment *segment = &watch->segment;
    struct esi_slice bytes = event->bytes;

    if (segment->len == 0) {
        segment->from = event->span.offset;
        segment->ts = event->ts;
    }
    segment->last = bytes.ptr[bytes.len - 1];
    segment->len += bytes.len;
}

static void
end_segment(struct watch *watch)
{
    watch->facts.typed += watch->segment.len < KEY_MOST && watch->segment.last != '\n';
    watch->before = watch->segment;
    watch->torn = false;
    watch->segment.len = 0;
}

/* is_split - what an old box takes for the end of a message is CRLF.CRLF in one segment, or .CRLF
 * at the beginning of one (inspect/data_state.c). */
static bool
is_split(const struct watch *watch, uint64_t dot)
{
    if (watch->segment.from + CRLF_LEN <= dot)
        return false;
    return watch->segment.from != dot || (!watch->torn && watch->before.from + CRLF_LEN > dot);
}

/* note_end - of a message. Who types it by hand waits, too, but sends line by line. */
static void
note_end(struct watch *watch, const struct esi_outcome *turn, const struct esi_stream_event *event)
{
    struct esi_evidence_facts *facts = &watch->facts;
    const struct segment *segment = &watch->segment;
    uint64_t dot = turn->span.offset;
    bool alone = segment->from == dot && segment->len == turn->span.len && event->ends_segment;
    bool by_machine = !watch->torn && watch->before.len > BY_HAND_MOST;
    esi_nanos wait = alone ? segment->ts - watch->before.ts : 0;

    if ((!alone || by_machine) && (watch->ends++ == 0 || wait < facts->dot_least))
        facts->dot_least = wait;
    watch->ended_at = turn->ts;
    facts->end_split = is_split(watch, dot);
    facts->end_at = dot - (dot < CRLF_LEN ? dot : CRLF_LEN);
    facts->end_frame = turn->frame;
    if (!alone || !by_machine)
        return;
    facts->dots_alone++;
    if (wait <= facts->dot_wait)
        return;
    facts->dot_wait = wait;
    facts->dot_at = dot;
    facts->dot_frame = turn->frame;
}

static void
see(struct watch *watch, const struct esi_outcome *turn, const struct esi_stream_event *event)
{
    if (turn->u.turn.what == ESI_TURN_END_OF_DATA && event->kind == ESI_STREAM_DATA)
        note_end(watch, turn, event);
    esi_evidence_see(watch->evidence, turn);
}

/* take_over - a verdict, into the list that is held back. */
static void
take_over(struct esi_outcomes *to, const struct esi_outcome *verdict)
{
    enum { FIRST = 2 }; /* of a harmless session */

    to->items = esi_grow(to->items, &to->cap, to->cap > 0 ? to->len + 1 : FIRST, sizeof *to->items);
    struct esi_outcome *copy = &to->items[to->len++];

    *copy = *verdict;
    copy->u.verdict.before = esi_arena_copy(&to->arena, verdict->u.verdict.before);
    copy->u.verdict.logged = esi_arena_copy(&to->arena, verdict->u.verdict.logged);
}

/* hear - what the event brought, from a place on. Of a list of nobody's, only verdicts are kept,
 * and none of a listener. */
static void
hear(struct slot *slot, const struct esi_stream_event *event, struct esi_outcomes *out, size_t from)
{
    bool kept = out == &slot->outcomes;

    for (size_t i = from; i < out->len; i++)
        if (out->items[i].kind == ESI_OUTCOME_TURN)
            see(slot->watch, &out->items[i], event);
        else if (!kept && slot->session)
            take_over(&slot->outcomes, &out->items[i]);
    if (!kept)
        esi_outcomes_clear(out);
}

void
evidence_feed(struct pipeline *pipeline, struct slot *slot, const struct esi_stream_event *event)
{
    struct watch *watch = slot->watch;
    struct esi_outcomes *out = slot->turns ? &slot->outcomes : &pipeline->heard;
    size_t from = out->len;
    bool client_data = event->dir == ESI_TO_SERVER && event->kind == ESI_STREAM_DATA;

    if (client_data)
        begin_segment(watch, event);
    if (slot->session)
        inspections_feed(slot, event, out);
    else
        esi_session_feed(watch->listener, event, out);
    if (out->len > from)
        hear(slot, event, out, from);
    if (client_data && event->ends_segment)
        end_segment(watch);
    if (event->kind == ESI_STREAM_GAP && event->dir == ESI_TO_SERVER) {
        watch->segment.len = 0;
        watch->torn = true;
    }
}

void
evidence_listen(struct pipeline *pipeline, struct slot *slot, const struct esi_stream_event *event)
{
    static const struct esi_map no_map = {.name = ""};
    struct watch *watch = slot->watch;
    bool said = event->kind == ESI_STREAM_DATA || event->kind == ESI_STREAM_GAP;

    if (!watch || (!watch->listener && !said))
        return;
    if (!watch->listener)
        watch->listener =
            esi_session_new(slot->info.platform, &no_map, true, slot->info.quality.midstream);
    evidence_feed(pipeline, slot, event);
}

/* ---- the end ---- */

static void
tell_record(const struct pipeline *pipeline, const struct esi_record *record)
{
    pipeline->config->record(pipeline->config->ctx, record);
}

/* is_waited_for - whether the capture shows that no reply came to the end of the last message. */
static bool
is_waited_for(const struct pipeline *pipeline, const struct slot *slot)
{
    const struct esi_session_info *info = &slot->info;
    esi_nanos until = info->closing != ESI_CLOSING_OPEN ? info->closed : pipeline->now;

    return until - slot->watch->ended_at >= REPLY_MOST;
}

void
evidence_tell(struct pipeline *pipeline, struct slot *slot)
{
    struct watch *watch = slot->watch;
    struct esi_session_info *info = &slot->info;

    if (!watch)
        return;
    if (!watch->answers)
        forget_repeats(watch);
    watch->facts.end_split &= is_waited_for(pipeline, slot);
    watch->facts.contradicted = info->quality.overlap_conflicts > 0;
    watch->facts.server = &info->tuple.server.ip;
    esi_evidence_ending(watch->evidence, &watch->facts);
    info->evidence = esi_evidence_result(watch->evidence);
    pipeline->evidence.sessions[info->evidence->touched]++;
    if (info->bytes[ESI_TO_SERVER] + info->bytes[ESI_TO_CLIENT] > 0)
        esi_evidence_servers_see(pipeline->servers, &info->tuple.server, info->start,
                                 info->evidence);
    tell_record(pipeline, &(struct esi_record){.kind = ESI_RECORD_EVIDENCE, .session = info});
    info->evidence = NULL;
}

const struct esi_evidence_result *
evidence_result(const struct slot *slot)
{
    return slot->watch ? esi_evidence_result(slot->watch->evidence) : NULL;
}

void
evidence_tell_servers(struct pipeline *pipeline)
{
    struct esi_evidence_totals *totals = &pipeline->evidence;

    if (!pipeline->servers)
        return;
    totals->servers = esi_evidence_servers_count(pipeline->servers);
    for (size_t i = 0; i < totals->servers; i++) {
        const struct esi_evidence_server *server = esi_evidence_servers_at(pipeline->servers, i);
        totals->servers_touched += esi_touched_alarms(server->touched);
        totals->servers_intermittent += server->intermittent;
        tell_record(pipeline, &(struct esi_record){.kind = ESI_RECORD_EVIDENCE, .server = server});
    }
    memcpy(totals->left, esi_evidence_servers_left(pipeline->servers), sizeof totals->left);
    pipeline->summary.evidence = totals;
}

size_t
evidence_cost(const struct slot *slot)
{
    const struct watch *watch = slot->watch;

    if (!watch)
        return 0;
    return sizeof *watch + esi_evidence_memory(watch->evidence) +
           (watch->listener ? esi_session_memory(watch->listener) : 0);
}

void
evidence_forget(struct slot *slot)
{
    if (!slot->watch)
        return;
    esi_evidence_free(slot->watch->evidence);
    esi_session_free(slot->watch->listener);
    free(slot->watch);
}

void
evidence_free(struct pipeline *pipeline)
{
    esi_outcomes_free(&pipeline->heard);
    esi_evidence_servers_free(pipeline->servers);
}
