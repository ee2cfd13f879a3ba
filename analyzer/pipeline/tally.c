/*
 * tally.c - the accounting: frames read = used + other TCP + skipped by reason, file by file, and
 * what the sessions add up to.
 */
#include <stdlib.h>

#include "pipeline_internal.h"

void
tally_visit(struct pipeline *pipeline, const struct esi_visit *visit)
{
    pipeline->tallies = esi_grow(pipeline->tallies, &pipeline->tally_cap, visit->frame.file + 1,
                                 sizeof *pipeline->tallies);
    struct tally *tally = &pipeline->tallies[visit->frame.file];

    tally->decoded[visit->decoded]++;
    if (visit->decoded != ESI_DECODED_TCP)
        return;
    tally->tcp++;
    tally->smtp += visit->flow->wanted;
}

void
tally_outcome(struct pipeline *pipeline, const struct esi_outcome *outcome)
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
    if (verdict->rule.class_no > 0 && verdict->rule.class_no <= ESI_COUNT(summary->rule_hits))
        summary->rule_hits[verdict->rule.class_no - 1]++;
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
    summary->inspected++;
    summary->outcomes[result->outcome]++;
    summary->diverged += result->divergence.found;
    add_counts(&summary->counts, &result->counts);
}

/* list_skipped - the reasons for which frames of a file were left aside. */
static void
list_skipped(struct esi_capture_info *info, const struct tally *tally)
{
    for (int why = ESI_DECODED_TCP + 1; why < ESI_DECODED_COUNT; why++)
        if (tally->decoded[why] > 0)
            info->skipped[info->skipped_count++] =
                (struct esi_skipped){esi_decoded_words((enum esi_decoded)why), tally->decoded[why]};
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
        .linktype = file->linktype >= 0 ? esi_linktype_name(file->linktype) : NULL,
        .first_ts = file->first_ts,
        .last_ts = file->last_ts,
        .complete = file->complete,
        .why_not = file->complete ? NULL : file->why_not,
    };

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
    uint64_t unknown = index < pipeline->tally_cap
                           ? pipeline->tallies[index].decoded[ESI_DECODED_LINK_UNKNOWN]
                           : 0;

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
    pipeline->summary.tcp_flows = esi_walk_flow_count(pipeline->walk);
    pipeline->summary.policy = pipeline->config->policy;
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
