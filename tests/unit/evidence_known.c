/*
 * evidence_known.c - what came before, word for word, comes to the same again; and what differs in
 * its midst alone, so that it has the other's place, does not.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "esi/evidence.h"

static const struct row {
    const char *greeting, *list;
    enum esi_touched touched;
    const char *server;      /* "": none */
    const char *keywords[3]; /* offered */
} rows[] = {
    {"mx.example.com ESMTP Postfix (Debian)",
     "mx.example.com\nSIZE 1000\nPIPELINING\n8BITMIME",
     ESI_TOUCHED_NO,
     "Postfix",
     {"SIZE", "PIPELINING", "8BITMIME"}},
    {"mx.example.com ESMTP Pastfix (Debian)",
     "mx.example.com\nSIZE 1000\nVERBVERBVE\n8BITMIME",
     ESI_TOUCHED_NO,
     "",
     {"SIZE", "8BITMIME", NULL}},
    {"mx.example.com ESMTP SonicWALL (5.0)",
     "mx.example.com\nSIZE 1000\nXXXXXXXXXA\n8BITMIME",
     ESI_TOUCHED_YES,
     "",
     {"SIZE", "8BITMIME", NULL}},
    {"mx.example.com XSMTP SonicWALL (5.0)", "mx.example.com", ESI_TOUCHED_NO, "", {NULL}},
};

static void
say(struct esi_evidence *evidence, enum esi_dir dir, struct esi_turn turn)
{
    struct esi_outcome said = {.dir = dir, .span = {0, 40}, .frame = 1};

    said.u.turn = turn;
    esi_evidence_see(evidence, &said);
}

static uint64_t
bits_of(const struct row *row)
{
    uint64_t bits = 0;

    for (unsigned bit = 0; esi_evidence_keyword(bit); bit++)
        for (size_t i = 0; i < ESI_COUNT(row->keywords) && row->keywords[i]; i++)
            if (strcmp(row->keywords[i], esi_evidence_keyword(bit)) == 0)
                bits |= (uint64_t)1 << bit;
    return bits;
}

static void
check(const struct row *row, int round)
{
    struct esi_evidence *evidence = esi_evidence_new(false);

    say(evidence, ESI_TO_CLIENT,
        (struct esi_turn){.what = ESI_TURN_GREETING,
                          .code = 220,
                          .lines = 1,
                          .text = esi_slice_of(row->greeting)});
    say(evidence, ESI_TO_SERVER,
        (struct esi_turn){.what = ESI_TURN_COMMAND,
                          .verb = ESI_VERB_EHLO,
                          .word = ESI_LIT("EHLO"),
                          .argument = ESI_LIT("client.example.org")});
    say(evidence, ESI_TO_CLIENT,
        (struct esi_turn){
            .what = ESI_TURN_REPLY, .code = 250, .lines = 4, .text = esi_slice_of(row->list)});
    esi_evidence_ending(evidence, NULL);
    const struct esi_evidence_result *result = esi_evidence_result(evidence);
    cr_expect_eq(result->touched, row->touched, "%s, round %d: %s", row->greeting, round,
                 esi_touched_name(result->touched));
    cr_expect_str_eq(result->server ? result->server : "", row->server, "%s, round %d",
                     row->greeting, round);
    cr_expect_eq(result->offered, bits_of(row), "%s, round %d: keywords", row->greeting, round);
    esi_evidence_free(evidence);
}

Test(evidence, texts_that_came_before)
{
    for (int round = 0; round < 6; round++)
        for (size_t i = 0; i < ESI_COUNT(rows); i++) {
            check(&rows[i], round);
            if (round >= 3) /* at once again */
                check(&rows[i], round);
        }
}
