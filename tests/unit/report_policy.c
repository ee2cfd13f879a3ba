/* report_policy.c - which inspection a session falls under, in text, and what its actions come to.
 */
#define _DEFAULT_SOURCE /* open_memstream */

#include <criterion/criterion.h>

#include "unit/report_records.h"

/* squeezed - the text with its line breaks and indents as single blanks. */
static char *
squeezed(char *text)
{
    char *to = text;

    for (const char *at = text; *at; at++) {
        char byte = *at == '\n' ? ' ' : *at;

        if (byte != ' ' || to == text || to[-1] != ' ')
            *to++ = byte;
    }
    *to = '\0';
    return text;
}

static const struct {
    const char *what;
    enum esi_action action;
    enum esi_what subject;
    const char *rule, *before;
    const char *sentence;
} rows[] = {
    {"a recipient too many", ESI_ACTION_DROP_CONNECTION, ESI_WHAT_RECIPIENTS,
     "match cmd RCPT count gt 100", "RCPT TO:<a@b>",
     "=> The message never arrives: one recipient too many, so the firewall cuts the connection at "
     "frame 8 and the sender retries until it gives up. "},
    {"a long header line, by reset", ESI_ACTION_RESET, ESI_WHAT_HEADER_LINE,
     "match header line length gt 998", "X: y",
     "=> The message never arrives: a header line is too long, so the firewall resets the "
     "connection at frame 8 and the sender retries until it gives up. Both ends are told by an "
     "RST. "},
    {"match not", ESI_ACTION_DROP_CONNECTION, ESI_WHAT_HEADER_LINE,
     "match not header line length gt 5", "X: y",
     "=> The message never arrives: the firewall cuts the connection at frame 8 and the sender "
     "retries until it gives up. "},
    {"a command", ESI_ACTION_DROP_CONNECTION, ESI_WHAT_COMMAND, "match cmd verb vrfy", "VRFY x",
     "=> Nothing from this command on arrives: the firewall cuts the connection at frame 8 "},
    {"a long body line", ESI_ACTION_DROP_CONNECTION, ESI_WHAT_BODY_LINE,
     "match body line length gt 5", "long",
     "=> The message never arrives: a body line is too long, so the firewall cuts "},
    {"log only", ESI_ACTION_LOG, ESI_WHAT_BODY_LINE, "match body line length gt 998", "long",
     "=> The firewall lets mail pass unchanged, and logs it. "},
    {"NOOP", ESI_ACTION_REPLACE, ESI_WHAT_COMMAND, "verb not allowed", "EHLO there",
     "=> The server answers 250 to the NOOP in place of the command, and the client believes that "
     "its command was taken. "},
    {"an address changed", ESI_ACTION_REPLACE, ESI_WHAT_ADDRESS, "address", "<",
     "=> The server sees another address than the one sent: "},
    {"EHLO where there are 7 commands", ESI_ACTION_MASK, ESI_WHAT_COMMAND, "verb not allowed",
     "EHLO",
     "=> EHLO is blanked: the server answers 500 to XXXX, and the client falls back to HELO: no "
     "STARTTLS, no AUTH, no SIZE. "},
    {"rate-limit", ESI_ACTION_RATE_LIMIT, ESI_WHAT_COMMAND, "match cmd verb mail", "MAIL FROM:<>",
     "=> What comes faster than the rate allows is dropped, from frame 8 on: "},
    {"a SYN intercepted", ESI_ACTION_LOG, ESI_WHAT_CONNECTION,
     "set connection embryonic-conn-max 1", "",
     "=> Mail passes: since too many connections are half-open, the firewall answers the SYN at "
     "frame 8 itself, and lets the connection through once the client has answered. "},
    {"refuse", ESI_ACTION_REFUSE, ESI_WHAT_SEQUENCE, "set connection conn-max 1", "",
     "=> The session never begins: the firewall refuses the connection at frame 8, "},
};

