/*
 * reassembly_scenarios.c - what a conversation's segments become, a row a scenario.
 *
 * A script is a list of segments, "; " between them: who sends (C client, S server), then
 *     5 text      bytes at stream offset 5; "text~3": and 3 more that the frame was too short for;
 *                 "text!": the checksum is wrong, "text!?" unfinished; "text!!": the segment is
 *                 corrupt; "text/7": acknowledges 7 bytes of the other side
 *     ack 7       nothing but an acknowledgement; "syn 0": nothing but a SYN
 *     fin 5       a FIN behind offset 5; "fin 5 text": with text before it at offset 5
 *     rst 5       a reset; "rst 5/7": it acknowledges 7 bytes
 * and "wait MS", "forget", "evict", "nosyn" (the flow was picked up in its middle). It ends with
 * the capture. "@2" behind an event: it is told as of frame 2, not of the last.
 */
#include <criterion/criterion.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/reassembly_feed.h"

static const struct {
    const char *what;
    const char *script;
    const char *events;
    const char *quality;
} rows[] = {
    {"in order", "S 0 220; C 0 EHLO; C 4 x; S 3 250",
     "open; S 0 220.; C 0 EHLO.; C 4 x.; S 3 250.; end", ""},
    {"nothing but a SYN", "C ack 0; S ack 0; C ack 0", "", ""},
    {"swapped", "C 2 cd; C 0 ab", "open; C 0 ab.; C 2 cd.; end", ""},
    {"three turned around", "C 4 ef; C 2 cd; C 0 ab", "open; C 0 ab.; C 2 cd.; C 4 ef.; end", ""},
    {"doubled", "C 0 ab; C 0 ab; C 2 cd; C 2 cd", "open; C 0 ab.; C 2 cd.; end", ""},
    {"doubled out of order", "C 2 cd; C 2 XX; C 0 ab; C 0 ab", "open; C 0 ab.; C 2 cd.; end",
     "conflicts=1 C 2+2: cd #1, XX #2"},
    {"payload on the SYN", "C 0 ab; S 0 220", "open; C 0 ab.; S 0 220.; end", ""},
    {"keep-alive and window probe", "C 0 ab; C 1 X; C -1 X; C 1 X; C 2 cd",
     "open; C 0 ab.; C 2 cd.; end", ""},
    {"partial overlap: first delivered stays", "C 0 abcd; C 2 XXef",
     "open; C 0 abcd.; C 4 ef.; end", "conflicts=1 C 2+2: cd #1, XX #2"},
    {"overlap from before covers queued", "C 2 cd; C 0 abXXef", "open; C 0 abXXef.; end",
     "conflicts=1 C 2+2: cd #1, XX #2"},
    {"overlap with queued, longer", "C 2 cdef; C 0 abX", "open; C 0 abX.; C 3 def.; end",
     "conflicts=1 C 2+1: c #1, X #2"},
    {"queued overlap each other", "C 4 efgh; C 2 cdXX; C 0 ab",
     "open; C 0 ab.; C 2 cdXX.; C 6 gh.; end", "conflicts=1 C 4+2: ef #1, XX #2"},
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
     "open; C 0 ab.; gap C 2+2; C 4 ef.; S 0 x.; C 6 gh.; end",
     "gaps=1 gap_bytes=2 late=1 conflicts=1 C 4+2: ef #2, XX #5"},
    {"two holes under one acknowledgement", "C 2 cd; C 6 gh; S ack 8; wait 250; S 0 x",
     "open; gap C 0+2; C 2 cd.; gap C 4+2; C 6 gh.; S 0 x.; end", "gaps=2 gap_bytes=4"},
    {"acknowledged up to the middle of a hole", "C 0 ab; C 8 ij; S ack 5; wait 250; S 0 x; C 5 fgh",
     "open; C 0 ab.; gap C 2+3; S 0 x.; C 5 fgh.; C 8 ij.; end", "gaps=1 gap_bytes=3"},
    {"tail lost: the acknowledgement alone tells", "C 0 ab; S 0 x/6; S 1 y; S 2 z; S 3 u; C 6 gh",
     "open; C 0 ab.; gap C 2+4; S 0 x.@2; S 1 y.@3; S 2 z.@4; S 3 u.; C 6 gh.; end",
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
    {"wrong checksums", "C 0 ab!; C 2 cd!?", "open; C 0 ab.; C 2 cd.; end", "bad=2"},
    {"corrupt, sent again", "C 0 ab; C 2 XX!!; C 2 cd", "open; C 0 ab.; C 2 cd.; end",
     "bad=1 corrupt=1"},
    {"corrupt: neither its FIN nor what it acknowledges counts",
     "C 0 ab; S fin 0 x!!/9; C 2 cd; S 0 x/4", "open; C 0 ab.; C 2 cd.; S 0 x.; end",
     "bad=1 corrupt=1"},
    {"corrupt, but acknowledged, and nothing else came",
     "C 0 ab; C 2 cd!!; S ack 4; wait 250; S 0 x", "open; C 0 ab.; C 2 cd.; S 0 x.; end",
     "bad=1 doubtful=1"},
    {"the same with data behind it", "C 0 ab; C 2 cd!!; C 4 ef; S ack 6; wait 250; S 0 x",
     "open; C 0 ab.; C 2 cd.; C 4 ef.; S 0 x.; end", "bad=1 doubtful=1"},
    {"the same, partly sent again", "C 0 ab; C 2 cdXX!!; C 4 ef; S ack 6; wait 250; S 0 x",
     "open; C 0 ab.; C 2 cd; C 4 ef.; S 0 x.; end", "bad=1 doubtful=1"},
    {"corrupt, acknowledged in part: it was another copy",
     "C 0 ab; C 2 cdef!!; S ack 4; wait 250; S 0 x", "open; C 0 ab.; gap C 2+2; S 0 x.; end",
     "gaps=1 gap_bytes=2 bad=1 corrupt=1"},
    {"corrupt, not acknowledged", "C 0 ab; C 2 cd!!; C 4 ef",
     "open; C 0 ab.; gap C 2+2; C 4 ef.; end", "gaps=1 gap_bytes=2 bad=1 corrupt=1"},
    {"corrupt, acknowledged by nothing but a reset", "C 0 ab; C 2 cd!!; S rst 0/4",
     "open; C 0 ab.; C 2 cd.; reset S", "bad=1 doubtful=1"},
    {"corrupt twice, acknowledged: the first stands in",
     "C 0 ab; C 2 cd!!; C 2 XX!!; S ack 4; wait 250; S 0 x", "open; C 0 ab.; C 2 cd.; S 0 x.; end",
     "bad=2 doubtful=1 corrupt=1"},
    {"corrupt behind the close", "C fin 0; S fin 0; C 0 ab!!", "open; fin C; fin S; close",
     "bad=1 corrupt=1"},
    {"sent again, other bytes, twice", "C 0 abcde; C 0 aXcYe; C 0 aXcYe", "open; C 0 abcde.; end",
     "conflicts=2 C 1+3: bcd #1, XcY #2 C 1+3: bcd #1, XcY #3"},
    {"over several segments", "C 0 ab; C 2 cd; C 4 ef; C 1 bXdeY",
     "open; C 0 ab.; C 2 cd.; C 4 ef.; end", "conflicts=1 C 2+1: c #2, X #4"},
    {"more conflicts than are kept", "C 0 abcdef; C 0 X; C 1 X; C 2 X; C 3 X; C 4 X; C 5 X",
     "open; C 0 abcdef.; end",
     "conflicts=5 C 0+1: a #1, X #2 C 1+1: b #1, X #3 C 2+1: c #1, X #4 C 3+1: d #1, X #5"},
    {"one direction's bytes are not the other's", "C 0 ab; S 0 xy; C 0 ab; S 0 xy",
     "open; C 0 ab.; S 0 xy.; end", ""},
    {"window probes with the next byte", "C 0 ab; C 2 c; C 2 c; C 2 cd; C 3 d",
     "open; C 0 ab.; C 2 c.; C 3 d.; end", ""},
    {"handshakes of any kind", "S syn 7; C syn 0; C syn 7; S 0 220/0; C 0 ab/3",
     "open; S 0 220.; C 0 ab.; end", ""},
    {"a reply before its command", "C 0 EHLO; S 0 250/8; C 4 QUIT; S 3 221/8",
     "open; C 0 EHLO.; C 4 QUIT.; S 0 250.@2; S 3 221.; end", ""},
    {"a reply to what is queued", "C 0 ab; C 4 ef; S 0 x/6; C 2 cd; S 1 y/6",
     "open; C 0 ab.; C 2 cd.; C 4 ef.; S 0 x.@3; S 1 y.; end", ""},
    {"the command never comes", "C 0 ab; C 4 ef; S 0 x/6; wait 250; S 1 y/6",
     "open; C 0 ab.; gap C 2+2; C 4 ef.; S 0 x.@3; S 1 y.; end", "gaps=1 gap_bytes=2"},
    {"behind one that waits, all wait", "C 0 ab; S 0 x/4; S 1 y/2; C 2 cd; S 2 z/4",
     "open; C 0 ab.; C 2 cd.; S 0 x.@2; S 1 y.@3; S 2 z.; end", ""},
    {"only replies were captured", "S 0 a; S 1 b/6; S 2 c/12; S 3 d/18; S 4 e/24",
     "open; S 0 a.; gap C 0+6; S 1 b.@2; gap C 6+6; S 2 c.@3; gap C 12+6; S 3 d.@4; gap C 18+6; "
     "S 4 e.; end",
     "gaps=4 gap_bytes=24"},
    {"an answer to an answer to what is lost",
     "C 0 ab; S 0 xy/6; C 6 gh/2; S 2 zu/8; C 8 ij/4; S 4 v/10",
     "open; C 0 ab.; gap C 2+4; S 0 xy.@2; C 6 gh.@3; S 2 zu.@4; C 8 ij.; S 4 v.; end",
     "gaps=1 gap_bytes=4"},
    {"holes both ways", "C 2 cd/4; S 2 zu/4; C 4 ef/4; S 4 v/6; S 5 w/6",
     "open; gap S 0+2; gap C 0+2; C 2 cd.@1; S 2 zu.@2; C 4 ef.@3; S 4 v.@4; S 5 w.; end",
     "gaps=2 gap_bytes=4"},
    {"holes both ways that are filled", "C 2 cd/4; S 2 zu/4; C 0 ab; S 0 xy",
     "open; C 0 ab.@3; C 2 cd.@3; S 0 xy.; S 2 zu.; end", ""},
    {"each answers the other", "C 0 ab/2; S 0 xy/2; C 2 cd/2",
     "open; C 0 ab.@1; S 0 xy.; C 2 cd.; end", ""},
    {"waiting when a reset comes", "C 0 ab; S 0 x/4; C rst 4",
     "open; C 0 ab.; gap C 2+2; S 0 x.@2; reset C", "gaps=1 gap_bytes=2"},
    {"waiting at the close", "C 0 ab; S fin 0 x/4; C fin 4 /1",
     "open; C 0 ab.; gap C 2+2; S 0 x.@2; fin C; fin S; close", "gaps=1 gap_bytes=2"},
    {"waiting at the end", "C 0 ab; C 4 ef; S 0 x/6",
     "open; C 0 ab.; gap C 2+2; C 4 ef.; S 0 x.; end", "gaps=1 gap_bytes=2"},
    {"waiting when it is evicted", "C 0 ab; S 0 x/4; evict; evict; S 1 y; C 2 cd",
     "open; C 0 ab.; gap C 2+2; S 0 x.; timeout", "gaps=1 gap_bytes=2 after=2 evicted=1"},
    {"evicted before it said a word", "C ack 0; evict; C 0 ab", "", "after=1"},
    {"waiting behind a FIN", "C 0 ab; S 0 xy/4; S fin 2; S 2 zz/8; C 2 cd; C 4 efgh",
     "open; C 0 ab.; C 2 cd.; S 0 xy.@2; fin S; C 4 efgh.; end", "after=1"},
    {"refused", "C syn 0; S rst 0", "open; reset S", ""},
    {"queued behind a FIN", "C fin 2; C 4 ef; C 0 ab; S ack 6; wait 300; S ack 6",
     "open; C 0 ab.; fin C; end", ""},
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
    cr_assert(flow->id == 1 && (event->frame == flow->last_frame) == (event->ts == flow->last_ts));
    if (event->frame != flow->last_frame)
        esi_buf_printf(ctx, "@%d", (int)event->frame);
}

