/*
 * address.c - what the engine does to the addresses of MAIL and RCPT.
 *
 * `<` and `>` may only bracket the address; strays become blanks, but those in what follows the
 * closed address (ESMTP parameters, RFC 5321 section 4.1.2). A pipe, wherever it stands in the
 * argument, becomes one, too, or ends the connection. Source: Cisco ASDM guide and Cisco document
 * 117801.
 */
#include "inspect_internal.h"

static const struct esi_edit blank = {.fill = ' '};
static const char pipe_words[] = "pipe character in an address";

struct esi_slice
address_of(struct esi_slice args)
{
    size_t colon = 0;

    while (colon < args.len && args.ptr[colon] != ':')
        colon++;
    return colon < args.len ? esi_slice_cut(args, colon + 1, args.len) : args;
}

/* is_end - whether the address is over at this byte: parameters may hold brackets. */
static bool
is_end(uint8_t byte, bool bracketed, bool open)
{
    return (byte == ' ' || byte == '\t') && bracketed && !open;
}

/* is_plain - a byte that says nothing about where the address begins and ends. */
static bool
is_plain(uint8_t byte)
{
    return byte > '>' ? byte != '|' : byte != '<' && byte != '>' && byte != ' ' && byte != '\t';
}

/* An address being scanned. */
struct scan {
    struct esi_session *session;
    struct esi_slice address;
    uint64_t offset;       /* of its first byte */
    struct esi_buf result; /* the address with its strays blanked; empty while there is none */
    size_t last;           /* the last blank's place in the outcomes, from 1 on */
    bool held;             /* blanks wait for their segment's end, and have none */
    bool covered;          /* masked already: nothing is left to write over */
    bool piped;            /* a pipe was told */
};

static void
blank_byte(struct scan *scan, size_t at, enum behaviour behaviour, uint32_t habit,
           const char *words)
{
    struct finding finding = {
        .action = ESI_ACTION_REPLACE,
        .what = ESI_WHAT_ADDRESS,
        .dir = ESI_TO_SERVER,
        .span = {scan->offset + at, 1},
        .behaviour = behaviour,
        .habits = habit,
        .words = words,
        .before = esi_slice_cut(scan->address, at, 1),
        .edit = &blank,
        .decided_at = scan->offset + at,
    };

    if (scan->covered)
        return;
    if (scan->result.len == 0)
        esi_buf_append(&scan->result, scan->address);
    scan->result.data[at] = ' ';
    scan->held = hold_edit(scan->session, &finding);
    if (scan->held)
        return;
    if (add_verdict(scan->session, &finding))
        scan->last = scan->session->out->len;
}

static void
on_stray(struct scan *scan, size_t at)
{
    if (habit_of(scan->session, ESI_KNOB_STRAY_ANGLE) == ESI_STRAY_ANGLE_BLANK)
        blank_byte(scan, at, BEHAVIOUR_ADDRESS_ANGLE, BY_KNOB(STRAY_ANGLE),
                   "stray < or > in an address");
}

/* write_blanks - the line as it is now. */
static void
write_blanks(const struct scan *scan, const struct esi_smtp_event *line, struct esi_buf *written)
{
    if (scan->result.len == 0)
        return;
    esi_buf_append(written, line->text);
    memcpy(written->data + (scan->address.ptr - line->text.ptr), scan->result.data,
           scan->result.len);
}

/* log_blanks - one message a line (Cisco ASA syslog guide, 108002): with the last of its blanks. */
static void
log_blanks(struct scan *scan)
{
    if (scan->held)
        log_held_edit(scan->session, esi_buf_slice(&scan->result));
    if (scan->last > 0) {
        struct esi_verdict *last = &scan->session->out->items[scan->last - 1].u.verdict;
        last->log = true;
        last->logged = keep(scan->session, esi_buf_slice(&scan->result));
    }
    esi_buf_free(&scan->result);
}

/* drop_address - by its first pipe. */
static void
drop_address(struct scan *scan, size_t at)
{
    if (scan->piped)
        return;
    scan->piped = true;
    add_verdict(scan->session, &(struct finding){
                                   .action = ESI_ACTION_DROP_CONNECTION,
                                   .what = ESI_WHAT_ADDRESS,
                                   .dir = ESI_TO_SERVER,
                                   .span = {scan->offset, scan->address.len},
                                   .behaviour = BEHAVIOUR_ADDRESS_PIPE,
                                   .habits = BY_KNOB(PIPE),
                                   .words = pipe_words,
                                   .before = scan->address,
                                   .decided_at = scan->offset + at,
                               });
}

static void
on_pipe(struct scan *scan, size_t at)
{
    switch (habit_of(scan->session, ESI_KNOB_PIPE)) {
    case ESI_PIPE_BLANK:
        blank_byte(scan, at, BEHAVIOUR_ADDRESS_PIPE_BLANK, BY_KNOB(PIPE), pipe_words);
        return;
    case ESI_PIPE_CLOSE:
        drop_address(scan, at);
        return;
    default:
        return;
    }
}

void
scan_address(struct esi_session *session, const struct esi_smtp_event *event, bool covered,
             struct esi_buf *written)
{
    struct esi_slice address = address_of(event->u.command.args);
    struct scan scan = {.session = session,
                        .address = address,
                        .offset = event->span.offset + (uint64_t)(address.ptr - event->text.ptr),
                        .covered = covered};
    size_t opened_at = 0;
    bool open = false, bracketed = false, over = false;

    for (size_t i = 0; i < address.len; i++) {
        uint8_t byte = address.ptr[i];
        if (is_plain(byte))
            continue;
        over |= is_end(byte, bracketed, open);
        if (byte == '|') {
            on_pipe(&scan, i);
        } else if (over) {
            continue;
        } else if (byte == '<' && !open) {
            open = bracketed = true;
            opened_at = i;
        } else if (byte == '>' && open) {
            open = false;
        } else if (byte == '<' || byte == '>') {
            on_stray(&scan, i);
        }
    }
    if (open)
        on_stray(&scan, opened_at);
    write_blanks(&scan, event, written);
    log_blanks(&scan);
}
