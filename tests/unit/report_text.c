/* report_text.c - blocks of text: what a session reads like, and how many are shown. */
#define _DEFAULT_SOURCE /* open_memstream */

#include <criterion/criterion.h>

#include "unit/report_records.h"

#define HEAD                                                                                       \
    "session 1  192.0.2.10:40012 -> 192.0.2.25:25  tcp.stream 0  1970-01-01T00:00:01.000000000Z\n" \
    "  frames 1 to 20 of a.pcap\n"                                                                 \
    "  inspected by map _default_esmtp_map of asa-8: server port 25 carries SMTP\n"

Test(report_text, block)
{
    struct esi_session_info session = make_session(1);
    struct esi_session_result result = {.outcome = ESI_SESSION_ALTERED,
                                        .counts = {.ehlo_keywords_masked = 1},
                                        .divergence = {.found = true,
                                                       .frame = 9,
                                                       .dir = ESI_TO_SERVER,
                                                       .offset = 12,
                                                       .why = "the client used what was hidden",
                                                       .follows = "It would not have."}};
    struct esi_outcome outcomes[] = {
        make_command(ESI_VERB_EHLO, "EHLO", "there", 0, 6),
        make_verdict(ESI_ACTION_MASK, ESI_WHAT_EHLO_KEYWORD, ESI_TO_CLIENT, 12, "STARTTLS"),
        make_reply(250, "me\nSTARTTLS\nHELP", 3, 0, 8),
        make_verdict(ESI_ACTION_MASK, ESI_WHAT_COMMAND, ESI_TO_SERVER, 12, "STARTTLS"),
        make_command(ESI_VERB_STARTTLS, "STARTTLS", "", 12, 9),
        make_reply(220, "go\x1b[1m", 1, 40, 10),
        make_turn(ESI_TURN_TLS, ESI_TO_SERVER, 22, 1000, 11),
        make_turn(ESI_TURN_TLS, ESI_TO_CLIENT, 49, 1, 12),
        make_turn(ESI_TURN_TLS, ESI_TO_SERVER, 1022, 234, 13),
    };
    struct written written;

    outcomes[1].u.verdict.rule =
        (struct esi_rule){"match header line length gt 998", 2, "asa.cfg", 31};
    outcomes[3].u.verdict.counterfactual = true;
    open_sink(&written, "text", (struct esi_sink_options){0});
    for (size_t i = 0; i < ESI_COUNT(outcomes); i++)
        put_outcome(&written, &session, &outcomes[i]);
    put_session(&written, &session, &result);
    char *text = close_sink(&written);
    cr_assert_str_eq(
        text,
        HEAD
        "  altered: 1 EHLO keyword hidden (STARTTLS)\n"
        "         6  C ->  EHLO there\n"
        "         8  <- S  250-me\n"
        "                - 250-STARTTLS\n"
        "                + 250-XXXXXXXA\n"
        "                    mask: match header line length gt 998 (class 2, asa.cfg:31); "
        "likely, some-habit\n"
        "                  250 HELP\n"
        "~ From frame 9 on, this could not have come about: the client used what was hidden. It "
        "would not\n"
        "  have.\n"
        "~        9  C ->- STARTTLS\n"
        "~               + XXXXXXXA\n"
        "~                   mask: some rule (built in); likely, some-habit; counterfactual\n"
        "~       10  <- S  220 go\\x1b[1m\n"
        "~    11-13  C ->  TLS, not read: 1,234 bytes\n"
        "~       12  <- S  TLS, not read: 1 byte\n"
        "  => The sender can't use TLS: STARTTLS is hidden from it; mail goes in clear or, where "
        "TLS is\n"
        "     required, stays queued.\n\n",
        "got\n%s", text);
    free(text);
}

