/* report_mermaid.c - diagrams: what is drawn, that nothing in a session is syntax, how much. */
#define _DEFAULT_SOURCE /* open_memstream */

#include <criterion/criterion.h>

#include "unit/report_records.h"

#define HEAD                                                                                       \
    "### Session 1: 192.0.2.10:40012 to 192.0.2.25:25, altered\n\n"                                \
    "The sender can't use TLS: STARTTLS is hidden from it; mail goes in clear or, where TLS is "   \
    "required, stays queued.\n\n"                                                                  \
    "```mermaid\n"                                                                                 \
    "sequenceDiagram\n"                                                                            \
    "  participant C as client<br/>192.0.2.10#58;40012\n"                                          \
    "  participant F as firewall\n"                                                                \
    "  participant S as server<br/>192.0.2.25#58;25\n"                                             \
    "  Note over C,S: a.pcap, tcp.stream 0<br/>inspected by map _default_esmtp_map of "            \
    "asa-8#58;<br/>"                                                                               \
    "server port 25 carries SMTP\n"

Test(report_mermaid, diagram)
{
    struct esi_session_info session = make_session(1);
    struct esi_session_result result = {.outcome = ESI_SESSION_ALTERED,
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
    };
    struct written written;

    outcomes[1].u.verdict.rule =
        (struct esi_rule){"match header line length gt 998", 2, "asa.cfg", 31};
    outcomes[3].u.verdict.counterfactual = true;
    open_sink(&written, "mermaid", (struct esi_sink_options){0});
    cr_assert(esi_sink_wants_turns(written.sink, 1));
    for (size_t i = 0; i < ESI_COUNT(outcomes); i++)
        put_outcome(&written, &session, &outcomes[i]);
    put_session(&written, &session, &result);
    char *text = close_sink(&written);
    cr_assert_str_eq(
        text, HEAD
        "  C->>S: [6] EHLO there\n"
        "  S->>F: [8] 250-me<br/>250-STARTTLS<br/>250 HELP\n"
        "  Note over F: mask#58; match header line length gt 998 (class 2,<br/>"
        "asa.cfg#58;31)#59; likely, some-habit\n"
        "  F->>C: 250-me<br/>250-XXXXXXXA<br/>250 HELP\n"
        "  rect rgba(128, 128, 128, 0.2)\n"
        "  Note over C,S: From frame 9 on, this could not have come about#58;<br/>the client used "
        "what was hidden. It would not<br/>have.\n"
        "  C-->>F: [9] STARTTLS\n"
        "  Note over F: mask#58; some rule (built in)#59; likely, some-habit#59;<br/>"
        "counterfactual\n"
        "  F-->>S: XXXXXXXA\n"
        "  S-->>C: [10] 220 go#92;x1b[1m\n"
        "  C-->>S: [11] TLS, not read#58; 1,000 bytes\n"
        "  end\n"
        "```\n\n");
    free(text);
}

Test(report_mermaid, what_never_arrives)
{
    struct esi_session_info session = make_session(1);
    struct esi_session_result result = {
        .outcome = ESI_SESSION_DROPPED,
        .cut = true,
        .cut_at = {.frame = 8, .dir = ESI_TO_SERVER, .offset = 20},
    };
    struct esi_outcome outcomes[] = {
        make_command(ESI_VERB_NOOP, "NOOP", "", 0, 6),
        make_command(ESI_VERB_MAIL, "MAIL", "FROM:<a@b>", 6, 8),
        make_verdict(ESI_ACTION_DROP_CONNECTION, ESI_WHAT_SENDER, ESI_TO_SERVER, 16, "a@b"),
        make_command(ESI_VERB_RCPT, "RCPT", "TO:<a@b>", 23, 8),
        make_reply(250, "Ok", 1, 30, 7),
        make_reply(250, "Ok", 1, 38, 1009),
    };
    struct written written;

    open_sink(&written, "mermaid", (struct esi_sink_options){.verbose = true});
    for (size_t i = 0; i < ESI_COUNT(outcomes); i++)
        put_outcome(&written, &session, &outcomes[i]);
    put_session(&written, &session, &result);
    char *text = close_sink(&written), *rows = strstr(text, "  C->>S");
    cr_assert_str_eq(rows, "  C->>S: [6] NOOP\n"
                           "  C-xF: [8] MAIL FROM#58;#60;a@b#62;\n"
                           "  Note over F: drop-connection at frame 8#58; some rule (built<br/>"
                           "in)#59; likely, some-habit\n"
                           "  C-xF: [8] RCPT TO#58;#60;a@b#62;\n"
                           "  S->>C: [7] 250 Ok\n"
                           "  Note over C,S: in b.pcap\n"
                           "  S-xF: [9] 250 Ok\n"
                           "```\n\n");
    free(text);
}

