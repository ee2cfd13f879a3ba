/*
 * blocks.c - lines of a configuration that are no commands: the hexadecimal of certificates, and
 * banners that end with a character of the user's choice (IOS).
 *
 * A certificate ends with `quit`, or with the first line that is not hexadecimal, so that one that
 * was cut short swallows nothing. A banner's end is looked for before it begins.
 */
#include "reader_internal.h"

static bool
is_hex(struct esi_slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = text.ptr[i];
        if (!(byte >= '0' && byte <= '9') && !((byte | 0x20) >= 'a' && (byte | 0x20) <= 'f'))
            return false;
    }
    return text.len % 2 == 0;
}

static bool
certificate_holds(const struct text_line *line)
{
    for (size_t i = 0; i < line->count; i++)
        if (!is_hex(line->words[i].text))
            return line->count == 1 && esi_slice_eq_nocase(line->words[0].text, ESI_LIT("quit"));
    return true;
}

static bool
holds(struct esi_slice text, const char *delimiter)
{
    size_t len = strlen(delimiter);

    for (const uint8_t *at; (at = memchr(text.ptr, delimiter[0], text.len));) {
        text = esi_slice_cut(text, (size_t)(at - text.ptr), text.len);
        if (text.len >= len && memcmp(text.ptr, delimiter, len) == 0)
            return true;
        text = esi_slice_cut(text, 1, text.len);
        if (text.len == 0)
            return false;
    }
    return false;
}

bool
block_holds(struct reader *reader, const struct text_line *line, const char **reason)
{
    switch (reader->block) {
    case BLOCK_CERTIFICATE:
        if (!certificate_holds(line)) {
            reader->block = BLOCK_NONE;
            return false;
        }
        *reason = "certificates";
        if (line->count == 1 && !is_hex(line->words[0].text)) /* quit */
            reader->block = BLOCK_NONE;
        return true;
    case BLOCK_BANNER:
        *reason = "banners";
        if (holds(line->text, reader->delimiter))
            reader->block = BLOCK_NONE;
        return true;
    default:
        return false;
    }
}

/* begin_banner - `banner motd ^C`: unless the delimiter stands in this line once more, or nowhere
 * behind it, or the next line is a banner's, too (ASA: a command a line, without delimiters). */
static void
begin_banner(struct reader *reader, const struct text_line *line)
{
    enum { BANNER_MOST = 8192 };
    const struct word *word = &line->words[2];
    struct esi_slice own = esi_slice_cut(line->text, word->column - 1, line->text.len);
    struct esi_slice next = esi_slice_cut(reader->text.rest, 0, BANNER_MOST);
    uint8_t first = own.ptr[0];
    size_t len = first == '^' && own.len > 1 ? 2 : 1;

    if ((first >= '0' && first <= '9') || ((first | 0x20) >= 'a' && (first | 0x20) <= 'z'))
        return;
    memcpy(reader->delimiter, own.ptr, len);
    reader->delimiter[len] = '\0';
    own = esi_slice_cut(own, len, own.len);
    if ((own.len > 0 && holds(own, reader->delimiter)) ||
        esi_slice_eq_nocase(esi_slice_cut(next, 0, 6), ESI_LIT("banner")) || next.len == 0 ||
        !holds(next, reader->delimiter))
        return;
    reader->block = BLOCK_BANNER;
}

void
block_begin(struct reader *reader, const struct text_line *line)
{
    struct esi_slice word = line->words[0].text;

    if (esi_slice_eq_nocase(word, ESI_LIT("certificate")) && line->count > 1)
        reader->block = BLOCK_CERTIFICATE;
    else if (esi_slice_eq_nocase(word, ESI_LIT("banner")) && line->count > 2)
        begin_banner(reader, line);
}
