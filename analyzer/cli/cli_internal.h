/* cli_internal.h - the options of a program, its own and the common ones; its configuration. */
#ifndef ESI_CLI_INTERNAL_H
#define ESI_CLI_INTERNAL_H

#include "esi/cli.h"

size_t option_count(const struct esi_program *program);
const struct esi_option *option_at(const struct esi_program *program, size_t index);
void print_help(const struct esi_program *program);

/* completion.c: what a shell has to know to complete arguments. */
enum takes { TAKES_NOTHING, TAKES_ANYTHING, TAKES_WORDS, TAKES_FILE, TAKES_FOLDER };
extern const char *const shells[3];
bool print_completion(const struct esi_program *program, const char *shell, struct esi_error *err);
enum takes option_takes(const struct esi_program *program, const struct esi_option *option);
/* Never NULL; of an option without a row, a row that says nothing. */
const struct esi_cli_values *option_values(const struct esi_program *program,
                                           const struct esi_option *option);
const char *value_word(const struct esi_cli_values *values, size_t index,
                       char room[static ESI_CLI_WORD_ROOM]);
/* Patterns of files; `capture_files` are those of operands. */
extern const char capture_files[];
const char *option_files(const struct esi_program *program, const struct esi_option *option);
/* The patterns with something else between them than blanks. */
void put_patterns(const char *patterns, const char *between);
/* The option's help up to the first semicolon, with a backslash before each byte of `escaped`, and
 * ' as `quote` has it. */
void put_description(const struct esi_option *option, const char *escaped, const char *quote);
/* completion_SHELL.c */
void print_bash(const struct esi_program *program);
void print_zsh(const struct esi_program *program);
void print_fish(const struct esi_program *program);

/* lists.c */
void list_platforms(void);
void list_knobs(void);

/* progress.c: in a signal handler. The line goes. */
void progress_interrupt(void);

/* diagnostics.c: what is to be said of a configuration, in order of file and line. */
struct diagnostics {
    const struct esi_diag **items;
    size_t count;
};
struct diagnostics diagnostics_of(const struct esi_config *config);
void diagnostics_free(struct diagnostics *diagnostics);
/* Whether it forbids to go on. */
bool is_error(const struct esi_diag *diag, bool strict);

#endif
