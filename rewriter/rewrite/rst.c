/*
 * rst.c - an RST frame, modelled on a frame of the same conversation.
 *
 * From the model come the link header with its tags, the traffic class and the hop limit. The IP
 * and TCP headers are new and bare: no options, no extension headers, no payload, window 0 (RFC
 * 9293 section 3.10.7). IPv4: don't fragment, so the identification says nothing (RFC 6864 section
 * 4.1). Congestion bits are not taken over (RFC 3168 section 6.1.1).
 *
 * A model is a frame whose link header says nothing of the frame's length, and whose first IP
 * header is the segment's: what travels in tunnels, PPPoE, MPLS or LLC is no model.
 */
#include <string.h>

#include "esi/bytes.h"

#include "rewrite_internal.h"

enum {
    ETHERNET = 14,
    ETHERNET_LEAST = 60,
    VLAN_TAG = 4,
    IPV4 = 20,
    IPV6 = 40,
    TCP = 20,
    PROTOCOL_TCP = 6,
    EXTENSIONS_MOST = 8, /* RFC 8200 section 4.1 counts seven */
    ECN = 3
};

/* ---- link layers ---- */

static bool
is_tag(unsigned ethertype)
{
    return ethertype == 0x8100 || ethertype == 0x88a8 || ethertype == 0x9100;
}

static void
turn_ethernet(uint8_t *link)
{
    uint8_t to[6];

    memcpy(to, link, sizeof to);
    memcpy(link, link + sizeof to, sizeof to);
    memcpy(link + sizeof to, to, sizeof to);
}

/* turn_cooked - received becomes sent; only the sender's address is told, and the other's is not
 * known. */
static void
turn_cooked(uint8_t *type, uint8_t *address_len, uint8_t *address)
{
    enum { RECEIVED = 0, SENT = 4 };

    *type = *type == SENT ? RECEIVED : SENT;
    *address_len = 0;
    memset(address, 0, 8);
}

static void
turn_cooked_1(uint8_t *link)
{
    turn_cooked(link + 1, link + 5, link + 6);
}

static void
turn_cooked_2(uint8_t *link)
{
    turn_cooked(link + 10, link + 11, link + 12);
}

/* One row a link type. Numbers are libpcap's DLT_*. */
static const struct link {
    int dlt;
    bool tags;                   /* may follow */
    uint8_t len;                 /* of its header */
    uint8_t type_at;             /* of the ethertype in it */
    void (*turn)(uint8_t *link); /* NULL: it looks the same both ways */
} links[] = {
    {1, true, ETHERNET, 12, turn_ethernet}, /* EN10MB */
    {113, true, 16, 14, turn_cooked_1},     /* LINUX_SLL */
    {276, false, 20, 0, turn_cooked_2},     /* LINUX_SLL2 */
    {104, false, 4, 2, NULL},               /* C_HDLC */
    {0, false, 4, 0, NULL},                 /* NULL */
    {108, false, 4, 0, NULL},               /* LOOP */
    {12, false, 0, 0, NULL},                /* RAW */
    {14, false, 0, 0, NULL},                /* RAW, OpenBSD */
    {101, false, 0, 0, NULL},               /* RAW, in a file */
    {228, false, 0, 0, NULL},               /* IPV4 */
    {229, false, 0, 0, NULL},               /* IPV6 */
};

static const struct link *
link_of(int linktype)
{
    for (size_t l = 0; l < ESI_COUNT(links); l++)
        if (links[l].dlt == linktype)
            return &links[l];
    return NULL;
}

/* link_len - of the header with its tags; the tag's type ends it as the header's did. */
static size_t
link_len(const struct link *link, struct esi_slice bytes)
{
    size_t len = link->len, type_at = link->type_at;

    while (link->tags && len + VLAN_TAG <= bytes.len && is_tag(esi_be16(bytes.ptr + type_at))) {
        type_at = len + VLAN_TAG - 2;
        len += VLAN_TAG;
    }
    return len;
}

/* ---- models ---- */

/* ipv4_ends_at - whether the IP header at `at` is followed by that TCP header. */
static bool
ipv4_ends_at(const uint8_t *ip, size_t at, size_t tcp_at)
{
    return ip[9] == PROTOCOL_TCP && at + (ip[0] & 15u) * 4u == tcp_at;
}

static bool
ipv6_ends_at(const uint8_t *ip, size_t at, size_t tcp_at)
{
    uint8_t next = ip[6];
    size_t end = at + IPV6;

    for (unsigned n = 0; n < EXTENSIONS_MOST && next != PROTOCOL_TCP; n++) {
        const uint8_t *header = ip + (end - at);

        if ((next != 0 && next != 43 && next != 60) || end + 8 > tcp_at)
            return false;
        next = header[0];
        end += (header[1] + 1u) * 8u;
    }
    return next == PROTOCOL_TCP && end == tcp_at;
}

