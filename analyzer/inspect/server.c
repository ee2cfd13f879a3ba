/*
 * server.c - the server's replies, and what follows from them.
 *
 * Greeting and EHLO replies have their own files; nothing else that a server says is touched,
 * unless a habit makes it so for a reply nobody asked for.
 *
 * Which mode the client's next bytes are read in follows from the captured server's codes: 354
 * (RFC 5321 section 3.3), 334 (RFC 4954 section 4), 220 to STARTTLS (RFC 3207 section 4), whether
 * the command was masked or not; a masked command that came through in the capture is recognised
 * by the code that only it is answered with.
 */
#include "inspect_internal.h"

enum { TEXT_KEEP = ESI_SMTP_LINE_KEEP };

void
keep_text(struct esi_session *session, struct esi_slice bytes)
{
    struct esi_buf *text = &session->reply.text;

    esi_buf_append(text, esi_slice_cut(bytes, 0, TEXT_KEEP - text->len));
}

static void
keep_next_line(struct esi_session *session, const struct esi_smtp_event *event)
{
    keep_text(session, ESI_LIT("\n"));
    keep_text(session, event->u.reply.text);
}

struct esi_slice
behind_code(struct esi_slice line)
{
    struct esi_smtp_event reply;

    esi_smtp_parse_reply(line, &reply);
    return reply.u.reply.text;
}

void
open_reply(struct esi_session *session, const struct esi_smtp_event *event)
{
    struct reply *reply = &session->reply;

    reply->open = true;
    reply->code = event->u.reply.code;
    reply->lines = 0;
    reply->masked = 0;
    reply->offset = event->span.offset;
    reply->frame = session->frame;
    esi_buf_clear(&reply->text);
}

void
add_reply_turn(struct esi_session *session, enum esi_turn_what what, struct esi_slice text)
{
    const struct reply *reply = &session->reply;

    if (!session->turns)
        return;
    struct esi_turn *turn = &add_turn(session, what, ESI_TO_CLIENT,
                                      (struct esi_span){reply->offset, reply->end - reply->offset})
                                 ->u.turn;
    turn->code = reply->code;
    turn->lines = reply->lines;
    turn->text = keep(session, text);
}

void
break_reply(struct esi_session *session)
{
    end_greeting(session);
    if (session->reply.open)
        add_reply_turn(session, ESI_TURN_REPLY, behind_code(esi_buf_slice(&session->reply.text)));
    session->reply.open = false;
}

/* is_ehlo_reply - by the command that waits for it; where the client's side was not captured, by
 * being the first reply and having several lines. */
static bool
is_ehlo_reply(const struct esi_session *session, const struct esi_smtp_event *first)
{
    if (first->u.reply.code != 250)
        return false;
    if (session->pending_len > 0) {
        const struct pending *head = &session->pending[session->pending_at];
        return head->verb == ESI_VERB_EHLO && !head->masked;
    }
    if (session->phase == PHASE_PICKED_UP && session->heard[ESI_TO_SERVER])
        return session->picked_ehlo && !first->u.reply.last;
    return one_sided(session) && session->replies == 1 && !first->u.reply.last;
}

/* could_answer - whether the reply may be to this verb: it was asked, or what was asked cannot be
 * known. A masked command that the capture shows as X is of unknown verb; where pairing is unsure,
 * what was asked may be in a hole. */
static bool
could_answer(const struct esi_session *session, const struct pending *asked, enum esi_verb verb)
{
    if (session->unsure)
        return true;
    if (!asked)
        return session->phase == PHASE_PICKED_UP || one_sided(session);
    return asked->verb == verb || asked->verb == ESI_VERB_UNKNOWN;
}

