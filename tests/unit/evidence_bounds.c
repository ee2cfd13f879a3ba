/*
 * evidence_bounds.c - whatever is said, the fold takes bounded memory and keeps to its bounds; and
 * the fold over servers.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "esi/evidence.h"

enum { MEMORY_MOST = 32 * 1024 };

static struct esi_outcome
say(enum esi_dir dir, struct esi_turn turn, uint64_t len)
{
    struct esi_outcome said = {.dir = dir, .span = {0, len}, .frame = 1};

    said.u.turn = turn;
    return said;
}

static struct esi_slice
random_bytes(uint8_t *room, size_t most, uint32_t *dice)
{
    static const char likely[] = "XXXX****220ABC -=\n\r\"'";
    size_t len;

    *dice = *dice * 1664525 + 1013904223;
    len = (*dice >> 8) % most;
    for (size_t i = 0; i < len; i++) {
        *dice = *dice * 1664525 + 1013904223;
        room[i] = (*dice >> 24) & 1 ? (uint8_t)likely[(*dice >> 16) % (sizeof likely - 1)]
                                    : (uint8_t)(*dice >> 16);
    }
    return (struct esi_slice){room, len};
}

Test(evidence, hostile_turns, .timeout = 60)
{
    static const unsigned codes[] = {0, 220, 250, 354, 421, 500, 501, 502, 550, 554};
    static uint8_t room[3][ESI_SMTP_LINE_KEEP];
    uint32_t dice = 7;

    for (int round = 0; round < 400; round++) {
        struct esi_evidence *evidence = esi_evidence_new(round % 5 == 0);
        for (int i = 0; i < 60; i++) {
            size_t most = i % 7 == 0 ? ESI_SMTP_LINE_KEEP : 80;
            struct esi_turn turn = {
                .what = (enum esi_turn_what)(i == 0 ? ESI_TURN_GREETING : dice >> 9 & 7),
                .verb = (enum esi_verb)((dice >> 13) % (ESI_VERB_UNKNOWN + 1)),
                .word = random_bytes(room[0], most, &dice),
                .argument = random_bytes(room[1], most, &dice),
                .text = random_bytes(room[2], most, &dice),
                .code = codes[(dice >> 12) % ESI_COUNT(codes)],
                .lines = (dice >> 17) % 5};
            if (turn.verb == ESI_VERB_NOOP)
                turn.word = ESI_LIT("noop");
            struct esi_outcome said = say((dice >> 20) & 1, turn, dice >> 7);
            esi_evidence_see(evidence, &said);
        }
        struct esi_evidence_facts facts = {.resent = dice & 3,
                                           .dots_alone = 1,
                                           .dot_wait = dice,
                                           .end_split = true,
                                           .typed = dice & 7};
        esi_evidence_ending(evidence, &facts);
        cr_assert_lt(esi_evidence_memory(evidence), MEMORY_MOST);
        esi_evidence_free(evidence);
    }
}

/* of_commands - seconds that n commands and their replies take. */
static double
of_commands(size_t n)
{
    struct esi_evidence *evidence = esi_evidence_new(false);
    struct esi_outcome asked =
        say(ESI_TO_SERVER,
            (struct esi_turn){
                .what = ESI_TURN_COMMAND, .verb = ESI_VERB_UNKNOWN, .word = ESI_LIT("XXXXX")},
            7);
    struct esi_outcome answer =
        say(ESI_TO_CLIENT,
            (struct esi_turn){
                .what = ESI_TURN_REPLY, .code = 500, .text = ESI_LIT("what \"XXXXX\""), .lines = 1},
            18);
    clock_t start = clock();

    for (size_t i = 0; i < n; i++) {
        esi_evidence_see(evidence, &asked);
        esi_evidence_see(evidence, &answer);
    }
    esi_evidence_ending(evidence, NULL);
    cr_assert_lt(esi_evidence_memory(evidence), MEMORY_MOST);
    cr_assert_eq(esi_evidence_result(evidence)->grounds[0].times, n);
    esi_evidence_free(evidence);
    return (double)(clock() - start) / CLOCKS_PER_SEC;
}

Test(evidence, a_million_commands, .timeout = 60)
{
    double some = of_commands(100000), many = of_commands(1000000);

    cr_assert_lt(many, 40 * some + 0.5, "%f for ten times %f", many, some);
}

