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

enum {
    SHORTEST_COMMAND = 4, /* bytes; Cisco 117801: "commands must be at least 4 characters" */
    STARTTLS_LEN = 8
};

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

bool
has_verb(struct esi_slice word)
{
    size_t at = 0;

    while (at < word.len && word.ptr[at] == '\r')
        at++;
    return at < word.len;
}

/* judge_verb - the part of the line that the firewall still has to judge, at `offset`. */
static enum fate
judge_verb(struct esi_session *session, uint64_t offset, const struct esi_smtp_event *seen)
{
    if (lets_through(session, seen->u.command.verb))
        return FATE_PASSED;
    if (!has_verb(seen->u.command.word)) {
        flag_no_verb(session, offset, seen);
        return FATE_PASSED;
    }
    if (seen->text_len < SHORTEST_COMMAND && !is_x(seen->u.command.word) &&
        habit_of(session, ESI_KNOB_SHORT_COMMAND) == ESI_SHORT_COMMAND_PASS)
        return FATE_PASSED; /* one of X may be masked already, and its segment with it */
    struct finding why = why_not(session, offset, seen);
    return block_command(session, offset, seen, &why);
}

/* is_covered - whether a masked command has no bytes left to write over. */
static bool
is_covered(const struct esi_session *session, bool masked)
{
    return masked && habit_of(session, ESI_KNOB_COMMAND_MASK_SCOPE) != ESI_COMMAND_MASK_SCOPE_VERB;
}

/* judge_address - and then the rest of what is to be said of the line, with blanks for the strays
 * in it. */
static void
judge_address(struct esi_session *session, const struct esi_smtp_event *event, bool masked,
              void (*check)(struct esi_session *, const struct esi_smtp_event *, struct esi_slice))
{
    struct esi_smtp_event line = *event;
    struct esi_buf written = {0};

    scan_address(session, event, is_covered(session, masked), &written);
    if (written.len > 0) {
        line.text = esi_buf_slice(&written);
        esi_smtp_parse_command(line.text, &line);
    }
    check(session, &line, event->text);
    esi_buf_free(&written);
}

/* judge_arguments - of a command that passed, or that a match masked: masks combine with what comes
 * later; but the server does not know it, so that it begins no message. */
static void
judge_arguments(struct esi_session *session, const struct esi_smtp_event *event, bool masked)
{
    switch (event->u.command.verb) {
    case ESI_VERB_MAIL:
        if (!masked)
            forget_recipients(session);
        judge_address(session, event, masked, check_sender);
        return;
    case ESI_VERB_RCPT:
        judge_address(session, event, masked, check_recipients);
        session->rcpts_masked += masked;
        return;
    case ESI_VERB_RSET:
    case ESI_VERB_EHLO:
    case ESI_VERB_HELO:
        if (!masked)
            forget_recipients(session);
        return;
    default:
        return;
    }
}

bool
unjudged(const struct esi_session *session, const struct esi_smtp_event *line,
         struct esi_smtp_event *rest)
{
    uint64_t judged = session->judged_to - line->span.offset;

    *rest = *line;
    if (judged >= line->text_len)
        return false;
    rest->text = esi_slice_cut(line->text, (size_t)judged, line->text.len);
    rest->text_len -= judged;
    esi_smtp_parse_command(rest->text, rest);
    return true;
}

