/*
 * seating.c - which libnids stream a conversation's bytes go through.
 *
 * What distinguishes one libnids stream from another is what it has queued, and how far it is. As
 * long as nothing of a conversation is queued, how far it is is known here, so all such
 * conversations share one stream, which is set to where the one at hand stands. Only who has bytes
 * behind a hole gets a stream of its own. So libnids' tables stay small however many conversations
 * are open, and no conversation ends for want of a stream: at worst, the holes of another are given
 * up.
 */
#include <stddef.h>

#include "seating_internal.h"
#include "waiting_internal.h"

static void
restart(struct tcp_stream *stream, const struct state *state)
{
    bridge_restart(stream, (const uint64_t[]){state->side[0].delivered, state->side[1].delivered});
}

/* take_place - a seat, and the stream that goes with it. */
static struct tcp_stream *
take_place(struct seats *seats, struct sitter *sitter)
{
    seats_take(seats, sitter);
    struct tcp_stream **stream = &seats->streams[sitter->seat];
    if (!*stream)
        *stream = bridge_begin(sitter->seat);
    return *stream;
}

void
seating_open(struct esi_reassembler *r)
{
    seats_init(&r->seats, SEATING_STREAMS);
    r->shared = take_place(&r->seats, &r->shared_sitter);
    r->shared_sitter.used = UINT64_MAX;
}

/* make_room - from all that somebody has queued behind holes, the holes are told. */
static void
make_room(struct esi_reassembler *r)
{
    struct sitter *sitter = seats_victim(&r->seats);
    struct state *victim = (struct state *)((char *)sitter - offsetof(struct state, sitter));

    delivery_quality(victim)->given_up++;
    waiting_release_all(r, victim);
    for (int dir = 0; dir < 2; dir++)
        delivery_give_up(r, victim, (enum esi_dir)dir, delivery_seen_to(&victim->side[dir]));
    if (victim->stream)
        esi_panic("make_room: a conversation without holes has something queued");
}

void
seating_take(struct esi_reassembler *r, struct state *state)
{
    if (seats_full(&r->seats))
        make_room(r);
    state->stream = take_place(&r->seats, &state->sitter);
    restart(state->stream, state);
}

void
seating_leave(struct esi_reassembler *r, struct state *state)
{
    if (!state->stream)
        return;
    if (!bridge_is_idle(state->stream)) {
        bridge_end(state->stream);
        r->seats.streams[state->sitter.seat] = NULL;
    }
    seats_leave(&r->seats, &state->sitter);
    state->stream = NULL;
}

void
seating_feed(struct esi_reassembler *r, struct state *state, const struct bridge_data *data)
{
    if (!state->stream) {
        restart(r->shared, state);
        bridge_feed(r->shared, r->shared_sitter.seat, data);
        return;
    }
    state->sitter.used = r->frame;
    bridge_feed(state->stream, state->sitter.seat, data);
    if (bridge_is_idle(state->stream))
        seating_leave(r, state);
}

void
seating_close(struct esi_reassembler *r)
{
    seats_fini(&r->seats);
}
