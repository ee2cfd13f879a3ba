/* base_escape.c - untrusted bytes made safe to show. */
#include <criterion/criterion.h>

#include "esi/base.h"

typedef void escape_fn(struct esi_buf *out, struct esi_slice bytes);

Test(base, escapes)
{
    static const struct {
        escape_fn *fn;
        struct esi_slice bytes;
        const char *want;
    } rows[] = {
        {esi_escape_wire, ESI_LIT("plain ~"), "plain ~"},
        {esi_escape_wire, ESI_LIT("a\\b"), "a\\\\b"},
        {esi_escape_wire, ESI_LIT("\r\n\0\x1b[31m\x7f\xff"), "\\x0d\\x0a\\x00\\x1b[31m\\x7f\\xff"},
        {esi_escape_wire, ESI_LIT("quote\""), "quote\""},
        {esi_escape_wire, ESI_LIT(""), ""},
        {esi_escape_text, ESI_LIT("a\\b \xc3\xa4\xe2\x82\xac"), "a\\b \xc3\xa4\xe2\x82\xac"},
        {esi_escape_text, ESI_LIT("\x1b[31m\n\x7f\xff\xc2\x9b"),
         "\\x1b[31m\\x0a\\x7f\\xff\\xc2\\x9b"},
        {esi_escape_markup_text, ESI_LIT("<a b=\"c\" d='e'>&\\"),
         "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;\\"},
        {esi_escape_markup_text, ESI_LIT("\x01\n\xff\xc3\xa4"), "\\x01\\x0a\\xff\xc3\xa4"},
        {esi_escape_markup_text, ESI_LIT("a\xef\xbf\xbe<\xef\xbf\xbf"),
         "a\\xef\\xbf\\xbe&lt;\\xef\\xbf\\xbf"},
        {esi_escape_markup_text, ESI_LIT("\xef\xbf\xbd\xef"), "\xef\xbf\xbd\\xef"},
        {esi_escape_markup_wire, ESI_LIT("<a href=\"x\">&'"),
         "&lt;a href=&quot;x&quot;&gt;&amp;&#39;"},
        {esi_escape_markup_wire, ESI_LIT("a\\<\0\xe2\x80\xae"), "a\\\\&lt;\\x00\\xe2\\x80\\xae"},
        {esi_escape_markup_text, ESI_LIT("a\\b <\xc3\xa4>\n\xff"),
         "a\\b &lt;\xc3\xa4&gt;\\x0a\\xff"},
        {esi_escape_markup_text, ESI_LIT("\xe2\x80\xae\xe2\x80\x94\xd8\x9c\xf3\xa0\x80\x81"),
         "\\xe2\\x80\\xae\xe2\x80\x94\\xd8\\x9c\\xf3\\xa0\\x80\\x81"},
        {esi_escape_json_wire, ESI_LIT("quote\" \\ \r"), "quote\\\" \\\\\\\\ \\\\x0d"},
        {esi_escape_json_wire, ESI_LIT("\xc3\xa4"), "\\\\xc3\\\\xa4"},
        {esi_escape_json_text, ESI_LIT("a\"\\\n\x7f"), "a\\\"\\\\\\u000a\\u007f"},
        {esi_escape_json_text, ESI_LIT("\xc3\xa4\xe2\x82\xac\xf0\x9f\x93\xa7"),
         "\xc3\xa4\xe2\x82\xac\xf0\x9f\x93\xa7"},
        {esi_escape_json_text, ESI_LIT("\xff-\xc3"), "\xef\xbf\xbd-\xef\xbf\xbd"},
        {esi_escape_json_text, ESI_LIT("\xc0\xaf"), "\xef\xbf\xbd\xef\xbf\xbd"}, /* overlong */
        {esi_escape_json_text, ESI_LIT("\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {esi_escape_json_text, ESI_LIT("\xf4\x90\x80\x80"),
         "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct esi_buf out = {0};

        rows[i].fn(&out, rows[i].bytes);
        cr_assert(esi_slice_eq(esi_buf_slice(&out), esi_slice_of(rows[i].want)), "row %zu: %.*s", i,
                  (int)out.len, (const char *)out.data);
        esi_buf_free(&out);
    }
}

/* Runs of plain bytes are looked at several at a time: each byte, at each place of such a run, must
 * be seen. */
Test(base, escapes_at_every_place)
{
    enum { MOST = 26 };
    char want[MOST + 8], escaped[8];
    uint8_t bytes[MOST];

    for (size_t len = 1; len <= MOST; len++) {
        for (size_t at = 0; at < len; at++) {
            for (unsigned byte = 0; byte < 256; byte++) {
                struct esi_buf out = {0};

                memset(bytes, 'p', len);
                bytes[at] = (uint8_t)byte;
                snprintf(escaped, sizeof escaped,
                         byte == '\\'                 ? "\\\\"
                         : byte < 0x20 || byte > 0x7e ? "\\x%02x"
                                                      : "%c",
                         byte);
                snprintf(want, sizeof want, "%.*s%s%.*s", (int)at, (const char *)bytes, escaped,
                         (int)(len - at - 1), (const char *)bytes + at + 1);
                esi_escape_wire(&out, (struct esi_slice){bytes, len});
                cr_assert(esi_slice_eq(esi_buf_slice(&out), esi_slice_of(want)),
                          "%02x at %zu of %zu: %.*s, not %s", byte, at, len, (int)out.len,
                          (const char *)out.data, want);
                esi_buf_free(&out);
            }
        }
    }
}

static int
digit(uint8_t c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

Test(base, every_byte_can_be_recovered)
{
    struct esi_buf out = {0};

    for (int byte = 0; byte < 256; byte++) {
        uint8_t one = (uint8_t)byte;
        int back;

        esi_buf_clear(&out);
        esi_escape_wire(&out, (struct esi_slice){&one, 1});
        back = out.len == 4 ? digit(out.data[2]) * 16 + digit(out.data[3]) : out.data[0];
        cr_assert_eq(back, byte);
        cr_assert(out.len == 1 || out.data[0] == '\\');
    }
    esi_buf_free(&out);
}
