/*
 * segment_tortures.c - conversations cut into other segments, other sequence numbers, and what
 * TCP itself has to say before, between and behind the bytes.
 */
#include "esi/packet.h"

#include "property/road.h"

enum { RAGGED_MOST = 23 };

/* ---- the same conversation in other segments ---- */

static struct talk_step *
add_step(struct test_case *out, const struct talk_step *like)
{
    out->steps = esi_grow(out->steps, &out->cap, out->count + 1, sizeof *out->steps);
    out->steps[out->count] = *like;
    out->steps[out->count].bytes = (struct esi_buf){0};
    return &out->steps[out->count++];
}

/* recut - each step's bytes in pieces of a size that size_of knows. */
static void
recut(struct test_case *out, const struct test_case *in, size_t (*size_of)(size_t at))
{
    for (size_t i = 0; i < in->count; i++) {
        struct esi_slice rest = esi_buf_slice(&in->steps[i].bytes);
        if (rest.len == 0)
            add_step(out, &in->steps[i]);
        for (size_t at = 0; rest.len > 0; at++) {
            struct esi_slice piece = esi_slice_cut(rest, 0, size_of(at));
            esi_buf_append(&add_step(out, &in->steps[i])->bytes, piece);
            rest = esi_slice_cut(rest, piece.len, SIZE_MAX);
        }
    }
}

static size_t
size_one(size_t at)
{
    (void)at;
    return 1;
}

static size_t
size_ragged(size_t at)
{
    return 1 + at * 7919 % RAGGED_MOST;
}

static size_t
size_probed(size_t at)
{
    return at == 0 ? 1 : SIZE_MAX;
}

static void
in_single_bytes(struct test_case *out, const struct test_case *in)
{
    recut(out, in, size_one);
}

static void
in_ragged_pieces(struct test_case *out, const struct test_case *in)
{
    recut(out, in, size_ragged);
}

/* with_first_byte_apart - as a probe carries it. */
static void
with_first_byte_apart(struct test_case *out, const struct test_case *in)
{
    recut(out, in, size_probed);
}

static void
in_large_segments(struct test_case *out, const struct test_case *in)
{
    for (size_t i = 0; i < in->count; i++) {
        const struct talk_step *step = &in->steps[i];
        struct talk_step *last = out->count > 0 ? &out->steps[out->count - 1] : NULL;
        if (!last || last->kind != TALK_BYTES || step->kind != TALK_BYTES || last->dir != step->dir)
            last = add_step(out, step);
        esi_buf_append(&last->bytes, esi_buf_slice(&step->bytes));
    }
}

/* ---- what is between ---- */

static struct shot
ack_by_peer(const struct shot *shot)
{
    struct shot ack = *shot;

    ack.spec.to_client = !shot->spec.to_client;
    ack.spec.seq = shot->spec.ack;
    ack.spec.ack = shot->spec.seq + (uint32_t)shot->spec.payload.len;
    ack.spec.flags = ESI_TCP_ACK;
    ack.spec.payload = (struct esi_slice){0};
    return ack;
}

/* keep_alives - RFC 1122 section 4.2.3.6: one byte of before, whatever is in it; or none. */
static void
keep_alives(const struct road *in, struct road *out)
{
    for (size_t s = 0; s < in->count; s++) {
        const struct shot *shot = &in->shots[s];
        road_add(out, shot);
        if (!has_payload(shot))
            continue;
        struct shot ack = ack_by_peer(shot), alive = *shot;
        alive.spec.seq += (uint32_t)shot->spec.payload.len - 1;
        alive.spec.payload = (struct esi_slice){(const uint8_t *)"", s % 2};
        road_add(out, &ack);
        road_add(out, &alive);
        road_add(out, &ack);
    }
}

/* zero_window_probes - every first byte is a probe's, is refused for want of room, and comes again
 * with the rest. */
