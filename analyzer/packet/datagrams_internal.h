/* datagrams_internal.h - datagrams of which fragments have come. */
#ifndef DATAGRAMS_INTERNAL_H
#define DATAGRAMS_INTERNAL_H

#include "esi/packet.h"

/* What tells datagrams apart (RFC 791 section 3.2, RFC 8200 section 4.5). */
struct datagram_key {
    uint32_t id;
    uint8_t family;
    uint8_t protocol; /* IPv6: 0, only the first fragment's counts */
    uint8_t depth;    /* IP headers around it: a datagram never lies in itself */
    uint8_t zero;
    uint8_t src[16], dst[16];
};

/* A fragment that came, or a part of one: what lies in it from `offset` of the datagram on. */
struct arrival {
    struct datagram_key key;
    esi_nanos when;
    uint32_t offset; /* a multiple of eight */
    uint32_t len;    /* on the wire, more than 0; offset + len at most DATAGRAM_MOST */
    bool more;
    bool again; /* it came before: it may repeat what is known, and adds nothing to it */
    uint8_t protocol;
    struct esi_slice bytes;         /* the first ones, as captured */
    const struct esi_piece *pieces; /* where they came from; `at` in the datagram */
    size_t piece_count;
};

enum { DATAGRAM_MOST = 65535 };

enum datagram_answer {
    DATAGRAM_PART,    /* of a datagram that is not whole */
    DATAGRAM_WHOLE,   /* the last that was missing */
    DATAGRAM_AGAIN,   /* once more of a datagram that is whole */
    DATAGRAM_OVERLAP, /* of one that was thrown away, for its fragments overlap */
    DATAGRAM_BAD      /* it cannot be a part of it */
};

struct datagram_view {
    uint8_t protocol;
    struct esi_slice bytes; /* the whole datagram; what is not captured, is 0 */
    bool contradicted;      /* fragments of it differed in bytes they both brought */
    size_t intact;          /* its first bytes, up to the first that is not captured */
    const struct esi_piece *pieces;
    size_t piece_count;
};

struct datagrams;
struct datagrams *datagrams_new(void);
void datagrams_free(struct datagrams *datagrams);
/* Forgets what is too old at `now` or too much. */
void datagrams_tidy(struct datagrams *datagrams, esi_nanos now);
/* *out for WHOLE and AGAIN: valid until datagrams_tidy. */
enum datagram_answer datagrams_add(struct datagrams *datagrams, const struct arrival *arrival,
                                   struct datagram_view *out);

#endif
