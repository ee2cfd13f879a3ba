/*
 * inspect_keywords.c - `match [not] ehlo-reply-parameter` with its actions, several in a map; and
 * whose commands pass where the map says so itself.
 */
#include <criterion/criterion.h>

#include "esi/inspect.h"

#define SET(id) (1u << ESI_KEYWORD_##id)

static const struct {
    const char *what;
    struct esi_match matches[3];
    size_t count;
    bool allow_tls, own; /* own: the engine masks others by itself */
    const char *expected;
} rows[] = {
    {"no match masks STARTTLS alone",
     {{.acts = false}},
     0,
     false,
     false,
     "mask STARTTLS by no allow-tls\n"},
    {"nor that, where TLS is allowed", {{.acts = false}}, 0, true, false, ""},
    {"the engine itself",
     {{.acts = false}},
     0,
     false,
     true,
     "mask STARTTLS by no allow-tls\nmask HELP by keyword not among those let through\n"},
    {"others",
     {{.set = SET(OTHERS), .acts = true, .action = ESI_ACTION_MASK}},
     1,
     false,
     false,
     "mask STARTTLS by class 1\nmask HELP by class 1\n"},
    {"others, TLS allowed",
     {{.set = SET(OTHERS), .acts = true, .action = ESI_ACTION_MASK}},
     1,
     true,
     false,
     "mask HELP by class 1\n"},
    {"two words in one match",
     {{.set = SET(SIZE) | SET(AUTH), .acts = true, .action = ESI_ACTION_MASK}},
     1,
     true,
     false,
     "mask SIZE 100 by class 1\nmask AUTH LOGIN by class 1\n"},
    {"not",
     {{.set = SET(SIZE) | SET(OTHERS), .negated = true, .acts = true, .action = ESI_ACTION_MASK}},
     1,
     true,
     false,
     "mask AUTH LOGIN by class 1\n"},
    {"the first that holds masks",
     {{.set = SET(AUTH), .acts = true, .action = ESI_ACTION_MASK},
      {.set = SET(SIZE), .negated = true, .acts = true, .action = ESI_ACTION_MASK}},
     2,
     true,
     false,
     "mask AUTH LOGIN by class 1\nmask HELP by class 2\n"},
    {"log goes on to the next",
     {{.set = SET(AUTH), .acts = true, .action = ESI_ACTION_LOG},
      {.set = SET(AUTH), .acts = true, .action = ESI_ACTION_MASK}},
     2,
     true,
     false,
     "log AUTH LOGIN by class 1\nmask AUTH LOGIN by class 2\n"},
    {"a match without action does nothing",
     {{.set = SET(AUTH)}, {.set = SET(OTHERS), .acts = true, .action = ESI_ACTION_MASK}},
     2,
     true,
     false,
     "mask HELP by class 2\n"},
    {"drop ends the matching",
     {{.set = SET(SIZE), .acts = true, .action = ESI_ACTION_DROP_CONNECTION},
      {.set = SET(SIZE), .acts = true, .action = ESI_ACTION_MASK}},
     2,
     true,
     false,
     "drop-connection SIZE 100 by class 1\n"},
    {"a log of others leaves STARTTLS masked",
     {{.set = SET(OTHERS), .acts = true, .action = ESI_ACTION_LOG}},
     1,
     false,
     false,
     "log STARTTLS by class 1\nmask STARTTLS by no allow-tls\nlog HELP by class 1\n"},
    {"another criterion is none of these",
     {{.criterion = ESI_CRITERION_MIME_ENCODING,
       .set = ~0u,
       .acts = true,
       .action = ESI_ACTION_MASK}},
     1,
     true,
     false,
     ""},
};

static void
feed(struct esi_session *session, enum esi_dir dir, uint64_t offset, const char *text,
     struct esi_outcomes *out)
{
    struct esi_slice bytes = esi_slice_of(text);

    esi_session_feed(session,
                     &(struct esi_stream_event){.kind = ESI_STREAM_DATA,
                                                .dir = dir,
                                                .span = {offset, bytes.len},
                                                .bytes = bytes,
                                                .ends_segment = true},
                     out);
}

