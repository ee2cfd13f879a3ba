/*
 * redact_text.c - which bytes of what was said may be shown.
 *
 * Nothing stays because it looks harmless: what stays is one of the words that the protocols define
 * (verbs, names of mechanisms, of parameters and of header fields, codes), stands where a host
 * names itself, or was X before. All else might be somebody's name, be it that a message or a
 * password is read as commands by mistake.
 *
 * Header fields are redact_field.c's. Words: RFC 5321, the IANA registries of SMTP service
 * extensions and SASL mechanisms; enhanced codes: RFC 3463.
 */
#include <string.h>

#include "redact_internal.h"

/* each_line - without its line end. */
static void
each_line(struct hidden text, void (*fn)(struct hidden line, bool first))
{
    for (size_t at = 0; at < text.len;) {
        const uint8_t *end = memchr(text.at + at, '\n', text.len - at);
        size_t to = end ? (size_t)(end - text.at) : text.len;
        struct hidden line = part(text, at, to);

        if (line.len > 0 && line.at[line.len - 1] == '\r')
            line.len--;
        fn(line, at == 0);
        at = to + 1;
    }
}

static bool
is_x(struct esi_slice text)
{
    return text.len > 0 && esi_smtp_x_run(text) == text.len;
}

void
hide_all(struct hidden text)
{
    if (!is_x(slice(text)) && !esi_slice_eq(slice(text), ESI_LIT(".")))
        hide(text, "");
}

/* ---- what hosts say of themselves ---- */

void
hide_addresses(struct hidden text)
{
    for (size_t at = 0; at < text.len;) {
        size_t end = word_end(text, at);

        if (memchr(text.at + at, '@', end - at))
            hide(part(text, at, end), "");
        at = end + 1;
    }
}

static void
hide_keyword_line(struct hidden line, bool first)
{
    (void)first;
    for (size_t i = 0; i < line.len; i++) {
        if (is_any(line.at[i], "@<>\"")) {
            hide(line, "");
            return;
        }
    }
}

void
hide_keyword(struct hidden text)
{
    each_line(text, hide_keyword_line);
}

void
hide_unmasked(struct hidden text)
{
    static const char *const keywords[] = {"VRFY", "AUTH=", "STARTTLS"};

    if (text.len > 0 && esi_smtp_x_run(slice(text)) + 1 >= text.len &&
        is_letter(text.at[text.len - 1]))
        return;
    if (!is_word(slice(text), keywords, ESI_COUNT(keywords)))
        hide_behind_code(text);
}

/* A name of several labels, or an address: no single word, which might be anything. */
bool
names_host(struct esi_slice text)
{
    bool structured = false;

    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = text.ptr[i];

        if (!is_letter(byte) && !is_digit(byte) && !is_any(byte, ".-_:[]"))
            return false;
        structured |= is_any(byte, ".:[");
    }
    return structured;
}

void
hide_hello(struct hidden text)
{
    const uint8_t *end = text.len > 0 ? memchr(text.at, '\n', text.len) : NULL;
    size_t word = word_end(text, 0);

    if (!names_host(slice(part(text, 0, word))))
        word = 0;
    hide(part(text, word, end ? (size_t)(end - text.at) : text.len), " ");
}

/* ---- commands ---- */

void
hide_path(struct hidden text)
{
    static const char *const names[] = {
        "SIZE",    "BODY",    "SMTPUTF8",  "RET",    "ENVID",   "NOTIFY",      "ORCPT",
        "AUTH",    "HOLDFOR", "HOLDUNTIL", "MTRK",   "BY",      "MT-PRIORITY", "SOLICIT",
        "TRANSID", "RRVS",    "CONPERM",   "CONNEG", "CONVERT", "REQUIRETLS",
    };
    static const char *const values[] = {"7BIT",  "8BITMIME", "BINARYMIME", "FULL", "HDRS",
                                         "NEVER", "SUCCESS",  "FAILURE",    "DELAY"};

    for (size_t at = skip_blanks(text, 0), start = at; at < text.len;) {
        size_t end = word_end(text, at), value = at;
        bool digits = true;

        while (value < end && text.at[value] != '=')
            value++;
        struct hidden name = part(text, at, value), rest = part(text, value + 1, end);
        for (size_t i = 0; i < rest.len; i++)
            digits &= is_digit(rest.at[i]);
        bool known = at > start && is_word(slice(name), names, ESI_COUNT(names));
        bool stays = is_word(slice(rest), values, ESI_COUNT(values)) ||
                     (digits && esi_slice_eq_nocase(slice(name), ESI_LIT("SIZE")));
        if (!known)
            hide(part(text, at, end), "<>|`");
        else if (!stays)
            hide(rest, "<>|`");
        at = skip_blanks(text, end);
        if (at == end) /* a line end */
            at++;
    }
}

