/* report_html_evidence.c - what a page, and a diagram, tell of sessions that were touched before
 * they were captured, and what of others. */
#define _DEFAULT_SOURCE /* open_memstream */

#include <criterion/criterion.h>

#include "unit/report_records.h"

static const struct esi_detector decides = {"decides-it", "it is <amiss>", ESI_STRENGTH_DECIDES,
                                            ESI_BASIS_CONFIRMED, "a page"},
                                 narrows = {"narrows-it", "something beside", ESI_STRENGTH_NOTE,
                                            ESI_BASIS_LIKELY, "a note"};
static struct esi_ground grounds[] = {
    {.detector = &decides,
     .dir = ESI_TO_CLIENT,
     .frame = 4,
     .seen = ESI_LIT("***\"><script>\x1b\xe2\x80\xae"),
     .detail = "and <more> of it",
     .times = 3},
    {.detector = &decides, .dir = ESI_TO_CLIENT, .frame = 1006, .times = 1},
    {.detector = &narrows, .dir = ESI_TO_SERVER, .times = 1},
};
static struct esi_keyword_guess keywords[] = {
    {.seen = ESI_LIT("X<script>```\n#A"),
     .len = 300,
     .count = 2,
     .odds = {{"STARTTLS", 0.6}, {"CHUNKING", 0.254}}},
};
static const char *const platforms[] = {"asa-8", "asa-9.4 allow_tls=no"};
static const char *const contradicts[] = {"It may be <otherwise>."};
static const char *const follows[] = {"Mail waits.", "TLS is gone."};
static const char *const cures[] = {"! a release that mends it",
                                    "! a map:",
                                    "policy-map <global>",
                                    " class c",
                                    "! none:",
                                    "no policy"};
static const char *const other_cures[] = {"! one more, before:",
                                          "one line",
                                          "! a map:",
                                          "policy-map <global>",
                                          " class c",
                                          "! none:",
                                          "no policy"};

static struct esi_evidence_result
make_result(void)
{
    return (struct esi_evidence_result){
        .touched = ESI_TOUCHED_YES,
        .family = ESI_BOX_ASA,
        .product = "some <box>",
        .side = {ESI_TAP_BEFORE, ESI_TAP_BEHIND},
        .ground_count = ESI_COUNT(grounds),
        .grounds = grounds,
        .grounds_left = 2,
        .keyword_count = ESI_COUNT(keywords),
        .keywords = keywords,
        .keywords_left = 1,
        .reproduced_count = ESI_COUNT(platforms),
        .reproduced_by = platforms,
        .against_count = ESI_COUNT(contradicts),
        .against = contradicts,
        .means_count = ESI_COUNT(follows),
        .means = follows,
        .cure_count = ESI_COUNT(cures),
        .cure = cures,
    };
}

/* put_touched - a session whose greeting is in frame 4. */
static void
put_touched(struct written *written, uint64_t number, const struct esi_evidence_result *result)
{
    struct esi_session_info session = make_session(number);
    struct esi_session_result end = {.outcome = ESI_SESSION_ALTERED};
    struct esi_outcome reply = make_reply(220, "****", 1, 0, 4);

    put_outcome(written, &session, &reply);
    session.evidence = result;
    put_session(written, &session, &end);
}

static void
put_server(struct written *written, const struct esi_evidence_server *server)
{
    esi_sink_put(written->sink,
                 &(struct esi_record){.kind = ESI_RECORD_EVIDENCE, .server = server});
}

/* has_all - and in this order. */
static void
has_all(const char *text, const char *const *wanted, size_t wanted_count)
{
    const char *at = text;

    for (size_t i = 0; i < wanted_count; i++) {
        const char *found = strstr(at, wanted[i]);

        cr_assert(found, "%s: not behind what is before it, in\n%s", wanted[i],
                  strstr(text, "<main"));
        at = found;
    }
}

