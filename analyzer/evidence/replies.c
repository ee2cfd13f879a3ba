/*
 * replies.c - what the server answers to the client's commands.
 *
 * Replies come in the order of the commands (RFC 2920); a gap, or more commands that wait than are
 * kept, and nothing is said any more that hangs on which answers which.
 */
#include "evidence_internal.h"

#define MORE_LIKELY_THAN_NOT .5

static bool
answered(struct esi_evidence *evidence, struct asked *out)
{
    if (evidence->asked_len == 0)
        return false;
    *out = evidence->asked[evidence->asked_at];
    evidence->asked_at = (uint16_t)((evidence->asked_at + 1) % ASKED_MOST);
    evidence->asked_len--;
    return !evidence->unsure;
}

/* quoted - a run of a byte that stands alone in a line: the whole line, or between quotes, brackets
 * or blanks. len 0: there is none. */
static struct esi_slice
quoted(struct esi_slice line, uint8_t byte)
{
    static const char borders[] = " \"'`:()<>[]";

    for (size_t at = 0; at < line.len; at++) {
        size_t n = run_of(esi_slice_cut(line, at, line.len), byte);
        if (n == 0)
            continue;
        bool before = at > 0 && memchr(borders, line.ptr[at - 1], sizeof borders - 1);
        bool behind = at + n < line.len && memchr(borders, line.ptr[at + n], sizeof borders - 1);
        bool quotes = before && behind && line.ptr[at - 1] != ' ';
        if (before && (behind || at + n == line.len) && n >= (quotes ? X_LEAST - 1u : X_LEAST))
            return esi_slice_cut(line, at, n);
        at += n - 1;
    }
    return (struct esi_slice){0};
}

static void
see_refused_ehlo(struct esi_evidence *evidence, const struct esi_outcome *turn,
                 struct esi_slice line)
{
    if (evidence->eight_stars && glob_fits("*Error: unknown command", line))
        found(evidence, DETECTOR_SMTP_SINK, turn, line);
    else if (evidence->greeting_starred)
        found(evidence, DETECTOR_EHLO_REFUSED_STARS, turn, line);
    else if (evidence->greeting_esmtp)
        found(evidence, DETECTOR_EHLO_REFUSED, turn, line);
}

/* passes_everywhere - a verb that no platform blocks: who quotes X of it hides something himself.
 */
static bool
passes_everywhere(enum esi_verb verb)
{
    return verb == ESI_VERB_HELO || verb == ESI_VERB_MAIL || verb == ESI_VERB_RCPT ||
           verb == ESI_VERB_DATA || verb == ESI_VERB_RSET || verb == ESI_VERB_NOOP ||
           verb == ESI_VERB_QUIT;
}

/* is_as_long - as its verb, or as its whole line, where the server takes that for a command that it
 * does not know; but for AUTH, of which some hide what is secret. */
static bool
is_as_long(const struct asked *asked, size_t len, bool unknown)
{
    if (asked->word_len == len)
        return unknown || !passes_everywhere(asked->verb);
    return unknown && asked->line_len == len && asked->verb != ESI_VERB_AUTH;
}

/* see_quoted - does the line quote X where something else was sent? asked: NULL, it is not known
 * what was. */
static bool
see_quoted(struct esi_evidence *evidence, const struct esi_outcome *turn, const struct asked *asked,
           struct esi_slice line, bool unknown)
{
    if (asked && (asked->says_x || asked->form != FORM_CLEAR))
        return false;
    struct esi_slice x = quoted(line, 'X');
    bool same = asked && is_as_long(asked, x.len, unknown);
    if (x.len == 0 || (!same && !unknown))
        return false;
    found(evidence,
          !same && x.len > VERB_MOST         ? DETECTOR_QUOTES_LONG
          : !same                            ? DETECTOR_QUOTES_ALONE
          : asked->verb == ESI_VERB_EHLO     ? DETECTOR_QUOTES_EHLO
          : asked->verb == ESI_VERB_STARTTLS ? DETECTOR_QUOTES_TLS
                                             : DETECTOR_QUOTES_X,
          turn, line);
    if (same && x.len != asked->word_len)
        found(evidence, DETECTOR_QUOTES_LINE, turn, x);
    return true;
}

/* see_quoted_low - the same of small x, which somebody may have written in place of a name: so only
 * where it is as long as the verb, and that is not there. */
static bool
see_quoted_low(struct esi_evidence *evidence, const struct esi_outcome *turn,
               const struct asked *asked, struct esi_slice line)
{
    if (!asked || asked->says_low_x || asked->form != FORM_CLEAR ||
        asked->verb == ESI_VERB_UNKNOWN || passes_everywhere(asked->verb) ||
        quoted(line, 'x').len != asked->word_len)
        return false;
    const char *verb = esi_verb_name(asked->verb);
    for (size_t at = 0, len = strlen(verb); at + len <= line.len; at++)
        if (esi_slice_eq_nocase(esi_slice_cut(line, at, len), esi_slice_of(verb)))
            return false;
    found(evidence,
          asked->verb == ESI_VERB_EHLO       ? DETECTOR_QUOTES_EHLO_LOWER
          : asked->verb == ESI_VERB_STARTTLS ? DETECTOR_QUOTES_TLS_LOWER
                                             : DETECTOR_QUOTES_LOWER,
          turn, line);
    return true;
}

