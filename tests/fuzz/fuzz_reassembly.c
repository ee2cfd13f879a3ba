/*
 * fuzz_reassembly.c - whatever segments come, in whatever order, the stream keeps its laws.
 *
 * The input is a list of steps of four bytes: which flow, direction and flags; where the payload
 * lies, how long it is, what it acknowledges, all of them near to what came before. Every byte's
 * value follows from its offset, unless a step chooses other bytes.
 *
 * The laws: OPEN first and once, then bytes in order, each once, as they were sent; a GAP holds
 * nothing that was there; behind FIN nothing of its direction, behind the end nothing at all; the
 * counts agree with what was told; no conflict where there is none.
 */
#include <stdlib.h>

#include "support/reassembly_feed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LAW(holds) ((holds) ? (void)0 : broken(#holds, __LINE__))

enum { FLOWS = 3, STEP = 4, RANGE = 1 << 13, LONGEST = 64 * 63, QUEUE_MEMORY = 60000 };

struct play {
    struct feed feed;
    bool open, ended, lying[2], fin[2];
    uint64_t cursor[2]; /* where the last segment of the direction ended */
    uint64_t told[2], gaps, gap_bytes;
    uint64_t came_to[2];
    uint8_t came[2][RANGE];
};

static struct play plays[FLOWS];
static uint64_t frames;

static void
broken(const char *law, int line)
{
    fprintf(stderr, "line %d: not %s\n", line, law);
    abort();
}

static uint8_t
byte_at(enum esi_dir dir, uint64_t offset)
{
    return (uint8_t)(offset * 167 + (offset >> 8) * 13 + (uint64_t)dir * 71);
}

static void
check_data(const struct play *play, const struct esi_stream_event *event)
{
    LAW(event->bytes.len == event->span.len);
    for (size_t i = 0; !play->lying[event->dir] && i < event->bytes.len; i++)
        LAW(event->bytes.ptr[i] == byte_at(event->dir, event->span.offset + i));
}

static void
check_gap(struct play *play, const struct esi_stream_event *event)
{
    uint64_t end = event->span.offset + event->span.len;

    for (uint64_t at = event->span.offset; at < end && at < RANGE; at++)
        LAW(!play->came[event->dir][at]);
    play->gaps++;
    play->gap_bytes += event->span.len;
}

static void
check_end(struct play *play, enum esi_stream_kind kind)
{
    const struct esi_reassembly_quality *quality = esi_reassembler_quality(&play->feed.flow);

    LAW(kind != ESI_STREAM_CLOSE || (play->fin[0] && play->fin[1]));
    for (int dir = 0; dir < 2; dir++)
        LAW(play->fin[dir] || play->told[dir] >= play->came_to[dir]);
    LAW(quality->gaps == play->gaps && quality->gap_bytes == play->gap_bytes);
    LAW(play->lying[0] || play->lying[1] || quality->overlap_conflicts == 0);
    LAW(quality->conflict_count <= quality->overlap_conflicts);
    for (size_t i = 0; i < quality->conflict_count; i++) {
        const struct esi_conflict *conflict = &quality->conflicts[i];
        LAW(conflict->first_frame < conflict->second_frame && play->lying[conflict->dir]);
        LAW(conflict->first[0] != conflict->second[0]);
    }
    play->ended = true;
}

static void
on_event(void *ctx, struct esi_flow *flow, const struct esi_stream_event *event)
{
    struct play *play = &plays[flow->id - 1];
    bool bytes = event->kind == ESI_STREAM_DATA || event->kind == ESI_STREAM_GAP;

    (void)ctx;
    LAW(!play->ended && play->open == (event->kind != ESI_STREAM_OPEN));
    LAW(event->frame <= frames);
    play->open = true;
    if (bytes || event->kind == ESI_STREAM_FIN)
        LAW(!play->fin[event->dir]);
    if (bytes) {
        LAW(event->span.offset == play->told[event->dir] && event->span.len > 0);
        play->told[event->dir] += event->span.len;
    }
    if (event->kind == ESI_STREAM_DATA)
        check_data(play, event);
    else if (event->kind == ESI_STREAM_GAP)
        check_gap(play, event);
    else if (event->kind == ESI_STREAM_FIN)
        play->fin[event->dir] = true;
    else if (event->kind != ESI_STREAM_OPEN)
        check_end(play, event->kind);
}

