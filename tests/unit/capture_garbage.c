/* capture_garbage.c - classic files with garbage in their middle: where reading goes on, and what
 * is said of it. */
#define _DEFAULT_SOURCE
#include <criterion/criterion.h>

#include "capture_bytes.h"
#include "support/frames.h"

enum { RECORDS = 12, HEAD = 24, SECOND = 1700000000 };

/* place - where record `number` (from 0 on) begins: they are 20, 21, ... bytes long. */
static size_t
place(const struct classic *file, unsigned number)
{
    size_t header = file->magic == 0xa1b2cd34 ? 24 : 16, at = HEAD;

    for (unsigned r = 0; r < number; r++)
        at += header + 20 + r;
    return at;
}

static void
put_records(struct esi_buf *out, const struct classic *file, unsigned from, unsigned to)
{
    for (unsigned r = from; r < to; r++)
        put_pcap_record(out, file, SECOND + r, 5, 20 + r, 60 + r);
}

static void
put_filling(struct esi_buf *out, int filling, size_t len)
{
    for (size_t b = 0; b < len; b++)
        esi_buf_byte(out, (uint8_t)(filling < 0 ? (b * 2654435761U) >> 13 : (unsigned)filling));
}

/* expect - the records from `from` to `to` of a told capture. */
static void
expect_records(struct esi_buf *out, const struct classic *file, unsigned from, unsigned to)
{
    for (unsigned r = from; r < to; r++)
        esi_buf_printf(out, "%u/%u @%u.%09u 1\n", 20 + r, 60 + r, SECOND + r,
                       file->magic == 0xa1b23c4d ? 5 : 5000);
}

static const struct classic kinds[] = {
    {.linktype = 1, .snaplen = 262144}, /* read plainly */
    {.linktype = 1, .snaplen = 96},       {.linktype = 1, .big = true},
    {.linktype = 1, .magic = 0xa1b23c4d}, {.linktype = 1, .magic = 0xa1b2cd34, .snaplen = 65535},
    {.linktype = 1, .minor = 2},          {.linktype = 1, .minor = 3, .big = true},
};

struct row {
    const char *what;
    unsigned before; /* so many records, */
    size_t len;      /* then so many bytes: */
    int filling;     /* this one, or -1: anything */
    unsigned behind; /* then records from this one on */
    bool lost;       /* which cannot be made out any more */
};

static void
check_row(const char *path, const struct classic *file, const struct row *row)
{
    struct esi_buf bytes = {0}, want = {0}, got = {0};
    size_t at = place(file, row->before);

    put_pcap_head(&bytes, file);
    put_records(&bytes, file, 0, row->before);
    put_filling(&bytes, row->filling, row->len);
    put_records(&bytes, file, row->behind, RECORDS);
    expect_records(&want, file, 0, row->before);
    if (!row->lost) {
        expect_records(&want, file, row->behind, RECORDS);
        esi_buf_printf(&want,
                       "%zu bytes that are no record in front of frame %u, from byte %zu on; read "
                       "on behind them\n",
                       row->len, row->before + 1, at);
    } else {
        esi_buf_printf(&want, "unreadable from frame %u on: ", row->before + 1);
    }
    esi_buf_byte(&want, '\0');
    write_file(path, esi_buf_slice(&bytes));
    for (unsigned way = 0; way < 3; way++) {
        static const char *const ways[] = {"a file", "standard input, kept", "standard input"};
        esi_buf_clear(&got);
        if (way > 0)
            feed_stdin(esi_buf_slice(&bytes));
        tell_file(way > 0 ? "-" : path, way < 2, &got);
        cr_assert_eq(strncmp((char *)got.data, (char *)want.data, want.len - 1), 0,
                     "%s, kind %td, %s: wanted\n%s\ngot\n%s", row->what, file - kinds, ways[way],
                     (char *)want.data, (char *)got.data);
        cr_assert(row->lost || got.len == want.len - 1, "%s", (char *)got.data);
    }
    esi_buf_free(&bytes);
    esi_buf_free(&want);
    esi_buf_free(&got);
}

