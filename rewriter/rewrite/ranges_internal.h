/* ranges_internal.h - where two runs of bytes differ. */
#ifndef RANGES_INTERNAL_H
#define RANGES_INTERNAL_H

#include "esi/net.h"

enum { RANGE_APART = 8 }; /* as many bytes that are the same part two ranges */

/* The first range from *at on, which goes behind it; its first byte and its last differ. `new` is
 * as long as `old`. False: nothing differs any more. */
bool range_next(struct esi_slice old, const uint8_t *new, size_t *at, struct esi_span *out);

#endif
