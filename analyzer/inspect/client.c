/*
 * client.c - what the engine does to commands.
 *
 * A command line is looked at twice: as the firewall sees it (bytes it judged on arrival are gone
 * from the line), and as the captured server saw it (whole: for pairing replies). Order of the
 * checks on one line: length, verb, address, sender, recipients (Cisco ASA CLI guides: order
 * follows the parser's progress; asa-8 and later).
 */
#include <string.h>

#include "inspect_internal.h"

static const struct esi_edit mask_with_x = {.fill = 'X', .keep_eol = true};

enum { SHORTEST_COMMAND = 4 }; /* bytes; Cisco 117801: "commands must be at least 4 characters" */

/* passes - the 15 commands of Cisco 117801, and STARTTLS where the map allows TLS. */
static bool
passes(const struct esi_session *session, enum esi_verb verb)
{
    switch (verb) {
    case ESI_VERB_AUTH:
    case ESI_VERB_DATA:
    case ESI_VERB_EHLO:
    case ESI_VERB_ETRN:
    case ESI_VERB_HELO:
    case ESI_VERB_HELP:
    case ESI_VERB_MAIL:
    case ESI_VERB_NOOP:
    case ESI_VERB_QUIT:
    case ESI_VERB_RCPT:
    case ESI_VERB_RSET:
    case ESI_VERB_SAML:
    case ESI_VERB_SEND:
    case ESI_VERB_SOML:
    case ESI_VERB_VRFY:
        return true;
    case ESI_VERB_STARTTLS:
        return session->policy->map.allow_tls;
    default:
        return false;
    }
}

/* check_length - at the byte that crosses the limit, once a line. */
static void
check_length(struct esi_session *session, const struct esi_smtp_event *event)
{
    const struct esi_match *match = session->match[ESI_CRITERION_CMD_LINE_LENGTH];

    if (!match || event->text_len <= match->limit || session->cmd_fired == event->span.offset + 1)
        return;
    session->cmd_fired = event->span.offset + 1;
    add_verdict(session, &(struct finding){
                             .action = match->action,
                             .what = ESI_WHAT_COMMAND_LINE,
                             .dir = ESI_TO_SERVER,
                             .span = {event->span.offset, match->limit + 1},
                             .behaviour = BEHAVIOUR_CMD_LINE_LENGTH,
                             .match = match,
                             .before = esi_slice_cut(event->text, 0, (size_t)match->limit + 1),
                             .decided_at = event->span.offset + match->limit,
                         });
}

static void
flag(struct esi_session *session, enum esi_what what, struct esi_span span, struct esi_slice before,
     enum behaviour behaviour, const char *words)
{
    add_verdict(session, &(struct finding){
                             .action = ESI_ACTION_ANOMALY,
                             .what = what,
                             .dir = ESI_TO_SERVER,
                             .span = span,
                             .behaviour = behaviour,
                             .words = words,
                             .before = before,
                             .decided_at = span.offset + span.len,
                         });
}

static void
mask(struct esi_session *session, uint64_t offset, struct esi_slice bytes, enum behaviour behaviour,
     const char *words)
{
    add_verdict(session, &(struct finding){
                             .action = ESI_ACTION_MASK,
                             .what = ESI_WHAT_COMMAND,
                             .dir = ESI_TO_SERVER,
                             .span = {offset, bytes.len},
                             .behaviour = behaviour,
                             .words = words,
                             .before = bytes,
                             .edit = &mask_with_x,
                             .decided_at = offset + bytes.len - 1,
                         });
}

/* judge_verb - the part of the line that the firewall still has to judge, at `offset`; whether it
 * masked it. */
static bool
judge_verb(struct esi_session *session, uint64_t offset, const struct esi_smtp_event *seen)
{
    static const char not_allowed[] = "command not among those let through";
    enum esi_verb verb = seen->u.command.verb;
    struct esi_slice word = seen->u.command.word;

    if (passes(session, verb))
        return false;
    if (word.len == 0) {
        flag(session, ESI_WHAT_COMMAND, (struct esi_span){offset, seen->text_len}, seen->text,
             BEHAVIOUR_NO_VERB, "command line without a verb");
        return false;
    }
    if (verb == ESI_VERB_STARTTLS)
        mask(session, offset, word, BEHAVIOUR_VERB_STARTTLS, "no allow-tls");
    else if (seen->text_len < SHORTEST_COMMAND)
        mask(session, offset, word, BEHAVIOUR_SHORT_COMMAND, "command of fewer than four bytes");
    else if (offset < session->desync_to)
        mask(session, offset, word, BEHAVIOUR_BDAT_DESYNC, not_allowed);
    else
        mask(session, offset, word, BEHAVIOUR_VERB_MASK, not_allowed);
    return true;
}

