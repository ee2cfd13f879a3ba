/*
 * pattern_translate.c - the firewall's regular expressions, read and written anew for PCRE2.
 *
 * A recursive descent over at most ESI_PATTERN_MOST bytes. Every byte that stands for itself is
 * written \xHH, and of PCRE2's syntax nothing is written but what stands in this file, so that
 * nothing of it can come through from the configuration: no verbs, no look-around, no references
 * back, no lazy or possessive quantifiers, no named classes.
 *
 * The functions of the grammar return how many items they read (see ESI_PATTERN_ITEMS_MOST), and 0
 * if they refused: nothing of the grammar is empty.
 *
 * Source: Cisco ASA CLI guide, "regex"; pattern.h lists what is inferred.
 */
#include "esi/pattern.h"

#include "pattern_internal.h"

struct reader {
    struct esi_slice text;
    size_t pos;
    struct esi_buf *out;
    struct esi_error *err;
    size_t *at;
};

static size_t expression(struct reader *reader);

/* Always 0, so that it can be returned. */
static size_t
refuse(const struct reader *reader, size_t at, const char *why)
{
    *reader->at = at;
    esi_error_set(reader->err, "%s", why);
    return 0;
}

/* The byte that is `ahead` of the next; -1 behind the end. */
static int
peek(const struct reader *reader, size_t ahead)
{
    size_t at = reader->pos + ahead;

    return at < reader->text.len ? reader->text.ptr[at] : -1;
}

static size_t
limited(const struct reader *reader, size_t at, size_t items)
{
    enum { ROOM = 80 };
    char why[ROOM];

    if (items <= ESI_PATTERN_ITEMS_MOST)
        return items;
    snprintf(why, sizeof why, "repetitions written out, at most %d items were expected",
             ESI_PATTERN_ITEMS_MOST);
    return refuse(reader, at, why);
}

/* What a digit counts, 16: none. */
static unsigned
digit_of(int byte)
{
    if (byte >= '0' && byte <= '9')
        return (unsigned)(byte - '0');
    if (byte >= 'a' && byte <= 'f')
        return (unsigned)(byte - 'a' + 10);
    if (byte >= 'A' && byte <= 'F')
        return (unsigned)(byte - 'A' + 10);
    return 16;
}

/* numbered - the digits of a byte by its number. */
static bool
numbered(struct reader *reader, unsigned base, unsigned digits, const char *expected, uint8_t *byte)
{
    size_t start = reader->pos;
    unsigned value = 0;

    for (unsigned i = 0; i < digits; i++, reader->pos++) {
        unsigned digit = digit_of(peek(reader, 0));
        if (digit >= base)
            return refuse(reader, reader->pos, expected);
        value = value * base + digit;
    }
    *byte = (uint8_t)value;
    return value <= UINT8_MAX || refuse(reader, start, expected);
}

/* escaped - a backslash and what follows. */
static bool
escaped(struct reader *reader, uint8_t *byte)
{
    static const struct {
        char letter;
        uint8_t byte;
    } named[] = {{'r', '\r'}, {'n', '\n'}, {'t', '\t'}, {'f', '\f'}};
    int letter = peek(reader, 1);

    reader->pos++;
    if (letter < 0)
        return refuse(reader, reader->pos, "a byte was expected behind the backslash");
    if (digit_of(letter) < 10)
        return numbered(reader, 8, 3, "three octal digits, 000 to 377, were expected", byte);
    reader->pos++;
    if (letter == 'x')
        return numbered(reader, 16, 2, "two hexadecimal digits were expected", byte);
    *byte = (uint8_t)letter;
    for (size_t i = 0; i < ESI_COUNT(named); i++) {
        if (letter == named[i].letter)
            *byte = named[i].byte;
    }
    return true;
}

static void
write_byte(struct reader *reader, uint8_t byte)
{
    esi_buf_printf(reader->out, "\\x%02x", byte);
}

/* literal - a byte that stands for itself, escaped or not. */
static bool
literal(struct reader *reader, uint8_t *byte)
{
    if (peek(reader, 0) == '\\')
        return escaped(reader, byte);
    *byte = reader->text.ptr[reader->pos++];
    return true;
}

/* class_byte - within brackets; `first` is where their inside begins. */
static bool
class_byte(struct reader *reader, size_t first, uint8_t *byte)
{
    int next = peek(reader, 0), then = peek(reader, 1);

    if (next < 0)
        return refuse(reader, reader->pos, "a ] was expected");
    if (next == '-' && reader->pos != first && then != ']' && then >= 0)
        return refuse(reader, reader->pos, "a - was expected first, last or between two bytes");
    return literal(reader, byte);
}

/* class_member - a byte or a range of them. */
static bool
class_member(struct reader *reader, size_t first)
{
    uint8_t low, high;

    if (!class_byte(reader, first, &low))
        return false;
    write_byte(reader, low);
    if (peek(reader, 0) != '-' || peek(reader, 1) == ']')
        return true;
    size_t start = ++reader->pos;
    if (!class_byte(reader, first, &high))
        return false;
    if (high < low)
        return refuse(reader, start, "the end of a range was expected behind its start");
    esi_buf_byte(reader->out, '-');
    write_byte(reader, high);
    return true;
}

static size_t
brackets(struct reader *reader)
{
    esi_buf_byte(reader->out, '[');
    reader->pos++;
    if (peek(reader, 0) == '^') {
        esi_buf_byte(reader->out, '^');
        reader->pos++;
    }
    size_t first = reader->pos;
    do {
        if (!class_member(reader, first))
            return 0;
    } while (peek(reader, 0) != ']');
    esi_buf_byte(reader->out, ']');
    reader->pos++;
    return 1;
}

