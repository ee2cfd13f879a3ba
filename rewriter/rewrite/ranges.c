/* ranges.c - where two runs of bytes differ. Few bytes in between that are the same are taken in: a
 * range costs more words than they do. */
#include "ranges_internal.h"

bool
range_next(struct esi_slice old, const uint8_t *new, size_t *at, struct esi_span *out)
{
    size_t first = *at;

    while (first < old.len && old.ptr[first] == new[first])
        first++;
    size_t end = first;
    for (size_t i = first; i < old.len && i - end < RANGE_APART; i++)
        if (old.ptr[i] != new[i])
            end = i + 1;
    *at = end;
    *out = (struct esi_span){first, end - first};
    return end > first;
}
