/*
 * reassembly_limits.c - sizes: what is large, long, many or hostile, and the law that the order of
 * arrival changes no byte.
 *
 * Every byte's value follows from its offset, so whatever arrives can be checked where it arrives.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "support/reassembly_feed.h"

enum { MTU = 1448, CHUNK = 1 << 17 };

struct tally {
    uint64_t at[2]; /* told so far, by esi_dir */
    uint64_t gap_bytes, data, segment_ends, timeouts;
    uint64_t frame_of_first_gap;
};

static uint8_t
byte_at(uint64_t offset)
{
    return (uint8_t)(offset * 167 + (offset >> 8) * 13 + (offset >> 32));
}

static struct esi_slice
bytes_at(uint64_t offset, size_t len)
{
    static uint8_t bytes[4 * CHUNK];

    for (size_t i = 0; i < len; i++)
        bytes[i] = byte_at(offset + i);
    return (struct esi_slice){bytes, len};
}

static bool
is_right(const struct esi_stream_event *event)
{
    for (size_t i = 0; i < event->bytes.len; i++)
        if (event->bytes.ptr[i] != byte_at(event->span.offset + i))
            return false;
    return true;
}

static void
check(void *ctx, struct esi_flow *flow, const struct esi_stream_event *event)
{
    struct tally *tally = ctx;

    (void)flow;
    tally->timeouts += event->kind == ESI_STREAM_TIMEOUT;
    if (event->kind != ESI_STREAM_DATA && event->kind != ESI_STREAM_GAP)
        return;
    cr_assert(event->span.offset == tally->at[event->dir], "events follow each other");
    tally->at[event->dir] += event->span.len;
    if (event->kind == ESI_STREAM_GAP) {
        if (tally->gap_bytes == 0)
            tally->frame_of_first_gap = event->frame;
        tally->gap_bytes += event->span.len;
        return;
    }
    tally->data += event->span.len;
    tally->segment_ends += event->ends_segment;
    cr_assert(event->bytes.len == event->span.len && is_right(event), "bytes as sent");
}

static void
push(struct feed *feed, enum esi_dir dir, uint64_t offset, size_t len)
{
    struct feed_segment segment = {
        .dir = dir, .offset = (int64_t)offset, .bytes = bytes_at(offset, len)};

    feed_push(feed, &segment);
}

static double
seconds(void)
{
    return (double)clock() / CLOCKS_PER_SEC;
}

static void
finish(struct feed *feed)
{
    esi_reassembler_finish(feed->reassembler, &feed->flow);
    feed_fini(feed);
}

static void
large_segments(struct esi_reassembler *reassembler, struct tally *tally)
{
    struct feed feed;

    feed_init(&feed, reassembler, 7);
    push(&feed, ESI_TO_SERVER, 70000, 180000); /* out of order, three parts */
    push(&feed, ESI_TO_SERVER, 0, 70000);
    finish(&feed);
    cr_assert(tally->at[ESI_TO_SERVER] == 250000 && tally->gap_bytes == 0, "large segments");
    cr_assert(tally->segment_ends == 2, "only a segment's last part ends it");
}

static void
much_behind_a_hole(struct esi_reassembler *reassembler, struct tally *tally)
{
    struct feed feed;
    uint64_t offset = 100;

    feed_init(&feed, reassembler, 7);
    for (; offset < 30 << 20; offset += MTU)
        push(&feed, ESI_TO_SERVER, offset, MTU);
    cr_assert(tally->gap_bytes == 100 && tally->at[ESI_TO_SERVER] == offset, "30 MB behind a hole");
    cr_assert(tally->frame_of_first_gap > (16 << 20) / MTU, "not before 16 MB");
    cr_assert(esi_reassembler_quality(&feed.flow)->given_up == 1);
    finish(&feed);
}

