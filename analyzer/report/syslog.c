/*
 * syslog.c - the lines a firewall logs for a verdict.
 *
 * A verdict picks rows of a table by action and subject; a row names a message of
 * syslog_messages.def and the words that differ. No time stamps, no device name: what stands before
 * the percent sign depends on how the box and its log server are set up.
 *
 * Teardown messages (302014) need connection ids and are left to whoever has them.
 * Source: Cisco ASA Series Syslog Messages, messages 108001 to 108007 and 507003.
 */
#include <string.h>

#include "report_internal.h"

enum message {
#define ESI_SYSLOG(id, number, severity, words) MESSAGE_##id,
#include "syslog_messages.def"
#undef ESI_SYSLOG
};

static const struct {
    unsigned number;
    int severity;
    const char *words;
} messages[] = {
#define ESI_SYSLOG(id, number, severity, words) {number, severity, words},
#include "syslog_messages.def"
#undef ESI_SYSLOG
};

enum subject { SUBJECT_ANY, SUBJECT_ADDRESS, SUBJECT_OTHER };

/* Which verdicts log what, in the order the box logs it. A pipe in an address has a message of its
 * own in place of 108004 and 507003. */
static const struct {
    enum esi_action action;
    enum subject subject;
    bool if_log; /* only if the action says `log` */
    enum message message;
    const char *words; /* {action} or {reason} */
} rows[] = {
    {ESI_ACTION_LOG, SUBJECT_ANY, false, MESSAGE_RECEIVED, NULL},
    {ESI_ACTION_MASK, SUBJECT_ANY, true, MESSAGE_ACTION, "Masked header flags for"},
    {ESI_ACTION_REPLACE, SUBJECT_ADDRESS, true, MESSAGE_REPLACED, NULL},
    {ESI_ACTION_DROP_CONNECTION, SUBJECT_ADDRESS, false, MESSAGE_ADDRESS, NULL},
    {ESI_ACTION_DROP_CONNECTION, SUBJECT_OTHER, true, MESSAGE_ACTION, "Dropped connection for"},
    {ESI_ACTION_DROP_CONNECTION, SUBJECT_OTHER, false, MESSAGE_TERMINATED,
     "inspector disconnected, dropped packet"},
    {ESI_ACTION_RESET, SUBJECT_ANY, true, MESSAGE_ACTION, "Reset connection for"},
    {ESI_ACTION_RESET, SUBJECT_ANY, false, MESSAGE_TERMINATED, "inspector drop reset"},
};

/* What a line is made of. */
struct line {
    const struct esi_session_info *session;
    const struct esi_verdict *verdict;
    bool response;     /* the server said it */
    const char *words; /* of the row */
};

static const char *
product_of(const struct esi_policy *policy)
{
    static const struct {
        const char *prefix, *product;
    } products[] = {{"pix", "PIX"}, {"fwsm", "FWSM"}};

    for (size_t i = 0; i < ESI_COUNT(products); i++)
        if (strncmp(policy->profile->name, products[i].prefix, strlen(products[i].prefix)) == 0)
            return products[i].product;
    return "ASA";
}

static bool
fits(enum subject subject, const struct esi_verdict *verdict)
{
    bool address = verdict->what == ESI_WHAT_ADDRESS && verdict->rule.class_no == 0;

    return subject == SUBJECT_ANY || (subject == SUBJECT_ADDRESS) == address;
}

static void
put_ip(struct esi_buf *out, const struct esi_endpoint *endpoint)
{
    char text[ESI_IP_TEXT];

    esi_buf_text(out, esi_ip_print(text, &endpoint->ip));
}

/* put_peer - "outside:192.0.2.1/25". */
static void
put_peer(struct esi_buf *out, const struct esi_tuple *tuple, bool server)
{
    const struct esi_endpoint *endpoint = server ? &tuple->server : &tuple->client;

    esi_buf_text(out, server ? "inside:" : "outside:");
    put_ip(out, endpoint);
    esi_buf_byte(out, '/');
    esi_buf_number(out, endpoint->port);
}

static void
put_class(struct esi_buf *out, const struct line *line)
{
    bool class = line->verdict->rule.class_no > 0;

    esi_buf_text(out, class ? "ESMTP Classification" : "ESMTP Parameter");
}

