/*
 * suspects.c - segments whose checksum is wrong, though their sender's are right otherwise.
 *
 * A receiver discards them, and the sender sends them again. But a checksum may be wrong in the
 * capture only: payload was made unrecognisable, or a network card was to compute it. Who is right
 * the receiver tells: what it acknowledged, it had. So a suspect is kept aside, and stands in where
 * acknowledged bytes would otherwise be told as a gap.
 */
#include <stdlib.h>
#include <string.h>

#include "suspects_internal.h"

enum {
    SUSPECTS_MOST = 256,    /* a conversation: a large window of them, all of which may be needed */
    SUSPECT_AHEAD = 1 << 20 /* a header may be spoiled, too: what it claims must be near */
};

struct suspect {
    struct suspect *next; /* the younger */
    enum esi_dir dir;
    uint64_t offset;
    size_t len; /* of the bytes behind this struct */
};

static size_t
cost_of(const struct suspect *suspect)
{
    return sizeof *suspect + suspect->len;
}

static void
drop(struct esi_reassembler *r, struct suspect **at)
{
    struct suspect *suspect = *at;

    *at = suspect->next;
    r->held -= cost_of(suspect);
    free(suspect);
}

/* drop_stale - those that can be of no use any more, and the oldest if there are too many. */
static void
drop_stale(struct esi_reassembler *r, struct state *state)
{
    struct suspect **at = &state->suspects;
    size_t count = 0;

    while (*at) {
        if ((*at)->offset + (*at)->len <= state->side[(*at)->dir].delivered) {
            drop(r, at);
            continue;
        }
        count++;
        at = &(*at)->next;
    }
    if (count == SUSPECTS_MOST)
        drop(r, &state->suspects);
}

void
suspects_add(struct esi_reassembler *r, struct state *state, const struct esi_visit *visit)
{
    const struct esi_slice bytes = visit->segment.payload;
    const struct side *side = &state->side[visit->dir];
    struct suspect **end = &state->suspects;

    if (bytes.len == 0 || visit->before_base || visit->offset + bytes.len <= side->delivered ||
        visit->offset > side->delivered + SUSPECT_AHEAD || r->held > r->queue_memory)
        return;
    drop_stale(r, state);
    struct suspect *suspect = esi_alloc(sizeof *suspect + bytes.len);
    *suspect = (struct suspect){.dir = visit->dir, .offset = visit->offset, .len = bytes.len};
    memcpy(suspect + 1, bytes.ptr, bytes.len);
    r->held += cost_of(suspect);
    while (*end)
        end = &(*end)->next;
    *end = suspect;
}

/* deliver - what it has between the place that is waited for and `to`. */
static void
deliver(struct esi_reassembler *r, struct state *state, const struct suspect *suspect, uint64_t to)
{
    uint64_t start = state->side[suspect->dir].delivered, end = suspect->offset + suspect->len;
    struct queued part = {.start = start, .ends = end <= to};

    part.len = (uint32_t)((end <= to ? end : to) - start);
    delivery_take(
        r, state, suspect->dir, &part,
        (struct esi_slice){(const uint8_t *)(suspect + 1) + (start - suspect->offset), part.len});
    delivery_quality(state)->corrupt_segments--;
    delivery_quality(state)->doubtful_segments++;
}

bool
suspects_fill(struct esi_reassembler *r, struct state *state, enum esi_dir dir, uint64_t to)
{
    uint64_t start = state->side[dir].delivered;
    struct suspect **at = &state->suspects;

    while (*at &&
           ((*at)->dir != dir || (*at)->offset > start || (*at)->offset + (*at)->len <= start ||
            (*at)->offset + (*at)->len > state->side[dir].acked))
        at = &(*at)->next;
    if (!*at)
        return false;
    deliver(r, state, *at, to);
    drop(r, at);
    return true;
}

bool
suspects_confirm(const struct state *state, enum esi_dir dir, uint64_t ack)
{
    const struct suspect *suspect = state->suspects;

    while (suspect && (suspect->dir != dir || suspect->offset + suspect->len != ack))
        suspect = suspect->next;
    return suspect != NULL;
}

void
suspects_free(struct esi_reassembler *r, struct state *state)
{
    while (state->suspects)
        drop(r, &state->suspects);
}
