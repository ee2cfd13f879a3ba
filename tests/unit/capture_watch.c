/* capture_watch.c - blocks that are no frame's, told in their place between the frames. */
#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdlib.h>

#include "esi/capture.h"

#include "capture_bytes.h"
#include "support/frames.h"

#define NONE ((struct esi_slice){NULL, 0})

static const struct esi_slice text = {(const uint8_t *)"some bytes of a frame", 21};

/* A line a block, or a part of one: "FILE: block TYPE LENGTH", with its bytes put behind `bytes`.
 */
struct told {
    struct esi_buf words, bytes;
    uint64_t lacks; /* of a block that comes in parts */
};

static void
take_block(void *ctx, const struct esi_pcapng_block *block)
{
    struct told *told = ctx;

    cr_assert_eq(block->at == 0, told->lacks == 0);
    if (block->at == 0)
        esi_buf_printf(&told->words, "%" PRIu32 ": block %" PRIx32 " %" PRIu64 " %s\n", block->file,
                       block->type, block->length, block->big_endian ? "big" : "little");
    told->lacks = block->length - block->at - block->bytes.len;
    esi_buf_append(&told->bytes, block->bytes);
}

static void
read_all(struct esi_capture *capture, struct told *told)
{
    struct esi_frame frame;

    esi_buf_clear(&told->words);
    esi_buf_clear(&told->bytes);
    while (esi_capture_next(capture, &frame) == ESI_STEP_ITEM) {
        cr_assert_eq(told->lacks, 0);
        esi_buf_printf(&told->words, "%" PRIu32 ": frame %" PRIu64 "\n", frame.file, frame.number);
        cr_assert(frame.block.len == 0 ||
                  (frame.bytes.ptr > frame.block.ptr &&
                   frame.bytes.ptr + frame.bytes.len < frame.block.ptr + frame.block.len));
        esi_buf_append(&told->bytes, frame.block);
    }
    esi_buf_byte(&told->words, '\0');
}

static void
build(struct ng *ng, bool big, uint64_t seconds)
{
    ng_section(ng, big);
    ng_block(ng, 10, ESI_LIT("secrets"));
    ng_interface(ng, 1, 0, NONE);
    ng_block(ng, 4, NONE);
    ng_frame(ng, 0, seconds * 1000000, text, 21, NONE);
    ng_block(ng, 5, ESI_LIT("statistics"));
    ng_frame(ng, 0, seconds * 1000000 + 1, text, 60, NONE);
    ng_section(ng, !big);
}

static const char one[] = "0: block a0d0d0a 28 little\n0: block a 20 little\n"
                          "0: block 1 20 little\n0: block 4 12 little\n0: frame 1\n"
                          "0: block 5 24 little\n0: frame 2\n0: block a0d0d0a 28 big\n";
static const char other[] = "1: block a0d0d0a 28 big\n1: block a 20 big\n"
                            "1: block 1 20 big\n1: block 4 12 big\n1: frame 3\n"
                            "1: block 5 24 big\n1: frame 4\n1: block a0d0d0a 28 little\n";

/* The second file is standard input, which is read at its start while the first has its turn. */
Test(capture_watch, from_the_next_rewind_on)
{
    char *folder = temp_folder_new();
    const char *paths[] = {"-", temp_path(folder, "a"), temp_path(folder, "b")};
    struct ng first = {0}, second = {0};
    struct classic classic = {.linktype = 1};
    struct esi_buf plain = {0}, want = {0};
    struct told told = {0};
    struct esi_error err;

    build(&first, false, 5);
    build(&second, true, 7);
    put_pcap_head(&plain, &classic);
    put_pcap_record(&plain, &classic, 9, 0, 20, 20);
    feed_stdin(esi_buf_slice(&second.bytes));
    write_whole_file(paths[1], esi_buf_slice(&first.bytes));
    write_whole_file(paths[2], esi_buf_slice(&plain));
    struct esi_capture *capture = esi_capture_open(paths, 3, NULL, true, &err);
    cr_assert_not_null(capture);
    esi_capture_watch(capture, take_block, &told);
    const char *frames = "0: frame 1\n0: frame 2\n1: frame 3\n1: frame 4\n2: frame 5\n";
    read_all(capture, &told);
    cr_assert_str_eq((char *)told.words.data, frames, "not rewound yet");
    cr_assert_not(esi_capture_file(capture, 0)->fragile);
    for (unsigned turn = 0; turn < 2; turn++) {
        cr_assert(esi_capture_rewind(capture, &err));
        read_all(capture, &told);
        esi_buf_clear(&want);
        esi_buf_printf(&want, "%s%s2: frame 5\n", one, other);
        cr_assert(told.words.len == want.len + 1 &&
                      memcmp(told.words.data, want.data, want.len) == 0,
                  "%s", (char *)told.words.data);
        esi_buf_clear(&want);
        esi_buf_append(&want, esi_buf_slice(&first.bytes));
        esi_buf_append(&want, esi_buf_slice(&second.bytes));
        cr_assert(esi_slice_eq(esi_buf_slice(&told.bytes), esi_buf_slice(&want)));
        cr_assert_eq(esi_capture_file(capture, 1)->linktype, 1);
    }
    esi_capture_watch(capture, NULL, NULL);
    cr_assert(esi_capture_rewind(capture, &err));
    read_all(capture, &told);
    cr_assert_str_eq((char *)told.words.data, frames, "no more");
    esi_capture_close(capture);
    esi_buf_free(&first.bytes);
    esi_buf_free(&second.bytes);
    esi_buf_free(&plain);
    esi_buf_free(&want);
    esi_buf_free(&told.words);
    esi_buf_free(&told.bytes);
    temp_folder_free(folder);
}

Test(capture_watch, fragile_files)
{
    static const struct {
        const char *what;
        uint32_t type;
        uint8_t length; /* of the section, its first byte; others stay at 0xff */
        bool fragile;
    } rows[] = {{"nothing of the kind", 0xbad, 0xff, false},
                {"a block not to be copied", 0x40000bad, 0xff, true},
                {"a length", 0xbad, 0xfe, true}};
    char *folder = temp_folder_new();
    const char *path = temp_path(folder, "a");

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        struct ng ng = {0};
        struct esi_buf told = {0};
        struct esi_error err;
        build(&ng, false, 5);
        ng.bytes.data[16] = rows[r].length;
        ng_block(&ng, rows[r].type, ESI_LIT("\0\0\0\1it"));
        write_whole_file(path, esi_buf_slice(&ng.bytes));
        struct esi_capture *capture = esi_capture_open(&path, 1, NULL, true, &err);
        tell_capture(capture, &told);
        cr_assert_eq(esi_capture_file(capture, 0)->fragile, rows[r].fragile, "%s", rows[r].what);
        esi_capture_close(capture);
        esi_buf_free(&told);
        esi_buf_free(&ng.bytes);
    }
    temp_folder_free(folder);
}
