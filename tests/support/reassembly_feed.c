/* reassembly_feed.c - one flow's segments, handed to the reassembler as the walk would. */
#include "reassembly_feed.h"

#include <string.h>

enum { STEP = 1000000 };

void
feed_init(struct feed *feed, struct esi_reassembler *reassembler, uint32_t base)
{
    *feed = (struct feed){.reassembler = reassembler};
    feed->flow.id = 1;
    for (int dir = 0; dir < 2; dir++)
        feed->flow.side[dir] =
            (struct esi_flow_side){.based = true, .base = base, .syn_seen = true};
}

static void
build(struct feed *feed, const struct feed_segment *from, struct esi_segment *segment)
{
    esi_buf_clear(&feed->frame);
    esi_buf_append(&feed->frame, from->bytes);
    segment->packet = segment->payload = esi_buf_slice(&feed->frame);
    segment->payload_len = (uint32_t)from->bytes.len + from->lost;
}

/* follow - what the walk notes of a segment. */
static void
follow(struct feed *feed, const struct feed_segment *from, struct esi_visit *visit)
{
    struct esi_flow_side *side = &feed->flow.side[from->dir];
    const struct esi_flow_side *other = &feed->flow.side[esi_dir_other(from->dir)];

    visit->dir = from->dir;
    visit->before_base = from->offset < 0;
    visit->before = from->offset < 0 ? (uint32_t)-from->offset : 0;
    visit->offset = from->offset < 0 ? 0 : (uint64_t)from->offset;
    visit->ack_valid = (from->flags & ESI_TCP_ACK) != 0;
    visit->ack_offset = other->fin_seen && from->ack > other->fin_at ? other->fin_at : from->ack;
    if (visit->before_base || from->corrupt || (from->flags & ESI_TCP_RST))
        return;
    if ((from->flags & ESI_TCP_FIN) && !side->fin_seen) {
        side->fin_seen = true;
        side->fin_at = visit->offset + visit->segment.payload_len;
    }
}

void
feed_push(struct feed *feed, const struct feed_segment *from)
{
    struct esi_visit visit = {.flow = &feed->flow,
                              .decoding.what = ESI_DECODED_TCP,
                              .checksum = from->checksum,
                              .corrupt = from->corrupt};

    build(feed, from, &visit.segment);
    visit.segment.flags = from->flags;
    visit.segment.seq = feed->flow.side[from->dir].base + (uint32_t)from->offset;
    visit.frame.number = feed->flow.last_frame = ++feed->number;
    visit.frame.ts = feed->flow.last_ts = feed->ts += STEP;
    visit.frame.bytes = esi_buf_slice(&feed->frame);
    follow(feed, from, &visit);
    esi_reassembler_push(feed->reassembler, &visit);
}

void
feed_fini(struct feed *feed)
{
    esi_buf_free(&feed->frame);
}

void
feed_print(struct esi_buf *out, const struct esi_stream_event *event)
{
    static const char *const words[] = {
        [ESI_STREAM_OPEN] = "open",   [ESI_STREAM_GAP] = "gap",
        [ESI_STREAM_FIN] = "fin",     [ESI_STREAM_CLOSE] = "close",
        [ESI_STREAM_RESET] = "reset", [ESI_STREAM_TIMEOUT] = "timeout",
        [ESI_STREAM_END] = "end"};
    char side = event->dir == ESI_TO_SERVER ? 'C' : 'S';
    unsigned long long at = event->span.offset, len = event->span.len;

    if (out->len > 0)
        esi_buf_text(out, "; ");
    if (event->kind == ESI_STREAM_DATA)
        esi_buf_printf(out, "%c %llu %.*s%s", side, at, (int)event->bytes.len,
                       (const char *)event->bytes.ptr, event->ends_segment ? "." : "");
    else if (event->kind == ESI_STREAM_GAP)
        esi_buf_printf(out, "gap %c %llu+%llu", side, at, len);
    else if (event->kind == ESI_STREAM_FIN || event->kind == ESI_STREAM_RESET)
        esi_buf_printf(out, "%s %c", words[event->kind], side);
    else
        esi_buf_text(out, words[event->kind]);
}

static void
print_conflict(struct esi_buf *out, const struct esi_conflict *conflict)
{
    int len =
        (int)(conflict->span.len < ESI_CONFLICT_SHOWN ? conflict->span.len : ESI_CONFLICT_SHOWN);

    esi_buf_printf(
        out, " %c %llu+%llu: %.*s #%llu, %.*s #%llu", conflict->dir == ESI_TO_SERVER ? 'C' : 'S',
        (unsigned long long)conflict->span.offset, (unsigned long long)conflict->span.len, len,
        (const char *)conflict->first, (unsigned long long)conflict->first_frame, len,
        (const char *)conflict->second, (unsigned long long)conflict->second_frame);
}

void
feed_print_quality(struct esi_buf *out, const struct esi_reassembly_quality *quality)
{
    const struct {
        const char *name;
        uint64_t count;
    } rows[] = {
        {"gaps", quality->gaps},
        {"gap_bytes", quality->gap_bytes},
        {"cut", quality->cut_frames},
        {"bad", quality->bad_checksums},
        {"before", quality->before_base},
        {"after", quality->after_end},
        {"late", quality->late_segments},
        {"stray", quality->stray_segments},
        {"evicted", quality->evicted},
        {"doubtful", quality->doubtful_segments},
        {"corrupt", quality->corrupt_segments},
        {"given_up", quality->given_up},
        {"conflicts", quality->overlap_conflicts},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++)
        if (rows[i].count > 0)
            esi_buf_printf(out, "%s%s=%llu", out->len > 0 ? " " : "", rows[i].name,
                           (unsigned long long)rows[i].count);
    for (size_t i = 0; i < quality->conflict_count; i++)
        print_conflict(out, &quality->conflicts[i]);
}