static void
turned_around(struct esi_reassembler *reassembler, struct tally *tally)
{
    struct feed feed;
    double start = seconds();

    feed_init(&feed, reassembler, 7);
    for (uint64_t offset = 40000; offset > 20000; offset--)
        push(&feed, ESI_TO_SERVER, offset, 1);
    finish(&feed);
    cr_assert(tally->gap_bytes > 20000, "a queue that costs too much is given up");
    cr_assert(tally->at[ESI_TO_SERVER] == 40001);
    cr_assert(seconds() - start < 2, "20,000 segments, the last first");
}

static void
holes_everywhere(struct esi_reassembler *reassembler, struct tally *tally)
{
    struct feed feed;
    double start = seconds();

    feed_init(&feed, reassembler, 7);
    for (uint64_t i = 0; i < 50000; i++)
        push(&feed, ESI_TO_SERVER, 2 + (i * 7919 % 50000) * 2, 1);
    finish(&feed);
    cr_assert(tally->at[ESI_TO_SERVER] == 100001, "every second byte, anywhere");
    cr_assert(seconds() - start < 4);
}

/* More than 4 GiB, the other side silent: most of it as holes, so that it takes no time. */
static void
long_stream(struct esi_reassembler *reassembler, struct tally *tally)
{
    struct feed feed;
    uint64_t offset = 0;

    feed_init(&feed, reassembler, UINT32_MAX - 1000);
    while (offset < (uint64_t)9 << 30) {
        push(&feed, ESI_TO_SERVER, offset, MTU);
        offset += MTU + ((uint64_t)100 << 20);
        push(&feed, ESI_TO_SERVER, offset, MTU); /* behind a hole ... */
        struct feed_segment ack = {.dir = ESI_TO_CLIENT, .flags = ESI_TCP_ACK, .ack = offset + MTU};
        feed_push(&feed, &ack); /* ... that its receiver knows nothing of */
        feed.ts += 1000000000;
        push(&feed, ESI_TO_SERVER, offset += MTU, 10);
        offset += 10;
    }
    finish(&feed);
    cr_assert(tally->at[ESI_TO_SERVER] == offset && tally->data == offset - tally->gap_bytes);
    cr_assert(tally->gap_bytes > (uint64_t)8 << 30);
}

/* 3 GiB that all come: libnids' own counters pass 2^31, and no acknowledgement is ever seen. */
static void
long_one_sided(struct esi_reassembler *reassembler, struct tally *tally)
{
    struct feed feed;
    uint64_t offset = 0;
    struct feed_segment cut = {.dir = ESI_TO_SERVER, .lost = 1000000};

    feed_init(&feed, reassembler, 7);
    while (offset < (uint64_t)3 << 30) {
        cut.offset = (int64_t)offset;
        cut.bytes = bytes_at(offset, 100);
        feed_push(&feed, &cut);
        offset += cut.bytes.len + cut.lost;
    }
    finish(&feed);
    cr_assert(tally->at[ESI_TO_SERVER] == offset && tally->data == offset / 1000100 * 100);
}

static void
far_ahead(struct esi_reassembler *reassembler, struct tally *tally)
{
    struct feed feed;
    uint64_t offset = 900000000;

    feed_init(&feed, reassembler, 7);
    push(&feed, ESI_TO_SERVER, 0, 10);
    for (int i = 0; i < 20; i++, offset += MTU)
        push(&feed, ESI_TO_SERVER, offset, MTU);
    finish(&feed);
    cr_assert(tally->at[ESI_TO_SERVER] == offset, "if all of it is far ahead, the stream is there");
}

Test(reassembly, sizes)
{
    static void (*const rows[])(struct esi_reassembler *, struct tally *) = {
        large_segments, much_behind_a_hole, turned_around, holes_everywhere,
        long_stream,    long_one_sided,     far_ahead};
    struct tally tally;
    struct esi_reassembler *reassembler =
        esi_reassembler_new(&(struct esi_reassembler_config){.fn = check, .ctx = &tally});

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        tally = (struct tally){0};
        rows[i](reassembler, &tally);
    }
    esi_reassembler_free(reassembler);
}

