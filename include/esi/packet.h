/*
 * packet.h - a frame seen as a TCP segment: link layer, tags and tunnels, IPv4 / IPv6, fragments.
 *
 * Nothing here fails: a frame that is not a whole TCP segment is told apart by a reason, and
 * counted by whoever cares.
 *
 * Fragments are put together by a decoder, which holds back what it has of a datagram until the
 * frame that completes it; that frame is then answered as the segment. A frame that brings bytes
 * of a whole datagram once more is answered as the segment once more.
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

/* Bytes of a datagram that was put together, and the frame that carried them. */
struct esi_piece {
    uint64_t frame; /* its number */
    uint32_t file;
    uint32_t frame_at; /* in the frame */
    uint32_t at, len;  /* in esi_segment.packet */
};

enum { ESI_TCP_WINDOW_MOST = 1 << 30 }; /* the largest, scaled: RFC 7323 section 2.3 */

struct esi_segment {
    struct esi_endpoint src, dst;
    uint32_t seq, ack;
    uint16_t window;
    uint8_t flags;            /* ESI_TCP_* */
    uint32_t payload_len;     /* on the wire */
    struct esi_slice payload; /* as captured; shorter when the frame was cut. Lies in `packet` */
    struct esi_slice packet;  /* the frame's bytes; of a datagram put together, its bytes: those
                                 that no frame has brought are 0, and behind the payload's end */
    uint32_t tcp_at;          /* offsets into it: of the TCP header */
    uint32_t payload_at;      /* and of the payload */
    struct esi_ip pseudo_dst; /* destination the checksum is made over (RFC 8200 section 8.1) */
};

enum esi_decoded {
#define ESI_DECODED(id, words) ESI_DECODED_##id,
#include "esi/packet_decoded.def"
#undef ESI_DECODED
    ESI_DECODED_COUNT
};

/* What a frame turned out to be. */
struct esi_decoding {
    enum esi_decoded what;
    /* Which link type (LINK_UNKNOWN), ethertype (NOT_IP; below 0x600 an LLC header's protocol), IP
     * protocol (NOT_TCP); or 0. For esi_decoded_name. */
    uint32_t code;
    /* If the packet is a datagram that was put together: the frames it came in, in order of
     * arrival, those that brought bytes twice included; whatever `what` is. Else none: the packet
     * lies in the frame. Borrowed until the decoder's next frame. */
    const struct esi_piece *pieces;
    size_t piece_count;
    bool contradicted; /* two fragments differ in bytes they both brought: the first to come counts
                        */
    bool again;        /* it was whole before: the pieces are those of this copy of a part of it */
};

enum { ESI_DECODED_NAME_MOST = 64 };
/* "ARP", "UDP", "link layer IEEE802_11", "malformed IP header", ...: words for reports. Returns
 * `out`. ESI_DECODED_TCP is "TCP". */
const char *esi_decoded_name(enum esi_decoded what, uint32_t code, char out[ESI_DECODED_NAME_MOST]);

struct esi_decoder;
struct esi_decoder *esi_decoder_new(void);
/* Fills *out if the answer's `what` is ESI_DECODED_TCP, or else leaves it unspecified. Frames come
 * in order; what *out points to is valid until the next one. The same frames in the same order give
 * the same answers. */
struct esi_decoding esi_decoder_frame(struct esi_decoder *decoder, const struct esi_frame *frame,
                                      struct esi_segment *out);
void esi_decoder_free(struct esi_decoder *decoder);

/* The Internet checksum (RFC 1071): ones' complement sum, folded, complemented. seed: a sum so far,
 * unfolded, of 16-bit big-endian words (a pseudo-header's). */
uint16_t esi_checksum(uint32_t seed, struct esi_slice bytes);
/* The checksum after one 16-bit word changed (RFC 1624, equation 3). All in host order. */
uint16_t esi_checksum_adjust(uint16_t sum, uint16_t old_word, uint16_t new_word);
/* What the TCP checksum field should hold, over pseudo-header, TCP header and payload (RFC 9293
 * section 3.1, RFC 8200 section 8.1). `packet` are the bytes of segment->packet (perhaps
 * patched); the segment must be captured whole. */
uint16_t esi_tcp_checksum(const struct esi_segment *segment, const uint8_t *packet);
enum esi_checksum_state {
    ESI_CHECKSUM_GOOD,
    ESI_CHECKSUM_UNFINISHED, /* wrong, as a sender leaves it to its network card: zero, or the sum
                                over the pseudo-header alone, with or without the length */
    ESI_CHECKSUM_BAD,        /* wrong in another way */
    ESI_CHECKSUM_UNKNOWN     /* frame cut */
};
enum esi_checksum_state esi_tcp_checksum_check(const struct esi_segment *segment);

#endif
