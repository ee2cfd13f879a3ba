/* report_syslog_session.c - the lines of a connection itself: built, torn down, denied. */
#define _DEFAULT_SOURCE /* open_memstream */

#include <criterion/criterion.h>

#include "report/syslog_internal.h"

#include "unit/report_records.h"

#define SECONDS ((esi_nanos)1000000000)
#define CLIENT "192.0.2.10/40012"
#define SERVER "192.0.2.25/25"
#define BUILT                                                                                      \
    "0 1 %ASA-6-302013: Built inbound TCP connection 7 for outside:" CLIENT " (" CLIENT            \
    ") to inside:" SERVER " (" SERVER ")\n"
#define DOWN "%ASA-6-302014: Teardown TCP connection 7 for outside:" CLIENT " to inside:" SERVER

/* tell - "SECONDS FRAME LINE", the seconds behind the session's begin. */
static void
tell(void *ctx, esi_nanos ts, uint64_t frame, enum syslog_rank rank, struct esi_buf *line)
{
    struct esi_buf *out = ctx;

    (void)rank;
    esi_buf_printf(out, "%d %d ", (int)((ts - SECONDS) / SECONDS), (int)frame);
    esi_buf_append(out, esi_buf_slice(line));
    esi_buf_clear(line);
}

/* check - the lines of the session. */
static void
check(const char *what, const struct esi_session_info *session, const char *lines)
{
    struct esi_buf out = {0};

    syslog_session_lines(session, tell, &out);
    esi_buf_byte(&out, '\0');
    cr_expect_str_eq((const char *)out.data, lines, "%s: got\n%s", what, (const char *)out.data);
    esi_buf_free(&out);
}

/* A session of 1 h, 1 min and 1 s; it begins at second 1, its last frame is 20. */
static struct esi_session_info
make_long(void)
{
    struct esi_session_info session = make_session(7);

    session.connection = 7;
    session.end = session.start + 3661 * SECONDS;
    session.closed_frame = 19;
    session.closed = session.start + 3600 * SECONDS;
    session.captured_to = session.end;
    return session;
}

Test(report_syslog_session, closings)
{
    static const struct {
        const char *what;
        enum esi_closing closing;
        bool midstream, refused, intercepted;
        int64_t captured; /* seconds behind the last frame */
        const char *lines;
    } rows[] = {
        {"FINs", ESI_CLOSING_FINS, false, false, false, 0,
         BUILT "3600 19 " DOWN " duration 1:00:00 bytes 300 TCP FINs\n"},
        {"reset from outside", ESI_CLOSING_RESET_BY_CLIENT, false, false, false, 0,
         BUILT "3600 19 " DOWN " duration 1:00:00 bytes 300 TCP Reset-O\n"},
        {"reset from inside", ESI_CLOSING_RESET_BY_SERVER, false, false, false, 0,
         BUILT "3600 19 " DOWN " duration 1:00:00 bytes 300 TCP Reset-I\n"},
        {"picked up in its middle", ESI_CLOSING_FINS, true, false, false, 0,
         "3600 19 " DOWN " duration 1:00:00 bytes 300 TCP FINs\n"},
        {"open", ESI_CLOSING_OPEN, false, false, false, 3599, BUILT},
        {"idle for an hour", ESI_CLOSING_OPEN, false, false, false, 3600,
         BUILT "7261 20 " DOWN " duration 2:01:01 bytes 300 Connection timeout\n"},
        {"half closed", ESI_CLOSING_HALF_CLOSED, false, false, false, 599, BUILT},
        {"half closed for ten minutes", ESI_CLOSING_HALF_CLOSED, false, false, false, 600,
         BUILT "4261 20 " DOWN " duration 1:11:01 bytes 300 FIN Timeout\n"},
        {"half open, the capture ends", ESI_CLOSING_HALF_OPEN, false, false, false, -3632, BUILT},
        {"half open for 30 seconds", ESI_CLOSING_HALF_OPEN, false, false, false, -3631,
         BUILT "30 20 " DOWN " duration 0:00:30 bytes 300 SYN Timeout\n"},
        {"given up for want of room", ESI_CLOSING_UNKNOWN, false, false, false, 9999, BUILT},
        {"refused", ESI_CLOSING_FINS, false, true, false, 0, ""},
        {"the firewall answered, in vain", ESI_CLOSING_HALF_OPEN, false, false, true, 0, ""},
        {"the firewall answered, and it came about", ESI_CLOSING_FINS, false, false, true, 0,
         BUILT "3600 19 " DOWN " duration 1:00:00 bytes 300 TCP FINs\n"},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct esi_session_info session = make_long();

        session.closing = rows[i].closing;
        session.quality.midstream = rows[i].midstream;
        session.connection = rows[i].refused ? 0 : session.connection;
        session.intercepted = rows[i].intercepted;
        session.captured_to = session.end + rows[i].captured * SECONDS;
        check(rows[i].what, &session, rows[i].lines);
    }
}

