/*
 * main.c - esmtp-analyzer: captures in, what the firewall would do with their sessions out.
 *
 * Here: what runs in which order, what is said on standard error, and the exit status.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "program_internal.h"

struct run {
    const struct options *options;
    struct esi_capture *capture;
    struct locator locator;
    struct outputs outputs;
    struct streams *streams;         /* NULL: not wanted */
    struct esi_redactor *redactor;   /* NULL: not wanted */
    bool live;                       /* records may be written to a terminal at once */
    uint64_t sessions, not_told;     /* so far */
    unsigned gravest;                /* of the verdicts told */
    bool touched;                    /* a session told was so, or probably, when it was captured */
    struct esi_cli_sessions *chosen; /* the options' */
    struct esi_arena texts;          /* of the configuration, redacted */
};

/* give_up - output cannot be written: there is no use in reading on. */
static _Noreturn void
give_up(const struct esi_error *err)
{
    esi_unfinished_remove_all();
    esi_cli_say(&program, "%s", err->text);
    exit(ESI_EXIT_INTERNAL);
}

static void
say_capture(const struct esi_capture_info *capture)
{
    esi_cli_say(&program, "%s: %" PRIu64 " frames, %" PRIu64 " of them TCP, %" PRIu64 " SMTP",
                capture->file, capture->frames, capture->tcp_frames, capture->smtp_frames);
    for (size_t i = 0; i < capture->skipped_count; i++)
        esi_cli_say(&program, "%s: %" PRIu64 " frames left aside: %s", capture->file,
                    capture->skipped[i].frames, capture->skipped[i].words);
}

static void
say_summary(const struct options *options, const struct esi_summary_info *summary)
{
    if (summary->sessions == 0 && summary->frames > 0 && !options->common.quiet)
        esi_cli_say_none_found(&program, &options->common);
    if (summary->evicted > 0)
        esi_cli_say(&program,
                    "%" PRIu64 " session%s given up for want of room (--max-memory); the output "
                    "names what was given up",
                    summary->evicted, summary->evicted == 1 ? " was" : "s were");
    if (!options->common.verbose)
        return;
    esi_cli_say(&program, "sessions: %" PRIu64 ", %" PRIu64 " of them inspected; platform %s",
                summary->sessions, summary->inspected, summary->platform->name);
    for (size_t i = 0; i < summary->inspection_count; i++)
        if (esi_summary_tells(summary, i))
            esi_cli_say(&program, "map %s: %" PRIu64 " session%s",
                        summary->inspections[i].map->name, summary->inspections[i].sessions,
                        summary->inspections[i].sessions == 1 ? "" : "s");
}

static void
put_record(struct run *run, const struct esi_record *record)
{
    struct esi_error err;

    if (run->live)
        esi_cli_progress_clear();
    if (run->redactor)
        record = esi_redact(run->redactor, record);
    if (!outputs_put(&run->outputs, record)) {
        outputs_close(&run->outputs, &err);
        give_up(&err);
    }
}

static void
note_gravity(struct run *run, const struct esi_outcome *outcome)
{
    if (outcome->kind != ESI_OUTCOME_VERDICT || outcome->u.verdict.counterfactual)
        return;
    unsigned gravity = esi_action_gravity(outcome->u.verdict.action);
    if (gravity > run->gravest)
        run->gravest = gravity;
}

/* on_session_record - of a session that is told, or is not. */
static void
on_session_record(struct run *run, const struct esi_record *record)
{
    bool told = esi_cli_sessions_has(&run->options->common.sessions, record->session->number);
    bool ends = record->kind == ESI_RECORD_SESSION;

    run->sessions += ends;
    run->not_told += ends && !told;
    if (!told)
        return;
    if (ends)
        esi_cli_sessions_note(run->chosen, record->session->number, record->session->flow);
    else if (record->kind == ESI_RECORD_OUTCOME)
        note_gravity(run, record->outcome);
    else
        run->touched |= esi_evidence_alarms(record->session->evidence);
    if (record->kind != ESI_RECORD_OUTCOME || !run->options->evidence_only)
        put_record(run, record);
}

static void
on_summary(struct run *run, const struct esi_summary_info *whole)
{
    struct esi_summary_info summary = *whole;

    summary.not_told = run->not_told;
    put_record(run, &(struct esi_record){.kind = ESI_RECORD_SUMMARY, .summary = &summary});
    say_summary(run->options, &summary);
    if (!run->options->common.quiet)
        esi_cli_say_missing_sessions(&program, run->chosen);
}

static void
on_record(void *ctx, const struct esi_record *record)
{
    struct run *run = ctx;

    switch (record->kind) {
    case ESI_RECORD_EVIDENCE:
        if (record->server) {
            put_record(run, record);
            return;
        }
        /* fall through */
    case ESI_RECORD_OUTCOME:
    case ESI_RECORD_SESSION:
        on_session_record(run, record);
        return;
    case ESI_RECORD_CAPTURE: /* all is read */
        esi_cli_progress_end(run->capture, &run->sessions);
        put_record(run, record);
        if (run->options->common.verbose)
            say_capture(record->capture);
        return;
    case ESI_RECORD_SUMMARY:
        on_summary(run, record->summary);
        return;
    }
}

static void
on_pace(void *ctx)
{
    const struct run *run = ctx;

    esi_cli_progress_show(run->capture, &run->sessions);
}

static void
say_note(const char *note)
{
    esi_cli_say(&program, "%s", note);
}

static bool
on_wants_turns(void *ctx, uint64_t number)
{
    const struct run *run = ctx;

    return esi_cli_sessions_has(&run->options->common.sessions, number) &&
           !run->options->evidence_only && outputs_want_turns(&run->outputs, number);
}

