/*
 * message.c - what the engine does to a message: header lines, MIME file names, body lines.
 *
 * Limits are of physical lines without their line end, and fire at the byte that crosses them.
 */
#include "inspect_internal.h"

/* check_line - one limit on the line in progress, once a line. */
static void
check_line(struct esi_session *session, const struct esi_smtp_event *event,
           enum esi_criterion criterion, enum esi_what what, enum behaviour behaviour,
           uint64_t *fired)
{
    const struct esi_match *match = session->match[criterion];

    if (!match || event->text_len <= match->limit || *fired == event->span.offset + 1)
        return;
    *fired = event->span.offset + 1;
    add_verdict(session, &(struct finding){
                             .action = match->action,
                             .what = what,
                             .dir = event->dir,
                             .span = {event->span.offset, match->limit + 1},
                             .behaviour = behaviour,
                             .match = match,
                             .before = esi_slice_cut(event->text, 0, (size_t)match->limit + 1),
                             .decided_at = event->span.offset + match->limit,
                         });
}

/* check_filename - the first of the part's two places for a name that is too long. */
static void
check_filename(struct esi_session *session, const struct esi_smtp_event *event)
{
    const struct esi_match *match = session->match[ESI_CRITERION_MIME_FILENAME_LENGTH];
    struct esi_slice field = event->u.header.name;
    const char *parameter = esi_slice_eq_nocase(field, ESI_LIT("Content-Disposition")) ? "filename"
                            : esi_slice_eq_nocase(field, ESI_LIT("Content-Type"))      ? "name"
                                                                                       : NULL;
    struct esi_buf name = {0};

    if (!match || !parameter)
        return;
    if (esi_mime_param(event->u.header.value, parameter, &name) && name.len > match->limit)
        add_verdict(session,
                    &(struct finding){
                        .action = match->action,
                        .what = ESI_WHAT_MIME_FILENAME,
                        .dir = event->dir,
                        .span = {event->span.offset, event->span.len - (uint64_t)event->eol},
                        .behaviour = BEHAVIOUR_FILENAME_LENGTH,
                        .match = match,
                        .before = event->text,
                        .decided_at = event->span.offset + event->span.len - 1,
                    });
    esi_buf_free(&name);
}

static void
on_header(struct esi_session *session, const struct esi_smtp_event *event)
{
    if (session->turns && event->u.header.depth == 0) {
        struct esi_turn *turn =
            &add_turn(session, ESI_TURN_HEADER, event->dir, event->span)->u.turn;
        turn->word = keep(session, event->u.header.name);
        turn->argument = keep(session, event->u.header.value);
    }
    check_filename(session, event);
}

static void
begin_body(struct esi_session *session, uint64_t offset)
{
    if (session->in_body)
        return;
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
    session->rcpts = 0;
    session->message_torn = false;
    session->unsure = true; /* RSET or QUIT may have been sent behind it, too */
    esi_smtp_set_mode(session->smtp, ESI_TO_SERVER, ESI_MODE_LINES, 0);
}

static void
end_message(struct esi_session *session, const struct esi_smtp_event *dot)
{
    end_body(session, dot->span.offset);
    if (session->turns)
        add_turn(session, ESI_TURN_END_OF_DATA, dot->dir, dot->span);
    session->rcpts = 0;
    push_pending(session, (struct pending){.verb = ESI_VERB_DATA, .end_of_data = true});
}

void
on_message_event(struct esi_session *session, const struct esi_smtp_event *event)
{
    switch (event->kind) {
    case ESI_SMTP_HEADER_LINE:
        check_line(session, event, ESI_CRITERION_HEADER_LINE_LENGTH, ESI_WHAT_HEADER_LINE,
                   BEHAVIOUR_HEADER_LINE_LENGTH, &session->header_fired);
        return;
    case ESI_SMTP_HEADER:
        on_header(session, event);
        return;
    case ESI_SMTP_HEADERS_END:
        begin_body(session, event->span.offset + event->span.len);
        return;
    case ESI_SMTP_BODY_LINE:
        begin_body(session, event->span.offset);
        session->body_lines += event->done;
        check_line(session, event, ESI_CRITERION_BODY_LINE_LENGTH, ESI_WHAT_BODY_LINE,
                   BEHAVIOUR_BODY_LINE_LENGTH, &session->body_fired);
        return;
    case ESI_SMTP_BODY:
        begin_body(session, event->span.offset);
        session->body_lines += event->u.body.lines;
        return;
    case ESI_SMTP_MESSAGE_END:
        end_message(session, event);
        return;
    default:
        esi_panic("on_message_event: kind %d", (int)event->kind);
    }
}
