/* decode.c - a frame, layer by layer. */
#include "esi/packet.h"

#include "packet_internal.h"

static const char *const words[ESI_DECODED_COUNT] = {
#define ESI_DECODED(id, words) words,
#include "esi/packet_decoded.def"
#undef ESI_DECODED
};

static const struct {
    uint16_t ethertype;
    ip_reader *read;
} networks[] = {
    {ETHERTYPE_OF_IPV4, ipv4_read},
    {ETHERTYPE_OF_IPV6, ipv6_read},
};

const char *
esi_decoded_words(enum esi_decoded decoded)
{
    return words[decoded];
}

enum esi_decoded
esi_packet_decode(const struct esi_frame *frame, struct esi_segment *out)
{
    struct link_payload link;
    struct ip_payload ip;
    enum esi_decoded decoded = link_read(frame, &link);

    if (decoded != ESI_DECODED_TCP)
        return decoded;
    for (size_t n = 0; n < ESI_COUNT(networks); n++) {
        if (networks[n].ethertype != link.ethertype)
            continue;
        decoded = networks[n].read(frame, link.at, out, &ip);
        return decoded == ESI_DECODED_TCP ? tcp_read(frame, ip, out) : decoded;
    }
    return ESI_DECODED_NOT_IP;
}
