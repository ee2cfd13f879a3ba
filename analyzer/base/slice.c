/* slice.c - bytes borrowed. Case is ASCII's alone, whatever the locale: wire bytes know no locale.
 */
#include <string.h>

#include "esi/base.h"

bool
esi_slice_eq(struct esi_slice a, struct esi_slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

uint8_t
esi_upper(uint8_t byte)
{
    return byte >= 'a' && byte <= 'z' ? (uint8_t)(byte - 'a' + 'A') : byte;
}

bool
esi_slice_same_nocase(struct esi_slice a, struct esi_slice b)
{
    for (size_t i = 0; i < a.len; i++)
        if (a.ptr[i] != b.ptr[i] && esi_upper(a.ptr[i]) != esi_upper(b.ptr[i]))
            return false;
    return true;
}
