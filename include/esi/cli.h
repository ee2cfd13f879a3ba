/*
 * cli.h - what both programs need around main: option tables, --help, messages, exit statuses,
 * and which firewall is imitated.
 *
 * Option tables and wording stay with each program; the engine that walks them is here, and so are
 * the options that both take.
 */
#ifndef ESI_CLI_H
#define ESI_CLI_H

#include "esi/capture.h"
#include "esi/policy.h"

enum { ESI_CLI_WORD_ROOM = 128 };

struct esi_option {
    char letter;          /* 0: only the long form */
    const char *name;     /* "output" */
    const char *argument; /* "FORMAT[=FILE]" as --help prints it; NULL: takes none */
    const char *help;     /* one line or more, separated by LF */
    /* False, and why (without the option's name), if the argument is no good. */
    bool (*take)(void *ctx, const char *argument, struct esi_error *err);
};

/* What an option's argument may be, told to shells. An option without a row takes what its argument
 * is called: FILE and OUT a file, DIR a folder, all else anything. */
struct esi_cli_values {
    const char *option; /* its long name */
    /* Words, the parser's own list (esi_cli_word); or one after another, by index: NULL behind the
     * last, made in `room` or not. */
    const char *const *words;
    size_t count;
    const char *(*word)(size_t index, char room[static ESI_CLI_WORD_ROOM]);
    const char *files; /* or files: patterns of those that are meant, "*.cfg *.txt" */
    bool with_file;    /* WORD[=FILE] */
    bool several;      /* it may be given several times, and each counts */
};

struct esi_program {
    const char *name;                 /* "esmtp-analyzer" */
    const char *purpose;              /* one line for --help */
    const char *usage;                /* "[OPTION]... CAPTURE..." */
    const char *epilogue;             /* exit statuses and such, behind the options; may be NULL */
    const struct esi_option *options; /* ends with a NULL name; --help and --version are added */
    const struct esi_cli_values *values; /* ends with a NULL option; may be NULL */
};

enum esi_cli_step { ESI_CLI_RUN, ESI_CLI_LEAVE /* --help, --version: exit 0 */, ESI_CLI_WRONG };

/*
 * Walks argv as getopt_long(3) does (bundled letters, --name=value, unique abbreviations of long
 * names, "--", options behind operands). Operands are left in argv[*first_operand ..]. Help and
 * version go to standard output; what is wrong goes to standard error.
 */
enum esi_cli_step esi_cli_parse(const struct esi_program *program, int argc, char **argv, void *ctx,
                                int *first_operand);

/* "esmtp-analyzer: ..." on standard error. */
void esi_cli_say(const struct esi_program *program, const char *fmt, ...) ESI_PRINTF(2, 3);

enum { ESI_CLI_MEMORY_LEAST = 1 << 20 }; /* what --max-memory may be at least, in bytes */
/* Bytes, or with K, M or G behind them (powers of 1,024). */
bool esi_cli_size(const char *argument, size_t least, size_t *out, struct esi_error *err);

/* Whether writing `output` (-: standard output) would destroy `input` (-: standard input), or both
 * are one pipe. */
bool esi_cli_same_file(const char *output, const char *input);

/* Text to standard output from column `at` on, broken at blanks before column 80; every line but
 * the first begins with `indent` blanks. */
void esi_cli_wrap(const char *text, size_t at, size_t indent);

/* After --help, --version and such: DONE, or INTERNAL, said on standard error, if standard output
 * cannot be written. */
enum esi_exit esi_cli_flush(const struct esi_program *program);

/* Catches SIGINT, SIGTERM and SIGHUP: unfinished output files are removed, then the signal takes
 * its course. SIGPIPE and SIGXFSZ are ignored, so that writing fails with EPIPE or EFBIG instead.
 */
void esi_cli_catch_signals(void);

/* Version of the package, and of libpcap and libnids as linked. */
void esi_cli_print_version(const struct esi_program *program);

/* ---- options of both programs ---- */

/* Borrowed, as argv has them. */
struct esi_cli_words {
    const char **items;
    size_t count, cap;
};
/* True. `items` is to be freed by the owner. */
bool esi_cli_add_word(struct esi_cli_words *words, const char *word);

