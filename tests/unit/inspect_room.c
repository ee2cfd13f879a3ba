/*
 * inspect_room.c - what a session takes, and from which byte on it may still say something: by that
 * the pipeline forgets frames, and sessions where memory is short.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "inspect/inspect_internal.h"

struct talk {
    struct esi_platform platform;
    struct esi_map map;
    struct esi_session *session;
    struct esi_outcomes out;
    uint64_t offset[2];
};

static void
begin(struct talk *talk, const char *knob, bool turns)
{
    *talk = (struct talk){0};
    cr_assert(esi_platform_find(&talk->platform, "asa-8", NULL));
    cr_assert(!knob || esi_platform_turn(&talk->platform, knob, NULL));
    esi_platform_map(&talk->platform, &talk->map);
    talk->session = esi_session_new(&talk->platform, &talk->map, turns, false);
}

static void
say(struct talk *talk, enum esi_dir dir, const char *text, bool ends_segment)
{
    struct esi_slice bytes = esi_slice_of(text);

    esi_session_feed(talk->session,
                     &(struct esi_stream_event){.kind = ESI_STREAM_DATA,
                                                .dir = dir,
                                                .span = {talk->offset[dir], bytes.len},
                                                .bytes = bytes,
                                                .ends_segment = ends_segment},
                     &talk->out);
    talk->offset[dir] += bytes.len;
}

static void
end(struct talk *talk)
{
    esi_session_free(talk->session);
    esi_outcomes_free(&talk->out);
}

Test(inspect, from_where_on_it_may_say_something)
{
    enum { C = ESI_TO_SERVER, S = ESI_TO_CLIENT };
    static const struct {
        const char *what, *knob;
        struct {
            int dir;
            const char *text;
            bool ends_segment;
            uint64_t low_water;
        } said[6];
    } rows[] = {
        {"the line in progress",
         NULL,
         {{C, "NOOP\r\nEXPN", false, 6}, {C, " x\r\nNOOP\r\n", false, 20}}},
        {"the last segment, where it may be masked",
         "command_mask_scope=packet",
         {{C, "NOOP\r\n", true, 0},
          {C, "NOOP\r\n", false, 6},
          {C, "EXPN x\r\n", false, 6},
          {C, "NOOP\r\n", true, 6}}},
        {"the line that began before it",
         "command_mask_scope=packet",
         {{C, "NOOP\r\n", true, 0},
          {C, "EXPN", true, 6},
          {C, " x\r\n", false, 6},
          {C, "NOOP\r\n", true, 10}}},
        {"the line in progress that began before it",
         "command_mask_scope=packet",
         {{C, "NOOP\r\n", true, 0}, {C, "MAIL FR", true, 6}, {C, "OM:", false, 6}}},
        {"the AUTH line in progress that began before it",
         "command_mask_scope=packet",
         {{S, "220 m\r\n", true, 7},
          {C, "AUTH LOGIN\r\n", true, 0},
          {S, "334 x\r\n", true, 14},
          {C, "dXNl", true, 12},
          {C, "cg=", true, 12}}},
        {"the greeting, the reply, the line of a reply",
         NULL,
         {{S, "220-m\r\n", true, 0},
          {S, "220 m\r\n250", true, 14},
          {S, "-a\r\n250-", false, 14},
          {S, "b\r\n250 c\r\n", true, 35}}},
    };

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        struct talk talk;
        begin(&talk, rows[r].knob, false);
        for (size_t i = 0; i < ESI_COUNT(rows[r].said) && rows[r].said[i].text; i++) {
            enum esi_dir dir = (enum esi_dir)rows[r].said[i].dir;
            say(&talk, dir, rows[r].said[i].text, rows[r].said[i].ends_segment);
            uint64_t got = esi_session_low_water(talk.session, dir);
            cr_expect(got == rows[r].said[i].low_water, "%s, step %zu: %llu", rows[r].what, i,
                      (unsigned long long)got);
        }
        end(&talk);
    }
}

/* taken - beyond what each session takes, and its tokenizer. */
static size_t
taken(const struct talk *talk)
{
    const struct esi_session *session = talk->session;

    return esi_session_memory(session) - sizeof *session - esi_smtp_memory(session->smtp);
}

Test(inspect, a_harmless_session_takes_no_more_than_itself)
{
    struct talk talk;

    esi_session_free(NULL);
    begin(&talk, NULL, false);
    cr_expect(taken(&talk) == 0);
    say(&talk, ESI_TO_CLIENT, "220 mail.example.com\r\n", true);
    cr_expect(taken(&talk) == 0, "%zu behind the greeting", taken(&talk));
    say(&talk, ESI_TO_SERVER, "NOOP\r\nNOOP\r\n", true);
    cr_expect(taken(&talk) == 0, "%zu", taken(&talk));
    end(&talk);
}

