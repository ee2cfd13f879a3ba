/* report_html.c - the page: which sessions are shown, what is counted, and that all is escaped. */
#define _DEFAULT_SOURCE /* open_memstream */

#include <criterion/criterion.h>

#include "unit/report_records.h"

/* put_one - a session in which one keyword is hidden. */
static void
put_one(struct written *written, uint64_t number, const char *keyword)
{
    struct esi_session_info session = make_session(number);
    struct esi_session_result result = {.outcome = ESI_SESSION_ALTERED};
    struct esi_outcome verdict =
        make_verdict(ESI_ACTION_MASK, ESI_WHAT_EHLO_KEYWORD, ESI_TO_CLIENT, 12, keyword);

    put_outcome(written, &session, &verdict);
    put_session(written, &session, &result);
}

Test(report_html, escaped_and_linked)
{
    static const struct esi_config_text config[] = {{"<b>.cfg", 31, " match <i>"}};
    struct esi_session_info session = make_session(1);
    struct esi_session_result result = {.outcome = ESI_SESSION_ALTERED};
    struct esi_outcome verdict =
        make_verdict(ESI_ACTION_MASK, ESI_WHAT_EHLO_KEYWORD, ESI_TO_CLIENT, 12, "<script>\x1b\"");
    struct written written;

    verdict.u.verdict.rule = (struct esi_rule){"match <i>", 2, "<b>.cfg", 31};
    open_sink(&written, "html", (struct esi_sink_options){.config = config, .config_count = 1});
    put_outcome(&written, &session, &verdict);
    put_session(&written, &session, &result);
    char *text = close_sink(&written);
    cr_assert(strstr(text, "&lt;script&gt;\\x1b&quot;"));
    cr_assert(strstr(text, "<a href=\"#c0-31\">&lt;b&gt;.cfg:31</a>"));
    cr_assert(strstr(text, "<li id=\"c0-31\" class=\"bites\">"));
    cr_assert(strstr(text, "<li id=\"s1-f1\">"));
    cr_assert_eq(count(text, "<script>"), 1);
    cr_assert_eq(count(text, "<b>.cfg"), 0);
    free(text);
}

/* put_cut - a session whose connection is cut at the frame. */
static void
put_cut(struct written *written, uint64_t number, uint64_t frame)
{
    struct esi_session_info session = make_session(number);
    struct esi_session_result result = {.outcome = ESI_SESSION_DROPPED};
    struct esi_outcome verdict = make_verdict(ESI_ACTION_DROP_CONNECTION, ESI_WHAT_HEADER_LINE,
                                              ESI_TO_SERVER, 12, "Subject: <b>");

    verdict.frame = frame;
    put_outcome(written, &session, &verdict);
    put_session(written, &session, &result);
}

Test(report_html, what_it_means_and_to_which_bytes_stands_first)
{
    struct written written;

    open_sink(&written, "html", (struct esi_sink_options){0});
    put_one(&written, 1, "CHUNKING");
    put_cut(&written, 2, 7);
    put_cut(&written, 3, 19);
    char *text = close_sink(&written), *rules = strstr(text, "id=\"rules\"");
    char *cut = strstr(text, "too long, so the firewall cuts the connection and the sender");
    char *pass = strstr(text, "The firewall lets mail pass");
    cr_assert(rules && cut && pass && cut < pass && pass < rules, "answers, the gravest first");
    cr_assert(strstr(text, "2 sessions: <a href=\"#s2\">2</a>, <a href=\"#s3\">3</a>"));
    cr_assert(strstr(rules, "such as <code class=\"b\">Subject: &lt;b&gt;</code>"));
    cr_assert(strstr(rules, "<mark>CHUNKING</mark></code> becomes <code class=\"a\"><mark>"
                            "XXXXXXXA</mark>"));
    free(text);
}

Test(report_html, a_map_is_told_once)
{
    struct esi_inspection inspections[] = {{.map = &map, .sessions = 60},
                                           {.map = &map, .sessions = 3}};
    struct esi_summary_info summary = {
        .platform = &platform, .inspections = inspections, .inspection_count = 2};
    struct written written;

    open_sink(&written, "html", (struct esi_sink_options){0});
    put_one(&written, 1, "CHUNKING");
    esi_sink_put(written.sink,
                 &(struct esi_record){.kind = ESI_RECORD_SUMMARY, .summary = &summary});
    char *text = close_sink(&written);
    cr_assert_eq(count(text, "map <b>_default_esmtp_map</b>, built in, 63 sessions"), 1);
    cr_assert_eq(count(text, "map <b>"), 1);
    free(text);
}

