/*
 * rewrite_fragments.c - segments that come in IP fragments, rewritten, frame by frame.
 *
 * Each row is a datagram in pieces, in whatever order and however often they come, with a segment
 * in one frame before it and another behind, and a plan. Every frame has to come out as if its
 * segment had been built with the new payload, and cut then: the two bytes of the checksum too, in
 * whichever piece they lie. Where the datagram does not pass, none of its pieces does.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "esi/packet.h"
#include "esi/rewrite.h"

#include "rewrite_run.h"
#include "support/frames.h"

enum { PIECES = 9, ISN = 1000, BEFORE_LEN = 6, SHAKES = 2 };

enum fate { PASSES, IS_CUT, IS_DISCARDED };

struct row {
    const char *what;
    struct frame_piece pieces[PIECES]; /* of what IP carries: the TCP header is 20 bytes of it */
    struct esi_edit edit;              /* its span begins at the datagram's first payload byte */
    const char *wanted;
    size_t changed; /* frames */
    enum fate fate;
    size_t whole_with; /* a cut: the piece, from 1, that makes the datagram whole */
};

static const char before[] = "NOOP\r\n", behind[] = "QUIT\r\n";
static const char payload[] = "MAIL FROM:<a@example.net>\r\n"; /* 47 bytes with the header */

static const struct row rows[] = {
    {"nothing planned", {{0, 24}, {24, 23}}, .wanted = payload},
    {"the edit lies in one fragment, the checksum in another",
     {{0, 24}, {24, 23}},
     .edit = {.span = {11, 3}, .fill = 'X'},
     .wanted = "MAIL FROM:<XXXxample.net>\r\n",
     .changed = 2},
    {"the edit spans two fragments",
     {{0, 24}, {24, 23}},
     .edit = {.span = {2, 7}, .fill = 'X', .tail_len = 2, .tail = "\r\n"},
     .wanted = "MAXXXXX\r\n:<a@example.net>\r\n",
     .changed = 2},
    {"the edit spans three fragments",
     {{0, 24}, {24, 8}, {32, 15}},
     .edit = {.span = {2, 15}, .fill = 'X', .head_len = 1, .head = "-"},
     .wanted = "MA-XXXXXXXXXXXXXXple.net>\r\n",
     .changed = 3},
    {"backwards",
     {{32, 15}, {24, 8}, {0, 24}},
     .edit = {.span = {2, 15}, .fill = 'X'},
     .wanted = "MAXXXXXXXXXXXXXXXple.net>\r\n",
     .changed = 3},
    {"the checksum in the second fragment, the edit in the last",
     {{0, 16}, {16, 16}, {32, 15}},
     .edit = {.span = {20, 4}, .fill = 'X'},
     .wanted = "MAIL FROM:<a@exampleXXXX>\r\n",
     .changed = 2},
    {"every fragment twice",
     {{0, 24}, {0, 24}, {24, 8}, {24, 8}, {32, 15}, {32, 15}},
     .edit = {.span = {2, 15}, .fill = 'X'},
     .wanted = "MAXXXXXXXXXXXXXXXple.net>\r\n",
     .changed = 6},
    {"backwards, and every fragment once more when all have come",
     {{32, 15}, {24, 8}, {0, 24}, {32, 15}, {24, 8}, {0, 24}},
     .edit = {.span = {2, 15}, .fill = 'X'},
     .wanted = "MAXXXXXXXXXXXXXXXple.net>\r\n",
     .changed = 6},
    {"a fragment of nothing that changes stays",
     {{0, 24}, {24, 16}, {40, 7}},
     .edit = {.span = {0, 12}, .fill = 'X'},
     .wanted = "XXXXXXXXXXXX@example.net>\r\n",
     .changed = 2},
    {"written over with what it was",
     {{0, 24}, {24, 23}},
     .edit = {.span = {2, 2}, .fill = 'X', .head_len = 2, .head = "IL"},
     .wanted = payload},
    {"cut", {{0, 24}, {24, 8}, {32, 15}}, .fate = IS_CUT, .whole_with = 3},
    {"cut, backwards", {{32, 15}, {24, 8}, {0, 24}}, .fate = IS_CUT, .whole_with = 3},
    {"cut, every fragment twice",
     {{0, 24}, {0, 24}, {24, 23}, {24, 23}},
     .fate = IS_CUT,
     .whole_with = 3},
    {"discarded", {{0, 24}, {24, 8}, {32, 15}}, .fate = IS_DISCARDED},
    {"discarded, backwards and twice",
     {{32, 15}, {32, 15}, {24, 8}, {24, 8}, {0, 24}, {0, 24}},
     .fate = IS_DISCARDED},
};

struct way {
    enum frame_link link;
    enum frame_ip ip;
};

static struct frame_spec
spec_of(const struct way *way, uint32_t at, const char *text)
{
    return (struct frame_spec){.link = way->link,
                               .ip = way->ip,
                               .seq = ISN + 1 + at,
                               .ack = ISN + 1,
                               .flags = ESI_TCP_ACK,
                               .payload = esi_slice_of(text)};
}

