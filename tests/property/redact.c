/*
 * redact.c - nobody's name, password or message is left in any format, however it was said.
 *
 * Two people are planted in a conversation, wherever somebody can be named: as text and in base64.
 * It is played on every platform and with every knob, whole, typed key by key and in pieces that
 * end segments, with each line lost in turn, with one side alone, and with commands taken for what
 * they are not; what every sink writes of it is searched. Without redaction all of it is found.
 *
 * And for every case: what is redacted has its length, and differs in # alone; no @ is left.
 */
#define _GNU_SOURCE /* open_memstream, strcasestr */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "esi/report.h"

#include "property/reading.h"
#include "support/cases.h"
#include "support/inspect_play.h"

/* ---- the conversation ---- */

#define B64_PLAIN "AHplbGRhAHF1b2trYQ==" /* NUL zelda NUL quokka */
#define B64_ZELDA "emVsZGE="
#define B64_QUOKKA "cXVva2th"
#define B64_CRAM "emVsZGEgMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=" /* zelda, a digest */
#define B64_CHALLENGE "PDEyMy56ZWxkYUBteC5leGFtcGxlLm9yZz4="            /* <123.zelda@mx...> */

static const struct said {
    char who;         /* C or S */
    const char *text; /* a segment; its last CRLF is added */
} talk_said[] = {
    {'S', "220 mx.example.org ESMTP"},
    {'C', "HELP"},
    {'S', "214 2.0.0 See RFC 5321"},
    {'C', "HELO zelda"},
    {'S', "250 mx.example.org Hello zelda [192.0.2.10], pleased to meet you"},
    {'C', "EHLO quokka"},
    {'S', "250-mx.example.org Hello quokka [192.0.2.10]\r\n250-PIPELINING\r\n250 8BITMIME"},
    {'C', "EHLO client.example.net"},
    {'S', "250-mx.example.org\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-CHUNKING\r\n250-XZZ\r\n"
          "250-AUTH PLAIN LOGIN CRAM-MD5\r\n250-STARTTLS\r\n250 DSN"},
    {'C', "AUTH PLAIN " B64_PLAIN},
    {'S', "535 5.7.8 Error for zelda: quokka"},
    {'C', "AUTH PLAIN"},
    {'S', "334 "},
    {'C', B64_PLAIN},
    {'S', "535 5.7.8 Error for zelda"},
    {'C', "AUTH CRAM-MD5"},
    {'S', "334 " B64_CHALLENGE},
    {'C', B64_CRAM},
    {'S', "535 zelda is unknown"},
    {'C', "AUTH zelda quokka"},
    {'S', "504 5.5.4 zelda is no mechanism"},
    {'C', "AUTH LOGIN"},
    {'S', "334 VXNlcm5hbWU6"},
    {'C', B64_ZELDA},
    {'S', "334 UGFzc3dvcmQ6"},
    {'C', B64_QUOKKA},
    {'S', "235 2.7.0 Welcome zelda"},
    {'C', "VRFY zelda"},
    {'S', "252 2.0.0 Zelda Zebra <zelda@example.net>"},
    {'C', "EXPN quokka"},
    {'S', "250-2.1.5 Zelda Zebra <zelda@example.net>\r\n250 2.1.5 <quokka@example.net>"},
    {'C', "ETRN zelda.example.net"},
    {'S', "458 5.5.1 zelda.example.net"},
    {'C', "HELP zelda"},
    {'S', "214 zelda is no command"},
    {'C', "NOOP quokka"},
    {'S', "250 quokka"},
    {'C', "XZELDA quokka"},
    {'S', "500 5.5.2 zelda what?"},
    {'C', "zelda"},
    {'S', "500 quokka?"},
    {'C', " quokka"},
    {'S', "500 5.5.2 quokka"},
    {'C', "MAIL FROM:<zelda@example.net> SIZE=1 BODY=8BITMIME AUTH=<quokka@example.net> "
          "ENVID=zelda"},
    {'S', "250 2.1.0 zelda@example.net ok"},
    {'C', "RCPT TO:<quokka@example.net> ORCPT=rfc822;zelda@example.net NOTIFY=SUCCESS"},
    {'S', "550 5.1.1 <quokka@example.net>: no such quokka"},
    {'C', "RCPT TO:<<zelda|quokka`>@example.net>"},
    {'S', "553 5.1.3 zelda"},
    {'C', "RCPT TO:<quokka@example.org>"},
    {'S', "250 2.1.5 quokka"},
    {'C', "RCPT TO:<\"zelda SIZE=7 quokka\"@example.org>\nRCPT TO: zelda quokka"},
    {'S', "250 2.1.5 quokka\r\n553 zelda"},
    {'C', "DATA"},
    {'S', "354 Go on, zelda"},
    {'C', "From: Zelda Zebra <zelda@example.net>\r\nReply-To: zelda@example.net\r\n"
          "To: quokka@example.org, zelda@example.net\r\nMessage-ID: <zelda.1@example.net>\r\n"
          "Zelda: quokka\r\nDKIM-Signature: h=from:zelda:content-type:reply-to; d=quokka\r\n"
          "Subject: quokka\r\n for zelda\r\nMIME-Version: 1.0\r\n"
          "Content-Type: multipart/mixed; boundary=quokka\r\n\r\n--quokka\r\n"
          "Content-Type: application/x-zelda; name=\"zelda.exe\"\r\n"
          "Content-Disposition: attachment; filename=\"quokka.exe\"\r\n"
          "Content-Transfer-Encoding: zelda\r\n\r\n" B64_QUOKKA
          "\r\nHELO zelda\r\nEHLO quokka\r\nzelda: quokka\r\n--quokka--\r\n"},
    {'C', "."},
    {'S', "250 2.0.0 queued for quokka as zelda"},
    {'C', "MAIL FROM:<zelda@example.net>\r\nRCPT TO:<quokka@example.org>\r\nBDAT 80"},
    {'C', "Subject: quokka\r\n\r\nDear quokka,\r\nHELO zelda\r\nEXPN zelda\r\nzelda writes\r\n"
          "quokka\r\n8901234567890"},
    {'S', "250 2.1.0 zelda\r\n250 2.1.5 quokka\r\n250 2.0.0 zelda"},
    {'S', "250 2.0.0 nobody asked, quokka"},
    {'C', "QUIT"},
    {'S', "221 2.0.0 Good bye, zelda"},
    {'C', "MAIL FROM:<quok"},
};
enum {
    SAID = ESI_COUNT(talk_said),
    KNOB_WAYS = 3 /* of so many ways a knob meets one */
};

