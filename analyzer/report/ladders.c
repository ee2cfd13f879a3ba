/* ladders.c - the ladders of sessions that go on. */
#include <stdlib.h>

#include "ladder_internal.h"

struct open_ladder *
ladders_of(struct ladders *ladders, uint64_t number)
{
    if (ladders->last < ladders->len && ladders->open[ladders->last].number == number)
        return &ladders->open[ladders->last];
    for (ladders->last = 0; ladders->last < ladders->len; ladders->last++)
        if (ladders->open[ladders->last].number == number)
            return &ladders->open[ladders->last];
    ladders->open = esi_grow(ladders->open, &ladders->cap, ladders->len + 1, sizeof *ladders->open);
    struct ladder *ladder = ladders->spare ? ladders->spare : esi_alloc(sizeof *ladder);
    ladders->spare = NULL;
    ladder_clear(ladder);
    ladders->open[ladders->len] = (struct open_ladder){.number = number, .ladder = ladder};
    return &ladders->open[ladders->len++];
}

static void
drop_ladder(struct ladder *ladder)
{
    if (ladder)
        ladder_free(ladder);
    free(ladder);
}

void
ladders_close(struct ladders *ladders)
{
    struct ladder *ladder = ladders->open[ladders->last].ladder;

    ladders->open[ladders->last] = ladders->open[--ladders->len];
    drop_ladder(ladders->spare);
    ladders->spare = ladder;
}

void
ladders_free(struct ladders *ladders)
{
    for (size_t i = 0; i < ladders->len; i++)
        drop_ladder(ladders->open[i].ladder);
    drop_ladder(ladders->spare);
    free(ladders->open);
}
