/*
 * inspect_scale.c - sessions of very many of one thing: what is kept is bounded, and what is told
 * is no more than it is worth.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "esi/inspect.h"

enum { MANY = 3000, KEPT_MOST = 112 * 1024, OUTSTANDING_MOST = 4096 };

struct talk {
    struct esi_platform platform;
    struct esi_map map;
    struct esi_session *session;
    struct esi_outcomes out; /* of the last that was said */
    uint64_t at[2], verdicts;
    size_t memory; /* the most */
};

static void
begin(struct talk *talk, const char *platform, const char *knob)
{
    *talk = (struct talk){0};
    cr_assert(esi_platform_find(&talk->platform, platform, NULL));
    cr_assert(!knob || esi_platform_turn(&talk->platform, knob, NULL), "%s", knob);
    esi_platform_map(&talk->platform, &talk->map);
    talk->session = esi_session_new(&talk->platform, &talk->map, true, false);
}

static void
feed(struct talk *talk, struct esi_stream_event event)
{
    esi_outcomes_clear(&talk->out);
    esi_session_feed(talk->session, &event, &talk->out);
    for (size_t i = 0; i < talk->out.len; i++)
        talk->verdicts += talk->out.items[i].kind == ESI_OUTCOME_VERDICT;
    if (esi_session_memory(talk->session) > talk->memory)
        talk->memory = esi_session_memory(talk->session);
}

static void
say(struct talk *talk, enum esi_dir dir, const char *text)
{
    struct esi_slice bytes = esi_slice_of(text);

    if (bytes.len == 0)
        return;
    feed(talk, (struct esi_stream_event){.kind = ESI_STREAM_DATA,
                                         .dir = dir,
                                         .span = {talk->at[dir], bytes.len},
                                         .bytes = bytes,
                                         .ends_segment = true});
    talk->at[dir] += bytes.len;
}

static void
client(struct talk *talk, const char *text)
{
    say(talk, ESI_TO_SERVER, text);
}

static void
server(struct talk *talk, const char *text)
{
    say(talk, ESI_TO_CLIENT, text);
}

/* told - the verdicts of what was said last that are about this behaviour. */
static unsigned
told(const struct talk *talk, const char *behaviour)
{
    unsigned count = 0;

    for (size_t i = 0; i < talk->out.len; i++)
        count += talk->out.items[i].kind == ESI_OUTCOME_VERDICT &&
                 strcmp(talk->out.items[i].u.verdict.behaviour->id, behaviour) == 0;
    return count;
}

static void
end(struct talk *talk)
{
    esi_session_free(talk->session);
    esi_outcomes_free(&talk->out);
}

#define TO_DATA "MAIL FROM:<a@example.net>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n"
#define DATA_REPLIES "250 ok\r\n250 ok\r\n354 go\r\n"

Test(inspect, what_is_kept_and_told_is_bounded)
{
    static const struct {
        const char *what, *platform, *knob;
        const char *first_client, *first_server, *client, *server;
        uint64_t verdicts_each; /* that each repetition gives at most */
    } rows[] = {
        {"commands", "asa-8", NULL, "", "", "NOOP\r\n", "250 ok\r\n", 0},
        {"masked commands", "asa-8", NULL, "", "", "XDEBUG\r\n", "500 no\r\n", 1},
        {"NOOPs in their place", "pix-4.0", NULL, "", "", "XDEBUG\r\n", "250 ok\r\n", 1},
        {"pipelined commands", "asa-8", NULL, "", "", "NOOP\r\n", "", 1},
        {"recipients", "asa-8", NULL, "", "", "RCPT TO:<b>\r\n", "550 no\r\n", 1},
        {"SASL lines", "asa-8", NULL, "AUTH LOGIN\r\n", "334 \r\n", "AAAA\r\n", "334 \r\n", 0},
        {"chunks", "asa-8", NULL, "", "", "BDAT 3\r\nabc", "250 ok\r\n", 3},
        {"replies", "asa-8", NULL, "", "", "", "250 ok\r\n", 1},
        {"lines of a reply", "asa-8", NULL, "HELP\r\n", "", "", "214-help\r\n", 0},
        {"lines of an EHLO reply", "asa-8", NULL, "EHLO a\r\n", "250-m\r\n", "", "250-X\r\n", 1},
        {"typed bytes", "pix-6.3", NULL, "", "", "a", "", 1},
        {"segments of one line", "asa-8", "command_mask_scope=packet", "", "", "aaaaa", "", 1},
        {"header fields", "asa-7.0", "duplicate_header_names=all", TO_DATA, DATA_REPLIES,
         "A: b\r\n", "", 0},
        {"messages", "asa-8", NULL, "", "", TO_DATA "A: b\r\n\r\nc\r\n.\r\n",
         DATA_REPLIES "250 ok\r\n", 9},
        {"TLS records", "asa-9.4", NULL, "STARTTLS\r\n", "220 go\r\n", "\026\003\001", "\026\003",
         0},
    };

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        struct talk talk;
        begin(&talk, rows[r].platform, rows[r].knob);
        server(&talk, "220 m\r\n");
        client(&talk, rows[r].first_client);
        server(&talk, rows[r].first_server);
        talk.verdicts = 0;
        for (int i = 0; i < MANY; i++) {
            client(&talk, rows[r].client);
            server(&talk, rows[r].server);
        }
        cr_assert(talk.verdicts <= MANY * rows[r].verdicts_each, "%s: %llu verdicts", rows[r].what,
                  (unsigned long long)talk.verdicts);
        cr_assert(talk.memory <= KEPT_MOST, "%s: %zu bytes", rows[r].what, talk.memory);
        end(&talk);
    }
}

