/*
 * frame_layers.c - a function a layer, which puts its header before the packet.
 *
 * Sources: https://www.tcpdump.org/linktypes.html; IEEE 802.1Q; RFC 1661 and 2516 (PPP, PPPoE),
 * RFC 3032 (MPLS), RFC 1042 (SNAP), RFC 2784 and 2890 (GRE), RFC 2003 and 4213 (IP in IP),
 * RFC 7348 (VXLAN), draft-foschiano-erspan-03 section 4.2.
 */
#include "support/frame_layers.h"

#include <stdlib.h>
#include <string.h>

enum { TYPE_IPV4 = 0x0800, TYPE_IPV6 = 0x86dd, TYPE_MPLS = 0x8847, TYPE_ETHERNET = 0x6558 };

uint8_t *
packet_front(struct packet *packet, size_t len)
{
    packet->start -= len;
    memset(packet->start, 0, len);
    return packet->start;
}

static void
put_ethernet(struct packet *packet)
{
    uint8_t *header = packet_front(packet, 14);

    memcpy(header, "\2\0\0\0\0\1\2\0\0\0\0\2", 12);
    set16(header + 12, packet->ethertype);
    packet->ethertype = TYPE_ETHERNET;
}

static void
put_cooked(struct packet *packet)
{
    uint8_t *header = packet_front(packet, 16);

    set16(header + 2, 1);
    set16(header + 4, 6);
    set16(header + 14, packet->ethertype);
}

static void
put_cooked_2(struct packet *packet)
{
    uint8_t *header = packet_front(packet, 20);

    set16(header, packet->ethertype);
    set32(header + 4, 3); /* interface */
    set16(header + 8, 1);
    header[11] = 6;
}

static void
put_raw(struct packet *packet)
{
    (void)packet;
}

static unsigned
family_of(const struct packet *packet)
{
    return packet->ethertype == TYPE_IPV6 ? 30 : 2;
}

static void
put_family_little(struct packet *packet)
{
    unsigned family = family_of(packet);

    packet_front(packet, 4)[0] = (uint8_t)family;
}

static void
put_family_big(struct packet *packet)
{
    unsigned family = family_of(packet);

    packet_front(packet, 4)[3] = (uint8_t)family;
}

static unsigned
ppp_protocol(const struct packet *packet)
{
    return packet->ethertype == TYPE_MPLS ? 0x0281 : packet->ethertype == TYPE_IPV6 ? 0x57 : 0x21;
}

static void
put_ppp(struct packet *packet)
{
    uint8_t *header = packet_front(packet, 4);

    set16(header, 0xff03);
    set16(header + 2, ppp_protocol(packet));
}

static void
put_hdlc(struct packet *packet)
{
    uint8_t *header = packet_front(packet, 4);

    set16(header, 0x0f00);
    set16(header + 2, packet->ethertype);
}

static void
put_tag(struct packet *packet, unsigned tag, unsigned type)
{
    uint8_t *header = packet_front(packet, 4);

    set16(header, tag);
    set16(header + 2, packet->ethertype);
    packet->ethertype = type;
}

static void
put_vlan(struct packet *packet)
{
    put_tag(packet, 100, 0x8100);
}

static void
put_service_vlan(struct packet *packet)
{
    put_tag(packet, 7, 0x88a8);
}

static void
put_mpls(struct packet *packet)
{
    uint8_t *labels = packet_front(packet, 8);

    set32(labels, 16u << 12 | 64);
    set32(labels + 4, 17u << 12 | 1u << 8 | 64); /* bottom of the stack */
    packet->ethertype = TYPE_MPLS;
}

static void
put_pppoe(struct packet *packet)
{
    size_t len = packet_len(packet) + 2;
    uint8_t *header = packet_front(packet, 8);

    header[0] = 0x11;
    set16(header + 2, 5);
    set16(header + 4, (unsigned)len);
    set16(header + 6, ppp_protocol(packet));
    packet->ethertype = 0x8864;
}

static void
put_snap(struct packet *packet)
{
    uint8_t *header = packet_front(packet, 8);

    memcpy(header, "\xaa\xaa\3", 3);
    set16(header + 6, packet->ethertype);
    packet->ethertype = (unsigned)packet_len(packet);
    if (packet->ethertype > 1500)
        abort(); /* it would look like an ethertype */
}

