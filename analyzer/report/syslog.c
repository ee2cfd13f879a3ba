/*
 * syslog.c - which messages a verdict logs.
 *
 * A verdict picks rows of a table by action and subject; a row names a message of
 * syslog_messages.def and the words that differ. No time stamps, no device name: what stands before
 * the percent sign depends on how the box and its log server are set up.
 *
 * What is logged of the connection itself, its begin and its end, is told by syslog_session.c.
 * Source: Cisco ASA Series Syslog Messages, messages 108001 to 108007 and 507003.
 */
#include <string.h>

#include "syslog_internal.h"

/* What a verdict is about, as far as it decides which message tells it. */
enum subject {
    ADDRESS = 1 << 0,
    COMMAND = 1 << 1,
    SIZE = 1 << 2,
    TLS = 1 << 3,
    OTHER = 1 << 4,
    ANY = ADDRESS | COMMAND | SIZE | TLS | OTHER
};

/* By the engine itself or a parameter; what a match says is OTHER. */
static const struct {
    enum esi_what what;
    enum subject subject;
} subjects[] = {{ESI_WHAT_ADDRESS, ADDRESS},
                {ESI_WHAT_COMMAND, COMMAND},
                {ESI_WHAT_SIZE, SIZE},
                {ESI_WHAT_TLS, TLS}};

/* Which verdicts log what, in the order the box logs it. A pipe in an address has a message of its
 * own in place of 108004 and 507003. */
static const struct {
    enum esi_action action;
    unsigned subjects;
    bool if_log; /* only if the action says `log` */
    enum syslog_message message;
    const char *words; /* {action} or {reason} */
} rows[] = {
    {ESI_ACTION_ANOMALY, SIZE, false, MESSAGE_SIZE, NULL},
    {ESI_ACTION_LOG, TLS, false, MESSAGE_TLS, NULL},
    {ESI_ACTION_LOG, ANY & ~TLS, false, MESSAGE_RECEIVED, NULL},
    {ESI_ACTION_MASK, ANY, true, MESSAGE_ACTION, "Masked header flags for"},
    {ESI_ACTION_MASK, COMMAND, false, MESSAGE_BLOCKED, NULL},
    {ESI_ACTION_REPLACE, COMMAND, false, MESSAGE_NOOP, NULL},
    {ESI_ACTION_REPLACE, COMMAND, false, MESSAGE_BLOCKED, NULL},
    {ESI_ACTION_REPLACE, ADDRESS, true, MESSAGE_REPLACED, NULL},
    {ESI_ACTION_DROP_CONNECTION, ADDRESS, false, MESSAGE_ADDRESS, NULL},
    {ESI_ACTION_DROP_CONNECTION, ANY & ~ADDRESS, true, MESSAGE_ACTION, "Dropped connection for"},
    {ESI_ACTION_DROP_CONNECTION, ANY & ~ADDRESS, false, MESSAGE_TERMINATED,
     "inspector disconnected, dropped packet"},
    {ESI_ACTION_RESET, ANY, true, MESSAGE_ACTION, "Reset connection for"},
    {ESI_ACTION_RESET, ANY, false, MESSAGE_TERMINATED, "inspector drop reset"},
};

static enum subject
subject_of(const struct esi_verdict *verdict)
{
    for (size_t i = 0; i < ESI_COUNT(subjects) && verdict->rule.class_no == 0; i++)
        if (subjects[i].what == verdict->what)
            return subjects[i].subject;
    return OTHER;
}

/* limit_message - by what was counted, and by whose limit. */
static enum syslog_message
limit_message(const struct esi_limit_note *limit)
{
    if (limit->of_static)
        return limit->half_open ? MESSAGE_STATIC_EMBRYONIC : MESSAGE_STATIC_CONNECTIONS;
    if (limit->of_client)
        return limit->half_open ? MESSAGE_CLIENT_EMBRYONIC : MESSAGE_CLIENT_CONNECTIONS;
    return limit->half_open ? MESSAGE_CLASS_EMBRYONIC : MESSAGE_CLASS_CONNECTIONS;
}

void
esi_syslog_lines(struct esi_buf *out, const struct esi_session_info *session,
                 const struct esi_outcome *outcome)
{
    const struct esi_verdict *verdict = &outcome->u.verdict;
    struct syslog_line line = {.session = session, .verdict = verdict, .dir = outcome->dir};

    if (outcome->kind != ESI_OUTCOME_VERDICT)
        return;
    if (verdict->what == ESI_WHAT_CONNECTION) {
        syslog_put(out, limit_message(&verdict->limit), &line);
        return;
    }
    enum subject subject = subject_of(verdict);
    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        if (rows[i].action != verdict->action || (rows[i].if_log && !verdict->log) ||
            (rows[i].subjects & subject) == 0)
            continue;
        line.words = rows[i].words;
        syslog_put(out, rows[i].message, &line);
    }
}