Test(report_html_evidence, of_a_session_above_its_dialogue)
{
    static const char *const wanted[] = {
        "id=\"capture\"",
        "in the path: 1 of 1 session touched.",
        "data-evidence=\"3\"><b>1</b> touched",
        "id=\"overview\"",
        "<tr data-o=\"1\" data-e=\"3\"",
        "id=\"s1\"",
        "<div class=\"ev\"><p class=\"alarm\">Touched already when it was captured, by: some "
        "&lt;box&gt;</p>",
        "it is &lt;amiss&gt; <span class=\"no\">(confirmed, <a href=\"#s1-w4\">frame 4</a>, 3 "
        "times)</span>; and &lt;more&gt; of it<br/><code "
        "class=\"b\">***&quot;&gt;&lt;script&gt;\\x1b\\xe2\\x80\\xae</code>",
        "it is &lt;amiss&gt; <span class=\"no\">(confirmed, frame 6 of b.pcap)</span></li>",
        "<li>and 2 more</li>",
        "<dt>Besides</dt><dd>something beside</dd>",
        "<dt>Keywords hidden, by estimate</dt><dd>X&lt;script&gt;```\\x0a#A...(300 bytes) most "
        "likely STARTTLS (60 %) or CHUNKING (25 %)<br/>and 1 more</dd>",
        "<dt>The same would come from</dt><dd>asa-8, asa-9.4 allow_tls=no</dd>",
        "<dt>Captured</dt><dd>between the box and the client</dd>",
        "<dt>Against it</dt><dd>It may be &lt;otherwise&gt;.</dd>",
        "<dt>For the mail</dt><dd>Mail waits. TLS is gone.</dd>",
        "<li>a release that mends it</li><li><details><summary>a map</summary><pre>policy-map "
        "&lt;global&gt;\n class c\n</pre></details></li><li>none</li></ol><a href=\"#e0\">",
        "What follows is what the firewall does to bytes that were altered already.",
        "<p class=\"so\">",
        "id=\"s1-w4\">4</text>",
    };
    struct esi_evidence_result result = make_result();
    struct written written;

    open_sink(&written, "html", (struct esi_sink_options){0});
    put_touched(&written, 1, &result);
    char *text = close_sink(&written);
    has_all(text, wanted, ESI_COUNT(wanted));
    cr_assert_eq(count(text, "<script>"), 1);
    cr_assert_eq(count(text, "id=\"s1-w4\""), 1);
    free(text);
}

Test(report_html_evidence, of_others_a_line_or_nothing)
{
    static const struct {
        enum esi_touched touched;
        bool only;
        const char *capture, *line; /* NULL: none */
    } rows[] = {
        {ESI_TOUCHED_NO, false, "<p class=\"no\">No session was touched", NULL},
        {ESI_TOUCHED_NO, true, "<p class=\"no\">No session was touched",
         "<p class=\"no\">Not touched before"},
        {ESI_TOUCHED_UNKNOWN, false, "<p class=\"no\">Whether sessions were touched",
         "<p class=\"no\">Whether it was touched before it was captured cannot be told: the "
         "greeting"},
        {ESI_TOUCHED_UNKNOWN, true, "<p class=\"no\">Whether sessions were touched",
         "<p class=\"no\">Whether it was touched before it was captured cannot be told: the "
         "greeting"},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct esi_evidence_result result = {.touched = rows[i].touched};
        struct written written;

        open_sink(&written, "html", (struct esi_sink_options){.evidence_only = rows[i].only});
        put_touched(&written, 1, &result);
        char *text = close_sink(&written), *section = strstr(text, "id=\"s1\"");
        cr_expect(strstr(text, rows[i].capture), "row %zu", i);
        cr_expect(section && !strstr(section, "class=\"ev\""), "row %zu", i);
        cr_expect(rows[i].line ? strstr(section, rows[i].line) != NULL
                               : !strstr(section, "ouched before it was captured"),
                  "row %zu: %s", i, section);
        cr_expect_eq(strstr(text, "id=\"overview\"") == NULL, rows[i].only, "row %zu", i);
        cr_expect_eq(strstr(section, "<svg") == NULL, rows[i].only, "row %zu", i);
        free(text);
    }
}

/* Where nobody looked, nothing is said. */
Test(report_html_evidence, of_nobody)
{
    struct esi_session_info session = make_session(1);
    struct written written;

    open_sink(&written, "html", (struct esi_sink_options){0});
    esi_sink_put(written.sink,
                 &(struct esi_record){.kind = ESI_RECORD_SESSION, .session = &session});
    char *text = close_sink(&written);
    cr_expect_not(strstr(text, "id=\"capture\""));
    cr_expect_not(strstr(text, "\" data-e=\""));
    free(text);
}

