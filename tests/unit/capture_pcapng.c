/* capture_pcapng.c - pcapng files: every block that holds frames or says how to read them, in both
 * byte orders; times of every resolution; damaged blocks. */
#define _DEFAULT_SOURCE
#include <criterion/criterion.h>
#include <stdlib.h>

#include "capture/pcapng_block_internal.h"

#include "capture_bytes.h"
#include "support/frames.h"

#define NONE ((struct esi_slice){NULL, 0})

static const struct esi_slice text = {(const uint8_t *)"some bytes of a frame", 21};

static void
one_interface(struct ng *ng)
{
    ng_interface(ng, 1, 0, NONE);
}

static void
enhanced(struct ng *ng)
{
    one_interface(ng);
    ng_frame(ng, 0, 1700000000000007, text, 60, NONE);
    ng_frame(ng, 0, 1700000000000008, text, 5, NONE); /* shorter than itself */
    ng_frame(ng, 0, 1700000000000009, NONE, 0, NONE);
}

static void
several_interfaces(struct ng *ng)
{
    struct esi_buf nano = {0}, bits = {0};

    put_option(&nano, ng->big, 2, ESI_LIT("eth0"));
    put_option(&nano, ng->big, 9, ESI_LIT("\x09"));
    put_option(&nano, ng->big, 13, ESI_LIT("\x20"));
    put_option(&nano, ng->big, 0, NONE);
    put_option(&bits, ng->big, 9, ESI_LIT("\x8a"));
    put_option(&bits, ng->big, 13, ESI_LIT("\x02"));
    put_option(&bits, ng->big, 14,
               ng->big ? ESI_LIT("\0\0\0\0\0\0\0\x64") : ESI_LIT("\x64\0\0\0\0\0\0\0"));
    ng_interface(ng, 1, 96, esi_buf_slice(&nano));
    ng_interface(ng, 113, 65535, NONE);
    ng_frame(ng, 1, 5000000, text, 21, NONE);
    ng_interface(ng, 101, 20, esi_buf_slice(&bits));
    ng_frame(ng, 2, 1024 * 3 + 512, text, 21, NONE);
    ng_frame(ng, 0, 4000000001, text, 21, NONE);
    esi_buf_free(&nano);
    esi_buf_free(&bits);
}

static void
simple(struct ng *ng)
{
    struct esi_buf body = {0};

    ng_interface(ng, 1, 16, NONE);
    ng_frame(ng, 0, 2000000, text, 21, NONE);
    put_u32(&body, ng->big, 10);
    esi_buf_append(&body, esi_slice_cut(text, 0, 10));
    ng_block(ng, 3, esi_buf_slice(&body));
    esi_buf_clear(&body);
    put_u32(&body, ng->big, 1000);
    esi_buf_append(&body, esi_slice_cut(text, 0, 20));
    ng_block(ng, 3, esi_buf_slice(&body));
    esi_buf_free(&body);
}

static void
obsolete(struct ng *ng)
{
    struct esi_buf body = {0};

    one_interface(ng);
    put_u16(&body, ng->big, 0);
    put_u16(&body, ng->big, 99); /* dropped before */
    put_u32(&body, ng->big, 0);
    put_u32(&body, ng->big, 1000001);
    put_u32(&body, ng->big, 21);
    put_u32(&body, ng->big, 60);
    esi_buf_append(&body, text);
    ng_block(ng, 2, esi_buf_slice(&body));
    esi_buf_free(&body);
}

static void
passed_over(struct ng *ng)
{
    struct esi_buf options = {0}, large = {0};

    put_option(&options, ng->big, 1, ESI_LIT("a comment"));
    put_option(&options, ng->big, 2, ng->big ? ESI_LIT("\0\0\0\x80") : ESI_LIT("\x80\0\0\0"));
    put_option(&options, ng->big, 0, NONE);
    for (unsigned b = 0; b < 1000000; b++)
        esi_buf_byte(&large, (uint8_t)b);
    ng_block(ng, 10, ESI_LIT("secrets"));
    one_interface(ng);
    ng_block(ng, 5, ESI_LIT("statistics"));
    ng_frame(ng, 0, 1, text, 21, esi_buf_slice(&options));
    ng_block(ng, 0xbad, ESI_LIT("custom"));
    ng_block(ng, 0x80001234, esi_buf_slice(&large));
    ng_block(ng, 4, NONE);
    ng_frame(ng, 0, 2, text, 21, NONE);
    esi_buf_free(&options);
    esi_buf_free(&large);
}

static void
sections(struct ng *ng)
{
    one_interface(ng);
    ng_interface(ng, 113, 0, NONE);
    ng_frame(ng, 1, 1, text, 21, NONE);
    ng_section(ng, !ng->big);
    ng_interface(ng, 101, 0, NONE);
    ng_frame(ng, 0, 2, text, 21, NONE);
    ng_frame(ng, 1, 3, text, 21, NONE); /* of no interface of this section */
    ng_section(ng, !ng->big);
    one_interface(ng);
    ng_frame(ng, 0, 4, text, 21, NONE);
}

