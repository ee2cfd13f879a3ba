/* line_internal.h - one direction's bytes, cut into lines. */
#ifndef ESI_SMTP_LINE_INTERNAL_H
#define ESI_SMTP_LINE_INTERNAL_H

#include "esi/smtp.h"

struct line {
    struct esi_span span;  /* of what there is of it, terminator included */
    uint64_t len;          /* without terminator; of an unfinished line, without a trailing CR */
    struct esi_slice text; /* these bytes, the cutter's keep at most; until the next push or pull */
    struct esi_slice lent; /* what of it lies in the present push, terminator included */
    enum esi_eol eol;
    bool done; /* false: the push ended before the line did */
};

/* Zero-initialised is ready, but for keep. */
struct line_cutter {
    struct esi_slice in; /* lent by line_push, not yet pulled */
    uint64_t offset;     /* of in.ptr in the stream */
    struct esi_buf held; /* the beginning of an unfinished line */
    uint64_t held_span;  /* its true length so far, kept or not */
    uint32_t keep;       /* bytes kept of a line; change it at line starts only */
    uint8_t last;        /* the unfinished line's last byte, kept or not */
    bool spent;          /* held went out with the last line: drop it */
    bool skipping;       /* in a line whose beginning is missing: go on behind the next LF */
    bool begun;          /* offset is known */
};

void line_push(struct line_cutter *cutter, uint64_t offset, struct esi_slice bytes);
/* The next line; or, once a push, the unfinished line at its end. False: no bytes left. */
bool line_next(struct line_cutter *cutter, struct line *out);
/* Gives the unfinished line up. */
void line_drop(struct line_cutter *cutter);
/* Gives the unfinished line up, and goes on behind the missing bytes. */
void line_gap(struct line_cutter *cutter, struct esi_span missing);
/* Gives storage back that is large and not in use. What was pulled before is no longer lent. */
void line_rest(struct line_cutter *cutter);
void line_fini(struct line_cutter *cutter);

/* Where the line in progress starts, or the next one if none is in progress. */
static inline uint64_t
line_start(const struct line_cutter *cutter)
{
    return cutter->offset - cutter->held_span;
}

/* Moves on by n bytes of the lent input, for those who need no lines. */
static inline struct esi_slice
line_take(struct line_cutter *cutter, size_t n)
{
    struct esi_slice taken = {cutter->in.ptr, n};

    cutter->in.ptr += n;
    cutter->in.len -= n;
    cutter->offset += n;
    return taken;
}

#endif
