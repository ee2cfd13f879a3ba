/*
 * input.c - the bytes of a capture file: a named file, a pipe, standard input, compressed or not.
 *
 * The first bytes are looked at when it is opened, and are kept to be read as well: they tell
 * whether the file is compressed, and readers whether it is theirs.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture_internal.h"

enum { SPOOL_BUFFER = 1 << 16 };

struct input {
    int fd;
    bool owned;      /* the descriptor is ours to close */
    bool reopenable; /* has a name and is a regular file */
    bool regular;
    off_t start;              /* where the capture begins */
    uint64_t taken;           /* of what is no regular file */
    uint8_t head[INPUT_HEAD]; /* read first, from head_at on */
    size_t head_len, head_at;
    struct decompressor *undo; /* NULL: not compressed */
    char trouble[WHY_NOT];
};

static bool
refuse(char why[WHY_NOT], const char *text)
{
    snprintf(why, WHY_NOT, "%s", text);
    return false;
}

static ssize_t
read_file(struct input *input, void *to, size_t len)
{
    ssize_t got;

    do
        got = read(input->fd, to, len);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        snprintf(input->trouble, WHY_NOT, "unreadable (%s)", strerror(errno));
    else
        input->taken += (uint64_t)got;
    return got;
}

/* read_head - of what is kept of the beginning. */
static size_t
read_head(struct input *input, void *to, size_t len)
{
    size_t left = input->head_len - input->head_at;
    size_t got = len < left ? len : left;

    memcpy(to, input->head + input->head_at, got);
    input->head_at += got;
    return got;
}

/* read_raw - for the decompressor, whose first read takes the whole head. */
static ssize_t
read_raw(void *ctx, void *to, size_t len)
{
    struct input *input = ctx;
    size_t got = read_head(input, to, len);

    return got > 0 ? (ssize_t)got : read_file(input, to, len);
}

/* read_on - behind what is kept of the beginning. */
static size_t
read_on(struct input *input, void *to, size_t len)
{
    if (input->undo)
        return decompress_read(input->undo, to, len);
    ssize_t got = read_file(input, to, len);
    return got > 0 ? (size_t)got : 0;
}

size_t
input_read(struct input *input, void *to, size_t len)
{
    size_t got = read_head(input, to, len);

    return got > 0 ? got : read_on(input, to, len);
}

/* keep_head - reads the first bytes, which will be read again. */
static void
keep_head(struct input *input)
{
    uint8_t head[INPUT_HEAD];
    size_t len = 0, got;

    while (len < sizeof head && (got = read_on(input, head + len, sizeof head - len)) > 0)
        len += got;
    memcpy(input->head, head, len);
    input->head_len = len;
    input->head_at = 0;
}

static void
begin(struct input *input)
{
    struct decompress_source source = {read_raw, input};

    decompress_close(input->undo);
    input->undo = NULL;
    input->head_len = input->head_at = 0;
    input->trouble[0] = '\0';
    keep_head(input);
    input->undo = decompress_open(input_head(input), &source);
    if (input->undo)
        keep_head(input);
}

/* open_spool - a temporary file that has no name any more. */
static int
open_spool(void)
{
    const char *folder = getenv("TMPDIR");
    char path[4096];

    if (!folder || folder[0] == '\0')
        folder = "/tmp";
    if (snprintf(path, sizeof path, "%s/esmtp-XXXXXX", folder) >= (int)sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0)
        unlink(path);
    return fd;
}

static bool
write_fully(int to, const char *bytes, size_t len)
{
    for (size_t done = 0; done < len;) {
        ssize_t n = write(to, bytes + done, len - done);
        if (n < 0 && errno != EINTR)
            return false;
        done += n > 0 ? (size_t)n : 0;
    }
    return true;
}

static bool
copy_all(struct input *from, int to)
{
    char *buffer = esi_alloc_pages(SPOOL_BUFFER);
    ssize_t got;

    while ((got = read_file(from, buffer, SPOOL_BUFFER)) > 0)
        if (!write_fully(to, buffer, (size_t)got))
            got = -1;
    free(buffer);
    return got == 0;
}

