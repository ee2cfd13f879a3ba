/*
 * closing.c - how a session's connection ends: in the capture, and by inspection.
 *
 * Behind the end that inspection makes, the captured peers go on. Kept is what they might have sent
 * all the same: a segment that acknowledges nothing of what the firewall kept back, and brings
 * nothing new, unless it is of who was cut off: what he had under way, or sent before he waited for
 * an answer in vain. What follows the first that is otherwise cannot be told from what followed of
 * that.
 */
#include <stdlib.h>

#include "pipeline_internal.h"

struct after {
    struct esi_after_cut told;
    size_t cap;          /* of its segments */
    uint64_t reached[2]; /* how far each stream had come when the connection was cut, */
    bool fin_seen[2];    /* and whether it had ended */
    bool over;           /* the captured session could not have come about any more */
};

void
closing_note_end(struct slot *slot, const struct esi_stream_event *event)
{
    struct esi_session_info *info = &slot->info;

    if (event->kind == ESI_STREAM_CLOSE)
        info->closing = ESI_CLOSING_FINS;
    else if (event->kind == ESI_STREAM_RESET)
        info->closing =
            event->dir == ESI_TO_SERVER ? ESI_CLOSING_RESET_BY_CLIENT : ESI_CLOSING_RESET_BY_SERVER;
    else
        return;
    info->closed_frame = event->frame;
    info->closed = event->ts;
}

void
closing_settle(const struct pipeline *pipeline, struct slot *slot)
{
    struct esi_session_info *info = &slot->info;
    const struct esi_flow *flow = slot->flow;

    info->captured_to = pipeline->now;
    if (slot->after)
        info->after_cut = &slot->after->told;
    if (info->closing != ESI_CLOSING_OPEN)
        return;
    if (info->quality.evicted)
        info->closing = ESI_CLOSING_UNKNOWN;
    else if (flow && !flow->up)
        info->closing = ESI_CLOSING_HALF_OPEN;
    else if (flow && (flow->side[0].fin_seen || flow->side[1].fin_seen))
        info->closing = ESI_CLOSING_HALF_CLOSED;
}

void
closing_note_cut(struct slot *slot, const struct esi_stream_event *event)
{
    const struct esi_session_result *result = esi_session_result(slot->session);

    if (!result->cut || slot->info.connection == 0) /* a refused one is cut from the start */
        return;
    slot->after = esi_alloc(sizeof *slot->after);
    struct esi_after_cut *told = &slot->after->told;
    told->ts = event->ts;
    for (int dir = 0; dir < 2; dir++) {
        told->forwarded[dir] = slot->info.bytes[dir];
        slot->after->reached[dir] = slot->flow->side[dir].reached;
        slot->after->fin_seen[dir] = slot->flow->side[dir].fin_seen;
    }
    if (event->kind == ESI_STREAM_DATA)
        told->forwarded[event->dir] -= event->bytes.len; /* the packet at hand did not pass */
}

/* acks_late_fin - a FIN from behind the cut, which was kept back as all else. */
static bool
acks_late_fin(const struct slot *slot, const struct esi_visit *visit)
{
    enum esi_dir other = esi_dir_other(visit->dir);
    const struct esi_flow_side *side = &slot->flow->side[other];

    return side->fin_seen && !slot->after->fin_seen[other] && visit->ack_valid &&
           visit->segment.ack - side->base == (uint32_t)side->fin_at + 1;
}

/* is_new - brings bytes that were not there when the connection was cut. */
static bool
is_new(const struct slot *slot, const struct esi_visit *visit)
{
    return visit->segment.payload_len > 0 &&
           (visit->before_base ||
            visit->offset + visit->segment.payload_len > slot->after->reached[visit->dir]);
}

/* is_unanswered - acknowledges nothing that came behind the cut. */
static bool
is_unanswered(const struct slot *slot, const struct esi_visit *visit)
{
    return visit->ack_valid && visit->ack_offset <= slot->after->reached[esi_dir_other(visit->dir)];
}

/* is_possible - whether the peer might have sent this segment, cut off as it was. */
static bool
is_possible(const struct slot *slot, const struct esi_visit *visit)
{
    const struct esi_session_result *result = esi_session_result(slot->session);
    bool answers = visit->dir != result->cut_at.dir;

    if (is_new(slot, visit) && (answers || !is_unanswered(slot, visit)))
        return false;
    if (answers && visit->ack_valid && visit->ack_offset > result->cut_at.offset)
        return false;
    return !acks_late_fin(slot, visit);
}

void
closing_note_late(struct slot *slot, const struct esi_visit *visit)
{
    struct esi_after_cut *told = &slot->after->told;
    const struct esi_cut *cut = &esi_session_result(slot->session)->cut_at;

    if (slot->after->over || visit->corrupt || visit->frame.number <= cut->frame)
        return;
    if (!is_possible(slot, visit)) {
        slot->after->over = true;
        return;
    }
    if (told->count++ >= ESI_AFTER_CUT_KEPT)
        return;
    told->segments =
        esi_grow(told->segments, &slot->after->cap, told->kept + 1, sizeof *told->segments);
    told->segments[told->kept++] = (struct esi_late_segment){visit->frame.number, visit->frame.ts,
                                                             visit->dir, visit->segment.flags};
}

size_t
closing_cost(const struct slot *slot)
{
    return slot->after ? sizeof *slot->after + slot->after->cap * sizeof *slot->after->told.segments
                       : 0;
}

void
closing_free(struct slot *slot)
{
    if (slot->after)
        free(slot->after->told.segments);
    free(slot->after);
}