/* react - the mode of what the client sends next. asked: what the reply answers, or NULL. */
static void
react(struct esi_session *session, const struct pending *asked)
{
    unsigned code = session->reply.code;

    if (code != 334 && esi_smtp_mode(session->smtp, ESI_TO_SERVER) == ESI_MODE_AUTH)
        set_client_mode(session, ESI_MODE_LINES); /* it is over */
    switch (code) {
    case 220:
        if (asked && asked->starttls) {
            log_tls(session, asked);
            start_tls(session);
        } else { /* or it is a greeting */
            session->maybe_tls = could_answer(session, asked, ESI_VERB_STARTTLS);
        }
        return;
    case 334: /* nobody is asked that inside a message */
        if (could_answer(session, asked, ESI_VERB_AUTH) &&
            esi_smtp_mode(session->smtp, ESI_TO_SERVER) != ESI_MODE_MESSAGE)
            set_client_mode(session, ESI_MODE_AUTH);
        return;
    case 354:
        if (could_answer(session, asked, ESI_VERB_DATA))
            begin_message(session);
        return;
    default:
        return;
    }
}

/* catch_up - 354 and 334 are the answer to one verb only: where it is outstanding, they are to it,
 * and the replies to what was asked before it were not seen for what they are. */
static void
catch_up(struct esi_session *session)
{
    bool data = session->reply.code == 354 && session->waiting.data > 0;
    bool auth = session->reply.code == 334 && session->waiting.auth > 0;
    enum esi_verb verb = data ? ESI_VERB_DATA : ESI_VERB_AUTH;
    struct pending passed;

    if (!data && !auth)
        return;
    for (;;) {
        const struct pending *head = &session->pending[session->pending_at];
        if (head->verb == ESI_VERB_UNKNOWN || (head->verb == verb && !head->end_of_data))
            return;
        pop_pending(session, &passed);
        session->unsure = true;
    }
}

static struct esi_slice
first_line(struct esi_slice text)
{
    size_t n = 0;

    while (n < text.len && text.ptr[n] != '\n')
        n++;
    return esi_slice_cut(text, 0, n);
}

/* is_misfit - whether the command is never answered with a code of that class (RFC 5321 section
 * 4.3.2, RFC 4954 section 4). A masked one is not what the captured server answered. */
static bool
is_misfit(const struct esi_session *session, const struct pending *asked)
{
    unsigned code = session->reply.code;
    bool data = asked->verb == ESI_VERB_DATA && !asked->end_of_data;

    if (asked->masked || asked->verb == ESI_VERB_UNKNOWN)
        return false;
    if (code / 100 == 2)
        return data;
    if (code / 100 != 3 || data || asked->verb == ESI_VERB_AUTH)
        return false;
    return (code == 354 ? session->waiting.data : session->waiting.auth) == 0; /* else: catch_up */
}

/* why_odd - why nobody expects the reply that begins, or NULL. RFC 5321 section 3.8: 421 may come
 * at any time. */
static const char *
why_odd(const struct esi_session *session)
{
    unsigned code = session->reply.code;

    if (session->pending_lost > 0 || one_sided(session) || session->unsure ||
        session->phase != PHASE_COMMANDS || code == 421 || code == 0)
        return NULL;
    if (session->pending_len == 0)
        return "reply nobody asked for";
    return is_misfit(session, &session->pending[session->pending_at])
               ? "reply of a class that its command does not have"
               : NULL;
}

struct finding
reply_found(const struct esi_session *session, enum esi_what what, enum behaviour behaviour)
{
    const struct reply *reply = &session->reply;

    return (struct finding){
        .what = what,
        .dir = ESI_TO_CLIENT,
        .span = {reply->offset, reply->end - reply->offset - (uint64_t)reply->eol},
        .behaviour = behaviour,
        .before = first_line(esi_buf_slice(&reply->text)),
        .decided_at = reply->end - 1,
    };
}

/* judge_odd - the whole reply, flagged or dropped. */
static void
judge_odd(struct esi_session *session)
{
    enum esi_habit habit = habit_of(session, ESI_KNOB_SERVER_TRANSITION);
    bool drop = habit == ESI_SERVER_TRANSITION_DROP;
    struct finding found = reply_found(session, ESI_WHAT_REPLY,
                                       drop ? BEHAVIOUR_UNASKED_DROP : BEHAVIOUR_UNASKED_REPLY);

    if (habit == ESI_SERVER_TRANSITION_MASK)
        return; /* by lines, as they came */
    found.action = drop ? ESI_ACTION_DROP_CONNECTION : ESI_ACTION_ANOMALY;
    found.habits = BY_KNOB(SERVER_TRANSITION);
    found.words = session->reply.odd;
    add_verdict(session, &found);
}

