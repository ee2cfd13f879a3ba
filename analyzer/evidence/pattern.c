/* pattern.c - the little patterns of products.def and families.def: * any bytes, % a hexadecimal
 * digit, every other byte itself. One star at a time is gone back to: linear in the line but for
 * the pattern's length. */
#include "evidence_internal.h"

static bool
fits_byte(char pattern, uint8_t byte)
{
    bool digit = byte >= '0' && byte <= '9';

    if (pattern != '%')
        return (uint8_t)pattern == byte;
    return digit || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'f');
}

/* next_start - from `at` on, where what stands behind a star may begin; the line's end: nowhere. */
static size_t
next_start(const char *behind_star, struct esi_slice line, size_t at)
{
    if (*behind_star == '%' || *behind_star == '\0' || at >= line.len)
        return at;
    const uint8_t *found = memchr(line.ptr + at, *behind_star, line.len - at);

    return found ? (size_t)(found - line.ptr) : line.len;
}

bool
glob_fits(const char *pattern, struct esi_slice line)
{
    const char *behind_star = NULL;
    size_t at = 0, star_at = 0;

    while (at < line.len || *pattern == '*') {
        if (*pattern == '*') {
            behind_star = ++pattern;
            if (*pattern == '\0')
                return true;
            if (*pattern != '*')
                at = star_at = next_start(behind_star, line, at);
        } else if (*pattern != '\0' && fits_byte(*pattern, line.ptr[at])) {
            pattern++;
            at++;
        } else if (behind_star) {
            pattern = behind_star;
            at = star_at = next_start(behind_star, line, star_at + 1);
        } else {
            return false;
        }
        if (at >= line.len && *pattern == '\0')
            return true;
    }
    return *pattern == '\0' && at == line.len;
}

static uint64_t
bit_of_byte(uint8_t byte)
{
    return (uint64_t)1 << (byte & 63);
}

uint64_t
bytes_in(struct esi_slice line)
{
    uint64_t bits = 0;

    for (size_t i = 0; i < line.len; i++)
        bits |= bit_of_byte(line.ptr[i]);
    return bits;
}

uint64_t
bytes_of_pattern(const char *pattern)
{
    uint64_t bits = 0;

    for (; *pattern; pattern++)
        if (*pattern != '*' && *pattern != '%')
            bits |= bit_of_byte((uint8_t)*pattern);
    return bits;
}

size_t
run_of(struct esi_slice word, uint8_t byte)
{
    size_t n = 0;

    while (n < word.len && word.ptr[n] == byte)
        n++;
    return n;
}

bool
next_line(struct esi_slice *text, struct esi_slice *line)
{
    const uint8_t *lf = text->len > 0 ? memchr(text->ptr, '\n', text->len) : NULL;

    if (!text->ptr)
        return false;
    *line = esi_slice_cut(*text, 0, lf ? (size_t)(lf - text->ptr) : text->len);
    if (lf)
        *text = esi_slice_cut(*text, line->len + 1, text->len);
    else
        *text = (struct esi_slice){0};
    return true;
}
