/*
 * redact_field.c - of header fields the names stay, if they are such as are registered.
 *
 * Words: the IANA registry of message headers.
 */
#define _GNU_SOURCE /* memmem */
#include <string.h>

#include "redact_internal.h"

/* is_field - a name as header fields have it: one of the registered single words, or one that
 * begins as those of several words do. A line "Alice: ..." of a text is none. */
static bool
is_field(struct hidden name)
{
    static const char *const words[] = {
        "From",         "To",        "Cc",         "Bcc",         "Date",         "Subject",
        "Received",     "Sender",    "Comments",   "Keywords",    "Encrypted",    "References",
        "Precedence",   "Priority",  "Importance", "Sensitivity", "Newsgroups",   "Organization",
        "Organisation", "Path",      "Lines",      "Xref",        "Expires",      "Supersedes",
        "Status",       "Autocrypt", "OpenPGP",    "Face",        "Distribution",
    };
    static const char *const leads[] = {
        "X-",           "List-",     "Resent-",   "ARC-",        "DKIM-",
        "DomainKey-",   "Content-",  "MIME-",     "Message-",    "In-",
        "Reply-",       "Return-",   "Received-", "Delivered-",  "Auto-",
        "Feedback-",    "Errors-",   "User-",     "Thread-",     "Envelope-",
        "Original-",    "Archived-", "Accept-",   "Apparently-", "Authentication-",
        "Disposition-", "Followup-", "Require-",  "TLS-",        "VBR-",
        "BIMI-",        "Mail-",     "Deferred-", "Old-",
    };

    for (size_t i = 0; i < name.len; i++)
        if (!is_letter(name.at[i]) && !is_digit(name.at[i]) && name.at[i] != '-' &&
            name.at[i] != '_')
            return false;
    if (is_word(slice(name), words, ESI_COUNT(words)))
        return true;
    for (size_t i = 0; i < ESI_COUNT(leads); i++)
        if (name.len > strlen(leads[i]) &&
            esi_slice_eq_nocase(esi_slice_cut(slice(name), 0, strlen(leads[i])),
                                esi_slice_of(leads[i])))
            return true;
    return false;
}

void
hide_field_name(struct hidden text)
{
    if (!is_field(text))
        hide(text, "");
}

void
hide_field(struct hidden text)
{
    const uint8_t *colon = text.len > 0 ? memchr(text.at, ':', text.len) : NULL;
    size_t name = colon ? (size_t)(colon - text.at) : 0, behind = 0;

    if (colon && is_field(part(text, 0, name)))
        behind = skip_blanks(text, name + 1);
    hide_all(part(text, behind, text.len));
}

void
hide_detail(struct hidden text)
{
    static const char lead[] = "; Message-ID ";
    const uint8_t *at = text.len > 0 ? memmem(text.at, text.len, lead, sizeof lead - 1) : NULL;

    if (at)
        hide(part(text, (size_t)(at - text.at) + sizeof lead - 1, text.len), "");
}
