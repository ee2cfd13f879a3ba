/* program_internal.h - what the files of esmtp-rewriter, beside the library's, say to each other.
 */
#ifndef PROGRAM_INTERNAL_H
#define PROGRAM_INTERNAL_H

#include "esi/cli.h"
#include "esi/planfile.h"
#include "esi/report.h"
#include "esi/rewrite.h"

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
    const char *proof; /* NULL: none */
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
    struct esi_sights *sights; /* NULL: not known */
};
/* The capture is at its first frame. To be freed by esi_planfile_free and esi_sights_free. */
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
/* True if there is a capture to write. */
bool say_input_trouble(const struct options *options, const struct esi_capture *capture);
void say_summary(const struct options *options, const struct esi_rewrite_stats *stats);
void say_plan(const struct options *options, const struct esi_planfile *file);

#endif