Test(inspect, what_more_a_session_takes)
{
    struct talk talk;
    char long_line[600] = "EXPN ";

    memset(long_line + 5, 'x', sizeof long_line - 6);
    begin(&talk, NULL, false);
    for (int i = 0; i < 9; i++)
        say(&talk, ESI_TO_SERVER, "NOOP\r\n", true);
    cr_expect(taken(&talk) == 16 * sizeof(struct pending), "%zu for commands", taken(&talk));
    end(&talk);

    begin(&talk, NULL, false);
    say(&talk, ESI_TO_SERVER, long_line, true);
    cr_expect(taken(&talk) == talk.session->held.cap && taken(&talk) >= ESI_BEFORE_KEEP,
              "%zu for a line", taken(&talk));
    end(&talk);

    begin(&talk, NULL, true);
    say(&talk, ESI_TO_CLIENT, "220-some text of the server's\r\n", true);
    cr_expect(taken(&talk) == talk.session->reply.text.cap && taken(&talk) > 20,
              "%zu for a greeting", taken(&talk));
    end(&talk);

    begin(&talk, NULL, true);
    say(&talk, ESI_TO_CLIENT, "220 m\r\n", true);
    for (int i = 0; i < 20; i++) {
        say(&talk, ESI_TO_CLIENT, "250-", false);
        say(&talk, ESI_TO_CLIENT, long_line, false);
        say(&talk, ESI_TO_CLIENT, "\r\n", true);
    }
    cr_expect(talk.session->reply.text.len <= ESI_SMTP_LINE_KEEP, "%zu for a reply",
              talk.session->reply.text.len);
    end(&talk);

    begin(&talk, "end_of_data=one_segment", false);
    say(&talk, ESI_TO_SERVER, "DATA\r\nMessage-ID: <1@example.org>\r\n\r\n", true);
    cr_expect(taken(&talk) == talk.session->message_id.cap && taken(&talk) > 10,
              "%zu for a message's name", taken(&talk));
    end(&talk);

    begin(&talk, "duplicate_header_names=all", false);
    say(&talk, ESI_TO_SERVER, "DATA\r\nX: h=one:two:three:four:five\r\n\r\n", true);
    cr_expect(taken(&talk) == names_memory(talk.session) && taken(&talk) > 20, "%zu for names",
              taken(&talk));
    end(&talk);
}

Test(inspect, a_segment_is_kept_no_further_than_a_line_would_be)
{
    struct talk talk;
    char many[2001];

    memset(many, 'x', sizeof many - 1);
    many[sizeof many - 1] = '\0';
    begin(&talk, "command_mask_scope=packet", false);
    say(&talk, ESI_TO_SERVER, "NOOP\r\nEXPN", true);
    for (int i = 0; i < 50; i++)
        say(&talk, ESI_TO_SERVER, many, i % 20 == 19);
    say(&talk, ESI_TO_SERVER, "\r\n", false);
    cr_expect(taken(&talk) > ESI_SMTP_LINE_KEEP && taken(&talk) < 24 * 1024, "%zu", taken(&talk));
    end(&talk);
}

Test(inspect, blanks_wait_for_their_segments_end)
{
    enum { TIMES = 30, LONG = 300 };
    static const char *const begins[] = {"RCPT TO:<ab", "RCPT TO:<a<"};
    size_t least = TIMES * (sizeof(struct finding) + LONG - sizeof "RCPT TO:"), kept[2];
    struct talk talk;

    begin(&talk, "command_mask_scope=packet", false);
    for (size_t b = 0; b < ESI_COUNT(begins); b++) {
        char line[LONG + 1];
        memset(line, 'b', LONG);
        memcpy(line, begins[b], strlen(begins[b]));
        memcpy(line + LONG - 3, ">\r\n", 4);
        for (int i = 0; i < TIMES; i++)
            say(&talk, ESI_TO_SERVER, line, false);
        kept[b] = packet_memory(talk.session);
        say(&talk, ESI_TO_SERVER, "NOOP\r\n", true);
    }
    cr_expect(kept[1] > kept[0] + least && kept[1] < kept[0] + 2 * least, "%zu, then %zu", kept[0],
              kept[1]);
    cr_expect(packet_memory(talk.session) < kept[1] - TIMES * (LONG - 20), "%zu, then %zu", kept[1],
              packet_memory(talk.session));
    end(&talk);
}

Test(inspect, a_rate_takes_a_bucket_a_match)
{
    static const struct esi_match matches[3] = {{.rule = {"rate", 1, NULL, 0},
                                                 .criterion = ESI_CRITERION_CMD_VERB,
                                                 .set = 1u << ESI_VERB_NOOP,
                                                 .acts = true,
                                                 .action = ESI_ACTION_RATE_LIMIT,
                                                 .rate = 1}};
    struct talk talk;

    begin(&talk, NULL, false);
    esi_session_free(talk.session);
    talk.map = (struct esi_map){.name = "m", .matches = matches, .match_count = 3};
    talk.session = esi_session_new(&talk.platform, &talk.map, false, false);
    say(&talk, ESI_TO_SERVER, "NOOP\r\n", true);
    cr_expect(taken(&talk) == 3 * sizeof(struct bucket), "%zu", taken(&talk));
    end(&talk);
}
