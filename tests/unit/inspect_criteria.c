/*
 * inspect_criteria.c - what a map's matches have a session look at: which lines are too short to
 * concern any of them.
 */
#include <criterion/criterion.h>

#include "inspect/inspect_internal.h"

#include "support/match_rows.h"

#define ALL UINT64_MAX

Test(inspect, lines_that_concern_no_match)
{
    enum { MOST = 2 };
    static const struct {
        const char *what, *knob;
        struct esi_match matches[MOST];
        size_t count;
        struct shorts shorts;
        uint32_t negated;
    } rows[] = {
        {"no match", NULL, {SET(CMD_VERB, 1, false)}, 0, {ALL, ALL, ALL}, 0},
        {"none about a line",
         NULL,
         {NUMBER(BODY_LENGTH, 5, false), SET(CMD_VERB, 1, true)},
         2,
         {ALL, ALL, ALL},
         (uint32_t)1 << ESI_CRITERION_CMD_VERB},
        {"of two limits the smaller",
         NULL,
         {NUMBER(CMD_LINE_LENGTH, 10, false), NUMBER(CMD_LINE_LENGTH, 12, false)},
         2,
         {10, ALL, ALL},
         0},
        {"wherever it stands",
         NULL,
         {NUMBER(HEADER_LINE_LENGTH, 9, false), NUMBER(HEADER_LINE_LENGTH, 7, false)},
         2,
         {ALL, 7, ALL},
         0},
        {"what keeps a limit is any line",
         NULL,
         {NUMBER(CMD_LINE_LENGTH, 10, true), NUMBER(BODY_LINE_LENGTH, 3, false)},
         2,
         {0, ALL, 3},
         (uint32_t)1 << ESI_CRITERION_CMD_LINE_LENGTH},
        {"line ends count",
         "line_length_counts=text_and_crlf",
         {NUMBER(BODY_LINE_LENGTH, 12, false), NUMBER(CMD_LINE_LENGTH, 3, false)},
         2,
         {1, ALL, 10},
         0},
        {"and are longer than the limit",
         "line_length_counts=text_and_crlf",
         {NUMBER(BODY_LINE_LENGTH, 1, false), NUMBER(HEADER_LINE_LENGTH, 2, false)},
         2,
         {ALL, 0, 0},
         0},
    };

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        struct esi_platform platform;
        struct esi_map map = {
            .name = "m", .matches = rows[r].matches, .match_count = rows[r].count};
        const struct shorts *want = &rows[r].shorts;

        cr_assert(esi_platform_find(&platform, "asa-8", NULL));
        cr_assert(!rows[r].knob || esi_platform_turn(&platform, rows[r].knob, NULL));
        struct esi_session *session = esi_session_new(&platform, &map, false, false);
        const struct shorts *got = &session->shorts;
        cr_expect(got->command == want->command && got->header == want->header &&
                      got->body == want->body,
                  "%s: %llu %llu %llu", rows[r].what, (unsigned long long)got->command,
                  (unsigned long long)got->header, (unsigned long long)got->body);
        cr_expect(session->negated == rows[r].negated, "%s: %x", rows[r].what, session->negated);
        esi_session_free(session);
    }
}
