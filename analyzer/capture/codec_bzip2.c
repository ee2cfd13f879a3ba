/* codec_bzip2.c - bzip2, by libbz2. */
#include <bzlib.h>
#include <stdlib.h>

#include "codec_internal.h"

struct bzip2 {
    bz_stream bz;
    bool began; /* inside a stream */
};

static void *
open_bzip2(void)
{
    return esi_alloc(sizeof(struct bzip2));
}

static void
stop(struct bzip2 *bzip2)
{
    if (bzip2->began)
        BZ2_bzDecompressEnd(&bzip2->bz);
    bzip2->began = false;
}

static enum codec_step
step_bzip2(void *state, struct codec_io *io, const char **why)
{
    struct bzip2 *bzip2 = state;
    bz_stream *bz = &bzip2->bz;

    if (!bzip2->began && BZ2_bzDecompressInit(bz, 0, 0) != BZ_OK)
        esi_no_memory(0);
    bzip2->began = true;
    bz->next_in = (char *)(uintptr_t)io->in; /* it is not written to */
    bz->avail_in = (unsigned)io->in_len;
    bz->next_out = (char *)io->out;
    bz->avail_out = (unsigned)io->out_len;
    int answer = BZ2_bzDecompress(bz);
    *io = (struct codec_io){(const uint8_t *)bz->next_in, bz->avail_in, (uint8_t *)bz->next_out,
                            bz->avail_out};
    if (answer == BZ_OK)
        return CODEC_GOES_ON;
    if (answer == BZ_MEM_ERROR)
        esi_no_memory(0);
    stop(bzip2);
    if (answer == BZ_STREAM_END)
        return CODEC_ENDED;
    *why = answer == BZ_DATA_ERROR_MAGIC ? "no bzip2 data" : "corrupt data";
    return CODEC_BROKEN;
}

static void
close_bzip2(void *state)
{
    stop(state);
    free(state);
}

const struct codec codec_bzip2 = {
    .name = "bzip2",
    .magic = {(const uint8_t *)"BZh", 3},
    .open = open_bzip2,
    .step = step_bzip2,
    .close = close_bzip2,
};
