/*
 * any_server.c - which keyword a masked line was, where the server is of no known family.
 *
 * Then the order tells nothing: a list is a bag of keywords, each there or not as servers at large
 * have it (the rows ESI_USUAL of families.def). Masked lines of one length share the keywords of
 * that length, each of which is there once; what is no usual keyword is a stranger, at a price.
 */
#include "evidence_internal.h"

enum { USUAL_MOST = 32 };
#define STRANGER .05 /* odds of a keyword that is not usual, of any one length */

static const struct {
    const char *text;
    double percent;
} usual[] = {
#define ESI_USUAL(text, percent) {text, percent},
#include "families.def"
};
_Static_assert(ESI_COUNT(usual) <= USUAL_MOST, "families.def: usual keywords");

/* odds_of - that a server has it, against that it has not. */
static double
odds_of(size_t keyword)
{
    return usual[keyword].percent / (100 - usual[keyword].percent);
}

/* The masked lines of one length, and what each keyword adds if it is one of them. */
struct alike {
    size_t lines;
    double odds[USUAL_MOST];
};

/* is_alike - whether two masked lines are of one length. */
static bool
is_alike(const struct ehlo_reply *reply, size_t a, size_t b)
{
    return reply->lines[a].masked && reply->lines[b].masked &&
           reply->lines[a].text.len == reply->lines[b].text.len;
}

static struct alike
alike_of(const struct ehlo_reply *reply, size_t line)
{
    struct alike alike = {0};

    for (size_t k = 0; k < ESI_COUNT(usual); k++)
        alike.odds[k] = odds_of(k) * keyword_price(reply, line, usual[k].text);
    for (size_t i = 0; i < reply->count; i++)
        alike.lines += is_alike(reply, i, line);
    return alike;
}

/* ways - to give `lines` lines different keywords, or strangers; `without`: a keyword left out.
 * With e[n] the sum over all choices of n keywords, each choice may stand in lines!/(lines-n)!
 * ways. */
static double
ways(const struct alike *alike, size_t lines, size_t without)
{
    double e[USUAL_MOST + 1] = {1}, sum = 0, placed = 1;

    for (size_t k = 0; k < ESI_COUNT(usual); k++)
        for (size_t n = k + 1; k != without && n > 0; n--)
            e[n] += e[n - 1] * alike->odds[k];
    for (size_t n = 0; n <= lines && n <= ESI_COUNT(usual); n++) {
        double strangers = 1;
        for (size_t i = n; i < lines; i++)
            strangers *= STRANGER;
        sum += e[n] * placed * strangers;
        placed *= (double)(lines - n);
    }
    return sum;
}

/* in_the_clear - what a line in the clear adds. */
static double
in_the_clear(const struct ehlo_reply *reply, size_t line)
{
    for (size_t k = 0; k < ESI_COUNT(usual); k++)
        if (keyword_price(reply, line, usual[k].text) > 0)
            return odds_of(k);
    return STRANGER;
}

/* is_first_alike - of a masked line. */
static bool
is_first_alike(const struct ehlo_reply *reply, size_t line)
{
    for (size_t i = 0; i < line; i++)
        if (is_alike(reply, i, line))
            return false;
    return true;
}

static double
odds_of_reply(const struct ehlo_reply *reply)
{
    double odds = 1;

    for (size_t k = 0; k < ESI_COUNT(usual); k++)
        odds *= 1 - usual[k].percent / 100;
    for (size_t i = 0; i < reply->count; i++) {
        odds /= (double)(i + 1); /* any order is as likely */
        if (!reply->lines[i].masked) {
            odds *= in_the_clear(reply, i);
        } else if (is_first_alike(reply, i)) {
            struct alike alike = alike_of(reply, i);
            odds *= ways(&alike, alike.lines, USUAL_MOST);
        }
    }
    return odds;
}

double
poll_any_server(const struct ehlo_reply *reply, double weight, const double *at_large,
                struct ballot *ballots)
{
    double odds = weight * odds_of_reply(reply);

    for (size_t i = 0; i < reply->count; i++) {
        if (!reply->lines[i].masked)
            continue;
        struct alike alike = alike_of(reply, i);
        double share = (odds + at_large[i]) / ways(&alike, alike.lines, USUAL_MOST);
        for (size_t k = 0; k < ESI_COUNT(usual); k++)
            if (alike.odds[k] > 0)
                vote(&ballots[i], usual[k].text,
                     share * alike.odds[k] * ways(&alike, alike.lines - 1, k));
    }
    return odds;
}
