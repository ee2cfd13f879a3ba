/*
 * dialogue.c - commands as they are on the wire, and what the server answers to them.
 *
 * Replies come in the order of the commands (RFC 2920); a gap, or more commands that wait than are
 * kept, and nothing is said any more that hangs on which answers which.
 */
#define _GNU_SOURCE /* memmem */
#include "evidence_internal.h"

enum {
    X_LEAST = 4,    /* fewer are a word of their own */
    VERB_MOST = 12, /* bytes of the longest verb that is masked, X-LINK2STATE */
    STARTTLS_LEN = 8,
    NOOP_LEN = 4,
    LINE_END = 2,
    BLANKS_LEAST = 2, /* behind NOOP; one is a slip */
    COMMAND_LIMIT = 512,
    RECIPIENTS_LIMIT = 100,
    SENDER_LIMIT = 320,
    HEADER_LIMIT = 998
};

void
ask(struct esi_evidence *evidence, struct asked asked)
{
    if (evidence->asked_len == ASKED_MOST) {
        evidence->asked_len = 0;
        evidence->unsure = evidence->lost = true;
        return;
    }
    evidence->asked[(evidence->asked_at + evidence->asked_len++) % ASKED_MOST] = asked;
}

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

static void
note_cause(struct esi_evidence *evidence, enum cause cause, const struct esi_outcome *turn)
{
    evidence->cause[cause] = (struct place){turn->span.offset, turn->span.offset + turn->span.len,
                                            turn->frame, turn->ts};
}

/* ---- commands ---- */

/* holds_x - a run that would be taken for a command in a reply that quotes it. */
static bool
holds_x(struct esi_slice text)
{
    return text.len > 0 && memmem(text.ptr, text.len, "XXX", X_LEAST - 1);
}

/* is_name - an argument that reads as that of EHLO does: a domain or an address literal. */
static bool
is_name(struct esi_slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = text.ptr[i];
        bool letter = (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
        if (!letter && !(byte >= '0' && byte <= '9') && !memchr("-._[]:", byte, 6))
            return false;
    }
    return text.len > 0;
}

/* show - verb and argument, as they stood in the line. */
static struct esi_slice
show(const struct esi_turn *said, char room[ESI_SEEN_MOST])
{
    size_t n = said->word.len < ESI_SEEN_MOST ? said->word.len : ESI_SEEN_MOST;

    memcpy(room, said->word.ptr, n);
    if (said->argument.len > 0 && n < ESI_SEEN_MOST) {
        room[n++] = ' ';
        struct esi_slice rest = esi_slice_cut(said->argument, 0, ESI_SEEN_MOST - n);
        memcpy(room + n, rest.ptr, rest.len);
        n += rest.len;
    }
    return (struct esi_slice){(const uint8_t *)room, n};
}

/* see_x - a verb of X only. */
static void
see_x(struct esi_evidence *evidence, const struct esi_outcome *turn, bool first)
{
    const struct esi_turn *said = &turn->u.turn;
    char room[ESI_SEEN_MOST];
    struct esi_slice seen = show(said, room);
    bool bare = said->argument.len == 0;
    size_t len = said->word.len;

    found(evidence,
          evidence->data_pending                               ? DETECTOR_COMMAND_X_DATA
          : len < X_LEAST || (bare && len > VERB_MOST)         ? DETECTOR_COMMAND_X_TYPED
          : first && len == X_LEAST && is_name(said->argument) ? DETECTOR_COMMAND_FIRST_X
          : bare && len == STARTTLS_LEN                        ? DETECTOR_COMMAND_TLS_X
                                                               : DETECTOR_COMMAND_X,
          turn, seen);
    if (!bare)
        found(evidence, DETECTOR_COMMAND_X_VERB, turn, seen);
}

/* may_be_text - whether the line may belong to a message: nobody saw where that began. */
static bool
may_be_text(const struct esi_evidence *evidence)
{
    return evidence->adrift || (evidence->data_pending && !evidence->heard);
}

