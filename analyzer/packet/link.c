/*
 * link.c - link layers down to the network layer: tables of link types and of ethertypes.
 *
 * VLAN tags may follow any header that names an ethertype. A value below 0x0600 is a length (IEEE
 * 802.3), and an LLC header follows; behind LLC, SNAP names an ethertype again.
 *
 * Sources: IEEE 802.3, IEEE 802.2, IEEE 802.1Q, RFC 1042 (SNAP), RFC 1661 (PPP, in ppp.c), the
 * descriptions of link types at https://www.tcpdump.org/linktypes.html.
 */
#include "esi/bytes.h"
#include "esi/packet.h"

#include "packet_internal.h"

enum {
    ETHERNET_HEADER = 14,
    ETHERNET_TYPE_AT = 12,
    SLL_TYPE_OF_LLC = 4,
    FAMILY_HEADER = 4,
    VLAN_TAG = 4,
    LLC_HEADER = 3,
    SNAP_HEADER = 8
};

static enum esi_decoded
vlan_read(struct peel *peel)
{
    const uint8_t *tag = peel->bytes.ptr + peel->at;

    if (peel_left(peel) < VLAN_TAG)
        return ESI_DECODED_LINK_CUT;
    peel->at += VLAN_TAG;
    return link_typed(peel, esi_be16(tag + 2));
}

/* One row an ethertype that leads on, the commonest first. */
static const struct ethertype {
    uint16_t ethertype;
    layer_reader *read;
} ethertypes[] = {
    {ETHERTYPE_OF_IPV4, ipv4_read},
    {ETHERTYPE_OF_IPV6, ipv6_read},
    {0x8100, vlan_read},     /* 802.1Q */
    {0x88a8, vlan_read},     /* 802.1ad */
    {0x9100, vlan_read},     /* before 802.1ad */
    {0x8847, mpls_read},     /* unicast */
    {0x8848, mpls_read},     /* multicast */
    {0x8864, pppoe_read},    /* session */
    {0x880b, ppp_read},      /* in GRE */
    {0x6558, ethernet_read}, /* transparent bridging */
};

static layer_reader *
reader_of(uint16_t ethertype)
{
    const struct ethertype *end = ethertypes + ESI_COUNT(ethertypes);

    for (const struct ethertype *type = ethertypes; type < end; type++)
        if (type->ethertype == ethertype)
            return type->read;
    return NULL;
}

/* snap_read - an ethertype behind LLC (RFC 1042), or a protocol number of Cisco's own. */
static enum esi_decoded
snap_read(struct peel *peel)
{
    enum { ENCAPSULATED = 0x000000, BRIDGED = 0x0000f8, CISCO = 0x00000c };
    const uint8_t *snap = peel->bytes.ptr + peel->at;

    if (peel_left(peel) < SNAP_HEADER)
        return ESI_DECODED_LINK_CUT;
    uint32_t organization = esi_be32(snap + 2) & 0xffffff;
    uint16_t type = esi_be16(snap + 6);
    peel->at += SNAP_HEADER;
    if ((organization == ENCAPSULATED || organization == BRIDGED) && type >= ETHERTYPE_LEAST)
        return link_typed(peel, type);
    peel->code = organization == CISCO ? type : CODE_OF_LLC + snap[0];
    return ESI_DECODED_NOT_IP;
}

static enum esi_decoded
llc_read(struct peel *peel)
{
    enum { UNNUMBERED = 3, ACCESS_OF_IP = 0x06, ACCESS_OF_SNAP = 0xaa };
    const uint8_t *llc = peel->bytes.ptr + peel->at;

    if (peel_left(peel) < LLC_HEADER)
        return ESI_DECODED_LINK_CUT;
    if (llc[0] == ACCESS_OF_SNAP && llc[1] == ACCESS_OF_SNAP && llc[2] == UNNUMBERED)
        return snap_read(peel);
    if (llc[0] == ACCESS_OF_IP && llc[1] == ACCESS_OF_IP && llc[2] == UNNUMBERED) {
        peel->at += LLC_HEADER;
        peel->next = ipv4_read;
        return ESI_DECODED_TCP;
    }
    peel->code = CODE_OF_LLC + llc[0];
    return ESI_DECODED_NOT_IP;
}

enum esi_decoded
link_typed(struct peel *peel, uint16_t ethertype)
{
    peel->next = reader_of(ethertype);
    if (peel->next)
        return ESI_DECODED_TCP;
    if (ethertype >= ETHERTYPE_LEAST) {
        peel->code = ethertype;
        return ESI_DECODED_NOT_IP;
    }
    peel_end_at(peel, peel->at + ethertype);
    return llc_read(peel);
}

