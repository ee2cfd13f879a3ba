/*
 * rewrite_laws.c - what a rewritten capture looks like, frame by frame, whatever carries it.
 *
 * Each row is a conversation and a plan for it. A frame that is to change must come out as if it
 * had been built with its new payload in the first place: its length, headers and checksum, made
 * anew or by difference, are then right. Every other frame must come out as it was.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "esi/rewrite.h"

#include "rewrite_run.h"
#include "support/frames.h"

enum { FIN = ESI_TCP_FIN, SYN = ESI_TCP_SYN, RST = ESI_TCP_RST, ACK = ESI_TCP_ACK };
enum { FRAMES = 10, EDITS = 3, SHAKES = 2 };

static const char dropped[] = "(dropped)";

struct line {
    const char *payload;
    const char *wanted; /* NULL: as it was */
    bool to_client;
    uint8_t flags;     /* besides ACK */
    int32_t at;        /* stream offset */
    uint32_t captured; /* bytes of the payload, 0: all */
    bool bad_checksum; /* of the payload as it was */
};

struct row {
    const char *what;
    struct line lines[FRAMES];
    struct esi_edit edits[EDITS];
    struct esi_edit discard; /* its dir and span */
    struct esi_cut cut;      /* frame: place in lines, from 1; 0: none */
    bool midstream;          /* no handshake */
};

#define TO_CLIENT(at_, text, ...)                                                                  \
    {                                                                                              \
        .payload = text, .to_client = true, .at = at_, __VA_ARGS__                                 \
    }
#define TO_SERVER(at_, text, ...)                                                                  \
    {                                                                                              \
        .payload = text, .at = at_, __VA_ARGS__                                                    \
    }

