/*
 * wrap_tortures.c - what is around a segment: link layers, tags, tunnels, IP's options and its
 * fragments, and what a network card leaves for later.
 */
#include "property/road.h"

/* ---- one thing changed in each frame ---- */

static void
bend_each(const struct road *in, struct road *out, void (*fn)(struct frame_spec *spec))
{
    for (size_t s = 0; s < in->count; s++)
        fn(&road_add(out, &in->shots[s])->spec);
}

static void
set_padded(struct frame_spec *spec)
{
    spec->padded = true;
}

static void
padded(const struct road *in, struct road *out)
{
    bend_each(in, out, set_padded);
}

static void
set_extended(struct frame_spec *spec)
{
    spec->extended = true;
    spec->options = 12;
}

static void
extended(const struct road *in, struct road *out)
{
    bend_each(in, out, set_extended);
}

static void
set_offloaded(struct frame_spec *spec)
{
    spec->offloaded = spec->payload.len > 0;
}

static void
without_length(const struct road *in, struct road *out)
{
    bend_each(in, out, set_offloaded);
}

static void
set_zero_sum(struct frame_spec *spec)
{
    spec->sum = spec->to_client ? FRAME_SUM_ZERO : FRAME_SUM_RIGHT;
}

static void
server_zero_sums(const struct road *in, struct road *out)
{
    bend_each(in, out, set_zero_sum);
}

static void
set_pseudo_sum(struct frame_spec *spec)
{
    spec->sum = spec->to_client ? FRAME_SUM_RIGHT : FRAME_SUM_PSEUDO;
}

static void
client_pseudo_sums(const struct road *in, struct road *out)
{
    bend_each(in, out, set_pseudo_sum);
}

static void
set_bare_sum(struct frame_spec *spec)
{
    spec->sum = spec->to_client ? FRAME_SUM_RIGHT : FRAME_SUM_PSEUDO_BARE;
}

static void
client_bare_sums(const struct road *in, struct road *out)
{
    bend_each(in, out, set_bare_sum);
}

static void
set_large_sum(struct frame_spec *spec)
{
    bool large = spec->to_client && spec->payload.len > 20; /* the card's work; not small ones */

    spec->sum = large ? FRAME_SUM_PSEUDO : FRAME_SUM_RIGHT;
}

static void
some_pseudo_sums(const struct road *in, struct road *out)
{
    bend_each(in, out, set_large_sum);
}

/* captured_twice - on a port that mirrors both sides of a switch. */
static void
captured_twice(const struct road *in, struct road *out)
{
    static const enum frame_layer tagged[] = {LAYER_ETHERNET, LAYER_VLAN, LAYER_END};

    for (size_t s = 0; s < in->count; s++) {
        road_add(out, &in->shots[s]);
        road_add(out, &in->shots[s])->spec.layers = tagged;
    }
}

/* ---- fragments ---- */

enum { PIECES_MOST = 16384 };

struct pieces {
    struct frame_piece items[PIECES_MOST];
    size_t count;
};

/* cut - pieces of `size` bytes, each beginning `step` behind the one before. */
static void
cut(struct pieces *out, const struct shot *shot, uint32_t size, uint32_t step)
{
    uint32_t all = frame_pieces_len(&shot->spec);

    out->count = 0;
    for (uint32_t at = 0; at == 0 || at + size < all + step; at += step) {
        uint32_t len = size < all - at ? size : all - at;
        if (out->count < PIECES_MOST && at < all)
            out->items[out->count++] = (struct frame_piece){at, len};
    }
}

static void
add_piece(struct road *out, const struct shot *shot, struct frame_piece piece, size_t number)
{
    struct shot *added = road_add(out, shot);

    added->piece = piece;
    added->spec.ip_id = (uint16_t)(1000 + number);
    if (out->count > 1)
        added->pause = piece.at == 0 ? added->pause : 0;
}

/* bend_pieces - each segment's pieces, as fn sends them. */
static void
bend_pieces(const struct road *in, struct road *out, uint32_t size, uint32_t step,
            void (*fn)(struct road *out, const struct shot *shot, const struct pieces *pieces,
                       size_t number))
{
    static struct pieces pieces;

    for (size_t s = 0; s < in->count; s++) {
        cut(&pieces, &in->shots[s], size, step);
        fn(out, &in->shots[s], &pieces, s);
    }
}

static void
put_forwards(struct road *out, const struct shot *shot, const struct pieces *pieces, size_t number)
{
    for (size_t p = 0; p < pieces->count; p++)
        add_piece(out, shot, pieces->items[p], number);
}

static void
put_backwards(struct road *out, const struct shot *shot, const struct pieces *pieces, size_t number)
{
    for (size_t p = pieces->count; p-- > 0;)
        add_piece(out, shot, pieces->items[p], number);
}

/* put_shuffled - every third, beginning with the last of three. */
static void
put_shuffled(struct road *out, const struct shot *shot, const struct pieces *pieces, size_t number)
{
    for (size_t round = 3; round-- > 0;)
        for (size_t p = round; p < pieces->count; p += 3)
            add_piece(out, shot, pieces->items[p], number);
}

/* put_doubled - the first comes again before the rest, and each of these twice. */
static void
put_doubled(struct road *out, const struct shot *shot, const struct pieces *pieces, size_t number)
{
    for (size_t p = 0; p < pieces->count; p++) {
        add_piece(out, shot, pieces->items[p], number);
        add_piece(out, shot, pieces->items[p], number);
    }
}

static void
fragments(const struct road *in, struct road *out)
{
    bend_pieces(in, out, 24, 24, put_forwards);
}

