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
    size_t file; /* of the frame located last */
    struct outputs outputs;
    struct streams *streams; /* NULL: not wanted */
};

/* give_up - output cannot be written: there is no use in reading on. */
static _Noreturn void
give_up(const struct esi_error *err)
{
    esi_unfinished_remove_all();
    esi_cli_say(&program, "%s", err->text);
    exit(ESI_EXIT_INTERNAL);
}

/* locate - frames asked for lie near each other, so the search starts where the last one ended. */
static struct esi_source
locate(void *ctx, uint64_t frame)
{
    struct run *run = ctx;
    const struct esi_capture_file *file = esi_capture_file(run->capture, run->file);

    while (frame <= file->before && run->file > 0)
        file = esi_capture_file(run->capture, --run->file);
    while (frame > file->before + file->frames &&
           run->file + 1 < esi_capture_file_count(run->capture))
        file = esi_capture_file(run->capture, ++run->file);
    return (struct esi_source){file->name, file->before};
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
on_record(void *ctx, const struct esi_record *record)
{
    struct run *run = ctx;
    struct esi_error err;

    if (!outputs_put(&run->outputs, record)) {
        outputs_close(&run->outputs, &err);
        give_up(&err);
    }
    if (record->kind == ESI_RECORD_CAPTURE && run->options->common.verbose)
        say_capture(record->capture);
    if (record->kind == ESI_RECORD_SUMMARY)
        say_summary(run->options, record->summary);
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

    return outputs_want_turns(&run->outputs, number);
}

static void
on_bytes(void *ctx, const struct esi_session_info *session, enum esi_dir dir,
         struct esi_slice bytes)
{
    struct run *run = ctx;
    struct esi_error err;

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

/* config_texts - what of the configuration may be shown; the array is the caller's. */
static struct esi_config_text *
config_texts(const struct esi_config *config, size_t *count)
{
    struct esi_config_text *texts;

    *count = 0;
    if (!config)
        return NULL;
    texts = esi_alloc((config->lines_count + 1) * sizeof *texts);
    for (size_t i = 0; i < config->lines_count; i++) {
        const struct esi_line *line = &config->lines[i];

        if (line->text)
            texts[(*count)++] = (struct esi_config_text){line->at.file, line->at.line, line->text};
    }
    return texts;
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
        .record = on_record,
        .wants_turns = on_wants_turns,
        .bytes = run->streams ? on_bytes : NULL,
        .ctx = run,
    };
    struct esi_pipeline_result result;
    struct esi_error err;

    esi_pipeline_run(&config, &result);
    if (!run->options->common.quiet)
        outputs_each_note(&run->outputs, say_note);
    if (!outputs_close(&run->outputs, &err))
        give_up(&err);
    if (run->streams && !streams_close(run->streams, &err))
        give_up(&err);
    if (!result.input_whole)
        say_input_trouble(run->capture);
    return result.input_whole ? ESI_EXIT_DONE : ESI_EXIT_INPUT;
}

static enum esi_exit
run_with(const struct options *options, const char *const *captures, size_t count)
{
    struct run run = {.options = options};
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
    size_t text_count;
    struct esi_config_text *texts = config_texts(esi_policy_config(policy), &text_count);
    if (!outputs_open(&run.outputs, options,
                      &(struct esi_sink_options){.all_events = options->all_events,
                                                 .verbose = options->common.verbose,
                                                 .config = texts,
                                                 .config_count = text_count,
                                                 .locate = locate,
                                                 .locate_ctx = &run},
                      &err) ||
        (options->streams && !(run.streams = streams_open(options->streams, &err))))
        give_up(&err);
    enum esi_exit status = analyze(&run, policy);
    free(texts);
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
