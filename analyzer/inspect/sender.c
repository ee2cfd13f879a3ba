/*
 * sender.c - what a map says about MAIL: the sender's address, special characters in it, and
 * whether the message was larger than announced.
 *
 * Special characters are looked for in the arguments of RCPT, too. Sources: Cisco ASA CLI guides;
 * syslog message 108006; RFC 1870 for SIZE. Sizes are counted as on the wire, doubled dots
 * included, without the lone dot (inferred).
 */
#include <string.h>

#include "inspect_internal.h"

struct esi_slice
mailbox_of(struct esi_slice address)
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

static bool
is_special(uint8_t byte)
{
    return byte == '|' || byte == '`' || byte == '\0';
}

void
check_special(struct esi_session *session, const struct esi_smtp_event *command,
              struct esi_slice sent)
{
    const struct esi_parameter *parameter =
        &session->map->parameter[ESI_PARAMETER_SPECIAL_CHARACTER];
    size_t at = 0;

    if (!parameter->on)
        return;
    struct esi_slice address = address_of(command->u.command.args);
    uint64_t offset = command->span.offset + (uint64_t)(address.ptr - command->text.ptr);
    while (at < address.len && !is_special(address.ptr[at]))
        at++;
    if (at < address.len)
        add_verdict(session, &(struct finding){.action = parameter->action,
                                               .what = ESI_WHAT_ADDRESS,
                                               .dir = ESI_TO_SERVER,
                                               .span = {offset, address.len},
                                               .behaviour = BEHAVIOUR_SPECIAL_CHARACTER,
                                               .parameter = parameter,
                                               .log = parameter->log,
                                               .before = as_sent(command, sent, address),
                                               .decided_at = offset + at});
}

/* is_number - decimal digits and nothing else; their value, saturating. */
static bool
is_number(struct esi_slice digits, uint64_t *value)
{
    *value = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.ptr[i] < '0' || digits.ptr[i] > '9')
            return false;
        *value = *value > UINT64_MAX / 20 ? *value : *value * 10 + (uint64_t)(digits.ptr[i] - '0');
    }
    return digits.len > 0;
}

/* declared_size - SIZE=n among the words behind the mailbox (RFC 1870 section 5). */
static uint64_t
declared_size(struct esi_slice args, struct esi_slice mailbox)
{
    const struct esi_slice name = ESI_LIT("SIZE=");
    size_t at = (size_t)(mailbox.ptr - args.ptr) + mailbox.len;
    uint64_t size;

    while (at < args.len) {
        size_t end = at;
        while (end < args.len && args.ptr[end] != ' ' && args.ptr[end] != '\t')
            end++;
        struct esi_slice word = esi_slice_cut(args, at, end - at);
        if (esi_slice_eq_nocase(esi_slice_cut(word, 0, name.len), name) &&
            is_number(esi_slice_cut(word, name.len, word.len), &size))
            return size;
        at = end + 1;
    }
    return NOT_DECLARED;
}

/* holds - of a match about the sender. */
static bool
holds(struct esi_session *session, const struct esi_match *match, struct esi_slice sender,
      const struct finding *found)
{
    if (match->criterion == ESI_CRITERION_SENDER_ADDRESS_REGEX)
        return fits_patterns(session, match, sender, *found);
    return (sender.len > match->limit) != match->negated;
}

static void
judge_sender(struct esi_session *session, const struct esi_smtp_event *mail, struct esi_slice sent,
             struct esi_slice sender)
{
    struct esi_span line = {mail->span.offset, mail->text_len};
    uint64_t offset = line.offset + (uint64_t)(sender.ptr - mail->text.ptr);
    uint32_t criteria =
        bit_of(ESI_CRITERION_SENDER_ADDRESS_LENGTH) | bit_of(ESI_CRITERION_SENDER_ADDRESS_REGEX);

    for (const struct esi_match *match = NULL; (match = next_match(session, criteria, match));) {
        bool regex = match->criterion == ESI_CRITERION_SENDER_ADDRESS_REGEX;
        bool crossed = !regex && !match->negated;
        struct finding found = {
            .what = ESI_WHAT_SENDER,
            .dir = ESI_TO_SERVER,
            .span = {offset, sender.len},
            .behaviour = match->negated ? BEHAVIOUR_MATCH_NOT
                         : regex        ? BEHAVIOUR_SENDER_REGEX
                                        : BEHAVIOUR_SENDER_LENGTH,
            .before = as_sent(mail, sent, sender),
            .decided_at = offset + (crossed ? match->limit : sender.len),
        };
        if (sender.len == 0) { /* MAIL FROM:<> is seen by its line */
            found.span = line;
            found.before = sent;
        }
        if (holds(session, match, sender, &found))
            act(session, match, found);
    }
}

void
check_sender(struct esi_session *session, const struct esi_smtp_event *event, struct esi_slice sent)
{
    struct esi_slice args = event->u.command.args, sender = mailbox_of(address_of(args));

    session->gauges.declared = sender.ptr ? declared_size(args, sender) : NOT_DECLARED;
    check_special(session, event, sent);
    judge_sender(session, event, sent, sender);
}

void
check_size(struct esi_session *session, const struct esi_smtp_event *dot)
{
    uint64_t declared = session->gauges.declared;
    uint64_t size = dot->span.offset - session->gauges.data_at;
    struct esi_buf told = {0};

    session->gauges.declared = NOT_DECLARED;
    if (declared >= size || session->message_torn || !session->platform->profile->has_maps)
        return;
    esi_buf_text(&told, "declared size is: ");
    esi_buf_number(&told, declared);
    esi_buf_text(&told, ", actual size is ");
    esi_buf_number(&told, size);
    add_verdict(session, &(struct finding){.action = ESI_ACTION_ANOMALY,
                                           .what = ESI_WHAT_SIZE,
                                           .dir = ESI_TO_SERVER,
                                           .span = {dot->span.offset, dot->text_len},
                                           .behaviour = BEHAVIOUR_SIZE_VIOLATION,
                                           .words = "message larger than its SIZE",
                                           .before = dot->text,
                                           .log = true,
                                           .logged = esi_buf_slice(&told),
                                           .decided_at = dot->span.offset + dot->span.len - 1});
    esi_buf_free(&told);
}
