/*
 * slot.c - one session between the walk and the engine: its frames, its outcomes, its end.
 *
 * Outcomes are held back until the session ends, since a retransmission may still bring another
 * frame that carries their bytes; a session that says more than is held back is told in parts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline_internal.h"

static char over;
void *const session_over = &over;

static void
inspect(struct pipeline *pipeline, struct slot *slot)
{
    const struct esi_pipeline_config *config = pipeline->config;
    const struct esi_session_info *info = &slot->info;

    slot->turns = config->wants_turns && config->wants_turns(config->ctx, info->number);
    slot->session = esi_session_new(info->platform, info->map, slot->turns || slot->watch,
                                    info->quality.midstream);
}

/* attach - gives new outcomes the frames that carry them. */
static void
attach(struct slot *slot)
{
    for (; slot->attached < slot->outcomes.len; slot->attached++) {
        struct esi_outcome *outcome = &slot->outcomes.items[slot->attached];
        struct esi_arena *arena = &slot->outcomes.arena;
        if (outcome->kind == ESI_OUTCOME_TURN && outcome->u.turn.first_frame > 0) {
            attach_frame(outcome, outcome->u.turn.first_frame, arena);
            attach_frame(outcome, outcome->frame, arena);
        } else if (outcome->kind == ESI_OUTCOME_VERDICT &&
                   outcome->u.verdict.what == ESI_WHAT_CONNECTION) {
            attach_frame(outcome, outcome->frame, arena);
        } else {
            carriers_attach(&slot->carriers[outcome->dir], outcome, arena);
        }
    }
}

/* admit - or tell why not. */
static void
admit(struct pipeline *pipeline, struct slot *slot)
{
    struct esi_refusal refusal;

    if (!admission_refusal(pipeline, slot->flow, &refusal))
        return;
    slot->info.intercepted = refusal.intercepted;
    if (slot->session) {
        esi_session_refuse(slot->session, &refusal, &slot->outcomes);
        return;
    }
    slot->refused = esi_alloc(sizeof *slot->refused);
    esi_refusal_tell(&refusal, slot->refused, &slot->outcomes);
    slot->info.result = slot->refused->cut ? slot->refused : NULL;
    attach(slot);
}

struct slot *
slot_new(struct pipeline *pipeline, struct esi_flow *flow)
{
    struct slot *slot = esi_alloc(sizeof *slot);
    bool midstream = !flow->side[ESI_TO_SERVER].syn_seen && !flow->side[ESI_TO_CLIENT].syn_seen;

    slot->flow = flow;
    slot->info = (struct esi_session_info){
        .number = flow->number,
        .connection = flow->connection,
        .flow = flow->id,
        .tuple = flow->tuple,
        .first_frame = flow->first_frame,
        .start = flow->first_ts,
        .platform = esi_policy_platform(pipeline->config->policy),
        .last_frame = flow->last_frame,
        .end = flow->last_ts,
        .quality.midstream = midstream,
        .quality.side_seen = {flow->side[0].based, flow->side[1].based},
    };
    choice_make(pipeline, slot);
    evidence_watch(pipeline, slot);
    if (slot->info.inspected)
        inspect(pipeline, slot);
    admit(pipeline, slot);
    room_enter(pipeline, slot);
    return slot;
}

/* late_copy - bytes that come again: outcomes already made get the frame, too. */
static void
late_copy(struct slot *slot, enum esi_dir dir, struct esi_span span, uint64_t frame)
{
    for (size_t i = 0; i < slot->outcomes.len; i++) {
        struct esi_outcome *outcome = &slot->outcomes.items[i];
        if (outcome->dir == dir && span.offset < outcome->span.offset + outcome->span.len &&
            span.offset + span.len > outcome->span.offset)
            attach_frame(outcome, frame, &slot->outcomes.arena);
    }
}

static void
carry(struct slot *slot, enum esi_dir dir, struct esi_span span, uint64_t frame)
{
    struct carriers *carriers = &slot->carriers[dir];

    if (span.offset < carriers->end)
        late_copy(slot, dir, span, frame);
    if (!slot->ended)
        carriers_add(carriers, span.offset, (uint32_t)span.len, frame);
}

/* carry_pieces - of a payload that came in fragments, without its first bytes. */
static void
carry_pieces(struct slot *slot, const struct esi_visit *visit)
{
    const struct esi_segment *segment = &visit->segment;
    uint64_t first = segment->payload_at + visit->before,
             last = segment->payload_at + segment->payload.len;

    for (size_t p = 0; p < visit->decoding.piece_count; p++) {
        const struct esi_piece *piece = &visit->decoding.pieces[p];
        uint64_t from = piece->at > first ? piece->at : first;
        uint64_t to = piece->at + (uint64_t)piece->len < last ? piece->at + piece->len : last;
        if (from < to)
            carry(slot, visit->dir, (struct esi_span){visit->offset + from - first, to - from},
                  piece->frame);
    }
}

