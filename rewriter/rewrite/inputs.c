/*
 * inputs.c - what the output is to be like, from what a whole reading saw of the input files.
 */
#include <stdlib.h>

#include "rewrite_internal.h"

enum { SNAPLEN_MOST = 262144 /* libpcap reads no longer frames */ };

/* widen - a file without a snap length, or one that does not keep to it, has a larger one. */
static void
widen(struct writer_config *writer, const struct esi_capture_file *file)
{
    uint32_t snaplen = file->snaplen > 0 ? file->snaplen : SNAPLEN_MOST;

    if (snaplen < file->longest)
        snaplen = file->longest;
    if (snaplen > SNAPLEN_MOST)
        snaplen = SNAPLEN_MOST;
    if (writer->snaplen < snaplen)
        writer->snaplen = snaplen;
    writer->nanosecond |= file->nanosecond;
}

/* The link type of the output, and the file that has it. */
struct owner {
    const char *file; /* NULL: none yet */
    int linktype;
};

/* agree - false: that file has frames that no classic pcap file holds, or of another link type than
 * those before it, or of two. */
static bool
agree(struct owner *owner, const struct esi_capture_file *file, const char *out,
      struct esi_error *err)
{
    int linktype = file->linktype_count > 0 ? file->linktypes[0] : file->linktype;

    if (file->longest > SNAPLEN_MOST)
        return esi_error_set(err,
                             "%s: no reader of classic pcap takes frames of more than %d bytes; "
                             "%s has one of %u",
                             out, SNAPLEN_MOST, file->name, file->longest);
    if (file->linktype_count > 1)
        return esi_error_set(err,
                             "%s: a classic pcap file holds one link type; %s has frames of %s "
                             "and %s",
                             out, file->name, esi_linktype_name(linktype),
                             esi_linktype_name(file->linktypes[1]));
    if (owner->file && owner->linktype != linktype)
        return esi_error_set(err,
                             "%s: a classic pcap file holds one link type; those of %s and %s "
                             "differ",
                             out, owner->file, file->name);
    *owner = (struct owner){file->name, linktype};
    return true;
}

static bool
nothing_read(const struct writer_config *writer, struct esi_error *err)
{
    return esi_error_set(err, "%s: not written: no capture could be read", writer->path);
}

/* describe_pcap - the one header. Files without frames have a say only if no other has: their link
 * type is no frame's. */
static bool
describe_pcap(struct writer_config *writer, bool *usage, struct esi_error *err)
{
    bool any_frames = false;
    struct owner owner = {0};

    for (size_t f = 0; f < writer->file_count; f++)
        any_frames |= writer->files[f].frames > 0;
    for (size_t f = 0; f < writer->file_count; f++) {
        const struct esi_capture_file *file = &writer->files[f];

        if (file->linktype < 0 || (any_frames && file->frames == 0))
            continue;
        *usage = !agree(&owner, file, writer->path, err);
        if (*usage)
            return false;
        widen(writer, file);
    }
    writer->linktype = owner.linktype;
    return owner.file || nothing_read(writer, err);
}

/* describe_pcapng - each file has its own section; only a number may be too large for one. A pcapng
 * file without an interface has no link type, and is complete all the same. */
static bool
describe_pcapng(const struct writer_config *writer, bool *usage, struct esi_error *err)
{
    bool any = false;

    for (size_t f = 0; f < writer->file_count; f++) {
        const struct esi_capture_file *file = &writer->files[f];

        any |= file->linktype >= 0 || file->complete;
        *usage = file->linktype > UINT16_MAX;
        if (*usage)
            return esi_error_set(err,
                                 "%s: not written: link type %d, of %s, is none that a pcapng "
                                 "file can tell",
                                 writer->path, file->linktype, file->name);
    }
    return any || nothing_read(writer, err);
}

bool
inputs_describe(const struct esi_rewrite_config *config, struct writer_config *writer, bool *usage,
                struct esi_error *err)
{
    size_t count = esi_capture_file_count(config->capture);
    struct esi_capture_file *files = esi_alloc(count * sizeof *files);

    for (size_t f = 0; f < count; f++)
        files[f] = *esi_capture_file(config->capture, f);
    *writer = (struct writer_config){
        .path = config->out, .format = config->format, .files = files, .file_count = count};
    return config->format == ESI_REWRITE_PCAP ? describe_pcap(writer, usage, err)
                                              : describe_pcapng(writer, usage, err);
}

bool
inputs_fragile(const struct writer_config *writer)
{
    bool fragile = false;

    for (size_t f = 0; f < writer->file_count; f++)
        fragile |= writer->files[f].fragile;
    return fragile && writer->format == ESI_REWRITE_PCAPNG;
}

void
inputs_free(struct writer_config *writer)
{
    free((void *)writer->files);
}
