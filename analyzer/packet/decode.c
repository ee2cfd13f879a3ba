/* decode.c - a frame, layer by layer. */
#include <stdio.h>
#include <stdlib.h>

#include "esi/packet.h"

#include "packet_internal.h"

static const char *const words[ESI_DECODED_COUNT] = {
#define ESI_DECODED(id, words) words,
#include "esi/packet_decoded.def"
#undef ESI_DECODED
};

const char *
esi_decoded_name(enum esi_decoded what, uint32_t code, char out[ESI_DECODED_NAME_MOST])
{
    (void)code;
    snprintf(out, ESI_DECODED_NAME_MOST, "%s", words[what]);
    return out;
}

struct esi_decoder {
    int unused;
};

struct esi_decoder *
esi_decoder_new(void)
{
    return esi_alloc(sizeof(struct esi_decoder));
}

void
esi_decoder_free(struct esi_decoder *decoder)
{
    free(decoder);
}

/* One row a network layer, the commonest first. */
static const struct {
    uint16_t ethertype;
    enum esi_decoded (*read)(const struct esi_frame *frame, size_t at, struct esi_segment *segment,
                             struct ip_payload *out);
} networks[] = {
    {ETHERTYPE_OF_IPV4, ipv4_read},
    {ETHERTYPE_OF_IPV6, ipv6_read},
};

static enum esi_decoded
network_read(const struct esi_frame *frame, struct link_payload link, struct esi_segment *segment,
             struct ip_payload *out)
{
    for (size_t i = 0; i < ESI_COUNT(networks); i++)
        if (networks[i].ethertype == link.ethertype)
            return networks[i].read(frame, link.at, segment, out);
    return ESI_DECODED_NOT_IP;
}

struct esi_decoding
esi_decoder_frame(struct esi_decoder *decoder, const struct esi_frame *frame,
                  struct esi_segment *out)
{
    (void)decoder;
    struct link_payload link;
    struct ip_payload ip;
    enum esi_decoded decoded = link_read(frame, &link);

    if (decoded == ESI_DECODED_TCP)
        decoded = network_read(frame, link, out, &ip);
    if (decoded == ESI_DECODED_TCP)
        decoded = tcp_read(frame, ip, out);
    return (struct esi_decoding){.what = decoded};
}
