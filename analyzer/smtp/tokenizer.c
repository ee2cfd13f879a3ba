/*
 * tokenizer.c - two directions, five modes; bytes pushed, events pulled.
 *
 * Pull, because between two events the dialogue may learn that the very next byte is message or
 * TLS. So an event is made from bytes that are read, and no byte behind it is. The one exception is
 * by contract: a header field is told right before the line that proved it whole, and that line,
 * already read, waits in `queued`.
 *
 * A hundred thousand sessions may be open: what a message needs is allocated when one begins and
 * given back when it is over, at a moment when nothing is lent any more (the pull that finds no
 * event).
 *
 * What lines mean is left to message.c, command.c, reply.c; what they lead to, to the dialogue.
 */
#include <stdlib.h>

#include "esi/smtp.h"

#include "message_internal.h"

/* One direction. */
struct lane {
    struct line_cutter cutter;
    enum esi_mode mode;
    uint64_t chunk_left;
    struct message *message; /* in MESSAGE mode, and until the next rest */
    bool torn;               /* LINES: a gap came before; where the next line began is not known */
};

struct esi_smtp {
    struct lane lanes[2];
    struct esi_smtp_event *queued; /* the message's, or NULL */
    struct esi_span gap;           /* to be told */
    struct quiet quiet;
    enum esi_dir dir; /* of the last push */
    bool has_gap;
    bool follow_mime;
};

/* set_mode - the only assignment of a lane's mode. */
static void
set_mode(struct esi_smtp *smtp, struct lane *lane, enum esi_mode mode, uint64_t chunk_len)
{
    lane->mode = mode;
    lane->chunk_left = mode == ESI_MODE_CHUNK ? chunk_len : 0;
    lane->torn = false;
    line_drop(&lane->cutter);
    lane->cutter.keep = mode == ESI_MODE_MESSAGE ? ESI_SMTP_HEADER_KEEP : ESI_SMTP_LINE_KEEP;
    if (mode != ESI_MODE_MESSAGE)
        return;
    if (!lane->message)
        lane->message = message_new();
    message_begin(lane->message, smtp->follow_mime);
}

struct esi_smtp *
esi_smtp_new(void)
{
    struct esi_smtp *smtp = esi_alloc(sizeof *smtp);

    smtp->follow_mime = true;
    set_mode(smtp, &smtp->lanes[ESI_TO_SERVER], ESI_MODE_LINES, 0);
    set_mode(smtp, &smtp->lanes[ESI_TO_CLIENT], ESI_MODE_LINES, 0);
    return smtp;
}

void
esi_smtp_set_short_line(struct esi_smtp *smtp, uint64_t len)
{
    smtp->quiet.body_line = len;
}

void
esi_smtp_set_short_header(struct esi_smtp *smtp, uint64_t len)
{
    smtp->quiet.header_line = len;
}

void
esi_smtp_set_fields(struct esi_smtp *smtp, unsigned fields)
{
    smtp->quiet.fields = fields;
}

void
esi_smtp_set_mime(struct esi_smtp *smtp, bool follow)
{
    smtp->follow_mime = follow;
}

/* must_be_dry - a push or a gap may come only when the last one is used up. */
static void
must_be_dry(const struct esi_smtp *smtp)
{
    if (smtp->queued || smtp->has_gap || smtp->lanes[smtp->dir].cutter.in.len > 0)
        esi_panic("esi_smtp: the last push was not pulled dry");
}

void
esi_smtp_push(struct esi_smtp *smtp, enum esi_dir dir, uint64_t offset, struct esi_slice bytes)
{
    must_be_dry(smtp);
    smtp->dir = dir;
    line_push(&smtp->lanes[dir].cutter, offset, bytes);
}

/* skip_chunk - the missing bytes were content of a chunk, and commands if it was shorter. */
static void
skip_chunk(struct esi_smtp *smtp, struct lane *lane, uint64_t missing)
{
    uint64_t beyond = missing > lane->chunk_left ? missing - lane->chunk_left : 0;

    lane->chunk_left -= missing - beyond;
    if (lane->chunk_left == 0)
        set_mode(smtp, lane, ESI_MODE_LINES, 0);
    lane->torn = beyond > 0;
}

