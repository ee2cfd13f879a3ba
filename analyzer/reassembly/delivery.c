/*
 * delivery.c - bytes through libnids, and the events they become.
 *
 * Every byte goes through libnids, in packets that mint.c makes; libnids puts them in order and
 * calls back, once a segment. A hole that is given up is skipped: what was queued behind it is
 * delivered when libnids is shown one filler byte at the hole's end, which goes no further than
 * here.
 *
 * When a hole is to be given up is decided elsewhere, but for two kinds that need no waiting: what
 * a cut frame did not hold, and whatever makes the queue too large or too slow.
 */
#include <stdlib.h>

#include "seating_internal.h"
#include "suspects_internal.h"

enum {
    QUEUE_COST_MAX = 24 << 20,       /* a direction: 16 MB in segments of 536 bytes or more */
    QUEUE_WALK_MAX = 4096 * 4096 / 2 /* steps libnids may take to find places in one queue: what
                                        4,096 segments need that come last one first; ~20 ms */
};

/* libnids' callback comes without a word of whose it is. */
static struct esi_reassembler *the_reassembler;

struct esi_reassembly_quality *
delivery_quality(struct state *state)
{
    if (!state->quality)
        state->quality = esi_alloc(sizeof *state->quality);
    return state->quality;
}

struct trouble *
delivery_trouble(struct esi_reassembler *r, struct side *side)
{
    if (!side->trouble) {
        side->trouble = esi_alloc(sizeof *side->trouble);
        side->trouble->queue.held = &r->held;
    }
    return side->trouble;
}

uint64_t
delivery_seen_to(const struct side *side)
{
    if (side->trouble && !queue_empty(&side->trouble->queue))
        return side->trouble->queue.end;
    return side->delivered;
}

uint64_t
delivery_bytes_acked(const struct state *state, enum esi_dir dir, uint64_t acked)
{
    const struct esi_flow_side *seen = &state->flow->side[dir];
    uint64_t end = delivery_seen_to(&state->side[dir]);

    if (seen->fin_seen && acked == seen->fin_at + 1)
        return seen->fin_at;
    return acked == end + 1 ? end : acked;
}

static void
tell(struct esi_reassembler *r, struct state *state, struct esi_stream_event *event)
{
    event->frame = r->frame;
    event->ts = r->ts;
    r->fn(r->ctx, state->flow, event);
}

void
delivery_tell(struct esi_reassembler *r, struct state *state, enum esi_stream_kind kind,
              enum esi_dir dir)
{
    struct esi_stream_event event = {.kind = kind, .dir = dir};

    tell(r, state, &event);
}

static void
tell_gap(struct esi_reassembler *r, struct state *state, enum esi_dir dir, uint64_t len)
{
    struct side *side = &state->side[dir];
    struct trouble *trouble = delivery_trouble(r, side);
    struct esi_reassembly_quality *quality = delivery_quality(state);
    struct esi_stream_event event = {
        .kind = ESI_STREAM_GAP, .dir = dir, .span = {side->delivered, len}};

    trouble->gaps[trouble->gap_count++ % GAPS_KEPT] = event.span;
    quality->gaps++;
    quality->gap_bytes += len;
    side->delivered += len;
    tell(r, state, &event);
}

/* on_bytes - the bridge's callback: bytes in stream order. */
static void
on_bytes(enum esi_dir dir, uint32_t at, struct esi_slice bytes)
{
    struct esi_reassembler *r = the_reassembler;
    struct state *state = r->fed;
    struct side *side = &state->side[dir];
    enum feeding feeding = r->feeding;

    r->feeding = FEEDING_QUEUED;
    if (at != (uint32_t)side->delivered - (feeding == FEEDING_FILLER))
        esi_panic("libnids delivered offset %u, not %u", at, (uint32_t)side->delivered);
    if (feeding == FEEDING_FILLER)
        return;
    struct esi_stream_event event = {.kind = ESI_STREAM_DATA,
                                     .dir = dir,
                                     .span = {side->delivered, bytes.len},
                                     .bytes = bytes,
                                     .ends_segment = r->ends};
    side->delivered += bytes.len;
    if (feeding == FEEDING_QUEUED)
        event.ends_segment = queue_take(&side->trouble->queue, event.span.offset, side->delivered,
                                        &side->trouble->lost_until);
    tell(r, state, &event);
}

