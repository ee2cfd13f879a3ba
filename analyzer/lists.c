/* lists.c - the tables that --list-... prints. */
#include "program_internal.h"

void
list_behaviours(void)
{
    for (size_t i = 0; i < esi_behaviour_count(); i++) {
        const struct esi_behaviour *behaviour = esi_behaviour_at(i);

        printf("%-22s %-10s %s\n%-33s (%s)\n", behaviour->id, esi_basis_name(behaviour->basis),
               behaviour->words, "", behaviour->source);
    }
}

void
list_platforms(void)
{
    for (size_t i = 0; i < esi_profile_count(); i++) {
        const struct esi_profile *profile = esi_profile_at(i);

        printf("%-10s %s\n", profile->name, profile->words);
    }
}

void
list_formats(void)
{
    for (const struct esi_sink_def *def = esi_sinks; def->name; def++)
        printf("%-10s %s\n", def->name, def->help);
}
