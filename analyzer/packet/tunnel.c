/*
 * tunnel.c - GRE with what PPTP and Cisco's mirrors (ERSPAN) put into it, and tunnels over UDP.
 *
 * UDP leads on by a port: that of the destination, or of the source, for tunnels whose ends answer
 * from the port they listen at. Its length field bounds what the IP header left open; its checksum
 * is not looked at.
 *
 * Sources: RFC 2784 and RFC 2890 (GRE), RFC 2637 section 4.1 (PPTP), draft-foschiano-erspan-03,
 * RFC 768, RFC 7348 section 5 (VXLAN), RFC 7510 (MPLS over UDP).
 */
#include "esi/bytes.h"
#include "esi/packet.h"

#include "packet_internal.h"

enum {
    GRE_HEADER = 4,
    GRE_FIELD = 4,
    GRE_VERSION = 7,
    GRE_CHECKSUM = 0x8000,
    GRE_ROUTING = 0x4000,
    GRE_KEY = 0x2000,
    GRE_SEQUENCE = 0x1000,
    GRE_ACKNOWLEDGEMENT = 0x0080, /* in version 1 */
    ERSPAN_TYPE_2 = 0x88be,       /* and 1, without a sequence number */
    ERSPAN_TYPE_3 = 0x22eb,
    UDP_HEADER = 8,
    VXLAN_HEADER = 8
};

/* erspan_2_read - a header of eight bytes, then Ethernet. */
static enum esi_decoded
erspan_2_read(struct peel *peel)
{
    enum { HEADER = 8 };

    if (peel_left(peel) < HEADER)
        return ESI_DECODED_TUNNEL_CUT;
    peel->at += HEADER;
    peel->next = ethernet_read;
    return ESI_DECODED_TCP;
}

/* erspan_3_read - twelve bytes, eight more if the last bit says so, then Ethernet as a rule. */
static enum esi_decoded
erspan_3_read(struct peel *peel)
{
    enum { HEADER = 12, SUBHEADER = 8, FRAME_TYPE_AT = 10, OF_ETHERNET = 0 };
    const uint8_t *erspan = peel->bytes.ptr + peel->at;

    if (peel_left(peel) < HEADER)
        return ESI_DECODED_TUNNEL_CUT;
    if ((erspan[FRAME_TYPE_AT] >> 2 & 31) != OF_ETHERNET) {
        peel->code = ERSPAN_TYPE_3;
        return ESI_DECODED_NOT_IP;
    }
    size_t header = HEADER + (erspan[HEADER - 1] & 1 ? SUBHEADER : 0);
    if (peel_left(peel) < header)
        return ESI_DECODED_TUNNEL_CUT;
    peel->at += header;
    peel->next = ethernet_read;
    return ESI_DECODED_TCP;
}

static enum esi_decoded
gre_typed(struct peel *peel, uint16_t flags, uint16_t type)
{
    switch (type) {
    case ERSPAN_TYPE_2:
        peel->next = flags & GRE_SEQUENCE ? erspan_2_read : ethernet_read;
        return ESI_DECODED_TCP;
    case ERSPAN_TYPE_3:
        peel->next = erspan_3_read;
        return ESI_DECODED_TCP;
    default:
        if (type >= ETHERTYPE_LEAST)
            return link_typed(peel, type);
        peel->code = PROTOCOL_GRE;
        return ESI_DECODED_NOT_TCP;
    }
}

static size_t
gre_header(uint16_t flags)
{
    size_t fields = 0;

    fields += flags & (GRE_CHECKSUM | GRE_ROUTING) ? 1 : 0;
    fields += flags & GRE_KEY ? 1 : 0;
    fields += flags & GRE_SEQUENCE ? 1 : 0;
    fields += (flags & GRE_VERSION) == 1 && flags & GRE_ACKNOWLEDGEMENT ? 1 : 0;
    return GRE_HEADER + fields * GRE_FIELD;
}

enum esi_decoded
gre_read(struct peel *peel)
{
    const uint8_t *gre = peel->bytes.ptr + peel->at;

    if (peel_left(peel) < GRE_HEADER)
        return ESI_DECODED_TUNNEL_CUT;
    uint16_t flags = esi_be16(gre);
    size_t header = gre_header(flags);
    if (peel_left(peel) < header)
        return ESI_DECODED_TUNNEL_CUT;
    peel->at += header;
    peel->code = PROTOCOL_GRE;
    /* Version 1 keeps its payload's length in the key; what carries none acknowledges only. Source
     * routes are not in use (RFC 2784 section 2.3). */
    bool pptp = (flags & GRE_VERSION) == 1 && flags & GRE_KEY;
    if (pptp)
        peel_end_at(peel, peel->at + esi_be16(gre + GRE_HEADER));
    if (flags & GRE_ROUTING || (flags & GRE_VERSION && !pptp) || peel->at == peel->end)
        return ESI_DECODED_NOT_TCP;
    peel->code = 0;
    return gre_typed(peel, flags, esi_be16(gre + 2));
}

/* vxlan_read - its flags and its identifier say nothing of what follows. */
static enum esi_decoded
vxlan_read(struct peel *peel)
{
    if (peel_left(peel) < VXLAN_HEADER)
        return ESI_DECODED_TUNNEL_CUT;
    peel->at += VXLAN_HEADER;
    peel->next = ethernet_read;
    return ESI_DECODED_TCP;
}

static const struct {
    uint16_t port;
    layer_reader *read;
} tunnels[] = {
    {4789, vxlan_read},
    {6635, mpls_read},
};

enum esi_decoded
udp_read(struct peel *peel)
{
    const uint8_t *udp = peel->bytes.ptr + peel->at;

    peel->code = PROTOCOL_UDP;
    if (peel_left(peel) < UDP_HEADER)
        return ESI_DECODED_NOT_TCP;
    for (size_t t = 0; t < ESI_COUNT(tunnels); t++) {
        if (esi_be16(udp + 2) != tunnels[t].port && esi_be16(udp) != tunnels[t].port)
            continue;
        if (esi_be16(udp + 4) >= UDP_HEADER)
            peel_end_at(peel, peel->at + esi_be16(udp + 4));
        peel->at += UDP_HEADER;
        peel->next = tunnels[t].read;
        peel->code = 0;
        return ESI_DECODED_TCP;
    }
    return ESI_DECODED_NOT_TCP;
}
