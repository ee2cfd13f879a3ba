/* outcomes.c - the list of outcomes and its arena. */
#include <stdlib.h>

#include "esi/inspect.h"

void
esi_outcomes_clear(struct esi_outcomes *outcomes)
{
    outcomes->len = 0;
    esi_arena_clear(&outcomes->arena);
}

void
esi_outcomes_free(struct esi_outcomes *outcomes)
{
    esi_outcomes_clear(outcomes);
    esi_arena_free(&outcomes->arena);
    free(outcomes->items);
    *outcomes = (struct esi_outcomes){0};
}
