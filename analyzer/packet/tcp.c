/*
 * tcp.c - the TCP header (RFC 9293 section 3.1).
 *
 * How long the payload is, the IP header says; how much of it there is, the frame. A frame cut in
 * the options or in the payload is a segment still: its numbers are whole.
 */
#include "esi/packet.h"

#include "bytes_internal.h"
#include "packet_internal.h"

enum { TCP_HEADER = 20 };

enum esi_decoded
tcp_read(const struct esi_frame *frame, struct ip_payload where, struct esi_segment *segment)
{
    size_t captured = frame->bytes.len;

    if (where.end < where.at || where.end - where.at < TCP_HEADER)
        return ESI_DECODED_TCP_BAD;
    if (captured < where.at || captured - where.at < TCP_HEADER)
        return ESI_DECODED_TCP_CUT;
    const uint8_t *tcp = frame->bytes.ptr + where.at;
    size_t header = (tcp[12] >> 4) * 4u;
    if (header < TCP_HEADER || header > where.end - where.at)
        return ESI_DECODED_TCP_BAD;

    segment->src.port = be16(tcp);
    segment->dst.port = be16(tcp + 2);
    segment->seq = be32(tcp + 4);
    segment->ack = be32(tcp + 8);
    segment->flags = tcp[13] & 63;
    segment->window = be16(tcp + 14);
    segment->packet = frame->bytes;
    segment->tcp_at = (uint32_t)where.at;
    segment->payload_at = (uint32_t)(where.at + header);
    segment->payload_len = (uint32_t)(where.end - where.at - header);
    segment->payload = (struct esi_slice){0}; /* told apart by NULL: the options were cut */
    if (segment->payload_at <= captured)
        segment->payload = esi_slice_cut(frame->bytes, segment->payload_at, segment->payload_len);
    return ESI_DECODED_TCP;
}
