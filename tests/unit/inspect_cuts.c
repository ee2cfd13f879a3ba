/*
 * inspect_cuts.c - a map about everything: whatever way the bytes are cut, and whether or not turns
 * are wanted, the verdicts are the same.
 */
#include <criterion/criterion.h>

#include "esi/inspect.h"

#include "support/match_rows.h"

static const struct esi_match limits[] = {
    NUMBER(BODY_LENGTH, 30, false),
    NUMBER(BODY_LENGTH, 5, false),
    NUMBER(BODY_LINE_LENGTH, 12, false),
    NUMBER(BODY_LINE_LENGTH, 20, false),
    NUMBER(HEADER_LINE_LENGTH, 9, false),
    NUMBER(HEADER_LENGTH, 60, false),
    NUMBER(CMD_LINE_LENGTH, 8, false),
    NUMBER(HEADER_TO_FIELDS_COUNT, 1, false),
    NUMBER(CMD_RCPT_COUNT, 1, false),
    NUMBER(MIME_FILENAME_LENGTH, 3, false),
    NUMBER(INVALID_RECIPIENTS_COUNT, 0, false),
    SET(MIME_ENCODING, 1u << ESI_ENCODING_BASE64, false),
    SET(CMD_VERB, 1u << ESI_VERB_RCPT, true),
};
static const struct esi_match kept[] = {
    NUMBER(BODY_LENGTH, 3000, true),       NUMBER(BODY_LINE_LENGTH, 12, true),
    NUMBER(HEADER_LINE_LENGTH, 20, true),  NUMBER(HEADER_LENGTH, 6000, true),
    NUMBER(CMD_LINE_LENGTH, 15, true),     NUMBER(HEADER_TO_FIELDS_COUNT, 9, true),
    NUMBER(MIME_FILENAME_LENGTH, 3, true), SET(MIME_ENCODING, 1u << ESI_ENCODING_BASE64, true),
};
/* Quiet: few headers are told, and few body lines. */
static const struct esi_match few[] = {
    NUMBER(BODY_LENGTH, 30, false),
    NUMBER(HEADER_LINE_LENGTH, 70, false),
    NUMBER(HEADER_TO_FIELDS_COUNT, 1, false),
    SET(MIME_ENCODING, 1u << ESI_ENCODING_BASE64 | 1u << ESI_ENCODING_8BIT, false),
};

static const struct {
    enum esi_dir dir;
    const char *text;
} talk[] = {
    {ESI_TO_CLIENT, "220 m\r\n"},
    {ESI_TO_SERVER, "MAIL FROM:<a@b.de> SIZE=20\r\n"},
    {ESI_TO_CLIENT, "250 ok\r\n"},
    {ESI_TO_SERVER, "RCPT TO:<c@d.de>\r\nRCPT TO:<e>\r\nDATA\r\n"},
    {ESI_TO_CLIENT, "250 ok\r\n550-no\r\n550 no\r\n354 go on\r\n"},
    {ESI_TO_SERVER,
     "From x\r\nSubject: x\r\n folded\r\n\tmore of it\r\nTo: a, b,\r\n c\r\nX: y\nTO: d\r\n"
     "MIME-Version: 1.0\r\nContent-Type: multipart/mixed;\r\n boundary=b\r\n"
     "Content-Transfer-Encoding: 8bit\r\n\r\npreamble of more than twenty bytes\r\n--b\r\n"
     "Content-Disposition: x; filename=abcd\r\nContent-Transfer-Encoding:\r\n BASE64\r\n\r\n"
     "abc\r\n..\r\n.\n\r\r\nabcdefghijkl\r\nabcdefghijklm\r\r\n--b--\r\nepilogue\r\n.\r\n"},
    {ESI_TO_CLIENT, "250 ok\r\n"},
    {ESI_TO_SERVER, "MAIL FROM:<a@b.de>\r\n"},
    {ESI_TO_CLIENT, "250 ok\r\n"},
    {ESI_TO_SERVER, "DATA\r\n"},
    {ESI_TO_CLIENT, "354 go on\r\n"},
    {ESI_TO_SERVER, "no header\r\n\r\n.\r\nQUIT\r\n"},
};