enum esi_cli_when { ESI_CLI_AUTO, ESI_CLI_ALWAYS, ESI_CLI_NEVER, ESI_CLI_WHENS };
extern const char *const esi_cli_when_words[ESI_CLI_WHENS];
/* Of a word. */
bool esi_cli_when(const char *argument, enum esi_cli_when *out, struct esi_error *err);

/* Sessions by number, as the user lists them, and the flows that they turned out to be. */
struct esi_cli_sessions {
    struct esi_cli_range {
        uint64_t first, last;
        bool found;
    } * ranges;        /* ascending and apart, once parsed */
    size_t count, cap; /* count 0: all sessions */
    uint64_t *flows;   /* bits */
    size_t flows_cap;
    struct esi_buf words; /* the list as text */
};
/* "1,4-7". False, and why, for anything else. */
bool esi_cli_sessions_parse(struct esi_cli_sessions *sessions, const char *list,
                            struct esi_error *err);
/* Whether the session is listed, or all are. */
bool esi_cli_sessions_has(const struct esi_cli_sessions *sessions, uint64_t number);
/* There is such a session, and it is this flow. */
void esi_cli_sessions_note(struct esi_cli_sessions *sessions, uint64_t number, esi_flow_id flow);
/* Whether the flow was noted. */
bool esi_cli_sessions_has_flow(const struct esi_cli_sessions *sessions, esi_flow_id flow);
/* The list, in order; NULL: nothing was listed. */
const char *esi_cli_sessions_words(const struct esi_cli_sessions *sessions);
/* Which of those listed were not noted. */
void esi_cli_say_missing_sessions(const struct esi_program *program,
                                  const struct esi_cli_sessions *sessions);

/* The first member of what esi_cli_parse is given as ctx. Zero, but for the ports, is a start. */
struct esi_cli_common {
    struct esi_cli_words configs, knobs;
    const char *platform, *map, *filter; /* NULL: not given */
    struct esi_ports ports;
    bool ports_given;
    size_t max_memory; /* bytes, 0: the default */
    bool quiet, verbose;
    bool redact;
    enum esi_cli_when progress;
    struct esi_cli_sessions sessions; /* --only-sessions */
    bool strict;                      /* lines that are not understood are errors */
    void (*list)(void);               /* print this and leave; NULL: none */
};
/* Of frames that were read: no session was found in them. */
void esi_cli_say_none_found(const struct esi_program *program, const struct esi_cli_common *common);
void esi_cli_common_free(struct esi_cli_common *common);

typedef bool esi_cli_take(void *ctx, const char *argument, struct esi_error *err);
esi_cli_take esi_cli_take_config, esi_cli_take_platform, esi_cli_take_knob, esi_cli_take_map,
    esi_cli_take_filter, esi_cli_take_ports, esi_cli_take_max_memory, esi_cli_take_quiet,
    esi_cli_take_verbose, esi_cli_take_strict, esi_cli_take_list_platforms, esi_cli_take_list_knobs,
    esi_cli_take_redact, esi_cli_take_progress, esi_cli_take_only_sessions;

/* Which of the words the argument is; *out is its place. */
bool esi_cli_word(const char *argument, const char *const *words, size_t count, size_t *out,
                  struct esi_error *err);

/* Rows for a program's table. */
/* clang-format off */
#define ESI_CLI_FIREWALL_OPTIONS                                                                   \
    {'c', "config", "FILE",                                                                        \
     "the firewall's configuration, whole or in part; may be\n"                                    \
     "given several times: later lines win; - is standard\n"                                       \
     "input",                                                                                      \
     esi_cli_take_config},                                                                         \
    {'P', "platform", "NAME",                                                                      \
     "the firewall to imitate: a name such as asa-8, or a\n"                                       \
     "release such as asa-8.4(7); default: what the\n"                                             \
     "configuration's version line says, else asa-8",                                              \
     esi_cli_take_platform},                                                                       \
    {'k', "knob", "NAME=VALUE",                                                                    \
     "override one habit of the platform; may be given\n"                                          \
     "several times",                                                                              \
     esi_cli_take_knob},                                                                           \
    {0, "map", "NAME",                                                                             \
     "inspect every SMTP flow by this map of the\n"                                                \
     "configuration, whatever its service-policy says",                                            \
     esi_cli_take_map},                                                                            \
    {0, "ports", "LIST",                                                                           \
     "TCP ports that carry SMTP where the configuration\n"                                         \
     "binds no inspection, such as 25,587 (default 25)",                                           \
     esi_cli_take_ports},                                                                          \
    {'f', "filter", "EXPR", "only frames that this BPF expression lets through",                   \
     esi_cli_take_filter},                                                                         \
    {0, "max-memory", "SIZE",                                                                      \
     "cap for all that grows with the traffic, such as 64M\n"                                      \
     "(default 1G); sessions given up for it are told",                                            \
     esi_cli_take_max_memory}
