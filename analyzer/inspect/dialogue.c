/*
 * dialogue.c - how far the dialogue is, and which reply answers which command.
 *
 * Commands wait for their replies in a ring, as the captured server saw them (RFC 2920: replies
 * come in the order of the commands). Whoever reads a reply that changes the mode of what comes
 * next says so here: a message (RFC 5321 section 3.3), TLS (RFC 3207).
 *
 * Judges nothing.
 */
#include <stdlib.h>

#include "inspect_internal.h"

void
set_phase(struct esi_session *session, enum phase phase)
{
    session->phase = phase;
}

bool
one_sided(const struct esi_session *session)
{
    return !session->heard[ESI_TO_SERVER] || !session->heard[ESI_TO_CLIENT];
}

void
begin_message(struct esi_session *session)
{
    session->in_body = session->message_torn = session->duplicate_fired = false;
    esi_buf_clear(&session->header_names);
    if (session->taken == TAKEN_SINCE_DATA)
        session->taken = TAKEN_RIGHT; /* so it is one */
    esi_smtp_set_mode(session->smtp, ESI_TO_SERVER, ESI_MODE_MESSAGE, 0);
    begin_gauges(session);
}

void
start_tls(struct esi_session *session)
{
    session->result.tls = true;
    set_phase(session, PHASE_TLS);
    esi_smtp_set_mode(session->smtp, ESI_TO_SERVER, ESI_MODE_OPAQUE, 0);
    esi_smtp_set_mode(session->smtp, ESI_TO_CLIENT, ESI_MODE_OPAQUE, 0);
}

void
push_pending(struct esi_session *session, struct pending asked)
{
    if (session->pending_len == PENDING_MOST) {
        session->pending_lost++;
        return;
    }
    if (session->pending_len == session->pending_cap) { /* straighten the ring, then grow it */
        size_t cap = session->pending_cap * 2;
        struct pending *grown = esi_alloc(cap * sizeof *grown);
        for (size_t i = 0; i < session->pending_len; i++)
            grown[i] = session->pending[(session->pending_at + i) & (session->pending_cap - 1)];
        if (session->pending != session->pending_room)
            free(session->pending);
        session->pending = grown;
        session->pending_cap = cap;
        session->pending_at = 0;
    }
    session->pending[(session->pending_at + session->pending_len++) & (session->pending_cap - 1)] =
        asked;
}

bool
pop_pending(struct esi_session *session, struct pending *out)
{
    if (session->pending_len > 0) {
        *out = session->pending[session->pending_at];
        session->pending_at = (session->pending_at + 1) & (session->pending_cap - 1);
        session->pending_len--;
        return true;
    }
    if (session->pending_lost > 0) {
        session->pending_lost--;
        *out = (struct pending){.verb = ESI_VERB_UNKNOWN};
        return true;
    }
    return false;
}

static const struct pending *
pending_at(const struct esi_session *session, size_t index)
{
    return &session->pending[(session->pending_at + index) & (session->pending_cap - 1)];
}

bool
is_pending(const struct esi_session *session, enum esi_verb verb)
{
    for (size_t i = 0; i < session->pending_len; i++)
        if (pending_at(session, i)->verb == verb && !pending_at(session, i)->end_of_data)
            return true;
    return false;
}

bool
is_pending_starttls(const struct esi_session *session)
{
    for (size_t i = 0; i < session->pending_len; i++)
        if (pending_at(session, i)->starttls)
            return true;
    return false;
}