static void
put_words(struct esi_buf *out, const struct line *line)
{
    esi_buf_text(out, line->words);
}

static void
put_what(struct esi_buf *out, const struct line *line)
{
    esi_buf_text(out, line->response ? "Response" : "Request");
}

static void
put_from(struct esi_buf *out, const struct line *line)
{
    put_peer(out, &line->session->tuple, line->response);
}

static void
put_to(struct esi_buf *out, const struct line *line)
{
    put_peer(out, &line->session->tuple, !line->response);
}

static void
put_out(struct esi_buf *out, const struct line *line)
{
    put_ip(out, &line->session->tuple.client);
}

static void
put_in(struct esi_buf *out, const struct line *line)
{
    put_ip(out, &line->session->tuple.server);
}

static void
put_data(struct esi_buf *out, const struct line *line)
{
    const struct esi_verdict *verdict = line->verdict;

    esi_escape_wire(out, esi_slice_cut(verdict->logged.len > 0 ? verdict->logged : verdict->before,
                                       0, ESI_BEFORE_KEEP));
}

/* put_info - "matched Class 4: header line length gt 998", or a built-in rule's words. */
static void
put_info(struct esi_buf *out, const struct line *line)
{
    static const char match[] = "match ";
    const struct esi_rule *rule = &line->verdict->rule;
    const char *words = rule->words;

    if (rule->class_no > 0) {
        esi_buf_text(out, "matched Class ");
        esi_buf_number(out, rule->class_no);
        esi_buf_text(out, ": ");
        if (strncmp(words, match, sizeof match - 1) == 0)
            words += sizeof match - 1;
    }
    esi_buf_text(out, words);
}

static const struct {
    const char *name;
    void (*put)(struct esi_buf *out, const struct line *line);
} inserts[] = {
    {"class", put_class}, {"action", put_words}, {"reason", put_words}, {"what", put_what},
    {"from", put_from},   {"to", put_to},        {"out", put_out},      {"in", put_in},
    {"data", put_data},   {"info", put_info},
};

/* put_insert - what stands for {name}. */
static void
put_insert(struct esi_buf *out, struct esi_slice name, const struct line *line)
{
    for (size_t i = 0; i < ESI_COUNT(inserts); i++) {
        if (esi_slice_eq(name, esi_slice_of(inserts[i].name))) {
            inserts[i].put(out, line);
            return;
        }
    }
    esi_panic("syslog_messages.def: {%.*s} is unknown", (int)name.len, (const char *)name.ptr);
}

static void
put_line(struct esi_buf *out, enum message which, const struct line *line)
{
    const struct esi_policy *policy = line->session->policy;
    int severity = messages[which].severity;
    const char *at = messages[which].words, *open;

    esi_buf_byte(out, '%');
    esi_buf_text(out, product_of(policy));
    esi_buf_byte(out, '-');
    esi_buf_number(out, severity < 0 ? policy->level_507003 : (unsigned)severity);
    esi_buf_byte(out, '-');
    esi_buf_number(out, messages[which].number);
    esi_buf_text(out, ": ");
    while ((open = strchr(at, '{'))) {
        const char *close = strchr(open, '}');

        esi_buf_append(out, (struct esi_slice){(const uint8_t *)at, (size_t)(open - at)});
        put_insert(out, (struct esi_slice){(const uint8_t *)open + 1, (size_t)(close - open) - 1},
                   line);
        at = close + 1;
    }
    esi_buf_text(out, at);
    esi_buf_byte(out, '\n');
}

void
esi_syslog_lines(struct esi_buf *out, const struct esi_session_info *session,
                 const struct esi_outcome *outcome)
{
    const struct esi_verdict *verdict = &outcome->u.verdict;

    if (outcome->kind != ESI_OUTCOME_VERDICT)
        return;
    for (size_t i = 0; i < ESI_COUNT(rows); i++)
        if (rows[i].action == verdict->action && (!rows[i].if_log || verdict->log) &&
            fits(rows[i].subject, verdict))
            put_line(
                out, rows[i].message,
                &(struct line){session, verdict, outcome->dir == ESI_TO_CLIENT, rows[i].words});
}
