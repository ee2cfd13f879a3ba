/* cli_internal.h - the options of a program, its own and the common ones; its configuration. */
#ifndef ESI_CLI_INTERNAL_H
#define ESI_CLI_INTERNAL_H

#include "esi/cli.h"

size_t option_count(const struct esi_program *program);
const struct esi_option *option_at(const struct esi_program *program, size_t index);
void print_help(const struct esi_program *program);

/* lists.c */
void list_platforms(void);
void list_knobs(void);

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
