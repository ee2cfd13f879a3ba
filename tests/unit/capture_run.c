/*
 * capture_run.c - frames that are only copied: the records of runs, and of frames between them, are
 * those that frame by frame reading tells, in every file that has runs; and which have none.
 */
#define _DEFAULT_SOURCE
#include <criterion/criterion.h>

#include "capture_bytes.h"
#include "support/frames.h"

enum {
    RECORDS = 3000,
    TAPE = 1 << 18, /* less than what the records take */
    SECOND = 1700000000,
    NANO = 0xa1b23c4d,
    NANOS = 1000000000
};

static uint32_t state; /* of the generator: numbers that are the same in every run */

static uint32_t
draw(uint32_t below)
{
    state = state * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)(state >> 8) * below >> 24);
}

/* Frames as a classic file holds them, and what is said of their file. */
struct copy {
    struct esi_buf records;
    uint64_t runs, in_runs;
    struct esi_capture_file file;
};

static void
copy_frame(struct copy *copy, const struct esi_frame *frame, bool nanosecond)
{
    bool big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;

    put_u32(&copy->records, big, (uint32_t)(frame->ts / NANOS));
    put_u32(&copy->records, big, (uint32_t)(frame->ts % NANOS / (nanosecond ? 1 : 1000)));
    put_u32(&copy->records, big, (uint32_t)frame->bytes.len);
    put_u32(&copy->records, big, frame->wire_len);
    esi_buf_append(&copy->records, frame->bytes);
}

/* copy_runs - up to a frame that is drawn; 0: none is asked for. */
static void
copy_runs(struct copy *copy, struct esi_capture *capture, uint64_t number, uint32_t apart,
          bool nanosecond)
{
    uint64_t before = apart > 0 ? number + 1 + draw(apart) : UINT64_MAX, last = number;
    struct esi_run run;

    while (esi_capture_run(capture, before, nanosecond, &run)) {
        cr_assert_gt(run.count, 0);
        esi_buf_append(&copy->records, run.records);
        copy->runs++;
        copy->in_runs += run.count;
        last += run.count;
        cr_assert_lt(last, before);
    }
}

enum { NO_RUNS, APART_MOST = 40, RUNS_ONLY = 1 << 20 };

/* copy_all - apart: so many frames at most from one that is asked for to the next. */
static void
copy_all(struct copy *copy, struct esi_capture *capture, uint32_t apart, bool nanosecond)
{
    struct esi_frame frame;
    struct esi_run run;
    uint64_t count = 0;

    cr_assert(!esi_capture_run(capture, UINT64_MAX, nanosecond, &run), "the first of a file");
    while (esi_capture_next(capture, &frame) == ESI_STEP_ITEM) {
        count++;
        cr_assert_eq(frame.number, count + copy->in_runs, "numbered on");
        copy_frame(copy, &frame, nanosecond);
        if (apart != NO_RUNS)
            copy_runs(copy, capture, frame.number, apart < RUNS_ONLY ? apart : 0, nanosecond);
    }
    cr_assert(!esi_capture_run(capture, UINT64_MAX, nanosecond, &run), "behind the last");
    copy->file = *esi_capture_file(capture, 0);
}

static void
check_copy(const struct copy *plain, const struct copy *copy, const char *what)
{
    const struct esi_capture_file *one = &plain->file, *other = &copy->file;

    cr_assert(esi_slice_eq(esi_buf_slice(&plain->records), esi_buf_slice(&copy->records)),
              "%s: %zu bytes for %zu", what, copy->records.len, plain->records.len);
    cr_assert(one->frames == other->frames && one->first_ts == other->first_ts &&
                  one->last_ts == other->last_ts && one->longest == other->longest &&
                  one->nanosecond == other->nanosecond && one->complete == other->complete &&
                  one->linktype_count == other->linktype_count &&
                  one->garbage_bytes == other->garbage_bytes &&
                  one->garbage_places == other->garbage_places,
              "%s", what);
    cr_assert_str_eq(one->why_not, other->why_not, "%s", what);
}

struct row {
    const char *what;
    struct classic file;
    bool runs;
    bool garbage, cut; /* in its middle, in its last record */
    bool pipe;         /* by standard input; it is short, then */
};
static const struct row rows[] = {
    {"plain", {.linktype = 1, .snaplen = 262144}, .runs = true},
    {"a snap length", {.linktype = 1, .snaplen = 96}, .runs = true},
    {"nanoseconds", {.linktype = 1, .magic = NANO}, .runs = true},
    {"cooked", {.linktype = 113}, .runs = true},
    {"garbage", {.linktype = 1, .snaplen = 262144}, .runs = true, .garbage = true},
    {"garbage, and cut off", {.linktype = 1}, .runs = true, .garbage = true, .cut = true},
    {"cut off", {.linktype = 1, .snaplen = 262144}, .runs = true, .cut = true},
    {"standard input", {.linktype = 1, .snaplen = 65535}, .runs = true, .pipe = true},
    {"big-endian", {.linktype = 1, .big = true}, .runs = false},
    {"modified", {.linktype = 1, .magic = 0xa1b2cd34}, .runs = false},
    {"an old version", {.linktype = 1, .minor = 2}, .runs = false},
    {"a newer one", {.linktype = 1, .minor = 3}, .runs = false},
    {"a link type of which libpcap changes lengths", {.linktype = 189}, .runs = false},
};

