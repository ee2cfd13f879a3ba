/*
 * param.c - the parameters of a MIME header field's value (RFC 2045 section 5.1, RFC 2231).
 *
 * One pass gathers every form in which the name occurs; the best one is then decoded: name*= before
 * name*0=, name*1= ... before name=. The first of equal forms counts.
 *
 * Tolerant as mail programs are: an unquoted value goes up to the ';' or to a blank with a comment
 * behind it, for "filename=my report(1).pdf" is written by many; a quote or comment that is not
 * closed goes to the end; encoded words (RFC 2047), which have no place in a parameter, are
 * decoded.
 */
#include <string.h>

#include "esi/smtp.h"

#include "encoded_internal.h"
#include "limits_internal.h"

/* One occurrence of the parameter. */
struct occurrence {
    struct esi_slice value; /* as on the wire, without the quotes */
    bool found;
    bool quoted;
    bool extended; /* percent encoded */
};

/* Every form of it. */
struct forms {
    struct occurrence plain;                    /* name= */
    struct occurrence extended;                 /* name*= */
    struct occurrence sections[PARAM_SECTIONS]; /* up to sections_end */
    unsigned sections_end;                      /* behind the highest section seen */
};

static bool
is_space(uint8_t byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

/* skip - takes n bytes off the front. */
static void
skip(struct esi_slice *text, size_t n)
{
    *text = (struct esi_slice){text->ptr + n, text->len - n};
}

/* skip_comment - text begins with '('. Comments nest; backslash quotes. */
static void
skip_comment(struct esi_slice *text)
{
    unsigned depth = 0;

    while (text->len > 0) {
        uint8_t byte = text->ptr[0];
        skip(text, byte == '\\' && text->len > 1 ? 2 : 1);
        if (byte == '(')
            depth++;
        else if (byte == ')' && --depth == 0)
            return;
    }
}

static void
skip_blanks(struct esi_slice *text)
{
    while (text->len > 0 && (is_space(text->ptr[0]) || text->ptr[0] == '(')) {
        if (text->ptr[0] == '(')
            skip_comment(text);
        else
            skip(text, 1);
    }
}

/* read_quoted - text begins with '"'. Its inside, escapes not yet taken off. */
static struct esi_slice
read_quoted(struct esi_slice *text)
{
    struct esi_slice inside;

    skip(text, 1);
    inside = *text;
    while (text->len > 0 && text->ptr[0] != '"')
        skip(text, text->ptr[0] == '\\' && text->len > 1 ? 2 : 1);
    inside.len -= text->len;
    if (text->len > 0)
        skip(text, 1);
    return inside;
}

/* read_unquoted - up to ';', or to blanks with a comment behind them; blanks at the end are off. */
static struct esi_slice
read_unquoted(struct esi_slice *text)
{
    struct esi_slice value = {text->ptr, 0};
    size_t at = 0;

    for (; at < text->len && text->ptr[at] != ';'; at++) {
        if (is_space(text->ptr[at]))
            continue;
        if (text->ptr[at] == '(' && at > 0 && is_space(text->ptr[at - 1]))
            break;
        value.len = at + 1;
    }
    skip(text, at);
    return value;
}

/* skip_segment - behind the next ';' that is not in quotes or a comment. */
static void
skip_segment(struct esi_slice *text)
{
    while (text->len > 0 && text->ptr[0] != ';') {
        if (text->ptr[0] == '"')
            read_quoted(text);
        else if (text->ptr[0] == '(')
            skip_comment(text);
        else
            skip(text, 1);
    }
    if (text->len > 0)
        skip(text, 1);
}

static struct esi_slice
read_attribute(struct esi_slice *text)
{
    size_t len = 0;

    while (len < text->len && text->ptr[len] != '=' && text->ptr[len] != ';' &&
           text->ptr[len] != '(' && text->ptr[len] != '"' && !is_space(text->ptr[len]))
        len++;
    struct esi_slice attribute = {text->ptr, len};
    skip(text, len);
    return attribute;
}

/* read_parameter - one "attribute=value" and what follows it up to ';'. False: it is none. */
static bool
read_parameter(struct esi_slice *text, struct esi_slice *attribute, struct occurrence *out)
{
    skip_blanks(text);
    *attribute = read_attribute(text);
    skip_blanks(text);
    bool found = text->len > 0 && text->ptr[0] == '=';
    if (found) {
        skip(text, 1);
        skip_blanks(text);
        out->quoted = text->len > 0 && text->ptr[0] == '"';
        out->value = out->quoted ? read_quoted(text) : read_unquoted(text);
        out->found = true;
    }
    skip_segment(text);
    return found;
}

/* section_of - "3" or "3*", the end of an attribute: which section. PARAM_SECTIONS: none. */
static unsigned
section_of(struct esi_slice digits)
{
    unsigned number = 0;

    if (digits.len == 0 || digits.len > 3)
        return PARAM_SECTIONS;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.ptr[i] < '0' || digits.ptr[i] > '9')
            return PARAM_SECTIONS;
        number = number * 10 + (digits.ptr[i] - '0');
    }
    return number < PARAM_SECTIONS ? number : PARAM_SECTIONS;
}

