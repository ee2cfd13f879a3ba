/* capture_compressed.c - compressed captures: whole, in several members, cut off, damaged, from a
 * file, standard input and between others; and what no capture shrinks to. */
#define _DEFAULT_SOURCE
#include <bzlib.h>
#include <criterion/criterion.h>
#include <lz4frame.h>
#include <lzma.h>
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

#include "capture/capture_internal.h"

#include "capture_bytes.h"
#include "support/frames.h"

enum { RECORDS = 200, ROOM = 1 << 20 };

static size_t
gzip(const uint8_t *in, size_t len, uint8_t *out)
{
    z_stream z = {.next_in = (uint8_t *)(uintptr_t)in,
                  .avail_in = (uInt)len,
                  .next_out = out,
                  .avail_out = ROOM};

    cr_assert_eq(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    cr_assert_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    return z.total_out;
}

static size_t
zstd(const uint8_t *in, size_t len, uint8_t *out)
{
    ZSTD_CCtx *context = ZSTD_createCCtx();

    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    size_t got = ZSTD_compress2(context, out, ROOM, in, len);
    ZSTD_freeCCtx(context);
    return got;
}

static size_t
lz4(const uint8_t *in, size_t len, uint8_t *out)
{
    const LZ4F_preferences_t preferences = {.frameInfo.contentChecksumFlag =
                                                LZ4F_contentChecksumEnabled};

    return LZ4F_compressFrame(out, ROOM, in, len, &preferences);
}

static size_t
xz(const uint8_t *in, size_t len, uint8_t *out)
{
    size_t at = 0;

    cr_assert_eq(lzma_easy_buffer_encode(0, LZMA_CHECK_CRC64, NULL, in, len, out, &at, ROOM),
                 LZMA_OK);
    return at;
}

static size_t
bzip2(const uint8_t *in, size_t len, uint8_t *out)
{
    unsigned got = ROOM;

    cr_assert_eq(
        BZ2_bzBuffToBuffCompress((char *)out, &got, (char *)(uintptr_t)in, (unsigned)len, 9, 0, 0),
        BZ_OK);
    return got;
}

static const struct codec_row {
    const char *name;
    size_t (*compress)(const uint8_t *in, size_t len, uint8_t *out);
    size_t granted; /* bytes that may be lost of those in front of a cut: a block of the format */
} codecs[] = {{"gzip", gzip, 2000},
              {"zstd", zstd, ROOM},
              {"lz4", lz4, ROOM},
              {"xz", xz, 2000},
              {"bzip2", bzip2, ROOM}};

/* a_capture - of records that do not shrink to nothing. */
static struct esi_buf
a_capture(void)
{
    const struct classic file = {.linktype = 1, .snaplen = 262144};
    struct esi_buf out = {0};
    uint32_t word = 1;

    put_pcap_head(&out, &file);
    for (unsigned r = 0; r < RECORDS; r++) {
        put_pcap_record(&out, &file, 1700000000 + r, 5, 100, 100);
        for (unsigned b = 1; b <= 50; b++)
            out.data[out.len - b] = (uint8_t)((word = word * 1103515245 + 12345) >> 16);
    }
    return out;
}

static void
pack(const struct codec_row *codec, struct esi_slice bytes, struct esi_buf *out)
{
    uint8_t *room = malloc(ROOM);
    size_t len = codec->compress(bytes.ptr, bytes.len, room);

    esi_buf_append(out, (struct esi_slice){room, len});
    free(room);
}

static unsigned
lines_of(const struct esi_buf *told)
{
    unsigned lines = 0;

    for (size_t b = 0; b < told->len; b++)
        lines += told->data[b] == '\n';
    return lines;
}

/* check - the capture in `bytes`: so many frames at least, and these words, or none. */
static void
check(const struct codec_row *codec, const char *path, struct esi_slice bytes, unsigned frames,
      const char *words, const char *what)
{
    struct esi_buf told = {0};
    struct esi_error err;

    write_file(path, bytes);
    tell_file(path, true, &told);
    unsigned got = lines_of(&told) - (words[0] != '\0');
    cr_assert(got >= frames && got <= RECORDS, "%s, %s: %u frames", codec->name, what, got);
    cr_assert(strstr((char *)told.data, words), "%s, %s: %s", codec->name, what, (char *)told.data);
    cr_assert(words[0] != '\0' || lines_of(&told) == RECORDS, "%s, %s: %s", codec->name, what,
              (char *)told.data);
    struct esi_capture *capture = esi_capture_open(&path, 1, NULL, false, &err);
    const struct esi_capture_file *file = esi_capture_file(capture, 0);
    esi_buf_clear(&told);
    tell_capture(capture, &told);
    cr_assert_str_eq(file->compression, codec->name, "%s, %s", codec->name, what);
    esi_capture_close(capture);
    esi_buf_free(&told);
}

static void
check_codec(const struct codec_row *codec, const char *path, struct esi_slice plain)
{
    struct esi_buf whole = {0}, members = {0};
    char cut_off[64], damaged[64], in_header[64];

    snprintf(cut_off, sizeof cut_off, "cut off in its %s compression, in frame ", codec->name);
    snprintf(damaged, sizeof damaged, "in its %s compression", codec->name);
    snprintf(in_header, sizeof in_header, "cut off in its %s compression", codec->name);
    pack(codec, plain, &whole);
    struct esi_slice bytes = esi_buf_slice(&whole);
    check(codec, path, bytes, RECORDS, "", "whole");
    size_t left = bytes.len * 3 / 4;
    size_t lost = plain.len / 4 + codec->granted;
    check(codec, path, esi_slice_cut(bytes, 0, left),
          lost < plain.len ? (unsigned)((plain.len - lost) / 116) : 0,
          codec->granted < ROOM ? cut_off : in_header, "cut off");
    check(codec, path, esi_slice_cut(bytes, 0, bytes.len - 1), codec->granted < ROOM ? RECORDS : 0,
          in_header, "without its last byte");
    check(codec, path, esi_slice_cut(bytes, 0, 12), 0, in_header, "without nearly all of it");
    whole.data[left] ^= 0x55;
    check(codec, path, bytes, 0, damaged, "damaged");
    pack(codec, esi_slice_cut(plain, 0, 5000), &members);
    pack(codec, esi_slice_cut(plain, 5000, 1), &members);
    pack(codec, esi_slice_cut(plain, 5001, plain.len), &members);
    check(codec, path, esi_buf_slice(&members), RECORDS, "", "in three members");
    for (unsigned zero = 0; zero < 70000; zero++)
        esi_buf_byte(&members, 0);
    check(codec, path, esi_buf_slice(&members), RECORDS, "", "with zeros behind it");
    esi_buf_text(&members, "and something else");
    check(codec, path, esi_buf_slice(&members), RECORDS, damaged, "with a tail");
    esi_buf_free(&whole);
    esi_buf_free(&members);
}

Test(capture_compressed, whole_or_not)
{
    char *folder = temp_folder_new();
    struct esi_buf plain = a_capture();

    for (size_t c = 0; c < ESI_COUNT(codecs); c++)
        check_codec(&codecs[c], temp_path(folder, "a"), esi_buf_slice(&plain));
    esi_buf_free(&plain);
    temp_folder_free(folder);
}

/* Both formats' tools pass over frames that hold nothing; pzstd writes them. */
Test(capture_compressed, skippable_frames)
{
    static const struct row {
        const char *what;
        size_t codec;
        uint8_t kind;
        uint32_t len;
        bool unlike; /* too long for what follows to be seen */
    } rows[] = {{"zstd behind four bytes", 1, 0x50, 4, false},
                {"zstd behind none", 1, 0x5f, 0, false},
                {"zstd behind a long one", 1, 0x53, 100000, false},
                {"lz4 behind four bytes", 2, 0x50, 4, false},
                {"lz4 behind a long one", 2, 0x5e, 100, true}};
    char *folder = temp_folder_new();
    struct esi_buf plain = a_capture();

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        const struct row *row = &rows[r];
        struct esi_buf skippable = {0}, bytes = {0};
        put_u32(&skippable, false, 0x184d2a00U | row->kind);
        put_u32(&skippable, false, row->len);
        for (uint32_t b = 0; b < row->len; b++)
            esi_buf_byte(&skippable, 1);
        esi_buf_append(&bytes, esi_buf_slice(&skippable));
        pack(&codecs[row->codec], esi_slice_cut(esi_buf_slice(&plain), 0, 5000), &bytes);
        esi_buf_append(&bytes, esi_buf_slice(&skippable));
        pack(&codecs[row->codec], esi_slice_cut(esi_buf_slice(&plain), 5000, plain.len), &bytes);
        esi_buf_append(&bytes, esi_buf_slice(&skippable));
        check(&codecs[row->unlike ? 1 : row->codec], temp_path(folder, "a"), esi_buf_slice(&bytes),
              row->unlike ? 0 : RECORDS, row->unlike ? "in its zstd compression" : "", row->what);
        esi_buf_free(&skippable);
        esi_buf_free(&bytes);
    }
    esi_buf_free(&plain);
    temp_folder_free(folder);
}

