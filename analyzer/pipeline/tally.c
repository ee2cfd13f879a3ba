/*
 * tally.c - the accounting: frames read = used + other TCP + skipped by reason, file by file, and
 * what the sessions add up to.
 */
#include <stdlib.h>

#include "pipeline_internal.h"

static struct tally *
tally_of(struct pipeline *pipeline, uint32_t file)
{
    if (file >= pipeline->tally_cap)
        pipeline->tallies =
            esi_grow(pipeline->tallies, &pipeline->tally_cap, file + 1, sizeof *pipeline->tallies);
    return &pipeline->tallies[file];
}

/* kind_of - where frames left aside for that reason are counted. */
static uint64_t *
kind_of(struct tally *tally, enum esi_decoded what, uint32_t code)
{
    size_t k = 0;

    while (k < tally->kind_count && (tally->kinds[k].what != what || tally->kinds[k].code != code))
        k++;
    if (k == KINDS_MOST)
        return &tally->others;
    if (k == tally->kind_count)
        tally->kinds[tally->kind_count++] = (struct left_aside){what, code, 0};
    return &tally->kinds[k].frames;
}

static void
count_frame(struct tally *tally, const struct esi_visit *visit)
{
    const struct esi_decoding *decoding = &visit->decoding;

    if (decoding->what != ESI_DECODED_TCP) {
        ++*kind_of(tally, decoding->what, decoding->code);
        return;
    }
    tally->tcp++;
    tally->smtp += visit->flow->wanted;
}

/* count_fragments - frames that were left aside when they came, and now turn out to be parts of
 * what this frame completes. A frame may have brought several pieces, one behind the other. */
static void
count_fragments(struct pipeline *pipeline, const struct esi_visit *visit)
{
    const struct esi_decoding *decoding = &visit->decoding;
    uint64_t counted = visit->frame.number;

    for (size_t p = 0; p < decoding->piece_count; p++) {
        const struct esi_piece *piece = &decoding->pieces[p];
        if (piece->frame == counted || piece->frame == visit->frame.number)
            continue;
        counted = piece->frame;
        --*kind_of(tally_of(pipeline, piece->file), ESI_DECODED_IP_FRAGMENT, 0);
        count_frame(tally_of(pipeline, piece->file), visit);
    }
}

void
tally_visit(struct pipeline *pipeline, const struct esi_visit *visit)
{
    count_frame(tally_of(pipeline, visit->frame.file), visit);
    if (visit->decoding.piece_count > 0)
        count_fragments(pipeline, visit);
}

void
tally_outcome(struct pipeline *pipeline, struct slot *slot, const struct esi_outcome *outcome)
{
    const struct esi_verdict *verdict = &outcome->u.verdict;
    struct esi_summary_info *summary = &pipeline->summary;

    if (outcome->kind != ESI_OUTCOME_VERDICT)
        return;
    if (verdict->counterfactual) {
        summary->counterfactual++;
        return;
    }
    summary->verdicts[verdict->action]++;
    if (slot->session) /* else a limit refused what nobody would have inspected */
        inspections_verdict(slot, outcome);
}

static void
add_counts(struct esi_session_counts *to, const struct esi_session_counts *from)
{
    to->commands += from->commands;
    to->commands_masked += from->commands_masked;
    to->greeting_masked += from->greeting_masked;
    to->ehlo_keywords_masked += from->ehlo_keywords_masked;
    to->addresses_replaced += from->addresses_replaced;
    to->logged += from->logged;
    to->dropped += from->dropped;
    to->anomalies += from->anomalies;
}

void
tally_session(struct pipeline *pipeline, const struct slot *slot)
{
    struct esi_summary_info *summary = &pipeline->summary;
    const struct esi_session_result *result = slot->info.result;

    summary->sessions++;
    summary->evicted += slot->info.quality.evicted;
    if (!result)
        return;
    if (slot->session) {
        summary->inspected++;
        slot->inspection->sessions++;
    }
    summary->outcomes[result->outcome]++;
    summary->diverged += result->divergence.found;
    add_counts(&summary->counts, &result->counts);
}