/* All of these are found without redaction, and none with it; case ignored. */
static const char *const secrets[] = {"zelda",   "quokka",   "zebra", B64_PLAIN,
                                      "emVsZGE", "cXVva2th", "Dear",  B64_CHALLENGE};
struct variant {
    size_t lost; /* this line, from 1 on; 0: none */
    int only;    /* C or S: that side alone; 0: both */
    bool joined; /* what follows each other from one side is one segment */
};

/* add - behind what came before in that direction. */
static void
add(struct law_talk *talk, enum esi_stream_kind kind, enum esi_dir dir, struct esi_slice bytes,
    bool joined)
{
    struct esi_stream_event event = {.kind = kind,
                                     .dir = dir,
                                     .span = {0, bytes.len},
                                     .bytes = bytes,
                                     .ends_segment = !joined,
                                     .frame = talk->count + 1,
                                     .ts = (esi_nanos)talk->count * 1000000};

    for (size_t i = 0; i < talk->count; i++)
        if (talk->events[i].dir == dir && talk->events[i].span.len > 0)
            event.span.offset = talk->events[i].span.offset + talk->events[i].span.len;
    law_talk_add(talk, &event);
}

static void
make_talk(struct law_talk *talk, struct esi_arena *arena, const struct variant *variant)
{
    *talk = (struct law_talk){0};
    law_talk_add(talk, &(struct esi_stream_event){.kind = ESI_STREAM_OPEN, .frame = 1});
    for (size_t i = 0; i < SAID; i++) {
        const struct said *said = &talk_said[i];
        struct esi_buf line = {0};

        if (variant->only && variant->only != said->who)
            continue;
        esi_buf_text(&line, said->text);
        if (i + 1 < SAID) /* the last one is cut off */
            esi_buf_text(&line, "\r\n");
        bool joined = variant->joined && i + 1 < SAID && talk_said[i + 1].who == said->who;
        add(talk, variant->lost == i + 1 ? ESI_STREAM_GAP : ESI_STREAM_DATA,
            said->who == 'C' ? ESI_TO_SERVER : ESI_TO_CLIENT,
            esi_arena_copy(arena, esi_buf_slice(&line)), joined);
        esi_buf_free(&line);
    }
    law_talk_add(talk,
                 &(struct esi_stream_event){.kind = ESI_STREAM_END, .frame = talk->count + 1});
}

