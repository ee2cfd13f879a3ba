/*
 * text.c - configuration text, cut into lines of words.
 *
 * A line may come from a file (LF or CRLF), from a console (a prompt in front of it, and what the
 * pager leaves behind: its mark, and the blanks, backspaces and carriage returns that wipe it) or
 * from a mail (`> `): all that is taken off. NULs and no-break spaces count as blanks. A word in
 * quotation marks may hold blanks.
 *
 * A line that begins with `!` or `#` is a comment; so is one that begins with `:`, but its words
 * are told, since some of these comments name the release. Behind a command, a `!` begins a comment
 * where a word could begin, if a blank, a dash, another one or nothing follows it: so people
 * annotate what they show each other. The box knows no such comments; where it takes text up to the
 * line's end (description, remark, a regular expression), neither do we.
 */
#include <string.h>

#include "reader_internal.h"

/* blank_length - how many bytes the blank at that place has; 0: there is none. */
static size_t
blank_length(struct esi_slice text, size_t at)
{
    if (at >= text.len)
        return 0;
    switch (text.ptr[at]) {
    case ' ':
    case '\t':
    case '\r':
    case '\b':
    case '\0':
        return 1;
    case 0xc2: /* U+00A0: how web pages indent */
        return at + 1 < text.len && text.ptr[at + 1] == 0xa0 ? 2 : 0;
    default:
        return 0;
    }
}

static size_t
behind_blanks(struct esi_slice text, size_t at)
{
    for (size_t len; (len = blank_length(text, at)) > 0;)
        at += len;
    return at;
}

static bool
begins_with(struct esi_slice text, size_t at, const char *what)
{
    size_t len = strlen(what);

    return at <= text.len && text.len - at >= len && memcmp(text.ptr + at, what, len) == 0;
}

/* behind_quotation - the line without the marks a mail reader puts in front. */
static struct esi_slice
behind_quotation(struct esi_slice text)
{
    size_t at = 0;

    while (at < text.len && text.ptr[at] == '>')
        at += begins_with(text, at, "> ") ? 2 : 1;
    return esi_slice_cut(text, at, text.len);
}

/* behind_pager - the line without a pager's mark and what wiped it. What wiped it ends with the
 * last carriage return or backspace: blanks behind that are the line's own. */
static struct esi_slice
behind_pager(struct esi_slice text)
{
    enum { MARK_MOST = 24 }; /* "<--- More (100%) --->" */
    size_t at = behind_blanks(text, 0);

    if (begins_with(text, at, "<--- More")) {
        struct esi_slice mark = esi_slice_cut(text, at, MARK_MOST);
        const uint8_t *end = memchr(mark.ptr, '>', mark.len);
        if (!end)
            return text;
        at = (size_t)(end - text.ptr) + 1;
    } else if (begins_with(text, at, "--More--")) {
        at += strlen("--More--");
    } else {
        return text;
    }
    size_t end = behind_blanks(text, at), own = at;
    for (size_t i = at; i < end; i++)
        if (text.ptr[i] == '\r' || text.ptr[i] == '\b' || (text.ptr[i] == '\0' && own == i))
            own = i + 1;
    return esi_slice_cut(text, own, text.len);
}

