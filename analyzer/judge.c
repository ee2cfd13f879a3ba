/*
 * judge.c - one case of a suite: its captures through the pipeline, and what comes held against
 * what is expected.
 *
 * Records are judged as -o json writes them, and by nothing else: what a suite names is what users
 * read. The sink writes into a stream whose other end takes the lines apart.
 */
#define _GNU_SOURCE /* fopencookie */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "program_internal.h"

const struct esi_suite_option suite_options[] = {
    {"captures", ESI_SUITE_LIST, true, NULL}, {"config", ESI_SUITE_LIST, false, NULL},
    {"platform", ESI_SUITE_ONE, false, NULL}, {"knob", ESI_SUITE_LIST, false, "knobs"},
    {"map", ESI_SUITE_ONE, false, NULL},      {"ports", ESI_SUITE_ONE, false, NULL},
    {"filter", ESI_SUITE_ONE, false, NULL},   {"max-memory", ESI_SUITE_ONE, false, NULL},
    {"strict", ESI_SUITE_FLAG, false, NULL},
};
const size_t suite_option_count = ESI_COUNT(suite_options);

/* By the option's place. */
enum { CAPTURES, CONFIG };
static esi_cli_take *const takers[ESI_COUNT(suite_options)] = {
    NULL,
    esi_cli_take_config,
    esi_cli_take_platform,
    esi_cli_take_knob,
    esi_cli_take_map,
    esi_cli_take_ports,
    esi_cli_take_filter,
    esi_cli_take_max_memory,
    esi_cli_take_strict,
};

/* A case that is run. */
struct run {
    const struct esi_suite_case *of;
    struct esi_cli_common common;
    struct esi_cli_words captures;
    struct esi_policy *policy;
    struct esi_capture *capture;
    struct locator locator;
    struct esi_sink *sink;
    struct esi_check *check;
    struct esi_golden *golden; /* NULL: none */
    struct esi_buf rest;       /* the beginning of a line */
    struct judgement *out;
};

/* ---- what the case sets ---- */

/* set - of one setting. */
static bool
set(struct esi_cli_common *common, struct esi_cli_words *captures,
    const struct esi_suite_setting *setting, struct esi_error *err)
{
    esi_cli_take *take = takers[setting->option - suite_options];

    return take ? take(common, setting->value, err) : esi_cli_add_word(captures, setting->value);
}

static bool
is_file(const struct esi_suite_setting *setting)
{
    ptrdiff_t place = setting->option - suite_options;

    return place == CAPTURES || place == CONFIG;
}

/* check_file - there, and to be read; standard input is one for all cases, and so for none. */
static bool
check_file(const char *path, struct esi_error *err)
{
    struct stat status;

    if (strcmp(path, "-") == 0)
        return esi_error_set(err, "standard input is nothing for a suite");
    if (stat(path, &status) != 0 || access(path, R_OK) != 0)
        return esi_error_set(err, "%s: %s", path, strerror(errno));
    return !S_ISDIR(status.st_mode) || esi_error_set(err, "%s: is a folder", path);
}

/* check_golden - need not be there. */
static bool
check_golden(const struct esi_suite *suite, const struct esi_suite_case *suite_case,
             struct esi_error *err)
{
    struct stat status;

    if (strcmp(suite_case->golden, "-") == 0)
        return esi_suite_refuse(suite, suite_case->at, err, "golden: -: a file is wanted");
    if (stat(suite_case->golden, &status) != 0 || !S_ISDIR(status.st_mode))
        return true;
    return esi_suite_refuse(suite, suite_case->at, err, "golden: %.200s: is a folder",
                            suite_case->golden);
}

bool
judge_check(const struct esi_suite *suite, const struct esi_suite_case *suite_case,
            struct suite_files *files, struct esi_error *err)
{
    struct esi_cli_common common = {0};
    struct esi_cli_words captures = {0};
    bool right = true;

    for (size_t i = 0; i < suite_case->setting_count && right; i++) {
        const struct esi_suite_setting *setting = &suite_case->settings[i];
        struct esi_error why;

        right = set(&common, &captures, setting, &why) &&
                (!is_file(setting) || check_file(setting->value, &why));
        if (right && is_file(setting))
            suite_files_add(files,
                            setting->option == &suite_options[CAPTURES] ? SUITE_FILE_CAPTURE
                                                                        : SUITE_FILE_CONFIG,
                            setting->value, suite, suite_case);
        if (!right)
            esi_suite_refuse(suite, setting->at, err, "%s: %s", setting->option->name, why.text);
    }
    if (right && suite_case->golden && (right = check_golden(suite, suite_case, err)))
        suite_files_add(files, SUITE_FILE_GOLDEN, suite_case->golden, suite, suite_case);
    free(captures.items);
    esi_cli_common_free(&common);
    return right;
}

/* ---- records ---- */

static void
take_line(struct run *run, struct esi_slice line)
{
    esi_check_line(run->check, line);
    if (run->golden && (run->of->all_events || !esi_record_is_turn(line)))
        esi_golden_line(run->golden, line);
}

/* take_text - fopencookie(3)'s write: lines, the last perhaps in part. */
static ssize_t
take_text(void *ctx, const char *text, size_t len)
{
    struct run *run = ctx;
    const uint8_t *end;

    esi_buf_append(&run->rest, (struct esi_slice){(const uint8_t *)text, len});
    struct esi_slice lines = esi_buf_slice(&run->rest);
    while (lines.len > 0 && (end = memchr(lines.ptr, '\n', lines.len))) {
        size_t line = (size_t)(end - lines.ptr);

        take_line(run, esi_slice_cut(lines, 0, line));
        lines = esi_slice_cut(lines, line + 1, lines.len);
    }
    if (lines.len > 0)
        memmove(run->rest.data, lines.ptr, lines.len);
    run->rest.len = lines.len;
    return (ssize_t)len;
}