/* What has a meaning in Mermaid, in Markdown or in HTML; in some place, in some version. */
static const char *const hostile[] = {
    "end",
    "x\r\nend\r\nC->>S: forged",
    "x; C->>S: forged",
    "%%{init: {'theme': 'dark', 'securityLevel': 'loose'}}%%",
    "%% comment",
    "a #59; b #quot; c # d",
    "<script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>",
    "```\r\n# heading\r\n```mermaid\r\npie",
    "wrap: text",
    ":nowrap: text",
    "$$\\sqrt{window.pwned}$$",
    "style x: y #z; classDef a: #b;",
    "participant X as <b>Y</b>",
    "\xef\xac\x82\xc2\xb0\xc2\xb0\x36\x30\xc2\xb6\xc3\x9f",
    "\\n<br/>\"quoted\" & 'single' `code`",
    "accDescr { x } --- ()+-@{ \"type\": \"actor\" }",
    "[link](javascript:window.pwned=1) ![i](http://192.0.2.1/x) https://192.0.2.1/ @user #1",
    "rect rgb(0, 0, 0)",
    "",
};

static void
put_hostile(struct written *written, uint64_t number, const char *text)
{
    struct esi_session_info session = make_session(number);
    struct esi_map named = map;
    struct esi_session_result result = {.outcome = ESI_SESSION_ALTERED,
                                        .divergence = {.found = true,
                                                       .frame = 19,
                                                       .dir = ESI_TO_SERVER,
                                                       .offset = 90,
                                                       .why = text,
                                                       .follows = text}};
    struct esi_outcome outcomes[] = {
        make_command(ESI_VERB_UNKNOWN, text, "", 0, 6),
        make_command(ESI_VERB_MAIL, "MAIL", text, 80, 7),
        make_reply(250, text, 1, 0, 8),
        make_verdict(ESI_ACTION_MASK, ESI_WHAT_COMMAND, ESI_TO_SERVER, 0, text),
        make_verdict(ESI_ACTION_ANOMALY, ESI_WHAT_SIZE, ESI_TO_SERVER, 80, text),
        make_verdict(ESI_ACTION_REPLACE, ESI_WHAT_ADDRESS, ESI_TO_SERVER, 9000, text),
        make_turn(ESI_TURN_UNKNOWN, ESI_TO_SERVER, 2000, 60, 9),
    };

    named.name = text;
    session.map = &named;
    session.inspected_why = text;
    session.config_file = text;
    outcomes[4].u.verdict.logged = esi_slice_of(text);
    outcomes[4].u.verdict.rule = (struct esi_rule){text, 1, text, 2};
    outcomes[6].u.turn.text = esi_slice_of(text);
    for (size_t i = 0; i < ESI_COUNT(outcomes); i++)
        put_outcome(written, &session, &outcomes[i]);
    put_session(written, &session, &result);
}

/* is_ours - whether the line is one that we write: its start, and behind that only text. */
static bool
is_ours(const char *line, size_t len)
{
    static const char *const starts[] = {
        "  participant C as ", "  participant F as ", "  participant S as ", "  Note over C,S: ",
        "  Note over F: ",     "  C->>S: ",           "  C->>F: ",           "  F->>S: ",
        "  S->>C: ",           "  C-->>S: ",          "  C-->>F: ",          "  F-->>S: ",
        "  S-->>C: ",
    };
    static const char *const whole[] = {"sequenceDiagram", "  rect rgba(128, 128, 128, 0.2)",
                                        "  end"};

    for (size_t i = 0; i < ESI_COUNT(whole); i++)
        if (len == strlen(whole[i]) && strncmp(line, whole[i], len) == 0)
            return true;
    for (size_t i = 0; i < ESI_COUNT(starts); i++) {
        size_t at = strlen(starts[i]);

        if (strncmp(line, starts[i], at) != 0)
            continue;
        while (at < len) {
            if (strncmp(line + at, "<br/>", 5) == 0)
                at += 5;
            else if (line[at] == '#') {
                size_t digits = strspn(line + at + 1, "0123456789");
                if (digits == 0 || line[at + 1 + digits] != ';')
                    return false;
                at += digits + 2;
            } else if (line[at] > 0 && !strchr("\"#$%&':;<>\\`{|}~^", line[at]))
                at++;
            else
                return false;
        }
        return true;
    }
    return false;
}

