/* flow_bounds.c - which flows are forgotten, and when. */
#include <criterion/criterion.h>

#include "flow_track.h"

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

    if (segment->data)
        spec.payload = esi_slice_of(segment->data);
    frame_file_add(&track->file, bytes, frame_build(bytes, &spec), 0);
}

/* 65,536 flows fill the table; the next one makes it forget. */
Test(flow_bounds, what_is_over_is_forgotten)
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
    cr_assert_eq(track.evicted, 0);
    stop(&track);
}

/* With room for a few hundred flows: whoever comes back was evicted, and only the dispensable. */
Test(flow_bounds, room_is_made)
{
    enum { FLOWS = 5000, BUSY = 20 };
    static const struct segment syn = {UP, SYN, 1, 0, 0}, say = {UP, ACK, 2, 0, "NOOP\r\n"};
    struct track track;
    uint64_t seen[3] = {0};

    start_file(&track);
    track.memory = 200000;
    for (unsigned f = 0; f < FLOWS; f++) {
        add_nth(&track, f, &syn);
        if (f < BUSY)
            add_nth(&track, f, &say);
        add_nth(&track, f % BUSY, &say);
    }
    start_walk(&track, "25");
    while (esi_walk_next(track.walk, &track.visit) == ESI_STEP_ITEM)
        ;
    cr_assert_eq(esi_walk_flow_count(track.walk), FLOWS, "%llu: nobody busy was evicted",
                 (unsigned long long)esi_walk_flow_count(track.walk));
    cr_assert_eq(track.evicted, track.forgotten_count, "nobody was closed");
    esi_walk_each(track.walk, count_rising, seen);
    cr_assert_eq(seen[2] + track.evicted, FLOWS);
    cr_assert_lt(seen[2], 200000 / sizeof(struct esi_flow));
    cr_assert_gt(seen[2], 100);
    stop(&track);
}

/* A connection attempt that nobody answers need not be known for hours. */
Test(flow_bounds, attempts_are_forgotten_soon)
{
    enum { FULL = 65536 };
    static const struct segment syn = {UP, SYN, 1, 0, 0};
    struct track track;

    start_file(&track);
    track.file.step = 1000;
    for (unsigned f = 0; f < FULL; f++) {
        if (f == FULL / 2)
            track.file.now += (esi_nanos)250 * SECOND;
        add_nth(&track, f, &syn);
    }
    add_nth(&track, FULL, &syn);
    start_walk(&track, "25");
    while (esi_walk_next(track.walk, &track.visit) == ESI_STEP_ITEM)
        ;
    cr_assert_eq(track.forgotten_count, FULL / 2);
    cr_assert_eq(track.evicted, 0);
    stop(&track);
}
