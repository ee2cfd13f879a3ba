/* decode.c - a frame, layer by layer. */
#include "esi/packet.h"

#include "packet_internal.h"

static const char *const words[ESI_DECODED_COUNT] = {
#define ESI_DECODED(id, words) words,
#include "esi/packet_decoded.def"
#undef ESI_DECODED
};

const char *
esi_decoded_words(enum esi_decoded decoded)
{
    return words[decoded];
}

static enum esi_decoded
network_read(const struct esi_frame *frame, struct link_payload link, struct esi_segment *segment,
             struct ip_payload *out)
{
    switch (link.ethertype) {
    case ETHERTYPE_OF_IPV4:
        return ipv4_read(frame, link.at, segment, out);
    case ETHERTYPE_OF_IPV6:
        return ipv6_read(frame, link.at, segment, out);
    default:
        return ESI_DECODED_NOT_IP;
    }
}

enum esi_decoded
esi_packet_decode(const struct esi_frame *frame, struct esi_segment *out)
{
    struct link_payload link;
    struct ip_payload ip;
    enum esi_decoded decoded = link_read(frame, &link);

    if (decoded == ESI_DECODED_TCP)
        decoded = network_read(frame, link, out, &ip);
    return decoded == ESI_DECODED_TCP ? tcp_read(frame, ip, out) : decoded;
}
