/*
 * command.c - a command line's text, taken apart: verb, word, arguments (RFC 5321 section 2.4).
 *
 * The word ends where the firewall ends it: at a blank, a TAB, a ':' or the end of the line. What
 * the arguments mean is left to those who ask.
 */
#include <string.h>

#include "esi/smtp.h"

enum { USUAL = 16 }; /* bytes of a word: more than any verb has */

static bool
is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t';
}

/* word_length - a word that is longer than any verb is looked through quickly: where a line comes
 * byte by byte, that is done with each byte. */
static size_t
word_length(struct esi_slice text)
{
    static const char ends[] = {' ', '\t', ':'};
    size_t len = 0;

    while (len < text.len && len < USUAL && !is_blank(text.ptr[len]) && text.ptr[len] != ':')
        len++;
    if (len < USUAL)
        return len;
    struct esi_slice rest = esi_slice_cut(text, len, text.len);
    for (size_t i = 0; i < ESI_COUNT(ends); i++) {
        const uint8_t *end = rest.len > 0 ? memchr(rest.ptr, ends[i], rest.len) : NULL;
        if (end)
            rest.len = (size_t)(end - rest.ptr);
    }
    return len + rest.len;
}

size_t
esi_smtp_x_run(struct esi_slice word)
{
    size_t n = 0;

    while (n < word.len && (word.ptr[n] == 'X' || word.ptr[n] == '\r'))
        n++;
    return n;
}

void
esi_smtp_parse_command(struct esi_slice text, struct esi_smtp_event *out)
{
    size_t end = word_length(text), args = end;

    while (args < text.len && is_blank(text.ptr[args]))
        args++;
    out->u.command.word = esi_slice_cut(text, 0, end);
    out->u.command.args = text; /* even if empty they lie where they would begin */
    if (args > 0)
        out->u.command.args = (struct esi_slice){text.ptr + args, text.len - args};
    out->u.command.verb = esi_verb_find(out->u.command.word);
}
