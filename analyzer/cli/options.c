/*
 * options.c - walks argv by a program's table of options, over getopt_long(3); what is said then.
 *
 * Wrong options are told in getopt's own words, under the program's plain name. What an option
 * means is its program's business.
 */
#define _GNU_SOURCE /* getopt_long, vasprintf */

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "esi/cli.h"

#include "cli_internal.h"

/* What getopt_long answers for an option of the table: FIRST + its place. */
enum { FIRST = 256 };

/* Behind the table of each program. */
static const struct esi_option common_options[] = {
    {0, "print-completion", "SHELL",
     "print what completes this program's options in bash,\n"
     "zsh or fish, and leave",
     NULL},
    {0, "help", NULL, "print this and leave", NULL},
    {0, "version", NULL, "print the version, and those of the libraries, and\nleave", NULL},
};
enum { COMPLETION, HELP, VERSION, COMMON_COUNT };

struct table {
    size_t count; /* the program's own */
    struct option *longs;
    char *shorts;
};

size_t
option_count(const struct esi_program *program)
{
    size_t count = 0;

    while (program->options[count].name)
        count++;
    return count + COMMON_COUNT;
}

const struct esi_option *
option_at(const struct esi_program *program, size_t index)
{
    size_t own = option_count(program) - COMMON_COUNT;

    return index < own ? &program->options[index] : &common_options[index - own];
}

static struct table
make_table(const struct esi_program *program)
{
    size_t count = option_count(program);
    struct table table = {.count = count - COMMON_COUNT};
    char *at;

    table.longs = esi_alloc((count + 1) * sizeof *table.longs);
    table.shorts = at = esi_alloc(2 * count + 1);
    for (size_t i = 0; i < count; i++) {
        const struct esi_option *option = option_at(program, i);
        int argument = option->argument ? required_argument : no_argument;

        table.longs[i] = (struct option){option->name, argument, NULL, FIRST + (int)i};
        if (!option->letter)
            continue;
        *at++ = option->letter;
        if (option->argument)
            *at++ = ':';
    }
    return table;
}

/* find_option - of getopt_long's answer. */
static size_t
find_option(const struct esi_program *program, int answer)
{
    size_t i = 0;

    if (answer >= FIRST)
        return (size_t)(answer - FIRST);
    while (option_at(program, i)->letter != answer)
        i++;
    return i;
}

static enum esi_cli_step
take(const struct esi_program *program, const struct table *table, size_t index, void *ctx)
{
    const struct esi_option *option = option_at(program, index);
    struct esi_error err;

    if (index == table->count + HELP) {
        print_help(program);
        return ESI_CLI_LEAVE;
    }
    if (index == table->count + VERSION) {
        esi_cli_print_version(program);
        return ESI_CLI_LEAVE;
    }
    if (index == table->count + COMPLETION) {
        if (print_completion(program, optarg, &err))
            return ESI_CLI_LEAVE;
    } else if (option->take(ctx, optarg, &err)) {
        return ESI_CLI_RUN;
    }
    esi_cli_say(program, "option '--%s': %s", option->name, err.text);
    return ESI_CLI_WRONG;
}

static void
say_try_help(const struct esi_program *program)
{
    fprintf(stderr, "Try '%s --help' for more information.\n", program->name);
}

enum esi_cli_step
esi_cli_parse(const struct esi_program *program, int argc, char **argv, void *ctx,
              int *first_operand)
{
    struct table table = make_table(program);
    enum esi_cli_step step = ESI_CLI_RUN;
    char *called = argv[0], *name = esi_strdup(program->name);
    int answer;

    argv[0] = name; /* getopt_long begins its messages with it */
    optind = 0;     /* from the start, if this is not the first walk */
    while (step == ESI_CLI_RUN &&
           (answer = getopt_long(argc, argv, table.shorts, table.longs, NULL)) != -1)
        step = answer == '?' ? ESI_CLI_WRONG
                             : take(program, &table, find_option(program, answer), ctx);
    if (step == ESI_CLI_WRONG)
        say_try_help(program);
    *first_operand = optind;
    argv[0] = called;
    free(name);
    free(table.longs);
    free(table.shorts);
    return step;
}

void
esi_cli_say(const struct esi_program *program, const char *fmt, ...)
{
    struct esi_buf shown = {0};
    char *text = NULL;
    va_list args;

    va_start(args, fmt);
    if (vasprintf(&text, fmt, args) < 0)
        esi_panic("out of memory");
    va_end(args);
    esi_escape_text(&shown, esi_slice_of(text));
    esi_cli_progress_clear();
    fflush(stdout); /* what was found before stays before it on a terminal */
    fprintf(stderr, "%s: %.*s\n", program->name, (int)shown.len, (const char *)shown.data);
    free(text);
    esi_buf_free(&shown);
}

enum esi_exit
esi_cli_flush(const struct esi_program *program)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return ESI_EXIT_DONE;
    esi_cli_say(program, "standard output: cannot be written");
    return ESI_EXIT_INTERNAL;
}
