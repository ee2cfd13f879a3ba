/* program_internal.h - what the files of esmtp-rewriter, beside the library's, say to each other.
 */
#ifndef PROGRAM_INTERNAL_H
#define PROGRAM_INTERNAL_H

#include "esi/cli.h"
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
    struct esi_cli_common common; /* the first: esi_cli_parse */
    const char *out;
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

/* ---- say.c: on standard error ---- */

void say_capture(const struct esi_capture_info *capture);
void say_found(const struct options *options, const struct esi_summary_info *summary);
void say_torn(uint64_t sessions);
void say_brief(uint64_t verdicts);
void say_missing_sessions(const struct sessions *sessions);
/* True if there is a capture to write. */
bool say_input_trouble(const struct options *options, const struct esi_capture *capture);
void say_summary(const struct options *options, const struct esi_rewrite_stats *stats);

#endif