void
slot_visit(struct slot *slot, const struct esi_visit *visit)
{
    size_t len = visit->segment.payload.len;
    struct esi_span span = {visit->offset, visit->before < len ? len - visit->before : 0};

    slot->info.last_frame = visit->frame.number;
    slot->info.end = visit->frame.ts;
    slot->info.quality.side_seen[visit->dir] = true;
    slot->info.quality.fragment_conflicts += visit->decoding.contradicted && !visit->decoding.again;
    evidence_visit(slot, visit, span);
    if (span.len == 0 || !slot->session)
        return;
    if (visit->decoding.piece_count > 0)
        carry_pieces(slot, visit);
    else
        carry(slot, visit->dir, span, visit->frame.number);
}

static void
tell_outcomes(struct pipeline *pipeline, struct slot *slot)
{
    for (size_t i = 0; i < slot->outcomes.len; i++) {
        struct esi_outcome *outcome = &slot->outcomes.items[i];
        tally_outcome(pipeline, slot, outcome);
        pipeline->config->record(pipeline->config->ctx,
                                 &(struct esi_record){.kind = ESI_RECORD_OUTCOME,
                                                      .session = &slot->info,
                                                      .outcome = outcome});
    }
    esi_outcomes_clear(&slot->outcomes);
    slot->attached = 0;
}

/* keep_conflicts - the reassembler's are gone when the session is told. */
static void
keep_conflicts(struct slot *slot, const struct esi_reassembly_quality *from)
{
    struct esi_session_quality *to = &slot->info.quality;

    if (from->conflict_count == to->conflict_count)
        return;
    free(slot->conflicts);
    slot->conflicts = esi_alloc(from->conflict_count * sizeof *slot->conflicts);
    memcpy(slot->conflicts, from->conflicts, from->conflict_count * sizeof *slot->conflicts);
    to->conflicts = slot->conflicts;
    to->conflict_count = from->conflict_count;
}

/* As it is now; what comes behind the end may add to it. */
void
slot_note_quality(struct slot *slot)
{
    const struct esi_reassembly_quality *from = esi_reassembler_quality(slot->flow);
    struct esi_session_quality *to = &slot->info.quality;

    if (!from)
        return;
    keep_conflicts(slot, from);
    to->gaps = from->gaps;
    to->gap_bytes = from->gap_bytes;
    to->cut_frames = from->cut_frames;
    to->bad_checksums = from->bad_checksums;
    to->overlap_conflicts = from->overlap_conflicts;
    to->corrupt = from->corrupt_segments;
    to->doubtful = from->doubtful_segments;
    to->before_start = from->before_base;
    to->after_end = from->after_end;
    to->late = from->late_segments;
    to->stray = from->stray_segments;
    to->given_up = from->given_up;
    to->evicted = from->evicted;
}

static bool
is_end(enum esi_stream_kind kind)
{
    return kind == ESI_STREAM_CLOSE || kind == ESI_STREAM_RESET || kind == ESI_STREAM_TIMEOUT ||
           kind == ESI_STREAM_END;
}

static void
note_gap(struct slot *slot, const struct esi_stream_event *event)
{
    struct esi_session_quality *quality = &slot->info.quality;

    if (quality->gap_count == ESI_GAPS_KEPT)
        return;
    slot->gaps = esi_grow(slot->gaps, &slot->gap_cap, quality->gap_count + 1, sizeof *slot->gaps);
    slot->gaps[quality->gap_count++] = (struct esi_gap){event->dir, event->span};
    quality->gap_list = slot->gaps;
}

static void
feed(struct pipeline *pipeline, struct slot *slot, const struct esi_stream_event *event)
{
    if (slot->watch)
        evidence_feed(pipeline, slot, event);
    else
        inspections_feed(slot, event, &slot->outcomes);
    sights_outcomes(pipeline, slot);
    attach(slot);
    if (!slot->after)
        closing_note_cut(slot, event);
    if (event->kind == ESI_STREAM_DATA || event->kind == ESI_STREAM_GAP)
        carriers_trim(&slot->carriers[event->dir],
                      esi_session_low_water(slot->session, event->dir));
    if (slot->outcomes.len > HELD_MOST || slot->outcomes.arena.used > HELD_BYTES)
        tell_outcomes(pipeline, slot);
}