static size_t
group(struct reader *reader)
{
    esi_buf_text(reader->out, "(?:");
    reader->pos++;
    size_t items = expression(reader);
    if (items == 0)
        return 0;
    if (peek(reader, 0) != ')')
        return refuse(reader, reader->pos, "a ) was expected");
    esi_buf_byte(reader->out, ')');
    reader->pos++;
    return items + 1;
}

static size_t
atom(struct reader *reader)
{
    uint8_t byte;

    switch (peek(reader, 0)) {
    case '(':
        return group(reader);
    case '[':
        return brackets(reader);
    case '?':
    case '*':
    case '+':
    case '{':
        return refuse(reader, reader->pos, "something to repeat was expected");
    case '.':
    case '^':
        esi_buf_byte(reader->out, reader->text.ptr[reader->pos++]);
        return 1;
    default:
        if (!literal(reader, &byte))
            return 0;
        write_byte(reader, byte);
        return 1;
    }
}

/* braces - {x} or {x,}: both are x times or more. */
static bool
braces(struct reader *reader, size_t *least)
{
    size_t start = reader->pos++, digits = reader->pos;

    *least = 0;
    for (; digit_of(peek(reader, 0)) < 10; reader->pos++) {
        if (*least <= ESI_PATTERN_ITEMS_MOST)
            *least = *least * 10 + digit_of(peek(reader, 0));
    }
    bool counted = reader->pos > digits;
    if (counted && peek(reader, 0) == ',')
        reader->pos++;
    if (!counted || peek(reader, 0) != '}')
        return refuse(reader, reader->pos, "{x} or {x,} was expected, or \\{ for the brace itself");
    reader->pos++;
    return limited(reader, start, *least > 0 ? *least : 1);
}

/* wrap - in parentheses what was written from `start` on. */
static void
wrap(struct esi_buf *out, size_t start)
{
    static const char opening[] = "(?:";
    size_t len = sizeof opening - 1, old = out->len;

    esi_buf_text(out, opening);
    memmove(out->data + start + len, out->data + start, old - start);
    memcpy(out->data + start, opening, len);
    esi_buf_byte(out, ')');
}

/* or_more - what was written from `start` on, `least` times, and then as often as it comes. It is
 * written twice; since least is 2 at least, no more often than items are counted. */
static void
or_more(struct esi_buf *out, size_t start, size_t least)
{
    struct esi_buf again = {0};

    esi_buf_append(&again, esi_slice_cut(esi_buf_slice(out), start, out->len));
    esi_buf_printf(out, "{%zu}(?:", least);
    esi_buf_append(out, esi_buf_slice(&again));
    esi_buf_text(out, ")*");
    wrap(out, start);
    esi_buf_free(&again);
}

/*
 * repeat - a quantifier, upon what was written from `start` on. PCRE2 remembers of a lone byte, dot
 * or class how often it came, if it is to come once or oftener, and so keeps as many states as
 * there were bytes; of a group it does not. So these are made groups.
 */
static size_t
repeat(struct reader *reader, size_t start, size_t items, bool again)
{
    size_t at = reader->pos;
    int sign = peek(reader, 0);
    size_t least = 1;

    if (sign != '{')
        reader->pos++;
    else if (!braces(reader, &least))
        return 0;
    if (sign == '{' && least < 2)
        sign = least == 0 ? '*' : '+';
    if (again || sign == '+') {
        wrap(reader->out, start);
        items += again;
    }
    if (sign == '{')
        or_more(reader->out, start, least);
    else
        esi_buf_byte(reader->out, (uint8_t)sign);
    return limited(reader, at, items * (least > 0 ? least : 1));
}

static bool
is_quantifier(int byte)
{
    return byte == '?' || byte == '*' || byte == '+' || byte == '{';
}

/* piece - an atom and its quantifiers. A ^ has none: what follows is left to be refused. */
static size_t
piece(struct reader *reader)
{
    bool caret = peek(reader, 0) == '^', again = false;
    size_t start = reader->out->len, items = atom(reader);

    for (; items > 0 && !caret && is_quantifier(peek(reader, 0)); again = true)
        items = repeat(reader, start, items, again);
    return items;
}

static size_t
branch(struct reader *reader)
{
    size_t items = 0;

    do {
        size_t start = reader->pos;
        int next = peek(reader, 0);
        if (next < 0 || next == '|' || next == ')')
            return refuse(reader, start, "an expression was expected");
        size_t more = piece(reader);
        if (more == 0 || limited(reader, start, items + more) == 0)
            return 0;
        items += more;
    } while (peek(reader, 0) >= 0 && peek(reader, 0) != '|' && peek(reader, 0) != ')');
    return items;
}

static size_t
expression(struct reader *reader)
{
    size_t items = branch(reader);

    while (items > 0 && peek(reader, 0) == '|') {
        size_t at = reader->pos++;
        esi_buf_byte(reader->out, '|');
        size_t more = branch(reader);
        items = more > 0 ? limited(reader, at, items + more) : 0;
    }
    return items;
}

bool
pattern_translate(struct esi_slice text, struct esi_buf *out, struct esi_error *err, size_t *at)
{
    struct reader reader = {.text = text, .out = out, .err = err, .at = at};

    if (text.len > ESI_PATTERN_MOST) {
        esi_error_set(err, "at most %d bytes were expected", ESI_PATTERN_MOST);
        *at = ESI_PATTERN_MOST;
        return false;
    }
    if (expression(&reader) == 0)
        return false;
    if (reader.pos < text.len) /* it stopped at a ) */
        return refuse(&reader, reader.pos, "a ( was expected before this )");
    return true;
}
