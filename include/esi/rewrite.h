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

enum esi_rewrite_format { ESI_REWRITE_PCAP, ESI_REWRITE_PCAPNG };
/* Frames whose content could not have come about as captured. */
enum esi_rewrite_after { ESI_AFTER_KEEP, ESI_AFTER_MARK, ESI_AFTER_CUT };
/* TCP checksums: of changed frames computed anew, or adjusted by difference (RFC 1624); or all of
 * the capture set right. */
enum esi_rewrite_checksums { ESI_CHECKSUMS_RECOMPUTE, ESI_CHECKSUMS_ADJUST, ESI_CHECKSUMS_ALL };
enum esi_rewrite_view { ESI_VIEW_BOTH, ESI_VIEW_TO_SERVER, ESI_VIEW_TO_CLIENT };

/* What the user calls each of them; of what is dropped, whether it is kept. */
extern const char *const esi_rewrite_format_words[2],
    *const esi_rewrite_after_words[3], *const esi_rewrite_checksums_words[3],
                                           *const esi_rewrite_view_words[3],
                                               *const esi_rewrite_dropped_words[2];

struct esi_rewrite_stats {
    uint64_t frames_read; /* of the input, filtered ones included */
    uint64_t frames_written;
    uint64_t frames_changed;  /* of those written */
    uint64_t frames_dropped;  /* by verdict */
    uint64_t frames_made;     /* of those written: RST of a reset */
    uint64_t frames_left_out; /* by option: the filter, other sessions, behind a divergence */
    uint64_t frames_marked;   /* of those written: dropped or counterfactual, kept with a comment */
    uint64_t comments_lost;   /* frames that would have got a comment, and can hold none */
    uint64_t bytes_changed;
    uint64_t checksums_adjusted; /* by difference */
    /* ESI_CHECKSUMS_ALL: of frames of which nothing else changed; of those that were not captured
     * whole. */
    uint64_t checksums_set, checksums_left;
    /* Connections that were reset, and show no RST: what their frames travel in cannot be built. */
    uint64_t resets_missing;
};

/*
 * The proof: JSON Lines that tell every frame that is not written as it was, with a SHA-256 of each
 * input and of the output. Its words are those of the plan's notes. Complete, or not there,
 * together with the output.
 */
struct esi_rewrite_proof {
    const char *path; /* or "-" for standard output; NULL: none is wanted */
    /* As the user gave them, to be told; NULL: not given. */
    const char *filter, *sessions;
};

/* Frames that the plan may change something of, so that the others need not be looked at. */
struct esi_sights;
struct esi_sights *esi_sights_new(void);
/* As esi_pipeline_config.sight tells them; NULL: all frames have to be looked at. */
void esi_sights_add(struct esi_sights *sights, const struct esi_sight *sight);
/* Behind the last. */
void esi_sights_seal(struct esi_sights *sights);
void esi_sights_free(struct esi_sights *sights); /* NULL is fine */

struct esi_rewrite_config {
    struct esi_capture *capture; /* read to its end once; rewound here */
    const struct esi_plan *plan; /* sealed */
    /* What the walk that made the plan was given: esi_walk_config. */
    const struct esi_ports *ports;
    bool (*wants)(void *ctx, const struct esi_tuple *tuple, esi_nanos when);
    void *wants_ctx;
    size_t flow_memory;
    bool in_fragments; /* segments of SMTP flows came in IP fragments (if all checksums are set
                          right, of any): one reading more */
    const struct esi_sights *sights; /* sealed; NULL: not known */
    const char *out;                 /* path, or "-" for standard output */
    enum esi_rewrite_format format;
    enum esi_rewrite_after after;
    bool keep_dropped; /* with a comment */
    enum esi_rewrite_checksums checksums;
    enum esi_rewrite_view view;
    /* Whether frames of this flow are written; NULL: all are, those that are no flow's too. */
    bool (*flow_wanted)(void *ctx, esi_flow_id flow);
    void *flow_wanted_ctx;
    struct esi_rewrite_proof proof;
};

/*
 * Writes config->out, as a classic pcap (nanosecond if any input is) or a pcapng (a section or more
 * for each input file), under a temporary name in the same folder, renamed when complete. False:
 * nothing is left under that name; usage says whether it is the user's to mend (input of several
 * link types, or of one that is not known, cannot go into a classic pcap).
 */
bool esi_rewrite(const struct esi_rewrite_config *config, struct esi_rewrite_stats *stats,
                 bool *usage, struct esi_error *err);

/* Every comment that a frame of a pcapng file has. */
void esi_rewrite_comments(const struct esi_frame *frame,
                          void (*fn)(void *ctx, struct esi_slice comment), void *ctx);

#endif
