/*
 * resets.c - both ends of a connection that is reset are told so, behind the frame that decided it.
 *
 * Each RST bears the sequence number that its receiver expects next: all of it that the firewall
 * has forwarded without a hole, or that the receiver has acknowledged, in the frame that decided at
 * last (RFC 9293 section 3.10.7.4: any other is not acted upon). It acknowledges as much of the
 * other direction. It is modelled on the last frame that was forwarded that way, or, if none was,
 * on the last one of the other.
 *
 * Kept for flows that are going to be reset only, and until then.
 */
#include <stdlib.h>
#include <string.h>

#include "rewrite_internal.h"

/* One direction, by sequence number. */
struct side {
    struct rst_model model;
    bool known, opened;
    uint32_t next; /* that the receiver expects */
    uint32_t syn;  /* by which it was opened */
    bool ahead;    /* behind a hole, from ... to: */
    uint32_t ahead_from, ahead_to;
};

struct ending {
    struct side side[2]; /* by esi_dir */
};

static struct ending told; /* stands for: nothing more to do in that flow */

struct resets {
    const struct esi_rewrite_config *config;
    uint32_t snaplen;
    uint8_t bytes[2][RST_MOST];
    struct esi_buf comment;
};

struct resets *
resets_new(const struct esi_rewrite_config *config, uint32_t snaplen)
{
    struct resets *resets = esi_alloc(sizeof *resets);

    resets->config = config;
    resets->snaplen = snaplen;
    return resets;
}

static void
settle(struct esi_flow *flow)
{
    if (flow->session != &told)
        free(flow->session);
    flow->session = &told;
}

void
resets_forget(void *ctx, struct esi_flow *flow, bool evicted)
{
    (void)ctx;
    (void)evicted;
    settle(flow);
}

static void
forget_rest(void *ctx, struct esi_flow *flow)
{
    resets_forget(ctx, flow, false);
}

void
resets_free(struct resets *resets, struct esi_walk *walk)
{
    esi_walk_each(walk, forget_rest, NULL);
    esi_buf_free(&resets->comment);
    free(resets);
}

/* ---- what is expected next ---- */

/* is_behind - `one` comes later in the stream, in the arithmetic of sequence numbers. */
static bool
is_behind(uint32_t one, uint32_t other)
{
    return one != other && one - other < (uint32_t)ESI_TCP_WINDOW_MOST * 2;
}

static void
close_hole(struct side *side)
{
    if (!side->ahead || is_behind(side->ahead_from, side->next))
        return;
    if (is_behind(side->ahead_to, side->next))
        side->next = side->ahead_to;
    side->ahead = false;
}

static void
note_ahead(struct side *side, uint32_t from, uint32_t to)
{
    bool apart = is_behind(from, side->ahead_to) || is_behind(side->ahead_from, to);

    if (!side->ahead || (apart && is_behind(side->ahead_from, from))) {
        side->ahead = true;
        side->ahead_from = from;
        side->ahead_to = to;
    } else if (!apart) {
        side->ahead_from = is_behind(side->ahead_from, from) ? from : side->ahead_from;
        side->ahead_to = is_behind(to, side->ahead_to) ? to : side->ahead_to;
    }
}

/* opens - a SYN that comes again, late, takes nothing back. */
static bool
opens(struct side *side, const struct esi_segment *segment)
{
    if ((segment->flags & ESI_TCP_SYN) == 0 || (side->opened && side->syn == segment->seq))
        return false;
    side->opened = true;
    side->syn = segment->seq;
    return true;
}

static void
note_sent(struct side *side, const struct esi_segment *segment)
{
    uint32_t len = segment->payload_len + ((segment->flags & ESI_TCP_SYN) != 0) +
                   ((segment->flags & ESI_TCP_FIN) != 0);
    uint32_t end = segment->seq + len;

    if (opens(side, segment) || !side->known) {
        side->known = true;
        side->ahead = false;
        side->next = end;
    } else if (is_behind(segment->seq, side->next)) {
        if (len > 0)
            note_ahead(side, segment->seq, end);
    } else if (is_behind(end, side->next)) {
        side->next = end;
    }
    close_hole(side);
}

static void
note_acknowledged(struct side *side, uint32_t ack)
{
    if (!side->known || is_behind(ack, side->next))
        side->next = ack;
    side->known = true;
    close_hole(side);
}

static struct ending *
ending_of(struct esi_flow *flow)
{
    if (!flow->session)
        flow->session = esi_alloc(sizeof(struct ending));
    return flow->session;
}

