/*
 * client.c - what the engine does to commands.
 *
 * A command line is looked at twice: as the firewall sees it (bytes it judged on arrival are gone
 * from the line), and as the captured server saw it (whole: for pairing replies). Order of the
 * checks on one line: length, verb, address, sender, recipients (Cisco ASA CLI guides: order
 * follows the parser's progress).
 */
#include <string.h>

#include "inspect_internal.h"

enum { SHORTEST_COMMAND = 4 }; /* bytes; Cisco 117801: "commands must be at least 4 characters" */

static void
flag_no_verb(struct esi_session *session, uint64_t offset, const struct esi_smtp_event *seen)
{
    add_verdict(session, &(struct finding){
                             .action = ESI_ACTION_ANOMALY,
                             .what = ESI_WHAT_COMMAND,
                             .dir = ESI_TO_SERVER,
                             .span = {offset, seen->text_len},
                             .behaviour = BEHAVIOUR_NO_VERB,
                             .words = "command line without a verb",
                             .before = seen->text,
                             .decided_at = offset + seen->text_len,
                         });
}

/* why_not - the reason why a command is not let through. */
static struct finding
why_not(const struct esi_session *session, uint64_t offset, const struct esi_smtp_event *seen)
{
    const struct esi_parameter *tls = &session->map->parameter[ESI_PARAMETER_ALLOW_TLS];
    struct finding why = {
        .behaviour = BEHAVIOUR_VERB_MASK,
        .words = "command not among those let through",
        .habits = session->map->commands == ESI_COMMANDS_OF_PLATFORM ? BY_KNOB(VERBS) : 0,
    };

    if (seen->u.command.verb == ESI_VERB_STARTTLS && session->platform->profile->has_maps) {
        why = (struct finding){.behaviour = BEHAVIOUR_VERB_STARTTLS,
                               .parameter = tls,
                               .words = "no allow-tls",
                               .habits = tls->rule.words ? 0 : BY_KNOB(ALLOW_TLS)};
    } else if (seen->text_len < SHORTEST_COMMAND) {
        why = (struct finding){.behaviour = BEHAVIOUR_SHORT_COMMAND,
                               .words = "command of fewer than four bytes",
                               .habits = BY_KNOB(SHORT_COMMAND)};
    } else if (offset < session->desync_to) {
        why.behaviour = BEHAVIOUR_BDAT_DESYNC;
    }
    return why;
}

/* judge_verb - the part of the line that the firewall still has to judge, at `offset`. */
static enum fate
judge_verb(struct esi_session *session, uint64_t offset, const struct esi_smtp_event *seen)
{
    if (lets_through(session, seen->u.command.verb))
        return FATE_PASSED;
    if (seen->u.command.word.len == 0) {
        flag_no_verb(session, offset, seen);
        return FATE_PASSED;
    }
    if (seen->text_len < SHORTEST_COMMAND &&
        habit_of(session, ESI_KNOB_SHORT_COMMAND) == ESI_SHORT_COMMAND_PASS)
        return FATE_PASSED;
    struct finding why = why_not(session, offset, seen);
    return block_command(session, offset, seen, &why);
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

/* judge_rest - of a line whose beginning was judged on arrival. */
static void
judge_rest(struct esi_session *session, const struct esi_smtp_event *event, uint64_t judged)
{
    struct esi_smtp_event rest = *event;

    if (judged >= event->text_len)
        return;
    rest.text = esi_slice_cut(event->text, (size_t)judged, event->text.len);
    rest.text_len -= judged;
    rest.span.len -= judged;
    esi_smtp_parse_command(rest.text, &rest);
    judge_verb(session, session->judged_to, &rest);
}

/* judge - the line as the firewall sees it. */
static enum fate
judge(struct esi_session *session, const struct esi_smtp_event *event)
{
    uint64_t judged =
        session->judged_to > event->span.offset ? session->judged_to - event->span.offset : 0;

    if (is_packet_masked(session))
        return FATE_MASKED;
    if (judged > 0) {
        judge_rest(session, event, judged);
        return FATE_MASKED;
    }
    enum verb_fate by_match = check_verb(session, event->span.offset, event);
    if (by_match == VERB_GONE)
        return FATE_PASSED; /* its sender sends it again, and then it passes */
    enum fate fate =
        by_match == VERB_STAYS ? judge_verb(session, event->span.offset, event) : FATE_PASSED;
    if (fate == FATE_PASSED)
        judge_arguments(session, event);
    return by_match == VERB_MASKED ? FATE_MASKED : fate;
}

/* judge_command - what becomes of a whole line; in_chunk: it is no command for the server. */
static enum fate
judge_command(struct esi_session *session, const struct esi_smtp_event *event, bool in_chunk)
{
    enum fate fate = FATE_PASSED;

    if (is_taken_for_text(session, event))
        return FATE_PASSED;
    if (!in_chunk && !is_packet_masked(session))
        fate = judge_manner(session, event);
    return fate == FATE_PASSED ? judge(session, event) : fate;
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

/* is_written_noop - a capture that was rewritten before shows a masked command as that; the same of
 * a client's own NOOP is no loss, for its reply is the same. */
static bool
is_written_noop(const struct esi_session *session, const struct esi_smtp_event *event)
{
    struct esi_slice text = event->text;

    if (habit_of(session, ESI_KNOB_BLOCKED_COMMAND) != ESI_BLOCKED_COMMAND_NOOP ||
        !esi_slice_eq(event->u.command.word, ESI_LIT("NOOP")))
        return false;
    while (text.len > 0 && text.ptr[text.len - 1] == ' ')
        text.len--;
    return text.len == event->u.command.word.len;
}

/* follow - what the captured server makes of the line: the reply it owes, the chunk it reads. */
static void
follow(struct esi_session *session, const struct esi_smtp_event *event, enum fate fate)
{
    uint64_t end = event->span.offset + event->span.len;

    bool noop = is_written_noop(session, event);

    session->result.counts.commands++;
    push_pending(session, (struct pending){.verb = noop ? ESI_VERB_UNKNOWN : event->u.command.verb,
                                           .masked = noop || fate != FATE_PASSED,
                                           .as_noop = noop || fate == FATE_NOOP,
                                           .starttls = is_starttls(event)});
    if (event->u.command.verb == ESI_VERB_BDAT)
        session->desync_to = end + chunk_length(event->u.command.args);
    if (event->u.command.verb == ESI_VERB_DATA && fate == FATE_PASSED)
        note_data_command(session);
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
    follow(session, &tail, FATE_MASKED);
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
    }
    enum fate fate = judge_command(session, event, in_chunk);
    if (in_chunk)
        follow_desync(session, event);
    else
        follow(session, event, fate);
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

    if (session->held_from == session->held_to || from >= session->held_to ||
        habit_of(session, ESI_KNOB_INCOMPLETE_COMMAND) == ESI_INCOMPLETE_COMMAND_FORWARD)
        return;
    add_verdict(session,
                &(struct finding){
                    .action = ESI_ACTION_DISCARD,
                    .what = ESI_WHAT_COMMAND,
                    .dir = ESI_TO_SERVER,
                    .span = {from, session->held_to - from},
                    .behaviour = BEHAVIOUR_INCOMPLETE_COMMAND,
                    .habits = BY_KNOB(INCOMPLETE_COMMAND),
                    .words = "command without its line end when the connection ended",
                    .before = esi_slice_cut(esi_buf_slice(&session->held),
                                            (size_t)(from - session->held_from), ESI_BEFORE_KEEP),
                    .decided_at = session->held_to - 1,
                });
}
