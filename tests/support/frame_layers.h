/* frame_layers.h - a packet that grows at its front; between frames.c and frame_layers.c. */
#ifndef TESTS_FRAME_LAYERS_H
#define TESTS_FRAME_LAYERS_H

#include "support/frames.h"

struct packet {
    uint8_t *start, *end;
    unsigned ethertype; /* what it is to a header that names ethertypes */
    unsigned protocol;  /* and to IP */
};

static inline size_t
packet_len(const struct packet *packet)
{
    return (size_t)(packet->end - packet->start);
}

/* That many zeros before what is there; returns the first. */
uint8_t *packet_front(struct packet *packet, size_t len);
/* 2001:db8::LAST; an IPv6 header between two of these. */
void packet_set_ipv6(uint8_t *at, unsigned last);
void packet_put_ipv6(struct packet *packet, unsigned from, unsigned to);
void packet_put_layers(struct packet *packet, const enum frame_layer *layers);
uint16_t packet_ip_sum(const uint8_t *header, size_t len);

static inline void
set16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static inline void
set32(uint8_t *at, uint32_t value)
{
    set16(at, value >> 16);
    set16(at + 2, value & 65535);
}

#endif
