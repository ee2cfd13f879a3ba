/*
 * address.c - what the engine does to the addresses of MAIL and RCPT.
 *
 * `<` and `>` may only bracket the address; strays become blanks. A pipe ends the connection. What
 * follows the closed address (ESMTP parameters, RFC 5321 section 4.1.2) is not looked at. Source:
 * Cisco ASDM guide and Cisco document 117801.
 */
#include "inspect_internal.h"

static const struct esi_edit blank = {.fill = ' '};

/* address_of - the argument of MAIL or RCPT behind its colon; all of it, if it has none. */
static struct esi_slice
address_of(struct esi_slice args)
{
    size_t colon = 0;

    while (colon < args.len && args.ptr[colon] != ':')
        colon++;
    return colon < args.len ? esi_slice_cut(args, colon + 1, args.len) : args;
}

/* is_end - whether the address is over at this byte: parameters are not looked at. */
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
};

static void
blank_angle(struct scan *scan, size_t at)
{
    if (scan->result.len == 0)
        esi_buf_append(&scan->result, scan->address);
    scan->result.data[at] = ' ';
    add_verdict(scan->session, &(struct finding){
                                   .action = ESI_ACTION_REPLACE,
                                   .what = ESI_WHAT_ADDRESS,
                                   .dir = ESI_TO_SERVER,
                                   .span = {scan->offset + at, 1},
                                   .behaviour = BEHAVIOUR_ADDRESS_ANGLE,
                                   .words = "stray < or > in an address",
                                   .before = esi_slice_cut(scan->address, at, 1),
                                   .edit = &blank,
                                   .decided_at = scan->offset + at,
                               });
    scan->last = scan->session->out->len;
}

/* log_blanks - one message a line (Cisco ASA syslog guide, 108002): with the last of its blanks. */
static void
log_blanks(struct scan *scan)
{
    if (scan->last > 0) {
        struct esi_verdict *last = &scan->session->out->items[scan->last - 1].u.verdict;
        last->log = true;
        last->logged = keep(scan->session, esi_buf_slice(&scan->result));
    }
    esi_buf_free(&scan->result);
}

static void
drop_pipe(struct esi_session *session, uint64_t line, struct esi_slice text, uint64_t offset)
{
    add_verdict(session, &(struct finding){
                             .action = ESI_ACTION_DROP_CONNECTION,
                             .what = ESI_WHAT_ADDRESS,
                             .dir = ESI_TO_SERVER,
                             .span = {line, text.len},
                             .behaviour = session->policy->pipe == ESI_BASIS_ASSUMED
                                              ? BEHAVIOUR_ADDRESS_PIPE_9
                                              : BEHAVIOUR_ADDRESS_PIPE,
                             .words = "pipe character in an address",
                             .before = text,
                             .decided_at = offset,
                         });
}

/* scan_address - strays become blanks; the first pipe ends the connection. */
void
scan_address(struct esi_session *session, const struct esi_smtp_event *event)
{
    struct esi_slice address = address_of(event->u.command.args);
    struct scan scan = {
        session, address, event->span.offset + (uint64_t)(address.ptr - event->text.ptr), {0}, 0};
    size_t opened_at = 0;
    bool open = false, bracketed = false, piped = false;

    for (size_t i = 0; i < address.len; i++) {
        uint8_t byte = address.ptr[i];
        if (is_plain(byte))
            continue;
        if (is_end(byte, bracketed, open))
            break;
        if (byte == '|' && !piped) {
            drop_pipe(session, scan.offset, address, scan.offset + i);
            piped = true;
        } else if (byte == '<' && !open) {
            open = bracketed = true;
            opened_at = i;
        } else if (byte == '>' && open) {
            open = false;
        } else if (byte == '<' || byte == '>') {
            blank_angle(&scan, i);
        }
    }
    if (open)
        blank_angle(&scan, opened_at);
    log_blanks(&scan);
}

/* sender_of - what lies between < and >, or the first word if nothing is bracketed. */
static struct esi_slice
sender_of(struct esi_slice address)
{
    size_t at = 0, end = 0;

    while (at < address.len && address.ptr[at] != '<')
        at++;
    if (at < address.len) {
        for (end = ++at; end < address.len && address.ptr[end] != '>'; end++)
            continue;
        return esi_slice_cut(address, at, end - at);
    }
    for (at = 0; at < address.len && address.ptr[at] == ' '; at++)
        continue;
    for (end = at; end < address.len && address.ptr[end] != ' '; end++)
        continue;
    return esi_slice_cut(address, at, end - at);
}

void
check_sender(struct esi_session *session, const struct esi_smtp_event *event)
{
    const struct esi_match *match = session->match[ESI_CRITERION_SENDER_ADDRESS_LENGTH];
    struct esi_slice sender = sender_of(address_of(event->u.command.args));

    if (!match || sender.len <= match->limit)
        return;
    uint64_t offset = event->span.offset + (uint64_t)(sender.ptr - event->text.ptr);
    add_verdict(session, &(struct finding){
                             .action = match->action,
                             .what = ESI_WHAT_SENDER,
                             .dir = ESI_TO_SERVER,
                             .span = {offset, sender.len},
                             .behaviour = BEHAVIOUR_SENDER_LENGTH,
                             .match = match,
                             .before = sender,
                             .decided_at = offset + match->limit,
                         });
}