/* form_of - where an occurrence of `name` under this attribute belongs; NULL: nowhere. */
static struct occurrence *
form_of(struct forms *forms, struct esi_slice attribute, struct esi_slice name, bool *extended)
{
    struct esi_slice rest = esi_slice_cut(attribute, name.len, attribute.len);

    *extended = false;
    if (!esi_slice_eq_nocase(esi_slice_cut(attribute, 0, name.len), name))
        return NULL;
    if (rest.len == 0)
        return &forms->plain;
    if (rest.ptr[0] != '*')
        return NULL;
    skip(&rest, 1);
    *extended = rest.len == 0 || rest.ptr[rest.len - 1] == '*';
    if (rest.len == 0)
        return &forms->extended;
    unsigned section = section_of(esi_slice_cut(rest, 0, rest.len - *extended));
    if (section == PARAM_SECTIONS)
        return NULL;
    while (section >= forms->sections_end)
        forms->sections[forms->sections_end++] = (struct occurrence){0};
    return &forms->sections[section];
}

static void
gather(struct forms *forms, struct esi_slice value, struct esi_slice name)
{
    while (value.len > 0) {
        struct occurrence seen = {0};
        struct esi_slice attribute;
        if (!read_parameter(&value, &attribute, &seen))
            continue;
        struct occurrence *form = form_of(forms, attribute, name, &seen.extended);
        if (form && !form->found)
            *form = seen;
    }
}

/* put_raw - the value without its backslashes. */
static void
put_raw(const struct occurrence *from, struct esi_buf *out)
{
    for (size_t at = 0; at < from->value.len; at++) {
        if (from->quoted && from->value.ptr[at] == '\\' && at + 1 < from->value.len)
            at++;
        esi_buf_byte(out, from->value.ptr[at]);
    }
}

/* behind_charset - text without its "charset'language'". */
static struct esi_slice
behind_charset(struct esi_slice text)
{
    const uint8_t *first = text.len > 0 ? memchr(text.ptr, '\'', text.len) : NULL;
    const uint8_t *second = NULL;

    if (first)
        second = memchr(first + 1, '\'', text.len - 1 - (size_t)(first - text.ptr));
    if (second)
        skip(&text, (size_t)(second - text.ptr) + 1);
    return text;
}

/* put_extended - the value without its percent encoding; the first section has a charset. */
static void
put_extended(const struct occurrence *from, bool first, struct esi_buf *out)
{
    struct esi_buf raw = {0};

    put_raw(from, &raw);
    struct esi_slice text = esi_buf_slice(&raw);
    encoded_percent(first ? behind_charset(text) : text, out);
    esi_buf_free(&raw);
}

/* put_words - the sections joined, then encoded words decoded; `n` of them, none extended. */
static void
put_words(const struct occurrence *from, unsigned n, struct esi_buf *out)
{
    struct esi_buf raw = {0};

    for (unsigned i = 0; i < n; i++)
        put_raw(&from[i], &raw);
    encoded_words(esi_buf_slice(&raw), out);
    esi_buf_free(&raw);
}

static void
put_sections(const struct forms *forms, struct esi_buf *out)
{
    bool extended = false;
    unsigned n = 0;

    for (; n < forms->sections_end && forms->sections[n].found; n++)
        extended |= forms->sections[n].extended;
    if (!extended) {
        put_words(forms->sections, n, out);
        return;
    }
    for (unsigned i = 0; i < n; i++) {
        if (forms->sections[i].extended)
            put_extended(&forms->sections[i], i == 0, out);
        else
            put_raw(&forms->sections[i], out);
    }
}

bool
esi_mime_param(struct esi_slice value, const char *name, struct esi_buf *out)
{
    struct forms forms; /* 3 kB of sections, which hardly any parameter has */

    forms.plain = forms.extended = (struct occurrence){0};
    forms.sections_end = 0;
    gather(&forms, value, esi_slice_of(name));
    if (forms.extended.found)
        put_extended(&forms.extended, true, out);
    else if (forms.sections_end > 0 && forms.sections[0].found)
        put_sections(&forms, out);
    else if (forms.plain.found)
        put_words(&forms.plain, 1, out);
    else
        return false;
    return true;
}