static enum form
form_of(struct esi_evidence *evidence, const struct esi_outcome *turn, bool first)
{
    const struct esi_turn *said = &turn->u.turn;
    size_t len = said->word.len;

    if (may_be_text(evidence) && !first)
        return FORM_CLEAR;
    if (len > 0 && run_of(said->word, 'X') == len) {
        see_x(evidence, turn, first);
        return FORM_X;
    }
    if (len >= X_LEAST && said->argument.len > 0 && run_of(said->word, 'x') == len) {
        char room[ESI_SEEN_MOST];
        found(evidence, DETECTOR_COMMAND_X_LOWER, turn, show(said, room));
        return FORM_X;
    }
    if (said->verb != ESI_VERB_NOOP || said->argument.len > 0 ||
        turn->span.len < NOOP_LEN + BLANKS_LEAST + LINE_END ||
        memcmp(said->word.ptr, "NOOP", NOOP_LEN) != 0)
        return FORM_CLEAR;
    found(evidence, first ? DETECTOR_COMMAND_FIRST_NOOP : DETECTOR_COMMAND_NOOP, turn, said->word);
    return FORM_NOOP;
}

/* address_of - what stands between the first < and the first > behind it. */
static struct esi_slice
address_of(struct esi_slice argument)
{
    const uint8_t *from = argument.len > 0 ? memchr(argument.ptr, '<', argument.len) : NULL;
    if (!from)
        return (struct esi_slice){0};
    size_t at = (size_t)(from - argument.ptr) + 1;
    const uint8_t *to =
        at < argument.len ? memchr(argument.ptr + at, '>', argument.len - at) : NULL;

    return esi_slice_cut(argument, at, to ? (size_t)(to - argument.ptr) - at : argument.len);
}

static void
see_address(struct esi_evidence *evidence, const struct esi_outcome *turn)
{
    const struct esi_turn *said = &turn->u.turn;
    struct esi_slice address = address_of(said->argument);

    if (address.len > 0 && memchr(address.ptr, ' ', address.len) &&
        !memchr(address.ptr, '"', address.len))
        found(evidence, DETECTOR_ADDRESS_BLANK, turn, said->argument);
    if (said->verb == ESI_VERB_MAIL) {
        evidence->recipients = 0;
        if (address.len > SENDER_LIMIT)
            note_cause(evidence, CAUSE_SENDER, turn);
    } else if (++evidence->recipients > RECIPIENTS_LIMIT) {
        note_cause(evidence, CAUSE_RECIPIENTS, turn);
    }
}

/* note_chunk - the bytes behind BDAT (RFC 3030 section 2) are no commands, whatever they look like.
 */
static void
note_chunk(struct esi_evidence *evidence, const struct esi_outcome *turn)
{
    struct esi_slice size = turn->u.turn.argument;
    uint64_t len = 0;

    for (size_t i = 0; i < size.len && size.ptr[i] >= '0' && size.ptr[i] <= '9'; i++)
        len = len > UINT32_MAX ? len : len * 10 + (uint64_t)(size.ptr[i] - '0');
    evidence->chunk_to = turn->span.offset + turn->span.len + len;
}

static struct asked
asked_by(const struct esi_turn *said, enum form form)
{
    size_t len = said->word.len;

    return (struct asked){.verb = (uint8_t)said->verb,
                          .form = (uint8_t)form,
                          .says_x = holds_x(said->argument),
                          .is_private = len > 0 && esi_upper(said->word.ptr[0]) == 'X',
                          .word_len = (uint16_t)(len < UINT16_MAX ? len : UINT16_MAX)};
}

void
see_command(struct esi_evidence *evidence, const struct esi_outcome *turn)
{
    const struct esi_turn *said = &turn->u.turn;
    bool first = !evidence->commanded && !evidence->midstream;

    if (turn->span.offset < evidence->chunk_to)
        return;
    enum form form = form_of(evidence, turn, first);

    evidence->commanded = true;
    evidence->tried_ehlo |= said->verb == ESI_VERB_EHLO;
    if (turn->span.len > COMMAND_LIMIT + LINE_END)
        note_cause(evidence, CAUSE_COMMAND, turn);
    if (said->verb == ESI_VERB_MAIL || said->verb == ESI_VERB_RCPT)
        see_address(evidence, turn);
    if (first && evidence->greeting_starred && said->verb == ESI_VERB_HELO)
        found(evidence, DETECTOR_HELO_FIRST, turn, said->word);
    if (said->verb == ESI_VERB_BDAT)
        note_chunk(evidence, turn);
    evidence->data_pending |= said->verb == ESI_VERB_DATA;
    ask(evidence, asked_by(said, form));
}

