/*
 * inspect_told.c - of each verdict, the byte that decides it, and the string that its message
 * quotes: what case files do not show.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "esi/inspect.h"

#include "support/match_rows.h"

static const struct esi_match matches[] = {
    NUMBER(CMD_LINE_LENGTH, 30, false),
    NUMBER(CMD_LINE_LENGTH, 30, false),
    NUMBER(CMD_LINE_LENGTH, 4, true),
    SET(CMD_VERB, 1u << ESI_VERB_HELP, false),
    NUMBER(SENDER_ADDRESS_LENGTH, 5, false),
    NUMBER(SENDER_ADDRESS_LENGTH, 2, true),
    NUMBER(CMD_RCPT_COUNT, 1, false),
    NUMBER(HEADER_LENGTH, 5, false),
    NUMBER(HEADER_LINE_LENGTH, 6, false),
    NUMBER(HEADER_TO_FIELDS_COUNT, 1, false),
    NUMBER(MIME_FILENAME_LENGTH, 3, false),
    SET(MIME_ENCODING, 1u << ESI_ENCODING_BASE64, false),
    NUMBER(BODY_LINE_LENGTH, 3, false),
    NUMBER(BODY_LENGTH, 2, false),
    NUMBER(INVALID_RECIPIENTS_COUNT, 0, false),
    SET(EHLO_REPLY_PARAMETER, 1u << ESI_KEYWORD_SIZE, false),
};
static const struct esi_match none = NUMBER(CMD_LINE_LENGTH, 0, false);
static const struct esi_match all_verbs = SET(CMD_VERB, ~0u, false);
static const struct esi_match rate = {.rule = {"rate", 1, NULL, 0},
                                      .criterion = ESI_CRITERION_CMD_VERB,
                                      .set = 1u << ESI_VERB_NOOP,
                                      .acts = true,
                                      .action = ESI_ACTION_RATE_LIMIT,
                                      .rate = 1};

/* A line of talk is C or S, what is said, and CRLF; a `\` at its end leaves that out, and all of
 * "\r" and "\n" in it is meant. */
