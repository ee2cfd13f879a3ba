/*
 * smtp_events.c - bytes in, events out: what each mode makes of what is sent.
 *
 * A record is a line an event: kind, span, line end, length, text (see support/smtp_law.h). Each
 * row is played whole, byte by byte and in ragged pieces.
 */
#include <criterion/criterion.h>

#include "support/smtp_law.h"

struct row {
    const char *what;
    struct esi_slice bytes;
    const char *want;
};

static void
play_rows(const struct row *rows, size_t count, struct law_script script)
{
    for (size_t i = 0; i < count; i++) {
        script.bytes = rows[i].bytes;
        for (unsigned cut = 0; cut < 6; cut++) {
            struct esi_buf got = {0};
            law_play(&script, cut, &got);
            esi_buf_byte(&got, '\0');
            *strstr((char *)got.data, "mode ") = '\0';
            cr_assert_str_eq((char *)got.data, rows[i].want, "%s, cut %u:\n%s", rows[i].what, cut,
                             (char *)got.data);
            esi_buf_free(&got);
        }
    }
}

Test(smtp, commands_and_what_follows_them)
{
    static const struct row rows[] = {
        {"line ends", ESI_LIT("A\r\nB\nC\r\r\n\rD\r\n"),
         "COMMAND 0+3 crlf 1 A\nCOMMAND 3+2 lf 1 B\nCOMMAND 5+4 crlf 2 C\\x0d\n"
         "COMMAND 9+4 crlf 2 \\x0dD\n"},
        {"empty lines", ESI_LIT("\r\n\n"), "COMMAND 0+2 crlf 0 \nCOMMAND 2+1 lf 0 \n"},
        {"not finished", ESI_LIT("QUIT\r"), ""},
        {"AUTH", ESI_LIT("AUTH X\r\nAAAA\r\n*\r\nRSET\r\n"),
         "COMMAND 0+8 crlf 6 AUTH X\nAUTH 8+6 crlf 4 AAAA\nAUTH 14+3 crlf 1 *\n"
         "COMMAND 17+6 crlf 4 RSET\n"},
        {"BDAT", ESI_LIT("BDAT 6\r\nab\r\n.\nRSET\r\n"),
         "COMMAND 0+8 crlf 6 BDAT 6\nCHUNK 8+6 done\nCOMMAND 14+6 crlf 4 RSET\n"},
        {"BDAT without bytes", ESI_LIT("BDAT 0 LAST\r\nRSET\r\n"),
         "COMMAND 0+13 crlf 11 BDAT 0 LAST\nCOMMAND 13+6 crlf 4 RSET\n"},
        {"BDAT not finished", ESI_LIT("BDAT 6\r\nab"),
         "COMMAND 0+8 crlf 6 BDAT 6\nCHUNK 8+2 more\n"},
        {"opaque", ESI_LIT("STARTTLS\r\n\x16\x03\n\r\nx"),
         "COMMAND 0+10 crlf 8 STARTTLS\nPASSED 10+6\n"},
        {"message and what is behind it", ESI_LIT("DATA\r\nA: b\r\n\r\nx\r\n.\r\nQUIT\r\n"),
         "COMMAND 0+6 crlf 4 DATA\nHLINE 6+6 crlf 4 A: b\n"
         "HEADER 6+6 depth 0 crlf 4 A: b = A = b\nHEND 12+2 crlf 0 \nBODY 14+3 lines 1\n"
         "END 17+3 crlf 1 .\nCOMMAND 20+6 crlf 4 QUIT\n"},
    };

    play_rows(rows, ESI_COUNT(rows), (struct law_script){.short_line = 998});
}

Test(smtp, replies_are_lines)
{
    static const struct row rows[] = {
        {"replies", ESI_LIT("220-a\r\n220 b\n250\r\n"),
         "REPLY 0+7 crlf 5 220-a = 220 0\nREPLY 7+6 lf 5 220 b = 220 1\n"
         "REPLY 13+5 crlf 3 250 = 250 1\n"},
    };

    play_rows(rows, ESI_COUNT(rows), (struct law_script){.dir = ESI_TO_CLIENT});
}

