/* rewrite_sections.c - new blocks in pcapng files: those that classic files become, alone and
 * beside others, and frames that were made. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "support/frames.h"
#include "support/ng.h"
#include "support/ng_copy.h"

#define NONE ((struct esi_slice){NULL, 0})

static const struct esi_slice text = {(const uint8_t *)"some bytes of a frame", 21};

static void
tell(const char *path, struct esi_buf *out)
{
    struct esi_error err = {0};
    struct esi_frame frame;
    struct esi_capture *capture = esi_capture_open(&path, 1, NULL, false, &err);

    cr_assert_not_null(capture);
    while (esi_capture_next(capture, &frame) == ESI_STEP_ITEM)
        esi_buf_printf(out, "%zu/%u @%lld.%09lld %d%s\n", frame.bytes.len, frame.wire_len,
                       (long long)frame.ts / 1000000000, (long long)frame.ts % 1000000000,
                       frame.linktype, frame.fcs_len == 4 ? " fcs" : "");
    cr_assert(esi_capture_file(capture, 0)->complete, "%s", esi_capture_file(capture, 0)->why_not);
    esi_buf_byte(out, '\0');
    esi_capture_close(capture);
}

static void
put_classic(const char *path, int linktype, uint32_t snaplen, bool nanosecond, esi_nanos at,
            unsigned frames, bool fcs)
{
    static uint8_t bytes[262144];
    static const size_t wire[] = {60, 61, 300000, 0};
    static const size_t caplen[] = {60, 35, 262144, 0};
    struct frame_file file;

    frame_file_open(&file, path, linktype, snaplen, nanosecond);
    file.now = at;
    file.step = 1001001001;
    for (unsigned f = 0; f < frames; f++)
        frame_file_add(&file, bytes, wire[f], caplen[f]);
    if (fcs) { /* of four bytes, in the header */
        uint32_t word = (uint32_t)linktype | 1U << 26 | 2U << 28;
        fseek(file.file, 20, SEEK_SET);
        fwrite(&word, sizeof word, 1, file.file);
        fseek(file.file, 0, SEEK_END);
    }
    frame_file_close(&file);
}

static void
count_blocks(struct esi_slice bytes, unsigned *sections, unsigned *interfaces)
{
    uint32_t type, length;

    *sections = *interfaces = 0;
    for (size_t at = 0; at < bytes.len; at += length) {
        memcpy(&type, bytes.ptr + at, sizeof type);
        memcpy(&length, bytes.ptr + at + 4, sizeof length);
        *sections += type == 0x0a0d0d0a;
        *interfaces += type == 1;
    }
}

