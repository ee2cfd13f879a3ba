/* options.c - esmtp-analyzer's options: the table, and what they mean together. */
#define _DEFAULT_SOURCE /* isatty */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "program_internal.h"

/* find_format - of FORMAT or FORMAT=FILE. */
static const struct esi_sink_def *
find_format(const char *argument, struct esi_error *err)
{
    struct esi_slice name = esi_slice_cut(esi_slice_of(argument), 0, strcspn(argument, "="));

    for (const struct esi_sink_def *def = esi_sinks; def->name; def++)
        if (esi_slice_eq(name, esi_slice_of(def->name)))
            return def;
    for (const struct esi_sink_def *def = verify_formats; def->name; def++)
        if (esi_slice_eq(name, esi_slice_of(def->name)))
            return def;
    esi_error_set(err, "'%.*s' is not a format (--list-formats prints them)", (int)name.len,
                  argument);
    return NULL;
}

static bool
take_output(void *ctx, const char *argument, struct esi_error *err)
{
    struct options *options = ctx;
    const struct esi_sink_def *format = find_format(argument, err);
    const char *path = strchr(argument, '=');

    if (!format)
        return false;
    if (options->output_count == OUTPUTS_MOST)
        return esi_error_set(err, "at most %d outputs", OUTPUTS_MOST);
    if (path && path[1] == '\0')
        return esi_error_set(err, "'%s' names no file", argument);
    options->outputs[options->output_count++] =
        (struct output_wanted){format, path ? path + 1 : "-"};
    return true;
}

static const char *const events_words[] = {"verdicts", "all"};
static bool
take_events(void *ctx, const char *argument, struct esi_error *err)
{
    size_t which = 0;

    if (!esi_cli_word(argument, events_words, ESI_COUNT(events_words), &which, err))
        return false;
    ((struct options *)ctx)->all_events = which == 1;
    return true;
}

static bool
take_colour(void *ctx, const char *argument, struct esi_error *err)
{
    return esi_cli_when(argument, &((struct options *)ctx)->colour, err);
}

/* By gravity; evidence is none of a verdict's. */
static const char *const fail_on_words[] = {"never", "log", "mask", "drop", "evidence"};
enum { FAIL_ON_EVIDENCE = 4 };

static bool
take_fail_on(void *ctx, const char *argument, struct esi_error *err)
{
    struct options *options = ctx;
    size_t which = 0;

    if (!esi_cli_word(argument, fail_on_words, ESI_COUNT(fail_on_words), &which, err))
        return false;
    options->fail_on_evidence = which == FAIL_ON_EVIDENCE;
    options->fail_on = options->fail_on_evidence ? 0 : (unsigned)which;
    return true;
}

static bool
take_evidence_only(void *ctx, const char *argument, struct esi_error *err)
{
    (void)argument;
    (void)err;
    ((struct options *)ctx)->evidence_only = true;
    return true;
}

static bool
take_streams(void *ctx, const char *argument, struct esi_error *err)
{
    if (argument[0] == '\0')
        return esi_error_set(err, "a folder is wanted");
    ((struct options *)ctx)->streams = argument;
    return true;
}

static bool
take_verify(void *ctx, const char *argument, struct esi_error *err)
{
    if (argument[0] == '\0')
        return esi_error_set(err, "a file name is wanted");
    return esi_cli_add_word(&((struct options *)ctx)->suites, argument);
}

static bool
take_accept(void *ctx, const char *argument, struct esi_error *err)
{
    (void)argument;
    (void)err;
    ((struct options *)ctx)->accept = true;
    return true;
}

static bool
take_check_config(void *ctx, const char *argument, struct esi_error *err)
{
    (void)argument;
    (void)err;
    ((struct options *)ctx)->about_config = esi_cli_check_config;
    return true;
}

static bool
take_print_config(void *ctx, const char *argument, struct esi_error *err)
{
    (void)argument;
    (void)err;
    ((struct options *)ctx)->about_config = esi_cli_print_config;
    return true;
}

