/*
 * manner.c - how a command came, whatever it says: ended by LF or CR alone, or before the reply to
 * the last one. Cisco 117801 lists both as anomalies and does not say what becomes of them.
 *
 * A CR alone ends no line here: what follows it is seen as part of the same command.
 */
#include <string.h>

#include "inspect_internal.h"

/* A way in which a command may come that Cisco lists as an anomaly, and what a habit makes of it.
 */
struct oddity {
    enum esi_knob knob;
    enum esi_habit mask, drop;
    enum esi_what what;
    enum behaviour flagged, masked, dropped;
};

static const struct oddity wrong_end = {
    ESI_KNOB_BARE_LF,  ESI_BARE_LF_MASK,       ESI_BARE_LF_DROP,       ESI_WHAT_COMMAND_LINE,
    BEHAVIOUR_BARE_LF, BEHAVIOUR_BARE_LF_MASK, BEHAVIOUR_BARE_LF_DROP,
};

static const struct oddity pipelining = {
    ESI_KNOB_PIPELINING,  ESI_PIPELINING_MASK,       ESI_PIPELINING_DROP,       ESI_WHAT_SEQUENCE,
    BEHAVIOUR_PIPELINING, BEHAVIOUR_PIPELINING_MASK, BEHAVIOUR_PIPELINING_DROP,
};

/* block_rest - what of the line was not masked on arrival. */
static enum fate
block_rest(struct esi_session *session, const struct esi_smtp_event *event,
           const struct finding *finding)
{
    struct esi_smtp_event rest;
    uint64_t offset = event->span.offset;

    if (session->judged_to <= offset)
        return block_command(session, offset, event, finding);
    if (unjudged(session, event, &rest) && has_verb(rest.u.command.word))
        block_command(session, session->judged_to, &rest, finding);
    return FATE_MASKED;
}

static enum fate
judge_oddity(struct esi_session *session, const struct esi_smtp_event *event,
             const struct oddity *oddity, const char *words)
{
    enum esi_habit habit = habit_of(session, oddity->knob);
    bool masks = habit == oddity->mask && event->u.command.word.len > 0;
    struct finding finding = {
        .action = habit == oddity->drop ? ESI_ACTION_DROP_CONNECTION : ESI_ACTION_ANOMALY,
        .what = oddity->what,
        .dir = ESI_TO_SERVER,
        .span = {event->span.offset, event->text_len},
        .behaviour = habit == oddity->drop ? oddity->dropped
                     : masks               ? oddity->masked
                                           : oddity->flagged,
        .habits = (uint32_t)1 << oddity->knob,
        .words = words,
        .before = event->text,
        .decided_at = event->span.offset + event->text_len,
    };

    if (masks)
        return block_rest(session, event, &finding);
    add_verdict(session, &finding);
    return FATE_PASSED;
}

/* ends_wrongly - how the command does, or NULL. A CR alone is no line end for the server. */
static const char *
ends_wrongly(const struct esi_smtp_event *event)
{
    if (event->eol == ESI_EOL_LF)
        return "command not ended by CRLF";
    return event->text.len > 0 && memchr(event->text.ptr, '\r', event->text.len)
               ? "CR without LF in a command"
               : NULL;
}

bool
is_pipelined(const struct esi_session *session)
{
    return session->pending_len > 0 && session->heard[ESI_TO_CLIENT] && !session->unsure;
}

enum fate
judge_manner(struct esi_session *session, const struct esi_smtp_event *event)
{
    const char *how = ends_wrongly(event);
    enum fate fate = FATE_PASSED;

    if (how)
        fate = judge_oddity(session, event, &wrong_end, how);
    if (fate == FATE_PASSED && is_pipelined(session))
        fate =
            judge_oddity(session, event, &pipelining, "command before the reply to the last one");
    return fate;
}