/* put_some - records of which none is likely to look like a header in its middle. */
static void
put_some(struct esi_buf *out, const struct row *row, uint32_t count)
{
    for (uint32_t r = 0; r < count; r++) {
        uint32_t caplen = draw(60) == 0 ? draw(5000) : draw(300);
        put_pcap_record(out, &row->file, SECOND + r / 10, draw(1000000), caplen,
                        caplen + 1 + draw(50));
        if (row->garbage && r == count / 2)
            for (unsigned b = 0; b < 100; b++)
                esi_buf_byte(out, 0xee);
    }
    if (row->cut)
        out->len -= out->len < 8 ? 0 : 1;
}

static struct copy
copy_of(const char *path, uint32_t apart, bool nanosecond)
{
    struct copy copy = {0};
    struct esi_error err;
    struct esi_capture *capture = esi_capture_open(&path, 1, NULL, true, &err);

    cr_assert(capture, "%s", err.text);
    copy_all(&copy, capture, NO_RUNS, nanosecond);
    if (apart != NO_RUNS) { /* in a second reading, as whoever only copies does */
        esi_buf_free(&copy.records);
        copy = (struct copy){0};
        cr_assert(esi_capture_rewind(capture, &err), "%s", err.text);
        copy_all(&copy, capture, apart, nanosecond);
    }
    esi_capture_close(capture);
    return copy;
}

static void
check_row(const char *path, const struct row *row)
{
    static const uint32_t ways[] = {1, 2, APART_MOST, RUNS_ONLY};
    bool nanosecond = row->file.magic == NANO;
    struct esi_buf bytes = {0};

    state = (uint32_t)(row - rows);
    put_pcap_head(&bytes, &row->file);
    put_some(&bytes, row, row->pipe ? 100 : RECORDS);
    cr_assert(row->pipe || bytes.len > 2 * TAPE);
    write_file(path, esi_buf_slice(&bytes));
    struct copy plain = copy_of(path, NO_RUNS, nanosecond);
    cr_assert_eq(plain.file.complete, !row->garbage && !row->cut, "%s", plain.file.why_not);
    for (size_t w = 0; w < ESI_COUNT(ways); w++) {
        if (row->pipe)
            feed_stdin(esi_buf_slice(&bytes));
        struct copy copy = copy_of(row->pipe ? "-" : path, ways[w], nanosecond);
        check_copy(&plain, &copy, row->what);
        cr_assert_eq(copy.in_runs > 0, row->runs && ways[w] > 1, "%s, way %zu", row->what, w);
        esi_buf_free(&copy.records);
    }
    struct copy other = copy_of(path, RUNS_ONLY, !nanosecond);
    cr_assert_eq(other.runs, 0, "%s: times of another precision", row->what);
    esi_buf_free(&other.records);
    esi_buf_free(&plain.records);
    esi_buf_free(&bytes);
}

Test(capture_run, is_what_frames_are)
{
    char *folder = temp_folder_new();

    for (size_t r = 0; r < ESI_COUNT(rows); r++)
        check_row(temp_path(folder, "a"), &rows[r]);
    temp_folder_free(folder);
}

/* Runs end with their file, and there are none behind a filter, nor in a pcapng file. */
Test(capture_run, of_several_files)
{
    static const char *const paths[] = {ESI_ROOT "/samples/captures/recipients-120.pcap",
                                        ESI_ROOT "/samples/captures/mixed-traffic.pcapng",
                                        ESI_ROOT "/samples/captures/sessions-several.pcap"};
    static const struct {
        size_t from, count;
        const char *filter;
        bool runs;
    } several[] = {{0, 3, NULL, true}, {0, 3, "tcp", false}, {1, 1, NULL, false}};

    for (size_t s = 0; s < ESI_COUNT(several); s++) {
        struct copy copies[2] = {0};
        for (size_t c = 0; c < 2; c++) {
            struct esi_error err;
            struct esi_capture *capture = esi_capture_open(
                paths + several[s].from, several[s].count, several[s].filter, false, &err);
            struct esi_frame frame;
            while (esi_capture_next(capture, &frame) == ESI_STEP_ITEM) {
                copy_frame(&copies[c], &frame, false);
                if (c == 1)
                    copy_runs(&copies[c], capture, frame.number, APART_MOST, false);
            }
            copies[c].file = *esi_capture_file(capture, 0);
            esi_capture_close(capture);
        }
        check_copy(&copies[0], &copies[1], several[s].filter ? several[s].filter : "no filter");
        cr_assert_eq(copies[1].in_runs > 0, several[s].runs);
        esi_buf_free(&copies[0].records);
        esi_buf_free(&copies[1].records);
    }
}
