/*
 * input.c - the bytes of a capture file: a named file, a pipe, standard input.
 *
 * Readers get them as a stdio stream with a large buffer and without locks, which is half of
 * libpcap's speed. libpcap cuts a record short, without a word, when it is longer than the snap
 * length in the file's header, which happens in the wild. So the header of a classic pcap file is
 * changed on its way in: its snap length is raised to the largest that libpcap takes. What the
 * header really says is remembered. A stream that changes bytes is one of ours (fopencookie), which
 * stdio reads more slowly than a plain one; so a file whose header can stay is read plainly.
 *
 * Sources: draft-ietf-opsawg-pcap section 4; draft-ietf-opsawg-pcapng section 4.1.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture_internal.h"

enum {
    BUFFER = 1 << 16, /* a larger one takes room in the cache, and saves nothing any more */
    HEAD = 24,        /* a classic pcap file's header */
    HEAD_LEAST = 12,  /* of a pcapng section header: type, length, byte order */
    SNAPLEN_AT = 16,
    SNAPLEN_MOST = 262144 /* libpcap's MAXIMUM_SNAPLEN */
};

struct input {
    int fd;
    bool owned;      /* the descriptor is ours to close */
    bool reopenable; /* has a name and is a regular file */
    bool seekable;
    off_t start; /* where the capture begins */
    uint64_t size;
    enum input_format format;
    uint32_t snaplen;
    bool nanosecond;
    uint8_t head[HEAD]; /* handed out first, from head_at on */
    size_t head_len, head_at;
    bool changed;        /* the head is not as it stands in the file */
    bool plain;          /* the stream reads the file itself */
    uint64_t bytes_read; /* unless plain */
    char *buffer;
};

/* What a file starts with. The magic numbers of classic pcap and of its section header (pcapng)
 * come in both byte orders; the format of a row tells which are captures. */
static const struct magic {
    uint8_t bytes[4];
    enum { MAGIC_PCAP, MAGIC_PCAP_SWAPPED, MAGIC_PCAPNG, MAGIC_OTHER } kind;
    bool nanosecond;
    const char *why_not;
} magics[] = {
    {{0xa1, 0xb2, 0xc3, 0xd4}, MAGIC_PCAP, false, NULL},
    {{0xd4, 0xc3, 0xb2, 0xa1}, MAGIC_PCAP_SWAPPED, false, NULL},
    {{0xa1, 0xb2, 0x3c, 0x4d}, MAGIC_PCAP, true, NULL},
    {{0x4d, 0x3c, 0xb2, 0xa1}, MAGIC_PCAP_SWAPPED, true, NULL},
    {{0xa1, 0xb2, 0xcd, 0x34}, MAGIC_PCAP, false, NULL}, /* "modified", by Alexey Kuznetsov */
    {{0x34, 0xcd, 0xb2, 0xa1}, MAGIC_PCAP_SWAPPED, false, NULL},
    {{0x0a, 0x0d, 0x0d, 0x0a}, MAGIC_PCAPNG, false, NULL},
    {{0x1f, 0x8b, 0x08}, MAGIC_OTHER, false, "compressed with gzip: decompress it first"},
    {{0x28, 0xb5, 0x2f, 0xfd}, MAGIC_OTHER, false, "compressed with zstd: decompress it first"},
    {{0xfd, '7', 'z', 'X'}, MAGIC_OTHER, false, "compressed with xz: decompress it first"},
    {{0x04, 0x22, 0x4d, 0x18}, MAGIC_OTHER, false, "compressed with lz4: decompress it first"},
    {{'B', 'Z', 'h'}, MAGIC_OTHER, false, "compressed with bzip2: decompress it first"},
};

static bool
refuse(char why[WHY_NOT], const char *text)
{
    snprintf(why, WHY_NOT, "%s", text);
    return false;
}

