#define _GNU_SOURCE /* memfd_create */
#include "support/fuzzed.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

void
must(bool held, const char *what)
{
    if (held)
        return;
    fprintf(stderr, "does not hold: %s\n", what);
    abort();
}

int
fuzzed_file(char path[FUZZED_PATH], const uint8_t *bytes, size_t len)
{
    int fd = memfd_create("capture", 0);

    if (fd < 0 || write(fd, bytes, len) != (ssize_t)len)
        abort();
    snprintf(path, FUZZED_PATH, "/proc/self/fd/%d", fd);
    return fd;
}
