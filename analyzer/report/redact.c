/*
 * redact.c - records without whom they are about: mail addresses, user names, passwords, messages.
 *
 * A record is copied as far as something in it is written over (redact_text.c), before any sink
 * sees it, so that no format can forget it. What is hidden keeps its length: offsets, lengths and
 * what is written over bytes stay as they are.
 *
 * What a verdict shows is told by its subject alone, since turns need not be told. Of replies the
 * text stays only where it is known what they answer: EHLO and others that name nobody, in a
 * session whose greeting was seen and in which nobody was named yet. What is not known of a
 * session, be it for want of room, is hidden.
 */
#include <stdlib.h>

#include "esi/report.h"

#include "redact_internal.h"

enum { REMEMBERED = 1024 }; /* sessions under way; a session in the place of another hides more */

struct esi_redactor {
    struct remembered {
        uint64_t number;  /* of the session; 0: none */
        uint64_t awaited; /* replies to come, to commands that name nobody */
        bool named;       /* somebody may have been named */
        bool guest;       /* one who said EHLO or HELO had no host's name: replies may say it */
    } sessions[REMEMBERED];
    struct esi_record record; /* that is handed out, and what it points to: */
    struct esi_outcome outcome;
    struct esi_session_info session;
    struct esi_evidence_result evidence;
    struct esi_arena arena;
};

struct esi_redactor *
esi_redactor_new(void)
{
    return esi_alloc(sizeof(struct esi_redactor));
}

void
esi_redactor_free(struct esi_redactor *redactor)
{
    if (!redactor)
        return;
    esi_arena_free(&redactor->arena);
    free(redactor);
}

/* own - a copy of the text in its place, to be written over. */
static struct hidden
own(struct esi_redactor *redactor, struct esi_slice *text)
{
    struct hidden copy = {NULL, text->len};

    if (text->len == 0)
        return copy;
    copy.at = esi_arena_alloc(&redactor->arena, text->len);
    memcpy(copy.at, text->ptr, text->len);
    text->ptr = copy.at;
    return copy;
}

/* ---- turns ---- */

/* names_nobody - a command of which no reply can name anybody. */
static bool
names_nobody(const struct esi_turn *turn)
{
    switch (turn->verb) {
    case ESI_VERB_EHLO:
    case ESI_VERB_HELO:
        return true;
    case ESI_VERB_STARTTLS:
    case ESI_VERB_NOOP:
    case ESI_VERB_RSET:
    case ESI_VERB_HELP:
    case ESI_VERB_QUIT:
        return turn->argument.len == 0;
    default:
        return false;
    }
}

static bool
is_guest(const struct esi_turn *turn)
{
    return turn->what == ESI_TURN_COMMAND &&
           (turn->verb == ESI_VERB_EHLO || turn->verb == ESI_VERB_HELO) &&
           !names_host(turn->argument);
}

/* hear - what is known with this turn of the session. Whether it is a reply of which it is known
 * what it answers. What is missing may have named somebody. */
static bool
hear(struct esi_redactor *redactor, uint64_t number, const struct esi_turn *turn)
{
    struct remembered *session = &redactor->sessions[number % REMEMBERED];

    if (turn->what == ESI_TURN_GREETING)
        *session = (struct remembered){.number = number, .named = turn->code != 220};
    if (session->number != number || session->named)
        return false;
    session->guest |= is_guest(turn);
    if (turn->what == ESI_TURN_REPLY && session->awaited > 0) {
        session->awaited--;
        return true;
    }
    if (turn->what == ESI_TURN_COMMAND && names_nobody(turn))
        session->awaited++;
    else if (turn->what != ESI_TURN_GREETING)
        session->named = true;
    return false;
}

static void
hide_reply_turn(struct hidden text, const struct esi_turn *turn, bool awaited, bool guest)
{
    bool stays = awaited && turn->code > 0 && turn->code < 500;

    if (turn->what == ESI_TURN_GREETING && turn->code == 220)
        hide_addresses(text);
    else if (!stays)
        hide_behind_code(text);
    else
        hide_keyword(text);
    if (stays && guest)
        hide_hello(text);
}