void
esi_smtp_gap(struct esi_smtp *smtp, enum esi_dir dir, struct esi_span missing)
{
    struct lane *lane = &smtp->lanes[dir];

    must_be_dry(smtp);
    smtp->dir = dir;
    line_gap(&lane->cutter, missing);
    if (lane->mode == ESI_MODE_LINES)
        lane->torn = true;
    else if (lane->mode == ESI_MODE_AUTH)
        lane->cutter.skipping = true;
    else if (lane->mode == ESI_MODE_CHUNK)
        skip_chunk(smtp, lane, missing.len);
    else if (lane->mode == ESI_MODE_MESSAGE)
        message_tear(lane->message);
    smtp->gap = missing;
    smtp->has_gap = true;
}

static enum esi_smtp_kind
kind_of_line(enum esi_mode mode, enum esi_dir dir)
{
    if (mode == ESI_MODE_AUTH)
        return ESI_SMTP_AUTH_LINE;
    return dir == ESI_TO_SERVER ? ESI_SMTP_COMMAND : ESI_SMTP_REPLY_LINE;
}

static bool
one_line(struct lane *lane, enum esi_dir dir, struct esi_smtp_event *out)
{
    struct line line;

    if (!line_next(&lane->cutter, &line))
        return false;
    line_event(kind_of_line(lane->mode, dir), &line, out);
    if (out->kind == ESI_SMTP_COMMAND)
        esi_smtp_parse_command(out->text, out);
    else if (out->kind == ESI_SMTP_REPLY_LINE)
        esi_smtp_parse_reply(out->text, out);
    return true;
}

/* is_masked - a verb that a firewall wrote X over. */
static bool
is_masked(struct esi_slice word)
{
    enum { SHORTEST = 4 };

    return word.len >= SHORTEST && esi_smtp_x_run(word) == word.len;
}

/* is_known - a command or reply by its first word, so that it began where its text does. */
static bool
is_known(const struct esi_smtp_event *line)
{
    if (line->kind == ESI_SMTP_COMMAND)
        return line->u.command.verb != ESI_VERB_UNKNOWN || is_masked(line->u.command.word);
    return line->kind == ESI_SMTP_REPLY_LINE && line->u.reply.code != 0;
}

/* next_line - behind a gap, the first line counts only if it is whole and known: it may be the end
 * of one whose beginning is missing. */
static bool
next_line(struct lane *lane, enum esi_dir dir, struct esi_smtp_event *out)
{
    while (one_line(lane, dir, out)) {
        bool tells = !lane->torn || (out->done && is_known(out));
        if (out->done)
            lane->torn = false;
        if (tells)
            return true;
    }
    return false;
}

static bool
next_message(struct esi_smtp *smtp, struct lane *lane, struct esi_smtp_event *out)
{
    struct esi_smtp_event *behind = message_behind(lane->message);
    unsigned n = message_next(lane->message, &lane->cutter, &smtp->quiet, out);

    if (n == 2)
        smtp->queued = behind;
    behind->dir = smtp->dir;
    if (n > 0 && (n == 2 ? behind : out)->kind == ESI_SMTP_MESSAGE_END)
        set_mode(smtp, lane, ESI_MODE_LINES, 0);
    return n > 0;
}

/* next_run - bytes that are no lines: all there are, `most` at most. */
static void
next_run(struct lane *lane, enum esi_smtp_kind kind, uint64_t most, struct esi_smtp_event *out)
{
    struct line_cutter *cutter = &lane->cutter;
    uint64_t offset = cutter->offset;
    struct esi_slice run = line_take(cutter, most < cutter->in.len ? most : cutter->in.len);
    *out = (struct esi_smtp_event){
        .kind = kind, .done = true, .span = {offset, run.len}, .text_len = run.len, .text = run};
}

static void
next_chunk(struct esi_smtp *smtp, struct lane *lane, struct esi_smtp_event *out)
{
    next_run(lane, ESI_SMTP_CHUNK, lane->chunk_left, out);
    lane->chunk_left -= out->span.len;
    out->done = lane->chunk_left == 0;
    if (out->done)
        set_mode(smtp, lane, ESI_MODE_LINES, 0);
}

