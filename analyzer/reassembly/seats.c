/*
 * seats.c - which conversations have a stream in libnids, and who has to leave.
 *
 * libnids has room for a fixed number of streams, and throws out the oldest one, busy or not. So we
 * throw out ourselves, before it is full: a hand goes round, and of every CANDIDATES seats the one
 * unused for the longest time is left. That costs one store where a packet is fed, and no list.
 *
 * A seat's number is the conversation's name in libnids. The seat left last is taken first, so that
 * few conversations at a time touch few of libnids' hash slots.
 */
#include <stdlib.h>

#include "seats_internal.h"

enum { CANDIDATES = 16 };

void
seats_init(struct seats *seats, size_t count)
{
    *seats = (struct seats){.count = count};
    seats->sitters = esi_alloc(count * sizeof(struct sitter *));
    seats->streams = esi_alloc(count * sizeof(struct tcp_stream *));
    seats->free = esi_alloc(count * sizeof *seats->free);
}

bool
seats_full(const struct seats *seats)
{
    return seats->free_count == 0 && seats->used == seats->count;
}

struct sitter *
seats_victim(struct seats *seats)
{
    struct sitter *victim = seats->sitters[seats->hand];

    for (size_t i = 0; i < CANDIDATES; i++) {
        struct sitter *sitter = seats->sitters[seats->hand];
        if (sitter->used < victim->used)
            victim = sitter;
        seats->hand = (seats->hand + 1) % seats->count;
    }
    return victim;
}

void
seats_take(struct seats *seats, struct sitter *sitter)
{
    sitter->seat =
        seats->free_count > 0 ? seats->free[--seats->free_count] : (uint32_t)seats->used++;
    seats->sitters[sitter->seat] = sitter;
}

void
seats_leave(struct seats *seats, struct sitter *sitter)
{
    seats->sitters[sitter->seat] = NULL;
    seats->free[seats->free_count++] = sitter->seat;
}

void
seats_fini(struct seats *seats)
{
    free(seats->sitters);
    free(seats->streams);
    free(seats->free);
    *seats = (struct seats){0};
}
