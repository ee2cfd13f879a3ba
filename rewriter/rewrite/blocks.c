/*
 * blocks.c - blocks of a pcapng file: a frame's changed as little as can be, and new ones.
 *
 * Of a frame's block that changes, all stays but the frame's bytes, and options that say something
 * of these bytes: a hash of other bytes (epb_hash, pack_hash) is wrong, and custom options that are
 * not to be copied are meant for the block as it was. A comment goes behind the other options; of
 * its lines, those that are there already are not said twice (unsaid.c). What stands behind the end
 * of options, or cannot be read as an option, stays behind them.
 *
 * Knows nothing of sections and files; options by themselves are block_options.c's, units of time
 * block_units.c's. Source:
 * draft-ietf-opsawg-pcapng sections 3.1 (blocks), 3.5 (options), 4.1 to 4.4, 6.2 (what is not to be
 * copied), appendix A (the obsolete Packet Block).
 */
#include <string.h>

#include "esi/bytes.h"

#include "blocks_internal.h"
#include "unsaid_internal.h"

enum {
    OPTION_HASH = 3, /* of Packet Blocks, the obsolete ones, too */
    OPTION_CUSTOM_TEXT_NOT_COPIED = 19372,
    OPTION_CUSTOM_BYTES_NOT_COPIED = 19373,
    OPTION_USERAPPL = 4,
    OPTION_TSRESOL = 9,
    OPTION_FCSLEN = 13,
    OPTION_TSOFFSET = 14
};

uint64_t
block_section_length(struct esi_slice header, bool big_endian)
{
    return esi_u64(header.ptr + BLOCK_SECTION_LENGTH, big_endian);
}

uint32_t
block_interface_of(struct esi_slice block, bool big_endian)
{
    const uint8_t *at = block.ptr + BLOCK_HEAD;

    switch (esi_u32(block.ptr, big_endian)) {
    case ESI_PCAPNG_ENHANCED_PACKET:
        return esi_u32(at, big_endian);
    case ESI_PCAPNG_PACKET:
        return esi_u16(at, big_endian);
    default: /* Simple Packet Blocks are the first one's */
        return 0;
    }
}

bool
block_units_of(struct esi_slice block, bool big_endian, uint64_t *units)
{
    enum { UNITS_AT = 12 }; /* of both kinds */

    if (block.len < BLOCK_FRAME_HEAD || esi_u32(block.ptr, big_endian) == ESI_PCAPNG_SIMPLE_PACKET)
        return false;
    const uint8_t *at = block.ptr + UNITS_AT;
    *units = (uint64_t)esi_u32(at, big_endian) << 32 | esi_u32(at + 4, big_endian);
    return true;
}

/* ---- a frame's block, changed ---- */

/* fitting - as much of the comment as an option holds, and no half character. */
static struct esi_slice
fitting(struct esi_slice comment)
{
    enum { CONTINUES = 0x80, CONTINUES_MASK = 0xc0, CHARACTER_MOST = 4 };
    size_t len = BLOCK_COMMENT_MOST;

    if (comment.len <= BLOCK_COMMENT_MOST)
        return comment;
    while (len > BLOCK_COMMENT_MOST - CHARACTER_MOST &&
           (comment.ptr[len] & CONTINUES_MASK) == CONTINUES)
        len--;
    return esi_slice_cut(comment, 0, len);
}

static bool
is_void(const struct block_option *option, bool changed)
{
    return (changed && option->code == OPTION_HASH) ||
           option->code == OPTION_CUSTOM_TEXT_NOT_COPIED ||
           option->code == OPTION_CUSTOM_BYTES_NOT_COPIED;
}

/* copy_options - from *at on, which goes to what stands behind them. */
static void
copy_options(struct esi_buf *out, const struct esi_frame *frame, size_t *at, bool changed,
             struct unsaid *unsaid)
{
    struct block_option option;