/* next_read - of a push that is not used up. */
static bool
next_read(struct esi_smtp *smtp, struct lane *lane, struct esi_smtp_event *out)
{
    switch (lane->mode) {
    case ESI_MODE_LINES:
    case ESI_MODE_AUTH:
        return next_line(lane, smtp->dir, out);
    case ESI_MODE_MESSAGE:
        return next_message(smtp, lane, out);
    case ESI_MODE_CHUNK:
        next_chunk(smtp, lane, out);
        return true;
    case ESI_MODE_OPAQUE:
        next_run(lane, ESI_SMTP_PASSED, UINT64_MAX, out);
        return true;
    }
    esi_panic("esi_smtp_next: mode %d", (int)lane->mode);
}

/* rest - nothing is lent and nothing left to read: give back what is large. */
static void
rest(struct lane *lane)
{
    if (lane->mode == ESI_MODE_MESSAGE)
        return;
    message_free(lane->message);
    lane->message = NULL;
    line_rest(&lane->cutter);
}

/* next_waiting - what is told before another byte is read. */
static bool
next_waiting(struct esi_smtp *smtp, struct esi_smtp_event *out)
{
    if (smtp->queued)
        *out = *smtp->queued;
    else if (smtp->has_gap)
        *out = (struct esi_smtp_event){.kind = ESI_SMTP_GAP,
                                       .dir = smtp->dir,
                                       .done = true,
                                       .span = smtp->gap,
                                       .text_len = smtp->gap.len,
                                       .clipped = smtp->gap.len > 0};
    else
        return false;
    smtp->queued = NULL;
    smtp->has_gap = false;
    return true;
}

bool
esi_smtp_next(struct esi_smtp *smtp, struct esi_smtp_event *out)
{
    struct lane *lane = &smtp->lanes[smtp->dir];

    if (next_waiting(smtp, out))
        return true;
    if (lane->cutter.in.len == 0 || !next_read(smtp, lane, out)) {
        rest(lane);
        return false;
    }
    out->dir = smtp->dir;
    return true;
}

void
esi_smtp_set_mode(struct esi_smtp *smtp, enum esi_dir dir, enum esi_mode mode, uint64_t chunk_len)
{
    struct lane *lane = &smtp->lanes[dir];

    if (mode == lane->mode && mode != ESI_MODE_CHUNK && mode != ESI_MODE_MESSAGE)
        return;
    if (mode == ESI_MODE_CHUNK && chunk_len == 0)
        mode = ESI_MODE_LINES; /* BDAT 0 LAST: no chunk to read */
    set_mode(smtp, lane, mode, chunk_len);
}

enum esi_mode
esi_smtp_mode(const struct esi_smtp *smtp, enum esi_dir dir)
{
    return smtp->lanes[dir].mode;
}

uint64_t
esi_smtp_line_start(const struct esi_smtp *smtp, enum esi_dir dir)
{
    return line_start(&smtp->lanes[dir].cutter);
}

uint64_t
esi_smtp_low_water(const struct esi_smtp *smtp, enum esi_dir dir)
{
    const struct lane *lane = &smtp->lanes[dir];
    uint64_t line = line_start(&lane->cutter), field;

    return lane->message && message_field_start(lane->message, &field) && field < line ? field
                                                                                       : line;
}

void
esi_smtp_fetch(const struct esi_smtp *smtp, unsigned step)
{
    if (step == 0)
        esi_fetch(smtp, sizeof *smtp);
    else if (smtp->lanes[ESI_TO_SERVER].message)
        message_fetch(smtp->lanes[ESI_TO_SERVER].message);
}

size_t
esi_smtp_memory(const struct esi_smtp *smtp)
{
    size_t memory = sizeof *smtp;

    for (unsigned dir = 0; dir < ESI_COUNT(smtp->lanes); dir++)
        memory += smtp->lanes[dir].cutter.held.cap + message_memory(smtp->lanes[dir].message);
    return memory;
}

void
esi_smtp_free(struct esi_smtp *smtp)
{
    if (!smtp)
        return;
    for (unsigned dir = 0; dir < ESI_COUNT(smtp->lanes); dir++) {
        line_fini(&smtp->lanes[dir].cutter);
        message_free(smtp->lanes[dir].message);
    }
    free(smtp);
}
