/*
 * names.c - words for what is left aside.
 *
 * Sources: the registries of ethertypes and of protocol numbers at https://www.iana.org/protocols,
 * IEEE 802.2 for service access points.
 */
#include <stdio.h>

#include "esi/packet.h"

#include "packet_internal.h"

static const char *const words[ESI_DECODED_COUNT] = {
#define ESI_DECODED(id, words) words,
#include "esi/packet_decoded.def"
#undef ESI_DECODED
};

struct name {
    uint32_t code;
    const char *words;
};

static const struct name not_ip[] = {
    {0x0806, "ARP"},
    {0x88cc, "LLDP"},
    {CODE_OF_LLC + 0x42, "spanning tree (STP)"},
    {0x2000, "CDP"},
    {0x010b, "spanning tree (PVST+)"},
    {0x0111, "UDLD"},
    {0x2003, "VTP"},
    {0x2004, "DTP"},
    {0x8863, "PPPoE discovery"},
    {0x8864, "PPPoE"},
    {ETHERTYPE_OF_PPP, "PPP, not IP"},
    {0x8809, "LACP and other slow protocols"},
    {0x888e, "IEEE 802.1X"},
    {0x88e5, "MACsec"},
    {0x8035, "RARP or SLARP"},
    {0x8808, "Ethernet flow control"},
    {0x8847, "MPLS, not IP"},
    {0x8848, "MPLS, not IP"},
    {0x9000, "Ethernet loopback test"},
    {0x88f7, "PTP"},
    {0x8902, "CFM"},
    {0x88d9, "LLTD"},
    {0x8906, "FCoE"},
    {0x8914, "FCoE initialization"},
    {0x88a2, "ATA over Ethernet"},
    {0x893a, "IEEE 1905"},
    {0x8892, "PROFINET"},
    {0x88a4, "EtherCAT"},
    {0x88b8, "GOOSE"},
    {0x892f, "HSR"},
    {0x88fb, "PRP"},
    {0x88e7, "IEEE 802.1ah"},
    {0x8909, "Cisco metadata"},
    {0x8926, "VN-Tag"},
    {0x893f, "IEEE 802.1BR"},
    {0x8946, "TRILL"},
    {0x22f3, "TRILL"},
    {0x894f, "NSH"},
    {0x0842, "Wake-on-LAN"},
    {0x2001, "NHRP or CGMP"},
    {0x6003, "DECnet"},
    {0x809b, "AppleTalk"},
    {0x80f3, "AppleTalk ARP"},
    {0x8137, "IPX"},
    {0x22eb, "ERSPAN, not Ethernet"},
    {CODE_OF_LLC + 0xe0, "IPX"},
    {CODE_OF_LLC + 0xff, "IPX"},
    {CODE_OF_LLC + 0xf0, "NetBIOS (IEEE 802.3 LLC)"},
    {CODE_OF_LLC + 0xfe, "OSI (IEEE 802.3 LLC)"},
    {CODE_OF_LLC + 0xaa, "IEEE 802.3 SNAP"},
};

static const struct name not_tcp[] = {
    {17, "UDP"},
    {1, "ICMP"},
    {58, "ICMPv6"},
    {2, "IGMP"},
    {50, "ESP"},
    {51, "AH"},
    {47, "GRE"},
    {132, "SCTP"},
    {89, "OSPF"},
    {88, "EIGRP"},
    {103, "PIM"},
    {112, "VRRP or CARP"},
    {9, "IGRP"},
    {33, "DCCP"},
    {46, "RSVP"},
    {54, "NHRP"},
    {55, "IP mobility"},
    {59, "IPv6, no next header"},
    {94, "IPIP"},
    {97, "EtherIP"},
    {105, "ASA failover or SCPS"},
    {108, "IPComp"},
    {113, "PGM"},
    {115, "L2TPv3"},
    {135, "IPv6 mobility"},
    {136, "UDP-Lite"},
    {139, "HIP"},
    {140, "Shim6"},
};

static const char *
find_name(const struct name *names, size_t count, uint32_t code)
{
    for (size_t n = 0; n < count; n++)
        if (names[n].code == code)
            return names[n].words;
    return NULL;
}

static void
name_not_ip(uint32_t code, char out[ESI_DECODED_NAME_MOST])
{
    const char *name = find_name(not_ip, ESI_COUNT(not_ip), code);

    if (!name && code == 0)
        name = words[ESI_DECODED_NOT_IP];
    if (!name && code < ETHERTYPE_LEAST)
        name = "IEEE 802.3 LLC";
    if (name)
        snprintf(out, ESI_DECODED_NAME_MOST, "%s", name);
    else
        snprintf(out, ESI_DECODED_NAME_MOST, "ethertype 0x%04x", (unsigned)code);
}

static void
name_not_tcp(uint32_t code, char out[ESI_DECODED_NAME_MOST])
{
    const char *name = find_name(not_tcp, ESI_COUNT(not_tcp), code);

    if (name)
        snprintf(out, ESI_DECODED_NAME_MOST, "%s", name);
    else
        snprintf(out, ESI_DECODED_NAME_MOST, "IP protocol %u", (unsigned)code);
}

const char *
esi_decoded_name(enum esi_decoded what, uint32_t code, char out[ESI_DECODED_NAME_MOST])
{
    switch (what) {
    case ESI_DECODED_LINK_UNKNOWN:
        snprintf(out, ESI_DECODED_NAME_MOST, "link layer %s", esi_linktype_name((int)code));
        break;
    case ESI_DECODED_NOT_IP:
        name_not_ip(code, out);
        break;
    case ESI_DECODED_NOT_TCP:
        name_not_tcp(code, out);
        break;
    default:
        snprintf(out, ESI_DECODED_NAME_MOST, "%s", words[what]);
    }
    return out;
}
