/* pattern_search.c - the firewall's regular expressions: what they mean, what is refused. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "esi/pattern.h"

/* copy_of - in exact storage, so that reading on is noticed. */
static struct esi_slice
copy_of(struct esi_slice bytes)
{
    uint8_t *copy = malloc(bytes.len > 0 ? bytes.len : 1);

    memcpy(copy, bytes.ptr, bytes.len);
    return (struct esi_slice){copy, bytes.len};
}

static struct esi_pattern *
compiled(struct esi_slice text, struct esi_error *err, size_t *at)
{
    struct esi_slice copy = copy_of(text);
    struct esi_pattern *pattern = esi_pattern_new(copy, err, at);

    free((void *)copy.ptr);
    return pattern;
}

static enum esi_pattern_result
search(const struct esi_pattern *pattern, struct esi_slice bytes)
{
    struct esi_slice copy = copy_of(bytes);
    enum esi_pattern_result result = esi_pattern_search(pattern, copy);

    free((void *)copy.ptr);
    return result;
}

#define IN(text) ESI_LIT(text), true
#define NOT_IN(text) ESI_LIT(text), false

Test(pattern, patterns_are_found)
{
    static const struct {
        const char *pattern;
        struct esi_slice bytes;
        bool found;
    } rows[] = {
        /* The guide's own examples. */
        {"d.g", IN("doggonnit")},
        {"d.g", IN("a dtg")},
        {"d.g", NOT_IN("dg")},
        {"d(o|a)g", IN("dag")},
        {"d(o|a)g", NOT_IN("dig")},
        {"do|ag", IN("do")},
        {"do|ag", IN("ag")},
        {"do|ag", NOT_IN("dg")},
        {"ab(xy){3}z", IN("abxyxyxyz")},
        {"ab(xy){3}z", NOT_IN("abxyxyz")},
        {"ab(xy){3}z", IN("abxyxyxyxyz")},
        {"lo?se", IN("lse")},
        {"lo?se", NOT_IN("loose")},
        {"lo*se", IN("lse")},
        {"lo*se", IN("loose")},
        {"lo+se", IN("loose")},
        {"lo+se", NOT_IN("lse")},
        {"ab(xy){2,}z", IN("abxyxyz")},
        {"ab(xy){2,}z", IN("abxyxyxyz")},
        {"ab(xy){2,}z", NOT_IN("abxyz")},
        {"[abc]", IN("xxb")},
        {"[abc]", NOT_IN("xyz")},
        {"^[^abc]", IN("x")},
        {"^[^abc]", NOT_IN("b")},
        {"[abcq-z]", IN("r")},
        {"[a-cq-z]", NOT_IN("d")},
        {"[abc-]", IN("-")},
        {"[-abc]", IN("-")},
        {" test", IN("a test")},
        {" test", NOT_IN("atest")},
        {"\\[", IN("a[")},
        {"\\r\\n\\t\\f", IN("\r\n\t\f")},
        {"\\x41\\x4a\\x4A", IN("AJJ")},
        {"\\101\\377", IN("A\xff")},
        /* Only what the guide names has a meaning. */
        {"a$", IN("a$b")},
        {"a$", NOT_IN("a")},
        {"a", NOT_IN("A")},
        {"\\d", IN("d")},
        {"\\d", NOT_IN("7")},
        {"\\Qa", IN("Qa")},
        {"\\b\\w\\s\\z\\Z\\A\\K", IN("bwszZAK")},
        {"}]", IN("}]")},
        {"a#b c", IN("a#b c")},
        {"\\.\\(\\)\\|\\?\\*\\+\\{\\}\\[\\]\\^\\\\", IN(".()|?*+{}[]^\\")},
        {"(\\*UTF8)", IN("*UTF8")},
        {"\\E\"'/", IN("E\"'/")},
        {"a{2}", NOT_IN("a")},
        {"a{0}b", IN("b")},
        {"a{0,}b", IN("b")},
        {"[.]{2}", NOT_IN("ab")},
        /* Bytes, not characters. */
        {"a.b", IN("a\nb")},
        {"a.b", IN("a\0b")},
        {"^.b", NOT_IN("\xc3\xa4"
                       "b")},
        {"\\x00a", IN("\0a")},
        {"\\x00a", NOT_IN("a")},
        {"[\\x80-\\xff]", IN("\xc3")},
        {"[\\x80-\\xff]", NOT_IN("~")},
        {"[^a]", IN("\n")},
        {"[^a]", IN("\0")},
        {"\xc3\xa4", IN("\xc3\xa4")},
        {"b", IN("\0\0b")},
        /* Within brackets. */
        {"[]a]", IN("]")},
        {"[]a]", NOT_IN("b")},
        {"[^]a]", NOT_IN("]a]")},
        {"[^]a]", IN("b")},
        {"[a\\]b]", IN("]")},
        {"[a^]", IN("^")},
        {"[.*$]", NOT_IN("x")},
        {"[\\n-\\r]", IN("\f")},
        {"[+--]", IN(",")},
        {"[a\\-c]", NOT_IN("b")},
        {"[a\\-c]", IN("-")},
        {"[\\d]", NOT_IN("1")},
        {"^[[:alpha:]]", IN("a]")},
        {"^[[:alpha:]]", NOT_IN("x")},
        {"[^\\x00-\\xff]", NOT_IN("abc")},
        {"[&&a]", IN("&")},
        /* Starts of lines. */
        {"^b", IN("b")},
        {"^b", IN("a\nb")},
        {"^b", IN("a\r\nb")},
        {"^b", NOT_IN("ab")},
        {"^b", NOT_IN("a\rb")},
        {"^", IN("")},
        {"\\n^", IN("a\n")},
        {"a^b", NOT_IN("a^b")},
        {"\\n^b", IN("a\nb")},
        {"(^|,)b", IN("a,b")},
        {"a|^b", NOT_IN("cb")},
        {"(^)*b", IN("ab")},
        /* Repetitions. */
        {"^(ab|c)+d", IN("abcabd")},
        {"^(ab|c)+d", NOT_IN("abad")},
        {"^a+?b", IN("b")},
        {"^a++a", IN("aa")},
        {"^a*+a", IN("a")},
        {"^(a{2}){2}b", IN("aaaab")},
        {"^a{2}{2}b", IN("aaaab")},
        {"^a{2}{2}b", NOT_IN("aaab")},
        {"^a{2}?b", IN("b")},
        {"^[ab]{2,}c", NOT_IN("ac")},
        {"^[ab]{2,}c", IN("ababac")},
        {"a*", IN("")},
        {"(a*)*", IN("b")},
        {"((a?)+){3,}b", IN("b")},
        {"(a|b*)+c", IN("abc")},
        {"a{255}b{0}", NOT_IN("aaaa")},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct esi_error err = {""};
        size_t at;
        struct esi_pattern *pattern = compiled(esi_slice_of(rows[i].pattern), &err, &at);
        cr_assert(pattern, "%s: %s", rows[i].pattern, err.text);
        enum esi_pattern_result result = search(pattern, rows[i].bytes);
        cr_assert_eq(result, rows[i].found ? ESI_PATTERN_FOUND : ESI_PATTERN_NO, "%s in \"%s\": %d",
                     rows[i].pattern, rows[i].bytes.ptr, result);
        esi_pattern_free(pattern);
    }
}

