/* capture_files.c - capture files: what libpcap would cut, several in a row, a filter, a rewind. */
#define _DEFAULT_SOURCE
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "esi/capture.h"

#include "support/frames.h"

enum { RAW = 101, ETHERNET = 1 };

static void
put32(struct esi_buf *out, bool big, uint32_t value)
{
    for (unsigned b = 0; b < 4; b++)
        esi_buf_byte(out, (uint8_t)(value >> (big ? 24 - 8 * b : 8 * b)));
}

/* put_file - a classic file of one record, 300 bytes long, made by hand in either byte order. */
static void
put_file(const char *path, bool big, uint32_t magic, uint32_t snaplen, uint32_t seconds)
{
    struct esi_buf out = {0};

    put32(&out, big, magic);
    put32(&out, big, big ? 2 << 16 | 4 : 4 << 16 | 2);
    put32(&out, big, 0);
    put32(&out, big, 0);
    put32(&out, big, snaplen);
    put32(&out, big, ETHERNET);
    put32(&out, big, seconds);
    put32(&out, big, 7);
    put32(&out, big, 300);
    put32(&out, big, 400);
    for (unsigned b = 0; magic == 0xa1b2cd34 && b < 8; b++)
        esi_buf_byte(&out, 0); /* interface, protocol, packet type */
    for (unsigned b = 0; b < 300; b++)
        esi_buf_byte(&out, (uint8_t)b);
    FILE *file = fopen(path, "wb");
    cr_assert(file && fwrite(out.data, 1, out.len, file) == out.len && fclose(file) == 0);
    esi_buf_free(&out);
}

static struct esi_capture *
open_one(const char *path, const char *filter, bool rereadable)
{
    struct esi_error err;
    struct esi_capture *capture = esi_capture_open(&path, 1, filter, rereadable, &err);

    cr_assert(capture, "%s", err.text);
    return capture;
}

Test(capture_files, every_classic_header_and_no_record_cut)
{
    static const struct {
        const char *what;
        bool big;
        uint32_t magic, snaplen, seconds;
        bool nanosecond;
    } rows[] = {
        {"little-endian", false, 0xa1b2c3d4, 65535, 1, false},
        {"big-endian", true, 0xa1b2c3d4, 65535, 1, false},
        {"nanoseconds", false, 0xa1b23c4d, 65535, 1, true},
        {"nanoseconds, big-endian", true, 0xa1b23c4d, 65535, 1, true},
        {"modified", false, 0xa1b2cd34, 65535, 1, false},
        {"modified, big-endian", true, 0xa1b2cd34, 65535, 1, false},
        {"record longer than the snap length", false, 0xa1b2c3d4, 96, 1, false},
        {"the same, big-endian", true, 0xa1b2c3d4, 96, 1, false},
        {"the same, nanoseconds", false, 0xa1b23c4d, 96, 1, true},
        {"the same, modified", false, 0xa1b2cd34, 96, 1, false},
        {"the same, modified, big-endian", true, 0xa1b2cd34, 96, 1, false},
        {"no snap length", false, 0xa1b2c3d4, 0, 1, false},
        {"a very large one", false, 0xa1b2c3d4, 0x7fffffff, 1, false},
        {"after 2038", false, 0xa1b2c3d4, 65535, 0xf0000000, false},
    };
    char *folder = temp_folder_new();
    const char *path = temp_path(folder, "a.pcap");

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        const char *what = rows[r].what;
        struct esi_frame frame;

        put_file(path, rows[r].big, rows[r].magic, rows[r].snaplen, rows[r].seconds);
        struct esi_capture *capture = open_one(path, NULL, false);
        const struct esi_capture_file *file = esi_capture_file(capture, 0);
        cr_assert_eq(esi_capture_next(capture, &frame), ESI_STEP_ITEM, "%s: %s", what,
                     file->why_not);
        cr_assert_eq(frame.bytes.len, 300, "%s: %zu bytes", what, frame.bytes.len);
        cr_assert_eq(frame.bytes.ptr[299], 299 & 255, "%s", what);
        cr_assert_eq(frame.wire_len, 400, "%s", what);
        cr_assert_eq(frame.linktype, ETHERNET, "%s", what);
        cr_assert_eq(frame.ts,
                     rows[r].seconds * INT64_C(1000000000) + (rows[r].nanosecond ? 7 : 7000),
                     "%s: %lld", what, (long long)frame.ts);
        cr_assert_eq(esi_capture_next(capture, &frame), ESI_STEP_END, "%s", what);
        cr_assert_eq(file->snaplen, rows[r].snaplen, "%s: the header's own", what);
        cr_assert_eq(file->nanosecond, rows[r].nanosecond, "%s", what);
        cr_assert(file->complete, "%s: %s", what, file->why_not);
        esi_capture_close(capture);
    }
    temp_folder_free(folder);
}

