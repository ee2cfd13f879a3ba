/* cli_sessions.c - sessions listed by number, and which flows these are. */
#include <criterion/criterion.h>

#include "esi/cli.h"

static void
drop(struct esi_cli_sessions *sessions)
{
    struct esi_cli_common common = {.sessions = *sessions};

    esi_cli_common_free(&common);
}

Test(cli_sessions, lists)
{
    static const struct {
        const char *list, *words; /* words NULL: it is none */
    } rows[] = {
        {"1", "1"},      {"5,2-3", "2-3,5"}, {"1-3,2-6,9", "1-6,9"},
        {"4-4", "4"},    {"0", NULL},        {"", NULL},
        {"1,", NULL},    {",1", NULL},       {"3-2", NULL},
        {"1-", NULL},    {"-1", NULL},       {"one", NULL},
        {" 1", NULL},    {"1 ", NULL},       {"99999999999999999999", NULL},
        {"1-2-3", NULL}, {"1;2", NULL},      {"18446744073709551615", "18446744073709551615"},
    };

    for (size_t i = 0; i < ESI_COUNT(rows); i++) {
        struct esi_cli_sessions sessions = {0};
        struct esi_error err = {0};
        bool good = esi_cli_sessions_parse(&sessions, rows[i].list, &err);

        cr_expect_eq(good, rows[i].words != NULL, "'%s'", rows[i].list);
        if (good)
            cr_expect_str_eq(esi_cli_sessions_words(&sessions), rows[i].words);
        else
            cr_expect(strstr(err.text, "such as 1,4-7"), "%s", err.text);
        drop(&sessions);
    }
}

Test(cli_sessions, numbers_and_flows)
{
    struct esi_cli_sessions sessions = {0};

    cr_expect(esi_cli_sessions_has(&sessions, 7), "no list is all");
    cr_expect_null(esi_cli_sessions_words(&sessions));
    cr_assert(esi_cli_sessions_parse(&sessions, "2-3,70", NULL));
    for (uint64_t number = 1; number < 80; number++) {
        bool listed = number == 2 || number == 3 || number == 70;

        cr_expect_eq(esi_cli_sessions_has(&sessions, number), listed, "%d", (int)number);
        esi_cli_sessions_note(&sessions, number, (esi_flow_id)(number * 100));
        cr_expect_eq(esi_cli_sessions_has_flow(&sessions, (esi_flow_id)(number * 100)), listed);
    }
    cr_expect_not(esi_cli_sessions_has_flow(&sessions, 201));
    cr_expect_not(esi_cli_sessions_has_flow(&sessions, 1000000));
    cr_expect(sessions.ranges[0].found && sessions.ranges[1].found);
    drop(&sessions);
}