enum esi_decoded
ethernet_read(struct peel *peel)
{
    const uint8_t *header = peel->bytes.ptr + peel->at;

    if (peel_left(peel) < ETHERNET_HEADER)
        return ESI_DECODED_LINK_CUT;
    peel->at += ETHERNET_HEADER;
    return link_typed(peel, esi_be16(header + ETHERNET_TYPE_AT));
}

bool
ethernet_is_at(const struct peel *peel, size_t at)
{
    return at + ETHERNET_HEADER <= peel->there &&
           reader_of(esi_be16(peel->bytes.ptr + at + ETHERNET_TYPE_AT));
}

/* One row a link type. Numbers are libpcap's DLT_*: on some systems DLT_RAW is 14, in files it may
 * stand as LINKTYPE_RAW, 101. */
struct link_type {
    int dlt;
    layer_reader *next; /* without more ado */
    enum esi_decoded (*read)(const struct link_type *type, struct peel *peel);
    uint16_t header;  /* its length */
    uint16_t type_at; /* where the ethertype lies in it */
};

/* read_typed - where values below the ethertypes number other things than lengths. */
static enum esi_decoded
read_typed(const struct link_type *type, struct peel *peel)
{
    if (peel_left(peel) < type->header)
        return ESI_DECODED_LINK_CUT;
    uint16_t ethertype = esi_be16(peel->bytes.ptr + type->type_at);
    peel->at = type->header;
    if (ethertype >= ETHERTYPE_LEAST)
        return link_typed(peel, ethertype);
    return ethertype == SLL_TYPE_OF_LLC ? llc_read(peel) : ESI_DECODED_NOT_IP;
}

/* read_raw - no header at all. */
static enum esi_decoded
read_raw(const struct link_type *type, struct peel *peel)
{
    (void)type;
    if (peel_left(peel) == 0)
        return ESI_DECODED_LINK_CUT;
    uint8_t version = peel->bytes.ptr[0] >> 4;
    peel->next = version == 4 ? ipv4_read : ipv6_read;
    return version == 4 || version == 6 ? ESI_DECODED_TCP : ESI_DECODED_NOT_IP;
}

/* reader_of_family - an address family as the BSDs, macOS and Linux number them. */
static layer_reader *
reader_of_family(uint32_t family)
{
    switch (family) {
    case 2:
        return ipv4_read;
    case 10: /* Linux */
    case 24: /* NetBSD, OpenBSD */
    case 28: /* FreeBSD */
    case 30: /* macOS */
        return ipv6_read;
    default:
        return NULL;
    }
}

/* read_family - an address family in the byte order of the host that captured, which is unknown. */
static enum esi_decoded
read_family(const struct link_type *type, struct peel *peel)
{
    if (peel_left(peel) < type->header)
        return ESI_DECODED_LINK_CUT;
    uint32_t family = esi_be32(peel->bytes.ptr);
    if (family > UINT16_MAX)
        family = __builtin_bswap32(family);
    peel->at = type->header;
    peel->next = reader_of_family(family);
    return peel->next ? ESI_DECODED_TCP : ESI_DECODED_NOT_IP;
}

static const struct link_type link_types[] = {
    {1, ethernet_read, NULL, 0, 0},             /* EN10MB */
    {113, NULL, read_typed, 16, 14},            /* LINUX_SLL */
    {276, NULL, read_typed, 20, 0},             /* LINUX_SLL2 */
    {12, NULL, read_raw, 0, 0},                 /* RAW */
    {14, NULL, read_raw, 0, 0},                 /* RAW, OpenBSD */
    {101, NULL, read_raw, 0, 0},                /* RAW, in a file */
    {228, ipv4_read, NULL, 0, 0},               /* IPV4 */
    {229, ipv6_read, NULL, 0, 0},               /* IPV6 */
    {0, NULL, read_family, FAMILY_HEADER, 0},   /* NULL */
    {108, NULL, read_family, FAMILY_HEADER, 0}, /* LOOP */
    {9, ppp_read, NULL, 0, 0},                  /* PPP */
    {50, ppp_read, NULL, 0, 0},                 /* PPP_SERIAL */
    {166, ppp_read, NULL, 0, 0},                /* PPP_PPPD */
    {51, pppoe_read, NULL, 0, 0},               /* PPP_ETHER */
    {104, NULL, read_typed, 4, 2},              /* C_HDLC */
};

enum esi_decoded
link_begin(struct peel *peel)
{
    const struct link_type *end = link_types + ESI_COUNT(link_types);

    for (const struct link_type *type = link_types; type < end; type++)
        if (type->dlt == peel->frame->linktype)
            return type->next ? type->next(peel) : type->read(type, peel);
    peel->code = (uint32_t)peel->frame->linktype;
    return ESI_DECODED_LINK_UNKNOWN;
}
