/*
 * fuzz_pcapng.c - any bytes as a capture, copied into a pcapng file with any fates of its frames:
 * what was written is whole, and has the frames that it should have; as it is, it is written again
 * byte for byte.
 *
 * The first byte says what happens to frames, the rest is the file.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "support/frames.h"
#include "support/fuzzed.h"
#include "support/ng_copy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    FRAMES_MOST = 5000, /* some kilobytes compressed may hold millions */
    BYTES_MOST = 64 << 20,
    COMMENTS = 1, /* bits of the first byte */
    DROPS = 2,
    CHANGES = 4,
    MADE = 8,
    LONG = 16 /* comments */
};

static void
fate_of(void *ctx, const struct esi_frame *frame, struct ng_fate *out)
{
    static uint8_t words[70000];
    uint8_t what = *(const uint8_t *)ctx;
    uint32_t hash = (what + (uint32_t)frame->number) * 2654435761U;

    out->drop = (what & DROPS) && (hash >> 8 & 7) == 0;
    out->change = (what & CHANGES) && (hash >> 12 & 3) == 0;
    out->made = (what & MADE) && (hash >> 16 & 15) == 0;
    if ((what & COMMENTS) && (hash >> 20 & 3) == 0) {
        memset(words, 0xc3, sizeof words);
        out->comment = (struct esi_slice){words, what & LONG ? sizeof words : hash >> 24};
    }
}

/* What the frames of a capture are like. */
struct sum {
    uint64_t frames, bytes, sum;
};

static void
add(struct sum *sum, const struct esi_frame *like, struct esi_slice bytes, uint32_t wire_len)
{
    sum->frames++;
    sum->bytes += bytes.len;
    sum->sum = sum->sum * 31 + wire_len;
    sum->sum = sum->sum * 31 + (uint32_t)like->linktype;
    for (size_t b = 0; b < bytes.len; b++)
        sum->sum = sum->sum * 31 + bytes.ptr[b];
}

static void
add_as_fated(struct sum *sum, const struct esi_frame *frame, uint8_t *what)
{
    struct ng_fate fate = {0};
    struct esi_buf bytes = {0};

    fate_of(what, frame, &fate);
    esi_buf_append(&bytes, frame->bytes);
    if (fate.change)
        ng_changed(bytes.data, bytes.len);
    if (!fate.drop)
        add(sum, frame, esi_buf_slice(&bytes), frame->wire_len);
    if (fate.made)
        add(sum, frame, ng_made, (uint32_t)ng_made.len);
    esi_buf_free(&bytes);
}

/* read_all - false: too much. what: NULL, or the fates to be reckoned with. */
static bool
read_all(const char *path, uint8_t *what, struct sum *out, bool *complete)
{
    struct esi_error err;
    struct esi_frame frame;
    struct esi_capture *capture = esi_capture_open(&path, 1, NULL, false, &err);
    uint64_t frames = 0;

    *out = (struct sum){0};
    while (frames < FRAMES_MOST && out->bytes < BYTES_MOST &&
           esi_capture_next(capture, &frame) == ESI_STEP_ITEM) {
        frames++;
        if (what)
            add_as_fated(out, &frame, what);
        else
            add(out, &frame, frame.bytes, frame.wire_len);
    }
    *complete = esi_capture_file(capture, 0)->complete;
    bool whole = esi_capture_next(capture, &frame) == ESI_STEP_END;
    esi_capture_close(capture);
    return whole;
}

static bool
copy(const char *in, const char *out, uint8_t *what)
{
    uint64_t lost = 0;
    struct esi_error err;
    struct ng_copy how = {.paths = &in,
                          .count = 1,
                          .out = out,
                          .format = ESI_REWRITE_PCAPNG,
                          .fate = what ? fate_of : NULL,
                          .ctx = what};

    return ng_copy(&how, &lost, &err);
}

static void
check_same(const char *one, const char *other)
{
    struct esi_buf a = read_whole_file(one), b = read_whole_file(other);

    must(esi_slice_eq(esi_buf_slice(&a), esi_buf_slice(&b)), "copied as it is");
    esi_buf_free(&a);
    esi_buf_free(&b);
}

static void
check(const char *in, uint8_t what, const char *out, const char *again)
{
    struct sum want, got;
    bool complete;

    if (!read_all(in, &what, &want, &complete) || !copy(in, out, &what))
        return;
    bool whole = read_all(out, NULL, &got, &complete);
    must(whole && complete, "what was written is whole");
    must(memcmp(&want, &got, sizeof want) == 0, "the frames are those that were wanted");
    must(copy(out, again, NULL), "it can be copied");
    check_same(out, again);
}

static char *folder;

static void
clean_up(void)
{
    temp_folder_free(folder);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char in[FUZZED_PATH];

    if (size == 0)
        return 0;
    if (!folder) {
        folder = temp_folder_new();
        atexit(clean_up);
    }
    int fd = fuzzed_file(in, data + 1, size - 1);
    check(in, data[0], temp_path(folder, "out.pcapng"), temp_path(folder, "again.pcapng"));
    close(fd);
    return 0;
}