static void
check_recipients(struct esi_session *session, const struct esi_smtp_event *event)
{
    const struct esi_match *match = session->match[ESI_CRITERION_CMD_RCPT_COUNT];

    session->rcpts++;
    if (!match || session->rcpts != match->limit + 1)
        return;
    add_verdict(session, &(struct finding){
                             .action = match->action,
                             .what = ESI_WHAT_RECIPIENTS,
                             .dir = ESI_TO_SERVER,
                             .span = {event->span.offset, event->text_len},
                             .behaviour = BEHAVIOUR_RCPT_COUNT,
                             .match = match,
                             .before = event->text,
                             .decided_at = event->span.offset + event->span.len - 1,
                         });
}

/* judge_arguments - of a command that passed. */
static void
judge_arguments(struct esi_session *session, const struct esi_smtp_event *event)
{
    switch (event->u.command.verb) {
    case ESI_VERB_MAIL:
        session->rcpts = 0;
        scan_address(session, event);
        check_sender(session, event);
        return;
    case ESI_VERB_RCPT:
        scan_address(session, event);
        check_recipients(session, event);
        return;
    case ESI_VERB_RSET:
    case ESI_VERB_EHLO:
    case ESI_VERB_HELO:
        session->rcpts = 0;
        return;
    default:
        return;
    }
}

/* judge - the line as the firewall sees it; whether the server would have got another command. */
static bool
judge(struct esi_session *session, const struct esi_smtp_event *event)
{
    uint64_t judged =
        session->judged_to > event->span.offset ? session->judged_to - event->span.offset : 0;

    if (judged == 0) {
        bool masked = judge_verb(session, event->span.offset, event);
        if (!masked)
            judge_arguments(session, event);
        return masked;
    }
    if (judged < event->text_len) {
        struct esi_smtp_event rest = *event;
        rest.text = esi_slice_cut(event->text, (size_t)judged, event->text.len);
        rest.text_len -= judged;
        rest.span.len -= judged;
        esi_smtp_parse_command(rest.text, &rest);
        judge_verb(session, session->judged_to, &rest);
    }
    return true;
}

static void
add_command_turn(struct esi_session *session, const struct esi_smtp_event *event, bool known)
{
    if (!session->turns)
        return;
    struct esi_turn *turn =
        &add_turn(session, known ? ESI_TURN_COMMAND : ESI_TURN_UNKNOWN, ESI_TO_SERVER, event->span)
             ->u.turn;
    turn->verb = event->u.command.verb;
    turn->word = keep(session, event->u.command.word);
    turn->argument = keep(session, event->u.command.args);
}

/* chunk_length - the number behind BDAT (RFC 3030 section 2), saturating; 0 if there is none. */
static uint64_t
chunk_length(struct esi_slice args)
{
    uint64_t length = 0;

    for (size_t i = 0; i < args.len && args.ptr[i] >= '0' && args.ptr[i] <= '9'; i++)
        length = length > UINT64_MAX / 20 ? length : length * 10 + (uint64_t)(args.ptr[i] - '0');
    return length;
}

/* is_starttls - a capture that was rewritten before shows it as as many X. */
static bool
is_starttls(const struct esi_smtp_event *event)
{
    return event->u.command.verb == ESI_VERB_STARTTLS ||
           esi_slice_eq(event->u.command.word, ESI_LIT("XXXXXXXX"));
}

/* follow - what the captured server makes of the line: the reply it owes, the chunk it reads. */
static void
follow(struct esi_session *session, const struct esi_smtp_event *event, bool masked)
{
    uint64_t end = event->span.offset + event->span.len;

    session->result.counts.commands++;
    push_pending(session, (struct pending){.verb = event->u.command.verb,
                                           .masked = masked,
                                           .starttls = is_starttls(event)});
    if (event->u.command.verb == ESI_VERB_BDAT)
        session->desync_to = end + chunk_length(event->u.command.args);
    session->maybe_auth = false;
    if (!one_sided(session)) /* else nobody is there to say 354, 334 or 220 */
        return;
    session->maybe_auth = event->u.command.verb == ESI_VERB_AUTH;
    session->maybe_tls |= is_starttls(event);
    if (event->u.command.verb == ESI_VERB_DATA)
        begin_message(session);
}

/* follow_desync - a line inside a chunk: only what lies behind the chunk's end is a command. */
static void
follow_desync(struct esi_session *session, const struct esi_smtp_event *event)
{
    uint64_t in_chunk = session->desync_to - event->span.offset;

    if (in_chunk >= event->span.len)
        return;
    struct esi_smtp_event tail = *event;
    tail.text = esi_slice_cut(event->text, (size_t)in_chunk, event->text.len);
    esi_smtp_parse_command(tail.text, &tail);
    follow(session, &tail, true);
}

