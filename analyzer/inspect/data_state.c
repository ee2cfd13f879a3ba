/*
 * data_state.c - where the firewall takes for a message what the captured server does not.
 *
 * Two bugs of old boxes. The end of a message was seen only if CRLF.CRLF lay in one segment, or
 * .CRLF began one behind a segment that ended in CRLF (Microsoft KB 295725; Postfix HISTORY of
 * 2001); else all that follows stays message text. And the command DATA began a message whatever
 * the server answered (Cisco advisory on CSCdr91002, CSCds30699, CSCds38708; CVE-2000-1022).
 * Message text is not looked at for commands: what stands there passes.
 */
#include <inttypes.h>

#include "inspect_internal.h"

enum { CRLF_LEN = 2, MESSAGE_ID_KEEP = 200 };

/* sees_end - of the text that ends with the lone dot at this offset. */
static bool
sees_end(const struct esi_session *session, uint64_t dot)
{
    if (!may_miss_end(session))
        return true;
    return session->segment_from + CRLF_LEN <= dot ||
           (session->segment_from == dot && session->segment_before + CRLF_LEN <= dot);
}

bool
may_miss_end(const struct esi_session *session)
{
    return habit_of(session, ESI_KNOB_END_OF_DATA) == ESI_END_OF_DATA_ONE_SEGMENT;
}

void
note_message_id(struct esi_session *session, const struct esi_smtp_event *field)
{
    if (field->u.header.depth > 0 || !may_miss_end(session) ||
        !esi_slice_eq_nocase(field->u.header.name, ESI_LIT("Message-ID")))
        return;
    esi_buf_clear(&session->message_id);
    esi_buf_append(&session->message_id, esi_slice_cut(field->u.header.value, 0, MESSAGE_ID_KEEP));
}

/* put_split - where CRLF.CRLF was cut, how long the sender waited there, and of which message, by
 * which it is known when it comes again. */
static void
put_split(struct esi_buf *out, const struct esi_session *session, uint64_t dot)
{
    static const esi_nanos milli = 1000000;
    esi_nanos waited = session->segment_ts > session->segment_before_ts
                           ? session->segment_ts - session->segment_before_ts
                           : 0;

    esi_buf_printf(out,
                   "CRLF.CRLF split behind byte %u, %" PRIu64 ".%03u s behind the segment before",
                   (unsigned)(session->segment_from + CRLF_LEN - dot),
                   (uint64_t)(waited / milli / 1000), (unsigned)(waited / milli % 1000));
    if (session->message_id.len == 0)
        return;
    esi_buf_text(out, "; Message-ID ");
    esi_buf_append(out, esi_buf_slice(&session->message_id));
}

static void
tell_missed_end(struct esi_session *session, const struct esi_smtp_event *dot)
{
    struct esi_buf split = {0};

    put_split(&split, session, dot->span.offset);
    add_verdict(session, &(struct finding){
                             .action = ESI_ACTION_ANOMALY,
                             .what = ESI_WHAT_SEQUENCE,
                             .dir = ESI_TO_SERVER,
                             .span = {dot->span.offset, dot->text_len},
                             .behaviour = BEHAVIOUR_END_OF_DATA_MISSED,
                             .habits = BY_KNOB(END_OF_DATA),
                             .words = "end of data split over segments",
                             .before = dot->text,
                             .logged = esi_buf_slice(&split),
                             .decided_at = dot->span.offset + dot->span.len - 1,
                         });
    esi_buf_free(&split);
}

bool
misses_end(struct esi_session *session, const struct esi_smtp_event *dot)
{
    bool missed_before = session->taken == TAKEN_END_MISSED;

    if (sees_end(session, dot->span.offset)) {
        session->taken = TAKEN_RIGHT;
        return false;
    }
    session->taken = TAKEN_END_MISSED;
    if (!missed_before)
        tell_missed_end(session, dot);
    return true;
}

void
note_data_command(struct esi_session *session)
{
    if (habit_of(session, ESI_KNOB_DATA_STATE) == ESI_DATA_STATE_ON_COMMAND &&
        session->taken == TAKEN_RIGHT)
        session->taken = TAKEN_SINCE_DATA;
}

bool
is_taken_for_text(struct esi_session *session, const struct esi_smtp_event *command)
{
    if (session->taken == TAKEN_RIGHT)
        return false;
    if (esi_slice_eq(command->text, ESI_LIT(".")) && command->eol == ESI_EOL_CRLF &&
        sees_end(session, command->span.offset)) {
        session->taken = TAKEN_RIGHT;
        return true;
    }
    if (session->taken == TAKEN_SINCE_DATA)
        add_verdict(session, &(struct finding){
                                 .action = ESI_ACTION_ANOMALY,
                                 .what = ESI_WHAT_SEQUENCE,
                                 .dir = ESI_TO_SERVER,
                                 .span = {command->span.offset, command->text_len},
                                 .behaviour = BEHAVIOUR_DATA_ON_COMMAND,
                                 .habits = BY_KNOB(DATA_STATE),
                                 .words = "command taken for message text",
                                 .before = command->text,
                                 .decided_at = command->span.offset + command->span.len - 1,
                             });
    return true;
}
