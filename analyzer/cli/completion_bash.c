/*
 * completion_bash.c - a program's options as a completion of bash.
 *
 * It needs nothing of the package bash-completion, which only finds it. Readline cuts words at =
 * and :, getopt_long does not: so words are put together first, and what readline believes to have
 * already is taken off the answers.
 */
#include <stdio.h>

#include "cli_internal.h"

static const char before[] =
    "{\n"
    "    local IFS=$'\\n' cur='' previous='' option='' lead='' value files='' folders='' word i\n"
    "    local words=() all=() glued='' ended='' breaks=''\n"
    "\n"
    "    COMPREPLY=()\n"
    "    for ((i = 1; i <= COMP_CWORD; i++)); do\n"
    "        word=${COMP_WORDS[i]}\n"
    "        if [[ $word == [=:]* || $glued ]]; then\n"
    "            cur+=$word\n"
    "        else\n"
    "            previous=$cur cur=$word\n"
    "            [[ $previous == -- ]] && ended=yes\n"
    "        fi\n"
    "        if [[ $word == *[=:] ]]; then glued=yes; else glued=''; fi\n"
    "    done\n";

static const char between[] = "    if [[ ! $ended && ! $option ]]; then\n"
                              "        case $cur in\n"
                              "        --*=*) option=${cur%%=*} lead=${cur%%=*}= ;;\n";

static const char middle[] = "        esac\n"
                             "    fi\n"
                             "    value=${cur#\"$lead\"}\n"
                             "    case $option in\n";

static const char behind[] =
    "    for word in \"${words[@]}\"; do\n"
    "        [[ $word == \"$value\"* ]] && COMPREPLY+=(\"$lead$word\")\n"
    "    done\n"
    "    if [[ $files$folders ]]; then\n"
    "        compopt -o filenames 2>/dev/null\n"
    "        [[ $folders ]] || while read -r word; do\n"
    "            all+=(\"$word\")\n"
    "            [[ ! -d $word && $word == @($files) ]] && COMPREPLY+=(\"$lead$word\")\n"
    "        done < <(compgen -f -- \"$value\")\n"
    "        if [[ ! $folders && ${#COMPREPLY[@]} -eq 0 ]]; then\n"
    "            for word in \"${all[@]}\"; do COMPREPLY+=(\"$lead$word\"); done\n"
    "        else\n"
    "            while read -r word; do COMPREPLY+=(\"$lead$word\"); done"
    " < <(compgen -d -- \"$value\")\n"
    "        fi\n"
    "    fi\n"
    "    [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == --*= ]] && compopt -o nospace "
    "2>/dev/null\n"
    "    [[ $COMP_WORDBREAKS == *=* ]] && breaks+='='\n"
    "    [[ $COMP_WORDBREAKS == *:* ]] && breaks+=':'\n"
    "    [[ $breaks && $cur == *[$breaks]* ]] || return 0\n"
    "    value=${cur%\"${cur##*[\"$breaks\"]}\"}\n"
    "    COMPREPLY=(\"${COMPREPLY[@]#\"$value\"}\")\n"
    "}\n";

static void
put_names(const struct esi_option *option)
{
    if (option->letter)
        printf("-%c | ", option->letter);
    printf("--%s", option->name);
}

/* print_taking - the options that the word before may be, so that this word is theirs. */
static void
print_taking(const struct esi_program *program)
{
    const char *bar = "";

    fputs("    [[ $ended ]] || case $previous in\n    ", stdout);
    for (size_t i = 0; i < option_count(program); i++) {
        const struct esi_option *option = option_at(program, i);

        if (!option->argument)
            continue;
        fputs(bar, stdout);
        put_names(option);
        bar = " | ";
    }
    puts(") option=$previous ;;\n    esac");
}

/* print_attached - "-Pasa-8". */
static void
print_attached(const struct esi_program *program)
{
    fputs("        -[", stdout);
    for (size_t i = 0; i < option_count(program); i++)
        if (option_at(program, i)->letter && option_at(program, i)->argument)
            putchar(option_at(program, i)->letter);
    puts("]?*) option=${cur:0:2} lead=${cur:0:2} ;;");
}

static void
print_words(const struct esi_cli_values *values)
{
    char room[ESI_CLI_WORD_ROOM];
    const char *word;

    if (values->with_file)
        puts("        if [[ $value == *=* ]]; then\n"
             "            lead+=${value%%=*}= value=${value#*=} files='*'\n"
             "        else");
    fputs("        words=(", stdout);
    for (size_t i = 0; (word = value_word(values, i, room)); i++)
        printf("%s'%s'", i > 0 ? " " : "", word);
    puts(")");
    if (values->with_file)
        puts("        fi");
    puts("        ;;");
}

static void
print_option(const struct esi_program *program, const struct esi_option *option)
{
    enum takes takes = option_takes(program, option);

    if (takes == TAKES_NOTHING || takes == TAKES_ANYTHING)
        return;
    fputs("    ", stdout);
    put_names(option);
    puts(")");
    if (takes == TAKES_WORDS) {
        print_words(option_values(program, option));
        return;
    }
    if (takes == TAKES_FOLDER) {
        puts("        folders=yes ;;");
        return;
    }
    fputs("        files='", stdout);
    put_patterns(option_files(program, option), "|");
    puts("' ;;");
}

/* print_operand - the option that is being typed, or a capture. */
static void
print_operand(const struct esi_program *program)
{
    puts("    '')\n"
         "        if [[ $cur == -* && ! $ended ]]; then");
    fputs("            words=(", stdout);
    for (size_t i = 0; i < option_count(program); i++)
        printf("%s--%s%s", i > 0 ? " " : "", option_at(program, i)->name,
               option_at(program, i)->argument ? "=" : "");
    puts(")\n        else");
    fputs("            files='", stdout);
    put_patterns(capture_files, "|");
    puts("'\n        fi\n        ;;\n    esac");
}

static void
print_name(const struct esi_program *program)
{
    putchar('_');
    for (const char *at = program->name; *at; at++)
        putchar(*at == '-' ? '_' : *at);
}

void
print_bash(const struct esi_program *program)
{
    printf("# bash completion for %s, as %s --print-completion=bash prints it.\n\n", program->name,
           program->name);
    print_name(program);
    puts("()");
    fputs(before, stdout);
    print_taking(program);
    fputs(between, stdout);
    print_attached(program);
    fputs(middle, stdout);
    for (size_t i = 0; i < option_count(program); i++)
        print_option(program, option_at(program, i));
    print_operand(program);
    fputs(behind, stdout);
    fputs("complete -F ", stdout);
    print_name(program);
    printf(" %s\n", program->name);
}
