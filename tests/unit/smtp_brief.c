/* smtp_brief.c - headers of which nobody wants every line: what is still told is told alike. */
#include <criterion/criterion.h>

#include "esi/smtp.h"

static const char message[] =
    "Received: by a\r\n\tid 1\r\nSubject: x\r\n folded\r\ncontent-type: multipart/mixed;\r\n"
    " boundary=b\r\nFrom : y\r\nX-Long: 0123456789012345678901234567890123456789\r\n\r\n"
    "--b\r\nX-Part: 1\r\nContent-Disposition: attachment;\r\n filename=f\r\nX-Last: "
    "2\r\n\r\nbody\r\n"
    "--b--\r\n.\r\nQUIT\r\n";

/* is_wanted - whether an event has to be told where header lines of 40 bytes are short. */
static bool
is_wanted(const struct esi_smtp_event *event)
{
    struct esi_slice start = esi_slice_cut(event->text, 0, 8);

    if (event->kind == ESI_SMTP_HEADER)
        return esi_slice_eq_nocase(start, ESI_LIT("Content-"));
    return event->kind != ESI_SMTP_HEADER_LINE || event->text_len > 40;
}

static void
play(bool brief, size_t cut, struct esi_buf *out)
{
    struct esi_smtp *smtp = esi_smtp_new();
    struct esi_smtp_event event;
    size_t len = sizeof message - 1;

    esi_smtp_set_short_line(smtp, 998);
    if (brief)
        esi_smtp_set_short_header(smtp, 40);
    esi_smtp_set_mode(smtp, ESI_TO_SERVER, ESI_MODE_MESSAGE, 0);
    for (size_t at = 0; at < len; at += cut) {
        size_t n = cut < len - at ? cut : len - at;
        esi_smtp_push(smtp, ESI_TO_SERVER, at,
                      (struct esi_slice){(const uint8_t *)message + at, n});
        while (esi_smtp_next(smtp, &event)) {
            if (!event.done || event.kind == ESI_SMTP_BODY || !is_wanted(&event))
                continue;
            esi_buf_printf(out, "%d %llu+%llu ", (int)event.kind,
                           (unsigned long long)event.span.offset,
                           (unsigned long long)event.span.len);
            esi_buf_append(out, event.text);
            esi_buf_byte(out, '\n');
        }
    }
    esi_smtp_free(smtp);
}

Test(smtp, brief_headers_tell_the_same_of_what_they_tell)
{
    for (size_t cut = 1; cut < sizeof message; cut++) {
        struct esi_buf want = {0}, got = {0};
        play(false, cut, &want);
        play(true, cut, &got);
        cr_assert(want.len > 100 && esi_slice_eq(esi_buf_slice(&want), esi_buf_slice(&got)),
                  "pieces of %zu:\n%.*s\nwanted:\n%.*s", cut, (int)got.len, (char *)got.data,
                  (int)want.len, (char *)want.data);
        esi_buf_free(&want);
        esi_buf_free(&got);
    }
}

Test(smtp, brief_headers_leave_the_rest_out)
{
    struct esi_smtp *smtp = esi_smtp_new();
    struct esi_smtp_event event;
    unsigned fields = 0, lines = 0;

    esi_smtp_set_short_header(smtp, 40);
    esi_smtp_set_mode(smtp, ESI_TO_SERVER, ESI_MODE_MESSAGE, 0);
    esi_smtp_push(smtp, ESI_TO_SERVER, 0, esi_slice_of(message));
    while (esi_smtp_next(smtp, &event)) {
        fields += event.kind == ESI_SMTP_HEADER;
        lines += event.kind == ESI_SMTP_HEADER_LINE;
    }
    cr_assert(fields == 2, "%u fields", fields);
    cr_assert(lines == 1, "%u header lines", lines);
    esi_smtp_free(smtp);
}

Test(smtp, brief_headers_tell_what_is_named)
{
    static const char text[] = "To: a\r\nContent-Transfer-Encoding: 8bit\r\nX: y\r\n\r\n";
    static const struct {
        unsigned fields, told;
    } rows[] = {{0, 0}, {ESI_FIELD_TO, 1}, {ESI_FIELD_TO | ESI_FIELD_TRANSFER_ENCODING, 2}};

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct esi_smtp *smtp = esi_smtp_new();
        struct esi_smtp_event event;
        unsigned told = 0;
        esi_smtp_set_short_header(smtp, 40);
        esi_smtp_set_fields(smtp, rows[i].fields);
        esi_smtp_set_mode(smtp, ESI_TO_SERVER, ESI_MODE_MESSAGE, 0);
        esi_smtp_push(smtp, ESI_TO_SERVER, 0, esi_slice_of(text));
        while (esi_smtp_next(smtp, &event))
            told += event.kind == ESI_SMTP_HEADER;
        cr_assert(told == rows[i].told, "row %zu: %u fields", i, told);
        esi_smtp_free(smtp);
    }
}