static bool
take_list_behaviours(void *ctx, const char *argument, struct esi_error *err)
{
    (void)argument;
    (void)err;
    ((struct options *)ctx)->common.list = list_behaviours;
    return true;
}

static bool
take_list_formats(void *ctx, const char *argument, struct esi_error *err)
{
    (void)argument;
    (void)err;
    ((struct options *)ctx)->common.list = list_formats;
    return true;
}

static const struct esi_option table[] = {
    ESI_CLI_FIREWALL_OPTIONS,
    {'o', "output", "FORMAT[=FILE]",
     "text (the default), json, html, syslog, counters or\n"
     "mermaid (what they are --list-formats tells), to FILE\n"
     "or to standard output; may be given several times",
     take_output},
    {0, "events", "WHICH",
     "what json tells: verdicts and sessions (verdicts,\n"
     "the default), or each turn, too (all)",
     take_events},
    {0, "only-sessions", "LIST",
     "tell only these sessions, by their numbers, such as\n"
     "1,4-7; captures and the summary are told as a whole",
     esi_cli_take_only_sessions},
    {0, "fail-on", "GRAVITY",
     "exit 1 if a verdict on a session that is told is at\n"
     "least that grave: log (anomaly counts as log), mask\n"
     "(or replace) or drop (reset, discard, refuse,\n"
     "rate-limit, too); counterfactual verdicts do not\n"
     "count; or if a session that is told was touched, or\n"
     "probably, before it was captured: evidence; never is\n"
     "the default",
     take_fail_on},
    {0, "evidence-only", NULL,
     "only tell whether sessions were touched already\n"
     "before they were captured, by what, and how that is\n"
     "known; in text, html and json",
     take_evidence_only},
    {0, "redact", NULL,
     "write # over each byte of mail addresses, of what is\n"
     "said in AUTH exchanges and of messages, in every\n"
     "format; lengths stay exact. Names and addresses of\n"
     "hosts stay, and so do verbs, codes and the names of\n"
     "header fields",
     esi_cli_take_redact},
    {0, "streams", "DIR",
     "write each session's bytes to files in DIR, named\n"
     "NUMBER-to-server.raw and NUMBER-to-client.raw",
     take_streams},
    {0, "verify", "SUITE.yaml",
     "run a regression suite, whose cases name captures\n"
     "and what is expected of them; may be given several\n"
     "times; needs no CAPTURE; tells by -o tap (the\n"
     "default) or -o junit",
     take_verify},
    {0, "accept", NULL, "write the golden files of --verify anew", take_accept},
    ESI_CLI_PROGRESS_OPTION,
    {0, "color", "WHEN", "auto (the default), always or never; NO_COLOR is\nheeded", take_colour},
    {0, "check-config", NULL,
     "only read the configuration: which of its lines are\n"
     "understood, and what is wrong; needs no CAPTURE",
     take_check_config},
    {0, "strict", NULL,
     "lines of the configuration that are not understood\n"
     "are errors",
     esi_cli_take_strict},
    {0, "print-config", NULL,
     "only print the inspection policy in force as\n"
     "configuration text, defaults included; needs no\n"
     "CAPTURE",
     take_print_config},
    {'q', "quiet", NULL, "no remarks on standard error, only errors", esi_cli_take_quiet},
    {'v', "verbose", NULL,
     "text tells every session, even if many are alike;\n"
     "syslog puts time, file and frame before each line;\n"
     "counters name their frames, and how sure they are;\n"
     "more remarks",
     esi_cli_take_verbose},
    ESI_CLI_LIST_OPTIONS,
    {0, "list-behaviours", NULL,
     "print what the imitated engine does and logs, how\n"
     "sure that is and by what source, and leave",
     take_list_behaviours},
    {0, "list-formats", NULL, "print the formats --output knows, and leave", take_list_formats},
    {0, NULL, NULL, NULL, NULL},
};

