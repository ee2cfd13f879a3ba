/*
 * verifying.c - --verify: suites read, their cases judged, and told as TAP or JUnit XML.
 *
 * All suites are read, and the files they name looked for, before a case is run. A case runs in the
 * folder of its suite, so that names in records, and so golden files, are as the suite has them,
 * wherever the program was started.
 */
#define _GNU_SOURCE /* O_DIRECTORY */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "program_internal.h"

const struct esi_sink_def verify_formats[] = {
    {"tap", "of --verify: TAP, version 14", NULL, ESI_SINK_NO_EVIDENCE},
    {"junit", "of --verify: JUnit XML", NULL, ESI_SINK_NO_EVIDENCE},
    {NULL, NULL, NULL, ESI_SINK_NO_EVIDENCE},
};

struct verifying {
    const struct options *options;
    struct esi_suite **suites;
    size_t suite_count;
    struct suite_files files;
    int home; /* the folder that the program was started in */
    size_t cases, passed, failed, broken;
    struct esi_buf tap;
    size_t tap_told; /* of it, to standard output */
    struct esi_junit junit;
    enum esi_exit status;
};

static void
raise_status(struct verifying *verifying, enum esi_exit status)
{
    if (status > verifying->status)
        verifying->status = status;
}

/* ---- folders ---- */

static bool
enter(const char *suite, struct esi_error *err)
{
    const char *slash = strrchr(suite, '/');

    if (!slash)
        return true;
    char *folder = esi_strdup(suite);
    folder[slash == suite ? 1 : slash - suite] = '\0';
    bool entered = chdir(folder) == 0;
    if (!entered)
        esi_error_set(err, "%s: cannot be entered: %s", folder, strerror(errno));
    free(folder);
    return entered;
}

static void
leave(const struct verifying *verifying)
{
    if (fchdir(verifying->home) != 0)
        esi_panic("the folder that this began in is gone: %s", strerror(errno));
}

/* ---- reading ---- */

static bool
read_text(const char *path, struct esi_buf *text, struct esi_error *err)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    uint8_t chunk[8192];
    size_t len;

    if (!file)
        return esi_error_set(err, "%s: cannot be read: %s", path, strerror(errno));
    errno = 0;
    while (text->len <= ESI_SUITE_MOST && (len = fread(chunk, 1, sizeof chunk, file)) > 0)
        esi_buf_append(text, (struct esi_slice){chunk, len});
    bool whole = !ferror(file);
    if (!whole)
        esi_error_set(err, "%s: cannot be read: %s", path, strerror(errno != 0 ? errno : EIO));
    if (file != stdin)
        fclose(file);
    return whole && (text->len <= ESI_SUITE_MOST ||
                     esi_error_set(err, "%s: is longer than %d MB, which no suite is", path,
                                   ESI_SUITE_MOST >> 20));
}

/* check_suite - in its folder. Says all that is wrong. */
static bool
check_suite(struct verifying *verifying, const struct esi_suite *suite)
{
    struct esi_error err;
    bool right = enter(suite->file, &err);

    if (!right)
        esi_cli_say(&program, "%s", err.text);
    for (size_t i = 0; right && i < suite->case_count; i++) {
        if (judge_check(suite, &suite->cases[i], &verifying->files, &err))
            continue;
        esi_cli_say(&program, "%s", err.text);
        right = false;
    }
    leave(verifying);
    return right;
}

static bool
read_suite(struct verifying *verifying, const char *path)
{
    struct esi_buf text = {0};
    struct esi_error err;
    struct esi_suite *suite = NULL;

    if (read_text(path, &text, &err))
        suite = esi_suite_read(strcmp(path, "-") == 0 ? "standard input" : path,
                               esi_buf_slice(&text), suite_options, suite_option_count, &err);
    esi_buf_free(&text);
    if (!suite) {
        esi_cli_say(&program, "%s", err.text);
        return false;
    }
    verifying->suites[verifying->suite_count++] = suite;
    verifying->cases += suite->case_count;
    suite_files_add(&verifying->files, SUITE_FILE_SUITE, path, suite, NULL);
    return check_suite(verifying, suite);
}

/* ---- telling ---- */

static bool
write_text(struct verifying *verifying, const char *path, struct esi_slice text)
{
    struct esi_output output;
    struct esi_error err;
    bool written = esi_output_open(&output, path, &err);

    if (written) {
        errno = 0;
        written = fwrite(text.ptr, 1, text.len, output.file) == text.len;
        written = fclose(output.file) == 0 && written;
        if (!written)
            esi_error_set(&err, "%s: cannot be written: %s", esi_output_name(path),
                          strerror(errno != 0 ? errno : EIO));
        written = written && esi_output_keep(&output, &err);
        if (!written)
            esi_output_drop(&output);
    }
    if (!written)
        esi_cli_say(&program, "%s", err.text);
    raise_status(verifying, written ? ESI_EXIT_DONE : ESI_EXIT_INTERNAL);
    return written;
}