Test(smtp, header_sections)
{
    static const struct row rows[] = {
        {"folded", ESI_LIT("A: b\r\n c\r\n\td\r\nB:\r\n\r\n"),
         "HLINE 0+6 crlf 4 A: b\nHLINE 6+4 crlf 2  c\nHLINE 10+4 crlf 2 \\x09d\n"
         "HEADER 0+14 depth 0 crlf 8 A: b c\\x09d = A = b c\\x09d\nHLINE 14+4 crlf 2 B:\n"
         "HEADER 14+4 depth 0 crlf 2 B: = B = \nHEND 18+2 crlf 0 \n"},
        {"blanks only continue", ESI_LIT("A: b\r\n \r\n\r\n"),
         "HLINE 0+6 crlf 4 A: b\nHLINE 6+3 crlf 1  \n"
         "HEADER 0+9 depth 0 crlf 5 A: b  = A = b \nHEND 9+2 crlf 0 \n"},
        {"blank before the colon", ESI_LIT("A \t: b\n\n"),
         "HLINE 0+7 lf 6 A \\x09: b\nHEADER 0+7 depth 0 lf 6 A \\x09: b = A = b\nHEND 7+1 lf 0 \n"},
        {"mbox line", ESI_LIT("From a b\r\nA: b\r\n\r\n"),
         "HLINE 0+10 crlf 8 From a b\nHLINE 10+6 crlf 4 A: b\n"
         "HEADER 10+6 depth 0 crlf 4 A: b = A = b\nHEND 16+2 crlf 0 \n"},
        {"mbox line too late", ESI_LIT("A: b\r\nFrom a b\r\n"),
         "HLINE 0+6 crlf 4 A: b\nHEADER 0+6 depth 0 crlf 4 A: b = A = b\nBODY 6+10 lines 1\n"},
        {"no headers", ESI_LIT("hello\r\nA: b\r\n"), "BODY 0+13 lines 2\n"},
        {"begins with a blank", ESI_LIT(" A: b\r\n"), "BODY 0+7 lines 1\n"},
        {"no name", ESI_LIT(": b\r\n"), "BODY 0+5 lines 1\n"},
        {"name of other bytes", ESI_LIT("A\x80: b\r\n"), "BODY 0+7 lines 1\n"},
        {"no empty line", ESI_LIT("A: b\r\nhello\r\n"),
         "HLINE 0+6 crlf 4 A: b\nHEADER 0+6 depth 0 crlf 4 A: b = A = b\nBODY 6+7 lines 1\n"},
        {"empty at once", ESI_LIT("\r\nA: b\r\n"), "HEND 0+2 crlf 0 \nBODY 2+6 lines 1\n"},
        {"ends inside", ESI_LIT("A: b\r\n c\r\n.\r\n"),
         "HLINE 0+6 crlf 4 A: b\nHLINE 6+4 crlf 2  c\n"
         "HEADER 0+10 depth 0 crlf 6 A: b c = A = b c\nEND 10+3 crlf 1 .\n"},
    };

    play_rows(rows, ESI_COUNT(rows),
              (struct law_script){.mode = ESI_MODE_MESSAGE, .short_line = 998});
}

Test(smtp, end_of_data)
{
    static const struct row rows[] = {
        {"at once", ESI_LIT(".\r\nRSET\r\n"), "END 0+3 crlf 1 .\nCOMMAND 3+6 crlf 4 RSET\n"},
        {"behind the empty line", ESI_LIT("\r\n.\r\n"), "HEND 0+2 crlf 0 \nEND 2+3 crlf 1 .\n"},
        {"behind CRLF", ESI_LIT("\r\nx\r\n.\r\n"),
         "HEND 0+2 crlf 0 \nBODY 2+3 lines 1\nEND 5+3 crlf 1 .\n"},
        {"bare LF behind it", ESI_LIT("\r\nx\r\n.\ny\r\n"), "HEND 0+2 crlf 0 \nBODY 2+8 lines 3\n"},
        {"bare LF before it", ESI_LIT("\r\nx\n.\r\ny\r\n"), "HEND 0+2 crlf 0 \nBODY 2+8 lines 3\n"},
        {"empty line with bare LF before it", ESI_LIT("\n.\r\ny\r\n"),
         "HEND 0+1 lf 0 \nBODY 1+6 lines 2\n"},
        {"bare CR before it", ESI_LIT("\r\nx\r.\r\ny\r\n"), "HEND 0+2 crlf 0 \nBODY 2+8 lines 2\n"},
        {"a second CR", ESI_LIT("\r\n.\r\r\n"), "HEND 0+2 crlf 0 \nBODY 2+4 lines 1\n"},
        {"stuffed", ESI_LIT("\r\n..\r\n.x\r\n. \r\n"), "HEND 0+2 crlf 0 \nBODY 2+12 lines 3\n"},
    };
    struct law_script script = {.mode = ESI_MODE_MESSAGE, .short_line = 998};

    play_rows(rows, ESI_COUNT(rows), script);
    script.short_line = 64;
    play_rows(rows, ESI_COUNT(rows), script);
}