/* names_type - whether a value names Content-Type, in either case of its words. */
static bool
names_type(struct esi_slice value)
{
    static const struct esi_slice name = {(const uint8_t *)"Content-Type", 12};

    for (size_t at = 0; at + name.len <= value.len; at++) {
        const uint8_t *dash = memchr(value.ptr + at, '-', value.len - at);
        size_t n = dash ? (size_t)(dash - value.ptr) : value.len;
        if (n < 7 || n + 5 > value.len) {
            at = n;
            continue;
        }
        if (esi_slice_eq_nocase(esi_slice_cut(value, n - 7, name.len), name))
            return true;
        at = n;
    }
    return false;
}

/* see_header - of a message: its Message-ID, and what some releases end the connection for. */
void
see_header(struct esi_evidence *evidence, const struct esi_outcome *turn)
{
    const struct esi_turn *said = &turn->u.turn;
    uint64_t unfolded = said->word.len + 1 + said->argument.len;

    /* A fold takes its line end out of the value; with folds, no line need be that long. */
    if (turn->span.len > HEADER_LIMIT + LINE_END &&
        (said->argument.len >= ESI_SMTP_LINE_KEEP || turn->span.len <= unfolded + 1 + LINE_END))
        note_cause(evidence, CAUSE_HEADER, turn);
    if (esi_slice_eq_nocase(said->word, ESI_LIT("Message-ID"))) {
        uint64_t hash = 1469598103934665603u; /* FNV-1a */
        for (size_t i = 0; i < said->argument.len; i++)
            hash = (hash ^ said->argument.ptr[i]) * 1099511628211u;
        evidence->message = hash ? hash : 1;
    }
    if (said->word.len > 0 && said->word.ptr[0] == 'D' && glob_fits("D*-Signature", said->word) &&
        names_type(said->argument))
        note_cause(evidence, CAUSE_DUPLICATE, turn);
}

/* ---- replies ---- */

/* quoted_x - a run of X that stands alone in a line: the whole line, or between quotes, brackets or
 * blanks. len 0: there is none. */
static struct esi_slice
quoted_x(struct esi_slice line)
{
    static const char borders[] = " \"'`:()<>[]";

    for (size_t at = 0; at < line.len; at++) {
        size_t n = run_of(esi_slice_cut(line, at, line.len), 'X');
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
    struct esi_slice x = asked && asked->says_x ? (struct esi_slice){0} : quoted_x(line);
    bool same = asked && asked->word_len == x.len && (unknown || !passes_everywhere(asked->verb));
    if (x.len > 0 && (!asked || asked->form == FORM_CLEAR) && (same || unknown)) {
        found(evidence,
              !same                              ? DETECTOR_QUOTES_ALONE
              : asked->verb == ESI_VERB_EHLO     ? DETECTOR_QUOTES_EHLO
              : asked->verb == ESI_VERB_STARTTLS ? DETECTOR_QUOTES_TLS
                                                 : DETECTOR_QUOTES_X,
              turn, line);
        return;
    }
    if (!asked || asked->form != FORM_CLEAR)
        return;
    if (asked->verb == ESI_VERB_EHLO && (code == 500 || code == 502))
        see_refused_ehlo(evidence, turn, line);
    if (!unknown)
        return;
    if (asked->verb == ESI_VERB_STARTTLS && evidence->list_tls_likely)
        found(evidence, DETECTOR_TLS_REFUSED, turn, line);
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
    enum esi_verb verb = known ? (enum esi_verb)asked.verb : ESI_VERB_UNKNOWN;
    if (known && asked.form == FORM_DOT)
        evidence->dot_waits = false;
    if (!known || asked.verb == ESI_VERB_DATA)
        evidence->data_pending = false;
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
