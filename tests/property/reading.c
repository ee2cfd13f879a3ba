/* reading.c - a capture read by the whole pipeline; see reading.h. */
#include "property/reading.h"

#include "support/printer.h"

static const struct print_options options = {0};

const struct esi_ports *
reading_ports(void)
{
    static struct esi_ports ports;

    if (!esi_ports_has(&ports, 25))
        esi_ports_add(&ports, 25);
    return &ports;
}

struct esi_capture *
reading_open(const char *const *paths, size_t count, const char *filter, bool rereadable,
             struct esi_buf *why)
{
    struct esi_error err = {0};
    struct esi_capture *capture = esi_capture_open(paths, count, filter, rereadable, &err);

    if (!capture)
        esi_buf_printf(why, "%s\n", err.text);
    return capture;
}

static void
plan_verdict(struct esi_plan *plan, esi_flow_id flow, const struct esi_outcome *outcome)
{
    if (outcome->kind != ESI_OUTCOME_VERDICT)
        return;
    if (outcome->u.verdict.action == ESI_ACTION_MASK ||
        outcome->u.verdict.action == ESI_ACTION_REPLACE)
        esi_plan_add_edit(plan, flow, &outcome->u.verdict.edit);
    if (outcome->u.verdict.action == ESI_ACTION_DISCARD ||
        outcome->u.verdict.action == ESI_ACTION_RATE_LIMIT)
        esi_plan_add_discard(plan, flow, outcome->dir, outcome->span);
}

/* check_frames - every frame is one thing: a segment, left aside for a reason, or filtered out. */
static void
check_frames(struct reading *reading, const struct esi_capture_info *info)
{
    uint64_t told = info->tcp_frames + info->filtered_out;

    for (size_t s = 0; s < info->skipped_count; s++)
        told += info->skipped[s].frames;
    if (told != info->frames || info->frames == 0 || !info->complete)
        esi_buf_printf(&reading->faults, "%d frames, %d accounted for, %s\n", (int)info->frames,
                       (int)told, info->complete ? "complete" : "not complete");
    if (info->smtp_frames > info->tcp_frames)
        esi_buf_printf(&reading->faults, "%d SMTP frames of %d TCP frames\n",
                       (int)info->smtp_frames, (int)info->tcp_frames);
    reading->capture_records++;
}

static void
note_quality(struct reading *reading, const struct esi_session_quality *quality)
{
    const struct {
        const char *name;
        uint64_t count;
    } rows[] = {
        {"before the start", quality->before_start},
        {"after the end", quality->after_end},
        {"late", quality->late},
        {"stray", quality->stray},
        {"given up", quality->given_up},
        {"cut", quality->cut_frames},
        {"evicted", quality->evicted},
    };

    for (size_t r = 0; r < ESI_COUNT(rows); r++)
        if (rows[r].count > 0)
            esi_buf_printf(&reading->not_whole, "%s: %d\n", rows[r].name, (int)rows[r].count);
    reading->gaps += quality->gaps;
    reading->corrupt += quality->corrupt;
}

static void
take_session(struct reading *reading, const struct esi_session_info *session)
{
    if (session->result)
        print_result(&reading->text, session->result, options);
    else
        esi_buf_printf(&reading->text, "not inspected: %s\n", session->inspected_why);
    if (session->result && session->result->cut)
        esi_plan_add_cut(reading->plan, session->flow, &session->result->cut_at);
    note_quality(reading, &session->quality);
}

static void
take_record(void *ctx, const struct esi_record *record)
{
    struct reading *reading = ctx;

    switch (record->kind) {
    case ESI_RECORD_EVIDENCE:
        return;
    case ESI_RECORD_OUTCOME:
        print_outcome(&reading->text, record->outcome, options);
        plan_verdict(reading->plan, record->session->flow, record->outcome);
        return;
    case ESI_RECORD_SESSION:
        take_session(reading, record->session);
        return;
    case ESI_RECORD_CAPTURE:
        check_frames(reading, record->capture);
        return;
    case ESI_RECORD_SUMMARY:
        return;
    }
}

void
reading_take(struct reading *out, struct esi_capture *capture, struct esi_policy *policy)
{
    struct esi_pipeline_result result;

    *out = (struct reading){.plan = esi_plan_new()};
    esi_pipeline_run(&(struct esi_pipeline_config){.capture = capture,
                                                   .policy = policy,
                                                   .ports = reading_ports(),
                                                   .record = take_record,
                                                   .ctx = out},
                     &result);
    out->in_fragments = result.in_fragments;
    esi_plan_seal(out->plan);
}

void
reading_free(struct reading *reading)
{
    esi_plan_free(reading->plan);
    esi_buf_free(&reading->text);
    esi_buf_free(&reading->faults);
    esi_buf_free(&reading->not_whole);
}
