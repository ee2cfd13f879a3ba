/*
 * streams.h - the bytes of every SMTP flow of a capture, put together again; and whether those of
 * a rewritten capture are the old ones with the plan applied.
 */
#ifndef TESTS_STREAMS_H
#define TESTS_STREAMS_H

#include "esi/capture.h"
#include "esi/plan.h"

struct stream {
    struct esi_buf bytes; /* zeros where there is a gap */
    uint64_t *frames;     /* for each byte, whose arrival told it; 0: it lies in a gap */
    size_t frames_cap;
    uint64_t conflicts; /* of the flow: copies of segments, or of their fragments, that differ */
};

struct streams {
    struct stream *items; /* two a flow, by flow number and direction */
    size_t count, cap;
};

/* The capture must be at its first frame. */
void streams_read(struct streams *out, struct esi_capture *capture);
void streams_free(struct streams *streams);

/* How many bytes the plan changes that have to arrive. */
size_t streams_edited(const struct streams *old, const struct esi_plan *plan);
/* Whether `rewritten` is what the plan makes of `old`: every byte that was neither discarded nor
 * cut off, edited in every copy, and no others. Else `why` says where it is not. */
bool streams_are_edited(const struct streams *old, const struct streams *rewritten,
                        const struct esi_plan *plan, struct esi_buf *why);

#endif
