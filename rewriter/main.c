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
    const char *out;
    const char *format;
    const char *platform;
    const char *filter;
    struct esi_ports ports;
    size_t max_memory; /* bytes, 0: the default */
    bool quiet, verbose;
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

static bool
take_platform(void *ctx, const char *argument, struct esi_error *err)
{
    struct options *options = ctx;

    (void)err; /* judged when all options are known */
    options->platform = argument;
    return true;
}

static bool
take_filter(void *ctx, const char *argument, struct esi_error *err)
{
    struct options *options = ctx;

    (void)err; /* libpcap judges it */
    options->filter = argument;
    return true;
}

static bool
take_ports(void *ctx, const char *argument, struct esi_error *err)
{
    struct options *options = ctx;

    return esi_ports_parse(&options->ports, argument, err);
}

static bool
take_quiet(void *ctx, const char *argument, struct esi_error *err)
{
    struct options *options = ctx;

    (void)argument;
    (void)err;
    options->quiet = true;
    return true;
}

static bool
take_verbose(void *ctx, const char *argument, struct esi_error *err)
{
    struct options *options = ctx;

    (void)argument;
    (void)err;
    options->verbose = true;
    return true;
}

static bool
take_max_memory(void *ctx, const char *argument, struct esi_error *err)
{
    struct options *options = ctx;

    return esi_cli_size(argument, ESI_CLI_MEMORY_LEAST, &options->max_memory, err);
}

static const struct esi_option option_table[] = {
    {'w', "write", "OUT", "write the rewritten capture to OUT; - is standard output", take_write},
    {0, "format", "FORMAT", "pcap; default: by OUT's ending (.pcap, .cap)", take_format},
    {'P', "platform", "NAME",
     "the firewall to imitate: asa-8 (default), asa-9.4, or a\nrelease such as asa-8.4(7)",
     take_platform},
    {'f', "filter", "EXPR", "only frames that this BPF expression lets through", take_filter},
    {0, "ports", "LIST", "TCP ports that carry SMTP, such as 25,587 (default: 25)", take_ports},
    {0, "max-memory", "SIZE", "cap for all that grows with the traffic, such as 64M\n(default 1G)",
     take_max_memory},
    {'q', "quiet", NULL, "no remarks on standard error, only errors", take_quiet},
    {'v', "verbose", NULL, "say what was read, too", take_verbose},
    {0, NULL, NULL, NULL, NULL},
};

static const struct esi_program program = {
    .name = "esmtp-rewriter",
    .purpose = "Writes a capture as it would look behind a firewall that runs 'inspect esmtp'.",
    .usage = "[OPTION]... CAPTURE... -w OUT",
    .epilogue =
        "CAPTURE is a pcap or pcapng file, plain or compressed with gzip, zstd, lz4, xz or\n"
        "bzip2, or - for standard input. Frames that no verdict touches stay as they are, byte\n"
        "for byte.\n"
        "\n"
        "Exit status: 0 done, 2 wrong usage, 3 a capture is unreadable, damaged or cut off\n"
        "(what could be read was written), 4 the output could not be written.",
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
check_options(const struct options *options, const char *const *paths, int captures)
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
    for (int i = 0; i < captures; i++) {
        if (esi_cli_same_file(options->out, paths[i])) {
            esi_cli_say(&program, "%s: is a capture to be read, not written", options->out);
            return false;
        }
    }
    return true;
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
    if (summary->sessions == 0 && summary->frames > 0 && !options->quiet)
        esi_cli_say(&program, "no SMTP session was found (--ports says where to look)");
    if (summary->evicted > 0)
        esi_cli_say(&program,
                    "%" PRIu64 " session%s given up for want of room (--max-memory): from there on "
                    "their frames are as captured",
                    summary->evicted, summary->evicted == 1 ? " was" : "s were");
    if (options->verbose)
        esi_cli_say(&program, "%" PRIu64 " SMTP session%s, %" PRIu64 " inspected as by %s, map %s",
                    summary->sessions, plural(summary->sessions), summary->inspected,
                    summary->policy->platform, summary->policy->map.name);
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
        if (decided->options->verbose)
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
write_capture(const struct options *options, struct esi_capture *capture,
              const struct esi_plan *plan, bool in_fragments)
{
    struct esi_rewrite_config config = {.capture = capture,
                                        .plan = plan,
                                        .ports = &options->ports,
                                        .flow_memory =
                                            esi_pipeline_flow_memory(options->max_memory),
                                        .in_fragments = in_fragments,
                                        .out = options->out};
    struct esi_rewrite_stats stats;
    struct esi_error err = {0};
    bool usage;

    if (!esi_rewrite(&config, &stats, &usage, &err)) {
        esi_cli_say(&program, "%s", err.text);
        return usage ? ESI_EXIT_USAGE : ESI_EXIT_INTERNAL;
    }
    if (!options->quiet)
        say_summary(options, &stats);
    return ESI_EXIT_DONE;
}

static enum esi_exit
decide_and_write(const struct options *options, struct esi_capture *capture,
                 const struct esi_policy *policy)
{
    struct decided decided = {.plan = esi_plan_new(), .options = options};
    struct esi_pipeline_config config = {
        .capture = capture,
        .policy = policy,
        .ports = &options->ports,
        .max_memory = options->max_memory,
        .record = take_record,
        .ctx = &decided,
    };
    struct esi_pipeline_result result;
    enum esi_exit input = ESI_EXIT_DONE, output = ESI_EXIT_DONE;
    bool writable = true;

    esi_pipeline_run(&config, &result);
    esi_plan_seal(decided.plan);
    if (decided.torn > 0 && !options->quiet)
        esi_cli_say(&program,
                    "%" PRIu64 " session%s not whole in the capture; esmtp-analyzer says what is "
                    "missing",
                    decided.torn, decided.torn == 1 ? " is" : "s are");
    if (!result.input_whole) {
        input = ESI_EXIT_INPUT;
        writable = say_input_trouble(capture);
    }
    if (writable)
        output = write_capture(options, capture, decided.plan, result.in_fragments);
    else
        esi_cli_say(&program, "%s: not written", options->out);
    esi_plan_free(decided.plan);
    return output > input ? output : input;
}

static enum esi_exit
run(const struct options *options, const char *const *paths, size_t count)
{
    struct esi_policy policy;
    struct esi_error err = {0};
    struct esi_capture *capture = NULL;

    if (esi_policy_for_platform(&policy, options->platform, &err))
        capture = esi_capture_open(paths, count, options->filter, true, &err);
    if (!capture) {
        esi_cli_say(&program, "%s", err.text);
        return ESI_EXIT_USAGE;
    }
    enum esi_exit status = decide_and_write(options, capture, &policy);
    esi_capture_close(capture);
    return status;
}

int
main(int argc, char **argv)
{
    struct options options = {.platform = "asa-8"};
    int first;

    esi_ports_add(&options.ports, 25);
    switch (esi_cli_parse(&program, argc, argv, &options, &first)) {
    case ESI_CLI_LEAVE:
        return (int)esi_cli_flush(&program);
    case ESI_CLI_WRONG:
        return ESI_EXIT_USAGE;
    case ESI_CLI_RUN:
        break;
    }
    if (!check_options(&options, (const char *const *)argv + first, argc - first))
        return ESI_EXIT_USAGE;
    esi_cli_catch_signals();
    return (int)run(&options, (const char *const *)argv + first, (size_t)(argc - first));
}
