/* codec_zstd.c - zstd (RFC 8878), by libzstd; its own bound of a window, 128 MB, holds. */
#include <zstd.h>

#include "codec_internal.h"

static void *
open_zstd(void)
{
    ZSTD_DCtx *zstd = ZSTD_createDCtx();

    if (!zstd)
        esi_no_memory(0);
    return zstd;
}

static enum codec_step
step_zstd(void *state, struct codec_io *io, const char **why)
{
    ZSTD_inBuffer in = {io->in, io->in_len, 0};
    ZSTD_outBuffer out = {io->out, io->out_len, 0};
    size_t answer = ZSTD_decompressStream(state, &out, &in);

    *io = (struct codec_io){io->in + in.pos, io->in_len - in.pos, io->out + out.pos,
                            io->out_len - out.pos};
    if (!ZSTD_isError(answer))
        return answer == 0 ? CODEC_ENDED : CODEC_GOES_ON;
    *why = ZSTD_getErrorName(answer);
    return CODEC_BROKEN;
}

static void
close_zstd(void *state)
{
    ZSTD_freeDCtx(state);
}

const struct codec codec_zstd = {
    .name = "zstd",
    .magic = {(const uint8_t *)"\x28\xb5\x2f\xfd", 4},
    .open = open_zstd,
    .step = step_zstd,
    .close = close_zstd,
};