static const char *
format_word(size_t index, char room[static ESI_CLI_WORD_ROOM])
{
    size_t sinks = 0;

    (void)room;
    while (esi_sinks[sinks].name)
        sinks++;
    return index < sinks ? esi_sinks[index].name : verify_formats[index - sinks].name;
}

static const struct esi_cli_values values[] = {
    ESI_CLI_FIREWALL_VALUES,
    {.option = "output", .word = format_word, .with_file = true, .several = true},
    {.option = "events", .words = events_words, .count = ESI_COUNT(events_words)},
    {.option = "verify", .files = "*.yaml *.yml", .several = true},
    {.option = "fail-on", .words = fail_on_words, .count = ESI_COUNT(fail_on_words)},
    ESI_CLI_PROGRESS_VALUES,
    {.option = "color", .words = esi_cli_when_words, .count = ESI_CLI_WHENS},
    {.option = NULL},
};

const struct esi_program program = {
    .name = "esmtp-analyzer",
    .purpose = "Shows what a firewall that inspects ESMTP would do to captured SMTP sessions.",
    .usage = "[OPTION]... CAPTURE...",
    .epilogue = "CAPTURE is a pcap or pcapng file, plain or compressed with gzip, zstd, lz4, xz\n"
                "or bzip2, or - for standard input; several captures are one timeline.\n"
                "\n"
                "Exit status: 0 done; 1 --fail-on was met, or an expectation of --verify did not\n"
                "hold; 2 wrong usage, configuration or suite;\n"
                "3 a capture is unreadable, damaged or cut off (what could be read was told);\n"
                "4 output could not be written. If several hold, the highest.",
    .options = table,
    .values = values,
};

static bool
check_output(const struct options *options, size_t index, const char *const *captures, size_t count)
{
    const char *path = options->outputs[index].path;

    for (size_t i = 0; i < index; i++) {
        if (strcmp(options->outputs[i].path, path) != 0)
            continue;
        if (strcmp(path, "-") == 0)
            esi_cli_say(&program, "only one format may go to standard output");
        else
            esi_cli_say(&program, "%s: two outputs cannot go to one file", path);
        return false;
    }
    return esi_cli_check_output(&program, &options->common, path, captures, count);
}

/* settle_about_config - a configuration that was taken for a capture is easily not noticed. */
static bool
settle_about_config(const struct options *options, const char *const *captures, size_t count)
{
    bool checks = options->about_config == esi_cli_check_config;

    if (count > 0)
        esi_cli_say(&program,
                    "%s: no capture is read by --%s-config; configurations are given by "
                    "-c",
                    captures[0], checks ? "check" : "print");
    else if (checks && options->common.configs.count == 0)
        esi_cli_say(&program, "no configuration to check; -c FILE names one");
    else
        return esi_cli_check_inputs(&program, &options->common, captures, count);
    return false;
}

/* settle_verify - suites say themselves what is read, and how. */
static bool
settle_verify(struct options *options, size_t captures)
{
    const struct esi_cli_common *common = &options->common;
    const struct {
        bool given;
        const char *what;
    } others[] = {
        {captures > 0, "a CAPTURE"},
        {common->configs.count > 0, "--config"},
        {common->platform, "--platform"},
        {common->knobs.count > 0, "--knob"},
        {common->map, "--map"},
        {common->ports_given, "--ports"},
        {common->filter, "--filter"},
        {common->max_memory > 0, "--max-memory"},
        {options->all_events, "--events"},
        {options->streams, "--streams"},
        {options->fail_on > 0 || options->fail_on_evidence, "--fail-on"},
        {options->evidence_only, "--evidence-only"},
        {common->redact, "--redact"},
        {common->sessions.count > 0, "--only-sessions"},
        {options->about_config, "--check-config or --print-config"},
    };

    if (common->progress == ESI_CLI_ALWAYS) {
        esi_cli_say(&program,
                    "--progress=always does not go with --verify: each case is told as it ends");
        return false;
    }

    for (size_t i = 0; i < ESI_COUNT(others); i++) {
        if (!others[i].given)
            continue;
        esi_cli_say(&program, "%s does not go with --verify: that is for the suite to say",
                    others[i].what);
        return false;
    }
    if (options->output_count == 0)
        options->outputs[options->output_count++] = (struct output_wanted){&verify_formats[0], "-"};
    for (size_t i = 0; i < options->output_count; i++)
        if (!check_output(options, i, NULL, 0)) /* what suites read: when they are read */
            return false;
    return true;
}

