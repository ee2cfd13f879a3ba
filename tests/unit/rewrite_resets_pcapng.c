/* rewrite_resets_pcapng.c - RST frames in pcapng files: their blocks, interfaces, times, comments.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "rewrite/rewrite_internal.h"

#include "rewrite_run.h"
#include "support/frames.h"
#include "support/ng.h"

enum { FRAMES = 6, DECIDING = 4, MADE_AT = DECIDING, INTERFACES = 3 };

/* Frame by frame: another flow's, the conversation, its deciding frame, what came behind, another
 * flow's. */
static const struct {
    bool other, to_client;
    uint32_t seq, ack;
    const char *payload;
} lines[FRAMES] = {
    {true, false, 100, 500, "x"},        {false, true, 500, 100, "220 a\r\n"},
    {true, true, 500, 101, "y"},         {false, false, 100, 507, "DATA\r\n"},
    {false, true, 507, 106, "354 \r\n"}, {true, false, 101, 501, "z"},
};

/* How the interface that the conversation is seen on counts time. */
static const struct {
    const char *what;
    bool big, obsolete;
    uint8_t resolution; /* 0: not told */
    uint64_t step;      /* from frame to frame, in units */
} rows[] = {
    {"microseconds, not told", false, false, 0, 1000},
    {"nanoseconds, big-endian", true, false, 9, 1},
    {"milliseconds: coarser than frames come", true, false, 3, 0},
    {"parts of two", false, false, 0x80 + 20, 3},
    {"seconds, an obsolete block", false, true, 0x80, 1},
    {"finer than nanoseconds", true, true, 12, 1},
};

enum { SEEN_ON = 1, BASE_UNITS = 1000000 };

/* build_line - its frame; the length. */
static size_t
build_line(uint8_t bytes[FRAME_MOST], unsigned line)
{
    return frame_build(bytes, &(struct frame_spec){.to_client = lines[line].to_client,
                                                   .client_port = lines[line].other ? 50000 : 0,
                                                   .seq = lines[line].seq,
                                                   .ack = lines[line].ack,
                                                   .flags = ESI_TCP_ACK,
                                                   .payload = esi_slice_of(lines[line].payload)});
}

/* put_frames - as pcapng; the others' on interface 0, in the same units. */
static void
put_frames(struct ng *ng, size_t row)
{
    static uint8_t bytes[FRAME_MOST];
    struct esi_buf options = {0};

    ng_section(ng, rows[row].big);
    if (rows[row].resolution)
        put_option(&options, ng->big, 9, (struct esi_slice){&rows[row].resolution, 1});
    for (unsigned i = 0; i < INTERFACES; i++)
        ng_interface(ng, 1, 0, esi_buf_slice(&options));
    for (unsigned f = 0; f < FRAMES; f++) {
        size_t len = build_line(bytes, f), at = ng->bytes.len;
        uint32_t interface = lines[f].other ? 0 : SEEN_ON;
        bool obsolete = rows[row].obsolete;
        /* there the interface has two bytes, and drops behind them two more */
        ng_frame(ng, obsolete && ng->big ? interface << 16 : interface,
                 BASE_UNITS + f * rows[row].step, (struct esi_slice){bytes, len}, (uint32_t)len,
                 (struct esi_slice){0});
        if (obsolete)
            ng->bytes.data[at + (ng->big ? 3 : 0)] = 2;
    }
    esi_buf_free(&options);
}

static uint32_t
word(struct esi_slice block, size_t at, bool big)
{
    uint32_t value = 0;

    for (unsigned b = 0; b < 4; b++)
        value = value << 8 | block.ptr[at + (big ? b : 3 - b)];
    return value;
}

static uint64_t
units(struct esi_slice block, bool big)
{
    return (uint64_t)word(block, 12, big) << 32 | word(block, 16, big);
}

/* check_made - an Enhanced Packet Block in the section's order, on the interface of the frame that
 * decided, at its time to the unit, and said to be made. */
static void
check_made(const struct esi_frame *frame, size_t row, const char *said)
{
    struct esi_slice block = frame->block;
    size_t comment_at = block.len - 4 - 4 - (strlen(said) + 3) / 4 * 4;
    bool big = rows[row].big;

    cr_assert_eq(frame->big_endian, big, "%s", rows[row].what);
    cr_assert_eq(word(block, 0, big), 6, "%s: of type %u", rows[row].what, word(block, 0, big));
    cr_assert_eq(word(block, 8, big), SEEN_ON, "%s: on %u", rows[row].what, word(block, 8, big));
    cr_assert_eq(units(block, big), BASE_UNITS + (DECIDING - 1) * rows[row].step, "%s",
                 rows[row].what);
    cr_assert_eq(word(block, 20, big), word(block, 24, big), "%s", rows[row].what);
    cr_assert_eq(word(block, comment_at - 4, big),
                 big ? 1u << 16 | strlen(said) : strlen(said) << 16 | 1, "%s: no such comment",
                 rows[row].what);
    cr_assert_arr_eq(block.ptr + comment_at, said, strlen(said), "%s", rows[row].what);
    cr_assert_eq(frame->bytes.ptr[14 + 20 + 13], ESI_TCP_RST | ESI_TCP_ACK, "%s", rows[row].what);
}