/* hide_mail - "FROM:" or "TO:", and a path. */
static void
hide_mail(struct hidden text)
{
    static const char *const leads[] = {"FROM:", "TO:"};
    size_t lead = 0;

    for (size_t i = 0; i < ESI_COUNT(leads); i++)
        if (esi_slice_eq_nocase(esi_slice_cut(slice(text), 0, strlen(leads[i])),
                                esi_slice_of(leads[i])))
            lead = strlen(leads[i]);
    hide_path(part(text, lead, text.len));
}

static void
hide_auth(struct hidden text)
{
    static const char *const mechanisms[] = {
        "PLAIN",
        "LOGIN",
        "CRAM-MD5",
        "DIGEST-MD5",
        "SCRAM-SHA-1",
        "SCRAM-SHA-256",
        "SCRAM-SHA-512",
        "SCRAM-SHA-1-PLUS",
        "NTLM",
        "GSSAPI",
        "SCRAM-SHA-256-PLUS",
        "SCRAM-SHA-512-PLUS",
        "EXTERNAL",
        "ANONYMOUS",
        "XOAUTH2",
        "OAUTHBEARER",
        "KERBEROS_V4",
        "GS2-KRB5",
        "GS2-KRB5-PLUS",
        "GSS-SPNEGO",
        "OTP",
        "SKEY",
        "SECURID",
        "SRP",
        "CRAM-SHA1",
    };
    size_t end = word_end(text, 0);

    if (!is_word(slice(part(text, 0, end)), mechanisms, ESI_COUNT(mechanisms)))
        hide(part(text, 0, end), "");
    hide(part(text, skip_blanks(text, end), text.len), "");
}

/* hide_chunk - "120 LAST" stays (RFC 3030 section 2). */
static void
hide_chunk(struct hidden text)
{
    size_t digits = 0;

    while (digits < text.len && is_digit(text.at[digits]))
        digits++;
    struct hidden rest = part(text, skip_blanks(text, digits), text.len);
    bool chunk = digits > 0 &&
                 (digits == text.len ||
                  (is_blank(text.at[digits]) && esi_slice_eq_nocase(slice(rest), ESI_LIT("LAST"))));
    if (!chunk)
        hide(text, "");
}

void
hide_argument(struct hidden text, enum esi_verb verb, bool host)
{
    switch (verb) {
    case ESI_VERB_EHLO:
    case ESI_VERB_HELO:
        if (!host || !names_host(slice(text)))
            hide(text, "");
        return;
    case ESI_VERB_MAIL:
    case ESI_VERB_RCPT:
    case ESI_VERB_SEND:
    case ESI_VERB_SOML:
    case ESI_VERB_SAML:
        hide_mail(text);
        return;
    case ESI_VERB_AUTH:
        hide_auth(text);
        return;
    case ESI_VERB_BDAT:
        hide_chunk(text);
        return;
    default:
        hide_all(text);
        return;
    }
}

/* hide_command - behind the first of several lines may stand anything: a message, say. */
static void
hide_command(struct hidden line, bool first)
{
    struct esi_smtp_event event = {0};

    esi_smtp_parse_command(slice(line), &event);
    struct hidden word = part(line, 0, event.u.command.word.len);
    struct hidden rest = part(line, skip_blanks(line, word.len), line.len);
    if (event.u.command.verb == ESI_VERB_UNKNOWN)
        hide_all(word);
    hide_argument(rest, event.u.command.verb, first);
}

void
hide_commands(struct hidden text)
{
    each_line(text, hide_command);
}

void
hide_sender(struct hidden text)
{
    struct esi_smtp_event event = {0};

    esi_smtp_parse_command(slice(text), &event);
    if (event.u.command.verb == ESI_VERB_MAIL)
        hide_command(text, true);
    else
        hide_path(text);
}

/* ---- replies ---- */

/* enhanced_code - bytes of "5.1.1" at the start, and the blank behind it; 0: there is none. */
static size_t
enhanced_code(struct hidden text)
{
    size_t at = 0;

    for (int number = 0; number < 3; number++) {
        size_t from = at;

        while (at < text.len && at < from + 3 && is_digit(text.at[at]))
            at++;
        if (at == from || (number == 0 && (at != 1 || !is_any(text.at[0], "245"))))
            return 0;
        if (number < 2 && (at == text.len || text.at[at++] != '.'))
            return 0;
    }
    return at == text.len || is_blank(text.at[at]) ? skip_blanks(text, at) : 0;
}

static void
hide_text_line(struct hidden line, bool first)
{
    (void)first;
    hide(part(line, enhanced_code(line), line.len), "");
}

void
hide_behind_code(struct hidden text)
{
    each_line(text, hide_text_line);
}

static void
hide_reply_line(struct hidden line, bool first)
{
    enum { CODE = 3 };
    bool code = line.len >= CODE && line.at[0] >= '2' && line.at[0] <= '5' &&
                is_digit(line.at[1]) && is_digit(line.at[2]) &&
                (line.len == CODE || is_any(line.at[CODE], " -"));

    hide_text_line(part(line, code ? CODE + 1 : 0, line.len), first);
}

void
hide_reply(struct hidden text)
{
    each_line(text, hide_reply_line);
}
