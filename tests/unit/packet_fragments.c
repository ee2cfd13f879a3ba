/* packet_fragments.c - however a datagram is cut, the same segment comes out. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "esi/bytes.h"
#include "esi/packet.h"

#include "support/guard.h"

enum { MOST = 70000, FRAMES = 256, NANOS = 1000000000 };

/* What is sent: raw IP frames, each a copy of its own that ends where memory ends. */
struct wire {
    struct esi_buf frames[FRAMES];
    size_t count;
};

static void
wire_clear(struct wire *wire)
{
    for (size_t f = 0; f < wire->count; f++)
        esi_buf_free(&wire->frames[f]);
    wire->count = 0;
}

static struct esi_buf *
wire_new(struct wire *wire)
{
    cr_assert_lt(wire->count, FRAMES);
    wire->frames[wire->count] = (struct esi_buf){0};
    return &wire->frames[wire->count++];
}

struct part {
    int family;
    uint8_t protocol;
    uint32_t id;
    size_t offset;
    bool more, whole; /* whole: no fragment */
};

static void
put_ipv4(struct esi_buf *out, struct part part, size_t len)
{
    uint8_t header[20] = {0x45, [8] = 64, [12] = 192, 0, 2, 1, 192, 0, 2, 2};

    esi_put_be16(header + 2, (uint16_t)(20 + len));
    esi_put_be16(header + 4, (uint16_t)part.id);
    esi_put_be16(header + 6, (uint16_t)(part.offset / 8 | (part.more ? 0x2000 : 0)));
    header[9] = part.protocol;
    esi_buf_append(out, (struct esi_slice){header, sizeof header});
}

static void
put_ipv6(struct esi_buf *out, struct part part, size_t len)
{
    uint8_t header[48] = {0x60, [7] = 64, [8] = 0x20, 1, [23] = 1, 0x20, 1, [39] = 2};

    esi_put_be16(header + 4, (uint16_t)(len + (part.whole ? 0 : 8)));
    header[6] = part.whole ? part.protocol : 44;
    header[40] = part.protocol;
    esi_put_be16(header + 42, (uint16_t)(part.offset | part.more));
    esi_put_be32(header + 44, part.id);
    esi_buf_append(out, (struct esi_slice){header, part.whole ? 40 : 48});
}

/* send_part - of a datagram's bytes, `len` from part.offset on. */
static void
send_part(struct wire *wire, struct part part, struct esi_slice datagram, size_t len)
{
    struct esi_slice bytes = esi_slice_cut(datagram, part.offset, len);
    struct esi_buf *out = wire_new(wire);

    part.more = part.offset + bytes.len < datagram.len;
    part.whole = bytes.len == datagram.len;
    if (part.family == 4)
        put_ipv4(out, part, bytes.len);
    else
        put_ipv6(out, part, bytes.len);
    esi_buf_append(out, bytes);
}

static void
send_parts(struct wire *wire, struct part part, struct esi_slice datagram, size_t size)
{
    for (part.offset = 0; part.offset < datagram.len; part.offset += size)
        send_part(wire, part, datagram, size);
}

/* segment_of - a TCP segment with that many bytes, by seed. To be freed. */
static struct esi_buf
segment_of(size_t payload, unsigned seed)
{
    static const uint8_t header[20] = {0x9c, 0x40, 0, 25, 1, 2, 3, 4, 5, 6, 7, 8, 0x50, 0x18, 16};
    struct esi_buf out = {0};

    srand(seed);
    esi_buf_append(&out, (struct esi_slice){header, sizeof header});
    for (size_t b = 0; b < payload; b++)
        esi_buf_byte(&out, (uint8_t)rand());
    return out;
}

/* What came out of a wire. */
struct got {
    size_t tcp, parts; /* frames */
    enum esi_decoded last;
    struct esi_segment segment; /* the last one's */
    struct esi_piece *pieces;
    size_t piece_count;
};

struct player {
    struct guard guard;
    struct esi_decoder *decoder;
    uint64_t number;
    esi_nanos now;
    size_t snap;
};

static struct player
player_new(void)
{
    struct player player = {.decoder = esi_decoder_new(), .snap = SIZE_MAX};

    guard_init(&player.guard, MOST);
    return player;
}

