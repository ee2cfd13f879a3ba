/*
 * session.c - stream events in, outcomes out: feeding the tokenizer and wiring the parts.
 *
 * One rule gives the order: bytes are judged as they arrive. A mode that a reply sets applies to
 * client bytes that arrive later; what a client sends too early is read as the firewall would have
 * read it.
 */
#include <stdlib.h>

#include "inspect_internal.h"

struct esi_session *
esi_session_new(const struct esi_platform *platform, const struct esi_map *map, bool turns,
                bool midstream)
{
    struct esi_session *session = esi_alloc(sizeof *session);

    session->platform = platform;
    session->map = map;
    session->pending = session->pending_room;
    session->pending_cap = PENDING_ROOM;
    session->smtp = esi_smtp_new();
    session->turns = turns;
    session->phase = midstream ? PHASE_PICKED_UP : PHASE_OPENED;
    session->incomplete = midstream;
    session->gauges.declared = NOT_DECLARED;
    begin_criteria(session);
    return session;
}

static void
on_gap(struct esi_session *session, const struct esi_smtp_event *event)
{
    enum esi_mode mode = esi_smtp_mode(session->smtp, event->dir);
    bool in_lines = mode == ESI_MODE_LINES;
    bool in_message = mode == ESI_MODE_MESSAGE;

    session->incomplete = true;
    session->message_torn |= event->dir == ESI_TO_SERVER && in_message;
    if (event->dir == ESI_TO_CLIENT && session->phase == PHASE_OPENED)
        set_phase(session, PHASE_PICKED_UP); /* the greeting is what is missing */
    if (event->dir == ESI_TO_CLIENT)
        break_reply(session);
    else if (in_lines)
        break_command(session);
    if (session->turns)
        add_turn(session, ESI_TURN_GAP, event->dir, event->span);
    if (event->dir == ESI_TO_SERVER && !in_lines && mode != ESI_MODE_AUTH)
        return; /* a hole in a message: the dialogue is not in doubt */
    if (event->dir == ESI_TO_CLIENT && session->waiting.data > 0 &&
        esi_smtp_mode(session->smtp, ESI_TO_SERVER) == ESI_MODE_LINES)
        begin_message(session); /* the hole holds the answer: most likely 354 */
    if (event->dir == ESI_TO_CLIENT) {
        session->maybe_tls = session->waiting.starttls > 0;
        session->maybe_auth = session->waiting.auth > 0;
    }
    session->unsure = true;
    forget_pending(session);
}

/* on_passed - a client's first bytes may have been judged, if they came before the server's 220. */
static void
on_passed(struct esi_session *session, const struct esi_smtp_event *event)
{
    struct opaque **opaque = &session->opaque[event->dir];
    uint64_t judged = event->dir == ESI_TO_SERVER ? session->judged_to : 0;
    uint64_t end = event->span.offset + event->span.len;

    if (!session->turns || end <= judged) /* nobody is told */
        return;
    if (!*opaque) {
        *opaque = esi_alloc(sizeof **opaque);
        (*opaque)->span.offset = event->span.offset > judged ? event->span.offset : judged;
        (*opaque)->first_frame = session->frame;
    }
    (*opaque)->span.len = end - (*opaque)->span.offset;
    (*opaque)->last_frame = session->frame;
}

enum { HANDSHAKE = 22 }; /* a TLS record's first byte */

/* meet_tls - in the bytes from this offset on: what is not judged is not masked. */
static void
meet_tls(struct esi_session *session, enum esi_dir dir, uint64_t offset)
{
    bool client = dir == ESI_TO_SERVER;

    end_packet(session, client ? offset : session->segment_from + session->segment_len);
    start_tls(session);
}

/* is_judged - whether the line begins with what was judged already, and is masked now. */
static bool
is_judged(const struct esi_session *session, const struct esi_smtp_event *line)
{
    return line->dir == ESI_TO_SERVER && line->span.offset < session->judged_to;
}

/* begins_tls - whether the line is a TLS record (RFC 8446 section 5.1), where one may come. */
static bool
begins_tls(struct esi_session *session, const struct esi_smtp_event *line)
{
    if (!session->maybe_tls)
        return false;
    session->maybe_tls = false;
    if (line->text.len == 0 || line->text.ptr[0] != HANDSHAKE || is_judged(session, line))
        return false;
    meet_tls(session, line->dir, line->span.offset);
    on_passed(session, line);
    return true;
}

/* is_tls_record - the same behind a hole, where no line begins for the tokenizer. */
static bool
is_tls_record(const struct esi_session *session, const struct esi_stream_event *event)
{
    return session->maybe_tls && event->dir == ESI_TO_SERVER &&
           esi_smtp_mode(session->smtp, ESI_TO_SERVER) == ESI_MODE_LINES &&
           event->bytes.ptr[0] == HANDSHAKE &&
           esi_smtp_line_start(session->smtp, ESI_TO_SERVER) == event->span.offset;
}

