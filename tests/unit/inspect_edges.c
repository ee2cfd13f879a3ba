/*
 * inspect_edges.c - no byte is read behind what a line, a header field or a value holds: each lies
 * where memory ends.
 */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include <criterion/criterion.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "inspect/inspect_internal.h"

#include "support/match_rows.h"

/* A session that looks at all there is. */
struct stage {
    struct esi_platform platform;
    struct esi_map map;
    struct esi_session *session;
    struct esi_outcomes out;
    size_t page;
    uint8_t *memory; /* a page, and behind it one that must not be touched */
};

static void
begin(struct stage *stage)
{
    static const char *const knobs[] = {"duplicate_header_names=all", "header_lines=unfolded"};
    static const struct esi_match matches[] = {
        NUMBER(SENDER_ADDRESS_LENGTH, 100, false),
        NUMBER(HEADER_LINE_LENGTH, 100, false),
        NUMBER(HEADER_TO_FIELDS_COUNT, 100, false),
        SET(MIME_ENCODING, 1u << ESI_ENCODING_BASE64, false),
    };

    *stage = (struct stage){.map = {.name = "m", .matches = matches}};
    stage->map.match_count = ESI_COUNT(matches);
    stage->map.parameter[ESI_PARAMETER_SPECIAL_CHARACTER].on = true;
    cr_assert(esi_platform_find(&stage->platform, "asa-8", NULL));
    for (size_t i = 0; i < ESI_COUNT(knobs); i++)
        cr_assert(esi_platform_turn(&stage->platform, knobs[i], NULL));
    stage->session = esi_session_new(&stage->platform, &stage->map, false, false);
    stage->session->out = &stage->out;
    stage->session->phase = PHASE_COMMANDS;
    stage->session->heard[ESI_TO_SERVER] = stage->session->heard[ESI_TO_CLIENT] = true;
    stage->page = (size_t)sysconf(_SC_PAGESIZE);
    stage->memory =
        mmap(NULL, 2 * stage->page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    cr_assert(stage->memory != MAP_FAILED);
    cr_assert(mprotect(stage->memory + stage->page, stage->page, PROT_NONE) == 0);
}

static void
end(struct stage *stage)
{
    esi_session_free(stage->session);
    esi_outcomes_free(&stage->out);
    munmap(stage->memory, 2 * stage->page);
}

/* lend - a whole line whose end lies elsewhere. */
static struct esi_smtp_event
lend(struct stage *stage, enum esi_smtp_kind kind, enum esi_dir dir, const char *text)
{
    size_t len = strlen(text);
    uint8_t *at = stage->memory + stage->page - len;

    memcpy(at, text, len);
    return (struct esi_smtp_event){.kind = kind,
                                   .dir = dir,
                                   .done = true,
                                   .eol = ESI_EOL_CRLF,
                                   .span = {1000, len + 2},
                                   .text_len = len,
                                   .text = {at, len}};
}

static void
command(struct stage *stage, const char *text)
{
    struct esi_smtp_event line = lend(stage, ESI_SMTP_COMMAND, ESI_TO_SERVER, text);

    esi_smtp_parse_command(line.text, &line);
    on_command(stage->session, &line);
}

static void
reply(struct stage *stage, const char *text)
{
    struct esi_smtp_event line = lend(stage, ESI_SMTP_REPLY_LINE, ESI_TO_CLIENT, text);

    esi_smtp_parse_reply(line.text, &line);
    on_reply_line(stage->session, &line);
}

/* field - its value lies behind a colon and a blank. */
static void
field(struct stage *stage, const char *text)
{
    struct esi_smtp_event line = lend(stage, ESI_SMTP_HEADER, ESI_TO_SERVER, text);
    size_t colon = strcspn(text, ":");

    line.u.header.name = esi_slice_cut(line.text, 0, colon);
    line.u.header.value = esi_slice_cut(line.text, colon + 2, line.text.len);
    on_message_event(stage->session, &line);
}

Test(inspect, commands_at_the_end_of_memory)
{
    static const char *const texts[] = {
        "MAIL",
        "MAIL ",
        "MAIL FROM:",
        "MAIL FROM:a",
        "MAIL FROM: a@b.de",
        "MAIL FROM:<a@b.de",
        "MAIL FROM:<a@b.de>",
        "MAIL FROM:<a@b.de> SIZE=3",
        "MAIL FROM:<a@b.de> SIZE",
        "MAIL FROM:<a@b.de> BODY",
        "RCPT a@b.de",
        "RCPT TO:<a@b.de>",
        "NOOP",
        "EXPN",
        "AB",
    };
    struct stage stage;

    for (size_t i = 0; i < ESI_COUNT(texts); i++) {
        begin(&stage);
        stage.session->hidden = (uint32_t)1 << EXTENSION_DSN;
        command(&stage, texts[i]);
        cr_expect(stage.session->result.counts.commands == 1, "%s", texts[i]);
        cr_expect(!stage.session->result.divergence.found, "%s", texts[i]);
        end(&stage);
    }
}

Test(inspect, replies_at_the_end_of_memory)
{
    struct stage stage;

    begin(&stage);
    command(&stage, "EHLO a");
    reply(&stage, "250-b");
    reply(&stage, "250-SIZE");
    reply(&stage, "250-");
    reply(&stage, "250 STARTTLS");
    cr_expect(stage.session->result.counts.ehlo_keywords_masked == 1);
    end(&stage);
}

Test(inspect, fields_at_the_end_of_memory)
{
    static const char *const texts[] = {
        "To: a",
        "To: (a",
        "To: \"a",
        "To: <a",
        "Subject: one",
        "Subject: one;",
        "X: h=one",
        "X: h=one:",
        "Content-Transfer-Encoding: 7bit",
        "Content-Transfer-Encoding: (a) ",
        "Content-Transfer-Encoding: 7bit ",
    };
    struct stage stage;

    for (size_t i = 0; i < ESI_COUNT(texts); i++) {
        begin(&stage);
        begin_message(stage.session);
        field(&stage, texts[i]);
        cr_expect(stage.out.len == 0, "%s", texts[i]);
        end(&stage);
    }
}

Test(inspect, a_mailbox_at_the_end_of_memory)
{
    struct stage stage;

    begin(&stage);
    struct esi_smtp_event line = lend(&stage, ESI_SMTP_COMMAND, ESI_TO_SERVER, "<a");
    cr_expect(esi_slice_eq(mailbox_of(line.text), ESI_LIT("a")));
    end(&stage);
}

Test(inspect, an_empty_line_at_the_end_of_memory)
{
    struct stage stage;

    begin(&stage);
    begin_message(stage.session);
    struct esi_smtp_event line = lend(&stage, ESI_SMTP_HEADER_LINE, ESI_TO_SERVER, "");
    on_message_event(stage.session, &line);
    cr_expect(stage.out.len == 0);
    end(&stage);
}
