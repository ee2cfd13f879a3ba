/*
 * reassembly_scenarios.c - what a conversation's segments become, a row a scenario.
 *
 * A script is a list of segments, "; " between them: who sends (C client, S server), then
 *     5 text      bytes at stream offset 5; "text~3": and 3 more that the frame was too short for;
 *                 "text!": the checksum is wrong; "text/7": acknowledges 7 bytes of the other side
 *     ack 7       nothing but an acknowledgement
 *     fin 5       a FIN behind offset 5; "fin 5 text": with text before it at offset 5
 *     rst 5       a reset
 * and "wait MS", "forget", "nosyn" (the flow was picked up in its middle). It ends with the
 * capture.
 */
#include <criterion/criterion.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reassembly_feed.h"

static const struct {
    const char *what;
    const char *script;
    const char *events;
    const char *quality;
} rows[] = {
    {"in order", "S 0 220; C 0 EHLO; C 4 x; S 3 250",
     "open; S 0 220.; C 0 EHLO.; C 4 x.; S 3 250.; end", ""},
    {"nothing but a SYN", "C ack 0", "open; end", ""},
    {"swapped", "C 2 cd; C 0 ab", "open; C 0 ab.; C 2 cd.; end", ""},
    {"three turned around", "C 4 ef; C 2 cd; C 0 ab", "open; C 0 ab.; C 2 cd.; C 4 ef.; end", ""},
    {"doubled", "C 0 ab; C 0 ab; C 2 cd; C 2 cd", "open; C 0 ab.; C 2 cd.; end", ""},
    {"doubled out of order", "C 2 cd; C 2 XX; C 0 ab; C 0 ab", "open; C 0 ab.; C 2 cd.; end", ""},
    {"payload on the SYN", "C 0 ab; S 0 220", "open; C 0 ab.; S 0 220.; end", ""},
    {"keep-alive and window probe", "C 0 ab; C 1 X; C -1 X; C 1 X; C 2 cd",
     "open; C 0 ab.; C 2 cd.; end", ""},
    {"partial overlap: first delivered stays", "C 0 abcd; C 2 XXef",
     "open; C 0 abcd.; C 4 ef.; end", ""},
    {"overlap from before covers queued", "C 2 cd; C 0 abXXef", "open; C 0 abXXef.; end", ""},
    {"overlap with queued, longer", "C 2 cdef; C 0 abX", "open; C 0 abX.; C 3 def.; end", ""},
    {"queued overlap each other", "C 4 efgh; C 2 cdXX; C 0 ab",
     "open; C 0 ab.; C 2 cdXX.; C 6 gh.; end", ""},
    {"lost, then acknowledged, then three frames",
     "C 0 ab; C 4 ef; S ack 6; S 0 x; S 1 y; S 2 z; C 6 gh",
     "open; C 0 ab.; S 0 x.; S 1 y.; gap C 2+2; C 4 ef.; S 2 z.; C 6 gh.; end",
     "gaps=1 gap_bytes=2"},
    {"lost, acknowledged, 200 ms", "C 0 ab; C 4 ef; S ack 6; wait 250; C 6 gh",
     "open; C 0 ab.; gap C 2+2; C 4 ef.; C 6 gh.; end", "gaps=1 gap_bytes=2"},
    {"acknowledged before it was captured", "C 0 ab; S ack 4; S 0 x; C 2 cd; S 1 y; S 2 z; S 3 u",
     "open; C 0 ab.; S 0 x.; C 2 cd.; S 1 y.; S 2 z.; S 3 u.; end", ""},
    {"came too late", "C 0 ab; C 4 ef; S ack 6; S 0 x; S 1 y; S 2 z; C 2 cd; C 6 gh",
     "open; C 0 ab.; S 0 x.; S 1 y.; gap C 2+2; C 4 ef.; S 2 z.; C 6 gh.; end",
     "gaps=1 gap_bytes=2 late=1"},
    {"late and longer than its gap", "C 0 ab; C 4 ef; S ack 6; wait 250; S 0 x; C 2 cdXXgh",
     "open; C 0 ab.; gap C 2+2; C 4 ef.; S 0 x.; C 6 gh.; end", "gaps=1 gap_bytes=2 late=1"},
    {"two holes under one acknowledgement", "C 2 cd; C 6 gh; S ack 8; wait 250; S 0 x",
     "open; gap C 0+2; C 2 cd.; gap C 4+2; C 6 gh.; S 0 x.; end", "gaps=2 gap_bytes=4"},
    {"acknowledged up to the middle of a hole", "C 0 ab; C 8 ij; S ack 5; wait 250; S 0 x; C 5 fgh",
     "open; C 0 ab.; gap C 2+3; S 0 x.; C 5 fgh.; C 8 ij.; end", "gaps=1 gap_bytes=3"},
    {"tail lost: the acknowledgement alone tells", "C 0 ab; S 0 x/6; S 1 y; S 2 z; S 3 u; C 6 gh",
     "open; C 0 ab.; S 0 x.; S 1 y.; S 2 z.; gap C 2+4; S 3 u.; C 6 gh.; end",
     "gaps=1 gap_bytes=4"},
    {"tail lost, end of capture", "C 0 ab; S ack 6", "open; C 0 ab.; gap C 2+4; end",
     "gaps=1 gap_bytes=4"},
    {"one byte behind the tail is an unseen FIN", "C 0 ab; S ack 3; wait 300; S 0 x; S 1 y",
     "open; C 0 ab.; S 0 x.; S 1 y.; end", ""},
    {"a FIN acknowledged before it and its bytes came", "C 0 ab; S ack 5; C 2 cd; C rst 4",
     "open; C 0 ab.; C 2 cd.; reset C", ""},
    {"the same, the FIN captured", "C 0 ab; S ack 5; C 2 cd; C fin 4; wait 300; S 0 x",
     "open; C 0 ab.; C 2 cd.; fin C; S 0 x.; end", ""},
    {"an acknowledgement of nowhere", "C 0 ab; S ack 900000000; wait 300; S 0 x",
     "open; C 0 ab.; S 0 x.; end", ""},
    {"lost, never acknowledged", "C 0 ab; C 4 ef; wait 9000; C 6 gh",
     "open; C 0 ab.; gap C 2+2; C 4 ef.; C 6 gh.; end", "gaps=1 gap_bytes=2"},
    {"only lost bytes, no payload at all", "S ack 5; wait 300; S ack 5; C 5 f",
     "open; gap C 0+5; C 5 f.; end", "gaps=1 gap_bytes=5"},
    {"picked up in its middle", "nosyn; C -4 ab; C -2 abcd; C 2 ef", "open; C 0 cd.; C 2 ef.; end",
     "before=2"},
    {"cut by the snap length", "C 0 ab~2; C 4 ef", "open; C 0 ab; gap C 2+2; C 4 ef.; end",
     "gaps=1 gap_bytes=2 cut=1"},
    {"cut before its payload", "C 0 ~4; S 0 ~3; C 4 ef", "open; gap C 0+4; gap S 0+3; C 4 ef.; end",
     "gaps=2 gap_bytes=7 cut=2"},
    {"cut, out of order", "C 4 ef~2; C 8 ~2; C 10 kl; C 0 abcd",
     "open; C 0 abcd.; C 4 ef; gap C 6+2; gap C 8+2; C 10 kl.; end", "gaps=2 gap_bytes=4 cut=2"},
    {"cut, but queued data lies in the hole", "C 4 ef; C 0 ab~4; C 6 gh",
     "open; C 0 ab; gap C 2+2; C 4 ef.; C 6 gh.; end", "gaps=1 gap_bytes=2 cut=1"},
    {"cut, nothing new in it", "C 0 abcd; C 0 ab~2", "open; C 0 abcd.; end", "cut=1"},
    {"cut in what is old", "C 0 abcd; C 0 ab~4; C 6 gh", "open; C 0 abcd.; gap C 4+2; C 6 gh.; end",
     "gaps=1 gap_bytes=2 cut=1"},
    {"wrong checksum", "C 0 ab!; C 2 cd", "open; C 0 ab.; C 2 cd.; end", "bad=1"},
    {"both FINs", "C 0 ab; C fin 2; S 0 x; S fin 1", "open; C 0 ab.; fin C; S 0 x.; fin S; close",
     ""},
    {"FIN with its last bytes, doubled", "C fin 0 ab; C fin 0 ab; S fin 0; S fin 0",
     "open; C 0 ab.; fin C; fin S; close", ""},
    {"FIN out of order", "C fin 4; C 2 cd; S fin 0; C 0 ab",
     "open; fin S; C 0 ab.; C 2 cd.; fin C; close", ""},
    {"FINs acknowledged over a hole", "C 0 ab; C fin 4; S ack 4; S fin 0",
     "open; C 0 ab.; gap C 2+2; fin C; fin S; close", "gaps=1 gap_bytes=2"},
    {"a hole before a FIN, nobody acknowledges", "C 0 ab; C fin 4",
     "open; C 0 ab.; gap C 2+2; fin C; end", "gaps=1 gap_bytes=2"},
    {"bytes behind a FIN", "C fin 0; C 0 ab; C 2 cd; S 0 x", "open; fin C; S 0 x.; end", "after=2"},
    {"bytes behind the close", "C fin 0; S fin 0; C 0 ab; S 0 x; C rst 0",
     "open; fin C; fin S; close", "after=2"},
    {"reset", "C 0 ab; S rst 0; C 2 cd", "open; C 0 ab.; reset S", "after=1"},
    {"reset in the window", "C 0 ab; C rst 1000; S 0 x", "open; C 0 ab.; reset C", "after=1"},
    {"reset before the window", "C 0 ab; C rst 1; C 2 cd", "open; C 0 ab.; C 2 cd.; end", ""},
    {"reset behind the window", "C 0 ab; C rst 2000000000; C 2 cd", "open; C 0 ab.; C 2 cd.; end",
     ""},
    {"reset tells what was queued", "C 0 ab; C 4 ef; S rst 0",
     "open; C 0 ab.; gap C 2+2; C 4 ef.; reset S", "gaps=1 gap_bytes=2"},
    {"forgotten", "C 0 ab; C 4 ef; forget", "open; C 0 ab.; gap C 2+2; C 4 ef.; timeout",
     "gaps=1 gap_bytes=2"},
    {"a stray segment", "C 0 ab; C 900000000 zz; C 2 cd", "open; C 0 ab.; C 2 cd.; end", "stray=1"},
};