/* Conversations that lack nothing share a stream, and there may be any number of them. Those with
 * bytes behind a hole have one each; when these run out, holes are given up, and nobody ends. */
Test(reassembly, too_many)
{
    enum { FLOWS = 6000, ROOM = 4095 };
    struct tally tally = {0};
    struct esi_reassembler *reassembler =
        esi_reassembler_new(&(struct esi_reassembler_config){.fn = check, .ctx = &tally});
    struct feed *feeds = esi_alloc(FLOWS * sizeof *feeds);
    size_t given_up = 0;

    for (size_t i = 0; i < FLOWS; i++) {
        tally.at[ESI_TO_SERVER] = 0;
        feed_init(&feeds[i], reassembler, 7);
        push(&feeds[i], ESI_TO_SERVER, 0, 10);
    }
    for (size_t i = 0; i < FLOWS; i++) {
        tally.at[ESI_TO_SERVER] = 10; /* of the one whose hole is told, if any is */
        push(&feeds[i], ESI_TO_SERVER, 20, 10);
    }
    for (size_t i = 0; i < FLOWS; i++)
        given_up += esi_reassembler_quality(&feeds[i].flow)->given_up;
    cr_assert(given_up == FLOWS - ROOM, "%zu", given_up);
    cr_assert(tally.gap_bytes == 10 * given_up && tally.timeouts == 0);
    cr_assert(esi_reassembler_quality(&feeds[FLOWS - 1].flow)->given_up == 0);
    for (size_t i = 0; i < FLOWS; i++) {
        bool gone = esi_reassembler_quality(&feeds[i].flow)->given_up > 0;
        tally.at[ESI_TO_SERVER] = gone ? 30 : 10;
        push(&feeds[i], ESI_TO_SERVER, 10, 10);
        cr_assert(tally.at[ESI_TO_SERVER] == 30, "flow %zu", i);
        finish(&feeds[i]);
    }
    esi_reassembler_free(reassembler);
    free(feeds);
}

static uint64_t
chance(uint64_t *seed, uint64_t most)
{
    *seed = *seed * 6364136223846793005 + 1442695040888963407;
    return (*seed >> 33) % most;
}

/* scramble - a stream in pieces of any size, each moved by a few places, some sent twice, some
 * cut in two with an overlap. */
static void
scramble(struct feed *feed, uint64_t total, uint64_t *seed)
{
    enum { WINDOW = 40 };
    struct esi_span window[WINDOW];
    size_t count = 0;
    uint64_t offset = 0;

    while (offset < total || count > 0) {
        while (count < WINDOW && offset < total) {
            uint64_t len = 1 + chance(seed, chance(seed, 4) ? 60 : 3000);
            len = len < total - offset ? len : total - offset;
            uint64_t back = chance(seed, 4) ? 0 : chance(seed, 100);
            back = back < offset ? back : offset;
            window[count++] = (struct esi_span){offset - back, len + back};
            offset += len;
        }
        size_t pick = chance(seed, count);
        struct esi_span span = window[pick];
        push(feed, ESI_TO_SERVER, span.offset, span.len);
        if (chance(seed, 5) > 0)
            window[pick] = window[--count];
    }
}

Test(reassembly, order_of_arrival_changes_nothing)
{
    enum { ROUNDS = 300, TOTAL = 50000 };
    struct tally tally;
    struct esi_reassembler *reassembler =
        esi_reassembler_new(&(struct esi_reassembler_config){.fn = check, .ctx = &tally});
    uint64_t seed = 1;

    for (int round = 0; round < ROUNDS; round++) {
        struct feed feed;
        tally = (struct tally){0};
        feed_init(&feed, reassembler, (uint32_t)(round % 2 ? 0 : -TOTAL / 2));
        scramble(&feed, TOTAL, &seed);
        cr_assert(tally.at[ESI_TO_SERVER] == TOTAL && tally.gap_bytes == 0, "round %d", round);
        finish(&feed);
    }
    esi_reassembler_free(reassembler);
}
