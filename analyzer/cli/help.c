/* help.c - --help, made from the table of options: left the option, right what it does. */
#include <stdio.h>
#include <string.h>

#include "cli_internal.h"

enum { HELP_AT = 26 }; /* column of the right half; a longer left half has a line of its own */

static int
print_left(const struct esi_option *option)
{
    int width = option->letter ? printf("  -%c, ", option->letter) : printf("      ");

    width += printf("--%s", option->name);
    if (option->argument)
        width += printf("=%s", option->argument);
    return width;
}

static void
print_option(const struct esi_option *option)
{
    int column = print_left(option);
    const char *at = option->help;

    if (column + 2 > HELP_AT) {
        putchar('\n');
        column = 0;
    }
    for (;;) {
        size_t len = strcspn(at, "\n");

        printf("%*s%.*s\n", HELP_AT - column, "", (int)len, at);
        if (at[len] == '\0')
            return;
        at += len + 1;
        column = 0;
    }
}

void
print_help(const struct esi_program *program)
{
    printf("Usage: %s %s\n%s\n\n", program->name, program->usage, program->purpose);
    for (size_t i = 0; i < option_count(program); i++)
        print_option(option_at(program, i));
    if (program->epilogue)
        printf("\n%s\n", program->epilogue);
}
