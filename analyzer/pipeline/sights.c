/*
 * sights.c - which frames carry bytes that a verdict changes, so that they can be found without
 * another walk.
 *
 * When a verdict comes, its bytes lie in segments that are still in the rings of carriers.c. What
 * may bring bytes of a verdict that was told before, and what is not put into a ring, is told as it
 * comes, whatever becomes of it.
 */
#include "pipeline_internal.h"

static void
tell(const struct pipeline *pipeline, const struct esi_sight *sight)
{
    pipeline->config->sight(pipeline->config->ctx, sight);
}

/* is_known - whether the frame will be in a ring when a verdict about its bytes comes, if one does.
 * Where a copy came before, or the gap they lay in was given up, it may have come already; behind
 * the session's end none comes. */
static bool
is_known(const struct esi_visit *visit)
{
    const struct slot *slot = visit->flow->session;

    if (visit->corrupt || visit->segment.payload.len == 0 || slot == session_over)
        return false;
    return !slot || visit->offset >= slot->carriers[visit->dir].judged;
}

void
sights_visit(const struct pipeline *pipeline, const struct esi_visit *visit)
{
    if (!pipeline->config->sight || visit->segment.payload_len == 0)
        return;
    if (visit->before > 0 && visit->before < visit->segment.payload.len)
        tell(pipeline, NULL);
    else if (visit->before == 0 && !is_known(visit))
        tell(pipeline, &(struct esi_sight){.frame = visit->frame.number,
                                           .offset = visit->offset,
                                           .flow = visit->flow->id,
                                           .dir = (uint8_t)visit->dir,
                                           .corrupt = visit->corrupt});
}

struct sighting {
    const struct pipeline *pipeline;
    const struct slot *slot;
    enum esi_dir dir;
};

static void
tell_carrier(void *ctx, const struct carrier *carrier)
{
    const struct sighting *sighting = ctx;

    tell(sighting->pipeline, &(struct esi_sight){.frame = carrier->frame,
                                                 .offset = carrier->offset,
                                                 .flow = sighting->slot->info.flow,
                                                 .dir = (uint8_t)sighting->dir});
}

static void
tell_span(const struct pipeline *pipeline, struct slot *slot, enum esi_dir dir,
          struct esi_span span)
{
    struct carriers *carriers = &slot->carriers[dir];

    if (span.offset < carriers->gone)
        tell(pipeline, NULL);
    if (span.offset + span.len > carriers->judged)
        carriers->judged = span.offset + span.len;
    carriers_each(carriers, span, tell_carrier, &(struct sighting){pipeline, slot, dir});
}

void
sights_outcomes(const struct pipeline *pipeline, struct slot *slot)
{
    if (!pipeline->config->sight)
        return;
    for (size_t i = slot->attached; i < slot->outcomes.len; i++) {
        const struct esi_outcome *outcome = &slot->outcomes.items[i];
        if (outcome->kind != ESI_OUTCOME_VERDICT)
            continue;
        switch (outcome->u.verdict.action) {
        case ESI_ACTION_MASK:
        case ESI_ACTION_REPLACE:
            tell_span(pipeline, slot, outcome->u.verdict.edit.dir, outcome->u.verdict.edit.span);
            break;
        case ESI_ACTION_DISCARD:
        case ESI_ACTION_RATE_LIMIT:
            tell_span(pipeline, slot, outcome->dir, outcome->span);
            break;
        default: /* the rest changes nothing, or cuts */
            break;
        }
    }
}

void
sights_session(const struct pipeline *pipeline, const struct slot *slot)
{
    if (pipeline->config->sight && slot->info.result && slot->info.result->cut)
        tell(pipeline, NULL);
}