/* Replies find their commands, be there more of them than are remembered; one more is unasked. */
Test(inspect, more_commands_wait_than_are_remembered)
{
    struct talk talk;

    begin(&talk, "asa-8", NULL);
    server(&talk, "220 m\r\n");
    for (unsigned i = 0; i < OUTSTANDING_MOST + 10; i++)
        client(&talk, i < OUTSTANDING_MOST ? "NOOP\r\n" : "XDEBUG\r\n");
    cr_assert(talk.memory <= KEPT_MOST, "%zu bytes", talk.memory);
    for (unsigned i = 0; i < OUTSTANDING_MOST + 10; i++) {
        server(&talk, "250 ok\r\n");
        cr_assert(told(&talk, "unasked-reply") == 0, "reply %u", i);
    }
    cr_assert_not(esi_session_result(talk.session)->divergence.found,
                  "which of them were masked is not remembered");
    server(&talk, "250 ok\r\n");
    cr_assert(told(&talk, "unasked-reply") == 1);
    end(&talk);
}

/* A reply that answers one verb only finds it behind others, as often as it is asked. */
Test(inspect, what_waits_is_counted)
{
    struct talk talk;

    begin(&talk, "asa-8", NULL);
    server(&talk, "220 m\r\n");
    for (int i = 0; i < 20; i++) {
        client(&talk, "NOOP\r\nRSET\r\nNOOP\r\nDATA\r\n");
        server(&talk, "354 go\r\n");
        client(&talk, "XDEBUG: no command\r\n.\r\n");
        cr_assert(told(&talk, "verb-mask") == 0, "message %d", i);
        server(&talk, "250 taken\r\n");
    }
    server(&talk, "354 go\r\n");
    client(&talk, "XDEBUG\r\n");
    cr_assert(told(&talk, "verb-mask") == 0, "what 354 answers is uncertain by now");
    end(&talk);
}

/* However many limits a line crosses and however the map orders them, they come in the order of
 * their bytes, each once. */
Test(inspect, a_line_crosses_many_limits)
{
    enum { LIMITS = 200 };
    static struct esi_match matches[LIMITS];
    struct talk talk;
    char line[LIMITS + 3];

    begin(&talk, "asa-8", NULL);
    esi_session_free(talk.session);
    for (size_t i = 0; i < LIMITS; i++)
        matches[i] = (struct esi_match){.rule = {"limit", 1, NULL, 0},
                                        .criterion = ESI_CRITERION_CMD_LINE_LENGTH,
                                        .limit = i * 77 % LIMITS,
                                        .acts = true,
                                        .action = ESI_ACTION_LOG};
    talk.map = (struct esi_map){.name = "m", .matches = matches, .match_count = LIMITS};
    talk.session = esi_session_new(&talk.platform, &talk.map, false, false);
    memset(line, 'a', LIMITS);
    memcpy(line + LIMITS, "\r\n", 3);
    client(&talk, line);
    cr_assert(told(&talk, "cmd-line-length") == LIMITS, "%u", told(&talk, "cmd-line-length"));
    for (size_t i = 0; i < LIMITS; i++)
        cr_assert(talk.out.items[i].u.verdict.decided_at == i, "verdict %zu at %llu", i,
                  (unsigned long long)talk.out.items[i].u.verdict.decided_at);
    end(&talk);
}

/* Names of headers are remembered until there are too many: the first ones stay known. */
Test(inspect, names_of_headers_are_bounded)
{
    static const struct {
        const char *what, *field;
        unsigned fired;
    } rows[] = {
        {"the first one is still known", "List: h=x-0000:q\r\n", 1},
        {"case does not matter", "List: h=X-0007:q\r\n", 1},
        {"the last one no more", "List: h=x-2999:q\r\n", 0},
        {"a name that was only mentioned", "mention: a\r\n", 1},
        {"a word that is no list", "Subject: x-0000\r\n", 0},
        {"a name longer than any",
         "List: h=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
         "xxxxxxxxx:q\r\n",
         0},
    };

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        struct talk talk;
        char line[64];
        begin(&talk, "asa-7.0", "duplicate_header_names=all");
        server(&talk, "220 m\r\n");
        for (int message = 0; message < 2; message++) { /* what the first held is forgotten */
            client(&talk, TO_DATA);
            server(&talk, DATA_REPLIES);
            client(&talk, message == 0 ? "x-2999: a\r\n\r\n.\r\n" : "A: h=mention:other\r\n");
            if (message == 0)
                server(&talk, "250 ok\r\n");
        }
        client(&talk, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx: a\r\n");
        for (int i = 0; i < MANY; i++) {
            snprintf(line, sizeof line, "x-%04d: a\r\n", i);
            client(&talk, line);
        }
        client(&talk, rows[r].field);
        client(&talk, "\r\n"); /* so that the field is over */
        cr_assert(told(&talk, "duplicate-header-name") == rows[r].fired, "%s", rows[r].what);
        cr_assert(talk.memory <= KEPT_MOST, "%s: %zu bytes", rows[r].what, talk.memory);
        end(&talk);
    }
}
