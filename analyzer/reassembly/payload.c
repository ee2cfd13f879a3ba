/*
 * payload.c - what of a segment's payload belongs to the stream, and where.
 *
 * Cut off is what lies before the point where the flow was picked up, and what was delivered
 * already: the first copy of a byte stays; whether another copy says the same is looked up in
 * history.c. Left aside is what comes after the end and what lies absurdly far ahead.
 */
#include "ending_internal.h"
#include "mint_internal.h"
#include "payload_internal.h"

enum { LOST_MAX = 1 << 20 }; /* of one cut frame; offloaded segments stay far below */

/* arrival_of - false if nothing of the payload lies at or behind offset 0. */
static bool
arrival_of(const struct esi_visit *visit, struct state *state, struct arrival *out)
{
    const struct esi_segment *segment = &visit->segment;
    uint64_t lost = segment->payload_len - segment->payload.len;

    *out = (struct arrival){visit->offset, segment->payload, lost <= LOST_MAX ? lost : 0};
    if (!visit->before_base)
        return true;
    if (!visit->flow->side[visit->dir].syn_seen) /* else a keep-alive */
        delivery_quality(state)->before_base++;
    if (visit->before >= segment->payload.len)
        return false;
    out->offset = 0;
    out->bytes = esi_slice_cut(out->bytes, visit->before, SIZE_MAX);
    return true;
}

static void
judge_segment(const struct esi_visit *visit, struct state *state)
{
    const struct esi_segment *segment = &visit->segment;

    if (segment->payload.len < segment->payload_len)
        delivery_quality(state)->cut_frames++;
    if (visit->checksum == ESI_CHECKSUM_BAD || visit->checksum == ESI_CHECKSUM_UNFINISHED)
        delivery_quality(state)->bad_checksums++;
}

/* compare - with what came before. A keep-alive may carry any byte (RFC 9293 section 3.8.4). */
static void
compare(struct esi_reassembler *r, enum esi_dir dir, struct state *state,
        const struct arrival *arrival)
{
    const struct side *side = &state->side[dir];
    uint64_t end = arrival->offset + arrival->bytes.len;
    struct esi_conflict conflict;

    if (arrival->bytes.len == 1 && (end == side->delivered || end == side->trace.reach))
        return;
    if (!history_differs(&r->history, &side->trace, r->frame, arrival->offset, arrival->bytes,
                         &conflict))
        return;
    struct esi_reassembly_quality *quality = delivery_quality(state);
    conflict.dir = dir;
    quality->overlap_conflicts++;
    if (quality->conflict_count < ESI_CONFLICTS_KEPT)
        quality->conflicts[quality->conflict_count++] = conflict;
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

    if (offset <= side->delivered + ESI_AHEAD_MOST) {
        if (side->trouble)
            side->trouble->strays = 0;
        return true;
    }
    if (++delivery_trouble(r, side)->strays < ESI_STRAYS_MOST) {
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
        delivery_take(r, state, dir, &part, esi_slice_cut(arrival->bytes, done, part.len));
        done += part.len;
    } while (done < arrival->bytes.len);
}

bool
payload_arrives(struct esi_reassembler *r, const struct esi_visit *visit, struct state *state,
                struct arrival *out)
{
    struct side *side = &state->side[visit->dir];

    judge_segment(visit, state);
    if (!arrival_of(visit, state, out))
        return false;
    if (out->offset < side->trace.reach)
        compare(r, visit->dir, state, out);
    if (out->offset < side->delivered) {
        note_late(state, side, out);
        trim(out, side->delivered);
    }
    if (out->bytes.len + out->lost == 0)
        return false;
    if (out->offset <= side->delivered + ESI_AHEAD_MOST)
        history_add(&r->history, &side->trace, r->frame, out->offset, out->bytes);
    return true;
}

void
payload_deliver(struct esi_reassembler *r, struct state *state, enum esi_dir dir,
                struct arrival *arrival)
{
    struct side *side = &state->side[dir];

    if (arrival->offset < side->delivered)
        trim(arrival, side->delivered);
    if (arrival->bytes.len + arrival->lost == 0)
        return;
    if (state->fin_told[dir]) {
        delivery_quality(state)->after_end++;
        return;
    }
    if (!reachable(r, state, dir, arrival->offset))
        return;
    take_parts(r, state, dir, arrival);
    if (side->trouble)
        delivery_give_up(r, state, dir, 0);
}
