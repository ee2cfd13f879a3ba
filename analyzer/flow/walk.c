/*
 * walk.c - every frame with its segment, its flow and its place in the stream.
 *
 * When a known 4-tuple starts another flow is Wireshark's word (4.0, packet-tcp.c), so that
 * numbers agree: a SYN without ACK whose sequence number differs from the sender's base. The base
 * is the sequence number of the sender's SYN, or one below that of its first segment, or, if its
 * peer was seen before it, one below what the peer acknowledged first; a SYN with ACK moves it.
 *
 * A flow that nobody wants costs its lookup and that bookkeeping, nothing more.
 */
#include <stdlib.h>

#include "flow_internal.h"

enum { ISN_KNOWN = 1 }; /* in esi_flow.numbering, shifted by esi_dir */

struct esi_walk *
esi_walk_new(struct esi_capture *capture, const struct esi_walk_config *config)
{
    struct esi_walk *walk = esi_alloc(sizeof *walk);

    walk->capture = capture;
    walk->config = *config;
    forget_init(walk);
    walk->decoder = esi_decoder_new();
    table_init(&walk->table);
    return walk;
}

static bool
is_syn(const struct esi_segment *segment)
{
    return (segment->flags & (ESI_TCP_SYN | ESI_TCP_ACK)) == ESI_TCP_SYN;
}

static bool
is_syn_ack(const struct esi_segment *segment)
{
    return (segment->flags & (ESI_TCP_SYN | ESI_TCP_ACK)) == (ESI_TCP_SYN | ESI_TCP_ACK);
}

static bool
client_sent(const struct esi_walk *walk, const struct esi_segment *segment)
{
    if (endpoint_eq(&segment->src, &segment->dst))
        return true; /* who talks to himself has one side only, and table_find takes this one */
    if (segment->flags & ESI_TCP_SYN)
        return is_syn(segment);
    bool from_server = esi_ports_has(walk->config.ports, segment->src.port);
    bool to_server = esi_ports_has(walk->config.ports, segment->dst.port);
    if (from_server != to_server)
        return to_server;
    return segment->dst.port <= segment->src.port;
}

static bool
is_wanted(const struct esi_walk *walk, const struct esi_tuple *tuple, esi_nanos when)
{
    if (walk->config.wants)
        return walk->config.wants(walk->config.ctx, tuple, when);
    return esi_ports_has(walk->config.ports, tuple->server.port);
}

static void
name_sides(struct esi_flow *flow, struct esi_visit *visit, bool from_client)
{
    const struct esi_segment *segment = &visit->segment;

    visit->dir = from_client ? ESI_TO_SERVER : ESI_TO_CLIENT;
    flow->tuple.client = from_client ? segment->src : segment->dst;
    flow->tuple.server = from_client ? segment->dst : segment->src;
}

/* begin - names and numbers a flow by its first segment. */
static void
begin(struct esi_walk *walk, struct entry *entry, struct esi_visit *visit)
{
    const struct esi_segment *segment = &visit->segment;
    struct esi_flow *flow = &entry->flow;

    name_sides(flow, visit, client_sent(walk, segment));
    flow->id = (esi_flow_id)++walk->begun;
    flow->first_frame = visit->frame.number;
    flow->first_ts = visit->frame.ts;
    flow->wanted = is_wanted(walk, &flow->tuple, flow->first_ts);
    if (!flow->wanted && (segment->flags & ESI_TCP_SYN) == 0) {
        /* Ports are but a guess at who serves: if only the other way round somebody wants the
         * flow, that is how it is. */
        struct esi_tuple turned = {.client = flow->tuple.server, .server = flow->tuple.client};

        flow->wanted = is_wanted(walk, &turned, flow->first_ts);
        if (flow->wanted)
            name_sides(flow, visit, visit->dir == ESI_TO_CLIENT);
    }
    visit->first_of_flow = true;
}

static struct entry *
begin_new(struct esi_walk *walk, uint32_t tag, struct esi_visit *visit)
{
    if (walk->table.count >= walk->bound)
        forget_some(walk, visit->frame.ts);
    struct entry *entry = table_add(&walk->table, tag);
    begin(walk, entry, visit);
    return entry;
}

/* begin_again - another flow takes the place of one with the same tuple, which can get no more. */
static void
begin_again(struct esi_walk *walk, struct entry *entry, struct esi_visit *visit)
{
    forget(walk, &entry->flow, false);
    *entry = (struct entry){.tag = entry->tag, .index = entry->index, .live = true};
    begin(walk, entry, visit);
}

