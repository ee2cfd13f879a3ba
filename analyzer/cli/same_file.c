/* same_file.c - whether an output would destroy an input. */
#define _DEFAULT_SOURCE /* S_ISREG, S_ISFIFO */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "esi/cli.h"

static bool
look_at(const char *path, int stream, struct stat *out)
{
    return (strcmp(path, "-") == 0 ? fstat(stream, out) : stat(path, out)) == 0;
}

bool
esi_cli_same_file(const char *output, const char *input)
{
    struct stat a, b;

    return look_at(output, STDOUT_FILENO, &a) && (S_ISREG(a.st_mode) || S_ISFIFO(a.st_mode)) &&
           look_at(input, STDIN_FILENO, &b) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}