static void
put_verdict(struct esi_buf *out, const struct esi_outcome *outcome)
{
    const struct esi_verdict *verdict = &outcome->u.verdict;

    if (outcome->kind != ESI_OUTCOME_VERDICT)
        return;
    esi_buf_printf(out, "%llu: %s %s %llu+%llu at %llu: %s ", (unsigned long long)outcome->frame,
                   verdict->rule.words, esi_what_name(verdict->what),
                   (unsigned long long)outcome->span.offset, (unsigned long long)outcome->span.len,
                   (unsigned long long)verdict->decided_at, verdict->behaviour->id);
    esi_escape_wire(out, verdict->before);
    esi_buf_byte(out, '\n');
}

static void
play(const struct esi_platform *platform, const struct esi_map *map, bool turns, size_t cut,
     struct esi_buf *out)
{
    struct esi_session *session = esi_session_new(platform, map, turns, false);
    struct esi_outcomes outcomes = {0};
    uint64_t offset[2] = {0};

    for (size_t step = 0; step < ESI_COUNT(talk); step++) {
        struct esi_slice text = esi_slice_of(talk[step].text);
        for (size_t at = 0; at < text.len; at += cut) {
            struct esi_slice bytes = esi_slice_cut(text, at, cut);
            esi_session_feed(session,
                             &(struct esi_stream_event){.kind = ESI_STREAM_DATA,
                                                        .dir = talk[step].dir,
                                                        .span = {offset[talk[step].dir], bytes.len},
                                                        .bytes = bytes,
                                                        .ends_segment = at + cut >= text.len,
                                                        .frame = step},
                             &outcomes);
            offset[talk[step].dir] += bytes.len;
        }
    }
    for (size_t i = 0; i < outcomes.len; i++)
        put_verdict(out, &outcomes.items[i]);
    esi_outcomes_free(&outcomes);
    esi_session_free(session);
}

static void
law(const char *what, const struct esi_match *matches, size_t count, const char *knob)
{
    struct esi_map map = {.name = "m", .matches = matches, .match_count = count};
    struct esi_platform platform;
    struct esi_buf want = {0};

    cr_assert(esi_platform_find(&platform, "asa-8", NULL));
    cr_assert(!knob || esi_platform_turn(&platform, knob, NULL));
    play(&platform, &map, false, 10000, &want);
    cr_assert(want.len > 200, "%s: %.*s", what, (int)want.len, (char *)want.data);
    for (size_t cut = 1; cut < 90; cut++)
        for (int turns = 0; turns < 2; turns++) {
            struct esi_buf got = {0};
            play(&platform, &map, turns, cut, &got);
            cr_assert(esi_slice_eq(esi_buf_slice(&want), esi_buf_slice(&got)),
                      "%s, pieces of %zu, turns %d:\n%.*s\nwanted:\n%.*s", what, cut, turns,
                      (int)got.len, (char *)got.data, (int)want.len, (char *)want.data);
            esi_buf_free(&got);
        }
    esi_buf_free(&want);
}

Test(inspect, verdicts_do_not_depend_on_cuts)
{
    law("limits", limits, ESI_COUNT(limits), NULL);
    law("limits, line ends counted", limits, ESI_COUNT(limits), "line_length_counts=text_and_crlf");
    law("limits, unfolded", limits, ESI_COUNT(limits), "header_lines=unfolded");
    law("kept", kept, ESI_COUNT(kept), NULL);
    law("kept, unfolded", kept, ESI_COUNT(kept), "header_lines=unfolded");
    law("few", few, ESI_COUNT(few), NULL);
}