static void
on_record(void *ctx, const struct esi_record *record)
{
    esi_sink_put(((struct run *)ctx)->sink, record);
}

static bool
on_wants_turns(void *ctx, uint64_t number)
{
    return esi_sink_wants_turns(((struct run *)ctx)->sink, number);
}

/* ---- trouble ---- */

static void
put_trouble(struct judgement *out, enum esi_exit status, const char *key, const char *text)
{
    esi_case_say(&out->why, key, text);
    out->end = ESI_CASE_BROKEN;
    if (status > out->status)
        out->status = status;
}

/* put_damage - of captures that could not be read to their end; it is no pass, unless expected. */
static void
put_damage(struct run *run)
{
    bool said = false;

    for (size_t i = 0; i < esi_capture_file_count(run->capture); i++) {
        const struct esi_capture_file *file = esi_capture_file(run->capture, i);
        char text[512];

        if (file->complete)
            continue;
        snprintf(text, sizeof text, "%.200s: %s", file->name, file->why_not);
        put_trouble(run->out, ESI_EXIT_INPUT, "capture", text);
        said = true;
    }
    if (!said)
        put_trouble(run->out, ESI_EXIT_INPUT, "capture", "no frame could be read");
}

/* ---- the run ---- */

static void
finish_golden(struct run *run, bool whole)
{
    struct esi_error err;

    switch (esi_golden_close(run->golden, whole, &run->out->why, &err)) {
    case ESI_GOLDEN_SAME:
        break;
    case ESI_GOLDEN_DIFFERS:
        if (run->out->end == ESI_CASE_PASSED)
            run->out->end = ESI_CASE_FAILED;
        break;
    case ESI_GOLDEN_WRITTEN:
        run->out->golden_written = true;
        break;
    case ESI_GOLDEN_BROKEN:
        esi_cli_say(&program, "%s", err.text);
        put_trouble(run->out, ESI_EXIT_INTERNAL, "golden", err.text);
        break;
    }
}

static void
finish(struct run *run, const struct esi_pipeline_result *result)
{
    bool whole;

    if (!esi_check_finish(run->check, &run->out->why))
        run->out->end = ESI_CASE_FAILED;
    whole = result->input_whole || esi_check_expects_damage(run->check);
    if (!whole)
        put_damage(run);
    if (run->golden)
        finish_golden(run, whole);
    if (run->out->end == ESI_CASE_FAILED && run->out->status < ESI_EXIT_FAIL_ON)
        run->out->status = ESI_EXIT_FAIL_ON;
}

static void
play(struct run *run)
{
    static const cookie_io_functions_t functions = {.write = take_text};
    FILE *text = fopencookie(run, "w", functions);
    struct esi_pipeline_config config = {
        .capture = run->capture,
        .policy = run->policy,
        .ports = &run->common.ports,
        .max_memory = run->common.max_memory,
        .evidence = true,
        .record = on_record,
        .wants_turns = on_wants_turns,
        .ctx = run,
    };
    struct esi_pipeline_result result;
    struct esi_error err;

    if (!text)
        esi_no_memory(0);
    setvbuf(text, NULL, _IONBF, 0);
    run->check = esi_check_new(run->of);
    run->locator.capture = run->capture;
    run->sink = esi_sink_find("json")->open(
        text, &(struct esi_sink_options){.all_events = run->of->all_events ||
                                                       esi_check_wants_turns(run->check),
                                         .locate = locate,
                                         .locate_ctx = &run->locator});
    esi_pipeline_run(&config, &result);
    if (!esi_sink_close(run->sink, &err) || fclose(text) != 0)
        esi_panic("records could not be handed on: %s", err.text);
    finish(run, &result);
    esi_check_free(run->check);
}

/* open_all - false: said in `out`. */
static bool
open_all(struct run *run, bool accept)
{
    struct esi_error err;

    run->policy = esi_cli_policy(&program, &run->common);
    if (!run->policy) {
        put_trouble(run->out, ESI_EXIT_USAGE, "configuration",
                    "cannot be used; standard error says why");
        return false;
    }
    run->capture =
        esi_capture_open(run->captures.items, run->captures.count, run->common.filter, false, &err);
    if (!run->capture) {
        put_trouble(run->out, ESI_EXIT_USAGE, "filter", err.text);
        return false;
    }
    if (run->of->golden)
        run->golden = esi_golden_open(run->of->golden, accept, &err);
    if (run->of->golden && !run->golden) {
        esi_cli_say(&program, "%s", err.text);
        put_trouble(run->out, ESI_EXIT_INTERNAL, "golden", err.text);
        return false;
    }
    return true;
}

void
judge(const struct options *options, const struct esi_suite_case *suite_case, struct judgement *out)
{
    struct run run = {.of = suite_case, .out = out};

    run.common.quiet = !options->common.verbose; /* of a configuration that many cases have */
    run.common.verbose = options->common.verbose;
    run.common.strict = options->common.strict;
    esi_ports_add(&run.common.ports, 25);
    *out = (struct judgement){.end = ESI_CASE_PASSED};
    for (size_t i = 0; i < suite_case->setting_count; i++)
        (void)set(&run.common, &run.captures, &suite_case->settings[i], NULL); /* judge_check did */
    if (open_all(&run, options->accept))
        play(&run);
    if (run.capture)
        esi_capture_close(run.capture);
    if (run.policy)
        esi_policy_free(run.policy);
    free(run.captures.items);
    esi_buf_free(&run.rest);
    esi_cli_common_free(&run.common);
}
