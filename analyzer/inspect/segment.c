/*
 * segment.c - what depends on where the client's segments ended.
 *
 * A telnet in character mode sends a segment a key: one that ends no line and holds fewer than four
 * bytes of a command is judged alone (Cisco 113423, Microsoft KB 320027).
 */
#include "inspect_internal.h"

void
note_segment(struct esi_session *session, const struct esi_stream_event *event)
{
    struct esi_slice bytes = event->bytes;

    if (session->segment_len == 0) {
        session->segment_from = event->span.offset;
        session->segment_ts = event->ts;
    }
    for (size_t i = 0; i < bytes.len && session->segment_len + i < sizeof session->segment; i++)
        session->segment[session->segment_len + i] = bytes.ptr[i];
    session->segment_len += bytes.len;
    keep_packet(session, event->span.offset, bytes);
}

/* is_judged_alone - whether the segment that ends at `end` lies in an unfinished command of which
 * everything before it was judged already. */
static bool
is_judged_alone(const struct esi_session *session, uint64_t end)
{
    uint64_t start = end - session->segment_len;
    uint64_t line = esi_smtp_line_start(session->smtp, ESI_TO_SERVER);

    return session->segment_len <= sizeof session->segment && session->held_to == end &&
           session->held_from == line &&
           (line == start || (line < start && session->judged_to == start));
}

static void
judge_segment(struct esi_session *session, uint64_t end)
{
    uint64_t start = end - session->segment_len;

    if (habit_of(session, ESI_KNOB_SEGMENT_JUDGEMENT) == ESI_SEGMENT_JUDGEMENT_PER_LINE ||
        !is_judged_alone(session, end))
        return;
    struct esi_slice bytes = {session->segment, (size_t)session->segment_len};
    while (bytes.len > 0 && bytes.ptr[bytes.len - 1] == '\r')
        bytes.len--;
    if (bytes.len > 0)
        add_verdict(session, &(struct finding){
                                 .action = ESI_ACTION_MASK,
                                 .what = ESI_WHAT_COMMAND,
                                 .dir = ESI_TO_SERVER,
                                 .span = {start, bytes.len},
                                 .behaviour = BEHAVIOUR_TYPED_BYTES,
                                 .habits = BY_KNOB(SEGMENT_JUDGEMENT),
                                 .words = "segment of fewer than four bytes that ends no line",
                                 .before = bytes,
                                 .edit = &mask_with_x,
                                 .decided_at = start + bytes.len - 1,
                             });
    session->judged_to = end;
}

static void
end_segment(struct esi_session *session, uint64_t end)
{
    end_packet(session, end);
    session->segment_before = session->segment_from;
    session->segment_before_ts = session->segment_ts;
    session->segment_len = 0;
}

void
on_segment_end(struct esi_session *session, uint64_t end)
{
    judge_segment(session, end);
    end_segment(session, end);
}

void
break_segment(struct esi_session *session, uint64_t at)
{
    end_segment(session, at);
    forget_packet_bytes(session); /* what comes does not join them */
    session->segment_before = 0;
}
