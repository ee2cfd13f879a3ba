/*
 * message.c - a message between 354 and the lone dot: header section, body, end of data.
 *
 * End of data is a line that is exactly "." and ends with CRLF, behind a line that ended with CRLF
 * or at the very start (RFC 5321 section 4.1.1.4). A "." that ends with a bare LF, or stands behind
 * one, is body: a server that took it for the end would let mail be smuggled in. Dots put in front
 * by dot-stuffing (section 4.5.2) are left where they are: spans and texts are those of the wire.
 *
 * The header section ends at the empty line, or before the first line that can't belong to it: a
 * message need not have headers. The same reading serves the header sections of MIME parts, whose
 * lines are body lines all the same.
 *
 * Bodies are where the gigabytes are. Lines that nobody wants to see one by one are run over, 64
 * bytes at a time, and told as runs. Only lines that are long, or may be the lone dot or a MIME
 * delimiter, and the header sections of parts, go line by line.
 */
#include <stdlib.h>
#include <string.h>

#include "message_internal.h"
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "field_internal.h"
#include "mime_internal.h"

enum { BLOCK = 64 }; /* bytes looked at together: one bit each in a word */

struct message {
    struct fields fields; /* of the header section being read, the message's or a part's */
    struct mime mime;
    bool follow_mime;
    bool in_body;    /* the message's own header section is over */
    bool in_section; /* a header section is being read */
    bool after_crlf; /* the line before ended with CRLF, or there is none */
    bool torn;       /* the beginning of the line in progress is missing */
    struct quiet quiet;
    struct esi_smtp_event behind; /* the line that proved a field whole */
};

struct message *
message_new(void)
{
    return esi_alloc(sizeof(struct message));
}

void
message_fetch(const struct message *message)
{
    esi_fetch(message, offsetof(struct message, behind));
}

void
message_begin(struct message *message, bool follow_mime)
{
    fields_begin(&message->fields);
    mime_reset(&message->mime);
    message->follow_mime = follow_mime;
    message->in_body = false;
    message->in_section = true;
    message->after_crlf = true;
    message->torn = false;
}

void
message_tear(struct message *message)
{
    fields_tear(&message->fields);
    message->after_crlf = false;
    message->torn = true;
}

struct esi_smtp_event *
message_behind(struct message *message)
{
    return &message->behind;
}

bool
message_field_start(const struct message *message, uint64_t *offset)
{
    *offset = message->fields.span.offset;
    return message->fields.open;
}

size_t
message_memory(const struct message *message)
{
    if (!message)
        return 0;
    return sizeof *message + message->fields.text.cap + message->fields.told.cap +
           message->mime.cap * sizeof *message->mime.levels;
}

void
message_free(struct message *message)
{
    if (!message)
        return;
    fields_fini(&message->fields);
    mime_fini(&message->mime);
    free(message);
}

void
line_event(enum esi_smtp_kind kind, const struct line *line, struct esi_smtp_event *out)
{
    out->kind = kind;
    out->done = line->done;
    out->eol = line->eol;
    out->span = line->span;
    out->text_len = line->len;
    out->text = esi_slice_cut(line->text, 0, ESI_SMTP_LINE_KEEP);
    out->clipped = line->len > out->text.len;
}

/* run_event - body lines that need no event each; `lent` is what of them lies in this push. */
static void
run_event(struct esi_span span, struct esi_slice lent, uint64_t lines, enum esi_eol eol,
          struct esi_smtp_event *out)
{
    out->kind = ESI_SMTP_BODY;
    out->done = true;
    out->eol = eol;
    out->span = span;
    out->text_len = span.len;
    out->text = lent;
    out->clipped = lent.len < span.len;
    out->u.body.lines = lines;
}

static bool
is_dot(struct esi_slice text)
{
    return text.len == 1 && text.ptr[0] == '.';
}

static bool
ends_data(const struct message *message, const struct line *line)
{
    return message->after_crlf && line->eol == ESI_EOL_CRLF && is_dot(line->text);
}

/* close_field - tells the field in progress, which may say how the entity is built. */
static bool
close_field(struct message *message, struct esi_smtp_event *header)
{
    if (!fields_close(&message->fields, message->mime.depth, header))
        return false;
    if (message->follow_mime)
        mime_field(&message->mime, header);
    return true;
}

/* end_section - behind a header section comes body, or the header section of a message in it. */
static bool
end_section(struct message *message, struct esi_smtp_event *header)
{
    bool told = close_field(message, header);

    message->in_body = true;
    message->in_section = mime_enter(&message->mime);
    fields_begin(&message->fields);
    return told;
}

/* section_line - a line of a header section, or what ends it. True: it completed a field. */
static bool
section_line(struct message *message, const struct line *line, struct esi_smtp_event *header)
{
    enum field_look look = fields_look(&message->fields, line);
    bool told = false;

    if (line->len == 0 || look == FIELD_NOT)
        return end_section(message, header);
    if (look == FIELD_FIRST)
        told = close_field(message, header);
    fields_add(&message->fields, look, line);
    return told;
}

