/*
 * rewrite.c - the second reading: each frame of the walk is located, applied, written.
 *
 * The walk gives every flow the id, and every segment the offset, that it had in the first
 * reading, whose plan says what changes.
 */
#include "esi/rewrite.h"

#include <inttypes.h>

#include "proof_internal.h"

/* add_files - the frames that were read, and those of them that the filter held back. */
static void
add_files(const struct esi_capture *capture, struct esi_rewrite_stats *stats)
{
    for (size_t f = 0; f < esi_capture_file_count(capture); f++) {
        stats->frames_read += esi_capture_file(capture, f)->frames;
        stats->frames_left_out += esi_capture_file(capture, f)->filtered_out;
    }
}

struct esi_walk *
rewrite_walk(const struct esi_rewrite_config *config)
{
    return esi_walk_new(config->capture, &(struct esi_walk_config){.memory = config->flow_memory,
                                                                   .ports = config->ports,
                                                                   .wants = config->wants,
                                                                   .forget = resets_forget,
                                                                   .ctx = config->wants_ctx});
}

/* What the frames of one reading go through. */
struct passage {
    struct esi_walk *walk;
    struct locator *locator;
    struct fragments *fragments; /* NULL: there are none that matter. The caller's */
    struct resets *resets;
    struct writer *writer; /* the caller's */
    struct proof *proof;   /* NULL: none is wanted, or nothing is written. The caller's */
    bool holds_comments;   /* the format does */
    struct esi_buf room;
};

/* find_patches - what becomes of fragments was found when their datagram was whole; what that
 * reading said nothing of stays. */
static void
find_patches(struct passage *passage, const struct esi_visit *visit, struct patches *out)
{
    struct fragments *fragments = passage->fragments;

    if (fragments && fragments_locate(fragments, visit->frame.number, out))
        return;
    locate(passage->locator, visit, out);
    if (visit->decoding.piece_count == 0 || out->fate == FATE_LEFT_OUT)
        return;
    if (!fragments && ((out->count > 0 && !out->only_checksum) || out->dropped))
        esi_panic("rewrite: a segment in fragments, of which nothing was said");
    *out = (struct patches){.checksum_left = out->checksum_left || (!fragments && out->count > 0)};
}

static bool
write_made(struct passage *passage, const struct esi_frame *behind, const struct made *made,
           const struct esi_rewrite_stats *stats, struct esi_error *err)
{
    struct esi_slice comment = passage->holds_comments ? made->comment : (struct esi_slice){0};

    for (size_t f = 0; f < made->count; f++) {
        const struct esi_frame *frame = &made->frames[f];

        if (!writer_put(passage->writer, frame, frame->bytes.ptr, comment, err))
            return false;
        if (passage->proof)
            proof_made(passage->proof, behind, frame, made->comment,
                       stats->frames_written - made->count + f + 1, comment.len > 0);
    }
    return true;
}

static void
prove(struct passage *passage, const struct esi_frame *frame, const struct patches *patches,
      const struct esi_rewrite_stats *stats, bool comment_lost)
{
    bool commented = patches->comment.len > 0 && !comment_lost;
    const uint8_t *bytes = patches->count > 0 ? passage->room.data : frame->bytes.ptr;

    proof_frame(passage->proof, frame, patches, bytes, stats->frames_written, commented);
}

static bool
write_visit(struct passage *passage, const struct esi_visit *visit, struct esi_rewrite_stats *stats,
            struct esi_error *err)
{
    uint64_t lost = stats->comments_lost;
    struct patches patches;
    struct made made;

    find_patches(passage, visit, &patches);
    if (!apply(passage->writer, &passage->room, &visit->frame, &patches, stats, err))
        return false;
    if (passage->proof)
        prove(passage, &visit->frame, &patches, stats, stats->comments_lost > lost);
    resets_step(passage->resets, visit, &patches, &made, stats);
    return write_made(passage, &visit->frame, &made, stats, err);
}

static bool
write_walked(const struct esi_rewrite_config *config, struct fragments *fragments,
             struct writer *writer, const struct writer_config *header,
             struct esi_rewrite_stats *stats, struct esi_error *err)
{
    /* Each section of a pcapng file has its own, and readers do not hold frames to it. */
    uint32_t snaplen = config->format == ESI_REWRITE_PCAP ? header->snaplen : UINT32_MAX;
    struct passage passage = {.walk = rewrite_walk(config),
                              .locator = locator_new(config),
                              .fragments = fragments,
                              .resets = resets_new(config, snaplen),
                              .writer = writer,
                              .proof = header->proof,
                              .holds_comments = config->format != ESI_REWRITE_PCAP};
    struct esi_visit visit;
    bool written = true;

