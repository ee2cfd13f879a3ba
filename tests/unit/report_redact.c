/* report_redact.c - which bytes of turns and verdicts stay, and which become #. */
#define _GNU_SOURCE /* open_memstream */

#include <criterion/criterion.h>

#include "report_records.h"

static const struct esi_outcome *
redact(struct esi_redactor *redactor, const struct esi_outcome *outcome)
{
    static struct esi_session_info session;

    session = make_session(1);
    return esi_redact(redactor, &(struct esi_record){.kind = ESI_RECORD_OUTCOME,
                                                     .session = &session,
                                                     .outcome = outcome})
        ->outcome;
}

static void
expect(const char *what, struct esi_slice got, const char *want)
{
    cr_expect(esi_slice_eq(got, esi_slice_of(want)), "%s: '%.*s' is not '%s'", what, (int)got.len,
              (const char *)got.ptr, want);
}

#define TO_S ESI_TO_SERVER
#define TO_C ESI_TO_CLIENT

static const struct {
    const char *what;
    enum esi_what about;
    enum esi_dir dir;
    enum esi_action action;
    const char *before, *after;
} verdicts[] = {
    {"a greeting", ESI_WHAT_GREETING, TO_C, ESI_ACTION_MASK, "mx ESMTP root@mx ready\r\n",
     "mx ESMTP ####### ready\r\n"},
    {"a keyword", ESI_WHAT_EHLO_KEYWORD, TO_C, ESI_ACTION_MASK, "AUTH PLAIN", "AUTH PLAIN"},
    {"no keyword", ESI_WHAT_EHLO_KEYWORD, TO_C, ESI_ACTION_MASK, "Al <a@b>", "########"},
    {"a verb", ESI_WHAT_COMMAND, TO_S, ESI_ACTION_MASK, "StartTLS", "StartTLS"},
    {"no verb", ESI_WHAT_COMMAND, TO_S, ESI_ACTION_MASK, "alice", "#####"},
    {"a part of a verb", ESI_WHAT_COMMAND, TO_S, ESI_ACTION_MASK, "MAI", "###"},
    {"a masked verb", ESI_WHAT_COMMAND, TO_S, ESI_ACTION_MASK, "XXXX alice", "XXXX #####"},
    {"a masked line", ESI_WHAT_COMMAND, TO_S, ESI_ACTION_MASK, "XXXXXXXX", "XXXXXXXX"},
    {"a blank first", ESI_WHAT_COMMAND, TO_S, ESI_ACTION_ANOMALY, " alice", " #####"},
    {"a whole line", ESI_WHAT_COMMAND, TO_S, ESI_ACTION_RATE_LIMIT, "NOOP alice\r\n",
     "NOOP #####\r\n"},
    {"a host", ESI_WHAT_COMMAND, TO_S, ESI_ACTION_REPLACE, "EHLO a.example.org",
     "EHLO a.example.org"},
    {"an address of a host", ESI_WHAT_COMMAND, TO_S, ESI_ACTION_REPLACE, "HELO [192.0.2.1]",
     "HELO [192.0.2.1]"},
    {"a single word", ESI_WHAT_COMMAND, TO_S, ESI_ACTION_REPLACE, "HELO alice", "HELO #####"},
    {"no host", ESI_WHAT_COMMAND, TO_S, ESI_ACTION_REPLACE, "EHLO a@b.org", "EHLO #######"},
    {"several lines", ESI_WHAT_COMMAND, TO_S, ESI_ACTION_MASK,
     "BDAT 20 LAST\r\nHELO a.b\r\nSubject: x\r\nRCPT TO:<a>\r\n",
     "BDAT 20 LAST\r\nHELO ###\r\n##########\r\nRCPT TO:<#>\r\n"},
    {"no size of a chunk", ESI_WHAT_COMMAND, TO_S, ESI_ACTION_MASK, "BDAT 20 alice",
     "BDAT ########"},
    {"a mechanism", ESI_WHAT_COMMAND, TO_S, ESI_ACTION_LOG, "AUTH plain AGE=", "AUTH plain ####"},
    {"no mechanism", ESI_WHAT_COMMAND, TO_S, ESI_ACTION_LOG, "AUTH alice x", "AUTH ##### #"},
    {"an address", ESI_WHAT_COMMAND_LINE, TO_S, ESI_ACTION_LOG,
     "MAIL FROM:<a@b> SIZE=77 BODY=8bitmime RET=alice ALICE=1 AUTH=<a@b>",
     "MAIL FROM:<###> SIZE=77 BODY=8bitmime RET=##### ####### AUTH=<###>"},
    {"a name for a parameter", ESI_WHAT_COMMAND_LINE, TO_S, ESI_ACTION_LOG, "MAIL FROM:SIZE=7",
     "MAIL FROM:######"},
    {"no size", ESI_WHAT_COMMAND_LINE, TO_S, ESI_ACTION_LOG, "MAIL FROM:<> SIZE=7a",
     "MAIL FROM:<> SIZE=##"},
    {"without FROM", ESI_WHAT_COMMAND_LINE, TO_S, ESI_ACTION_LOG, "MAIL a b", "MAIL # #"},
    {"who is asked for", ESI_WHAT_SEQUENCE, TO_S, ESI_ACTION_ANOMALY, "VRFY alice b",
     "VRFY #######"},
    {"a stray", ESI_WHAT_ADDRESS, TO_S, ESI_ACTION_REPLACE, "<", "<"},
    {"special characters", ESI_WHAT_ADDRESS, TO_S, ESI_ACTION_DROP_CONNECTION, "<a|`b> SIZE=1",
     "<#|`#> SIZE=1"},
    {"a relay", ESI_WHAT_RELAY, TO_S, ESI_ACTION_LOG, "a@b.c", "#####"},
    {"a sender", ESI_WHAT_SENDER, TO_S, ESI_ACTION_LOG, "a@b.c", "#####"},
    {"a line for a sender", ESI_WHAT_SENDER, TO_S, ESI_ACTION_LOG, "MAIL FROM:<> SIZE=3",
     "MAIL FROM:<> SIZE=3"},
    {"a recipient", ESI_WHAT_RECIPIENTS, TO_S, ESI_ACTION_LOG, "RCPT TO:<a@b>", "RCPT TO:<###>"},
    {"a refusal", ESI_WHAT_RECIPIENTS, TO_C, ESI_ACTION_LOG, "550 5.1.1 <a@b>: who?",
     "550 5.1.1 ###########"},
    {"a dot", ESI_WHAT_RECIPIENTS, TO_S, ESI_ACTION_LOG, ".", "."},
    {"a reply", ESI_WHAT_REPLY, TO_C, ESI_ACTION_ANOMALY, "250-5.1 alice", "250-#########"},
    {"the text of one", ESI_WHAT_REPLY, TO_C, ESI_ACTION_MASK, "2.1.5 alice", "2.1.5 #####"},
    {"a bare code", ESI_WHAT_REPLY, TO_C, ESI_ACTION_ANOMALY, "250", "250"},
    {"no code", ESI_WHAT_REPLY, TO_C, ESI_ACTION_ANOMALY, "150 alice", "#########"},
    {"no enhanced code", ESI_WHAT_REPLY, TO_C, ESI_ACTION_MASK, "2.1234.5 a", "##########"},
    {"of TLS", ESI_WHAT_TLS, TO_C, ESI_ACTION_LOG, "220 2.0.0 Go on", "220 2.0.0 #####"},
    {"a field", ESI_WHAT_HEADER_LINE, TO_S, ESI_ACTION_LOG, "Reply-To: a@b", "Reply-To: ###"},
    {"an unknown field", ESI_WHAT_HEADER, TO_S, ESI_ACTION_LOG, "X-Spam: a", "X-Spam: #"},
    {"a lead alone", ESI_WHAT_HEADER, TO_S, ESI_ACTION_LOG, "X-: a", "#####"},
    {"no field", ESI_WHAT_HEADER_LINE, TO_S, ESI_ACTION_LOG, "Alice: a", "########"},
    {"a folded line", ESI_WHAT_HEADER_LINE, TO_S, ESI_ACTION_LOG, "\tTo: a", "######"},
    {"a file", ESI_WHAT_MIME_FILENAME, TO_S, ESI_ACTION_LOG, "Content-Type: a; name=b",
     "Content-Type: #########"},
    {"a line of text", ESI_WHAT_BODY_LINE, TO_S, ESI_ACTION_LOG, "From: a", "#######"},
    {"a connection", ESI_WHAT_CONNECTION, TO_S, ESI_ACTION_REFUSE, "", ""},
};

