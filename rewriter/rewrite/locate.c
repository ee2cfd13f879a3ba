/*
 * locate.c - from stream offsets to the bytes of one packet: the only place that translates. Where
 * a packet came in fragments, fragments.c takes its bytes on to the frames.
 *
 * Each segment is looked up by itself, so retransmitted and overlapping segments carry the same
 * edited bytes. A TCP checksum follows its payload: computed anew where the segment was captured
 * whole (RFC 9293 section 3.1), by difference from the old bytes where it was not (RFC 1624). A
 * frame whose bytes come out as they were is left alone, its checksum included, wrong or not,
 * unless all checksums are to be set right.
 *
 * What the firewall dropped and is written all the same stays as captured: nothing was written into
 * it.
 *
 * Writes nothing; knows nothing of files.
 */
#include <stdlib.h>
#include <string.h>

#include "rewrite_internal.h"

enum { CHECKSUM_AT = 16 /* in the TCP header */ };

struct locator {
    const struct esi_rewrite_config *config;
    struct esi_buf packet;  /* as it will look */
    struct esi_buf comment; /* lines */
    struct patch room[2];   /* payload, checksum */
};

/* What of a segment's captured payload lies in the stream. */
struct part {
    uint32_t at; /* in the packet */
    uint32_t len;
    uint64_t offset; /* in the stream */
};

struct locator *
locator_new(const struct esi_rewrite_config *config)
{
    struct locator *locator = esi_alloc(sizeof *locator);

    locator->config = config;
    return locator;
}

void
locator_free(struct locator *locator)
{
    if (!locator)
        return;
    esi_buf_free(&locator->packet);
    esi_buf_free(&locator->comment);
    free(locator);
}

/* Of what the analysis finds itself, only a cut in front of the divergence is planned; one may lie
 * behind where a former pass told of it. */
const struct esi_cut *
planned_cut(const struct esi_rewrite_config *config, esi_flow_id flow)
{
    const char *why;
    const struct esi_cut *cut = esi_plan_cut_of(config->plan, flow);
    uint64_t diverged =
        cut && config->after != ESI_AFTER_KEEP ? esi_plan_divergence(config->plan, flow, &why) : 0;

    return diverged > 0 && diverged < cut->frame ? NULL : cut;
}

static bool
behind_cut(const struct esi_rewrite_config *config, const struct esi_visit *visit)
{
    const struct esi_cut *cut = planned_cut(config, visit->flow->id);

    if (!cut || visit->frame.number == cut->told[0] || visit->frame.number == cut->told[1])
        return false;
    return visit->frame.number >= cut->frame ||
           (visit->segment.payload_len > 0 && visit->dir == cut->dir && !visit->before_base &&
            visit->offset + visit->segment.payload_len > cut->offset);
}