static void
player_free(struct player *player)
{
    guard_fini(&player->guard);
    esi_decoder_free(player->decoder);
}

static void
play_one(struct player *player, const struct esi_buf *bytes, struct got *got)
{
    size_t len = bytes->len < player->snap ? bytes->len : player->snap;

    guard_take_back(&player->guard);
    struct esi_frame frame = {
        .number = ++player->number,
        .linktype = 12,
        .ts = player->now,
        .wire_len = (uint32_t)bytes->len,
        .bytes = guard_lend(&player->guard, (struct esi_slice){bytes->data, len}),
    };
    struct esi_decoding decoding = esi_decoder_frame(player->decoder, &frame, &got->segment);

    got->last = decoding.what;
    got->tcp += decoding.what == ESI_DECODED_TCP;
    got->parts += decoding.what == ESI_DECODED_IP_FRAGMENT;
    free(got->pieces);
    got->pieces = NULL;
    got->piece_count = decoding.piece_count;
    if (decoding.piece_count > 0) {
        got->pieces = malloc(decoding.piece_count * sizeof *got->pieces);
        memcpy(got->pieces, decoding.pieces, decoding.piece_count * sizeof *got->pieces);
    }
}

/* play - the frames in order; order NULL: as sent. */
static struct got
play(struct player *player, const struct wire *wire, const size_t *order)
{
    struct got got = {0};

    for (size_t f = 0; f < wire->count; f++)
        play_one(player, &wire->frames[order ? order[f] : f], &got);
    return got;
}

static void
got_clear(struct got *got)
{
    free(got->pieces);
    got->pieces = NULL;
}

static void
shuffle(size_t *order, size_t count)
{
    for (size_t f = 0; f < count; f++)
        order[f] = f;
    for (size_t f = count; f > 1; f--) {
        size_t other = (size_t)rand() % f, was = order[f - 1];
        order[f - 1] = order[other];
        order[other] = was;
    }
}

static void
check_segment(const char *what, const struct got *got, struct esi_slice datagram)
{
    cr_assert_eq(got->last, ESI_DECODED_TCP, "%s: %d", what, got->last);
    cr_assert(esi_slice_eq(got->segment.packet, datagram), "%s: bytes", what);
    cr_assert_eq(got->segment.tcp_at, 0, "%s", what);
    cr_assert_eq(got->segment.payload_at, 20, "%s", what);
    cr_assert_eq(got->segment.seq, 0x01020304, "%s", what);
    cr_assert_eq(got->segment.dst.port, 25, "%s", what);
    cr_assert_eq(got->segment.payload_len, datagram.len - 20, "%s", what);
    cr_assert_eq(got->segment.payload.len, datagram.len - 20, "%s", what);
}

/* check_pieces - each lies where it says, and together they are the datagram. `first` is the number
 * of the wire's first frame. */
static void
check_pieces(const char *what, const struct got *got, const struct wire *wire, const size_t *order,
             uint64_t first, struct esi_slice datagram)
{
    uint8_t *seen = esi_alloc(datagram.len);

    for (size_t p = 0; p < got->piece_count; p++) {
        const struct esi_piece *piece = &got->pieces[p];
        size_t at = (size_t)(piece->frame - first);
        cr_assert_lt(at, wire->count, "%s: frame %zu", what, at);
        const struct esi_buf *frame = &wire->frames[order ? order[at] : at];
        cr_assert_leq((size_t)piece->frame_at + piece->len, frame->len, "%s", what);
        cr_assert_leq((size_t)piece->at + piece->len, datagram.len, "%s", what);
        cr_assert_eq(memcmp(frame->data + piece->frame_at, datagram.ptr + piece->at, piece->len), 0,
                     "%s: piece %zu", what, p);
        cr_assert(p == 0 || piece[-1].frame < piece->frame, "%s: in order of arrival", what);
        memset(seen + piece->at, 1, piece->len);
    }
    cr_assert(!memchr(seen, 0, datagram.len), "%s: each byte lies in a piece", what);
    free(seen);
}

