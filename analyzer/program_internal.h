/* program_internal.h - esmtp-analyzer's parts: options, lists, outputs, streams. */
#ifndef ESI_PROGRAM_INTERNAL_H
#define ESI_PROGRAM_INTERNAL_H

#include "esi/cli.h"
#include "esi/pipeline.h"
#include "esi/verify.h"

extern const struct esi_program program;

enum { OUTPUTS_MOST = 8 };

struct options {
    struct esi_cli_common common; /* the first: esi_cli_parse */
    const char *streams;
    struct output_wanted {
        const struct esi_sink_def *format;
        const char *path; /* "-": standard output */
    } outputs[OUTPUTS_MOST];
    size_t output_count;
    bool all_events;
    struct esi_cli_words suites; /* to be run, instead of reading captures */
    bool accept;                 /* their golden files are written */
    enum esi_cli_when colour;
    unsigned fail_on; /* the gravity of a verdict; 0: none is too grave */
    bool fail_on_evidence;
    bool evidence_only;
    /* Instead of reading captures; NULL: read them. */
    enum esi_exit (*about_config)(const struct esi_program *program,
                                  const struct esi_cli_common *common);
};

/* Whether something may be written to a terminal while captures are read. */
bool options_live(const struct options *options);
/* Whether an output tells of it, or the exit status. */
bool options_want_evidence(const struct options *options);
/* What the options mean together; false after saying what is wrong. */
bool options_settle(struct options *options, const char *const *captures, size_t count);

/* Formats of --verify alone: `open` is NULL. Ends with a NULL name. */
extern const struct esi_sink_def verify_formats[];

/* locator.c: for esi_sink_options.locate, of a capture that is being read. */
struct locator {
    const struct esi_capture *capture;
    size_t file; /* of the frame located last */
};
struct esi_source locate(void *locator, uint64_t frame);

/* verifying.c: runs the suites. */
enum esi_exit verify(const struct options *options);

/* judge.c: one case, in the folder of its suite. */
struct judgement {
    enum esi_case_end end;
    enum esi_exit status;
    struct esi_buf why; /* lines of YAML */
    bool golden_written;
};
void judge(const struct options *options, const struct esi_suite_case *suite_case,
           struct judgement *out);
/* What suites may set of a run, as the command line does. */
extern const struct esi_suite_option suite_options[];
extern const size_t suite_option_count;
/* Whether the files of the case are there, and what it sets is right; the files are added. */
struct suite_files;
bool judge_check(const struct esi_suite *suite, const struct esi_suite_case *suite_case,
                 struct suite_files *files, struct esi_error *err);

/* suite_files.c: all that suites name. */
enum suite_file_kind { SUITE_FILE_SUITE, SUITE_FILE_CAPTURE, SUITE_FILE_CONFIG, SUITE_FILE_GOLDEN };
struct suite_files {
    struct suite_file {
        char *path; /* from the root on */
        enum suite_file_kind kind;
        size_t order;
        const struct esi_suite *suite;
        const struct esi_suite_case *of; /* of a suite NULL */
    } * items;
    size_t count, cap;
};
/* In the folder that the path is relative to. */
void suite_files_add(struct suite_files *files, enum suite_file_kind kind, const char *path,
                     const struct esi_suite *suite, const struct esi_suite_case *suite_case);
/* Whether none is written that is read, or twice; false after saying which. */
bool suite_files_check(struct suite_files *files, const struct options *options);
void suite_files_free(struct suite_files *files);

void list_behaviours(void);
void list_formats(void);

/* The sinks, each with its file. */
struct outputs {
    struct output {
        const char *path;
        struct esi_output file;
        struct esi_sink *sink;
    } items[OUTPUTS_MOST];
    size_t count;
};
/* locate: for all sinks. */
bool outputs_open(struct outputs *outputs, const struct options *options,
                  const struct esi_sink_options *sink_options, struct esi_error *err);
/* False: one of them cannot be written any more. */
bool outputs_put(struct outputs *outputs, const struct esi_record *record);
bool outputs_want_turns(const struct outputs *outputs, uint64_t session);
/* What there is to say of the outputs besides. */
void outputs_each_note(const struct outputs *outputs, void (*fn)(const char *note));
/* Completes all; what failed, and the first reason. */
bool outputs_close(struct outputs *outputs, struct esi_error *err);

/* Each session's bytes as files. */
struct streams;
struct streams *streams_open(const char *folder, struct esi_error *err);
bool streams_put(struct streams *streams, uint64_t session, enum esi_dir dir,
                 struct esi_slice bytes, struct esi_error *err);
bool streams_close(struct streams *streams, struct esi_error *err);

#endif
