/*
 * pcapng_time.c - time stamps of any resolution as nanoseconds, exactly.
 *
 * Source: draft-ietf-opsawg-pcapng section 4.2 (if_tsresol, if_tsoffset).
 */
#include "pcapng_block_internal.h"

__extension__ typedef unsigned __int128 wide;

enum {
    NANOS = 1000000000,
    NANO_DIGITS = 9,
    DIGITS_MOST = 28, /* finer than that, 64 bits of units are less than a nanosecond together */
    BINARY = 0x80,    /* the exponent is one of 2, not of 10 */
    BITS_MOST = 93    /* the same of 2: 64 bits, and 30 of the nanoseconds of a second */
};

static uint64_t
power_of_ten(unsigned exponent)
{
    uint64_t power = 1;

    while (exponent-- > 0)
        power *= 10;
    return power;
}

struct pcapng_clock
pcapng_clock_of(uint8_t resolution, int64_t offset)
{
    struct pcapng_clock clock = {.multiply = 1, .divide = 1, .offset = offset};
    unsigned exponent = resolution & (BINARY - 1);

    if (resolution & BINARY) {
        clock.multiply = exponent <= BITS_MOST ? NANOS : 0;
        clock.shift = exponent <= BITS_MOST ? exponent : 0;
    } else if (exponent <= NANO_DIGITS) {
        clock.multiply = power_of_ten(NANO_DIGITS - exponent);
    } else if (exponent <= DIGITS_MOST) {
        clock.divide = power_of_ten(exponent - NANO_DIGITS);
    } else {
        clock.multiply = 0;
    }
    return clock;
}

esi_nanos
pcapng_time(const struct pcapng_clock *clock, uint64_t units)
{
    wide nanos = (wide)units * clock->multiply >> clock->shift;

    if (clock->divide > 1)
        nanos /= clock->divide;
    if (clock->offset >= 0) {
        nanos += (wide)clock->offset * NANOS;
    } else {
        wide less = ((wide)UINT64_MAX + 1 - (uint64_t)clock->offset) * NANOS;
        nanos = nanos > less ? nanos - less : 0;
    }
    return nanos > INT64_MAX ? INT64_MAX : (esi_nanos)nanos;
}
