/*
 * encoded.c - encoded words (RFC 2047) and percent encoding (RFC 2231), taken off.
 *
 * Bytes come out, not characters: the charset is skipped, for lengths and comparisons here are in
 * bytes. Whatever is not well formed stands for itself. One pass: what looks like the beginning of
 * an encoded word is followed to the third '?' at most.
 */
#include <string.h>

#include "encoded_internal.h"

/* One encoded word, in parts; len is that of the whole. */
struct word {
    uint8_t encoding; /* 'B' or 'Q' */
    struct esi_slice text;
    size_t len;
};

static int
hex_digit(uint8_t byte)
{
    uint8_t upper = esi_upper(byte);

    if (byte >= '0' && byte <= '9')
        return byte - '0';
    return upper >= 'A' && upper <= 'F' ? upper - 'A' + 10 : -1;
}

/* hex_pair - the byte that two digits at `at` mean, or -1. */
static int
hex_pair(struct esi_slice text, size_t at)
{
    if (text.len < 2 || at > text.len - 2)
        return -1;
    int high = hex_digit(text.ptr[at]), low = hex_digit(text.ptr[at + 1]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/* decode_escapes - `escape` and two hex digits are one byte; `blank` is a blank. */
static void
decode_escapes(struct esi_slice text, uint8_t escape, uint8_t blank, struct esi_buf *out)
{
    for (size_t at = 0; at < text.len; at++) {
        int byte = text.ptr[at] == escape ? hex_pair(text, at + 1) : -1;
        if (byte >= 0) {
            esi_buf_byte(out, (uint8_t)byte);
            at += 2;
        } else {
            esi_buf_byte(out, text.ptr[at] == blank ? ' ' : text.ptr[at]);
        }
    }
}

void
encoded_percent(struct esi_slice text, struct esi_buf *out)
{
    decode_escapes(text, '%', ' ', out);
}

static int
base64_digit(uint8_t byte)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *found = byte > 0 ? strchr(digits, byte) : NULL;

    return found ? (int)(found - digits) : -1;
}

/* decode_base64 - up to the first '='; what is no digit is skipped (RFC 2045 section 6.8). */
static void
decode_base64(struct esi_slice text, struct esi_buf *out)
{
    uint32_t bits = 0;
    unsigned have = 0;

    for (size_t at = 0; at < text.len && text.ptr[at] != '='; at++) {
        int digit = base64_digit(text.ptr[at]);
        if (digit < 0)
            continue;
        bits = bits << 6 | (uint32_t)digit;
        have += 6;
        if (have >= 8) {
            have -= 8;
            esi_buf_byte(out, (uint8_t)(bits >> have));
        }
    }
}

/* next_part - what stands from `at` on before the next '?'; at then stands behind it. */
static bool
next_part(struct esi_slice text, size_t *at, struct esi_slice *part)
{
    const uint8_t *mark = *at < text.len ? memchr(text.ptr + *at, '?', text.len - *at) : NULL;

    if (!mark)
        return false;
    *part = esi_slice_cut(text, *at, (size_t)(mark - text.ptr) - *at);
    *at = (size_t)(mark - text.ptr) + 1;
    return true;
}

/* read_word - "=?charset?encoding?text?=" at the beginning of text. */
static bool
read_word(struct esi_slice text, struct word *word)
{
    struct esi_slice charset, encoding;
    size_t at = 2;

    if (text.len < 2 || text.ptr[0] != '=' || text.ptr[1] != '?')
        return false;
    if (!next_part(text, &at, &charset) || charset.len == 0)
        return false;
    if (!next_part(text, &at, &encoding) || encoding.len != 1)
        return false;
    word->encoding = esi_upper(encoding.ptr[0]);
    if (word->encoding != 'B' && word->encoding != 'Q')
        return false;
    if (!next_part(text, &at, &word->text) || at >= text.len || text.ptr[at] != '=')
        return false;
    word->len = at + 1;
    return true;
}

void
encoded_words(struct esi_slice text, struct esi_buf *out)
{
    size_t behind_word = SIZE_MAX; /* out's length there, while only blanks followed */
    struct word word;

    for (size_t at = 0; at < text.len;) {
        uint8_t byte = text.ptr[at];
        if (byte != '=' || !read_word(esi_slice_cut(text, at, text.len), &word)) {
            esi_buf_byte(out, byte);
            at++;
            if (byte != ' ' && byte != '\t')
                behind_word = SIZE_MAX;
            continue;
        }
        if (behind_word != SIZE_MAX)
            out->len = behind_word; /* blanks between two encoded words are not text */
        if (word.encoding == 'B')
            decode_base64(word.text, out);
        else
            decode_escapes(word.text, '=', '_', out);
        behind_word = out->len;
        at += word.len;
    }
}