    while (written && esi_walk_next(passage.walk, &visit) == ESI_STEP_ITEM)
        written = write_visit(&passage, &visit, stats, err);
    esi_buf_free(&passage.room);
    resets_free(passage.resets, passage.walk);
    locator_free(passage.locator);
    esi_walk_free(passage.walk);
    return written;
}

static bool
write_frames(const struct esi_rewrite_config *config, struct fragments *fragments,
             struct writer *writer, const struct writer_config *header,
             struct esi_rewrite_stats *stats, struct esi_error *err)
{
    if (sighted_is_enough(config))
        return sighted_write(config, writer, header->nanosecond, stats, err);
    return write_walked(config, fragments, writer, header, stats, err);
}

/* check_totals - a capture that grew or shrank since it was judged cannot be rewritten. */
static bool
check_totals(const struct esi_rewrite_config *config, uint64_t frames_judged,
             struct esi_rewrite_stats *stats, struct esi_error *err)
{
    add_files(config->capture, stats);
    if (stats->frames_read != frames_judged)
        return esi_error_set(
            err, "the input changed while it was read: %" PRIu64 " frames, then %" PRIu64,
            frames_judged, stats->frames_read);
    if (stats->frames_read + stats->frames_made !=
        stats->frames_written + stats->frames_dropped + stats->frames_left_out)
        esi_panic("rewrite: %" PRIu64 " frames read, %" PRIu64 " written", stats->frames_read,
                  stats->frames_written);
    return true;
}

/* write_out - the reading that writes, or foresees. */
static bool
write_out(const struct esi_rewrite_config *config, struct fragments *fragments,
          const struct writer_config *header, struct esi_rewrite_stats *stats, bool *usage,
          struct esi_error *err)
{
    uint64_t frames_judged = 0;
    struct writer *writer = writer_open(header, usage, err);

    if (!writer)
        return false;
    for (size_t f = 0; f < header->file_count; f++)
        frames_judged += header->files[f].frames;
    if (config->format == ESI_REWRITE_PCAPNG)
        esi_capture_watch(config->capture, writer_block, writer);
    fragments_restart(fragments);
    bool whole = esi_capture_rewind(config->capture, err) &&
                 write_frames(config, fragments, writer, header, stats, err) &&
                 check_totals(config, frames_judged, stats, err);
    if (whole)
        proof_balance(header->proof, stats);
    esi_capture_watch(config->capture, NULL, NULL);
    return writer_close(writer, whole, err) && whole;
}

/* foresee - goes through the capture once more where a file is fragile. */
static bool
foresee(const struct esi_rewrite_config *config, struct fragments *fragments,
        struct writer_config *header, bool *usage, struct esi_error *err)
{
    struct esi_rewrite_stats unused = {0};
    struct writer_config blank = *header;

    if (!inputs_fragile(header))
        return true;
    header->foresight = foresight_new(header->file_count);
    blank.foresight = header->foresight;
    blank.path = NULL;
    blank.proof = NULL;
    blank.comments_lost = &unused.comments_lost;
    return write_out(config, fragments, &blank, &unused, usage, err);
}

/* find_fragments - true if there are none, too. */
static bool
find_fragments(const struct esi_rewrite_config *config, struct fragments **out,
               struct esi_error *err)
{
    *out = NULL;
    if (!config->in_fragments)
        return true;
    if (!esi_capture_rewind(config->capture, err))
        return false;
    *out = fragments_find(config);
    return true;
}

/* begin_proof - true if none is wanted, too. */
static bool
begin_proof(const struct esi_rewrite_config *config, struct writer_config *header,
            struct esi_error *err)
{
    if (config->proof.path)
        header->proof = proof_open(config, header->files, header->file_count, err);
    return !config->proof.path || header->proof;
}

bool
esi_rewrite(const struct esi_rewrite_config *config, struct esi_rewrite_stats *stats, bool *usage,
            struct esi_error *err)
{
    struct writer_config header;
    struct fragments *fragments = NULL;

    *stats = (struct esi_rewrite_stats){0};
    *usage = false;
    bool done = inputs_describe(config, &header, usage, err) &&
                find_fragments(config, &fragments, err) && begin_proof(config, &header, err);
    header.comments_lost = &stats->comments_lost;
    done = done && foresee(config, fragments, &header, usage, err) &&
           write_out(config, fragments, &header, stats, usage, err);
    fragments_free(fragments);
    foresight_free(header.foresight);
    proof_free(header.proof);
    inputs_free(&header);
    return done;
}