static void
check_output(const char *out, size_t row, const char *said)
{
    struct esi_error err;
    struct esi_frame frame;
    struct esi_capture *capture = esi_capture_open(&out, 1, NULL, false, &err);
    esi_nanos last = INT64_MIN;
    size_t count = 0;

    cr_assert_not_null(capture);
    while (esi_capture_next(capture, &frame) == ESI_STEP_ITEM) {
        cr_assert_geq(frame.ts, last, "%s: frame %zu goes back", rows[row].what, count + 1);
        last = frame.ts;
        if (count + 1 == MADE_AT || count + 1 == MADE_AT + 1)
            check_made(&frame, row, said);
        count++;
    }
    cr_assert_eq(count, 6u, "%s: %zu frames", rows[row].what, count);
    cr_assert(esi_capture_file(capture, 0)->complete, "%s", rows[row].what);
    esi_capture_close(capture);
}

/* plan_of - note: NULL: none. */
static struct esi_plan *
plan_of(const char *note)
{
    struct esi_plan *plan = esi_plan_new();

    esi_plan_add_cut(plan, 2, &(struct esi_cut){.frame = DECIDING, .reset = true});
    if (note)
        esi_plan_add_note(plan, 2, ESI_TO_SERVER, (struct esi_span){0, 0}, note);
    esi_plan_seal(plan);
    return plan;
}

/* What is said of the cut, and then of the RSTs: that they were made, in any case. */
static const struct {
    const char *note, *said;
} words[] = {
    {"esi verdict=reset rule=\"r\"", "esi made=rst verdict=reset rule=\"r\""},
    {"as the postmaster wished", "esi made=rst"},
    {NULL, "esi made=rst"},
};

Test(rewrite_resets_pcapng, blocks)
{
    char *folder = temp_folder_new();
    const char *in = temp_path(folder, "in"), *out = temp_path(folder, "out");

    for (size_t n = 0; n < ESI_COUNT(rows) * ESI_COUNT(words); n++) {
        size_t r = n % ESI_COUNT(rows), w = n / ESI_COUNT(rows);
        struct esi_rewrite_stats stats;
        struct esi_plan *plan = plan_of(words[w].note);
        struct ng ng = {0};

        put_frames(&ng, r);
        write_whole_file(in, esi_buf_slice(&ng.bytes));
        rewrite_how(in, out, plan, &(struct esi_rewrite_config){.format = ESI_REWRITE_PCAPNG},
                    &stats);
        cr_assert(stats.frames_made == 2 && stats.frames_dropped == 2, "%s", rows[r].what);
        cr_assert(stats.comments_lost == 0 && stats.resets_missing == 0, "%s", rows[r].what);
        check_output(out, r, words[w].said);
        esi_plan_free(plan);
        esi_buf_free(&ng.bytes);
    }
    temp_folder_free(folder);
}

/* Made frames have the time of the frame before them, and none behind them is earlier; of classic
 * files in nanoseconds, too. */
Test(rewrite_resets_pcapng, of_a_classic_file)
{
    static uint8_t bytes[FRAME_MOST];
    char *folder = temp_folder_new();
    const char *in = temp_path(folder, "in.pcap"), *out = temp_path(folder, "out");
    struct esi_error err;
    struct esi_frame frame;
    struct frame_file file;
    struct esi_rewrite_stats stats;
    struct esi_plan *plan = plan_of(words[0].note);
    esi_nanos times[FRAMES];
    size_t count = 0;

    frame_file_open(&file, in, 1, 65535, true);
    for (unsigned f = 0; f < FRAMES; f++) {
        frame_file_add(&file, bytes, build_line(bytes, f), 0);
    }
    frame_file_close(&file);
    struct esi_capture *capture = esi_capture_open(&in, 1, NULL, false, &err);
    while (esi_capture_next(capture, &frame) == ESI_STEP_ITEM)
        times[frame.number - 1] = frame.ts;
    esi_capture_close(capture);
    rewrite_how(in, out, plan, &(struct esi_rewrite_config){.format = ESI_REWRITE_PCAPNG}, &stats);
    capture = esi_capture_open(&out, 1, NULL, false, &err);
    while (esi_capture_next(capture, &frame) == ESI_STEP_ITEM) {
        static const size_t like[] = {0, 1, 2, DECIDING - 1, DECIDING - 1, FRAMES - 1};
        cr_assert(count < ESI_COUNT(like) && frame.ts == times[like[count]], "frame %zu", count);
        count++;
    }
    cr_assert_eq(count, 6);
    esi_capture_close(capture);
    esi_plan_free(plan);
    temp_folder_free(folder);
}
