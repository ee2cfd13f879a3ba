/* rewrite_internal.h - what the files of the rewriter say to each other. */
#ifndef REWRITE_INTERNAL_H
#define REWRITE_INTERNAL_H

#include <stdio.h>

#include "esi/rewrite.h"

/* Bytes of one frame that become others. */
struct patch {
    uint32_t at;            /* in the frame */
    struct esi_slice bytes; /* borrowed from the locator, until the next locate */
};

/* What becomes of one frame. */
struct patches {
    bool drop; /* it did not pass the firewall */
    size_t count;
    const struct patch *items; /* the locator's */
    uint64_t bytes_changed;    /* of the payload */
    bool adjusted;             /* the checksum, by difference */
};

/* rewrite.c: over the capture, which must be at its first frame, as the walk that made the plan. */
struct esi_walk *rewrite_walk(const struct esi_rewrite_config *config);

/* locate.c */
struct locator;
struct locator *locator_new(const struct esi_plan *plan); /* borrowed, sealed */
/* Places are those in segment.packet: for a visit without pieces, in the frame. */
void locate(struct locator *locator, const struct esi_visit *visit, struct patches *out);
void locator_free(struct locator *locator);

/* fragments.c: the same for the frames that fragments came in. */
struct fragments;
/* Reads the whole capture, which must be at its first frame. */
struct fragments *fragments_find(const struct esi_rewrite_config *config);
/* False if the frame carries no fragment of a segment that changes. Frames come in order. */
bool fragments_locate(struct fragments *fragments, uint64_t frame, struct patches *out);
void fragments_free(struct fragments *fragments); /* NULL is fine */

/* writer_pcap.c */
struct writer;
struct writer_config {
    const char *path;
    int linktype;
    uint32_t snaplen;
    bool nanosecond;
};
/* NULL, and *err: the file cannot be made, or (then *usage) no file can hold that link type. */
struct writer *writer_open(const struct writer_config *config, bool *usage, struct esi_error *err);
/* The frame's own length and time, with these bytes, as many as the frame has. */
bool writer_put(struct writer *writer, const struct esi_frame *frame, const uint8_t *bytes,
                struct esi_error *err);
/* Frees the writer. keep: the file is to get its name; true if it did. */
bool writer_close(struct writer *writer, bool keep, struct esi_error *err);

/* apply.c. `room` is for the patched frame, kept from call to call. */
bool apply(struct writer *writer, struct esi_buf *room, const struct esi_frame *frame,
           const struct patches *patches, struct esi_rewrite_stats *stats, struct esi_error *err);

#endif