/* check_formats - each is for captures, or for suites. */
static bool
check_formats(const struct options *options)
{
    bool suites = options->suites.count > 0;

    for (size_t i = 0; i < options->output_count; i++) {
        const struct esi_sink_def *format = options->outputs[i].format;

        if (suites == !format->open)
            continue;
        esi_cli_say(&program,
                    suites ? "-o %s does not go with --verify: tap and junit do"
                           : "-o %s is for --verify",
                    format->name);
        return false;
    }
    if (options->accept && !suites)
        esi_cli_say(&program, "--accept is for --verify");
    return suites || !options->accept;
}

/* check_redact - files that hold the bytes themselves. */
static bool
check_redact(const struct options *options)
{
    if (options->common.redact && options->streams)
        esi_cli_say(&program, "--streams writes what was said as it was said: not with --redact");
    return !options->common.redact || !options->streams;
}

/* check_evidence_only - formats that tell nothing of it, or more. */
static bool
check_evidence_only(const struct options *options)
{
    for (size_t i = 0; i < options->output_count && options->evidence_only; i++)
        if (options->outputs[i].format->evidence != ESI_SINK_EVIDENCE_ALONE) {
            bool tells = options->outputs[i].format->evidence == ESI_SINK_EVIDENCE;

            esi_cli_say(&program,
                        tells ? "--evidence-only: -o %s draws dialogues; text, html and json tell "
                                "it alone"
                              : "--evidence-only: -o %s tells nothing of it",
                        options->outputs[i].format->name);
            return false;
        }
    if (options->evidence_only && options->all_events)
        esi_cli_say(&program, "--events=all tells more: not with --evidence-only");
    return !options->evidence_only || !options->all_events;
}

/* options_live - only text without -v waits for the end. */
bool
options_live(const struct options *options)
{
    const struct esi_sink_def *text = esi_sink_find("text");
    bool live = false;

    for (size_t i = 0; i < options->output_count; i++)
        live |= strcmp(options->outputs[i].path, "-") == 0 &&
                (options->outputs[i].format != text || options->common.verbose);
    return live && isatty(STDOUT_FILENO);
}

bool
options_want_evidence(const struct options *options)
{
    bool wanted = options->fail_on_evidence;

    for (size_t i = 0; i < options->output_count; i++)
        wanted |= options->outputs[i].format->evidence != ESI_SINK_NO_EVIDENCE;
    return wanted;
}

bool
options_settle(struct options *options, const char *const *captures, size_t count)
{
    if (!check_formats(options))
        return false;
    if (options->suites.count > 0)
        return settle_verify(options, count);
    if (options->about_config)
        return settle_about_config(options, captures, count);
    if (count == 0) {
        esi_cli_say(&program, "no capture to read; see --help");
        return false;
    }
    if (!check_redact(options) || !check_evidence_only(options) ||
        !esi_cli_check_inputs(&program, &options->common, captures, count))
        return false;
    if (options->output_count == 0)
        options->outputs[options->output_count++] =
            (struct output_wanted){esi_sink_find("text"), "-"};
    for (size_t i = 0; i < options->output_count; i++)
        if (!check_output(options, i, captures, count))
            return false;
    if (options->colour == ESI_CLI_AUTO) {
        const char *no_colour = getenv("NO_COLOR"), *terminal = getenv("TERM");
        bool wanted = (!no_colour || no_colour[0] == '\0') && isatty(STDOUT_FILENO) && terminal &&
                      strcmp(terminal, "dumb") != 0;

        options->colour = wanted ? ESI_CLI_AUTO : ESI_CLI_NEVER;
    }
    return true;
}
