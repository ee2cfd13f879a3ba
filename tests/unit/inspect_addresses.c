/* inspect_addresses.c - how many addresses a To: holds. */
#include <criterion/criterion.h>

#include "inspect/inspect_internal.h"

Test(inspect, addresses_are_counted)
{
    static const struct {
        const char *value;
        uint64_t count;
    } rows[] = {
        {"", 0},
        {" \t", 0},
        {"a", 1},
        {"a@b.de", 1},
        {"a@b.de, c@d.de", 2},
        {",, a@b.de ,,", 1},
        {"(nobody)", 0},
        {"a (b, c (d, e) f), g", 2},
        {"a (\\), b", 1},
        {"\"Last, First\" <x@y.de>", 1},
        {"\"a\\\", b\" <x@y.de>, c", 2},
        {"<@r.de,@s.de:u@v.de>", 1},
        {"<>, <>", 2},
        {"u@[1,2], v", 2},
        {"Nobody:;", 0},
        {"Us: a@b.de, c@d.de;", 2},
        {"Us: a@b.de, c@d.de;, e@f.de", 3},
        {"x, Us: (all) ;, y", 2},
        {"\"a\\\"b\", c", 2},
        {"\"\\a\", b", 2},
        {"\"a, b", 1},
        {"<a, b", 1},
        {"(a, b", 0},
        {"\"a\\", 1},
        {"(a\\", 0},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        uint64_t got = count_addresses(esi_slice_of(rows[i].value));
        cr_assert(got == rows[i].count, "%s: %llu", rows[i].value, (unsigned long long)got);
    }
}
