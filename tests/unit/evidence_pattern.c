/* evidence_pattern.c - the little patterns of the tables, held against a matcher that tries all. */
#include <criterion/criterion.h>
#include <string.h>

#include "evidence/evidence_internal.h"

static bool
plainly_fits(const char *pattern, struct esi_slice line)
{
    if (*pattern == '\0')
        return line.len == 0;
    if (*pattern == '*')
        return plainly_fits(pattern + 1, line) ||
               (line.len > 0 && plainly_fits(pattern, esi_slice_cut(line, 1, line.len)));
    return line.len > 0 &&
           (*pattern == '%' ? line.ptr[0] && strchr("0123456789abcdefABCDEF", line.ptr[0])
                            : (uint8_t)*pattern == line.ptr[0]) &&
           plainly_fits(pattern + 1, esi_slice_cut(line, 1, line.len));
}

Test(evidence, patterns)
{
    static const char *const letters = "ab*%a*", *const bytes = "aabbfg";
    uint32_t dice = 11;
    size_t fitted = 0;

    for (int round = 0; round < 200000; round++) {
        char pattern[8] = {0}, line[10];
        for (size_t i = 0; i < (size_t)round % sizeof pattern - (round % sizeof pattern > 6); i++)
            pattern[i] = letters[((dice = dice * 1664525 + 1013904223) >> 20) % 6];
        size_t len = (size_t)(round / 7) % sizeof line;
        for (size_t i = 0; i < len; i++)
            line[i] = bytes[((dice = dice * 1664525 + 1013904223) >> 20) % 6];
        struct esi_slice text = {(const uint8_t *)line, len};
        bool fits = plainly_fits(pattern, text);
        cr_assert_eq(glob_fits(pattern, text), fits, "%s, %.*s", pattern, (int)len, line);
        fitted += fits;
    }
    cr_assert_gt(fitted, 1000);
}

Test(evidence, lines_of_a_text)
{
    static const struct {
        const char *text;
        size_t lines;
    } rows[] = {{"", 1}, {"a", 1}, {"a\n", 2}, {"a\nb", 2}, {"\n\nx", 3}};

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        struct esi_slice text = esi_slice_of(rows[r].text), line;
        size_t lines = 0;
        while (next_line(&text, &line))
            lines++;
        cr_expect_eq(lines, rows[r].lines, "row %zu", r);
    }
}
