/*
 * main.c - esmtp-rewriter: captures in, the capture as it would look behind the firewall out.
 *
 * Two readings: the first is the analyzer's and fills a plan of what changes; the second is
 * esi_rewrite's. Here: options, what goes into the plan, what is said on standard error, and the
 * exit status.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "esi/cli.h"
#include "esi/pipeline.h"
#include "esi/policy.h"
#include "esi/rewrite.h"

struct options {
    struct esi_cli_common common; /* the first: esi_cli_parse */
    const char *out;
    const char *format;
};

static bool
take_write(void *ctx, const char *argument, struct esi_error *err)
{
    struct options *options = ctx;

    if (argument[0] == '\0')
        return esi_error_set(err, "a file name is wanted");
    options->out = argument;
    return true;
}

static bool
take_format(void *ctx, const char *argument, struct esi_error *err)
{
    struct options *options = ctx;

    if (strcmp(argument, "pcapng") == 0)
        return esi_error_set(err, "pcapng is not written by this version; pcap is");
    if (strcmp(argument, "pcap") != 0)
        return esi_error_set(err, "'%s' is not a format; pcap is", argument);
    options->format = argument;
    return true;
}

static const struct esi_option option_table[] = {
    {'w', "write", "OUT", "write the rewritten capture to OUT; - is standard\noutput", take_write},
    {0, "format", "FORMAT", "pcap; default: by OUT's ending (.pcap, .cap)", take_format},
    ESI_CLI_FIREWALL_OPTIONS,
    {'q', "quiet", NULL, "no remarks on standard error, only errors", esi_cli_take_quiet},
    {'v', "verbose", NULL, "say what was read, too", esi_cli_take_verbose},
    ESI_CLI_LIST_OPTIONS,
    {0, NULL, NULL, NULL, NULL},
};

static const struct esi_program program = {
    .name = "esmtp-rewriter",
    .purpose = "Writes a capture as it would look behind a firewall that runs 'inspect esmtp'.",
    .usage = "[OPTION]... CAPTURE... -w OUT",
    .epilogue = "CAPTURE is a pcap or pcapng file, plain or compressed with gzip, zstd, lz4, xz\n"
                "or bzip2, or - for standard input. Frames that no verdict touches stay as they\n"
                "are, byte for byte.\n"
                "\n"
                "Exit status: 0 done; 2 wrong usage or configuration; 3 a capture is\n"
                "unreadable, damaged or cut off (what could be read was written); 4 the output\n"
                "could not be written. If several hold, the highest.",
    .options = option_table,
};

/* A name's ending tells the format only if it is one of these. */
static bool
names_pcap(const char *out)
{
    static const char *const endings[] = {".pcap", ".cap"};
    size_t len = strlen(out);

    for (size_t e = 0; e < ESI_COUNT(endings); e++) {
        size_t ending = strlen(endings[e]);
        if (len > ending && strcasecmp(out + len - ending, endings[e]) == 0)
            return true;
    }
    return false;
}

static bool
check_options(const struct options *options, const char *const *paths, size_t captures)
{
    if (captures == 0) {
        esi_cli_say(&program, "no capture to read; see --help");
        return false;
    }
    if (!options->out) {
        esi_cli_say(&program, "no output: -w OUT is required; see --help");
        return false;
    }
    if (!options->format && !names_pcap(options->out)) {
        esi_cli_say(&program,
                    "%s: pcapng is not written by this version: name the output *.pcap, or give "
                    "--format pcap",
                    options->out);
        return false;
    }
    return esi_cli_check_inputs(&program, &options->common, paths, captures) &&
           esi_cli_check_output(&program, &options->common, options->out, paths, captures);
}

