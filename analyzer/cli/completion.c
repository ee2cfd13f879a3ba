/*
 * completion.c - what shells are told of a program's options, so that they complete them.
 *
 * What an option takes is its row's word (struct esi_cli_values), and its argument's name where it
 * has none. How a shell is told stands in completion_SHELL.c.
 */
#include <stdio.h>
#include <string.h>

#include "cli_internal.h"

const char *const shells[3] = {"bash", "zsh", "fish"};
const char capture_files[] = "*.pcap* *.cap *.cap.*";

static const struct esi_cli_values common_values[] = {
    {.option = "print-completion", .words = shells, .count = ESI_COUNT(shells)},
    {.option = NULL},
};

bool
print_completion(const struct esi_program *program, const char *shell, struct esi_error *err)
{
    static void (*const print[])(const struct esi_program *) = {print_bash, print_zsh, print_fish};
    size_t which;

    if (!esi_cli_word(shell, shells, ESI_COUNT(shells), &which, err))
        return false;
    print[which](program);
    return true;
}

static const struct esi_cli_values *
find_values(const struct esi_cli_values *values, const char *option)
{
    while (values->option && strcmp(values->option, option) != 0)
        values++;
    return values;
}

const struct esi_cli_values *
option_values(const struct esi_program *program, const struct esi_option *option)
{
    const struct esi_cli_values *values =
        find_values(program->values ? program->values : common_values, option->name);

    return values->option ? values : find_values(common_values, option->name);
}

enum takes
option_takes(const struct esi_program *program, const struct esi_option *option)
{
    const struct esi_cli_values *values = option_values(program, option);

    if (!option->argument)
        return TAKES_NOTHING;
    if (values->words || values->word)
        return TAKES_WORDS;
    if (values->files || strcmp(option->argument, "FILE") == 0 ||
        strcmp(option->argument, "OUT") == 0)
        return TAKES_FILE;
    return strcmp(option->argument, "DIR") == 0 ? TAKES_FOLDER : TAKES_ANYTHING;
}

const char *
option_files(const struct esi_program *program, const struct esi_option *option)
{
    const char *files = option_values(program, option)->files;

    return files ? files : "*";
}

const char *
value_word(const struct esi_cli_values *values, size_t index, char room[static ESI_CLI_WORD_ROOM])
{
    if (values->word)
        return values->word(index, room);
    return index < values->count ? values->words[index] : NULL;
}

void
put_patterns(const char *patterns, const char *between)
{
    for (; *patterns; patterns++) {
        if (*patterns == ' ')
            fputs(between, stdout);
        else
            putchar(*patterns);
    }
}

void
put_description(const struct esi_option *option, const char *escaped, const char *quote)
{
    for (const char *at = option->help; *at && *at != ';'; at++) {
        if (*at == '\'') {
            fputs(quote, stdout);
            continue;
        }
        if (strchr(escaped, *at))
            putchar('\\');
        putchar(*at == '\n' ? ' ' : *at);
    }
}
