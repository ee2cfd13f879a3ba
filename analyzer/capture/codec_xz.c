/* codec_xz.c - xz, by liblzma. */
#include <lzma.h>
#include <stdlib.h>

#include "codec_internal.h"

/* A header may ask for a dictionary of 4 GB. xz -9 takes 65 MB. */
static const uint64_t memory_most = UINT64_C(256) << 20;

struct xz {
    lzma_stream lzma;
    bool began; /* inside a stream */
};

static void *
open_xz(void)
{
    struct xz *xz = esi_alloc(sizeof *xz);

    xz->lzma = (lzma_stream)LZMA_STREAM_INIT;
    return xz;
}

static const char *
words_of(lzma_ret answer)
{
    switch (answer) {
    case LZMA_MEMLIMIT_ERROR:
        return "needs more than 256 MB to be undone";
    case LZMA_FORMAT_ERROR:
        return "no xz data";
    case LZMA_OPTIONS_ERROR:
        return "of a kind that liblzma does not know";
    default:
        return "corrupt data";
    }
}

static enum codec_step
step_xz(void *state, struct codec_io *io, const char **why)
{
    struct xz *xz = state;

    if (!xz->began) {
        if (lzma_stream_decoder(&xz->lzma, memory_most, 0) != LZMA_OK)
            esi_no_memory(0);
        xz->began = true;
    }
    xz->lzma.next_in = io->in;
    xz->lzma.avail_in = io->in_len;
    xz->lzma.next_out = io->out;
    xz->lzma.avail_out = io->out_len;
    lzma_ret answer = lzma_code(&xz->lzma, LZMA_RUN);
    *io = (struct codec_io){xz->lzma.next_in, xz->lzma.avail_in, xz->lzma.next_out,
                            xz->lzma.avail_out};
    if (answer == LZMA_MEM_ERROR)
        esi_no_memory(0);
    xz->began = answer != LZMA_STREAM_END;
    if (answer == LZMA_STREAM_END)
        return CODEC_ENDED;
    if (answer == LZMA_OK || answer == LZMA_BUF_ERROR)
        return CODEC_GOES_ON;
    *why = words_of(answer);
    return CODEC_BROKEN;
}

static void
close_xz(void *state)
{
    struct xz *xz = state;

    lzma_end(&xz->lzma);
    free(xz);
}

const struct codec codec_xz = {
    .name = "xz",
    .magic = {(const uint8_t *)"\xfd"
                               "7zXZ",
              6}, /* the sixth is a zero */
    .open = open_xz,
    .step = step_xz,
    .close = close_xz,
};
