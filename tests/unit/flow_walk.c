/* flow_walk.c - which flow a segment is of, who is the client, where in the stream it lies. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "esi/flow.h"

#include "support/frames.h"

enum { FIN = 1, SYN = 2, RST = 4, ACK = 16, RAW = 101, SECOND = 1000000000 };
enum { UP, DOWN }; /* to the server, to the client */

struct segment {
    int direction;
    uint8_t flags;
    uint32_t seq, ack;
    const char *data;
};

struct track {
    char *folder;
    const char *path;
    struct frame_file file;
    struct esi_ports ports;
    struct esi_capture *capture;
    struct esi_walk *walk;
    struct esi_visit visit;
    esi_flow_id forgotten[4]; /* the last ones */
    uint64_t forgotten_count;
    uint64_t evicted;
    bool rising; /* they came in order of id */
};

static void
forget(void *ctx, struct esi_flow *flow, bool evicted)
{
    struct track *track = ctx;

    track->evicted += evicted;
    if (track->forgotten_count > 0 &&
        track->forgotten[(track->forgotten_count - 1) % 4] >= flow->id)
        track->rising = false;
    track->forgotten[track->forgotten_count++ % 4] = flow->id;
}

static void
start_file(struct track *track)
{
    *track = (struct track){.folder = temp_folder_new(), .rising = true};
    track->path = temp_path(track->folder, "walk.pcap");
    frame_file_open(&track->file, track->path, RAW, 65535, false);
}

static void
add(struct track *track, uint16_t client_port, const struct segment *segment)
{
    static uint8_t bytes[FRAME_MOST];
    struct frame_spec spec = {.link = FRAME_RAW,
                              .client_port = client_port,
                              .to_client = segment->direction == DOWN,
                              .flags = segment->flags,
                              .seq = segment->seq,
                              .ack = segment->ack};

    if (segment->data)
        spec.payload = esi_slice_of(segment->data);
    frame_file_add(&track->file, bytes, frame_build(bytes, &spec), 0);
}

static void
start_walk(struct track *track, const char *ports)
{
    struct esi_error err;

    frame_file_close(&track->file);
    cr_assert(esi_ports_parse(&track->ports, ports, &err));
    track->capture = esi_capture_open(&track->path, 1, NULL, false, &err);
    cr_assert(track->capture);
    track->walk = esi_walk_new(
        track->capture,
        &(struct esi_walk_config){.ports = &track->ports, .forget = forget, .ctx = track});
}

static void
stop(struct track *track)
{
    esi_walk_free(track->walk);
    esi_capture_close(track->capture);
    temp_folder_free(track->folder);
}

/* next - the next visit, which must be of a TCP segment. */
static const struct esi_visit *
next(struct track *track)
{
    cr_assert_eq(esi_walk_next(track->walk, &track->visit), ESI_STEP_ITEM);
    cr_assert_eq(track->visit.decoding.what, ESI_DECODED_TCP);
    return &track->visit;
}

