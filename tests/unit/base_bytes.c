/* base_bytes.c - slices, buffers and the arena. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "esi/base.h"

Test(base, slices_are_cut_to_what_there_is)
{
    static const struct {
        const char *what;
        size_t at, len;
        const char *want;
    } rows[] = {
        {"all", 0, 5, "hello"},
        {"from the middle", 2, 2, "ll"},
        {"longer than it is", 3, 99, "lo"},
        {"as long as can be", 1, SIZE_MAX, "ello"},
        {"from its end", 5, 1, ""},
        {"from behind its end", 99, 1, ""},
        {"nothing", 2, 0, ""},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++)
        cr_assert(esi_slice_eq(esi_slice_cut(ESI_LIT("hello"), rows[i].at, rows[i].len),
                               esi_slice_of(rows[i].want)),
                  "%s", rows[i].what);
    cr_assert_eq(esi_slice_cut((struct esi_slice){0}, 0, 4).len, 0, "of nothing");
}

Test(base, slices_compare)
{
    static const struct {
        struct esi_slice a, b;
        bool same, same_but_case;
    } rows[] = {
        {ESI_LIT("ehlo"), ESI_LIT("ehlo"), true, true},
        {ESI_LIT("EhLo"), ESI_LIT("eHlO"), false, true},
        {ESI_LIT("ehlo"), ESI_LIT("ehlo "), false, false},
        {ESI_LIT("a\0b"), ESI_LIT("a\0c"), false, false},
        {ESI_LIT("@"), ESI_LIT("`"), false, false}, /* 0x20 apart, and no letters */
        {ESI_LIT("\xe4"), ESI_LIT("\xc4"), false, false},
        {ESI_LIT(""), {0}, true, true},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        cr_assert_eq(esi_slice_eq(rows[i].a, rows[i].b), rows[i].same, "row %zu", i);
        cr_assert_eq(esi_slice_eq_nocase(rows[i].a, rows[i].b), rows[i].same_but_case, "row %zu",
                     i);
    }
}

Test(base, buffers_grow)
{
    struct esi_buf buf = {0};
    char longer[600];

    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    esi_buf_append(&buf, (struct esi_slice){0});
    cr_assert_null(buf.data, "nothing appended takes no memory");
    esi_buf_printf(&buf, "%d-%s|", 42, "a");
    esi_buf_printf(&buf, "%s|", longer);
    esi_buf_number(&buf, 0);
    esi_buf_byte(&buf, ' ');
    esi_buf_number(&buf, UINT64_MAX);
    cr_assert_eq(buf.len, 5 + 600 + 2 + 20);
    cr_assert(memcmp(buf.data, "42-a|xxx", 8) == 0);
    cr_assert(memcmp(buf.data + 605, "0 18446744073709551615", 22) == 0);
    size_t cap = buf.cap;
    esi_buf_clear(&buf);
    cr_assert(buf.len == 0 && buf.cap == cap, "clear keeps the storage");
    esi_buf_free(&buf);
    cr_assert_null(buf.data);
}

Test(base, arena_copies_stay_where_they_are)
{
    struct esi_arena arena = {0};
    struct esi_slice copies[200];
    char word[32];

    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 200; i++) {
            int len = snprintf(word, sizeof word, "word %d", i);
            copies[i] = esi_arena_copy(&arena, (struct esi_slice){(uint8_t *)word, (size_t)len});
        }
        void *large = esi_arena_alloc(&arena, 200000);
        memset(large, 7, 200000);
        for (int i = 0; i < 200; i++) {
            snprintf(word, sizeof word, "word %d", i);
            cr_assert(esi_slice_eq(copies[i], esi_slice_of(word)), "copy %d", i);
        }
        cr_assert_eq((uintptr_t)large % 8, 0);
        cr_assert_geq(arena.used, 200000);
        esi_arena_clear(&arena);
        cr_assert_eq(arena.used, 0);
    }
    esi_arena_free(&arena);
}
