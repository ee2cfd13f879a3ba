/* config_regex.c - regex and class-map type regex. */
#include <criterion/criterion.h>

#include "config_maps.h"

static void
print_regexes(const struct esi_config *config, struct esi_buf *out)
{
    for (size_t i = 0; i < config->regexes_count; i++) {
        const struct esi_regex *regex = &config->regexes[i];
        cr_expect(esi_config_regex(config, regex->name) == regex && regex->pattern);
        esi_buf_printf(out, "regex %s [%s]\n", regex->name, regex->text);
    }
    for (size_t i = 0; i < config->regex_classes_count; i++) {
        const struct esi_regex_class *class = &config->regex_classes[i];
        cr_expect(esi_config_regex_class(config, class->name) == class);
        esi_buf_printf(out, "class %s:", class->name);
        for (size_t m = 0; m < class->count; m++)
            esi_buf_printf(out, " %s", class->members[m].regex);
        esi_buf_byte(out, '\n');
    }
}

/* Texts; the regexes and classes they make; what was said. */
Test(config_regex, files)
{
    static const struct {
        const char *what, *text, *regexes, *said;
    } rows[] = {
        {"a pattern in quotation marks", "regex r \"a b\"\n", "regex r [a b]\n", ""},
        {"a pattern without", "regex r a\\.b\n", "regex r [a\\.b]\n", ""},
        {"a quotation mark within", "regex r \"a\\\"b\"\n", "regex r [a\\\"b]\n", ""},
        {"backslashes are kept", "regex r \"\\.exe\\\\\"\n", "regex r [\\.exe\\\\]\n", ""},
        {"REGEX in any case, NAME in its own", "REGEX rR \"x\"\n", "regex rR [x]\n", ""},
        {"a pattern typed again", "regex r \"a\"\nregex r \"b\"\n", "regex r [b]\n", ""},
        {"a wrong one changes nothing", "regex r \"a\"\nregex r \"b(\"\n", "regex r [a]\n",
         "2 wrong; 2:12 error: an expression was expected; "},
        {"taken away", "regex q \"q\"\nregex r \"a\"\nregex s \"b\"\nno regex q\nregex s \"c\"\n",
         "regex s [c]\nregex r [a]\n", ""},
        {"taken away with its pattern", "regex r \"a\"\nno regex r \"a\"\n", "", ""},
        {"taken away that is not there", "no regex r\n", "",
         "1:10 warning: there is no such regex; "},
        {"a name of 40 characters", "regex nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn x\n",
         "regex nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn [x]\n", ""},
        {"a name of 41 characters", "regex nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn x\n", "",
         "1 wrong; 1:7 error: a name has at most 40 characters, this one 41; "},
        {"a name with a blank", "regex \"a b\" x\n", "",
         "1 wrong; 1:7 error: a word without blanks and quotation marks was expected; "},
        {"no pattern", "regex r\n", "",
         "1 wrong; 1:8 error: incomplete; expected a regular expression; "},
        {"a pattern of nothing", "regex r \"\"\n", "",
         "1 wrong; 1:10 error: an expression was expected; "},
        {"two patterns", "regex r a b\n", "",
         "1 not understood; 1:11 warning: expected the line's end, found 'b'; "},
        {"100 bytes",
         "regex r "
         "\"ppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppp"
         "ppppppppppppp\"\n",
         "regex r "
         "[pppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppp"
         "pppppppppppp]\n",
         ""},
        {"101 bytes",
         "regex r "
         "\"ppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppp"
         "pppppppppppppp\"\n",
         "", "1 wrong; 1:110 error: at most 100 bytes were expected; "},
        {"101 bytes, not quoted",
         "regex r "
         "ppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppp"
         "pppppppppppp\n",
         "", "1 wrong; 1:109 error: at most 100 bytes were expected; "},
        {"not closed", "regex r \"ab\n", "",
         "1 wrong; 1:12 error: a quotation mark was expected at the pattern's end; "},
        {"closed by what is escaped", "regex r \"ab\\\"\n", "",
         "1 wrong; 1:14 error: a quotation mark was expected at the pattern's end; "},
        {"a parenthesis too much", "regex r \"ab)c\"\n", "",
         "1 wrong; 1:12 error: a ( was expected before this ); "},
        {"a parenthesis too few, not quoted", "   regex r (ab\n", "",
         "1 wrong; 1:15 error: a ) was expected; "},
        {"nothing to repeat", "regex r \"a|*b\"\n", "",
         "1 wrong; 1:12 error: something to repeat was expected; "},
        {"a range that goes down", "regex r \"[z-a]\"\n", "",
         "1 wrong; 1:13 error: the end of a range was expected behind its start; "},
        {"half a hexadecimal number", "regex r \"\\x4\"\n", "",
         "1 wrong; 1:13 error: two hexadecimal digits were expected; "},
        {"{x,y}", "regex r \"a{1,2}\"\n", "",
         "1 wrong; 1:14 error: {x} or {x,} was expected, or \\{ for the brace itself; "},
        {"a class",
         "regex a \"a\"\nclass-map type regex match-any C\n match regex a\n match regex b\n",
         "regex a [a]\nclass C: a b\n", ""},
        {"a class, not indented, and what comes behind",
         "class-map type regex match-any C\ndescription d\nmatch regex a\nregex a \"a\"\nclass-map "
         "type regex match-any D\nmatch regex c\n",
         "regex a [a]\nclass C: a\nclass D: c\n", ""},
        {"a regex of a class typed again",
         "class-map type regex match-any C\n match regex a\n match regex a\n", "class C: a\n", ""},
        {"a class entered again",
         "class-map type regex match-any C\n match regex a\nclass-map type regex match-any C\n "
         "match regex b\n",
         "class C: a b\n", ""},
        {"a regex of a class taken away",
         "class-map type regex match-any C\n match regex a\n match regex b\n match regex c\n no "
         "match regex b\n no match regex b\n",
         "class C: a c\n", "6:17 warning: there is no such match; "},
        {"a class taken away",
         "class-map type regex match-any C\n match regex a\nclass-map type regex match-any D\nno "
         "class-map type regex match-any C\nclass-map type regex match-any D\n match regex d\n",
         "class D: d\n", ""},
        {"a class taken away, shorter",
         "class-map type regex match-any C\nno class-map type regex C\n", "", ""},
        {"a class taken away that is not there", "no class-map type regex match-any C\n", "",
         "1:35 warning: there is no such class; "},
        {"match-all", "class-map type regex match-all C\n match regex a\n", "",
         "1 wrong; 1:22 error: expected match-any: a class of regexes has no other; 2 aside; "},
        {"neither", "class-map type regex C\n match regex a\n", "class C: a\n",
         "1:22 warning: match-any was expected before the name, and is what is meant; "},
        {"a class without a name", "class-map type regex match-any\n", "",
         "1 not understood; 1:32 warning: expected a name, found the line's end; "},
        {"match-any behind the name", "class-map type regex C match-any\n match regex a\n",
         "class C: a\n",
         "1:22 warning: match-any was expected before the name, and is what is meant; "},
        {"match-all behind the name", "class-map type regex C match-all\n", "",
         "1 wrong; 1:24 error: expected match-any: a class of regexes has no other; "},
        {"a class's name of 41 characters",
         "class-map type regex match-any nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn\n", "",
         "1 wrong; 1:32 error: a name has at most 40 characters, this one 41; "},
        {"a class's regex of 41 characters",
         "class-map type regex match-any C\n match regex "
         "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn\n",
         "class C:\n", "2 wrong; 2:14 error: a name has at most 40 characters, this one 41; "},
        {"match of something else",
         "class-map type regex match-any C\n match not regex a\n match port tcp eq 25\n",
         "class C:\n",
         "2 not understood; 2:8 warning: expected regex, found 'not'; 3 not understood; 3:8 "
         "warning: expected regex, found 'port'; "},
        {"a description of a class, too long",
         "class-map type regex match-any C\n description "
         "ddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
         "ddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
         "ddddddddddddddddddddddd\n",
         "class C:\n",
         "2 wrong; 2:14 error: a description has at most 200 characters, this one 201; "},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct esi_config *config = maps_read(rows[i].text);
        struct esi_buf said = {0}, regexes = {0};

        maps_print_said(config, &said);
        MAPS_EXPECT(said, rows[i].said, rows[i].what);
        print_regexes(config, &regexes);
        MAPS_EXPECT(regexes, rows[i].regexes, rows[i].what);
        esi_config_free(config);
    }
}

