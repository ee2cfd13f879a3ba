/*
 * keywords.c - which keyword each masked line was.
 *
 * Every family of servers has a say (family_order.c), weighed by what the greeting and the first
 * line of the reply tell of it, and so have servers of no known family (any_server.c). What it came
 * to is remembered by the reply's text: a server offers the same each time.
 */
#include <stdlib.h>

#include "evidence_internal.h"

enum { NAMES_LEAST = 5 /* lines of a list that name a family by their order alone */ };
#define SUREST .99         /* no list of families is complete */
#define SUREST_OF_FEW .79  /* likewise, of a few lines: not enough to build upon */
#define RARELY_HIDDEN .002 /* by a map that names it */
#define AUTH_HIDDEN .05    /* likewise, AUTH */
#define SURE .8            /* odds from which on a guess is built upon */
#define WORTH_A_WORD .1    /* of a line being STARTTLS */
#define ANY_SERVER 120     /* the weight of all servers of no known family; estimated */

/* ---- prices ---- */

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

/* Keywords that values follow, so that the length tells little. */
static const struct {
    struct esi_slice word;
    size_t least, most;
    double price;
} open_ended[] = {
    {{(const uint8_t *)"AUTH", 4}, 9, SIZE_MAX, AUTH_HIDDEN}, /* AUTH NTLM */
    {{(const uint8_t *)"LIMITS", 6}, 16, SIZE_MAX, 1},        /* LIMITS RCPTMAX=1; RFC 9422 */
    {{(const uint8_t *)"XLOOP", 5}, 38, 38, 1},               /* and 32 digits */
};

/* is_clear - whether some line of the reply shows the keyword, AUTH= being another than AUTH. */
static bool
is_clear(const struct ehlo_reply *reply, struct esi_slice offer)
{
    for (size_t i = 0; i < reply->count; i++)
        if (!reply->lines[i].masked && same_word(reply->lines[i].text, offer))
            return true;
    return false;
}

/* What the default map lets pass is hidden by few, and what stands in the clear in the same reply
 * by nobody (`clear`: bits of enum keyword). VRFY and AUTH= are hidden by some releases. */
double
keyword_price(const struct ehlo_reply *reply, size_t number, const char *text)
{
    const struct list_line *line = &reply->lines[number];
    struct esi_slice offer = esi_slice_of(text);

    if (!line->masked)
        return same_word(line->text, offer);
    for (size_t i = 0; i < ESI_COUNT(open_ended); i++)
        if (esi_slice_eq(offer, open_ended[i].word))
            return line->text.len >= open_ended[i].least && line->text.len <= open_ended[i].most &&
                           !is_clear(reply, offer)
                       ? open_ended[i].price
                       : 0;
    if (line->text.len != offer.len)
        return 0;
    enum keyword keyword = keyword_of(offer);
    if (keyword != KEYWORD_COUNT && keyword != KEYWORD_AUTH && ((reply->clear >> keyword) & 1))
        return 0;
    bool hidden_by_some = keyword == KEYWORD_VRFY || keyword == KEYWORD_AUTH;
    return keyword_passes(keyword) && !hidden_by_some ? RARELY_HIDDEN : 1;
}

/* ---- votes ---- */

/* word_of - how long a keyword is: up to a blank, or = with it. */
static size_t
word_of(const char *text)
{
    size_t n = strcspn(text, " =");

    return n + (text[n] == '=');
}

void
vote(struct ballot *ballot, const char *keyword, double odds)
{
    size_t len = word_of(keyword);

    for (size_t i = 0; i < ballot->count; i++)
        if (ballot->word[i] == len && memcmp(ballot->votes[i].keyword, keyword, len) == 0) {
            ballot->votes[i].odds += odds;
            return;
        }
    if (odds <= 0 || ballot->count == ESI_COUNT(ballot->votes))
        return;
    ballot->word[ballot->count] = len;
    ballot->votes[ballot->count++] = (struct esi_keyword_odds){keyword, odds};
}

/* What a reply comes to. It hangs on its lines, and on what else is known of the server. */
struct guess {
    struct esi_keyword_odds odds[ESI_ODDS_MOST]; /* falling */
    uint8_t count;
};
struct estimate {
    struct known known; /* the lines, but the first */
    uint64_t hellos;
    uint32_t server_bits;
    enum server server, likeliest; /* likeliest: SERVER_COUNT if none stands out */
    struct guess guesses[LIST_MOST];
};

/* keep_likeliest - the likeliest few; what is hardly possible is left out. */
static void
keep_likeliest(struct guess *guess, struct ballot *ballot, double all)
{
    enum { LEAST_PERCENT = 1 };

    for (guess->count = 0; guess->count < ESI_ODDS_MOST; guess->count++) {
        size_t best = 0;
        for (size_t i = 1; i < ballot->count; i++)
            if (ballot->votes[i].odds > ballot->votes[best].odds)
                best = i;
        if (ballot->count == 0 || ballot->votes[best].odds * 100 < all * LEAST_PERCENT)
            return;
        guess->odds[guess->count] = ballot->votes[best];
        guess->odds[guess->count].odds /= all;
        ballot->votes[best].odds = 0;
    }
}

static double
prior(const struct estimate *estimate, enum server server)
{
    enum { GREETING_TELLS = 40, LENGTH_TELLS = 2 }; /* estimated */
    double weight = server_weight(server, (estimate->hellos >> server) & 1);

    if (estimate->server == server)
        weight *= GREETING_TELLS;
    return (estimate->server_bits >> server) & 1 ? weight * LENGTH_TELLS : weight;
}

