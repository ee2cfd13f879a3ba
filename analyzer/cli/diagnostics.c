/*
 * diagnostics.c - what is to be said of a configuration, in order of file and line.
 *
 * Reading says things as the lines come, putting the configuration on a platform says more about
 * the same lines afterwards. Files are in the order they were read; what is of none comes last.
 */
#include <stdlib.h>
#include <string.h>

#include "cli_internal.h"

struct keyed {
    size_t file; /* its place among those that were read */
    size_t said; /* place in the configuration's list */
    const struct esi_diag *diag;
};

/* The files, in the order they were read. */
struct files {
    const char **names;
    size_t count, cap;
};

static struct files
files_of(const struct esi_config *config)
{
    struct files files = {0};

    for (size_t i = 0; i < config->lines_count; i++) {
        const char *file = config->lines[i].at.file;

        if (files.count > 0 && files.names[files.count - 1] == file)
            continue;
        files.names = esi_grow(files.names, &files.cap, files.count + 1, sizeof(const char *));
        files.names[files.count++] = file;
    }
    return files;
}

static size_t
place_of(const struct files *files, const char *file)
{
    size_t i = 0;

    while (file && i < files->count && files->names[i] != file)
        i++;
    if (file && i == files->count)
        for (i = 0; i < files->count && strcmp(files->names[i], file) != 0;)
            i++;
    return file ? i : files->count;
}

static int
compare(const void *left, const void *right)
{
    const struct keyed *a = left, *b = right;

    if (a->file != b->file)
        return a->file < b->file ? -1 : 1;
    if (a->diag->at.line != b->diag->at.line)
        return a->diag->at.line < b->diag->at.line ? -1 : 1;
    return a->said < b->said ? -1 : 1;
}

struct diagnostics
diagnostics_of(const struct esi_config *config)
{
    struct diagnostics out = {.count = config->diags_count};
    struct keyed *keyed = esi_alloc((out.count + 1) * sizeof *keyed);
    struct files files = files_of(config);

    for (size_t i = 0; i < out.count; i++)
        keyed[i] = (struct keyed){place_of(&files, config->diags[i].at.file), i, &config->diags[i]};
    qsort(keyed, out.count, sizeof *keyed, compare);
    out.items = esi_alloc((out.count + 1) * sizeof(const struct esi_diag *));
    for (size_t i = 0; i < out.count; i++)
        out.items[i] = keyed[i].diag;
    free(keyed);
    free(files.names);
    return out;
}

void
diagnostics_free(struct diagnostics *diagnostics)
{
    free(diagnostics->items);
    *diagnostics = (struct diagnostics){0};
}

bool
is_error(const struct esi_diag *diag, bool strict)
{
    return diag->kind == ESI_DIAG_ERROR || (strict && diag->not_understood);
}
