/*
 * evidence_families.c - the rows of families.def: each keyword that a family offers is told when it
 * is masked, each answer to an unknown command and to NOOP is known as that.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "esi/evidence.h"

static const struct {
    const char *id, *name, *greeting, *hello;
} servers[] = {
#define ESI_SERVER(id, name, weight, greeting, hello) {#id, name, greeting, hello},
#include "evidence/families.def"
};

static const struct {
    const char *server, *text;
    unsigned percent;
} offers[] = {
#define ESI_OFFERS(server, text, percent) {#server, text, percent},
#include "evidence/families.def"
};

static const struct {
    const char *word;
    bool passes;
} keywords[] = {
#define ESI_KEYWORD_LINE(id, word, passes, effect) {word, passes},
#include "evidence/families.def"
};

/* is_passed - whether the default map leaves it. */
static bool
is_passed(const char *text)
{
    size_t len = strcspn(text, " =");

    for (size_t k = 0; k < ESI_COUNT(keywords); k++)
        if (strlen(keywords[k].word) == len && strncmp(keywords[k].word, text, len) == 0)
            return keywords[k].passes;
    return false;
}

/* of_pattern - a text that fits it. */
static void
of_pattern(struct esi_buf *out, const char *pattern)
{
    for (; *pattern; pattern++)
        esi_buf_byte(out, (uint8_t)(*pattern == '*' ? 'y' : *pattern == '%' ? 'a' : *pattern));
}

static void
say(struct esi_evidence *evidence, enum esi_dir dir, struct esi_turn turn)
{
    struct esi_outcome said = {.dir = dir, .span = {0, turn.text.len + 6}};

    said.u.turn = turn;
    esi_evidence_see(evidence, &said);
}

static void
greet(struct esi_evidence *evidence, const char *pattern)
{
    struct esi_buf text = {0};

    of_pattern(&text, pattern[0] ? pattern : "mail.example.com ESMTP");
    say(evidence, ESI_TO_CLIENT,
        (struct esi_turn){
            .what = ESI_TURN_GREETING, .code = 220, .text = esi_buf_slice(&text), .lines = 1});
    esi_buf_free(&text);
}

static void
ehlo(struct esi_evidence *evidence, unsigned code, struct esi_slice reply, uint64_t lines)
{
    say(evidence, ESI_TO_SERVER,
        (struct esi_turn){.what = ESI_TURN_COMMAND,
                          .verb = ESI_VERB_EHLO,
                          .word = ESI_LIT("EHLO"),
                          .argument = ESI_LIT("client.example.org")});
    say(evidence, ESI_TO_CLIENT,
        (struct esi_turn){.what = ESI_TURN_REPLY, .code = code, .text = reply, .lines = lines});
}

/* ---- keywords ---- */

enum { OFTEN = 50, LINES_MOST = 32 };

/* A server's reply, as masked by a default map, and what was masked in it. */
struct masked {
    struct esi_buf text;
    const char *hidden[LINES_MOST];
    size_t lines, hidden_count;
};

/* whole_line - with the values that follow some keywords. */
static const char *
whole_line(const char *text)
{
    return strcmp(text, "LIMITS") == 0  ? "LIMITS MAILMAX=1000 RCPTMAX=50000"
           : strcmp(text, "XLOOP") == 0 ? "XLOOP 0123456789ABCDEF0123456789ABCDEF"
                                        : text;
}

static void
add_line(struct masked *out, const char *text)
{
    size_t len = strlen(whole_line(text));

    esi_buf_byte(&out->text, '\n');
    out->lines++;
    if (is_passed(text)) {
        esi_buf_text(&out->text, text);
        return;
    }
    for (size_t i = 1; i < len; i++)
        esi_buf_byte(&out->text, 'X');
    esi_buf_byte(&out->text, (uint8_t)('A' + out->hidden_count));
    out->hidden[out->hidden_count++] = text;
}

/* mask_list - what most servers of the family offer, and the row at hand. */
static void
mask_list(struct masked *out, size_t server, size_t row)
{
    *out = (struct masked){.lines = 1};
    of_pattern(&out->text, servers[server].hello[0] ? servers[server].hello : "mail.example.com");
    for (size_t o = 0; o < ESI_COUNT(offers); o++)
        if (strcmp(offers[o].server, servers[server].id) == 0 &&
            (o == row || offers[o].percent >= OFTEN))
            add_line(out, offers[o].text);
}