    while (block_next_option(frame->block, frame->big_endian, at, &option)) {
        if (option.code == BLOCK_OPTION_COMMENT)
            unsaid_strike(unsaid, option.value);
        if (!is_void(&option, changed))
            esi_buf_append(out, option.raw);
    }
}

/* put_comment - what is not said yet; then the end of options, if the rest does not begin with it.
 * Its length; 0 and *fits: there was nothing to say. */
static size_t
put_comment(struct esi_buf *out, const struct esi_frame *frame, struct esi_slice rest,
            struct unsaid *unsaid, bool *fits)
{
    bool big_endian = frame->big_endian;
    size_t at = out->len;

    block_put_option(out, big_endian, BLOCK_OPTION_COMMENT, (struct esi_slice){0});
    unsaid_put(unsaid, out);
    size_t len = out->len - at - BLOCK_OPTION_HEAD;
    *fits = len == 0 || frame->block.len + 2 * BLOCK_OPTION_HEAD + block_padded(len) <= BLOCK_MOST;
    if (len == 0 || !*fits) {
        out->len = at;
        return 0;
    }
    block_option_head(out->data + at, big_endian, BLOCK_OPTION_COMMENT, len);
    block_put_padding(out, len);
    if (rest.len < BLOCK_OPTION_HEAD || esi_u16(rest.ptr, big_endian) != BLOCK_OPTION_END)
        block_put_end(out);
    return len;
}

/* change_options - those at `at`, and what stands behind them. False: they cannot hold the comment.
 * *same: nothing changes, nor is anything said. */
static bool
change_options(struct esi_buf *out, const struct esi_frame *frame, size_t at, bool changed,
               struct esi_slice comment, bool *same)
{
    struct unsaid unsaid;
    bool fits;

    unsaid_begin(&unsaid, fitting(comment));
    copy_options(out, frame, &at, changed, &unsaid);
    struct esi_slice rest = esi_slice_cut(frame->block, at, frame->block.len - BLOCK_TRAILER - at);
    *same = put_comment(out, frame, rest, &unsaid, &fits) == 0 && !changed;
    esi_buf_append(out, rest);
    unsaid_end(&unsaid);
    return fits;
}

static void
put_lengths(struct esi_buf *out, bool big_endian)
{
    uint8_t length[BLOCK_TRAILER];

    esi_put_u32(length, big_endian, (uint32_t)(out->len + BLOCK_TRAILER));
    esi_buf_append(out, (struct esi_slice){length, sizeof length});
    memcpy(out->data + 4, length, sizeof length);
}

bool
block_change(struct esi_buf *out, const struct esi_frame *frame, const uint8_t *bytes,
             struct esi_slice comment)
{
    struct esi_slice block = frame->block;
    size_t data_at = (size_t)(frame->bytes.ptr - block.ptr), len = frame->bytes.len;
    bool holds_options = esi_u32(block.ptr, frame->big_endian) != ESI_PCAPNG_SIMPLE_PACKET;
    bool changed = len > 0 && memcmp(bytes, frame->bytes.ptr, len) != 0;
    bool same = !changed, fits = comment.len == 0;

    size_t options_at = block_options_of(frame);
    esi_buf_clear(out);
    esi_buf_append(out, esi_slice_cut(block, 0, options_at));
    if (changed)
        memcpy(out->data + data_at, bytes, len);
    if (holds_options)
        fits = change_options(out, frame, options_at, changed, comment, &same);
    if (same) { /* options that are not to be copied, too */
        esi_buf_clear(out);
        esi_buf_append(out, block);
        return fits;
    }
    put_lengths(out, frame->big_endian);
    return fits;
}

/* ---- time ---- */

