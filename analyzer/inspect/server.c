/*
 * server.c - what the engine does to greeting and replies.
 *
 * The greeting is masked as a whole: `220` and the byte behind it stay, on its first line only. In
 * the reply to an EHLO each line whose keyword is not on the list is overwritten from its text's
 * first byte to its last. Nothing else that a server says is touched.
 *
 * Which mode the client's next bytes are read in follows from the captured server's codes: 354
 * (RFC 5321 section 3.3), 334 (RFC 4954 section 4), 220 to STARTTLS (RFC 3207 section 4), whether
 * the command was masked or not; a masked command that came through in the capture is recognised
 * by the code that only it is answered with.
 */
#include "inspect_internal.h"

enum { CODE_LEN = 3, TEXT_AT = 4, TEXT_KEEP = ESI_SMTP_LINE_KEEP };

static void
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

/* behind_code - what a line says behind its code, whether or not something separates them. */
static struct esi_slice
behind_code(struct esi_slice line)
{
    struct esi_smtp_event reply;

    esi_smtp_parse_reply(line, &reply);
    return reply.u.reply.text;
}

static void
open_reply(struct esi_session *session, const struct esi_smtp_event *event)
{
    struct reply *reply = &session->reply;

    reply->open = true;
    reply->ehlo = false;
    reply->code = event->u.reply.code;
    reply->lines = 0;
    reply->masked = 0;
    reply->offset = event->span.offset;
    reply->frame = session->frame;
    esi_buf_clear(&reply->text);
    reply->settled = 0;
}

/* goes_on - whether the fourth byte promises another line. */
static bool
goes_on(const struct esi_smtp_event *event)
{
    return event->text.len >= TEXT_AT && event->text.ptr[CODE_LEN] == '-';
}

static void
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

/* mask_greeting - all behind the first four bytes, up to the last line's end. */
static void
mask_greeting(struct esi_session *session)
{
    static const struct esi_edit stars = {.fill = '*', .keep_eol = true};
    const struct reply *reply = &session->reply;
    struct esi_slice bytes = esi_buf_slice(&reply->text);
    uint64_t len = reply->end - reply->offset - (uint64_t)reply->eol;

    if (len <= TEXT_AT)
        return;
    add_verdict(session, &(struct finding){
                             .action = ESI_ACTION_MASK,
                             .what = ESI_WHAT_GREETING,
                             .dir = ESI_TO_CLIENT,
                             .span = {reply->offset + TEXT_AT, len - TEXT_AT},
                             .behaviour = reply->lines > 1 ? BEHAVIOUR_GREETING_LINES
                                                           : BEHAVIOUR_GREETING_KEEP4,
                             .words = "mask-banner",
                             .before = esi_slice_cut(bytes, TEXT_AT, (size_t)(len - TEXT_AT)),
                             .edit = &stars,
                             .decided_at = reply->offset,
                         });
}

/* joined - a greeting's kept bytes as a turn shows them: without code, lines joined by LF. */
static struct esi_slice
joined(struct esi_session *session, struct esi_buf *out)
{
    struct esi_slice rest = esi_buf_slice(&session->reply.text);

    while (rest.len > 0) {
        size_t n = 0;
        while (n < rest.len && rest.ptr[n] != '\n')
            n++;
        struct esi_slice line = esi_slice_cut(rest, 0, n);
        if (line.len > 0 && line.ptr[line.len - 1] == '\r')
            line.len--;
        if (out->len > 0)
            esi_buf_byte(out, '\n');
        esi_buf_append(out, behind_code(line));
        rest = esi_slice_cut(rest, n + 1, rest.len);
    }
    return esi_buf_slice(out);
}

static void
finish_greeting(struct esi_session *session)
{
    struct esi_buf text = {0};

    if (session->turns)
        add_reply_turn(session, ESI_TURN_GREETING, joined(session, &text));
    if (session->greeting_masked)
        mask_greeting(session);
    session->greeting_endless = session->greeting_masked && session->reply.lines > 1;
    esi_buf_free(&text);
    if (!session->turns)
        esi_buf_free(&session->reply.text); /* hardly ever needed again */
    session->reply.open = false;
    session->replies++;
    set_phase(session, PHASE_COMMANDS);
}

void
end_greeting(struct esi_session *session)
{
    if (session->phase == PHASE_GREETING)
        finish_greeting(session);
}

void
break_reply(struct esi_session *session)
{
    end_greeting(session);
    if (session->reply.open && session->reply.lines > 0)
        add_reply_turn(session, ESI_TURN_REPLY, behind_code(esi_buf_slice(&session->reply.text)));
    session->reply.open = false;
}

/* on_greeting_line - whole lines only but the last, which may be cut off by the stream's end. */
static void
on_greeting_line(struct esi_session *session, const struct esi_smtp_event *event)
{
    static const char *const line_ends[] = {"", "\n", "\r\n"};
    struct reply *reply = &session->reply;

    if (session->phase == PHASE_OPENED) {
        set_phase(session, PHASE_GREETING);
        open_reply(session, event);
    }
    if (event->span.offset == reply->offset) {
        reply->code = event->u.reply.code;
        session->greeting_masked = session->policy->map.mask_banner && reply->code == 220;
    }
    reply->text.len = reply->settled;
    keep_text(session, event->text);
    keep_text(session, esi_slice_of(line_ends[event->eol]));
    reply->end = event->span.offset + event->span.len;
    reply->eol = event->eol;
    if (!event->done)
        return;
    reply->settled = reply->text.len;
    reply->lines++;
    if (!goes_on(event))
        finish_greeting(session);
}