static void
huge(struct ng *ng)
{
    struct esi_buf body = {0};
    uint8_t *zeros = calloc(1, 17 << 20);

    esi_buf_append(&body, (struct esi_slice){zeros, 17 << 20});
    one_interface(ng);
    ng_block(ng, 0xbad, esi_buf_slice(&body));
    ng_frame(ng, 0, 2, text, 21, NONE);
    esi_buf_free(&body);
    free(zeros);
}

static void
large_frame(struct ng *ng)
{
    struct esi_buf body = {0};

    for (unsigned b = 0; b < 300000; b++)
        esi_buf_byte(&body, (uint8_t)b);
    ng_interface(ng, 1, 96, NONE);
    ng_frame(ng, 0, 2, esi_buf_slice(&body), 300000, NONE);
    esi_buf_free(&body);
}

static void
garbage_between(struct ng *ng)
{
    one_interface(ng);
    ng_frame(ng, 0, 1, text, 21, NONE);
    esi_buf_text(&ng->bytes, "some text that is no block at all");
    ng_frame(ng, 0, 2, text, 21, NONE);
    for (unsigned b = 0; b < 5000; b++)
        esi_buf_byte(&ng->bytes, 0);
    ng_frame(ng, 0, 3, text, 21, NONE);
}

static void
wrong_length(struct ng *ng)
{
    one_interface(ng);
    size_t at = ng->bytes.len;
    ng_frame(ng, 0, 1, text, 21, NONE);
    ng->bytes.data[at + 4 + (ng->big ? 3 : 0)] += 4;
    ng_frame(ng, 0, 2, text, 21, NONE);
}

static void
frame_larger_than_block(struct ng *ng)
{
    one_interface(ng);
    size_t at = ng->bytes.len;
    ng_frame(ng, 0, 1, text, 21, NONE);
    ng->bytes.data[at + 20 + (ng->big ? 3 : 0)] = 250;
    ng_frame(ng, 0, 2, text, 21, NONE);
}

static void
garbage_to_the_end(struct ng *ng)
{
    one_interface(ng);
    ng_frame(ng, 0, 1, text, 21, NONE);
    for (unsigned b = 0; b < 70; b++)
        esi_buf_byte(&ng->bytes, 0xee);
}

static void
no_interface(struct ng *ng)
{
    ng_frame(ng, 0, 1, text, 21, NONE);
}

static void
nothing_else(struct ng *ng)
{
    (void)ng;
}

Test(capture_pcapng, every_block)
{
    static const struct {
        const char *what;
        void (*build)(struct ng *ng);
        const char *told;
        uint32_t snaplen;
    } rows[] = {
        {"enhanced", enhanced,
         "21/60 @1700000000.000007000 1\n21/21 @1700000000.000008000 1\n"
         "0/0 @1700000000.000009000 1\n",
         0},
        {"several interfaces", several_interfaces,
         "21/21 @5.000000000 113\n21/21 @103.500000000 12 fcs 2\n21/21 @4.000000001 1 fcs 4\n",
         65535},
        {"simple", simple, "21/21 @2.000000000 1\n10/10 @2.000000000 1\n16/1000 @2.000000000 1\n",
         16},
        {"obsolete", obsolete, "21/60 @1.000001000 1\n", 0},
        {"passed over", passed_over, "21/21 @0.000001000 1 fcs 4\n21/21 @0.000002000 1\n", 0},
        {"sections", sections,
         "21/21 @0.000001000 113\n21/21 @0.000002000 12\n21/21 @0.000004000 1\n"
         "56 bytes that are no record in front of frame 3, from byte 228 on; read on behind them\n",
         0},
        {"a huge block", huge, "21/21 @0.000002000 1\n", 0},
        {"a large frame", large_frame, "300000/300000 @0.000002000 1\n", 96},
        {"garbage", garbage_between,
         "21/21 @0.000001000 1\n21/21 @0.000002000 1\n21/21 @0.000003000 1\n"
         "33 bytes that are no record in front of frame 2, from byte 104 on; read on behind them; "
         "so in 1 more place, 5033 bytes together\n",
         0},
        {"a wrong length", wrong_length,
         "21/21 @0.000002000 1\n"
         "56 bytes that are no record in front of frame 1, from byte 48 on; read on behind them\n",
         0},
        {"a frame larger than its block", frame_larger_than_block,
         "21/21 @0.000002000 1\n"
         "56 bytes that are no record in front of frame 1, from byte 48 on; read on behind them\n",
         0},
        {"garbage to the end", garbage_to_the_end,
         "21/21 @0.000001000 1\n"
         "unreadable from frame 2 on: no block in the 70 bytes from byte 104 on\n",
         0},
        {"no interface", no_interface,
         "56 bytes that are no record in front of frame 1, from byte 28 on; read on behind them\n",
         0},
        {"nothing else", nothing_else, "", 0},
    };
    char *folder = temp_folder_new();
    const char *path = temp_path(folder, "a");

    for (size_t r = 0; r < ESI_COUNT(rows); r++)
        for (unsigned big = 0; big < 2; big++) {
            struct ng ng = {0};
            struct esi_buf told = {0};
            struct esi_error err;

            ng_section(&ng, big);
            rows[r].build(&ng);
            write_file(path, esi_buf_slice(&ng.bytes));
            tell_file(path, true, &told);
            cr_assert_str_eq((char *)told.data, rows[r].told, "%s, big-endian %u:\n%s",
                             rows[r].what, big, (char *)told.data);
            struct esi_capture *capture = esi_capture_open(&path, 1, NULL, false, &err);
            esi_buf_clear(&told);
            tell_capture(capture, &told);
            cr_assert_eq(esi_capture_file(capture, 0)->snaplen, rows[r].snaplen, "%s",
                         rows[r].what);
            esi_capture_close(capture);
            esi_buf_free(&told);
            esi_buf_free(&ng.bytes);
        }
    temp_folder_free(folder);
}

