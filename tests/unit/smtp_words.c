/* smtp_words.c - verbs, command lines, reply lines. */
#include <criterion/criterion.h>

#include "esi/smtp.h"

static bool
is(struct esi_slice got, const char *want)
{
    return esi_slice_eq(got, esi_slice_of(want));
}

Test(smtp, verbs_are_found_and_named)
{
    for (unsigned i = 0; i < ESI_VERB_UNKNOWN; i++) {
        enum esi_verb verb = (enum esi_verb)i;
        cr_assert_eq(esi_verb_find(esi_slice_of(esi_verb_name(verb))), verb, "%u", i);
    }
    cr_assert_eq(esi_verb_find(ESI_LIT("starttls")), ESI_VERB_STARTTLS);
    cr_assert_eq(esi_verb_find(ESI_LIT("EHLO ")), ESI_VERB_UNKNOWN);
    cr_assert_eq(esi_verb_find(ESI_LIT("?")), ESI_VERB_UNKNOWN);
    cr_assert_eq(esi_verb_find((struct esi_slice){0}), ESI_VERB_UNKNOWN);
    cr_assert_str_eq(esi_verb_name(ESI_VERB_UNKNOWN), "?");
    cr_assert(esi_verb_ends_group(ESI_VERB_DATA), "RFC 2920 section 3.1");
    cr_assert(!esi_verb_ends_group(ESI_VERB_RCPT));
    cr_assert(!esi_verb_ends_group(ESI_VERB_UNKNOWN));
}

Test(smtp, commands_are_taken_apart)
{
    static const struct {
        const char *what, *text;
        enum esi_verb verb;
        const char *word, *args;
    } rows[] = {
        {"no arguments", "QUIT", ESI_VERB_QUIT, "QUIT", ""},
        {"arguments", "MAIL FROM:<a@b> SIZE=1", ESI_VERB_MAIL, "MAIL", "FROM:<a@b> SIZE=1"},
        {"any case", "eHlO x", ESI_VERB_EHLO, "eHlO", "x"},
        {"blanks at the end", "NOOP  ", ESI_VERB_NOOP, "NOOP", ""},
        {"blanks behind arguments stay", "HELO a  ", ESI_VERB_HELO, "HELO", "a  "},
        {"TAB ends the word", "RCPT\t \tTO:<a>", ESI_VERB_RCPT, "RCPT", "TO:<a>"},
        {"colon ends the word, and stays", "MAIL:<a>", ESI_VERB_MAIL, "MAIL", ":<a>"},
        {"blank before the colon", "MAIL :<a>", ESI_VERB_MAIL, "MAIL", ":<a>"},
        {"leading blanks", "  EHLO a", ESI_VERB_UNKNOWN, "", "EHLO a"},
        {"blanks only", " \t ", ESI_VERB_UNKNOWN, "", ""},
        {"empty", "", ESI_VERB_UNKNOWN, "", ""},
        {"unknown", "XYZZY a", ESI_VERB_UNKNOWN, "XYZZY", "a"},
        {"longer than a verb", "DATAX", ESI_VERB_UNKNOWN, "DATAX", ""},
        {"part of a verb", "DAT", ESI_VERB_UNKNOWN, "DAT", ""},
        {"CR is no end", "DATA\r", ESI_VERB_UNKNOWN, "DATA\r", ""},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct esi_slice text = esi_slice_of(rows[i].text);
        struct esi_smtp_event event;
        esi_smtp_parse_command(text, &event);
        cr_assert_eq(event.u.command.verb, rows[i].verb, "%s", rows[i].what);
        cr_assert(is(event.u.command.word, rows[i].word), "%s: word", rows[i].what);
        cr_assert(is(event.u.command.args, rows[i].args), "%s: args", rows[i].what);
        cr_assert(event.u.command.args.ptr >= text.ptr &&
                      event.u.command.args.ptr + event.u.command.args.len <= text.ptr + text.len,
                  "%s: args lie in the text", rows[i].what);
    }
}

Test(smtp, replies_are_taken_apart)
{
    static const struct {
        const char *what, *line;
        unsigned code;
        bool last;
        const char *text;
    } rows[] = {
        {"last", "250 OK", 250, true, "OK"},
        {"more to come", "250-SIZE 10", 250, false, "SIZE 10"},
        {"code only", "354", 354, true, ""},
        {"code and blank", "354 ", 354, true, ""},
        {"code and dash", "250-", 250, false, ""},
        {"two blanks", "220  x", 220, true, " x"},
        {"other separator", "250x", 250, true, "x"},
        {"four digits", "2500 x", 250, true, "0 x"},
        {"first digit too small", "150 x", 0, true, "150 x"},
        {"first digit too large", "650-x", 0, true, "650-x"},
        {"letters", "2x0-x", 0, true, "2x0-x"},
        {"masked", "****************", 0, true, "****************"},
        {"too short", "25", 0, true, "25"},
        {"empty", "", 0, true, ""},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct esi_smtp_event event;
        esi_smtp_parse_reply(esi_slice_of(rows[i].line), &event);
        cr_assert_eq(event.u.reply.code, rows[i].code, "%s", rows[i].what);
        cr_assert_eq(event.u.reply.last, rows[i].last, "%s", rows[i].what);
        cr_assert(is(event.u.reply.text, rows[i].text), "%s: text", rows[i].what);
    }
}
