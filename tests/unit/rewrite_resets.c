/*
 * rewrite_resets.c - RST frames of connections that are reset, whatever carries them.
 *
 * Each has to be what the frames of tests/support/frames.c would be: built the plain way, with
 * other code.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "esi/bytes.h"

#include "rewrite/rewrite_internal.h"

#include "rewrite_run.h"
#include "support/frames.h"

enum { FIN = ESI_TCP_FIN, SYN = ESI_TCP_SYN, ACK = ESI_TCP_ACK, ISN = 1000, SERVER_ISN = 5000 };
enum { FRAMES = 10 };

struct line {
    const char *payload; /* NULL: no more */
    bool to_client;
    uint8_t flags;
    int32_t at, ack; /* stream offsets */
};

/* The deciding frame is the first that brings a Z. */
struct row {
    const char *what;
    struct line lines[FRAMES];
    uint64_t offset;         /* of the cut, to the server */
    uint32_t server, client; /* stream offsets that the RSTs bear: to the server, to the client */
    bool reset;
    size_t dropped;
};

#define SYNS                                                                                       \
    {"", false, SYN, -1, 0},                                                                       \
    {                                                                                              \
        "", true, SYN | ACK, -1, 0                                                                 \
    }

static const struct row rows[] = {
    {"plain",
     {SYNS,
      {"220 a\r\n", true, ACK, 0, 0},
      {"EHLO a\r\n", false, ACK, 0, 7},
      {"Z", false, ACK, 8, 7},
      {"250 a\r\n", true, ACK, 7, 9}},
     8,
     8,
     7,
     true,
     2},
    {"dropped in silence",
     {SYNS, {"220 a\r\n", true, ACK, 0, 0}, {"Z", false, ACK, 0, 7}},
     0,
     0,
     7,
     false,
     1},
    {"sent again, and an old acknowledgement",
     {SYNS,
      {"220 a\r\n", true, ACK, 0, 0},
      {"EHLO a\r\n", false, ACK, 0, 7},
      {"EHLO", false, ACK, 0, 0},
      {"220 a\r\n", true, ACK, 0, 8},
      {"Z", false, ACK, 8, 7}},
     8,
     8,
     7,
     true,
     1},
    {"what comes ahead of a hole is not expected next",
     {SYNS,
      {"220 a\r\n", true, ACK, 0, 0},
      {"more\r\n", true, ACK, 20, 0},
      {"Z", false, ACK, 0, 7}},
     0,
     0,
     7,
     true,
     1},
    {"until the hole is filled",
     {SYNS,
      {"220 a\r\n", true, ACK, 0, 0},
      {"more", true, ACK, 11, 0},
      {"re\r\n", true, ACK, 13, 0},
      {"hole", true, ACK, 7, 0},
      {"Z", false, ACK, 0, 7}},
     0,
     0,
     17,
     true,
     1},
    {"or acknowledged, be it by the deciding frame: the capture lacks it",
     {SYNS, {"more\r\n", true, ACK, 20, 0}, {"Z", false, ACK, 0, 20}, {"y", false, ACK, 1, 9}},
     0,
     0,
     26,
     true,
     2},
    {"acknowledged by a frame before",
     {SYNS, {"more\r\n", true, ACK, 20, 0}, {"a", false, ACK, 0, 20}, {"Z", false, ACK, 1, 20}},
     1,
     1,
     26,
     true,
     1},
    {"one way only",
     {{"", false, SYN, -1, 0}, {"EHLO a\r\n", false, ACK, 0, 7}, {"Z", false, ACK, 8, 7}},
     8,
     8,
     7,
     true,
     1},
    {"the other way only, but for the deciding frame",
     {{"220 a\r\n", true, ACK, 0, 0}, {"Z", false, ACK, 0, 7}},
     0,
     0,
     7,
     true,
     1},
    {"SYNs that come again, late",
     {SYNS,
      {"220 a\r\n", true, ACK, 0, 0},
      {"EHLO a\r\n", false, ACK, 0, 0},
      {"", true, SYN | ACK, -1, 0},
      {"", false, SYN, -1, 0},
      {"Z", false, ACK, 8, 0}},
     8,
     8,
     7,
     true,
     1},
    {"answered once more, by another number",
     {{"", false, SYN, -1, 0},
      {"", true, SYN | ACK, -100, 0},
      {"", true, SYN | ACK, -1, 0},
      {"220 a\r\n", true, ACK, 0, 0},
      {"Z", false, ACK, 0, 7}},
     0,
     0,
     7,
     true,
     1},
    {"nothing was captured before",
     {{"Z", false, ACK, 0, 7}, {"250 a\r\n", true, ACK, 7, 1}},
     0,
     0,
     7,
     true,
     2},
    {"behind a FIN",
     {SYNS,
      {"220 a\r\n", true, ACK, 0, 0},
      {"421 b\r\n", true, FIN | ACK, 7, 0},
      {"Z", false, ACK, 0, 15}},
     0,
     0,
     15,
     true,
     1},
};

