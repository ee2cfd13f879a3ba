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
on_forget(void *ctx, struct esi_flow *flow)
{
    struct pipeline *pipeline = ctx;

    if (!flow->wanted)
        return;
    esi_reassembler_forget(pipeline->reassembler, flow);
    if (slot_of(flow))
        slot_forget(pipeline, slot_of(flow));
}

static void
on_finish(void *ctx, struct esi_flow *flow)
{
    struct pipeline *pipeline = ctx;

    if (flow->wanted)
        esi_reassembler_finish(pipeline->reassembler, flow);
}

static void
on_visit(struct pipeline *pipeline, const struct esi_visit *visit)
{
    tally_visit(pipeline, visit);
    if (visit->decoding.what != ESI_DECODED_TCP || !visit->flow->wanted)
        return;
    slots_expire(pipeline, visit->frame.ts);
    if (!visit->flow->session)
        visit->flow->session = slot_new(pipeline, visit->flow);
    if (slot_of(visit->flow))
        slot_visit(slot_of(visit->flow), visit);
    esi_reassembler_push(pipeline->reassembler, visit);
}

void
esi_pipeline_run(const struct esi_pipeline_config *config, struct esi_pipeline_result *out)
{
    struct pipeline pipeline = {.config = config};
    struct esi_visit visit;

    pipeline.reassembler = esi_reassembler_new(&(struct esi_reassembler_config){
        .capture_size = esi_capture_size(config->capture), .fn = on_stream, .ctx = &pipeline});
    pipeline.walk = esi_walk_new(
        config->capture,
        &(struct esi_walk_config){.ports = config->ports, .forget = on_forget, .ctx = &pipeline});
    while (esi_walk_next(pipeline.walk, &visit) == ESI_STEP_ITEM)
        on_visit(&pipeline, &visit);
    esi_walk_each(pipeline.walk, on_finish, &pipeline);
    slots_expire_all(&pipeline);
    out->input_whole = tally_tell(&pipeline);
    esi_walk_free(pipeline.walk);
    esi_reassembler_free(pipeline.reassembler);
    tally_free(&pipeline);
}
