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
/* line_next, where the line does not lie whole in the push; lf: the next one in it, or NULL. */
bool line_next_part(struct line_cutter *cutter, const uint8_t *lf, struct line *out);
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

/* The next line; or, once a push, the unfinished line at its end. False: no bytes left. */
static inline bool
line_next(struct line_cutter *cutter, struct line *out)
{
    const uint8_t *start = cutter->in.ptr;
    const uint8_t *lf = cutter->in.len > 0 ? memchr(start, '\n', cutter->in.len) : NULL;

    if (!lf || cutter->held_span > 0 || cutter->skipping)
        return line_next_part(cutter, lf, out);
    size_t len = (size_t)(lf - start);
    bool cr = len > 0 && lf[-1] == '\r';
    out->span = (struct esi_span){cutter->offset, len + 1};
    out->len = len - cr;
    /* However the line was cut, the same text: not more of a whole line than of a held one. */
    out->text = (struct esi_slice){start, out->len < cutter->keep ? out->len : cutter->keep};
    out->lent = line_take(cutter, len + 1);
    out->eol = cr ? ESI_EOL_CRLF : ESI_EOL_LF;
    out->done = true;
    return true;
}

#endif
