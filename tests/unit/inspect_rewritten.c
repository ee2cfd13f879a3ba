/*
 * inspect_rewritten.c - what a line tells of the command it was before a firewall wrote over it,
 * and what is left of one that is written over now.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "inspect/inspect_internal.h"

/* line_of - as the tokenizer tells it; what stands behind the text is not looked at. */
static struct esi_smtp_event
line_of(const char *text, size_t len)
{
    struct esi_smtp_event line = {.kind = ESI_SMTP_COMMAND,
                                  .done = true,
                                  .eol = ESI_EOL_CRLF,
                                  .span = {100, len + 2},
                                  .text_len = len,
                                  .text = {(const uint8_t *)text, len}};

    esi_smtp_parse_command(line.text, &line);
    return line;
}

Test(inspect, what_was_bdat)
{
    static const struct {
        const char *text;
        bool is;
    } rows[] = {
        {"BDAT 12", true},       {"BDAT", true},     {"bdat x", true},
        {"BURL 12", false},      {"XXXX 12", true},  {"XXXX 0 LAST", true},
        {"XXXX 12  last", true}, {"XXXX 12 ", true}, {"XXXX", false},
        {"XXXX LAST", false},    {"XXXX x", false},  {"XXXX 12LAST", false},
        {"XXXX 12 x", false},    {"XXX 12", false},  {"XXXXX 12", false},
        {"xxxx 12", false},
    };
    static const char *const behind[] = {"\r\n", "0", " "};

    for (size_t r = 0; r < ESI_COUNT(rows); r++)
        for (size_t b = 0; b < ESI_COUNT(behind); b++) {
            char text[32];
            snprintf(text, sizeof text, "%s%s", rows[r].text, behind[b]);
            struct esi_smtp_event line = line_of(text, strlen(rows[r].text));
            cr_expect(is_bdat(&line) == rows[r].is, "%s, and %s behind it", rows[r].text,
                      behind[b]);
        }
}

Test(inspect, what_may_have_been_a_verb)
{
    static const struct {
        const char *text;
        enum esi_verb verb;
        bool may;
    } rows[] = {
        {"STARTTLS", ESI_VERB_STARTTLS, true},
        {"XXXXXXXX", ESI_VERB_STARTTLS, true},
        {"XXXXXXXX x", ESI_VERB_STARTTLS, false},
        {"XXXXXXX", ESI_VERB_STARTTLS, false},
        {"XCLIENT", ESI_VERB_XCLIENT, false},
        {"XCLIENT =", ESI_VERB_XCLIENT, true},
        {"XCLIENT x", ESI_VERB_XCLIENT, false},
        {"XXXXXXXX ADDR=192.0.2.1", ESI_VERB_XFORWARD, true},
        {"XXXXXXXX 192.0.2.1", ESI_VERB_XFORWARD, false},
        {"BURL", ESI_VERB_BURL, false},
        {"BURL :", ESI_VERB_BURL, true},
        {"XXXX x", ESI_VERB_BURL, false},
        {"XXXX", ESI_VERB_BDAT, true},
        {"BDAT x", ESI_VERB_BDAT, true},
        {"XXXX @", ESI_VERB_BDAT, false},
        {"XXXX a@example.org", ESI_VERB_ATRN, false},
        {"XXXX example.org", ESI_VERB_ATRN, true},
        {"AUTH LOGIN", ESI_VERB_AUTH, true},
        {"AUTH LOGIN", ESI_VERB_ETRN, false},
        {"XXXX LOGIN", ESI_VERB_ETRN, true},
        {"", ESI_VERB_ETRN, false},
    };

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        struct esi_smtp_event line = line_of(rows[r].text, strlen(rows[r].text));
        cr_expect(may_be_verb(&line, rows[r].verb) == rows[r].may, "%s, %s", rows[r].text,
                  esi_verb_name(rows[r].verb));
    }
}

/* ---- by the habits of a session ---- */

struct setting {
    struct esi_platform platform;
    struct esi_map map;
    struct esi_session *session;
    struct esi_outcomes out;
};

static void
begin(struct setting *setting, const char *knob)
{
    *setting = (struct setting){0};
    cr_assert(esi_platform_find(&setting->platform, "asa-8", NULL));
    cr_assert(!knob || esi_platform_turn(&setting->platform, knob, NULL));
    setting->session = esi_session_new(&setting->platform, &setting->map, false, false);
    setting->session->out = &setting->out;
}

static void
end(struct setting *setting)
{
    esi_session_free(setting->session);
    esi_outcomes_free(&setting->out);
}