Test(capture_compressed, from_standard_input_and_among_others)
{
    char *folder = temp_folder_new();
    const char *ng_path = temp_path(folder, "ng"), *gz_path = temp_path(folder, "gz");
    const char *paths[] = {ng_path, "-", gz_path};
    struct classic file = {.linktype = 1, .snaplen = 96};
    struct esi_error err;

    for (unsigned rewind = 0; rewind < 2; rewind++) {
        struct ng ng = {0};
        struct esi_buf early = {0}, packed_early = {0}, packed_ng = {0}, late = {0},
                       packed_late = {0}, told = {0};
        put_pcap_head(&early, &file);
        put_pcap_record(&early, &file, 1000, 0, 20, 20);
        put_pcap_head(&late, &file);
        put_pcap_record(&late, &file, 3000, 0, 22, 22);
        ng_section(&ng, true);
        ng_interface(&ng, 113, 0, (struct esi_slice){NULL, 0});
        ng_frame(&ng, 0, 2000000000, ESI_LIT("some twenty-one bytes"), 21,
                 (struct esi_slice){NULL, 0});
        pack(&codecs[0], esi_buf_slice(&early), &packed_early);
        pack(&codecs[1], esi_buf_slice(&ng.bytes), &packed_ng);
        pack(&codecs[3], esi_buf_slice(&late), &packed_late);
        feed_stdin(esi_buf_slice(&packed_early));
        write_file(ng_path, esi_buf_slice(&packed_ng));
        write_file(gz_path, esi_buf_slice(&packed_late));
        struct esi_capture *capture = esi_capture_open(paths, 3, NULL, rewind, &err);
        for (unsigned round = 0; round <= rewind; round++) {
            esi_buf_clear(&told);
            tell_capture(capture, &told);
            cr_assert_str_eq((char *)told.data, "20/20 @1000.000000000 1\n"
                                                "21/21 @2000.000000000 113\n"
                                                "22/22 @3000.000000000 1\n");
            cr_assert_str_eq(esi_capture_file(capture, 0)->compression, "gzip");
            cr_assert_str_eq(esi_capture_file(capture, 1)->compression, "zstd");
            cr_assert_str_eq(esi_capture_file(capture, 2)->compression, "xz");
            if (rewind && round == 0)
                cr_assert(esi_capture_rewind(capture, &err), "%s", err.text);
        }
        esi_capture_close(capture);
        esi_buf_free(&ng.bytes);
        esi_buf_free(&early);
        esi_buf_free(&packed_early);
        esi_buf_free(&packed_ng);
        esi_buf_free(&late);
        esi_buf_free(&packed_late);
        esi_buf_free(&told);
    }
    temp_folder_free(folder);
}

