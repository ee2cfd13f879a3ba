/* codec_lz4.c - lz4's frame format, by liblz4. */
#include <lz4frame.h>

#include "codec_internal.h"

static void *
open_lz4(void)
{
    LZ4F_dctx *lz4;

    if (LZ4F_isError(LZ4F_createDecompressionContext(&lz4, LZ4F_VERSION)))
        esi_no_memory(0);
    return lz4;
}

static enum codec_step
step_lz4(void *state, struct codec_io *io, const char **why)
{
    size_t in = io->in_len, out = io->out_len;
    size_t answer = LZ4F_decompress(state, io->out, &out, io->in, &in, NULL);

    if (LZ4F_isError(answer)) {
        *why = LZ4F_getErrorName(answer);
        return CODEC_BROKEN;
    }
    *io = (struct codec_io){io->in + in, io->in_len - in, io->out + out, io->out_len - out};
    return answer == 0 ? CODEC_ENDED : CODEC_GOES_ON;
}

static void
close_lz4(void *state)
{
    LZ4F_freeDecompressionContext(state);
}

const struct codec codec_lz4 = {
    .name = "lz4",
    .magic = {(const uint8_t *)"\x04\x22\x4d\x18", 4},
    .open = open_lz4,
    .step = step_lz4,
    .close = close_lz4,
};
