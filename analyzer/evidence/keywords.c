/*
 * keywords.c - which keyword each masked line was.
 *
 * A server offers its keywords in an order of its own, each or not. So the lines of a reply are
 * held against each family's list: those in the clear pin down where in it one is, a masked one may
 * be any keyword of its length that stands between. The odds are those of all ways to lay the lines
 * along the lists, weighed by how usual families and keywords are (families.def): a forward and a
 * backward sum, as for any chain that only moves on. What no list has is a stranger, at a price.
 */
#include <stdlib.h>

#include "evidence_internal.h"

enum {
    OFFERS_MOST = 24,
    AUTH_LEAST = 9, /* AUTH NTLM */
};
#define STRANGER 0.002     /* of a line: that it is no keyword of the family's list */
#define LEAST_ABSENT .01   /* even what all offer may be turned off */
#define SUREST .99         /* no list of families is complete */
#define RARELY_HIDDEN .002 /* by a map that names it */
#define AUTH_HIDDEN .05    /* likewise, AUTH */
#define SURE .8            /* odds from which on a guess is built upon */

struct chain {
    const struct offer *offers;
    size_t offer_count, count;
    const struct list_line *lines;
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

/* same_word - of a line in the clear and a keyword: without what stands behind it. */
static bool
same_word(struct esi_slice line, struct esi_slice offer)
{
    size_t n = 0;

    while (n < offer.len && offer.ptr[n] != ' ' && offer.ptr[n] != '=')
        n++;
    bool equals = n < offer.len && offer.ptr[n] == '=';
    if (line.len < n || !esi_slice_eq_nocase(esi_slice_cut(line, 0, n), esi_slice_cut(offer, 0, n)))
        return false;
    return line.len == n
               ? !equals
               : (line.ptr[n] == '=') == equals && (line.ptr[n] == '=' || line.ptr[n] == ' ');
}

/* price_of - of a line being a keyword; 0: it cannot be. What the default map lets pass is hidden
 * by few, and what stands in the clear in the same reply by nobody (`clear`: bits of enum keyword);
 * AUTH is followed by mechanisms, so its length tells nothing. VRFY and AUTH= are hidden by some
 * releases. */
static double
price_of(const struct list_line *line, const char *text, uint64_t clear)
{
    struct esi_slice offer = esi_slice_of(text);

    if (!line->masked)
        return same_word(line->text, offer);
    if (esi_slice_eq(offer, ESI_LIT("AUTH")))
        return line->text.len >= AUTH_LEAST ? AUTH_HIDDEN : 0;
    if (line->text.len != offer.len)
        return 0;
    enum keyword keyword = keyword_of(offer);
    if (keyword != KEYWORD_COUNT && keyword != KEYWORD_AUTH && ((clear >> keyword) & 1))
        return 0;
    bool hidden_by_some = keyword == KEYWORD_VRFY || keyword == KEYWORD_AUTH;
    return keyword_passes(keyword) && !hidden_by_some ? RARELY_HIDDEN : 1;
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

    if (chain->may[i][k] <= 0)
        return 0;
    for (size_t j = k; j-- > 0;) {
        sum += chain->ahead[i][j] * skipped;
        if (j > 0)
            skipped *= absent(chain, j);
    }
    return sum * present(chain, k) * chain->may[i][k] * chain->back[i + 1][k];
}

/* Odds of one line, by keyword, all families together. */
struct ballot {
    struct esi_keyword_odds votes[64];
    size_t count;
};

/* same_keyword - two texts, up to a blank, or = with it. */
static bool
same_keyword(const char *a, const char *b)
{
    size_t n = strcspn(a, " =");

    return n == strcspn(b, " =") && strncmp(a, b, n) == 0 && (a[n] == '=') == (b[n] == '=');
}

static void
vote(struct ballot *ballot, const char *keyword, double odds)
{
    for (size_t i = 0; i < ballot->count; i++)
        if (same_keyword(ballot->votes[i].keyword, keyword)) {
            ballot->votes[i].odds += odds;
            return;
        }
    if (odds > 0 && ballot->count < ESI_COUNT(ballot->votes))
        ballot->votes[ballot->count++] = (struct esi_keyword_odds){keyword, odds};
}

/* keep_guess - the likeliest few, falling; what is hardly possible is left out. */
static void
keep_guess(struct esi_keyword_guess *made, struct ballot *ballot, double all)
{
    enum { LEAST_PERCENT = 1 };

    for (made->count = 0; made->count < ESI_ODDS_MOST; made->count++) {
        size_t best = 0;
        for (size_t i = 1; i < ballot->count; i++)
            if (ballot->votes[i].odds > ballot->votes[best].odds)
                best = i;
        if (ballot->count == 0 || ballot->votes[best].odds * 100 < all * LEAST_PERCENT)
            return;
        made->odds[made->count] = ballot->votes[best];
        made->odds[made->count].odds *= SUREST / all;
        ballot->votes[best].odds = 0;
    }
}

/* build_upon - a guess that is sure enough tells of habits, and of what the mail goes without. */
static void
build_upon(struct esi_evidence *evidence, const struct esi_keyword_guess *made,
           const struct esi_outcome *turn)
{
    if (made->count == 0 || made->odds[0].odds < SURE)
        return;
    const char *keyword = made->odds[0].keyword;
    findings_of(evidence)->effects |=
        keyword_effects(esi_slice_of(keyword)) &
        ~(strchr(keyword, '=') ? keyword_effects(ESI_LIT("AUTH")) : 0);
    if (strcmp(keyword, "STARTTLS") == 0) {
        evidence->list_tls_likely = true;
        found(evidence, DETECTOR_TLS_HIDDEN, turn, made->seen);
    }
    if (strcmp(keyword, "VRFY") == 0)
        found(evidence, DETECTOR_VRFY_HIDDEN, turn, made->seen);
    if (strncmp(keyword, "AUTH=", 5) == 0)
        found(evidence, DETECTOR_AUTH_EQUALS_HIDDEN, turn, made->seen);
}

static double
lay(struct chain *chain, enum server server, const struct list_line *lines, size_t count,
    uint64_t clear)
{
    memset(chain, 0, sizeof *chain);
    chain->offers = offers_of(server, &chain->offer_count);
    chain->lines = lines;
    chain->count = count;
    if (chain->offer_count > OFFERS_MOST)
        esi_panic("families.def: %zu keywords of a family", chain->offer_count);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 1; j <= chain->offer_count; j++)
            chain->may[i][j] = price_of(&lines[i], chain->offers[j - 1].text, clear);
    sum_ahead(chain);
    sum_back(chain);
    return chain->back[0][0];
}

