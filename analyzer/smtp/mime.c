/*
 * mime.c - the structure of a MIME message (RFC 2046 section 5): multiparts within multiparts,
 * messages within parts.
 *
 * A stack of what is open. A delimiter line is looked for from the innermost level outwards, so
 * that an outer one closes what was left open inside (section 5.1.2). Beyond ESI_SMTP_MIME_DEPTH
 * levels, and for boundaries longer than BOUNDARY_KEEP, a part is taken as a plain one. Blanks
 * behind a delimiter are transport padding (section 5.1.1) and are ignored.
 *
 * Decodes no content: a message/rfc822 that is wrongly sent in base64 is not looked into.
 */
#include <stdlib.h>
#include <string.h>

#include "mime_internal.h"

void
mime_reset(struct mime *mime)
{
    mime->depth = 0;
    mime_section(mime);
}

void
mime_section(struct mime *mime)
{
    bool digest = mime->depth > 0 && mime->levels[mime->depth - 1].digest;

    mime->content = digest ? MIME_MESSAGE : MIME_LEAF; /* RFC 2046 section 5.1.5 */
    mime->typed = false;
}

/* next_level - what the section being read would open, without a boundary. */
static struct mime_level *
next_level(struct mime *mime)
{
    mime->levels = esi_grow(mime->levels, &mime->cap, mime->depth + 1, sizeof *mime->levels);
    struct mime_level *next = &mime->levels[mime->depth];
    next->digest = false;
    next->len = 0;
    return next;
}

static bool
is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t';
}

/* trim_end - without blanks behind it. */
static struct esi_slice
trim_end(struct esi_slice text)
{
    while (text.len > 0 && is_blank(text.ptr[text.len - 1]))
        text.len--;
    return text;
}

/* type_of - "multipart/mixed", of a Content-Type's value. */
static struct esi_slice
type_of(struct esi_slice value)
{
    size_t len = 0;

    while (len < value.len && !is_blank(value.ptr[len]) && value.ptr[len] != ';' &&
           value.ptr[len] != '(')
        len++;
    return esi_slice_cut(value, 0, len);
}

/* note_multipart - what it will open. Without a usable boundary it is a leaf. */
static void
note_multipart(struct mime *mime, struct esi_slice value, bool digest)
{
    struct esi_buf boundary = {0};

    if (esi_mime_param(value, "boundary", &boundary)) {
        struct esi_slice text = trim_end(esi_buf_slice(&boundary));
        if (text.len > 0 && text.len <= BOUNDARY_KEEP) {
            struct mime_level *next = next_level(mime);
            memcpy(next->boundary, text.ptr, text.len);
            next->len = (uint16_t)text.len;
            next->digest = digest;
            mime->content = MIME_MULTIPART;
        }
    }
    esi_buf_free(&boundary);
}

void
mime_field(struct mime *mime, const struct esi_smtp_event *header)
{
    if (mime->typed || !esi_slice_eq_nocase(header->u.header.name, ESI_LIT("Content-Type")))
        return;
    struct esi_slice type = type_of(header->u.header.value);
    mime->typed = true;
    mime->content = MIME_LEAF;
    if (esi_slice_eq_nocase(type, ESI_LIT("message/rfc822")) ||
        esi_slice_eq_nocase(type, ESI_LIT("message/global"))) {
        mime->content = MIME_MESSAGE;
    } else if (esi_slice_eq_nocase(esi_slice_cut(type, 0, 10), ESI_LIT("multipart/"))) {
        note_multipart(mime, header->u.header.value,
                       esi_slice_eq_nocase(type, ESI_LIT("multipart/digest")));
    }
}

bool
mime_enter(struct mime *mime)
{
    if (mime->content == MIME_LEAF || mime->depth == ESI_SMTP_MIME_DEPTH)
        return false;
    if (mime->content == MIME_MESSAGE)
        next_level(mime);
    mime->depth++;
    if (mime->content != MIME_MESSAGE)
        return false;
    mime_section(mime);
    return true;
}

/* mark_of - what the line (without its "--") is to one level. */
static enum mime_mark
mark_of(const struct mime_level *level, struct esi_slice text)
{
    if (level->len == 0 || text.len < level->len ||
        memcmp(text.ptr, level->boundary, level->len) != 0)
        return MIME_NO_MARK;
    struct esi_slice rest = esi_slice_cut(text, level->len, text.len);
    if (rest.len == 0)
        return MIME_PART;
    return esi_slice_eq(rest, ESI_LIT("--")) ? MIME_CLOSE : MIME_NO_MARK;
}

enum mime_mark
mime_line(struct mime *mime, struct esi_slice text)
{
    if (mime->depth == 0 || text.len < 2 || text.ptr[0] != '-' || text.ptr[1] != '-')
        return MIME_NO_MARK;
    text = trim_end(esi_slice_cut(text, 2, text.len));
    for (unsigned i = mime->depth; i-- > 0;) {
        enum mime_mark mark = mark_of(&mime->levels[i], text);
        if (mark == MIME_NO_MARK)
            continue;
        mime->depth = mark == MIME_PART ? i + 1 : i;
        mime_section(mime);
        return mark;
    }
    return MIME_NO_MARK;
}

void
mime_fini(struct mime *mime)
{
    free(mime->levels);
}
