/* bytes.h - numbers as they lie in bytes, got and put. Bounds are the caller's business. */
#ifndef ESI_BYTES_H
#define ESI_BYTES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* ---- in network byte order ---- */

static inline uint16_t
esi_be16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

static inline uint32_t
esi_be32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static inline void
esi_put_be16(uint8_t *at, uint16_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static inline void
esi_put_be32(uint8_t *at, uint32_t value)
{
    esi_put_be16(at, (uint16_t)(value >> 16));
    esi_put_be16(at + 2, (uint16_t)value);
}

/* ---- in that of a file ---- */

/* esi_in_order - to or from this machine's byte order. */
static inline uint32_t
esi_in_order(uint32_t word, bool big_endian)
{
    return big_endian == (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__) ? word : __builtin_bswap32(word);
}

static inline uint16_t
esi_u16(const uint8_t *at, bool big_endian)
{
    return (uint16_t)(big_endian ? at[0] << 8 | at[1] : at[1] << 8 | at[0]);
}

static inline uint32_t
esi_u32(const uint8_t *at, bool big_endian)
{
    uint32_t word;

    memcpy(&word, at, sizeof word);
    return esi_in_order(word, big_endian);
}

static inline uint64_t
esi_u64(const uint8_t *at, bool big_endian)
{
    uint64_t first = esi_u32(at, big_endian), second = esi_u32(at + 4, big_endian);

    return big_endian ? first << 32 | second : second << 32 | first;
}

static inline void
esi_put_u32(uint8_t *at, bool big_endian, uint32_t value)
{
    uint32_t word = esi_in_order(value, big_endian);

    memcpy(at, &word, sizeof word);
}

#endif
