/*
 * ip.c - IPv4 and IPv6 headers, the extension headers behind them, and what they carry.
 *
 * A length field of 0 is what a capture shows of a packet that the network card was still to cut
 * up (segmentation offload; for IPv6 a jumbogram, too): what it travels in tells its end.
 * Otherwise the length field counts: short Ethernet frames are padded.
 *
 * Fragments of what leads on are put together (fragments.c); an IPv6 fragment header on a whole
 * packet ("atomic fragment", RFC 6946) is read through.
 *
 * Sources: RFC 791, RFC 8200, RFC 4302 (AH), RFC 6275 section 6.4, RFC 8754 section 2, RFC 2003
 * and RFC 2473 (IP in IP), RFC 4213 (IPv6 in IPv4), RFC 4023 (MPLS in IP).
 */
#include <string.h>

#include "esi/bytes.h"
#include "esi/packet.h"

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
    OFFLOADED_MOST = 1 << 20 /* Linux hands 512 KB at once to a network card at most */
};

static bool leads_on(const struct peel *peel, uint8_t protocol);

/* Addresses are written as two words of eight bytes, which is how the flow table reads them: a
 * processor waits when it must read back as one what was written in pieces. */
static void
set_ip(struct esi_ip *ip, uint8_t family, uint64_t first, uint64_t second)
{
    ip->family = family;
    memcpy(ip->bytes, &first, 8);
    memcpy(ip->bytes + 8, &second, 8);
}

static void
set_ipv4(struct esi_ip *ip, const uint8_t *at)
{
    uint32_t address;
    uint64_t word = 0;

    memcpy(&address, at, IPV4_ADDRESS);
    memcpy(&word, &address, IPV4_ADDRESS);
    set_ip(ip, 4, word, 0);
}

static void
set_ipv6(struct esi_ip *ip, const uint8_t *at)
{
    uint64_t words[2];

    memcpy(words, at, IPV6_ADDRESS);
    set_ip(ip, 6, words[0], words[1]);
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
    segment->pseudo_dst = segment->dst.ip;
}

/* skip_extension - steps over a header whose length byte counts `unit`s behind the first `more`
 * of them; NULL: it is not there, and *why says so. */
static const uint8_t *
skip_extension(struct peel *peel, size_t unit, size_t more, enum esi_decoded *why)
{
    const uint8_t *header = peel->bytes.ptr + peel->at;
    size_t claimed = peel->end - peel->at, left = peel_left(peel);
    size_t len = EXTENSION_LEAST;

    if (claimed >= EXTENSION_LEAST && left >= EXTENSION_LEAST && unit > 0)
        len = (header[1] + more) * unit;
    *why = len > claimed ? ESI_DECODED_IP_BAD : ESI_DECODED_IP_CUT;
    if (len > left)
        return NULL;
    peel->at += len;
    return header;
}

static enum esi_decoded
options_read(struct peel *peel)
{
    enum esi_decoded why;
    const uint8_t *header = skip_extension(peel, 8, 1, &why);

    return header ? ip_typed(peel, header[0]) : why;
}

static enum esi_decoded
authentication_read(struct peel *peel)
{
    enum esi_decoded why;
    const uint8_t *header = skip_extension(peel, 4, 2, &why);

    return header ? ip_typed(peel, header[0]) : why;
}

static enum esi_decoded
route_read(struct peel *peel)
{
    enum esi_decoded why;
    const uint8_t *header = skip_extension(peel, 8, 1, &why);

    if (!header)
        return why;
    follow_route(peel->segment, header, (header[1] + 1u) * 8u);
    return ip_typed(peel, header[0]);
}

static enum esi_decoded
fragment_header_read(struct peel *peel)
{
    enum esi_decoded why;
    const uint8_t *header = skip_extension(peel, 0, 0, &why);

    if (!header)
        return why;
    uint16_t where = esi_be16(header + 2);
    if ((where & (IPV6_FRAGMENT_OFFSET | IPV6_MORE_FRAGMENTS)) == 0 || !leads_on(peel, header[0]))
        return ip_typed(peel, header[0]);
    return fragment_read(peel, (struct fragment){.id = esi_be32(header + 4),
                                                 .offset = where & IPV6_FRAGMENT_OFFSET,
                                                 .protocol = header[0],
                                                 .more = where & IPV6_MORE_FRAGMENTS});
}