/* note - a frame that was forwarded. */
static void
note(struct esi_flow *flow, const struct esi_visit *visit)
{
    const struct esi_segment *segment = &visit->segment;

    if (visit->corrupt || (segment->flags & ESI_TCP_RST))
        return;
    struct ending *ending = ending_of(flow);
    note_sent(&ending->side[visit->dir], segment);
    if (segment->flags & ESI_TCP_ACK)
        note_acknowledged(&ending->side[esi_dir_other(visit->dir)], segment->ack);
    rst_model_of(&ending->side[visit->dir].model, visit);
}

/* note_deciding - the frame that decided was not forwarded; but where nothing was captured before
 * it, it tells where the connection stands. */
static void
note_deciding(struct esi_flow *flow, const struct esi_visit *visit)
{
    struct ending *ending = ending_of(flow);
    struct side *own = &ending->side[visit->dir], *other = &ending->side[esi_dir_other(visit->dir)];

    if (visit->corrupt)
        return;
    if (!own->known)
        own->next = visit->segment.seq;
    own->known = true;
    if (visit->segment.flags & ESI_TCP_ACK)
        note_acknowledged(other, visit->segment.ack);
    if (!own->model.known && !other->model.known)
        rst_model_of(&own->model, visit);
}

/* ---- the frames ---- */

static void
put_made(void *ctx, const char *text)
{
    struct esi_buf *comment = ctx;
    static const char head[] = "esi ";

    if (comment->len > 0 || strncmp(text, head, sizeof head - 1) != 0)
        return;
    esi_buf_text(comment, "esi made=rst ");
    esi_buf_text(comment, text + sizeof head - 1);
}

static bool
make_one(struct resets *resets, const struct esi_visit *visit, enum esi_dir dir, struct made *out)
{
    const struct ending *ending = visit->flow->session;
    const struct esi_tuple *tuple = &visit->flow->tuple;
    const struct side *own = &ending->side[dir], *other = &ending->side[esi_dir_other(dir)];
    const struct rst_model *model = own->model.known ? &own->model : &other->model;
    struct rst_spec spec = {.src = dir == ESI_TO_SERVER ? tuple->client : tuple->server,
                            .dst = dir == ESI_TO_SERVER ? tuple->server : tuple->client,
                            .seq = own->next,
                            .ack = other->next,
                            .turned = model == &other->model};

    if (!own->known || !other->known || !model->known || model->linktype != visit->frame.linktype)
        return false;
    size_t len = rst_build(resets->bytes[dir], model, &spec);
    struct esi_frame *frame = &out->frames[out->count++];
    *frame = visit->frame;
    frame->number = 0;
    frame->wire_len = (uint32_t)len;
    frame->fcs_len = model->fcs_len;
    frame->bytes = (struct esi_slice){resets->bytes[dir], len};
    frame->bytes = esi_slice_cut(frame->bytes, 0, resets->snaplen);
    return true;
}

static void
make(struct resets *resets, const struct esi_visit *visit, struct made *out)
{
    note_deciding(visit->flow, visit);
    if (!make_one(resets, visit, ESI_TO_SERVER, out) ||
        !make_one(resets, visit, ESI_TO_CLIENT, out)) {
        out->count = 0;
        return;
    }
    esi_buf_clear(&resets->comment);
    esi_plan_notes(resets->config->plan, visit->flow->id, ESI_TO_SERVER, (struct esi_span){0, 0},
                   put_made, &resets->comment);
    if (resets->comment.len == 0) /* a plan's own words, or none */
        esi_buf_text(&resets->comment, "esi made=rst");
    out->comment = esi_buf_slice(&resets->comment);
}

void
resets_step(struct resets *resets, const struct esi_visit *visit, const struct patches *patches,
            struct made *out, struct esi_rewrite_stats *stats)
{
    struct esi_flow *flow = visit->flow;

    out->count = 0;
    if (!flow || !flow->wanted || flow->session == &told)
        return;
    const struct esi_cut *cut = planned_cut(resets->config, flow->id);
    bool wanted = patches->fate != FATE_LEFT_OUT || patches->dropped;
    if (!cut || !cut->reset || cut->told[0] > 0 || !wanted)
        return;
    if (visit->frame.number < cut->frame) {
        if (!patches->dropped)
            note(flow, visit);
        return;
    }
    make(resets, visit, out);
    settle(flow);
    stats->resets_missing += out->count == 0;
    stats->frames_made += out->count;
    stats->comments_lost += resets->config->format == ESI_REWRITE_PCAP ? out->count : 0;
    stats->frames_written += out->count;
}
