/* flow_offset.c - sequence numbers as stream offsets. */
#include <criterion/criterion.h>

#include "flow/flow_internal.h"

#define GIB UINT64_C(0x40000000)

Test(flow_offset, sequence_numbers_unwrap)
{
    static const struct {
        const char *what;
        uint32_t base;
        uint64_t reached;
        uint32_t seq;
        bool valid;
        uint64_t want;
    } rows[] = {
        {"the start", 1000, 0, 1000, true, 0},
        {"in order", 1000, 500, 1500, true, 500},
        {"ahead", 1000, 500, 3000, true, 2000},
        {"again", 1000, 500, 1100, true, 100},
        {"before the start", 1000, 0, 999, false, 0},
        {"far before the start", 1000, 500, 1000 - 0x70000000u, false, 0},
        {"across zero", 0xfffffff0, 8, 8, true, 24},
        {"back across zero", 0xfffffff0, 24, 0xfffffff8, true, 8},
        {"before a start at zero", 0, 0, 0xffffffff, false, 0},
        {"second time round", 1000, 4 * GIB + 100, 1100, true, 4 * GIB + 100},
        {"second time round, one byte back", 1000, 4 * GIB, 999, true, 4 * GIB - 1},
        {"third time round", 7, 8 * GIB - 1, 6 + 10, true, 8 * GIB + 9},
        {"as far ahead as can be", 0, 5 * GIB, (uint32_t)(7 * GIB - 1), true, 7 * GIB - 1},
        {"as far back as can be", 0, 5 * GIB, (uint32_t)(3 * GIB), true, 3 * GIB},
    };

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        uint64_t got = 0;
        bool valid = offset_of(rows[r].base, rows[r].reached, rows[r].seq, &got);
        cr_assert_eq(valid, rows[r].valid, "%s", rows[r].what);
        cr_assert_eq(got, rows[r].want, "%s: %llu", rows[r].what, (unsigned long long)got);
    }
}
