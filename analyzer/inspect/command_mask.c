/*
 * command_mask.c - which commands are let through, and what is written over the others.
 *
 * The verb becomes X (Cisco 117801; "XXXX ME" quoted by a Sendmail), or the whole line, or every
 * byte of the segment, as the guides' "all characters in the packet" reads; old boxes and FWSM
 * write NOOP over the line (Cisco syslog message 108001), which the server then answers with 250.
 * A command too short for it becomes X there, too. Lengths and line ends stay.
 *
 * Why a command is not let through is client.c's business.
 */
#include <stdlib.h>

#include "inspect_internal.h"

struct packet {
    struct esi_buf bytes; /* of the segment in progress, its kept beginning */
    bool masked;
    uint64_t from;         /* of the masked bytes: before the segment, if the line began there */
    struct esi_buf before; /* the line's bytes that came before the segment */
    struct finding why;
};

/* ---- what passes ---- */

/* The verbs of RFC 821 that Mailguard knows (Cisco 118584, Microsoft KB 320027). */
#define VERB(id) ((uint32_t)1 << ESI_VERB_##id)
enum {
    SMTP_VERBS =
        VERB(HELO) | VERB(MAIL) | VERB(RCPT) | VERB(DATA) | VERB(RSET) | VERB(NOOP) | VERB(QUIT),
    /* Cisco 117801, ASA CLI guides. */
    ESMTP_VERBS = SMTP_VERBS | VERB(AUTH) | VERB(EHLO) | VERB(ETRN) | VERB(HELP) | VERB(SAML) |
                  VERB(SEND) | VERB(SOML) | VERB(VRFY)
};

static uint32_t
verbs_of(const struct esi_session *session)
{
    switch (session->map->commands) {
    case ESI_COMMANDS_SMTP:
        return SMTP_VERBS;
    case ESI_COMMANDS_ESMTP:
        return ESMTP_VERBS;
    case ESI_COMMANDS_OF_PLATFORM:
        break;
    }
    switch (habit_of(session, ESI_KNOB_VERBS)) {
    case ESI_VERBS_7:
        return SMTP_VERBS;
    case ESI_VERBS_16:
        return ESMTP_VERBS | VERB(STARTTLS);
    default:
        return ESMTP_VERBS;
    }
}

bool
lets_through(const struct esi_session *session, enum esi_verb verb)
{
    if (verb == ESI_VERB_UNKNOWN)
        return false;
    if (verb == ESI_VERB_STARTTLS && esi_map_on(session->map, ESI_PARAMETER_ALLOW_TLS))
        return true;
    return verbs_of(session) >> verb & 1;
}

/* ---- what the others become ---- */

static const struct esi_edit write_noop = {.fill = ' ', .head_len = 4, .head = "NOOP"};

/* tell - the finding, with the row of its form where the reason is the usual one. */
static void
tell(struct esi_session *session, struct finding *finding, enum behaviour form)
{
    if (finding->behaviour == BEHAVIOUR_VERB_MASK)
        finding->behaviour = form;
    finding->what = ESI_WHAT_COMMAND;
    finding->dir = ESI_TO_SERVER;
    add_verdict(session, finding);
}

static void
mask_bytes(struct esi_session *session, uint64_t offset, struct esi_slice bytes, uint64_t len,
           struct finding *finding, enum behaviour form)
{
    finding->action = ESI_ACTION_MASK;
    finding->span = (struct esi_span){offset, len};
    finding->before = bytes;
    finding->edit = &mask_with_x;
    finding->decided_at = offset + len - 1;
    tell(session, finding, form);
}

/* mask_packet - from the segment's start, or the line's if that is earlier; told at its end. */
static void
mask_packet(struct esi_session *session, uint64_t offset, const struct esi_smtp_event *seen,
            const struct finding *why)
{
    struct packet *packet = session->packet;
    bool earlier = offset < session->segment_from;

    if (!packet || packet->masked)
        return;
    packet->masked = true;
    packet->from = earlier ? offset : session->segment_from;
    packet->why = *why;
    packet->why.decided_at = offset + seen->text_len - 1;
    esi_buf_clear(&packet->before);
    if (!earlier)
        return;
    size_t len = (size_t)(session->segment_from - offset);
    esi_buf_append(&packet->before, esi_slice_cut(seen->text, 0, len));
    if (packet->before.len < len && len <= ESI_SMTP_LINE_KEEP)
        esi_buf_byte(&packet->before, '\r'); /* which is no more part of the text */
}