/* ---- what is written of it ---- */

static struct esi_source
locate(void *ctx, uint64_t frame)
{
    (void)ctx;
    (void)frame;
    return (struct esi_source){"in.pcap", 0};
}

static struct esi_session_info
session_of(const struct law_setting *setting, const struct inspect_play *play)
{
    static const struct esi_conflict conflicts[] = {
        {.span = {10, 5}, .first = "zelda", .second = "quokk"},
        {.span = {90, 99},
         .first = "zelda and quokka, zelda.",
         .second = "Dear zelda, dear quokka."},
    };

    return (struct esi_session_info){
        .number = 1,
        .connection = 1,
        .flow = 1,
        .tuple = {{{4, {192, 0, 2, 10}}, 40012}, {{4, {192, 0, 2, 25}}, 25}},
        .first_frame = 1,
        .last_frame = SAID,
        .platform = setting->platform,
        .map = setting->map,
        .inspected = true,
        .inspected_why = "server port 25 carries SMTP",
        .quality = {.side_seen = {true, true},
                    .overlap_conflicts = 2,
                    .conflict_count = 2,
                    .conflicts = conflicts},
        .result = play->result,
    };
}

/* put - through the redactor, if there is one. */
static void
put(struct esi_sink *sink, struct esi_redactor *redactor, struct esi_record record)
{
    esi_sink_put(sink, redactor ? esi_redact(redactor, &record) : &record);
}

static char *
written_by(const struct esi_sink_def *def, bool verbose, bool redacted,
           const struct law_setting *setting, struct inspect_play *play)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    struct esi_sink *sink = def->open(
        out, &(struct esi_sink_options){.all_events = true, .verbose = verbose, .locate = locate});
    struct esi_redactor *redactor = redacted ? esi_redactor_new() : NULL;
    struct esi_session_info session = session_of(setting, play);

    for (size_t i = 0; i < play->outcomes.len; i++) {
        struct esi_outcome *outcome = &play->outcomes.items[i];

        outcome->frames = &outcome->frame;
        outcome->frame_count = 1;
        put(sink, redactor,
            (struct esi_record){
                .kind = ESI_RECORD_OUTCOME, .session = &session, .outcome = outcome});
    }
    put(sink, redactor, (struct esi_record){.kind = ESI_RECORD_SESSION, .session = &session});
    cr_assert(esi_sink_close(sink, NULL));
    fclose(out);
    esi_redactor_free(redactor);
    return text;
}

static bool
holds(const char *text, const char *secret)
{
    return strcasestr(text, secret) != NULL;
}

static bool found[ESI_COUNT(secrets)]; /* without redaction */

static void
search(const struct esi_sink_def *def, bool verbose, const struct law_setting *setting,
       struct inspect_play *play, const char *what)
{
    char *plain = written_by(def, verbose, false, setting, play);
    char *text = written_by(def, verbose, true, setting, play);

    for (size_t s = 0; s < ESI_COUNT(secrets); s++) {
        const char *at = strcasestr(text, secrets[s]);

        found[s] |= holds(plain, secrets[s]);
        cr_expect_null(at, "%s, %s: '%s' is left: %.*s", what, def->name, secrets[s],
                       at && at - text > 200 ? 260 : 60, at && at - text > 200 ? at - 200 : text);
    }
    free(plain);
    free(text);
}

static void
play_variant(const struct law_setting *setting, const struct variant *variant,
             struct inspect_way way, const char *what)
{
    struct esi_arena arena = {0};
    struct esi_buf why = {0};
    struct law_talk talk;
    struct inspect_play play;

    make_talk(&talk, &arena, variant);
    inspect_play_new(&play, setting, &talk, way, &why);
    for (const struct esi_sink_def *def = esi_sinks; def->name; def++)
        search(def, way.turns, setting, &play, what);
    inspect_play_free(&play);
    law_talk_free(&talk);
    esi_arena_free(&arena);
    esi_buf_free(&why);
}