Test(capture_garbage, is_left_aside)
{
    static const struct row rows[] = {
        {"one byte", 5, 1, 0xee, 5, false},
        {"three bytes", 5, 3, 'a', 5, false},
        {"half a header", 5, 8, 0, 5, false},
        {"zeros, as many as a header", 5, 16, 0, 5, false},
        {"a header and a half", 5, 24, 0xff, 5, false},
        {"a page of zeros", 5, 4096, 0, 5, false},
        {"a page of anything", 5, 4096, -1, 5, false},
        {"before the first record", 0, 100, 0xee, 0, false},
        {"behind the first record", 1, 100, -1, 1, false},
        {"before the last two", 10, 100, 0xee, 10, false},
        {"before the last", 11, 100, 0xee, 11, false},
        {"in the place of records", 3, 60, 0xee, 7, false},
        {"no record behind it", 12, 100, 0xee, 12, true},
        {"zeros to the end", 12, 5000, 0, 12, true},
    };
    char *folder = temp_folder_new();
    const char *path = temp_path(folder, "a");

    for (size_t k = 0; k < ESI_COUNT(kinds); k++)
        for (size_t r = 0; r < ESI_COUNT(rows); r++)
            check_row(path, &kinds[k], &rows[r]);
    temp_folder_free(folder);
}

Test(capture_garbage, odd_records_that_follow_one_another)
{
    static const struct {
        const char *what;
        uint32_t fraction, caplen, len;
        const char *told;
    } rows[] = {
        {"a fraction of more than a second", 5000000, 20, 20, "20/20 @1700000005.000000000 1\n"},
        {"a fraction of 32 bits", UINT32_MAX, 20, 20, "20/20 @1700004294.967295000 1\n"},
        {"shorter than what was captured", 5, 20, 10, "20/20 @1700000000.000005000 1\n"},
        {"no byte captured", 5, 0, 60, "0/60 @1700000000.000005000 1\n"},
    };
    char *folder = temp_folder_new();
    const char *path = temp_path(folder, "a");

    for (size_t r = 0; r < 2 * ESI_COUNT(rows); r++) {
        const struct classic kind = {.linktype = 1, .snaplen = 262144, .big = r % 2 == 1};
        struct esi_buf bytes = {0}, got = {0};
        put_pcap_head(&bytes, &kind);
        put_pcap_record(&bytes, &kind, SECOND, rows[r / 2].fraction, rows[r / 2].caplen,
                        rows[r / 2].len);
        put_pcap_record(&bytes, &kind, SECOND, 6, 20, 20);
        write_file(path, esi_buf_slice(&bytes));
        tell_file(path, true, &got);
        char *second = strchr((char *)got.data, '\n');
        cr_assert(second && strcmp(second + 1, "20/20 @1700000000.000006000 1\n") == 0, "%s: %s",
                  rows[r / 2].what, (char *)got.data);
        cr_assert_eq(strncmp((char *)got.data, rows[r / 2].told, strlen(rows[r / 2].told)), 0,
                     "%s: %s", rows[r / 2].what, (char *)got.data);
        esi_buf_free(&bytes);
        esi_buf_free(&got);
    }
    temp_folder_free(folder);
}

/* A silence of more than a day makes a record odd, and no other behind it can bear it out where the
 * file ends. */
Test(capture_garbage, the_last_record_behind_a_long_silence)
{
    static const struct {
        const char *what;
        size_t caplen, tail; /* bytes of the record, and behind it */
        bool taken;
    } rows[] = {{"whole, at the end", 20, 0, true},
                {"whole, and a byte", 20, 1, true},
                {"whole, and a header but for a byte", 20, 15, true},
                {"not whole", 19, 0, false}};
    char *folder = temp_folder_new();
    const char *path = temp_path(folder, "a");

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        struct esi_buf bytes = {0}, got = {0};
        put_pcap_head(&bytes, &kinds[0]);
        put_pcap_record(&bytes, &kinds[0], SECOND, 5, 20, 20);
        put_pcap_record(&bytes, &kinds[0], SECOND + 5 * 86400, 5, 20, 20);
        bytes.len -= 20 - rows[r].caplen;
        put_filling(&bytes, 1, rows[r].tail);
        write_file(path, esi_buf_slice(&bytes));
        tell_file(path, true, &got);
        const char *last = strstr((char *)got.data, "20/20 @1700432000.000005000 1\n");
        cr_assert_eq(last != NULL, rows[r].taken, "%s: %s", rows[r].what, (char *)got.data);
        cr_assert_eq(strstr((char *)got.data, "cut off in frame ") != NULL,
                     rows[r].tail > 0 || !rows[r].taken, "%s: %s", rows[r].what, (char *)got.data);
        esi_buf_free(&bytes);
        esi_buf_free(&got);
    }
    temp_folder_free(folder);
}

