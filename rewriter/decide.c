/*
 * decide.c - the first reading: the analyzer's, which fills a plan of what changes.
 *
 * The plan is for this run; if it is to be written, too, it gets all its words, whatever the output
 * can hold, and what its text says of sessions and captures.
 */
#include <string.h>

#include "esi/fill.h"
#include "esi/pipeline.h"

#include "program_internal.h"

struct deciding {
    struct options *options;
    struct esi_planfile *file;
    struct esi_fill *fill;
    struct esi_sights *sights;
    struct esi_capture *capture;
    uint64_t sessions; /* so far */
    uint64_t torn;     /* sessions of which something is missing or was left aside */
};

/* is_torn - what the analyzer says in more words. */
static bool
is_torn(const struct esi_session_quality *quality)
{
    return quality->gaps + quality->corrupt + quality->doubtful + quality->after_end +
                   quality->late + quality->stray + quality->overlap_conflicts +
                   quality->fragment_conflicts + quality->evicted >
               0 ||
           quality->midstream || !quality->side_seen[0] || !quality->side_seen[1];
}

static void
take_session(struct deciding *deciding, const struct esi_session_info *session)
{
    struct options *options = deciding->options;

    deciding->sessions++;
    deciding->torn += is_torn(&session->quality);
    esi_cli_sessions_note(&options->common.sessions, session->number, session->flow);
    if (options->write_plan)
        esi_planfile_add_session(deciding->file, &(struct esi_planfile_session){
                                                     .number = session->number,
                                                     .flow = session->flow,
                                                     .tuple = session->tuple,
                                                     .start = session->start,
                                                 });
}

static void
take_record(void *ctx, const struct esi_record *record)
{
    struct deciding *deciding = ctx;
    struct options *options = deciding->options;

    esi_fill_take(deciding->fill, record);
    switch (record->kind) {
    case ESI_RECORD_EVIDENCE: /* not asked for */
    case ESI_RECORD_OUTCOME:
        return;
    case ESI_RECORD_SESSION:
        take_session(deciding, record->session);
        return;
    case ESI_RECORD_CAPTURE:
        if (options->common.verbose)
            say_capture(record->capture);
        return;
    case ESI_RECORD_SUMMARY:
        say_found(options, record->summary);
        return;
    }
}

static void
take_visit(void *ctx, const struct esi_visit *visit)
{
    esi_fill_visit(((struct deciding *)ctx)->fill, visit);
}

static void
take_sight(void *ctx, const struct esi_sight *sight)
{
    esi_sights_add(((struct deciding *)ctx)->sights, sight);
}

/* say_decided - remarks on what the first reading found. */
static void
say_decided(const struct deciding *deciding)
{
    if (deciding->options->common.quiet)
        return;
    if (deciding->torn > 0)
        say_torn(deciding->torn);
    if (esi_fill_brief(deciding->fill) > 0)
        say_brief(esi_fill_brief(deciding->fill));
    esi_cli_say_missing_sessions(&program, &deciding->options->common.sessions);
}

static void
on_pace(void *ctx)
{
    const struct deciding *deciding = ctx;

    esi_cli_progress_show(deciding->capture, &deciding->sessions);
}

static void
read_capture(struct deciding *deciding, struct esi_capture *capture, struct esi_policy *policy,
             struct esi_pipeline_result *result)
{
    struct options *options = deciding->options;
    bool stored = options->write_plan != NULL;

    deciding->file->plan = esi_plan_new();
    deciding->sights = esi_sights_new();
    deciding->fill = esi_fill_new(&(struct esi_fill_config){
        .plan = deciding->file->plan,
        .words = stored || options->proof || options->format != ESI_REWRITE_PCAP,
        .divergence = stored || options->after != ESI_AFTER_KEEP,
        .redact = options->common.redact,
    });
    deciding->capture = capture;
    esi_cli_progress_begin(&program, &options->common, false);
    esi_capture_pace(capture, on_pace, deciding);
    esi_pipeline_run(
        &(struct esi_pipeline_config){
            .capture = capture,
            .policy = policy,
            .ports = &options->common.ports,
            .max_memory = options->common.max_memory,
            .record = take_record,
            .visit = take_visit,
            .sight = take_sight,
            .ctx = deciding,
        },
        result);
    esi_capture_pace(capture, NULL, NULL);
    esi_cli_progress_end(capture, &deciding->sessions);
    esi_plan_seal(deciding->file->plan);
    esi_sights_seal(deciding->sights);
}

void
decide(struct options *options, struct esi_capture *capture, struct esi_policy *policy,
       struct decision *out)
{
    struct deciding deciding = {.options = options, .file = &out->file};
    struct esi_pipeline_result result;

    *out = (struct decision){.wants = esi_pipeline_wants, .wants_ctx = policy};
    read_capture(&deciding, capture, policy, &result);
    out->sights = deciding.sights;
    out->input_whole = result.input_whole;
    out->file.version = esi_strdup(ESI_VERSION);
    out->file.filter = options->common.filter ? esi_strdup(options->common.filter) : NULL;
    out->file.ports = options->common.ports;
    out->file.flow_memory = esi_pipeline_flow_memory(options->common.max_memory);
    out->file.in_fragments = result.in_fragments;
    out->file.any_fragments = result.any_fragments;
    esi_planfile_settle(&out->file);
    if (options->write_plan)
        esi_planfile_describe(&out->file, capture);
    say_decided(&deciding);
    esi_fill_free(deciding.fill);
}