/* judge - the line as the firewall sees it. */
static enum fate
judge(struct esi_session *session, const struct esi_smtp_event *event)
{
    struct esi_smtp_event rest;

    if (is_packet_masked(session))
        return FATE_MASKED;
    if (session->judged_to > event->span.offset) {
        if (unjudged(session, event, &rest))
            judge_verb(session, session->judged_to, &rest);
        return FATE_MASKED;
    }
    enum verb_fate by_match = check_verb(session, event->span.offset, event);
    if (by_match == VERB_GONE)
        return FATE_PASSED; /* its sender sends it again, and then it passes */
    enum fate fate =
        by_match == VERB_STAYS ? judge_verb(session, event->span.offset, event) : FATE_PASSED;
    if (fate == FATE_PASSED)
        judge_arguments(session, event, by_match == VERB_MASKED);
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

/* follow - what the captured server makes of the line: the reply it owes, the chunk it reads. By
 * what is left of it, so that it is the same the next time. */
static void
follow(struct esi_session *session, const struct esi_smtp_event *left, enum esi_verb sent,
       enum fate fate)
{
    uint64_t end = left->span.offset + left->span.len;
    bool noop = is_written_noop(session, left);
    enum esi_verb verb = noop ? ESI_VERB_UNKNOWN : left->u.command.verb;

    session->result.counts.commands++;
    push_pending(session,
                 (struct pending){.offset = left->span.offset,
                                  .verb = verb,
                                  .sent = noop && fate == FATE_PASSED ? ESI_VERB_UNKNOWN : sent,
                                  .masked = noop || fate != FATE_PASSED,
                                  .as_noop = noop,
                                  .starttls = is_starttls(session, left),
                                  .eight = left->text_len == STARTTLS_LEN});
    if (is_bdat(left))
        session->desync_to = end + chunk_length(left->u.command.args);
    if (verb == ESI_VERB_DATA && fate == FATE_PASSED)
        note_data_command(session);
    session->maybe_auth = false;
    if (!one_sided(session)) /* else nobody is there to say 354, 334 or 220 */
        return;
    session->maybe_auth = verb == ESI_VERB_AUTH;
    session->maybe_tls = is_starttls(session, left);
    if (verb == ESI_VERB_DATA)
        begin_message(session);
}

/* follow_desync - a line inside a chunk: only what lies behind the chunk's end is a command, and
 * not the one that the firewall judged. */
static void
follow_desync(struct esi_session *session, const struct esi_smtp_event *event,
              const struct esi_smtp_event *left)
{
    uint64_t in_chunk = session->desync_to - left->span.offset;

    if (in_chunk >= left->span.len)
        return;
    struct esi_smtp_event tail = *left, sent = *event;
    tail.text = esi_slice_cut(left->text, (size_t)in_chunk, left->text.len);
    esi_smtp_parse_command(tail.text, &tail);
    esi_smtp_parse_command(esi_slice_cut(event->text, (size_t)in_chunk, event->text.len), &sent);
    follow(session, &tail, sent.u.command.verb, FATE_MASKED);
}

/* is_sasl - a whole line of base64 (RFC 4648 section 4), or `*` (RFC 4954 section 4), and no
 * command, be it masked. */
static bool
is_sasl(const struct esi_smtp_event *line)
{
    static const char others[] = "+/=";

    if (line->u.command.verb != ESI_VERB_UNKNOWN || is_x(line->text))
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

/* in_sasl - whether SASL lines may come though no 334 was seen for them. In a segment that is
 * masked there are none left. */
static bool
in_sasl(const struct esi_session *session)
{
    return !is_packet_masked(session) &&
           (session->maybe_auth || (session->unsure && session->waiting.auth > 0));
}

static void
judge_and_follow(struct esi_session *session, const struct esi_smtp_event *event, bool in_chunk)
{
    size_t told = session->out->len;
    struct esi_buf room = {0};
    enum fate fate = judge_command(session, event, in_chunk);
    struct esi_smtp_event left =
        fate == FATE_PASSED ? *event : rewritten_line(session, event, told, &room);

    if (in_chunk)
        follow_desync(session, event, &left);
    else
        follow(session, &left, event->u.command.verb, fate);
    esi_buf_free(&room);
}

void
on_command(struct esi_session *session, const struct esi_smtp_event *event)
{
    bool in_chunk = event->span.offset < session->desync_to;

    if (session->phase == PHASE_PICKED_UP) {
        session->held_from = session->held_to; /* it may have begun before */
        session->picked_ehlo = event->u.command.verb == ESI_VERB_EHLO;
        if (event->done)
            add_command_turn(session, event, false);
        return;
    }
    if (in_sasl(session) && (!event->done || is_sasl(event))) {
        on_auth_line(session, event);
        return;
    }
    note_packet_line(session, session->judged_to > event->span.offset ? session->judged_to
                                                                      : event->span.offset);
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
    judge_and_follow(session, event, in_chunk);
}

void
on_auth_line(struct esi_session *session, const struct esi_smtp_event *event)
{
    if (!event->done)
        return;
    if (session->turns)
        add_turn(session, ESI_TURN_AUTH, ESI_TO_SERVER, event->span);
    push_pending(session, (struct pending){.offset = event->span.offset,
                                           .verb = ESI_VERB_AUTH,
                                           .eight = event->text_len == STARTTLS_LEN});
    set_client_mode(session, ESI_MODE_LINES);
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
