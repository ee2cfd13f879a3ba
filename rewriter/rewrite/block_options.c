/*
 * block_options.c - options of blocks of a pcapng file.
 *
 * Source: draft-ietf-opsawg-pcapng section 3.5.
 */
#include <string.h>

#include "esi/bytes.h"

#include "blocks_internal.h"
#include "rewrite_internal.h"

static const uint8_t zeros[3]; /* padding */

size_t
block_padded(size_t len)
{
    return (len + 3) / 4 * 4;
}

bool
block_next_option(struct esi_slice block, bool big_endian, size_t *at, struct block_option *out)
{
    struct esi_slice rest = esi_slice_cut(block, *at, block.len - BLOCK_TRAILER - *at);

    if (rest.len < BLOCK_OPTION_HEAD)
        return false;
    size_t len = esi_u16(rest.ptr + 2, big_endian);
    out->code = esi_u16(rest.ptr, big_endian);
    if (out->code == BLOCK_OPTION_END || BLOCK_OPTION_HEAD + block_padded(len) > rest.len)
        return false;
    out->raw = esi_slice_cut(rest, 0, BLOCK_OPTION_HEAD + block_padded(len));
    out->value = esi_slice_cut(rest, BLOCK_OPTION_HEAD, len);
    *at += out->raw.len;
    return true;
}

void
block_option_head(uint8_t *at, bool big_endian, uint16_t code, size_t len)
{
    esi_put_u32(at, big_endian,
                big_endian ? (uint32_t)code << 16 | (uint32_t)len : (uint32_t)len << 16 | code);
}

void
block_put_padding(struct esi_buf *out, size_t len)
{
    esi_buf_append(out, (struct esi_slice){zeros, block_padded(len) - len});
}

void
block_put_option(struct esi_buf *out, bool big_endian, uint16_t code, struct esi_slice value)
{
    uint8_t head[BLOCK_OPTION_HEAD];

    block_option_head(head, big_endian, code, value.len);
    esi_buf_append(out, (struct esi_slice){head, sizeof head});
    esi_buf_append(out, value);
    block_put_padding(out, value.len);
}

void
block_put_end(struct esi_buf *out)
{
    block_put_option(out, false, BLOCK_OPTION_END, (struct esi_slice){0});
}

size_t
block_options_of(const struct esi_frame *frame)
{
    size_t data_at = (size_t)(frame->bytes.ptr - frame->block.ptr);

    if (esi_u32(frame->block.ptr, frame->big_endian) == ESI_PCAPNG_SIMPLE_PACKET)
        return frame->block.len - BLOCK_TRAILER;
    return data_at + block_padded(frame->bytes.len);
}

void
esi_rewrite_comments(const struct esi_frame *frame, void (*fn)(void *ctx, struct esi_slice comment),
                     void *ctx)
{
    struct block_option option;

    if (frame->block.len == 0)
        return;
    size_t at = block_options_of(frame);
    while (block_next_option(frame->block, frame->big_endian, &at, &option))
        if (option.code == BLOCK_OPTION_COMMENT)
            fn(ctx, option.value);
}