Test(capture_pcapng, link_types_of_the_frames)
{
    char *folder = temp_folder_new();
    const char *path = temp_path(folder, "a");
    struct ng ng = {0};
    struct esi_buf told = {0};
    struct esi_error err;

    ng_section(&ng, false);
    several_interfaces(&ng);
    ng_interface(&ng, 276, 0, NONE); /* of no frame */
    write_file(path, esi_buf_slice(&ng.bytes));
    struct esi_capture *capture = esi_capture_open(&path, 1, NULL, false, &err);
    const struct esi_capture_file *file = esi_capture_file(capture, 0);
    tell_capture(capture, &told);
    cr_assert_eq(file->linktype, 1);
    cr_assert_eq(file->linktype_count, 3);
    cr_assert(file->linktypes[0] == 113 && file->linktypes[1] == 12 && file->linktypes[2] == 1);
    esi_capture_close(capture);
    esi_buf_free(&told);
    esi_buf_free(&ng.bytes);
    temp_folder_free(folder);
}

/* Wherever a file is cut off, the frames before are there; none is made up. */
Test(capture_pcapng, cut_anywhere)
{
    char *folder = temp_folder_new();
    const char *path = temp_path(folder, "a");
    struct ng ng = {0};

    ng_section(&ng, false);
    one_interface(&ng);
    size_t first = ng.bytes.len;
    enhanced(&ng);
    for (size_t len = 28; len < ng.bytes.len; len++) {
        struct esi_buf told = {0};
        write_file(path, (struct esi_slice){ng.bytes.data, len});
        tell_file(path, true, &told);
        bool whole = len == 28 || len == first || len == first + 20 || len == first + 20 + 56 ||
                     len == first + 20 + 56 + 56;
        cr_assert_eq(strstr((char *)told.data, "cut off in frame ") == NULL, whole, "%zu: %s", len,
                     (char *)told.data);
        esi_buf_free(&told);
    }
    esi_buf_free(&ng.bytes);
    temp_folder_free(folder);
}

Test(capture_pcapng, times_are_exact)
{
    static const struct {
        uint8_t resolution;
        int64_t offset;
        uint64_t units;
        esi_nanos want;
    } rows[] = {
        {0, 0, 7, 7000000000},
        {3, 0, 1700000000123, 1700000000123000000},
        {6, 0, 1700000000123456, 1700000000123456000},
        {9, 0, 1700000000123456789, 1700000000123456789},
        {10, 0, 17000000001234567899U, 1700000000123456789},
        {12, 0, 1999, 1},
        {19, 0, UINT64_MAX, 1844674407},
        {28, 0, UINT64_MAX, 1},
        {29, 0, UINT64_MAX, 0},
        {127, 0, UINT64_MAX, 0},
        {0x80, 0, 7, 7000000000},
        {0x80 | 10, 0, 1024 + 1, 1000976562},
        {0x80 | 30, 0, UINT64_C(1700000000) << 30 | 1, 1700000000000000000},
        {0x80 | 32, 0, UINT64_C(1700000000) << 32 | UINT64_C(1) << 31, 1700000000500000000},
        {0x80 | 63, 0, UINT64_MAX, 1999999999},
        {0x80 | 93, 0, UINT64_MAX, 1},
        {0x80 | 94, 0, UINT64_MAX, 0},
        {0x80 | 127, 0, UINT64_MAX, 0},
        {6, 100, 5, 100000005000},
        {6, -1, 1000005, 5000},
        {6, -2, 1000005, 0},
        {6, INT64_MIN, UINT64_MAX, 0},
        {6, INT64_MAX, 0, INT64_MAX},
        {0, 0, UINT64_MAX, INT64_MAX},
        {6, 0, UINT64_MAX, INT64_MAX},
        {0, 0, 9223372036, 9223372036000000000},
        {0, 0, 9223372037, INT64_MAX},
    };

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        struct pcapng_clock clock = pcapng_clock_of(rows[r].resolution, rows[r].offset);
        esi_nanos got = pcapng_time(&clock, rows[r].units);
        cr_assert_eq(got, rows[r].want, "row %zu: %lld", r, (long long)got);
    }
}
