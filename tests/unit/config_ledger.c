/* config_ledger.c - diagnostics as they are shown, and the account of lines. */
#include <criterion/criterion.h>

#include "config/reader_internal.h"

static const struct {
    const char *what;
    struct esi_diag diag;
    const char *shown;
} diags[] = {
    {"a column",
     {ESI_DIAG_ERROR, {"a.cfg", 3}, 5, "expected a, found b", "x y b", false},
     "a.cfg:3:5: error: expected a, found b\n    x y b\n        ^\n"},
    {"the line's end",
     {ESI_DIAG_WARNING, {"a", 1}, 4, "t", "abc", false},
     "a:1:4: warning: t\n    abc\n       ^\n"},
    {"a whole line", {ESI_DIAG_NOTE, {"a", 7}, 0, "t", "abc", false}, "a:7: note: t\n"},
    {"no place", {ESI_DIAG_NOTE, {NULL, 0}, 0, "t", NULL, false}, "note: t\n"},
    {"bytes before the caret",
     {ESI_DIAG_NOTE, {"a", 1}, 5, "t", "\t\xc3\xa4 b", false},
     "a:1:5: note: t\n    \\x09\\xc3\\xa4 b\n                 ^\n"},
    {"bytes in the text",
     {ESI_DIAG_NOTE, {"a", 1}, 0, "found '\x1b[1m'", NULL, false},
     "a:1: note: found '\\x1b[1m'\n"},
    {"a long line",
     {ESI_DIAG_NOTE,
      {"a", 1},
      101,
      "t",
      "00000000001111111111222222222233333333334444444444555555555566666666667777777777888888888899"
      "99"
      "999999aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggg",
      false},
     "a:1:101: note: t\n"
     "    "
     "...444444444455555555556666666666777777777788888888889999999999aaaaaaaaaabbbbbbbbbbccccccccc"
     "cddddddddddeeeeeeeeeeffffffffff...\n"
     "                                                                   ^\n"},
};

Test(config_ledger, diagnostics)
{
    for (size_t i = 0; i < ESI_COUNT(diags); i++) {
        struct esi_buf out = {0};
        esi_diag_print(&diags[i].diag, &out);
        esi_buf_byte(&out, '\0');
        cr_assert_str_eq((char *)out.data, diags[i].shown, "%s:\n%s", diags[i].what, out.data);
        esi_buf_free(&out);
    }
}

Test(config_ledger, account)
{
    struct esi_config *config = esi_config_new();
    struct esi_buf out = {0};

    esi_config_read(
        config, "a.cfg",
        ESI_LIT("hostname a\n!\nfailover\nfailover lan x\npolicy-map type inspect esmtp X\n"
                " zork \t\0 now\n parameters\n  mask-baner\n"));
    esi_config_read(config, "b.cfg", ESI_LIT("\xff\xfe"));
    esi_config_read(config, "c.cfg", ESI_LIT("zork\n"));
    esi_config_say(config, ESI_DIAG_NOTE, (struct esi_place){0}, "all in all %d", 5);
    cr_assert(esi_config_has_errors(config, false));
    esi_config_print_ledger(config, &out);
    esi_buf_byte(&out, '\0');
    static const char expected[] = "a.cfg: 8 lines\n"
                                   "  understood               2\n"
                                   "  not understood           2\n"
                                   "  empty or comments        1\n"
                                   "  left aside               3\n"
                                   "          2  failover and clustering\n"
                                   "          1  names and settings of the box\n"
                                   "b.cfg: 1 line\n"
                                   "  refused                  1\n"
                                   "c.cfg: 1 line\n"
                                   "  not understood           1\n";
    cr_assert_str_eq((char *)out.data, expected);
    esi_buf_clear(&out);
    for (size_t i = 0; i < config->diags_count; i++)
        esi_diag_print(&config->diags[i], &out);
    esi_buf_byte(&out, '\0');
    cr_assert_not_null(strstr((char *)out.data, "found 'zork'\n     zork \\x09  now\n     ^\n"));
    cr_assert_not_null(strstr((char *)out.data, "b.cfg:1: error: expected plain text"));
    cr_assert_not_null(strstr((char *)out.data, "\nnote: all in all 5\n"));
    esi_buf_free(&out);
    esi_config_free(config);
}

Test(config_ledger, strictness)
{
    static const struct {
        const char *text;
        bool strict, errors;
    } rows[] = {
        {"zork\n", true, false}, /* who knows */
        {"polcy-map x\n", false, false},
        {"polcy-map x\n", true, true},
        {"policy-map type inspect esmtp X\n zork\n", true, true},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct esi_config *config = esi_config_new();
        esi_config_read(config, "x", esi_slice_of(rows[i].text));
        cr_assert_eq(esi_config_has_errors(config, rows[i].strict), rows[i].errors, "%s",
                     rows[i].text);
        esi_config_free(config);
    }
}