static bool
is_reuse(const struct entry *entry, enum esi_dir dir, const struct esi_segment *segment)
{
    return is_syn(segment) && (entry->flow.numbering & ISN_KNOWN << dir) != 0 &&
           entry->isn[dir] != segment->seq;
}

static void
note_isn(struct entry *entry, enum esi_dir dir, const struct esi_segment *segment)
{
    uint8_t *numbering = &entry->flow.numbering;
    enum esi_dir other = esi_dir_other(dir);

    if (!(*numbering & ISN_KNOWN << dir) || is_syn_ack(segment)) {
        entry->isn[dir] = segment->flags & ESI_TCP_SYN ? segment->seq : segment->seq - 1;
        *numbering |= (uint8_t)(ISN_KNOWN << dir);
    }
    if (!(*numbering & ISN_KNOWN << other) && (segment->flags & ESI_TCP_ACK)) {
        entry->isn[other] = segment->ack - 1;
        *numbering |= (uint8_t)(ISN_KNOWN << other);
    }
}

/*
 * turn_round - in a simultaneous open (RFC 9293 section 3.5) both sides send a SYN, and the one
 * captured first says nothing of who serves. If only the other way round somebody wants the flow,
 * that is how it is.
 */
static void
turn_round(struct esi_walk *walk, struct entry *entry, struct esi_visit *visit)
{
    struct esi_flow *flow = &entry->flow;
    struct esi_tuple turned = {.client = flow->tuple.server, .server = flow->tuple.client};
    uint32_t isn = entry->isn[0];

    if (!is_wanted(walk, &turned, flow->first_ts) || flow->side[0].fin_seen ||
        flow->side[1].fin_seen)
        return;
    flow->tuple = turned;
    flow->wanted = true;
    flow->numbering = (uint8_t)((flow->numbering & 1) << 1 | (flow->numbering & 2) >> 1);
    entry->isn[0] = entry->isn[1];
    entry->isn[1] = isn;
    visit->dir = esi_dir_other(visit->dir);
}

static struct entry *
find_flow(struct esi_walk *walk, struct esi_visit *visit)
{
    enum { BOTH = ISN_KNOWN | ISN_KNOWN << 1 };
    uint32_t tag = table_tag(&walk->table, &visit->segment);
    struct entry *entry = table_find(&walk->table, tag, &visit->segment, &visit->dir);

    visit->first_of_flow = false;
    if (!entry)
        entry = begin_new(walk, tag, visit);
    else if (is_reuse(entry, visit->dir, &visit->segment))
        begin_again(walk, entry, visit);
    else if (!entry->flow.wanted && visit->dir == ESI_TO_CLIENT && is_syn(&visit->segment))
        turn_round(walk, entry, visit);
    if (entry->flow.numbering != BOTH || is_syn_ack(&visit->segment))
        note_isn(entry, visit->dir, &visit->segment);
    return entry;
}

enum esi_step
esi_walk_next(struct esi_walk *walk, struct esi_visit *out)
{
    enum esi_step step = esi_capture_next(walk->capture, &out->frame);

    if (step != ESI_STEP_ITEM)
        return step;
    out->flow = NULL;
    out->decoding = esi_decoder_frame(walk->decoder, &out->frame, &out->segment);
    if (out->decoding.what != ESI_DECODED_TCP)
        return ESI_STEP_ITEM;
    out->flow = &find_flow(walk, out)->flow;
    out->flow->last_frame = out->frame.number;
    out->flow->last_ts = out->frame.ts;
    if (walk->ahead.on)
        ahead_look(walk, out);
    place(walk, out->flow, out);
    out->flow->reset |= (out->segment.flags & ESI_TCP_RST) != 0 && !out->corrupt;
    out->flow->up |= (out->segment.flags & (ESI_TCP_SYN | ESI_TCP_RST)) == 0 && !out->corrupt;
    return ESI_STEP_ITEM;
}

uint64_t
esi_walk_flow_count(const struct esi_walk *walk)
{
    return walk->begun;
}

void
esi_walk_free(struct esi_walk *walk)
{
    if (!walk)
        return;
    table_free(&walk->table);
    esi_decoder_free(walk->decoder);
    free(walk);
}
