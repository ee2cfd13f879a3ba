/* smtp_param.c - parameters of MIME header fields, well and badly written. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "esi/smtp.h"

/* value_of - in exact storage, so that reading on is noticed. */
static bool
value_of(struct esi_slice value, const char *name, struct esi_buf *out)
{
    uint8_t *copy = malloc(value.len > 0 ? value.len : 1);

    memcpy(copy, value.ptr, value.len);
    bool found = esi_mime_param((struct esi_slice){copy, value.len}, name, out);
    free(copy);
    return found;
}

Test(smtp, parameters_are_found)
{
    static const struct {
        const char *what, *value, *want; /* NULL: not there. The name is n */
    } rows[] = {
        {"token", "a/b; n=x", "x"},
        {"quoted", "a/b; n=\"x y\"", "x y"},
        {"any case", "a/b; N=x", "x"},
        {"escapes", "a/b; n=\"a\\\"b\\\\c;d\"", "a\"b\\c;d"},
        {"second of two", "a/b; m=1; n=2", "2"},
        {"first of equal ones", "a/b; n=1; n=2", "1"},
        {"blanks around", "a/b ; n = x ; m=y", "x"},
        {"folded", "a/b;\r\n\tn=x", "x"},
        {"comments", "a/b (c;n=0) ; (c) n (c) = (c) x (c); m=y", "x"},
        {"nested comment with escape", "a/b (a(b\\)c) n=0); n=x", "x"},
        {"empty quoted", "a/b; n=\"\"", ""},
        {"empty", "a/b; n=; m=x", ""},
        {"inside another's quotes", "a/b; m=\"; n=0\"; n=x", "x"},
        {"other with the same beginning", "a/b; nn=0; n=x", "x"},
        {"without a type", "n=x", "x"},
        {"without semicolon", "a/b n=x", NULL},
        {"as the type", "n; m=x", NULL},
        {"name only", "a/b; n", NULL},
        {"nothing", "", NULL},
        {"blank inside unquoted", "a; n=my report.pdf ", "my report.pdf"},
        {"bracket inside unquoted", "a; n=report(1).pdf (c)", "report(1).pdf"},
        {"equals inside unquoted", "a; n=a=b==", "a=b=="},
        {"quote not closed", "a; n=\"abc; m=x", "abc; m=x"},
        {"backslash at the end", "a; n=\"abc\\", "abc\\"},
        {"comment not closed", "a; (n=x", NULL},
        {"text behind quotes", "a; n=\"x\"junk; m=y", "x"},
        {"many semicolons", ";;; ;n=x;;", "x"},
        {"extended", "a; n*=utf-8'en'a%20b%C3%A9", "a b\xc3\xa9"},
        {"extended, quoted", "a; n*=\"utf-8''x%41\"", "xA"},
        {"extended, no charset", "a; n*=%41b", "Ab"},
        {"extended, one quote", "a; n*=it's", "it's"},
        {"bad percent", "a; n*=''%4g%4", "%4g%4"},
        {"continued", "a; n*0=ab; n*1=\"c d\"; n*2=e", "abc de"},
        {"continued, any order", "a; n*2=c; n*0=a; n*1=b", "abc"},
        {"continued, with a hole", "a; n*0=a; n*2=c", "a"},
        {"continued, not from 0", "a; n*1=b", NULL},
        {"continued and extended", "a; n*0*=u''%41%27; n*1=%41; n*2*='%42", "A'%41'B"},
        {"number not a number", "a; n*x=1; n*-1=2; n*=3", "3"},
        {"number far too large", "a; n*99999999999=1; n*0=2", "2"},
        {"extended before continued before plain", "a; n=1; n*0=2; n*=''3", "3"},
        {"continued before plain", "a; n=1; n*0=2", "2"},
        {"encoded word, B", "a; n=\"=?utf-8?B?w6kueA==?=\"", "\xc3\xa9.x"},
        {"encoded word, Q", "a; n=\"=?iso-8859-1?q?a=E9_b?=\"", "a\xe9 b"},
        {"encoded word, unquoted", "a; n==?u?q?x?=", "x"},
        {"encoded words, blanks between", "a; n=\"=?u?q?a?= \t=?u?b?Yg==?= c\"", "ab c"},
        {"encoded words, text between", "a; n=\"=?u?q?a?= x =?u?q?b?=\"", "a x b"},
        {"encoded word over sections", "a; n*0=\"=?u?q\"; n*1=\"?ab?=\"", "ab"},
        {"not quite encoded words", "a; n=\"=?u?x?a?= =?u?q?a =??q?a?= =?\"",
         "=?u?x?a?= =?u?q?a =??q?a?= =?"},
        {"base64 with rubbish", "a; n=\"=?u?b?Y W-J?=\"", "ab"},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct esi_buf got = {0};
        bool found = value_of(esi_slice_of(rows[i].value), "n", &got);
        cr_assert_eq(found, rows[i].want != NULL, "%s", rows[i].what);
        cr_assert(esi_slice_eq(esi_buf_slice(&got), esi_slice_of(found ? rows[i].want : "")),
                  "%s: %.*s", rows[i].what, (int)got.len, (char *)got.data);
        esi_buf_free(&got);
    }
}

Test(smtp, parameters_are_appended)
{
    struct esi_buf out = {0};

    esi_buf_text(&out, "<");
    cr_assert(esi_mime_param(ESI_LIT("a; n=x"), "n", &out));
    cr_assert(esi_slice_eq(esi_buf_slice(&out), ESI_LIT("<x")));
    esi_buf_free(&out);
}

/* Each would take minutes if a part of it were read again for every other part. */
Test(smtp, hostile_parameters_take_no_time, .timeout = 10)
{
    static const char *const pieces[] = {";n*0=x", "(",   "\\\"",  "=?",      "=?u?q?",
                                         "\"",     " ; ", "n*1*=", "=?u?b?=", "n=\"=?u?q?x?= "};
    enum { SIZE = 1 << 18 };

    for (size_t i = 0; i < ESI_COUNT(pieces); i++) {
        struct esi_buf value = {0}, got = {0};
        esi_buf_text(&value, "a; n=");
        while (value.len < SIZE)
            esi_buf_text(&value, pieces[i]);
        value_of(esi_buf_slice(&value), "n", &got);
        cr_assert(got.len <= value.len, "%s", pieces[i]);
        esi_buf_free(&value);
        esi_buf_free(&got);
    }
}
