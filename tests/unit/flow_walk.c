/* flow_walk.c - which flow a segment is of, who is the client, where in the stream it lies. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "flow_track.h"

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

/* RFC 9293 section 3.5: both sides send a SYN. Who serves is known by the port. */
Test(flow_walk, simultaneous_open)
{
    static const struct segment segments[] = {
        {DOWN, SYN, 499, 0, 0},
        {UP, SYN, 99, 0, 0},
        {DOWN, SYN | ACK, 499, 100, 0},
        {UP, SYN | ACK, 99, 500, 0},
        {DOWN, ACK, 500, 100, "220 a\r\n"},
        {UP, ACK, 100, 507, "QUIT\r\n"},
    };
    const struct esi_visit *visit = NULL;
    struct track track;

    start_file(&track);
    for (size_t s = 0; s < ESI_COUNT(segments); s++)
        add(&track, 0, &segments[s]);
    start_walk(&track, "25");
    for (size_t s = 0; s < ESI_COUNT(segments); s++) {
        visit = next(&track);
        cr_assert_eq(visit->flow->id, 1, "segment %zu", s);
        cr_assert_eq(visit->flow->wanted, s > 0, "segment %zu", s);
    }
    cr_assert_eq(visit->flow->tuple.server.port, 25);
    cr_assert_eq(visit->dir, ESI_TO_SERVER);
    cr_assert_eq(visit->offset, 0);
    cr_assert(visit->ack_valid);
    cr_assert_eq(visit->ack_offset, 7);
    stop(&track);
}

/* Right checksums must be in the majority before a wrong one means something. */
Test(flow_walk, corrupt_segments)
{
    static const struct {
        const char *what;
        const char *sums; /* of one segment after the other: right, wrong */
        const char *want; /* c: corrupt */
    } rows[] = {
        {"nothing known", "w", "."},
        {"the first is wrong", "wr", ".."},
        {"one right", "rw", ".c"},
        {"wrong ever after", "rwwww", ".c..."},
        {"right, then noise", "rrrwrw", "...c.c"},
        {"all wrong: computed by the card", "wwwww", "....."},
        {"mostly wrong", "wwrw", "...."},
    };

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        struct track track;
        size_t count = strlen(rows[r].sums);
        uint64_t good = 0;

        start_file(&track);
        add(&track, 0, &(struct segment){UP, SYN, 99, 0, 0});
        for (size_t s = 0; s < count; s++) {
            struct segment segment = {UP, ACK, 100 + 6 * (uint32_t)s, 1, "NOOP\r\n"};
            if (rows[r].sums[s] == 'w')
                add_corrupt(&track, &segment);
            else
                add(&track, 0, &segment);
        }
        start_walk(&track, "25");
        next(&track);
        for (size_t s = 0; s < count; s++) {
            const struct esi_visit *visit = next(&track);
            bool corrupt = rows[r].want[s] == 'c';
            cr_assert_eq(visit->corrupt, corrupt, "%s: segment %zu", rows[r].what, s);
            cr_assert_eq(visit->checksum,
                         rows[r].sums[s] == 'w' ? ESI_CHECKSUM_BAD : ESI_CHECKSUM_GOOD);
            cr_assert_eq(visit->offset, 6 * s, "%s: segment %zu", rows[r].what, s);
            good = corrupt ? good : 6 * (s + 1);
            cr_assert_eq(visit->flow->side[ESI_TO_SERVER].reached, good, "%s: segment %zu",
                         rows[r].what, s);
        }
        stop(&track);
    }
}
