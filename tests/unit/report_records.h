/* report_records.h - records made by hand, and what a sink writes for them. */
#ifndef ESI_TEST_REPORT_RECORDS_H
#define ESI_TEST_REPORT_RECORDS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "esi/report.h"

enum { FILE_FRAMES = 1000 }; /* "a.pcap" holds frames 1 to 1,000, "b.pcap" the rest */

static inline struct esi_source
locate_in_two(void *ctx, uint64_t frame)
{
    (void)ctx;
    if (frame <= FILE_FRAMES)
        return (struct esi_source){"a.pcap", 0};
    return (struct esi_source){"b.pcap", FILE_FRAMES};
}

static const struct esi_match matches[] = {
    {.rule = {"match cmd line length gt 512", 1, NULL, 0},
     .criterion = ESI_CRITERION_CMD_LINE_LENGTH,
     .limit = 512,
     .acts = true,
     .action = ESI_ACTION_DROP_CONNECTION,
     .log = true},
    {.rule = {"match header line length gt 998", 2, "asa.cfg", 31},
     .criterion = ESI_CRITERION_HEADER_LINE_LENGTH,
     .limit = 998,
     .acts = true,
     .action = ESI_ACTION_DROP_CONNECTION,
     .log = true},
};
static const struct esi_profile asa = {.name = "asa-8", .product = "ASA"},
                                pix = {.name = "pix-6.3", .product = "PIX"};
static const struct esi_platform platform = {
    .profile = &asa,
    .name = "asa-8",
    .product = "ASA",
    .setting = {[ESI_KNOB_LOG_507003_LEVEL] = {ESI_LOG_507003_LEVEL_4, ESI_BASIS_LIKELY, NULL}}};
static const struct esi_map map = {
    .name = "_default_esmtp_map", .matches = matches, .match_count = 2};
static const struct esi_behaviour habit = {"some-habit", "does something", ESI_BASIS_LIKELY,
                                           "a page"};

/* count - how often it stands in the text. */
static inline size_t
count(const char *text, const char *what)
{
    size_t found = 0;

    for (const char *at = text; (at = strstr(at, what)); at++)
        found++;
    return found;
}

static inline struct esi_session_info
make_session(uint64_t number)
{
    return (struct esi_session_info){
        .number = number,
        .flow = (esi_flow_id)number,
        .tuple = {{{4, {192, 0, 2, 10}}, 40012}, {{4, {192, 0, 2, 25}}, 25}},
        .first_frame = 1,
        .last_frame = 20,
        .start = 1000000000,
        .end = 3500000001,
        .platform = &platform,
        .map = &map,
        .inspected = true,
        .inspected_why = "server port 25 carries SMTP",
        .bytes = {100, 200},
        .quality = {.side_seen = {true, true}},
    };
}

static inline struct esi_outcome
make_verdict(enum esi_action action, enum esi_what what, enum esi_dir dir, uint64_t offset,
             const char *before)
{
    struct esi_outcome outcome = {
        .kind = ESI_OUTCOME_VERDICT,
        .dir = dir,
        .span = {offset, strlen(before)},
        .frame = 8,
        .ts = 2000000003,
    };
    outcome.u.verdict.action = action;
    outcome.u.verdict.what = what;
    outcome.u.verdict.rule.words = "some rule";
    outcome.u.verdict.behaviour = &habit;
    outcome.u.verdict.basis = habit.basis;
    outcome.u.verdict.before = esi_slice_of(before);
    outcome.u.verdict.edit = (struct esi_edit){
        .dir = dir, .span = outcome.span, .fill = 'X', .tail_len = 1, .tail = "A"};
    return outcome;
}

static inline struct esi_outcome
make_turn(enum esi_turn_what what, enum esi_dir dir, uint64_t offset, uint64_t len, uint64_t frame)
{
    struct esi_outcome outcome = {
        .kind = ESI_OUTCOME_TURN, .dir = dir, .span = {offset, len}, .frame = frame};

    outcome.u.turn.what = what;
    return outcome;
}

static inline struct esi_outcome
make_command(enum esi_verb verb, const char *word, const char *argument, uint64_t offset,
             uint64_t frame)
{
    size_t len = strlen(word) + (*argument ? 1 + strlen(argument) : 0) + 2;
    struct esi_outcome outcome = make_turn(ESI_TURN_COMMAND, ESI_TO_SERVER, offset, len, frame);

    outcome.u.turn.verb = verb;
    outcome.u.turn.word = esi_slice_of(word);
    outcome.u.turn.argument = esi_slice_of(argument);
    return outcome;
}

static inline struct esi_outcome
make_reply(unsigned code, const char *text, uint64_t lines, uint64_t offset, uint64_t frame)
{
    uint64_t len = strlen(text) + lines * 6 - (lines - 1);
    struct esi_outcome outcome = make_turn(ESI_TURN_REPLY, ESI_TO_CLIENT, offset, len, frame);

    outcome.u.turn.code = code;
    outcome.u.turn.text = esi_slice_of(text);
    outcome.u.turn.lines = lines;
    return outcome;
}

/* A sink that writes into memory. */
struct written {
    FILE *file;
    char *text;
    size_t len;
    struct esi_sink *sink;
};

static inline void
open_sink(struct written *written, const char *format, struct esi_sink_options options)
{
    options.locate = locate_in_two;
    written->file = open_memstream(&written->text, &written->len);
    written->sink = esi_sink_find(format)->open(written->file, &options);
}

static inline void
put_outcome(struct written *written, const struct esi_session_info *session,
            const struct esi_outcome *outcome)
{
    esi_sink_put(
        written->sink,
        &(struct esi_record){.kind = ESI_RECORD_OUTCOME, .session = session, .outcome = outcome});
}

/* Of a session with nothing to tell, unless it has another. */
static const struct esi_evidence_result not_touched = {.touched = ESI_TOUCHED_NO};

static inline void
put_session(struct written *written, struct esi_session_info *session,
            const struct esi_session_result *result)
{
    session->result = result;
    if (!session->evidence)
        session->evidence = &not_touched;
    esi_sink_put(written->sink,
                 &(struct esi_record){.kind = ESI_RECORD_SESSION, .session = session});
}

/* keep_json - to the file $ESI_JSON, for check-schema.sh. */
static inline void
keep_json(const struct written *written)
{
    const char *path = getenv("ESI_JSON");
    FILE *kept = path && written->text[0] == '{' ? fopen(path, "a") : NULL;

    if (!kept)
        return;
    fputs(written->text, kept);
    fclose(kept);
}

/* What was written; freed by the caller. */
static inline char *
close_sink(struct written *written)
{
    struct esi_error err;

    if (!esi_sink_close(written->sink, &err))
        esi_panic("close_sink: %s", err.text);
    fclose(written->file);
    keep_json(written);
    return written->text;
}

#endif
