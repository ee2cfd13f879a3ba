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

enum {
    FLOWS_LEAST = 65536, /* below that, forgetting flows saves nothing worth the work */
};
/* A closed flow's late segments come within twice the longest life of a packet (RFC 9293 section
 * 3.4.2 has two minutes for one). Silent for two hours: RFC 1122 section 4.2.3.6 lets a peer ask
 * then whether the other is there. */
static const esi_nanos linger = (esi_nanos)240 * 1000000000;
static const esi_nanos silence = (esi_nanos)7200 * 1000000000;

enum { ISN_KNOWN = 1 }; /* in esi_flow.numbering, shifted by esi_dir */

struct esi_walk {
    struct esi_capture *capture;
    struct esi_walk_config config;
    struct esi_decoder *decoder;
    struct table table;
    size_t bound;   /* flows at which it is time to forget some */
    uint64_t begun; /* flows so far */
};

struct esi_walk *
esi_walk_new(struct esi_capture *capture, const struct esi_walk_config *config)
{
    struct esi_walk *walk = esi_alloc(sizeof *walk);

    walk->capture = capture;
    walk->config = *config;
    walk->bound = FLOWS_LEAST;
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
is_wanted(const struct esi_walk *walk, const struct esi_tuple *tuple)
{
    if (walk->config.wants)
        return walk->config.wants(walk->config.ctx, tuple);
    return esi_ports_has(walk->config.ports, tuple->server.port);
}

struct list {
    struct entry **items;
    size_t count, cap;
    esi_nanos now;
};

static void
list_add(struct list *list, struct entry *entry)
{
    list->items = esi_grow(list->items, &list->cap, list->count + 1, sizeof(struct entry *));
    list->items[list->count++] = entry;
}

static void
add_any(void *ctx, struct entry *entry)
{
    list_add(ctx, entry);
}

static bool
is_closed(const struct esi_flow *flow)
{
    return flow->reset || (flow->side[0].fin_seen && flow->side[1].fin_seen);
}

static void
add_if_over(void *ctx, struct entry *entry)
{
    struct list *list = ctx;
    esi_nanos patience = is_closed(&entry->flow) ? linger : silence;

    if (entry->flow.last_ts < list->now - patience)
        list_add(list, entry);
}

static int
compare_ids(const void *left, const void *right)
{
    const struct entry *a = *(struct entry *const *)left, *b = *(struct entry *const *)right;

    return a->flow.id < b->flow.id ? -1 : a->flow.id > b->flow.id;
}

static void
list_sort(struct list *list)
{
    if (list->count > 1)
        qsort(list->items, list->count, sizeof(struct entry *), compare_ids);
}

static void
forget(struct esi_walk *walk, struct esi_flow *flow)
{
    if (walk->config.forget)
        walk->config.forget(walk->config.ctx, flow);
}

/* sweep - forgets what is over. Only the capture decides when and what, so that every walk does
 * the same; the bound grows with what must stay, so that the work stays in proportion. */
static void
sweep(struct esi_walk *walk, esi_nanos now)
{
    struct list over = {.now = now};

    table_each(&walk->table, add_if_over, &over);
    list_sort(&over);
    for (size_t e = 0; e < over.count; e++)
        forget(walk, &over.items[e]->flow);
    if (over.count > 0)
        table_remove(&walk->table, over.items, over.count);
    free(over.items);
    walk->bound = walk->table.count * 2 > FLOWS_LEAST ? walk->table.count * 2 : FLOWS_LEAST;
}

/* begin - names and numbers a flow by its first segment. */
static void
begin(struct esi_walk *walk, struct entry *entry, struct esi_visit *visit)
{
    const struct esi_segment *segment = &visit->segment;
    struct esi_flow *flow = &entry->flow;

    visit->dir = client_sent(walk, segment) ? ESI_TO_SERVER : ESI_TO_CLIENT;
    flow->tuple.client = visit->dir == ESI_TO_SERVER ? segment->src : segment->dst;
    flow->tuple.server = visit->dir == ESI_TO_SERVER ? segment->dst : segment->src;
    flow->id = (esi_flow_id)++walk->begun;
    flow->first_frame = visit->frame.number;
    flow->first_ts = visit->frame.ts;
    flow->wanted = is_wanted(walk, &flow->tuple);
    visit->first_of_flow = true;
}

static struct entry *
begin_new(struct esi_walk *walk, uint32_t tag, struct esi_visit *visit)
{
    if (walk->table.count >= walk->bound)
        sweep(walk, visit->frame.ts);
    struct entry *entry = table_add(&walk->table, tag);
    begin(walk, entry, visit);
    return entry;
}

/* begin_again - another flow takes the place of one with the same tuple, which can get no more. */
static void
begin_again(struct esi_walk *walk, struct entry *entry, struct esi_visit *visit)
{
    forget(walk, &entry->flow);
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
    if (entry->flow.numbering != BOTH || is_syn_ack(&visit->segment))
        note_isn(entry, visit->dir, &visit->segment);
    return entry;
}

/* set_base - by the side's SYN, or else by its first segment. As long as no byte of the stream was
 * seen, a SYN may correct what was there before. An RST's sequence number is often 0: it tells
 * nothing. */
static void
set_base(struct esi_flow_side *side, const struct esi_segment *segment, uint32_t start)
{
    if (segment->flags & ESI_TCP_SYN) {
        if (!side->based || (side->reached == 0 && !side->fin_seen))
            *side = (struct esi_flow_side){.based = true, .base = start};
        side->syn_seen |= side->base == start;
    } else if (!side->based && !(segment->flags & ESI_TCP_RST)) {
        side->based = true;
        side->base = start;
    }
}

/* place_payload - the segment's own direction: where in the stream it lies. */
static void
place_payload(struct esi_flow_side *side, struct esi_visit *visit)
{
    const struct esi_segment *segment = &visit->segment;
    uint32_t start = segment->seq + (segment->flags & ESI_TCP_SYN ? 1 : 0);

    set_base(side, segment, start);
    visit->offset = 0;
    visit->before_base =
        !side->based || !offset_of(side->base, side->reached, start, &visit->offset);
    if (visit->before_base || (segment->flags & ESI_TCP_RST))
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
place_ack(const struct esi_flow_side *other, struct esi_visit *visit)
{
    visit->ack_offset = 0;
    visit->ack_valid =
        (visit->segment.flags & ESI_TCP_ACK) && other->based &&
        offset_of(other->base, other->reached, visit->segment.ack, &visit->ack_offset);
    if (visit->ack_valid && other->fin_seen && visit->ack_offset > other->fin_at)
        visit->ack_offset = other->fin_at;
}

static void
place(struct esi_flow *flow, struct esi_visit *visit)
{
    if (flow->wanted) {
        place_payload(&flow->side[visit->dir], visit);
        place_ack(&flow->side[esi_dir_other(visit->dir)], visit);
        return;
    }
    if (visit->segment.flags & ESI_TCP_FIN)
        flow->side[visit->dir].fin_seen = true;
    visit->before_base = visit->ack_valid = false;
    visit->offset = visit->ack_offset = 0;
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
    out->flow->reset |= (out->segment.flags & ESI_TCP_RST) != 0;
    place(out->flow, out);
    return ESI_STEP_ITEM;
}

void
esi_walk_each(struct esi_walk *walk, void (*fn)(void *ctx, struct esi_flow *flow), void *ctx)
{
    struct list all = {0};

    table_each(&walk->table, add_any, &all);
    list_sort(&all);
    for (size_t e = 0; e < all.count; e++)
        fn(ctx, &all.items[e]->flow);
    free(all.items);
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