static void
flag_sequence(struct esi_session *session, const struct esi_smtp_event *event)
{
    struct esi_span line = {event->span.offset, event->text_len};

    if (event->eol == ESI_EOL_LF)
        flag(session, ESI_WHAT_COMMAND_LINE, line, event->text, BEHAVIOUR_BARE_LF,
             "command not ended by CRLF");
    if (session->pending_len > 0 && session->heard[ESI_TO_CLIENT] && !session->unsure)
        flag(session, ESI_WHAT_SEQUENCE, line, event->text, BEHAVIOUR_PIPELINING,
             "command before the reply to the last one");
}

/* is_sasl - a line of base64 (RFC 4648 section 4), or `*` (RFC 4954 section 4), and no command. */
static bool
is_sasl(const struct esi_smtp_event *line)
{
    static const char others[] = "+/=";

    if (line->done && line->u.command.verb != ESI_VERB_UNKNOWN)
        return false;
    if (line->text.len == 1 && line->text.ptr[0] == '*')
        return true;
    for (size_t i = 0; i < line->text.len; i++) {
        uint8_t byte = line->text.ptr[i];
        bool letter = (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
        if (!letter && (byte < '0' || byte > '9') && !memchr(others, byte, sizeof others - 1))
            return false;
    }
    return line->text.len > 0;
}

/* in_sasl - whether SASL lines may come though no 334 was seen for them. */
static bool
in_sasl(const struct esi_session *session)
{
    return session->maybe_auth || (session->unsure && is_pending(session, ESI_VERB_AUTH));
}

void
on_command(struct esi_session *session, const struct esi_smtp_event *event)
{
    bool in_chunk = event->span.offset < session->desync_to;

    if (session->phase == PHASE_PICKED_UP) {
        session->picked_ehlo = event->u.command.verb == ESI_VERB_EHLO;
        if (event->done)
            add_command_turn(session, event, false);
        return;
    }
    if (in_sasl(session) && is_sasl(event)) {
        on_auth_line(session, event);
        return;
    }
    check_length(session, event);
    if (!event->done) {
        session->held_from = event->span.offset;
        session->held_to = event->span.offset + event->span.len;
        esi_buf_clear(&session->held);
        esi_buf_append(&session->held, esi_slice_cut(event->text, 0, ESI_BEFORE_KEEP));
        return;
    }
    session->held_from = session->held_to;
    add_command_turn(session, event, !in_chunk);
    if (!in_chunk) {
        watch_after_greeting(session, event);
        watch_use(session, event);
        flag_sequence(session, event);
    }
    bool masked = judge(session, event);
    if (in_chunk)
        follow_desync(session, event);
    else
        follow(session, event, masked);
}

void
on_auth_line(struct esi_session *session, const struct esi_smtp_event *event)
{
    if (!event->done)
        return;
    if (session->turns)
        add_turn(session, ESI_TURN_AUTH, ESI_TO_SERVER, event->span);
    push_pending(session, (struct pending){.verb = ESI_VERB_AUTH});
    esi_smtp_set_mode(session->smtp, ESI_TO_SERVER, ESI_MODE_LINES, 0);
}

void
on_segment_end(struct esi_session *session, uint64_t end)
{
    uint64_t start = end - session->segment_len;
    uint64_t line = esi_smtp_line_start(session->smtp, ESI_TO_SERVER);
    struct esi_slice bytes = {session->segment, (size_t)session->segment_len};

    if (session->segment_len >= SHORTEST_COMMAND || session->held_to != end ||
        session->held_from != line || (line != start && session->judged_to != start))
        return;
    while (bytes.len > 0 && bytes.ptr[bytes.len - 1] == '\r')
        bytes.len--;
    if (bytes.len > 0)
        mask(session, start, bytes, BEHAVIOUR_TYPED_BYTES,
             "segment of fewer than four bytes that ends no line");
    session->judged_to = end;
}

void
break_command(struct esi_session *session)
{
    struct esi_smtp_event event = {
        .text = esi_buf_slice(&session->held),
        .span = {session->held_from, session->held_to - session->held_from},
    };

    if (session->held_from == session->held_to)
        return;
    esi_smtp_parse_command(event.text, &event);
    add_command_turn(session, &event, false);
    session->held_from = session->held_to;
}

void
discard_incomplete(struct esi_session *session)
{
    uint64_t from =
        session->held_from > session->judged_to ? session->held_from : session->judged_to;

    if (session->held_from == session->held_to || from >= session->held_to)
        return;
    add_verdict(session,
                &(struct finding){
                    .action = ESI_ACTION_DISCARD,
                    .what = ESI_WHAT_COMMAND,
                    .dir = ESI_TO_SERVER,
                    .span = {from, session->held_to - from},
                    .behaviour = BEHAVIOUR_INCOMPLETE_COMMAND,
                    .words = "command without its line end when the connection ended",
                    .before = esi_slice_cut(esi_buf_slice(&session->held),
                                            (size_t)(from - session->held_from), ESI_BEFORE_KEEP),
                    .decided_at = session->held_to - 1,
                });
}
