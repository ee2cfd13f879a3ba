/*
 * streams.c - a capture's bytes, by flow and direction; see streams.h.
 *
 * What a plan takes away may be away: discarded bytes; behind a cut, what came with the frame that
 * decided it or later, and in that direction all from the byte that decided it on, with what of
 * its segment lies before it.
 */
#include "property/streams.h"

#include <stdlib.h>
#include <string.h>

#include "esi/flow.h"
#include "esi/reassembly.h"

#include "property/reading.h"

struct reader {
    struct streams *out;
    struct esi_reassembler *reassembler;
    struct esi_slice *frames; /* all so far */
    size_t frame_count, frame_cap;
    struct esi_arena bytes;
};

static struct stream *
stream_of(struct streams *streams, esi_flow_id flow, enum esi_dir dir)
{
    size_t at = (size_t)flow * 2 + (size_t)dir;

    while (streams->count <= (at | 1)) {
        streams->items =
            esi_grow(streams->items, &streams->cap, streams->count + 1, sizeof *streams->items);
        streams->items[streams->count++] = (struct stream){0};
    }
    return &streams->items[at];
}

static void
on_stream(void *ctx, struct esi_flow *flow, const struct esi_stream_event *event)
{
    static const uint8_t zero;
    struct reader *reader = ctx;
    bool gap = event->kind == ESI_STREAM_GAP;

    if (!gap && event->kind != ESI_STREAM_DATA)
        return;
    struct stream *stream = stream_of(reader->out, flow->id, event->dir);
    size_t at = stream->bytes.len, len = (size_t)event->span.len;
    stream->frames = esi_grow(stream->frames, &stream->frames_cap, at + len, sizeof(uint64_t));
    for (size_t i = 0; i < len; i++) {
        esi_buf_append(&stream->bytes, (struct esi_slice){gap ? &zero : event->bytes.ptr + i, 1});
        stream->frames[at + i] = gap ? 0 : event->frame;
    }
}

static void
note_conflicts(struct reader *reader, const struct esi_flow *flow)
{
    const struct esi_reassembly_quality *quality = esi_reassembler_quality(flow);

    if (quality)
        stream_of(reader->out, flow->id, ESI_TO_SERVER)->conflicts += quality->overlap_conflicts;
}

static void
keep_frame(struct reader *reader, struct esi_slice bytes)
{
    uint8_t *copy = esi_arena_alloc(&reader->bytes, bytes.len);

    memcpy(copy, bytes.ptr, bytes.len);
    reader->frames = esi_grow(reader->frames, &reader->frame_cap, reader->frame_count + 1,
                              sizeof(struct esi_slice));
    reader->frames[reader->frame_count++] = (struct esi_slice){copy, bytes.len};
}

/* check_pieces - whether every copy of a fragment has the bytes that the datagram has. */
static void
check_pieces(struct reader *reader, const struct esi_visit *visit)
{
    for (size_t p = 0; p < visit->decoding.piece_count; p++) {
        const struct esi_piece *piece = &visit->decoding.pieces[p];
        const uint8_t *bytes = reader->frames[piece->frame - 1].ptr + piece->frame_at;
        if (memcmp(bytes, visit->segment.packet.ptr + piece->at, piece->len) != 0)
            stream_of(reader->out, visit->flow->id, ESI_TO_SERVER)->conflicts++;
    }
}

static void
on_forget(void *ctx, struct esi_flow *flow, bool evicted)
{
    struct reader *reader = ctx;

    (void)evicted;
    if (!flow->wanted)
        return;
    note_conflicts(reader, flow);
    esi_reassembler_forget(reader->reassembler, flow);
}

static void
on_finish(void *ctx, struct esi_flow *flow)
{
    struct reader *reader = ctx;

    if (!flow->wanted)
        return;
    note_conflicts(reader, flow);
    esi_reassembler_finish(reader->reassembler, flow);
}

void
streams_read(struct streams *out, struct esi_capture *capture)
{
    struct reader reader = {.out = out};
    struct esi_visit visit;

    *out = (struct streams){0};
    reader.reassembler =
        esi_reassembler_new(&(struct esi_reassembler_config){.fn = on_stream, .ctx = &reader});
    struct esi_walk *walk = esi_walk_new(
        capture,
        &(struct esi_walk_config){.ports = reading_ports(), .forget = on_forget, .ctx = &reader});
    while (esi_walk_next(walk, &visit) == ESI_STEP_ITEM) {
        keep_frame(&reader, visit.frame.bytes);
        if (visit.decoding.what != ESI_DECODED_TCP || !visit.flow->wanted)
            continue;
        check_pieces(&reader, &visit);
        esi_reassembler_push(reader.reassembler, &visit);
    }
    esi_walk_each(walk, on_finish, &reader);
    esi_walk_free(walk);
    esi_reassembler_free(reader.reassembler);
    esi_arena_free(&reader.bytes);
    free(reader.frames);
}

void
streams_free(struct streams *streams)
{
    for (size_t s = 0; s < streams->count; s++) {
        esi_buf_free(&streams->items[s].bytes);
        free(streams->items[s].frames);
    }
    free(streams->items);
}

