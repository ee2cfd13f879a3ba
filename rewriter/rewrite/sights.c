/*
 * sights.c - the frames that a plan may change, in order.
 *
 * They come about in order, and some come twice. Beyond a bound they are not worth their room: the
 * walk that they save would take less.
 */
#include <stdlib.h>

#include "rewrite_internal.h"

/* 24 bytes each. A gigabyte of short sessions, each with a masked greeting and EHLO reply, has 0.7
 * million. */
enum { SIGHTS_MOST = 1 << 21 };

struct esi_sights *
esi_sights_new(void)
{
    return esi_alloc(sizeof(struct esi_sights));
}

static void
lose(struct esi_sights *sights)
{
    free(sights->items);
    *sights = (struct esi_sights){.lost = true};
}

void
esi_sights_add(struct esi_sights *sights, const struct esi_sight *sight)
{
    struct esi_sight *last = sights->count > 0 ? &sights->items[sights->count - 1] : NULL;

    if (sights->lost)
        return;
    if (last && sight && last->frame == sight->frame) {
        last->corrupt |= sight->corrupt;
        return;
    }
    if (!sight || sights->count == SIGHTS_MOST) {
        lose(sights);
        return;
    }
    sights->mixed |= last && last->frame > sight->frame;
    sights->items = esi_grow(sights->items, &sights->cap, sights->count + 1, sizeof *sights->items);
    sights->items[sights->count++] = *sight;
}

static int
compare_frames(const void *left, const void *right)
{
    const struct esi_sight *a = left, *b = right;

    return a->frame < b->frame ? -1 : a->frame > b->frame;
}

void
esi_sights_seal(struct esi_sights *sights)
{
    size_t kept = 0;

    if (!sights->mixed)
        return;
    qsort(sights->items, sights->count, sizeof *sights->items, compare_frames);
    for (size_t s = 0; s < sights->count; s++) {
        if (kept > 0 && sights->items[kept - 1].frame == sights->items[s].frame)
            sights->items[kept - 1].corrupt |= sights->items[s].corrupt;
        else
            sights->items[kept++] = sights->items[s];
    }
    sights->count = kept;
}

void
esi_sights_free(struct esi_sights *sights)
{
    if (sights)
        free(sights->items);
    free(sights);
}