/* says_hello - whether the first line is one that only this family has. */
static bool
says_hello(const struct estimate *estimate, enum server server)
{
    return has_hello(server) && ((estimate->hellos >> server) & 1);
}

/* tells_enough - whether there is more to go by than a few lines that many servers have. */
static bool
tells_enough(const struct estimate *estimate, const struct ehlo_reply *reply)
{
    return reply->count >= NAMES_LEAST || estimate->server != SERVER_COUNT ||
           (estimate->likeliest != SERVER_COUNT && says_hello(estimate, estimate->likeliest));
}

/* stands_out - whether the likeliest family may be named: nothing may speak against it. */
static bool
stands_out(const struct estimate *estimate, const struct ehlo_reply *reply)
{
    bool any_clear = false;

    for (size_t i = 0; i < reply->count; i++)
        any_clear |= !reply->lines[i].masked;
    return any_clear && tells_enough(estimate, reply) &&
           (!has_hello(estimate->likeliest) || says_hello(estimate, estimate->likeliest));
}

static void
poll(struct estimate *estimate, const struct ehlo_reply *reply)
{
    struct ballot *ballots = esi_alloc(reply->count * sizeof *ballots);
    double at_large[LIST_MOST] = {0}, all = 0, best = 0;

    for (int s = 0; s < SERVER_COUNT; s++) {
        double odds =
            poll_family(reply, (enum server)s, prior(estimate, (enum server)s), ballots, at_large);
        all += odds;
        if (odds > best) {
            best = odds;
            estimate->likeliest = (enum server)s;
        }
    }
    all += poll_any_server(reply, ANY_SERVER, at_large, ballots);
    double surest = tells_enough(estimate, reply) ? SUREST : SUREST_OF_FEW;
    if (best < SURE * all || !stands_out(estimate, reply))
        estimate->likeliest = SERVER_COUNT;
    for (size_t i = 0; i < reply->count; i++)
        keep_likeliest(&estimate->guesses[i], &ballots[i], all / surest);
    free(ballots);
}

/* estimate_of - that of the last such reply, if there was one. */
static const struct estimate *
estimate_of(const struct esi_evidence *evidence, const struct ehlo_reply *reply)
{
    static _Thread_local struct estimate before[KNOWN_PLACES];
    struct estimate *here = &before[known_place(reply->text)];
    uint64_t hellos = hellos_fit(reply->hello);

    if (is_known(&here->known, reply->text) && here->hellos == hellos &&
        here->server == evidence->server && here->server_bits == evidence->server_bits)
        return here;
    make_known(&here->known, reply->text);
    here->hellos = hellos;
    here->server = evidence->server;
    here->server_bits = evidence->server_bits;
    here->likeliest = SERVER_COUNT;
    poll(here, reply);
    return here;
}

/* ---- what is made of them ---- */

/* build_upon - a guess that is sure enough tells of habits, and of what the mail goes without. */
static void
build_upon(struct esi_evidence *evidence, const struct esi_keyword_guess *made,
           const struct esi_outcome *turn)
{
    for (size_t i = 0; i < made->count; i++)
        if (strcmp(made->odds[i].keyword, "STARTTLS") == 0 &&
            made->odds[i].odds > evidence->tls_odds)
            evidence->tls_odds = made->odds[i].odds;
    if (made->count == 0 || made->odds[0].odds < SURE)
        return;
    const char *keyword = made->odds[0].keyword;
    findings_of(evidence)->effects |=
        keyword_effects(esi_slice_of(keyword)) &
        ~(strchr(keyword, '=') ? keyword_effects(ESI_LIT("AUTH")) : 0);
    if (strcmp(keyword, "STARTTLS") == 0)
        found(evidence, DETECTOR_TLS_HIDDEN, turn, made->seen);
    if (strcmp(keyword, "VRFY") == 0)
        found(evidence, DETECTOR_VRFY_HIDDEN, turn, made->seen);
    if (strncmp(keyword, "AUTH=", 5) == 0)
        found(evidence, DETECTOR_AUTH_EQUALS_HIDDEN, turn, made->seen);
}

/* tell - a guess, which is kept. */
static void
tell(struct esi_evidence *evidence, const struct esi_outcome *turn, const struct list_line *line,
     const struct guess *guess)
{
    struct findings *findings = evidence->findings;

    if (findings->keyword_count == ESI_GUESSES_MOST) {
        findings->keywords_left++;
        return;
    }
    struct esi_keyword_guess *made = &findings->keywords[findings->keyword_count++];
    *made = (struct esi_keyword_guess){
        .seen = esi_arena_copy(&findings->arena, esi_slice_cut(line->text, 0, ESI_SEEN_MOST)),
        .len = line->text.len,
        .count = guess->count};
    memcpy(made->odds, guess->odds, guess->count * sizeof *guess->odds);
    build_upon(evidence, made, turn);
}

void
guess_keywords(struct esi_evidence *evidence, const struct esi_outcome *turn,
               const struct ehlo_reply *reply)
{
    struct findings *findings = findings_of(evidence);
    const struct estimate *estimate = estimate_of(evidence, reply);

    if (estimate->likeliest != SERVER_COUNT)
        evidence->likely_server = estimate->likeliest;
    findings->keywords =
        esi_arena_alloc(&findings->arena, ESI_GUESSES_MOST * sizeof *findings->keywords);
    for (size_t i = 0; i < reply->count; i++)
        if (reply->lines[i].masked)
            tell(evidence, turn, &reply->lines[i], &estimate->guesses[i]);
    if (evidence->tls_odds >= WORTH_A_WORD)
        findings->effects |= EFFECT(TLS_MAYBE);
}