/* take_mark - a delimiter line ends what is open inside; it may complete a header field. */
static bool
take_mark(struct message *message, const struct line *line, struct esi_smtp_event *header,
          bool *told)
{
    unsigned depth = message->mime.depth;
    enum mime_mark mark = mime_line(&message->mime, line->text);

    if (mark == MIME_NO_MARK)
        return false;
    if (fields_close(&message->fields, depth, header))
        *told = true;
    message->in_section = mark == MIME_PART;
    fields_begin(&message->fields);
    return true;
}

/* structure_line - what a line does to the structure. True: it completed a header field. */
static bool
structure_line(struct message *message, const struct line *line, struct esi_smtp_event *header)
{
    bool told = false;

    if (message->torn)
        return false;
    if (message->mime.depth > 0 && take_mark(message, line, header, &told))
        return told;
    if (!message->in_section)
        return false;
    told = section_line(message, line, header);
    /* Without an empty line between them, the first line of a multipart ended its header. */
    if (!message->in_section)
        take_mark(message, line, header, &told);
    return told;
}

/* is_short - a body line that needs no event of its own, by its length. */
static bool
is_short(const struct message *message, uint64_t len)
{
    return message->quiet.body_line > 0 && len <= message->quiet.body_line;
}

/* is_quiet - a header line that needs no event of its own, by its length. */
static bool
is_quiet(const struct message *message, uint64_t len)
{
    return message->quiet.header_line > 0 && len <= message->quiet.header_line;
}

/* kind_of - what a whole line is told as. was_header: it began in the message's header section. */
static enum esi_smtp_kind
kind_of(const struct message *message, const struct line *line, bool was_header)
{
    if (was_header && !message->in_body)
        return ESI_SMTP_HEADER_LINE;
    if (was_header && line->len == 0)
        return ESI_SMTP_HEADERS_END;
    return is_short(message, line->len) ? ESI_SMTP_BODY : ESI_SMTP_BODY_LINE;
}

static unsigned
whole_line(struct message *message, const struct line *line, struct esi_smtp_event *out)
{
    bool was_header = !message->in_body;
    bool end = ends_data(message, line);
    bool told = end ? close_field(message, out) : structure_line(message, line, out);
    enum esi_smtp_kind kind = end ? ESI_SMTP_MESSAGE_END : kind_of(message, line, was_header);
    struct esi_smtp_event *event = told ? &message->behind : out;

    message->after_crlf = line->eol == ESI_EOL_CRLF;
    message->torn = false;
    if (kind == ESI_SMTP_HEADER_LINE && is_quiet(message, line->len))
        return told;
    if (kind == ESI_SMTP_BODY)
        run_event(line->span, line->lent, 1, line->eol, event);
    else
        line_event(kind, line, event);
    return told ? 2 : 1;
}

/* starts_field - whether the line, however it goes on, cannot continue the field before it. */
static bool
starts_field(const struct line *line)
{
    return line->text.len > 0 && line->text.ptr[0] != ' ' && line->text.ptr[0] != '\t';
}

/* part_line - an unfinished line. What may still become the lone dot is not told, nor is what may
 * be header or body: however a line is cut, limits must see it as the same kind. */
static unsigned
part_line(struct message *message, const struct line *line, struct esi_smtp_event *out)
{
    enum field_look look = message->in_body ? FIELD_NOT
                           : message->torn  ? FIELD_MORE
                                            : fields_look(&message->fields, line);

    if (message->after_crlf && is_dot(line->text))
        return 0;
    bool told = starts_field(line) && close_field(message, out);
    if (look == FIELD_UNSURE)
        return told ? 1 : 0;
    line_event(look == FIELD_NOT ? ESI_SMTP_BODY_LINE : ESI_SMTP_HEADER_LINE, line,
               told ? &message->behind : out);
    return told ? 2 : 1;
}

static unsigned
one_line(struct message *message, const struct line *line, struct esi_smtp_event *out)
{
    return line->done ? whole_line(message, line, out) : part_line(message, line, out);
}

/* is_plain - a line that is length and nothing else. */
static bool
is_plain(const struct message *message, const struct line *line)
{
    bool dashes = line->text.len >= 2 && line->text.ptr[0] == '-' && line->text.ptr[1] == '-';

    return line->done && is_short(message, line->len) && !message->in_section && !message->torn &&
           !is_dot(line->text) && !(dashes && message->mime.depth > 0);
}

/* The push as run_over goes through it. */
struct run {
    const uint8_t *at, *end; /* where the next line starts; the push's end */
    uint64_t lines;
};

