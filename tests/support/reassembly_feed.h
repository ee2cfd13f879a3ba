/* reassembly_feed.h - one flow's segments, handed to the reassembler as the walk would. */
#ifndef REASSEMBLY_FEED_H
#define REASSEMBLY_FEED_H

#include "esi/reassembly.h"

struct feed {
    struct esi_reassembler *reassembler;
    struct esi_flow flow;
    struct esi_buf frame; /* the segment's bytes */
    uint64_t number;
    esi_nanos ts;
};

struct feed_segment {
    enum esi_dir dir;
    int64_t offset; /* before 0: from before the base */
    struct esi_slice bytes;
    uint32_t lost; /* bytes that the frame was too short for */
    uint8_t flags;
    uint64_t ack; /* with ESI_TCP_ACK */
    enum esi_checksum_state checksum;
    bool corrupt;
};

/* The bases of the flow's directions, known from their SYNs. The reassembler stays the caller's. */
void feed_init(struct feed *feed, struct esi_reassembler *reassembler, uint32_t base);
void feed_push(struct feed *feed, const struct feed_segment *segment);
void feed_fini(struct feed *feed);

/* Events as text: "open; C 0 hello.; gap C 5+3; close". A dot: the sender's segment ended. */
void feed_print(struct esi_buf *out, const struct esi_stream_event *event);
/* What is not 0: "gaps=1 late=1"; then the conflicts: "C 2+1: a #1, b #2", frames by number. */
void feed_print_quality(struct esi_buf *out, const struct esi_reassembly_quality *quality);

#endif