/* Numbers as tshark 4.0.17 gives them. */
Test(flow_walk, numbers_are_wiresharks)
{
    static const struct {
        const char *what;
        struct segment segments[6];
        esi_flow_id want[6];
    } rows[] = {
        {"one connection",
         {{UP, SYN, 100, 0, 0}, {DOWN, SYN | ACK, 500, 101, 0}, {UP, ACK, 101, 501, 0}},
         {1, 1, 1}},
        {"its SYN again", {{UP, SYN, 100, 0, 0}, {UP, SYN, 100, 0, 0}}, {1, 1}},
        {"another SYN", {{UP, SYN, 100, 0, 0}, {UP, SYN, 101, 0, 0}}, {1, 2}},
        {"the same SYN after an RST",
         {{UP, SYN, 100, 0, 0}, {DOWN, RST | ACK, 0, 101, 0}, {UP, SYN, 100, 0, 0}},
         {1, 1, 1}},
        {"another SYN after both ended, then the old number again",
         {{UP, SYN, 100, 0, 0},
          {UP, FIN | ACK, 101, 1, 0},
          {DOWN, FIN | ACK, 1, 102, 0},
          {UP, SYN, 900, 0, 0},
          {UP, SYN, 100, 0, 0}},
         {1, 1, 1, 2, 3}},
        {"a SYN behind what it opens", {{UP, ACK, 101, 501, "x"}, {UP, SYN, 100, 0, 0}}, {1, 1}},
        {"a SYN after a connection picked up",
         {{UP, ACK, 101, 501, "x"}, {UP, SYN, 101, 0, 0}},
         {1, 2}},
        {"a SYN that the peer has acknowledged already",
         {{DOWN, SYN | ACK, 500, 101, 0}, {UP, SYN, 100, 0, 0}},
         {1, 1}},
        {"a SYN that the peer has not acknowledged",
         {{DOWN, SYN | ACK, 500, 102, 0}, {UP, SYN, 100, 0, 0}},
         {1, 2}},
        {"SYN with ACK never begins another",
         {{UP, SYN, 100, 0, 0}, {DOWN, SYN | ACK, 500, 101, 0}, {DOWN, SYN | ACK, 600, 101, 0}},
         {1, 1, 1}},
        {"but moves what a SYN is measured by",
         {{UP, SYN | ACK, 101, 102, 0}, {UP, SYN | ACK, 100, 102, 0}, {UP, SYN, 101, 0, 0}},
         {1, 1, 2}},
    };

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        struct track track;
        start_file(&track);
        for (size_t s = 0; rows[r].want[s] != 0; s++)
            add(&track, 0, &rows[r].segments[s]);
        start_walk(&track, "25");
        for (size_t s = 0; rows[r].want[s] != 0; s++) {
            const struct esi_visit *visit = next(&track);
            cr_assert_eq(visit->flow->id, rows[r].want[s], "%s: segment %zu is of flow %u",
                         rows[r].what, s, visit->flow->id);
            cr_assert_eq(visit->first_of_flow, s == 0 || rows[r].want[s] > rows[r].want[s - 1],
                         "%s", rows[r].what);
        }
        cr_assert_eq(esi_walk_next(track.walk, &track.visit), ESI_STEP_END);
        stop(&track);
    }
}

Test(flow_walk, client_and_server)
{
    static const struct {
        const char *what, *ports;
        struct segment first;
        uint16_t client_port; /* the frame's other port is 25 */
        uint16_t want_client;
        enum esi_dir dir;
        bool wanted;
    } rows[] = {
        {"a SYN tells", "25", {UP, SYN, 1, 0, 0}, 40000, 40000, ESI_TO_SERVER, true},
        {"against the ports", "25", {DOWN, SYN, 1, 0, 0}, 40000, 25, ESI_TO_SERVER, false},
        {"a SYN with ACK tells",
         "25",
         {DOWN, SYN | ACK, 1, 1, 0},
         40000,
         40000,
         ESI_TO_CLIENT,
         true},
        {"against the ports, too", "25", {UP, SYN | ACK, 1, 1, 0}, 40000, 25, ESI_TO_CLIENT, false},
        {"else the port", "25", {UP, ACK, 1, 1, 0}, 40000, 40000, ESI_TO_SERVER, true},
        {"from the port", "25", {DOWN, ACK, 1, 1, 0}, 40000, 40000, ESI_TO_CLIENT, true},
        {"the port, though it is the higher",
         "40000",
         {UP, ACK, 1, 1, 0},
         40000,
         25,
         ESI_TO_CLIENT,
         true},
        {"both ports: the lower",
         "25,40000",
         {UP, ACK, 1, 1, 0},
         40000,
         40000,
         ESI_TO_SERVER,
         true},
        {"both ports, from the lower", "7,25", {UP, ACK, 1, 1, 0}, 7, 25, ESI_TO_CLIENT, true},
        {"no port: the lower", "80", {UP, ACK, 1, 1, 0}, 40000, 40000, ESI_TO_SERVER, false},
        {"no port, from the lower", "80", {UP, ACK, 1, 1, 0}, 7, 25, ESI_TO_CLIENT, false},
    };

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        struct track track;
        start_file(&track);
        add(&track, rows[r].client_port, &rows[r].first);
        start_walk(&track, rows[r].ports);
        const struct esi_visit *visit = next(&track);
        cr_assert_eq(visit->flow->tuple.client.port, rows[r].want_client, "%s: %u", rows[r].what,
                     visit->flow->tuple.client.port);
        cr_assert_eq(visit->dir, rows[r].dir, "%s", rows[r].what);
        cr_assert_eq(visit->flow->wanted, rows[r].wanted, "%s", rows[r].what);
        stop(&track);
    }
}

