/*
 * locate.c - from stream offsets to the bytes of one packet: the only place that translates. Where
 * a packet came in fragments, fragments.c takes its bytes on to the frames.
 *
 * Each segment is looked up by itself, so retransmitted and overlapping segments carry the same
 * edited bytes. A TCP checksum follows its payload: computed anew where the segment was captured
 * whole (RFC 9293 section 3.1), by difference from the old bytes where it was not (RFC 1624). A
 * frame whose bytes come out as they were is left alone, its checksum included, wrong or not.
 *
 * Writes nothing; knows nothing of files.
 */
#include <stdlib.h>
#include <string.h>

#include "rewrite_internal.h"

enum { CHECKSUM_AT = 16 /* in the TCP header */ };

struct locator {
    const struct esi_plan *plan;
    struct esi_buf packet; /* as it will look */
    struct patch room[2];  /* payload, checksum */
};

/* What of a segment's captured payload lies in the stream. */
struct part {
    uint32_t at; /* in the packet */
    uint32_t len;
    uint64_t offset; /* in the stream */
};

struct locator *
locator_new(const struct esi_plan *plan)
{
    struct locator *locator = esi_alloc(sizeof *locator);

    locator->plan = plan;
    return locator;
}

void
locator_free(struct locator *locator)
{
    if (!locator)
        return;
    esi_buf_free(&locator->packet);
    free(locator);
}

static bool
behind_cut(const struct esi_plan *plan, const struct esi_visit *visit)
{
    const struct esi_cut *cut = esi_plan_cut_of(plan, visit->flow->id);

    if (!cut)
        return false;
    return visit->frame.number >= cut->frame ||
           (visit->segment.payload_len > 0 && visit->dir == cut->dir && !visit->before_base &&
            visit->offset + visit->segment.payload_len > cut->offset);
}

/* is_discarded - a segment that also opens or ends the connection passes, with its payload. */
static bool
is_discarded(const struct esi_plan *plan, const struct esi_visit *visit)
{
    struct esi_span span = {visit->offset, visit->segment.payload_len};

    return (visit->segment.flags & (ESI_TCP_FIN | ESI_TCP_SYN | ESI_TCP_RST)) == 0 &&
           !visit->before_base && esi_plan_discards(plan, visit->flow->id, visit->dir, span);
}

static struct part
part_of(const struct esi_visit *visit)
{
    const struct esi_segment *segment = &visit->segment;
    uint32_t len = (uint32_t)segment->payload.len;
    uint32_t before = visit->before < len ? visit->before : len;

    return (struct part){segment->payload_at + before, len - before, visit->offset};
}

static uint16_t
get_word(const uint8_t *bytes, uint32_t at, size_t len)
{
    return (uint16_t)(bytes[at] << 8 | (at + 1 < len ? bytes[at + 1] : 0));
}

/* adjust_checksum - words are counted from the TCP header on. Of a word that the capture cuts in
 * half the missing byte is the same before and after, so that it may stand as zero. */
static uint16_t
adjust_checksum(const struct esi_visit *visit, const uint8_t *changed, uint32_t from, uint32_t end)
{
    const struct esi_slice old = visit->segment.packet;
    uint32_t tcp_at = visit->segment.tcp_at;
    uint16_t sum = get_word(old.ptr, tcp_at + CHECKSUM_AT, old.len);

    for (uint32_t at = from - ((from - tcp_at) & 1); at < end; at += 2)
        sum = esi_checksum_adjust(sum, get_word(old.ptr, at, old.len),
                                  get_word(changed, at, old.len));
    return sum;
}

/* checksum_of - the receiver did not take a corrupt segment, and will not take it now. */
static uint16_t
checksum_of(const struct esi_visit *visit, const uint8_t *packet, const struct patch *payload,
            struct patches *out)
{
    const struct esi_segment *segment = &visit->segment;
    uint32_t end = payload->at + (uint32_t)payload->bytes.len;

    out->adjusted = segment->payload.len < segment->payload_len || visit->corrupt;
    return out->adjusted ? adjust_checksum(visit, packet, payload->at, end)
                         : esi_tcp_checksum(segment, packet);
}

/* payload_patch - from the first byte that changed to the last. */
static struct patch
payload_patch(const uint8_t *packet, const uint8_t *old, struct part part, struct patches *out)
{
    uint32_t first = part.at, end = part.at + part.len;

    while (packet[first] == old[first])
        first++;
    while (packet[end - 1] == old[end - 1])
        end--;
    for (uint32_t at = first; at < end; at++)
        out->bytes_changed += packet[at] != old[at];
    return (struct patch){first, {packet + first, end - first}};
}

static void
locate_edits(struct locator *locator, const struct esi_visit *visit, struct patches *out)
{
    struct part part = part_of(visit);
    esi_flow_id flow = visit->flow->id;

    if (!esi_plan_edits(locator->plan, flow, visit->dir, (struct esi_span){part.offset, part.len}))
        return;
    esi_buf_clear(&locator->packet);
    esi_buf_append(&locator->packet, visit->segment.packet);
    uint8_t *packet = locator->packet.data;
    if (!esi_plan_patch(locator->plan, flow, visit->dir, part.offset, packet + part.at, part.len))
        return;
    locator->room[0] = payload_patch(packet, visit->segment.packet.ptr, part, out);
    uint16_t sum = checksum_of(visit, packet, &locator->room[0], out);
    uint32_t at = visit->segment.tcp_at + CHECKSUM_AT;
    packet[at] = (uint8_t)(sum >> 8);
    packet[at + 1] = (uint8_t)sum;
    locator->room[1] = (struct patch){at, {packet + at, 2}};
    out->items = locator->room;
    out->count = ESI_COUNT(locator->room);
}

void
locate(struct locator *locator, const struct esi_visit *visit, struct patches *out)
{
    *out = (struct patches){0};
    if (!visit->flow || !esi_plan_touches(locator->plan, visit->flow->id))
        return;
    out->drop = behind_cut(locator->plan, visit) || is_discarded(locator->plan, visit);
    if (!out->drop)
        locate_edits(locator, visit, out);
}
