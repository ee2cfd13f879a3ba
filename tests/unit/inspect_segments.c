/* inspect_segments.c - segments that the capture holds no end of. */
#include <criterion/criterion.h>

#include "esi/inspect.h"

enum { C = ESI_TO_SERVER, S = ESI_TO_CLIENT };

struct step {
    int dir;
    enum esi_stream_kind kind;
    const char *text; /* DATA */
    bool ends_segment;
    uint64_t missing; /* GAP */
};

static const struct {
    const char *what, *knob;
    struct step steps[6];
    const char *expected;
} rows[] = {
    {"the end of the capture ends it",
     "command_mask_scope=packet",
     {{C, ESI_STREAM_DATA, "NOOP\r\n", true, 0},
      {C, ESI_STREAM_DATA, "EXPN x\r\nNO", false, 0},
      {C, ESI_STREAM_END, NULL, false, 0}},
     "packet-mask 6+10\n"},
    {"a hole ends it",
     "command_mask_scope=packet",
     {{C, ESI_STREAM_DATA, "EXPN x\r\n", false, 0},
      {C, ESI_STREAM_GAP, NULL, false, 4},
      {C, ESI_STREAM_DATA, "\r\nNOOP\r\n", true, 0},
      {C, ESI_STREAM_DATA, "EXPN x\r\n", true, 0}},
     "packet-mask 0+8\npacket-mask 20+8\n"},
    {"TLS of the server's ends it",
     "command_mask_scope=packet",
     {{C, ESI_STREAM_DATA, "NOOP\r\n", true, 0},
      {C, ESI_STREAM_DATA, "STARTTLS\r\n", false, 0},
      {S, ESI_STREAM_DATA, "\x16\x03\x03hello", true, 0}},
     "verb-starttls 6+10\n"},
    {"what is typed behind a hole is judged for itself",
     "segment_judgement=per_segment",
     {{C, ESI_STREAM_DATA, "NOOP no", false, 0},
      {C, ESI_STREAM_GAP, NULL, false, 4},
      {C, ESI_STREAM_DATA, "x\r\n", true, 0},
      {C, ESI_STREAM_DATA, "AB", true, 0}},
     "typed-bytes 14+2\n"},
    {"three bytes are few, four are not",
     "segment_judgement=per_segment",
     {{C, ESI_STREAM_DATA, "AB", false, 0},
      {C, ESI_STREAM_DATA, "C", true, 0},
      {C, ESI_STREAM_DATA, "\r\n", true, 0},
      {C, ESI_STREAM_DATA, "ABC", false, 0},
      {C, ESI_STREAM_DATA, "D", true, 0}},
     "typed-bytes 0+3\n"},
};

static void
feed(struct esi_session *session, const struct step *step, uint64_t offset[2], struct esi_buf *out)
{
    struct esi_slice bytes = step->text ? esi_slice_of(step->text) : (struct esi_slice){0};
    struct esi_outcomes outcomes = {0};
    struct esi_stream_event event = {.kind = step->kind,
                                     .dir = (enum esi_dir)step->dir,
                                     .span = {offset[step->dir], bytes.len + step->missing},
                                     .bytes = bytes,
                                     .ends_segment = step->ends_segment};

    esi_session_feed(session, &event, &outcomes);
    offset[step->dir] += event.span.len;
    for (size_t i = 0; i < outcomes.len; i++)
        esi_buf_printf(out, "%s %llu+%llu\n", outcomes.items[i].u.verdict.behaviour->id,
                       (unsigned long long)outcomes.items[i].span.offset,
                       (unsigned long long)outcomes.items[i].span.len);
    esi_outcomes_free(&outcomes);
}

Test(inspect, segments_without_an_end)
{
    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        struct esi_platform platform;
        struct esi_map map;
        struct esi_buf out = {0};
        uint64_t offset[2] = {0};

        cr_assert(esi_platform_find(&platform, "asa-8", NULL));
        cr_assert(esi_platform_turn(&platform, rows[r].knob, NULL));
        esi_platform_map(&platform, &map);
        struct esi_session *session = esi_session_new(&platform, &map, false, false);
        for (size_t i = 0; i < ESI_COUNT(rows[r].steps) &&
                           (rows[r].steps[i].text || rows[r].steps[i].kind != ESI_STREAM_OPEN);
             i++)
            feed(session, &rows[r].steps[i], offset, &out);
        cr_expect(esi_slice_eq(esi_buf_slice(&out), esi_slice_of(rows[r].expected)), "%s:\n%.*s",
                  rows[r].what, (int)out.len, (const char *)out.data);
        esi_session_free(session);
        esi_buf_free(&out);
    }
}