/* Nothing is allocated while nothing is found: the memory is that of the fixed part. */
Test(evidence, harmless_sessions_take_a_fixed_part)
{
    struct esi_evidence *evidence = esi_evidence_new(false);
    size_t before = esi_evidence_memory(evidence);
    struct esi_outcome turns[] = {
        say(ESI_TO_CLIENT,
            (struct esi_turn){.what = ESI_TURN_GREETING,
                              .code = 220,
                              .text = ESI_LIT("mx.example.com ESMTP Postfix"),
                              .lines = 1},
            34),
        say(ESI_TO_SERVER,
            (struct esi_turn){.what = ESI_TURN_COMMAND,
                              .verb = ESI_VERB_EHLO,
                              .word = ESI_LIT("EHLO"),
                              .argument = ESI_LIT("c")},
            8),
        say(ESI_TO_CLIENT,
            (struct esi_turn){.what = ESI_TURN_REPLY,
                              .code = 250,
                              .text = ESI_LIT("mx.example.com\nSIZE\nSTARTTLS\n8BITMIME\nCHUNKING"),
                              .lines = 5},
            60),
    };

    for (size_t i = 0; i < ESI_COUNT(turns); i++)
        esi_evidence_see(evidence, &turns[i]);
    cr_expect_eq(esi_evidence_memory(evidence), before);
    cr_expect_lt(before, 1024);
    esi_evidence_ending(evidence, NULL);
    cr_expect_eq(esi_evidence_result(evidence)->touched, ESI_TOUCHED_NO);
    esi_evidence_free(evidence);
}

Test(evidence, the_cure_names_the_server)
{
    struct esi_evidence *evidence = esi_evidence_new(false);
    struct esi_outcome greeting = say(ESI_TO_CLIENT,
                                      (struct esi_turn){.what = ESI_TURN_GREETING,
                                                        .code = 220,
                                                        .text = ESI_LIT("*******************"),
                                                        .lines = 1},
                                      25);
    struct esi_ip ip;
    bool named = false;

    cr_assert(esi_ip_parse(&ip, "2001:db8::25"));
    esi_evidence_see(evidence, &greeting);
    esi_evidence_ending(evidence, &(struct esi_evidence_facts){.server = &ip});
    const struct esi_evidence_result *result = esi_evidence_result(evidence);
    for (size_t i = 0; i < result->cure_count; i++)
        named |= strstr(result->cure[i], "deny tcp any host 2001:db8::25 eq smtp") != NULL;
    cr_expect(named);
    esi_evidence_free(evidence);
}

/* ---- servers ---- */

static struct esi_endpoint
server(unsigned number)
{
    return (struct esi_endpoint){.ip = {4, {192, 0, (uint8_t)(number >> 8), (uint8_t)number}},
                                 .port = 25};
}

static void
see(struct esi_evidence_servers *servers, unsigned number, esi_nanos ts, enum esi_touched touched)
{
    struct esi_endpoint at = server(number);
    struct esi_evidence_result result = {.touched = touched,
                                         .family = touched >= ESI_TOUCHED_PROBABLY ? ESI_BOX_ASA
                                                                                   : ESI_BOX_NONE,
                                         .greeted_220 = true,
                                         .listed = true};

    esi_evidence_servers_see(servers, &at, ts, &result);
}

Test(evidence, servers_that_are_masked_at_times)
{
    struct esi_evidence_servers *servers = esi_evidence_servers_new(10);

    see(servers, 1, 100, ESI_TOUCHED_NO);
    see(servers, 1, 110, ESI_TOUCHED_YES);
    see(servers, 1, 120, ESI_TOUCHED_UNKNOWN);
    see(servers, 1, 130, ESI_TOUCHED_PROBABLY);
    see(servers, 1, 140, ESI_TOUCHED_NO);
    see(servers, 2, 150, ESI_TOUCHED_NO);
    see(servers, 3, 160, ESI_TOUCHED_UNKNOWN);
    cr_assert_eq(esi_evidence_servers_count(servers), 3);
    const struct esi_evidence_server *one = esi_evidence_servers_at(servers, 0);
    cr_expect(one->intermittent && one->touched == ESI_TOUCHED_YES && one->family == ESI_BOX_ASA);
    cr_expect(one->first == 100 && one->last == 140);
    cr_expect(one->first_touched == 110 && one->last_touched == 130);
    cr_expect_eq(one->sessions[ESI_TOUCHED_NO], 2);
    cr_assert_eq(one->changes, 2);
    cr_expect(one->kept[0].ts == 110 && one->kept[0].touched);
    cr_expect(one->kept[1].ts == 140 && !one->kept[1].touched);
    cr_expect(!esi_evidence_servers_at(servers, 1)->intermittent);
    cr_expect_eq(esi_evidence_servers_at(servers, 1)->touched, ESI_TOUCHED_NO);
    cr_expect_eq(esi_evidence_servers_at(servers, 2)->touched, ESI_TOUCHED_UNKNOWN);
    esi_evidence_servers_free(servers);
}

