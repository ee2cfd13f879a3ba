/*
 * syslog.c - the lines a firewall logs for a verdict.
 *
 * A verdict picks rows of a table by action and subject; a row names a message of
 * syslog_messages.def and the words that differ. No time stamps, no device name: what stands before
 * the percent sign depends on how the box and its log server are set up.
 *
 * Interfaces have the names of the configuration where it tells the side of an address.
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
    const char *what; /* by name */
    enum subject subject;
} subjects[] = {{"address", ADDRESS}, {"command", COMMAND}, {"size", SIZE}, {"tls", TLS}};

/* Which verdicts log what, in the order the box logs it. A pipe in an address has a message of its
 * own in place of 108004 and 507003. */
static const struct {
    enum esi_action action;
    unsigned subjects;
    bool if_log; /* only if the action says `log` */
    enum message message;
    const char *words; /* {action} or {reason} */
} rows[] = {
    {ESI_ACTION_ANOMALY, SIZE, false, MESSAGE_SIZE, NULL},
    {ESI_ACTION_LOG, TLS, false, MESSAGE_TLS, NULL},
    {ESI_ACTION_LOG, ANY & ~TLS, false, MESSAGE_RECEIVED, NULL},
    {ESI_ACTION_MASK, ANY, true, MESSAGE_ACTION, "Masked header flags for"},
    {ESI_ACTION_REPLACE, COMMAND, false, MESSAGE_NOOP, NULL},
    {ESI_ACTION_REPLACE, ADDRESS, true, MESSAGE_REPLACED, NULL},
    {ESI_ACTION_DROP_CONNECTION, ADDRESS, false, MESSAGE_ADDRESS, NULL},
    {ESI_ACTION_DROP_CONNECTION, ANY & ~ADDRESS, true, MESSAGE_ACTION, "Dropped connection for"},
    {ESI_ACTION_DROP_CONNECTION, ANY & ~ADDRESS, false, MESSAGE_TERMINATED,
     "inspector disconnected, dropped packet"},
    {ESI_ACTION_RESET, ANY, true, MESSAGE_ACTION, "Reset connection for"},
    {ESI_ACTION_RESET, ANY, false, MESSAGE_TERMINATED, "inspector drop reset"},
};

/* What a line is made of. */
struct line {
    const struct esi_session_info *session;
    const struct esi_verdict *verdict;
    bool response;     /* the server said it */
    const char *words; /* of the row */
};

static const char *
product_of(const struct esi_platform *platform)
{
    return platform->product;
}

static enum subject
subject_of(const struct esi_verdict *verdict)
{
    const char *what = esi_what_name(verdict->what);

    for (size_t i = 0; i < ESI_COUNT(subjects) && verdict->rule.class_no == 0; i++)
        if (strcmp(subjects[i].what, what) == 0)
            return subjects[i].subject;
    return OTHER;
}

/* limit_message - by what was counted, and by whose limit. */
static enum message
limit_message(const struct esi_limit_note *limit)
{
    if (limit->of_static)
        return limit->half_open ? MESSAGE_STATIC_EMBRYONIC : MESSAGE_STATIC_CONNECTIONS;
    if (limit->of_client)
        return limit->half_open ? MESSAGE_CLIENT_EMBRYONIC : MESSAGE_CLIENT_CONNECTIONS;
    return limit->half_open ? MESSAGE_CLASS_EMBRYONIC : MESSAGE_CLASS_CONNECTIONS;
}

static void
put_ip(struct esi_buf *out, const struct esi_endpoint *endpoint)
{
    char text[ESI_IP_TEXT];

    esi_buf_text(out, esi_ip_print(text, &endpoint->ip));
}

static void
put_endpoint(struct esi_buf *out, const struct esi_endpoint *endpoint)
{
    put_ip(out, endpoint);
    esi_buf_byte(out, '/');
    esi_buf_number(out, endpoint->port);
}

/* interface_of - of a side that the configuration does not tell: clients are outside, servers
 * inside, unless the other side has that name. */
static const char *
interface_of(const struct esi_session_info *session, bool server)
{
    enum esi_dir sender = server ? ESI_TO_CLIENT : ESI_TO_SERVER;
    const char *usual = server ? "inside" : "outside", *other = server ? "outside" : "inside";
    const char *peer = session->interface[esi_dir_other(sender)];

    if (session->interface[sender])
        return session->interface[sender];
    return peer && strcmp(peer, usual) == 0 ? other : usual;
}

