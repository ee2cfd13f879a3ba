/* plan_edit.c - what one edit writes, and that it writes the same however its span is cut. */
#include <criterion/criterion.h>
#include <string.h>

#include "esi/plan.h"

enum { AT = 1000, MOST = 64 }; /* the text lies at this stream offset */

static const struct {
    const char *what;
    const char *text;
    const char *wanted;
    struct esi_edit edit;
} rows[] = {
    {"fill alone", "220 mail ESMTP\r\n", "220 **********\r\n", {.span = {AT + 4, 10}, .fill = '*'}},
    {"fill keeps line ends",
     "220 a\r\nb\nc\r\n",
     "XXXXX\r\nX\nX\r\n",
     {.span = {AT, 12}, .fill = 'X', .keep_eol = true}},
    {"fill keeps 2 and 0",
     "220 mail 20 Feb 2012\r\n",
     "220 *****20*****20*2\r\n",
     {.span = {AT + 4, 18}, .fill = '*', .keep_eol = true, .keep_20 = true}},
    {"fill over line ends", "a\r\nb", "XXXX", {.span = {AT, 4}, .fill = 'X'}},
    {"head, then fill",
     "XXXX foo\r\n",
     "NOOP    \r\n",
     {.span = {AT, 8}, .fill = ' ', .head_len = 4, .head = "NOOP"}},
    {"tail at the end",
     "250-STARTTLS\r\n",
     "250-XXXXXXXA\r\n",
     {.span = {AT + 4, 8}, .fill = 'X', .tail_len = 1, .tail = "A"}},
    {"head and tail",
     "abcdefgh",
     "12--3456",
     {.span = {AT, 8}, .fill = '-', .head_len = 2, .head = "12", .tail_len = 4, .tail = "3456"}},
    {"head before tail in a short span",
     "abcd",
     "1234",
     {.span = {AT, 4}, .fill = '-', .head_len = 3, .head = "123", .tail_len = 3, .tail = "234"}},
    {"long head in a short span",
     "abc",
     "NOc",
     {.span = {AT, 2}, .fill = ' ', .head_len = 4, .head = "NOOP"}},
    {"long tail shows its last bytes",
     "abc",
     "aYZ",
     {.span = {AT + 1, 2}, .fill = ' ', .tail_len = 4, .tail = "WXYZ"}},
    {"line ends under head and tail stay",
     "\rbcdef\n",
     "\r2--YZ\n",
     {.span = {AT, 7},
      .fill = '-',
      .keep_eol = true,
      .head_len = 2,
      .head = "12",
      .tail_len = 3,
      .tail = "YZ!"}},
    {"starts before the bytes",
     "abcd",
     "3-cd",
     {.span = {AT - 2, 4}, .fill = '-', .head_len = 3, .head = "123"}},
    {"ends behind the bytes",
     "abcd",
     "abc-",
     {.span = {AT + 3, 4}, .fill = '-', .tail_len = 3, .tail = "123"}},
    {"not here at all", "abcd", "abcd", {.span = {AT + 4, 4}, .fill = '-'}},
    {"not yet", "abcd", "abcd", {.span = {AT - 4, 4}, .fill = '-'}},
};

/* apply_in_parts - cut at `step`, the later part first: order must not matter. */
static bool
apply_in_parts(const struct esi_edit *edit, uint8_t *bytes, size_t len, size_t step)
{
    bool behind = esi_edit_apply(edit, AT + step, bytes + step, len - step);

    return esi_edit_apply(edit, AT, bytes, step) || behind;
}

Test(plan_edit, any_split_equals_whole)
{
    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        size_t len = strlen(rows[r].text);
        bool changes = strcmp(rows[r].text, rows[r].wanted) != 0;

        for (size_t step = 0; step <= len; step++) {
            char text[MOST];
            strcpy(text, rows[r].text);
            for (int again = 0; again < 2; again++) {
                bool touched = apply_in_parts(&rows[r].edit, (uint8_t *)text, len, step);
                cr_assert_eq(touched, changes, "%s, cut at %zu", rows[r].what, step);
                cr_assert_str_eq(text, rows[r].wanted, "%s, cut at %zu", rows[r].what, step);
            }
        }
    }
}

Test(plan_edit, touched_though_nothing_changes)
{
    struct esi_edit edit = {.span = {AT, 4}, .fill = 'X'};
    uint8_t bytes[] = "XXXX";

    cr_assert(esi_edit_apply(&edit, AT, bytes, 4));
    cr_assert_not(esi_edit_apply(&edit, AT, bytes, 0));
}
