/*
 * pipeline.c - the main path, wired: capture, walk, reassembler, engine, records.
 */
#include "pipeline_internal.h"

static struct slot *
slot_of(const struct esi_flow *flow)
{
    return flow->session == session_over ? NULL : flow->session;
}

static void
on_stream(void *ctx, struct esi_flow *flow, const struct esi_stream_event *event)
{
    struct pipeline *pipeline = ctx;
    struct slot *slot = slot_of(flow);

    if (!slot)
        return;
    slot_stream(pipeline, slot, event);
    if (slot->ended)
        slot_linger(pipeline, slot, event->ts);
}

static void
on_forget(void *ctx, struct esi_flow *flow, bool evicted)
{
    struct pipeline *pipeline = ctx;

    if (flow->number == 0) {
        admission_forget(pipeline, flow);
        return;
    }
    if (!flow->session)
        slot_tell_silent(pipeline, flow, ESI_STREAM_TIMEOUT, evicted);
    if (evicted)
        esi_reassembler_evict(pipeline->reassembler, flow);
    if (slot_of(flow))
        slot_note_quality(slot_of(flow));
    esi_reassembler_forget(pipeline->reassembler, flow);
    if (slot_of(flow))
        slot_forget(pipeline, slot_of(flow));
    if (evicted)
        slots_expire_all(pipeline);
    admission_forget(pipeline, flow);
}

static void
on_finish(void *ctx, struct esi_flow *flow)
{
    struct pipeline *pipeline = ctx;

    if (flow->number == 0)
        return;
    if (!flow->session)
        slot_tell_silent(pipeline, flow, ESI_STREAM_END, false);
    if (slot_of(flow))
        slot_note_quality(slot_of(flow));
    esi_reassembler_finish(pipeline->reassembler, flow);
}

static void
number(struct pipeline *pipeline, struct esi_flow *flow)
{
    struct esi_refusal refusal;

    flow->number = (uint32_t)++pipeline->sessions;
    if (!admission_refusal(pipeline, flow, &refusal) || refusal.intercepted)
        flow->connection = (uint32_t)++pipeline->connections;
}

static void
on_visit(struct pipeline *pipeline, const struct esi_visit *visit)
{
    pipeline->now = visit->frame.ts > pipeline->now ? visit->frame.ts : pipeline->now;
    if (pipeline->config->visit)
        pipeline->config->visit(pipeline->config->ctx, visit);
    tally_visit(pipeline, visit);
    admission_visit(pipeline, visit);
    if (visit->decoding.what != ESI_DECODED_TCP)
        return;
    pipeline->any_fragments |= visit->decoding.piece_count > 0;
    if (!visit->flow->wanted)
        return;
    pipeline->in_fragments |= visit->decoding.piece_count > 0;
    slots_expire(pipeline, visit->frame.ts);
    sights_visit(pipeline, visit);
    if (visit->flow->number == 0)
        number(pipeline, visit->flow);
    if (!visit->flow->session) {
        if (!esi_reassembler_begins(visit))
            return; /* until then it costs nothing but its flow: attempts may come in floods */
        visit->flow->session = slot_new(pipeline, visit->flow);
    }
    if (visit->flow->session == session_over)
        return;
    slot_visit(visit->flow->session, visit);
    esi_reassembler_push(pipeline->reassembler, visit);
    if (((struct slot *)visit->flow->session)->after)
        closing_note_late(visit->flow->session, visit);
    room_check(pipeline);
}

bool
esi_pipeline_wants(void *ctx, const struct esi_tuple *flow, esi_nanos when)
{
    struct esi_choice choice;

    esi_policy_choose(ctx, flow, when, &choice);
    return choice.smtp;
}

static bool
on_wants(void *ctx, const struct esi_tuple *flow, esi_nanos when)
{
    const struct pipeline *pipeline = ctx;

    return esi_pipeline_wants(pipeline->config->policy, flow, when);
}

/* on_soon - the walk has fetched the flow. A segment without payload does not reach the engine. */
static void
on_soon(void *ctx, const struct esi_flow *flow, bool payload, unsigned step)
{
    const struct slot *slot = slot_of(flow);

    (void)ctx;
    if (!slot)
        return;
    if (step == 0) {
        esi_reassembler_fetch(flow);
        esi_fetch(slot, offsetof(struct slot, info.quality.gaps));
    } else if (slot->session && payload) {
        esi_session_fetch(slot->session, step - 1);
    }
}

/* Half of what may grow with the traffic is the sessions', a quarter what waits behind holes, a
 * quarter the table of flows. */
size_t
esi_pipeline_flow_memory(size_t max_memory)
{
    return (max_memory > 0 ? max_memory : MEMORY_DEFAULT) / 4;
}

void
esi_pipeline_run(const struct esi_pipeline_config *config, struct esi_pipeline_result *out)
{
    struct pipeline pipeline = {.config = config};
    size_t memory = config->max_memory > 0 ? config->max_memory : MEMORY_DEFAULT;
    struct esi_visit visit;

    pipeline.room = memory / 2;
    inspections_start(&pipeline);
    admission_start(&pipeline);
    evidence_start(&pipeline);
    pipeline.reassembler = esi_reassembler_new(&(struct esi_reassembler_config){
        .queue_memory = memory / 4, .fn = on_stream, .ctx = &pipeline});
    pipeline.walk = esi_walk_new(
        config->capture,
        &(struct esi_walk_config){.memory = esi_pipeline_flow_memory(config->max_memory),
                                  .ports = config->ports,
                                  .wants = on_wants,
                                  .forget = on_forget,
                                  .soon = on_soon,
                                  .ctx = &pipeline});
    while (esi_walk_next(pipeline.walk, &visit) == ESI_STEP_ITEM)
        on_visit(&pipeline, &visit);
    esi_walk_each(pipeline.walk, on_finish, &pipeline);
    slots_expire_all(&pipeline);
    out->in_fragments = pipeline.in_fragments;
    out->any_fragments = pipeline.any_fragments;
    out->input_whole = tally_tell(&pipeline);
    esi_walk_free(pipeline.walk);
    esi_reassembler_free(pipeline.reassembler);
    esi_limiter_free(pipeline.limiter);
    tally_free(&pipeline);
    inspections_free(&pipeline);
    evidence_free(&pipeline);
}