static void
put_outer_ipv4(struct packet *packet)
{
    uint8_t *ip = packet_front(packet, 20);

    ip[0] = 0x45;
    set16(ip + 2, (unsigned)packet_len(packet));
    set16(ip + 6, 0x4000);
    ip[8] = 64;
    ip[9] = (uint8_t)packet->protocol;
    set32(ip + 12, 0xc6336401);
    set32(ip + 16, 0xc6336402);
    set16(ip + 10, packet_ip_sum(ip, 20));
    packet->protocol = 4;
    packet->ethertype = TYPE_IPV4;
}

void
packet_set_ipv6(uint8_t *at, unsigned last)
{
    set32(at, 0x20010db8);
    at[15] = (uint8_t)last;
}

void
packet_put_ipv6(struct packet *packet, unsigned from, unsigned to)
{
    size_t len = packet_len(packet);
    uint8_t *ip = packet_front(packet, 40);

    ip[0] = 0x60;
    set16(ip + 4, (unsigned)len);
    ip[6] = (uint8_t)packet->protocol;
    ip[7] = 64;
    packet_set_ipv6(ip + 8, from);
    packet_set_ipv6(ip + 24, to);
    packet->protocol = 41;
    packet->ethertype = TYPE_IPV6;
}

static void
put_outer_ipv6(struct packet *packet)
{
    packet_put_ipv6(packet, 0x71, 0x72);
}

static void
put_gre(struct packet *packet)
{
    set16(packet_front(packet, 4) + 2, packet->ethertype);
    packet->protocol = 47;
}

static void
put_gre_keyed(struct packet *packet)
{
    uint8_t *header = packet_front(packet, 12);

    set16(header, 0x3000);
    set16(header + 2, packet->ethertype);
    set32(header + 4, 4711);
    set32(header + 8, 1);
    packet->protocol = 47;
}

static void
put_vxlan(struct packet *packet)
{
    packet_front(packet, 8)[0] = 8; /* there is a network identifier, */
    packet->start[6] = 42;
    size_t len = packet_len(packet) + 8;
    uint8_t *udp = packet_front(packet, 8);
    set16(udp, 49152);
    set16(udp + 2, 4789);
    set16(udp + 4, (unsigned)len); /* and no checksum */
    packet->protocol = 17;
}

static void
put_erspan(struct packet *packet)
{
    uint8_t *header = packet_front(packet, 16);

    set16(header, 0x1000); /* a sequence number */
    set16(header + 2, 0x88be);
    set32(header + 4, 1);
    set16(header + 8, 1 << 12 | 100); /* version 1, VLAN 100 */
    set16(header + 10, 9);            /* session */
    packet->protocol = 47;
}

static const struct {
    void (*put)(struct packet *packet);
    int linktype;
} layers_known[LAYER_COUNT] = {
    [LAYER_ETHERNET] = {put_ethernet, 1},
    [LAYER_COOKED] = {put_cooked, 113},
    [LAYER_COOKED_2] = {put_cooked_2, 276},
    [LAYER_RAW] = {put_raw, 101},
    [LAYER_NULL] = {put_family_little, 0},
    [LAYER_NULL_BIG] = {put_family_big, 0},
    [LAYER_LOOP] = {put_family_big, 108},
    [LAYER_LOOP_LITTLE] = {put_family_little, 108},
    [LAYER_PPP] = {put_ppp, 9},
    [LAYER_HDLC] = {put_hdlc, 104},
    [LAYER_VLAN] = {put_vlan, -1},
    [LAYER_SERVICE_VLAN] = {put_service_vlan, -1},
    [LAYER_MPLS] = {put_mpls, -1},
    [LAYER_PPPOE] = {put_pppoe, -1},
    [LAYER_SNAP] = {put_snap, -1},
    [LAYER_IPV4] = {put_outer_ipv4, -1},
    [LAYER_IPV6] = {put_outer_ipv6, -1},
    [LAYER_GRE] = {put_gre, -1},
    [LAYER_GRE_KEYED] = {put_gre_keyed, -1},
    [LAYER_VXLAN] = {put_vxlan, -1},
    [LAYER_ERSPAN] = {put_erspan, -1},
};

void
packet_put_layers(struct packet *packet, const enum frame_layer *layers)
{
    size_t count = 0;

    while (count < FRAME_LAYERS_MOST && layers[count] != LAYER_END)
        count++;
    while (count-- > 0)
        layers_known[layers[count]].put(packet);
}

int
frame_layer_linktype(enum frame_layer layer)
{
    if (layers_known[layer].linktype < 0)
        abort();
    return layers_known[layer].linktype;
}
