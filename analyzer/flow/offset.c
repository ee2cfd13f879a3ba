/* offset.c - sequence numbers (32 bits, starting anywhere) as stream offsets (64 bits, from 0). */
#include "flow_internal.h"

bool
offset_of(uint32_t base, uint64_t reached, uint32_t seq, uint64_t *out)
{
    int32_t ahead = (int32_t)(seq - base - (uint32_t)reached);

    if (ahead < 0 && (uint64_t)(-(int64_t)ahead) > reached)
        return false;
    *out = reached + (uint64_t)(int64_t)ahead;
    return true;
}
