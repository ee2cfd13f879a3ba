/* rewrite_internal.h - what the files of the rewriter say to each other. */
#ifndef REWRITE_INTERNAL_H
#define REWRITE_INTERNAL_H

#include "esi/rewrite.h"

/* Bytes of one frame that become others. */
struct patch {
    uint32_t at;            /* in the frame */
    bool checksum;          /* else payload */
    struct esi_slice bytes; /* borrowed from the locator, until the next locate */
};

/* What becomes of one frame. */
enum fate {
    FATE_WRITTEN,
    FATE_DROPPED, /* it did not pass the firewall */
    FATE_LEFT_OUT /* by option */
};
struct patches {
    enum fate fate;
    bool dropped;             /* it did not pass the firewall, written or not */
    bool marked;              /* written all the same, or though it could not have come about */
    bool diverged;            /* it is behind a divergence, and that matters */
    bool comment_lost;        /* there would be something to say of it, and no room */
    struct esi_slice comment; /* to be said of it, lines; empty: nothing. The locator's. Of a frame
                                 that is not written, or without room: for the proof only */
    size_t count;
    const struct patch *items; /* the locator's */
    uint64_t bytes_changed;    /* of the payload */
    bool adjusted;             /* the checksum, by difference */
    bool only_checksum;        /* nothing changes but a checksum that was not right */
    bool checksum_left;        /* as it was, for want of the bytes it is made over */
};

/* rewrite.c: over the capture, which must be at its first frame, as the walk that made the plan. */
struct esi_walk *rewrite_walk(const struct esi_rewrite_config *config);

/* locate.c */
struct locator;
struct locator *locator_new(const struct esi_rewrite_config *config); /* borrowed */
/* Places are those in segment.packet: for a visit without pieces, in the frame. */
void locate(struct locator *locator, const struct esi_visit *visit, struct patches *out);
void locator_free(struct locator *locator);
/* The flow's cut, unless it diverged before: then nothing tells that the firewall would have got
 * that far. NULL: there is none. */
const struct esi_cut *planned_cut(const struct esi_rewrite_config *config, esi_flow_id flow);

/* fragments.c: the same for the frames that fragments came in. */
struct fragments;
/* Reads the whole capture, which must be at its first frame. */
struct fragments *fragments_find(const struct esi_rewrite_config *config);
/* False if nothing is to be said of the frame. Frames come in order. */
bool fragments_locate(struct fragments *fragments, uint64_t frame, struct patches *out);
/* For another reading. */
void fragments_restart(struct fragments *fragments); /* NULL is fine */
void fragments_free(struct fragments *fragments);    /* NULL is fine */

/* sights.c */
struct esi_sights {
    struct esi_sight *items; /* by frame, once sealed */
    size_t count, cap;
    bool mixed; /* not yet by frame */
    bool lost;  /* not all are known */
};

/* sighted.c: the second reading without a walk, where that says as much. */
struct writer;
bool sighted_is_enough(const struct esi_rewrite_config *config);
/* The capture must be at its first frame; nanosecond: of a classic output. */
bool sighted_write(const struct esi_rewrite_config *config, struct writer *writer, bool nanosecond,
                   struct esi_rewrite_stats *stats, struct esi_error *err);

/* inputs.c */
struct writer_config;
/* Everything but `comments_lost` and `foresight`. False, and *err, with *usage as with writer_open:
 * the format cannot hold this. To be freed in any case. */
bool inputs_describe(const struct esi_rewrite_config *config, struct writer_config *writer,
                     bool *usage, struct esi_error *err);
bool inputs_fragile(const struct writer_config *writer);
void inputs_free(struct writer_config *writer);

/* foresight.c: what has to be known of the whole of a capture before a pcapng file of it is begun.
 */
struct foresight;
struct foresight *foresight_new(size_t files);
void foresight_free(struct foresight *foresight); /* NULL is fine */

/* resets.c: RST frames of connections that are reset. */
struct resets;
struct resets *resets_new(const struct esi_rewrite_config *config, uint32_t snaplen);
/* Every frame in turn, with what became of it. What is to be written behind it: two frames at most,
 * with the frame's number 0, its time, and its block (that they go by its interface). Borrowed
 * until the next call. */
struct made {
    size_t count;
    struct esi_frame frames[2];
    struct esi_slice comment;
};
void resets_step(struct resets *resets, const struct esi_visit *visit,
                 const struct patches *patches, struct made *out, struct esi_rewrite_stats *stats);
/* For esi_walk_config.forget of the walk whose frames come, and for esi_walk_each at its end. */
void resets_forget(void *ctx, struct esi_flow *flow, bool evicted);
void resets_free(struct resets *resets, struct esi_walk *walk);

/* rst.c: what an RST is modelled on, and made of. */
enum { RST_LINK_MOST = 64, RST_MOST = 384 /* a frame check sequence has 255 bytes at most */ };
struct rst_model {
    bool known;
    int linktype;
    uint8_t fcs_len, link_len;
    uint8_t link[RST_LINK_MOST];
    uint8_t ip[4]; /* the first bytes of the IP header */
    uint8_t hops;
};
struct rst_spec {
    struct esi_endpoint src, dst;
    uint32_t seq, ack;
    bool turned; /* the model went the other way */
};
/* False: this frame cannot be one. */
bool rst_model_of(struct rst_model *model, const struct esi_visit *visit);
/* Its length. The model is known, and of the family of the addresses. */
size_t rst_build(uint8_t out[RST_MOST], const struct rst_model *model, const struct rst_spec *spec);

/* proof.c: see proof_internal.h */
struct proof;

/* writer.c */
struct writer;
struct writer_config {
    const char *path; /* NULL: nothing is written, but learnt what `foresight` holds */
    enum esi_rewrite_format format;
    uint64_t *comments_lost; /* counts; the caller's */
    /* Of a classic pcap */
    int linktype;
    uint32_t snaplen;
    bool nanosecond;
    /* Of a pcapng: the files, as a whole reading left them, borrowed */
    const struct esi_capture_file *files;
    size_t file_count;
    struct foresight *foresight; /* NULL: no file is fragile */
    struct proof *proof;         /* complete when the file is; NULL: none */
};
/* NULL, and *err: the file cannot be made, or (then *usage) no file can hold that link type. */
struct writer *writer_open(const struct writer_config *config, bool *usage, struct esi_error *err);
/*
 * The frame's own length and time, with these bytes, as many as the frame has. comment: may be
 * empty, lines; lost in a format, or a kind of block, that holds none; a line that the frame has
 * already is not said twice. A frame that was made has no block, or that of a frame with its time
 * on its interface, in which its bytes do not lie.
 */
bool writer_put(struct writer *writer, const struct esi_frame *frame, const uint8_t *bytes,
                struct esi_slice comment, struct esi_error *err);
/* Frames as they are: a classic pcap takes those of its own precision. */
bool writer_takes_runs(const struct writer *writer);
bool writer_put_run(struct writer *writer, const struct esi_run *run, struct esi_error *err);
/* For esi_capture_watch; trouble is told by the next put or close. */
void writer_block(void *writer, const struct esi_pcapng_block *block);
/* Frees the writer. keep: the file is to get its name; true if it did. */
bool writer_close(struct writer *writer, bool keep, struct esi_error *err);

/* apply.c. `room` is for the patched frame, kept from call to call. */
bool apply(struct writer *writer, struct esi_buf *room, const struct esi_frame *frame,
           const struct patches *patches, struct esi_rewrite_stats *stats, struct esi_error *err);

#endif