static struct esi_buf events, quality;

static void
record(void *ctx, struct esi_flow *flow, const struct esi_stream_event *event)
{
    feed_print(ctx, event);
    if (event->kind >= ESI_STREAM_CLOSE)
        return;
    cr_assert(flow->id == 1 && event->frame == flow->last_frame && event->ts == flow->last_ts);
}

static struct feed_segment
segment_of(const char *step, char text[64])
{
    struct feed_segment segment = {.dir = step[0] == 'C' ? ESI_TO_SERVER : ESI_TO_CLIENT};
    char *mark;

    text[0] = '\0';
    if (sscanf(step + 2, "ack %" SCNu64, &segment.ack) == 1) {
        segment.flags = ESI_TCP_ACK;
        return segment;
    }
    if (sscanf(step + 2, "fin %" SCNd64 " %63s", &segment.offset, text) >= 1)
        segment.flags = ESI_TCP_FIN;
    else if (sscanf(step + 2, "rst %" SCNd64, &segment.offset) == 1)
        segment.flags = ESI_TCP_RST;
    else
        cr_assert(sscanf(step + 2, "%" SCNd64 " %63s", &segment.offset, text) == 2, "%s", step);
    if ((mark = strchr(text, '~')))
        segment.lost = (uint32_t)strtoul(mark + 1, NULL, 10);
    else if ((mark = strchr(text, '!')))
        segment.bad_checksum = true;
    else if ((mark = strchr(text, '/'))) {
        segment.flags |= ESI_TCP_ACK;
        segment.ack = strtoull(mark + 1, NULL, 10);
    }
    if (mark)
        *mark = '\0';
    segment.bytes = esi_slice_of(text);
    return segment;
}