/* Patience does not reach beyond the last time there is. */
Test(report_syslog_session, the_end_of_time)
{
    static const enum esi_closing closings[] = {ESI_CLOSING_OPEN, ESI_CLOSING_HALF_OPEN,
                                                ESI_CLOSING_HALF_CLOSED};

    for (size_t i = 0; i < ESI_COUNT(closings); i++) {
        struct esi_session_info session = make_long();
        struct esi_buf buf = {0};

        session.closing = closings[i];
        session.start = INT64_MAX - 1;
        session.end = session.captured_to = INT64_MAX;
        syslog_session_lines(&session, tell, &buf);
        esi_buf_byte(&buf, '\0');
        cr_expect_null(strstr((const char *)buf.data, "Teardown"), "%s: %s",
                       esi_closing_name(closings[i]), (const char *)buf.data);
        esi_buf_free(&buf);
    }
}

Test(report_syslog_session, sides)
{
    static const struct {
        const char *what, *client, *server;
        int client_level, server_level;
        const char *line;
    } rows[] = {
        {"outbound", "inside", "outside", 100, 0,
         "Built outbound TCP connection 7 for outside:" SERVER " (" SERVER ") to inside:" CLIENT
         " (" CLIENT ")"},
        {"inbound to a third", "outside", "dmz", 0, 50,
         "Built inbound TCP connection 7 for outside:" CLIENT " (" CLIENT ") to dmz:" SERVER
         " (" SERVER ")"},
        {"names, and no levels", "inside", "dmz", -1, -1,
         "Built outbound TCP connection 7 for dmz:" SERVER " (" SERVER ") to inside:" CLIENT
         " (" CLIENT ")"},
        {"of one level, who opened it stands first", "a", "b", 50, 50,
         "Built inbound TCP connection 7 for a:" CLIENT " (" CLIENT ") to b:" SERVER " (" SERVER
         ")"},
        {"the client's side alone is known", "inside", NULL, 100, -1,
         "Built outbound TCP connection 7 for outside:" SERVER " (" SERVER ") to inside:" CLIENT
         " (" CLIENT ")"},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct esi_session_info session = make_long();
        char line[512];

        session.interface[ESI_TO_SERVER] = rows[i].client;
        session.interface[ESI_TO_CLIENT] = rows[i].server;
        session.security[ESI_TO_SERVER] = rows[i].client_level;
        session.security[ESI_TO_CLIENT] = rows[i].server_level;
        snprintf(line, sizeof line, "0 1 %%ASA-6-302013: %s\n", rows[i].line);
        check(rows[i].what, &session, line);
    }
}

Test(report_syslog_session, platforms)
{
    static const struct {
        const char *platform;
        bool not_inspected;
        const char *lines;
    } rows[] = {
        {"pix-4.4", false,
         "0 1 %PIX-6-302001: Built outbound TCP connection 7 for faddr 192.0.2.25/25 gaddr "
         "203.0.113.10/40012 laddr 192.0.2.10/40012\n"
         "3600 19 %PIX-6-302002: Teardown TCP connection 7 faddr 192.0.2.25/25 gaddr "
         "203.0.113.10/40012 laddr 192.0.2.10/40012 duration 1:00:00 bytes 300 (TCP Reset-I)\n"},
        {"pix-6.1(4)", true,
         "0 1 %PIX-6-302001: Built outbound TCP connection 7 for faddr 192.0.2.25/25 gaddr "
         "203.0.113.10/40012 laddr 192.0.2.10/40012\n"
         "3600 19 %PIX-6-302002: Teardown TCP connection 7 faddr 192.0.2.25/25 gaddr "
         "203.0.113.10/40012 laddr 192.0.2.10/40012 duration 1:00:00 bytes 300 (TCP Reset-I)\n"},
        {"pix-6.2(1)", false,
         "0 1 %PIX-6-302013: Built outbound TCP connection 7 for outside:192.0.2.25/25 "
         "(192.0.2.25/25) to inside:192.0.2.10/40012 (203.0.113.10/40012)\n"
         "3600 19 %PIX-6-302014: Teardown TCP connection 7 for outside:192.0.2.25/25 to "
         "inside:192.0.2.10/40012 duration 1:00:00 bytes 300 TCP Reset-I\n"},
        {"fwsm", false,
         "0 1 %FWSM-6-302013: Built outbound TCP connection 7 for inside:192.0.2.10/40012 "
         "(203.0.113.10/40012) to outside:192.0.2.25/25 (192.0.2.25/25)\n"
         "3600 19 %FWSM-6-302014: Teardown TCP connection 7 for inside:192.0.2.10/40012 to "
         "outside:192.0.2.25/25 duration 1:00:00 bytes 300 TCP Reset-I\n"},
        {"ios", false,
         "0 1 %FW-6-SESS_AUDIT_TRAIL_START: Start smtp session: initiator (192.0.2.10:40012) -- "
         "responder (192.0.2.25:25)\n"
         "3600 19 %FW-6-SESS_AUDIT_TRAIL: Stop smtp session: initiator (192.0.2.10:40012) sent "
         "100 bytes -- responder (192.0.2.25:25) sent 200 bytes\n"},
        {"ios", true, ""},
    };
    static const struct esi_translation translation = {
        {{{4, {192, 0, 2, 10}}, 40012}, {{4, {192, 0, 2, 25}}, 25}},
        {{{4, {203, 0, 113, 10}}, 40012}, {{4, {192, 0, 2, 25}}, 25}},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct esi_session_info session = make_long();
        struct esi_platform of;

        cr_assert(esi_platform_find(&of, rows[i].platform, NULL));
        session.platform = &of;
        session.inspected = !rows[i].not_inspected;
        session.interface[ESI_TO_SERVER] = "inside";
        session.security[ESI_TO_SERVER] = session.security[ESI_TO_CLIENT] = -1;
        session.translation = &translation;
        session.closing = ESI_CLOSING_RESET_BY_CLIENT;
        check(rows[i].platform, &session, rows[i].lines);
    }
}

