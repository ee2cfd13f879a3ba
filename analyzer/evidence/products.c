/* products.c - who speaks for himself: the patterns of products.def on greetings and replies. */
#include "evidence_internal.h"

enum where { WHERE_GREETING, WHERE_REPLY };
enum { ESI_VERB_ANY = -1 };

static const struct {
    enum where where;
    int verb;
    unsigned code;
    const char *pattern;
} products[] = {
#define ESI_PRODUCT(id, name, place, verb, code, pattern, strength, basis, box, product, source,   \
                    words)                                                                         \
    {WHERE_##place, ESI_VERB_##verb, code, pattern},
#include "products.def"
#undef ESI_PRODUCT
};

/* bytes_wanted - by each pattern; made once, of the table. */
static const uint64_t *
bytes_wanted(void)
{
    static uint64_t wanted[ESI_COUNT(products)];

    for (size_t i = 0; i < ESI_COUNT(products) && wanted[0] == 0; i++)
        wanted[ESI_COUNT(products) - 1 - i] =
            bytes_of_pattern(products[ESI_COUNT(products) - 1 - i].pattern);
    return wanted;
}

static void
try_line(struct esi_evidence *evidence, const struct esi_outcome *turn, bool greeting,
         enum esi_verb verb, struct esi_slice line)
{
    const uint64_t *wanted = bytes_wanted();
    uint64_t lacks = ~bytes_in(line);

    for (size_t i = 0; i < ESI_COUNT(products); i++)
        if (!(wanted[i] & lacks) && (products[i].where == WHERE_GREETING) == greeting &&
            (products[i].code == 0 || products[i].code == turn->u.turn.code) &&
            (products[i].verb == ESI_VERB_ANY || products[i].verb == (int)verb) &&
            (products[i].verb != ESI_VERB_STARTTLS || was_offered(evidence, KEYWORD_STARTTLS)) &&
            glob_fits(products[i].pattern, line))
            found(evidence, (enum detector)(DETECTOR_OWN + i), turn, line);
}

void
see_products(struct esi_evidence *evidence, const struct esi_outcome *turn, bool greeting,
             enum esi_verb verb)
{
    enum { LINES_MOST = 4 }; /* none is farther down */
    struct esi_slice text = turn->u.turn.text, line;

    for (int n = 0; n < LINES_MOST && next_line(&text, &line); n++)
        try_line(evidence, turn, greeting, verb, line);
}