Test(smtp, body_lines)
{
    static const struct row rows[] = {
        {"around the bound", ESI_LIT("\r\nabc\r\nabcd\r\nabc\nabcd\nabcd"),
         "HEND 0+2 crlf 0 \nBODY 2+5 lines 1\nBLINE 7+6 crlf 4 abcd\nBODY 13+4 lines 1\n"
         "BLINE 17+5 lf 4 abcd\n"},
    };
    static const struct row every[] = {
        {"each for itself", ESI_LIT("\r\na\r\n\r\n.\r\n"),
         "HEND 0+2 crlf 0 \nBLINE 2+3 crlf 1 a\nBLINE 5+2 crlf 0 \nEND 7+3 crlf 1 .\n"},
    };
    struct law_script script = {.mode = ESI_MODE_MESSAGE, .short_line = 3};

    play_rows(rows, ESI_COUNT(rows), script);
    script.short_line = 0;
    play_rows(every, ESI_COUNT(every), script);
}

#define OUTER "Content-Type: Multipart/Mixed; boundary=\"o\"\r\n"
#define OUTER_TOLD                                                                                 \
    "HLINE 0+45 crlf 43 Content-Type: Multipart/Mixed; boundary=\"o\"\n"                           \
    "HEADER 0+45 depth 0 crlf 43 Content-Type: Multipart/Mixed; boundary=\"o\" = Content-Type = "  \
    "Multipart/Mixed; boundary=\"o\"\nHEND 45+2 crlf 0 \n"

Test(smtp, mime_parts)
{
    static const struct row rows[] = {
        {"a part, and text behind the end",
         ESI_LIT(OUTER "\r\npre\r\n--o\r\nA: b\r\n c\r\n\r\nB: x\r\n--o--\r\nC: x\r\n.\r\n"),
         OUTER_TOLD "BODY 47+20 lines 4\nHEADER 57+10 depth 1 crlf 6 A: b c = A = b c\n"
                    "BODY 67+21 lines 4\nEND 88+3 crlf 1 .\n"},
        {"padding, and a boundary that only begins so",
         ESI_LIT(OUTER "\r\n--o \t\r\nA: b\r\n\r\n--ox\r\n--o\r\nB: c\r\n--o-- \r\n"),
         OUTER_TOLD "BODY 47+13 lines 2\nHEADER 54+6 depth 1 crlf 4 A: b = A = b\n"
                    "BODY 60+19 lines 4\nHEADER 73+6 depth 1 crlf 4 B: c = B = c\n"
                    "BODY 79+8 lines 1\n"},
        {"no header section", ESI_LIT(OUTER "\r\n--o\r\ntext\r\nA: b\r\n"),
         OUTER_TOLD "BODY 47+17 lines 3\n"},
        {"ends in a part's header", ESI_LIT(OUTER "\r\n--o\r\nA: b\r\n.\r\n"),
         OUTER_TOLD "BODY 47+11 lines 2\nHEADER 52+6 depth 1 crlf 4 A: b = A = b\n"
                    "END 58+3 crlf 1 .\n"},
        {"no empty line before the first part",
         ESI_LIT("Content-Type: multipart/x;boundary=b\r\n"
                 "--b\r\nA: b\r\n\r\n"),
         "HLINE 0+38 crlf 36 Content-Type: multipart/x;boundary=b\n"
         "HEADER 0+38 depth 0 crlf 36 Content-Type: multipart/x;boundary=b = Content-Type = "
         "multipart/x;boundary=b\n"
         "BODY 38+11 lines 2\nHEADER 43+6 depth 1 crlf 4 A: b = A = b\nBODY 49+2 lines 1\n"},
        {"not a multipart",
         ESI_LIT("Content-Type: text/plain; boundary=b\r\n\r\n--b\r\nA: b\r\n\r\n"),
         "HLINE 0+38 crlf 36 Content-Type: text/plain; boundary=b\n"
         "HEADER 0+38 depth 0 crlf 36 Content-Type: text/plain; boundary=b = Content-Type = "
         "text/plain; boundary=b\nHEND 38+2 crlf 0 \nBODY 40+13 lines 3\n"},
    };

    play_rows(rows, ESI_COUNT(rows),
              (struct law_script){.mode = ESI_MODE_MESSAGE, .short_line = 998});
}