/* tell_at_once - TAP on standard output, as the cases end. False: it cannot be written. */
static bool
tell_at_once(struct verifying *verifying)
{
    for (size_t i = 0; i < verifying->options->output_count; i++) {
        const struct output_wanted *output = &verifying->options->outputs[i];

        if (output->format != &verify_formats[0] || strcmp(output->path, "-") != 0)
            continue;
        struct esi_slice told = esi_buf_slice(&verifying->tap);
        if (!write_text(verifying, "-", esi_slice_cut(told, verifying->tap_told, told.len)))
            return false;
        verifying->tap_told = verifying->tap.len;
    }
    return true;
}

static void
tell_case(struct verifying *verifying, const struct esi_suite *suite,
          const struct esi_suite_case *suite_case, const struct judgement *judgement)
{
    struct esi_case_result result = {suite, suite_case, judgement->end,
                                     esi_buf_slice(&judgement->why)};
    size_t number = verifying->passed + verifying->failed + verifying->broken + 1;

    verifying->passed += judgement->end == ESI_CASE_PASSED;
    verifying->failed += judgement->end == ESI_CASE_FAILED;
    verifying->broken += judgement->end == ESI_CASE_BROKEN;
    esi_tap_case(&verifying->tap, number, &result);
    esi_junit_case(&verifying->junit, &result);
    if (judgement->golden_written && !verifying->options->common.quiet)
        esi_cli_say(&program, "%s: '%s': %s is written", suite->file, suite_case->name,
                    suite_case->golden);
}

/* ---- the run ---- */

static bool
run_suite(struct verifying *verifying, const struct esi_suite *suite)
{
    struct esi_error err;
    bool going = true;

    for (size_t i = 0; going && i < suite->case_count; i++) {
        struct judgement judgement;

        if (!enter(suite->file, &err))
            esi_panic("%s", err.text); /* it was, when the suite was read */
        judge(verifying->options, &suite->cases[i], &judgement);
        leave(verifying);
        raise_status(verifying, judgement.status);
        tell_case(verifying, suite, &suite->cases[i], &judgement);
        esi_buf_free(&judgement.why);
        going = tell_at_once(verifying);
    }
    return going;
}

static void
tell_all(struct verifying *verifying, struct esi_slice junit)
{
    for (size_t i = 0; i < verifying->options->output_count; i++) {
        const struct output_wanted *output = &verifying->options->outputs[i];
        bool tap = output->format == &verify_formats[0];

        if (!tap || strcmp(output->path, "-") != 0)
            write_text(verifying, output->path, tap ? esi_buf_slice(&verifying->tap) : junit);
    }
    if (!verifying->options->common.quiet)
        esi_cli_say(&program, "%zu case%s: %zu passed, %zu failed, %zu could not be judged",
                    verifying->cases, verifying->cases == 1 ? "" : "s", verifying->passed,
                    verifying->failed, verifying->broken);
}

static void
run_all(struct verifying *verifying)
{
    bool going = true;

    esi_tap_begin(&verifying->tap, verifying->cases);
    for (size_t i = 0; going && i < verifying->suite_count; i++)
        going = run_suite(verifying, verifying->suites[i]);
    struct esi_buf junit = {0};
    esi_junit_finish(&verifying->junit, &junit);
    if (going)
        tell_all(verifying, esi_buf_slice(&junit));
    esi_buf_free(&junit);
}

enum esi_exit
verify(const struct options *options)
{
    struct verifying verifying = {.options = options};
    bool right = true;

    verifying.home = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (verifying.home < 0) {
        esi_cli_say(&program, "the folder that this is started in cannot be read: %s",
                    strerror(errno));
        return ESI_EXIT_USAGE;
    }
    verifying.suites = esi_alloc(options->suites.count * sizeof(struct esi_suite *));
    for (size_t i = 0; i < options->suites.count; i++)
        right &= read_suite(&verifying, options->suites.items[i]);
    if (right && suite_files_check(&verifying.files, options))
        run_all(&verifying);
    else
        verifying.status = ESI_EXIT_USAGE;
    for (size_t i = 0; i < verifying.suite_count; i++)
        esi_suite_free(verifying.suites[i]);
    free(verifying.suites);
    suite_files_free(&verifying.files);
    esi_buf_free(&verifying.tap);
    close(verifying.home);
    return verifying.status;
}