#define TEN(text) text text text text text text text text text text

Test(pattern, patterns_not_of_the_dialect_are_refused)
{
    static const struct {
        struct esi_slice pattern;
        size_t at;
        const char *why; /* a part of it */
    } rows[] = {
        {ESI_LIT(""), 0, "an expression"},
        {ESI_LIT("()"), 1, "an expression"},
        {ESI_LIT("a|"), 2, "an expression"},
        {ESI_LIT("|a"), 0, "an expression"},
        {ESI_LIT("a||b"), 2, "an expression"},
        {ESI_LIT("(a|)"), 3, "an expression"},
        {ESI_LIT("(a"), 2, "a )"},
        {ESI_LIT("((a)"), 4, "a )"},
        {ESI_LIT("a)b"), 1, "a ("},
        {ESI_LIT("*"), 0, "something to repeat"},
        {ESI_LIT("a|?"), 2, "something to repeat"},
        {ESI_LIT("(+a)"), 1, "something to repeat"},
        {ESI_LIT("(?:a)"), 1, "something to repeat"},
        {ESI_LIT("(?=a)"), 1, "something to repeat"},
        {ESI_LIT("(*UTF)a"), 1, "something to repeat"},
        {ESI_LIT("{2}"), 0, "something to repeat"},
        {ESI_LIT("^*a"), 1, "something to repeat"},
        {ESI_LIT("a^{2}"), 2, "something to repeat"},
        {ESI_LIT("a{"), 2, "{x}"},
        {ESI_LIT("a{}"), 2, "{x}"},
        {ESI_LIT("a{,2}"), 2, "{x}"},
        {ESI_LIT("a{2,3}"), 4, "{x}"},
        {ESI_LIT("a{2"), 3, "{x}"},
        {ESI_LIT("a{2,"), 4, "{x}"},
        {ESI_LIT("a{-1}"), 2, "{x}"},
        {ESI_LIT("a{b}"), 2, "{x}"},
        {ESI_LIT("a{301}"), 1, "300 items"},
        {ESI_LIT("a{99999999999999999999999999}"), 1, "300 items"},
        {ESI_LIT("(a{100}){4}"), 8, "300 items"},
        {ESI_LIT("((a{250}){250}){250}"), 9, "300 items"},
        {ESI_LIT("ba{300}"), 1, "300 items"},
        {ESI_LIT("a{200}|b{200}"), 6, "300 items"},
        {ESI_LIT("a\\"), 2, "behind the backslash"},
        {ESI_LIT("[\\"), 2, "behind the backslash"},
        {ESI_LIT("\\x4"), 3, "two hexadecimal"},
        {ESI_LIT("\\x"), 2, "two hexadecimal"},
        {ESI_LIT("\\x4ga"), 3, "two hexadecimal"},
        {ESI_LIT("\\x{41}"), 2, "two hexadecimal"},
        {ESI_LIT("\\9"), 1, "three octal"},
        {ESI_LIT("(a)\\1"), 5, "three octal"},
        {ESI_LIT("\\128"), 3, "three octal"},
        {ESI_LIT("\\400"), 1, "three octal"},
        {ESI_LIT("[a"), 2, "a ]"},
        {ESI_LIT("[]"), 2, "a ]"},
        {ESI_LIT("[^]"), 3, "a ]"},
        {ESI_LIT("[a-"), 3, "a ]"},
        {ESI_LIT("[-"), 2, "a ]"},
        {ESI_LIT("[a\\]"), 4, "a ]"},
        {ESI_LIT("[c-a]"), 3, "a range"},
        {ESI_LIT("[\\xff-\\x00]"), 6, "a range"},
        {ESI_LIT("[a-c-e]"), 4, "a -"},
        {ESI_LIT("[a--c]"), 3, "a -"},
        {ESI_LIT(TEN(TEN("a")) "a"), 100, "100 bytes"},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct esi_error err = {""};
        size_t at = SIZE_MAX;
        struct esi_pattern *pattern = compiled(rows[i].pattern, &err, &at);
        cr_assert_null(pattern, "%s", rows[i].pattern.ptr);
        cr_assert(strstr(err.text, rows[i].why), "%s: %s", rows[i].pattern.ptr, err.text);
        cr_assert_eq(at, rows[i].at, "%s: at %zu", rows[i].pattern.ptr, at);
        cr_assert_null(compiled(rows[i].pattern, NULL, &at));
    }
    esi_pattern_free(NULL);
}

