/*
 * packet.h - a frame seen as a TCP segment: link layer, VLAN tags, IPv4 / IPv6, extension headers.
 *
 * Nothing here fails: a frame that is not a whole TCP segment is told apart by a reason, and
 * counted by whoever cares.
 */
#ifndef ESI_PACKET_H
#define ESI_PACKET_H

#include "esi/capture.h"

enum {
    ESI_TCP_FIN = 1,
    ESI_TCP_SYN = 2,
    ESI_TCP_RST = 4,
    ESI_TCP_PSH = 8,
    ESI_TCP_ACK = 16,
    ESI_TCP_URG = 32
};

struct esi_segment {
    struct esi_endpoint src, dst;
    uint32_t seq, ack;
    uint16_t window;
    uint8_t flags;            /* ESI_TCP_* */
    uint32_t payload_len;     /* on the wire */
    struct esi_slice payload; /* as captured; shorter when the frame was cut. Lies in the frame */
    uint32_t ip_at;           /* offsets into the frame: of the IP header, */
    uint32_t tcp_at;          /* of the TCP header */
    uint32_t payload_at;      /* and of the payload */
    struct esi_ip pseudo_dst; /* destination the checksum is made over (RFC 8200 section 8.1) */
};

enum esi_decoded {
#define ESI_DECODED(id, words) ESI_DECODED_##id,
#include "esi/packet_decoded.def"
#undef ESI_DECODED
    ESI_DECODED_COUNT
};
/* "not IP", "IP fragment", ...: words for reports. ESI_DECODED_TCP is "TCP". */
const char *esi_decoded_words(enum esi_decoded decoded);

/* Fills *out and answers ESI_DECODED_TCP, or says why not and leaves *out unspecified. */
enum esi_decoded esi_packet_decode(const struct esi_frame *frame, struct esi_segment *out);

/* The Internet checksum (RFC 1071): ones' complement sum, folded, complemented. seed: a sum so far,
 * unfolded, of 16-bit big-endian words (a pseudo-header's). */
uint16_t esi_checksum(uint32_t seed, struct esi_slice bytes);
/* The checksum after one 16-bit word changed (RFC 1624, equation 3). All in host order. */
uint16_t esi_checksum_adjust(uint16_t sum, uint16_t old_word, uint16_t new_word);
/* What the TCP checksum field should hold, over pseudo-header, TCP header and payload (RFC 9293
 * section 3.1, RFC 8200 section 8.1). `frame` are the frame's bytes (perhaps patched); the
 * segment must be captured whole. */
uint16_t esi_tcp_checksum(const struct esi_segment *segment, const uint8_t *frame);
enum esi_checksum_state {
    ESI_CHECKSUM_GOOD,
    ESI_CHECKSUM_BAD,
    ESI_CHECKSUM_UNKNOWN /* frame cut */
};
enum esi_checksum_state esi_tcp_checksum_check(const struct esi_segment *segment,
                                               const uint8_t *frame);

#endif