static void
least_fragments(const struct road *in, struct road *out)
{
    bend_pieces(in, out, 8, 8, put_forwards);
}

static void
fragments_backwards(const struct road *in, struct road *out)
{
    bend_pieces(in, out, 16, 16, put_backwards);
}

static void
fragments_shuffled(const struct road *in, struct road *out)
{
    bend_pieces(in, out, 8, 8, put_shuffled);
}

static void
fragments_doubled(const struct road *in, struct road *out)
{
    bend_pieces(in, out, 32, 32, put_doubled);
}

static void
fragments_overlapping(const struct road *in, struct road *out)
{
    bend_pieces(in, out, 32, 16, put_shuffled);
}

static void
extended_fragments(const struct road *in, struct road *out)
{
    struct road longer = {0};

    extended(in, &longer);
    bend_pieces(&longer, out, 24, 24, put_backwards);
    road_free(&longer);
}

/* fragments_mixed - those of two segments in turn, of one as many as of the other first. */
static void
fragments_mixed(const struct road *in, struct road *out)
{
    static struct pieces first, second;

    for (size_t s = 0; s < in->count; s += 2) {
        bool two = s + 1 < in->count;
        cut(&first, &in->shots[s], 16, 16);
        second.count = 0;
        if (two)
            cut(&second, &in->shots[s + 1], 16, 16);
        for (size_t p = 1; p < second.count; p++)
            add_piece(out, &in->shots[s + 1], second.items[p], s + 1);
        put_backwards(out, &in->shots[s], &first, s);
        if (two)
            add_piece(out, &in->shots[s + 1], second.items[0], s + 1);
    }
}

#define IN(...) .layers = {LAYER_##__VA_ARGS__}

static const struct torture rows[] = {
    {"Ethernet", IN(ETHERNET)},
    {"Ethernet, with padding and check sequence", .bend = padded, IN(ETHERNET)},
    {"options and extension headers", .bend = extended},
    {"no total length", NEEDS_IPV4, .bend = without_length},
    {"802.1Q", IN(ETHERNET, LAYER_VLAN)},
    {"QinQ", IN(ETHERNET, LAYER_SERVICE_VLAN, LAYER_VLAN)},
    {"Linux cooked", IN(COOKED)},
    {"Linux cooked, 2", IN(COOKED_2)},
    {"Linux cooked, 802.1Q", IN(COOKED, LAYER_VLAN)},
    {"raw IP", IN(RAW)},
    {"BSD loopback, little-endian", IN(NULL)},
    {"BSD loopback, big-endian", IN(NULL_BIG)},
    {"OpenBSD loopback", IN(LOOP)},
    {"OpenBSD loopback, little-endian", IN(LOOP_LITTLE)},
    {"PPP", IN(PPP)},
    {"Cisco HDLC", IN(HDLC)},
    {"SNAP", NEEDS_SHORT, IN(ETHERNET, LAYER_SNAP)},
    {"MPLS", IN(ETHERNET, LAYER_MPLS)},
    {"MPLS in 802.1Q", IN(ETHERNET, LAYER_VLAN, LAYER_MPLS)},
    {"PPPoE", IN(ETHERNET, LAYER_PPPOE)},
    {"PPPoE in QinQ", IN(ETHERNET, LAYER_SERVICE_VLAN, LAYER_VLAN, LAYER_PPPOE)},
    {"IP in IPv4", IN(ETHERNET, LAYER_IPV4)},
    {"IP in IPv6", IN(RAW, LAYER_IPV6)},
    {"GRE", IN(ETHERNET, LAYER_IPV4, LAYER_GRE)},
    {"GRE with key and sequence number", IN(ETHERNET, LAYER_IPV6, LAYER_GRE_KEYED)},
    {"Ethernet in GRE", IN(ETHERNET, LAYER_IPV4, LAYER_GRE, LAYER_ETHERNET)},
    {"VXLAN", IN(ETHERNET, LAYER_IPV4, LAYER_VXLAN, LAYER_ETHERNET)},
    {"802.1Q in VXLAN over IPv6",
     IN(COOKED_2, LAYER_IPV6, LAYER_VXLAN, LAYER_ETHERNET, LAYER_VLAN)},
    {"ERSPAN", IN(ETHERNET, LAYER_IPV4, LAYER_ERSPAN, LAYER_ETHERNET)},
    {"IP in IPv4 in GRE in MPLS", IN(ETHERNET, LAYER_MPLS, LAYER_IPV4, LAYER_GRE, LAYER_IPV4)},
    {"captured inside and outside of 802.1Q", .bend = captured_twice, IN(ETHERNET)},
    {"server's checksums zero", .bend = server_zero_sums},
    {"client's checksums unfinished", .bend = client_pseudo_sums},
    {"client's checksums unfinished, without length", .bend = client_bare_sums},
    {"large segments' checksums unfinished", .bend = some_pseudo_sums},
    {"fragments", .bend = fragments},
    {"fragments of eight bytes", NEEDS_FEW_BYTES, .bend = least_fragments},
    {"fragments backwards", .bend = fragments_backwards},
    {"fragments shuffled", NEEDS_FEW_BYTES, .bend = fragments_shuffled},
    {"fragments twice", .bend = fragments_doubled},
    {"fragments overlapping", NEEDS_IPV4, .bend = fragments_overlapping},
    {"fragments with options and extension headers", .bend = extended_fragments},
    {"fragments of two segments mixed", .bend = fragments_mixed},
    {"fragments in VXLAN", .bend = fragments_backwards,
     IN(ETHERNET, LAYER_IPV4, LAYER_VXLAN, LAYER_ETHERNET)},
};
const struct torture_table wrap_tortures = {rows, ESI_COUNT(rows)};
