/* packet_internal.h - the layers of a frame, as decode.c strings them together. */
#ifndef PACKET_INTERNAL_H
#define PACKET_INTERNAL_H

#include "esi/packet.h"

enum { ETHERTYPE_OF_IPV4 = 0x0800, ETHERTYPE_OF_IPV6 = 0x86dd, PROTOCOL_TCP = 6 };

/* What a link header leads to. */
struct link_payload {
    uint32_t at;        /* in the frame */
    uint16_t ethertype; /* of what lies there */
};
/* ESI_DECODED_TCP, and *out: the link header was read. */
enum esi_decoded link_read(const struct esi_frame *frame, struct link_payload *out);

/* A TCP segment inside an IP packet. `end` is where the IP header says that it ends, which may lie
 * behind the bytes captured. */
struct ip_payload {
    size_t at, end;
};
/* ESI_DECODED_TCP: *out holds a TCP segment, and the segment's addresses and ip_at are filled. */
enum esi_decoded ipv4_read(const struct esi_frame *frame, size_t at, struct esi_segment *segment,
                           struct ip_payload *out);
enum esi_decoded ipv6_read(const struct esi_frame *frame, size_t at, struct esi_segment *segment,
                           struct ip_payload *out);

/* Fills what is left of the segment. */
enum esi_decoded tcp_read(const struct esi_frame *frame, struct ip_payload where,
                          struct esi_segment *segment);

#endif
