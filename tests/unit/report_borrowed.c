/*
 * report_borrowed.c - what an outcome points to is lent for the call: a sink that wants it later
 * keeps a copy. So each is told twice, once out of memory that goes at once.
 */
#define _DEFAULT_SOURCE /* open_memstream */

#include <criterion/criterion.h>

#include "unit/report_records.h"

enum { LENT_MOST = 8 };

/* What is given back behind the call. */
struct lent {
    uint8_t *rooms[LENT_MOST];
    size_t lens[LENT_MOST], count;
};

static void
lend(struct lent *lent, struct esi_slice *slice)
{
    uint8_t *room = esi_alloc(slice->len + 1);

    if (slice->len > 0)
        memcpy(room, slice->ptr, slice->len);
    slice->ptr = room;
    lent->rooms[lent->count] = room;
    lent->lens[lent->count++] = slice->len;
}

static void
give_back(struct lent *lent)
{
    for (size_t i = 0; i < lent->count; i++) {
        memset(lent->rooms[i], '?', lent->lens[i]);
        free(lent->rooms[i]);
    }
}

static void
put_lent(struct written *written, const struct esi_session_info *session,
         const struct esi_outcome *outcome)
{
    struct esi_outcome copy = *outcome;
    struct lent lent = {.count = 0};

    if (copy.kind == ESI_OUTCOME_TURN) {
        lend(&lent, &copy.u.turn.word);
        lend(&lent, &copy.u.turn.argument);
        lend(&lent, &copy.u.turn.text);
    } else {
        lend(&lent, &copy.u.verdict.before);
        lend(&lent, &copy.u.verdict.logged);
    }
    put_outcome(written, session, &copy);
    give_back(&lent);
}

static char *
write_session(const char *sink, bool lent)
{
    struct esi_session_info session = make_session(1);
    struct esi_session_result result = {.outcome = ESI_SESSION_ALTERED,
                                        .counts = {.ehlo_keywords_masked = 1, .anomalies = 1}};
    struct esi_outcome outcomes[] = {
        make_reply(220, "mail.example.com ESMTP", 1, 0, 2),
        make_verdict(ESI_ACTION_MASK, ESI_WHAT_GREETING, ESI_TO_CLIENT, 4,
                     "mail.example.com ESMTP"),
        make_command(ESI_VERB_EHLO, "EHLO", "there", 0, 6),
        make_reply(250, "me\nSTARTTLS\nHELP", 3, 28, 8),
        make_verdict(ESI_ACTION_MASK, ESI_WHAT_EHLO_KEYWORD, ESI_TO_CLIENT, 38, "STARTTLS"),
        make_command(ESI_VERB_MAIL, "MAIL", "FROM:<a|b@example.org> SIZE=7", 12, 9),
        make_verdict(ESI_ACTION_REPLACE, ESI_WHAT_ADDRESS, ESI_TO_SERVER, 24, "|"),
        make_verdict(ESI_ACTION_ANOMALY, ESI_WHAT_SIZE, ESI_TO_SERVER, 40, "SIZE=7"),
    };
    struct written written;

    outcomes[6].u.verdict.log = true;
    outcomes[6].u.verdict.logged = ESI_LIT("FROM:<a b@example.org> SIZE=7");
    outcomes[7].u.verdict.logged = ESI_LIT("declared size is: 7, actual size is 9");
    open_sink(&written, sink, (struct esi_sink_options){0});
    for (size_t i = 0; i < ESI_COUNT(outcomes); i++)
        (lent ? put_lent : put_outcome)(&written, &session, &outcomes[i]);
    put_session(&written, &session, &result);
    return close_sink(&written);
}

Test(report_borrowed, outcomes)
{
    for (const struct esi_sink_def *def = esi_sinks; def->name; def++) {
        char *kept = write_session(def->name, false), *lent = write_session(def->name, true);
        cr_expect_str_eq(lent, kept, "-o %s: got\n%s\nnot\n%s", def->name, lent, kept);
        free(kept);
        free(lent);
    }
}
