/*
 * parts.c - what a map says about the entities of a message: type, file name, encoding.
 *
 * The file type is the media type of Content-Type ("the MIME or media file type", Cisco ASA CLI
 * guide 9.x); the encoding is what Content-Transfer-Encoding says (RFC 2045 section 6.1), and
 * where that is missing, nothing. File names are measured decoded.
 */
#include "inspect_internal.h"

static struct finding
field_found(const struct esi_smtp_event *field, enum esi_what what, enum behaviour behaviour,
            const struct esi_match *match)
{
    return (struct finding){
        .what = what,
        .dir = field->dir,
        .span = {field->span.offset, field->span.len - (uint64_t)field->eol},
        .behaviour = match->negated ? BEHAVIOUR_MATCH_NOT : behaviour,
        .before = field->text,
        .decided_at = behind_field(field),
    };
}

/* check_filename - where a part has two places for its name, each counts. */
static void
check_filename(struct esi_session *session, const struct esi_smtp_event *field,
               const char *parameter)
{
    const uint32_t criteria = bit_of(ESI_CRITERION_MIME_FILENAME_LENGTH);
    struct esi_buf name = {0};

    if (judges(session, criteria) && esi_mime_param(field->u.header.value, parameter, &name))
        for (const struct esi_match *match = NULL; (match = next_match(session, criteria, match));)
            if ((name.len > match->limit) != match->negated)
                act(session, match,
                    field_found(field, ESI_WHAT_MIME_FILENAME, BEHAVIOUR_FILENAME_LENGTH, match));
    esi_buf_free(&name);
}

/* first_word - without comments before it, up to a blank, a ';' or a comment. */
static struct esi_slice
first_word(struct esi_slice value)
{
    size_t depth = 0, at = 0, end;

    for (; at < value.len; at++) {
        uint8_t byte = value.ptr[at];
        if (byte == '(')
            depth++;
        else if (byte == ')' && depth > 0)
            depth--;
        else if (depth == 0 && byte != ' ' && byte != '\t')
            break;
    }
    for (end = at; end < value.len; end++) {
        uint8_t byte = value.ptr[end];
        if (byte == ' ' || byte == '\t' || byte == ';' || byte == '(')
            break;
    }
    return esi_slice_cut(value, at, end - at);
}

static void
check_filetype(struct esi_session *session, const struct esi_smtp_event *field)
{
    struct esi_slice type = first_word(field->u.header.value);

    for (const struct esi_match *match = NULL;
         (match = next_match(session, bit_of(ESI_CRITERION_MIME_FILETYPE), match));) {
        struct finding found =
            field_found(field, ESI_WHAT_MIME_FILETYPE, BEHAVIOUR_MIME_FILETYPE, match);
        if (fits_patterns(session, match, type, found))
            act(session, match, found);
    }
}

static enum esi_encoding
encoding_of(struct esi_slice word)
{
    static const enum esi_encoding named[] = {ESI_ENCODING_7BIT, ESI_ENCODING_8BIT,
                                              ESI_ENCODING_BASE64, ESI_ENCODING_BINARY,
                                              ESI_ENCODING_QUOTED_PRINTABLE};

    for (size_t i = 0; i < ESI_COUNT(named); i++)
        if (esi_slice_eq_nocase(word, esi_slice_of(esi_encoding_name(named[i]))))
            return named[i];
    return ESI_ENCODING_OTHERS;
}

static void
check_encoding(struct esi_session *session, const struct esi_smtp_event *field)
{
    uint32_t bit = (uint32_t)1 << encoding_of(first_word(field->u.header.value));

    for (const struct esi_match *match = NULL;
         (match = next_match(session, bit_of(ESI_CRITERION_MIME_ENCODING), match));)
        if (((match->set & bit) != 0) != match->negated)
            act(session, match,
                field_found(field, ESI_WHAT_MIME_ENCODING, BEHAVIOUR_MIME_ENCODING, match));
}

void
check_part(struct esi_session *session, const struct esi_smtp_event *field)
{
    struct esi_slice name = field->u.header.name;

    if (esi_slice_eq_nocase(name, ESI_LIT("Content-Disposition"))) {
        check_filename(session, field, "filename");
    } else if (esi_slice_eq_nocase(name, ESI_LIT("Content-Type"))) {
        check_filename(session, field, "name");
        check_filetype(session, field);
    } else if (esi_slice_eq_nocase(name, ESI_LIT("Content-Transfer-Encoding"))) {
        check_encoding(session, field);
    }
}
