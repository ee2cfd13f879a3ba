/* families.c - what is known of mail servers by family; the rows of families.def. */
#include "evidence_internal.h"

static const struct {
    const char *name, *greeting, *hello;
    double weight;
} servers[] = {
#define ESI_SERVER(id, name, weight, greeting, hello) {name, greeting, hello, weight},
#include "families.def"
};

static const struct offer offers[] = {
#define ESI_OFFERS(server, text, percent) {text, SERVER_##server, percent},
#include "families.def"
};

static const struct {
    unsigned code;
    const char *pattern;
} unknown_commands[] = {
#define ESI_UNKNOWN_COMMAND(server, code, pattern) {code, pattern},
#include "families.def"
};

static const struct {
    unsigned code;
    const char *pattern;
} noop_replies[] = {
#define ESI_NOOP_REPLY(code, pattern) {code, pattern},
#include "families.def"
};

static const struct {
    struct esi_slice word;
    bool passes;
    uint32_t effects;
} keywords[] = {
#define ESI_KEYWORD_LINE(id, word, passes, effect)                                                 \
    {{(const uint8_t *)word, sizeof(word) - 1}, passes, effect},
#include "families.def"
};

const char *
server_name(enum server server)
{
    return servers[server].name;
}

enum server
server_of_greeting(struct esi_slice line)
{
    static uint64_t wanted[SERVER_COUNT]; /* made once, of the table */
    uint64_t lacks = ~bytes_in(line);

    for (int i = SERVER_COUNT; i-- > 0 && wanted[0] == 0;)
        wanted[i] = bytes_of_pattern(servers[i].greeting);
    for (int i = 0; i < SERVER_COUNT; i++)
        if (servers[i].greeting[0] && !(wanted[i] & lacks) && glob_fits(servers[i].greeting, line))
            return (enum server)i;
    return SERVER_COUNT;
}

bool
has_hello(enum server server)
{
    return servers[server].hello[0] != '\0';
}

/* A family without a line of its own gives its name alone. */
uint64_t
hellos_fit(struct esi_slice hello)
{
    bool name_alone = hello.len > 0 && !memchr(hello.ptr, ' ', hello.len);
    uint64_t bits = 0;

    for (int s = 0; s < SERVER_COUNT; s++)
        if (has_hello((enum server)s) ? glob_fits(servers[s].hello, hello) : name_alone)
            bits |= (uint64_t)1 << s;
    return bits;
}

double
server_weight(enum server server, bool hello_fits)
{
    enum { HELLO_TELLS = 20 }; /* estimated: such a line is hardly another family's */

    return servers[server].weight * (hello_fits ? HELLO_TELLS : 1);
}

bool
is_unknown_command(unsigned code, struct esi_slice line)
{
    for (size_t i = 0; i < ESI_COUNT(unknown_commands); i++)
        if (unknown_commands[i].code == code && glob_fits(unknown_commands[i].pattern, line))
            return true;
    return false;
}

bool
is_noop_reply(unsigned code, struct esi_slice line)
{
    for (size_t i = 0; i < ESI_COUNT(noop_replies); i++)
        if (noop_replies[i].code == code && glob_fits(noop_replies[i].pattern, line))
            return true;
    return false;
}

/* word_of - a line up to a blank, TAB or =. */
static struct esi_slice
word_of(struct esi_slice line)
{
    size_t n = 0;

    while (n < line.len && line.ptr[n] != ' ' && line.ptr[n] != '\t' && line.ptr[n] != '=')
        n++;
    return esi_slice_cut(line, 0, n);
}

enum keyword
keyword_of(struct esi_slice line)
{
    struct esi_slice word = word_of(line);
    uint8_t first = word.len > 0 ? esi_upper(word.ptr[0]) : 0;

    for (size_t i = 0; i < ESI_COUNT(keywords); i++)
        if (keywords[i].word.len == word.len && keywords[i].word.ptr[0] == first &&
            esi_slice_same_nocase(word, keywords[i].word))
            return (enum keyword)i;
    return KEYWORD_COUNT;
}

bool
keyword_passes(enum keyword keyword)
{
    return keyword != KEYWORD_COUNT && keywords[keyword].passes;
}

uint32_t
keyword_effects(struct esi_slice text)
{
    enum keyword keyword = keyword_of(text);

    return keyword == KEYWORD_COUNT ? 0 : keywords[keyword].effects;
}

const char *
esi_evidence_keyword(unsigned bit)
{
    return bit < KEYWORD_COUNT ? (const char *)keywords[bit].word.ptr : NULL;
}

const struct offer *
offers_of(enum server server, size_t *count)
{
    const struct offer *first = NULL;

    *count = 0;
    for (size_t i = 0; i < ESI_COUNT(offers); i++) {
        if (offers[i].server != server)
            continue;
        first = first ? first : &offers[i];
        (*count)++;
    }
    return first;
}

static uint64_t
find_always(enum server server)
{
    size_t count;
    const struct offer *all = offers_of(server, &count);
    uint64_t bits = 0;

    for (size_t i = 0; i < count; i++) {
        if (all[i].percent < 100)
            continue;
        enum keyword keyword = keyword_of(esi_slice_of(all[i].text));
        if (keyword != KEYWORD_COUNT)
            bits |= (uint64_t)1 << keyword;
    }
    return bits;
}

uint64_t
keywords_always(enum server server)
{
    static struct {
        bool made; /* once, of the table: most have none */
        uint64_t bits;
    } always[SERVER_COUNT];

    if (!always[server].made) {
        always[server].bits = find_always(server);
        always[server].made = true;
    }
    return always[server].bits;
}