Test(report_text, dropped_in_a_message_over_two_files)
{
    struct esi_session_info session = make_session(1);
    struct esi_session_result result = {.outcome = ESI_SESSION_DROPPED,
                                        .counts = {.dropped = 1},
                                        .cut = true,
                                        .cut_at = {.frame = 1002}};
    char line[1201] = "";
    struct esi_outcome header = make_turn(ESI_TURN_HEADER, ESI_TO_SERVER, 0, 12, 999);
    struct esi_outcome body = make_turn(ESI_TURN_BODY, ESI_TO_SERVER, 12, 5000, 1003);
    struct esi_outcome verdict;
    struct written written;

    memset(line, 'h', 1200);
    verdict =
        make_verdict(ESI_ACTION_DROP_CONNECTION, ESI_WHAT_HEADER_LINE, ESI_TO_SERVER, 100, line);
    verdict.frame = 1002;
    verdict.u.verdict.log = true;
    verdict.u.verdict.before.len = ESI_BEFORE_KEEP;
    body.u.turn.lines = 1;
    session.quality.gaps = 1;
    session.quality.gap_bytes = 1460;
    open_sink(&written, "text", (struct esi_sink_options){0});
    put_outcome(&written, &session, &header);
    put_outcome(&written, &session, &verdict);
    put_outcome(&written, &session, &body);
    put_session(&written, &session, &result);
    char *text = close_sink(&written);
    line[96] = '\0';
    char expected[2048];
    snprintf(expected, sizeof expected,
             HEAD
             "  not whole: 1 gap in the bytes; 1,460 bytes missing\n"
             "  dropped: connection ended at frame 2\n"
             "       999  C ->  message: 1 header field, 1 body line, 5,012 bytes\n"
             "  in b.pcap:\n"
             "         2      ! %s...(1,200 bytes)\n"
             "                    drop-connection log at frame 2: some rule (built in); likely, "
             "some-habit\n"
             "  => The message never arrives: a header line is too long, so the firewall cuts the "
             "connection at\n"
             "     frame 2 and the sender retries until it gives up.\n\n",
             line);
    cr_assert_str_eq(text, expected, "got\n%s", text);
    free(text);
}

/* A line that is written over far behind what is shown of it. */
Test(report_text, change_behind_the_shown_part)
{
    struct esi_session_info session = make_session(1);
    struct esi_session_result result = {.outcome = ESI_SESSION_ALTERED};
    char argument[401] = "";
    struct esi_outcome command, verdict;
    struct written written;

    memset(argument, 'a', 400);
    argument[395] = '<';
    command = make_command(ESI_VERB_MAIL, "MAIL", argument, 0, 5);
    verdict = make_verdict(ESI_ACTION_REPLACE, ESI_WHAT_ADDRESS, ESI_TO_SERVER, 400, "<");
    verdict.u.verdict.edit.tail[0] = ' ';
    open_sink(&written, "text", (struct esi_sink_options){0});
    put_outcome(&written, &session, &command);
    put_outcome(&written, &session, &verdict);
    put_session(&written, &session, &result);
    char *text = close_sink(&written);
    cr_assert_not_null(strstr(text, "C ->- ...aaaaaaaaaaaaaaaaaaaa<aaaa\n"
                                    "                + ...aaaaaaaaaaaaaaaaaaaa aaaa\n"),
                       "got\n%s", text);
    free(text);
}

/* What the bytes say wins over what the offsets say: a verdict is never laid over a wrong line. */
Test(report_text, verdicts_that_fit_no_line)
{
    struct esi_session_info session = make_session(1);
    struct esi_session_result result = {.outcome = ESI_SESSION_ALTERED};
    struct esi_outcome outcomes[] = {
        make_command(ESI_VERB_MAIL, "MAIL", "FROM:<>", 0, 5),
        make_verdict(ESI_ACTION_MASK, ESI_WHAT_COMMAND, ESI_TO_SERVER, 2, "other"),
        make_verdict(ESI_ACTION_MASK, ESI_WHAT_COMMAND, ESI_TO_SERVER, 500, "later"),
        make_verdict(ESI_ACTION_MASK, ESI_WHAT_GREETING, ESI_TO_CLIENT, UINT64_MAX - 3, "end"),
        make_verdict(ESI_ACTION_LOG, ESI_WHAT_BODY_LINE, ESI_TO_SERVER, 3, ""),
    };
    struct written written;

    open_sink(&written, "text", (struct esi_sink_options){0});
    for (size_t i = 0; i < ESI_COUNT(outcomes); i++)
        put_outcome(&written, &session, &outcomes[i]);
    put_session(&written, &session, &result);
    char *text = close_sink(&written);
    cr_assert_not_null(strstr(text, "  C ->  MAIL FROM:<>\n"), "got\n%s", text);
    cr_assert_not_null(strstr(text, "- other\n                + XXXXA\n"), "got\n%s", text);
    cr_assert_not_null(strstr(text, "C ->- later\n                + XXXXA\n"), "got\n%s", text);
    cr_assert_not_null(strstr(text, "<- S- end\n                + XXA\n"), "got\n%s", text);
    free(text);
}

