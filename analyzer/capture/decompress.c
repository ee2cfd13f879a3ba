/*
 * decompress.c - bytes as they were before they were compressed.
 *
 * A file is members (frames, streams) one behind the other, and zeros perhaps. What can be undone
 * of one that is cut off or damaged is handed out, then the trouble is told. What the formats look
 * like is the codecs' business.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture_internal.h"
#include "codec_internal.h"

enum {
    BUFFER = 1 << 16,
    /* Captures of mail were measured to shrink to a 40th at most, a flood of one and the same
     * segment to a 300th by gzip; zeros, by gzip, to a 1030th. */
    RATIO_MOST = 1000
};
/* So much is handed out whatever it shrank to: it takes a second. Where the clock moved in steps, a
 * flood may shrink to a 6000th (zstd -19). */
static const uint64_t generous = UINT64_C(512) << 20;

struct decompressor {
    const struct codec *codec;
    void *state;
    struct decompress_source source;
    uint8_t *buffer;
    size_t at, len;
    uint64_t in, out;  /* bytes so far */
    bool between;      /* members */
    bool out_was_full; /* it may hold back more */
    bool over;
    char trouble[WHY_NOT];
};

static const struct codec *const codecs[] = {&codec_gzip, &codec_zstd, &codec_lz4, &codec_xz,
                                             &codec_bzip2};

static bool
begins_with(struct esi_slice bytes, struct esi_slice magic)
{
    return esi_slice_eq(esi_slice_cut(bytes, 0, magic.len), magic);
}

/* skip_skippable - frames that hold nothing may stand in front of both zstd's and lz4's. */
static struct esi_slice
skip_skippable(struct esi_slice head)
{
    enum { LEN_AT = 4, CONTENT_AT = 8 };

    while (head.len >= CONTENT_AT && head.ptr[0] >> 4 == 5 &&
           memcmp(head.ptr + 1, "\x2a\x4d\x18", 3) == 0) {
        const uint8_t *len = head.ptr + LEN_AT;
        size_t content =
            (size_t)len[0] | (size_t)len[1] << 8 | (size_t)len[2] << 16 | (size_t)len[3] << 24;
        head = esi_slice_cut(head, CONTENT_AT + content, head.len);
    }
    return head;
}

static const struct codec *
find_codec(struct esi_slice head)
{
    struct esi_slice behind = skip_skippable(head);

    /* What follows a long one cannot be seen yet. Only zstd's tools are known to begin with one. */
    if (behind.len < head.len)
        return begins_with(behind, codec_lz4.magic) ? &codec_lz4 : &codec_zstd;
    for (size_t c = 0; c < ESI_COUNT(codecs); c++)
        if (begins_with(head, codecs[c]->magic))
            return codecs[c];
    return NULL;
}

struct decompressor *
decompress_open(struct esi_slice head, const struct decompress_source *source)
{
    const struct codec *codec = find_codec(head);

    if (!codec)
        return NULL;
    struct decompressor *undo = esi_alloc(sizeof *undo);
    undo->codec = codec;
    undo->state = codec->open();
    undo->source = *source;
    undo->buffer = esi_alloc_pages(BUFFER);
    undo->between = true;
    return undo;
}

static void
end_with(struct decompressor *undo, const char *words, const char *why)
{
    undo->over = true;
    snprintf(undo->trouble, WHY_NOT, "%s its %s compression%s%.100s%s", words, undo->codec->name,
             why ? " (" : "", why ? why : "", why ? ")" : "");
}

static void
give_up(struct decompressor *undo)
{
    undo->over = true;
    snprintf(
        undo->trouble, WHY_NOT,
        "not read on: its %s compression holds more than %d times its size, as no capture does",
        undo->codec->name, RATIO_MOST);
}

static void
refill(struct decompressor *undo)
{
    ssize_t got = undo->source.read(undo->source.ctx, undo->buffer, BUFFER);

    undo->at = 0;
    undo->len = got > 0 ? (size_t)got : 0;
    undo->in += undo->len;
    undo->over = got <= 0;
    if (got == 0 && (!undo->between || undo->in == 0))
        end_with(undo, "cut off in", NULL);
}

/* step - how many bytes were put out. */
static size_t
step(struct decompressor *undo, uint8_t *to, size_t len)
{
    struct codec_io io = {undo->buffer + undo->at, undo->len - undo->at, to, len};
    const char *why = "corrupt data";
    size_t had = io.in_len;
    enum codec_step answer = undo->codec->step(undo->state, &io, &why);

    undo->at = undo->len - io.in_len;
    undo->between = answer == CODEC_ENDED;
    undo->out_was_full = io.out_len == 0 && !undo->between;
    undo->out += len - io.out_len;
    if (answer == CODEC_BROKEN)
        end_with(undo, "damaged in", why);
    else if (io.in_len == had && io.out_len == len && had > 0)
        end_with(undo, "damaged in", "it leads nowhere");
    else if (undo->out > generous && undo->out / RATIO_MOST > undo->in)
        give_up(undo);
    return len - io.out_len;
}

/* skip_padding - zero bytes may stand between members, and behind the last one: tapes and block
 * devices add them, and no member begins with one. */
static void
skip_padding(struct decompressor *undo)
{
    while (undo->at < undo->len && undo->buffer[undo->at] == 0)
        undo->at++;
}

size_t
decompress_read(struct decompressor *undo, void *to, size_t len)
{
    while (!undo->over) {
        if (undo->between)
            skip_padding(undo);
        if (undo->at == undo->len && !undo->out_was_full) {
            refill(undo);
            continue;
        }
        size_t got = step(undo, to, len);
        if (got > 0)
            return got;
    }
    return 0;
}

const char *
esi_capture_compressions(void)
{
    static char text[64];

    for (size_t c = 0; c < ESI_COUNT(codecs); c++) {
        size_t len = c == 0 ? 0 : strlen(text);
        snprintf(text + len, sizeof text - len, "%s%s", c == 0 ? "" : ", ", codecs[c]->name);
    }
    return text;
}

const char *
decompress_name(const struct decompressor *undo)
{
    return undo->codec->name;
}

const char *
decompress_trouble(const struct decompressor *undo)
{
    return undo->trouble;
}

void
decompress_close(struct decompressor *undo)
{
    if (!undo)
        return;
    undo->codec->close(undo->state);
    free(undo->buffer);
    free(undo);
}