static bool
in_view(const struct locator *locator, enum esi_dir dir)
{
    static const bool shown[][2] = {
        [ESI_VIEW_BOTH] = {true, true},
        [ESI_VIEW_TO_SERVER] = {[ESI_TO_SERVER] = true},
        [ESI_VIEW_TO_CLIENT] = {[ESI_TO_CLIENT] = true},
    };

    return shown[locator->config->view][dir];
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

static bool
is_whole(const struct esi_segment *segment)
{
    return segment->payload.ptr && segment->payload.len >= segment->payload_len;
}

/* is_adjusted - the receiver did not take a corrupt segment, and will not take it now. */
static bool
is_adjusted(const struct locator *locator, const struct esi_visit *visit)
{
    enum esi_rewrite_checksums mode = locator->config->checksums;

    return !is_whole(&visit->segment) || mode == ESI_CHECKSUMS_ADJUST ||
           (mode == ESI_CHECKSUMS_RECOMPUTE && visit->corrupt);
}

static uint16_t
checksum_of(const struct locator *locator, const struct esi_visit *visit, struct patches *out)
{
    const struct patch *payload = &locator->room[0];
    const uint8_t *packet = locator->packet.data;
    uint32_t end = payload->at + (uint32_t)payload->bytes.len;

    out->adjusted = is_adjusted(locator, visit);
    return out->adjusted ? adjust_checksum(visit, packet, payload->at, end)
                         : esi_tcp_checksum(&visit->segment, packet);
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
    return (struct patch){first, false, {packet + first, end - first}};
}

static void
locate_edits(struct locator *locator, const struct esi_visit *visit, struct patches *out)
{
    const struct esi_plan *plan = locator->config->plan;
    struct part part = part_of(visit);
    esi_flow_id flow = visit->flow->id;

    if (!in_view(locator, visit->dir) ||
        !esi_plan_edits(plan, flow, visit->dir, (struct esi_span){part.offset, part.len}))
        return;
    esi_buf_clear(&locator->packet);
    esi_buf_append(&locator->packet, visit->segment.packet);
    uint8_t *packet = locator->packet.data;
    if (!esi_plan_patch(plan, flow, visit->dir, part.offset, packet + part.at, part.len))
        return;
    locator->room[0] = payload_patch(packet, visit->segment.packet.ptr, part, out);
    uint16_t sum = checksum_of(locator, visit, out);
    uint32_t at = visit->segment.tcp_at + CHECKSUM_AT;
    packet[at] = (uint8_t)(sum >> 8);
    packet[at + 1] = (uint8_t)sum;
    locator->room[1] = (struct patch){at, true, {packet + at, 2}};
    out->items = locator->room;
    out->count = ESI_COUNT(locator->room);
}

/* locate_checksum - of a segment of which nothing else changes. */
static void
locate_checksum(struct locator *locator, const struct esi_visit *visit, struct patches *out)
{
    const struct esi_segment *segment = &visit->segment;

    if (visit->decoding.what != ESI_DECODED_TCP || !is_whole(segment)) {
        out->checksum_left =
            visit->decoding.what == ESI_DECODED_TCP || visit->decoding.what == ESI_DECODED_TCP_CUT;
        return;
    }
    if (esi_tcp_checksum_check(segment) == ESI_CHECKSUM_GOOD)
        return;
    uint16_t sum = esi_tcp_checksum(segment, segment->packet.ptr);
    esi_buf_clear(&locator->packet);
    esi_buf_byte(&locator->packet, (uint8_t)(sum >> 8));
    esi_buf_byte(&locator->packet, (uint8_t)sum);
    locator->room[0] =
        (struct patch){segment->tcp_at + CHECKSUM_AT, true, esi_buf_slice(&locator->packet)};
    out->items = locator->room;
    out->count = 1;
    out->only_checksum = true;
}

static void
put_line(void *ctx, const char *text)
{
    struct esi_buf *comment = ctx;

    if (text[0] == '\0')
        return;
    if (comment->len > 0)
        esi_buf_byte(comment, '\n');
    esi_buf_text(comment, text);
}

static void
put_dropped(void *ctx, const char *text)
{
    put_line(ctx, text);
    esi_buf_text(ctx, " dropped");
}

/* put_comment - every verdict that had a hand in it, then whether it could have come about. */
static void
put_comment(struct locator *locator, const struct esi_visit *visit, bool cut, const char *diverged,
            struct patches *out)
{
    struct part part = part_of(visit);
    struct esi_span span = {part.offset, part.len};

    out->comment_lost = locator->config->format == ESI_REWRITE_PCAP;
    if (out->comment_lost && !locator->config->proof.path)
        return;
    if (cut)
        span.len = 0;
    else if (out->dropped)
        span.len = visit->segment.payload_len;
    esi_buf_clear(&locator->comment);
    if (out->dropped || out->count > 0)
        esi_plan_notes(locator->config->plan, visit->flow->id, visit->dir, span,
                       out->dropped ? put_dropped : put_line, &locator->comment);
    if (diverged)
        put_line(&locator->comment, diverged);
    out->comment = esi_buf_slice(&locator->comment);
}

/* behind_divergence - NULL: it is not; else the words for it. */
static const char *
behind_divergence(const struct locator *locator, const struct esi_visit *visit)
{
    const char *why = NULL;
    uint64_t frame = esi_plan_divergence(locator->config->plan, visit->flow->id, &why);

    return frame > 0 && visit->frame.number >= frame ? why : NULL;
}

static void
locate_planned(struct locator *locator, const struct esi_visit *visit, struct patches *out)
{
    const struct esi_rewrite_config *config = locator->config;
    bool cut = behind_cut(config, visit);
    const char *diverged =
        config->after == ESI_AFTER_KEEP ? NULL : behind_divergence(locator, visit);

    out->dropped = cut || (in_view(locator, visit->dir) && is_discarded(config->plan, visit));
    if (out->dropped && !config->keep_dropped)
        out->fate = FATE_DROPPED;
    else if (diverged && config->after == ESI_AFTER_CUT)
        out->fate = FATE_LEFT_OUT;
    out->diverged = diverged != NULL;
    if (out->fate != FATE_WRITTEN && !config->proof.path)
        return;
    if (out->fate == FATE_WRITTEN && !out->dropped)
        locate_edits(locator, visit, out);
    out->marked = out->fate == FATE_WRITTEN && (out->dropped || diverged);
    if (out->dropped || diverged || out->count > 0)
        put_comment(locator, visit, cut, diverged, out);
}

static bool
is_wanted(const struct esi_rewrite_config *config, const struct esi_visit *visit)
{
    return !config->flow_wanted ||
           (visit->flow && config->flow_wanted(config->flow_wanted_ctx, visit->flow->id));
}

void
locate(struct locator *locator, const struct esi_visit *visit, struct patches *out)
{
    const struct esi_rewrite_config *config = locator->config;

    *out = (struct patches){0};
    if (!is_wanted(config, visit)) {
        out->fate = FATE_LEFT_OUT;
        return;
    }
    if (visit->flow && visit->flow->wanted && esi_plan_touches(config->plan, visit->flow->id))
        locate_planned(locator, visit, out);
    if (config->checksums == ESI_CHECKSUMS_ALL && out->fate == FATE_WRITTEN && out->count == 0)
        locate_checksum(locator, visit, out);
}