/* make_file - `count` frames of a conversation, the first at second `begins`. */
static void
make_file(const char *path, int64_t begins, unsigned count, uint16_t client_port)
{
    static uint8_t bytes[FRAME_MOST];
    struct frame_file file;

    frame_file_open(&file, path, RAW, 65535, false);
    file.now = begins * 1000000000;
    for (unsigned f = 0; f < count; f++) {
        struct frame_spec spec = {.link = FRAME_RAW, .client_port = client_port, .seq = f};
        frame_file_add(&file, bytes, frame_build(bytes, &spec), 0);
    }
    frame_file_close(&file);
}

struct expected {
    const char *name;
    uint64_t before, frames, filtered_out;
    bool complete;
};

/* read_all - hands out frames numbered without a hole but for those filtered out. */
static void
read_all(struct esi_capture *capture, const struct expected *want, size_t count)
{
    struct esi_frame frame;
    uint64_t passed = 0, expected = 0;

    for (uint64_t last = 0; esi_capture_next(capture, &frame) == ESI_STEP_ITEM; passed++) {
        cr_assert(frame.number > last, "frame %llu", (unsigned long long)frame.number);
        cr_assert(frame.file < count && frame.number > want[frame.file].before &&
                      frame.number <= want[frame.file].before + want[frame.file].frames,
                  "frame %llu is of file %u", (unsigned long long)frame.number, frame.file);
        last = frame.number;
    }
    cr_assert_eq(esi_capture_file_count(capture), count);
    for (size_t f = 0; f < count; f++) {
        const struct esi_capture_file *file = esi_capture_file(capture, f);
        cr_assert_str_eq(strrchr(file->name, '/') + 1, want[f].name, "file %zu", f);
        cr_assert_eq(file->before, want[f].before, "%s", want[f].name);
        cr_assert_eq(file->frames, want[f].frames, "%s", want[f].name);
        cr_assert_eq(file->filtered_out, want[f].filtered_out, "%s", want[f].name);
        cr_assert_eq(file->complete, want[f].complete, "%s: %s", want[f].name, file->why_not);
        cr_assert_eq(file->complete, file->why_not[0] == '\0', "%s: %s", want[f].name,
                     file->why_not);
        cr_assert_eq(file->last_ts - file->first_ts,
                     file->frames > 0 ? (esi_nanos)(file->frames - 1) * 1000000 : 0);
        expected += want[f].frames - want[f].filtered_out;
    }
    cr_assert_eq(passed, expected);
}