/* place_of - of the keyword among the guesses for a line, 0 the likeliest; ESI_ODDS_MOST: none. */
static size_t
place_of(const struct esi_keyword_guess *guess, const char *hidden)
{
    size_t len = strcspn(hidden, " ="), place = 0;

    while (place < guess->count && (strcspn(guess->odds[place].keyword, " =") != len ||
                                    strncmp(guess->odds[place].keyword, hidden, len) != 0))
        place++;
    return place < guess->count ? place : ESI_ODDS_MOST;
}

/* check_row - what most offer is the likeliest; what few do, beside others of its length, is at
 * least named. */
static void
check_row(size_t server, size_t row)
{
    struct masked masked;
    struct esi_evidence *evidence = esi_evidence_new(false);
    bool often = offers[row].percent >= OFTEN;

    mask_list(&masked, server, row);
    greet(evidence, servers[server].greeting);
    ehlo(evidence, 250, esi_buf_slice(&masked.text), masked.lines);
    esi_evidence_ending(evidence, NULL);
    const struct esi_evidence_result *result = esi_evidence_result(evidence);
    bool enough =
        masked.hidden_count > 1 || (masked.hidden_count == 1 && strlen(masked.hidden[0]) >= 4);
    cr_assert_eq(result->keyword_count, enough ? masked.hidden_count : 0, "%s, %s",
                 servers[server].name, offers[row].text);
    for (size_t i = 0; i < result->keyword_count; i++) {
        size_t place = place_of(&result->keywords[i], masked.hidden[i]);
        cr_expect(often ? place == 0
                  : place<ESI_ODDS_MOST, "%s with %s: %s is taken for %s", servers[server].name,
                          offers[row].text, masked.hidden[i], result->keywords[i].count> 0
                      ? result->keywords[i].odds[0].keyword
                      : "nothing");
    }
    esi_evidence_free(evidence);
    esi_buf_free(&masked.text);
}

Test(evidence, masked_keywords_are_told)
{
    for (size_t o = 0; o < ESI_COUNT(offers); o++)
        for (size_t s = 0; s < ESI_COUNT(servers); s++)
            if (strcmp(offers[o].server, servers[s].id) == 0)
                check_row(s, o);
}

Test(evidence, keywords_in_the_clear_are_noted)
{
    for (unsigned k = 0; k < ESI_COUNT(keywords); k++) {
        struct esi_evidence *evidence = esi_evidence_new(false);
        char text[64];
        int len = snprintf(text, sizeof text, "mail.example.com\n%s", keywords[k].word);
        cr_expect_str_eq(esi_evidence_keyword(k), keywords[k].word);
        greet(evidence, "");
        ehlo(evidence, 250, (struct esi_slice){(const uint8_t *)text, (size_t)len}, 2);
        esi_evidence_ending(evidence, NULL);
        cr_expect_eq(esi_evidence_result(evidence)->offered, (uint64_t)1 << k, "%s", text);
        cr_expect_eq(esi_evidence_result(evidence)->touched, ESI_TOUCHED_NO, "%s", text);
        esi_evidence_free(evidence);
    }
}

/* ---- answers ---- */

static const struct {
    unsigned code;
    const char *pattern, *detector;
} answers[] = {
#define ESI_UNKNOWN_COMMAND(server, code, pattern) {code, pattern, "ehlo-refused"},
#define ESI_NOOP_REPLY(code, pattern) {code, pattern, "ehlo-answered-as-noop"},
#include "evidence/families.def"
};

Test(evidence, answers_are_known)
{
    for (size_t a = 0; a < ESI_COUNT(answers); a++) {
        struct esi_evidence *evidence = esi_evidence_new(false);
        struct esi_buf text = {0};
        bool known = false;
        of_pattern(&text, answers[a].pattern);
        greet(evidence, "");
        ehlo(evidence, answers[a].code, esi_buf_slice(&text), 1);
        esi_evidence_ending(evidence, NULL);
        const struct esi_evidence_result *result = esi_evidence_result(evidence);
        for (size_t i = 0; i < result->ground_count; i++)
            known |= strcmp(result->grounds[i].detector->id, answers[a].detector) == 0;
        cr_expect(known, "%u %s", answers[a].code, answers[a].pattern);
        esi_evidence_free(evidence);
        esi_buf_free(&text);
    }
}