static const struct row rows[] = {
    {"nothing planned", {TO_CLIENT(0, "220 a\r\n"), TO_SERVER(0, "QUIT\r\n")}, .midstream = false},
    {"a greeting",
     {TO_CLIENT(0, "220 mail ESMTP\r\n", .wanted = "220 **********\r\n"),
      TO_SERVER(0, "EHLO a\r\n")},
     .edits = {{.dir = ESI_TO_CLIENT, .span = {4, 12}, .fill = '*', .keep_eol = true}}},
    {"both directions, flags and all",
     {TO_CLIENT(0, "220 abc\r\n", .wanted = "220 XXX\r\n"),
      TO_SERVER(0, "KILL me\r\n", .wanted = "XXXX me\r\n", .flags = ESI_TCP_PSH),
      TO_CLIENT(9, "x", .wanted = "A", .flags = FIN)},
     .edits = {{.dir = ESI_TO_CLIENT, .span = {4, 3}, .fill = 'X'},
               {.dir = ESI_TO_SERVER, .span = {0, 4}, .fill = 'X'},
               {.dir = ESI_TO_CLIENT, .span = {9, 1}, .fill = 'A'}}},
    {"retransmitted",
     {TO_SERVER(0, "KILL\r\n", .wanted = "XXXX\r\n"),
      TO_SERVER(0, "KILL\r\n", .wanted = "XXXX\r\n"), TO_SERVER(0, "K", .wanted = "X"),
      TO_SERVER(6, "QUIT\r\n")},
     .edits = {{.span = {0, 4}, .fill = 'X'}}},
    {"overlapping, and other bytes the second time",
     {TO_SERVER(0, "abcdefgh", .wanted = "ab123---"),
      TO_SERVER(4, "EFGHIJKL", .wanted = "3---I..."), TO_SERVER(0, "a")},
     .edits = {{.span = {2, 6}, .fill = '-', .head_len = 3, .head = "123"},
               {.span = {9, 3}, .fill = '.'}}},
    {"across segments of odd lengths",
     {TO_CLIENT(0, "250-S", .wanted = "250-X"), TO_CLIENT(5, "TAR", .wanted = "XXX"),
      TO_CLIENT(8, "TTLS\r\n", .wanted = "XXXA\r\n"), TO_CLIENT(14, "250 x\r\n")},
     .edits = {{.dir = ESI_TO_CLIENT, .span = {4, 8}, .fill = 'X', .tail_len = 1, .tail = "A"}}},
    {"out of order",
     {TO_SERVER(4, "efgh", .wanted = "XXgh"), TO_SERVER(0, "abcd", .wanted = "abXX")},
     .edits = {{.span = {2, 4}, .fill = 'X'}}},
    {"written over with what it was: the wrong checksum stays, too",
     {TO_SERVER(0, "XXXX\r\n", .bad_checksum = true)},
     .edits = {{.span = {0, 4}, .fill = 'X'}}},
    {"a changed frame gets a right checksum",
     {TO_SERVER(0, "KILL\r\n", .wanted = "XXXX\r\n", .bad_checksum = true)},
     .edits = {{.span = {0, 4}, .fill = 'X'}}},
    {"cut by the snap length, behind the edit",
     {TO_SERVER(0, "KILL me\r\n", .wanted = "XXXX me\r\n", .captured = 5)},
     .edits = {{.span = {0, 4}, .fill = 'X'}}},
    {"cut by the snap length in an odd place, right behind the edit",
     {TO_SERVER(0, "aKILLme\r\n", .wanted = "aXXXXme\r\n", .captured = 5),
      TO_SERVER(9, "b", .captured = 1)},
     .edits = {{.span = {1, 4}, .fill = 'X'}}},
    {"picked up in its middle: bytes from before stay",
     {TO_SERVER(5, "fghij", .wanted = "XXhij"), TO_SERVER(0, "abcdefghij", .wanted = "abcdeXXhij"),
      TO_SERVER(0, "abcde"), TO_SERVER(1, "bcdef", .wanted = "bcdeX")},
     .edits = {{.span = {0, 2}, .fill = 'X'}},
     .midstream = true},
    {"picked up in its middle, with a SYN of before",
     {TO_CLIENT(5, "fghij", .wanted = "XXhij"),
      TO_CLIENT(-1, "abcdefgh", .flags = SYN | ACK, .wanted = "abcdeXXh")},
     .edits = {{.dir = ESI_TO_CLIENT, .span = {0, 2}, .fill = 'X'}},
     .midstream = true},
    {"a reset of before anything else is nowhere in the stream",
     {TO_SERVER(0, "abcdef", .flags = RST), TO_SERVER(0, "abcdef", .flags = RST)},
     .edits = {{.span = {0, 2}, .fill = 'X'}},
     .midstream = true},
    {"a cut",
     {TO_SERVER(0, "ab"), TO_SERVER(8, "up"), TO_SERVER(8, "over it", .wanted = dropped),
      TO_SERVER(10, "with it", .wanted = dropped), TO_CLIENT(12, "250 x\r\n"),
      TO_SERVER(2, "cdefghijk", .wanted = dropped), TO_CLIENT(19, "250 y\r\n", .wanted = dropped),
      TO_SERVER(0, "ab", .wanted = dropped), TO_SERVER(12, "", .wanted = dropped),
      TO_CLIENT(26, "", .flags = RST, .wanted = dropped)},
     .cut = {.frame = 6, .offset = 10}},
    {"edits before a cut",
     {TO_SERVER(0, "KILL\r\n", .wanted = "XXXX\r\n"), TO_SERVER(12, ""),
      TO_SERVER(6, "WIZ\r\n", .wanted = dropped)},
     .edits = {{.span = {0, 4}, .fill = 'X'}, {.span = {6, 3}, .fill = 'X'}},
     .cut = {.frame = 3, .offset = 6}},
    {"discarded bytes",
     {TO_SERVER(0, "0123"), TO_SERVER(4, "4567", .wanted = dropped),
      TO_SERVER(4, "45", .wanted = dropped), TO_SERVER(3, "34567"), TO_SERVER(7, "78"),
      TO_SERVER(4, "4567", .flags = FIN), TO_SERVER(5, ""), TO_CLIENT(4, "4567"),
      TO_SERVER(4, "456789", .captured = 4)},
     .discard = {.span = {4, 4}}},
    {"data on the SYN",
     {TO_SERVER(-1, "EHLO a\r\n", .flags = SYN, .wanted = "EHLO X\r\n"), TO_SERVER(8, "QUIT\r\n")},
     .edits = {{.span = {5, 1}, .fill = 'X'}},
     .midstream = true},
};

/* How all rows travel. */
struct way {
    enum frame_link link;
    enum frame_ip ip;
    uint32_t isn;
    uint8_t options;
    bool nanosecond;
};

static struct frame_spec
spec_of(const struct way *way, const struct line *line, const char *payload)
{
    uint32_t isn = line->to_client ? way->isn + 77777 : way->isn;

    return (struct frame_spec){.link = way->link,
                               .ip = way->ip,
                               .to_client = line->to_client,
                               .seq = isn + 1 + (uint32_t)line->at,
                               .ack = way->isn + 1,
                               .flags = line->flags & SYN ? line->flags : line->flags | ACK,
                               .options = way->options,
                               .payload = esi_slice_of(payload),
                               .bad_checksum = line->bad_checksum && payload == line->payload};
}

static size_t
captured_of(const struct line *line, size_t wire_len)
{
    return line->captured > 0 ? wire_len - strlen(line->payload) + line->captured : wire_len;
}

static const struct line shakes[SHAKES] = {
    {.payload = "", .flags = SYN, .at = -1},
    {.payload = "", .flags = SYN, .at = -1, .to_client = true},
};

