/*
 * reassembler.c - segments in, stream events out.
 *
 * Every byte goes through libnids, in packets that mint.c makes; libnids puts them in order.
 * Decided here is what libnids does not do: when a hole is given up, what a FIN and an RST mean,
 * who has to leave when there are too many. A conversation costs one small struct until its first
 * payload; only then does libnids hear of it. What is needed only where something is missing or out
 * of order (struct trouble) is allocated when that happens.
 *
 * A hole is given up when the receiver has acknowledged bytes of it and SETTLE_FRAMES further
 * frames or SETTLE_NANOS did not bring them: captures show an acknowledgement before the data often
 * enough. A frame cut by the snap length leaves a hole that nothing will fill: no waiting there.
 *
 * Acceptance of an RST follows RFC 9293 section 3.10.7.4, with the largest possible window, since
 * the real one may not be known.
 */
#include <stddef.h>
#include <stdlib.h>

#include "esi/reassembly.h"

#include "mint_internal.h"
#include "nids_bridge_internal.h"
#include "queue_internal.h"
#include "seats_internal.h"

enum {
    SETTLE_FRAMES = 3,
    SETTLE_NANOS = 200000000,
    QUEUE_COST_MAX = 16 << 20,   /* a direction: more than any sender's window in a lossy capture */
    QUEUE_TOTAL_MAX = 512 << 20, /* all together */
    QUEUE_WALK_MAX = 1 << 20,    /* steps libnids may take to find places in one queue: ~5 ms */
    LOST_MAX = 1 << 20,          /* of one cut frame; offloaded segments stay far below */
    AHEAD_MAX = 512 << 20,       /* of what was delivered; libnids looks 1 GiB ahead */
    TAIL_MAX = 16 << 20,         /* acknowledged or ended, but never seen */
    RST_WINDOW = 1 << 30,        /* RFC 7323 section 2.3: the largest */
    STRAYS_MAX = 8,              /* segments too far ahead in a row: there is where the stream is */
    GAPS_KEPT = 8,               /* remembered, to know a late segment by */
    SEATS_MIN = 780,
    SEATS_MAX = 196608, /* with the streams' pool 56 MB */
    BYTES_PER_SESSION =
        300 /* handshake, one line, end: a capture holds no more sessions than that */
};

struct trouble {
    struct queue queue;
    uint64_t lost_until; /* bytes before it that are still missing will not come */
    uint64_t judged;     /* acknowledgement by which a hole is being judged; 0: none */
    esi_nanos judged_ts; /* since when */
    uint8_t judged_frames;
    uint8_t strays;
    uint8_t gap_count; /* how many of the last ... */
    struct esi_span gaps[GAPS_KEPT];
};

struct side {           /* one direction, named by where its bytes go */
    uint64_t delivered; /* offset up to which DATA or GAP were told */
    uint64_t acked;     /* by the receiver; kept only where it is beyond `delivered` */
    struct trouble *trouble;
    bool fin_told;
};

struct state {
    union {
        struct side side[2];
        struct state *next_spare;
    };
    struct tcp_stream *stream; /* NULL until the first payload */
    struct sitter sitter;
    bool ended;
    struct esi_flow *flow;
    struct esi_reassembly_quality *quality; /* NULL: nothing to tell */
};

/* What libnids has in hand, so that its callback knows what it is given. */
enum feeding {
    FEEDING_QUEUED, /* nothing new: what it delivers was queued */
    FEEDING_SEGMENT,
    FEEDING_FILLER /* one byte that stands for the last of a hole */
};

struct esi_reassembler {
    esi_stream_fn *fn;
    void *ctx;
    uint64_t frame; /* of the visit at hand */
    esi_nanos ts;
    enum feeding feeding;
    struct state *fed; /* whose bytes libnids has in hand */
    bool ends;         /* FEEDING_SEGMENT: the sender's segment ends with it */
    struct seats seats;
    size_t held;         /* cost of all queues */
    struct state *spare; /* for the next flows: still in the cache */
};

/* A segment's payload, what lies before offset 0 cut off. */
struct arrival {
    uint64_t offset;
    struct esi_slice bytes;
    uint64_t lost; /* bytes behind them that the frame was too short for */
};

static struct esi_reassembler *the_reassembler;

/* What stands in for the state of a flow that is over and of which there is nothing to tell. */
static struct state over = {.ended = true};

static struct esi_reassembly_quality *
quality_of(struct state *state)
{
    if (!state->quality)
        state->quality = esi_alloc(sizeof *state->quality);
    return state->quality;
}

