/*
 * inspections.c - the counters of the inspections in force: what a box would have counted.
 *
 * All but two are a fold of the verdicts that are not counterfactual, each by the frame that
 * decided it; packets are counted as they reach the engine, and sessions that go over to TLS when
 * the engine says so. What counts where is told with struct esi_inspection, and how sure that is in
 * report/counters.def. Memory does not depend on the capture's length: of a counter's frames the
 * first are kept; and inspections that no session falls under, of which a configuration may have
 * many, share the zeros of their matches.
 */
#include <stdlib.h>

#include "pipeline_internal.h"

/* Which counter of the Inspect line an action turns. */
enum fate { FATE_PASSED, FATE_DROPPED, FATE_RESET };
static const enum fate fates[ESI_ACTION_COUNT] = {
    [ESI_ACTION_DROP_CONNECTION] = FATE_DROPPED,
    [ESI_ACTION_RATE_LIMIT] = FATE_DROPPED,
    [ESI_ACTION_RESET] = FATE_RESET,
};

void
inspections_start(struct pipeline *pipeline)
{
    const struct esi_policy *policy = pipeline->config->policy;
    size_t count = esi_policy_place_count(policy), most = 0;

    pipeline->inspections = esi_alloc((count + 1) * sizeof *pipeline->inspections);
    pipeline->inspection_count = count;
    for (size_t i = 0; i < count; i++) {
        const struct esi_place_in_force *place = esi_policy_place_at(policy, i);
        pipeline->inspections[i] = (struct esi_inspection){.interface = place->interface,
                                                           .policy_map = place->policy_map,
                                                           .class_map = place->class_map,
                                                           .protocol = place->protocol,
                                                           .map = place->map};
        most = place->map->match_count > most ? place->map->match_count : most;
    }
    pipeline->no_matches = esi_alloc((most + 1) * sizeof *pipeline->no_matches);
    for (size_t i = 0; i < count; i++)
        pipeline->inspections[i].matches = pipeline->no_matches;
}

struct esi_inspection *
inspections_enter(struct pipeline *pipeline, size_t place)
{
    struct esi_inspection *inspection = &pipeline->inspections[place];

    if (inspection->matches == pipeline->no_matches)
        inspection->matches =
            esi_alloc((inspection->map->match_count + 1) * sizeof *inspection->matches);
    return inspection;
}

/* keep - the lowest numbers, in order: sessions are told as they end, not as they began. */
static void
keep(struct esi_counter *counter, uint64_t frame)
{
    size_t kept = esi_counter_kept(counter);
    bool full = kept == ESI_COUNTER_FRAMES;
    size_t at = full ? kept - 1 : kept;

    if (full && counter->frames[at] < frame)
        return;
    if (!counter->frames)
        counter->frames = esi_alloc(ESI_COUNTER_FRAMES * sizeof *counter->frames);
    for (; at > 0 && counter->frames[at - 1] > frame; at--)
        counter->frames[at] = counter->frames[at - 1];
    counter->frames[at] = frame;
}

/* add - one more, because of that frame. Frames of a session come in order, so that those of one
 * counter which are the same come one behind the other. */
static void
add(struct esi_counter *counter, uint64_t frame)
{
    counter->count++;
    if (counter->frame_count > 0 && counter->last_frame == frame)
        return;
    counter->last_frame = frame;
    keep(counter, frame);
    counter->frame_count++;
}

/* add_once - unless the frame turned it already. */
static void
add_once(struct esi_counter *counter, uint64_t frame)
{
    if (counter->frame_count == 0 || counter->last_frame != frame)
        add(counter, frame);
}

/* ---- what reaches the engine ---- */

/* count_packet - a segment may come in several events, and several that waited by one frame. */
static void
count_packet(struct slot *slot, const struct esi_stream_event *event)
{
    if (!slot->fed_open || slot->fed_frame != event->frame)
        add(&slot->inspection->packet, event->frame);
    slot->fed_frame = event->frame;
    slot->fed_open = !event->ends_segment;
}

void
inspections_feed(struct slot *slot, const struct esi_stream_event *event, struct esi_outcomes *out)
{
    const struct esi_session_result *result = esi_session_result(slot->session);
    bool over = result->cut || result->tls;

    if (event->kind == ESI_STREAM_DATA && !over)
        count_packet(slot, event);
    esi_session_feed(slot->session, event, out);
    if (!over && result->tls && !result->divergence.found &&
        esi_map_on(slot->info.map, ESI_PARAMETER_ALLOW_TLS))
        add(&slot->inspection->parameter[ESI_PARAMETER_ALLOW_TLS], event->frame);
}

/* ---- verdicts ---- */

/* count_parameter - of what is by no match: which parameter's it is, if any. */
static void
count_parameter(struct slot *slot, const struct esi_outcome *outcome)
{
    const struct esi_verdict *verdict = &outcome->u.verdict;
    struct esi_inspection *inspection = slot->inspection;
    bool banner = verdict->what == ESI_WHAT_GREETING &&
                  esi_map_on(inspection->map, ESI_PARAMETER_MASK_BANNER);
    enum esi_parameter_kind kind = ESI_PARAMETER_MASK_BANNER;

    if (banner) {
        if (!slot->greeting_counted)
            add(&inspection->parameter[kind], outcome->frame);
        slot->greeting_counted = true;
        return;
    }
    while (kind < ESI_PARAMETER_COUNT &&
           (!inspection->map->parameter[kind].on ||
            inspection->map->parameter[kind].rule.words != verdict->rule.words))
        kind++;
    if (kind == ESI_PARAMETER_COUNT)
        return;
    if (kind != ESI_PARAMETER_ALLOW_TLS)
        add_once(&inspection->parameter[kind], outcome->frame);
    if (verdict->log || verdict->action == ESI_ACTION_LOG)
        add(&inspection->logged[kind], outcome->frame);
}

void
inspections_verdict(struct slot *slot, const struct esi_outcome *outcome)
{
    const struct esi_verdict *verdict = &outcome->u.verdict;
    struct esi_inspection *inspection = slot->inspection;
    enum fate fate = fates[verdict->action];

    if (fate == FATE_DROPPED)
        add_once(&inspection->drop, outcome->frame);
    if (fate == FATE_RESET)
        add_once(&inspection->reset_drop, outcome->frame);
    if (verdict->rule.class_no == 0) {
        count_parameter(slot, outcome);
        return;
    }
    struct esi_match_counter *match = &inspection->matches[verdict->rule.class_no - 1];
    match->hits++;
    add_once(&match->packet, outcome->frame);
}

/* ---- the end ---- */

static void
let_go(const struct pipeline *pipeline, struct esi_inspection *inspection)
{
    free(inspection->packet.frames);
    free(inspection->drop.frames);
    free(inspection->reset_drop.frames);
    for (size_t p = 0; p < ESI_PARAMETER_COUNT; p++) {
        free(inspection->parameter[p].frames);
        free(inspection->logged[p].frames);
    }
    if (inspection->matches == pipeline->no_matches)
        return;
    for (size_t m = 0; m < inspection->map->match_count; m++)
        free(inspection->matches[m].packet.frames);
    free(inspection->matches);
}

void
inspections_free(struct pipeline *pipeline)
{
    for (size_t i = 0; i < pipeline->inspection_count; i++)
        let_go(pipeline, &pipeline->inspections[i]);
    free(pipeline->inspections);
    free(pipeline->no_matches);
}
