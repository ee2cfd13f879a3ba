/*
 * recipients.c - what a map says about recipients: how many, of which domain, how many refused, how
 * many in To:; and the message about TLS, which is about a reply as well.
 *
 * Sources: Cisco ASA CLI guides; syslog message 108007 for TLS. A relay is a recipient whose domain
 * is not the one of mail-relay, case ignored; one without a domain is local (inferred). Refused is
 * what a 5xx reply refuses, by the message that its RCPT belongs to.
 */
#include "inspect_internal.h"

enum { REFUSED = 500 };

/* domain_of - what is behind the last '@'. False: there is none. */
static bool
domain_of(struct esi_slice mailbox, struct esi_slice *domain)
{
    for (size_t at = mailbox.len; at > 0; at--)
        if (mailbox.ptr[at - 1] == '@') {
            *domain = esi_slice_cut(mailbox, at, mailbox.len);
            return true;
        }
    return false;
}

static void
check_relay(struct esi_session *session, const struct esi_smtp_event *rcpt, struct esi_slice sent)
{
    const struct esi_parameter *parameter = &session->map->parameter[ESI_PARAMETER_MAIL_RELAY];
    struct esi_slice mailbox, domain;

    if (!parameter->on || !parameter->domain)
        return;
    mailbox = mailbox_of(address_of(rcpt->u.command.args));
    if (!domain_of(mailbox, &domain) ||
        esi_slice_eq_nocase(domain, esi_slice_of(parameter->domain)))
        return;
    uint64_t offset = rcpt->span.offset + (uint64_t)(mailbox.ptr - rcpt->text.ptr);
    add_verdict(session, &(struct finding){.action = parameter->action,
                                           .what = ESI_WHAT_RELAY,
                                           .dir = ESI_TO_SERVER,
                                           .span = {offset, mailbox.len},
                                           .behaviour = BEHAVIOUR_MAIL_RELAY,
                                           .parameter = parameter,
                                           .log = parameter->log,
                                           .before = as_sent(rcpt, sent, mailbox),
                                           .decided_at = offset + mailbox.len - 1});
}

/* crosses - a count that went from `seen` to `now`. */
static bool
crosses(const struct esi_match *match, uint64_t seen, uint64_t now)
{
    return !match->negated && seen <= match->limit && match->limit < now;
}

/* judge_count - of every match about it that the count now crosses. */
static void
judge_count(struct esi_session *session, enum esi_criterion criterion, uint64_t seen, uint64_t now,
            const struct finding *finding)
{
    for (const struct esi_match *match = NULL;
         (match = next_match(session, bit_of(criterion), match));)
        if (crosses(match, seen, now))
            act(session, match, *finding);
}

void
forget_recipients(struct esi_session *session)
{
    session->rcpts = session->rcpts_masked = 0;
}

void
check_recipients(struct esi_session *session, const struct esi_smtp_event *event,
                 struct esi_slice sent)
{
    check_special(session, event, sent);
    check_relay(session, event, sent);
    session->rcpts++;
    judge_count(session, ESI_CRITERION_CMD_RCPT_COUNT, session->rcpts - 1, session->rcpts,
                &(struct finding){.what = ESI_WHAT_RECIPIENTS,
                                  .dir = ESI_TO_SERVER,
                                  .span = {event->span.offset, event->text_len},
                                  .behaviour = BEHAVIOUR_RCPT_COUNT,
                                  .before = sent,
                                  .decided_at = event->span.offset + event->span.len - 1});
}

void
check_to_field(struct esi_session *session, const struct esi_smtp_event *header)
{
    uint64_t seen = session->gauges.to_fields;

    if (!judges(session, bit_of(ESI_CRITERION_HEADER_TO_FIELDS_COUNT)) ||
        header->u.header.depth > 0 || !esi_slice_eq_nocase(header->u.header.name, ESI_LIT("To")))
        return;
    session->gauges.to_fields += count_addresses(header->u.header.value);
    judge_count(
        session, ESI_CRITERION_HEADER_TO_FIELDS_COUNT, seen, session->gauges.to_fields,
        &(struct finding){.what = ESI_WHAT_TO_FIELDS,
                          .dir = ESI_TO_SERVER,
                          .span = {header->span.offset, header->span.len - (uint64_t)header->eol},
                          .behaviour = BEHAVIOUR_TO_FIELDS,
                          .before = header->text,
                          .decided_at = behind_field(header)});
}

static bool
logs_tls(const struct esi_session *session)
{
    return session->map->parameter[ESI_PARAMETER_ALLOW_TLS].on &&
           session->map->parameter[ESI_PARAMETER_ALLOW_TLS].log;
}

bool
wants_replies(const struct esi_session *session)
{
    return judges(session, bit_of(ESI_CRITERION_INVALID_RECIPIENTS_COUNT)) || logs_tls(session);
}

void
check_invalid(struct esi_session *session, const struct pending *asked)
{
    uint64_t *invalid = &session->gauges.invalid;

    if (!judges(session, bit_of(ESI_CRITERION_INVALID_RECIPIENTS_COUNT)) || asked->masked)
        return;
    if (asked->verb != ESI_VERB_RCPT) {
        if (asked->end_of_data || asked->verb == ESI_VERB_MAIL || asked->verb == ESI_VERB_RSET ||
            asked->verb == ESI_VERB_EHLO || asked->verb == ESI_VERB_HELO)
            *invalid = 0;
        return;
    }
    if (session->reply.code < REFUSED)
        return;
    struct finding found = reply_found(session, ESI_WHAT_RECIPIENTS, BEHAVIOUR_INVALID_RECIPIENTS);
    ++*invalid;
    judge_count(session, ESI_CRITERION_INVALID_RECIPIENTS_COUNT, *invalid - 1, *invalid, &found);
}

void
log_tls(struct esi_session *session, const struct pending *starttls)
{
    if (!logs_tls(session) || starttls->masked)
        return;
    struct finding found = reply_found(session, ESI_WHAT_TLS, BEHAVIOUR_TLS_LOG);
    found.action = ESI_ACTION_LOG;
    found.parameter = &session->map->parameter[ESI_PARAMETER_ALLOW_TLS];
    found.log = true;
    add_verdict(session, &found);
}
