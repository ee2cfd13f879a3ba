/*
 * reply.c - a reply line's text, taken apart: code, last, text (RFC 5321 section 4.2).
 *
 * Three digits, the first of them 2 to 5, are a code whatever follows them; a line without has the
 * code 0 and is all text. Which lines make one reply is left to those who ask.
 */
#include "esi/smtp.h"

static bool
is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

static unsigned
code_of(struct esi_slice text)
{
    const uint8_t *p = text.ptr;

    if (text.len < 3 || p[0] < '2' || p[0] > '5' || !is_digit(p[1]) || !is_digit(p[2]))
        return 0;
    return (p[0] - '0') * 100U + (p[1] - '0') * 10U + (p[2] - '0');
}

void
esi_smtp_parse_reply(struct esi_slice text, struct esi_smtp_event *out)
{
    unsigned code = code_of(text);
    uint8_t separator = code > 0 && text.len > 3 ? text.ptr[3] : 0;
    size_t behind = code == 0 ? 0 : separator == ' ' || separator == '-' ? 4 : 3;

    out->u.reply.code = code;
    out->u.reply.last = separator != '-';
    out->u.reply.text = text;
    if (behind > 0)
        out->u.reply.text = (struct esi_slice){text.ptr + behind, text.len - behind};
}
