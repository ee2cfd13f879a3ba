/*
 * streams.c - each session's reassembled bytes as files.
 *
 * A capture may hold more sessions at once than a process may hold files open: a few are kept open,
 * and the one not written to for longest makes room. A file is emptied when its session's first
 * bytes of this run come, and added to after that.
 */
#define _DEFAULT_SOURCE /* mkdir */

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "program_internal.h"

enum { OPEN_MOST = 64 };

struct streams {
    const char *folder;
    struct stream {
        FILE *file;
        uint64_t key; /* session number and direction */
        uint64_t used;
    } open[OPEN_MOST];
    uint64_t now;
    uint8_t *begun; /* a bit a key */
    size_t begun_cap;
    struct esi_buf path;
};

struct streams *
streams_open(const char *folder, struct esi_error *err)
{
    struct stat status;

    if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
        esi_error_set(err, "%s: cannot be made: %s", folder, strerror(errno));
        return NULL;
    }
    if (stat(folder, &status) != 0 || !S_ISDIR(status.st_mode)) {
        esi_error_set(err, "%s: is not a folder", folder);
        return NULL;
    }
    struct streams *streams = esi_alloc(sizeof *streams);
    streams->folder = folder;
    return streams;
}

static bool
set_begun(struct streams *streams, uint64_t key)
{
    size_t byte = (size_t)(key / 8);
    uint8_t bit = (uint8_t)(1u << key % 8);

    streams->begun = esi_grow(streams->begun, &streams->begun_cap, byte + 1, 1);
    bool was = (streams->begun[byte] & bit) != 0;
    streams->begun[byte] |= bit;
    return was;
}

static const char *
path_of(struct streams *streams, uint64_t key)
{
    esi_buf_clear(&streams->path);
    esi_buf_printf(&streams->path, "%s/%" PRIu64 "-to-%s.raw", streams->folder, key / 2,
                   key % 2 == ESI_TO_SERVER ? "server" : "client");
    esi_buf_byte(&streams->path, '\0');
    return (const char *)streams->path.data;
}

static bool
fail(struct streams *streams, uint64_t key, int error, struct esi_error *err)
{
    return esi_error_set(err, "%s: cannot be written: %s", path_of(streams, key),
                         strerror(error != 0 ? error : EIO));
}

static bool
close_stream(struct streams *streams, struct stream *stream, struct esi_error *err)
{
    FILE *file = stream->file;

    stream->file = NULL;
    errno = 0;
    return !file || fclose(file) == 0 || fail(streams, stream->key, errno, err);
}

/* slot_of - where the key is open, else what may make room for it. */
static struct stream *
slot_of(struct streams *streams, uint64_t key)
{
    struct stream *oldest = &streams->open[0];

    for (size_t i = 0; i < OPEN_MOST; i++) {
        struct stream *stream = &streams->open[i];

        if (stream->file && stream->key == key)
            return stream;
        if (stream->used < oldest->used)
            oldest = stream;
    }
    return oldest;
}

static bool
open_stream(struct streams *streams, struct stream *stream, uint64_t key, struct esi_error *err)
{
    if (stream->file && stream->key == key)
        return true;
    if (!close_stream(streams, stream, err))
        return false;
    stream->key = key;
    stream->file = fopen(path_of(streams, key), set_begun(streams, key) ? "ab" : "wb");
    return stream->file || fail(streams, key, errno, err);
}

bool
streams_put(struct streams *streams, uint64_t session, enum esi_dir dir, struct esi_slice bytes,
            struct esi_error *err)
{
    uint64_t key = session * 2 + dir;
    struct stream *stream = slot_of(streams, key);

    if (!open_stream(streams, stream, key, err))
        return false;
    stream->used = ++streams->now;
    errno = 0;
    return fwrite(bytes.ptr, 1, bytes.len, stream->file) == bytes.len ||
           fail(streams, key, errno, err);
}

bool
streams_close(struct streams *streams, struct esi_error *err)
{
    bool whole = true;

    for (size_t i = 0; i < OPEN_MOST; i++)
        if (!close_stream(streams, &streams->open[i], err))
            whole = false;
    free(streams->begun);
    esi_buf_free(&streams->path);
    free(streams);
    return whole;
}