Test(report_redact, verdicts)
{
    struct esi_redactor *redactor = esi_redactor_new();

    for (size_t i = 0; i < ESI_COUNT(verdicts); i++) {
        struct esi_outcome outcome = make_verdict(verdicts[i].action, verdicts[i].about,
                                                  verdicts[i].dir, 7, verdicts[i].before);
        const struct esi_outcome *got = redact(redactor, &outcome);

        expect(verdicts[i].what, got->u.verdict.before, verdicts[i].after);
        cr_expect(got->span.offset == 7 && got->span.len == outcome.span.len, "%s",
                  verdicts[i].what);
        expect(verdicts[i].what, outcome.u.verdict.before, verdicts[i].before);
    }
    esi_redactor_free(redactor);
}

Test(report_redact, what_is_logged_besides)
{
    static const struct {
        const char *what;
        enum esi_what about;
        enum esi_action action;
        const char *logged, *want;
    } rows[] = {
        {"sizes", ESI_WHAT_SIZE, ESI_ACTION_ANOMALY, "declared size is: 7", "declared size is: 7"},
        {"a message", ESI_WHAT_SEQUENCE, ESI_ACTION_ANOMALY, "split behind 1; Message-ID <a@b>",
         "split behind 1; Message-ID #####"},
        {"no message", ESI_WHAT_SEQUENCE, ESI_ACTION_ANOMALY, "split behind 1", "split behind 1"},
        {"an address", ESI_WHAT_ADDRESS, ESI_ACTION_REPLACE, "<a @b> SIZE=1", "<# ##> SIZE=1"},
    };
    struct esi_redactor *redactor = esi_redactor_new();

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct esi_outcome outcome = make_verdict(rows[i].action, rows[i].about, TO_S, 0, "x");

        outcome.u.verdict.logged = esi_slice_of(rows[i].logged);
        expect(rows[i].what, redact(redactor, &outcome)->u.verdict.logged, rows[i].want);
    }
    esi_redactor_free(redactor);
}

