/*
 * rewrite_blocks.c - a frame's block with other bytes and with comments, option by option; times in
 * an interface's units.
 *
 * What a block is to become is built anew, in both byte orders.
 */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "rewrite/blocks_internal.h"

#include "support/ng.h"

enum { OPTIONS = 6, ENHANCED = 6, OBSOLETE = 2, SIMPLE = 3, END_OF_OPTIONS = 0xffff };

/* A kind of packet block with some bytes and options. */
struct shape {
    uint32_t type;
    const char *bytes;
    struct {
        uint16_t code; /* END_OF_OPTIONS; 0 with a value: bytes as they stand */
        const char *value;
    } options[OPTIONS];
};

static struct esi_slice
build(const struct shape *shape, bool big, struct ng *ng)
{
    struct esi_buf body = {0}, options = {0};

    for (size_t o = 0; o < OPTIONS; o++) {
        struct esi_slice value =
            shape->options[o].value ? esi_slice_of(shape->options[o].value) : (struct esi_slice){0};
        if (shape->options[o].code == END_OF_OPTIONS)
            put_option(&options, big, 0, (struct esi_slice){0});
        else if (shape->options[o].code > 0)
            put_option(&options, big, shape->options[o].code, value);
        else if (value.len > 0)
            esi_buf_append(&options, value);
    }
    ng->big = big;
    if (shape->type == SIMPLE) {
        put_u32(&body, big, (uint32_t)strlen(shape->bytes));
        esi_buf_append(&body, esi_slice_of(shape->bytes));
        ng_block(ng, SIMPLE, esi_buf_slice(&body));
    } else {
        ng_frame(ng, 0x00010001, 7, esi_slice_of(shape->bytes), 1000, esi_buf_slice(&options));
        put_u32(&body, big, shape->type);
        memcpy(ng->bytes.data, body.data, 4);
    }
    esi_buf_free(&body);
    esi_buf_free(&options);
    return esi_buf_slice(&ng->bytes);
}

static struct esi_frame
frame_of(const struct shape *shape, struct esi_slice block, bool big)
{
    return (struct esi_frame){
        .block = block,
        .big_endian = big,
        .bytes = {block.ptr + (shape->type == SIMPLE ? 12 : 28), strlen(shape->bytes)}};
}

#define END                                                                                        \
    {                                                                                              \
        END_OF_OPTIONS, NULL                                                                       \
    }
#define NO_OPTIONS                                                                                 \
    {                                                                                              \
        {                                                                                          \
            0, NULL                                                                                \
        }                                                                                          \
    }

