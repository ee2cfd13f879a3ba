/*
 * rewrite.h - decide, locate, apply: the capture as it would look behind the firewall.
 *
 * The plan says what changes by flow and stream offset. Locate walks the capture again and turns it
 * into patches of one frame at a time; apply copies, patches and writes, and knows no protocol.
 * A frame without a patch is written byte for byte, with its time stamp.
 */
#ifndef ESI_REWRITE_H
#define ESI_REWRITE_H

#include "esi/flow.h"
#include "esi/plan.h"

struct esi_rewrite_stats {
    uint64_t frames_read; /* of the input, filtered ones included */
    uint64_t frames_written;
    uint64_t frames_changed;  /* of those written */
    uint64_t frames_dropped;  /* by verdict */
    uint64_t frames_left_out; /* by option: the filter */
    uint64_t bytes_changed;
    uint64_t checksums_adjusted; /* by difference, since the frame was cut by the snap length */
};

struct esi_rewrite_config {
    struct esi_capture *capture; /* read to its end once; rewound here */
    const struct esi_plan *plan; /* sealed */
    /* What the walk that made the plan was given: esi_walk_config. */
    const struct esi_ports *ports;
    bool (*wants)(void *ctx, const struct esi_tuple *tuple, esi_nanos when);
    void *wants_ctx;
    size_t flow_memory;
    bool in_fragments; /* segments of SMTP flows came in IP fragments: one reading more */
    const char *out;   /* path, or "-" for standard output */
};

/*
 * Writes config->out as a classic pcap (nanosecond if any input is), under a temporary name in the
 * same folder, renamed when complete. False: nothing is left under that name; usage says whether it
 * is the user's to mend (input of several link types, or of one that is not known, cannot go into
 * a classic pcap).
 */
bool esi_rewrite(const struct esi_rewrite_config *config, struct esi_rewrite_stats *stats,
                 bool *usage, struct esi_error *err);

#endif