/* field_depths - the fields of MIME sections, as "depth name" each, of a message. */
static void
field_depths(struct esi_slice bytes, bool follow, struct esi_buf *out)
{
    struct esi_smtp *smtp = esi_smtp_new();
    struct esi_smtp_event event;

    esi_smtp_set_short_line(smtp, 998);
    esi_smtp_set_mime(smtp, follow);
    esi_smtp_set_mode(smtp, ESI_TO_SERVER, ESI_MODE_MESSAGE, 0);
    esi_smtp_push(smtp, ESI_TO_SERVER, 0, bytes);
    while (esi_smtp_next(smtp, &event)) {
        if (event.kind != ESI_SMTP_HEADER)
            continue;
        esi_buf_printf(out, "%u ", event.u.header.depth);
        esi_buf_append(out, event.u.header.name);
        esi_buf_byte(out, '\n');
    }
    esi_smtp_free(smtp);
}

#define TYPE(value) "Content-Type: " value "\r\n"
#define PARTS(boundary) TYPE("multipart/mixed; boundary=" boundary)

Test(smtp, mime_nests)
{
    static const struct {
        const char *what;
        struct esi_slice bytes;
        const char *want;
    } rows[] = {
        {"a multipart in a multipart",
         ESI_LIT(PARTS("a") "\r\n--a\r\n" PARTS(
             "b") "\r\n--b\r\nX: 1\r\n\r\n--b--\r\nN: o\r\n"
                  "--a\r\nY: 1\r\n\r\n--b\r\nN: o\r\n\r\n--a--\r\n--a\r\nN: o\r\n\r\n"),
         "0 Content-Type\n1 Content-Type\n2 X\n1 Y\n"},
        {"an outer delimiter closes the inner",
         ESI_LIT(PARTS("a") "\r\n--a\r\n" PARTS("b") "\r\n--b\r\nX: 1\r\n\r\n--a\r\nY: 1\r\n\r\n"),
         "0 Content-Type\n1 Content-Type\n2 X\n1 Y\n"},
        {"a message in a part, with parts",
         ESI_LIT(PARTS("a") "\r\n--a\r\n" TYPE("message/rfc822 (c)") "\r\nX: 1\r\n" PARTS(
             "b") "\r\n--b\r\nY: 1\r\n\r\n--a\r\nZ: 1\r\n\r\n"),
         "0 Content-Type\n1 Content-Type\n2 X\n2 Content-Type\n3 Y\n1 Z\n"},
        {"a message in a message", ESI_LIT(TYPE("message/rfc822") "\r\nX: 1\r\n\r\nN: o\r\n\r\n"),
         "0 Content-Type\n1 X\n"},
        {"a digest",
         ESI_LIT(TYPE("multipart/digest; boundary=a") "\r\n--a\r\n\r\nX: 1\r\n\r\n--a\r\n" TYPE(
             "text/plain") "\r\nN: o\r\n\r\n"),
         "0 Content-Type\n2 X\n1 Content-Type\n"},
        {"the same boundary twice: the inner one has it",
         ESI_LIT(PARTS("a") "\r\n--a\r\n" PARTS("a") "\r\n--a\r\nX: 1\r\n\r\n--a--\r\n--a\r\nY: "
                                                     "1\r\n\r\n"),
         "0 Content-Type\n1 Content-Type\n2 X\n1 Y\n"},
        {"the first Content-Type counts",
         ESI_LIT(TYPE("text/plain") PARTS("a") "\r\n--a\r\nN: o\r\n\r\n"),
         "0 Content-Type\n0 Content-Type\n"},
        {"a folded boundary of many forms",
         ESI_LIT(TYPE("multipart/mixed;\r\n boundary*1=b;\r\n boundary*0=a") "\r\n--ab\r\nX: 1\r\n"
                                                                             "\r\n"),
         "0 Content-Type\n1 X\n"},
        {"no boundary", ESI_LIT(TYPE("multipart/mixed; boundary=\"\"") "\r\n--\r\nN: o\r\n\r\n"),
         "0 Content-Type\n"},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct esi_buf got = {0};
        field_depths(rows[i].bytes, true, &got);
        cr_assert(esi_slice_eq(esi_buf_slice(&got), esi_slice_of(rows[i].want)), "%s:\n%.*s",
                  rows[i].what, (int)got.len, (char *)got.data);
        esi_buf_free(&got);
    }
}

Test(smtp, mime_can_be_left_alone)
{
    struct esi_buf got = {0};

    field_depths(ESI_LIT(PARTS("a") "\r\n--a\r\nX: 1\r\n\r\n"), false, &got);
    cr_assert(esi_slice_eq(esi_buf_slice(&got), ESI_LIT("0 Content-Type\n")));
    esi_buf_free(&got);
}