/* One row a protocol that leads on, but for TCP. */
static const struct {
    uint8_t protocol;
    bool ipv6_only;
    layer_reader *read;
} protocols[] = {
    {PROTOCOL_UDP, false, udp_read}, {PROTOCOL_GRE, false, gre_read},  {4, false, ipv4_read},
    {41, false, ipv6_read},          {51, false, authentication_read}, {137, false, mpls_read},
    {0, true, options_read},  /* hop by hop */
    {60, true, options_read}, /* of the destination */
    {43, true, route_read},          {44, true, fragment_header_read},
};

static layer_reader *
reader_of(const struct peel *peel, uint8_t protocol)
{
    bool ipv6 = peel->segment->src.ip.family == 6;

    for (size_t p = 0; p < ESI_COUNT(protocols); p++)
        if (protocols[p].protocol == protocol && (ipv6 || !protocols[p].ipv6_only))
            return protocols[p].read;
    return NULL;
}

static bool
leads_on(const struct peel *peel, uint8_t protocol)
{
    return protocol == PROTOCOL_TCP || reader_of(peel, protocol);
}

/* ip_typed - TCP, where every path ends, is read at once. */
enum esi_decoded
ip_typed(struct peel *peel, uint8_t protocol)
{
    if (protocol == PROTOCOL_TCP)
        return tcp_read(peel);
    peel->next = reader_of(peel, protocol);
    if (peel->next)
        return ESI_DECODED_TCP;
    peel->code = protocol;
    return ESI_DECODED_NOT_TCP;
}

/* set_payload - where it begins, and what the length field says; 0: it says nothing. False if that
 * cannot be. `there` keeps within what the packet travels in, `end` need not. */
static bool
set_payload(struct peel *peel, size_t header, size_t total)
{
    if (total == 0) {
        total = peel->end - peel->at;
        if (total > OFFLOADED_MOST)
            return false;
    }
    if (total < header)
        return false;
    peel->end = peel->at + total;
    if (peel->there > peel->end)
        peel->there = peel->end;
    return true;
}

enum esi_decoded
ipv4_read(struct peel *peel)
{
    const uint8_t *ip = peel->bytes.ptr + peel->at;
    struct esi_segment *segment = peel->segment;
    size_t left = peel_left(peel);

    if (left < IPV4_HEADER)
        return ESI_DECODED_IP_CUT;
    size_t header = (ip[0] & 15u) * 4u;
    if (ip[0] >> 4 != 4 || header < IPV4_HEADER || !set_payload(peel, header, esi_be16(ip + 2)))
        return ESI_DECODED_IP_BAD;
    if (left < header)
        return ESI_DECODED_IP_CUT;
    peel->at += header;
    peel->depth++;
    set_ipv4(&segment->src.ip, ip + 12);
    set_ipv4(&segment->dst.ip, ip + 16);
    set_ipv4(&segment->pseudo_dst, ip + 16);

    uint16_t where = esi_be16(ip + 6);
    if ((where & (IPV4_MORE_FRAGMENTS | IPV4_FRAGMENT_OFFSET)) == 0 || !leads_on(peel, ip[9]))
        return ip_typed(peel, ip[9]);
    return fragment_read(peel, (struct fragment){.id = esi_be16(ip + 4),
                                                 .offset = (where & IPV4_FRAGMENT_OFFSET) * 8u,
                                                 .protocol = ip[9],
                                                 .more = where & IPV4_MORE_FRAGMENTS});
}

enum esi_decoded
ipv6_read(struct peel *peel)
{
    const uint8_t *ip = peel->bytes.ptr + peel->at;
    struct esi_segment *segment = peel->segment;

    if (peel_left(peel) < IPV6_HEADER)
        return ESI_DECODED_IP_CUT;
    size_t len = esi_be16(ip + 4);
    if (ip[0] >> 4 != 6 || !set_payload(peel, IPV6_HEADER, len > 0 ? IPV6_HEADER + len : 0))
        return ESI_DECODED_IP_BAD;
    peel->at += IPV6_HEADER;
    peel->depth++;
    set_ipv6(&segment->src.ip, ip + 8);
    set_ipv6(&segment->dst.ip, ip + 24);
    segment->pseudo_dst = segment->dst.ip;
    return ip_typed(peel, ip[6]);
}
