/* cli_options.c - argv walked by a table, --help, and what is said about wrong options. */
#define _DEFAULT_SOURCE /* dup2, fileno */

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "esi/cli.h"

struct taken {
    const char *name;
    unsigned quiet;
};

static bool
take_name(void *ctx, const char *argument, struct esi_error *err)
{
    ((struct taken *)ctx)->name = argument;
    return strcmp(argument, "bad") != 0 || esi_error_set(err, "'%s' is no good", argument);
}

static bool
take_quiet(void *ctx, const char *argument, struct esi_error *err)
{
    (void)err;
    cr_assert_null(argument);
    ((struct taken *)ctx)->quiet++;
    return true;
}

static const struct esi_option options[] = {
    {'n', "name", "WORD", "a name\nof two lines", take_name},
    {'q', "quiet", NULL, "less talk", take_quiet},
    {0, "a-rather-long-option-name", "ARGUMENT", "help stands on the next line", take_name},
    {0, NULL, NULL, NULL, NULL},
};
static const struct esi_program program = {.name = "tested",
                                           .purpose = "Is tested.",
                                           .usage = "[OPTION]... FILE...",
                                           .epilogue = "The end.",
                                           .options = options};

enum { ARGS_MOST = 8 };

/* swap - standard output or error goes to a file from here on. */
static FILE *
swap(int fd)
{
    FILE *file = tmpfile();

    fflush(NULL);
    dup2(fileno(file), fd);
    return file;
}

static char *
read_back(FILE *file)
{
    char *text = esi_alloc(8192);

    fflush(NULL);
    rewind(file);
    text[fread(text, 1, 8191, file)] = '\0';
    fclose(file);
    return text;
}

static const struct {
    const char *what;
    const char *args[ARGS_MOST];
    enum esi_cli_step step;
    const char *name;
    unsigned quiet;
    const char *operands; /* joined by blanks */
    const char *said;     /* the first line on standard error */
} rows[] = {
    {"nothing", {NULL}, ESI_CLI_RUN, NULL, 0, "", ""},
    {"letters bundled, argument behind", {"-qqnx", "file"}, ESI_CLI_RUN, "x", 2, "file", ""},
    {"argument apart", {"-n", "x", "-q"}, ESI_CLI_RUN, "x", 1, "", ""},
    {"long, =", {"--name=x=y", "file"}, ESI_CLI_RUN, "x=y", 0, "file", ""},
    {"long, apart", {"--name", "x", "file"}, ESI_CLI_RUN, "x", 0, "file", ""},
    {"abbreviated", {"--na", "x", "--qui"}, ESI_CLI_RUN, "x", 1, "", ""},
    {"option behind operands", {"a", "-q", "b"}, ESI_CLI_RUN, NULL, 1, "a b", ""},
    {"- is an operand", {"-q", "-"}, ESI_CLI_RUN, NULL, 1, "-", ""},
    {"-- ends options", {"-q", "--", "-q"}, ESI_CLI_RUN, NULL, 1, "-q", ""},
    {"unknown letter", {"-x"}, ESI_CLI_WRONG, NULL, 0, NULL, "tested: invalid option -- 'x'"},
    {"unknown word",
     {"--bogus"},
     ESI_CLI_WRONG,
     NULL,
     0,
     NULL,
     "tested: unrecognized option '--bogus'"},
    {"argument missing",
     {"-n"},
     ESI_CLI_WRONG,
     NULL,
     0,
     NULL,
     "tested: option requires an argument -- 'n'"},
    {"argument not allowed",
     {"--quiet=1"},
     ESI_CLI_WRONG,
     NULL,
     0,
     NULL,
     "tested: option '--quiet' doesn't allow an argument"},
    {"argument no good",
     {"-n", "bad"},
     ESI_CLI_WRONG,
     "bad",
     0,
     NULL,
     "tested: option '--name': 'bad' is no good"},
};

Test(cli_options, walk)
{
    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        char *argv[ARGS_MOST + 2] = {strdup("/usr/bin/some-path")}, joined[64] = "";
        struct taken taken = {0};
        int argc = 1, first, saved = dup(STDERR_FILENO);
        FILE *err = swap(STDERR_FILENO);

        for (; rows[i].args[argc - 1]; argc++)
            argv[argc] = strdup(rows[i].args[argc - 1]);
        enum esi_cli_step step = esi_cli_parse(&program, argc, argv, &taken, &first);
        char *said = read_back(err);
        dup2(saved, STDERR_FILENO);
        close(saved);
        cr_assert_eq(step, rows[i].step, "%s", rows[i].what);
        said[strcspn(said, "\n")] = '\0';
        cr_assert_str_eq(said, rows[i].said, "%s", rows[i].what);
        cr_assert((!taken.name && !rows[i].name) ||
                      (taken.name && rows[i].name && strcmp(taken.name, rows[i].name) == 0),
                  "%s", rows[i].what);
        cr_assert_eq(taken.quiet, rows[i].quiet, "%s", rows[i].what);
        for (int a = first; a < argc; a++)
            sprintf(joined + strlen(joined), "%s%s", a > first ? " " : "", argv[a]);
        if (rows[i].operands)
            cr_assert_str_eq(joined, rows[i].operands, "%s", rows[i].what);
        cr_assert_str_eq(argv[0], "/usr/bin/some-path");
        for (int a = 0; a < argc; a++)
            free(argv[a]);
        free(said);
    }
}