/* note - bytes that were taken, but not told yet, must be told. */
static void
note(struct play *play, const struct feed_segment *segment)
{
    enum esi_dir dir = segment->dir;
    int64_t end = segment->offset + (int64_t)segment->bytes.len;

    if (play->ended || segment->corrupt || (segment->flags & ESI_TCP_RST) || end > RANGE ||
        segment->bytes.len == 0)
        return;
    for (int64_t at = segment->offset > 0 ? segment->offset : 0; at < end; at++)
        if ((uint64_t)at >= play->told[dir])
            play->came[dir][at] = 1;
    if (end > (int64_t)play->came_to[dir])
        play->came_to[dir] = (uint64_t)end;
}

static void
push(struct play *play, const uint8_t *step)
{
    static uint8_t bytes[LONGEST];
    static const uint8_t flags[] = {
        ESI_TCP_ACK, ESI_TCP_ACK, 0,          ESI_TCP_ACK, ESI_TCP_ACK | ESI_TCP_FIN,
        ESI_TCP_ACK, ESI_TCP_ACK, ESI_TCP_RST};
    enum esi_dir dir = step[0] >> 2 & 1 ? ESI_TO_CLIENT : ESI_TO_SERVER;
    unsigned kind = step[0] >> 3 & 7, odd = step[0] >> 6;
    size_t len = step[2] & 192 ? step[2] & 63 : (size_t)64 * (step[2] & 63);
    int64_t offset = (int64_t)play->cursor[dir] + (int8_t)step[1];
    int64_t ack = (int64_t)play->cursor[esi_dir_other(dir)] + (int8_t)step[3] / 4;

    if (step[1] == 127)
        offset += (int64_t)700 << 20;
    for (size_t i = 0; i < len; i++)
        bytes[i] = byte_at(dir, (uint64_t)(offset + (int64_t)i));
    if (odd == 1 && len > 0)
        bytes[len / 2] ^= 0xff;
    struct feed_segment segment = {.dir = dir,
                                   .offset = offset,
                                   .bytes = {bytes, len},
                                   .lost = odd == 2 ? 100 : 0,
                                   .flags = flags[kind],
                                   .ack = ack > 0 ? (uint64_t)ack : 0,
                                   .corrupt = odd == 3 && kind == 6};
    play->lying[dir] |= odd == 1 && !segment.corrupt;
    if (offset >= 0 && step[1] != 127)
        play->cursor[dir] = (uint64_t)offset + len + segment.lost;
    if (kind == 5)
        play->feed.ts += (esi_nanos)step[3] * 2000000;
    play->feed.number = frames++;
    feed_push(&play->feed, &segment);
    note(play, &segment);
}

static void
begin(struct esi_reassembler *reassembler, size_t i)
{
    plays[i] = (struct play){0};
    feed_init(&plays[i].feed, reassembler, i == 0 ? UINT32_MAX - 50 : 7);
    plays[i].feed.flow.id = (esi_flow_id)(i + 1);
}

static void
end(struct play *play, struct esi_reassembler *reassembler, bool forget)
{
    if (forget)
        esi_reassembler_forget(reassembler, &play->feed.flow);
    else
        esi_reassembler_finish(reassembler, &play->feed.flow);
    LAW(play->ended == play->open && !play->feed.flow.reassembly);
    feed_fini(&play->feed);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct esi_reassembler *reassembler; /* libnids leaks a little each time it begins */

    if (!reassembler)
        reassembler = esi_reassembler_new(
            &(struct esi_reassembler_config){.queue_memory = QUEUE_MEMORY, .fn = on_event});
    for (size_t i = 0; i < FLOWS; i++)
        begin(reassembler, i);
    for (size_t at = 0; at + STEP <= size; at += STEP) {
        size_t flow = data[at] & 3;
        if (flow < FLOWS) {
            push(&plays[flow], data + at);
        } else if (data[at] & 4) {
            esi_reassembler_evict(reassembler, &plays[data[at + 1] % FLOWS].feed.flow);
        } else {
            flow = data[at + 1] % FLOWS;
            end(&plays[flow], reassembler, true);
            begin(reassembler, flow);
        }
    }
    for (size_t i = 0; i < FLOWS; i++)
        end(&plays[i], reassembler, false);
    return 0;
}
