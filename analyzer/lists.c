/* lists.c - the tables of --list-behaviours and --list-formats. */
#include <stdio.h>

#include "program_internal.h"

void
list_behaviours(void)
{
    enum { WORDS_AT = 34, SOURCE_AT = 38 };

    for (size_t i = 0; i < esi_behaviour_count(); i++) {
        const struct esi_behaviour *behaviour = esi_behaviour_at(i);
        char source[512];

        printf("%-22s %-10s ", behaviour->id, esi_basis_name(behaviour->basis));
        esi_cli_wrap(behaviour->words, WORDS_AT, WORDS_AT);
        snprintf(source, sizeof source, "(%s)", behaviour->source);
        printf("%*s", SOURCE_AT, "");
        esi_cli_wrap(source, SOURCE_AT, SOURCE_AT + 1);
    }
}

void
list_formats(void)
{
    for (const struct esi_sink_def *def = esi_sinks; def->name; def++)
        printf("%-10s %s\n", def->name, def->help);
}