/* step_over - goes on behind the line that ends at lf, if it is plain. A few that are plain after
 * all are refused: they go line by line and come out the same. */
static inline bool
step_over(struct run *run, const struct message *message, const uint8_t *lf)
{
    const uint8_t *at = run->at;
    uint64_t len = (uint64_t)(lf - at);

    if (len > message->quiet.body_line || (len == 2 && at[0] == '.'))
        return false;
    if (at[0] == '-' && at[1] == '-' && message->mime.depth > 0)
        return false;
    run->at = lf + 1;
    run->lines++;
    return true;
}

#ifdef __SSE2__
/* newlines - a bit for each of 64 bytes that is LF. */
static inline uint64_t
newlines(const uint8_t *bytes)
{
    const __m128i *block = (const __m128i *)(const void *)bytes, lf = _mm_set1_epi8('\n');
    int a = _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(block), lf));
    int b = _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(block + 1), lf));
    int c = _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(block + 2), lf));
    int d = _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(block + 3), lf));

    return (uint64_t)a | (uint64_t)b << 16 | (uint64_t)c << 32 | (uint64_t)d << 48;
}

/* run_blocks - whole blocks of the push; *from is then the first byte that was not looked at.
 * False: there is a line that is not plain. */
static bool
run_blocks(struct run *run, const struct message *message, const uint8_t **from)
{
    for (; run->end - *from >= BLOCK; *from += BLOCK)
        for (uint64_t ends = newlines(*from); ends != 0; ends &= ends - 1)
            if (!step_over(run, message, *from + __builtin_ctzll(ends)))
                return false;
    return true;
}
#else
static bool
run_blocks(struct run *run, const struct message *message, const uint8_t **from)
{
    (void)run;
    (void)message;
    (void)from;
    return true;
}
#endif

/* run_over - takes plain lines from the push, as many as there are. */
static uint64_t
run_over(struct message *message, struct line_cutter *cutter)
{
    const uint8_t *start = cutter->in.ptr, *from = start, *lf;
    struct run run = {start, start + cutter->in.len, 0};
    bool plain = run_blocks(&run, message, &from);

    while (plain && from < run.end && (lf = memchr(from, '\n', (size_t)(run.end - from)))) {
        plain = step_over(&run, message, lf);
        from = lf + 1;
    }
    if (run.lines > 0)
        message->after_crlf = run.at - start >= 2 && run.at[-2] == '\r';
    line_take(cutter, (size_t)(run.at - start));
    return run.lines;
}

static unsigned
body_next(struct message *message, struct line_cutter *cutter, struct esi_smtp_event *out)
{
    const uint8_t *start = cutter->in.ptr;
    uint64_t offset = line_start(cutter), lines = 0;
    struct line line;

    if (!message->in_section)
        fields_rest(&message->fields);
    if (cutter->held_span > 0) {
        if (!line_next(cutter, &line))
            return 0;
        if (!is_plain(message, &line))
            return one_line(message, &line, out);
        message->after_crlf = line.eol == ESI_EOL_CRLF;
        lines = 1;
    }
    if (message->quiet.body_line > 0 && !message->in_section && !message->torn &&
        cutter->in.len > 0)
        lines += run_over(message, cutter);
    if (lines == 0)
        return line_next(cutter, &line) ? one_line(message, &line, out) : 0;

    struct esi_slice lent = {start, (size_t)(cutter->in.ptr - start)};
    enum esi_eol eol = message->after_crlf ? ESI_EOL_CRLF : ESI_EOL_LF;
    run_event((struct esi_span){offset, cutter->offset - offset}, lent, lines, eol, out);
    return 1;
}

/* skip_headers - takes lines of the message's header section that need not be told. */
static void
skip_headers(struct message *message, struct line_cutter *cutter)
{
    const uint8_t *lf;

    while (cutter->in.len > 0 && (lf = memchr(cutter->in.ptr, '\n', cutter->in.len))) {
        size_t len = (size_t)(lf - cutter->in.ptr);
        bool crlf = len > 0 && lf[-1] == '\r';
        struct esi_slice text = {cutter->in.ptr, len - crlf};
        if (!is_quiet(message, text.len) || !fields_skip(&message->fields, text))
            return;
        message->after_crlf = crlf;
        line_take(cutter, len + 1);
    }
}

unsigned
message_next(struct message *message, struct line_cutter *cutter, const struct quiet *quiet,
             struct esi_smtp_event *out)
{
    struct line line;
    unsigned told = 0;

    message->quiet = *quiet;
    message->fields.brief = quiet->header_line > 0;
    message->fields.more = quiet->fields;
    if (message->in_body)
        return body_next(message, cutter, out);
    do {
        if (cutter->held_span == 0 && !message->torn)
            skip_headers(message, cutter);
        if (!line_next(cutter, &line))
            return 0;
        told = one_line(message, &line, out);
    } while (told == 0);
    return told;
}