static void
show_libnids(struct esi_reassembler *r, struct state *state, enum esi_dir dir, uint64_t at,
             struct esi_slice bytes, enum feeding feeding)
{
    struct side *side = &state->side[dir];
    struct bridge_data data = {.dir = dir,
                               .at = at,
                               .delivered = side->delivered - (feeding == FEEDING_FILLER),
                               .bytes = bytes};

    r->feeding = feeding;
    r->fed = state;
    /* Behind a hole without a stream nothing is queued but frames cut before their payload. */
    if (state->stream || feeding == FEEDING_SEGMENT)
        seating_feed(r, state, &data);
    r->feeding = FEEDING_QUEUED;
    if (side->trouble)
        queue_drop(&side->trouble->queue, side->delivered, &side->trouble->lost_until);
}

/* skip_to - tells a gap; what was queued behind it follows. */
static void
skip_to(struct esi_reassembler *r, struct state *state, enum esi_dir dir, uint64_t to)
{
    static const uint8_t filler = 0;
    struct side *side = &state->side[dir];
    uint64_t len = to - side->delivered;

    tell_gap(r, state, dir, len);
    struct queue *queue = &side->trouble->queue;
    bool drains = !queue_empty(queue) && queue_start(queue) <= to;
    if (state->stream)
        bridge_skip(state->stream, dir, drains ? len - 1 : len);
    if (drains)
        show_libnids(r, state, dir, to - 1, (struct esi_slice){&filler, 1}, FEEDING_FILLER);
}

/* skip_target - up to where holes need not be waited for; a gap ends where queued data starts, or
 * data that waits. */
static uint64_t
skip_target(const struct esi_reassembler *r, const struct state *state, enum esi_dir dir,
            uint64_t limit)
{
    const struct trouble *trouble = state->side[dir].trouble;
    const struct queue *queue = &trouble->queue;
    uint64_t to = trouble->lost_until > limit ? trouble->lost_until : limit;
    bool over_bounds = queue->cost > QUEUE_COST_MAX || r->held > r->queue_memory;

    if (!queue_empty(queue) && (to > queue_start(queue) || over_bounds))
        to = queue_start(queue);
    if (!state->waiting)
        return to;
    uint64_t waiting = waiting_start(state, dir);
    return to < waiting ? to : waiting;
}

void
delivery_give_up(struct esi_reassembler *r, struct state *state, enum esi_dir dir, uint64_t limit)
{
    struct side *side = &state->side[dir];
    struct trouble *trouble = side->trouble;
    uint64_t asked = limit, to;

    if ((!trouble && limit <= side->delivered) || state->fin_told[dir])
        return;
    trouble = delivery_trouble(r, side);
    if (trouble->queue.walked > QUEUE_WALK_MAX && limit < trouble->queue.end)
        limit = trouble->queue.end; /* it stays costly until it is empty */
    while ((to = skip_target(r, state, dir, limit)) > side->delivered) {
        if (state->suspects && suspects_fill(r, state, dir, to))
            continue;
        if (to > asked && to > trouble->lost_until)
            delivery_quality(state)->given_up++;
        skip_to(r, state, dir, to);
    }
}

void
delivery_take(struct esi_reassembler *r, struct state *state, enum esi_dir dir,
              const struct queued *part, struct esi_slice bytes)
{
    struct side *side = &state->side[dir];
    uint64_t lost_until = part->start + part->len + part->lost;
    bool queued = part->start > side->delivered;

    if (queued && part->len > 0 && !state->stream)
        seating_take(r, state);
    r->ends = part->ends && part->lost == 0;
    if (queued)
        queue_add(&delivery_trouble(r, side)->queue, part);
    else if (part->lost > 0 && lost_until > delivery_trouble(r, side)->lost_until)
        side->trouble->lost_until = lost_until;
    if (part->len > 0)
        show_libnids(r, state, dir, part->start, bytes, queued ? FEEDING_QUEUED : FEEDING_SEGMENT);
}

void
delivery_open(struct esi_reassembler *r)
{
    if (the_reassembler)
        esi_panic("esi_reassembler_new: there is one already");
    the_reassembler = r;
    history_init(&r->history);
    bridge_open(SEATING_STREAMS, on_bytes);
    seating_open(r);
}

void
delivery_close(struct esi_reassembler *r)
{
    bridge_close();
    seating_close(r);
    history_fini(&r->history);
    the_reassembler = NULL;
}
