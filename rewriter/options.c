/* options.c - esmtp-rewriter's options: the table, and what they mean together. */
#define _DEFAULT_SOURCE /* strcasecmp */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "program_internal.h"

static bool
take_file(const char **out, const char *argument, struct esi_error *err)
{
    *out = argument;
    return argument[0] != '\0' || esi_error_set(err, "a file name is wanted");
}

static bool
take_write(void *ctx, const char *argument, struct esi_error *err)
{
    return take_file(&((struct options *)ctx)->out, argument, err);
}

static bool
take_plan(void *ctx, const char *argument, struct esi_error *err)
{
    return take_file(&((struct options *)ctx)->plan, argument, err);
}

static bool
take_write_plan(void *ctx, const char *argument, struct esi_error *err)
{
    return take_file(&((struct options *)ctx)->write_plan, argument, err);
}

static const char *const format_words[] = {
    [ESI_REWRITE_PCAP] = "pcap", [ESI_REWRITE_PCAPNG] = "pcapng"};

static bool
take_format(void *ctx, const char *argument, struct esi_error *err)
{
    struct options *options = ctx;

    size_t which;

    if (!esi_cli_word(argument, format_words, ESI_COUNT(format_words), &which, err))
        return false;
    options->format = (enum esi_rewrite_format)which;
    options->format_given = true;
    return true;
}

static bool
take_after(void *ctx, const char *argument, struct esi_error *err)
{
    struct options *options = ctx;
    size_t which;

    if (!esi_cli_word(argument, esi_rewrite_after_words, ESI_COUNT(esi_rewrite_after_words), &which,
                      err))
        return false;
    options->after = (enum esi_rewrite_after)which;
    options->after_given = true;
    return true;
}

static bool
take_dropped(void *ctx, const char *argument, struct esi_error *err)
{
    size_t which;

    if (!esi_cli_word(argument, esi_rewrite_dropped_words, ESI_COUNT(esi_rewrite_dropped_words),
                      &which, err))
        return false;
    ((struct options *)ctx)->keep_dropped = which == 1;
    return true;
}

static bool
take_checksums(void *ctx, const char *argument, struct esi_error *err)
{
    size_t which;

    if (!esi_cli_word(argument, esi_rewrite_checksums_words, ESI_COUNT(esi_rewrite_checksums_words),
                      &which, err))
        return false;
    ((struct options *)ctx)->checksums = (enum esi_rewrite_checksums)which;
    return true;
}

static bool
take_view(void *ctx, const char *argument, struct esi_error *err)
{
    size_t which;

    if (!esi_cli_word(argument, esi_rewrite_view_words, ESI_COUNT(esi_rewrite_view_words), &which,
                      err))
        return false;
    ((struct options *)ctx)->view = (enum esi_rewrite_view)which;
    return true;
}

static bool
take_proof(void *ctx, const char *argument, struct esi_error *err)
{
    return take_file(&((struct options *)ctx)->proof, argument, err);
}

static const struct esi_option option_table[] = {
    {'w', "write", "OUT", "write the rewritten capture to OUT; - is standard\noutput", take_write},
    {0, "format", "FORMAT",
     "pcap or pcapng; default: pcap if OUT ends in .pcap\nor .cap, else pcapng", take_format},
    {0, "dropped", "WHICH",
     "frames that the firewall drops: omit (the default),\n"
     "or mark: keep them as captured, with a comment",
     take_dropped},
    {0, "after-divergence", "WHICH",
     "frames that could not have come about as captured:\n"
     "keep, mark (keep with a comment, where the format\n"
     "holds comments: the default) or cut (leave out)",
     take_after},
    {0, "view", "WHICH",
     "whose edits to apply: both (the default), to-server\n"
     "or to-client; connections are cut in each",
     take_view},
    {0, "only-sessions", "LIST",
     "only the frames of these sessions, by the numbers\n"
     "that esmtp-analyzer prints, such as 1,4-7",
     esi_cli_take_only_sessions},
    {0, "checksums", "WHICH",
     "TCP checksums of changed frames: recompute (the\n"
     "default), adjust (by the difference: what was wrong\n"
     "stays wrong); all: set right in every frame",
     take_checksums},
    {0, "proof", "FILE",
     "write down what was changed, frame by frame, for\n"
     "others to check, to FILE; - is standard output",
     take_proof},
    {0, "write-plan", "FILE",
     "write the list of edits and cuts to FILE, as JSON\n"
     "Lines; - is standard output. Without -w no capture is\n"
     "written",
     take_write_plan},
    {0, "plan", "FILE",
     "apply such a list, instead of judging: no\n"
     "configuration is read, and what decides (-c, -P, -k,\n"
     "--map, --ports, -f, --max-memory) is as the plan says",
     take_plan},
    ESI_CLI_FIREWALL_OPTIONS,
    {0, "redact", NULL,
     "write # over each byte of mail addresses, of what is\n"
     "said in AUTH exchanges and of messages, in the\n"
     "comments; the frames of OUT itself hold what they\n"
     "held",
     esi_cli_take_redact},
    ESI_CLI_PROGRESS_OPTION,
    {'q', "quiet", NULL, "no remarks on standard error, only errors", esi_cli_take_quiet},
    {'v', "verbose", NULL, "say what was read, too", esi_cli_take_verbose},
    ESI_CLI_LIST_OPTIONS,
    {0, NULL, NULL, NULL, NULL},
};

