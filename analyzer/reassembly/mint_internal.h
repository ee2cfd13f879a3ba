/* mint_internal.h - plain IPv4/TCP packets, made for libnids and seen by nobody else. */
#ifndef ESI_MINT_INTERNAL_H
#define ESI_MINT_INTERNAL_H

#include "esi/net.h"

enum {
    MINT_PAYLOAD_MAX = 60000, /* an IPv4 packet ends at 65,535; a larger segment is split */
    MINT_HEADERS = 40,
    MINT_HEADERS_MAX = 44, /* a SYN's, with the window scale option */
    MINT_PACKET_MAX = MINT_HEADERS_MAX + MINT_PAYLOAD_MAX
};

enum mint_kind { MINT_SYN, MINT_SYN_ACK, MINT_ACK };

/* Sequence numbers are relative: both directions begin at 0, so stream offset 0 is 1. A SYN-ACK
 * comes from the server, all else from the client. */
struct mint {
    enum mint_kind kind;
    uint32_t id; /* of the conversation: becomes both addresses */
    uint32_t seq;
};

/* Writes the packet to out, which has room for MINT_PACKET_MAX bytes; returns its length. The
 * payload is at most MINT_PAYLOAD_MAX bytes, and none on a SYN. */
size_t mint_packet(uint8_t *out, const struct mint *mint, struct esi_slice payload);

#endif