/* printed - on standard output, for one long option. */
static char *
printed(const struct esi_program *of, char *option)
{
    char *argv[] = {"x", option, NULL};
    struct taken taken = {0};
    int first, saved = dup(STDOUT_FILENO);
    FILE *out = swap(STDOUT_FILENO);
    enum esi_cli_step step = esi_cli_parse(of, 2, argv, &taken, &first);
    char *text = read_back(out);

    dup2(saved, STDOUT_FILENO);
    close(saved);
    cr_assert_eq(step, ESI_CLI_LEAVE);
    return text;
}

Test(cli_options, help)
{
    char *text = printed(&program, "--help");

    cr_assert_str_eq(
        text, "Usage: tested [OPTION]... FILE...\n"
              "Is tested.\n"
              "\n"
              "  -n, --name=WORD         a name\n"
              "                          of two lines\n"
              "  -q, --quiet             less talk\n"
              "      --a-rather-long-option-name=ARGUMENT\n"
              "                          help stands on the next line\n"
              "      --print-completion=SHELL\n"
              "                          print what completes this program's options in bash,\n"
              "                          zsh or fish, and leave\n"
              "      --help              print this and leave\n"
              "      --version           print the version, and those of the libraries, and\n"
              "                          leave\n"
              "\n"
              "The end.\n");
    free(text);
}

Test(cli_options, version)
{
    char *text = printed(&program, "--version");

    cr_assert(strncmp(text, "tested ", 7) == 0);
    cr_assert_not_null(strstr(text, "\nlibpcap version "));
    cr_assert_not_null(strstr(text, "\nlibnids 1."));
    free(text);
}

static const char *
numbered(size_t index, char room[static ESI_CLI_WORD_ROOM])
{
    snprintf(room, ESI_CLI_WORD_ROOM, "n%zu=x", index);
    return index < 2 ? room : NULL;
}

static const char *const colours[] = {"red", "green"};
static const struct esi_option completed[] = {
    {'c', "colour", "WHICH", "the box's [own] colour;\nnot told", take_name},
    {0, "number", "NAME=VALUE", "a\nnumber", take_name},
    {'o', "output", "FORMAT[=FILE]", "what", take_name},
    {0, "plan", "PLAN", "a plan", take_name},
    {'w', "write", "OUT", "a file", take_name},
    {0, "folder", "DIR", "a folder", take_name},
    {'x', "expression", "EXPR", "anything", take_name},
    {'q', "quiet", NULL, "less", take_quiet},
    {0, NULL, NULL, NULL, NULL},
};
static const struct esi_cli_values values[] = {
    {.option = "colour", .words = colours, .count = ESI_COUNT(colours), .several = true},
    {.option = "number", .word = numbered},
    {.option = "output", .words = colours, .count = ESI_COUNT(colours), .with_file = true},
    {.option = "plan", .files = "*.a *.b"},
    {.option = NULL},
};
static const struct esi_program of_many = {
    .name = "a-b", .purpose = "", .usage = "", .options = completed, .values = values};

/* What a shell makes of it, tests/tools/check-completion.sh asks the shells. */
static const struct {
    char *option;
    const char *lines[12];
} told[] = {
    {"--print-completion=bash",
     {"_a_b()\n", "complete -F _a_b a-b\n", "    -c | --colour)\n        words=('red' 'green')\n",
      "    --number)\n        words=('n0=x' 'n1=x')\n", "    --plan)\n        files='*.a|*.b' ;;\n",
      "    -w | --write)\n        files='*' ;;\n", "    --folder)\n        folders=yes ;;\n",
      "words=(--colour= --number= --output= --plan= --write= --folder= --expression= --quiet "
      "--print-completion= --help --version)\n",
      "-[cowx]?*) option="}},
    {"--print-completion=zsh",
     {"#compdef a-b\n",
      "'*'{-c+,--colour=}'[the box'\\''s \\[own\\] colour]:WHICH:(red green)' \\\n",
      "'--number=[a number]:NAME=VALUE:(n0=x n1=x)' \\\n",
      "'(-o --output)'{-o+,--output=}'[what]:FORMAT[=FILE]:{ if compset -P \"*=\"; then _files; "
      "else compadd -- red green; fi }' \\\n",
      "'--plan=[a plan]:PLAN:_files -g \"(*.a|*.b)\"' \\\n", "'--folder=[a folder]:DIR:_files -/' ",
      "'(-x --expression)'{-x+,--expression=}'[anything]:EXPR: ' ",
      "'(-q --quiet)'{-q,--quiet}'[less]' "}},
    {"--print-completion=fish",
     {"complete -c a-b -s c -l colour -x -a 'red green' -d 'the box\\'s [own] colour'\n",
      "complete -c a-b -l number -x -a 'n0=x n1=x' -d 'a number'\n",
      "complete -c a-b -l plan -x -a '(__a-b_files \\'*.a\\' \\'*.b\\')' -d 'a plan'\n",
      "complete -c a-b -l folder -x -a '(__fish_complete_directories)' -d 'a folder'\n",
      "complete -c a-b -s x -l expression -x -d 'anything'\n",
      "complete -c a-b -s q -l quiet -d 'less'\n"}},
};

Test(cli_options, completion)
{
    for (size_t i = 0; i < ESI_COUNT(told); i++) {
        char *text = printed(&of_many, told[i].option);

        for (size_t l = 0; l < ESI_COUNT(told[i].lines) && told[i].lines[l]; l++)
            cr_assert_not_null(strstr(text, told[i].lines[l]), "%s: %s in\n%s", told[i].option,
                               told[i].lines[l], text);
        free(text);
    }
}
