/* config_text.c - lines and words, from files, consoles, pagers and mails. */
#include <criterion/criterion.h>

#include "config/reader_internal.h"

/* Words are told with | between them, quoted ones in quotation marks. */
static const struct {
    const char *what;
    const char *text;
    size_t len; /* 0: strlen */
    const char *words;
    unsigned indent;
    bool prompt, comment;
} rows[] = {
    {"words", "a bc  def", 0, "a|bc|def", 0, false, false},
    {"trailing blanks and tabs", "a b \t \r", 0, "a|b", 0, false, false},
    {"indented by blanks", "  a", 0, "a", 2, false, false},
    {"indented by a tab", " \ta", 0, "a", 8, false, false},
    {"indented by no-break spaces",
     "\xc2\xa0\xc2\xa0"
     "a",
     0, "a", 2, false, false},
    {"quoted", "regex X \"a b\\\" c\" d", 0, "regex|X|\"a b\\\" c\"|d", 0, false, false},
    {"quoted, without end", "regex X \"a b", 0, "regex|X|\"a b\"", 0, false, false},
    {"quoted, empty", "a \"\"", 0, "a|\"\"", 0, false, false},
    {"nothing", "", 0, "", 0, false, false},
    {"comment", "! a", 0, "", 0, false, false},
    {"comment, indented", " !a", 0, "", 1, false, false},
    {"comment of scripts", "# a", 0, "", 0, false, false},
    {"comment of the box", ": ASA Version 9.1(2)", 0, "ASA|Version|9.1(2)", 0, false, true},
    {"comment of the box, bare", ":", 0, "", 0, false, true},
    {"comment behind a command", "match any ! all of it", 0, "match|any", 0, false, false},
    {"comment behind a command, dashes", "match any !-- all", 0, "match|any", 0, false, false},
    {"comment behind a command, bare", "match any !", 0, "match|any", 0, false, false},
    {"no comment: inside a word", "username x password a!b", 0, "username|x|password|a!b", 0, false,
     false},
    {"no comment: a word that begins so", "username x password !a", 0, "username|x|password|!a", 0,
     false, false},
    {"no comment: a description", " description ! mail", 0, "description|!|mail", 1, false, false},
    {"no comment: a remark", "access-list A remark ! x", 0, "access-list|A|remark|!|x", 0, false,
     false},
    {"no comment: a pattern", "regex X !", 0, "regex|X|!", 0, false, false},
    {"prompt", "ciscoasa(config)#sh run", 0, "sh|run", 0, true, false},
    {"prompt with a blank", "pix> enable", 0, "enable", 0, true, false},
    {"prompt of a context", "asa/admin/act(config-pmap-c)# inspect x", 0, "inspect|x", 0, true,
     false},
    {"prompt alone", "pixfirewall#", 0, "", 0, true, false},
    {"no prompt", "a b# c", 0, "a|b#|c", 0, false, false},
    {"quoted mail", "> > match any", 0, "match|any", 0, false, false},
    {"quoted mail, indented", ">  a", 0, "a", 1, false, false},
    {"pager", "<--- More --->\r              \rroute x", 0, "route|x", 0, false, false},
    {"pager, keeps indentation", "<--- More --->\r              \r  inspect x", 0, "inspect|x", 2,
     false, false},
    {"pager, wiped with NULs", "<--- More - -->\r\0       \r\0  a", 29, "a", 2, false, false},
    {"pager, wiped by backspaces", "<--- More --->\b\b\b   \b\b\b a", 0, "a", 1, false, false},
    {"pager of IOS", " --More-- \b\b\b   \b\b\ba", 0, "a", 0, false, false},
    {"pager alone", "<--- More --->", 0, "", 0, false, false},
    {"NULs", "a\0b", 3, "a|b", 0, false, false},
    {"byte order mark",
     "\xef\xbb\xbf"
     "a",
     0, "a", 0, false, false},
};

static struct text_line line; /* large */

static void
tell_words(struct esi_buf *out)
{
    for (size_t i = 0; i < line.count; i++) {
        esi_buf_text(out, i > 0 ? "|" : "");
        esi_buf_text(out, line.words[i].quoted ? "\"" : "");
        esi_buf_append(out, line.words[i].text);
        esi_buf_text(out, line.words[i].quoted ? "\"" : "");
    }
    esi_buf_byte(out, '\0');
}

Test(config_text, lines)
{
    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct text text = {.rest = {(const uint8_t *)rows[i].text,
                                     rows[i].len > 0 ? rows[i].len : strlen(rows[i].text)}};
        struct esi_buf words = {0};

        if (!text_next(&text, &line))
            line = (struct text_line){.number = 0};
        tell_words(&words);
        cr_assert_str_eq((char *)words.data, rows[i].words, "%s: %s", rows[i].what, words.data);
        cr_assert_eq(line.indent, rows[i].indent, "%s: indented by %u", rows[i].what, line.indent);
        cr_assert_eq(line.prompt, rows[i].prompt, "%s: prompt", rows[i].what);
        cr_assert_eq(line.comment, rows[i].comment, "%s: comment", rows[i].what);
        cr_assert(!text_next(&text, &line), "%s: one line", rows[i].what);
        esi_buf_free(&words);
    }
}

Test(config_text, columns_and_bounds)
{
    struct text text = {.rest = ESI_LIT("asa(config)#  a \"b\"\tc\r\n\nlast")};
    struct esi_buf many = {0};

    cr_assert(text_next(&text, &line));
    cr_assert_eq(line.words[0].column, 15);
    cr_assert_eq(line.words[1].column, 17);
    cr_assert_eq(line.words[2].column, 21);
    cr_assert(text_next(&text, &line) && line.number == 2 && line.count == 0);
    cr_assert(text_next(&text, &line) && line.number == 3 && line.count == 1);
    for (int i = 0; i < WORDS_MOST; i++)
        esi_buf_text(&many, "x ");
    text = (struct text){.rest = esi_buf_slice(&many)};
    cr_assert(text_next(&text, &line) && line.count == WORDS_MOST && !line.more);
    esi_buf_text(&many, "x");
    text = (struct text){.rest = esi_buf_slice(&many)};
    cr_assert(text_next(&text, &line) && line.count == WORDS_MOST && line.more);
    esi_buf_free(&many);
}

Test(config_text, files)
{
    cr_assert(text_is_indented(ESI_LIT("a\n b\n")));
    cr_assert(!text_is_indented(ESI_LIT(" a\n b\n! \n  ! c\n")), "comments do not count");
    cr_assert(text_is_indented(ESI_LIT("> a\n>  b\n")));
    cr_assert_null(text_foreign(ESI_LIT("")));
    cr_assert_null(text_foreign(ESI_LIT("<--- More --->\r\0      \r\0hostname a\n")));
    cr_assert_not_null(text_foreign(ESI_LIT("\xff\xfe"
                                            "a\0")));
    cr_assert_not_null(text_foreign(ESI_LIT("h\0o\0s\0t\0n\0a\0m\0e\0 \0a\0")), "no mark");
    cr_assert_not_null(text_foreign(ESI_LIT("\xd4\xc3\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0")));
}
