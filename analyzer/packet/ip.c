/*
 * ip.c - IPv4 and IPv6 headers, down to the TCP header.
 *
 * A length field of 0 is what a capture shows of a packet that the network card was still to cut
 * up (segmentation offload; for IPv6 a jumbogram, too): the frame's length stands in. Otherwise the
 * length field counts, not the frame: short Ethernet frames are padded.
 *
 * Fragments are not put together here. An IPv6 fragment header on a whole packet ("atomic
 * fragment", RFC 6946) is read through.
 *
 * Sources: RFC 791, RFC 8200, RFC 4302 (AH), RFC 6275 section 6.4, RFC 8754 section 2.
 */
#include <string.h>

#include "esi/packet.h"

#include "bytes_internal.h"
#include "packet_internal.h"

enum {
    IPV4_HEADER = 20,
    IPV4_ADDRESS = 4,
    IPV4_MORE_FRAGMENTS = 0x2000,
    IPV4_FRAGMENT_OFFSET = 0x1fff,
    IPV6_HEADER = 40,
    IPV6_MORE_FRAGMENTS = 1,
    IPV6_FRAGMENT_OFFSET = 0xfff8,
    IPV6_ADDRESS = 16,
    EXTENSION_LEAST = 8,     /* every extension header is at least that long */
    EXTENSIONS_MOST = 16,    /* RFC 8200 section 4.1 foresees seven in a packet */
    OFFLOADED_MOST = 1 << 20 /* Linux hands 512 KB at once to a network card at most */
};

/* Next header values. */
enum { HOP_BY_HOP = 0, ROUTING = 43, FRAGMENT = 44, AUTHENTICATION = 51, DESTINATION = 60 };

/* Addresses are written as two words of eight bytes, which is how the flow table reads them: a
 * processor waits when it must read back as one what was written in pieces. */
static void
set_ip(struct esi_ip *ip, uint8_t family, const uint64_t words[2])
{
    ip->family = family;
    memcpy(ip->bytes, &words[0], 8);
    memcpy(ip->bytes + 8, &words[1], 8);
}

static void
set_ipv4(struct esi_ip *ip, const uint8_t *at)
{
    uint64_t words[2] = {0};

    memcpy(words, at, IPV4_ADDRESS);
    set_ip(ip, 4, words);
}

static void
set_ipv6(struct esi_ip *ip, const uint8_t *at)
{
    uint64_t words[2];

    memcpy(words, at, IPV6_ADDRESS);
    set_ip(ip, 6, words);
}

/* offloaded_len - of a packet whose length field is 0; 0 if none can be that long. */
static size_t
offloaded_len(const struct esi_frame *frame, size_t at)
{
    size_t end = frame->wire_len > frame->bytes.len ? frame->wire_len : frame->bytes.len;

    return end - at <= OFFLOADED_MOST ? end - at : 0;
}

enum esi_decoded
ipv4_read(const struct esi_frame *frame, size_t at, struct esi_segment *segment,
          struct ip_payload *out)
{
    const uint8_t *ip = frame->bytes.ptr + at;
    size_t left = frame->bytes.len - at;

    if (left < IPV4_HEADER)
        return ESI_DECODED_IP_CUT;
    size_t header = (ip[0] & 15u) * 4u;
    size_t total = be16(ip + 2);
    if (total == 0)
        total = offloaded_len(frame, at);
    if (ip[0] >> 4 != 4 || header < IPV4_HEADER || total < header)
        return ESI_DECODED_IP_BAD;
    if (left < header)
        return ESI_DECODED_IP_CUT;
    if (ip[9] != PROTOCOL_TCP)
        return ESI_DECODED_NOT_TCP;
    if ((be16(ip + 6) & (IPV4_MORE_FRAGMENTS | IPV4_FRAGMENT_OFFSET)) != 0)
        return ESI_DECODED_IP_FRAGMENT;

    set_ipv4(&segment->src.ip, ip + 12);
    set_ipv4(&segment->dst.ip, ip + 16);
    set_ipv4(&segment->pseudo_dst, ip + 16);
    *out = (struct ip_payload){.at = at + header, .end = at + total};
    return ESI_DECODED_TCP;
}