static void
handle(struct esi_session *session, const struct esi_smtp_event *event)
{
    bool line = event->kind == ESI_SMTP_COMMAND || event->kind == ESI_SMTP_REPLY_LINE;

    if (line && begins_tls(session, event))
        return;
    switch (event->kind) {
    case ESI_SMTP_COMMAND:
        on_command(session, event);
        return;
    case ESI_SMTP_REPLY_LINE:
        on_reply_line(session, event);
        return;
    case ESI_SMTP_AUTH_LINE:
        on_auth_line(session, event);
        return;
    case ESI_SMTP_GAP:
        on_gap(session, event);
        return;
    case ESI_SMTP_PASSED:
    case ESI_SMTP_CHUNK:
        on_passed(session, event);
        return;
    default:
        on_message_event(session, event);
        return;
    }
}

static void
drain(struct esi_session *session)
{
    struct esi_smtp_event event;

    while (esi_smtp_next(session->smtp, &event))
        handle(session, &event);
}

static void
on_data(struct esi_session *session, const struct esi_stream_event *event)
{
    session->heard[event->dir] = true;
    watch_after_cut(session, event->dir, event->span.offset);
    if (event->dir == ESI_TO_SERVER)
        note_segment(session, event);
    if (is_tls_record(session, event))
        meet_tls(session, event->dir, event->span.offset);
    esi_smtp_push(session->smtp, event->dir, event->span.offset, event->bytes);
    drain(session);
    if (event->dir == ESI_TO_SERVER && event->ends_segment)
        on_segment_end(session, event->span.offset + event->span.len);
}

/* end_opaque - TLS is told as one turn a direction, once its length is known. */
static void
end_opaque(struct esi_session *session)
{
    for (int dir = ESI_TO_SERVER; dir <= ESI_TO_CLIENT; dir++) {
        const struct opaque *opaque = session->opaque[dir];
        if (!opaque)
            continue;
        struct esi_outcome *turn = add_turn(session, ESI_TURN_TLS, (enum esi_dir)dir, opaque->span);
        turn->frame = opaque->last_frame;
        turn->u.turn.first_frame = opaque->first_frame;
    }
}

/* finish - the stream is over; ended: by its peers, not by the capture's end. */
static void
finish(struct esi_session *session, bool ended)
{
    struct esi_session_result *result = &session->result;

    end_greeting(session);
    end_packet(session, session->segment_from + session->segment_len);
    end_body(session, esi_smtp_line_start(session->smtp, ESI_TO_SERVER));
    if (ended)
        discard_incomplete(session);
    end_opaque(session);
    if (result->outcome == ESI_SESSION_UNTOUCHED && !result->tls &&
        (session->incomplete || one_sided(session)))
        result->outcome = ESI_SESSION_UNKNOWN;
}

void
esi_session_feed(struct esi_session *session, const struct esi_stream_event *event,
                 struct esi_outcomes *out)
{
    session->out = out;
    session->frame = event->frame;
    session->ts = event->ts;
    switch (event->kind) {
    case ESI_STREAM_OPEN:
    case ESI_STREAM_FIN:
        break;
    case ESI_STREAM_DATA:
        on_data(session, event);
        break;
    case ESI_STREAM_GAP:
        if (event->dir == ESI_TO_SERVER)
            break_segment(session, event->span.offset);
        esi_smtp_gap(session->smtp, event->dir, event->span);
        drain(session);
        break;
    case ESI_STREAM_CLOSE:
    case ESI_STREAM_RESET:
        finish(session, true);
        break;
    case ESI_STREAM_TIMEOUT:
    case ESI_STREAM_END:
        finish(session, false);
        break;
    }
    session->out = NULL;
}

uint64_t
esi_session_low_water(const struct esi_session *session, enum esi_dir dir)
{
    uint64_t line = esi_smtp_low_water(session->smtp, dir);

    if (dir == ESI_TO_SERVER)
        return packet_low_water(session, line);
    return session->reply.open && session->reply.offset < line ? session->reply.offset : line;
}

const struct esi_session_result *
esi_session_result(const struct esi_session *session)
{
    return &session->result;
}

void
esi_session_fetch(const struct esi_session *session, unsigned step)
{
    if (step == 0)
        esi_fetch(session, sizeof *session);
    else
        esi_smtp_fetch(session->smtp, step - 1);
}

size_t
esi_session_memory(const struct esi_session *session)
{
    size_t pending = session->pending == session->pending_room
                         ? 0
                         : session->pending_cap * sizeof *session->pending;
    size_t buckets = session->buckets ? session->map->match_count * sizeof *session->buckets : 0;

    return sizeof *session + esi_smtp_memory(session->smtp) + pending + session->reply.text.cap +
           session->held.cap + names_memory(session) + session->message_id.cap + buckets +
           packet_memory(session);
}

void
esi_session_free(struct esi_session *session)
{
    if (!session)
        return;
    esi_smtp_free(session->smtp);
    if (session->pending != session->pending_room)
        free(session->pending);
    esi_buf_free(&session->reply.text);
    esi_buf_free(&session->held);
    esi_buf_free(&session->message_id);
    free(session->names);
    free_packet(session);
    free(session->opaque[ESI_TO_SERVER]);
    free(session->opaque[ESI_TO_CLIENT]);
    free(session->buckets);
    free(session->why);
    free(session->follows);
    free(session);
}