static void
add_segment(struct frame_file *file, const struct frame_spec *spec)
{
    static uint8_t frame[FRAME_MOST];

    frame_file_add(file, frame, frame_build(frame, spec), 0);
}

static void
add_shakes(struct frame_file *file, const struct way *way)
{
    for (int s = 0; s < SHAKES; s++) {
        struct frame_spec spec = spec_of(way, 0, "");
        spec.seq = ISN;
        spec.to_client = s == 1;
        spec.flags = s == 1 ? ESI_TCP_SYN | ESI_TCP_ACK : ESI_TCP_SYN;
        add_segment(file, &spec);
    }
}

static size_t
piece_count(const struct row *row)
{
    size_t count = 0;

    while (count < PIECES && row->pieces[count].len > 0)
        count++;
    return count;
}

static void
add_pieces(struct frame_file *file, const struct row *row, const struct frame_spec *spec, bool gone)
{
    static uint8_t frame[FRAME_MOST];

    for (size_t p = 0; p < piece_count(row); p++) {
        if (gone)
            file->now += file->step;
        else
            frame_file_add(file, frame, frame_build_piece(frame, spec, row->pieces[p]), 0);
    }
}

/* write_frames - as they were, or as they are wanted. */
static void
write_frames(const struct row *row, const struct way *way, const char *path, bool wanted)
{
    enum fate fate = wanted ? row->fate : PASSES;
    bool other = wanted && row->wanted;
    struct frame_spec first = spec_of(way, 0, before),
                      datagram = spec_of(way, BEFORE_LEN, other ? row->wanted : payload),
                      last = spec_of(way, BEFORE_LEN + sizeof payload - 1, behind);
    struct frame_file file;

    frame_file_open(&file, path, frame_linktype(way->link), 65535, false);
    add_shakes(&file, way);
    add_segment(&file, &first);
    add_pieces(&file, row, &datagram, fate != PASSES);
    if (fate != IS_CUT)
        add_segment(&file, &last);
    frame_file_close(&file);
}

static struct esi_plan *
plan_of(const struct row *row)
{
    struct esi_plan *plan = esi_plan_new();
    struct esi_edit edit = row->edit;

    edit.span.offset += BEFORE_LEN;
    if (edit.span.len > 0)
        esi_plan_add_edit(plan, 1, &edit);
    if (row->fate == IS_DISCARDED)
        esi_plan_add_discard(plan, 1, ESI_TO_SERVER,
                             (struct esi_span){BEFORE_LEN, sizeof payload - 1});
    if (row->fate == IS_CUT)
        esi_plan_add_cut(
            plan, 1,
            &(struct esi_cut){.frame = SHAKES + 1 + row->whole_with, .offset = BEFORE_LEN + 4});
    esi_plan_seal(plan);
    return plan;
}

/* name_of - of a row and its way, for messages. */
static const char *
name_of(const char *what, const struct way *way)
{
    static char name[160];

    snprintf(name, sizeof name, "%s, link %d, IP %d", what, (int)way->link, (int)way->ip);
    return name;
}

static void
check_stats(const struct row *row, const struct esi_rewrite_stats *stats)
{
    size_t pieces = piece_count(row), gone = row->fate == PASSES ? 0 : pieces;

    gone += row->fate == IS_CUT; /* what comes behind, too */
    cr_assert_eq(stats->frames_read, SHAKES + 2 + pieces, "%s", row->what);
    cr_assert_eq(stats->frames_dropped, gone, "%s", row->what);
    cr_assert_eq(stats->frames_written, stats->frames_read - gone, "%s", row->what);
    cr_assert_eq(stats->frames_changed, row->changed, "%s: %d", row->what,
                 (int)stats->frames_changed);
    cr_assert_eq(stats->bytes_changed > 0, row->changed > 0, "%s", row->what);
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
    rewrite(in, out, plan, true, &stats);
    check_same_file(out, wanted, name_of(row->what, way));
    check_stats(row, &stats);
    if (row->fate == PASSES) {
        rewrite(out, again, plan, true, &stats);
        check_same_file(again, wanted, name_of("twice", way));
        cr_assert_eq(stats.frames_changed, 0, "%s, twice", row->what);
    }
    esi_plan_free(plan);
}

Test(rewrite_fragments, come_out_as_wanted)
{
    char *folder = temp_folder_new();

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        cr_assert(!rows[r].wanted || strlen(rows[r].wanted) == strlen(payload), "%s", rows[r].what);
        for (int link = 0; link < FRAME_LINKS; link++)
            for (int ip = 0; ip < FRAME_IPS; ip++)
                check_row(&rows[r], &(struct way){(enum frame_link)link, (enum frame_ip)ip},
                          folder);
    }
    temp_folder_free(folder);
}
