/*
 * command.c - a command line's text, taken apart: verb, word, arguments (RFC 5321 section 2.4).
 *
 * The word ends where the firewall ends it: at a blank, a TAB, a ':' or the end of the line. What
 * the arguments mean is left to those who ask.
 */
#include "esi/smtp.h"

static bool
is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t';
}

void
esi_smtp_parse_command(struct esi_slice text, struct esi_smtp_event *out)
{
    size_t end = 0;

    while (end < text.len && !is_blank(text.ptr[end]) && text.ptr[end] != ':')
        end++;
    size_t args = end;
    while (args < text.len && is_blank(text.ptr[args]))
        args++;
    out->u.command.word = esi_slice_cut(text, 0, end);
    out->u.command.args = text; /* even if empty they lie where they would begin */
    if (args > 0)
        out->u.command.args = (struct esi_slice){text.ptr + args, text.len - args};
    out->u.command.verb = esi_verb_find(out->u.command.word);
}