/* see_refusal - a 500, 501 or 502: does it quote what nobody sent? */
static void
see_refusal(struct esi_evidence *evidence, const struct esi_outcome *turn,
            const struct asked *asked)
{
    struct esi_slice text = turn->u.turn.text, line = text;

    if (!next_line(&text, &line))
        return;
    unsigned code = turn->u.turn.code;
    bool unknown = is_unknown_command(code, line);
    if (see_quoted(evidence, turn, asked, line, unknown) ||
        (unknown && see_quoted_low(evidence, turn, asked, line)) || !asked ||
        asked->form != FORM_CLEAR)
        return;
    if (asked->verb == ESI_VERB_EHLO && (code == 500 || code == 502))
        see_refused_ehlo(evidence, turn, line);
    if (!unknown || asked->verb != ESI_VERB_STARTTLS)
        return;
    if (evidence->tls_odds >= MORE_LIKELY_THAN_NOT)
        found(evidence, DETECTOR_TLS_REFUSED, turn, line);
    else if (was_offered(evidence, KEYWORD_STARTTLS))
        found(evidence, DETECTOR_TLS_UNKNOWN, turn, line);
}

static void
see_success(struct esi_evidence *evidence, const struct esi_outcome *turn,
            const struct asked *asked)
{
    const struct esi_turn *said = &turn->u.turn;
    bool ehlo = asked->verb == ESI_VERB_EHLO;

    if (asked->form != FORM_CLEAR)
        return;
    bool noop = (ehlo || asked->verb == ESI_VERB_UNKNOWN) && said->lines == 1 &&
                is_noop_reply(said->code, said->text);
    if (asked->verb == ESI_VERB_HELO)
        evidence->helo_answered = true;
    if (ehlo && noop)
        found(evidence, DETECTOR_EHLO_AS_NOOP, turn, said->text);
    else if (ehlo)
        see_list(evidence, turn);
    /* Who writes NOOP writes it over EHLO, too: behind a list there is none on the path. */
    if (asked->verb == ESI_VERB_UNKNOWN && noop && asked->word_len >= X_LEAST &&
        !asked->is_private && !evidence->listed)
        found(evidence, DETECTOR_NOOP_ANSWER, turn, said->text);
}

static void
see_symptoms(struct esi_evidence *evidence, const struct esi_outcome *turn)
{
    const struct esi_turn *said = &turn->u.turn;

    if (said->code == 550 && glob_fits("5.7.1 *elay*", said->text))
        found(evidence, DETECTOR_SEEN_RELAY, turn, said->text);
    if (said->code == 554 && glob_fits("5.6.1 *", said->text))
        found(evidence, DETECTOR_SEEN_8BIT, turn, said->text);
}

/* may_be_list - whether several lines of 250 may answer an EHLO that is not in the capture. */
static bool
may_be_list(const struct esi_evidence *evidence)
{
    return !evidence->listed && !evidence->lost &&
           (evidence->unsure || evidence->midstream || !evidence->commanded);
}

void
see_reply(struct esi_evidence *evidence, const struct esi_outcome *turn)
{
    const struct esi_turn *said = &turn->u.turn;
    struct asked asked;

    if (said->code == 0)
        return;
    bool known = answered(evidence, &asked);
    evidence->heard = true;
    evidence->adrift = said->code == 354 && !(known && asked.verb == ESI_VERB_DATA);
    evidence->text_due |= known && asked.verb == ESI_VERB_DATA && said->code != 354;
    enum esi_verb verb = known ? (enum esi_verb)asked.verb : ESI_VERB_UNKNOWN;
    if (!known || asked.form == FORM_DOT)
        evidence->dot_waits = false;
    if (said->code == 235)
        evidence->login = 0;
    if (!known || asked.verb == ESI_VERB_DATA)
        evidence->data_pending = false;
    if (said->code == 354 && evidence->asked_len > 0) {
        evidence->asked_len = 0; /* no commands, but text that did not wait */
        evidence->unsure = true;
    }
    if (said->code >= 500 && said->code <= 502)
        see_refusal(evidence, turn, known ? &asked : NULL);
    else if (said->code == 250 && known)
        see_success(evidence, turn, &asked);
    else if (said->code == 250 && said->lines > 1 && may_be_list(evidence))
        see_list(evidence, turn);
    else if (said->code >= 550)
        see_symptoms(evidence, turn);
    if (said->code != 250 && said->code != 354)
        see_products(evidence, turn, false, verb);
}
