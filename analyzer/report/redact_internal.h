/* redact_internal.h - between redact.c, which knows records, and redact_text.c and redact_field.c,
 * which know texts. */
#ifndef REDACT_INTERNAL_H
#define REDACT_INTERNAL_H

#include <string.h>

#include "esi/smtp.h"

/* A text that is written over in place: what is hidden becomes as many #. CR and LF stay. */
struct hidden {
    uint8_t *at;
    size_t len;
};

/* All of it, but a lone dot, and what is nothing but X. */
void hide_all(struct hidden text);
/* Words with an @ in them. */
void hide_addresses(struct hidden text);
/* All but a line of an EHLO reply that was written over, and keywords that stand beside such. */
void hide_unmasked(struct hidden text);
/* A line of an EHLO reply, if it names anyone. */
void hide_keyword(struct hidden text);
/* The text of a reply, of whose first line the host that it begins with stays:
 * "mx.example.org Hello alice". */
void hide_hello(struct hidden text);
/* Whether it is the name or the address of a host, and may stay. */
bool names_host(struct esi_slice text);
/* Lines that clients say, or that were taken for such. */
void hide_commands(struct hidden text);
/* What stands behind the verb. host: that of EHLO and HELO may stay. */
void hide_argument(struct hidden text, enum esi_verb verb, bool host);
/* <alice@example.org> SIZE=4 */
void hide_path(struct hidden text);
/* A sender, or the whole line of MAIL. */
void hide_sender(struct hidden text);
/* A reply with its code; the text behind codes, line by line. */
void hide_reply(struct hidden text);
void hide_behind_code(struct hidden text);
/* A header field or line; the name of one. */
void hide_field(struct hidden text);
void hide_field_name(struct hidden text);
/* What an anomaly of the dialogue tells besides. */
void hide_detail(struct hidden text);

/* ---- bytes, for these files ---- */

enum { HASH = '#' };

static inline struct hidden
part(struct hidden text, size_t from, size_t to)
{
    if (to > text.len)
        to = text.len;
    return from < to ? (struct hidden){text.at + from, to - from} : (struct hidden){text.at, 0};
}

static inline struct esi_slice
slice(struct hidden text)
{
    return (struct esi_slice){text.at, text.len};
}

static inline bool
is_line_end(uint8_t byte)
{
    return byte == '\r' || byte == '\n';
}

static inline bool
is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t';
}

static inline bool
is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

static inline bool
is_letter(uint8_t byte)
{
    return (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
}

static inline bool
is_any(uint8_t byte, const char *bytes)
{
    return byte != '\0' && strchr(bytes, byte) != NULL;
}

/* hide - every byte but line ends and those in `stay`. */
static inline void
hide(struct hidden text, const char *stay)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_line_end(text.at[i]) && !is_any(text.at[i], stay))
            text.at[i] = HASH;
}

static inline bool
is_word(struct esi_slice word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (esi_slice_eq_nocase(word, esi_slice_of(words[i])))
            return true;
    return false;
}

static inline size_t
skip_blanks(struct hidden text, size_t at)
{
    while (at < text.len && is_blank(text.at[at]))
        at++;
    return at;
}

static inline size_t
word_end(struct hidden text, size_t at)
{
    while (at < text.len && !is_blank(text.at[at]) && !is_line_end(text.at[at]))
        at++;
    return at;
}

#endif
