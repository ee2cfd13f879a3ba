/* carriers.c - which frames carry which bytes: a ring of segments a direction, oldest first. */
#include <stdlib.h>
#include <string.h>

#include "pipeline_internal.h"

static size_t
cap_of(const struct carriers *carriers)
{
    return carriers->ring ? carriers->cap : CARRIERS_ROOM;
}

static struct carrier *
nth(struct carriers *carriers, size_t n)
{
    struct carrier *ring = carriers->ring ? carriers->ring : carriers->room;

    return &ring[(carriers->at + n) & (cap_of(carriers) - 1)];
}

/* widen - doubles the ring, straightened. */
static void
widen(struct carriers *carriers)
{
    size_t cap = cap_of(carriers) * 2;
    struct carrier *ring = esi_alloc(cap * sizeof *ring);

    for (size_t i = 0; i < carriers->len; i++)
        ring[i] = *nth(carriers, i);
    free(carriers->ring);
    carriers->ring = ring;
    carriers->cap = (uint16_t)cap;
    carriers->at = 0;
}

static void
drop_oldest(struct carriers *carriers)
{
    const struct carrier *oldest = nth(carriers, 0);

    if (oldest->offset + oldest->len > carriers->gone)
        carriers->gone = oldest->offset + oldest->len;
    carriers->at = (uint16_t)((carriers->at + 1u) & (cap_of(carriers) - 1));
    carriers->len--;
}

void
carriers_add(struct carriers *carriers, uint64_t offset, uint32_t len, uint64_t frame)
{
    if (carriers->len == CARRIERS_MOST)
        drop_oldest(carriers);
    if (carriers->len == cap_of(carriers))
        widen(carriers);
    carriers->mixed = carriers->len > 0 && (carriers->mixed || offset < carriers->end);
    *nth(carriers, carriers->len++) = (struct carrier){offset, frame, len};
    if (offset + len > carriers->end)
        carriers->end = offset + len;
}

void
carriers_trim(struct carriers *carriers, uint64_t low_water)
{
    while (carriers->len > 0 && nth(carriers, 0)->offset + nth(carriers, 0)->len <= low_water)
        drop_oldest(carriers);
}

void
attach_frame(struct esi_outcome *outcome, uint64_t frame, struct esi_arena *arena)
{
    if (outcome->frame_count > 0 && outcome->frames[outcome->frame_count - 1] == frame)
        return;
    if (outcome->frame_count == outcome->frame_cap) {
        size_t cap = outcome->frame_cap > 0 ? outcome->frame_cap * 2 : 1;
        uint64_t *frames = esi_arena_alloc(arena, cap * sizeof *frames);
        if (outcome->frame_count > 0)
            memcpy(frames, outcome->frames, outcome->frame_count * sizeof *frames);
        outcome->frames = frames;
        outcome->frame_cap = cap;
    }
    outcome->frames[outcome->frame_count++] = frame;
}

/* first_behind - of a ring that is not mixed: the first segment that ends behind the offset. */
static size_t
first_behind(struct carriers *carriers, uint64_t offset)
{
    size_t low = 0, high = carriers->len;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct carrier *carrier = nth(carriers, middle);
        if (carrier->offset + carrier->len <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* A reply of many lines has as many verdicts, and all its segments are in the ring: to look at each
 * of them for each verdict would take long. */
void
carriers_each(struct carriers *carriers, struct esi_span span,
              void (*fn)(void *ctx, const struct carrier *carrier), void *ctx)
{
    uint64_t end = span.offset + span.len;
    size_t first = carriers->mixed ? 0 : first_behind(carriers, span.offset);

    for (size_t i = first; i < carriers->len; i++) {
        const struct carrier *carrier = nth(carriers, i);
        if (!carriers->mixed && carrier->offset >= end)
            return;
        if (carrier->offset < end && carrier->offset + carrier->len > span.offset)
            fn(ctx, carrier);
    }
}

struct attaching {
    struct esi_outcome *outcome;
    struct esi_arena *arena;
};

static void
attach(void *ctx, const struct carrier *carrier)
{
    const struct attaching *attaching = ctx;

    attach_frame(attaching->outcome, carrier->frame, attaching->arena);
}

void
carriers_attach(struct carriers *carriers, struct esi_outcome *outcome, struct esi_arena *arena)
{
    carriers_each(carriers, outcome->span, attach, &(struct attaching){outcome, arena});
}

void
carriers_free(struct carriers *carriers)
{
    free(carriers->ring);
    *carriers = (struct carriers){0};
}