Test(capture_files, several_are_one_timeline)
{
    static const struct expected plain[] = {{"b", 0, 3, 0, true},
                                            {"d", 3, 2, 0, true},
                                            {"a", 5, 4, 0, true},
                                            {"none", 9, 0, 0, true},
                                            {"gone", 9, 0, 0, false}};
    static const struct expected filtered[] = {{"b", 0, 3, 3, true},
                                               {"d", 3, 2, 0, true},
                                               {"a", 5, 4, 4, true},
                                               {"none", 9, 0, 0, true},
                                               {"gone", 9, 0, 0, false}};
    char *folder = temp_folder_new();
    const char *paths[] = {temp_path(folder, "none"), temp_path(folder, "a"),
                           temp_path(folder, "gone"), temp_path(folder, "b"),
                           temp_path(folder, "d")};

    make_file(paths[0], 0, 0, 1);
    make_file(paths[1], 3000, 4, 1001);
    make_file(paths[3], 1000, 3, 1002);
    make_file(paths[4], 1000, 2, 1003); /* at the same moment as b, and given later */
    for (unsigned filter = 0; filter < 2; filter++) {
        struct esi_error err;
        struct esi_capture *capture = esi_capture_open(
            paths, ESI_COUNT(paths), filter ? "tcp port 1003" : NULL, filter == 0, &err);
        cr_assert(capture, "%s", err.text);
        read_all(capture, filter ? filtered : plain, ESI_COUNT(plain));
        cr_assert(esi_capture_rewind(capture, &err), "%s", err.text);
        read_all(capture, filter ? filtered : plain, ESI_COUNT(plain));
        esi_capture_close(capture);
    }
    temp_folder_free(folder);
}

Test(capture_files, a_filter_that_means_nothing)
{
    char *folder = temp_folder_new();
    const char *path = temp_path(folder, "a");
    struct esi_error err;
    struct esi_frame frame;

    make_file(path, 1, 3, 1);
    cr_assert_null(esi_capture_open(&path, 1, "tcp prt 25", false, &err));
    cr_assert(strstr(err.text, "filter 'tcp prt 25': "), "%s", err.text);

    /* Right in itself, but not for this link type. */
    struct esi_capture *capture = open_one(path, "ether multicast and vlan", false);
    cr_assert_eq(esi_capture_next(capture, &frame), ESI_STEP_END);
    const struct esi_capture_file *file = esi_capture_file(capture, 0);
    cr_assert_not(file->complete);
    cr_assert(strstr(file->why_not, "the filter lets no frame of link type RAW through ("), "%s",
              file->why_not);
    cr_assert_eq(file->frames, 3);
    cr_assert_eq(file->filtered_out, 3);
    esi_capture_close(capture);
    temp_folder_free(folder);
}

/* feed_stdin - standard input becomes a pipe that holds the file. */
static void
feed_stdin(const char *path)
{
    struct esi_buf bytes = read_whole_file(path);
    int ends[2];

    cr_assert_eq(pipe(ends), 0);
    cr_assert_eq(write(ends[1], bytes.data, bytes.len), (ssize_t)bytes.len);
    close(ends[1]);
    cr_assert_geq(dup2(ends[0], 0), 0);
    close(ends[0]);
    esi_buf_free(&bytes);
}

Test(capture_files, standard_input)
{
    char *folder = temp_folder_new();
    const char *path = temp_path(folder, "a"), *named = temp_path(folder, "b");
    const char *mixed[] = {named, "-"};

    make_file(path, 1000, 5, 1);
    make_file(named, 2000, 2, 2);
    for (unsigned rereadable = 0; rereadable < 2; rereadable++) {
        struct esi_error err;
        struct esi_frame frame;
        unsigned count = 0;

        feed_stdin(path);
        struct esi_capture *capture = esi_capture_open(mixed, 2, NULL, rereadable, &err);
        cr_assert_str_eq(esi_capture_file(capture, 0)->name, "-", "it begins earlier");
        for (unsigned round = 0; round <= rereadable; round++) {
            for (count = 0; esi_capture_next(capture, &frame) == ESI_STEP_ITEM; count++)
                cr_assert_eq(frame.number, count + 1);
            cr_assert_eq(count, 7);
            cr_assert(esi_capture_file(capture, 0)->complete);
            if (round == 0 && rereadable)
                cr_assert(esi_capture_rewind(capture, &err), "%s", err.text);
        }
        esi_capture_close(capture);
    }
    temp_folder_free(folder);
}

Test(capture_files, link_types_have_names)
{
    cr_assert_str_eq(esi_linktype_name(1), "EN10MB");
    cr_assert_str_eq(esi_linktype_name(276), "LINUX_SLL2");
    cr_assert_str_eq(esi_linktype_name(99999), "99999");
}
