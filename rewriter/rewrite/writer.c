/*
 * writer.c - the output file: under its name when it is whole, or not at all. What is in it is the
 * formats' business.
 */
#define _DEFAULT_SOURCE /* ferror_unlocked, fileno */
#include <errno.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proof_internal.h"
#include "writer_internal.h"

enum { BUFFER = 1 << 17 };

static bool
open_output(struct writer *writer, const char *path, struct esi_error *err)
{
    if (!path)
        return true;
    if (!esi_output_open(&writer->output, path, err))
        return false;
    writer->output.file = proof_watch(writer->proof, writer->output.file);
    writer->buffer = esi_alloc_pages(BUFFER);
    setvbuf(writer->output.file, writer->buffer, _IOFBF, BUFFER);
    __fsetlocking(writer->output.file, FSETLOCKING_BYCALLER); /* one thread */
    return true;
}

struct writer *
writer_open(const struct writer_config *config, bool *usage, struct esi_error *err)
{
    const struct writer_kind *kind =
        config->format == ESI_REWRITE_PCAP ? &writer_pcap : &writer_pcapng;
    struct writer *writer = esi_alloc(kind->size);

    writer->kind = kind;
    writer->proof = config->proof;
    writer->name = esi_strdup(esi_output_name(config->path ? config->path : "-"));
    if (open_output(writer, config->path, err) && kind->start(writer, config, usage, err))
        return writer;
    writer_close(writer, false, err);
    return NULL;
}

/* is_written - whether all could be written so far; if not, errno is the last write's when it is
 * first asked. */
static bool
is_written(struct writer *writer)
{
    if (!writer->output.file || !ferror_unlocked(writer->output.file))
        return true;
    if (writer->error == 0)
        writer->error = errno;
    return false;
}

static bool
fail(struct writer *writer, struct esi_error *err)
{
    return esi_error_set(err, "%s: cannot be written: %s", writer->name, strerror(writer->error));
}

bool
writer_put(struct writer *writer, const struct esi_frame *frame, const uint8_t *bytes,
           struct esi_slice comment, struct esi_error *err)
{
    writer->kind->put(writer, frame, bytes, comment);
    return is_written(writer) || fail(writer, err);
}

bool
writer_takes_runs(const struct writer *writer)
{
    return writer->kind->put_run != NULL;
}

bool
writer_put_run(struct writer *writer, const struct esi_run *run, struct esi_error *err)
{
    writer->kind->put_run(writer, run);
    return is_written(writer) || fail(writer, err);
}

void
writer_block(void *writer, const struct esi_pcapng_block *block)
{
    const struct writer_kind *kind = ((struct writer *)writer)->kind;

    if (!kind->block)
        return;
    kind->block(writer, block);
    (void)is_written(writer); /* writer_put or writer_close will say so */
}

/* has_arrived - some file systems say only when a descriptor is closed that there was no room, and
 * any descriptor of the file will do. */
static bool
has_arrived(struct writer *writer)
{
    int fd = fileno(writer->output.file), other = fd >= 0 ? dup(fd) : -1;

    if (other < 0 || close(other) == 0)
        return true;
    writer->error = errno;
    return false;
}

/* finish - closing a stream, or having libpcap close it, does not say whether the last bytes could
 * be written. */
static bool
finish(struct writer *writer, struct esi_error *err)
{
    if (writer->kind->finish && !writer->kind->finish(writer, err))
        return false;
    if (!writer->output.file)
        return true;
    if (is_written(writer))
        fflush(writer->output.file);
    return (is_written(writer) && has_arrived(writer)) || fail(writer, err);
}

bool
writer_close(struct writer *writer, bool keep, struct esi_error *err)
{
    bool whole = keep && finish(writer, err);
    bool written = writer->output.path != NULL;

    writer->kind->close(writer);
    bool kept = whole && proof_keep(writer->proof, err) &&
                (!written || esi_output_keep(&writer->output, err));
    if (!kept)
        proof_take_back(writer->proof);
    if (written)
        esi_output_drop(&writer->output);
    free(writer->name);
    free(writer->buffer);
    free(writer);
    return kept;
}