#define FIFTY(text) TEN(text) TEN(text) TEN(text) TEN(text) TEN(text)

/* Whatever the sender sends: an end is reached, and none but GAVE_UP is said without knowing. */
Test(pattern, patterns_end)
{
    static const struct {
        const char *pattern;
        size_t len; /* of the bytes, all `a` */
        enum esi_pattern_result result;
    } rows[] = {
        {TEN(TEN("a")), 1 << 16, ESI_PATTERN_FOUND},
        {TEN(TEN("a")), 99, ESI_PATTERN_NO},
        {"(a*)*b", 1 << 16, ESI_PATTERN_NO},
        {"(a+)+b", 1 << 16, ESI_PATTERN_NO},
        {"([a-z]+)*[0-9]+", 1 << 16, ESI_PATTERN_NO},
        {"(a|aa)+$", 1 << 16, ESI_PATTERN_NO},
        {"(a|a?)+b", 1 << 16, ESI_PATTERN_NO},
        {".*.*.*x", 1 << 16, ESI_PATTERN_NO},
        {FIFTY(".*"), 1 << 16, ESI_PATTERN_FOUND},
        {TEN(TEN(".")), 1 << 16, ESI_PATTERN_FOUND},
        {"[^x]{20,}x", 1 << 16, ESI_PATTERN_NO},
        /* Ends that are no certain byte: PCRE2 looks first whether such a byte is there at all. */
        {"a{255}[xy]", 1 << 12, ESI_PATTERN_NO},
        {"[ab]{299}[xy]", 1 << 12, ESI_PATTERN_NO},
        {"a{300}", 1 << 12, ESI_PATTERN_FOUND},
        {"((a?){12}){11}[xy]", 1 << 12, ESI_PATTERN_GAVE_UP},
        {"a" FIFTY("+"), 1 << 12, ESI_PATTERN_FOUND},
    };
    uint8_t *bytes = malloc(1 << 16);

    memset(bytes, 'a', 1 << 16);
    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        size_t at;
        struct esi_pattern *pattern = compiled(esi_slice_of(rows[i].pattern), NULL, &at);
        cr_assert(pattern, "%s: refused at %zu", rows[i].pattern, at);
        enum esi_pattern_result result =
            esi_pattern_search(pattern, (struct esi_slice){bytes, rows[i].len});
        cr_assert_eq(result, rows[i].result, "%s: %d", rows[i].pattern, result);
        esi_pattern_free(pattern);
    }
    free(bytes);
}