static const struct esi_cli_values values[] = {
    ESI_CLI_FIREWALL_VALUES,
    {.option = "write", .files = "*.pcap* *.cap"},
    {.option = "format", .words = format_words, .count = ESI_COUNT(format_words)},
    {.option = "dropped",
     .words = esi_rewrite_dropped_words,
     .count = ESI_COUNT(esi_rewrite_dropped_words)},
    {.option = "after-divergence",
     .words = esi_rewrite_after_words,
     .count = ESI_COUNT(esi_rewrite_after_words)},
    {.option = "view", .words = esi_rewrite_view_words, .count = ESI_COUNT(esi_rewrite_view_words)},
    {.option = "checksums",
     .words = esi_rewrite_checksums_words,
     .count = ESI_COUNT(esi_rewrite_checksums_words)},
    {.option = "plan", .files = "*.plan *.jsonl"},
    ESI_CLI_PROGRESS_VALUES,
    {.option = NULL},
};

const struct esi_program program = {
    .name = "esmtp-rewriter",
    .purpose = "Writes a capture as it would look behind a firewall that runs 'inspect esmtp'.",
    .usage = "[OPTION]... CAPTURE... -w OUT",
    .epilogue = "CAPTURE is a pcap or pcapng file, plain or compressed with gzip, zstd, lz4, xz\n"
                "or bzip2, or - for standard input. Frames that no verdict touches stay as they\n"
                "are, byte for byte, and so does all else in a pcapng file written as pcapng.\n"
                "\n"
                "Exit status: 0 done; 2 wrong usage, configuration or plan; 3 a capture is\n"
                "unreadable, damaged or cut off (what could be read was written); 4 the output\n"
                "could not be written. If several hold, the highest.",
    .options = option_table,
    .values = values,
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

bool
options_lose_comments(const struct options *options)
{
    bool wanted =
        options->keep_dropped || (options->after_given && options->after == ESI_AFTER_MARK);

    return wanted && options->format == ESI_REWRITE_PCAP;
}

/* folder_of - the file's, which need not be there; false: nor is its folder. */
static bool
folder_of(const char *path, struct stat *out)
{
    const char *slash = strrchr(path, '/');
    char *folder = esi_strdup(slash ? path : ".");

    if (slash)
        folder[slash - path + 1] = '\0';
    bool found = stat(folder, out) == 0;
    free(folder);
    return found;
}

/* is_same_new - whether two files, neither of which is there, would be one. */
static bool
is_same_new(const char *one, const char *other)
{
    const char *slash = strrchr(one, '/'), *other_slash = strrchr(other, '/');
    struct stat a, b;

    return stat(one, &a) != 0 &&
           strcmp(slash ? slash + 1 : one, other_slash ? other_slash + 1 : other) == 0 &&
           folder_of(one, &a) && folder_of(other, &b) && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

/* check_plan - what a plan says nobody else says. */
static bool
check_plan(const struct options *options)
{
    const struct esi_cli_common *common = &options->common;
    const struct {
        const char *name;
        bool given;
    } rows[] = {
        {"config", common->configs.count > 0},  {"platform", common->platform != NULL},
        {"knob", common->knobs.count > 0},      {"map", common->map != NULL},
        {"ports", common->ports_given},         {"filter", common->filter != NULL},
        {"max-memory", common->max_memory > 0},
    };

    for (size_t r = 0; options->plan && r < ESI_COUNT(rows); r++) {
        if (!rows[r].given)
            continue;
        esi_cli_say(&program, "option '--%s': not with --plan: the plan says that", rows[r].name);
        return false;
    }
    return true;
}

/* check_redact - files that hold the bytes themselves. */
static bool
check_redact(const struct options *options)
{
    const struct {
        const char *option, *file;
    } rows[] = {
        {"plan", options->plan}, {"write-plan", options->write_plan}, {"proof", options->proof}};

    for (size_t r = 0; options->common.redact && r < ESI_COUNT(rows); r++) {
        if (!rows[r].file)
            continue;
        esi_cli_say(&program,
                    "option '--%s': its file holds the bytes themselves: not with --redact",
                    rows[r].option);
        return false;
    }
    return true;
}

/* check_inputs - standard input is one file. */
static bool
check_inputs(const struct options *options, const char *const *captures, size_t count)
{
    bool taken = options->plan && strcmp(options->plan, "-") == 0;

    for (size_t c = 0; c < count; c++) {
        if (taken && strcmp(captures[c], "-") == 0) {
            esi_cli_say(&program, "standard input cannot be both a plan and a capture");
            return false;
        }
    }
    return esi_cli_check_inputs(&program, &options->common, captures, count);
}

/* A file that is written. */
struct written {
    const char *what, *path; /* path: NULL, if it is not wanted */
};

/* are_apart - standard output may be one of the files, too: what is renamed to that name later
 * would take it away. */
static bool
are_apart(const char *one, const char *other)
{
    if (strcmp(other, "-") == 0)
        return strcmp(one, "-") != 0 && !esi_cli_same_file(other, one);
    return !esi_cli_same_file(one, other) && !is_same_new(one, other);
}

static bool
check_apart(const struct written *one, const struct written *other)
{
    const char *named = strcmp(one->path, "-") == 0 ? other->path : one->path;

    if (are_apart(one->path, other->path))
        return true;
    esi_cli_say(&program, "%s cannot be both %s and %s", esi_output_name(named), one->what,
                other->what);
    return false;
}

/* check_output - it destroys nothing that is read. */
static bool
check_output(const struct options *options, const char *path, const char *const *captures,
             size_t count)
{
    if (options->plan && esi_cli_same_file(path, options->plan)) {
        esi_cli_say(&program, "%s: is a plan to be read, not written", esi_output_name(path));
        return false;
    }
    return esi_cli_check_output(&program, &options->common, path, captures, count);
}

static bool
check_outputs(const struct options *options, const char *const *captures, size_t count)
{
    const struct written files[] = {{"the capture", options->out},
                                    {"the plan that is written", options->write_plan},
                                    {"the proof", options->proof}};

    for (size_t f = 0; f < ESI_COUNT(files); f++) {
        if (!files[f].path)
            continue;
        for (size_t other = 0; other < f; other++)
            if (files[other].path && !check_apart(&files[other], &files[f]))
                return false;
        if (!check_output(options, files[f].path, captures, count))
            return false;
    }
    return true;
}

bool
options_settle(struct options *options, const char *const *captures, size_t count)
{
    if (count == 0) {
        esi_cli_say(&program, "no capture to read; see --help");
        return false;
    }
    if (!options->out && !options->write_plan) {
        esi_cli_say(&program, "no output: -w OUT or --write-plan FILE is required; see --help");
        return false;
    }
    if (options->proof && !options->out) {
        esi_cli_say(&program, "--proof is of a capture that is written: -w OUT is missing");
        return false;
    }
    if (!options->format_given)
        options->format =
            options->out && names_pcap(options->out) ? ESI_REWRITE_PCAP : ESI_REWRITE_PCAPNG;
    if (!options->after_given)
        options->after = options->format == ESI_REWRITE_PCAP ? ESI_AFTER_KEEP : ESI_AFTER_MARK;
    return check_plan(options) && check_redact(options) && check_inputs(options, captures, count) &&
           check_outputs(options, captures, count);
}