/* A session that was not touched speaks against masking at all times only if it shows the place
 * where others were: a greeting of 220, or a list. */
Test(evidence, servers_are_held_against_like_sessions)
{
    struct esi_evidence_servers *servers = esi_evidence_servers_new(10);
    struct esi_ground ground = {.greeting = true};
    const struct {
        const char *what;
        bool by_greeting, greeted, listed, intermittent;
    } rows[] = {
        {"stars, and a refusal by 421", true, false, false, false},
        {"stars, and a clear greeting", true, true, false, true},
        {"an overwritten EHLO, and a client that began with HELO", false, true, false, false},
        {"an overwritten EHLO, and a list", false, true, true, true},
    };

    for (size_t d = 0; d < esi_detector_count(); d++)
        if (strcmp(esi_detector_at(d)->id, "greeting-stars") == 0)
            ground.detector = esi_detector_at(d);
    for (unsigned i = 0; i < ESI_COUNT(rows); i++) {
        struct esi_endpoint at = server(i);
        struct esi_evidence_result touched = {.touched = ESI_TOUCHED_YES,
                                              .family = ESI_BOX_ASA,
                                              .ground_count = rows[i].by_greeting,
                                              .grounds = &ground};
        struct esi_evidence_result clear = {
            .touched = ESI_TOUCHED_NO, .greeted_220 = rows[i].greeted, .listed = rows[i].listed};
        esi_evidence_servers_see(servers, &at, 100, &touched);
        esi_evidence_servers_see(servers, &at, 110, &clear);
        cr_expect_eq(esi_evidence_servers_at(servers, i)->intermittent, rows[i].intermittent, "%s",
                     rows[i].what);
    }
    esi_evidence_servers_free(servers);
}

Test(evidence, servers_are_bounded)
{
    enum { MOST = 100, ALL = 1000 };
    struct esi_evidence_servers *servers = esi_evidence_servers_new(MOST);

    for (unsigned round = 0; round < 3; round++)
        for (unsigned n = 0; n < ALL; n++)
            see(servers, n, (esi_nanos)n, ESI_TOUCHED_YES);
    cr_assert_eq(esi_evidence_servers_count(servers), MOST);
    for (unsigned n = 0; n < MOST; n++) {
        struct esi_endpoint want = server(n);
        const struct esi_evidence_server *got = esi_evidence_servers_at(servers, n);
        cr_expect(esi_ip_same(&got->server.ip, &want.ip));
        cr_expect_eq(got->sessions[ESI_TOUCHED_YES], 3);
    }
    cr_expect_eq(esi_evidence_servers_left(servers)[ESI_TOUCHED_YES], 3 * (ALL - MOST));
    esi_evidence_servers_free(servers);
}

Test(evidence, messages_that_come_again)
{
    struct esi_evidence_servers *servers = esi_evidence_servers_new(4);
    struct esi_endpoint at = server(1), other = server(2);
    struct esi_evidence_result lost = {.message = 77, .unanswered = true};
    struct esi_evidence_result done = {.message = 77};

    esi_evidence_servers_see(servers, &at, 1, &lost);
    esi_evidence_servers_see(servers, &other, 2, &done);
    esi_evidence_servers_see(servers, &at, 3, &lost);
    esi_evidence_servers_see(servers, &at, 4, &done);
    esi_evidence_servers_see(servers, &at, 5, &done);
    cr_expect_eq(esi_evidence_servers_at(servers, 0)->again, 2);
    cr_expect_eq(esi_evidence_servers_at(servers, 1)->again, 0);
    esi_evidence_servers_free(servers);
}

Test(evidence, keywords_that_come_and_go)
{
    struct esi_evidence_servers *servers = esi_evidence_servers_new(4);
    struct esi_endpoint at = server(1);
    struct esi_evidence_result with = {.offered = 7}, without = {.offered = 6}, silent = {0};

    cr_expect_str_eq(esi_evidence_keyword(0), "STARTTLS");
    cr_expect_null(esi_evidence_keyword(64));
    esi_evidence_servers_see(servers, &at, 1, &with);
    esi_evidence_servers_see(servers, &at, 2, &silent);
    cr_expect_eq(esi_evidence_servers_at(servers, 0)->not_always, 0);
    esi_evidence_servers_see(servers, &at, 3, &without);
    cr_expect_eq(esi_evidence_servers_at(servers, 0)->keywords, 7);
    cr_expect_eq(esi_evidence_servers_at(servers, 0)->not_always, 1);
    esi_evidence_servers_free(servers);
}