static bool
is_packet_of(const uint8_t *ip, size_t at, const struct esi_segment *segment)
{
    size_t least = segment->src.ip.family == 4 ? IPV4 : IPV6;

    if (at + least > segment->tcp_at || ip[0] >> 4 != segment->src.ip.family)
        return false;
    return least == IPV4 ? ipv4_ends_at(ip, at, segment->tcp_at)
                         : ipv6_ends_at(ip, at, segment->tcp_at);
}

bool
rst_model_of(struct rst_model *model, const struct esi_visit *visit)
{
    const struct link *link = link_of(visit->frame.linktype);
    const struct esi_slice bytes = visit->frame.bytes;

    if (!link || visit->decoding.piece_count > 0 || bytes.len < link->len)
        return false;
    size_t len = link_len(link, bytes);
    const uint8_t *ip = bytes.ptr + len;
    if (len > RST_LINK_MOST || !is_packet_of(ip, len, &visit->segment))
        return false;
    bool ipv4 = ip[0] >> 4 == 4;
    *model = (struct rst_model){.known = true,
                                .linktype = visit->frame.linktype,
                                .fcs_len = visit->frame.fcs_len,
                                .link_len = (uint8_t)len,
                                .hops = ip[ipv4 ? 8 : 7]};
    memcpy(model->link, bytes.ptr, len);
    memcpy(model->ip, ip, sizeof model->ip);
    return true;
}

/* ---- building ---- */

static void
put_ipv4(uint8_t *ip, const struct rst_model *model, const struct rst_spec *spec)
{
    enum { DONT_FRAGMENT = 0x4000 };

    ip[0] = 0x45;
    ip[1] = model->ip[1] & (uint8_t)~ECN;
    esi_put_be16(ip + 2, IPV4 + TCP);
    esi_put_be16(ip + 6, DONT_FRAGMENT);
    ip[8] = model->hops;
    ip[9] = PROTOCOL_TCP;
    memcpy(ip + 12, spec->src.ip.bytes, 4);
    memcpy(ip + 16, spec->dst.ip.bytes, 4);
    esi_put_be16(ip + 10, esi_checksum(0, (struct esi_slice){ip, IPV4}));
}

static void
put_ipv6(uint8_t *ip, const struct rst_model *model, const struct rst_spec *spec)
{
    memcpy(ip, model->ip, 4);
    ip[1] &= (uint8_t) ~(ECN << 4);
    if (spec->turned) { /* the flow label is its sender's */
        ip[1] &= 0xf0;
        esi_put_be16(ip + 2, 0);
    }
    esi_put_be16(ip + 4, TCP);
    ip[6] = PROTOCOL_TCP;
    ip[7] = model->hops;
    memcpy(ip + 8, spec->src.ip.bytes, 16);
    memcpy(ip + 24, spec->dst.ip.bytes, 16);
}

static void
put_tcp(uint8_t *packet, size_t at, const struct rst_spec *spec)
{
    uint8_t *tcp = packet + at;
    struct esi_segment segment = {.src = spec->src,
                                  .dst = spec->dst,
                                  .tcp_at = (uint32_t)at,
                                  .payload_at = (uint32_t)at + TCP,
                                  .pseudo_dst = spec->dst.ip};

    esi_put_be16(tcp, spec->src.port);
    esi_put_be16(tcp + 2, spec->dst.port);
    esi_put_be32(tcp + 4, spec->seq);
    esi_put_be32(tcp + 8, spec->ack);
    tcp[12] = TCP / 4 << 4;
    tcp[13] = ESI_TCP_RST | ESI_TCP_ACK;
    esi_put_be16(tcp + 16, esi_tcp_checksum(&segment, packet));
}

/* put_frame_check - IEEE 802.3 section 3.2.9, and the padding before it. */
static size_t
put_frame_check(uint8_t *out, size_t len, size_t check_len)
{
    uint32_t check = UINT32_MAX;

    if (len < ETHERNET_LEAST)
        len = ETHERNET_LEAST;
    for (size_t i = 0; i < len; i++) {
        check ^= out[i];
        for (int bit = 0; bit < 8; bit++)
            check = check >> 1 ^ (check & 1 ? 0xedb88320u : 0);
    }
    for (size_t i = 0; i < check_len; i++)
        out[len + i] = (uint8_t)(i < 4 ? ~check >> 8 * i : 0);
    return len + check_len;
}

size_t
rst_build(uint8_t out[RST_MOST], const struct rst_model *model, const struct rst_spec *spec)
{
    const struct link *link = link_of(model->linktype);
    bool ipv4 = spec->src.ip.family == 4;
    size_t ip = model->link_len, tcp = ip + (ipv4 ? IPV4 : IPV6);

    memset(out, 0, RST_MOST);
    memcpy(out, model->link, model->link_len);
    if (spec->turned && link->turn)
        link->turn(out);
    if (ipv4)
        put_ipv4(out + ip, model, spec);
    else
        put_ipv6(out + ip, model, spec);
    put_tcp(out, tcp, spec);
    return model->fcs_len == 0 ? tcp + TCP : put_frame_check(out, tcp + TCP, model->fcs_len);
}
