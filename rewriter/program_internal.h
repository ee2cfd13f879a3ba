/* program_internal.h - what the files of esmtp-rewriter, beside the library's, say to each other.
 */
#ifndef PROGRAM_INTERNAL_H
#define PROGRAM_INTERNAL_H

#include "esi/cli.h"
#include "esi/planfile.h"
#include "esi/report.h"
#include "esi/rewrite.h"

/* ---- sessions.c ---- */

/* Sessions by number, as the user lists them, and the flows that they turned out to be. */
struct sessions {
    struct session_range {
        uint64_t first, last;
        bool found;
    } * ranges; /* ascending and apart, once parsed */
    size_t count, cap;
    uint64_t *flows; /* bits */
    size_t flows_cap;
    struct esi_buf words; /* the list as text */
};
/* "1,4-7". False, and why, for anything else. */
bool sessions_parse(struct sessions *sessions, const char *list, struct esi_error *err);
void sessions_note(struct sessions *sessions, uint64_t number, esi_flow_id flow);
/* The list, in order; NULL: nothing was listed. */
const char *sessions_words(const struct sessions *sessions);
bool sessions_have(void *sessions, esi_flow_id flow); /* esi_rewrite_config.flow_wanted */
void sessions_free(struct sessions *sessions);

/* ---- options.c ---- */

struct options {
    struct esi_cli_common common;  /* the first: esi_cli_parse */
    const char *out;               /* NULL: only a plan is written */
    const char *plan, *write_plan; /* NULL: not given */
    bool format_given;
    enum esi_rewrite_format format;
    bool after_given;
    enum esi_rewrite_after after;
    bool keep_dropped;
    enum esi_rewrite_checksums checksums;
    enum esi_rewrite_view view;
    struct sessions sessions; /* empty: all, and what is no session's */
    const char *proof;        /* NULL: none */
};

extern const struct esi_program program;

/* Checks what the options mean together, and fills in what was not given. False after saying what
 * is wrong. */
bool options_settle(struct options *options, const char *const *captures, size_t count);
/* The user wants comments, and the output holds none. */
bool options_lose_comments(const struct options *options);

/* ---- what is decided: decide.c by a configuration, store.c by a plan that was written ---- */

struct decision {
    struct esi_planfile
        file;         /* its plan sealed; all but the captures, if it is not to be written */
    bool input_whole; /* every file was read to its end, and some frame could be read */
    bool (*wants)(void *ctx, const struct esi_tuple *tuple, esi_nanos when);
    void *wants_ctx;
};
/* The capture is at its first frame. To be freed by esi_planfile_free. */
void decide(struct options *options, struct esi_capture *capture, struct esi_policy *policy,
            struct decision *out);
/* The plan that --plan names, not held against any capture yet. False: said. */
bool load_plan(const struct options *options, struct esi_planfile *out);
/* Holds it against the capture, opened with its filter. Not DONE: said. */
enum esi_exit decide_by_plan(struct options *options, struct esi_capture *capture,
                             struct decision *out);
/* --write-plan, until it is known that all else could be written. Zero is none. False: said. */
bool store_plan(const struct options *options, struct decision *decision,
                struct esi_output *output);
/* keep: it gets its name. False: it did not; said. */
bool store_end(struct esi_output *output, bool keep);

/* ---- say.c: on standard error ---- */

void say_capture(const struct esi_capture_info *capture);
void say_found(const struct options *options, const struct esi_summary_info *summary);
void say_torn(uint64_t sessions);
void say_brief(uint64_t verdicts);
void say_missing_sessions(const struct sessions *sessions);
/* True if there is a capture to write. */
bool say_input_trouble(const struct options *options, const struct esi_capture *capture);
void say_summary(const struct options *options, const struct esi_rewrite_stats *stats);
void say_plan(const struct options *options, const struct esi_planfile *file);

#endif
