/* datagram_internal.h - one datagram: its bytes, and what of it has come. */
#ifndef DATAGRAM_INTERNAL_H
#define DATAGRAM_INTERNAL_H

#include "datagrams_internal.h"

/* THROWN_AWAY: only the key is kept. */
enum state { PARTS, WHOLE, THROWN_AWAY };

struct datagram {
    struct datagram_key key; /* first: what the tree compares */
    struct datagram *older, *newer;
    esi_nanos since;
    enum state state;
    bool contradicted;
    uint8_t protocol;
    uint8_t *bytes; /* not cleared: marks say what is there */
    size_t room;
    uint8_t *marks; /* of a unit: 0 if it has not come, else 1 + how many of its bytes, from the
                       first on, are captured */
    size_t marks_cap;
    uint32_t total;  /* its length, 0 while the last fragment is missing */
    uint32_t reach;  /* behind the last byte that has come */
    uint32_t units;  /* that have come */
    uint32_t intact; /* as in the view, once it is whole */
    struct esi_piece *pieces;
    size_t piece_count, piece_cap;
};

size_t datagram_size(const struct datagram *datagram); /* in memory */
/* Lets go of all that it holds. */
void datagram_clear(struct datagram *datagram);

/* What of a fragment has come before. */
enum overlap {
    OVERLAP_NONE,
    OVERLAP_REPEATED, /* all of it, and bytes that are captured twice are the same */
    OVERLAP_OTHER,
    OVERLAP_CONFLICT /* bytes that are captured twice differ */
};
enum overlap datagram_overlap(const struct datagram *datagram, const struct arrival *arrival);
/* It may end only where its last fragment does. */
bool datagram_fits(const struct datagram *datagram, const struct arrival *arrival);
/* A fragment that fits; of bytes that are there, nothing changes. False, and nothing is done, if
 * the datagram has come in too many pieces. */
bool datagram_put(struct datagram *datagram, const struct arrival *arrival);
/* Of a datagram that is whole, the same bytes, perhaps captured farther. */
void datagram_put_again(struct datagram *datagram, const struct arrival *arrival);
/* True, and it is ready to be viewed: all has come. */
bool datagram_finish(struct datagram *datagram);
struct datagram_view datagram_view_of(const struct datagram *datagram);

#endif
