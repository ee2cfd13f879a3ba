/*
 * reassembler.c - segments in, stream events out.
 *
 * libnids puts bytes in order (delivery.c). Decided here is what it does not do: when a hole is
 * given up, what an RST means. A conversation costs nothing until it says something, and
 * libnids hears of it at its first payload.
 *
 * A hole is given up when the receiver has acknowledged bytes of it and SETTLE_FRAMES further
 * frames or SETTLE_NANOS did not bring them: captures show an acknowledgement before the data often
 * enough.
 *
 * Acceptance of an RST follows RFC 9293 section 3.10.7.4, with the largest possible window, since
 * the real one may not be known.
 */
#include <stdlib.h>

#include "esi/reassembly.h"

#include "ending_internal.h"
#include "payload_internal.h"
#include "suspects_internal.h"
#include "waiting_internal.h"

enum {
    SETTLE_FRAMES = 3,
    SETTLE_NANOS = 200000000,
    QUEUE_MEMORY = 512 << 20,
};

/* What stands in for the state of a flow that is over and of which there is nothing to tell. */
static struct state over = {.ended = true};

/* note_ack - what this frame acknowledges of the other direction. */
static void
note_ack(const struct esi_visit *visit, struct state *state)
{
    struct side *side = &state->side[esi_dir_other(visit->dir)];
    uint64_t ack = visit->ack_offset;

    if (!visit->ack_valid || ack <= side->delivered || ack <= side->acked)
        return;
    if ((visit->segment.flags & ESI_TCP_RST) && /* else it is whatever its sender made up */
        !suspects_confirm(state, esi_dir_other(visit->dir), ack))
        return;
    if (ack <= delivery_seen_to(side) + TAIL_MAX) /* else it is no acknowledgement of this stream */
        side->acked = ack;
}

/* judge_hole - it was acknowledged: has it been waited for long enough? */
static void
judge_hole(struct esi_reassembler *r, struct state *state, enum esi_dir dir)
{
    struct side *side = &state->side[dir];
    struct trouble *trouble = delivery_trouble(r, side);

    if (waiting_covers(state, dir))
        return;
    if (trouble->judged > side->delivered) {
        if (++trouble->judged_frames < SETTLE_FRAMES && r->ts - trouble->judged_ts < SETTLE_NANOS)
            return;
        delivery_give_up(r, state, dir, delivery_bytes_acked(state, dir, trouble->judged));
    }
    trouble->judged = delivery_bytes_acked(state, dir, side->acked);
    trouble->judged_ts = r->ts;
    trouble->judged_frames = 0;
}

static inline void
judge(struct esi_reassembler *r, struct state *state, enum esi_dir dir)
{
    if (state->side[dir].acked > state->side[dir].delivered)
        judge_hole(r, state, dir);
}

static bool
rst_accepted(const struct esi_visit *visit, const struct state *state)
{
    const struct esi_flow_side *seen = &visit->flow->side[visit->dir];
    uint32_t next = seen->base + (uint32_t)state->side[visit->dir].delivered;

    return !seen->based || visit->segment.seq - next < ESI_TCP_WINDOW_MOST;
}

static struct state *
new_state(struct esi_reassembler *r, struct esi_flow *flow)
{
    struct state *state = r->spare;

    if (!state)
        state = esi_alloc(sizeof *state);
    else
        r->spare = state->next_spare;
    *state = (struct state){.flow = flow};
    flow->reassembly = state;
    return state;
}

static void
free_state(struct esi_reassembler *r, struct state *state)
{
    if (state == &over)
        return;
    free(state->quality);
    state->next_spare = r->spare;
    r->spare = state;
}

static void
take_payload(struct esi_reassembler *r, const struct esi_visit *visit, struct state *state)
{
    const struct side *other = &state->side[esi_dir_other(visit->dir)];
    struct arrival arrival;

    if (!payload_arrives(r, visit, state, &arrival))
        return;
    if ((state->waiting || other->acked > other->delivered) && waiting_is_due(state, visit))
        waiting_add(r, state, visit, &arrival);
    else
        payload_deliver(r, state, visit->dir, &arrival);
}

static void
take(struct esi_reassembler *r, const struct esi_visit *visit, struct state *state)
{
    note_ack(visit, state);
    judge(r, state, esi_dir_other(visit->dir));
    if (state->waiting)
        waiting_release(r, state);
    if ((visit->segment.flags & ESI_TCP_RST) && rst_accepted(visit, state)) {
        ending_give_up(r, state);
        ending_tell(r, state, ESI_STREAM_RESET, visit->dir);
        return;
    }
    if (visit->segment.payload_len > 0 && !(visit->segment.flags & ESI_TCP_RST))
        take_payload(r, visit, state);
    judge(r, state, visit->dir);
    if (state->waiting)
        waiting_release(r, state);
    if (visit->flow->side[ESI_TO_SERVER].fin_seen || visit->flow->side[ESI_TO_CLIENT].fin_seen)
        ending_fins(r, state);
}

