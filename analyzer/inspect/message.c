/*
 * message.c - a message as it passes: told as turns, and handed to those who judge it.
 */
#include "inspect_internal.h"

static void
on_header(struct esi_session *session, const struct esi_smtp_event *event)
{
    if (session->turns && event->u.header.depth == 0) {
        struct esi_turn *turn =
            &add_turn(session, ESI_TURN_HEADER, event->dir, event->span)->u.turn;
        turn->word = keep(session, event->u.header.name);
        turn->argument = keep(session, event->u.header.value);
    }
    note_message_id(session, event);
    check_duplicate_header(session, event);
    check_field_length(session, event);
    check_to_field(session, event);
    check_part(session, event);
}

/* begin_body - header_end: where the empty line, or what stands for it, starts. */
static void
begin_body(struct esi_session *session, uint64_t header_end, uint64_t offset)
{
    if (session->in_body)
        return;
    session->gauges.header_len = header_end - session->gauges.data_at;
    session->gauges.sized_to = offset;
    session->in_body = true;
    session->message_at = offset;
    session->message_frame = session->frame;
    session->body_lines = 0;
}

void
end_body(struct esi_session *session, uint64_t end)
{
    if (session->turns && session->in_body && session->body_lines > 0) {
        struct esi_turn *turn =
            &add_turn(session, ESI_TURN_BODY, ESI_TO_SERVER,
                      (struct esi_span){session->message_at, end - session->message_at})
                 ->u.turn;
        turn->lines = session->body_lines;
        turn->first_frame = session->message_frame;
    }
    session->in_body = false;
}

void
end_torn_message(struct esi_session *session)
{
    end_body(session, esi_smtp_line_start(session->smtp, ESI_TO_SERVER));
    forget_recipients(session);
    session->unsure = true; /* RSET or QUIT may have been sent behind it, too */
    set_client_mode(session, ESI_MODE_LINES);
}

static void
end_message(struct esi_session *session, const struct esi_smtp_event *dot)
{
    check_kept(session, dot);
    end_body(session, dot->span.offset);
    if (session->turns)
        add_turn(session, ESI_TURN_END_OF_DATA, dot->dir, dot->span);
    check_size(session, dot);
    forget_recipients(session);
    push_pending(session, (struct pending){.verb = ESI_VERB_DATA,
                                           .end_of_data = true,
                                           .end_missed = misses_end(session, dot)});
}

void
on_message_event(struct esi_session *session, const struct esi_smtp_event *event)
{
    switch (event->kind) {
    case ESI_SMTP_HEADER_LINE:
        check_header_line(session, event);
        return;
    case ESI_SMTP_HEADER:
        on_header(session, event);
        return;
    case ESI_SMTP_HEADERS_END:
        begin_body(session, event->span.offset, event->span.offset + event->span.len);
        return;
    case ESI_SMTP_BODY_LINE:
        begin_body(session, event->span.offset, event->span.offset);
        session->body_lines += event->done;
        check_body(session, event);
        return;
    case ESI_SMTP_BODY:
        begin_body(session, event->span.offset, event->span.offset);
        session->body_lines += event->u.body.lines;
        check_body(session, event);
        return;
    case ESI_SMTP_MESSAGE_END:
        end_message(session, event);
        return;
    default:
        esi_panic("on_message_event: kind %d", (int)event->kind);
    }
}
