/*
 * admission.c - connection limits over the flows of the capture, mail or not.
 *
 * Only where the policy has limits at all: every TCP flow is then asked for at its first segment.
 */
#include "pipeline_internal.h"

void
admission_start(struct pipeline *pipeline)
{
    if (esi_policy_has_limits(pipeline->config->policy))
        pipeline->limiter = esi_limiter_new();
}

static void
open_flow(struct pipeline *pipeline, const struct esi_visit *visit)
{
    const struct esi_flow *flow = visit->flow;
    bool syn = visit->dir == ESI_TO_SERVER && (visit->segment.flags & ESI_TCP_SYN) != 0;
    struct esi_choice choice;

    esi_policy_choose(pipeline->config->policy, &flow->tuple, flow->first_ts, &choice);
    esi_limiter_open(pipeline->limiter, flow->id, &flow->tuple, &choice, syn, flow->first_ts);
}

/* A handshake is complete with the client's first segment behind its SYN. */
void
admission_visit(struct pipeline *pipeline, const struct esi_visit *visit)
{
    const struct esi_flow *flow = visit->flow;

    if (!pipeline->limiter || visit->decoding.what != ESI_DECODED_TCP || visit->corrupt)
        return;
    if (visit->first_of_flow)
        open_flow(pipeline, visit);
    else if (visit->dir == ESI_TO_SERVER && !(visit->segment.flags & ESI_TCP_SYN))
        esi_limiter_complete(pipeline->limiter, flow->id);
    if (flow->reset || (flow->side[ESI_TO_SERVER].fin_seen && flow->side[ESI_TO_CLIENT].fin_seen))
        esi_limiter_close(pipeline->limiter, flow->id);
}

static bool
refused_by(const struct esi_admission_why *why, enum esi_limit_kind one, enum esi_limit_kind other)
{
    return why->kind == one || why->kind == other;
}

bool
admission_refusal(const struct pipeline *pipeline, const struct esi_flow *flow,
                  struct esi_refusal *out)
{
    const struct esi_admission_why *why =
        pipeline->limiter ? esi_limiter_why(pipeline->limiter, flow->id) : NULL;

    if (!why)
        return false;
    *out = (struct esi_refusal){
        .intercepted = why->admission == ESI_INTERCEPTED,
        .frame = flow->first_frame,
        .ts = flow->first_ts,
        .rule = {esi_policy_limit_words(pipeline->config->policy, &why->limit, why->kind), 0,
                 why->limit.limits->at[why->kind].file, why->limit.limits->at[why->kind].line},
        .limit = {.half_open = refused_by(why, ESI_LIMIT_EMBRYONIC, ESI_LIMIT_CLIENT_EMBRYONIC),
                  .of_client =
                      refused_by(why, ESI_LIMIT_CLIENT_CONNECTIONS, ESI_LIMIT_CLIENT_EMBRYONIC),
                  .of_static = why->limit.by_server,
                  .count = why->count,
                  .most = why->most,
                  .half_open_now = why->half_open},
    };
    return true;
}

void
admission_forget(struct pipeline *pipeline, const struct esi_flow *flow)
{
    if (pipeline->limiter)
        esi_limiter_forget(pipeline->limiter, flow->id);
}