static void
step(struct feed *feed, const char *text)
{
    char bytes[64];
    int wait;

    if (sscanf(text, "wait %d", &wait) == 1) {
        feed->ts += (esi_nanos)wait * 1000000;
    } else if (strcmp(text, "nosyn") == 0) {
        feed->flow.side[0].syn_seen = feed->flow.side[1].syn_seen = false;
    } else if (strcmp(text, "forget") == 0) {
        feed_print_quality(&quality, esi_reassembler_quality(&feed->flow));
        esi_reassembler_forget(feed->reassembler, &feed->flow);
    } else {
        struct feed_segment segment = segment_of(text, bytes);
        feed_push(feed, &segment);
    }
}

/* finish - quality is read before the flow is let go of, but the end may still change it. */
static void
note_quality(void *ctx, struct esi_flow *flow, const struct esi_stream_event *event)
{
    record(ctx, flow, event);
    if (event->kind < ESI_STREAM_CLOSE)
        return;
    esi_buf_clear(&quality);
    feed_print_quality(&quality, esi_reassembler_quality(flow));
}

static void
play(struct esi_reassembler *reassembler, const char *script, uint32_t base)
{
    struct feed feed;
    char *copy = esi_strdup(script), *rest = copy;

    feed_init(&feed, reassembler, base);
    for (char *end; rest; rest = end ? end + 2 : NULL) {
        end = strstr(rest, "; ");
        if (end)
            *end = '\0';
        step(&feed, rest);
    }
    if (esi_reassembler_quality(&feed.flow)) {
        esi_buf_clear(&quality);
        feed_print_quality(&quality, esi_reassembler_quality(&feed.flow));
    }
    esi_reassembler_finish(reassembler, &feed.flow);
    cr_assert(!feed.flow.reassembly && !esi_reassembler_quality(&feed.flow));
    feed_fini(&feed);
    free(copy);
}