Test(report_html_evidence, of_servers)
{
    static const char *const wanted[] = {
        "<h3>Server 192.0.2.25:25</h3><p><b>2 of 5 sessions touched (Cisco ASA, or PIX 7.0 and "
        "later, inspect esmtp), at times only: first 1970-01-01T00:00:02.000000000Z, last "
        "1970-01-01T00:00:09.000000000Z; it changed 18 times</b>: <a href=\"#s1\">1</a>, <a "
        "href=\"#s2\">2</a></p>",
        "<rect class=\"p0\" x=\"0\" y=\"0\" width=\"110\"",
        "<rect class=\"p4\"",
        "from 1970-01-01T00:00:03.000000000Z on touched, from ",
        ", and 2 more changes</p>",
        "<p class=\"cap\">captured behind the box for what the server sends</p>",
        "<ol><li><details><summary>one more, before</summary>",
        "<li>a release that mends it</li>",
        "<summary>a map</summary>",
        "<summary>none</summary>",
        "<h3>Server 192.0.2.25:26</h3>",
        "<h3>Server 192.0.2.25:44</h3>",
        "Not shown: 3 more servers with such sessions, at times only: 3.",
    };
    struct esi_evidence_server server = {.server = {{4, {192, 0, 2, 25}}, 25},
                                         .sessions = {0, 3, 0, 2},
                                         .touched = ESI_TOUCHED_YES,
                                         .family = ESI_BOX_ASA,
                                         .intermittent = true,
                                         .first = 1000000000,
                                         .last = 9000000000,
                                         .first_touched = 2000000000,
                                         .last_touched = 9000000000,
                                         .changes = ESI_CHANGES_KEPT + 2};
    struct esi_evidence_result result = make_result(), other = make_result();
    struct written written;

    for (size_t i = 0; i < ESI_CHANGES_KEPT; i++)
        server.kept[i] =
            (struct esi_evidence_change){(esi_nanos)(3 + i / 4) * 1000000000, i % 2 == 0};
    other.cure = other_cures;
    other.cure_count = ESI_COUNT(other_cures);
    other.side[ESI_TO_SERVER] = ESI_TAP_BEHIND;
    open_sink(&written, "html", (struct esi_sink_options){0});
    put_touched(&written, 1, &result);
    put_touched(&written, 2, &other);
    for (int i = 0; i < 23; i++) {
        server.server.port = (uint16_t)(25 + i);
        put_server(&written, &server);
    }
    server.touched = ESI_TOUCHED_NO;
    server.server.port = 99;
    put_server(&written, &server);
    char *text = close_sink(&written);
    has_all(text, wanted, ESI_COUNT(wanted));
    cr_expect_not(strstr(text, ":45</h3>"));
    cr_expect_not(strstr(text, ":99</h3>"));
    free(text);
}

/* Of a server without a card, the lines of every cure stand with the session. */
Test(report_html_evidence, bounds)
{
    enum { SESSIONS = 2000 };
    struct esi_evidence_result result = make_result();
    struct esi_session_result end = {.outcome = ESI_SESSION_ALTERED};
    struct written written;

    open_sink(&written, "html", (struct esi_sink_options){.evidence_only = true});
    for (uint64_t i = 1; i <= SESSIONS; i++) {
        struct esi_session_info session = make_session(i);

        session.tuple.server.port = (uint16_t)i;
        session.evidence = &result;
        put_session(&written, &session, &end);
    }
    char *text = close_sink(&written), *last = strstr(text, "id=\"s21\"");
    cr_expect_lt(strlen(text), 5000000);
    cr_expect_eq(count(text, "<details class=\"ses\""), 1000);
    cr_expect_eq(count(text, "class=\"ev\" id=\"e"), 20);
    cr_expect(strstr(last, "<summary>none</summary><pre>no policy"), "%s", last);
    cr_expect_not(strstr(last, "href=\"#e"));
    free(text);
}

Test(report_html_evidence, of_a_diagram)
{
    struct esi_evidence_result result = make_result(), untouched = {.touched = ESI_TOUCHED_NO};
    struct written written;

    result.product = "some box";
    open_sink(&written, "mermaid", (struct esi_sink_options){.verbose = true});
    put_touched(&written, 1, &result);
    put_touched(&written, 2, &untouched);
    char *text = close_sink(&written), *second = strstr(text, "### Session 2");
    cr_expect(
        strstr(text,
               "\n\nTouched already when it was captured, by: some box; captured between "
               "the box and the client. What follows is what the firewall does to bytes that were "
               "altered already.\n\n```mermaid\n"),
        "%s", text);
    cr_expect(strstr(text, "\n  Note over C,S: X#60;script#62;#96;#96;#96;#92;x0a#35;A...(300 "
                           "bytes) most likely<br/>STARTTLS (60 #37;) or CHUNKING (25 "
                           "#37;)<br/>and 1 more\n"),
              "%s", text);
    cr_expect(second && !strstr(second, "ouched"), "%s", second);
    free(text);
}
