/*
 * checksum.c - the Internet checksum: RFC 1071 and, for one word changed, RFC 1624.
 *
 * The sum does not care in which byte order words are added, nor in how many places at a time, as
 * long as carries come back in (RFC 1071 section 2). So words of the machine's own order are added
 * up, eight at a time, and only the result is turned around.
 */
#include <string.h>

#include "esi/bytes.h"
#include "esi/packet.h"

#include "packet_internal.h"

/* Four lanes of 32 bits: an extension that gcc and clang share; without it gcc -O2 adds one by one.
 */
typedef uint32_t lanes __attribute__((vector_size(16)));

enum {
    STRIDE = 2 * sizeof(lanes),
    BLOCK = 1 << 18, /* a stride adds two words to each of two lanes: 16,384 fit in their sum */
    CHECKSUM_AT = 16 /* in the TCP header */
};

static uint16_t
fold(uint64_t sum)
{
    while (sum > UINT16_MAX)
        sum = (sum & UINT16_MAX) + (sum >> 16);
    return (uint16_t)sum;
}

/* sum_block - of whole strides, BLOCK bytes at most. */
static uint64_t
sum_block(const uint8_t *at, size_t len)
{
    lanes sums[2] = {0}, words[2];

    for (; len > 0; at += STRIDE, len -= STRIDE) {
        memcpy(words, at, STRIDE);
        sums[0] += (words[0] & UINT16_MAX) + (words[0] >> 16);
        sums[1] += (words[1] & UINT16_MAX) + (words[1] >> 16);
    }
    sums[0] += sums[1];
    return (uint64_t)sums[0][0] + sums[0][1] + sums[0][2] + sums[0][3];
}

static uint64_t
sum_word(const uint8_t *at)
{
    uint64_t word;

    memcpy(&word, at, sizeof word);
    return (word & UINT32_MAX) + (word >> 32);
}

/* sum_rest - of fewer than eight bytes. */
static uint64_t
sum_rest(const uint8_t *at, size_t len)
{
    uint32_t four = 0;
    uint16_t two = 0, one = 0;

    if (len & 4)
        memcpy(&four, at, 4);
    if (len & 2)
        memcpy(&two, at + (len & 4), 2);
    if (len & 1)
        memcpy(&one, at + len - 1, 1);
    return (uint64_t)four + two + one;
}

/* sum_of - of the bytes as 16-bit words in the machine's order, an odd one padded with a zero. */
static uint64_t
sum_of(const uint8_t *at, size_t len)
{
    uint64_t sum = 0;

    while (len >= STRIDE) {
        size_t part = len < BLOCK ? len / STRIDE * STRIDE : BLOCK;
        sum += sum_block(at, part);
        at += part;
        len -= part;
    }
    for (; len >= sizeof(uint64_t); at += sizeof(uint64_t), len -= sizeof(uint64_t))
        sum += sum_word(at);
    return sum + sum_rest(at, len);
}

static uint64_t
sum_ip(const struct esi_ip *ip)
{
    return sum_word(ip->bytes) + sum_word(ip->bytes + sizeof(uint64_t));
}

/* in_host_order - a sum of words as they lie, as the sum of the numbers that they are. */
static uint16_t
in_host_order(uint64_t sum)
{
    uint16_t folded = fold(sum);
    uint8_t bytes[2];

    memcpy(bytes, &folded, sizeof bytes);
    return esi_be16(bytes);
}

uint16_t
esi_checksum(uint32_t seed, struct esi_slice bytes)
{
    return (uint16_t)~fold((uint64_t)seed + in_host_order(sum_of(bytes.ptr, bytes.len)));
}

uint16_t
esi_checksum_adjust(uint16_t sum, uint16_t old_word, uint16_t new_word)
{
    uint32_t complement = (uint16_t)~sum;

    return (uint16_t)~fold(complement + (uint16_t)~old_word + new_word);
}

/* segment_sum - over pseudo-header, TCP header as it stands, and payload. */
static uint64_t
segment_sum(const struct esi_segment *segment, const uint8_t *packet)
{
    uint32_t len = segment->payload_at - segment->tcp_at + segment->payload_len;
    uint64_t as_they_lie = sum_of(packet + segment->tcp_at, len);

    /* What an IPv4 address leaves of the sixteen bytes is zero, and adds nothing. */
    as_they_lie += sum_ip(&segment->src.ip);
    as_they_lie += sum_ip(&segment->pseudo_dst);
    return (uint64_t)in_host_order(as_they_lie) + PROTOCOL_TCP + (len >> 16) + (len & UINT16_MAX);
}

uint16_t
esi_tcp_checksum(const struct esi_segment *segment, const uint8_t *packet)
{
    uint16_t there = esi_be16(packet + segment->tcp_at + CHECKSUM_AT);

    /* In ones' complement, adding the complement takes a word out of the sum. */
    return (uint16_t)~fold(segment_sum(segment, packet) + (uint16_t)~there);
}

/* is_unfinished - the field holds nothing, or the pseudo-header's sum (not complemented), for a
 * network card to go on with; some cards want it without the length, which they fill in for each
 * part of what they cut up. */
static bool
is_unfinished(const struct esi_segment *segment)
{
    uint16_t there = esi_be16(segment->packet.ptr + segment->tcp_at + CHECKSUM_AT);
    uint64_t addresses = in_host_order(sum_ip(&segment->src.ip) + sum_ip(&segment->pseudo_dst));
    uint32_t len = segment->payload_at - segment->tcp_at + segment->payload_len;

    return there == 0 || there == fold(addresses + PROTOCOL_TCP) ||
           there == fold(addresses + PROTOCOL_TCP + (len >> 16) + (len & UINT16_MAX));
}

enum esi_checksum_state
esi_tcp_checksum_check(const struct esi_segment *segment)
{
    if (!segment->payload.ptr || segment->payload.len < segment->payload_len)
        return ESI_CHECKSUM_UNKNOWN;
    if (fold(segment_sum(segment, segment->packet.ptr)) == UINT16_MAX)
        return ESI_CHECKSUM_GOOD;
    return is_unfinished(segment) ? ESI_CHECKSUM_UNFINISHED : ESI_CHECKSUM_BAD;
}
