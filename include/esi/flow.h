/*
 * flow.h - the walk: every frame in turn, with its segment and its conversation.
 *
 * Conversations are numbered as Wireshark numbers tcp.stream (id - 1), the ones that are not mail
 * included; a SYN whose sequence number is new on a known 4-tuple starts another conversation.
 * Walking the same capture again gives every flow the same id, every segment the same offset:
 * that is what lets the rewriter find the bytes that the analyzer judged.
 */
#ifndef ESI_FLOW_H
#define ESI_FLOW_H

#include "esi/packet.h"

/* How many segments with payload had a right checksum, how many a wrong one; halved when full. */
struct esi_flow_sums {
    uint8_t right, wrong;
};

/* One direction, named by where its bytes go. */
struct esi_flow_side {
    bool based;    /* base is known */
    bool hinted;   /* not yet, but for what the peer acknowledged first */
    bool syn_seen; /* its SYN was captured */
    bool fin_seen;
    uint8_t strays; /* segments in a row that lie too far ahead to be believed */
    struct esi_flow_sums sums;
    uint32_t base;    /* sequence number of stream offset 0 */
    uint64_t reached; /* highest end of payload seen: what sequence numbers are unwrapped by */
    uint64_t fin_at;  /* stream offset of the FIN, if fin_seen */
};

/* Fields in order of how often they are touched: what every segment needs lies in 128 bytes. */
struct esi_flow {
    esi_flow_id id;
    bool wanted; /* esi_walk_config.wants said so when the flow began: an SMTP session */
    bool reset;  /* an RST was seen */
    struct esi_tuple tuple;
    uint8_t numbering; /* the walk's own notes */
    bool up;           /* a segment other than SYN and RST was seen: it is established */
    uint64_t last_frame;
    esi_nanos last_ts;
    struct esi_flow_side side[2]; /* by esi_dir; of wanted flows only, but for fin_seen */
    void *reassembly;             /* the reassembler's */
    void *session;                /* the pipeline's */
    uint64_t first_frame;
    esi_nanos first_ts;
    uint32_t number, connection; /* the pipeline's */
};

struct esi_visit {
    struct esi_frame frame;
    struct esi_decoding decoding;
    /* The rest only for ESI_DECODED_TCP. */
    struct esi_segment segment;
    struct esi_flow *flow; /* NULL: not TCP */
    enum esi_dir dir;      /* of this segment */
    bool first_of_flow;
    /* Of wanted flows only: */
    enum esi_checksum_state checksum; /* of segments with payload, SYN, FIN or RST, else UNKNOWN */
    bool corrupt; /* its checksum is wrong, though its sender's are right otherwise: the receiver
                     did not take it. Its place is what its header claims; nobody noted it */
    bool before_base; /* its payload starts before offset 0: a flow picked up in its middle */
    uint32_t before;  /* bytes of its payload that lie there; all of it where nothing is known */
    uint64_t offset;  /* of the payload in the stream, unwrapped; not valid if before_base */
    bool ack_valid;
    uint64_t ack_offset; /* how far the other direction's stream is acknowledged */
};

/* Where the payload of a frame lies, as a walk found it: for a reading that does without the walk.
 */
struct esi_sight {
    uint64_t frame;
    uint64_t offset; /* none of it lies before offset 0 */
    esi_flow_id flow;
    uint8_t dir; /* enum esi_dir */
    bool corrupt;
};

/* A segment so far ahead hardly belongs to the stream; that many of them in a row do. */
enum { ESI_AHEAD_MOST = 512 << 20, ESI_STRAYS_MOST = 8 };

enum { ESI_SOON_STEPS = 4 }; /* as many as things that are known of a session by one another */

struct esi_walk_config {
    size_t memory; /* bytes that the table of flows may take; 0: 256 MB. The same for every walk of
                      a capture, or flows may be numbered otherwise */
    const struct esi_ports *ports; /* which port is the server's, when no SYN tells */
    /* Asked when a flow's first frame is seen, and of a simultaneous open once more, turned round;
     * `when` is the time of that frame. The same answer to the same question in every walk, or
     * flows may be numbered otherwise. NULL: every flow with a server port in `ports` is wanted. */
    bool (*wants)(void *ctx, const struct esi_tuple *tuple, esi_nanos when);
    /* The walk forgets this flow (long silent, or closed a while ago; evicted: for want of room)
     * when esi_walk_next returns next; flow->reassembly and flow->session must be let go of here.
     * May be NULL. */
    void (*forget)(void *ctx, struct esi_flow *flow, bool evicted);
    /* A segment of this wanted flow seems to come soon: time to ask for the memory that it will
     * need (esi_fetch), in steps 0 to ESI_SOON_STEPS - 1, each some frames after the one before,
     * when what that asked for is there. Only while looking ahead. May be NULL if nobody does. */
    void (*soon)(void *ctx, const struct esi_flow *flow, bool payload, unsigned step);
    void *ctx;
};

struct esi_walk;

/* The capture stays the caller's and must be at its first frame. */
struct esi_walk *esi_walk_new(struct esi_capture *capture, const struct esi_walk_config *config);
/* ITEM or END. What *out points to is valid until the next call. */
enum esi_step esi_walk_next(struct esi_walk *walk, struct esi_visit *out);
/* Whether to look ahead, from now on; not at first. It pays where no cache holds what is known of
 * all the flows at hand, and changes nothing but the time that a walk takes. */
void esi_walk_look_ahead(struct esi_walk *walk, bool on);
/* Every flow still known, in order of id: for the end of the capture. Calls fn for each. */
void esi_walk_each(struct esi_walk *walk, void (*fn)(void *ctx, struct esi_flow *flow), void *ctx);
uint64_t esi_walk_flow_count(const struct esi_walk *walk); /* flows begun so far */
void esi_walk_free(struct esi_walk *walk);

#endif
