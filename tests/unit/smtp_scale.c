/* smtp_scale.c - however much there is of a thing, what is kept of it is bounded and given back. */
#include <criterion/criterion.h>

#include "esi/smtp.h"

enum { MANY = 10000, KEPT_MOST = 64 * 1024, IDLE_MOST = 1024 };

struct talk {
    struct esi_smtp *smtp;
    uint64_t at[2], events;
    size_t memory; /* the most */
};

static void
pull(struct talk *talk)
{
    struct esi_smtp_event event;

    while (esi_smtp_next(talk->smtp, &event))
        talk->events++;
    if (esi_smtp_memory(talk->smtp) > talk->memory)
        talk->memory = esi_smtp_memory(talk->smtp);
}

static void
say(struct talk *talk, enum esi_dir dir, const char *text)
{
    struct esi_slice bytes = esi_slice_of(text);

    esi_smtp_push(talk->smtp, dir, talk->at[dir], bytes);
    talk->at[dir] += bytes.len;
    pull(talk);
}

Test(smtp, what_is_kept_is_bounded)
{
    static const struct {
        const char *what;
        enum esi_dir dir;
        enum esi_mode mode;
        const char *first, *again, *last;
        uint64_t events_each; /* that each repetition makes at most */
    } rows[] = {
        {"one command line", ESI_TO_SERVER, ESI_MODE_LINES, "", "aaaaaaaaaa", "\r\n", 1},
        {"one reply line", ESI_TO_CLIENT, ESI_MODE_LINES, "250 ", "aaaaaaaaaa", "\r\n", 1},
        {"one SASL line", ESI_TO_SERVER, ESI_MODE_AUTH, "", "aaaaaaaaaa", "\r\n", 1},
        {"one header line", ESI_TO_SERVER, ESI_MODE_MESSAGE, "A: ", "aaaaaaaaaa", "\r\n.\r\n", 1},
        {"one name", ESI_TO_SERVER, ESI_MODE_MESSAGE, "", "aaaaaaaaaa", "\r\n.\r\n", 1},
        {"one body line", ESI_TO_SERVER, ESI_MODE_MESSAGE, "\r\n", "aaaaaaaaaa", "\r\n.\r\n", 1},
        {"one field", ESI_TO_SERVER, ESI_MODE_MESSAGE, "A:\r\n", " b\r\n", "\r\n.\r\n", 1},
        {"fields", ESI_TO_SERVER, ESI_MODE_MESSAGE, "", "A: b\r\n c\r\n", "\r\n.\r\n", 3},
        {"parts in parts", ESI_TO_SERVER, ESI_MODE_MESSAGE, "",
         "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n", "\r\n.\r\n", 4},
        {"messages in messages", ESI_TO_SERVER, ESI_MODE_MESSAGE, "",
         "Content-Type: message/rfc822\r\n\r\n", "\r\n.\r\n", 3},
        {"parts side by side", ESI_TO_SERVER, ESI_MODE_MESSAGE,
         "Content-Type: multipart/mixed; boundary=b\r\n\r\n",
         "--b\r\nContent-Type: a/b; name=c\r\n\r\nd\r\n", "\r\n.\r\n", 5},
        {"parameters", ESI_TO_SERVER, ESI_MODE_MESSAGE, "Content-Type: multipart/mixed",
         ";\r\n boundary*0=b", "\r\n.\r\n", 2},
    };

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        struct talk talk = {.smtp = esi_smtp_new()};
        esi_smtp_set_mode(talk.smtp, rows[r].dir, rows[r].mode, 0);
        if (rows[r].first[0] != '\0')
            say(&talk, rows[r].dir, rows[r].first);
        talk.events = 0;
        for (int i = 0; i < MANY; i++)
            say(&talk, rows[r].dir, rows[r].again);
        cr_assert(talk.events <= MANY * rows[r].events_each, "%s: %llu events", rows[r].what,
                  (unsigned long long)talk.events);
        cr_assert(talk.memory <= KEPT_MOST, "%s: %zu bytes", rows[r].what, talk.memory);
        say(&talk, rows[r].dir, rows[r].last);
        esi_smtp_set_mode(talk.smtp, rows[r].dir, ESI_MODE_LINES, 0);
        say(&talk, rows[r].dir, "NOOP\r\n");
        cr_assert(esi_smtp_memory(talk.smtp) <= IDLE_MOST, "%s: %zu bytes stay", rows[r].what,
                  esi_smtp_memory(talk.smtp));
        esi_smtp_free(talk.smtp);
    }
    esi_smtp_free(NULL);
}

/* A word is looked for in two ways: both find the same end. */
Test(smtp, words_of_any_length)
{
    static const char ends[] = {' ', '\t', ':'};
    uint8_t line[64];

    for (size_t len = 0; len < sizeof line - 2; len++)
        for (size_t e = 0; e < sizeof ends; e++) {
            struct esi_smtp_event event;
            memset(line, 'a', sizeof line);
            line[len] = (uint8_t)ends[e];
            line[len + 2] = (uint8_t)ends[(e + 1) % sizeof ends];
            esi_smtp_parse_command((struct esi_slice){line, len}, &event);
            cr_assert(event.u.command.word.len == len && event.u.command.args.len == 0,
                      "a line of one word of %zu: %zu", len, event.u.command.word.len);
            esi_smtp_parse_command((struct esi_slice){line, sizeof line}, &event);
            cr_assert(event.u.command.word.len == len, "%zu and '%c': %zu", len, ends[e],
                      event.u.command.word.len);
        }
}

Test(smtp, a_hole_in_a_sasl_line)
{
    struct talk talk = {.smtp = esi_smtp_new()};
    struct esi_smtp_event event;

    esi_smtp_set_mode(talk.smtp, ESI_TO_SERVER, ESI_MODE_AUTH, 0);
    say(&talk, ESI_TO_SERVER, "dXN");
    esi_smtp_gap(talk.smtp, ESI_TO_SERVER, (struct esi_span){3, 5});
    talk.at[ESI_TO_SERVER] = 8;
    pull(&talk);
    talk.events = 0;
    say(&talk, ESI_TO_SERVER, "zdG");
    say(&talk, ESI_TO_SERVER, "8=\r");
    cr_assert(talk.events == 0, "the rest of the line is not told");
    esi_smtp_push(talk.smtp, ESI_TO_SERVER, 14, ESI_LIT("\ncGFzcw==\r\n"));
    cr_assert(esi_smtp_next(talk.smtp, &event) && event.kind == ESI_SMTP_AUTH_LINE &&
                  event.span.offset == 15 && esi_slice_eq(event.text, ESI_LIT("cGFzcw==")),
              "the next one is");
    cr_assert(!esi_smtp_next(talk.smtp, &event));
    esi_smtp_free(talk.smtp);
}