/* What the first reading fills. */
struct decided {
    struct esi_plan *plan;
    const struct options *options;
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
plan_verdict(struct esi_plan *plan, esi_flow_id flow, const struct esi_outcome *outcome)
{
    switch (outcome->u.verdict.action) {
    case ESI_ACTION_MASK:
    case ESI_ACTION_REPLACE:
        esi_plan_add_edit(plan, flow, &outcome->u.verdict.edit);
        return;
    case ESI_ACTION_DISCARD:
    case ESI_ACTION_RATE_LIMIT:
        esi_plan_add_discard(plan, flow, outcome->dir, outcome->span);
        return;
    default: /* of the others, what ends a session is in its result; the rest changes nothing */
        return;
    }
}

static const char *
plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

static void
say_capture(const struct esi_capture_info *capture)
{
    esi_cli_say(&program, "%s: %" PRIu64 " frames (%s), %" PRIu64 " of them TCP, %" PRIu64 " SMTP",
                capture->file, capture->frames,
                capture->linktype_count > 0 ? capture->linktypes[0] : "no link type",
                capture->tcp_frames, capture->smtp_frames);
    for (size_t s = 0; s < capture->skipped_count; s++)
        esi_cli_say(&program, "%s: %" PRIu64 " frames passed on unread: %s", capture->file,
                    capture->skipped[s].frames, capture->skipped[s].words);
}

static void
say_sessions(const struct options *options, const struct esi_summary_info *summary)
{
    if (summary->sessions == 0 && summary->frames > 0 && !options->common.quiet)
        esi_cli_say(&program, "no SMTP session was found (%s where to look)",
                    options->common.configs.count > 0 ? "--ports and the configuration say"
                                                      : "--ports says");
    if (summary->evicted > 0)
        esi_cli_say(&program,
                    "%" PRIu64 " session%s given up for want of room (--max-memory): from there on "
                    "their frames are as captured",
                    summary->evicted, summary->evicted == 1 ? " was" : "s were");
    if (options->common.verbose)
        esi_cli_say(&program, "%" PRIu64 " SMTP session%s, %" PRIu64 " inspected as by %s",
                    summary->sessions, plural(summary->sessions), summary->inspected,
                    summary->platform->name);
}

static void
take_record(void *ctx, const struct esi_record *record)
{
    struct decided *decided = ctx;

    switch (record->kind) {
    case ESI_RECORD_OUTCOME:
        if (record->outcome->kind == ESI_OUTCOME_VERDICT)
            plan_verdict(decided->plan, record->session->flow, record->outcome);
        return;
    case ESI_RECORD_SESSION:
        decided->torn += is_torn(&record->session->quality);
        if (record->session->result && record->session->result->cut)
            esi_plan_add_cut(decided->plan, record->session->flow,
                             &record->session->result->cut_at);
        return;
    case ESI_RECORD_CAPTURE:
        if (decided->options->common.verbose)
            say_capture(record->capture);
        return;
    case ESI_RECORD_SUMMARY:
        say_sessions(decided->options, record->summary);
        return;
    }
}

/* say_input_trouble - true if there is a capture to write. */
static bool
say_input_trouble(const struct esi_capture *capture)
{
    bool any_capture = false, any_trouble = false;
    size_t count = esi_capture_file_count(capture);

    for (size_t f = 0; f < count; f++) {
        const struct esi_capture_file *file = esi_capture_file(capture, f);
        any_capture |= file->linktype >= 0;
        any_trouble |= !file->complete;
        if (!file->complete)
            esi_cli_say(&program, "%s: %s", file->name, file->why_not);
    }
    for (size_t f = 0; f < count && !any_trouble; f++)
        esi_cli_say(&program, "%s: no frame could be read", esi_capture_file(capture, f)->name);
    return any_capture;
}

static void
say_summary(const struct options *options, const struct esi_rewrite_stats *stats)
{
    esi_cli_say(&program,
                "%s: %" PRIu64 " frame%s read = %" PRIu64 " written + %" PRIu64
                " dropped by verdict + %" PRIu64 " left out by the filter",
                strcmp(options->out, "-") == 0 ? "standard output" : options->out,
                stats->frames_read, plural(stats->frames_read), stats->frames_written,
                stats->frames_dropped, stats->frames_left_out);
    esi_cli_say(&program,
                "%" PRIu64 " frame%s changed (%" PRIu64 " byte%s), %" PRIu64
                " checksum%s adjusted by difference",
                stats->frames_changed, plural(stats->frames_changed), stats->bytes_changed,
                plural(stats->bytes_changed), stats->checksums_adjusted,
                plural(stats->checksums_adjusted));
}

static enum esi_exit
write_capture(const struct options *options, struct esi_capture *capture, struct esi_policy *policy,
              const struct esi_plan *plan, bool in_fragments)
{
    struct esi_rewrite_config config = {
        .capture = capture,
        .plan = plan,
        .ports = &options->common.ports,
        .wants = esi_pipeline_wants,
        .wants_ctx = policy,
        .flow_memory = esi_pipeline_flow_memory(options->common.max_memory),
        .in_fragments = in_fragments,
        .out = options->out,
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

static enum esi_exit
decide_and_write(const struct options *options, struct esi_capture *capture,
                 struct esi_policy *policy)
{
    struct decided decided = {.plan = esi_plan_new(), .options = options};
    struct esi_pipeline_config config = {
        .capture = capture,
        .policy = policy,
        .ports = &options->common.ports,
        .max_memory = options->common.max_memory,
        .record = take_record,
        .ctx = &decided,
    };
    struct esi_pipeline_result result;
    enum esi_exit input = ESI_EXIT_DONE, output = ESI_EXIT_DONE;
    bool writable = true;

    esi_pipeline_run(&config, &result);
    esi_plan_seal(decided.plan);
    if (decided.torn > 0 && !options->common.quiet)
        esi_cli_say(&program,
                    "%" PRIu64 " session%s not whole in the capture; esmtp-analyzer says what is "
                    "missing",
                    decided.torn, decided.torn == 1 ? " is" : "s are");
    if (!result.input_whole) {
        input = ESI_EXIT_INPUT;
        writable = say_input_trouble(capture);
    }
    if (writable)
        output = write_capture(options, capture, policy, decided.plan, result.in_fragments);
    else
        esi_cli_say(&program, "%s: not written", options->out);
    esi_plan_free(decided.plan);
    return output > input ? output : input;
}

static enum esi_exit
run(const struct options *options, const char *const *paths, size_t count)
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
run_options(const struct options *options, const char *const *paths, size_t count)
{
    if (options->common.list) {
        options->common.list();
        return esi_cli_flush(&program);
    }
    if (!check_options(options, paths, count))
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
    esi_cli_common_free(&options.common);
    return (int)status;
}
