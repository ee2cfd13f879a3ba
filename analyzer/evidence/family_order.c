/*
 * family_order.c - which keyword each masked line was, by the order in which a family offers them.
 *
 * A server offers its keywords in an order of its own, each or not. So the lines of a reply are
 * held against the family's list: those in the clear pin down where in it one is, a masked one may
 * be any keyword of its length that stands between. The odds are those of all ways to lay the lines
 * along the list, weighed by how usual its keywords are (families.def): a forward and a backward
 * sum, as for any chain that only moves on. What the list has not is a stranger, at a price.
 */
#include <stdlib.h>

#include "evidence_internal.h"

enum { OFFERS_MOST = 24 };
#define STRANGER 0.002   /* of a line: that it is no keyword of the family's list */
#define LEAST_ABSENT .01 /* even what all offer may be turned off */

struct chain {
    const struct offer *offers;
    size_t offer_count, count;              /* count: of lines */
    double may[LIST_MOST][OFFERS_MOST + 1]; /* line i be keyword j, 1..: at what price; 0: not */
    /* ahead[i][j]: of lines before i, the last keyword passed being j (0: none); back: of the rest
     */
    double ahead[LIST_MOST + 1][OFFERS_MOST + 1], back[LIST_MOST + 1][OFFERS_MOST + 1];
};

static double
present(const struct chain *chain, size_t j)
{
    return chain->offers[j - 1].percent / 100.0;
}

static double
absent(const struct chain *chain, size_t j)
{
    double odds = 1 - present(chain, j);

    return odds < LEAST_ABSENT ? LEAST_ABSENT : odds;
}

static void
sum_ahead(struct chain *chain)
{
    chain->ahead[0][0] = 1;
    for (size_t i = 0; i < chain->count; i++)
        for (size_t j = 0; j <= chain->offer_count; j++) {
            double here = chain->ahead[i][j];
            chain->ahead[i + 1][j] += here * STRANGER;
            for (size_t k = j + 1; here > 0 && k <= chain->offer_count; k++) {
                chain->ahead[i + 1][k] += here * present(chain, k) * chain->may[i][k];
                here *= absent(chain, k);
            }
        }
}

static void
sum_back(struct chain *chain)
{
    size_t m = chain->offer_count;

    chain->back[chain->count][m] = 1;
    for (size_t j = m; j-- > 0;)
        chain->back[chain->count][j] = chain->back[chain->count][j + 1] * absent(chain, j + 1);
    for (size_t i = chain->count; i-- > 0;)
        for (size_t j = 0; j <= m; j++) {
            double skipped = 1, sum = chain->back[i + 1][j] * STRANGER;
            for (size_t k = j + 1; k <= m; k++) {
                sum += skipped * present(chain, k) * chain->may[i][k] * chain->back[i + 1][k];
                skipped *= absent(chain, k);
            }
            chain->back[i][j] = sum;
        }
}

/* odds_of - line i being keyword k, times that of the whole reply. */
static double
odds_of(const struct chain *chain, size_t i, size_t k)
{
    double sum = 0, skipped = 1;

    for (size_t j = k; j-- > 0;) {
        sum += chain->ahead[i][j] * skipped;
        if (j > 0)
            skipped *= absent(chain, j);
    }
    return sum * present(chain, k) * chain->may[i][k] * chain->back[i + 1][k];
}

/* stranger_odds - line i being none of the list's, times that of the whole reply. */
static double
stranger_odds(const struct chain *chain, size_t i)
{
    double sum = 0;

    for (size_t j = 0; j <= chain->offer_count; j++)
        sum += chain->ahead[i][j] * chain->back[i + 1][j];
    return sum * STRANGER;
}

static double
lay(struct chain *chain, enum server server, const struct ehlo_reply *reply)
{
    chain->offers = offers_of(server, &chain->offer_count);
    chain->count = reply->count;
    if (chain->offer_count > OFFERS_MOST)
        esi_panic("families.def: %zu keywords of a family", chain->offer_count);
    for (size_t i = 0; i < reply->count; i++)
        for (size_t j = 1; j <= chain->offer_count; j++)
            chain->may[i][j] = keyword_price(reply, i, chain->offers[j - 1].text);
    sum_ahead(chain);
    sum_back(chain);
    return chain->back[0][0];
}

double
poll_family(const struct ehlo_reply *reply, enum server server, double weight,
            struct ballot *ballots, double *at_large)
{
    struct chain *chain = esi_alloc(sizeof *chain);
    double odds = weight * lay(chain, server, reply);

    for (size_t i = 0; i < reply->count; i++) {
        for (size_t k = 1; reply->lines[i].masked && k <= chain->offer_count; k++)
            if (chain->may[i][k] > 0)
                vote(&ballots[i], chain->offers[k - 1].text, weight * odds_of(chain, i, k));
        at_large[i] += weight * stranger_odds(chain, i);
    }
    free(chain);
    return odds;
}
