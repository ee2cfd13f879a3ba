/*
 * ppp.c - PPP and PPPoE sessions, and MPLS label stacks.
 *
 * Address and control bytes may be left out, the protocol field may be one byte (RFC 1661 section
 * 6.5, RFC 1662 section 3.1); pppd writes a direction where the address was. The other framing of
 * serial lines, Cisco's HDLC, is told apart by its address byte. What PPP compresses or encrypts
 * is left aside.
 *
 * Behind the last MPLS label nothing says what follows. As routers do, the first half byte is
 * asked: an IP version (RFC 4928 section 3), 0 for a pseudo-wire's control word (RFC 4385 section
 * 3), 1 for its associated channel. A pseudo-wire may also do without a control word, and Ethernet
 * addresses begin with any half byte.
 *
 * Sources: RFC 1661, RFC 1662, RFC 1332, RFC 5072, RFC 2516, RFC 3032, RFC 4385, RFC 4448, RFC
 * 4928.
 */
#include "esi/bytes.h"
#include "esi/packet.h"

#include "packet_internal.h"

enum { PPPOE_HEADER = 6, CISCO_HEADER = 4, MPLS_LABEL = 4, CONTROL_WORD = 4 };

static const struct {
    uint16_t protocol;
    layer_reader *read;
} protocols[] = {
    {0x0021, ipv4_read},
    {0x0057, ipv6_read},
    {0x0281, mpls_read}, /* unicast */
    {0x0283, mpls_read}, /* multicast */
};

static enum esi_decoded
ppp_typed(struct peel *peel, uint16_t protocol)
{
    for (size_t p = 0; p < ESI_COUNT(protocols); p++) {
        if (protocols[p].protocol == protocol) {
            peel->next = protocols[p].read;
            return ESI_DECODED_TCP;
        }
    }
    peel->code = ETHERTYPE_OF_PPP;
    return ESI_DECODED_NOT_IP;
}

static enum esi_decoded
cisco_hdlc_read(struct peel *peel)
{
    const uint8_t *header = peel->bytes.ptr + peel->at;

    if (peel_left(peel) < CISCO_HEADER)
        return ESI_DECODED_LINK_CUT;
    peel->at += CISCO_HEADER;
    return link_typed(peel, esi_be16(header + 2));
}

enum esi_decoded
ppp_read(struct peel *peel)
{
    enum { ANYBODY = 0xff, IN = 0, OUT = 1, UNNUMBERED = 3, UNICAST = 0x0f, BROADCAST = 0x8f };
    const uint8_t *ppp = peel->bytes.ptr + peel->at;
    size_t left = peel_left(peel);

    if (left < 2)
        return ESI_DECODED_LINK_CUT;
    if ((ppp[0] == UNICAST || ppp[0] == BROADCAST) && ppp[1] == 0)
        return cisco_hdlc_read(peel);
    if ((ppp[0] == ANYBODY || ppp[0] == IN || ppp[0] == OUT) && ppp[1] == UNNUMBERED) {
        peel->at += 2;
        ppp += 2;
        left -= 2;
    }
    size_t header = left >= 1 && ppp[0] & 1 ? 1 : 2;
    if (left < header)
        return ESI_DECODED_LINK_CUT;
    peel->at += header;
    return ppp_typed(peel, header == 1 ? ppp[0] : esi_be16(ppp));
}

enum esi_decoded
pppoe_read(struct peel *peel)
{
    enum { VERSION_AND_TYPE = 0x11, SESSION_DATA = 0 };
    const uint8_t *header = peel->bytes.ptr + peel->at;

    if (peel_left(peel) < PPPOE_HEADER)
        return ESI_DECODED_LINK_CUT;
    if (header[0] != VERSION_AND_TYPE || header[1] != SESSION_DATA) {
        peel->code = ETHERTYPE_OF_PPPOE;
        return ESI_DECODED_NOT_IP;
    }
    peel->at += PPPOE_HEADER;
    peel_end_at(peel, peel->at + esi_be16(header + 4));
    peel->next = ppp_read;
    return ESI_DECODED_TCP;
}

/* pseudo_wire_begin - Ethernet, with a control word before it or without. */
static enum esi_decoded
pseudo_wire_begin(struct peel *peel, uint8_t first)
{
    bool word = first == 0 &&
                (ethernet_is_at(peel, peel->at + CONTROL_WORD) || !ethernet_is_at(peel, peel->at));

    if (word && peel_left(peel) < CONTROL_WORD)
        return ESI_DECODED_LINK_CUT;
    peel->at += word ? CONTROL_WORD : 0;
    peel->next = ethernet_read;
    return ESI_DECODED_TCP;
}

static enum esi_decoded
behind_labels(struct peel *peel)
{
    enum { ASSOCIATED_CHANNEL = 1 };

    if (peel_left(peel) == 0)
        return ESI_DECODED_LINK_CUT;
    uint8_t first = peel->bytes.ptr[peel->at] >> 4;
    if (first == 4 || first == 6) {
        peel->next = first == 4 ? ipv4_read : ipv6_read;
        return ESI_DECODED_TCP;
    }
    if (first != ASSOCIATED_CHANNEL || ethernet_is_at(peel, peel->at))
        return pseudo_wire_begin(peel, first);
    peel->code = ETHERTYPE_OF_MPLS;
    return ESI_DECODED_NOT_IP;
}

enum esi_decoded
mpls_read(struct peel *peel)
{
    enum { BOTTOM = 1 };
    const uint8_t *label = peel->bytes.ptr + peel->at;

    if (peel_left(peel) < MPLS_LABEL)
        return ESI_DECODED_LINK_CUT;
    peel->at += MPLS_LABEL;
    peel->next = mpls_read;
    return label[2] & BOTTOM ? behind_labels(peel) : ESI_DECODED_TCP;
}
