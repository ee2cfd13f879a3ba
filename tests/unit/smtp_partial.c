/* smtp_partial.c - unfinished lines: told once a push that added to them, and when modes change. */
#include <criterion/criterion.h>
#include <signal.h>

#include "support/smtp_law.h"

enum { PUSHES = 5 };

/* say - pushes one piece after the other; every event of each is recorded, finished or not. */
static void
say(struct esi_smtp *smtp, const char *const *pieces, struct esi_buf *out)
{
    uint64_t offset = 0;

    for (size_t i = 0; i < PUSHES && pieces[i]; i++) {
        struct esi_smtp_event event;
        struct esi_slice piece = esi_slice_of(pieces[i]);
        uint8_t *copy = malloc(piece.len > 0 ? piece.len : 1);

        memcpy(copy, piece.ptr, piece.len);
        esi_smtp_push(smtp, ESI_TO_SERVER, offset, (struct esi_slice){copy, piece.len});
        offset += piece.len;
        while (esi_smtp_next(smtp, &event)) {
            law_print(&event, out);
            if (event.kind == ESI_SMTP_COMMAND && event.done &&
                event.u.command.verb == ESI_VERB_DATA)
                esi_smtp_set_mode(smtp, ESI_TO_SERVER, ESI_MODE_MESSAGE, 0);
        }
        free(copy);
        esi_buf_text(out, "|\n");
    }
}

Test(smtp, unfinished_lines)
{
    static const struct {
        const char *what;
        enum esi_mode mode;
        const char *pieces[PUSHES + 1];
        const char *want;
    } rows[] = {
        {"a command, typed",
         ESI_MODE_LINES,
         {"Q", "U", "IT", "\r", "\n"},
         "COMMAND 0+1 none 1 Q\n|\nCOMMAND 0+2 none 2 QU\n|\nCOMMAND 0+4 none 4 QUIT\n|\n"
         "COMMAND 0+5 none 4 QUIT\n|\nCOMMAND 0+6 crlf 4 QUIT\n|\n"},
        {"nothing added, nothing told",
         ESI_MODE_LINES,
         {"QU", "", "IT\r\n", ""},
         "COMMAND 0+2 none 2 QU\n|\n|\nCOMMAND 0+6 crlf 4 QUIT\n|\n|\n"},
        {"only the last of a push",
         ESI_MODE_LINES,
         {"A\nB\nC", "\nD"},
         "COMMAND 0+2 lf 1 A\nCOMMAND 2+2 lf 1 B\nCOMMAND 4+1 none 1 C\n|\n"
         "COMMAND 4+2 lf 1 C\nCOMMAND 6+1 none 1 D\n|\n"},
        {"headers: not told before it is known to be one",
         ESI_MODE_MESSAGE,
         {"A", ": b\r\n", " c", "\r\n", "\r\n"},
         "|\nHLINE 0+6 crlf 4 A: b\n|\nHLINE 6+2 none 2  c\n|\n"
         "HLINE 6+4 crlf 2  c\n|\nHEADER 0+10 depth 0 crlf 6 A: b c = A = b c\n"
         "HEND 10+2 crlf 0 \n|\n"},
        {"no header after all",
         ESI_MODE_MESSAGE,
         {"Hell", " w", "o\r\n"},
         "|\nBLINE 0+6 none 6 Hell w\n|\nBODY 0+9 lines 1\n|\n"},
        {"body",
         ESI_MODE_MESSAGE,
         {"\r\nab", "cd\r", "\nef\r\ngh", "i", "j\n"},
         "HEND 0+2 crlf 0 \nBLINE 2+2 none 2 ab\n|\nBLINE 2+5 none 4 abcd\n|\n"
         "BODY 2+10 lines 2\nBLINE 12+2 none 2 gh\n|\nBLINE 12+3 none 3 ghi\n|\n"
         "BODY 12+5 lines 1\n|\n"},
        {"longer than the bound",
         ESI_MODE_MESSAGE,
         {"\r\n1234567", "89", "0\r\n"},
         "HEND 0+2 crlf 0 \nBLINE 2+7 none 7 1234567\n|\nBLINE 2+9 none 9 123456789\n|\n"
         "BLINE 2+12 crlf 10 1234567890\n|\n"},
        {"perhaps the dot, and it is",
         ESI_MODE_MESSAGE,
         {"\r\n.", "\r", "\n"},
         "HEND 0+2 crlf 0 \n|\n|\nEND 2+3 crlf 1 .\n|\n"},
        {"perhaps the dot, and it is not",
         ESI_MODE_MESSAGE,
         {"\r\n.", "\r", "x"},
         "HEND 0+2 crlf 0 \n|\n|\nBLINE 2+3 none 3 .\\x0dx\n|\n"},
        {"perhaps the dot, in the header section",
         ESI_MODE_MESSAGE,
         {"A: b\r\n.", "\r\n"},
         "HLINE 0+6 crlf 4 A: b\n|\nHEADER 0+6 depth 0 crlf 4 A: b = A = b\nEND 6+3 crlf 1 .\n|\n"},
        {"not the dot: bare LF before it",
         ESI_MODE_MESSAGE,
         {"\n.", "\r\n"},
         "HEND 0+1 lf 0 \nBLINE 1+1 none 1 .\n|\nBODY 1+3 lines 1\n|\n"},
        {"the mode changes within a push",
         ESI_MODE_LINES,
         {"DATA\r\n.", "\r\nQU"},
         "COMMAND 0+6 crlf 4 DATA\n|\nEND 6+3 crlf 1 .\nCOMMAND 9+2 none 2 QU\n|\n"},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct esi_smtp *smtp = esi_smtp_new();
        struct esi_buf got = {0};
        esi_smtp_set_short_line(smtp, 8);
        esi_smtp_set_mode(smtp, ESI_TO_SERVER, rows[i].mode, 0);
        say(smtp, rows[i].pieces, &got);
        cr_assert(esi_slice_eq(esi_buf_slice(&got), esi_slice_of(rows[i].want)), "%s:\n%.*s",
                  rows[i].what, (int)got.len, (char *)got.data);
        esi_buf_free(&got);
        esi_smtp_free(smtp);
    }
}