struct block_clock
block_clock_of(struct esi_slice interface, bool big_endian)
{
    enum { OPTIONS_AT = 16 };
    struct block_clock clock = {.resolution = BLOCK_MICROSECONDS};
    struct block_option option;
    size_t at = OPTIONS_AT;

    while (block_next_option(interface, big_endian, &at, &option)) {
        if (option.code == OPTION_TSRESOL && option.value.len == 1)
            clock.resolution = option.value.ptr[0];
        if (option.code == OPTION_TSOFFSET && option.value.len == sizeof clock.offset)
            clock.offset = (int64_t)esi_u64(option.value.ptr, big_endian);
    }
    return clock;
}

/* ---- new ones ---- */

/* put_words - little-endian. */
static void
put_words(struct esi_buf *out, const uint32_t *words, size_t count)
{
    for (size_t w = 0; w < count; w++) {
        uint8_t bytes[4];
        esi_put_u32(bytes, false, words[w]);
        esi_buf_append(out, (struct esi_slice){bytes, sizeof bytes});
    }
}

/* end_block - of the one that begins there: writes its two lengths. */
static void
end_block(struct esi_buf *out, size_t at)
{
    uint32_t length = (uint32_t)(out->len - at + BLOCK_TRAILER);

    esi_put_u32(out->data + at + 4, false, length);
    put_words(out, &length, 1);
}

void
block_new_section(struct esi_buf *out)
{
    static const uint32_t words[] = {ESI_PCAPNG_SECTION, 0, 0x1a2b3c4d, 1, UINT32_MAX, UINT32_MAX};
    size_t at = out->len;

    put_words(out, words, ESI_COUNT(words));
    block_put_option(out, false, OPTION_USERAPPL, ESI_LIT("esmtp-rewriter " ESI_VERSION));
    block_put_end(out);
    end_block(out, at);
}

void
block_new_interface(struct esi_buf *out, uint16_t linktype, uint32_t snaplen, uint8_t resolution,
                    uint8_t fcs_len)
{
    const uint32_t words[] = {ESI_PCAPNG_INTERFACE, 0, linktype, snaplen};
    uint8_t fcs_bits = (uint8_t)(fcs_len * 8);
    size_t at = out->len;

    put_words(out, words, ESI_COUNT(words));
    block_put_option(out, false, OPTION_TSRESOL, (struct esi_slice){&resolution, 1});
    if (fcs_len > 0)
        block_put_option(out, false, OPTION_FCSLEN, (struct esi_slice){&fcs_bits, 1});
    block_put_end(out);
    end_block(out, at);
}

/* new_frame - without options. */
static void
new_frame(struct esi_buf *out, const struct block_frame *frame, const uint8_t *bytes)
{
    size_t pad = block_padded(frame->caplen) - frame->caplen;
    size_t len = BLOCK_FRAME_HEAD + frame->caplen + pad + BLOCK_TRAILER;
    const uint32_t words[] = {
        ESI_PCAPNG_ENHANCED_PACKET, (uint32_t)len, frame->interface, (uint32_t)(frame->units >> 32),
        (uint32_t)frame->units,     frame->caplen, frame->wire_len};

    out->data = esi_grow(out->data, &out->cap, len, 1);
    out->len = len;
    for (size_t w = 0; w < ESI_COUNT(words); w++)
        esi_put_u32(out->data + 4 * w, frame->big_endian, words[w]);
    if (frame->caplen > 0)
        memcpy(out->data + BLOCK_FRAME_HEAD, bytes, frame->caplen);
    memset(out->data + BLOCK_FRAME_HEAD + frame->caplen, 0, pad);
    esi_put_u32(out->data + len - BLOCK_TRAILER, frame->big_endian, (uint32_t)len);
}

void
block_new_frame(struct esi_buf *out, const struct block_frame *frame, const uint8_t *bytes,
                struct esi_slice comment)
{
    new_frame(out, frame, bytes);
    if (comment.len == 0)
        return;
    out->len -= BLOCK_TRAILER;
    block_put_option(out, frame->big_endian, BLOCK_OPTION_COMMENT, fitting(comment));
    block_put_end(out);
    put_lengths(out, frame->big_endian);
}