/* A sender decides neither how long a block becomes nor how much memory it takes. */
Test(report_text, long_sessions_are_cut_short)
{
    struct esi_session_info session = make_session(1);
    struct esi_session_result result = {.outcome = ESI_SESSION_UNTOUCHED};
    struct written written;

    open_sink(&written, "text", (struct esi_sink_options){0});
    for (uint64_t i = 0; i < 20000; i++) {
        struct esi_outcome rcpt =
            make_command(ESI_VERB_RCPT, "RCPT", "TO:<a@b>", i * 15, 5 + i / 1000);
        struct esi_outcome reply = make_reply(250, "ok", 1, i * 8, 5 + i / 1000);
        struct esi_outcome verdict =
            make_verdict(ESI_ACTION_ANOMALY, ESI_WHAT_SEQUENCE, ESI_TO_SERVER, i * 15, "x");

        put_outcome(&written, &session, &rcpt);
        put_outcome(&written, &session, &reply);
        if (i >= 100)
            put_outcome(&written, &session, &verdict);
    }
    put_session(&written, &session, &result);
    char *text = close_sink(&written);
    cr_assert_not_null(strstr(text, "... 194 more like these ...\n"), "got\n%.3000s", text);
    cr_assert_not_null(strstr(text, "(not shown: 39,600 more turns, 19,700 more verdicts)\n"));
    cr_assert_lt(strlen(text), 60000);
    free(text);
}

/* put_plain_session - one of two kinds. Every fourth number is of the second. */
static void
put_plain_session(struct written *written, uint64_t number)
{
    struct esi_session_info session = make_session(number);
    struct esi_session_result result = {.outcome = ESI_SESSION_ALTERED};
    struct esi_outcome outcome = make_verdict(ESI_ACTION_MASK, ESI_WHAT_EHLO_KEYWORD, ESI_TO_CLIENT,
                                              number, number % 4 == 0 ? "CHUNKING" : "STARTTLS");

    put_outcome(written, &session, &outcome);
    put_session(written, &session, &result);
}

Test(report_text, few_sessions_are_all_shown_in_order)
{
    struct written written;
    char head[64];

    open_sink(&written, "text", (struct esi_sink_options){0});
    for (uint64_t number = 50; number >= 1; number--)
        put_plain_session(&written, number);
    char *text = close_sink(&written), *at = text;
    cr_assert_eq(count(text, "session "), 50);
    for (uint64_t number = 1; number <= 50; number++) {
        snprintf(head, sizeof head, "session %u  ", (unsigned)number);
        at = strstr(at, head);
        cr_assert_not_null(at, "session %u is missing or out of order", (unsigned)number);
    }
    free(text);
}

Test(report_text, many_sessions_are_told_by_kind)
{
    struct written written;

    open_sink(&written, "text", (struct esi_sink_options){0});
    cr_assert(esi_sink_wants_turns(written.sink, 1000));
    cr_assert(!esi_sink_wants_turns(written.sink, 1001));
    for (uint64_t number = 1; number <= 60; number++)
        put_plain_session(&written, number);
    char *text = close_sink(&written);
    cr_assert_eq(count(text, "\nsession "), 2, "got\n%s", text);
    cr_assert(
        strncmp(text, "60 sessions, one of each kind is shown, the rarest kind first\n", 62) == 0);
    char *rare = strstr(text, "\nsession 4  "), *common = strstr(text, "\nsession 1  ");
    cr_assert(rare && common && rare < common, "got\n%s", text);
    cr_assert_not_null(
        strstr(text, "  and 14 more like it (sessions 8, 12, 16, 20, 24, 28, ...)\n"));
    cr_assert_not_null(strstr(text, "  and 44 more like it (sessions 2, 3, 5, 6, 7, 9, ...)\n"));
    free(text);
}

Test(report_text, all_sessions_as_they_come)
{
    struct written written;

    open_sink(&written, "text", (struct esi_sink_options){.verbose = true});
    cr_assert(esi_sink_wants_turns(written.sink, 1000000));
    for (uint64_t number = 60; number >= 1; number--)
        put_plain_session(&written, number);
    char *text = close_sink(&written);
    cr_assert_eq(count(text, "session "), 60);
    cr_assert(strncmp(text, "session 60  ", 12) == 0);
    free(text);
}

Test(report_text, kinds_without_end)
{
    struct written written;

    open_sink(&written, "text", (struct esi_sink_options){0});
    for (uint64_t number = 1; number <= 3000; number++) {
        struct esi_session_info session = make_session(number);
        struct esi_session_result result = {.outcome = ESI_SESSION_ALTERED};
        char verb[32];

        snprintf(verb, sizeof verb, "VERB%u", (unsigned)number);
        struct esi_outcome outcome =
            make_verdict(ESI_ACTION_MASK, ESI_WHAT_COMMAND, ESI_TO_SERVER, 0, verb);
        put_outcome(&written, &session, &outcome);
        put_session(&written, &session, &result);
    }
    char *text = close_sink(&written);
    cr_assert_eq(count(text, "\nsession "), 100);
    cr_assert_not_null(strstr(text, "not shown: 2,900 sessions of other kinds"));
    free(text);
}