static void
play_all(uint32_t base)
{
    struct esi_reassembler *reassembler = esi_reassembler_new(
        &(struct esi_reassembler_config){.capture_size = 1, .fn = note_quality, .ctx = &events});

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        esi_buf_clear(&events);
        esi_buf_clear(&quality);
        play(reassembler, rows[i].script, base);
        esi_buf_byte(&events, 0);
        esi_buf_byte(&quality, 0);
        cr_expect_str_eq((char *)events.data, rows[i].events, "%s: %s", rows[i].what,
                         (char *)events.data);
        cr_expect_str_eq((char *)quality.data, rows[i].quality, "%s: %s", rows[i].what,
                         (char *)quality.data);
    }
    esi_reassembler_free(reassembler);
    esi_buf_free(&events);
    esi_buf_free(&quality);
}

Test(reassembly, scenarios)
{
    play_all(1000);
}

Test(reassembly, scenarios_where_sequence_numbers_wrap)
{
    play_all(UINT32_MAX - 2);
}

Test(reassembly, second_reassembler_panics, .signal = SIGABRT)
{
    esi_reassembler_new(
        &(struct esi_reassembler_config){.capture_size = 1, .fn = record, .ctx = NULL});
    esi_reassembler_new(
        &(struct esi_reassembler_config){.capture_size = 1, .fn = record, .ctx = NULL});
}
