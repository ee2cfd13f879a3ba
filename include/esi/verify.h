/*
 * verify.h - regression suites: what captures are expected to come to, and whether they did.
 *
 * A suite is YAML 1.1, of a few fixed keys. What it may set of a run (captures, configuration,
 * platform, ...) the caller names; what is expected is held against records as -o json writes
 * them. Knows no captures and no configuration: who runs a case hands in the lines that came.
 */
#ifndef ESI_VERIFY_H
#define ESI_VERIFY_H

#include "esi/base.h"

enum { ESI_SUITE_MOST = 4 << 20 }; /* bytes of a suite: one of that size nobody has written */

/* A key that defaults and cases may have, beside those of the suite itself. */
struct esi_suite_option {
    const char *name; /* "config" */
    enum esi_suite_form { ESI_SUITE_ONE, ESI_SUITE_LIST, ESI_SUITE_FLAG } form;
    bool needed;       /* every case has to have it, by itself or by the defaults */
    const char *alias; /* another name of it; NULL: none */
};

struct esi_suite_place {
    unsigned line, column; /* 1-based */
};

/* One value of such a key; of a flag that is false none. */
struct esi_suite_setting {
    const struct esi_suite_option *option;
    const char *value; /* of a flag "" */
    struct esi_suite_place at;
};

struct esi_expectation;

struct esi_suite_case {
    const char *name;
    struct esi_suite_place at;
    struct esi_suite_setting
        *settings; /* those of the defaults that it does not have itself, too */
    size_t setting_count;
    bool all_events;                      /* the golden file holds turns, too */
    const char *golden;                   /* NULL: none */
    struct esi_expectation *expectations; /* in order */
    size_t expectation_count;
};

struct esi_suite {
    const char *file, *title; /* title: the file's name if it has none; both as they stand there */
    struct esi_suite_case *cases;
    size_t case_count;
};

/* text: the suite's, borrowed for the call; name: what to call it. NULL: *err says file, line,
 * column and what was expected. options are borrowed for the suite's life. */
struct esi_suite *esi_suite_read(const char *name, struct esi_slice text,
                                 const struct esi_suite_option *options, size_t option_count,
                                 struct esi_error *err);
void esi_suite_free(struct esi_suite *suite);
/* "FILE:LINE:COLUMN: ..." */
bool esi_suite_refuse(const struct esi_suite *suite, struct esi_suite_place at,
                      struct esi_error *err, const char *fmt, ...) ESI_PRINTF(4, 5);

/* One run of a case. */
struct esi_check;
struct esi_check *esi_check_new(const struct esi_suite_case *suite_case);
/* Records of turns are wanted, too. */
bool esi_check_wants_turns(const struct esi_check *check);
/* A record, without its line end. */
void esi_check_line(struct esi_check *check, struct esi_slice line);
/* It is expected that captures are not complete, and one was not. */
bool esi_check_expects_damage(const struct esi_check *check);
/* Whether everything came as expected; else `why`, lines of YAML, says what did not. */
bool esi_check_finish(struct esi_check *check, struct esi_buf *why);
void esi_check_free(struct esi_check *check);
/* Whether the line is a record of a turn. */
bool esi_record_is_turn(struct esi_slice line);

/* The golden file of a case: compared with, or written anew. */
enum esi_golden_end {
    ESI_GOLDEN_SAME,
    ESI_GOLDEN_DIFFERS, /* or is missing; see `why` */
    ESI_GOLDEN_WRITTEN, /* accept: it was missing or different */
    ESI_GOLDEN_BROKEN   /* it could not be read or written; see err */
};
struct esi_golden;
/* NULL: it can be neither read nor written. */
struct esi_golden *esi_golden_open(const char *path, bool accept, struct esi_error *err);
void esi_golden_line(struct esi_golden *golden, struct esi_slice line);
/* keep: false, and nothing is written. Frees it. */
enum esi_golden_end esi_golden_close(struct esi_golden *golden, bool keep, struct esi_buf *why,
                                     struct esi_error *err);

/* ---- what came of it, for programs that run tests ---- */

enum esi_case_end {
    ESI_CASE_PASSED,
    ESI_CASE_FAILED, /* an expectation did not hold */
    ESI_CASE_BROKEN  /* it could not be judged: a configuration or a capture is no good */
};
struct esi_case_result {
    const struct esi_suite *suite;
    const struct esi_suite_case *suite_case;
    enum esi_case_end end;
    struct esi_slice why; /* lines of YAML; empty if it passed */
};

/* Appends to `why` what there is to say besides. */
void esi_case_say(struct esi_buf *why, const char *key, const char *text);

/* TAP, version 14 (testanything.org). number: 1.. over all suites. */
void esi_tap_begin(struct esi_buf *out, size_t cases);
void esi_tap_case(struct esi_buf *out, size_t number, const struct esi_case_result *result);

/* JUnit XML. Zero-initialised is empty; results of a suite come together. */
struct esi_junit {
    struct esi_buf suites, cases; /* complete ones; of the one that is open */
    const struct esi_suite *open;
    size_t tests[2], failures[2], errors[2]; /* of the open one; of all */
};
void esi_junit_case(struct esi_junit *junit, const struct esi_case_result *result);
/* Appends the whole document, and frees what was kept. */
void esi_junit_finish(struct esi_junit *junit, struct esi_buf *out);

#endif