Test(smtp, mime_depth_is_bounded)
{
    struct esi_buf bytes = {0}, got = {0};
    char deepest[16];

    for (int i = 0; i < 100; i++)
        esi_buf_text(&bytes, TYPE("message/rfc822") "\r\n");
    field_depths(esi_buf_slice(&bytes), true, &got);
    snprintf(deepest, sizeof deepest, "\n%d Con", ESI_SMTP_MIME_DEPTH);
    esi_buf_byte(&got, '\0');
    cr_assert(strstr((char *)got.data, deepest));
    snprintf(deepest, sizeof deepest, "\n%d Con", ESI_SMTP_MIME_DEPTH + 1);
    cr_assert_not(strstr((char *)got.data, deepest));
    esi_buf_free(&bytes);
    esi_buf_free(&got);
}

Test(smtp, gaps)
{
    static const struct {
        const char *what;
        enum esi_mode mode;
        struct esi_span gap;
        struct esi_slice bytes;
        const char *want;
    } rows[] = {
        {"in a command",
         ESI_MODE_LINES,
         {2, 3},
         ESI_LIT("EH???x\r\nQUIT\r\n"),
         "GAP 2+3\nCOMMAND 8+6 crlf 4 QUIT\n"},
        {"between commands: a known verb began where it stands",
         ESI_MODE_LINES,
         {6, 3},
         ESI_LIT("RSET\r\n???QUIT\r\nA\n"),
         "COMMAND 0+6 crlf 4 RSET\nGAP 6+3\nCOMMAND 9+6 crlf 4 QUIT\nCOMMAND 15+2 lf 1 A\n"},
        {"between commands: the end of something",
         ESI_MODE_LINES,
         {6, 3},
         ESI_LIT("RSET\r\n???host\r\nA\n"),
         "COMMAND 0+6 crlf 4 RSET\nGAP 6+3\nCOMMAND 15+2 lf 1 A\n"},
        {"in a header section",
         ESI_MODE_MESSAGE,
         {7, 3},
         ESI_LIT("A: b\r\n ???c\r\n d\r\nB: c\r\n\r\n.\r\n"),
         "HLINE 0+6 crlf 4 A: b\nGAP 7+3\nHLINE 10+3 crlf 1 c\nHLINE 13+4 crlf 2  d\n"
         "HLINE 17+6 crlf 4 B: c\nHEADER 17+6 depth 0 crlf 4 B: c = B = c\nHEND 23+2 crlf 0 \n"
         "END 25+3 crlf 1 .\n"},
        {"in a body: what is behind it is not the dot",
         ESI_MODE_MESSAGE,
         {5, 3},
         ESI_LIT("\r\nx\r\n???.\r\n.\r\n"),
         "HEND 0+2 crlf 0 \nBODY 2+3 lines 1\nGAP 5+3\nBODY 8+3 lines 1\nEND 11+3 crlf 1 .\n"},
        {"opaque", ESI_MODE_OPAQUE, {1, 3}, ESI_LIT("a???b"), "PASSED 0+1\nGAP 1+3\nPASSED 4+1\n"},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct law_script script = {
            .bytes = rows[i].bytes, .mode = rows[i].mode, .gap = rows[i].gap, .short_line = 998};
        play_rows(&(struct row){rows[i].what, rows[i].bytes, rows[i].want}, 1, script);
    }
}

Test(smtp, gaps_in_chunks)
{
    static const struct {
        const char *what;
        uint64_t gap_len;
        const char *want;
    } rows[] = {
        {"inside", 2,
         "CHUNK 0+1 more\nGAP 1+2\nCHUNK 3+2 done\nCOMMAND 5+3 crlf 1 A\n"
         "COMMAND 8+3 crlf 1 B\n"},
        {"to its end", 4, "CHUNK 0+1 more\nGAP 1+4\nCOMMAND 5+3 crlf 1 A\nCOMMAND 8+3 crlf 1 B\n"},
        {"beyond it", 5, "CHUNK 0+1 more\nGAP 1+5\nCOMMAND 8+3 crlf 1 B\n"},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct law_script script = {
            .mode = ESI_MODE_CHUNK, .chunk_len = 5, .gap = {1, rows[i].gap_len}};
        struct row row = {rows[i].what, ESI_LIT("12345A\r\nB\r\n"), rows[i].want};
        play_rows(&row, 1, script);
    }
}
