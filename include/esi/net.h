/* net.h - who talks to whom, when, and where in a stream. */
#ifndef ESI_NET_H
#define ESI_NET_H

#include "esi/base.h"

typedef int64_t esi_nanos; /* since the epoch, from the capture; never the clock on the wall */
typedef uint32_t
    esi_flow_id; /* 1.. in order of first frame; 0 is "no flow". id - 1 is tcp.stream */

/* Which way bytes travel. Also the index of per-direction arrays. */
enum esi_dir { ESI_TO_SERVER, ESI_TO_CLIENT };
static inline enum esi_dir
esi_dir_other(enum esi_dir dir)
{
    return dir == ESI_TO_SERVER ? ESI_TO_CLIENT : ESI_TO_SERVER;
}

struct esi_ip {
    uint8_t family;    /* 4 or 6 */
    uint8_t bytes[16]; /* network order; IPv4 uses the first four, the rest are zero */
};
struct esi_endpoint {
    struct esi_ip ip;
    uint16_t port; /* host order */
};
struct esi_tuple {
    struct esi_endpoint client; /* who sent the first SYN, else who has not got the SMTP port */
    struct esi_endpoint server;
};

/* A range of one direction's stream; offset 0 is the first byte after the SYN. */
struct esi_span {
    uint64_t offset;
    uint64_t len;
};

/* A set of TCP ports. */
struct esi_ports {
    uint64_t bits[1024];
};
static inline bool
esi_ports_has(const struct esi_ports *ports, uint16_t port)
{
    return (ports->bits[port >> 6] >> (port & 63)) & 1;
}
void esi_ports_add(struct esi_ports *ports, uint16_t port);
/* "25", "25,587", "25-30,2525". False, and why, for anything else; *ports is then unspecified. */
bool esi_ports_parse(struct esi_ports *ports, const char *list, struct esi_error *err);
/* The same backwards, ascending and as short as it can be said; of an empty set, nothing. */
void esi_ports_print(struct esi_buf *out, const struct esi_ports *ports);

enum { ESI_IP_TEXT = 46, ESI_TIME_TEXT = 52 };
/* "192.0.2.1", or RFC 5952 form for IPv6. Returns out. */
char *esi_ip_print(char out[ESI_IP_TEXT], const struct esi_ip *ip);
/* The same backwards, and any other form inet_pton(3) takes. False: it is no address. */
bool esi_ip_parse(struct esi_ip *out, const char *text);
static inline bool
esi_ip_same(const struct esi_ip *a, const struct esi_ip *b)
{
    return a->family == b->family && memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}
/* RFC 3339 in UTC with nine decimals: "2026-01-31T12:00:00.000000000Z". Returns out. */
char *esi_time_print(char out[ESI_TIME_TEXT], esi_nanos when);
/* The same backwards. False: it is not such a text, or out of range. */
bool esi_time_parse(esi_nanos *out, const char *text);
/* Community ID flow hash v1, seed 0, of a TCP flow: "1:" and base64; 30 bytes and a NUL. */
enum { ESI_COMMUNITY_ID_TEXT = 31 };
char *esi_community_id(char out[ESI_COMMUNITY_ID_TEXT], const struct esi_tuple *tuple);

#endif