static bool
is_name_byte(uint8_t byte)
{
    return (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z') ||
           (byte != '\0' && strchr("-_./:@", byte));
}

/* prompt_length - "asa/act(config-pmap)# ", "pix>": what a console wrote in front; 0: nothing.
 * *global: it names no mode below global configuration. */
static size_t
prompt_length(struct esi_slice text, bool *global)
{
    enum { PROMPT_MOST = 160 }; /* names of box, context and mode have 63 bytes at most each */
    size_t i = 0, most = text.len < PROMPT_MOST ? text.len : PROMPT_MOST;

    *global = true;
    while (i < most && is_name_byte(text.ptr[i]))
        i++;
    if (i == 0)
        return 0;
    if (i < most && text.ptr[i] == '(') {
        for (; i < most && text.ptr[i] != ')' && text.ptr[i] != ' '; i++)
            *global = *global && text.ptr[i] != '-';
        if (i == most || text.ptr[i++] != ')')
            return 0;
    }
    if (i >= most || (text.ptr[i] != '#' && text.ptr[i] != '>'))
        return 0;
    for (i++; i < text.len && text.ptr[i] == ' ';)
        i++;
    return i;
}

/* take_quoted - the word behind an opening quotation mark; where it goes on behind it. */
static size_t
take_quoted(struct esi_slice text, size_t at, struct word *word)
{
    size_t from = ++at;

    while (at < text.len && text.ptr[at] != '"')
        at += text.ptr[at] == '\\' && at + 1 < text.len ? 2 : 1;
    word->text = esi_slice_cut(text, from, at - from);
    word->quoted = true;
    return at < text.len ? at + 1 : at;
}

static size_t
take_plain(struct esi_slice text, size_t at, struct word *word)
{
    size_t from = at;

    while (at < text.len && blank_length(text, at) == 0)
        at++;
    word->text = esi_slice_cut(text, from, at - from);
    word->quoted = false;
    return at;
}

/* text_follows - whether what stands next is text, whatever it is. */
static bool
text_follows(const struct text_line *line)
{
    const struct word *last = &line->words[line->count - 1];

    return esi_slice_eq_nocase(last->text, ESI_LIT("description")) ||
           esi_slice_eq_nocase(last->text, ESI_LIT("remark")) ||
           (line->count == 2 && esi_slice_eq_nocase(line->words[0].text, ESI_LIT("regex")));
}

static bool
comment_begins(const struct text_line *line, struct esi_slice text, size_t at)
{
    if (text.ptr[at] != '!' || (line->count > 0 && text_follows(line)))
        return false;
    return line->count == 0 || at + 1 == text.len || blank_length(text, at + 1) > 0 ||
           text.ptr[at + 1] == '-' || text.ptr[at + 1] == '!';
}

static void
cut_words(struct text_line *line, struct esi_slice text, size_t at)
{
    for (;;) {
        at = behind_blanks(text, at);
        if (at == text.len || comment_begins(line, text, at))
            return;
        if (line->count == WORDS_MOST) {
            line->more = true;
            return;
        }
        struct word *word = &line->words[line->count++];
        word->column = (unsigned)(text.ptr + at - line->text.ptr) + 1;
        at = text.ptr[at] == '"' ? take_quoted(text, at, word) : take_plain(text, at, word);
    }
}

/* width_of - how far blanks indent. */
static unsigned
width_of(struct esi_slice blanks)
{
    unsigned width = 0;

    for (size_t at = 0; at < blanks.len; at += blank_length(blanks, at))
        width = blanks.ptr[at] == '\t' ? (width / 8 + 1) * 8 : width + 1;
    return width;
}

/* next_line - the next line without its end; false: there is none. */
static bool
next_line(struct text *text, struct esi_slice *out)
{
    struct esi_slice rest = text->rest;

    if (rest.len == 0)
        return false;
    const uint8_t *end = memchr(rest.ptr, '\n', rest.len);
    size_t len = end ? (size_t)(end - rest.ptr) : rest.len;
    *out = esi_slice_cut(rest, 0, len);
    text->rest = esi_slice_cut(rest, end ? len + 1 : len, rest.len);
    while (out->len > 0 && out->ptr[out->len - 1] == '\r')
        out->len--;
    if (text->number == 0 && begins_with(*out, 0, "\xef\xbb\xbf"))
        *out = esi_slice_cut(*out, 3, out->len); /* a byte order mark */
    text->number++;
    return true;
}

bool
text_next(struct text *text, struct text_line *line)
{
    struct esi_slice all;

    if (!next_line(text, &all))
        return false;
    struct esi_slice said = behind_pager(behind_quotation(all));
    size_t prompt = prompt_length(said, &line->prompt_global);
    said = esi_slice_cut(said, prompt, said.len);
    size_t at = behind_blanks(said, 0);
    line->number = text->number;
    line->text = all;
    line->prompt = prompt > 0;
    line->indent = width_of(esi_slice_cut(said, 0, at));
    line->indented = line->indent > 0;
    line->comment = at < said.len && said.ptr[at] == ':';
    line->more = false;
    line->count = 0;
    if (at < said.len && said.ptr[at] != '#')
        cut_words(line, said, at + line->comment);
    return true;
}

bool
text_is_indented(struct esi_slice all)
{
    struct text text = {.rest = all};
    struct esi_slice line;
    size_t first = SIZE_MAX;

    while (next_line(&text, &line)) {
        line = behind_quotation(line);
        size_t at = behind_blanks(line, 0);
        if (at == line.len || memchr("!:%^", line.ptr[at], 4)) /* comments, a console's messages */
            continue;
        if (first == SIZE_MAX)
            first = at;
        if (at > first)
            return true;
    }
    return false;
}

const char *
text_foreign(struct esi_slice text)
{
    enum { LOOK = 4096, TENTHS_MOST = 3 }; /* a console's own control bytes are far fewer */
    struct esi_slice head = esi_slice_cut(text, 0, LOOK);
    size_t control = 0, nuls[2] = {0, 0};

    for (size_t i = 0; i < head.len; i++) {
        control += head.ptr[i] < 0x20 && !(head.ptr[i] >= '\b' && head.ptr[i] <= '\r');
        nuls[i % 2] += head.ptr[i] == '\0';
    }
    if (begins_with(head, 0, "\xff\xfe") || begins_with(head, 0, "\xfe\xff") ||
        (head.len >= 16 && (nuls[0] * 5 > head.len * 2) != (nuls[1] * 5 > head.len * 2)))
        return "expected plain text, found UTF-16; nothing of the file was read";
    if (control * 10 > head.len * TENTHS_MOST)
        return "expected a configuration's text, found binary data; nothing of the file was read";
    return NULL;
}