static struct trouble *
trouble_of(struct side *side)
{
    if (!side->trouble) {
        side->trouble = esi_alloc(sizeof *side->trouble);
        side->trouble->queue.held = &the_reassembler->held;
    }
    return side->trouble;
}

/* known_end - up to where bytes were seen. */
static uint64_t
known_end(const struct side *side)
{
    if (side->trouble && !queue_empty(&side->trouble->queue))
        return side->trouble->queue.end;
    return side->delivered;
}

/* bytes_acked - an acknowledgement without the FIN's number. One number behind all that was seen
 * may be that of a FIN which is not in the capture. */
static uint64_t
bytes_acked(const struct state *state, enum esi_dir dir, uint64_t acked)
{
    const struct esi_flow_side *seen = &state->flow->side[dir];
    uint64_t end = known_end(&state->side[dir]);

    if (seen->fin_seen && acked == seen->fin_at + 1)
        return seen->fin_at;
    return acked == end + 1 ? end : acked;
}

/* ---- telling ---- */

static void
tell(struct esi_reassembler *r, struct state *state, struct esi_stream_event *event)
{
    event->frame = r->frame;
    event->ts = r->ts;
    r->fn(r->ctx, state->flow, event);
}

static void
tell_kind(struct esi_reassembler *r, struct state *state, enum esi_stream_kind kind,
          enum esi_dir dir)
{
    struct esi_stream_event event = {.kind = kind, .dir = dir};

    tell(r, state, &event);
}