Test(rewrite_blocks, become_what_they_should)
{
    static const struct {
        const char *what;
        struct shape is;
        const char *bytes; /* NULL: the same */
        const char *comment;
        struct shape want;
        bool lost;
    } rows[] = {
        {"other bytes",
         {ENHANCED, "EHLO me", {{2, "\1\0\0\0"}, END}},
         "XXXX me",
         "",
         {ENHANCED, "XXXX me", {{2, "\1\0\0\0"}, END}},
         false},
        {"the same bytes, and no comment",
         {ENHANCED, "EHLO me", {{3, "hash"}, {2988, "mine"}}},
         "EHLO me",
         "",
         {ENHANCED, "EHLO me", {{3, "hash"}, {2988, "mine"}}},
         false},
        {"no options yet",
         {ENHANCED, "EHLO me", NO_OPTIONS},
         "XXXX me",
         "masked",
         {ENHANCED, "XXXX me", {{1, "masked"}, END}},
         false},
        {"behind the others",
         {ENHANCED, "EHLO", {{1, "seen"}, {4, "dropped"}, END}},
         NULL,
         "masked",
         {ENHANCED, "EHLO", {{1, "seen"}, {4, "dropped"}, {1, "masked"}, END}},
         false},
        {"others that do not end",
         {ENHANCED, "EHLO", {{1, "seen"}}},
         NULL,
         "masked",
         {ENHANCED, "EHLO", {{1, "seen"}, {1, "masked"}, END}},
         false},
        {"said already",
         {ENHANCED, "EHLO", {{1, "masked"}, {1, "mask"}}},
         NULL,
         "masked",
         {ENHANCED, "EHLO", {{1, "masked"}, {1, "mask"}}},
         false},
        {"lines of which some are said already, in several comments",
         {ENHANCED, "EHLO", {{1, "two\n\nnine"}, {1, "four"}, {1, "thre"}, END}},
         NULL,
         "one\ntwo\nthree\n\nfour\none\nfive\nsix\nseven\neight\nnine",
         {ENHANCED,
          "EHLO",
          {{1, "two\n\nnine"},
           {1, "four"},
           {1, "thre"},
           {1, "one\nthree\nfive\nsix\nseven\neight"},
           END}},
         false},
        {"nothing new to say: what is not to be copied stays",
         {ENHANCED, "EHLO", {{1, "two\none"}, {19372, "b"}, END}},
         NULL,
         "one\ntwo",
         {ENHANCED, "EHLO", {{1, "two\none"}, {19372, "b"}, END}},
         false},
        {"something new: it goes",
         {ENHANCED, "EHLO", {{1, "two\none"}, {19372, "b"}, END}},
         NULL,
         "one\nthree",
         {ENHANCED, "EHLO", {{1, "two\none"}, {1, "three"}, END}},
         false},
        {"a hash of other bytes",
         {ENHANCED, "EHLO", {{3, "\2abcd"}, {2, "\1\0\0\0"}, {3, "\3xyz"}, END}},
         "XXXX",
         "masked",
         {ENHANCED, "XXXX", {{2, "\1\0\0\0"}, {1, "masked"}, END}},
         false},
        {"a hash of these bytes",
         {ENHANCED, "EHLO", {{3, "\2abcd"}, END}},
         NULL,
         "masked",
         {ENHANCED, "EHLO", {{3, "\2abcd"}, {1, "masked"}, END}},
         false},
        {"custom options",
         {ENHANCED, "EHLO", {{2988, "a"}, {19372, "b"}, {2989, "c"}, {19373, "d"}, END}},
         "XXXX",
         "",
         {ENHANCED, "XXXX", {{2988, "a"}, {2989, "c"}, END}},
         false},
        {"bytes behind the end of options",
         {ENHANCED, "EHLO", {{4, "n"}, END, {0, "what is it? "}}},
         NULL,
         "masked",
         {ENHANCED, "EHLO", {{4, "n"}, {1, "masked"}, END, {0, "what is it? "}}},
         false},
        {"an option that does not fit",
         {ENHANCED, "EHLO", {{4, "n"}, {0, "\x77\x77\x77\x77"}}},
         NULL,
         "masked",
         {ENHANCED, "EHLO", {{4, "n"}, {1, "masked"}, END, {0, "\x77\x77\x77\x77"}}},
         false},
        {"a frame without bytes",
         {ENHANCED, "", NO_OPTIONS},
         NULL,
         "masked",
         {ENHANCED, "", {{1, "masked"}, END}},
         false},
        {"an obsolete block",
         {OBSOLETE, "EHLO me", {{2, "\1\0\0\0"}, {3, "hash"}}},
         "XXXX me",
         "masked",
         {OBSOLETE, "XXXX me", {{2, "\1\0\0\0"}, {1, "masked"}, END}},
         false},
        {"a simple block",
         {SIMPLE, "EHLO me", NO_OPTIONS},
         "XXXX me",
         "",
         {SIMPLE, "XXXX me", NO_OPTIONS},
         false},
        {"a simple block holds no comment",
         {SIMPLE, "EHLO me", NO_OPTIONS},
         "XXXX me",
         "masked",
         {SIMPLE, "XXXX me", NO_OPTIONS},
         true},
    };

    for (size_t r = 0; r < ESI_COUNT(rows); r++)
        for (unsigned big = 0; big < 2; big++) {
            struct ng is = {0}, want = {0};
            struct esi_buf got = {0};
            struct esi_frame frame = frame_of(&rows[r].is, build(&rows[r].is, big, &is), big);
            const uint8_t *bytes = rows[r].bytes ? (const uint8_t *)rows[r].bytes : frame.bytes.ptr;
            bool held = block_change(&got, &frame, bytes, esi_slice_of(rows[r].comment));
            cr_assert(esi_slice_eq(esi_buf_slice(&got), build(&rows[r].want, big, &want)),
                      "%s, big-endian %u: %zu bytes", rows[r].what, big, got.len);
            cr_assert_eq(held, !rows[r].lost, "%s", rows[r].what);
            esi_buf_free(&is.bytes);
            esi_buf_free(&want.bytes);
            esi_buf_free(&got);
        }
}

/* said - the comment of a block that had no option before. */
static struct esi_slice
said(struct esi_slice block)
{
    return esi_slice_cut(block, 28 + 4 + 4, block.ptr[34] | (size_t)block.ptr[35] << 8);
}