/* What inspection ended: told as of then, whatever the capture shows afterwards. */
Test(report_syslog_session, cut)
{
    static const struct {
        const char *what;
        const char *platform;
        bool reset;
        const char *lines;
    } rows[] = {
        {"drop-connection", "asa-8", false,
         BUILT "6 13 %ASA-6-106015: Deny TCP (no connection) from " CLIENT " to 203.0.113.25/25 "
               "flags PSH ACK  on interface outside\n"
               "7 14 %ASA-6-106015: Deny TCP (no connection) from " SERVER " to " CLIENT
               " flags FIN ACK  on interface inside\n"
               "8 15 %ASA-6-106015: Deny TCP (no connection) from " CLIENT " to 203.0.113.25/25 "
               "flags RST  on interface outside\n"
               "5 12 " DOWN " duration 0:00:05 bytes 44 Flow closed by inspection\n"},
        {"reset: both ends know", "asa-8", true,
         BUILT "5 12 " DOWN " duration 0:00:05 bytes 44 Flow closed by inspection\n"},
        {"the older words", "pix-6.3", true,
         "0 1 %PIX-6-302013: Built inbound TCP connection 7 for outside:" CLIENT " (" CLIENT
         ") to inside:" SERVER " (203.0.113.25/25)\n"
         "5 12 %PIX-6-302014: Teardown TCP connection 7 for outside:" CLIENT " to inside:" SERVER
         " duration 0:00:05 bytes 44 Deny Terminate\n"},
    };
    static const struct esi_translation translation = {
        {{{4, {192, 0, 2, 10}}, 40012}, {{4, {192, 0, 2, 25}}, 25}},
        {{{4, {192, 0, 2, 10}}, 40012}, {{4, {203, 0, 113, 25}}, 25}},
    };
    struct esi_late_segment late[] = {{13, 7 * SECONDS, ESI_TO_SERVER, 8 | 16},
                                      {14, 8 * SECONDS, ESI_TO_CLIENT, 1 | 16},
                                      {15, 9 * SECONDS, ESI_TO_SERVER, 4}};
    struct esi_after_cut after = {6 * SECONDS, {40, 4}, 3, late, 3};

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct esi_session_info session = make_long();
        struct esi_session_result result = {.cut = true, .cut_at = {.frame = 12}};
        struct esi_platform of;
        struct esi_buf lines = {0};

        cr_assert(esi_platform_find(&of, rows[i].platform, NULL));
        result.cut_at.reset = rows[i].reset;
        session.platform = &of;
        session.closing = ESI_CLOSING_FINS;
        session.after_cut = &after;
        session.result = &result;
        session.translation = &translation;
        /* The translated server stands in parentheses. */
        for (const char *at = rows[i].lines; *at; at++) {
            bool mapped = strncmp(at, "(" SERVER ")", strlen("(" SERVER ")")) == 0;
            esi_buf_text(&lines, mapped ? "(203.0.113.25/25)" : (char[]){*at, '\0'});
            at += mapped ? strlen("(" SERVER ")") - 1 : 0;
        }
        esi_buf_byte(&lines, '\0');
        check(rows[i].what, &session, (const char *)lines.data);
        esi_buf_free(&lines);
    }
}

/* Every row of the table is told as what it is. */
Test(report_syslog_session, table)
{
    for (size_t i = 0; i < esi_syslog_message_count(); i++) {
        struct esi_syslog_message message = esi_syslog_message_at(i);

        cr_assert(message.name[0] && message.words[0] && message.source[0], "row %zu", i);
        cr_assert(message.basis != ESI_BASIS_ASSUMED || strstr(message.source, "inferred") ||
                      strstr(message.source, "second hand"),
                  "%s: assumed, and no word of why", message.name);
    }
}