static void
tell_gap(struct esi_reassembler *r, struct state *state, enum esi_dir dir, uint64_t len)
{
    struct side *side = &state->side[dir];
    struct trouble *trouble = trouble_of(side);
    struct esi_reassembly_quality *quality = quality_of(state);
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

/* ---- libnids ---- */

static void
show_libnids(struct esi_reassembler *r, struct state *state, enum esi_dir dir, uint64_t at,
             struct esi_slice bytes, enum feeding feeding)
{
    struct side *side = &state->side[dir];
    struct bridge_data data = {.dir = dir,
                               .at = at,
                               .delivered = side->delivered - (feeding == FEEDING_FILLER),
                               .delivered_back = state->side[esi_dir_other(dir)].delivered,
                               .bytes = bytes};

    r->feeding = feeding;
    r->fed = state;
    if (state->stream) /* else nothing was ever queued but frames cut before their payload */
        bridge_feed(state->stream, state->sitter.seat, &data);
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

static bool
over_bounds(const struct queue *queue)
{
    return queue->cost > QUEUE_COST_MAX || *queue->held > QUEUE_TOTAL_MAX;
}

/* skip_target - up to where holes need not be waited for; a gap ends where queued data starts. */
static uint64_t
skip_target(const struct trouble *trouble, uint64_t limit)
{
    const struct queue *queue = &trouble->queue;
    uint64_t to = trouble->lost_until > limit ? trouble->lost_until : limit;

    if (queue_empty(queue))
        return to;
    return to > queue_start(queue) || over_bounds(queue) ? queue_start(queue) : to;
}

/* give_up - tells the holes below `limit`, and those that need no waiting. */
static void
give_up(struct esi_reassembler *r, struct state *state, enum esi_dir dir, uint64_t limit)
{
    struct side *side = &state->side[dir];
    struct trouble *trouble = side->trouble;
    uint64_t to;

    if (!trouble && limit <= side->delivered)
        return;
    trouble = trouble_of(side);
    if (trouble->queue.walked > QUEUE_WALK_MAX) /* it stays costly until it is empty */
        limit = trouble->queue.end;
    while ((to = skip_target(trouble, limit)) > side->delivered)
        skip_to(r, state, dir, to);
}

/* ---- the end of a conversation ---- */

static void
free_trouble(struct side *side)
{
    if (side->trouble)
        queue_free(&side->trouble->queue);
    free(side->trouble);
    side->trouble = NULL;
}

static void
leave_seat(struct esi_reassembler *r, struct state *state)
{
    if (!bridge_is_idle(state->stream)) {
        bridge_end(state->stream);
        r->seats.streams[state->sitter.seat] = NULL;
    }
    seats_leave(&r->seats, &state->sitter);
    state->stream = NULL;
}

static void
end(struct esi_reassembler *r, struct state *state, enum esi_stream_kind kind, enum esi_dir dir)
{
    if (state->stream)
        leave_seat(r, state);
    free_trouble(&state->side[ESI_TO_SERVER]);
    free_trouble(&state->side[ESI_TO_CLIENT]);
    state->ended = true;
    tell_kind(r, state, kind, dir);
}

/* give_up_all - what a direction still has to tell when nothing more will come. */
static void
give_up_all(struct esi_reassembler *r, struct state *state, enum esi_dir dir)
{
    const struct esi_flow_side *seen = &state->flow->side[dir];
    const struct side *side = &state->side[dir];
    uint64_t limit = known_end(side);

    if (seen->fin_seen && seen->fin_at > limit && seen->fin_at - limit <= TAIL_MAX)
        limit = seen->fin_at;
    uint64_t acked = bytes_acked(state, dir, side->acked);
    give_up(r, state, dir, acked > limit ? acked : limit);
}

static bool
all_acked(const struct state *state, enum esi_dir dir)
{
    const struct esi_flow_side *seen = &state->flow->side[dir];
    const struct side *side = &state->side[dir];

    return seen->fin_seen && (side->delivered >= seen->fin_at || side->acked >= seen->fin_at);
}

static void
tell_fin(struct esi_reassembler *r, struct state *state, enum esi_dir dir)
{
    const struct esi_flow_side *seen = &state->flow->side[dir];
    struct side *side = &state->side[dir];

    if (!seen->fin_seen || side->fin_told || side->delivered < seen->fin_at)
        return;
    side->fin_told = true;
    tell_kind(r, state, ESI_STREAM_FIN, dir);
}

static void
tell_fins(struct esi_reassembler *r, struct state *state)
{
    const struct esi_flow_side *seen = state->flow->side;

    if (!seen[ESI_TO_SERVER].fin_seen && !seen[ESI_TO_CLIENT].fin_seen)
        return;
    if (all_acked(state, ESI_TO_SERVER) && all_acked(state, ESI_TO_CLIENT)) {
        give_up(r, state, ESI_TO_SERVER, seen[ESI_TO_SERVER].fin_at);
        give_up(r, state, ESI_TO_CLIENT, seen[ESI_TO_CLIENT].fin_at);
    }
    tell_fin(r, state, ESI_TO_SERVER);
    tell_fin(r, state, ESI_TO_CLIENT);
    if (state->side[ESI_TO_SERVER].fin_told && state->side[ESI_TO_CLIENT].fin_told)
        end(r, state, ESI_STREAM_CLOSE, ESI_TO_SERVER);
}

/* cease - nothing more will come. */
static void
cease(struct esi_reassembler *r, struct state *state, enum esi_stream_kind kind)
{
    give_up_all(r, state, ESI_TO_SERVER);
    give_up_all(r, state, ESI_TO_CLIENT);
    tell_fins(r, state);
    if (!state->ended)
        end(r, state, kind, ESI_TO_SERVER);
}

/* ---- payload ---- */

static void
take_seat(struct esi_reassembler *r, struct state *state)
{
    uint64_t delivered[2] = {state->side[0].delivered, state->side[1].delivered};

    if (seats_full(&r->seats)) {
        struct sitter *sitter = seats_victim(&r->seats);
        struct state *victim = (struct state *)((char *)sitter - offsetof(struct state, sitter));
        quality_of(victim)->evicted = true;
        cease(r, victim, ESI_STREAM_TIMEOUT);
    }
    seats_take(&r->seats, &state->sitter);
    struct tcp_stream **stream = &r->seats.streams[state->sitter.seat];
    if (!*stream)
        *stream = bridge_begin(state->sitter.seat);
    state->stream = *stream;
    bridge_restart(state->stream, delivered);
}

/* arrival_of - false if nothing of the payload lies at or behind offset 0. */
static bool
arrival_of(const struct esi_visit *visit, struct state *state, struct arrival *out)
{
    const struct esi_segment *segment = &visit->segment;
    const struct esi_flow_side *seen = &visit->flow->side[visit->dir];
    uint64_t lost = segment->payload_len - segment->payload.len;

    *out = (struct arrival){visit->offset, segment->payload, lost <= LOST_MAX ? lost : 0};
    if (!visit->before_base)
        return true;
    uint32_t before = seen->base - segment->seq;
    if (!seen->syn_seen) /* else a keep-alive */
        quality_of(state)->before_base++;
    if (before >= segment->payload.len)
        return false;
    out->offset = 0;
    out->bytes = esi_slice_cut(out->bytes, before, SIZE_MAX);
    return true;
}

static void
judge_segment(const struct esi_visit *visit, struct state *state)
{
    const struct esi_segment *segment = &visit->segment;

    if (segment->payload.len < segment->payload_len)
        quality_of(state)->cut_frames++;
    if (esi_tcp_checksum_check(segment, visit->frame.bytes.ptr) == ESI_CHECKSUM_BAD)
        quality_of(state)->bad_checksums++;
}

static void
note_late(struct state *state, const struct side *side, const struct arrival *arrival)
{
    const struct trouble *trouble = side->trouble;

    for (size_t i = 0; trouble && i < GAPS_KEPT; i++) {
        const struct esi_span *gap = &trouble->gaps[i];
        if (arrival->offset < gap->offset + gap->len &&
            gap->offset < arrival->offset + arrival->bytes.len) {
            quality_of(state)->late_segments++;
            return;
        }
    }
}

/* trim - cuts off what lies before `from`. */
static void
trim(struct arrival *arrival, uint64_t from)
{
    uint64_t old = from - arrival->offset;
    uint64_t bytes = old < arrival->bytes.len ? old : arrival->bytes.len;

    arrival->bytes = esi_slice_cut(arrival->bytes, bytes, SIZE_MAX);
    arrival->lost -= old - bytes < arrival->lost ? old - bytes : arrival->lost;
    arrival->offset = from;
}

/* reachable - false for a segment that cannot belong there. Several of them in a row can: then so
 * much is missing that the hole in between is given up. */
static bool
reachable(struct esi_reassembler *r, struct state *state, enum esi_dir dir, uint64_t offset)
{
    struct side *side = &state->side[dir];

    if (offset <= side->delivered + AHEAD_MAX) {
        if (side->trouble)
            side->trouble->strays = 0;
        return true;
    }
    if (++trouble_of(side)->strays < STRAYS_MAX) {
        quality_of(state)->stray_segments++;
        return false;
    }
    give_up(r, state, dir, offset);
    return true;
}

static void
take_part(struct esi_reassembler *r, struct state *state, enum esi_dir dir,
          const struct queued *part, const uint8_t *bytes)
{
    struct side *side = &state->side[dir];
    uint64_t lost_until = part->start + part->len + part->lost;
    bool queued = part->start > side->delivered;

    r->ends = part->ends && part->lost == 0;
    if (queued)
        queue_add(&trouble_of(side)->queue, part);
    else if (part->lost > 0 && lost_until > trouble_of(side)->lost_until)
        side->trouble->lost_until = lost_until;
    if (part->len > 0)
        show_libnids(r, state, dir, part->start, (struct esi_slice){bytes, part->len},
                     queued ? FEEDING_QUEUED : FEEDING_SEGMENT);
}

/* take_parts - one segment, split where it is larger than a packet can be. */
static void
take_parts(struct esi_reassembler *r, struct state *state, enum esi_dir dir,
           const struct arrival *arrival)
{
    size_t done = 0;

    do {
        size_t left = arrival->bytes.len - done;
        bool last = left <= MINT_PAYLOAD_MAX;
        struct queued part = {.start = arrival->offset + done,
                              .len = last ? (uint32_t)left : MINT_PAYLOAD_MAX,
                              .lost = last ? (uint32_t)arrival->lost & 0x7fffffff : 0,
                              .ends = last};
        take_part(r, state, dir, &part, arrival->bytes.ptr + done);
        done += part.len;
    } while (done < arrival->bytes.len);
}

static void
take_payload(struct esi_reassembler *r, const struct esi_visit *visit, struct state *state)
{
    struct side *side = &state->side[visit->dir];
    struct arrival arrival;

    judge_segment(visit, state);
    if (!arrival_of(visit, state, &arrival))
        return;
    if (arrival.offset < side->delivered) {
        note_late(state, side, &arrival);
        trim(&arrival, side->delivered);
    }
    if (arrival.bytes.len + arrival.lost == 0)
        return;
    if (side->fin_told) {
        quality_of(state)->after_end++;
        return;
    }
    if (!reachable(r, state, visit->dir, arrival.offset))
        return;
    if (!state->stream && arrival.bytes.len > 0)
        take_seat(r, state);
    state->sitter.used = r->frame;
    take_parts(r, state, visit->dir, &arrival);
    give_up(r, state, visit->dir, 0);
}

/* ---- acknowledgements ---- */

/* note_ack - what this frame acknowledges of the other direction. */
static void
note_ack(const struct esi_visit *visit, struct state *state)
{
    struct side *side = &state->side[esi_dir_other(visit->dir)];
    uint64_t ack = visit->ack_offset;

    if (!visit->ack_valid || ack <= side->delivered || ack <= side->acked)
        return;
    if (ack <= known_end(side) + TAIL_MAX) /* else it is no acknowledgement of this stream */
        side->acked = ack;
}

/* judge - has a hole that was acknowledged been waited for long enough? */
static void
judge(struct esi_reassembler *r, struct state *state, enum esi_dir dir)
{
    struct side *side = &state->side[dir];

    if (side->acked <= side->delivered)
        return;
    struct trouble *trouble = trouble_of(side);
    if (trouble->judged > side->delivered) {
        if (++trouble->judged_frames < SETTLE_FRAMES && r->ts - trouble->judged_ts < SETTLE_NANOS)
            return;
        give_up(r, state, dir, bytes_acked(state, dir, trouble->judged));
    }
    trouble->judged = bytes_acked(state, dir, side->acked);
    trouble->judged_ts = r->ts;
    trouble->judged_frames = 0;
}

/* ---- visits ---- */

static bool
rst_accepted(const struct esi_visit *visit, const struct state *state)
{
    const struct esi_flow_side *seen = &visit->flow->side[visit->dir];
    uint32_t next = seen->base + (uint32_t)state->side[visit->dir].delivered;

    return !seen->based || visit->segment.seq - next < RST_WINDOW;
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
take(struct esi_reassembler *r, const struct esi_visit *visit, struct state *state)
{
    if (visit->segment.payload_len > 0 && state->stream)
        bridge_prefetch(state->stream);
    note_ack(visit, state);
    judge(r, state, esi_dir_other(visit->dir));
    if ((visit->segment.flags & ESI_TCP_RST) && rst_accepted(visit, state)) {
        give_up_all(r, state, ESI_TO_SERVER);
        give_up_all(r, state, ESI_TO_CLIENT);
        end(r, state, ESI_STREAM_RESET, visit->dir);
        return;
    }
    if (visit->segment.payload_len > 0 && !(visit->segment.flags & ESI_TCP_RST))
        take_payload(r, visit, state);
    judge(r, state, visit->dir);
    tell_fins(r, state);
}

static void
take_late(struct esi_reassembler *r, const struct esi_visit *visit, struct state *state)
{
    if (visit->segment.payload_len == 0)
        return;
    if (state == &over) {
        state = new_state(r, visit->flow);
        state->ended = true;
    }
    quality_of(state)->after_end++;
}

void
esi_reassembler_push(struct esi_reassembler *r, const struct esi_visit *visit)
{
    struct state *state = visit->flow->reassembly;

    r->frame = visit->frame.number;
    r->ts = visit->frame.ts;
    if (!state) {
        state = new_state(r, visit->flow);
        tell_kind(r, state, ESI_STREAM_OPEN, ESI_TO_SERVER);
    }
    if (state->ended) {
        take_late(r, visit, state);
        return;
    }
    take(r, visit, state);
    if (state->ended && !state->quality) {
        free_state(r, state);
        visit->flow->reassembly = &over;
    }
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
        cease(r, state, kind);
    free_state(r, state);
    flow->reassembly = NULL;
}

void
esi_reassembler_forget(struct esi_reassembler *r, struct esi_flow *flow)
{
    let_go(r, flow, ESI_STREAM_TIMEOUT);
}

void
esi_reassembler_finish(struct esi_reassembler *r, struct esi_flow *flow)
{
    let_go(r, flow, ESI_STREAM_END);
}

struct esi_reassembler *
esi_reassembler_new(uint64_t capture_size, esi_stream_fn *fn, void *ctx)
{
    struct esi_reassembler *r = esi_alloc(sizeof *r);
    uint64_t seats = capture_size > 0 ? capture_size / BYTES_PER_SESSION : SEATS_MAX;

    if (the_reassembler)
        esi_panic("esi_reassembler_new: there is one already");
    the_reassembler = r;
    r->fn = fn;
    r->ctx = ctx;
    seats = seats < SEATS_MIN ? SEATS_MIN : seats > SEATS_MAX ? SEATS_MAX : seats;
    seats_init(&r->seats, seats);
    bridge_open(seats, on_bytes);
    return r;
}

void
esi_reassembler_free(struct esi_reassembler *r)
{
    if (!r)
        return;
    bridge_close();
    seats_fini(&r->seats);
    while (r->spare) {
        struct state *next = r->spare->next_spare;
        free(r->spare);
        r->spare = next;
    }
    free(r);
    the_reassembler = NULL;
}
