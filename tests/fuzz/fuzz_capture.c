/*
 * fuzz_capture.c - any bytes as a capture: read to its end, rewound, read again: the same frames.
 *
 * They lie in a file without a name, so that all of the road from the file to the frames is used:
 * decompression, both formats, garbage.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "esi/capture.h"

#include "support/fuzzed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    FRAMES_MOST = 20000 /* some kilobytes compressed may hold millions */
};

struct seen {
    uint64_t frames, bytes, wire, times, linktypes, sum;
};

static void
look(struct seen *seen, const struct esi_frame *frame)
{
    must(frame->number == seen->frames + 1, "frames are numbered without a hole");
    must(frame->wire_len >= frame->bytes.len, "no more was captured than was sent");
    must(frame->ts >= 0, "no time before 1970");
    seen->frames++;
    seen->bytes += frame->bytes.len;
    seen->wire += frame->wire_len;
    seen->times += (uint64_t)frame->ts * seen->frames;
    seen->linktypes += (uint64_t)frame->linktype * seen->frames;
    for (size_t b = 0; b < frame->bytes.len; b++)
        seen->sum = seen->sum * 31 + frame->bytes.ptr[b];
}

static struct seen
read_all(struct esi_capture *capture)
{
    struct seen seen = {0};
    struct esi_frame frame;

    while (seen.frames < FRAMES_MOST && esi_capture_next(capture, &frame) == ESI_STEP_ITEM)
        look(&seen, &frame);
    const struct esi_capture_file *file = esi_capture_file(capture, 0);
    must(file->frames == seen.frames, "frames are counted");
    if (seen.frames < FRAMES_MOST)
        must(file->complete == (file->why_not[0] == '\0'), "complete, or it says why not");
    must(file->garbage_places <= file->garbage_bytes, "no garbage without a byte");
    must(!file->complete || file->garbage_bytes == 0, "garbage makes a file incomplete");
    return seen;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[FUZZED_PATH];
    const char *paths[] = {path};
    struct esi_error err;
    int fd = fuzzed_file(path, data, size);

    struct esi_capture *capture = esi_capture_open(paths, 1, NULL, true, &err);
    struct seen first = read_all(capture);
    must(esi_capture_rewind(capture, &err), "it can be rewound");
    struct seen second = read_all(capture);
    must(memcmp(&first, &second, sizeof first) == 0, "the same once more");
    esi_capture_close(capture);
    close(fd);
    return 0;
}
