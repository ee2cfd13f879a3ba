/*
 * mint.c - plain IPv4/TCP packets, made for libnids.
 *
 * libnids drops or misreads much that is usual in captures: IPv6, tunnels, offloaded checksums,
 * time stamps that run backwards, a tuple used again. So it is never shown a captured packet, only
 * packets made here, of the one kind that it reads without fail: no IP options, no fragments, no
 * TCP options but a window scale of 14 on the SYNs, the largest window (together 1 GiB), relative
 * sequence numbers. All data comes from the client, see nids_bridge.c. Addresses are 10.x.x.x for
 * the client, 11.0.0.x for the server, and hold nothing but the conversation's number. Checksums
 * stay zero: libnids is told not to look.
 *
 * Formats: RFC 791 section 3.1, RFC 9293 section 3.1, RFC 7323 section 2.2.
 */
#include <string.h>

#include "esi/bytes.h"

#include "mint_internal.h"

enum { IP_HEADER = 20, CLIENT_PORT = 1, SERVER_PORT = 2 };
enum { AT_TOTAL = 2, AT_SRC = 12, AT_DST = 16, AT_PORTS = 20, AT_SEQ = 24, AT_LEN = 32 };
enum { FLAG_SYN = 0x02, FLAG_PSH = 0x08, FLAG_ACK = 0x10 };

static const uint8_t headers[MINT_HEADERS_MAX] = {
    0x45, 0, 0,    0,                             /* version 4, 5 words; total length */
    0,    0, 0,    0,    64, 6, 0, 0,             /* not a fragment; TTL, TCP */
    0,    0, 0,    0,    0,  0, 0, 0,             /* addresses */
    0,    0, 0,    0,    0,  0, 0, 0, 0, 0, 0, 1, /* ports, seq; ack: of the SYN */
    0x50, 0, 0xff, 0xff, 0,  0, 0, 0,             /* 5 words, flags, window */
    3,    3, 14,   0,                             /* a SYN's option: window scale 14 */
};
static const uint8_t flags[] = {
    [MINT_SYN] = FLAG_SYN, [MINT_SYN_ACK] = FLAG_SYN | FLAG_ACK, [MINT_ACK] = FLAG_ACK | FLAG_PSH};

size_t
mint_packet(uint8_t *out, const struct mint *mint, struct esi_slice payload)
{
    size_t size = mint->kind == MINT_ACK ? MINT_HEADERS : MINT_HEADERS_MAX;
    bool from_client = mint->kind != MINT_SYN_ACK;

    memcpy(out, headers, MINT_HEADERS_MAX);
    esi_put_be16(out + AT_TOTAL, (uint16_t)(size + payload.len));
    esi_put_be32(out + (from_client ? AT_SRC : AT_DST), 10u << 24 | mint->id >> 8);
    esi_put_be32(out + (from_client ? AT_DST : AT_SRC), 11u << 24 | (mint->id & 0xff));
    esi_put_be16(out + AT_PORTS, from_client ? CLIENT_PORT : SERVER_PORT);
    esi_put_be16(out + AT_PORTS + 2, from_client ? SERVER_PORT : CLIENT_PORT);
    esi_put_be32(out + AT_SEQ, mint->seq);
    out[AT_LEN] = (uint8_t)((size - IP_HEADER) / 4 << 4);
    out[AT_LEN + 1] = flags[mint->kind];
    if (payload.len > 0)
        memcpy(out + size, payload.ptr, payload.len);
    return size + payload.len;
}
