/* cli_internal.h - the options of a program, its own and the common ones. */
#ifndef ESI_CLI_INTERNAL_H
#define ESI_CLI_INTERNAL_H

#include "esi/cli.h"

size_t option_count(const struct esi_program *program);
const struct esi_option *option_at(const struct esi_program *program, size_t index);
void print_help(const struct esi_program *program);

#endif
