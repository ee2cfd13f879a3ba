/*
 * frames.c - frames put together from the inside out: each header goes before what is there.
 *
 * TCP first (RFC 9293 section 3.1), then IP or a fragment of it (RFC 791 section 3.1, RFC 8200
 * section 4), then what frame_layers.c knows.
 */
#include "support/frames.h"

#include <stdlib.h>
#include <string.h>

#include "support/frame_layers.h"

enum {
    NEXT_HOP_BY_HOP = 0,
    NEXT_TCP = 6,
    NEXT_ROUTING = 43,
    NEXT_FRAGMENT = 44,
    NEXT_DESTINATION = 60,
    TCP_HEADER = 20,
    CHECKSUM_AT = 16,
    OPTIONS_LEN = 8,  /* of IPv4's, and of an IPv6 extension header of options */
    ROOM_BEFORE = 600 /* for all headers; more than any list of layers takes */
};

static uint32_t
plain_sum(const uint8_t *bytes, size_t len)
{
    uint32_t sum = 0;

    for (size_t i = 0; i < len; i++)
        sum += i % 2 == 0 ? (uint32_t)bytes[i] << 8 : bytes[i];
    return sum;
}

static uint16_t
folded_sum(uint32_t sum)
{
    while (sum > 65535)
        sum = (sum & 65535) + (sum >> 16);
    return (uint16_t)sum;
}

uint16_t
packet_ip_sum(const uint8_t *header, size_t len)
{
    return (uint16_t)~folded_sum(plain_sum(header, len));
}

/* pseudo_sum - of the addresses the two ends know each other by. */
static uint32_t
pseudo_sum(const struct frame_spec *spec, size_t len)
{
    uint32_t addresses = 2 * 0xc000u + 0x0201 + 0x0202;

    if (spec->ip != FRAME_IPV4)
        addresses = 2 * (0x2001u + 0x0db8) + 1 + 2;
    return addresses + NEXT_TCP + (uint32_t)(len >> 16) + (uint32_t)(len & 65535);
}

static uint16_t
tcp_sum(const struct frame_spec *spec, const uint8_t *tcp, size_t len)
{
    uint16_t right = (uint16_t)~folded_sum(pseudo_sum(spec, len) + plain_sum(tcp, len));

    if (spec->bad_checksum)
        return right ^ 0x5555;
    switch (spec->sum) {
    case FRAME_SUM_RIGHT:
        return right;
    case FRAME_SUM_ZERO:
        return 0;
    case FRAME_SUM_PSEUDO:
        return folded_sum(pseudo_sum(spec, len));
    case FRAME_SUM_PSEUDO_BARE:
        return folded_sum(pseudo_sum(spec, 0));
    }
    abort();
}

static void
put_tcp(struct packet *packet, const struct frame_spec *spec)
{
    unsigned port = spec->client_port != 0 ? spec->client_port : FRAME_CLIENT_PORT;
    size_t header = (size_t)TCP_HEADER + spec->options, len = header + spec->payload.len;
    uint8_t *tcp = packet_front(packet, len);

    set16(tcp, spec->to_client ? 25 : port);
    set16(tcp + 2, spec->to_client ? port : 25);
    set32(tcp + 4, spec->seq);
    set32(tcp + 8, spec->ack);
    tcp[12] = (uint8_t)(header / 4 << 4);
    tcp[13] = spec->flags;
    set16(tcp + 14, spec->zero_window ? 0 : 65535);
    memset(tcp + TCP_HEADER, 1, spec->options);
    if (spec->payload.len > 0)
        memcpy(tcp + header, spec->payload.ptr, spec->payload.len);
    set16(tcp + CHECKSUM_AT, tcp_sum(spec, tcp, len));
    packet->protocol = NEXT_TCP;
}

/* put_options - an IPv6 extension header of nothing but padding (RFC 8200 section 4.2). */
static void
put_options(struct packet *packet, unsigned protocol)
{
    uint8_t *header = packet_front(packet, OPTIONS_LEN);

    header[0] = (uint8_t)packet->protocol;
    header[2] = 1; /* PadN */
    header[3] = 4;
    packet->protocol = protocol;
}

/* put_transport - what a fragment may hold a part of. */
static void
put_transport(struct packet *packet, const struct frame_spec *spec)
{
    put_tcp(packet, spec);
    if (spec->extended && spec->ip != FRAME_IPV4)
        put_options(packet, NEXT_DESTINATION);
}

