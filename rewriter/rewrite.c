/*
 * rewrite.c - the second reading: each frame of the walk is located, applied, written.
 *
 * The walk gives every flow the id, and every segment the offset, that it had in the first
 * reading, whose plan says what changes.
 */
#include "esi/rewrite.h"

#include <inttypes.h>

#include "rewrite_internal.h"

enum { SNAPLEN_MOST = 262144 /* libpcap reads no longer frames */ };

static uint64_t
frames_of(const struct esi_capture *capture)
{
    uint64_t frames = 0;

    for (size_t f = 0; f < esi_capture_file_count(capture); f++)
        frames += esi_capture_file(capture, f)->frames;
    return frames;
}

static uint64_t
filtered_of(const struct esi_capture *capture)
{
    uint64_t filtered = 0;

    for (size_t f = 0; f < esi_capture_file_count(capture); f++)
        filtered += esi_capture_file(capture, f)->filtered_out;
    return filtered;
}

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

/*
 * describe - the output's header, from what the first reading saw. Files without frames have a say
 * only if no other has: their link type is no frame's.
 */
static bool
describe(const struct esi_rewrite_config *config, struct writer_config *writer, bool *usage,
         struct esi_error *err)
{
    bool any_frames = frames_of(config->capture) > 0;
    struct owner owner = {0};

    *writer = (struct writer_config){.path = config->out};
    for (size_t f = 0; f < esi_capture_file_count(config->capture); f++) {
        const struct esi_capture_file *file = esi_capture_file(config->capture, f);

        if (file->linktype < 0 || (any_frames && file->frames == 0))
            continue;
        *usage = !agree(&owner, file, config->out, err);
        if (*usage)
            return false;
        widen(writer, file);
    }
    writer->linktype = owner.linktype;
    return owner.file ||
           esi_error_set(err, "%s: not written: no capture could be read", config->out);
}

struct esi_walk *
rewrite_walk(const struct esi_rewrite_config *config)
{
    return esi_walk_new(config->capture, &(struct esi_walk_config){.memory = config->flow_memory,
                                                                   .ports = config->ports,
                                                                   .wants = config->wants,
                                                                   .ctx = config->wants_ctx});
}

static bool
write_frames(const struct esi_rewrite_config *config, struct fragments *fragments,
             struct writer *writer, struct esi_rewrite_stats *stats, struct esi_error *err)
{
    struct esi_walk *walk = rewrite_walk(config);
    struct locator *locator = locator_new(config->plan);
    struct esi_buf room = {0};
    struct patches patches;
    struct esi_visit visit;
    bool written = true;

    while (written && esi_walk_next(walk, &visit) == ESI_STEP_ITEM) {
        bool in_fragments = fragments && fragments_locate(fragments, visit.frame.number, &patches);
        if (!in_fragments)
            locate(locator, &visit, &patches);
        if (!in_fragments && visit.decoding.piece_count > 0) {
            if (!fragments && (patches.count > 0 || patches.drop))
                esi_panic("rewrite: a segment in fragments, of which nothing was said");
            patches = (struct patches){0};
        }
        written = apply(writer, &room, &visit.frame, &patches, stats, err);
    }
    esi_buf_free(&room);
    locator_free(locator);
    esi_walk_free(walk);
    return written;
}

/* check_totals - a capture that grew or shrank since it was judged cannot be rewritten. */
static bool
check_totals(const struct esi_rewrite_config *config, uint64_t frames_judged,
             struct esi_rewrite_stats *stats, struct esi_error *err)
{
    stats->frames_read = frames_of(config->capture);
    stats->frames_left_out = filtered_of(config->capture);
    if (stats->frames_read != frames_judged)
        return esi_error_set(
            err, "the input changed while it was read: %" PRIu64 " frames, then %" PRIu64,
            frames_judged, stats->frames_read);
    if (stats->frames_read !=
        stats->frames_written + stats->frames_dropped + stats->frames_left_out)
        esi_panic("rewrite: %" PRIu64 " frames read, %" PRIu64 " written", stats->frames_read,
                  stats->frames_written);
    return true;
}

bool
esi_rewrite(const struct esi_rewrite_config *config, struct esi_rewrite_stats *stats, bool *usage,
            struct esi_error *err)
{
    uint64_t frames_judged = frames_of(config->capture);
    struct writer_config header;

    *stats = (struct esi_rewrite_stats){0};
    *usage = false;
    if (!describe(config, &header, usage, err) || !esi_capture_rewind(config->capture, err))
        return false;
    struct fragments *fragments = NULL;
    if (config->in_fragments) {
        fragments = fragments_find(config);
        if (!esi_capture_rewind(config->capture, err)) {
            fragments_free(fragments);
            return false;
        }
    }
    struct writer *writer = writer_open(&header, usage, err);
    bool whole = writer && write_frames(config, fragments, writer, stats, err) &&
                 check_totals(config, frames_judged, stats, err);
    fragments_free(fragments);
    return writer && writer_close(writer, whole, err) && whole;
}