/* put_peer - "outside:192.0.2.1/25". */
static void
put_peer(struct esi_buf *out, const struct esi_session_info *session, bool server)
{
    const struct esi_endpoint *endpoint = server ? &session->tuple.server : &session->tuple.client;

    esi_buf_text(out, interface_of(session, server));
    esi_buf_byte(out, ':');
    put_endpoint(out, endpoint);
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
    put_peer(out, line->session, line->response);
}

static void
put_to(struct esi_buf *out, const struct line *line)
{
    put_peer(out, line->session, !line->response);
}

static void
put_client(struct esi_buf *out, const struct line *line)
{
    put_peer(out, line->session, false);
}

static void
put_server(struct esi_buf *out, const struct line *line)
{
    put_peer(out, line->session, true);
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

/* put_info - "matched Class 4: header line length gt 998", or the words of a parameter or of a
 * built-in rule. */
static void
put_info(struct esi_buf *out, const struct line *line)
{
    static const char match[] = "match ";
    const struct esi_rule *rule = &line->verdict->rule;
    const char *words = rule->words;

    if (rule->class_no == 0 && strcmp(esi_what_name(line->verdict->what), "relay") == 0)
        words = "mail-relay: No Mail Relay allowed";
    if (rule->class_no > 0) {
        esi_buf_text(out, "matched Class ");
        esi_buf_number(out, rule->class_no);
        esi_buf_text(out, ": ");
        if (strncmp(words, match, sizeof match - 1) == 0)
            words += sizeof match - 1;
    }
    esi_buf_text(out, words);
}

static void
put_count(struct esi_buf *out, const struct line *line)
{
    esi_buf_number(out, line->verdict->limit.count);
}

static void
put_limit(struct esi_buf *out, const struct line *line)
{
    esi_buf_number(out, line->verdict->limit.most);
}

static void
put_half_open(struct esi_buf *out, const struct line *line)
{
    esi_buf_number(out, line->verdict->limit.half_open_now);
}

static void
put_source(struct esi_buf *out, const struct line *line)
{
    put_endpoint(out, &line->session->tuple.client);
}

static void
put_target(struct esi_buf *out, const struct line *line)
{
    put_endpoint(out, &line->session->tuple.server);
}

static void
put_interface(struct esi_buf *out, const struct line *line)
{
    esi_buf_text(out, interface_of(line->session, false));
}

static const struct {
    const char *name;
    void (*put)(struct esi_buf *out, const struct line *line);
} inserts[] = {
    {"class", put_class},   {"action", put_words},  {"reason", put_words},
    {"what", put_what},     {"from", put_from},     {"to", put_to},
    {"out", put_out},       {"in", put_in},         {"data", put_data},
    {"info", put_info},     {"client", put_client}, {"server", put_server},
    {"count", put_count},   {"limit", put_limit},   {"half-open", put_half_open},
    {"source", put_source}, {"target", put_target}, {"interface", put_interface},
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
    const struct esi_platform *platform = line->session->platform;
    int severity = messages[which].severity;
    const char *at = messages[which].words, *open;

    esi_buf_byte(out, '%');
    esi_buf_text(out, product_of(platform));
    esi_buf_byte(out, '-');
    if (severity < 0)
        esi_buf_text(out, esi_habit_name(esi_platform_habit(platform, ESI_KNOB_LOG_507003_LEVEL)));
    else
        esi_buf_number(out, (unsigned)severity);
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
    if (verdict->what == ESI_WHAT_CONNECTION) {
        put_line(out, limit_message(&verdict->limit),
                 &(struct line){session, verdict, false, NULL});
        return;
    }
    enum subject subject = subject_of(verdict);
    for (size_t i = 0; i < ESI_COUNT(rows); i++)
        if (rows[i].action == verdict->action && (!rows[i].if_log || verdict->log) &&
            (rows[i].subjects & subject) != 0)
            put_line(
                out, rows[i].message,
                &(struct line){session, verdict, outcome->dir == ESI_TO_CLIENT, rows[i].words});
}