static const struct {
    const char *what;
    int family;
    size_t payload, size;
} splits[] = {
    {"two fragments", 4, 100, 64},       {"the smallest ones", 4, 100, 8},
    {"IPv6, two fragments", 6, 100, 64}, {"IPv6, the smallest ones", 6, 100, 8},
    {"a last byte alone", 4, 45, 64},    {"IPv6, a last byte alone", 6, 45, 64},
    {"the longest", 4, 65515, 1480},     {"IPv6, the longest", 6, 65515, 1448},
};

Test(packet_fragments, any_cut_in_any_order_with_duplicates)
{
    struct player player = player_new();

    for (unsigned round = 0; round < 12 * ESI_COUNT(splits); round++) {
        size_t s = round % ESI_COUNT(splits), order[FRAMES];
        const char *what = splits[s].what;
        struct esi_buf segment = segment_of(splits[s].payload, round);
        struct esi_slice datagram = esi_buf_slice(&segment);
        struct part part = {.family = splits[s].family, .protocol = 6, .id = round};
        struct wire wire = {0};

        send_parts(&wire, part, datagram, splits[s].size);
        size_t once = wire.count;
        for (size_t twice = round % 4; twice > 0; twice--) {
            part.offset = (size_t)rand() % once * splits[s].size;
            send_part(&wire, part, datagram, splits[s].size);
        }
        shuffle(order, wire.count);
        struct got got = {0};
        uint64_t first = player.number + 1;
        for (size_t f = 0; f < wire.count && got.tcp == 0; f++)
            play_one(&player, &wire.frames[order[f]], &got);
        check_segment(what, &got, datagram);
        cr_assert_eq(got.tcp, 1, "%s", what);
        check_pieces(what, &got, &wire, order, first, datagram);
        cr_assert_eq(got.segment.src.ip.family, splits[s].family, "%s", what);
        got_clear(&got);
        wire_clear(&wire);
        esi_buf_free(&segment);
    }
    player_free(&player);
}

Test(packet_fragments, late_duplicates_are_the_segment_once_more)
{
    struct player player = player_new();

    for (int family = 4; family <= 6; family += 2) {
        struct esi_buf segment = segment_of(200, 1), other = segment_of(200, 2);
        struct part part = {.family = family, .protocol = 6, .id = 5};
        struct wire wire = {0}, late = {0};

        send_parts(&wire, part, esi_buf_slice(&segment), 64);
        struct got got = play(&player, &wire, NULL);
        check_segment("first", &got, esi_buf_slice(&segment));
        got_clear(&got);
        part.offset = 64;
        send_part(&late, part, esi_buf_slice(&segment), 64);
        got = play(&player, &late, NULL);
        check_segment("again", &got, esi_buf_slice(&segment));
        cr_assert_eq(got.piece_count, 1);
        cr_assert_eq(got.pieces[0].frame, player.number);
        cr_assert_eq(got.pieces[0].at, 64);
        cr_assert_eq(got.pieces[0].len, 64);
        got_clear(&got);

        wire_clear(&wire);
        send_parts(&wire, part, esi_buf_slice(&other), 64);
        uint64_t first = player.number + 1;
        got = play(&player, &wire, NULL);
        check_segment("the id is used again", &got, esi_buf_slice(&other));
        cr_assert_eq(got.tcp, 1);
        check_pieces("the id is used again", &got, &wire, NULL, first, esi_buf_slice(&other));
        got_clear(&got);
        wire_clear(&wire);
        wire_clear(&late);
        esi_buf_free(&segment);
        esi_buf_free(&other);
    }
    player_free(&player);
}

/* The first copy counts in IPv4; in IPv6 nothing does. */
Test(packet_fragments, overlaps)
{
    struct player player = player_new();

    for (int family = 4; family <= 6; family += 2) {
        struct esi_buf segment = segment_of(200, 1), other = segment_of(200, 2);
        struct part part = {.family = family, .protocol = 6, .id = 5};
        struct wire wire = {0};

        send_part(&wire, part, esi_buf_slice(&segment), 64);
        part.offset = 56; /* eight bytes of which are there, and differ */
        send_part(&wire, part, esi_buf_slice(&other), 72);
        memcpy(other.data, segment.data, 64);
        memcpy(other.data + 128, segment.data + 128, other.len - 128);
        part.offset = 64;
        send_part(&wire, part, esi_buf_slice(&segment), 64);
        part.offset = 128;
        send_part(&wire, part, esi_buf_slice(&segment), 200);
        struct got got = play(&player, &wire, NULL);
        if (family == 4)
            check_segment("IPv4", &got, esi_buf_slice(&other));
        else
            cr_assert_eq(got.last, ESI_DECODED_FRAGMENT_OVERLAP);
        got_clear(&got);
        wire_clear(&wire);
        esi_buf_free(&segment);
        esi_buf_free(&other);
    }
    player_free(&player);
}