/* mask_odd - a line of it behind its code. */
static void
mask_odd(struct esi_session *session, const struct esi_smtp_event *line)
{
    uint64_t offset = line->span.offset + TEXT_AT;

    if (habit_of(session, ESI_KNOB_SERVER_TRANSITION) != ESI_SERVER_TRANSITION_MASK ||
        line->text_len <= TEXT_AT)
        return;
    add_verdict(session, &(struct finding){
                             .action = ESI_ACTION_MASK,
                             .what = ESI_WHAT_REPLY,
                             .dir = ESI_TO_CLIENT,
                             .span = {offset, line->text_len - TEXT_AT},
                             .behaviour = BEHAVIOUR_UNASKED_MASK,
                             .habits = BY_KNOB(SERVER_TRANSITION),
                             .words = session->reply.odd,
                             .before = esi_slice_cut(line->text, TEXT_AT, line->text.len),
                             .edit = &mask_with_x,
                             .decided_at = line->span.offset + line->text_len - 1,
                         });
}

static void
finish_reply(struct esi_session *session)
{
    struct reply *reply = &session->reply;
    struct pending asked;

    reply->open = false;
    session->replies++;
    if (session->turns)
        add_reply_turn(session, reply->code ? ESI_TURN_REPLY : ESI_TURN_UNKNOWN,
                       behind_code(esi_buf_slice(&reply->text)));
    if (reply->code == 0)
        return;
    if (session->message_torn && reply->code != 354 &&
        esi_smtp_mode(session->smtp, ESI_TO_SERVER) == ESI_MODE_MESSAGE)
        end_torn_message(session); /* a server does not speak before a message's end */
    catch_up(session);
    bool paired = pop_pending(session, &asked);
    if (paired) {
        watch_reply(session, &asked, reply);
        check_invalid(session, &asked);
    }
    if (reply->odd && !session->unsure)
        judge_odd(session);
    session->maybe_auth = false;
    react(session, paired ? &asked : NULL);
    if (session->phase != PHASE_PICKED_UP)
        return;
    set_phase(session, PHASE_COMMANDS);
    session->unsure = true; /* more replies to what was asked before may come */
}

/* is_no_greeting - RFC 5321 section 4.3.2: a greeting has one of three codes. Where a command waits
 * for a reply with another one, the greeting is not in the capture. */
static bool
is_no_greeting(const struct esi_session *session, const struct esi_smtp_event *event)
{
    unsigned code = event->u.reply.code;

    return session->pending_len > 0 && code != 0 && code != 220 && code != 421 && code != 554;
}

void
on_reply_line(struct esi_session *session, const struct esi_smtp_event *event)
{
    struct reply *reply = &session->reply;

    if (session->phase == PHASE_OPENED && session->pending_len > 0 && !event->done &&
        event->text_len < TEXT_AT)
        return; /* its code is not known yet */
    if (session->phase == PHASE_OPENED && is_no_greeting(session, event)) {
        session->incomplete = session->unsure = true;
        set_phase(session, PHASE_COMMANDS);
    }
    if (session->phase == PHASE_OPENED || session->phase == PHASE_GREETING) {
        on_greeting_line(session, event);
        return;
    }
    if (!event->done)
        return;
    if (!reply->open && is_more_greeting(session, event)) {
        on_more_greeting(session, event);
        return;
    }
    if (!reply->open) {
        open_reply(session, event);
        reply->ehlo = is_ehlo_reply(session, event);
        reply->odd = why_odd(session);
        if (reply->ehlo)
            session->hidden = session->guessed = 0;
        if (session->turns || reply->odd || wants_replies(session))
            keep_text(session, event->text);
    } else {
        if (session->turns)
            keep_next_line(session, event);
        if (reply->ehlo)
            judge_keyword(session, event);
    }
    if (reply->odd)
        mask_odd(session, event);
    reply->lines++;
    reply->end = event->span.offset + event->span.len;
    reply->eol = event->eol;
    bool garbled =
        event->u.reply.code == 0 && reply->code != 0; /* inside a reply of several lines */
    if (event->u.reply.last && !garbled)
        finish_reply(session);
}
