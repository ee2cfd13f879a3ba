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

void
set_client_mode(struct esi_session *session, enum esi_mode mode)
{
    session->held_from = session->held_to;
    esi_smtp_set_mode(session->smtp, ESI_TO_SERVER, mode, 0);
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
    forget_names(session);
    esi_buf_clear(&session->message_id);
    if (session->taken == TAKEN_SINCE_DATA)
        session->taken = TAKEN_RIGHT; /* so it is one */
    set_client_mode(session, ESI_MODE_MESSAGE);
    begin_gauges(session);
}

void
start_tls(struct esi_session *session)
{
    session->result.tls = true;
    set_phase(session, PHASE_TLS);
    set_client_mode(session, ESI_MODE_OPAQUE);
    esi_smtp_set_mode(session->smtp, ESI_TO_CLIENT, ESI_MODE_OPAQUE, 0);
}

/* count_waiting - by: 1, or -1. */
static void
count_waiting(struct esi_session *session, const struct pending *asked, int by)
{
    struct waiting *waiting = &session->waiting;

    if (asked->verb == ESI_VERB_DATA && !asked->end_of_data)
        waiting->data = (uint16_t)(waiting->data + by);
    if (asked->verb == ESI_VERB_AUTH)
        waiting->auth = (uint16_t)(waiting->auth + by);
    if (asked->starttls)
        waiting->starttls = (uint16_t)(waiting->starttls + by);
}

void
push_pending(struct esi_session *session, struct pending asked)
{
    if (session->pending_len == PENDING_MOST) {
        session->pending_lost++;
        return;
    }
    count_waiting(session, &asked, 1);
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
        count_waiting(session, out, -1);
        return true;
    }
    if (session->pending_lost > 0) {
        session->pending_lost--;
        *out = (struct pending){.verb = ESI_VERB_UNKNOWN};
        return true;
    }
    return false;
}

void
mask_pending(struct esi_session *session, uint64_t from)
{
    for (size_t i = session->pending_len; i > 0; i--) {
        struct pending *at =
            &session->pending[(session->pending_at + i - 1) & (session->pending_cap - 1)];
        if (at->offset < from)
            return;
        count_waiting(session, at, -1);
        at->masked = true;
        at->verb = ESI_VERB_UNKNOWN;
        at->starttls = at->eight;
        count_waiting(session, at, 1);
    }
}

void
forget_pending(struct esi_session *session)
{
    session->pending_len = 0;
    session->pending_lost = 0;
    session->waiting = (struct waiting){0};
}