/* hide_said - the word and the argument of a command; `sure`: it was one. */
static void
hide_said(struct esi_redactor *redactor, struct esi_turn *turn, bool sure)
{
    struct hidden word = own(redactor, &turn->word), argument = own(redactor, &turn->argument);

    if (turn->verb == ESI_VERB_UNKNOWN)
        hide_all(word);
    if (sure)
        hide_argument(argument, turn->verb, true);
    else
        hide_all(argument);
}

static void
redact_turn(struct esi_redactor *redactor, uint64_t session, struct esi_turn *turn)
{
    bool awaited = hear(redactor, session, turn);
    bool guest = redactor->sessions[session % REMEMBERED].guest;

    switch (turn->what) {
    case ESI_TURN_GREETING:
    case ESI_TURN_REPLY:
        hide_reply_turn(own(redactor, &turn->text), turn, awaited, guest);
        return;
    case ESI_TURN_COMMAND:
        hide_said(redactor, turn, true);
        return;
    case ESI_TURN_HEADER:
        hide_field_name(own(redactor, &turn->word));
        hide_all(own(redactor, &turn->argument));
        return;
    default:
        hide_said(redactor, turn, false);
        hide_all(own(redactor, &turn->text));
        return;
    }
}

/* ---- verdicts ---- */

static void
redact_before(struct hidden before, const struct esi_verdict *verdict, enum esi_dir dir)
{
    switch (verdict->what) {
    case ESI_WHAT_GREETING:
        hide_addresses(before);
        return;
    case ESI_WHAT_EHLO_KEYWORD:
        hide_keyword(before);
        return;
    case ESI_WHAT_COMMAND:
    case ESI_WHAT_COMMAND_LINE:
    case ESI_WHAT_SEQUENCE:
        hide_commands(before);
        return;
    case ESI_WHAT_RECIPIENTS: /* a command, or the reply that refuses one */
        if (dir == ESI_TO_CLIENT)
            hide_reply(before);
        else
            hide_commands(before);
        return;
    case ESI_WHAT_ADDRESS:
    case ESI_WHAT_RELAY:
        hide_path(before);
        return;
    case ESI_WHAT_SENDER:
        hide_sender(before);
        return;
    case ESI_WHAT_HEADER_NAME:
    case ESI_WHAT_HEADER_LINE:
    case ESI_WHAT_HEADER:
    case ESI_WHAT_TO_FIELDS:
    case ESI_WHAT_MIME_FILENAME:
    case ESI_WHAT_MIME_FILETYPE:
    case ESI_WHAT_MIME_ENCODING:
        hide_field(before);
        return;
    case ESI_WHAT_REPLY: /* what is masked of it lies behind its code */
        if (verdict->action == ESI_ACTION_MASK)
            hide_behind_code(before);
        else
            hide_reply(before);
        return;
    case ESI_WHAT_TLS:
        hide_reply(before);
        return;
    case ESI_WHAT_BODY_LINE:
    case ESI_WHAT_BODY:
    case ESI_WHAT_SIZE:
    case ESI_WHAT_CONNECTION:
        hide_all(before);
        return;
    }
    hide_all(before);
}

/* redact_logged - sizes name nobody. */
static void
redact_logged(struct esi_redactor *redactor, struct esi_verdict *verdict)
{
    if (verdict->what == ESI_WHAT_SIZE)
        return;
    if (verdict->action == ESI_ACTION_ANOMALY && verdict->what == ESI_WHAT_SEQUENCE)
        hide_detail(own(redactor, &verdict->logged));
    else
        hide_path(own(redactor, &verdict->logged));
}

static void
redact_outcome(struct esi_redactor *redactor, uint64_t session)
{
    struct esi_outcome *outcome = &redactor->outcome;

    if (outcome->kind == ESI_OUTCOME_TURN) {
        redact_turn(redactor, session, &outcome->u.turn);
        return;
    }
    redact_before(own(redactor, &outcome->u.verdict.before), &outcome->u.verdict, outcome->dir);
    redact_logged(redactor, &outcome->u.verdict);
}