static const struct {
    const char *what, *platform, *knobs[2], *const talk[8];
    const struct esi_match *matches; /* NULL: the platform's own map */
    size_t count;
    const char *expected; /* behaviour, span, the byte, the string */
} rows[] = {
    {"commands as they are masked",
     "asa-8",
     {NULL},
     {"CNOOP", "CEXPN staff", "CAB", "CSTARTTLS", "C", "CX\\", "C\r\n\\", "C  "},
     NULL,
     0,
     "verb-mask 6+4 9\nshort-command 18+2 19\nverb-starttls 22+8 29\nno-verb 32+0 32\n"
     "typed-bytes 34+1 34\nno-verb 37+2 39\n"},
    {"lines as they are masked",
     "asa-8",
     {"command_mask_scope=line"},
     {"CNOOP", "CEXPN staff"},
     NULL,
     0,
     "line-mask 6+10 15\n"},
    {"packets as they are masked",
     "asa-8",
     {"command_mask_scope=packet"},
     {"CNOOP\r\nEXPN staff\r\nNOOP"},
     NULL,
     0,
     "packet-mask 0+24 15\n"},
    {"written over by NOOP",
     "pix-4.4",
     {NULL},
     {"CNOOP", "CEXPN staff", "CAB"},
     NULL,
     0,
     "verb-noop 6+10 15\nshort-command 18+2 19\n"},
    {"how commands come",
     "asa-8",
     {NULL},
     {"S220 m", "CNOOP", "CNOOP", "CNOOP\n\\"},
     NULL,
     0,
     "greeting-keep4 4+1 0\npipelining 6+4 10\nbare-lf 12+4 16\npipelining 12+4 16\n"},
    {"a command that nothing ends",
     "asa-8",
     {NULL},
     {"CNOOP", "CEXPN sta\\", "."},
     NULL,
     0,
     "incomplete-command 6+8 13\n"},
    {"addresses: the string with all of its blanks, with the last of them",
     "asa-8",
     {NULL},
     {"CRCPT TO:<<a>b>", "CRCPT TO:a|b|c"},
     NULL,
     0,
     "address-angle 9+1 9\n"
     "address-angle 13+1 13 \"< a>b \"\n"
     "address-pipe 24+5 25\n"},
    {"the same, told at their segment's end",
     "asa-8",
     {"command_mask_scope=packet"},
     {"CRCPT TO:<<a>b>\r\nNOOP"},
     NULL,
     0,
     "address-angle 9+1 9\naddress-angle 13+1 13 \"< a>b \"\n"},
    {"pipes that become blanks",
     "pix-6.3",
     {NULL},
     {"CRCPT TO:<a|b|c>"},
     NULL,
     0,
     "address-pipe-blank 10+1 10\naddress-pipe-blank 12+1 12 \"<a b c>\"\n"},
    {"replies to commands nobody gave",
     "asa-8",
     {NULL},
     {"S220 m", "CNOOP", "S250 ok", "S250-one\r\n250 two"},
     NULL,
     0,
     "greeting-keep4 4+1 0\n"
     "unasked-reply 15+16 32\n"},
    {"the same, masked",
     "asa-8",
     {"server_transition=mask"},
     {"S220 m", "CNOOP", "S250 ok", "S250-one\r\n250 two"},
     NULL,
     0,
     "greeting-keep4 4+1 0\n"
     "unasked-reply-mask 19+3 21\n"
     "unasked-reply-mask 28+3 30\n"},
    {"EHLO keywords",
     "asa-8",
     {NULL},
     {"S220 m", "CEHLO x", "S250-m\r\n250-HELP\r\n250 X y"},
     NULL,
     0,
     "greeting-keep4 4+1 0\n"
     "ehlo-others 18+4 21\n"
     "ehlo-others 28+3 30\n"},
    {"two bugs of old boxes",
     "pix-6.3",
     {"data_state=on_command"},
     {"S220 m", "CDATA", "S500 no", "CHELP", "C.\\", "C\r\n\\"},
     NULL,
     0,
     "greeting-class20 4+1 0\n"
     "data-on-command 6+4 11\n"
     "data-on-command 12+1 14\n"},
    {"the end of a message missed",
     "pix-6.3",
     {NULL},
     {"S220 m", "CDATA", "S354 go", "CX: y\r\n\r\ntext", "C.\\", "C\r\n\\"},
     NULL,
     0,
     "greeting-class20 4+1 0\n"
     "end-of-data-missed 20+1 22 "
     "\"CRLF.CRLF split behind byte 3, 0.000 s behind the segment before\"\n"},
    {"the same; the name of a message inside is not this one's",
     "asa-8",
     {"end_of_data=one_segment"},
     {"CDATA",
      "CContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nMessage-ID: <1@a>\r\n\r\nx", "C.\\",
      "C\r\n\\"},
     NULL,
     0,
     "end-of-data-missed 80+1 82 "
     "\"CRLF.CRLF split behind byte 3, 0.000 s behind the segment before\"\n"},
    {"more than was declared",
     "asa-8",
     {NULL},
     {"CMAIL FROM:<a> SIZE=3", "CDATA", "CX: y\r\n\r\ntext", "C."},
     NULL,
     0,
     "size-violation 42+1 44 \"declared size is: 3, actual size is 14\"\n"},
    {"commands against limits",
     "asa-8",
     {NULL},
     {"S220 m", "CHELP", "CMAIL FROM:<abcdefgh>", "CMAIL FROM:<a>", "CMAIL FROM:<>",
      "CRCPT TO:<a@b.example.com, the rest>", "CRCPT TO:<b>"},
     matches,
     ESI_COUNT(matches),
     "match-not 0+4 5\n"
     "cmd-verb 0+4 5\n"
     "pipelining 6+20 26\n"
     "sender-length 17+8 22\n"
     "pipelining 28+13 41\n"
     "match-not 39+1 40\n"
     "pipelining 43+12 55\n"
     "match-not 43+12 54\n"
     "cmd-line-length 57+31 87\n"
     "cmd-line-length 57+31 87\n"
     "pipelining 57+35 92\n"
     "pipelining 94+11 105\n"
     "rcpt-count 94+11 106\n"},
    {"replies against limits",
     "asa-8",
     {NULL},
     {"S220 m", "CEHLO x", "S250-m\r\n250 SIZE 5", "CRCPT TO:<b>", "S550 no"},
     matches,
     ESI_COUNT(matches),
     "ehlo-match 18+6 23\n"
     "invalid-recipients 26+6 33\n"},
    {"messages against limits",
     "asa-8",
     {NULL},
     {"CDATA",
      "CTo: a, b\r\nContent-Type: text/plain; name=abcd\r\nContent-Transfer-Encoding: base64\r\n"
      "\r\nabcdef\r\n\\",
      "C."},
     matches,
     ESI_COUNT(matches),
     "match-not 0+4 5\n"
     "header-length 6+6 11\n"
     "header-line-length 6+7 12\n"
     "header-to-fields 6+8 16\n"
     "header-line-length 16+7 22\n"
     "mime-filename-length 16+35 53\n"
     "header-line-length 53+7 59\n"
     "mime-encoding 53+33 88\n"
     "body-length 92+1 92\n"
     "body-line-length 90+4 93\n"},
    {"no byte at all",
     "asa-8",
     {NULL},
     {"CNOOP", "C"},
     &none,
     1,
     "cmd-line-length 0+1 0\n"
     "no-verb 6+0 6\n"},
    {"an unknown verb is of no set",
     "asa-8",
     {NULL},
     {"CNOOP", "CFOOB"},
     &all_verbs,
     1,
     "cmd-verb 0+4 5\nverb-mask 6+4 9\n"},
    {"above its rate", "asa-8", {NULL}, {"CNOOP", "CNOOP"}, &rate, 1, "rate-limit 6+6 11\n"},
};