Test(smtp, line_starts)
{
    static const char *const pieces[] = {"NOOP\r\nQU", NULL};
    struct esi_smtp *smtp = esi_smtp_new();
    struct esi_buf out = {0};

    say(smtp, pieces, &out);
    cr_assert_eq(esi_smtp_line_start(smtp, ESI_TO_SERVER), 6, "of the unfinished line");
    cr_assert_eq(esi_smtp_line_start(smtp, ESI_TO_CLIENT), 0, "nothing was sent");
    esi_smtp_set_mode(smtp, ESI_TO_SERVER, ESI_MODE_LINES, 0);
    cr_assert_eq(esi_smtp_line_start(smtp, ESI_TO_SERVER), 6, "the mode it has: nothing changes");
    esi_smtp_set_mode(smtp, ESI_TO_SERVER, ESI_MODE_OPAQUE, 0);
    cr_assert_eq(esi_smtp_line_start(smtp, ESI_TO_SERVER), 8, "the line is given up");
    cr_assert_eq(esi_smtp_mode(smtp, ESI_TO_SERVER), ESI_MODE_OPAQUE);
    esi_buf_free(&out);
    esi_smtp_free(smtp);
}

/* The other direction changes this one's mode, between a header field and the line behind it. */
Test(smtp, modes_change_between_two_pulls)
{
    struct esi_smtp *smtp = esi_smtp_new();
    struct esi_smtp_event event;

    esi_smtp_set_mode(smtp, ESI_TO_SERVER, ESI_MODE_MESSAGE, 0);
    esi_smtp_push(smtp, ESI_TO_SERVER, 7, ESI_LIT("A: b\r\nB: c\r\nC: d\r\n"));
    cr_assert(esi_smtp_next(smtp, &event) && event.kind == ESI_SMTP_HEADER_LINE);
    cr_assert(esi_smtp_next(smtp, &event) && event.kind == ESI_SMTP_HEADER);
    esi_smtp_set_mode(smtp, ESI_TO_SERVER, ESI_MODE_OPAQUE, 0);
    cr_assert(esi_slice_eq(event.u.header.value, ESI_LIT("b")), "still lent");
    cr_assert(esi_smtp_next(smtp, &event) && event.kind == ESI_SMTP_HEADER_LINE);
    cr_assert(esi_slice_eq(event.text, ESI_LIT("B: c")), "it was read already");
    cr_assert(esi_smtp_next(smtp, &event) && event.kind == ESI_SMTP_PASSED);
    cr_assert_eq(event.span.offset, 7 + 12);
    cr_assert_not(esi_smtp_next(smtp, &event));
    esi_smtp_free(smtp);
}

Test(smtp, a_new_message_begins_at_once)
{
    struct esi_smtp *smtp = esi_smtp_new();
    struct esi_smtp_event event;

    esi_smtp_set_mode(smtp, ESI_TO_SERVER, ESI_MODE_MESSAGE, 0);
    esi_smtp_push(smtp, ESI_TO_SERVER, 0, ESI_LIT("A: b\r\n.\r\nB: c\r\n.\r\n"));
    for (int i = 0; i < 3; i++)
        cr_assert(esi_smtp_next(smtp, &event));
    cr_assert_eq(event.kind, ESI_SMTP_MESSAGE_END);
    cr_assert_eq(esi_smtp_mode(smtp, ESI_TO_SERVER), ESI_MODE_LINES);
    esi_smtp_set_mode(smtp, ESI_TO_SERVER, ESI_MODE_MESSAGE, 0);
    cr_assert(esi_smtp_next(smtp, &event) && event.kind == ESI_SMTP_HEADER_LINE);
    cr_assert(esi_smtp_next(smtp, &event) && event.kind == ESI_SMTP_HEADER);
    cr_assert(esi_slice_eq(event.u.header.name, ESI_LIT("B")));
    cr_assert(esi_smtp_next(smtp, &event) && event.kind == ESI_SMTP_MESSAGE_END);
    cr_assert_not(esi_smtp_next(smtp, &event));
    esi_smtp_free(smtp);
}

Test(smtp, a_push_before_the_last_was_pulled_dry_panics, .signal = SIGABRT)
{
    struct esi_smtp *smtp = esi_smtp_new();

    esi_smtp_push(smtp, ESI_TO_SERVER, 0, ESI_LIT("QUIT\r\n"));
    esi_smtp_push(smtp, ESI_TO_CLIENT, 0, ESI_LIT("221\r\n"));
}

Test(smtp, a_hole_that_was_not_told_panics, .signal = SIGABRT)
{
    struct esi_smtp *smtp = esi_smtp_new();
    struct esi_smtp_event event;

    esi_smtp_push(smtp, ESI_TO_SERVER, 5, ESI_LIT("QUIT\r\n"));
    while (esi_smtp_next(smtp, &event))
        ;
    esi_smtp_push(smtp, ESI_TO_SERVER, 12, ESI_LIT("QUIT\r\n"));
}
