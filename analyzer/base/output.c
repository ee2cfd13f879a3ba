/*
 * output.c - an output file that is complete under its name, or not there.
 *
 * The temporary name lies in the folder of the file that is meant in the end (symbolic links are
 * followed), so that it can be renamed; the output may be a file that is being read, too.
 */
#define _DEFAULT_SOURCE /* mkstemp, realpath, fchmod */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "esi/base.h"

/* plain_mode - what a file made by open(2) would get. */
static mode_t
plain_mode(void)
{
    mode_t mask = umask(0);

    umask(mask);
    return 0666 & ~mask;
}

/* open_temporary - beside output->path, under a name that ls(1) does not show. */
static int
open_temporary(struct esi_output *output)
{
    const char *slash = strrchr(output->path, '/');
    size_t folder = slash ? (size_t)(slash - output->path) + 1 : 0;
    struct esi_buf name = {0};

    esi_buf_append(&name, (struct esi_slice){(const uint8_t *)output->path, folder});
    esi_buf_text(&name, ".esmtp-inspect-XXXXXX");
    esi_buf_byte(&name, '\0');
    output->temporary = (char *)name.data;
    int fd = mkstemp(output->temporary);
    if (fd < 0) {
        free(output->temporary);
        output->temporary = NULL;
        return -1;
    }
    esi_unfinished_add(output->temporary);
    (void)fchmod(fd, plain_mode()); /* a file system without modes has none to set */
    return fd;
}

static int
open_path(struct esi_output *output)
{
    struct stat st;

    if (strcmp(output->path, "-") == 0)
        return dup(STDOUT_FILENO);
    if (stat(output->path, &st) != 0)
        return open_temporary(output);
    if (S_ISDIR(st.st_mode)) {
        errno = EISDIR;
        return -1;
    }
    if (!S_ISREG(st.st_mode))
        return open(output->path, O_WRONLY | O_CLOEXEC);
    return open_temporary(output);
}

bool
esi_output_open(struct esi_output *output, const char *path, struct esi_error *err)
{
    char *target = strcmp(path, "-") != 0 ? realpath(path, NULL) : NULL;

    *output = (struct esi_output){.path = target ? target : esi_strdup(path)};
    int fd = open_path(output);
    if (fd >= 0)
        output->file = fdopen(fd, "wb");
    if (output->file)
        return true;
    esi_error_set(err, "%s: cannot be written: %s", esi_output_name(path), strerror(errno));
    if (fd >= 0)
        close(fd);
    esi_output_drop(output);
    return false;
}

const char *
esi_output_name(const char *path)
{
    return strcmp(path, "-") == 0 ? "standard output" : path;
}

static void
forget(struct esi_output *output)
{
    if (output->temporary)
        esi_unfinished_done(output->temporary);
    free(output->temporary);
    free(output->path);
    *output = (struct esi_output){0};
}

bool
esi_output_keep(struct esi_output *output, struct esi_error *err)
{
    if (output->temporary && rename(output->temporary, output->path) != 0)
        return esi_error_set(err, "%s: cannot be written: %s", output->path, strerror(errno));
    forget(output);
    return true;
}

void
esi_output_drop(struct esi_output *output)
{
    if (output->temporary)
        unlink(output->temporary);
    forget(output);
}