/* ---- records ---- */

static void
hide_version(const struct esi_conflict *conflict, uint8_t version[ESI_CONFLICT_SHOWN])
{
    uint64_t len = conflict->span.len;

    hide_all((struct hidden){version, len < ESI_CONFLICT_SHOWN ? (size_t)len : ESI_CONFLICT_SHOWN});
}

/* copy_of - an array of the record's, in the arena. */
static void *
copy_of(struct esi_redactor *redactor, const void *items, size_t size)
{
    void *copy = esi_arena_alloc(&redactor->arena, size);

    if (size > 0)
        memcpy(copy, items, size);
    return copy;
}

/* redact_session - of contradicting copies it is not known what they are of. */
static void
redact_session(struct esi_redactor *redactor)
{
    struct esi_session_quality *quality = &redactor->session.quality;
    struct esi_conflict *copies =
        copy_of(redactor, quality->conflicts, quality->conflict_count * sizeof *quality->conflicts);

    for (size_t i = 0; i < quality->conflict_count; i++) {
        hide_version(&copies[i], copies[i].first);
        hide_version(&copies[i], copies[i].second);
    }
    quality->conflicts = copies;
}

static void
hide_seen(struct hidden seen, const struct esi_ground *ground)
{
    if (ground->greeting)
        hide_addresses(seen);
    else if (ground->dir == ESI_TO_SERVER)
        hide_commands(seen);
    else
        hide_unmasked(seen);
}

/* redact_evidence - what was seen; all else is said in our own words. */
static void
redact_evidence(struct esi_redactor *redactor)
{
    struct esi_evidence_result *result = &redactor->evidence;

    *result = *redactor->session.evidence;
    redactor->session.evidence = result;
    result->grounds =
        copy_of(redactor, result->grounds, result->ground_count * sizeof *result->grounds);
    for (size_t i = 0; i < result->ground_count; i++)
        hide_seen(own(redactor, &result->grounds[i].seen), &result->grounds[i]);
    result->keywords =
        copy_of(redactor, result->keywords, result->keyword_count * sizeof *result->keywords);
    for (size_t i = 0; i < result->keyword_count; i++)
        hide_unmasked(own(redactor, &result->keywords[i].seen));
}

const struct esi_record *
esi_redact(struct esi_redactor *redactor, const struct esi_record *record)
{
    if (!record->session)
        return record;
    esi_arena_clear(&redactor->arena);
    redactor->record = *record;
    if (record->session->quality.conflict_count > 0 || record->session->evidence) {
        redactor->session = *record->session;
        redact_session(redactor);
        if (record->session->evidence)
            redact_evidence(redactor);
        redactor->record.session = &redactor->session;
    }
    if (record->kind == ESI_RECORD_OUTCOME) {
        redactor->outcome = *record->outcome;
        redact_outcome(redactor, record->session->number);
        redactor->record.outcome = &redactor->outcome;
    }
    return &redactor->record;
}

static const char blanks[] = " \t";

/* next_word - of what is behind the word at *text; its length. */
static size_t
next_word(char **text, size_t len)
{
    *text += len;
    *text += strspn(*text, blanks);
    return strcspn(*text, blanks);
}

static bool
is_text(const char *word, size_t len, const char *name)
{
    return len == strlen(name) && memcmp(word, name, len) == 0;
}

/* The patterns of a configuration are what somebody looks for in addresses; what it says in words
 * is for people, and may be about others. */
void
esi_redact_config_line(char *text)
{
    char *at = text;
    size_t len = next_word(&at, 0);
    bool pattern = is_text(at, len, "regex");

    while (len > 0 && !pattern && !is_text(at, len, "description") && !is_text(at, len, "remark"))
        len = next_word(&at, len);
    len = next_word(&at, len);
    if (pattern) /* its name */
        next_word(&at, len);
    hide_all((struct hidden){(uint8_t *)at, strlen(at)});
    hide_addresses((struct hidden){(uint8_t *)text, strlen(text)});
}