/*
 * follow_route - while hops are left to visit, the packet's destination is the next of them; the
 * last one stands in the routing header. The checksum is made over that one, and from that one
 * answers come, so it is the conversation's.
 */
static void
follow_route(struct esi_segment *segment, const uint8_t *header, size_t len)
{
    enum { ADDRESSES_AT = 8 };
    enum { SOURCE_ROUTE = 0, MOBILE = 2, SEGMENT_ROUTE = 4 };

    if (header[3] == 0 || len < ADDRESSES_AT + IPV6_ADDRESS)
        return;
    size_t last = ADDRESSES_AT + (len - ADDRESSES_AT) / IPV6_ADDRESS * IPV6_ADDRESS - IPV6_ADDRESS;
    if (header[2] == SOURCE_ROUTE)
        set_ipv6(&segment->dst.ip, header + last);
    else if (header[2] == MOBILE || header[2] == SEGMENT_ROUTE)
        set_ipv6(&segment->dst.ip, header + ADDRESSES_AT);
}

static bool
is_extension(uint8_t next)
{
    return next == HOP_BY_HOP || next == ROUTING || next == FRAGMENT || next == AUTHENTICATION ||
           next == DESTINATION;
}

static size_t
extension_len(uint8_t kind, const uint8_t *header)
{
    if (kind == FRAGMENT)
        return EXTENSION_LEAST;
    return kind == AUTHENTICATION ? (header[1] + 2u) * 4u : (header[1] + 1u) * 8u;
}

/* read_extension - steps over one; *kind becomes what follows. */
static enum esi_decoded
read_extension(const struct esi_frame *frame, struct esi_segment *segment, struct ip_payload *out,
               uint8_t *kind)
{
    const uint8_t *header = frame->bytes.ptr + out->at;
    size_t left = out->at < frame->bytes.len ? frame->bytes.len - out->at : 0;

    if (out->end - out->at < EXTENSION_LEAST)
        return ESI_DECODED_IP_BAD;
    if (left < EXTENSION_LEAST)
        return ESI_DECODED_IP_CUT;
    size_t len = extension_len(*kind, header);
    if (len > out->end - out->at)
        return ESI_DECODED_IP_BAD;
    if (len > left)
        return ESI_DECODED_IP_CUT;
    if (*kind == ROUTING)
        follow_route(segment, header, len);
    bool part =
        *kind == FRAGMENT && (be16(header + 2) & (IPV6_FRAGMENT_OFFSET | IPV6_MORE_FRAGMENTS)) != 0;
    *kind = header[0];
    out->at += len;
    if (part)
        return *kind == PROTOCOL_TCP || is_extension(*kind) ? ESI_DECODED_IP_FRAGMENT
                                                            : ESI_DECODED_NOT_TCP;
    return ESI_DECODED_TCP;
}

enum esi_decoded
ipv6_read(const struct esi_frame *frame, size_t at, struct esi_segment *segment,
          struct ip_payload *out)
{
    const uint8_t *ip = frame->bytes.ptr + at;

    if (frame->bytes.len - at < IPV6_HEADER)
        return ESI_DECODED_IP_CUT;
    if (ip[0] >> 4 != 6)
        return ESI_DECODED_IP_BAD;
    size_t total = IPV6_HEADER + be16(ip + 4);
    if (total == IPV6_HEADER)
        total = offloaded_len(frame, at);
    if (total < IPV6_HEADER)
        return ESI_DECODED_IP_BAD;
    uint8_t kind = ip[6];

    set_ipv6(&segment->src.ip, ip + 8);
    set_ipv6(&segment->dst.ip, ip + 24);
    *out = (struct ip_payload){.at = at + IPV6_HEADER, .end = at + total};
    for (unsigned count = 0; is_extension(kind); count++) {
        if (count == EXTENSIONS_MOST)
            return ESI_DECODED_IP_BAD;
        enum esi_decoded decoded = read_extension(frame, segment, out, &kind);
        if (decoded != ESI_DECODED_TCP)
            return decoded;
    }
    segment->pseudo_dst = segment->dst.ip;
    return kind == PROTOCOL_TCP ? ESI_DECODED_TCP : ESI_DECODED_NOT_TCP;
}
