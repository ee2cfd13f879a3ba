/*
 * block_units.c - times in the units of a pcapng interface.
 *
 * Source: draft-ietf-opsawg-pcapng section 4.2 (if_tsresol, if_tsoffset).
 */
#include "blocks_internal.h"

static uint64_t
times(uint64_t value, uint64_t factor)
{
    uint64_t product;

    return __builtin_mul_overflow(value, factor, &product) ? UINT64_MAX : product;
}

/* binary_units - of 2 to the -exponent seconds. */
static uint64_t
binary_units(uint64_t nanos, unsigned exponent)
{
    enum { NANOS = 1000000000, EXPONENT_MOST = 63 };
    uint64_t units = nanos / NANOS, rest = nanos % NANOS;

    if (exponent > EXPONENT_MOST)
        return nanos > 0 ? UINT64_MAX : 0;
    for (; exponent > 0; exponent--) {
        rest *= 2;
        units = times(units, 2);
        units += units < UINT64_MAX && rest >= NANOS;
        rest %= NANOS;
    }
    return units;
}

uint64_t
block_units(const struct block_clock *clock, esi_nanos ts)
{
    enum { NANOS = 1000000000, BINARY = 0x80 };
    uint64_t nanos = ts > 0 ? (uint64_t)ts : 0;
    uint64_t off =
        times(clock->offset < 0 ? 0 - (uint64_t)clock->offset : (uint64_t)clock->offset, NANOS);

    if (clock->offset < 0)
        nanos = nanos > UINT64_MAX - off ? UINT64_MAX : nanos + off;
    else
        nanos = nanos > off ? nanos - off : 0;
    unsigned exponent = clock->resolution & (BINARY - 1);
    if (clock->resolution & BINARY)
        return binary_units(nanos, exponent);
    for (; exponent < BLOCK_NANOSECONDS; exponent++)
        nanos /= 10;
    for (; exponent > BLOCK_NANOSECONDS && nanos > 0 && nanos < UINT64_MAX; exponent--)
        nanos = times(nanos, 10);
    return nanos;
}
