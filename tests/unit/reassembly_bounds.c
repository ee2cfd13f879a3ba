/*
 * reassembly_bounds.c - what is kept, for how long, and what goes when there is no more room.
 */
#include <criterion/criterion.h>

#include "support/reassembly_feed.h"

enum { FULL = 1448, MEGABYTE = 1 << 20 };

struct heard {
    uint64_t data, gaps;
};

static void
hear(void *ctx, struct esi_flow *flow, const struct esi_stream_event *event)
{
    struct heard *heard = ctx;

    (void)flow;
    heard->data += event->kind == ESI_STREAM_DATA ? event->bytes.len : 0;
    heard->gaps += event->kind == ESI_STREAM_GAP;
}

static void
push(struct feed *feed, uint64_t offset, size_t len, uint8_t byte)
{
    static uint8_t bytes[FULL];

    memset(bytes, byte, len);
    feed_push(feed, &(struct feed_segment){
                        .dir = ESI_TO_SERVER, .offset = (int64_t)offset, .bytes = {bytes, len}});
}

static void
finish(struct feed *feed)
{
    esi_reassembler_finish(feed->reassembler, &feed->flow);
    feed_fini(feed);
}

/* Who makes it too much gives its hole up; the other keeps waiting. */
Test(reassembly, memory_of_all_queues)
{
    struct heard heard = {0};
    struct feed first, second;
    struct esi_reassembler *reassembler = esi_reassembler_new(
        &(struct esi_reassembler_config){.queue_memory = MEGABYTE, .fn = hear, .ctx = &heard});

    feed_init(&first, reassembler, 7);
    feed_init(&second, reassembler, 7);
    for (uint64_t i = 0; i < 400; i++)
        push(&first, 10 + i * FULL, FULL, 'x');
    cr_assert(heard.gaps == 0);
    for (uint64_t i = 0; i < 400; i++)
        push(&second, 10 + i * FULL, FULL, 'x');
    cr_assert(heard.gaps == 1 && heard.data == 400 * FULL);
    cr_assert(esi_reassembler_quality(&first.flow)->given_up == 0);
    cr_assert(esi_reassembler_quality(&second.flow)->given_up == 1);
    push(&first, 0, 10, 'x');
    cr_assert(heard.gaps == 1 && heard.data == 2 * 400 * FULL + 10);
    finish(&first);
    finish(&second);
    esi_reassembler_free(reassembler);
}

/* 4,096 segments, the last first, are still put in order. */
Test(reassembly, places_in_the_queue)
{
    enum { COUNT = 4096 };
    struct heard heard = {0};
    struct feed feed;
    struct esi_reassembler *reassembler =
        esi_reassembler_new(&(struct esi_reassembler_config){.fn = hear, .ctx = &heard});

    feed_init(&feed, reassembler, 7);
    for (uint64_t i = 0; i <= COUNT; i++)
        push(&feed, COUNT - i, 1, 'x');
    cr_assert(heard.gaps == 0 && heard.data == COUNT + 1);
    finish(&feed);
    esi_reassembler_free(reassembler);
}

/* What comes again is held against what came before while that is among the last 4 MB. */
Test(reassembly, memory_of_what_came)
{
    static const struct {
        const char *what;
        uint64_t between; /* full segments of another flow */
        uint64_t conflicts;
    } rows[] = {{"at once", 0, 1}, {"after 3 MB", 2150, 1}, {"after 5 MB", 3600, 0}};
    struct heard heard = {0};
    struct esi_reassembler *reassembler =
        esi_reassembler_new(&(struct esi_reassembler_config){.fn = hear, .ctx = &heard});

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct feed feed, other;
        feed_init(&feed, reassembler, 7);
        feed_init(&other, reassembler, 7);
        push(&feed, 0, FULL, 'a');
        for (uint64_t s = 0; s < rows[i].between; s++)
            push(&other, s * FULL, FULL, 'x');
        push(&feed, 0, FULL, 'b');
        const struct esi_reassembly_quality *quality = esi_reassembler_quality(&feed.flow);
        cr_expect(quality->overlap_conflicts == rows[i].conflicts, "%s", rows[i].what);
        if (rows[i].conflicts > 0)
            cr_expect(quality->conflicts[0].span.len == FULL &&
                          memcmp(quality->conflicts[0].first, "aaaaaaaaaaaaaaaaaaaaaaaa",
                                 ESI_CONFLICT_SHOWN) == 0 &&
                          memcmp(quality->conflicts[0].second, "bbbbbbbbbbbbbbbbbbbbbbbb",
                                 ESI_CONFLICT_SHOWN) == 0,
                      "%s", rows[i].what);
        finish(&feed);
        finish(&other);
    }
    esi_reassembler_free(reassembler);
}
