/*
 * room.c - the cap on what sessions take together.
 *
 * They are not counted byte by byte as they grow: every so many visits, what all of them take is
 * added up, unless they are too few to matter. A session cannot grow far in between
 * (HELD_BYTES, CARRIERS_MOST, and what the engine keeps of a line).
 */
#include <malloc.h>
#include <stdlib.h>

#include "pipeline_internal.h"

enum {
    SESSION_MOST = 1 << 20, /* bytes that no session reaches */
    VISITS_LEAST = 1024,    /* between two looks, and so many for each session there was: */
    VISITS_A_SESSION = 4,   /* looking costs little beside that, */
    MORE_LEAST = 256,       /* unless so many sessions, or a quarter, are new since */
    LIVE_MANY = 4096        /* some 3 kB each: no cache holds them all */
};

void
room_enter(struct pipeline *pipeline, struct slot *slot)
{
    slot->older = pipeline->newest;
    if (slot->older)
        slot->older->newer = slot;
    pipeline->newest = slot;
    pipeline->live++;
}

void
room_leave(struct pipeline *pipeline, struct slot *slot)
{
    if (slot->older)
        slot->older->newer = slot->newer;
    if (slot->newer)
        slot->newer->older = slot->older;
    else
        pipeline->newest = slot->older;
    pipeline->live--;
}

static int
compare_last_frames(const void *left, const void *right)
{
    const struct slot *a = *(struct slot *const *)left, *b = *(struct slot *const *)right;

    return a->info.last_frame < b->info.last_frame ? -1 : a->info.last_frame > b->info.last_frame;
}

/* give_up - the sessions silent for longest, until there is room again with some to spare. */
static void
give_up(struct pipeline *pipeline, size_t taken)
{
    struct slot **slots = esi_alloc(pipeline->live * sizeof(struct slot *));
    size_t count = 0, enough = pipeline->room - pipeline->room / 8;

    for (struct slot *slot = pipeline->newest; slot; slot = slot->older)
        if (!slot->ended)
            slots[count++] = slot;
    qsort(slots, count, sizeof(struct slot *), compare_last_frames);
    for (size_t s = 0; s < count && taken > enough; s++) {
        taken -= slot_cost(slots[s]);
        esi_reassembler_evict(pipeline->reassembler, slots[s]->flow);
        slots_expire_all(pipeline); /* what has ended only waits */
    }
    free(slots);
    malloc_trim(0); /* they lie scattered among those that stay */
}

static void
look(struct pipeline *pipeline)
{
    size_t taken = 0;

    for (const struct slot *slot = pipeline->newest; slot; slot = slot->older)
        taken += slot_cost(slot);
    if (taken > pipeline->room)
        give_up(pipeline, taken);
}

void
room_check(struct pipeline *pipeline)
{
    if (++pipeline->visits < pipeline->look_at_visit && pipeline->live < pipeline->look_at_live)
        return;
    if (pipeline->live >= pipeline->room / SESSION_MOST)
        look(pipeline);
    esi_walk_look_ahead(pipeline->walk, pipeline->live >= LIVE_MANY);
    pipeline->look_at_visit = pipeline->visits + VISITS_LEAST + VISITS_A_SESSION * pipeline->live;
    pipeline->look_at_live = pipeline->live + pipeline->live / 4 + MORE_LEAST;
}
