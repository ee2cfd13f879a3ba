/*
 * completion_zsh.c - a program's options as a completion of zsh: arguments of its _arguments.
 *
 * The file is found by its name, _PROGRAM, in a folder of $fpath; it can be sourced as well.
 */
#include <stdio.h>

#include "cli_internal.h"

/* print_words - for WORD=FILE a list is not enough. */
static void
print_words(const struct esi_cli_values *values)
{
    char room[ESI_CLI_WORD_ROOM];
    const char *word;

    fputs(values->with_file ? "{ if compset -P \"*=\"; then _files; else compadd --" : "(", stdout);
    for (size_t i = 0; (word = value_word(values, i, room)); i++)
        printf("%s%s", i > 0 || values->with_file ? " " : "", word);
    fputs(values->with_file ? "; fi }" : ")", stdout);
}

static void
print_files(const char *patterns)
{
    fputs("_files -g \"(", stdout);
    put_patterns(patterns, "|");
    fputs(")\"", stdout);
}

static void
print_action(const struct esi_program *program, const struct esi_option *option)
{
    enum takes takes = option_takes(program, option);

    if (takes == TAKES_NOTHING)
        return;
    printf(":%s:", option->argument);
    switch (takes) {
    case TAKES_WORDS:
        print_words(option_values(program, option));
        break;
    case TAKES_FILE:
        print_files(option_files(program, option));
        break;
    case TAKES_FOLDER:
        fputs("_files -/", stdout);
        break;
    case TAKES_ANYTHING:
    case TAKES_NOTHING:
        putchar(' ');
        break;
    }
}

/* print_names - "'(-q --quiet)'{-q,--quiet}'", "'*--knob='": up to the description. */
static void
print_names(const struct esi_program *program, const struct esi_option *option)
{
    bool several = option_values(program, option)->several;
    const char *plus = option->argument ? "+" : "", *equals = option->argument ? "=" : "";

    if (!option->letter)
        printf("'%s--%s%s", several ? "*" : "", option->name, equals);
    else if (several)
        printf("'*'{-%c%s,--%s%s}'", option->letter, plus, option->name, equals);
    else
        printf("'(-%c --%s)'{-%c%s,--%s%s}'", option->letter, option->name, option->letter, plus,
               option->name, equals);
}

static void
print_option(const struct esi_program *program, const struct esi_option *option)
{
    fputs("        ", stdout);
    print_names(program, option);
    putchar('[');
    put_description(option, "[]", "'\\''");
    putchar(']');
    print_action(program, option);
    puts("' \\");
}

void
print_zsh(const struct esi_program *program)
{
    const char *name = program->name;

    printf("#compdef %s\n# zsh completion for %s, as %s --print-completion=zsh prints it.\n\n",
           name, name, name);
    printf("_%s()\n{\n    _arguments -s -S : \\\n", name);
    for (size_t i = 0; i < option_count(program); i++)
        print_option(program, option_at(program, i));
    fputs("        '*:CAPTURE:", stdout);
    print_files(capture_files);
    printf("'\n}\n\n"
           "if [[ $funcstack[1] == _%s ]]; then\n    _%s \"$@\"\nelse\n    compdef _%s %s\nfi\n",
           name, name, name, name);
}
