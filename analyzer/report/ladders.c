/* ladders.c - the ladders of sessions that go on. */
#include <stdlib.h>
#include <string.h>

#include "ladder_internal.h"

/* find - where the session's ladder is, or belongs. */
static size_t
find(const struct ladders *ladders, uint64_t number)
{
    size_t low = 0, high = ladders->len;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (ladders->open[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct ladder *
new_ladder(struct ladders *ladders)
{
    struct ladder *ladder = ladders->spare ? ladders->spare : esi_alloc(sizeof *ladder);

    ladders->spare = NULL;
    ladder_begin(ladder, &ladders->taken);
    return ladder;
}

struct open_ladder *
ladders_of(struct ladders *ladders, uint64_t number)
{
    if (ladders->last < ladders->len && ladders->open[ladders->last].number == number)
        return &ladders->open[ladders->last];
    size_t at = ladders->last = find(ladders, number);
    if (at < ladders->len && ladders->open[at].number == number)
        return &ladders->open[at];
    ladders->open = esi_grow(ladders->open, &ladders->cap, ladders->len + 1, sizeof *ladders->open);
    memmove(ladders->open + at + 1, ladders->open + at,
            (ladders->len - at) * sizeof *ladders->open);
    ladders->open[at] = (struct open_ladder){.number = number, .ladder = new_ladder(ladders)};
    ladders->len++;
    return &ladders->open[at];
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
    enum { SPARE_ROWS_MOST = 64 }; /* a short session should not have the room of a long one */
    size_t at = ladders->last;
    struct ladder *ladder = ladders->open[at].ladder;

    ladders->len--;
    memmove(ladders->open + at, ladders->open + at + 1,
            (ladders->len - at) * sizeof *ladders->open);
    if (ladders->spare || ladder->cap > SPARE_ROWS_MOST) {
        drop_ladder(ladder);
        return;
    }
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