void
slot_stream(struct pipeline *pipeline, struct slot *slot, const struct esi_stream_event *event)
{
    const struct esi_pipeline_config *config = pipeline->config;

    if (event->kind == ESI_STREAM_DATA) {
        slot->info.bytes[event->dir] += event->bytes.len;
        if (config->bytes)
            config->bytes(config->ctx, &slot->info, event->dir, event->bytes);
    }
    if (event->kind == ESI_STREAM_GAP)
        note_gap(slot, event);
    if (slot->session)
        feed(pipeline, slot, event);
    else
        evidence_listen(pipeline, slot, event);
    if (is_end(event->kind)) {
        slot->ended = true;
        closing_note_end(slot, event);
        slot_note_quality(slot);
    }
}

size_t
slot_cost(const struct slot *slot)
{
    enum { BESIDES = 512 }; /* the reassembler's, and what the allocator adds to each of them */

    size_t engine = slot->session ? esi_session_memory(slot->session) : 0;

    return BESIDES + sizeof *slot + engine + closing_cost(slot) + evidence_cost(slot) +
           (slot->refused ? sizeof *slot->refused : 0) + slot->outcomes.arena.used +
           slot->outcomes.cap * sizeof *slot->outcomes.items +
           (slot->carriers[0].cap + slot->carriers[1].cap) * sizeof(struct carrier);
}

static void
slot_free(struct pipeline *pipeline, struct slot *slot)
{
    room_leave(pipeline, slot);
    esi_session_free(slot->session);
    esi_outcomes_free(&slot->outcomes);
    free(slot->conflicts);
    free(slot->gaps);
    free(slot->translation);
    free(slot->refused);
    closing_free(slot);
    evidence_forget(slot);
    carriers_free(&slot->carriers[ESI_TO_SERVER]);
    carriers_free(&slot->carriers[ESI_TO_CLIENT]);
    free(slot);
}

/* tell - the session's records, once. */
static void
tell(struct pipeline *pipeline, struct slot *slot)
{
    if (slot->told)
        return;
    slot->told = true;
    if (slot->flow)
        slot_note_quality(slot);
    evidence_tell(pipeline, slot);
    tell_outcomes(pipeline, slot);
    if (slot->session)
        slot->info.result = esi_session_result(slot->session);
    closing_settle(pipeline, slot);
    sights_session(pipeline, slot);
    tally_session(pipeline, slot);
    slot->info.evidence = evidence_result(slot);
    pipeline->config->record(pipeline->config->ctx, &(struct esi_record){.kind = ESI_RECORD_SESSION,
                                                                         .session = &slot->info});
}

void
slot_linger(struct pipeline *pipeline, struct slot *slot, esi_nanos now)
{
    slot->in_line = true;
    slot->ended_at = now;
    if (pipeline->linger_last)
        pipeline->linger_last->next = slot;
    else
        pipeline->linger_first = slot;
    pipeline->linger_last = slot;
    pipeline->lingering++;
}

static void
expire_first(struct pipeline *pipeline)
{
    struct slot *slot = pipeline->linger_first;

    pipeline->linger_first = slot->next;
    if (!slot->next)
        pipeline->linger_last = NULL;
    pipeline->lingering--;
    tell(pipeline, slot);
    if (slot->flow) {
        slot->flow->session = session_over;
        esi_reassembler_forget(pipeline->reassembler, slot->flow);
    }
    slot_free(pipeline, slot);
}

void
slots_expire(struct pipeline *pipeline, esi_nanos now)
{
    while (pipeline->linger_first && (pipeline->lingering > LINGER_MOST ||
                                      now - pipeline->linger_first->ended_at > LINGER_NANOS))
        expire_first(pipeline);
}

void
slots_expire_all(struct pipeline *pipeline)
{
    while (pipeline->linger_first)
        expire_first(pipeline);
}

void
slot_forget(struct pipeline *pipeline, struct slot *slot)
{
    tell(pipeline, slot);
    slot->flow->session = NULL;
    if (slot->in_line)
        slot->flow = NULL;
    else
        slot_free(pipeline, slot);
}

void
slot_tell_silent(struct pipeline *pipeline, struct esi_flow *flow, enum esi_stream_kind kind,
                 bool evicted)
{
    struct slot *slot = slot_new(pipeline, flow);
    struct esi_stream_event event = {.frame = flow->last_frame, .ts = flow->last_ts};

    flow->session = slot;
    event.kind = ESI_STREAM_OPEN;
    slot_stream(pipeline, slot, &event);
    event.kind = kind;
    slot_stream(pipeline, slot, &event);
    slot->info.quality.evicted = evicted;
    slot_forget(pipeline, slot);
    flow->session = session_over;
}
