/* same_file.c - whether an output would destroy an input. */
#define _DEFAULT_SOURCE /* S_ISREG */
#include <string.h>
#include <sys/stat.h>

#include "esi/cli.h"

bool
esi_cli_same_file(const char *output, const char *input)
{
    struct stat a, b;

    return strcmp(output, "-") != 0 && strcmp(input, "-") != 0 && stat(output, &a) == 0 &&
           S_ISREG(a.st_mode) && stat(input, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}