/* Its row of esi_cli_values. */
#define ESI_CLI_PROGRESS_VALUES                                                                    \
    {.option = "progress", .words = esi_cli_when_words, .count = ESI_CLI_WHENS}
#define ESI_CLI_PROGRESS_OPTION                                                                    \
    {0, "progress", "WHEN",                                                                        \
     "how far the reading is, on standard error: auto (the\n"                                      \
     "default: a bar on a terminal, for work that takes\n"                                         \
     "more than a second), always or never",                                                       \
     esi_cli_take_progress}
#define ESI_CLI_LIST_OPTIONS                                                                       \
    {0, "list-platforms", NULL, "print the names --platform knows, and leave",                     \
     esi_cli_take_list_platforms},                                                                 \
    {0, "list-knobs", NULL,                                                                        \
     "print the habits --knob turns, their values, what\n"                                         \
     "each platform has, how sure that is and by what\n"                                           \
     "source, and leave",                                                                          \
     esi_cli_take_list_knobs}
#define ESI_CLI_FIREWALL_VALUES                                                                    \
    {.option = "config", .files = "*.cfg *.conf *.txt", .several = true},                          \
    {.option = "platform", .word = esi_cli_platform_word},                                         \
    {.option = "knob", .word = esi_cli_knob_word, .several = true}
/* clang-format on */
const char *esi_cli_platform_word(size_t index, char room[static ESI_CLI_WORD_ROOM]);
const char *esi_cli_knob_word(size_t index, char room[static ESI_CLI_WORD_ROOM]); /* NAME=VALUE */

/*
 * How far a reading is, on standard error: one line, written over again and again, on a terminal,
 * else lines of text. Only one at a time. in_the_way: data goes to the same terminal meanwhile.
 */
void esi_cli_progress_begin(const struct esi_program *program, const struct esi_cli_common *common,
                            bool in_the_way);
/* From time to time. sessions: so far; may be NULL. */
void esi_cli_progress_show(const struct esi_capture *capture, const uint64_t *sessions);
/* Takes the line away, until it is shown again: before anything else is written to a terminal. */
void esi_cli_progress_clear(void);
void esi_cli_progress_end(const struct esi_capture *capture, const uint64_t *sessions);

/* Whether the inputs may be read and the output written; false after saying why not. output NULL:
 * there is none. */
bool esi_cli_check_inputs(const struct esi_program *program, const struct esi_cli_common *common,
                          const char *const *captures, size_t count);
bool esi_cli_check_output(const struct esi_program *program, const struct esi_cli_common *common,
                          const char *output, const char *const *captures, size_t count);

/*
 * The policy that the options make. Warnings of its configuration go to standard error unless
 * quiet, notes only if verbose. NULL after saying what is wrong, all errors of the configuration
 * included: exit status USAGE.
 */
struct esi_policy *esi_cli_policy(const struct esi_program *program,
                                  const struct esi_cli_common *common);
/* What became of the configuration's lines and what is to be said of them, on standard output.
 * USAGE if there are errors. */
enum esi_exit esi_cli_check_config(const struct esi_program *program,
                                   const struct esi_cli_common *common);
/* The policy in force as configuration text, on standard output. */
enum esi_exit esi_cli_print_config(const struct esi_program *program,
                                   const struct esi_cli_common *common);

#endif
