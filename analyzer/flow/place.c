/*
 * place.c - where a segment lies in its stream, and whether it arrived whole (RFC 9293 section
 * 3.1).
 */
#include "flow_internal.h"

/* set_base - by the side's SYN, or else by what its peer acknowledged first, or by its first
 * segment. As long as no byte of the stream was seen, a SYN may correct what was there before. An
 * RST's sequence number is often 0: it tells nothing. */
static void
set_base(struct esi_flow_side *side, const struct esi_segment *segment, uint32_t start)
{
    if (segment->flags & ESI_TCP_SYN) {
        if (!side->based || (side->reached == 0 && !side->fin_seen))
            *side = (struct esi_flow_side){.based = true, .base = start};
        side->syn_seen |= side->base == start;
    } else if (!side->based && !(segment->flags & ESI_TCP_RST)) {
        side->based = true;
        if (!side->hinted || start - side->base > ESI_TCP_WINDOW_MOST)
            side->base = start;
    }
}

/* is_stray - so far ahead that it hardly belongs to the stream; several in a row do. */
static bool
is_stray(struct esi_flow_side *side, uint64_t offset)
{
    if (offset <= side->reached + ESI_AHEAD_MOST || ++side->strays == ESI_STRAYS_MOST) {
        side->strays = 0;
        return false;
    }
    return true;
}

/* payload_start - the sequence number of the first byte behind a SYN, if there is one. */
static uint32_t
payload_start(const struct esi_segment *segment)
{
    return segment->seq + (segment->flags & ESI_TCP_SYN ? 1 : 0);
}

/* find_place - where the payload lies in the stream, as far as that is known. */
static void
find_place(const struct esi_flow_side *side, struct esi_visit *visit)
{
    uint32_t start = payload_start(&visit->segment), len = visit->segment.payload_len;

    visit->offset = 0;
    visit->before = 0;
    visit->before_base =
        !side->based || !offset_of(side->base, side->reached, start, &visit->offset);
    if (visit->before_base)
        visit->before = side->based && side->base - start < len ? side->base - start : len;
}

/* place_payload - the segment's own direction: where in the stream it lies. */
static void
place_payload(struct esi_flow_side *side, struct esi_visit *visit)
{
    const struct esi_segment *segment = &visit->segment;

    set_base(side, segment, payload_start(segment));
    find_place(side, visit);
    if (visit->before_base || (segment->flags & ESI_TCP_RST) || is_stray(side, visit->offset))
        return;
    uint64_t end = visit->offset + segment->payload_len;
    if (end > side->reached)
        side->reached = end;
    if ((segment->flags & ESI_TCP_FIN) && !side->fin_seen) {
        side->fin_seen = true;
        side->fin_at = end;
    }
}

/* place_ack - the other direction: how much of it has arrived. A FIN counts as a byte to TCP, not
 * in the stream. */
static void
place_ack(struct esi_flow_side *other, const struct esi_flow_side *own, struct esi_visit *visit)
{
    const struct esi_segment *segment = &visit->segment;

    /* Whose own SYN was captured acknowledges first what the other's SYN, which was not, began. */
    if (!other->based && !other->hinted && own->syn_seen && (segment->flags & ESI_TCP_ACK)) {
        other->hinted = true;
        other->base = segment->ack;
    }
    visit->ack_offset = 0;
    visit->ack_valid = (segment->flags & ESI_TCP_ACK) && other->based &&
                       offset_of(other->base, other->reached, segment->ack, &visit->ack_offset);
    if (visit->ack_valid && other->fin_seen && visit->ack_offset > other->fin_at)
        visit->ack_offset = other->fin_at;
}

/* place_corrupt - where its header says that it lies, as nobody else is to believe. */
static void
place_corrupt(const struct esi_flow_side *side, struct esi_visit *visit)
{
    find_place(side, visit);
    visit->ack_valid = false;
    visit->ack_offset = 0;
}

enum sum { SUM_RIGHT, SUM_WRONG };

/* count_sum - both counts are halved when one is full, so that the last segments say the most. */
static void
count_sum(struct esi_flow_sums *sums, enum sum sum)
{
    uint8_t *count = sum == SUM_RIGHT ? &sums->right : &sums->wrong;

    if (*count == UINT8_MAX) {
        sums->right /= 2;
        sums->wrong /= 2;
    }
    ++*count;
}

/* note_sum - of a segment with payload. What a host's sessions begin with is noted of the host, for
 * those of its sessions of which nothing is known yet. */
static void
note_sum(struct esi_walk *walk, struct esi_flow_side *side, const struct esi_visit *visit)
{
    enum { KNOWN = 4 };
    enum sum sum = visit->checksum == ESI_CHECKSUM_GOOD ? SUM_RIGHT : SUM_WRONG;

    if (side->sums.right + side->sums.wrong < KNOWN)
        count_sum(hosts_sums(&walk->hosts, &visit->segment.src.ip), sum);
    count_sum(&side->sums, sum);
}

/*
 * is_corrupt - what the receiver did not take, for all the capture tells. A sender whose network
 * card computes the sums shows wrong ones throughout, or unfinished ones; so does a capture whose
 * payload was made unrecognisable. A wrong sum means something only if among the sender's segments
 * with payload the right ones are in the majority.
 */
static bool
is_corrupt(struct esi_walk *walk, struct esi_flow_side *side, struct esi_visit *visit)
{
    enum { COUNTS = ESI_TCP_SYN | ESI_TCP_FIN | ESI_TCP_RST }; /* more than an acknowledgement */
    const struct esi_segment *segment = &visit->segment;
    bool corrupt = false;

    visit->checksum = ESI_CHECKSUM_UNKNOWN;
    if (segment->payload_len == 0 && (segment->flags & COUNTS) == 0)
        return false;
    visit->checksum = esi_tcp_checksum_check(segment);
    if (visit->checksum == ESI_CHECKSUM_UNKNOWN)
        return false;
    if (visit->checksum == ESI_CHECKSUM_BAD) {
        const struct esi_flow_sums *sums = &side->sums;
        if (sums->right + sums->wrong == 0)
            sums = hosts_sums(&walk->hosts, &segment->src.ip);
        corrupt = sums->wrong < sums->right;
    }
    if (segment->payload_len > 0)
        note_sum(walk, side, visit);
    return corrupt;
}

void
place(struct esi_walk *walk, struct esi_flow *flow, struct esi_visit *visit)
{
    if (flow->wanted) {
        struct esi_flow_side *side = &flow->side[visit->dir];
        visit->corrupt = is_corrupt(walk, side, visit);
        if (visit->corrupt) {
            place_corrupt(side, visit);
            return;
        }
        place_payload(side, visit);
        place_ack(&flow->side[esi_dir_other(visit->dir)], side, visit);
        return;
    }
    visit->checksum = ESI_CHECKSUM_UNKNOWN;
    visit->corrupt = false;
    if (visit->segment.flags & ESI_TCP_FIN)
        flow->side[visit->dir].fin_seen = true;
    visit->before_base = visit->ack_valid = false;
    visit->offset = visit->ack_offset = visit->before = 0;
}
