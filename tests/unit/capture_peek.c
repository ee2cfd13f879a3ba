/* capture_peek.c - frames looked at before their turn: the same bytes, once each, not too early. */
#include <criterion/criterion.h>

#include "capture_bytes.h"
#include "support/frames.h"

enum { RECORDS = 4000, SECOND = 1700000000, LONGEST = 96 };

/* Frames that were peeked at and have not come yet, by number. */
struct seen {
    uint8_t bytes[ESI_PEEK_MOST][LONGEST];
    size_t len[ESI_PEEK_MOST];
    uint64_t next, in_time; /* to be peeked at; of those that came, so many had been */
};

/* peek_all - from behind frame `number` on. */
static void
peek_all(struct seen *seen, struct esi_capture *capture, uint64_t number, const char *what)
{
    struct esi_slice bytes;

    if (seen->next <= number)
        seen->next = number + 1;
    while (esi_capture_peek(capture, &bytes)) {
        cr_assert_leq(seen->next, number + ESI_PEEK_MOST, "%s: too early", what);
        size_t at = seen->next++ % ESI_PEEK_MOST;
        cr_assert_leq(bytes.len, LONGEST);
        memcpy(seen->bytes[at], bytes.ptr, bytes.len);
        seen->len[at] = bytes.len;
    }
}

static void
check_frame(struct seen *seen, const struct esi_frame *frame, const char *what)
{
    size_t at = frame->number % ESI_PEEK_MOST;

    if (frame->number >= seen->next)
        return;
    cr_assert(esi_slice_eq(frame->bytes, (struct esi_slice){seen->bytes[at], seen->len[at]}),
              "%s: frame %u", what, (unsigned)frame->number);
    seen->in_time++;
}

/* check - every so many frames, all that can be seen is peeked at. Returns how many were. */
static uint64_t
check(const char *path, uint64_t every, const char *what)
{
    struct esi_capture *capture = esi_capture_open(&path, 1, NULL, false, NULL);
    struct seen seen = {.next = 1};
    struct esi_frame frame;
    struct esi_slice bytes;

    cr_assert(!esi_capture_peek(capture, &bytes), "%s: before the first", what);
    while (esi_capture_next(capture, &frame) == ESI_STEP_ITEM) {
        check_frame(&seen, &frame, what);
        if (frame.number % every == 0)
            peek_all(&seen, capture, frame.number, what);
    }
    cr_assert(!esi_capture_peek(capture, &bytes), "%s: behind the last", what);
    esi_capture_close(capture);
    return seen.in_time;
}

static void
put_records(struct esi_buf *out, const struct classic *file, uint32_t count)
{
    put_pcap_head(out, file);
    for (uint32_t r = 0; r < count; r++)
        put_pcap_record(out, file, SECOND + r, 0, r % LONGEST + 1, r % LONGEST + 1);
}

Test(capture_peek, is_what_comes)
{
    static const struct {
        const char *what;
        struct classic file;
    } rows[] = {{"read plainly", {.linktype = 1, .snaplen = 262144}},
                {"with another header", {.linktype = 1, .snaplen = 65535}},
                {"in the other byte order", {.big = true, .linktype = 1, .snaplen = 65535}},
                {"in nanoseconds", {.magic = 0xa1b23c4d, .linktype = 1, .snaplen = 262144}}};
    static const uint64_t often[] = {1, 3, 7, 100};
    char *folder = temp_folder_new();
    const char *path = temp_path(folder, "peek.pcap");

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        struct esi_buf bytes = {0};
        put_records(&bytes, &rows[r].file, RECORDS);
        write_file(path, esi_buf_slice(&bytes));
        for (size_t o = 0; o < ESI_COUNT(often); o++) {
            uint64_t in_time = check(path, often[o], rows[r].what);
            uint64_t most = often[o] < ESI_PEEK_MOST ? RECORDS : RECORDS * ESI_PEEK_MOST / often[o];
            cr_assert_gt(in_time, most * 9 / 10, "%s: %u", rows[r].what, (unsigned)in_time);
        }
        esi_buf_free(&bytes);
    }
    temp_folder_free(folder);
}

/* What is seen of garbage is nobody's business, as long as it ends. */
Test(capture_peek, of_garbage)
{
    struct classic file = {.linktype = 1, .snaplen = 262144};
    char *folder = temp_folder_new();
    const char *path = temp_path(folder, "garbage.pcap");
    struct esi_buf bytes = {0};
    struct esi_frame frame;
    struct esi_slice ahead;
    uint64_t count = 0, seen = 0, sum = 0;

    put_records(&bytes, &file, RECORDS);
    memset(bytes.data + bytes.len / 2, 0xff, 500);
    write_file(path, esi_buf_slice(&bytes));
    struct esi_capture *capture = esi_capture_open(&path, 1, NULL, false, NULL);
    while (esi_capture_next(capture, &frame) == ESI_STEP_ITEM)
        for (count++; esi_capture_peek(capture, &ahead); seen++)
            for (size_t b = 0; b < ahead.len; b++)
                sum += ahead.ptr[b];
    cr_assert(count > RECORDS * 9 / 10 && count < RECORDS && sum > 0);
    cr_assert_leq(seen, count + RECORDS);
    esi_capture_close(capture);
    esi_buf_free(&bytes);
    temp_folder_free(folder);
}

Test(capture_peek, shows_nothing_of_pcapng)
{
    const char *path = ESI_ROOT "/samples/captures/mixed-traffic.pcapng";

    cr_assert_eq(check(path, 1, path), 0);
}