static double
prior(const struct esi_evidence *evidence, enum server server, struct esi_slice hello)
{
    enum { GREETING_TELLS = 40, LENGTH_TELLS = 2 }; /* estimated */
    double weight = server_weight(server, hello);

    if (evidence->server == server)
        weight *= GREETING_TELLS;
    return (evidence->server_bits >> server) & 1 ? weight * LENGTH_TELLS : weight;
}

/* The votes of all families on the masked lines. */
struct count {
    struct ballot *ballots; /* by line */
    double all, best;
    enum server likeliest;
};

static void
poll(struct count *count, const struct esi_evidence *evidence, struct esi_slice hello,
     const struct list_line *lines, size_t line_count, uint64_t clear)
{
    struct chain *chain = esi_alloc(sizeof *chain);

    for (int s = 0; s < SERVER_COUNT; s++) {
        double weight = prior(evidence, (enum server)s, hello);
        double odds = weight * lay(chain, (enum server)s, lines, line_count, clear);
        count->all += odds;
        count->likeliest = odds > count->best ? (enum server)s : count->likeliest;
        count->best = odds > count->best ? odds : count->best;
        for (size_t i = 0; i < line_count; i++)
            for (size_t k = 1; lines[i].masked && k <= chain->offer_count; k++)
                vote(&count->ballots[i], chain->offers[k - 1].text, weight * odds_of(chain, i, k));
    }
    free(chain);
}

/* guess - one line; the guess is kept. */
static void
guess(struct esi_evidence *evidence, const struct esi_outcome *turn, const struct list_line *line,
      struct ballot *ballot, double all)
{
    struct findings *findings = evidence->findings;

    if (findings->keyword_count == ESI_GUESSES_MOST) {
        findings->keywords_left++;
        return;
    }
    struct esi_keyword_guess *made = &findings->keywords[findings->keyword_count++];
    *made = (struct esi_keyword_guess){
        .seen = esi_arena_copy(&findings->arena, esi_slice_cut(line->text, 0, ESI_SEEN_MOST)),
        .len = line->text.len};
    keep_guess(made, ballot, all);
    build_upon(evidence, made, turn);
}

void
guess_keywords(struct esi_evidence *evidence, const struct esi_outcome *turn,
               struct esi_slice hello, const struct list_line *lines, size_t count, uint64_t clear)
{
    struct findings *findings = findings_of(evidence);
    struct count polled = {.ballots = esi_alloc(count * sizeof *polled.ballots),
                           .likeliest = SERVER_COUNT};
    bool any_clear = false;

    poll(&polled, evidence, hello, lines, count, clear);
    for (size_t i = 0; i < count; i++)
        any_clear |= !lines[i].masked;
    if (any_clear && polled.best >= SURE * polled.all)
        evidence->likely_server = polled.likeliest;
    findings->keywords =
        esi_arena_alloc(&findings->arena, ESI_GUESSES_MOST * sizeof *findings->keywords);
    for (size_t i = 0; i < count; i++)
        if (lines[i].masked)
            guess(evidence, turn, &lines[i], &polled.ballots[i], polled.all);
    free(polled.ballots);
}