/* own - the flow's own state, if it is over, too. */
static struct state *
own(struct esi_reassembler *r, struct esi_flow *flow)
{
    if (flow->reassembly != &over)
        return flow->reassembly;
    struct state *state = new_state(r, flow);
    state->ended = true;
    return state;
}

/* take_corrupt - counted as left aside, as long as it does not stand in for something. */
static void
take_corrupt(struct esi_reassembler *r, const struct esi_visit *visit)
{
    struct state *state = own(r, visit->flow);
    struct esi_reassembly_quality *quality = delivery_quality(state);

    quality->bad_checksums++;
    quality->corrupt_segments++;
    if (!state->ended)
        suspects_add(r, state, visit);
}

bool
esi_reassembler_begins(const struct esi_visit *visit)
{
    const struct esi_segment *segment = &visit->segment;

    return !visit->corrupt &&
           (segment->payload_len > 0 || (segment->flags & (ESI_TCP_FIN | ESI_TCP_RST)) != 0);
}

/* begin - the flow's first segment that says something; those before it need no state. */
static struct state *
begin(struct esi_reassembler *r, const struct esi_visit *visit)
{
    if (!esi_reassembler_begins(visit))
        return NULL;
    struct state *state = new_state(r, visit->flow);
    delivery_tell(r, state, ESI_STREAM_OPEN, ESI_TO_SERVER);
    return state;
}

void
esi_reassembler_push(struct esi_reassembler *r, const struct esi_visit *visit)
{
    struct state *state = visit->flow->reassembly;

    r->frame = visit->frame.number;
    r->ts = visit->frame.ts;
    if (!state && !(state = begin(r, visit)))
        return;
    if (visit->corrupt) {
        take_corrupt(r, visit);
        return;
    }
    if (state->ended) {
        if (visit->segment.payload_len > 0)
            delivery_quality(own(r, visit->flow))->after_end++;
        return;
    }
    take(r, visit, state);
    if (state->ended && !state->quality) {
        free_state(r, state);
        visit->flow->reassembly = &over;
    }
}

void
esi_reassembler_fetch(const struct esi_flow *flow)
{
    if (flow->reassembly)
        esi_fetch(flow->reassembly, sizeof(struct state));
}

const struct esi_reassembly_quality *
esi_reassembler_quality(const struct esi_flow *flow)
{
    static const struct esi_reassembly_quality spotless;
    const struct state *state = flow->reassembly;

    if (!state)
        return NULL;
    return state->quality ? state->quality : &spotless;
}

static void
let_go(struct esi_reassembler *r, struct esi_flow *flow, enum esi_stream_kind kind)
{
    struct state *state = flow->reassembly;

    if (!state)
        return;
    r->frame = flow->last_frame;
    r->ts = flow->last_ts;
    if (!state->ended)
        ending_cease(r, state, kind);
    free_state(r, state);
    flow->reassembly = NULL;
}

void
esi_reassembler_forget(struct esi_reassembler *r, struct esi_flow *flow)
{
    let_go(r, flow, ESI_STREAM_TIMEOUT);
}

void
esi_reassembler_evict(struct esi_reassembler *r, struct esi_flow *flow)
{
    struct state *state = flow->reassembly;

    if (!state)
        flow->reassembly = &over; /* it will not begin any more */
    if (!state || state->ended)
        return;
    r->frame = flow->last_frame;
    r->ts = flow->last_ts;
    delivery_quality(state)->evicted = true;
    ending_cease(r, state, ESI_STREAM_TIMEOUT);
}

void
esi_reassembler_finish(struct esi_reassembler *r, struct esi_flow *flow)
{
    let_go(r, flow, ESI_STREAM_END);
}

struct esi_reassembler *
esi_reassembler_new(const struct esi_reassembler_config *config)
{
    struct esi_reassembler *r = esi_alloc(sizeof *r);

    r->fn = config->fn;
    r->ctx = config->ctx;
    r->queue_memory = config->queue_memory > 0 ? config->queue_memory : QUEUE_MEMORY;
    delivery_open(r);
    return r;
}

void
esi_reassembler_free(struct esi_reassembler *r)
{
    if (!r)
        return;
    delivery_close(r);
    while (r->spare) {
        struct state *next = r->spare->next_spare;
        free(r->spare);
        r->spare = next;
    }
    free(r);
}