struct way {
    enum frame_link link;
    enum frame_ip ip;
    uint32_t isn;
};

static struct frame_spec
spec_of(const struct way *way, const struct line *line)
{
    uint32_t client = way->isn + 1, server = way->isn + SERVER_ISN + 1;

    return (struct frame_spec){.link = way->link,
                               .ip = way->ip,
                               .to_client = line->to_client,
                               .seq = (line->to_client ? server : client) + (uint32_t)line->at,
                               .ack = (line->to_client ? client : server) + (uint32_t)line->ack,
                               .flags = line->flags,
                               .payload = esi_slice_of(line->payload)};
}

static size_t
deciding(const struct row *row)
{
    size_t l = 0;

    while (row->lines[l].payload[0] != 'Z')
        l++;
    return l;
}

/* write_frames - as they were, or without those behind the cut. */
static void
write_frames(const struct row *row, const struct way *way, const char *path, bool cut)
{
    static uint8_t frame[FRAME_MOST];
    struct frame_file file;

    frame_file_open(&file, path, frame_linktype(way->link), 65535, true);
    for (size_t l = 0; l < FRAMES && row->lines[l].payload; l++) {
        struct frame_spec spec = spec_of(way, &row->lines[l]);
        if (cut && l == deciding(row))
            break;
        frame_file_add(&file, frame, frame_build(frame, &spec), 0);
    }
    frame_file_close(&file);
}

/* check_rst - as frame_build makes it, but for the IPv4 identification, the routing header that is
 * not taken over, and the window. The decoder judges the checksum. */
static void
check_rst(const struct row *row, const struct way *way, const struct esi_frame *frame,
          bool to_client)
{
    static uint8_t bytes[FRAME_MOST];
    struct line line = {"", to_client, 0, 0, 0};
    struct way plain = *way;
    struct esi_segment segment;
    struct esi_decoder *decoder = esi_decoder_new();

    plain.ip = way->ip == FRAME_IPV4 ? FRAME_IPV4 : FRAME_IPV6;
    line.at = (int32_t)(to_client ? row->client : row->server);
    line.ack = (int32_t)(to_client ? row->server : row->client);
    line.flags = ESI_TCP_RST | ACK;
    struct frame_spec spec = spec_of(&plain, &line);
    size_t len = frame_build(bytes, &spec), head = len - 40;
    cr_assert_eq(esi_decoder_frame(decoder, frame, &segment).what, ESI_DECODED_TCP);
    esi_decoder_free(decoder);
    cr_assert_eq(frame->bytes.len, len, "%s: %zu bytes for %zu", row->what, frame->bytes.len, len);
    cr_assert_eq(frame->wire_len, len, "%s", row->what);
    cr_assert_eq(segment.seq, spec.seq, "%s: to %d: seq %u for %u", row->what, (int)to_client,
                 segment.seq - way->isn, spec.seq - way->isn);
    cr_assert_eq(segment.ack, spec.ack, "%s: to %d: ack %u for %u", row->what, (int)to_client,
                 segment.ack - way->isn, spec.ack - way->isn);
    cr_assert_eq(segment.flags, spec.flags, "%s", row->what);
    cr_assert_eq(segment.payload_len, 0, "%s", row->what);
    cr_assert_eq(esi_tcp_checksum_check(&segment), ESI_CHECKSUM_GOOD, "%s", row->what);
    cr_assert_eq(esi_be32(frame->bytes.ptr + len - 20), esi_be32(bytes + len - 20), "%s: ports",
                 row->what);
    if (way->ip != FRAME_IPV4) {
        cr_assert_arr_eq(frame->bytes.ptr + len - 60, bytes + len - 60, 40, "%s", row->what);
        head = len - 60;
    } else {
        struct esi_slice ip = {frame->bytes.ptr + head, 20};
        cr_assert_eq(esi_checksum(0, ip), 0, "%s: the IPv4 checksum", row->what);
        cr_assert_arr_eq(ip.ptr + 12, bytes + head + 12, 8, "%s: addresses", row->what);
        cr_assert(ip.ptr[0] == 0x45 && ip.ptr[3] == 40 && ip.ptr[8] == 64 && ip.ptr[9] == 6);
    }
    if (way->link != FRAME_COOKED || row->lines[0].flags == SYN)
        cr_assert(head == 0 || way->link == FRAME_COOKED ||
                      memcmp(frame->bytes.ptr + (head > 12 ? 12 : 0), bytes + (head > 12 ? 12 : 0),
                             head > 12 ? head - 12 : 0) == 0,
                  "%s: the link header", row->what);
}