static struct feed_segment
segment_of(const char *step, char text[64])
{
    struct feed_segment segment = {.dir = step[0] == 'C' ? ESI_TO_SERVER : ESI_TO_CLIENT};
    char *mark;
    int count;

    text[0] = '\0';
    if (sscanf(step + 2, "syn %" SCNd64, &segment.offset) == 1) {
        segment.flags = ESI_TCP_SYN;
        return segment;
    }
    if (sscanf(step + 2, "ack %" SCNu64, &segment.ack) == 1) {
        segment.flags = ESI_TCP_ACK;
        return segment;
    }
    if (sscanf(step + 2, "fin %" SCNd64 " %63s", &segment.offset, text) >= 1)
        segment.flags = ESI_TCP_FIN;
    else if ((count =
                  sscanf(step + 2, "rst %" SCNd64 "/%" SCNu64, &segment.offset, &segment.ack)) >= 1)
        segment.flags = count == 2 ? ESI_TCP_RST | ESI_TCP_ACK : ESI_TCP_RST;
    else
        cr_assert(sscanf(step + 2, "%" SCNd64 " %63s", &segment.offset, text) == 2, "%s", step);
    if ((mark = strchr(text, '~')))
        segment.lost = (uint32_t)strtoul(mark + 1, NULL, 10);
    else if ((mark = strchr(text, '!'))) {
        segment.checksum = mark[1] == '?' ? ESI_CHECKSUM_UNFINISHED : ESI_CHECKSUM_BAD;
        segment.corrupt = mark[1] == '!';
    } else if ((mark = strchr(text, '/'))) {
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
    } else if (strcmp(text, "evict") == 0) {
        esi_reassembler_evict(feed->reassembler, &feed->flow);
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
    struct esi_reassembler *reassembler =
        esi_reassembler_new(&(struct esi_reassembler_config){.fn = note_quality, .ctx = &events});

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
    esi_reassembler_new(&(struct esi_reassembler_config){.fn = record, .ctx = NULL});
    esi_reassembler_new(&(struct esi_reassembler_config){.fn = record, .ctx = NULL});
}
