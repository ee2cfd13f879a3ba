/* config_syntax.c - patterns, and what they make of lines. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "config/reader_internal.h"

/* fits: the arguments, literals in full, others as <words>. Else NULL: words that fitted, and what
 * would have been possible. */
static const struct {
    const char *what, *pattern, *line, *fits;
    size_t words;
    const char *expected;
} rows[] = {
    {"literals", "parameters", "parameters", "parameters", 0, ""},
    {"case", "FWSM Version <release>", "fwsm version 4.1(5)", "FWSM Version <4.1(5)>", 0, ""},
    {"short", "policy-map type inspect esmtp <name>", "pol ty insp es X",
     "policy-map type inspect esmtp <X>", 0, ""},
    {"too long", "log", "logs", NULL, 0, "log"},
    {"quoted is no literal", "log", "\"log\"", NULL, 0, "log"},
    {"too much", "log", "log x", NULL, 1, "the line's end"},
    {"too little", "a <name>", "a", NULL, 1, "a name"},
    {"no", "[no] a", "no a", "no a", 0, ""},
    {"no, not taken", "a", "no a", NULL, 0, "a"},
    {"no, short", "[no] a", "n a", NULL, 0, "a"},
    {"no alone", "[no] a", "no", NULL, 0, "a"},
    {"no is a name", "a <name>", "a no", "a <no>", 0, ""},
    {"optional, there", "a [b] c", "a b c", "a b c", 0, ""},
    {"optional, not there", "a [b] c", "a c", "a c", 0, ""},
    {"optional, neither", "a [b] c", "a d", NULL, 1, "b|c"},
    {"optional at the end", "a [b | c]", "a d", NULL, 1, "b|c|the line's end"},
    {"literal before argument", "a [<name>] global", "a global", "a global", 0, ""},
    {"argument before nothing", "a [<name>] global", "a x global", "a <x> global", 0, ""},
    {"choice", "a {b | c <number>}", "a c 5", "a c <5>", 0, ""},
    {"choice, neither", "a {b | c <number>}", "a d", NULL, 1, "b|c"},
    {"choice, argument", "a {<number> | b}", "a 7", "a <7>", 0, ""},
    {"choice, literal goes first", "a {<name> | b <number>}", "a b 7", "a b <7>", 0, ""},
    {"choice, ambiguous", "{permit | person} x", "per x", NULL, 0, "permit|person"},
    {"choice, full word wins", "{log | logging}", "log", "log", 0, ""},
    {"choice, not the argument", "a {c <number>}", "a c x", NULL, 2, "a number"},
    {"nested", "a {b [c | d {e | f}] | g}", "a b d f", "a b d f", 0, ""},
    {"repeated", "a <number> ... b", "a 1 2 3 b", "a <1> <2> <3> b", 0, ""},
    {"repeated, bare dots", "a <number>... b", "a 1 2 b", "a <1> <2> b", 0, ""},
    {"repeated, once at least", "a <number> ... b", "a b", NULL, 1, "a number"},
    {"repeated, then neither", "a <number> ... b", "a 1 x", NULL, 2, "a number|b"},
    {"repeated choice", "a [{x <number> | y}] ...", "a y x 1 y", "a y x <1> y", 0, ""},
    {"repeated choice, then neither", "a [{x <number> | y}]...", "a y z", NULL, 2,
     "x|y|the line's end"},
    {"number", "a <number>", "a 12x", NULL, 1, "a number"},
    {"number, huge", "a <number>", "a 99999999999999999999", NULL, 1, "a number"},
    {"limit, not 0", "a <limit>", "a 0", NULL, 1, "a number from 1 to 4294967295"},
    {"limit, too large", "a <limit>", "a 4294967296", NULL, 1, "a number from 1 to 4294967295"},
    {"address", "a <ip> <mask>", "a 192.0.2.1 255.255.255.0", "a <192.0.2.1> <255.255.255.0>", 0,
     ""},
    {"no address", "a <ip>", "a 192.0.2.256", NULL, 1, "an IPv4 address"},
    {"rest", "description <rest>", "description  two  words ! more ",
     "description <two  words ! more>", 0, ""},
    {"rest, quoted", "description <rest>", "description \"a b\"", "description <\"a b\">", 0, ""},
    {"rest, nothing", "description <rest>", "description", NULL, 1, "text"},
    {"rest, optional", "description [<rest>]", "description", "description", 0, ""},
    {"quoted argument", "regex <name> <word>", "regex a \"b c\"", "regex <a> <b c>", 0, ""},
};

static struct text_line line; /* large */
static struct args args;

static void
tell_args(struct esi_buf *out)
{
    if (args.no)
        esi_buf_text(out, "no ");
    for (size_t i = 0; i < args.count; i++) {
        esi_buf_text(out, i > 0 ? " " : "");
        if (args.list[i].literal) {
            esi_buf_text(out, args.list[i].word);
            continue;
        }
        esi_buf_byte(out, '<');
        esi_buf_append(out, args.list[i].text);
        esi_buf_byte(out, '>');
    }
    esi_buf_byte(out, '\0');
}

static void
check_row(size_t i, struct reader *reader, struct esi_buf *out)
{
    struct text text = {.rest = esi_slice_of(rows[i].line)};
    struct pattern *pattern = pattern_new(rows[i].pattern);
    struct misfit misfit;

    cr_assert(text_next(&text, &line));
    bool fits = pattern_match(pattern, reader, &line, &args, &misfit);
    cr_assert_eq(fits, rows[i].fits != NULL, "%s: fits", rows[i].what);
    if (fits) {
        tell_args(out);
        cr_assert_str_eq((char *)out->data, rows[i].fits, "%s: %s", rows[i].what, out->data);
    } else {
        for (size_t e = 0; e < misfit.count; e++)
            esi_buf_printf(out, "%s%s", e > 0 ? "|" : "", misfit.expected[e]);
        esi_buf_byte(out, '\0');
        cr_assert_str_eq((char *)out->data, rows[i].expected, "%s: %s", rows[i].what, out->data);
        cr_assert_eq(misfit.words, rows[i].words, "%s: %zu words", rows[i].what, misfit.words);
    }
    esi_buf_clear(out);
    pattern_free(pattern);
}

Test(config_syntax, patterns)
{
    struct reader reader = {.config = esi_config_new(), .line = &line};
    struct esi_buf out = {0};

    for (size_t i = 0; i < ESI_COUNT(rows); i++)
        check_row(i, &reader, &out);
    esi_buf_free(&out);
    esi_config_free(reader.config);
}

Test(config_syntax, long_lines)
{
    struct reader reader = {.config = esi_config_new(), .line = &line};
    struct pattern *numbers = pattern_new("a <number> ..."), *rest = pattern_new("a <rest>");
    struct esi_buf text = {0};
    struct misfit misfit;

    esi_buf_text(&text, "a");
    for (int i = 0; i < WORDS_MOST; i++)
        esi_buf_text(&text, " 1");
    struct text lines = {.rest = esi_buf_slice(&text)};
    cr_assert(text_next(&lines, &line));
    cr_assert(!pattern_match(numbers, &reader, &line, &args, &misfit), "words are left");
    cr_assert(pattern_match(rest, &reader, &line, &args, &misfit), "all of it is the rest");
    cr_assert_eq(args.list[1].text.len, text.len - 2);
    pattern_free(numbers);
    pattern_free(rest);
    esi_buf_free(&text);
    esi_config_free(reader.config);
}