/* put_long_reply - LINES lines, each an empty one. */
static void
put_long_reply(struct written *written, const struct esi_session_info *session, uint64_t number)
{
    enum { LINES = 4000 };
    char lines[LINES];

    memset(lines, '\n', LINES - 1);
    lines[LINES - 1] = '\0';
    struct esi_outcome reply =
        make_reply(200 + (unsigned)number % 300, lines, LINES, number * LINES * 6, 5 + number);
    put_outcome(written, session, &reply);
}

Test(report_text, a_block_has_a_bound)
{
    struct esi_session_info session = make_session(1);
    struct esi_session_result result = {.outcome = ESI_SESSION_ALTERED};
    struct esi_outcome verdict =
        make_verdict(ESI_ACTION_LOG, ESI_WHAT_BODY_LINE, ESI_TO_SERVER, 0, "late");
    struct written written;

    verdict.frame = 500;
    open_sink(&written, "text", (struct esi_sink_options){0});
    for (uint64_t i = 0; i < 100; i++)
        put_long_reply(&written, &session, i);
    put_outcome(&written, &session, &verdict);
    put_session(&written, &session, &result);
    char *text = close_sink(&written);
    cr_assert_lt(strlen(text), (1 << 20) + 200000);
    size_t shown = count(text, "  <- S  2");
    char rest[64];
    snprintf(rest, sizeof rest, "(not shown: %zu more turns, 1 more verdict)", 100 - shown);
    cr_assert_not_null(strstr(text, rest), "%zu shown, got\n%s", shown, text + strlen(text) - 500);
    free(text);
}

/* Records of a long session come in parts, with those of others in between. */
Test(report_text, sessions_interleaved)
{
    struct written written;
    struct esi_session_info sessions[20];
    struct esi_session_result result = {.outcome = ESI_SESSION_UNTOUCHED};

    open_sink(&written, "text", (struct esi_sink_options){0});
    for (int part = 0; part < 3; part++) {
        for (uint64_t i = 0; i < ESI_COUNT(sessions); i++) {
            struct esi_outcome noop =
                make_command(ESI_VERB_NOOP, "NOOP", "", (uint64_t)part * 6, 5);

            sessions[i] = make_session(i + 1);
            put_outcome(&written, &sessions[i], &noop);
        }
    }
    for (uint64_t i = 0; i < ESI_COUNT(sessions); i += 2)
        put_session(&written, &sessions[i], &result);
    char *text = close_sink(&written); /* the others never ended */
    cr_assert_eq(count(text, "session "), 10);
    cr_assert_eq(count(text, "  C ->  NOOP\n"), 30);
    free(text);
}

Test(report_text, summary_and_account)
{
    struct esi_capture_info captures[] = {
        {.file = "a.pcap",
         .frames = 1000,
         .tcp_frames = 900,
         .smtp_frames = 800,
         .complete = true,
         .skipped_count = 1,
         .skipped = {{"not IP", 100}}},
        {.file = "b.pcap",
         .frames = 234,
         .tcp_frames = 200,
         .smtp_frames = 200,
         .filtered_out = 20,
         .why_not = "cut off in frame 235",
         .skipped_count = 2,
         .skipped = {{"not IP", 4}, {"IP fragment", 10}}},
    };
    struct esi_match_counter counts[2] = {[1].hits = 1};
    struct esi_inspection inspection = {.map = &map, .sessions = 1, .matches = counts};
    struct esi_summary_info summary = {.sessions = 3,
                                       .inspected = 2,
                                       .outcomes = {[ESI_SESSION_ALTERED] = 2},
                                       .diverged = 1,
                                       .verdicts = {[ESI_ACTION_MASK] = 3},
                                       .counterfactual = 4,
                                       .platform = &platform,
                                       .inspections = &inspection,
                                       .inspection_count = 1};
    struct written written;

    open_sink(&written, "text", (struct esi_sink_options){0});
    for (size_t i = 0; i < ESI_COUNT(captures); i++)
        esi_sink_put(written.sink,
                     &(struct esi_record){.kind = ESI_RECORD_CAPTURE, .capture = &captures[i]});
    esi_sink_put(written.sink,
                 &(struct esi_record){.kind = ESI_RECORD_SUMMARY, .summary = &summary});
    char *text = close_sink(&written);
    cr_assert_str_eq(
        text,
        "summary (map _default_esmtp_map of asa-8)\n"
        "  3 sessions: 2 altered, 1 not inspected; 1 could not have come about as captured\n"
        "  verdicts: 3 mask, 4 counterfactual\n"
        "  class 2, match header line length gt 998: 1 time\n"
        "  2 files, 1,234 frames: 1,000 SMTP, 100 other TCP, 20 held back by the filter, 104 left "
        "aside (not IP), 10 left aside (IP fragment)\n"
        "  b.pcap: cut off in frame 235 (234 frames were read)\n",
        "got\n%s", text);
    free(text);
}