/* play_ways - all, and with each line lost; or, by turns, some of them. */
static void
play_ways(const struct law_setting *setting, bool all_lost, const char *what)
{
    static const struct inspect_way ways[] = {
        {.turns = true},
        {.turns = false},
        {.turns = true, .cut = true, .piece = 1, .ends = true},
        {.turns = true, .cut = true, .piece = 3, .ends = true},
        {.turns = false, .cut = true, .piece = 7, .ends = true},
        {.turns = true, .cut = true, .ends = true},
    };
    static size_t turns;
    static const struct variant variants[] = {{0}, {.joined = true}, {.only = 'C'}, {.only = 'S'}};

    size_t turn = all_lost ? 0 : turns++;

    for (size_t v = 0; v < ESI_COUNT(variants); v++)
        for (size_t w = turn % KNOB_WAYS; w < ESI_COUNT(ways); w += all_lost ? 1 : KNOB_WAYS)
            play_variant(setting, &variants[v], ways[w], what);
    for (size_t lost = 1; all_lost && lost <= SAID; lost++)
        play_variant(setting, &(struct variant){.lost = lost}, ways[lost % 2], what);
}

/* ---- against what ---- */

static const char logging[] = "regex ANYBODY \".\"\n"
                              "policy-map type inspect esmtp LOGS\n"
                              " parameters\n"
                              "  mask-banner\n"
                              "  mail-relay example.com action log\n"
                              "  special-character action log\n"
                              " match cmd line length gt 5\n  log\n"
                              " match not cmd verb etrn\n  log\n"
                              " match cmd RCPT count gt 0\n  log\n"
                              " match invalid-recipients count gt 0\n  log\n"
                              " match sender-address length gt 1\n  log\n"
                              " match sender-address regex ANYBODY\n  log\n"
                              " match header length gt 5\n  log\n"
                              " match header line length gt 5\n  log\n"
                              " match header to-fields count gt 0\n  log\n"
                              " match MIME filename length gt 1\n  log\n"
                              " match MIME filetype regex ANYBODY\n  log\n"
                              " match MIME encoding others\n  log\n"
                              " match body line length gt 3\n  log\n"
                              " match body length gt 3\n  log\n"
                              " match ehlo-reply-parameter others\n  log\n";

static void
with_policy(const char *platform, const char *knob, const char *text, bool all_lost)
{
    struct esi_config *config = text ? esi_config_new() : NULL;
    struct esi_error err = {0};
    struct esi_tuple tuple = {{{4, {192, 0, 2, 10}}, 40012}, {{4, {192, 0, 2, 25}}, 25}};
    struct esi_choice choice;
    char what[128];

    if (text)
        esi_config_read(config, "logs.cfg", esi_slice_of(text));
    struct esi_policy *policy =
        esi_policy_new(&(struct esi_policy_options){.config = config,
                                                    .platform = platform,
                                                    .knobs = &knob,
                                                    .knob_count = knob ? 1 : 0,
                                                    .ports = reading_ports()},
                       &err);
    cr_assert(policy, "%s", err.text);
    esi_policy_choose(policy, &tuple, 0, &choice);
    snprintf(what, sizeof what, "%s %s%s", platform, knob ? knob : "", text ? " logs.cfg" : "");
    if (choice.map)
        play_ways(&(struct law_setting){.platform = esi_policy_platform(policy), .map = choice.map},
                  all_lost, what);
    esi_policy_free(policy);
}

Test(redact, on_every_platform, .timeout = 600)
{
    for (size_t i = 0; i < esi_profile_count(); i++)
        with_policy(esi_profile_at(i)->name, NULL, NULL, true);
    with_policy("asa-9.4", NULL, logging, true);
    for (size_t s = 0; s < ESI_COUNT(secrets); s++)
        cr_expect(found[s], "without redaction '%s' is not found either", secrets[s]);
}

Test(redact, with_every_knob, .timeout = 600)
{
    for (int knob = 0; knob < ESI_KNOB_COUNT; knob++) {
        char turned[128];

        for (size_t v = 0; esi_knob_value_name((enum esi_knob)knob, v); v++) {
            snprintf(turned, sizeof turned, "%s=%s", esi_knob_info((enum esi_knob)knob)->name,
                     esi_knob_value_name((enum esi_knob)knob, v));
            with_policy(knob % 2 ? "asa-8" : "pix-6.3", turned, NULL, false);
        }
    }
}

