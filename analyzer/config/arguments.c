/*
 * arguments.c - typed arguments of commands: from the simple ones that many commands share.
 *
 * A function says how many words make the argument, or 0. Those of several words and those that
 * look at what was configured before (names for addresses, kinds of object-groups) lie in
 * arguments_network.c.
 */
#include <string.h>

#include "arguments_internal.h"
#include "reader_internal.h"

static const struct {
    const char *name, *expected;
    take_fn *take;
} types[] = {
#define ESI_ARGUMENT(id, name, expected, take) {name, expected, take},
#include "arguments.def"
#undef ESI_ARGUMENT
};

bool
read_number(struct esi_slice text, uint64_t most, uint64_t *out)
{
    uint64_t number = 0;

    if (text.len == 0 || text.len > 19)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
        number = number * 10 + (uint64_t)(text.ptr[i] - '0');
    }
    *out = number;
    return number <= most;
}

bool
read_ip(struct esi_slice text, struct esi_ip *out)
{
    size_t at = 0;

    *out = (struct esi_ip){.family = 4};
    for (int i = 0; i < 4; i++) {
        unsigned number = 0;
        size_t digits = 0;
        for (; at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9' && digits < 4; digits++)
            number = number * 10 + (unsigned)(text.ptr[at++] - '0');
        if (digits == 0 || digits > 3 || number > 255)
            return false;
        out->bytes[i] = (uint8_t)number;
        if (i < 3 && (at == text.len || text.ptr[at++] != '.'))
            return false;
    }
    return at == text.len;
}

size_t
take_word(const struct reader *reader, const struct word *words, size_t count, struct arg *out)
{
    (void)reader;
    (void)count;
    (void)out;
    return words->text.len > 0 || words->quoted;
}

size_t
take_rest(const struct reader *reader, const struct word *words, size_t count, struct arg *out)
{
    const struct text_line *line = reader->line;
    struct esi_slice rest = esi_slice_cut(line->text, words->column - 1, line->text.len);

    while (rest.len > 0 && rest.ptr[rest.len - 1] == ' ')
        rest.len--;
    out->text = rest;
    return count;
}

/* take_interfaces - one word, or as many as it takes to close the bracket. */
size_t
take_interfaces(const struct reader *reader, const struct word *words, size_t count,
                struct arg *out)
{
    enum { WORDS_OF_PAIR = 5 }; /* "( inside , outside )" */
    size_t most = words->text.len > 0 && words->text.ptr[0] == '(' ? WORDS_OF_PAIR : 1;

    (void)reader;
    (void)out;
    for (size_t i = 0; i < count && i < most; i++)
        if (words[i].text.len > 0 && words[i].text.ptr[words[i].text.len - 1] == ')')
            return i + 1;
    return 1;
}

size_t
take_number(const struct reader *reader, const struct word *words, size_t count, struct arg *out)
{
    (void)reader;
    (void)count;
    return read_number(words->text, UINT64_MAX, &out->number);
}

size_t
take_limit(const struct reader *reader, const struct word *words, size_t count, struct arg *out)
{
    (void)reader;
    (void)count;
    return read_number(words->text, UINT32_MAX, &out->number) && out->number > 0;
}

/* take_release - as Cisco writes them: digits, dots, brackets, a letter or two of a train. */
size_t
take_release(const struct reader *reader, const struct word *words, size_t count, struct arg *out)
{
    struct esi_slice text = words->text;

    (void)reader;
    (void)count;
    (void)out;
    for (size_t i = 0; i < text.len; i++) {
        bool letter = (text.ptr[i] | 0x20) >= 'a' && (text.ptr[i] | 0x20) <= 'z';
        bool digit = text.ptr[i] >= '0' && text.ptr[i] <= '9';
        if ((i == 0 && !digit) || (!letter && !digit && !strchr("().", text.ptr[i])))
            return 0;
    }
    return text.len > 0;
}

/* take_security - "security50", "sec50"; whether there is such a level is the builder's to say. */
size_t
take_security(const struct reader *reader, const struct word *words, size_t count, struct arg *out)
{
    enum { LETTERS_LEAST = 3 };
    struct esi_slice text = words->text;
    size_t letters = 0;

    (void)reader;
    (void)count;
    while (letters < text.len && (text.ptr[letters] < '0' || text.ptr[letters] > '9'))
        letters++;
    return !words->quoted && letters >= LETTERS_LEAST &&
           esi_slice_eq_nocase(esi_slice_cut(text, 0, letters),
                               esi_slice_cut(ESI_LIT("security"), 0, letters)) &&
           read_number(esi_slice_cut(text, letters, text.len), UINT64_MAX, &out->number);
}

size_t
take_ip(const struct reader *reader, const struct word *words, size_t count, struct arg *out)
{
    size_t place;

    (void)count;
    if (read_ip(words->text, &out->ip))
        return 1;
    if (!index_find(reader->config->index, INDEX_NAME, words->text, &place))
        return 0;
    out->ip = reader->config->names[place].ip;
    return 1;
}

size_t
take_mask(const struct reader *reader, const struct word *words, size_t count, struct arg *out)
{
    (void)reader;
    (void)count;
    return read_ip(words->text, &out->ip);
}

size_t
argument_take(const struct reader *reader, enum argument_type type, const struct word *words,
              size_t count, struct arg *out)
{
    out->lacks = NULL;
    return types[type].take(reader, words, count, out);
}

enum argument_type
argument_find(struct esi_slice name)
{
    for (size_t i = 0; i < ARGUMENT_COUNT; i++)
        if (esi_slice_eq(name, esi_slice_of(types[i].name)))
            return (enum argument_type)i;
    esi_panic("pattern: no argument type '%.*s'", (int)name.len, (const char *)name.ptr);
}

const char *
argument_expected(enum argument_type type)
{
    return types[type].expected;
}