/* list_skipped - the reasons for which frames of a file were left aside. */
static void
list_skipped(struct esi_capture_info *info, const struct tally *tally)
{
    for (size_t k = 0; k < tally->kind_count; k++) {
        const struct left_aside *kind = &tally->kinds[k];
        struct esi_skipped *skipped = &info->skipped[info->skipped_count];
        if (kind->frames == 0)
            continue;
        esi_decoded_name(kind->what, kind->code, skipped->words);
        skipped->frames = kind->frames;
        info->skipped_count++;
    }
    if (tally->others > 0)
        info->skipped[info->skipped_count++] =
            (struct esi_skipped){"of other kinds", tally->others};
}

static void
list_linktypes(struct esi_capture_info *info, const struct esi_capture_file *file)
{
    if (file->linktype_count == 0 && file->linktype >= 0)
        info->linktypes[info->linktype_count++] = esi_linktype_name(file->linktype);
    for (size_t t = 0; t < file->linktype_count; t++)
        info->linktypes[info->linktype_count++] = esi_linktype_name(file->linktypes[t]);
}

static void
tell_file(struct pipeline *pipeline, size_t index)
{
    static const struct tally nothing;
    const struct esi_capture_file *file = esi_capture_file(pipeline->config->capture, index);
    const struct tally *tally = index < pipeline->tally_cap ? &pipeline->tallies[index] : &nothing;
    struct esi_capture_info info = {
        .file = file->name,
        .frames = file->frames,
        .filtered_out = file->filtered_out,
        .tcp_frames = tally->tcp,
        .smtp_frames = tally->smtp,
        .compression = file->compression,
        .garbage_bytes = file->garbage_bytes,
        .garbage_places = file->garbage_places,
        .first_ts = file->first_ts,
        .last_ts = file->last_ts,
        .complete = file->complete,
        .why_not = file->complete ? NULL : file->why_not,
    };

    list_linktypes(&info, file);
    list_skipped(&info, tally);
    pipeline->config->record(pipeline->config->ctx,
                             &(struct esi_record){.kind = ESI_RECORD_CAPTURE, .capture = &info});
    pipeline->summary.frames += file->frames;
}

/* is_readable - whether some frame of the file was more than an unknown link layer. */
static bool
is_readable(const struct pipeline *pipeline, size_t index)
{
    const struct esi_capture_file *file = esi_capture_file(pipeline->config->capture, index);
    uint64_t unknown = 0;

    if (index >= pipeline->tally_cap)
        return file->frames > 0;
    const struct tally *tally = &pipeline->tallies[index];
    for (size_t k = 0; k < tally->kind_count; k++)
        if (tally->kinds[k].what == ESI_DECODED_LINK_UNKNOWN)
            unknown += tally->kinds[k].frames;
    return file->frames > unknown;
}

bool
tally_tell(struct pipeline *pipeline)
{
    size_t count = esi_capture_file_count(pipeline->config->capture);
    bool whole = true, readable = false;

    for (size_t i = 0; i < count; i++) {
        tell_file(pipeline, i);
        whole = whole && esi_capture_file(pipeline->config->capture, i)->complete;
        readable = readable || is_readable(pipeline, i);
    }
    evidence_tell_servers(pipeline);
    pipeline->summary.inspections = pipeline->inspections;
    pipeline->summary.inspection_count = pipeline->inspection_count;
    pipeline->summary.tcp_flows = esi_walk_flow_count(pipeline->walk);
    pipeline->summary.platform = esi_policy_platform(pipeline->config->policy);
    pipeline->config->record(
        pipeline->config->ctx,
        &(struct esi_record){.kind = ESI_RECORD_SUMMARY, .summary = &pipeline->summary});
    return whole && readable;
}

void
tally_free(struct pipeline *pipeline)
{
    free(pipeline->tallies);
}
