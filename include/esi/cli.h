/*
 * cli.h - what both programs need around main: option tables, --help, messages, exit statuses.
 *
 * Option tables and wording stay with each program; the engine that walks them is here.
 */
#ifndef ESI_CLI_H
#define ESI_CLI_H

#include "esi/base.h"

struct esi_option {
    char letter;          /* 0: only the long form */
    const char *name;     /* "output" */
    const char *argument; /* "FORMAT[=FILE]" as --help prints it; NULL: takes none */
    const char *help;     /* one line or more, separated by LF */
    /* False, and why (without the option's name), if the argument is no good. */
    bool (*take)(void *ctx, const char *argument, struct esi_error *err);
};

struct esi_program {
    const char *name;                 /* "esmtp-analyzer" */
    const char *purpose;              /* one line for --help */
    const char *usage;                /* "[OPTION]... CAPTURE..." */
    const char *epilogue;             /* exit statuses and such, behind the options; may be NULL */
    const struct esi_option *options; /* ends with a NULL name; --help and --version are added */
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

/* Whether writing `output` would destroy `input`; false for - (standard output, standard input). */
bool esi_cli_same_file(const char *output, const char *input);

/* After --help, --version and such: DONE, or INTERNAL, said on standard error, if standard output
 * cannot be written. */
enum esi_exit esi_cli_flush(const struct esi_program *program);

/* Catches SIGINT, SIGTERM and SIGHUP: unfinished output files are removed, then the signal takes
 * its course. SIGPIPE is ignored, so that writing fails with EPIPE instead. */
void esi_cli_catch_signals(void);

/* Version of the package, and of libpcap and libnids as linked. */
void esi_cli_print_version(const struct esi_program *program);

#endif