static size_t
line_count(const struct row *row)
{
    size_t count = 0;

    while (count < FRAMES && row->lines[count].payload)
        count++;
    return count;
}

/* write_frames - as they were, or as they are wanted. */
static void
write_frames(const struct row *row, const struct way *way, const char *path, bool wanted)
{
    static uint8_t frame[FRAME_MOST];
    struct frame_file file;

    frame_file_open(&file, path, frame_linktype(way->link), 65535, way->nanosecond);
    for (size_t s = 0; s < SHAKES && !row->midstream; s++) {
        struct frame_spec spec = spec_of(way, &shakes[s], "");
        spec.flags = s == 0 ? SYN : SYN | ACK;
        frame_file_add(&file, frame, frame_build(frame, &spec), 0);
    }
    for (size_t l = 0; l < line_count(row); l++) {
        const struct line *line = &row->lines[l];
        bool other = wanted && line->wanted;
        if (other && line->wanted == dropped) {
            file.now += file.step;
            continue;
        }
        struct frame_spec spec = spec_of(way, line, other ? line->wanted : line->payload);
        size_t len = frame_build(frame, &spec);
        frame_file_add(&file, frame, len, captured_of(line, len));
    }
    frame_file_close(&file);
}

static struct esi_plan *
plan_of(const struct row *row)
{
    struct esi_plan *plan = esi_plan_new();

    for (size_t e = 0; e < EDITS; e++)
        esi_plan_add_edit(plan, 1, &row->edits[e]);
    esi_plan_add_discard(plan, 1, row->discard.dir, row->discard.span);
    if (row->cut.frame > 0) {
        struct esi_cut cut = row->cut;
        cut.frame += row->midstream ? 0 : SHAKES;
        esi_plan_add_cut(plan, 1, &cut);
    }
    esi_plan_seal(plan);
    return plan;
}

/* name_of - of a row and its way, for messages. */
static const char *
name_of(const char *what, const struct way *way)
{
    static char name[160];

    snprintf(name, sizeof name, "%s, link %d, IP %d, options %u", what, (int)way->link,
             (int)way->ip, (unsigned)way->options);
    return name;
}

static void
check_stats(const struct row *row, const struct esi_rewrite_stats *stats)
{
    size_t count = line_count(row), changed = 0, gone = 0, adjusted = 0;

    for (size_t l = 0; l < count; l++) {
        const struct line *line = &row->lines[l];
        bool other = line->wanted && line->wanted != dropped;
        gone += line->wanted == dropped;
        changed += other;
        adjusted += other && line->captured > 0;
    }
    cr_assert_eq(stats->frames_read, count + (row->midstream ? 0 : SHAKES), "%s", row->what);
    cr_assert_eq(stats->frames_dropped, gone, "%s", row->what);
    cr_assert_eq(stats->frames_written, stats->frames_read - gone, "%s", row->what);
    cr_assert_eq(stats->frames_changed, changed, "%s", row->what);
    cr_assert_eq(stats->checksums_adjusted, adjusted, "%s", row->what);
    cr_assert_eq(stats->bytes_changed > 0, changed > 0, "%s", row->what);
}

static void
check_row(const struct row *row, const struct way *way, const char *folder)
{
    const char *in = temp_path(folder, "in.pcap"), *out = temp_path(folder, "out.pcap"),
               *wanted = temp_path(folder, "wanted.pcap"), *again = temp_path(folder, "again.pcap");
    struct esi_rewrite_stats stats;
    struct esi_plan *plan = plan_of(row);

    write_frames(row, way, in, false);
    write_frames(row, way, wanted, true);
    rewrite(in, out, plan, false, &stats);
    check_same_file(out, wanted, name_of(row->what, way));
    check_stats(row, &stats);
    if (stats.frames_dropped == 0) {
        rewrite(out, again, plan, false, &stats);
        check_same_file(again, wanted, name_of("twice", way));
        cr_assert_eq(stats.frames_changed, 0, "%s, twice", row->what);
    }
    esi_plan_free(plan);
}

Test(rewrite_laws, frames_come_out_as_wanted)
{
    char *folder = temp_folder_new();

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        for (int link = 0; link < FRAME_LINKS; link++) {
            for (int ip = 0; ip < FRAME_IPS; ip++) {
                struct way plain = {(enum frame_link)link, (enum frame_ip)ip, 1000, 0, false};
                struct way wrapping = {(enum frame_link)link, (enum frame_ip)ip, UINT32_MAX - 3, 12,
                                       true};
                check_row(&rows[r], &plain, folder);
                check_row(&rows[r], &wrapping, folder);
            }
        }
    }
    temp_folder_free(folder);
}