Test(report_html, without_a_session_it_says_why)
{
    static const struct {
        uint64_t not_told;
        const char *words;
    } rows[] = {{0, "<p>There is no session: no connection"}, {2, "<p>No session was chosen"}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct esi_summary_info summary = {.platform = &platform, .not_told = rows[i].not_told};
        struct written written;

        open_sink(&written, "html", (struct esi_sink_options){0});
        esi_sink_put(written.sink,
                     &(struct esi_record){.kind = ESI_RECORD_SUMMARY, .summary = &summary});
        char *text = close_sink(&written);
        cr_assert(strstr(text, rows[i].words), "%s", rows[i].words);
        cr_assert_not(strstr(text, "#servers"), "no link to what is not there");
        free(text);
    }
}

Test(report_html, a_new_kind_is_shown_however_late)
{
    enum { ALIKE = 1100 };
    struct written written;

    open_sink(&written, "html", (struct esi_sink_options){0});
    for (uint64_t i = 1; i <= ALIKE; i++)
        put_one(&written, i, "CHUNKING");
    put_one(&written, ALIKE + 1, "HELP");
    char *text = close_sink(&written);
    cr_assert_eq(count(text, "<details class=\"ses\""), 1000);
    cr_assert(strstr(text, "id=\"s1101\""));
    cr_assert(strstr(text, "id=\"s1\""));
    cr_assert_eq(count(text, "id=\"s1000\""), 0);
    cr_assert(strstr(text, "1,000 sessions are shown; 101 more"));
    free(text);
}

/* Each table of the page has a bound, and what is beyond it is counted. */
Test(report_html, what_is_beyond_a_bound_is_counted)
{
    enum { SESSIONS = 1100, RULES = 100 };
    static char words[RULES + 1][16]; /* a configuration's: they stay */
    struct written written;

    open_sink(&written, "html", (struct esi_sink_options){0});
    for (uint64_t i = 1; i <= SESSIONS; i++) {
        uint64_t rule = i < RULES ? i : RULES;
        struct esi_session_info session = make_session(i);
        struct esi_session_result result = {.outcome = ESI_SESSION_ALTERED};
        char keyword[32];

        snprintf(keyword, sizeof keyword, "KEYWORD%u", (unsigned)i);
        snprintf(words[rule], sizeof words[rule], "rule %u", (unsigned)rule);
        struct esi_outcome verdict =
            make_verdict(ESI_ACTION_MASK, ESI_WHAT_EHLO_KEYWORD, ESI_TO_CLIENT, 12, keyword);
        verdict.u.verdict.rule.words = words[rule];
        session.tuple.server.port = (uint16_t)i;
        session.start = (esi_nanos)(i * i) * 1000000000;
        put_outcome(&written, &session, &verdict);
        put_session(&written, &session, &result);
    }
    char *text = close_sink(&written);
    cr_assert_eq(count(text, "<details class=\"ses\""), 1000);
    cr_assert(strstr(text, "1,000 sessions are shown; 100 more"));
    cr_assert(strstr(text, "At other servers: 1,088 sessions."));
    cr_assert(strstr(text, "By further rules, not told apart: 1,037 verdicts in 1,037 sessions"));
    cr_assert(count(text, "<g><title>from ") <= 60);
    free(text);
}

/* A dialogue of endless replies is not drawn to its end; what is found behind is listed. */
Test(report_html, a_picture_has_a_bound)
{
    enum { LINES = 4000, REPLIES = 100 };
    struct esi_session_info session = make_session(1);
    struct esi_session_result result = {.outcome = ESI_SESSION_ALTERED};
    struct esi_outcome verdict =
        make_verdict(ESI_ACTION_LOG, ESI_WHAT_BODY_LINE, ESI_TO_SERVER, 0, "late");
    struct written written;
    static char lines[LINES];

    memset(lines, '\n', LINES - 1);
    open_sink(&written, "html", (struct esi_sink_options){0});
    for (uint64_t i = 0; i < REPLIES; i++) {
        struct esi_outcome reply =
            make_reply(200 + (unsigned)i, lines, LINES, i * LINES * 6, 5 + i);
        put_outcome(&written, &session, &reply);
    }
    verdict.frame = 500;
    put_outcome(&written, &session, &verdict);
    put_session(&written, &session, &result);
    char *text = close_sink(&written);
    cr_assert_lt(strlen(text), 2000000);
    cr_assert_not_null(strstr(text, "Not drawn: 93 more turns."));
    cr_assert_not_null(strstr(text, "<li id=\"s1-f1\">"));
    free(text);
}