static void
print(struct esi_buf *got, const struct esi_outcomes *outcomes)
{
    for (size_t i = 0; i < outcomes->len; i++) {
        const struct esi_verdict *verdict = &outcomes->items[i].u.verdict;
        struct esi_slice before = verdict->before;

        if (verdict->what != ESI_WHAT_EHLO_KEYWORD && verdict->what != ESI_WHAT_COMMAND)
            continue;
        esi_buf_printf(got, "%s %.*s by ", esi_action_name(verdict->action), (int)before.len,
                       (const char *)before.ptr);
        if (verdict->rule.class_no > 0)
            esi_buf_printf(got, "class %u\n", verdict->rule.class_no);
        else
            esi_buf_printf(got, "%s\n", verdict->rule.words);
    }
    esi_buf_byte(got, '\0');
}

static void
run(const char *name, const struct esi_map *map, struct esi_buf *got)
{
    struct esi_platform platform;
    struct esi_outcomes outcomes = {0};

    cr_assert(esi_platform_find(&platform, name, NULL));
    struct esi_session *session = esi_session_new(&platform, map, false, false);
    feed(session, ESI_TO_CLIENT, 0, "220 m\r\n", &outcomes);
    feed(session, ESI_TO_SERVER, 0, "EHLO client.example.org\r\n", &outcomes);
    feed(session, ESI_TO_CLIENT, 7,
         "250-m\r\n250-SIZE 100\r\n250-AUTH LOGIN\r\n250-STARTTLS\r\n250 HELP\r\n", &outcomes);
    print(got, &outcomes);
    esi_session_free(session);
    esi_outcomes_free(&outcomes);
}

Test(inspect, keywords_by_the_maps_matches)
{
    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        struct esi_match matches[ESI_COUNT(rows[r].matches)];
        struct esi_map map = {.name = "m",
                              .matches = matches,
                              .match_count = rows[r].count,
                              .keywords_masked = rows[r].own};
        struct esi_buf got = {0};

        for (size_t m = 0; m < ESI_COUNT(matches); m++) {
            matches[m] = rows[r].matches[m];
            matches[m].rule.words = "match";
            matches[m].rule.class_no = (unsigned)m + 1;
            if (matches[m].criterion == 0)
                matches[m].criterion = ESI_CRITERION_EHLO_REPLY_PARAMETER;
        }
        map.parameter[ESI_PARAMETER_ALLOW_TLS].on = rows[r].allow_tls;
        run("asa-8", &map, &got);
        cr_expect_str_eq((const char *)got.data, rows[r].expected, "%s: %s", rows[r].what,
                         (const char *)got.data);
        esi_buf_free(&got);
    }
}

Test(inspect, commands_by_the_map)
{
    static const struct {
        const char *platform;
        enum esi_map_commands commands;
        const char *expected;
    } maps[] = {
        {"asa-8", ESI_COMMANDS_SMTP, "mask EHLO by command not among those let through\n"},
        {"ios", ESI_COMMANDS_OF_PLATFORM, "mask EHLO by command not among those let through\n"},
        {"ios", ESI_COMMANDS_SMTP, "mask EHLO by command not among those let through\n"},
        {"ios", ESI_COMMANDS_ESMTP,
         "mask STARTTLS by keyword not among those let through\n"
         "mask HELP by keyword not among those let through\n"},
    };

    for (size_t r = 0; r < ESI_COUNT(maps); r++) {
        struct esi_platform platform;
        struct esi_map map = {.name = "m", .commands = maps[r].commands};
        struct esi_buf got = {0};

        cr_assert(esi_platform_find(&platform, maps[r].platform, NULL));
        esi_platform_complete(&platform, &map);
        run(maps[r].platform, &map, &got);
        cr_expect_str_eq((const char *)got.data, maps[r].expected, "%s, %d: %s", maps[r].platform,
                         (int)maps[r].commands, (const char *)got.data);
        esi_buf_free(&got);
    }
}
