/*
 * main.c - esmtp-rewriter: captures in, the capture as it would look behind the firewall out.
 *
 * Two readings: the first is the analyzer's and fills a plan of what changes; the second is
 * esi_rewrite's. Here: what runs in which order, and the exit status.
 */
#include "esi/fill.h"
#include "esi/pipeline.h"

#include "program_internal.h"

/* What the first reading fills. */
struct decided {
    struct options *options;
    struct esi_plan *plan;
    struct esi_fill *fill;
    uint64_t torn; /* sessions of which something is missing or was left aside */
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
take_record(void *ctx, const struct esi_record *record)
{
    struct decided *decided = ctx;
    struct options *options = decided->options;

    esi_fill_take(decided->fill, record);
    switch (record->kind) {
    case ESI_RECORD_OUTCOME:
        return;
    case ESI_RECORD_SESSION:
        decided->torn += is_torn(&record->session->quality);
        sessions_note(&options->sessions, record->session->number, record->session->flow);
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

/* say_decided - remarks on what the first reading found. */
static void
say_decided(const struct decided *decided)
{
    if (decided->options->common.quiet)
        return;
    if (decided->torn > 0)
        say_torn(decided->torn);
    if (esi_fill_brief(decided->fill) > 0)
        say_brief(esi_fill_brief(decided->fill));
    say_missing_sessions(&decided->options->sessions);
}

static enum esi_exit
write_capture(const struct decided *decided, struct esi_capture *capture, struct esi_policy *policy,
              const struct esi_pipeline_result *result)
{
    struct options *options = decided->options;
    bool all = options->checksums == ESI_CHECKSUMS_ALL;
    struct esi_rewrite_config config = {
        .capture = capture,
        .plan = decided->plan,
        .ports = &options->common.ports,
        .wants = esi_pipeline_wants,
        .wants_ctx = policy,
        .flow_memory = esi_pipeline_flow_memory(options->common.max_memory),
        .in_fragments = all ? result->any_fragments : result->in_fragments,
        .out = options->out,
        .format = options->format,
        .after = options->after,
        .keep_dropped = options->keep_dropped,
        .checksums = options->checksums,
        .view = options->view,
        .flow_wanted = options->sessions.count > 0 ? sessions_have : NULL,
        .flow_wanted_ctx = &options->sessions,
        .proof = {.path = options->proof,
                  .filter = options->common.filter,
                  .sessions = sessions_words(&options->sessions)},
    };
    struct esi_rewrite_stats stats;
    struct esi_error err = {0};
    bool usage;

    if (!esi_rewrite(&config, &stats, &usage, &err)) {
        esi_cli_say(&program, "%s", err.text);
        return usage ? ESI_EXIT_USAGE : ESI_EXIT_INTERNAL;
    }
    if (!options->common.quiet)
        say_summary(options, &stats);
    return ESI_EXIT_DONE;
}

static void
decide(struct decided *decided, struct esi_capture *capture, struct esi_policy *policy,
       struct esi_pipeline_result *result)
{
    struct options *options = decided->options;

    decided->plan = esi_plan_new();
    decided->fill = esi_fill_new(&(struct esi_fill_config){
        .plan = decided->plan,
        .words = options->format != ESI_REWRITE_PCAP || options->proof,
        .divergence = options->after != ESI_AFTER_KEEP,
    });
    esi_pipeline_run(
        &(struct esi_pipeline_config){
            .capture = capture,
            .policy = policy,
            .ports = &options->common.ports,
            .max_memory = options->common.max_memory,
            .record = take_record,
            .ctx = decided,
        },
        result);
    esi_plan_seal(decided->plan);
}

static enum esi_exit
decide_and_write(struct options *options, struct esi_capture *capture, struct esi_policy *policy)
{
    struct decided decided = {.options = options};
    struct esi_pipeline_result result;
    enum esi_exit input = ESI_EXIT_DONE, output = ESI_EXIT_DONE;
    bool writable = true;

    decide(&decided, capture, policy, &result);
    say_decided(&decided);
    if (!result.input_whole) {
        input = ESI_EXIT_INPUT;
        writable = say_input_trouble(options, capture);
    }
    if (writable)
        output = write_capture(&decided, capture, policy, &result);
    else
        esi_cli_say(&program, "%s: not written", options->out);
    esi_fill_free(decided.fill);
    esi_plan_free(decided.plan);
    return output > input ? output : input;
}

static enum esi_exit
run(struct options *options, const char *const *paths, size_t count)
{
    struct esi_error err = {0};
    struct esi_policy *policy = esi_cli_policy(&program, &options->common);

    if (!policy)
        return ESI_EXIT_USAGE;
    struct esi_capture *capture =
        esi_capture_open(paths, count, options->common.filter, true, &err);
    if (!capture) {
        esi_cli_say(&program, "%s", err.text);
        esi_policy_free(policy);
        return ESI_EXIT_USAGE;
    }
    enum esi_exit status = decide_and_write(options, capture, policy);
    esi_capture_close(capture);
    esi_policy_free(policy);
    return status;
}

static enum esi_exit
run_options(struct options *options, const char *const *paths, size_t count)
{
    if (options->common.list) {
        options->common.list();
        return esi_cli_flush(&program);
    }
    if (!options_settle(options, paths, count))
        return ESI_EXIT_USAGE;
    esi_cli_catch_signals();
    return run(options, paths, count);
}

int
main(int argc, char **argv)
{
    struct options options = {0};
    enum esi_exit status = ESI_EXIT_USAGE;
    int first;

    esi_ports_add(&options.common.ports, 25);
    switch (esi_cli_parse(&program, argc, argv, &options, &first)) {
    case ESI_CLI_LEAVE:
        status = esi_cli_flush(&program);
        break;
    case ESI_CLI_WRONG:
        break;
    case ESI_CLI_RUN:
        status = run_options(&options, (const char *const *)argv + first, (size_t)(argc - first));
        break;
    }
    sessions_free(&options.sessions);
    esi_cli_common_free(&options.common);
    return (int)status;
}
