/* delivery_internal.h - what is known of a conversation, and how its bytes become events. */
#ifndef ESI_DELIVERY_INTERNAL_H
#define ESI_DELIVERY_INTERNAL_H

#include "esi/reassembly.h"

#include "history_internal.h"
#include "nids_bridge_internal.h"
#include "queue_internal.h"
#include "seats_internal.h"

enum {
    TAIL_MAX = 16 << 20, /* bytes acknowledged, or in front of a FIN, but never seen */
    GAPS_KEPT = 8        /* remembered, to know a late segment by */
};

/* What is needed only where something is missing or out of order. */
struct trouble {
    struct queue queue;
    uint64_t lost_until; /* bytes before it that are still missing will not come */
    uint64_t judged;     /* acknowledgement by which a hole is being judged; 0: none */
    esi_nanos judged_ts; /* since when */
    uint8_t judged_frames;
    uint8_t strays;
    uint8_t gap_count; /* told so far, modulo 256: where the next goes */
    struct esi_span gaps[GAPS_KEPT];
};

/* A segment's payload, or what of it can be used. */
struct arrival {
    uint64_t offset;
    struct esi_slice bytes;
    uint64_t lost; /* bytes behind them that the frame was too short for */
};

struct side {           /* one direction, named by where its bytes go */
    uint64_t delivered; /* offset up to which DATA or GAP were told */
    uint64_t acked;     /* by the receiver; kept only where it is beyond `delivered` */
    struct trouble *trouble;
    struct trace trace;
};

struct state {
    union {
        struct side side[2];
        struct state *next_spare;
    };
    struct tcp_stream *stream; /* while something of it is queued, else NULL */
    struct sitter sitter;
    bool fin_told[2]; /* by esi_dir */
    bool ended;
    struct esi_flow *flow;
    struct esi_reassembly_quality *quality; /* NULL: nothing to tell */
    struct waiting *waiting;                /* segments that must not be told yet */
    struct suspect *suspects;               /* segments that the receiver may not have taken */
};

/* What libnids has in hand, so that its callback knows what it is given. */
enum feeding {
    FEEDING_QUEUED, /* nothing new: what it delivers was queued */
    FEEDING_SEGMENT,
    FEEDING_FILLER /* one byte that stands for the last of a hole */
};

struct esi_reassembler {
    esi_stream_fn *fn;
    void *ctx;
    uint64_t frame; /* of the visit at hand */
    esi_nanos ts;
    enum feeding feeding;
    struct state *fed; /* whose bytes libnids has in hand */
    bool ends;         /* FEEDING_SEGMENT: the sender's segment ends with it */
    struct seats seats;
    struct tcp_stream *shared; /* of all conversations that have nothing queued */
    struct sitter shared_sitter;
    struct history history;
    size_t queue_memory;
    size_t held;         /* cost of all queues, of all that waits, and of suspects */
    struct state *spare; /* for the next flows: still in the cache */
};

struct esi_reassembly_quality *delivery_quality(struct state *state);
struct trouble *delivery_trouble(struct esi_reassembler *r, struct side *side);
/* Up to where bytes were seen. */
uint64_t delivery_seen_to(const struct side *side);
/* An acknowledgement without the FIN's number. One number behind all that was seen may be that of a
 * FIN which is not in the capture. */
uint64_t delivery_bytes_acked(const struct state *state, enum esi_dir dir, uint64_t acked);

void delivery_open(struct esi_reassembler *r);
void delivery_close(struct esi_reassembler *r);
void delivery_tell(struct esi_reassembler *r, struct state *state, enum esi_stream_kind kind,
                   enum esi_dir dir);
/* A segment or a part of one, which ends behind what was delivered. */
void delivery_take(struct esi_reassembler *r, struct state *state, enum esi_dir dir,
                   const struct queued *part, struct esi_slice bytes);
/* Tells the holes below `limit`, and those that need no waiting, and what was queued behind them;
 * none that what waits could fill. */
void delivery_give_up(struct esi_reassembler *r, struct state *state, enum esi_dir dir,
                      uint64_t limit);
/* Where the first bytes of the direction begin that wait (waiting.c); UINT64_MAX: none do. */
uint64_t waiting_start(const struct state *state, enum esi_dir dir);

#endif
