/* codec_gzip.c - gzip (RFC 1952), by zlib. */
#define ZLIB_CONST
#include <stdlib.h>
#include <zlib.h>

#include "codec_internal.h"

enum { WINDOW_OF_GZIP = 15 + 16 /* the largest window; a gzip header, and no other */ };

static void *
open_gzip(void)
{
    z_stream *zlib = esi_alloc(sizeof *zlib);

    if (inflateInit2(zlib, WINDOW_OF_GZIP) != Z_OK)
        esi_no_memory(0);
    return zlib;
}

static enum codec_step
step_gzip(void *state, struct codec_io *io, const char **why)
{
    z_stream *zlib = state;

    zlib->next_in = io->in;
    zlib->avail_in = (uInt)io->in_len;
    zlib->next_out = io->out;
    zlib->avail_out = (uInt)io->out_len;
    int answer = inflate(zlib, Z_NO_FLUSH);
    *io = (struct codec_io){zlib->next_in, zlib->avail_in, zlib->next_out, zlib->avail_out};
    if (answer == Z_MEM_ERROR)
        esi_no_memory(0);
    if (answer == Z_STREAM_END)
        return inflateReset(zlib) == Z_OK ? CODEC_ENDED : CODEC_BROKEN;
    if (answer == Z_OK || answer == Z_BUF_ERROR)
        return CODEC_GOES_ON;
    *why = zlib->msg ? zlib->msg : "no gzip data";
    return CODEC_BROKEN;
}

static void
close_gzip(void *state)
{
    inflateEnd(state);
    free(state);
}

const struct codec codec_gzip = {
    .name = "gzip",
    .magic = {(const uint8_t *)"\x1f\x8b\x08", 3},
    .open = open_gzip,
    .step = step_gzip,
    .close = close_gzip,
};