Test(flow_walk, offsets)
{
    enum { NO_OFFSET = -1 };
    static const struct {
        const char *what;
        struct {
            struct segment segment;
            int offset; /* NO_OFFSET: before the start */
            int ack;    /* NO_OFFSET: none that is valid */
        } steps[7];
    } rows[] = {
        {"from the SYN on",
         {{{UP, SYN, 99, 0, "early"}, 0, NO_OFFSET},
          {{DOWN, SYN | ACK, 499, 100, 0}, 0, 0},
          {{UP, ACK, 105, 500, "EHLO"}, 5, 0},
          {{DOWN, ACK, 500, 109, "220"}, 0, 9},
          {{UP, FIN | ACK, 109, 503, 0}, 9, 3},
          {{DOWN, ACK, 503, 110, 0}, 3, 9},
          {{DOWN, ACK, 502, 110, "!"}, 2, 9}}},
        {"picked up in the middle",
         {{{DOWN, ACK, 500, 100, "250 ok"}, 0, NO_OFFSET},
          {{UP, ACK, 100, 506, "MAIL"}, 0, 6},
          {{DOWN, ACK, 490, 104, "earlier"}, NO_OFFSET, 4},
          {{UP, ACK, 104, 499, "more"}, 4, NO_OFFSET}}},
        {"across zero",
         {{{UP, SYN, 0xfffffffd, 0, 0}, 0, NO_OFFSET},
          {{UP, ACK, 0xfffffffe, 1, "abcd"}, 0, NO_OFFSET},
          {{UP, ACK, 2, 1, "ef"}, 4, NO_OFFSET},
          {{UP, ACK, 0xffffffff, 1, "bcd"}, 1, NO_OFFSET}}},
        {"an RST tells nothing of where the stream starts",
         {{{UP, SYN, 99, 0, 0}, 0, NO_OFFSET},
          {{DOWN, RST | ACK, 0, 100, 0}, NO_OFFSET, 0},
          {{UP, SYN, 99, 0, 0}, 0, NO_OFFSET},
          {{DOWN, SYN | ACK, 499, 100, 0}, 0, 0},
          {{DOWN, ACK, 500, 100, "220"}, 0, 0}}},
        {"the last SYN counts, as long as no byte was seen",
         {{{DOWN, SYN | ACK, 299, 100, 0}, 0, NO_OFFSET},
          {{DOWN, SYN | ACK, 499, 100, 0}, 0, NO_OFFSET},
          {{DOWN, ACK, 500, 100, "220"}, 0, NO_OFFSET},
          {{DOWN, SYN | ACK, 699, 100, 0}, 200, NO_OFFSET},
          {{DOWN, ACK, 503, 100, "250"}, 3, NO_OFFSET}}},
    };

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        struct track track;
        size_t count = 0;
        start_file(&track);
        for (; count < 7 && rows[r].steps[count].segment.flags != 0; count++)
            add(&track, 0, &rows[r].steps[count].segment);
        start_walk(&track, "25");
        for (size_t s = 0; s < count; s++) {
            const struct esi_visit *visit = next(&track);
            int ack = rows[r].steps[s].ack, offset = rows[r].steps[s].offset;
            cr_assert_eq(visit->before_base, offset == NO_OFFSET, "%s: step %zu", rows[r].what, s);
            if (offset != NO_OFFSET)
                cr_assert_eq(visit->offset, (uint64_t)offset, "%s: step %zu at %llu", rows[r].what,
                             s, (unsigned long long)visit->offset);
            cr_assert_eq(visit->ack_valid, ack != NO_OFFSET, "%s: step %zu", rows[r].what, s);
            if (ack != NO_OFFSET)
                cr_assert_eq(visit->ack_offset, (uint64_t)ack, "%s: step %zu acknowledges %llu",
                             rows[r].what, s, (unsigned long long)visit->ack_offset);
        }
        stop(&track);
    }
}

