/* capture_trouble.c - files that are none, or not whole: what could be read, and why no more. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "esi/capture.h"

#include "support/frames.h"

enum { RAW = 101, FRAMES = 20, HEADER = 24, RECORD = 16 + 40 };

static struct esi_buf
good_file(const char *folder)
{
    static uint8_t bytes[FRAME_MOST];
    const char *path = temp_path(folder, "good");
    struct frame_file file;

    frame_file_open(&file, path, RAW, 65535, false);
    for (unsigned f = 0; f < FRAMES; f++) {
        struct frame_spec spec = {.link = FRAME_RAW, .seq = f};
        frame_file_add(&file, bytes, frame_build(bytes, &spec), 0);
    }
    frame_file_close(&file);
    return read_whole_file(path);
}

/* check - the capture of one file hands out so many frames and says why no more. Twice. */
static void
check(const char *what, const char *path, uint64_t frames, const char *why_not)
{
    struct esi_error err;
    struct esi_frame frame;
    struct esi_capture *capture = esi_capture_open(&path, 1, NULL, true, &err);

    cr_assert(capture, "%s: %s", what, err.text);
    for (unsigned round = 0; round < 2; round++) {
        uint64_t count = 0;
        while (esi_capture_next(capture, &frame) == ESI_STEP_ITEM)
            count++;
        const struct esi_capture_file *file = esi_capture_file(capture, 0);
        cr_assert_eq(count, frames, "%s: %llu frames", what, (unsigned long long)count);
        cr_assert_eq(file->frames, frames, "%s", what);
        cr_assert_not(file->complete, "%s", what);
        cr_assert_eq(strncmp(file->why_not, why_not, strlen(why_not)), 0, "%s: %s", what,
                     file->why_not);
        cr_assert_eq(esi_capture_next(capture, &frame), ESI_STEP_END, "%s: END stays END", what);
        cr_assert(esi_capture_rewind(capture, &err), "%s: %s", what, err.text);
    }
    esi_capture_close(capture);
}

static void
check_bytes(const char *what, const char *folder, struct esi_slice bytes, uint64_t frames,
            const char *why_not)
{
    const char *path = temp_path(folder, "bad");
    FILE *file = fopen(path, "wb");

    cr_assert(file && fwrite(bytes.ptr, 1, bytes.len, file) == bytes.len && fclose(file) == 0);
    check(what, path, frames, why_not);
}

Test(capture_trouble, no_captures)
{
    static const struct {
        const char *what;
        struct esi_slice bytes;
        const char *why_not;
    } rows[] = {
        {"nothing", ESI_LIT(""), "is empty"},
        {"one byte", ESI_LIT("x"), "not a pcap or pcapng file"},
        {"a text", ESI_LIT("220 mx.example ESMTP\r\nEHLO there\r\n"), "not a pcap or pcapng file"},
        {"half a gzip header", ESI_LIT("\x1f\x8b\x08\0\0\0\0\0"),
         "cut off in its gzip compression, in the file's header"},
        {"nothing, compressed", ESI_LIT("\x1f\x8b\x08\0\0\0\0\0\0\3\3\0\0\0\0\0\0\0\0\0"),
         "is empty in its gzip compression"},
        {"the beginning of bzip2", ESI_LIT("BZh91AY&SY"), "cut off in its bzip2 compression"},
        {"no bzip2 at all", ESI_LIT("BZhello, here is somebody"), "damaged in its bzip2 "},
        {"a magic number", ESI_LIT("\xd4\xc3\xb2\xa1"), "cut off in the file's header"},
        {"half a header", ESI_LIT("\xa1\xb2\xc3\xd4\0\2\0\4\0\0\0\0"),
         "cut off in the file's header"},
        {"version 9", ESI_LIT("\xd4\xc3\xb2\xa1\x09\0\4\0\0\0\0\0\0\0\0\0\0\0\4\0\1\0\0\0\0\0\0\0"),
         "unreadable header: "},
        {"half a section header", ESI_LIT("\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a\1\0"),
         "unreadable header: "},
    };
    char *folder = temp_folder_new();

    for (size_t r = 0; r < ESI_COUNT(rows); r++)
        check_bytes(rows[r].what, folder, rows[r].bytes, 0, rows[r].why_not);
    check("a missing file", temp_path(folder, "missing"), 0, "No such file or directory");
    check("a directory", folder, 0, "is a directory");
    temp_folder_free(folder);
}

Test(capture_trouble, cut_anywhere)
{
    char *folder = temp_folder_new();
    struct esi_buf good = good_file(folder);

    for (size_t len = HEADER; len < HEADER + 3 * RECORD; len++) {
        size_t whole = (len - HEADER) / RECORD;
        char why_not[64];

        if ((len - HEADER) % RECORD == 0)
            continue; /* nobody can tell */
        snprintf(why_not, sizeof why_not, "cut off in frame %zu: ", whole + 1);
        check_bytes("cut", folder, (struct esi_slice){good.data, len}, whole, why_not);
    }
    esi_buf_free(&good);
    temp_folder_free(folder);
}