Test(rewrite_sections, of_classic_files)
{
    static const struct {
        const char *what;
        struct {
            int linktype;
            uint32_t snaplen;
            bool nanosecond, fcs, pcapng;
            esi_nanos at;
            unsigned frames;
        } in[4];
        unsigned sections, interfaces;
        const char *told;
    } rows[] = {
        {"microseconds",
         {{1, 262144, false, false, false, 1700000000123456000, 2}},
         1,
         1,
         "60/60 @1700000000.123456000 1\n35/61 @1700000001.124457000 1\n"},
        {"nanoseconds, and a frame of 256 kB",
         {{101, 96, true, false, false, 1700000000123456789, 3}},
         1,
         1,
         "60/60 @1700000000.123456789 12\n35/61 @1700000001.124457790 12\n"
         "262144/300000 @1700000002.125458791 12\n"},
        {"a check sequence",
         {{1, 0, false, true, false, 7000000000, 1}},
         1,
         1,
         "60/60 @7.000000000 1 fcs\n"},
        {"no frames", {{113, 96, false, false, false, 7, 0}}, 1, 1, ""},
        {"the year 2100",
         {{1, 96, true, false, false, 4102444800000000001, 1}},
         1,
         1,
         "60/60 @4102444800.000000001 1\n"},
        {"several link types, in the order of reading",
         {{1, 96, true, false, false, 9000000000, 1},
          {101, 65535, false, false, false, 3000000000, 1},
          {113, 65535, false, false, false, 5000000000, 0},
          {276, 96, true, false, false, 6000000001, 2}},
         4,
         4,
         "60/60 @3.000000000 12\n60/60 @6.000000001 276\n35/61 @7.001001002 276\n"
         "60/60 @9.000000000 1\n"},
        {"beside pcapng files",
         {{1, 0, true, false, true, 9000000000, 1},
          {101, 65535, false, false, false, 3000000000, 1},
          {113, 0, false, false, true, 2000000000, 2}},
         3,
         3,
         "21/21 @2.000000000 113\n21/21 @3.000000000 113\n60/60 @3.000000000 12\n"
         "21/21 @9.000000000 1\n"},
    };

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        char *folder = temp_folder_new();
        const char *paths[4] = {temp_path(folder, "0"), temp_path(folder, "1"),
                                temp_path(folder, "2"), temp_path(folder, "3")};
        const char *out = temp_path(folder, "out.pcapng");
        struct esi_buf told = {0};
        struct esi_error err = {0};
        uint64_t lost = 0;
        size_t count = 0;

        for (; count < 4 && rows[r].in[count].at > 0; count++) {
            struct ng ng = {0};
            if (!rows[r].in[count].pcapng) {
                put_classic(paths[count], rows[r].in[count].linktype, rows[r].in[count].snaplen,
                            rows[r].in[count].nanosecond, rows[r].in[count].at,
                            rows[r].in[count].frames, rows[r].in[count].fcs);
                continue;
            }
            ng_section(&ng, false);
            ng_interface(&ng, (uint16_t)rows[r].in[count].linktype, 0, NONE);
            for (unsigned f = 0; f < rows[r].in[count].frames; f++)
                ng_frame(&ng, 0, (uint64_t)rows[r].in[count].at / 1000 + f * 1000000U, text, 21,
                         NONE);
            write_whole_file(paths[count], esi_buf_slice(&ng.bytes));
            esi_buf_free(&ng.bytes);
        }
        struct ng_copy how = {
            .paths = paths, .count = count, .out = out, .format = ESI_REWRITE_PCAPNG};
        cr_assert(ng_copy(&how, &lost, &err), "%s: %s", rows[r].what, err.text);
        tell(out, &told);
        cr_assert_str_eq((char *)told.data, rows[r].told, "%s:\n%s", rows[r].what,
                         (char *)told.data);
        struct esi_buf bytes = read_whole_file(out);
        unsigned sections, interfaces;
        count_blocks(esi_buf_slice(&bytes), &sections, &interfaces);
        cr_assert(sections == rows[r].sections && interfaces == rows[r].interfaces, "%s: %u, %u",
                  rows[r].what, sections, interfaces);
        esi_buf_free(&bytes);
        esi_buf_free(&told);
        temp_folder_free(folder);
    }
}

static void
replace(void *ctx, const struct esi_frame *frame, struct ng_fate *out)
{
    (void)ctx;
    out->drop = out->made = frame->number == 2;
}

/* A frame that was made is on the interface of the one it answers, and at its time. */
Test(rewrite_sections, made_frames)
{
    char *folder = temp_folder_new();
    const char *in = temp_path(folder, "in"), *out = temp_path(folder, "out.pcapng");

    for (unsigned big = 0; big < 2; big++) {
        struct ng ng = {0};
        struct esi_buf nano = {0}, told = {0};
        struct esi_error err = {0};
        uint64_t lost = 0;
        ng_section(&ng, big);
        put_option(&nano, big, 9, ESI_LIT("\x09"));
        ng_interface(&ng, 1, 0, NONE);
        ng_interface(&ng, 113, 0, esi_buf_slice(&nano));
        ng_frame(&ng, 0, 5000000, text, 21, NONE);
        ng_frame(&ng, 1, 6000000007, text, 21, NONE);
        ng_frame(&ng, 0, 7000000, text, 21, NONE);
        write_whole_file(in, esi_buf_slice(&ng.bytes));
        struct ng_copy how = {
            .paths = &in, .count = 1, .out = out, .format = ESI_REWRITE_PCAPNG, .fate = replace};
        cr_assert(ng_copy(&how, &lost, &err), "%s", err.text);
        tell(out, &told);
        cr_assert_str_eq((char *)told.data, "21/21 @5.000000000 1\n21/21 @6.000000007 113\n"
                                            "21/21 @7.000000000 1\n");
        esi_buf_free(&told);
        esi_buf_free(&nano);
        esi_buf_free(&ng.bytes);
    }
    temp_folder_free(folder);
}