Test(flow_walk, what_is_known_of_a_flow)
{
    static const struct segment segments[] = {
        {UP, SYN, 99, 0, 0},
        {DOWN, SYN | ACK, 499, 100, 0},
        {UP, FIN | ACK, 100, 500, "QUIT"},
        {DOWN, RST, 500, 0, 0},
    };
    struct track track;

    start_file(&track);
    for (size_t s = 0; s < ESI_COUNT(segments); s++)
        add(&track, 0, &segments[s]);
    start_walk(&track, "25");
    for (size_t s = 0; s < ESI_COUNT(segments); s++)
        next(&track);
    const struct esi_flow *flow = track.visit.flow;
    const struct esi_flow_side *up = &flow->side[ESI_TO_SERVER], *down = &flow->side[ESI_TO_CLIENT];
    cr_assert(up->based && up->syn_seen && up->fin_seen);
    cr_assert_eq(up->base, 100);
    cr_assert_eq(up->reached, 4);
    cr_assert_eq(up->fin_at, 4);
    cr_assert(down->based && down->syn_seen && !down->fin_seen);
    cr_assert(flow->reset);
    cr_assert_eq(flow->first_frame, 1);
    cr_assert_eq(flow->last_frame, 4);
    cr_assert_eq(flow->last_ts - flow->first_ts, 3000000);
    cr_assert_eq(esi_walk_flow_count(track.walk), 1);
    cr_assert_eq(track.forgotten_count, 0);
    stop(&track);
}

static void
count_rising(void *ctx, struct esi_flow *flow)
{
    uint64_t *seen = ctx;

    seen[1] += flow->id > seen[0];
    seen[2]++;
    seen[0] = flow->id;
}

/* add_nth - a segment of the flow of that number, two for each port. */
static void
add_nth(struct track *track, unsigned nth, const struct segment *segment)
{
    static uint8_t bytes[FRAME_MOST];
    struct frame_spec spec = {.link = FRAME_RAW,
                              .ip = nth % 2 ? FRAME_IPV6 : FRAME_IPV4,
                              .client_port = (uint16_t)(1000 + nth / 2),
                              .to_client = segment->direction == DOWN,
                              .flags = segment->flags,
                              .seq = segment->seq,
                              .ack = segment->ack};

    frame_file_add(&track->file, bytes, frame_build(bytes, &spec), 0);
}

/* 65,536 flows fill the table; the next one makes it forget. */
Test(flow_walk, what_is_over_is_forgotten)
{
    enum { FULL = 65536, RESET = 50, CLOSED = 100, SILENT = 200, JUST_CLOSED = 300 };
    static const struct segment syn = {UP, SYN, 1, 0, 0}, reset = {DOWN, RST | ACK, 0, 2, 0},
                                fin = {UP, FIN | ACK, 2, 1, 0},
                                fin_back = {DOWN, FIN | ACK, 1, 3, 0};
    uint64_t seen[3] = {0};
    struct track track;

    start_file(&track);
    track.file.step = 1000;
    for (unsigned f = 0; f < FULL; f++) {
        if (f == SILENT)
            track.file.now += (esi_nanos)7230 * SECOND;
        add_nth(&track, f, &syn);
        if (f < RESET || (f >= SILENT && f < JUST_CLOSED)) {
            add_nth(&track, f, &reset);
        } else if (f < CLOSED) {
            add_nth(&track, f, &fin);
            add_nth(&track, f, &fin_back);
        }
    }
    add_nth(&track, FULL, &syn);
    add_nth(&track, RESET, &fin);
    add_nth(&track, JUST_CLOSED, &fin);
    add_nth(&track, FULL - 1, &(struct segment){UP, SYN, 77, 0, 0});
    start_walk(&track, "25");
    while (track.visit.frame.number == 0 || !track.visit.flow || track.visit.flow->id < FULL)
        next(&track);
    cr_assert_eq(track.forgotten_count, 0);
    cr_assert_eq(next(&track)->flow->id, FULL + 1);
    cr_assert_eq(track.forgotten_count, SILENT, "%llu", (unsigned long long)track.forgotten_count);
    cr_assert(track.rising, "in order of id");
    cr_assert_eq(next(&track)->flow->id, FULL + 2,
                 "a flow forgotten is another when it comes back");
    cr_assert_eq(next(&track)->flow->id, JUST_CLOSED + 1);
    cr_assert_eq(next(&track)->flow->id, FULL + 3, "the port is used again");
    cr_assert_eq(track.forgotten_count, SILENT + 1);
    cr_assert_eq(track.forgotten[SILENT % 4], FULL, "and the flow that had it is forgotten");
    cr_assert_eq(esi_walk_next(track.walk, &track.visit), ESI_STEP_END);
    esi_walk_each(track.walk, count_rising, seen);
    cr_assert_eq(seen[2], FULL + 3 - SILENT - 1, "%llu are known", (unsigned long long)seen[2]);
    cr_assert_eq(seen[1], seen[2], "in order of id");
    stop(&track);
}
