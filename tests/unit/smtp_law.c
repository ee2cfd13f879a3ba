/* smtp_law.c - however the bytes are cut, the same events: over dialogues, bounds and gaps. */
#include "support/smtp_law.h"

#include <criterion/criterion.h>

#define FILLER "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123"
#define MANY(line) line line line line line line line line line line

static const struct {
    const char *what;
    enum esi_mode mode;
    struct esi_slice bytes;
} dialogues[] = {
    {"commands", ESI_MODE_LINES,
     ESI_LIT(
         "EHLO a\r\nMAIL FROM:<a>\nRCPT TO:<b>\r\r\n\r\n\n XYZZY\r\nBDAT 12\r\n0123456789\r\n"
         "BDAT 0 LAST\r\nNOOP\r\nAUTH PLAIN\r\nAAAA\r\n*\r\nQUIT\r\nSTARTTLS\r\n\x16\x03\n\x01")},
    {"a message", ESI_MODE_LINES,
     ESI_LIT("DATA\r\nFrom x\r\nSubject: a\r\n b\r\n\tc\r\nFrom : y\r\n\r\n" MANY(
         FILLER "\r\n") "..\r\n. \r\n.x\r\n" MANY(FILLER "\n") "\n.\r\n.\n\r\n.\r\nQUIT\r\n")},
    {"nothing but the dot", ESI_MODE_LINES, ESI_LIT("DATA\r\n.\r\nDATA\r\n\r\n.\r\nQUIT\r\n")},
    {"dots", ESI_MODE_MESSAGE,
     ESI_LIT("\r\n.\n.\r.\r\n.\r\r\n..\r\n.\n\r\n.\rx\r\nx\r.\r\n\n\r\n..\r\n.\r\n.\r\n")},
    {"MIME", ESI_MODE_MESSAGE,
     ESI_LIT(
         "Content-Type: multipart/mixed;\r\n boundary=\"o\"\r\n\r\n--x\r\n--o\r\nA: b\r\n c\r\n"
         "Content-Type: message/rfc822\r\n\r\nFrom x\r\nSubject: in\r\nContent-Type: "
         "multipart/digest; boundary=o2\r\n\r\n--o2 \r\n\r\nB: c\r\n\r\n-\r\n--\r\n" MANY(
             FILLER
             "\r\n--o3\r\n") "--o2\r\nC: d\r\n--o--\t\r\n--o\r\nD: e\n\n" MANY("-- \r\n") ".\r\n")},
    {"a multipart without an empty line", ESI_MODE_MESSAGE,
     ESI_LIT("Content-Type: multipart/mixed; boundary=b\r\n--b\r\nA: b\r\n.\r\nRSET\r\n")},
};

static const uint64_t short_lines[] = {0, 1, 2, 63, 64, 75, 76, 998, UINT64_MAX};

/* law_holds - the record of every cut is that of the whole. */
static void
law_holds(const struct law_script *script, const char *what)
{
    static const unsigned cuts[] = {1, 2, 3, 7, 64, 200, 1448};
    struct esi_buf want = {0}, got = {0};

    law_play(script, 0, &want);
    for (size_t i = 0; i < ESI_COUNT(cuts); i++) {
        esi_buf_clear(&got);
        law_play(script, cuts[i], &got);
        cr_assert(esi_slice_eq(esi_buf_slice(&want), esi_buf_slice(&got)),
                  "%s, short line %llu, pieces of %u:\n%.*s\nas a whole:\n%.*s", what,
                  (unsigned long long)script->short_line, cuts[i], (int)got.len, (char *)got.data,
                  (int)want.len, (char *)want.data);
    }
    esi_buf_free(&want);
    esi_buf_free(&got);
}

Test(smtp, cuts_do_not_matter)
{
    for (size_t i = 0; i < ESI_COUNT(dialogues); i++) {
        for (size_t j = 0; j < ESI_COUNT(short_lines) * 2; j++) {
            struct law_script script = {.bytes = dialogues[i].bytes,
                                        .mode = dialogues[i].mode,
                                        .offset = UINT32_MAX - 100u,
                                        .short_line = short_lines[j / 2],
                                        .no_mime = j % 2};
            law_holds(&script, dialogues[i].what);
        }
    }
}

Test(smtp, cuts_do_not_matter_with_gaps)
{
    for (size_t i = 0; i < ESI_COUNT(dialogues); i++) {
        for (size_t at = 0; at < dialogues[i].bytes.len; at += 19) {
            struct law_script script = {.bytes = dialogues[i].bytes,
                                        .mode = dialogues[i].mode,
                                        .short_line = at % 2 ? 76 : 0,
                                        .gap = {at, 1 + at % 37}};
            law_holds(&script, dialogues[i].what);
        }
    }
}

/* Lines and fields around every bound: what is kept, and one more. */
Test(smtp, cuts_do_not_matter_to_long_lines)
{
    static const size_t lens[] = {ESI_SMTP_LINE_KEEP - 1, ESI_SMTP_LINE_KEEP,
                                  ESI_SMTP_LINE_KEEP + 1, ESI_SMTP_HEADER_KEEP - 3,
                                  ESI_SMTP_HEADER_KEEP,   ESI_SMTP_HEADER_KEEP + 1};
    static const char *const frames[][3] = {
        {"", "", ""},
        {"A:", "\r\n b\r\n\r\n", "x"},
        {"A: b\r\n ", "\r\n c\r\nB: c\n.\r\n", ""},
        {"", ": no name\r\n", ""},
        {"\r\n.", "\n.\r\n", ""},
    };

    for (size_t i = 0; i < ESI_COUNT(lens) * ESI_COUNT(frames) * 2; i++) {
        const char *const *frame = frames[i / 2 % ESI_COUNT(frames)];
        struct esi_buf bytes = {0};
        esi_buf_text(&bytes, frame[0]);
        for (size_t n = lens[i / 2 / ESI_COUNT(frames)]; n > 0; n--)
            esi_buf_byte(&bytes, 'y');
        esi_buf_text(&bytes, frame[1]);
        esi_buf_text(&bytes, frame[2]);
        esi_buf_text(&bytes, "\r\n");
        struct law_script script = {.bytes = esi_buf_slice(&bytes),
                                    .mode = i % 2 ? ESI_MODE_MESSAGE : ESI_MODE_LINES,
                                    .short_line = 998};
        struct esi_buf want = {0}, got = {0};
        law_play(&script, 0, &want);
        law_play(&script, 1448, &got);
        cr_assert(esi_slice_eq(esi_buf_slice(&want), esi_buf_slice(&got)), "row %zu", i);
        esi_buf_free(&want);
        esi_buf_free(&got);
        esi_buf_free(&bytes);
    }
}