static bool
ends_keyword(uint8_t byte)
{
    return byte == ' ' || byte == '\t' || byte == '=';
}

/* keyword_of - the leading bytes of an EHLO line's text, up to a blank, TAB or '='. */
static struct esi_slice
keyword_of(struct esi_slice text)
{
    size_t n = 0;

    while (n < text.len && !ends_keyword(text.ptr[n]))
        n++;
    return esi_slice_cut(text, 0, n);
}

static void
mask_keyword(struct esi_session *session, const struct esi_smtp_event *event,
             enum extension extension, const struct esi_match *match)
{
    unsigned letter = session->reply.masked % 26;
    struct esi_edit edit = {.fill = 'X', .tail_len = 1, .tail = {(char)('A' + letter)}};
    uint64_t offset = event->span.offset + TEXT_AT;

    add_verdict(session,
                &(struct finding){
                    .action = ESI_ACTION_MASK,
                    .what = ESI_WHAT_EHLO_KEYWORD,
                    .dir = ESI_TO_CLIENT,
                    .span = {offset, event->text_len - TEXT_AT},
                    .behaviour = session->reply.masked >= 26       ? BEHAVIOUR_EHLO_AFTER_Z
                                 : extension == EXTENSION_STARTTLS ? BEHAVIOUR_EHLO_STARTTLS
                                                                   : BEHAVIOUR_EHLO_OTHERS,
                    .match = match,
                    .words = "no allow-tls",
                    .before = esi_slice_cut(event->text, TEXT_AT, event->text.len),
                    .edit = &edit,
                    .decided_at = offset + event->text_len - TEXT_AT - 1,
                });
    session->reply.masked++;
    if (extension != EXTENSION_NONE)
        session->hidden |= (uint32_t)1 << extension;
}

/* judge_keyword - a line of an EHLO reply behind its first. */
static void
judge_keyword(struct esi_session *session, const struct esi_smtp_event *event)
{
    const struct esi_map *map = &session->policy->map;
    const struct esi_match *others = session->match[ESI_CRITERION_EHLO_REPLY_OTHERS];
    struct esi_slice text = esi_slice_cut(event->text, TEXT_AT, event->text.len);

    if (event->u.reply.code != 250 || text.len == 0)
        return;
    enum extension extension = extension_find(keyword_of(text));
    if (extension == EXTENSION_STARTTLS ? !map->allow_tls : others && !extension_passes(extension))
        mask_keyword(session, event, extension, others);
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
 * known. A masked command that the capture shows as X is of unknown verb. */
static bool
could_answer(const struct esi_session *session, const struct pending *asked, enum esi_verb verb)
{
    if (!asked)
        return session->unsure || session->phase == PHASE_PICKED_UP || one_sided(session);
    return asked->verb == verb || asked->verb == ESI_VERB_UNKNOWN;
}

/* react - the mode of what the client sends next. asked: what the reply answers, or NULL. */
static void
react(struct esi_session *session, const struct pending *asked)
{
    switch (session->reply.code) {
    case 220:
        if (asked && asked->starttls)
            start_tls(session);
        else /* or it is a greeting */
            session->maybe_tls = could_answer(session, asked, ESI_VERB_STARTTLS);
        return;
    case 334:
        if (could_answer(session, asked, ESI_VERB_AUTH))
            esi_smtp_set_mode(session->smtp, ESI_TO_SERVER, ESI_MODE_AUTH, 0);
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
    unsigned code = session->reply.code;
    enum esi_verb verb = code == 354   ? ESI_VERB_DATA
                         : code == 334 ? ESI_VERB_AUTH
                                       : ESI_VERB_UNKNOWN;
    struct pending passed;

    if (verb == ESI_VERB_UNKNOWN || !is_pending(session, verb))
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

static void
flag_unasked(struct esi_session *session)
{
    const struct reply *reply = &session->reply;

    add_verdict(session,
                &(struct finding){
                    .action = ESI_ACTION_ANOMALY,
                    .what = ESI_WHAT_REPLY,
                    .dir = ESI_TO_CLIENT,
                    .span = {reply->offset, reply->end - reply->offset - (uint64_t)reply->eol},
                    .behaviour = BEHAVIOUR_UNASKED_REPLY,
                    .words = "reply nobody asked for",
                    .before = first_line(esi_buf_slice(&reply->text)),
                    .decided_at = reply->end - 1,
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
    if (paired)
        watch_accepted(session, &asked, reply);
    else if (!one_sided(session) && !session->unsure && session->phase == PHASE_COMMANDS &&
             reply->code != 421) /* RFC 5321 section 3.8: may come at any time */
        flag_unasked(session);
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
    if (!reply->open) {
        open_reply(session, event);
        reply->ehlo = is_ehlo_reply(session, event);
        if (reply->ehlo)
            session->hidden = 0;
        if (session->turns || session->pending_len == 0)
            keep_text(session, event->text);
    } else {
        if (session->turns)
            keep_next_line(session, event);
        if (reply->ehlo)
            judge_keyword(session, event);
    }
    reply->lines++;
    reply->end = event->span.offset + event->span.len;
    reply->eol = event->eol;
    bool garbled =
        event->u.reply.code == 0 && reply->code != 0; /* inside a reply of several lines */
    if (event->u.reply.last && !garbled)
        finish_reply(session);
}
