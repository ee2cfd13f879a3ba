/*
 * waiting.c - segments that answer what has not been told yet.
 *
 * A segment that acknowledges bytes which are still missing, or lie behind a hole, would be told
 * before them: a reply before its command. So it waits, copied, until they were delivered or given
 * up. That takes no longer than a hole is judged, a few frames; whoever waits here is why its own
 * direction is not judged meanwhile.
 *
 * Order within a direction is kept: behind one that waits, all wait. Should each direction wait for
 * what waits in the other, which no two honest hosts bring about, the oldest goes first.
 */
#include <stdlib.h>

#include "payload_internal.h"
#include "waiting_internal.h"

enum { WAITING_MAX = 32 }; /* a conversation; judging takes far fewer frames */

struct waiting {
    struct waiting *next; /* as they came */
    enum esi_dir dir;
    uint64_t ack;
    uint64_t frame;
    esi_nanos ts;
    struct arrival arrival; /* of the copy behind this struct */
};

/* lacks - does the other direction lack bytes before this acknowledgement? */
static bool
lacks(const struct state *state, enum esi_dir dir, uint64_t ack)
{
    enum esi_dir other = esi_dir_other(dir);

    return !state->fin_told[other] &&
           delivery_bytes_acked(state, other, ack) > state->side[other].delivered;
}

static const struct waiting *
first_of(const struct state *state, enum esi_dir dir)
{
    const struct waiting *one = state->waiting;

    while (one && one->dir != dir)
        one = one->next;
    return one;
}

bool
waiting_is_due(const struct state *state, const struct esi_visit *visit)
{
    if (first_of(state, visit->dir))
        return true;
    return visit->ack_valid && visit->ack_offset <= state->side[esi_dir_other(visit->dir)].acked &&
           lacks(state, visit->dir, visit->ack_offset);
}

uint64_t
waiting_start(const struct state *state, enum esi_dir dir)
{
    uint64_t start = UINT64_MAX;

    for (const struct waiting *one = state->waiting; one; one = one->next) {
        const struct arrival *arrival = &one->arrival;
        uint64_t end = arrival->offset + arrival->bytes.len + arrival->lost;
        if (one->dir == dir && end > state->side[dir].delivered && arrival->offset < start)
            start = arrival->offset;
    }
    return start;
}

bool
waiting_covers(const struct state *state, enum esi_dir dir)
{
    return waiting_start(state, dir) <= state->side[dir].delivered;
}

static size_t
cost_of(const struct waiting *one)
{
    return sizeof *one + one->arrival.bytes.len;
}

void
waiting_add(struct esi_reassembler *r, struct state *state, const struct esi_visit *visit,
            const struct arrival *arrival)
{
    struct waiting *one = esi_alloc(sizeof *one + arrival->bytes.len);
    struct waiting **end = &state->waiting;
    size_t count = 1;

    for (; *end; end = &(*end)->next)
        count++;
    *end = one;
    one->dir = visit->dir;
    one->ack = visit->ack_valid ? visit->ack_offset : 0;
    one->frame = r->frame;
    one->ts = r->ts;
    one->arrival = *arrival;
    one->arrival.bytes.ptr = (const uint8_t *)(one + 1);
    if (arrival->bytes.len > 0)
        memcpy(one + 1, arrival->bytes.ptr, arrival->bytes.len);
    r->held += cost_of(one);
    if (count > WAITING_MAX || r->held > r->queue_memory)
        waiting_release_all(r, state);
}

/* deliver - as of the frame that it came in. */
static void
deliver(struct esi_reassembler *r, struct state *state, struct waiting **at)
{
    struct waiting *one = *at;
    uint64_t frame = r->frame;
    esi_nanos ts = r->ts;

    *at = one->next;
    r->held -= cost_of(one);
    r->frame = one->frame;
    r->ts = one->ts;
    payload_deliver(r, state, one->dir, &one->arrival);
    r->frame = frame;
    r->ts = ts;
    free(one);
}

/* next_to_go - NULL: all must wait. */
static struct waiting **
next_to_go(struct state *state)
{
    bool blocked[2] = {false, false};

    for (struct waiting **at = &state->waiting; *at; at = &(*at)->next) {
        if (blocked[(*at)->dir])
            continue;
        if (!lacks(state, (*at)->dir, (*at)->ack))
            return at;
        blocked[(*at)->dir] = true;
    }
    bool for_each_other = blocked[0] && blocked[1] && waiting_covers(state, ESI_TO_SERVER) &&
                          waiting_covers(state, ESI_TO_CLIENT);
    return for_each_other ? &state->waiting : NULL;
}

void
waiting_release(struct esi_reassembler *r, struct state *state)
{
    struct waiting **at;

    while ((at = next_to_go(state)))
        deliver(r, state, at);
}

/* unblock - gives up a hole that others wait for. */
static void
unblock(struct esi_reassembler *r, struct state *state)
{
    for (int i = 0; i < 2; i++) {
        enum esi_dir dir = (enum esi_dir)i;
        const struct waiting *one = first_of(state, esi_dir_other(dir));
        if (one && lacks(state, one->dir, one->ack) && !waiting_covers(state, dir)) {
            delivery_give_up(r, state, dir, delivery_bytes_acked(state, dir, one->ack));
            return;
        }
    }
    deliver(r, state, &state->waiting);
}

void
waiting_release_all(struct esi_reassembler *r, struct state *state)
{
    while (state->waiting) {
        waiting_release(r, state);
        if (state->waiting)
            unblock(r, state);
    }
}