/* A session's turns, one behind the other. */
static const struct {
    enum esi_turn_what what;
    enum esi_verb verb;
    const char *word, *argument, *want_word, *want_argument;
    unsigned code;
    const char *text, *want_text;
} turns[] = {
    {.what = ESI_TURN_REPLY, .code = 250, .text = "before all", .want_text = "##########"},
    {.what = ESI_TURN_GREETING, .code = 220, .text = "mx for a@b", .want_text = "mx for ###"},
    {ESI_TURN_COMMAND, ESI_VERB_HELP, "HELP", "", "HELP", "", 0, NULL, NULL},
    {ESI_TURN_COMMAND, ESI_VERB_EHLO, "EHLO", "c.org", "EHLO", "c.org", 0, NULL, NULL},
    {.what = ESI_TURN_REPLY, .code = 214, .text = "see RFC 5321", .want_text = "see RFC 5321"},
    {.what = ESI_TURN_REPLY,
     .code = 250,
     .text = "mx\nSIZE\nfor <a@b>",
     .want_text = "mx\nSIZE\n#########"},
    {ESI_TURN_COMMAND, ESI_VERB_EHLO, "EHLO", "al", "EHLO", "##", 0, NULL, NULL},
    {.what = ESI_TURN_REPLY,
     .code = 250,
     .text = "a.org Hello al [192.0.2.1]\nSIZE 9",
     .want_text = "a.org ##### ## ###########\nSIZE 9"},
    {ESI_TURN_COMMAND, ESI_VERB_HELO, "HELO", "al", "HELO", "##", 0, NULL, NULL},
    {.what = ESI_TURN_REPLY, .code = 250, .text = "Hello al", .want_text = "##### ##"},
    {.what = ESI_TURN_REPLY, .code = 250, .text = "once more", .want_text = "#########"},
    {ESI_TURN_COMMAND, ESI_VERB_UNKNOWN, "XXXX", "a", "XXXX", "#", 0, NULL, NULL},
    {ESI_TURN_COMMAND, ESI_VERB_EHLO, "EHLO", "c", "EHLO", "#", 0, NULL, NULL},
    {.what = ESI_TURN_REPLY, .code = 250, .text = "too late", .want_text = "########"},
    {ESI_TURN_COMMAND, ESI_VERB_RCPT, "RCPT", "TO:<a>", "RCPT", "TO:<#>", 0, NULL, NULL},
    {.what = ESI_TURN_REPLY,
     .code = 250,
     .text = "2.1.5 a\n2.1.5 b",
     .want_text = "2.1.5 #\n2.1.5 #"},
    {ESI_TURN_HEADER, 0, "Subject", "a b", "Subject", "###", 0, NULL, NULL},
    {ESI_TURN_HEADER, 0, "Alice", "a", "#####", "#", 0, NULL, NULL},
    {ESI_TURN_UNKNOWN, ESI_VERB_HELO, "HELO", "c.org", "HELO", "#####", 0, NULL, NULL},
    {.what = ESI_TURN_UNKNOWN, .text = "what?", .want_text = "#####"},
};