/* spool - puts a temporary file in the place of what can be read only once. */
static bool
spool(struct input *input, char why[WHY_NOT])
{
    int fd = open_spool();

    if (fd < 0 || !copy_all(input, fd) || lseek(fd, 0, SEEK_SET) < 0) {
        snprintf(why, WHY_NOT, "cannot be kept in a temporary file: %s", strerror(errno));
        if (fd >= 0)
            close(fd);
        return false;
    }
    if (input->owned)
        close(input->fd);
    input->fd = fd;
    input->owned = true;
    return true;
}

static bool
take_file(struct input *input, const char *path, bool rereadable, char why[WHY_NOT])
{
    struct stat st;

    input->owned = strcmp(path, "-") != 0;
    input->fd = input->owned ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
    if (input->fd < 0 || fstat(input->fd, &st) < 0)
        return refuse(why, strerror(errno));
    if (S_ISDIR(st.st_mode))
        return refuse(why, "is a directory");
    input->reopenable = input->owned && S_ISREG(st.st_mode);
    if (!S_ISREG(st.st_mode) && rereadable) {
        if (!spool(input, why))
            return false;
        if (fstat(input->fd, &st) < 0)
            return refuse(why, strerror(errno));
    }
    input->regular = S_ISREG(st.st_mode);
    if (input->regular)
        input->start = lseek(input->fd, 0, SEEK_CUR);
    return true;
}

struct input *
input_open(const char *path, bool rereadable, char why[WHY_NOT])
{
    struct input *input = esi_alloc(sizeof *input);

    if (!take_file(input, path, rereadable, why)) {
        input_close(input);
        return NULL;
    }
    begin(input);
    return input;
}

bool
input_restart(struct input *input, char why[WHY_NOT])
{
    if (!input->regular)
        return refuse(why, "can be read only once");
    if (lseek(input->fd, input->start, SEEK_SET) < 0)
        return refuse(why, strerror(errno));
    begin(input);
    return true;
}

struct esi_slice
input_head(const struct input *input)
{
    return (struct esi_slice){input->head, input->head_len};
}

const char *
input_trouble(const struct input *input)
{
    if (input->trouble[0] != '\0' || !input->undo)
        return input->trouble;
    return decompress_trouble(input->undo);
}

bool
input_seekable(const struct input *input)
{
    return input->regular && !input->undo;
}

void
input_seek(struct input *input, uint64_t to)
{
    if (lseek(input->fd, input->start + (off_t)to, SEEK_SET) < 0)
        esi_panic("input_seek: %s", strerror(errno));
    input->head_at = input->head_len;
}

bool
input_each(const struct input *input, void (*fn)(void *ctx, const void *bytes, size_t len),
           void *ctx, char why[WHY_NOT])
{
    off_t at = input->start;
    ssize_t got = -1;

    errno = ESPIPE;
    char *buffer = esi_alloc_pages(SPOOL_BUFFER);
    while (input->regular && (got = pread(input->fd, buffer, SPOOL_BUFFER, at)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            break;
        fn(ctx, buffer, (size_t)got);
        at += got;
    }
    free(buffer);
    return got == 0 || refuse(why, strerror(errno));
}

FILE *
input_plain(struct input *input)
{
    if (!input_seekable(input))
        return NULL;
    int fd = fcntl(input->fd, F_DUPFD_CLOEXEC, 0);
    FILE *file = fd >= 0 ? fdopen(fd, "r") : NULL;
    if (!file && fd >= 0)
        close(fd);
    if (file)
        input_seek(input, 0);
    return file;
}

/* Readers that take the file into their own hands move the same offset. */
uint64_t
input_taken(const struct input *input)
{
    off_t at = input->regular ? lseek(input->fd, 0, SEEK_CUR) : -1;

    return at >= input->start ? (uint64_t)(at - input->start) : input->taken;
}

bool
input_size(const struct input *input, uint64_t *size)
{
    struct stat st;

    if (!input->regular || fstat(input->fd, &st) < 0 || st.st_size < input->start)
        return false;
    *size = (uint64_t)(st.st_size - input->start);
    return true;
}

bool
input_reopenable(const struct input *input)
{
    return input->reopenable;
}

const char *
input_compression(const struct input *input)
{
    return input->undo ? decompress_name(input->undo) : NULL;
}

void
input_close(struct input *input)
{
    if (!input)
        return;
    decompress_close(input->undo);
    if (input->owned && input->fd >= 0)
        close(input->fd);
    free(input);
}