Test(packet_fragments, ends_that_contradict_each_other)
{
    struct player player = player_new();
    struct esi_buf segment = segment_of(200, 1);
    struct esi_slice all = esi_buf_slice(&segment), less = esi_slice_cut(all, 0, 150);
    struct part part = {.family = 4, .protocol = 6, .id = 5, .offset = 128};
    struct wire wire = {0};

    send_part(&wire, part, less, 200);
    part.offset = 192;
    send_part(&wire, part, all, 64);
    struct got got = play(&player, &wire, NULL);
    cr_assert_eq(got.last, ESI_DECODED_IP_BAD, "behind the end");
    got_clear(&got);
    wire_clear(&wire);
    part.id = 6;
    send_part(&wire, part, all, 16);
    part.offset = 128;
    send_part(&wire, part, less, 200);
    got = play(&player, &wire, NULL);
    cr_assert_eq(got.last, ESI_DECODED_IP_BAD, "an end before what has come");
    got_clear(&got);
    wire_clear(&wire);
    esi_buf_free(&segment);
    player_free(&player);
}

Test(packet_fragments, incomplete_or_too_far_apart_in_time)
{
    struct player player = player_new();
    struct esi_buf segment = segment_of(200, 1);
    struct part part = {.family = 4, .protocol = 6, .id = 5};
    static const struct {
        esi_nanos later;
        bool whole;
    } rows[] = {{60, true}, {61, false}, {-60, true}, {-61, false}, {INT64_MAX / NANOS, false}};

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        struct wire wire = {0};

        part.id++;
        part.offset = 0;
        send_parts(&wire, part, esi_buf_slice(&segment), 64);
        struct got got = {0};
        player.now = 0;
        for (size_t f = 0; f < wire.count; f++) {
            player.now = f + 1 == wire.count ? rows[r].later * NANOS : 0;
            play_one(&player, &wire.frames[f], &got);
        }
        cr_assert_eq(got.tcp, rows[r].whole, "row %zu", r);
        cr_assert_eq(got.parts, wire.count - got.tcp, "row %zu", r);
        got_clear(&got);
        wire_clear(&wire);
    }
    esi_buf_free(&segment);
    player_free(&player);
}

/* The payload goes as far as its bytes go on. */
Test(packet_fragments, cut_by_the_snap_length)
{
    struct player player = player_new();

    for (size_t snap = 20; snap <= 90; snap++) {
        struct esi_buf segment = segment_of(200, 1);
        struct part part = {.family = 4, .protocol = 6, .id = (uint32_t)snap};
        struct wire wire = {0};

        send_parts(&wire, part, esi_buf_slice(&segment), 64);
        player.snap = snap;
        struct got got = play(&player, &wire, NULL);
        size_t there = snap - 20;
        if (there < 20) {
            cr_assert_eq(got.last, ESI_DECODED_TCP_CUT, "cut to %zu: %d", snap, got.last);
        } else {
            size_t want = there >= 64 ? 200 : there - 20;
            cr_assert_eq(got.last, ESI_DECODED_TCP, "cut to %zu: %d", snap, got.last);
            cr_assert_eq(got.segment.payload_len, 200, "cut to %zu", snap);
            cr_assert_eq(got.segment.payload.len, want, "cut to %zu: %zu", snap,
                         got.segment.payload.len);
            cr_assert_eq(memcmp(got.segment.payload.ptr, segment.data + 20, want), 0);
        }
        for (size_t p = 0; p < got.piece_count; p++)
            cr_assert_leq(got.pieces[p].frame_at + got.pieces[p].len, snap, "cut to %zu", snap);
        got_clear(&got);
        wire_clear(&wire);
        esi_buf_free(&segment);
    }
    player_free(&player);
}