static void
put_ipv4(struct packet *packet, const struct frame_spec *spec, struct frame_piece piece, bool more)
{
    size_t header = spec->extended ? 20 + OPTIONS_LEN : 20;
    unsigned whole_flag = piece.at == 0 && !more ? 0x4000 : 0; /* don't fragment */
    uint8_t *ip = packet_front(packet, header);

    ip[0] = (uint8_t)(0x40 | header / 4);
    set16(ip + 2, spec->offloaded ? 0 : (unsigned)packet_len(packet));
    set16(ip + 4, spec->ip_id != 0 ? spec->ip_id : 0x1234);
    set16(ip + 6, whole_flag | (more ? 0x2000 : 0) | piece.at / 8);
    ip[8] = 64;
    ip[9] = (uint8_t)packet->protocol;
    set32(ip + 12, spec->to_client ? 0xc0000202 : 0xc0000201);
    set32(ip + 16, spec->to_client ? 0xc0000201 : 0xc0000202);
    memset(ip + 20, 1, header - 20); /* no operation */
    set16(ip + 10, packet_ip_sum(ip, header));
    packet->protocol = 4;
    packet->ethertype = 0x0800;
}

static void
put_routing(struct packet *packet)
{
    uint8_t *header = packet_front(packet, 24);

    header[0] = (uint8_t)packet->protocol;
    header[1] = 2;
    header[3] = 1; /* type 0, one hop left */
    packet_set_ipv6(header + 8, 2);
    packet->protocol = NEXT_ROUTING;
}

static void
put_fragment(struct packet *packet, const struct frame_spec *spec, struct frame_piece piece,
             bool more)
{
    uint8_t *header = packet_front(packet, 8);

    header[0] = (uint8_t)packet->protocol;
    set16(header + 2, piece.at | more);
    set32(header + 4, 0x99990000u | (spec->ip_id != 0 ? spec->ip_id : 0x1234));
    packet->protocol = NEXT_FRAGMENT;
}

static void
put_ipv6(struct packet *packet, const struct frame_spec *spec, struct frame_piece piece, bool more)
{
    bool routed = spec->ip == FRAME_IPV6_ROUTED && !spec->to_client;

    if (piece.at > 0 || more)
        put_fragment(packet, spec, piece, more);
    if (routed)
        put_routing(packet);
    if (spec->extended)
        put_options(packet, NEXT_HOP_BY_HOP);
    packet_put_ipv6(packet, spec->to_client ? 2 : 1, routed ? 9 : spec->to_client ? 1 : 2);
}

static const enum frame_layer *
layers_of(const struct frame_spec *spec)
{
    static const enum frame_layer links[FRAME_LINKS][4] = {
        [FRAME_ETHERNET] = {LAYER_ETHERNET},
        [FRAME_VLAN] = {LAYER_ETHERNET, LAYER_VLAN},
        [FRAME_QINQ] = {LAYER_ETHERNET, LAYER_SERVICE_VLAN, LAYER_VLAN},
        [FRAME_COOKED] = {LAYER_COOKED},
        [FRAME_RAW] = {LAYER_RAW},
    };

    return spec->layers ? spec->layers : links[spec->link];
}

/* check_sequence - Ethernet's CRC (IEEE 802.3 section 3.2.9), as it lies in a frame. */
static uint32_t
check_sequence(const uint8_t *bytes, size_t len)
{
    uint32_t crc = UINT32_MAX;

    for (size_t i = 0; i < len; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
    }
    return __builtin_bswap32(~crc);
}

static size_t
put_padding(uint8_t *out, size_t len)
{
    if (len < 60) {
        memset(out + len, 0, 60 - len);
        len = 60;
    }
    set32(out + len, check_sequence(out, len));
    return len + 4;
}

uint32_t
frame_pieces_len(const struct frame_spec *spec)
{
    bool options = spec->extended && spec->ip != FRAME_IPV4;

    return (uint32_t)(TCP_HEADER + spec->options + spec->payload.len + (options ? OPTIONS_LEN : 0));
}

size_t
frame_build_piece(uint8_t out[FRAME_MOST], const struct frame_spec *spec, struct frame_piece piece)
{
    size_t all = frame_pieces_len(spec);
    struct packet packet = {.start = out + ROOM_BEFORE + all};

    if (all > FRAME_MOST - ROOM_BEFORE - 64 || piece.at + piece.len > all)
        abort();
    packet.end = packet.start;
    put_transport(&packet, spec);
    packet.end = packet.start + piece.at + piece.len;
    packet.start += piece.at;
    bool more = piece.at + piece.len < all;
    if (spec->ip == FRAME_IPV4)
        put_ipv4(&packet, spec, piece, more);
    else
        put_ipv6(&packet, spec, piece, more);
    packet_put_layers(&packet, layers_of(spec));
    size_t len = packet_len(&packet);
    memmove(out, packet.start, len);
    return spec->padded ? put_padding(out, len) : len;
}

size_t
frame_build(uint8_t out[FRAME_MOST], const struct frame_spec *spec)
{
    return frame_build_piece(out, spec, (struct frame_piece){0, frame_pieces_len(spec)});
}

int
frame_linktype(enum frame_link link)
{
    return frame_layer_linktype(layers_of(&(struct frame_spec){.link = link})[0]);
}
