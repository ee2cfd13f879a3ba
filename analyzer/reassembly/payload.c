/*
 * payload.c - what of a segment's payload belongs to the stream, and where.
 *
 * Cut off is what lies before the point where the flow was picked up, and what was delivered
 * already: the first copy of a byte stays. Left aside is what comes after the end and what lies
 * absurdly far ahead.
 */
#include "ending_internal.h"
#include "mint_internal.h"
#include "payload_internal.h"

enum {
    LOST_MAX = 1 << 20,    /* of one cut frame; offloaded segments stay far below */
    AHEAD_MAX = 512 << 20, /* of what was delivered; libnids looks 1 GiB ahead */
    STRAYS_MAX = 8         /* segments too far ahead in a row: there is where the stream is */
};

/* A segment's payload, what lies before offset 0 cut off. */
struct arrival {
    uint64_t offset;
    struct esi_slice bytes;
    uint64_t lost; /* bytes behind them that the frame was too short for */
};

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
        delivery_quality(state)->before_base++;
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
        delivery_quality(state)->cut_frames++;
    if (esi_tcp_checksum_check(segment) == ESI_CHECKSUM_BAD)
        delivery_quality(state)->bad_checksums++;
}

static void
note_late(struct state *state, const struct side *side, const struct arrival *arrival)
{
    const struct trouble *trouble = side->trouble;

    for (size_t i = 0; trouble && i < GAPS_KEPT; i++) {
        const struct esi_span *gap = &trouble->gaps[i];
        if (arrival->offset < gap->offset + gap->len &&
            gap->offset < arrival->offset + arrival->bytes.len) {
            delivery_quality(state)->late_segments++;
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
    if (++delivery_trouble(r, side)->strays < STRAYS_MAX) {
        delivery_quality(state)->stray_segments++;
        return false;
    }
    delivery_give_up(r, state, dir, offset);
    return true;
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
        delivery_take(r, state, dir, &part, arrival->bytes.ptr + done);
        done += part.len;
    } while (done < arrival->bytes.len);
}

void
payload_take(struct esi_reassembler *r, const struct esi_visit *visit, struct state *state)
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
    if (state->fin_told[visit->dir]) {
        delivery_quality(state)->after_end++;
        return;
    }
    if (!reachable(r, state, visit->dir, arrival.offset))
        return;
    if (!state->stream && arrival.bytes.len > 0)
        ending_take_seat(r, state);
    state->sitter.used = r->frame;
    take_parts(r, state, visit->dir, &arrival);
    if (side->trouble)
        delivery_give_up(r, state, visit->dir, 0);
}