void
mask_command(struct esi_session *session, uint64_t offset, const struct esi_smtp_event *seen,
             const struct finding *why)
{
    struct esi_slice word = seen->u.command.word;
    struct finding finding = *why;

    finding.habits |= BY_KNOB(COMMAND_MASK_SCOPE);
    switch (habit_of(session, ESI_KNOB_COMMAND_MASK_SCOPE)) {
    case ESI_COMMAND_MASK_SCOPE_LINE:
        mask_bytes(session, offset, seen->text, seen->text_len, &finding, BEHAVIOUR_LINE_MASK);
        return;
    case ESI_COMMAND_MASK_SCOPE_PACKET:
        mask_packet(session, offset, seen, &finding);
        return;
    default:
        mask_bytes(session, offset, word, word.len, &finding, BEHAVIOUR_VERB_MASK);
        return;
    }
}

static void
replace_by_noop(struct esi_session *session, uint64_t offset, const struct esi_smtp_event *seen,
                const struct finding *why)
{
    struct finding finding = *why;

    finding.action = ESI_ACTION_REPLACE;
    finding.span = (struct esi_span){offset, seen->text_len};
    finding.before = seen->text;
    finding.edit = &write_noop;
    finding.decided_at = offset + seen->text_len - 1;
    finding.log = true; /* 108001, with the line as it was */
    tell(session, &finding, BEHAVIOUR_VERB_NOOP);
}

enum fate
block_command(struct esi_session *session, uint64_t offset, const struct esi_smtp_event *seen,
              const struct finding *why)
{
    struct finding finding = *why;

    finding.habits |= BY_KNOB(BLOCKED_COMMAND);
    if (habit_of(session, ESI_KNOB_BLOCKED_COMMAND) == ESI_BLOCKED_COMMAND_X) {
        mask_command(session, offset, seen, &finding);
        return FATE_MASKED;
    }
    if (seen->text_len >= write_noop.head_len) {
        replace_by_noop(session, offset, seen, &finding);
        return FATE_NOOP;
    }
    mask_bytes(session, offset, seen->text, seen->text_len, &finding, BEHAVIOUR_LINE_MASK);
    return FATE_MASKED;
}

/* ---- by the segment ---- */

bool
is_packet_masked(const struct esi_session *session)
{
    return session->packet && session->packet->masked;
}

void
keep_packet(struct esi_session *session, struct esi_slice bytes)
{
    if (habit_of(session, ESI_KNOB_COMMAND_MASK_SCOPE) != ESI_COMMAND_MASK_SCOPE_PACKET)
        return;
    if (!session->packet)
        session->packet = esi_alloc(sizeof *session->packet);
    struct esi_buf *kept = &session->packet->bytes;
    esi_buf_append(kept, esi_slice_cut(bytes, 0, ESI_SMTP_LINE_KEEP - kept->len));
}

void
end_packet(struct esi_session *session, uint64_t end)
{
    struct packet *packet = session->packet;

    if (!packet)
        return;
    if (packet->masked) {
        esi_buf_append(&packet->before, esi_buf_slice(&packet->bytes));
        uint64_t decided_at = packet->why.decided_at;
        struct finding finding = packet->why;
        finding.action = ESI_ACTION_MASK;
        finding.span = (struct esi_span){packet->from, end - packet->from};
        finding.before = esi_slice_cut(esi_buf_slice(&packet->before), 0, ESI_SMTP_LINE_KEEP);
        finding.edit = &mask_with_x;
        finding.decided_at = decided_at;
        tell(session, &finding, BEHAVIOUR_PACKET_MASK);
        session->judged_to = end;
    }
    packet->masked = false;
    esi_buf_clear(&packet->bytes);
}

uint64_t
packet_low_water(const struct esi_session *session, uint64_t line)
{
    const struct packet *packet = session->packet;

    if (!packet)
        return line;
    uint64_t from = packet->masked ? packet->from : session->segment_from;
    return from < line ? from : line;
}

size_t
packet_memory(const struct esi_session *session)
{
    const struct packet *packet = session->packet;

    return packet ? sizeof *packet + packet->bytes.cap + packet->before.cap : 0;
}

void
free_packet(struct esi_session *session)
{
    if (!session->packet)
        return;
    esi_buf_free(&session->packet->bytes);
    esi_buf_free(&session->packet->before);
    free(session->packet);
}
