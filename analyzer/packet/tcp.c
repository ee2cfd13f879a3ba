/*
 * tcp.c - the TCP header (RFC 9293 section 3.1).
 *
 * How long the payload is, the IP header says; how much of it there is, the frame. A frame cut in
 * the options or in the payload is a segment still: its numbers are whole.
 */
#include "esi/bytes.h"
#include "esi/packet.h"

#include "packet_internal.h"

enum { TCP_HEADER = 20 };

enum esi_decoded
tcp_read(struct peel *peel)
{
    const uint8_t *tcp = peel->bytes.ptr + peel->at;
    struct esi_segment *segment = peel->segment;
    size_t len = peel->end - peel->at, there = peel_left(peel);

    if (len < TCP_HEADER)
        return ESI_DECODED_TCP_BAD;
    if (there < TCP_HEADER)
        return ESI_DECODED_TCP_CUT;
    size_t header = (tcp[12] >> 4) * 4u;
    if (header < TCP_HEADER || header > len)
        return ESI_DECODED_TCP_BAD;

    segment->src.port = esi_be16(tcp);
    segment->dst.port = esi_be16(tcp + 2);
    segment->seq = esi_be32(tcp + 4);
    segment->ack = esi_be32(tcp + 8);
    segment->flags = tcp[13] & 63;
    segment->window = esi_be16(tcp + 14);
    segment->packet = peel->bytes;
    segment->tcp_at = (uint32_t)peel->at;
    segment->payload_at = (uint32_t)(peel->at + header);
    segment->payload_len = (uint32_t)(len - header);
    segment->payload = (struct esi_slice){0}; /* told apart by NULL: the options were cut */
    if (header <= there)
        segment->payload = (struct esi_slice){tcp + header, there - header};
    peel->next = NULL;
    return ESI_DECODED_TCP;
}