/* What is in a tunnel may be cut, and the tunnel's packets may be. */
Test(packet_fragments, in_tunnels_and_around_them)
{
    struct player player = player_new();

    for (unsigned round = 0; round < 40; round++) {
        static const size_t inner_sizes[] = {4000, 800, 56}, outer_sizes[] = {4000, 304, 72};
        size_t inner_size = inner_sizes[round % 3], outer_size = outer_sizes[round / 3 % 3];
        struct esi_buf segment = segment_of(1000, round);
        struct esi_slice datagram = esi_buf_slice(&segment);
        struct wire inside = {0}, wire = {0};
        size_t order[FRAMES];

        send_parts(&inside, (struct part){.family = round & 1 ? 4 : 6, .protocol = 6, .id = round},
                   datagram, inner_size);
        for (size_t f = 0; f < inside.count; f++)
            send_parts(&wire,
                       (struct part){.family = round & 2 ? 4 : 6,
                                     .protocol = round & 1 ? 4 : 41,
                                     .id = (uint32_t)(round * 100 + f)},
                       esi_buf_slice(&inside.frames[f]), outer_size);
        shuffle(order, wire.count);
        uint64_t first = player.number + 1;
        struct got got = play(&player, &wire, order);
        cr_assert_eq(got.tcp, 1, "round %u: %zu", round, got.tcp);
        cr_assert_eq(got.last, ESI_DECODED_TCP, "round %u", round);
        cr_assert_eq(got.segment.payload_len, 1000, "round %u", round);
        cr_assert(esi_slice_eq(got.segment.payload, esi_slice_cut(datagram, 20, 1000)), "round %u",
                  round);
        if (inside.count > 1)
            check_pieces("tunnel", &got, &wire, order, first, datagram);
        got_clear(&got);
        /* An outer fragment once more is the inner segment once more. */
        struct got again = {0};
        play_one(&player, &wire.frames[order[0]], &again);
        cr_assert_eq(again.tcp + again.parts, 1, "round %u: %d", round, again.last);
        for (size_t p = 0; p < again.piece_count; p++)
            cr_assert_eq(again.pieces[p].frame, player.number, "round %u", round);
        got_clear(&again);
        wire_clear(&wire);
        wire_clear(&inside);
        esi_buf_free(&segment);
    }
    player_free(&player);
}

/* Whoever sends fragments without an end does not decide how much is kept, nor how long it takes:
 * the oldest are forgotten. */
Test(packet_fragments, the_oldest_are_forgotten)
{
    struct player player = player_new();
    struct esi_buf segment = segment_of(20000, 1);
    struct part part = {.family = 6, .protocol = 6, .id = 1};
    struct wire first = {0}, last = {0}, flood = {0};
    struct got got = {0};

    send_part(&first, part, esi_buf_slice(&segment), 10000);
    send_part(&flood, part, esi_buf_slice(&segment), 10000);
    part.offset = 10000;
    send_part(&last, part, esi_buf_slice(&segment), 20000);
    play_one(&player, &first.frames[0], &got);
    for (uint32_t f = 0; f < 5000; f++) {
        esi_put_be32(flood.frames[0].data + 44, 100 + f);
        play_one(&player, &flood.frames[0], &got);
    }
    play_one(&player, &last.frames[0], &got);
    cr_assert_eq(got.tcp, 0, "the first fragment is forgotten");
    play_one(&player, &first.frames[0], &got);
    cr_assert_eq(got.tcp, 1, "both are there");
    for (uint32_t f = 0; f < 5000; f++)
        play_one(&player, &flood.frames[0], &got);
    cr_assert_eq(got.tcp, 1, "fragments without end");
    esi_put_be32(first.frames[0].data + 44, 99);
    esi_put_be32(last.frames[0].data + 44, 99);
    for (uint32_t f = 0; f < 40000; f++)
        play_one(&player, &last.frames[0], &got);
    cr_assert_eq(got.tcp, 1, "duplicates without end");
    play_one(&player, &first.frames[0], &got);
    cr_assert_eq(got.tcp, 2, "and it goes on");
    cr_assert_leq(got.piece_count, 16384);
    got_clear(&got);
    wire_clear(&first);
    wire_clear(&last);
    wire_clear(&flood);
    esi_buf_free(&segment);
    player_free(&player);
}