/* ---- every case ---- */

static void
check_text(const char *path, const char *what, struct esi_slice was, struct esi_slice is)
{
    bool same = was.len == is.len;

    for (size_t i = 0; same && i < is.len; i++)
        same = is.ptr[i] == '#' || is.ptr[i] == was.ptr[i];
    cr_expect(same, "%s: %s '%.*s' became '%.*s'", path, what, (int)was.len, (const char *)was.ptr,
              (int)is.len, (const char *)is.ptr);
    cr_expect_null(is.len > 0 ? memchr(is.ptr, '@', is.len) : NULL, "%s: %s '%.*s'", path, what,
                   (int)is.len, (const char *)is.ptr);
}

static void
check_outcome(const char *path, const struct esi_outcome *was, const struct esi_outcome *is)
{
    cr_expect(was->kind == is->kind && was->span.offset == is->span.offset &&
              was->span.len == is->span.len);
    if (was->kind == ESI_OUTCOME_VERDICT) {
        check_text(path, "before", was->u.verdict.before, is->u.verdict.before);
        check_text(path, "logged", was->u.verdict.logged, is->u.verdict.logged);
        return;
    }
    check_text(path, "word", was->u.turn.word, is->u.turn.word);
    check_text(path, "argument", was->u.turn.argument, is->u.turn.argument);
    check_text(path, "text", was->u.turn.text, is->u.turn.text);
}

static void
check_setting(const char *path, const struct law_setting *setting, const struct test_case *test)
{
    struct law_talk talk = {.midstream = test->midstream};
    struct esi_redactor *redactor = esi_redactor_new();
    struct esi_buf why = {0};
    struct inspect_play play;

    law_talk_add(&talk, &(struct esi_stream_event){.kind = ESI_STREAM_OPEN, .frame = 1});
    for (size_t i = 0; i < test->count; i++) {
        const struct talk_step *step = &test->steps[i];
        struct esi_slice bytes = {step->bytes.data, step->bytes.len};

        if (step->kind == TALK_HOLE)
            bytes = (struct esi_slice){NULL, (size_t)step->hole};
        if (step->kind == TALK_BYTES || step->kind == TALK_HOLE)
            add(&talk, step->kind == TALK_HOLE ? ESI_STREAM_GAP : ESI_STREAM_DATA, step->dir, bytes,
                false);
    }
    inspect_play_new(&play, setting, &talk, (struct inspect_way){.turns = true}, &why);
    struct esi_session_info session = session_of(setting, &play);
    for (size_t i = 0; i < play.outcomes.len; i++) {
        const struct esi_record record = {
            .kind = ESI_RECORD_OUTCOME, .session = &session, .outcome = &play.outcomes.items[i]};
        check_outcome(path, record.outcome, esi_redact(redactor, &record)->outcome);
    }
    inspect_play_free(&play);
    esi_redactor_free(redactor);
    law_talk_free(&talk);
    esi_buf_free(&why);
}

static void
check_case(void *ctx, const char *path)
{
    unsigned *count = ctx;
    struct test_case test = {0};
    struct esi_error err = {0};
    struct esi_tuple tuple = {{{4, {192, 0, 2, 10}}, 40012}, {{4, {192, 0, 2, 25}}, 25}};
    struct esi_choice choice;

    cr_assert(case_read(&test, path, &err), "%s", err.text);
    for (size_t i = 0; i <= esi_profile_count(); i++) {
        if (i > 0) /* first as the case says */
            snprintf(test.platform, sizeof test.platform, "%s", esi_profile_at(i - 1)->name);
        struct esi_policy *policy = case_policy(&test, &err);
        if (!policy)
            continue; /* a configuration of another platform */
        esi_policy_choose(policy, &tuple, 0, &choice);
        if (choice.map)
            check_setting(
                path,
                &(struct law_setting){.platform = esi_policy_platform(policy), .map = choice.map},
                &test);
        *count += choice.map != NULL;
        esi_policy_free(policy);
    }
    case_free(&test);
}

Test(redact, of_every_case, .timeout = 600)
{
    unsigned count = 0;

    case_each(ESI_ROOT "/tests/cases", check_case, &count);
    cr_assert_gt(count, 100);
}