Test(rewrite_blocks, long_comments_are_cut)
{
    static const struct {
        const char *what;
        size_t len, cut;
        const char *end; /* at 65533 */
    } rows[] = {
        {"all of it", 65535, 65535, "xx"},
        {"one byte more", 65536, 65535, "xxx"},
        {"in front of a character of two bytes", 65536, 65534, "x\xc3\xa9"},
        {"behind one", 65536, 65535, "\xc3\xa9x"},
        {"in front of one of four", 65537, 65533, "\xf0\x9f\x98\x80"},
        {"bytes that are no character", 65537, 65532, "\x80\x80\x80\x80"},
        {"much more", 200000, 65535, "xxx"},
    };
    static const struct shape shape = {ENHANCED, "EHLO", NO_OPTIONS};

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        uint8_t *comment = malloc(rows[r].len);
        struct ng is = {0};
        struct esi_buf got = {0};
        struct esi_frame frame = frame_of(&shape, build(&shape, false, &is), false);
        memset(comment, 'x', rows[r].len);
        memcpy(comment + 65533, rows[r].end, strlen(rows[r].end));
        cr_assert(
            block_change(&got, &frame, frame.bytes.ptr, (struct esi_slice){comment, rows[r].len}));
        struct esi_slice found = said(esi_buf_slice(&got));
        cr_assert_eq(found.len, rows[r].cut, "%s: %zu", rows[r].what, found.len);
        cr_assert(memcmp(found.ptr, comment, found.len) == 0, "%s", rows[r].what);
        cr_assert_eq(got.len, 28 + 4 + 4 + (rows[r].cut + 3) / 4 * 4 + 4 + 4, "%s", rows[r].what);
        free(comment);
        esi_buf_free(&is.bytes);
        esi_buf_free(&got);
    }
}

Test(rewrite_blocks, nobody_reads_more_than_16_megabytes)
{
    struct ng is = {0};
    struct esi_buf got = {0};
    size_t len = BLOCK_MOST - 32 - 12; /* and a comment of four bytes with its end of options */
    uint8_t *bytes = calloc(1, len);

    ng_frame(&is, 0, 0, (struct esi_slice){bytes, len}, 0, (struct esi_slice){0});
    struct esi_frame frame = {.block = esi_buf_slice(&is.bytes),
                              .bytes = {is.bytes.data + 28, len}};
    cr_assert(block_change(&got, &frame, frame.bytes.ptr, ESI_LIT("four")));
    cr_assert_eq(got.len, BLOCK_MOST);
    cr_assert_not(block_change(&got, &frame, frame.bytes.ptr, ESI_LIT("fives")));
    cr_assert(esi_slice_eq(esi_buf_slice(&got), frame.block));
    free(bytes);
    esi_buf_free(&is.bytes);
    esi_buf_free(&got);
}

Test(rewrite_blocks, times_in_units)
{
    static const struct {
        uint8_t resolution;
        int64_t offset;
        esi_nanos ts;
        uint64_t want;
    } rows[] = {
        {6, 0, 1700000000123456789, 1700000000123456},
        {9, 0, 1700000000123456789, 1700000000123456789},
        {0, 0, 1700000000999999999, 1700000000},
        {10, 0, 1700000000123456789, 17000000001234567890U},
        {12, 0, 1700000000123456789, UINT64_MAX},
        {127, 0, 1, UINT64_MAX},
        {127, 0, 0, 0},
        {6, 100, 100000005000, 5},
        {6, 100, 99000000000, 0},
        {6, -1, 5000, 1000005},
        {6, INT64_MIN, 5000, UINT64_MAX / 1000},
        {6, INT64_MAX, 5000, 0},
        {0x80, 0, 7999999999, 7},
        {0x80 | 10, 0, 1000976562, 1024},
        {0x80 | 10, 0, 1000976563, 1025},
        {0x80 | 30, 0, 1700000000000000001, UINT64_C(1700000000) << 30 | 1},
        {0x80 | 32, 0, 1700000000500000000, UINT64_C(1700000000) << 32 | UINT64_C(1) << 31},
        {0x80 | 63, 0, 1700000000500000000, UINT64_MAX},
        {0x80 | 127, 0, 1, UINT64_MAX},
        {9, 0, -5, 0},
    };

    for (size_t r = 0; r < ESI_COUNT(rows); r++)
        for (unsigned big = 0; big < 2; big++) {
            struct ng ng = {.big = big};
            struct esi_buf options = {0}, offset = {0};
            uint64_t bits = (uint64_t)rows[r].offset;
            put_u32(&offset, big, (uint32_t)(big ? bits >> 32 : bits));
            put_u32(&offset, big, (uint32_t)(big ? bits : bits >> 32));
            put_option(&options, big, 9, (struct esi_slice){&rows[r].resolution, 1});
            put_option(&options, big, 14, esi_buf_slice(&offset));
            ng_interface(&ng, 1, 0, esi_buf_slice(&options));
            struct block_clock clock = block_clock_of(esi_buf_slice(&ng.bytes), big);
            uint64_t got = block_units(&clock, rows[r].ts);
            cr_assert_eq(got, rows[r].want, "row %zu, big-endian %u: %llu", r, big,
                         (unsigned long long)got);
            esi_buf_free(&ng.bytes);
            esi_buf_free(&options);
            esi_buf_free(&offset);
        }
}