/* What stands in the file is what is searched for. */
Test(config_regex, patterns)
{
    static const struct {
        const char *line, *found, *not_found;
    } rows[] = {
        {"regex r \"a b\"", "xa bx", "a  b"},     {"regex r a\\.b", "a.b", "axb"},
        {"regex r \"\\\"a\\\"\"", "=\"a\"", "a"}, {"regex r \"\\\\\"", "a\\b", "a/b"},
        {"regex r \"a!b\"", "a!b", "ab"},         {"regex r [Ee][Xx][Ee]$", "x.eXe$", "x.exe"},
        {"regex r \" a \"", "b a b", "a"},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct esi_config *config = maps_read(rows[i].line);
        const struct esi_regex *regex = esi_config_regex(config, "r");

        cr_assert(regex, "%s", rows[i].line);
        cr_expect_eq(esi_pattern_search(regex->pattern, esi_slice_of(rows[i].found)),
                     ESI_PATTERN_FOUND, "%s", rows[i].line);
        cr_expect_eq(esi_pattern_search(regex->pattern, esi_slice_of(rows[i].not_found)),
                     ESI_PATTERN_NO, "%s", rows[i].line);
        esi_config_free(config);
    }
}

/* A NUL would end what is printed. */
Test(config_regex, nul)
{
    static const char text[] = "regex r \"a\0b\"";
    struct esi_config *config = esi_config_new();
    struct esi_buf said = {0};

    esi_config_read(config, "f", (struct esi_slice){(const uint8_t *)text, sizeof text - 1});
    maps_print_said(config, &said);
    MAPS_EXPECT(said, "1 wrong; 1:10 error: a pattern without NUL was expected; ", "NUL");
    esi_config_free(config);
}

Test(config_regex, most_members)
{
    enum { MOST = 500 };
    struct esi_buf text = {0}, said = {0};

    esi_buf_text(&text, "class-map type regex match-any C\n");
    for (int i = 1; i <= MOST + 1; i++)
        esi_buf_printf(&text, "match regex r%d\n", i);
    esi_buf_text(&text, "match regex r1\n");
    esi_buf_byte(&text, '\0');
    struct esi_config *config = maps_read((const char *)text.data);
    cr_expect_eq(config->regex_classes[0].count, MOST);
    maps_print_said(config, &said);
    MAPS_EXPECT(said, "502 wrong; 502:13 error: a class has at most 500 regexes here; ",
                "one more");
    esi_buf_free(&text);
    esi_config_free(config);
}