static void
put(struct esi_buf *out, const struct esi_outcomes *outcomes)
{
    for (size_t i = 0; i < outcomes->len; i++) {
        const struct esi_outcome *outcome = &outcomes->items[i];
        const struct esi_verdict *verdict = &outcome->u.verdict;
        esi_buf_printf(out, "%s %llu+%llu %llu", verdict->behaviour->id,
                       (unsigned long long)outcome->span.offset,
                       (unsigned long long)outcome->span.len,
                       (unsigned long long)verdict->decided_at);
        bool edited = verdict->action == ESI_ACTION_MASK || verdict->action == ESI_ACTION_REPLACE;
        if (edited && verdict->edit.dir != outcome->dir)
            esi_buf_text(out, " written elsewhere");
        if (verdict->logged.len > 0)
            esi_buf_printf(out, " \"%.*s\"", (int)verdict->logged.len, verdict->logged.ptr);
        esi_buf_byte(out, '\n');
    }
}

static void
say(struct esi_session *session, const char *said, uint64_t offset[2], struct esi_buf *out)
{
    enum esi_dir dir = said[0] == 'S' ? ESI_TO_CLIENT : ESI_TO_SERVER;
    struct esi_stream_event event = {.kind = said[0] == '.' ? ESI_STREAM_CLOSE : ESI_STREAM_DATA,
                                     .dir = dir,
                                     .ends_segment = true};
    struct esi_outcomes outcomes = {0};
    struct esi_buf bytes = {0};

    esi_buf_text(&bytes, said + 1);
    if (bytes.len > 0 && bytes.data[bytes.len - 1] == '\\')
        bytes.len--;
    else
        esi_buf_text(&bytes, "\r\n");
    event.bytes = esi_buf_slice(&bytes);
    event.span = (struct esi_span){offset[dir], bytes.len};
    esi_session_feed(session, &event, &outcomes);
    offset[dir] += bytes.len;
    put(out, &outcomes);
    esi_outcomes_free(&outcomes);
    esi_buf_free(&bytes);
}

Test(inspect, which_byte_decides_and_what_is_quoted)
{
    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        struct esi_platform platform;
        struct esi_map map;
        struct esi_buf out = {0};
        uint64_t offset[2] = {0};

        cr_assert(esi_platform_find(&platform, rows[r].platform, NULL));
        for (size_t i = 0; i < ESI_COUNT(rows[r].knobs) && rows[r].knobs[i]; i++)
            cr_assert(esi_platform_turn(&platform, rows[r].knobs[i], NULL), "%s", rows[r].what);
        esi_platform_map(&platform, &map);
        if (rows[r].matches)
            map = (struct esi_map){
                .name = "m", .matches = rows[r].matches, .match_count = rows[r].count};
        struct esi_session *session = esi_session_new(&platform, &map, false, false);
        for (size_t i = 0; i < ESI_COUNT(rows[r].talk) && rows[r].talk[i]; i++)
            say(session, rows[r].talk[i], offset, &out);
        cr_expect(esi_slice_eq(esi_buf_slice(&out), esi_slice_of(rows[r].expected)), "%s:\n%.*s",
                  rows[r].what, (int)out.len, (const char *)out.data);
        esi_session_free(session);
        esi_buf_free(&out);
    }
}

/* Whose line of a configuration it was is told with its words. */
Test(inspect, a_parameter_is_a_rule)
{
    struct esi_platform platform;
    struct esi_map map;
    struct esi_outcomes out = {0};
    static const char text[] = "220 m\r\n250-m\r\n250 STARTTLS\r\n";
    struct esi_slice bytes = esi_slice_of(text);

    cr_assert(esi_platform_find(&platform, "asa-8", NULL));
    map = (struct esi_map){.name = "m"};
    map.parameter[ESI_PARAMETER_ALLOW_TLS].rule =
        (struct esi_rule){.words = "no allow-tls", .config_file = "a.cfg", .config_line = 7};
    struct esi_session *session = esi_session_new(&platform, &map, false, false);
    esi_session_feed(session,
                     &(struct esi_stream_event){.kind = ESI_STREAM_DATA,
                                                .dir = ESI_TO_CLIENT,
                                                .span = {0, bytes.len},
                                                .bytes = bytes,
                                                .ends_segment = true},
                     &out);
    cr_assert(out.len == 1, "%zu verdicts", out.len);
    cr_expect(out.items[0].u.verdict.rule.config_line == 7);
    esi_session_free(session);
    esi_outcomes_free(&out);
}
