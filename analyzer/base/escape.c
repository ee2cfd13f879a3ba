/*
 * escape.c - untrusted bytes made safe to show. The only place that does it.
 *
 * JSON strings: RFC 8259 section 7. UTF-8: RFC 3629 section 4. Text and attributes of a page and of
 * XML: HTML Living Standard, 13.1.2.3 and 13.3; XML 1.0, 2.2 and 2.4. Mermaid: its documentation,
 * "Entity codes to escape characters"; all is written so that has a meaning anywhere in its syntax.
 */
#include <string.h>

#include "esi/base.h"

static const char hex[] = "0123456789abcdef";

static bool
is_plain(uint8_t byte)
{
    return byte >= 0x20 && byte <= 0x7e && byte != '\\';
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte)) /* eight of them */

/* any_zero - whether one of eight bytes is zero; the highest bit of some byte tells. */
static uint64_t
any_zero(uint64_t word)
{
    return (word - EACH(1)) & ~word & EACH(0x80);
}

/* all_plain - eight bytes at once: none below 0x20, above 0x7e, a backslash or `also`. */
static bool
all_plain(const uint8_t *bytes, uint8_t also)
{
    uint64_t word;

    memcpy(&word, bytes, sizeof word);
    uint64_t low = (word - EACH(0x20)) & ~word, high = word | (word + EACH(1));

    return (((low | high) & EACH(0x80)) | any_zero(word ^ EACH('\\')) |
            any_zero(word ^ EACH(also))) == 0;
}

/* plain_run - how many bytes from the start stand for themselves; `also` does not. */
static size_t
plain_run(struct esi_slice bytes, uint8_t also)
{
    size_t n = 0;

    while (n + 8 <= bytes.len && all_plain(bytes.ptr + n, also))
        n += 8;
    if (n > 0 && n + 8 > bytes.len && all_plain(bytes.ptr + bytes.len - 8, also))
        return bytes.len;
    while (n < bytes.len && is_plain(bytes.ptr[n]) && bytes.ptr[n] != also)
        n++;
    return n;
}

/* skip_plain - copies those and takes them off. Whether anything is left. */
static bool
skip_plain(struct esi_buf *out, struct esi_slice *bytes, uint8_t also)
{
    size_t n = plain_run(*bytes, also);

    esi_buf_append(out, esi_slice_cut(*bytes, 0, n));
    *bytes = esi_slice_cut(*bytes, n, bytes->len);
    return bytes->len > 0;
}

static void
append_hex(struct esi_buf *out, const char *lead, uint8_t byte)
{
    esi_buf_text(out, lead);
    esi_buf_byte(out, (uint8_t)hex[byte >> 4]);
    esi_buf_byte(out, (uint8_t)hex[byte & 15]);
}

void
esi_escape_wire(struct esi_buf *out, struct esi_slice bytes)
{
    while (skip_plain(out, &bytes, '\\')) {
        if (bytes.ptr[0] == '\\')
            esi_buf_text(out, "\\\\");
        else
            append_hex(out, "\\x", bytes.ptr[0]);
        bytes = esi_slice_cut(bytes, 1, bytes.len);
    }
}

void
esi_escape_json_wire(struct esi_buf *out, struct esi_slice bytes)
{
    while (skip_plain(out, &bytes, '"')) {
        if (bytes.ptr[0] == '"')
            esi_buf_text(out, "\\\"");
        else if (bytes.ptr[0] == '\\')
            esi_buf_text(out, "\\\\\\\\");
        else
            append_hex(out, "\\\\x", bytes.ptr[0]);
        bytes = esi_slice_cut(bytes, 1, bytes.len);
    }
}