/* Garbage is searched on what was decompressed, and there is no way back in it. */
Test(capture_compressed, garbage_inside)
{
    char *folder = temp_folder_new();
    const char *path = temp_path(folder, "a");
    struct esi_buf plain = a_capture(), torn = {0}, packed = {0}, told = {0};
    size_t at = 24 + 116 * 100;

    esi_buf_append(&torn, (struct esi_slice){plain.data, at});
    esi_buf_text(&torn, "no record");
    esi_buf_append(&torn, (struct esi_slice){plain.data + at, plain.len - at});
    pack(&codecs[0], esi_buf_slice(&torn), &packed);
    write_file(path, esi_buf_slice(&packed));
    tell_file(path, true, &told);
    cr_assert_eq(lines_of(&told), RECORDS + 1);
    cr_assert(strstr((char *)told.data, "9 bytes that are no record in front of frame 101, from "
                                        "byte 11624 on"),
              "%s", (char *)told.data);
    esi_buf_free(&plain);
    esi_buf_free(&torn);
    esi_buf_free(&packed);
    esi_buf_free(&told);
    temp_folder_free(folder);
}

struct zeros {
    struct esi_slice bytes;
};

static ssize_t
read_zeros(void *ctx, void *to, size_t len)
{
    struct zeros *zeros = ctx;
    size_t got = zeros->bytes.len < len ? zeros->bytes.len : len;

    memcpy(to, zeros->bytes.ptr, got);
    zeros->bytes = esi_slice_cut(zeros->bytes, got, zeros->bytes.len);
    return (ssize_t)got;
}

/* A gigabyte of zeros in some kilobytes is given up half-way. */
Test(capture_compressed, larger_than_any_capture, .timeout = 60)
{
    enum { MEMBER = 16 << 20, MEMBERS = 64 };
    struct esi_buf packed = {0};
    uint8_t *zeros = calloc(1, MEMBER), *out = malloc(ROOM);
    uint64_t total = 0;
    size_t got;

    for (unsigned m = 0; m < MEMBERS; m++)
        pack(&codecs[1], (struct esi_slice){zeros, MEMBER}, &packed);
    struct zeros source = {esi_buf_slice(&packed)};
    struct decompressor *undo =
        decompress_open(source.bytes, &(struct decompress_source){read_zeros, &source});
    while ((got = decompress_read(undo, out, ROOM)) > 0)
        total += got;
    cr_assert(total >= UINT64_C(512) << 20 && total < UINT64_C(600) << 20, "%llu",
              (unsigned long long)total);
    cr_assert(strstr(decompress_trouble(undo), "more than 1000 times its size"), "%s",
              decompress_trouble(undo));
    decompress_close(undo);
    esi_buf_free(&packed);
    free(zeros);
    free(out);
}
