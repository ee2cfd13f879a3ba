/*
 * codec_internal.h - one compression format each: bytes in, bytes out, step by step.
 *
 * The libraries are used directly rather than through one that knows all formats: they hand out
 * every byte that can be had of a file that is cut off or damaged, up to the very place.
 */
#ifndef CODEC_INTERNAL_H
#define CODEC_INTERNAL_H

#include "esi/base.h"

/* What is still to be read and still to be filled; a step moves on in both. */
struct codec_io {
    const uint8_t *in;
    size_t in_len;
    uint8_t *out;
    size_t out_len;
};

enum codec_step {
    CODEC_GOES_ON, /* give it more to read, or more room */
    CODEC_ENDED,   /* a whole member (frame, stream) is done; the next byte begins another */
    CODEC_BROKEN   /* and *why; what it has put out until then is right */
};

struct codec {
    const char *name;
    struct esi_slice magic;
    void *(*open)(void);
    enum codec_step (*step)(void *state, struct codec_io *io, const char **why);
    void (*close)(void *state);
};

extern const struct codec codec_gzip, codec_zstd, codec_lz4, codec_xz, codec_bzip2;

#endif
