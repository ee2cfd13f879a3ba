/*
 * packet_internal.h - a frame being taken apart, layer by layer.
 *
 * Each layer has a reader: it steps over its header and names the reader of what follows. decode.c
 * calls one after the other; each module's tables say which number leads to which reader.
 */
#ifndef PACKET_INTERNAL_H
#define PACKET_INTERNAL_H

#include "esi/packet.h"

enum { ETHERTYPE_OF_IPV4 = 0x0800, ETHERTYPE_OF_IPV6 = 0x86dd, ETHERTYPE_OF_PPP = 0x880b };
enum { ETHERTYPE_OF_MPLS = 0x8847, ETHERTYPE_OF_PPPOE = 0x8864 };
enum { PROTOCOL_TCP = 6, PROTOCOL_UDP = 17, PROTOCOL_GRE = 47 };

/* Below the ethertypes, codes of ESI_DECODED_NOT_IP stand for LLC: with a service access point, or,
 * above them, a protocol of Cisco's behind SNAP. */
enum { ETHERTYPE_LEAST = 0x0600, CODE_OF_LLC = 0x0200 };

struct datagrams;
struct peel;

/* Answers ESI_DECODED_TCP if the layer was read, and then `next` reads what lies at `at`; NULL:
 * this was the TCP header. */
typedef enum esi_decoded layer_reader(struct peel *peel);

/*
 * `end` is where the layer ends on the wire, `there` where its bytes end: at <= there <= end.
 * A packet that claims to be longer than what it travels in is taken for one that was cut: switches
 * that mirror traffic and programs that shorten captures cut packets and leave their headers.
 */
struct peel {
    layer_reader *next;
    uint32_t code;     /* as in struct esi_decoding */
    uint8_t depth;     /* IP headers read */
    bool contradicted; /* fragments differed in bytes they both brought */
    bool again;        /* `bytes` are those of a datagram that was answered before */
    size_t at, there, end;
    struct esi_slice bytes; /* the frame's, or those of a datagram put together */
    struct esi_segment *segment;
    const struct esi_frame *frame;
    struct esi_decoder *decoder;
    const struct esi_piece *pieces; /* as in struct esi_decoding */
    size_t piece_count;
};

/* left - bytes captured from here on. */
static inline size_t
peel_left(const struct peel *peel)
{
    return peel->there - peel->at;
}

/* Nothing of the layer lies behind that place. */
static inline void
peel_end_at(struct peel *peel, size_t end)
{
    if (peel->end > end)
        peel->end = end;
    if (peel->there > peel->end)
        peel->there = peel->end;
}

/* Begins with the frame's link type. */
enum esi_decoded link_begin(struct peel *peel);
/* Answer what readers answer: what `ethertype` stands for follows at `at`. */
enum esi_decoded link_typed(struct peel *peel, uint16_t ethertype);
layer_reader ethernet_read, ppp_read, pppoe_read, mpls_read;
/* Does an Ethernet header with an ethertype that leads on lie there? */
bool ethernet_is_at(const struct peel *peel, size_t at);

layer_reader ipv4_read, ipv6_read;
/* Answers what readers answer: an IP payload of that protocol follows at `at`. */
enum esi_decoded ip_typed(struct peel *peel, uint8_t protocol);
layer_reader gre_read, udp_read, tcp_read;

/* A fragment's header; its payload lies in the peel. */
struct fragment {
    uint32_t id, offset;
    uint8_t protocol;
    bool more;
};
/* Answers what readers answer: the datagram is whole, and the peel goes on in it. */
enum esi_decoded fragment_read(struct peel *peel, struct fragment fragment);

/* The decoder's memory of fragments. */
struct esi_decoder {
    struct datagrams *datagrams;
    struct piece_list {
        struct esi_piece *items;
        size_t count, cap;
    } pieces[2]; /* of the fragment being read, and of the datagram that it was found in */
};

#endif