static void
check_output(const struct row *row, const struct way *way, const char *out, const char *prefix)
{
    struct esi_error err;
    struct esi_capture *capture = esi_capture_open(&out, 1, NULL, false, &err);
    struct esi_frame frame;
    uint64_t made = 0;
    esi_nanos last = 0;

    cr_assert_not_null(capture);
    while (esi_capture_next(capture, &frame) == ESI_STEP_ITEM) {
        cr_assert_geq(frame.ts, last, "%s: time goes back", row->what);
        last = frame.ts;
        if (frame.number > deciding(row))
            check_rst(row, way, &frame, made++ == 1);
    }
    cr_assert_eq(made, row->reset ? 2u : 0u, "%s", row->what);
    esi_capture_close(capture);
    struct esi_buf a = read_whole_file(out), b = read_whole_file(prefix);
    cr_assert(a.len >= b.len && memcmp(a.data, b.data, b.len) == 0, "%s: what was before",
              row->what);
    esi_buf_free(&a);
    esi_buf_free(&b);
}

static void
check_row(const struct row *row, const struct way *way, const char *folder)
{
    const char *in = temp_path(folder, "in.pcap"), *out = temp_path(folder, "out.pcap"),
               *prefix = temp_path(folder, "prefix.pcap");
    struct esi_rewrite_stats stats;
    struct esi_plan *plan = esi_plan_new();

    write_frames(row, way, in, false);
    write_frames(row, way, prefix, true);
    esi_plan_add_cut(plan, 1,
                     &(struct esi_cut){.frame = deciding(row) + 1,
                                       .dir = ESI_TO_SERVER,
                                       .offset = row->offset,
                                       .reset = row->reset});
    esi_plan_seal(plan);
    rewrite(in, out, plan, false, &stats);
    check_output(row, way, out, prefix);
    cr_assert_eq(stats.frames_made, row->reset ? 2u : 0u, "%s", row->what);
    cr_assert_eq(stats.frames_dropped, row->dropped, "%s", row->what);
    cr_assert_eq(stats.frames_read + stats.frames_made, stats.frames_written + stats.frames_dropped,
                 "%s", row->what);
    cr_assert_eq(stats.resets_missing, 0, "%s", row->what);
    esi_plan_free(plan);
}

Test(rewrite_resets, both_ends_are_told)
{
    char *folder = temp_folder_new();

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        for (int link = 0; link < FRAME_LINKS; link++) {
            for (int ip = 0; ip < FRAME_IPS; ip++) {
                check_row(&rows[r], &(struct way){(enum frame_link)link, (enum frame_ip)ip, ISN},
                          folder);
                check_row(&rows[r],
                          &(struct way){(enum frame_link)link, (enum frame_ip)ip, UINT32_MAX - 3},
                          folder);
            }
        }
    }
    temp_folder_free(folder);
}

Test(rewrite_resets, what_cannot_be_built_is_counted)
{
    static const enum frame_layer layers[] = {LAYER_ETHERNET, LAYER_IPV4, LAYER_GRE, LAYER_END};
    static uint8_t bytes[FRAME_MOST];
    char *folder = temp_folder_new();
    const char *in = temp_path(folder, "in.pcap"), *out = temp_path(folder, "out.pcap");
    struct esi_rewrite_stats stats;
    struct esi_plan *plan = esi_plan_new();
    struct frame_file file;

    frame_file_open(&file, in, 1, 65535, false);
    for (uint32_t n = 0; n < 4; n++) {
        struct frame_spec spec = {.layers = layers,
                                  .to_client = n % 2,
                                  .seq = 100 + n,
                                  .ack = 100 + n,
                                  .flags = ACK,
                                  .payload = ESI_LIT("x")};
        frame_file_add(&file, bytes, frame_build(bytes, &spec), 0);
    }
    frame_file_close(&file);
    esi_plan_add_cut(plan, 1, &(struct esi_cut){.frame = 3, .offset = 1, .reset = true});
    esi_plan_seal(plan);
    rewrite(in, out, plan, false, &stats);
    cr_assert_eq(stats.resets_missing, 1);
    cr_assert_eq(stats.frames_made, 0);
    cr_assert_eq(stats.frames_dropped, 2);
    esi_plan_free(plan);
    temp_folder_free(folder);
}