/* A line of commands stands at 100. */
Test(inspect, what_was_starttls_and_what_hides_its_arguments)
{
    static const struct {
        const char *knob, *text;
        uint64_t judged_to;
        bool starttls, hides;
    } rows[] = {
        {NULL, "STARTTLS", 0, true, false},
        {NULL, "XXXXXXXX", 0, true, false},
        {NULL, "XXXXXXXX x", 0, true, false},
        {NULL, "XXXXXXX", 0, false, false},
        {NULL, "NOOP    ", 0, false, false},
        {NULL, "XXXX x", 100, false, false},
        {NULL, "XXXX x", 101, false, true},
        {NULL, "NOOP", 101, false, false},
        {"blocked_command=noop", "NOOP    ", 0, true, true},
        {"blocked_command=noop", "NOOP", 0, false, true},
        {"blocked_command=noop", "NOOP     ", 0, false, true},
        {"blocked_command=noop", "NOOP   x", 0, false, false},
        {"command_mask_scope=line", "XXX", 0, false, false},
        {"command_mask_scope=line", "XXXX", 0, false, true},
        {"command_mask_scope=packet", "XXXXXXXX", 0, true, true},
        {"command_mask_scope=line", "EXPN", 0, false, false},
    };

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        struct setting setting;
        begin(&setting, rows[r].knob);
        struct esi_smtp_event line = line_of(rows[r].text, strlen(rows[r].text));
        setting.session->judged_to = rows[r].judged_to;
        cr_expect(is_starttls(setting.session, &line) == rows[r].starttls, "%s", rows[r].text);
        cr_expect(hides_arguments(setting.session, &line) == rows[r].hides, "%s, %llu",
                  rows[r].text, (unsigned long long)rows[r].judged_to);
        end(&setting);
    }
}

/* What was told since the line was judged is written over it, and what was judged before is X. */
Test(inspect, what_is_left_of_a_line)
{
    const struct esi_verdict over = {.edit = {.span = {100, 4}, .fill = 'X'}};
    const struct esi_verdict blank = {.edit = {.span = {109, 1}, .fill = ' '}};
    const struct esi_outcome outcomes[] = {
        {.kind = ESI_OUTCOME_VERDICT, .dir = ESI_TO_SERVER, .u.verdict = {.before.len = 1}},
        {.kind = ESI_OUTCOME_VERDICT, .dir = ESI_TO_SERVER, .u.verdict = over},
        {.kind = ESI_OUTCOME_VERDICT, .dir = ESI_TO_CLIENT, .u.verdict = over},
        {.kind = ESI_OUTCOME_TURN, .dir = ESI_TO_SERVER, .u.verdict = over},
        {.kind = ESI_OUTCOME_VERDICT, .dir = ESI_TO_SERVER, .u.verdict = blank},
    };
    static const struct {
        const char *what;
        size_t from, to; /* of the outcomes, those there are */
        size_t told;
        uint64_t judged_to;
        const char *text, *left;
        enum esi_verb verb;
    } rows[] = {
        {"nothing was told", 0, 0, 0, 0, "BDAT 12 <a", "BDAT 12 <a", ESI_VERB_BDAT},
        {"no edit", 0, 1, 0, 0, "BDAT 12 <a", "BDAT 12 <a", ESI_VERB_BDAT},
        {"the verb", 1, 2, 0, 0, "BDAT 12 <a", "XXXX 12 <a", ESI_VERB_UNKNOWN},
        {"told before", 1, 2, 1, 0, "BDAT 12 <a", "BDAT 12 <a", ESI_VERB_BDAT},
        {"to the client", 2, 3, 0, 0, "BDAT 12 <a", "BDAT 12 <a", ESI_VERB_BDAT},
        {"no verdict", 3, 4, 0, 0, "BDAT 12 <a", "BDAT 12 <a", ESI_VERB_BDAT},
        {"a byte", 4, 5, 0, 0, "BDAT 12 <a", "BDAT 12 < ", ESI_VERB_BDAT},
        {"judged before", 0, 0, 0, 102, "BDAT 12", "XXAT 12", ESI_VERB_UNKNOWN},
        {"up to the line", 0, 0, 0, 100, "BDAT 12", "BDAT 12", ESI_VERB_BDAT},
        {"a CR stays", 0, 0, 0, 105, "BD\rAT 12", "XX\rXX 12", ESI_VERB_UNKNOWN},
    };

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        struct setting setting;
        struct esi_outcome some[ESI_COUNT(outcomes)];
        struct esi_buf room = {0};

        begin(&setting, NULL);
        memcpy(some, outcomes, sizeof some);
        setting.session->judged_to = rows[r].judged_to;
        setting.session->out =
            &(struct esi_outcomes){.items = some + rows[r].from, .len = rows[r].to - rows[r].from};
        struct esi_smtp_event line = line_of(rows[r].text, strlen(rows[r].text));
        struct esi_smtp_event left = rewritten_line(setting.session, &line, rows[r].told, &room);
        cr_expect(esi_slice_eq(left.text, esi_slice_of(rows[r].left)) &&
                      left.u.command.verb == rows[r].verb,
                  "%s: %.*s", rows[r].what, (int)left.text.len, (const char *)left.text.ptr);
        esi_buf_free(&room);
        end(&setting);
    }
}