static void
zero_window_probes(const struct road *in, struct road *out)
{
    for (size_t s = 0; s < in->count; s++) {
        const struct shot *shot = &in->shots[s];
        bool probe = shot->spec.payload.len == 1 && road_run(in, s) > 1;
        road_add(out, shot);
        if (!probe)
            continue;
        struct shot ack = ack_by_peer(shot), rest = *++shot;
        uint8_t *bytes = esi_arena_alloc(&out->bytes, 1 + rest.spec.payload.len);
        bytes[0] = shot[-1].spec.payload.ptr[0];
        for (size_t i = 0; i < rest.spec.payload.len; i++)
            bytes[1 + i] = rest.spec.payload.ptr[i];
        ack.spec.ack -= 1;
        ack.spec.zero_window = true;
        rest.spec.seq -= 1;
        rest.spec.payload = (struct esi_slice){bytes, 1 + rest.spec.payload.len};
        road_add(out, &ack);
        road_add(out, &rest);
        s++;
    }
}

/* ---- how it begins ---- */

/* renumber - as if the two ends had begun with other sequence numbers. */
static void
renumber(struct shot *shot, uint32_t client_by, uint32_t server_by)
{
    bool by_client = !shot->spec.to_client;

    shot->spec.seq += by_client ? client_by : server_by;
    if (shot->spec.flags & ESI_TCP_ACK)
        shot->spec.ack += by_client ? server_by : client_by;
}

static void
both_wrap(const struct road *in, struct road *out)
{
    for (size_t s = 0; s < in->count; s++)
        renumber(road_add(out, &in->shots[s]), 0, UINT32_MAX - 40);
}

static void
signs_change(const struct road *in, struct road *out)
{
    for (size_t s = 0; s < in->count; s++)
        renumber(road_add(out, &in->shots[s]), 0x7fffffff, 0x7ffffff0);
}

/* used_again - the same ports once more, as soon as the first conversation has said all. */
static void
used_again(const struct road *in, struct road *out)
{
    road_add_range(out, in, 0, in->count);
    for (size_t s = 0; s < in->count; s++)
        renumber(road_add(out, &in->shots[s]), 1000000, 2000000);
}

/* data_on_syn - RFC 9293 section 3.10.7.2; RFC 7413. */
static void
data_on_syn(const struct road *in, struct road *out)
{
    road_add_range(out, in, 0, in->count);
    if (in->count <= HANDSHAKE || !has_payload(&in->shots[HANDSHAKE]))
        return;
    struct shot *first = &out->shots[HANDSHAKE];
    out->shots[first->spec.to_client].spec.payload = first->spec.payload;
    first->spec.seq += (uint32_t)first->spec.payload.len;
    first->spec.payload.len = 0;
}

static void
syn_ack_first(const struct road *in, struct road *out)
{
    road_add(out, &in->shots[1]);
    road_add(out, &in->shots[0]);
    road_add_range(out, in, 2, in->count);
}

/* both_open - RFC 9293 section 3.5, figure 7. */
static void
both_open(const struct road *in, struct road *out)
{
    struct shot client = in->shots[0], server = in->shots[1];

    server.spec.flags = ESI_TCP_SYN;
    server.spec.ack = 0;
    road_add(out, &client);
    road_add(out, &server);
    client.spec.flags = ESI_TCP_SYN | ESI_TCP_ACK;
    client.spec.ack = server.spec.seq + 1;
    road_add(out, &client);
    road_add(out, &in->shots[1]);
    road_add_range(out, in, HANDSHAKE, in->count);
}

static const struct torture rows[] = {
    {"a byte a segment", NEEDS_FEW_BYTES, .recast = in_single_bytes},
    {"ragged segments", 0, .recast = in_ragged_pieces},
    {"large segments", 0, .recast = in_large_segments},
    {"keep-alives", NEEDS_NO_HOLES, .bend = keep_alives},
    {"zero-window probes", NEEDS_NO_HOLES, .recast = with_first_byte_apart,
     .bend = zero_window_probes},
    {"both sequence numbers wrap", 0, .bend = both_wrap},
    {"sequence numbers become negative", 0, .bend = signs_change},
    {"the ports used again", NEEDS_HANDSHAKE, .bend = used_again, .flows = 2},
    {"data on the SYN", NEEDS_HANDSHAKE, .bend = data_on_syn},
    {"SYN-ACK before SYN", NEEDS_HANDSHAKE, .bend = syn_ack_first},
    {"both sides open", NEEDS_HANDSHAKE, .bend = both_open},
};
const struct torture_table segment_tortures = {rows, ESI_COUNT(rows)};