/* Kept in $ESI_MERMAID_OUT for check-mermaid.sh. */
Test(report_mermaid, nothing_in_a_session_is_syntax)
{
    const char *kept = getenv("ESI_MERMAID_OUT");
    struct written written;
    size_t blocks = 0;

    open_sink(&written, "mermaid", (struct esi_sink_options){.verbose = true});
    for (size_t i = 0; i < ESI_COUNT(hostile); i++)
        put_hostile(&written, i + 1, hostile[i]);
    char *text = close_sink(&written);
    for (char *at = strstr(text, "```mermaid\n"); at; at = strstr(at, "```mermaid\n")) {
        char *line = at + strlen("```mermaid\n");

        for (; strncmp(line, "```\n", 4) != 0; line = strchr(line, '\n') + 1)
            cr_assert(is_ours(line, strcspn(line, "\n")), "%s: %.*s", hostile[blocks],
                      (int)strcspn(line, "\n"), line);
        blocks++;
        at = line;
    }
    cr_assert_eq(blocks, ESI_COUNT(hostile));
    cr_assert_eq(count(text, "```"), 2 * blocks);
    if (kept) {
        FILE *file = fopen(kept, "w");

        cr_assert(file);
        fputs(text, file);
        fclose(file);
    }
    free(text);
}

Test(report_mermaid, escaped)
{
    static const struct {
        const char *text, *escaped;
    } rows[] = {
        {"plain TEXT 09 .,-_/=+()[]*@!?", "plain TEXT 09 .,-_/=+()[]*@!?"},
        {"#;:<>&%", "#35;#59;#58;#60;#62;#38;#37;"},
        {"a\nb\x7f\xc2\x85", "a b  "},
        {"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x93\xa7", "caf#233; #8364; #128231;"},
        {"\xff\xc3", "#65533;#65533;"},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct esi_buf out = {0};

        esi_escape_mermaid(&out, esi_slice_of(rows[i].text));
        esi_buf_byte(&out, '\0');
        cr_assert_str_eq((const char *)out.data, rows[i].escaped, "%s", rows[i].text);
        esi_buf_free(&out);
    }
}

/* A long reply of its own kind, so that its session is like no other. */
static void
put_long_session(struct written *written, uint64_t number, size_t turns)
{
    static char lines[6000], words[400][24];
    struct esi_session_info session = make_session(number);
    struct esi_session_result result = {.outcome = ESI_SESSION_ALTERED};
    struct esi_outcome outcome;

    memset(lines, '\x01', sizeof lines - 1);
    for (size_t i = 99; i < sizeof lines - 1; i += 100)
        lines[i] = '\n';
    for (size_t i = 0; i < turns; i++) {
        bool reply = i % 2 == 1;

        snprintf(words[i], sizeof words[i], "X%zu", i);
        outcome = reply ? make_reply(250 + (unsigned)(i % 100), lines, 60, 10000 * i, 7)
                        : make_command(i % 4 == 0 ? ESI_VERB_HELP : ESI_VERB_NOOP, words[i], "",
                                       20 * i, 6);
        put_outcome(written, &session, &outcome);
    }
    outcome = make_verdict(ESI_ACTION_LOG, ESI_WHAT_COMMAND, ESI_TO_SERVER, 1000000, "x");
    outcome.u.verdict.rule.class_no = (unsigned)number;
    put_outcome(written, &session, &outcome);
    put_session(written, &session, &result);
}

Test(report_mermaid, bounds)
{
    struct written written;

    open_sink(&written, "mermaid", (struct esi_sink_options){0});
    put_long_session(&written, 1, 400);
    char *text = close_sink(&written);
    cr_assert_lt(strlen(text), 50000, "one diagram: %zu characters", strlen(text));
    cr_assert(strstr(text, "  Note over C,S: not shown#58; 3"), "%s", text);
    cr_assert(strstr(text, "<br/>... 36 more\n"), "%s", text);
    free(text);

    open_sink(&written, "mermaid", (struct esi_sink_options){0});
    for (uint64_t number = 1; number <= 40; number++)
        put_long_session(&written, number, 4);
    text = close_sink(&written);
    cr_assert_lt(strlen(text), 65536, "of all: %zu characters", strlen(text));
    cr_assert(strstr(text, "40 sessions, one of each kind is shown, the rarest kind first\n\n"));
    cr_assert(strstr(text, "not shown: "));
    free(text);

    open_sink(&written, "mermaid", (struct esi_sink_options){.verbose = true});
    for (uint64_t number = 1; number <= 40; number++)
        put_long_session(&written, number, 4);
    text = close_sink(&written);
    cr_assert_eq(count(text, "```mermaid\n"), 40);
    free(text);
}
