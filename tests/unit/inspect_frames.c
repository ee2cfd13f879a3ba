/* inspect_frames.c - bodies and TLS are one turn each: from which frame on, and to which. */
#include <criterion/criterion.h>

#include "esi/inspect.h"

static const char *const segments[] = {
    "DATA\r\n", "X: y\r\n",     "\r\none\r\n",  "two\r\n",
    ".\r\n",    "STARTTLS\r\n", "\x16\x03\x01", "\x17\x03\x01",
};

static const struct {
    enum esi_turn_what what;
    uint64_t first, last; /* frames are places in the list above, from 1 on */
} rows[] = {
    {ESI_TURN_BODY, 3, 5},
    {ESI_TURN_TLS, 7, 8},
};

static void
feed(struct esi_session *session, struct esi_outcomes *out)
{
    struct esi_stream_event event = {
        .kind = ESI_STREAM_DATA, .dir = ESI_TO_SERVER, .ends_segment = true};

    for (size_t i = 0; i < ESI_COUNT(segments); i++) {
        event.bytes = esi_slice_of(segments[i]);
        event.span.len = event.bytes.len;
        event.frame = i + 1;
        event.ts = (esi_nanos)(i + 1) * 10;
        esi_session_feed(session, &event, out);
        event.span.offset += event.span.len;
    }
    event.kind = ESI_STREAM_END;
    esi_session_feed(session, &event, out);
}

Test(inspect, frames_of_long_turns)
{
    struct esi_platform platform;
    struct esi_map map;
    struct esi_outcomes out = {0};

    cr_assert(esi_platform_find(&platform, "asa-8", NULL));
    esi_platform_map(&platform, &map);
    struct esi_session *session = esi_session_new(&platform, &map, true, false);
    feed(session, &out);
    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        size_t i = 0;
        while (i < out.len &&
               (out.items[i].kind != ESI_OUTCOME_TURN || out.items[i].u.turn.what != rows[r].what))
            i++;
        cr_assert(i < out.len, "no turn %s", esi_turn_name(rows[r].what));
        cr_expect(out.items[i].u.turn.first_frame == rows[r].first, "%s from %llu on",
                  esi_turn_name(rows[r].what), (unsigned long long)out.items[i].u.turn.first_frame);
        cr_expect(out.items[i].frame == rows[r].last, "%s to %llu", esi_turn_name(rows[r].what),
                  (unsigned long long)out.items[i].frame);
    }
    cr_expect(out.items[0].ts == 10);
    esi_outcomes_clear(&out);
    cr_expect(out.len == 0 && out.arena.used == 0);
    esi_session_free(session);
    esi_outcomes_free(&out);
}
