/* completion_fish.c - a program's options as completions of fish. */
#include <stdio.h>

#include "cli_internal.h"

/* Of the files that fit the word, those of some patterns and the folders; all, if there are none
 * of these. The word may be --option=FILE, -xFILE or WORD=FILE. */
static const char files_function[] =
    "    set -l word (string replace -r '^(--[^=]*=|-[A-Za-z])' '' -- (commandline -ct))\n"
    "    set -l all (__fish_complete_path \"$word\" | string replace -r '\\t.*' '')\n"
    "    set -l meant\n"
    "    for pattern in $argv\n"
    "        set -a meant (string match -- $pattern $all)\n"
    "    end\n"
    "    set -q meant[1]; or set meant $all\n"
    "    printf '%s\\n' $meant (string match -- '*/' $all)\n"
    "end\n";

static void
print_files(const char *name, const char *patterns)
{
    printf(" -x -a '(__%s_files \\'", name);
    put_patterns(patterns, "\\' \\'");
    fputs("\\')'", stdout);
}

static void
print_words(const struct esi_cli_values *values)
{
    char room[ESI_CLI_WORD_ROOM];
    const char *word;

    fputs(" -x -a '", stdout);
    for (size_t i = 0; (word = value_word(values, i, room)); i++)
        printf("%s%s", i > 0 ? " " : "", word);
    putchar('\'');
}

static void
print_start(const struct esi_program *program, const struct esi_option *option)
{
    printf("complete -c %s", program->name);
    if (option->letter)
        printf(" -s %c", option->letter);
    printf(" -l %s", option->name);
}

static void
print_option(const struct esi_program *program, const struct esi_option *option)
{
    print_start(program, option);
    switch (option_takes(program, option)) {
    case TAKES_NOTHING:
        break;
    case TAKES_ANYTHING:
        fputs(" -x", stdout);
        break;
    case TAKES_WORDS:
        print_words(option_values(program, option));
        break;
    case TAKES_FILE:
        print_files(program->name, option_files(program, option));
        break;
    case TAKES_FOLDER:
        fputs(" -x -a '(__fish_complete_directories)'", stdout);
        break;
    }
    fputs(" -d '", stdout);
    put_description(option, "\\", "\\'");
    puts("'");
    if (!option_values(program, option)->with_file)
        return;
    print_start(program, option);
    puts(" -n 'string match -qr \"^[a-z]+=|^-.*=.*=|^-[^-].*=\" -- (commandline -ct)' -r -F");
}

void
print_fish(const struct esi_program *program)
{
    const char *name = program->name;

    printf("# fish completion for %s, as %s --print-completion=fish prints it.\n\n", name, name);
    printf("function __%s_files\n%s\n", name, files_function);
    printf("complete -c %s -k", name);
    print_files(name, capture_files);
    putchar('\n');
    for (size_t i = 0; i < option_count(program); i++)
        print_option(program, option_at(program, i));
}
