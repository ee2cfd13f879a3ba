/* seating_internal.h - which libnids stream a conversation's bytes go through. */
#ifndef ESI_SEATING_INTERNAL_H
#define ESI_SEATING_INTERNAL_H

#include "delivery_internal.h"

enum {
    SEATING_STREAMS = 4096 /* conversations with holes at a time; libnids' pool takes 1.5 MB */
};

/* The bridge is open. */
void seating_open(struct esi_reassembler *r);
/* A stream of its own, from now until nothing of it is queued; another conversation's holes may
 * have to be given up for that. */
void seating_take(struct esi_reassembler *r, struct state *state);
/* Gives the stream back, if it has one. */
void seating_leave(struct esi_reassembler *r, struct state *state);
/* Shows libnids bytes, through the conversation's own stream or the one for all. */
void seating_feed(struct esi_reassembler *r, struct state *state, const struct bridge_data *data);
void seating_close(struct esi_reassembler *r);

#endif
