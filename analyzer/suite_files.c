/*
 * suite_files.c - the files that suites read and write: what one case reads, or compares with, is
 * written neither by --accept for another nor by -o.
 *
 * Files are told apart by where they are, links followed; a golden file need not be there yet.
 */
#define _DEFAULT_SOURCE /* realpath */
#include <stdlib.h>

#include "program_internal.h"

static const char *const words[] = {
    [SUITE_FILE_SUITE] = "a suite",
    [SUITE_FILE_CAPTURE] = "a capture",
    [SUITE_FILE_CONFIG] = "a configuration",
    [SUITE_FILE_GOLDEN] = "a golden file",
};

/* find_folder - where a file lies that is not there. */
static char *
find_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = esi_strdup(slash ? path : ".");

    if (slash)
        folder[slash == path ? 1 : slash - path] = '\0';
    char *found = realpath(folder, NULL);
    free(folder);
    return found;
}

static char *
find_file(const char *path)
{
    char *found = strcmp(path, "-") != 0 ? realpath(path, NULL) : esi_strdup(path);
    const char *slash = strrchr(path, '/');
    struct esi_buf whole = {0};

    if (found)
        return found;
    char *folder = find_folder(path);
    if (!folder)
        return esi_strdup(path); /* nor can it be written */
    esi_buf_printf(&whole, "%s/%s", folder, slash ? slash + 1 : path);
    esi_buf_byte(&whole, '\0');
    free(folder);
    return (char *)whole.data;
}

void
suite_files_add(struct suite_files *files, enum suite_file_kind kind, const char *path,
                const struct esi_suite *suite, const struct esi_suite_case *suite_case)
{
    files->items = esi_grow(files->items, &files->cap, files->count + 1, sizeof *files->items);
    files->items[files->count] =
        (struct suite_file){find_file(path), kind, files->count, suite, suite_case};
    files->count++;
}

/* compare - golden files behind all others of the same name, the earlier ones first. */
static int
compare(const void *left, const void *right)
{
    const struct suite_file *a = left, *b = right;
    int paths = strcmp(a->path, b->path);

    if (paths != 0)
        return paths;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    return a->order < b->order ? -1 : 1;
}

static bool
check_golden(const struct suite_file *before, const struct suite_file *golden)
{
    struct esi_error err;

    if (golden->kind != SUITE_FILE_GOLDEN || strcmp(before->path, golden->path) != 0)
        return true;
    if (before->kind == SUITE_FILE_GOLDEN)
        esi_suite_refuse(golden->suite, golden->of->at, &err,
                         "golden: %.100s is that of %.100s:%u:%u already", golden->of->golden,
                         before->suite->file, before->of->at.line, before->of->at.column);
    else
        esi_suite_refuse(golden->suite, golden->of->at, &err, "golden: %.200s is %s, too",
                         golden->of->golden, words[before->kind]);
    esi_cli_say(&program, "%s", err.text);
    return false;
}

static bool
check_output(const struct suite_files *files, const char *path)
{
    char *found = find_file(path);
    bool right = true;

    for (size_t i = 0; i < files->count && right; i++) {
        const struct suite_file *file = &files->items[i];
        bool named = strcmp(path, "-") != 0 && strcmp(file->path, found) == 0;

        right = !named && !esi_cli_same_file(path, file->path);
        if (!right)
            esi_cli_say(&program, "%s: is %s to be read, not written by -o", esi_output_name(path),
                        words[file->kind]);
    }
    free(found);
    return right;
}

bool
suite_files_check(struct suite_files *files, const struct options *options)
{
    bool right = true;

    qsort(files->items, files->count, sizeof *files->items, compare);
    for (size_t i = 1; i < files->count; i++)
        right &= check_golden(&files->items[i - 1], &files->items[i]);
    for (size_t i = 0; i < options->output_count; i++)
        right &= check_output(files, options->outputs[i].path);
    return right;
}

void
suite_files_free(struct suite_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        free(files->items[i].path);
    free(files->items);
    *files = (struct suite_files){0};
}
