/*
 * ending.c - how conversations end: both FINs, an RST, the end of the capture, or for want of room.
 *
 * A direction is over when its FIN was seen and all bytes before it were told. libnids hears of
 * none of this.
 */
#include <stdlib.h>

#include "ending_internal.h"
#include "seating_internal.h"
#include "suspects_internal.h"
#include "waiting_internal.h"

static void
free_trouble(struct side *side)
{
    if (side->trouble)
        queue_free(&side->trouble->queue);
    free(side->trouble);
    side->trouble = NULL;
}

void
ending_tell(struct esi_reassembler *r, struct state *state, enum esi_stream_kind kind,
            enum esi_dir dir)
{
    seating_leave(r, state);
    suspects_free(r, state);
    free_trouble(&state->side[ESI_TO_SERVER]);
    free_trouble(&state->side[ESI_TO_CLIENT]);
    state->ended = true;
    delivery_tell(r, state, kind, dir);
}

static void
give_up(struct esi_reassembler *r, struct state *state, enum esi_dir dir)
{
    const struct esi_flow_side *seen = &state->flow->side[dir];
    const struct side *side = &state->side[dir];
    uint64_t limit = delivery_seen_to(side);

    if (seen->fin_seen && seen->fin_at > limit && seen->fin_at - limit <= TAIL_MAX)
        limit = seen->fin_at;
    uint64_t acked = delivery_bytes_acked(state, dir, side->acked);
    delivery_give_up(r, state, dir, acked > limit ? acked : limit);
}

void
ending_give_up(struct esi_reassembler *r, struct state *state)
{
    waiting_release_all(r, state);
    give_up(r, state, ESI_TO_SERVER);
    give_up(r, state, ESI_TO_CLIENT);
}

static bool
all_acked(const struct state *state, enum esi_dir dir)
{
    const struct esi_flow_side *seen = &state->flow->side[dir];
    const struct side *side = &state->side[dir];

    return seen->fin_seen && (side->delivered >= seen->fin_at || side->acked >= seen->fin_at);
}

static void
tell_fin(struct esi_reassembler *r, struct state *state, enum esi_dir dir)
{
    const struct esi_flow_side *seen = &state->flow->side[dir];

    if (!seen->fin_seen || state->fin_told[dir] || state->side[dir].delivered < seen->fin_at)
        return;
    state->fin_told[dir] = true;
    delivery_tell(r, state, ESI_STREAM_FIN, dir);
}

void
ending_fins(struct esi_reassembler *r, struct state *state)
{
    const struct esi_flow_side *seen = state->flow->side;

    if (all_acked(state, ESI_TO_SERVER) && all_acked(state, ESI_TO_CLIENT)) {
        waiting_release_all(r, state);
        delivery_give_up(r, state, ESI_TO_SERVER, seen[ESI_TO_SERVER].fin_at);
        delivery_give_up(r, state, ESI_TO_CLIENT, seen[ESI_TO_CLIENT].fin_at);
    }
    tell_fin(r, state, ESI_TO_SERVER);
    tell_fin(r, state, ESI_TO_CLIENT);
    if (state->fin_told[ESI_TO_SERVER] && state->fin_told[ESI_TO_CLIENT])
        ending_tell(r, state, ESI_STREAM_CLOSE, ESI_TO_SERVER);
}

void
ending_cease(struct esi_reassembler *r, struct state *state, enum esi_stream_kind kind)
{
    ending_give_up(r, state);
    ending_fins(r, state);
    if (!state->ended)
        ending_tell(r, state, kind, ESI_TO_SERVER);
}