/* ---- with the plan applied ---- */

/* One direction of a flow, old, as it should be, and rewritten. */
struct pair {
    esi_flow_id flow;
    enum esi_dir dir;
    const struct esi_plan *plan;
    const struct stream *old;
    struct esi_buf wanted;
};

static struct pair
pair_new(const struct streams *old, size_t s, const struct esi_plan *plan)
{
    struct pair pair = {.flow = (esi_flow_id)(s / 2),
                        .dir = (enum esi_dir)(s % 2),
                        .plan = plan,
                        .old = &old->items[s]};

    esi_buf_append(&pair.wanted, esi_buf_slice(&pair.old->bytes));
    if (pair.wanted.len > 0)
        esi_plan_patch(plan, pair.flow, pair.dir, 0, pair.wanted.data, pair.wanted.len);
    return pair;
}

static bool
is_cut_off(const struct pair *pair, size_t at)
{
    const struct esi_cut *cut = esi_plan_cut_of(pair->plan, pair->flow);
    const uint64_t *frames = pair->old->frames;

    if (!cut)
        return false;
    if (frames[at] >= cut->frame)
        return true;
    if (pair->dir != cut->dir)
        return false;
    return at >= cut->offset ||
           (cut->offset < pair->old->bytes.len && frames[at] == frames[cut->offset]);
}

static bool
has_to_arrive(const struct pair *pair, size_t at)
{
    return pair->old->frames[at] != 0 && !is_cut_off(pair, at) &&
           !esi_plan_discards(pair->plan, pair->flow, pair->dir, (struct esi_span){at, 1});
}

/* has_no_place - behind the cut's byte nothing may come. */
static bool
has_no_place(const struct pair *pair, size_t at)
{
    const struct esi_cut *cut = esi_plan_cut_of(pair->plan, pair->flow);

    return at >= pair->old->bytes.len || pair->old->frames[at] == 0 ||
           (cut && pair->dir == cut->dir && at >= cut->offset);
}

static bool
is_right(const struct pair *pair, const struct stream *got, size_t at)
{
    if (at >= got->bytes.len || got->frames[at] == 0)
        return at >= pair->wanted.len || !has_to_arrive(pair, at);
    return !has_no_place(pair, at) && got->bytes.data[at] == pair->wanted.data[at];
}

static void
print_around(struct esi_buf *out, const char *what, const struct esi_buf *bytes, size_t at)
{
    enum { AROUND = 8 };
    size_t from = at > AROUND ? at - AROUND : 0;
    struct esi_slice some = esi_slice_cut(esi_buf_slice(bytes), from, 2 * AROUND);

    esi_buf_printf(out, "    %s, from %zu: \"", what, from);
    for (size_t i = 0; i < some.len; i++)
        esi_buf_printf(out, some.ptr[i] < ' ' ? "\\%o" : "%c", some.ptr[i]);
    esi_buf_text(out, "\"\n");
}

static bool
check_pair(const struct pair *pair, const struct stream *got, struct esi_buf *why)
{
    size_t len = pair->wanted.len > got->bytes.len ? pair->wanted.len : got->bytes.len;

    for (size_t at = 0; at < len; at++) {
        if (is_right(pair, got, at))
            continue;
        esi_buf_printf(why, "flow %d, to %s: byte %zu of %zu, rewritten %zu\n", (int)pair->flow,
                       pair->dir == ESI_TO_SERVER ? "server" : "client", at, pair->wanted.len,
                       got->bytes.len);
        print_around(why, "was", &pair->old->bytes, at);
        print_around(why, "wanted", &pair->wanted, at);
        print_around(why, "rewritten", &got->bytes, at);
        return false;
    }
    if (pair->old->conflicts == 0 && got->conflicts > 0)
        esi_buf_printf(why, "flow %d: %d copies differ, rewritten\n", (int)pair->flow,
                       (int)got->conflicts);
    return pair->old->conflicts > 0 || got->conflicts == 0;
}

bool
streams_are_edited(const struct streams *old, const struct streams *rewritten,
                   const struct esi_plan *plan, struct esi_buf *why)
{
    static const struct stream nothing;
    bool right = true;

    for (size_t s = 0; right && s < old->count; s++) {
        struct pair pair = pair_new(old, s, plan);
        right = check_pair(&pair, s < rewritten->count ? &rewritten->items[s] : &nothing, why);
        esi_buf_free(&pair.wanted);
    }
    if (right && rewritten->count > old->count)
        esi_buf_text(why, "more flows than before\n");
    return right && rewritten->count <= old->count;
}

size_t
streams_edited(const struct streams *old, const struct esi_plan *plan)
{
    size_t count = 0;

    for (size_t s = 0; s < old->count; s++) {
        struct pair pair = pair_new(old, s, plan);
        for (size_t at = 0; at < pair.wanted.len; at++)
            count += pair.wanted.data[at] != pair.old->bytes.data[at] && has_to_arrive(&pair, at);
        esi_buf_free(&pair.wanted);
    }
    return count;
}
