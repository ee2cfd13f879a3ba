/*
 * reassembly.h - segments in, stream events out. libnids lives behind this header.
 *
 * Bytes come in stream order, each byte once. Where copies of a byte differ, the first delivered
 * stays. A hole is skipped, and told as a GAP, once the peer has acknowledged past it and nothing
 * fills it, or when the flow ends. A frame cut by the snap length is a hole from its cut on.
 *
 * What a segment acknowledges is told before the segment's own bytes, or told to be missing: no
 * reply comes before the command it answers. A segment may have to wait for that; its events then
 * carry its own frame and time, and come later than those of frames behind it.
 *
 * Bytes that come again are held against what came before as far as that is still remembered: the
 * last 4 MB of payload, all flows together, of a segment its first 64 KB, and about 1,000 segments
 * of the direction. The effort is bounded for all flows together: who sends nothing but copies of
 * old bytes may use it up. So a conflict may be missed; what is told is one.
 */
#ifndef ESI_REASSEMBLY_H
#define ESI_REASSEMBLY_H

#include "esi/flow.h"
#include "esi/stream.h"

enum { ESI_CONFLICTS_KEPT = 4 };

/* What was not whole in a flow; for a session's `quality`. */
struct esi_reassembly_quality {
    uint64_t gaps, gap_bytes;
    uint64_t cut_frames;        /* segments cut by the snap length */
    uint64_t bad_checksums;     /* segments whose TCP checksum does not verify (offload, mostly) */
    uint64_t corrupt_segments;  /* of those, left aside: the sender's are right otherwise,
                                   and the receiver acknowledged no such bytes */
    uint64_t doubtful_segments; /* of those that would be corrupt, used: they were acknowledged */
    uint64_t overlap_conflicts; /* segments that differ from one that came shortly before */
    size_t conflict_count;      /* the first few of them */
    struct esi_conflict conflicts[ESI_CONFLICTS_KEPT];
    uint64_t before_base;    /* segments from before the pick-up point, left aside */
    uint64_t after_end;      /* payload segments after the flow or their direction was over */
    uint64_t late_segments;  /* came for a gap already told (of the last few), and left aside */
    uint64_t stray_segments; /* too far ahead to belong to the stream, and left aside */
    uint64_t given_up;       /* holes told for want of room, or since finding places in the queue
                                took too long, not since they were acknowledged */
    bool evicted;            /* forgotten for want of room */
};

typedef void esi_stream_fn(void *ctx, struct esi_flow *flow, const struct esi_stream_event *event);

struct esi_reassembler;

struct esi_reassembler_config {
    size_t queue_memory; /* bytes that data behind holes may take, all flows together; 0: 512 MB */
    esi_stream_fn *fn;
    void *ctx;
};
/* At most one at a time: libnids keeps its state in globals. A second one panics. */
struct esi_reassembler *esi_reassembler_new(const struct esi_reassembler_config *config);
/* Visits of wanted flows only. Those that are `corrupt` are counted, and left aside. Nothing is
 * told, not even OPEN, until the flow's first payload, FIN or RST. */
/* Whether a flow of which nothing was told yet begins with this: payload, FIN or RST. */
bool esi_reassembler_begins(const struct esi_visit *visit);
void esi_reassembler_push(struct esi_reassembler *reassembler, const struct esi_visit *visit);
/* Before a push: fetches (esi_fetch) what is known of the flow. */
void esi_reassembler_fetch(const struct esi_flow *flow);
/* NULL until the flow's OPEN; valid until it is forgotten or finished. */
const struct esi_reassembly_quality *esi_reassembler_quality(const struct esi_flow *flow);
/* The walk forgets the flow: delivers what is queued, then TIMEOUT (if the flow had not ended),
 * and frees flow->reassembly. */
void esi_reassembler_forget(struct esi_reassembler *reassembler, struct esi_flow *flow);
/* As forget, for want of room; the quality, which stays until then, says so. Segments that still
 * come are counted as behind the end. */
void esi_reassembler_evict(struct esi_reassembler *reassembler, struct esi_flow *flow);
/* The capture is over: as forget, but END instead of TIMEOUT. To be called for each flow. */
void esi_reassembler_finish(struct esi_reassembler *reassembler, struct esi_flow *flow);
void esi_reassembler_free(struct esi_reassembler *reassembler);

/* "libnids 1.26": what puts streams together, as compiled against. */
const char *esi_reassembly_library(void);

#endif
