/*
 * commands.c - what the client says: commands as they are on the wire, and what in its messages
 * some releases end a connection for.
 */
#include "evidence_internal.h"

enum {
    STARTTLS_LEN = 8,
    NOOP_LEN = 4,
    LINE_END = 2,
    BLANKS_LEAST = 3, /* behind NOOP; fewer are a slip, or over an argument of one byte */
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

static void
note_cause(struct esi_evidence *evidence, enum cause cause, const struct esi_outcome *turn)
{
    evidence->cause[cause] = (struct place){turn->span.offset, turn->span.offset + turn->span.len,
                                            turn->frame, turn->ts};
}

enum { RUN_X = 1, RUN_LOW_X = 2 };

/* runs_in - of X or x, which would be taken for a command in a reply that quotes them. */
static unsigned
runs_in(struct esi_slice text)
{
    unsigned runs = 0;

    for (size_t at = 0; at + X_LEAST - 1 <= text.len; at++) {
        uint8_t byte = text.ptr[at];
        if (byte != 'X' && byte != 'x')
            continue;
        size_t n = run_of(esi_slice_cut(text, at, text.len), byte);
        if (n >= X_LEAST - 1)
            runs |= byte == 'X' ? RUN_X : RUN_LOW_X;
        at += n - 1;
    }
    return runs;
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

/* see_early - a line behind DATA, before its reply: of X only, or text. A client that does not wait
 * for the 354 may have a line of X in its message; who masks, masks all that are no command. */
static void
see_early(struct esi_evidence *evidence, const struct esi_outcome *turn, bool of_x)
{
    const struct esi_turn *said = &turn->u.turn;
    char room[ESI_SEEN_MOST];

    if (of_x && evidence->early_x && !evidence->early_text)
        found(evidence, DETECTOR_COMMAND_X_DATA, turn, show(said, room));
    evidence->early_x |= of_x;
    evidence->early_text |= !of_x && said->verb == ESI_VERB_UNKNOWN && said->word.len > 0;
}

/* has_no_tls - whether the server was seen to offer all but STARTTLS. */
static bool
has_no_tls(const struct esi_evidence *evidence)
{
    return evidence->listed && !evidence->list_masked && !was_offered(evidence, KEYWORD_STARTTLS);
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

    if (first && bare)
        evidence->first_x = len;
    found(evidence,
          len < X_LEAST || (bare && len > VERB_MOST)           ? DETECTOR_COMMAND_X_TYPED
          : first && len == X_LEAST && is_name(said->argument) ? DETECTOR_COMMAND_FIRST_X
          : bare && len == STARTTLS_LEN && !first && !has_no_tls(evidence) ? DETECTOR_COMMAND_TLS_X
                                                                           : DETECTOR_COMMAND_X,
          turn, seen);
    if (!bare)
        found(evidence, DETECTOR_COMMAND_X_VERB, turn, seen);
}

/* may_be_text - whether the line may belong to a message, of which nobody saw where it began or
 * ends, or to a login. */
static bool
may_be_text(const struct esi_evidence *evidence)
{
    return evidence->adrift || evidence->text_due || evidence->dot_waits || evidence->login > 0 ||
           (evidence->data_pending && !evidence->heard);
}

static enum form
form_of(struct esi_evidence *evidence, const struct esi_outcome *turn, bool first)
{
    const struct esi_turn *said = &turn->u.turn;
    size_t len = said->word.len;

    if (may_be_text(evidence) && !first)
        return FORM_CLEAR;
    bool of_x = len > 0 && run_of(said->word, 'X') == len;
    if (evidence->data_pending)
        see_early(evidence, turn, of_x && len >= X_LEAST);
    else if (of_x)
        see_x(evidence, turn, first);
    if (of_x || evidence->data_pending)
        return of_x ? FORM_X : FORM_CLEAR;
    if (len >= X_LEAST && run_of(said->word, 'x') == len &&
        run_of(said->argument, 'x') < said->argument.len) {
        char room[ESI_SEEN_MOST];
        found(evidence, DETECTOR_COMMAND_X_LOWER, turn, show(said, room));
        return FORM_X;
    }
    /* Who writes NOOP writes it over EHLO, too: behind a list there is none on the path. */
    if (said->verb != ESI_VERB_NOOP || said->argument.len > 0 ||
        (evidence->tried_ehlo && evidence->listed) ||
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

/* line_len - without its end. */
static size_t
line_len(const struct esi_outcome *turn)
{
    return turn->span.len > LINE_END ? turn->span.len - LINE_END : 0;
}

static uint16_t
len16(size_t len)
{
    return (uint16_t)(len < UINT16_MAX ? len : UINT16_MAX);
}

static struct asked
asked_by(const struct esi_outcome *turn, enum form form)
{
    const struct esi_turn *said = &turn->u.turn;
    size_t len = said->word.len;
    unsigned runs = runs_in(said->argument);

    if (form == FORM_CLEAR && said->verb == ESI_VERB_UNKNOWN) /* no known verb holds any */
        runs |= runs_in(said->word);
    return (struct asked){.verb = (uint8_t)said->verb,
                          .form = (uint8_t)form,
                          .says_x = runs & RUN_X,
                          .says_low_x = runs & RUN_LOW_X,
                          .is_private = len > 0 && esi_upper(said->word.ptr[0]) == 'X',
                          .word_len = len16(len),
                          .line_len = len16(line_len(turn))};
}

static void
see_helo(struct esi_evidence *evidence, const struct esi_outcome *turn, bool first)
{
    const struct esi_turn *said = &turn->u.turn;
    char room[ESI_SEEN_MOST];

    if (first && evidence->greeting_starred)
        found(evidence, DETECTOR_HELO_FIRST, turn, said->word);
    if (said->argument.len > 0 && evidence->first_x == line_len(turn))
        found(evidence, DETECTOR_COMMAND_X_LINE, turn, show(said, room));
}

/* is_proxy_line - what a load balancer puts before the client's first command; it is not answered.
 */
static bool
is_proxy_line(const struct esi_turn *said)
{
    return esi_slice_eq(said->word, ESI_LIT("PROXY")) &&
           (glob_fits("TCP* *", said->argument) || glob_fits("UNKNOWN*", said->argument));
}

/* expect_text - what may come after the command as well as others. */
static void
expect_text(struct esi_evidence *evidence, const struct esi_turn *said, bool first, enum form form)
{
    enum { LOGIN_LINES = 2 }; /* name and password, behind an AUTH that has neither */
    bool bare = said->argument.len > 0 && !memchr(said->argument.ptr, ' ', said->argument.len);

    if (said->verb == ESI_VERB_UNKNOWN) {
        if (evidence->login > 0)
            evidence->login--;
        /* Who does not begin with a command speaks something else than SMTP; and a dot that comes
         * too early ends a message whose sender had not doubled it. */
        evidence->text_due |= form == FORM_CLEAR && said->word.len > 0 &&
                              run_of(said->word, 'X') < said->word.len &&
                              (first || evidence->dot_waits);
    } else if (said->verb != ESI_VERB_NOOP) {
        evidence->text_due = false;
        evidence->login = said->verb == ESI_VERB_AUTH && bare ? LOGIN_LINES : 0;
    }
}

void
see_command(struct esi_evidence *evidence, const struct esi_outcome *turn)
{
    const struct esi_turn *said = &turn->u.turn;
    bool first = !evidence->commanded && !evidence->midstream;

    if (turn->span.offset < evidence->chunk_to || (first && is_proxy_line(said)))
        return;
    enum form form = form_of(evidence, turn, first);

    evidence->commanded |= line_len(turn) > 0; /* what follows an empty line is still the first */
    evidence->tried_ehlo |= said->verb == ESI_VERB_EHLO;
    if (turn->span.len > COMMAND_LIMIT + LINE_END)
        note_cause(evidence, CAUSE_COMMAND, turn);
    if (said->verb == ESI_VERB_MAIL || said->verb == ESI_VERB_RCPT)
        see_address(evidence, turn);
    if (said->verb == ESI_VERB_HELO)
        see_helo(evidence, turn, first);
    if (said->verb != ESI_VERB_UNKNOWN)
        evidence->first_x = 0;
    if (said->verb == ESI_VERB_BDAT)
        note_chunk(evidence, turn);
    if (said->verb == ESI_VERB_DATA) {
        evidence->data_pending = true;
        evidence->early_text = evidence->early_x = false;
    }
    expect_text(evidence, said, first, form);
    ask(evidence, asked_by(turn, form));
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