static void
on_bytes(void *ctx, const struct esi_session_info *session, enum esi_dir dir,
         struct esi_slice bytes)
{
    struct run *run = ctx;
    struct esi_error err;

    if (!esi_cli_sessions_has(&run->options->common.sessions, session->number))
        return;
    if (!streams_put(run->streams, session->number, dir, bytes, &err))
        give_up(&err);
}

static void
say_input_trouble(const struct esi_capture *capture)
{
    bool said = false;

    for (size_t i = 0; i < esi_capture_file_count(capture); i++) {
        const struct esi_capture_file *file = esi_capture_file(capture, i);

        if (!file->complete)
            esi_cli_say(&program, "%s: %s", file->name, file->why_not);
        said |= !file->complete;
    }
    for (size_t i = 0; i < esi_capture_file_count(capture) && !said; i++)
        esi_cli_say(&program, "%s: no frame could be read", esi_capture_file(capture, i)->name);
}

static const char *
redacted_line(struct run *run, const char *text)
{
    struct esi_slice bytes = {(const uint8_t *)text, strlen(text) + 1};
    char *copy = esi_arena_alloc(&run->texts, bytes.len);

    memcpy(copy, bytes.ptr, bytes.len);
    esi_redact_config_line(copy);
    return copy;
}

/* config_texts - what of the configuration may be shown; the array is the caller's. */
static struct esi_config_text *
config_texts(struct run *run, const struct esi_config *config, size_t *count)
{
    struct esi_config_text *texts;

    *count = 0;
    if (!config)
        return NULL;
    texts = esi_alloc((config->lines_count + 1) * sizeof *texts);
    for (size_t i = 0; i < config->lines_count; i++) {
        const struct esi_line *line = &config->lines[i];

        if (line->text)
            texts[(*count)++] = (struct esi_config_text){
                line->at.file, line->at.line,
                run->redactor ? redacted_line(run, line->text) : line->text};
    }
    return texts;
}

/* is_failure - by --fail-on. */
static bool
is_failure(const struct run *run)
{
    const struct options *options = run->options;

    if (options->fail_on_evidence)
        return run->touched;
    return options->fail_on > 0 && run->gravest >= options->fail_on;
}

/* analyze - everything is open; all that is open here is closed here. */
static enum esi_exit
analyze(struct run *run, struct esi_policy *policy)
{
    struct esi_pipeline_config config = {
        .capture = run->capture,
        .policy = policy,
        .ports = &run->options->common.ports,
        .max_memory = run->options->common.max_memory,
        .evidence = options_want_evidence(run->options),
        .record = on_record,
        .wants_turns = on_wants_turns,
        .bytes = run->streams ? on_bytes : NULL,
        .ctx = run,
    };
    struct esi_pipeline_result result;
    struct esi_error err;

    esi_cli_progress_begin(&program, &run->options->common, run->live);
    esi_capture_pace(run->capture, on_pace, run);
    esi_pipeline_run(&config, &result);
    if (!run->options->common.quiet)
        outputs_each_note(&run->outputs, say_note);
    if (!outputs_close(&run->outputs, &err))
        give_up(&err);
    if (run->streams && !streams_close(run->streams, &err))
        give_up(&err);
    if (!result.input_whole)
        say_input_trouble(run->capture);
    if (!result.input_whole)
        return ESI_EXIT_INPUT;
    return is_failure(run) ? ESI_EXIT_FAIL_ON : ESI_EXIT_DONE;
}

static enum esi_exit
run_with(struct options *options, const char *const *captures, size_t count)
{
    struct run run = {
        .options = options, .live = options_live(options), .chosen = &options->common.sessions};
    struct esi_error err;
    struct esi_policy *policy = esi_cli_policy(&program, &options->common);

    if (!policy)
        return ESI_EXIT_USAGE;
    run.capture = esi_capture_open(captures, count, options->common.filter, false, &err);
    if (!run.capture) {
        esi_cli_say(&program, "%s", err.text);
        esi_policy_free(policy);
        return ESI_EXIT_USAGE;
    }
    run.locator.capture = run.capture;
    size_t text_count;
    run.redactor = options->common.redact ? esi_redactor_new() : NULL;
    struct esi_config_text *texts = config_texts(&run, esi_policy_config(policy), &text_count);
    if (!outputs_open(&run.outputs, options,
                      &(struct esi_sink_options){.all_events = options->all_events,
                                                 .evidence_only = options->evidence_only,
                                                 .verbose = options->common.verbose,
                                                 .chosen = options->common.sessions.count > 0,
                                                 .config = texts,
                                                 .config_count = text_count,
                                                 .locate = locate,
                                                 .locate_ctx = &run.locator},
                      &err) ||
        (options->streams && !(run.streams = streams_open(options->streams, &err))))
        give_up(&err);
    enum esi_exit status = analyze(&run, policy);
    free(texts);
    esi_redactor_free(run.redactor);
    esi_arena_free(&run.texts);
    esi_capture_close(run.capture);
    esi_policy_free(policy);
    return status;
}

static enum esi_exit
run_options(struct options *options, const char *const *captures, size_t count)
{
    if (options->common.list) {
        options->common.list();
        return esi_cli_flush(&program);
    }
    if (!options_settle(options, captures, count))
        return ESI_EXIT_USAGE;
    if (options->about_config)
        return options->about_config(&program, &options->common);
    esi_cli_catch_signals();
    if (options->suites.count > 0)
        return verify(options);
    return run_with(options, captures, count);
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
    free(options.suites.items);
    esi_cli_common_free(&options.common);
    return (int)status;
}
