/*
 * field.c - header fields out of the lines of a header section, unfolded.
 *
 * RFC 5322 section 2.2: a field is a name of printable characters, a ':' and a body; lines that
 * begin with a blank or a TAB continue it. Unfolding takes the line ends out and nothing else
 * (section 2.2.3). Leniency: blanks before the ':' (section 4.5) and the "From " line of an mbox
 * file at the top are accepted; any other line ends the section and is body, as mail servers have
 * it.
 *
 * Knows nothing of what a field means, nor of where the section lies.
 */
#include <string.h>

#include "field_internal.h"

static bool
is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t';
}

static bool
is_name(uint8_t byte)
{
    return byte > ' ' && byte < 0x7f && byte != ':';
}

void
fields_begin(struct fields *fields)
{
    fields->open = false;
    fields->any = false;
}

void
fields_tear(struct fields *fields)
{
    fields->open = false;
    fields->any = true;
}

/* look_name - is this "name:", blanks before the ':' allowed? */
static enum field_look
look_name(struct esi_slice text, bool whole)
{
    size_t name = 0;

    while (name < text.len && is_name(text.ptr[name]))
        name++;
    size_t at = name;
    while (name > 0 && at < text.len && is_blank(text.ptr[at]))
        at++;
    if (at == text.len)
        return whole ? FIELD_NOT : FIELD_UNSURE;
    return name > 0 && text.ptr[at] == ':' ? FIELD_FIRST : FIELD_NOT;
}

/* look_at - at the beginning of a line; whole: what lies behind it does not matter any more. */
static enum field_look
look_at(const struct fields *fields, struct esi_slice text, bool whole)
{
    if (text.len > 0 && is_blank(text.ptr[0]))
        return fields->any ? FIELD_MORE : FIELD_NOT;
    enum field_look look = look_name(text, whole);
    if (look == FIELD_NOT && !fields->any && text.len >= 5 && memcmp(text.ptr, "From ", 5) == 0)
        return FIELD_MBOX;
    return look;
}

enum field_look
fields_look(const struct fields *fields, const struct line *line)
{
    /* Not more than is kept of any line, lest it matter how the line was cut. */
    struct esi_slice text = esi_slice_cut(line->text, 0, ESI_SMTP_LINE_KEEP);

    return look_at(fields, text, line->done || line->len > text.len);
}

/* Fields that are told to those who want few. */
static const struct {
    struct esi_slice name;
    unsigned bit; /* 0: always */
} few[] = {
    {{(const uint8_t *)"Content-Type", 12}, 0},
    {{(const uint8_t *)"Content-Disposition", 19}, 0},
    {{(const uint8_t *)"Content-Transfer-Encoding", 25}, ESI_FIELD_TRANSFER_ENCODING},
    {{(const uint8_t *)"To", 2}, ESI_FIELD_TO},
};

/* is_wanted - of a field's first line: whether those who want few fields want this one. */
static bool
is_wanted(const struct fields *fields, struct esi_slice text)
{
    uint8_t first = text.len > 0 ? text.ptr[0] | 0x20 : 0;

    if (first != 'c' && first != 't') /* most fields */
        return false;
    for (size_t i = 0; i < ESI_COUNT(few); i++)
        if (esi_slice_eq_nocase(esi_slice_cut(text, 0, few[i].name.len), few[i].name))
            return few[i].bit == 0 || (fields->more & few[i].bit);
    return false;
}

bool
fields_skip(struct fields *fields, struct esi_slice text)
{
    if (!fields->brief || fields->open)
        return false;
    enum field_look look = look_at(fields, esi_slice_cut(text, 0, ESI_SMTP_LINE_KEEP), true);
    if (look == FIELD_NOT || (look == FIELD_FIRST && is_wanted(fields, text)))
        return false;
    fields->any = true;
    return true;
}

void
fields_add(struct fields *fields, enum field_look look, const struct line *line)
{
    fields->any = true;
    if (look == FIELD_FIRST) {
        esi_buf_clear(&fields->text);
        fields->len = 0;
        fields->span = (struct esi_span){line->span.offset, 0};
        fields->open = !fields->brief || is_wanted(fields, line->text);
    }
    if (!fields->open)
        return;

    size_t room = ESI_SMTP_HEADER_KEEP - fields->text.len;
    esi_buf_append(&fields->text, esi_slice_cut(line->text, 0, room));
    fields->len += line->len;
    fields->span.len += line->span.len;
    fields->eol = line->eol;
}

/* split - name and value of an unfolded field. */
static void
split(struct esi_smtp_event *event)
{
    struct esi_slice text = event->text;
    const uint8_t *colon = memchr(text.ptr, ':', text.len);
    size_t name = (size_t)(colon - text.ptr), value = name + 1;

    while (is_blank(text.ptr[name - 1]))
        name--;
    while (value < text.len && is_blank(text.ptr[value]))
        value++;
    event->u.header.name = esi_slice_cut(text, 0, name);
    event->u.header.value = (struct esi_slice){text.ptr + value, text.len - value};
}

bool
fields_close(struct fields *fields, unsigned depth, struct esi_smtp_event *out)
{
    if (!fields->open)
        return false;
    /* The next field is gathered while this one is still lent. */
    struct esi_buf told = fields->text;
    fields->text = fields->told;
    fields->told = told;
    fields->open = false;

    *out = (struct esi_smtp_event){.kind = ESI_SMTP_HEADER,
                                   .done = true,
                                   .clipped = fields->len > told.len,
                                   .eol = fields->eol,
                                   .span = fields->span,
                                   .text_len = fields->len,
                                   .text = esi_buf_slice(&told),
                                   .u.header.depth = depth};
    split(out);
    return true;
}

void
fields_rest(struct fields *fields)
{
    if (fields->told.data || fields->text.data)
        fields_fini(fields);
}

void
fields_fini(struct fields *fields)
{
    esi_buf_free(&fields->text);
    esi_buf_free(&fields->told);
}