/* read_fully - as many bytes as there are, up to len; -1 and errno. */
static ssize_t
read_fully(int fd, void *to, size_t len)
{
    size_t got = 0;

    while (got < len) {
        ssize_t n = read(fd, (char *)to + got, len - got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        got += (size_t)n;
    }
    return (ssize_t)got;
}

static const struct magic *
find_magic(const uint8_t *head)
{
    for (size_t m = 0; m < ESI_COUNT(magics); m++) {
        /* Rows of three letters end in a zero that is not compared. */
        size_t len = magics[m].bytes[3] == 0 ? 3 : 4;
        if (memcmp(head, magics[m].bytes, len) == 0)
            return &magics[m];
    }
    return NULL;
}

static uint32_t
get_u32(const uint8_t *at, bool little)
{
    return little ? (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0]
                  : (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void
put_u32(uint8_t *at, bool little, uint32_t value)
{
    for (unsigned b = 0; b < 4; b++)
        at[b] = (uint8_t)(value >> (little ? 8 * b : 24 - 8 * b));
}

/* A snap length of 0 means "unlimited" to libpcap already; one above its limit is left, too. */
static void
raise_snaplen(struct input *input, bool little)
{
    input->snaplen = get_u32(input->head + SNAPLEN_AT, little);
    input->changed = input->snaplen > 0 && input->snaplen < SNAPLEN_MOST;
    if (input->changed)
        put_u32(input->head + SNAPLEN_AT, little, SNAPLEN_MOST);
}

static bool
read_head(struct input *input, char why[WHY_NOT])
{
    ssize_t got = read_fully(input->fd, input->head, HEAD);

    if (got < 0)
        return refuse(why, strerror(errno));
    if (got == 0)
        return refuse(why, "is empty");
    input->head_len = (size_t)got;
    input->head_at = 0;
    input->changed = false;
    input->bytes_read = (uint64_t)got;
    const struct magic *magic = got >= 4 ? find_magic(input->head) : NULL;
    if (!magic)
        return refuse(why, "not a pcap or pcapng file");
    if (magic->kind == MAGIC_OTHER)
        return refuse(why, magic->why_not);
    if (got < (magic->kind == MAGIC_PCAPNG ? HEAD_LEAST : HEAD))
        return refuse(why, "cut off in the file's header");
    input->format = magic->kind == MAGIC_PCAPNG ? INPUT_PCAPNG : INPUT_PCAP;
    input->nanosecond = magic->nanosecond;
    if (input->format == INPUT_PCAP)
        raise_snaplen(input, magic->kind == MAGIC_PCAP_SWAPPED);
    return true;
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
copy_all(int from, int to, char *buffer)
{
    for (;;) {
        ssize_t got = read_fully(from, buffer, BUFFER);
        if (got <= 0)
            return got == 0;
        for (ssize_t done = 0; done < got;) {
            ssize_t n = write(to, buffer + done, (size_t)(got - done));
            if (n < 0 && errno != EINTR)
                return false;
            done += n > 0 ? n : 0;
        }
    }
}

/* spool - puts a temporary file in the place of what can be read only once. */
static bool
spool(struct input *input, char why[WHY_NOT])
{
    int fd = open_spool();

    if (fd < 0 || !copy_all(input->fd, fd, input->buffer) || lseek(fd, 0, SEEK_SET) < 0) {
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
    input->seekable = S_ISREG(st.st_mode);
    if (input->seekable) {
        input->size = (uint64_t)st.st_size;
        input->start = lseek(input->fd, 0, SEEK_CUR);
    }
    return true;
}

struct input *
input_open(const char *path, bool rereadable, char why[WHY_NOT])
{
    struct input *input = esi_alloc(sizeof *input);

    input->buffer = esi_alloc_pages(BUFFER);
    if (take_file(input, path, rereadable, why) && read_head(input, why))
        return input;
    input_close(input);
    return NULL;
}

bool
input_restart(struct input *input, char why[WHY_NOT])
{
    if (!input->seekable)
        return refuse(why, "can be read only once");
    if (lseek(input->fd, input->start, SEEK_SET) < 0)
        return refuse(why, strerror(errno));
    return read_head(input, why);
}

static ssize_t
cookie_read(void *cookie, char *to, size_t len)
{
    struct input *input = cookie;
    size_t left = input->head_len - input->head_at;
    ssize_t got;

    if (left > 0) {
        got = (ssize_t)(len < left ? len : left);
        memcpy(to, input->head + input->head_at, (size_t)got);
        input->head_at += (size_t)got;
        return got;
    }
    do
        got = read(input->fd, to, len);
    while (got < 0 && errno == EINTR);
    if (got > 0)
        input->bytes_read += (uint64_t)got;
    return got;
}

/* open_plain - the file itself. It and the input share the place where the next read begins. */
static FILE *
open_plain(struct input *input)
{
    int fd = fcntl(input->fd, F_DUPFD_CLOEXEC, 0);
    FILE *file = fd >= 0 ? fdopen(fd, "r") : NULL;

    if (!file && fd >= 0)
        close(fd);
    if (file && lseek(fd, input->start, SEEK_SET) < 0) {
        fclose(file);
        file = NULL;
    }
    return file;
}

FILE *
input_stream(struct input *input)
{
    FILE *file = input->seekable && !input->changed ? open_plain(input) : NULL;

    input->plain = file;
    if (!file)
        file = fopencookie(input, "r", (cookie_io_functions_t){.read = cookie_read});
    if (!file)
        esi_panic("input_stream: %s", strerror(errno));
    setvbuf(file, input->buffer, _IOFBF, BUFFER);
    __fsetlocking(file, FSETLOCKING_BYCALLER);
    return file;
}

enum input_format
input_format(const struct input *input)
{
    return input->format;
}

uint32_t
input_snaplen(const struct input *input)
{
    return input->snaplen;
}

bool
input_nanosecond(const struct input *input)
{
    return input->nanosecond;
}

bool
input_reopenable(const struct input *input)
{
    return input->reopenable;
}

uint64_t
input_size(const struct input *input)
{
    return input->size;
}

uint64_t
input_bytes_read(const struct input *input)
{
    return input->plain ? (uint64_t)(lseek(input->fd, 0, SEEK_CUR) - input->start)
                        : input->bytes_read;
}

void
input_close(struct input *input)
{
    if (!input)
        return;
    if (input->owned && input->fd >= 0)
        close(input->fd);
    free(input->buffer);
    free(input);
}
