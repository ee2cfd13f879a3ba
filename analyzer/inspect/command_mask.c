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
#include <string.h>

#include "inspect_internal.h"

/* An edit that waits for its segment's end. */
struct held_edit {
    struct finding finding; /* before: the byte, below */
    uint8_t byte;
};

struct packet {
    struct esi_buf bytes; /* from the line on that the segment began in, the kept beginning */
    uint64_t kept_from;   /* offset of these */
    bool begun;           /* a command line lies in it, */
    uint64_t from;        /* the first of them here; before the segment, if it began there */
    uint64_t rcpts, rcpts_masked; /* recipients there were before that */
    bool masked;
    struct finding why;
    struct held_edit *held;
    size_t held_len, held_cap;
    struct esi_arena logged; /* by the held edits */
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

/* mask_packet - all commands that have bytes in the segment; told at its end. They are masked
 * whole, be it that the first began in an earlier one: an incomplete command is held back. */
static void
mask_packet(struct esi_session *session, uint64_t decided_at, const struct finding *why)
{
    struct packet *packet = session->packet;

    packet->masked = true;
    packet->why = *why;
    packet->why.decided_at = decided_at;
    packet->held_len = 0;
    session->rcpts = packet->rcpts;
    session->rcpts_masked = packet->rcpts_masked;
    mask_pending(session, packet->from);
}

void
mask_command(struct esi_session *session, uint64_t offset, const struct esi_smtp_event *seen,
             const struct finding *why)
{
    struct esi_slice word = seen->u.command.word;
    struct finding finding = *why;

    finding.habits |= BY_KNOB(COMMAND_MASK_SCOPE);
    enum esi_habit scope = habit_of(session, ESI_KNOB_COMMAND_MASK_SCOPE);
    if (scope == ESI_COMMAND_MASK_SCOPE_PACKET &&
        habit_of(session, ESI_KNOB_BLOCKED_COMMAND) == ESI_BLOCKED_COMMAND_NOOP)
        scope = ESI_COMMAND_MASK_SCOPE_LINE; /* as NOOP is written */
    switch (scope) {
    case ESI_COMMAND_MASK_SCOPE_LINE:
        mask_bytes(session, offset, seen->text, seen->text_len, &finding, BEHAVIOUR_LINE_MASK);
        return;
    case ESI_COMMAND_MASK_SCOPE_PACKET:
        mask_packet(session, offset + seen->text_len - 1, &finding);
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

/* was_masked - by a match, which writes X even where the engine itself writes NOOP: that stays. */
static bool
was_masked(const struct esi_session *session, const struct esi_smtp_event *seen)
{
    return judges(session, bit_of(ESI_CRITERION_CMD_VERB)) && is_x(seen->u.command.word);
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
    if (was_masked(session, seen)) {
        struct esi_slice word = seen->u.command.word;
        mask_bytes(session, offset, word, word.len, &finding, BEHAVIOUR_VERB_MASK);
        return FATE_MASKED;
    }
    if (seen->text_len >= write_noop.head_len) {
        replace_by_noop(session, offset, seen, &finding);
        return FATE_MASKED;
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
keep_packet(struct esi_session *session, uint64_t offset, struct esi_slice bytes)
{
    if (habit_of(session, ESI_KNOB_COMMAND_MASK_SCOPE) != ESI_COMMAND_MASK_SCOPE_PACKET)
        return;
    if (!session->packet)
        session->packet = esi_alloc(sizeof *session->packet);
    struct packet *packet = session->packet;
    if (packet->bytes.len == 0)
        packet->kept_from = offset;
    if (packet->kept_from + packet->bytes.len == offset)
        esi_buf_append(&packet->bytes,
                       esi_slice_cut(bytes, 0, ESI_SMTP_LINE_KEEP - packet->bytes.len));
}

void
note_packet_line(struct esi_session *session, uint64_t offset)
{
    struct packet *packet = session->packet;

    if (!packet || packet->begun)
        return;
    packet->begun = true;
    packet->from = offset;
    packet->rcpts = session->rcpts;
    packet->rcpts_masked = session->rcpts_masked;
}

bool
hold_edit(struct esi_session *session, const struct finding *finding)
{
    struct packet *packet = session->packet;

    if (!packet)
        return false;
    packet->held =
        esi_grow(packet->held, &packet->held_cap, packet->held_len + 1, sizeof *packet->held);
    packet->held[packet->held_len++] =
        (struct held_edit){.finding = *finding, .byte = finding->before.ptr[0]};
    return true;
}

void
log_held_edit(struct esi_session *session, struct esi_slice logged)
{
    struct packet *packet = session->packet;
    struct finding *last = &packet->held[packet->held_len - 1].finding;

    last->log = true;
    last->logged = esi_arena_copy(&packet->logged, logged);
}

static void
tell_held(struct esi_session *session)
{
    struct packet *packet = session->packet;

    for (size_t i = 0; i < packet->held_len; i++) {
        struct held_edit *edit = &packet->held[i];
        edit->finding.before = (struct esi_slice){&edit->byte, 1};
        add_verdict(session, &edit->finding);
    }
    packet->held_len = 0;
    esi_arena_clear(&packet->logged);
}

static void
tell_packet(struct esi_session *session, uint64_t end)
{
    const struct packet *packet = session->packet;
    struct finding finding = packet->why;

    finding.action = ESI_ACTION_MASK;
    finding.span = (struct esi_span){packet->from, end - packet->from};
    finding.before = (struct esi_slice){0};
    if (packet->from >= packet->kept_from)
        finding.before =
            esi_slice_cut(esi_buf_slice(&packet->bytes), (size_t)(packet->from - packet->kept_from),
                          (size_t)finding.span.len);
    finding.edit = &mask_with_x;
    tell(session, &finding, BEHAVIOUR_PACKET_MASK);
    session->judged_to = end;
}

/* keep_line - of the bytes kept those of the command line in progress, which may end in a segment
 * that is masked. */
static void
keep_line(struct esi_session *session)
{
    struct packet *packet = session->packet;
    uint64_t line = esi_smtp_line_start(session->smtp, ESI_TO_SERVER);
    uint64_t from = line > session->judged_to ? line : session->judged_to;
    struct esi_slice kept = esi_buf_slice(&packet->bytes);

    if (from < packet->kept_from)
        from = packet->kept_from;
    kept = esi_slice_cut(kept, (size_t)(from - packet->kept_from), kept.len);
    if (kept.len > 0)
        memmove(packet->bytes.data, kept.ptr, kept.len);
    packet->bytes.len = kept.len;
    packet->kept_from = from;
}

void
end_packet(struct esi_session *session, uint64_t end)
{
    struct packet *packet = session->packet;

    if (!packet)
        return;
    if (packet->masked)
        tell_packet(session, end);
    tell_held(session);
    packet->masked = packet->begun = false;
    keep_line(session);
}

void
forget_packet_bytes(struct esi_session *session)
{
    if (session->packet)
        session->packet->bytes.len = 0;
}

uint64_t
packet_low_water(const struct esi_session *session, uint64_t line)
{
    const struct packet *packet = session->packet;

    if (!packet)
        return line;
    uint64_t from = packet->begun ? packet->from : session->segment_from;
    return from < line ? from : line;
}

size_t
packet_memory(const struct esi_session *session)
{
    const struct packet *packet = session->packet;

    return packet ? sizeof *packet + packet->bytes.cap + packet->held_cap * sizeof *packet->held +
                        packet->logged.used
                  : 0;
}

void
free_packet(struct esi_session *session)
{
    if (!session->packet)
        return;
    esi_buf_free(&session->packet->bytes);
    free(session->packet->held);
    esi_arena_free(&session->packet->logged);
    free(session->packet);
}
