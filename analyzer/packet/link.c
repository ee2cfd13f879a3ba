/*
 * link.c - from the frame's first byte to the network layer's: a table of link types.
 *
 * VLAN tags may follow any header that names an ethertype. LLC frames (IEEE 802.3 with a length
 * instead of an ethertype) carry no ethertype and count as "not IP".
 *
 * Sources: IEEE 802.1Q, the descriptions of link types at https://www.tcpdump.org/linktypes.html.
 */
#include "esi/base.h"
#include "esi/packet.h"

#include "bytes_internal.h"
#include "packet_internal.h"

enum {
    ETHERNET_HEADER = 14,
    ETHERNET_TYPE_AT = 12,
    SLL_HEADER = 16,
    SLL_TYPE_AT = 14,
    SLL2_HEADER = 20,
    SLL2_TYPE_AT = 0,
    FAMILY_HEADER = 4,
    VLAN_TAG = 4,
    VLAN_TAGS_MOST =
        8 /* operators stack two, Cisco's exotic set-ups three; more is no real frame */
};

/* One row a link type. Numbers are libpcap's DLT_*: on some systems DLT_RAW is 14, in files it may
 * stand as LINKTYPE_RAW, 101. */
struct link_type {
    int dlt;
    enum esi_decoded (*read)(const struct link_type *type, struct esi_slice bytes,
                             struct link_payload *out);
    uint16_t header;    /* its length */
    uint16_t type_at;   /* where the ethertype lies in it */
    uint16_t ethertype; /* where the header tells none: what follows; 0: ask the IP version */
};

static bool
is_vlan(uint16_t ethertype)
{
    return ethertype == 0x8100 || ethertype == 0x88a8 || ethertype == 0x9100;
}

static enum esi_decoded
skip_vlan_tags(struct esi_slice bytes, struct link_payload *out)
{
    for (unsigned tags = 0; is_vlan(out->ethertype); tags++) {
        if (tags == VLAN_TAGS_MOST)
            return ESI_DECODED_NOT_IP;
        if (bytes.len - out->at < VLAN_TAG)
            return ESI_DECODED_LINK_CUT;
        out->ethertype = be16(bytes.ptr + out->at + 2);
        out->at += VLAN_TAG;
    }
    return ESI_DECODED_TCP;
}

static enum esi_decoded
read_typed(const struct link_type *type, struct esi_slice bytes, struct link_payload *out)
{
    if (bytes.len < type->header)
        return ESI_DECODED_LINK_CUT;
    out->at = type->header;
    out->ethertype = be16(bytes.ptr + type->type_at);
    return skip_vlan_tags(bytes, out);
}

/* read_raw - no header at all. */
static enum esi_decoded
read_raw(const struct link_type *type, struct esi_slice bytes, struct link_payload *out)
{
    if (bytes.len == 0)
        return ESI_DECODED_LINK_CUT;
    out->at = 0;
    out->ethertype = type->ethertype;
    if (out->ethertype == 0 && bytes.ptr[0] >> 4 == 4)
        out->ethertype = ETHERTYPE_OF_IPV4;
    if (out->ethertype == 0 && bytes.ptr[0] >> 4 == 6)
        out->ethertype = ETHERTYPE_OF_IPV6;
    return ESI_DECODED_TCP;
}

/* ethertype_of_family - an address family as the BSDs, macOS and Linux number them. */
static uint16_t
ethertype_of_family(uint32_t family)
{
    switch (family) {
    case 2:
        return ETHERTYPE_OF_IPV4;
    case 10: /* Linux */
    case 24: /* NetBSD, OpenBSD */
    case 28: /* FreeBSD */
    case 30: /* macOS */
        return ETHERTYPE_OF_IPV6;
    default:
        return 0;
    }
}

/* read_family - an address family in the byte order of the host that captured, which is unknown. */
static enum esi_decoded
read_family(const struct link_type *type, struct esi_slice bytes, struct link_payload *out)
{
    if (bytes.len < type->header)
        return ESI_DECODED_LINK_CUT;
    uint32_t family = be32(bytes.ptr);
    if (family > UINT16_MAX)
        family = __builtin_bswap32(family);
    if (family > UINT16_MAX)
        family = 0;
    out->at = type->header;
    out->ethertype = ethertype_of_family(family);
    return ESI_DECODED_TCP;
}

static const struct link_type link_types[] = {
    {1, read_typed, ETHERNET_HEADER, ETHERNET_TYPE_AT, 0}, /* EN10MB */
    {113, read_typed, SLL_HEADER, SLL_TYPE_AT, 0},         /* LINUX_SLL */
    {276, read_typed, SLL2_HEADER, SLL2_TYPE_AT, 0},       /* LINUX_SLL2 */
    {12, read_raw, 0, 0, 0},                               /* RAW */
    {14, read_raw, 0, 0, 0},                               /* RAW, OpenBSD */
    {101, read_raw, 0, 0, 0},                              /* RAW, in a file */
    {228, read_raw, 0, 0, ETHERTYPE_OF_IPV4},              /* IPV4 */
    {229, read_raw, 0, 0, ETHERTYPE_OF_IPV6},              /* IPV6 */
    {0, read_family, FAMILY_HEADER, 0, 0},                 /* NULL */
    {108, read_family, FAMILY_HEADER, 0, 0},               /* LOOP */
};

enum esi_decoded
link_read(const struct esi_frame *frame, struct link_payload *out)
{
    for (size_t t = 0; t < ESI_COUNT(link_types); t++)
        if (link_types[t].dlt == frame->linktype)
            return link_types[t].read(&link_types[t], frame->bytes, out);
    return ESI_DECODED_LINK_UNKNOWN;
}