/* utf8_length - of the well-formed sequence at the start; 0 if there is none. */
static size_t
utf8_length(struct esi_slice text)
{
    static const struct {
        uint8_t first_low, first_high, second_low, second_high;
        size_t len;
    } rows[] = {
        {0x00, 0x7f, 0x00, 0x00, 1}, {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        if (text.ptr[0] < rows[r].first_low || text.ptr[0] > rows[r].first_high)
            continue;
        if (rows[r].len > text.len)
            return 0;
        if (rows[r].len > 1 &&
            (text.ptr[1] < rows[r].second_low || text.ptr[1] > rows[r].second_high))
            return 0;
        for (size_t i = 2; i < rows[r].len; i++)
            if ((text.ptr[i] & 0xc0) != 0x80)
                return 0;
        return rows[r].len;
    }
    return 0;
}

void
esi_escape_json_text(struct esi_buf *out, struct esi_slice text)
{
    while (skip_plain(out, &text, '"')) {
        size_t n = utf8_length(text);

        if (n == 0)
            esi_buf_text(out, "\xef\xbf\xbd");
        else if (n == 1 && (text.ptr[0] < 0x20 || text.ptr[0] == 0x7f))
            append_hex(out, "\\u00", text.ptr[0]);
        else {
            if (text.ptr[0] == '"' || text.ptr[0] == '\\')
                esi_buf_byte(out, '\\');
            esi_buf_append(out, esi_slice_cut(text, 0, n));
        }
        text = esi_slice_cut(text, n > 0 ? n : 1, text.len);
    }
}

/* is_control - C0, DEL and, in two bytes, C1: what a terminal obeys. */
static bool
is_control(struct esi_slice text, size_t len)
{
    return len == 1 ? text.ptr[0] < 0x20 || text.ptr[0] == 0x7f
                    : len == 2 && text.ptr[0] == 0xc2 && text.ptr[1] < 0xa0;
}

void
esi_escape_text(struct esi_buf *out, struct esi_slice text)
{
    while (skip_plain(out, &text, '\\')) {
        size_t n = utf8_length(text);

        if (n == 0 || is_control(text, n)) {
            append_hex(out, "\\x", text.ptr[0]);
            n = 1;
        } else {
            esi_buf_append(out, esi_slice_cut(text, 0, n));
        }
        text = esi_slice_cut(text, n, text.len);
    }
}

/* markup_of - what stands for a character that would be markup, in text and in attributes. */
static const char *
markup_of(uint8_t byte)
{
    switch (byte) {
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '&':
        return "&amp;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

/* skip_unmarked - copies what stands for itself in a page, and takes it off. */
static bool
skip_unmarked(struct esi_buf *out, struct esi_slice *bytes)
{
    size_t n = 0;

    while (n < bytes->len && is_plain(bytes->ptr[n]) && !markup_of(bytes->ptr[n]))
        n++;
    esi_buf_append(out, esi_slice_cut(*bytes, 0, n));
    *bytes = esi_slice_cut(*bytes, n, bytes->len);
    return bytes->len > 0;
}

void
esi_escape_markup_wire(struct esi_buf *out, struct esi_slice bytes)
{
    while (skip_unmarked(out, &bytes)) {
        const char *markup = markup_of(bytes.ptr[0]);

        if (markup)
            esi_buf_text(out, markup);
        else
            esi_escape_wire(out, esi_slice_cut(bytes, 0, 1));
        bytes = esi_slice_cut(bytes, 1, bytes.len);
    }
}

/* is_unseen - what has no shape of its own, or turns the direction of what follows: soft hyphen,
 * U+061C, U+200B to U+200F, U+2028 to U+202E, U+2060 to U+206F, U+FEFF, U+FFF9 to U+FFFC, the
 * tags from U+E0000 on; and U+FFFE and U+FFFF, which are no characters of XML. */
static bool
is_unseen(struct esi_slice text, size_t len)
{
    static const struct {
        size_t len;
        uint8_t lead[2], low, high; /* all bytes but the last; the last: from, to */
    } rows[] = {
        {2, {0xc2}, 0xad, 0xad},       {2, {0xd8}, 0x9c, 0x9c},       {3, {0xe2, 0x80}, 0x8b, 0x8f},
        {3, {0xe2, 0x80}, 0xa8, 0xae}, {3, {0xe2, 0x81}, 0xa0, 0xaf}, {3, {0xef, 0xbb}, 0xbf, 0xbf},
        {3, {0xef, 0xbf}, 0xb9, 0xbc}, {3, {0xef, 0xbf}, 0xbe, 0xbf},
    };

    for (size_t r = 0; r < ESI_COUNT(rows); r++)
        if (len == rows[r].len && memcmp(text.ptr, rows[r].lead, len - 1) == 0 &&
            text.ptr[len - 1] >= rows[r].low && text.ptr[len - 1] <= rows[r].high)
            return true;
    return len == 4 && text.ptr[0] == 0xf3 && text.ptr[1] == 0xa0;
}

void
esi_escape_markup_text(struct esi_buf *out, struct esi_slice text)
{
    while (skip_unmarked(out, &text)) {
        const char *markup = markup_of(text.ptr[0]);
        size_t n = utf8_length(text), hidden = 0;

        if (n == 0 || is_control(text, n) || is_unseen(text, n))
            hidden = n > 0 ? n : 1;
        for (size_t i = 0; i < hidden; i++)
            append_hex(out, "\\x", text.ptr[i]);
        if (hidden == 0 && markup)
            esi_buf_text(out, markup);
        else if (hidden == 0)
            esi_buf_append(out, esi_slice_cut(text, 0, n));
        text = esi_slice_cut(text, n > 0 ? n : 1, text.len);
    }
}

/* code_point - of the well-formed sequence of `len` bytes at the start. */
static unsigned
code_point(struct esi_slice text, size_t len)
{
    static const uint8_t first_bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07}; /* by length */
    unsigned code = text.ptr[0] & first_bits[len];

    for (size_t i = 1; i < len; i++)
        code = code << 6 | (text.ptr[i] & 0x3fu);
    return code;
}

void
esi_escape_mermaid(struct esi_buf *out, struct esi_slice text)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                " .,-_/=+()[]*@!?";
    enum { REPLACEMENT = 0xfffd };

    while (text.len > 0) {
        size_t n = utf8_length(text);

        if (n == 1 && text.ptr[0] != '\0' && strchr(plain, text.ptr[0]))
            esi_buf_byte(out, text.ptr[0]);
        else if (n > 0 && is_control(text, n))
            esi_buf_byte(out, ' ');
        else
            esi_buf_printf(out, "#%u;", n > 0 ? code_point(text, n) : REPLACEMENT);
        text = esi_slice_cut(text, n > 0 ? n : 1, text.len);
    }
}