static struct esi_slice
slice_of(const char *text)
{
    return text ? esi_slice_of(text) : (struct esi_slice){0};
}

Test(report_redact, turns)
{
    struct esi_redactor *redactor = esi_redactor_new();

    for (size_t i = 0; i < ESI_COUNT(turns); i++) {
        struct esi_outcome outcome = {.kind = ESI_OUTCOME_TURN};
        char what[32];

        outcome.u.turn = (struct esi_turn){.what = turns[i].what,
                                           .verb = turns[i].verb,
                                           .word = slice_of(turns[i].word),
                                           .argument = slice_of(turns[i].argument),
                                           .code = turns[i].code,
                                           .text = slice_of(turns[i].text)};
        const struct esi_turn *got = &redact(redactor, &outcome)->u.turn;
        snprintf(what, sizeof what, "turn %zu", i);
        expect(what, got->word, turns[i].want_word ? turns[i].want_word : "");
        expect(what, got->argument, turns[i].want_argument ? turns[i].want_argument : "");
        expect(what, got->text, turns[i].want_text ? turns[i].want_text : "");
    }
    esi_redactor_free(redactor);
}

Test(report_redact, contradicting_copies)
{
    struct esi_redactor *redactor = esi_redactor_new();
    const struct esi_conflict conflict = {
        .span = {0, 7}, .first = "alice\r\n", .second = "bob\r\n.."};
    struct esi_session_info session = make_session(1);

    session.quality.conflict_count = 1;
    session.quality.conflicts = &conflict;
    const struct esi_record *got =
        esi_redact(redactor, &(struct esi_record){.kind = ESI_RECORD_SESSION, .session = &session});
    cr_expect_arr_eq(got->session->quality.conflicts->first, "#####\r\n", 7);
    cr_expect_arr_eq(got->session->quality.conflicts->second, "###\r\n##", 7);
    cr_expect_arr_eq(conflict.first, "alice\r\n", 7);
    esi_redactor_free(redactor);
}

Test(report_redact, lines_of_a_configuration)
{
    static const struct {
        const char *line, *want;
    } rows[] = {
        {" regex R \"alice@\"", " regex R ########"},
        {"match regex R", "match regex R"},
        {"regexp R alice", "regexp R alice"},
        {"regex", "regex"},
        {"regex R", "regex R"},
        {"regex R description a", "regex R #############"},
        {" description of alice", " description ########"},
        {"access-list A remark alice", "access-list A remark #####"},
        {"name 192.0.2.1 mx description b", "name 192.0.2.1 mx description #"},
        {"  mail-relay a@b.org action log", "  mail-relay ####### action log"},
        {"description", "description"},
        {"", ""},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        char *line = esi_strdup(rows[i].line);

        esi_redact_config_line(line);
        cr_expect_str_eq(line, rows[i].want);
        free(line);
    }
}