Test(capture_garbage, to_the_end_is_counted)
{
    char *folder = temp_folder_new();
    const char *path = temp_path(folder, "a");
    struct esi_buf bytes = {0};
    struct esi_error err;
    struct esi_frame frame;

    put_pcap_head(&bytes, &kinds[0]);
    put_records(&bytes, &kinds[0], 0, 3);
    put_filling(&bytes, 0xee, 20);
    put_records(&bytes, &kinds[0], 3, 6);
    put_filling(&bytes, 0xee, 500);
    write_file(path, esi_buf_slice(&bytes));
    struct esi_capture *capture = esi_capture_open(&path, 1, NULL, false, &err);
    while (esi_capture_next(capture, &frame) == ESI_STEP_ITEM)
        ;
    const struct esi_capture_file *file = esi_capture_file(capture, 0);
    cr_assert_eq(file->frames, 6);
    cr_assert_eq(file->garbage_places, 2);
    cr_assert_eq(file->garbage_bytes, 520);
    cr_assert(strstr(file->why_not, "20 bytes that are no record in front of frame 4, "), "%s",
              file->why_not);
    cr_assert(strstr(file->why_not, "read on behind them; unreadable from frame 7 on: "), "%s",
              file->why_not);
    esi_capture_close(capture);
    esi_buf_free(&bytes);
    temp_folder_free(folder);
}

/* Many places, and a long one: each byte is looked at a few times, not more. */
Test(capture_garbage, takes_no_longer_where_there_is_more, .timeout = 60)
{
    enum { PLACES = 3000, LONG = 8 << 20 };
    char *folder = temp_folder_new();
    const char *path = temp_path(folder, "a");
    struct esi_buf bytes = {0};
    struct esi_error err;
    struct esi_frame frame;

    put_pcap_head(&bytes, &kinds[0]);
    for (unsigned p = 0; p < PLACES; p++) {
        put_records(&bytes, &kinds[0], 0, 3);
        put_filling(&bytes, 0xee, 20);
    }
    put_filling(&bytes, -1, LONG);
    put_records(&bytes, &kinds[0], 0, 3);
    write_file(path, esi_buf_slice(&bytes));
    struct esi_capture *capture = esi_capture_open(&path, 1, NULL, false, &err);
    while (esi_capture_next(capture, &frame) == ESI_STEP_ITEM)
        ;
    const struct esi_capture_file *file = esi_capture_file(capture, 0);
    cr_assert_eq(file->frames, 3 * PLACES + 3);
    cr_assert_eq(file->garbage_places, PLACES);
    cr_assert_eq(file->garbage_bytes, PLACES * 20 + LONG);
    cr_assert(strstr(file->why_not, "20 bytes that are no record in front of frame 4, from byte "),
              "%s", file->why_not);
    cr_assert(strstr(file->why_not, "; so in 2999 more places"), "%s", file->why_not);
    esi_capture_close(capture);
    esi_buf_free(&bytes);
    temp_folder_free(folder);
}

Test(capture_garbage, frame_check_sequences)
{
    static const struct {
        uint32_t linktype;
        const char *told;
    } rows[] = {{0x00000001, "20/60 @1.000005000 1\n"},
                {0x24000001, "20/60 @1.000005000 1 fcs 4\n"},
                {0x20000001, "20/60 @1.000005000 1\n"},
                {0x04000001, "20/60 @1.000005000 1\n"}};
    char *folder = temp_folder_new();
    const char *path = temp_path(folder, "a");

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        const struct classic file = {.linktype = rows[r].linktype, .snaplen = 96};
        struct esi_buf bytes = {0}, got = {0};
        put_pcap_head(&bytes, &file);
        put_pcap_record(&bytes, &file, 1, 5, 20, 60);
        write_file(path, esi_buf_slice(&bytes));
        tell_file(path, true, &got);
        cr_assert_str_eq((char *)got.data, rows[r].told);
        esi_buf_free(&bytes);
        esi_buf_free(&got);
    }
    temp_folder_free(folder);
}