Test(report_policy, consequences)
{
    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct esi_session_info session = make_session(1);
        bool cut = esi_action_gravity(rows[i].action) == 3;
        struct esi_session_result result = {
            .outcome = cut ? ESI_SESSION_DROPPED : ESI_SESSION_ALTERED,
            .counts = {.dropped = cut},
            .cut = cut,
            .cut_at = {.frame = 8, .reset = rows[i].action == ESI_ACTION_RESET}};
        struct esi_outcome outcome =
            make_verdict(rows[i].action, rows[i].subject, ESI_TO_SERVER, 0, rows[i].before);
        struct written written;

        outcome.u.verdict.rule.words = rows[i].rule;
        open_sink(&written, "text", (struct esi_sink_options){0});
        put_outcome(&written, &session, &outcome);
        put_session(&written, &session, &result);
        char *text = squeezed(close_sink(&written));
        cr_assert_not_null(strstr(text, rows[i].sentence), "%s: got\n%s", rows[i].what, text);
        free(text);
    }
}

Test(report_policy, not_inspected)
{
    struct esi_session_info session = make_session(1);
    struct written written;

    session.map = NULL;
    session.inspected = false;
    session.inspected_why = "class exempt has no inspect esmtp";
    session.config_file = "asa.cfg";
    session.config_line = 12;
    open_sink(&written, "text", (struct esi_sink_options){0});
    put_session(&written, &session, NULL);
    char *text = close_sink(&written);
    cr_assert_str_eq(
        text,
        "session 1  192.0.2.10:40012 -> 192.0.2.25:25  tcp.stream 0  "
        "1970-01-01T00:00:01.000000000Z\n"
        "  frames 1 to 20 of a.pcap\n"
        "  not inspected: class exempt has no inspect esmtp (asa.cfg:12)\n"
        "  => The firewall does not look into this session: all of it passes as it is.\n\n",
        "got\n%s", text);
    free(text);
}

/* put_many - sessions that differ in nothing but why they are not inspected, or by which map. */
static void
put_many(struct written *written, const struct esi_map *second)
{
    for (uint64_t number = 1; number <= 60; number++) {
        struct esi_session_info session = make_session(number);
        struct esi_session_result result = {.outcome = ESI_SESSION_UNTOUCHED};
        bool other = number % 3 == 0;

        if (second && other)
            session.map = second;
        session.inspected = second != NULL;
        if (!second)
            session.inspected_why = other ? "one reason" : "another";
        put_session(written, &session, second ? &result : NULL);
    }
}

Test(report_policy, kinds_differ_by_map_and_reason)
{
    static const struct esi_map second = {.name = "other"};
    static const struct esi_map *const seconds[] = {NULL, &second};
    struct written written;

    for (size_t i = 0; i < ESI_COUNT(seconds); i++) {
        open_sink(&written, "text", (struct esi_sink_options){0});
        put_many(&written, seconds[i]);
        char *text = close_sink(&written);
        cr_assert_not_null(strstr(text, "and 19 more like it"), "got\n%s", text);
        cr_assert_not_null(strstr(text, "and 39 more like it"), "got\n%s", text);
        free(text);
    }
}

Test(report_policy, summary_of_several_maps_and_of_none)
{
    static const struct esi_map second = {.name = "other"};
    struct esi_match_counter first_hits[2] = {[0].hits = 3};
    struct esi_inspection inspections[] = {
        {.map = &map, .sessions = 2, .matches = first_hits},
        {.map = &map, .matches = first_hits},
        {.map = &second, .sessions = 1},
    };
    struct esi_summary_info summary = {.sessions = 4,
                                       .inspected = 3,
                                       .platform = &platform,
                                       .inspections = inspections,
                                       .inspection_count = 3};
    struct written written;

    summary.outcomes[ESI_SESSION_UNTOUCHED] = 3;
    open_sink(&written, "text", (struct esi_sink_options){0});
    esi_sink_put(written.sink,
                 &(struct esi_record){.kind = ESI_RECORD_SUMMARY, .summary = &summary});
    summary.inspection_count = 0;
    esi_sink_put(written.sink,
                 &(struct esi_record){.kind = ESI_RECORD_SUMMARY, .summary = &summary});
    char *text = close_sink(&written);
    cr_assert_not_null(strstr(text, "summary (asa-8)\n"
                                    "  4 sessions: 3 untouched, 1 not inspected\n"
                                    "  map _default_esmtp_map: 2 sessions\n"
                                    "  class 1, match cmd line length gt 512: 3 times\n"
                                    "  map other: 1 session\n"),
                       "got\n%s", text);
    cr_assert_not_null(strstr(text, "summary (asa-8)\n"
                                    "  4 sessions: 3 untouched, 1 not inspected\n"
                                    "  0 files"),
                       "got\n%s", text);
    free(text);
}
