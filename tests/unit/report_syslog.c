/* report_syslog.c - the lines a verdict logs. */
#define _DEFAULT_SOURCE /* open_memstream */

#include <criterion/criterion.h>

#include "unit/report_records.h"

#define FLOW "from outside:192.0.2.10/40012 to inside:192.0.2.25/25"
#define BACK "from inside:192.0.2.25/25 to outside:192.0.2.10/40012"

static const struct {
    const char *what;
    enum esi_action action;
    enum esi_what subject;
    enum esi_dir dir;
    unsigned class_no;
    bool log;
    const char *before;
    const char *lines;
} rows[] = {
    {"drop-connection log", ESI_ACTION_DROP_CONNECTION, ESI_WHAT_HEADER_LINE, ESI_TO_SERVER, 4,
     true, "x",
     "%ASA-4-108004: ESMTP Classification: Dropped connection for ESMTP Request " FLOW
     "; matched Class 4: header line length gt 998\n"
     "%ASA-4-507003: tcp flow " FLOW
     " terminated by inspection engine, reason - inspector disconnected, dropped packet.\n"},
    {"drop-connection without log", ESI_ACTION_DROP_CONNECTION, ESI_WHAT_HEADER_LINE, ESI_TO_SERVER,
     4, false, "x",
     "%ASA-4-507003: tcp flow " FLOW
     " terminated by inspection engine, reason - inspector disconnected, dropped packet.\n"},
    {"reset log", ESI_ACTION_RESET, ESI_WHAT_COMMAND_LINE, ESI_TO_SERVER, 1, true, "x",
     "%ASA-4-108004: ESMTP Classification: Reset connection for ESMTP Request " FLOW
     "; matched Class 1: header line length gt 998\n"
     "%ASA-4-507003: tcp flow " FLOW
     " terminated by inspection engine, reason - inspector drop reset.\n"},
    {"log", ESI_ACTION_LOG, ESI_WHAT_BODY_LINE, ESI_TO_SERVER, 3, true, "x",
     "%ASA-6-108005: ESMTP Classification: Received ESMTP Request " FLOW
     "; matched Class 3: header line length gt 998\n"},
    {"mask without log", ESI_ACTION_MASK, ESI_WHAT_EHLO_KEYWORD, ESI_TO_CLIENT, 7, false, "HELP",
     ""},
    {"mask log", ESI_ACTION_MASK, ESI_WHAT_EHLO_KEYWORD, ESI_TO_CLIENT, 7, true, "HELP",
     "%ASA-4-108004: ESMTP Classification: Masked header flags for ESMTP Response " BACK
     "; matched Class 7: header line length gt 998\n"},
    {"pipe in an address", ESI_ACTION_DROP_CONNECTION, ESI_WHAT_ADDRESS, ESI_TO_SERVER, 0, false,
     "FROM:<a|b@example.org>",
     "%ASA-2-108003: Terminating ESMTP/SMTP connection; malicious pattern detected in the mail "
     "address " FLOW ". Mail Address:FROM:<a|b@example.org>\n"},
    {"address changed", ESI_ACTION_REPLACE, ESI_WHAT_ADDRESS, ESI_TO_SERVER, 0, true, "<\xff",
     "%ASA-2-108002: SMTP replaced string: out 192.0.2.10 in 192.0.2.25 data: <\\xff\n"},
    {"address changed, not the last of its line", ESI_ACTION_REPLACE, ESI_WHAT_ADDRESS,
     ESI_TO_SERVER, 0, false, "<", ""},
    {"a command made NOOP", ESI_ACTION_REPLACE, ESI_WHAT_COMMAND, ESI_TO_SERVER, 0, false, "TURN",
     "%ASA-2-108001: SMTP made noop: out 192.0.2.10 in 192.0.2.25 data: TURN\n"},
    {"anomaly", ESI_ACTION_ANOMALY, ESI_WHAT_SEQUENCE, ESI_TO_SERVER, 0, false, "x", ""},
    {"discard", ESI_ACTION_DISCARD, ESI_WHAT_COMMAND, ESI_TO_SERVER, 0, false, "x", ""},
    {"rate-limit", ESI_ACTION_RATE_LIMIT, ESI_WHAT_COMMAND, ESI_TO_SERVER, 1, false, "x", ""},
};

Test(report_syslog, lines)
{
    struct esi_session_info session = make_session(1);
    struct esi_buf out = {0};

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct esi_outcome outcome =
            make_verdict(rows[i].action, rows[i].subject, rows[i].dir, 0, rows[i].before);

        outcome.u.verdict.rule =
            (struct esi_rule){"match header line length gt 998", rows[i].class_no, NULL, 0};
        outcome.u.verdict.log = rows[i].log;
        esi_buf_clear(&out);
        esi_syslog_lines(&out, &session, &outcome);
        esi_buf_byte(&out, '\0');
        cr_assert_str_eq((const char *)out.data, rows[i].lines, "%s: got\n%s", rows[i].what,
                         (const char *)out.data);
    }
    esi_buf_free(&out);
}

Test(report_syslog, product_and_level)
{
    struct esi_platform old = platform;
    struct esi_session_info session = make_session(1);
    struct esi_outcome outcome =
        make_verdict(ESI_ACTION_DROP_CONNECTION, ESI_WHAT_COMMAND_LINE, ESI_TO_SERVER, 0, "x");
    struct esi_buf out = {0};

    old.profile = &pix;
    old.product = "PIX";
    old.setting[ESI_KNOB_LOG_507003_LEVEL].habit = ESI_LOG_507003_LEVEL_3;
    session.platform = &old;
    esi_syslog_lines(&out, &session, &outcome);
    cr_assert(esi_slice_eq(esi_slice_cut(esi_buf_slice(&out), 0, 14), ESI_LIT("%PIX-3-507003:")));
    esi_buf_free(&out);
}

Test(report_syslog, interfaces)
{
    static const struct {
        const char *what;
        const char *client, *server;
        const char *from;
    } cases[] = {
        {"both are known", "dmz", "mail-net", "from dmz:192.0.2.10/40012 to mail-net:"},
        {"neither", NULL, NULL, "from outside:192.0.2.10/40012 to inside:"},
        {"the client's", "branch", NULL, "from branch:192.0.2.10/40012 to inside:"},
        {"the client is inside", "inside", NULL, "from inside:192.0.2.10/40012 to outside:"},
        {"the server is outside", NULL, "outside", "from inside:192.0.2.10/40012 to outside:"},
    };
    struct esi_session_info session = make_session(1);
    struct esi_outcome outcome =
        make_verdict(ESI_ACTION_RESET, ESI_WHAT_COMMAND_LINE, ESI_TO_SERVER, 0, "x");
    struct esi_buf out = {0};

    for (size_t i = 0; i < ESI_COUNT(cases); i++) {
        session.interface[ESI_TO_SERVER] = cases[i].client;
        session.interface[ESI_TO_CLIENT] = cases[i].server;
        esi_buf_clear(&out);
        esi_syslog_lines(&out, &session, &outcome);
        esi_buf_byte(&out, '\0');
        cr_assert_not_null(strstr((const char *)out.data, cases[i].from), "%s: got\n%s",
                           cases[i].what, (const char *)out.data);
    }
    esi_buf_free(&out);
}
