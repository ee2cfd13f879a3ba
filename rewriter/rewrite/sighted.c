/*
 * sighted.c - the second reading, where the first one has told which frames may change: all others
 * go from the capture to the output as they are, without being looked at.
 *
 * What it cannot do needs the walk: whatever hangs on frames that carry no such bytes.
 */
#include "rewrite_internal.h"

bool
sighted_is_enough(const struct esi_rewrite_config *config)
{
    return config->sights && !config->sights->lost && !config->in_fragments &&
           !config->flow_wanted && config->after == ESI_AFTER_KEEP &&
           config->checksums != ESI_CHECKSUMS_ALL && !config->proof.path;
}

struct sighted {
    struct esi_capture *capture;
    struct writer *writer;
    bool runs, nanosecond; /* the writer takes runs, of this precision */
    struct esi_decoder *decoder;
    struct locator *locator;
    struct esi_flow flow;
    struct esi_buf room;
    const struct esi_sight *next; /* of those left; may be NULL where none is */
    size_t left;
};

static uint64_t
next_number(const struct sighted *sighted)
{
    return sighted->left > 0 ? sighted->next->frame : UINT64_MAX;
}

/* look - as the walk would have told it. In a capture that has changed since, anything may stand
 * there. */
static void
look(struct sighted *sighted, const struct esi_frame *frame, const struct esi_sight *sight,
     struct patches *out)
{
    struct esi_visit visit = {.frame = *frame,
                              .flow = &sighted->flow,
                              .dir = (enum esi_dir)sight->dir,
                              .corrupt = sight->corrupt,
                              .offset = sight->offset};

    visit.decoding = esi_decoder_frame(sighted->decoder, frame, &visit.segment);
    sighted->flow.id = sight->flow;
    if (visit.decoding.what == ESI_DECODED_TCP && visit.decoding.piece_count == 0)
        locate(sighted->locator, &visit, out);
}

static bool
write_frame(struct sighted *sighted, const struct esi_frame *frame, struct esi_rewrite_stats *stats,
            struct esi_error *err)
{
    struct patches patches = {0};

    for (; next_number(sighted) <= frame->number; sighted->next++, sighted->left--)
        if (sighted->next->frame == frame->number)
            look(sighted, frame, sighted->next, &patches);
    return apply(sighted->writer, &sighted->room, frame, &patches, stats, err);
}

/* write_runs - of the frames in front of the next that may change. */
static bool
write_runs(struct sighted *sighted, struct esi_rewrite_stats *stats, struct esi_error *err)
{
    struct esi_run run;

    while (sighted->runs &&
           esi_capture_run(sighted->capture, next_number(sighted), sighted->nanosecond, &run)) {
        if (!writer_put_run(sighted->writer, &run, err))
            return false;
        stats->frames_written += run.count;
    }
    return true;
}

bool
sighted_write(const struct esi_rewrite_config *config, struct writer *writer, bool nanosecond,
              struct esi_rewrite_stats *stats, struct esi_error *err)
{
    const struct esi_sights *sights = config->sights;
    struct sighted sighted = {.capture = config->capture,
                              .writer = writer,
                              .runs = writer_takes_runs(writer),
                              .nanosecond = nanosecond,
                              .decoder = esi_decoder_new(),
                              .locator = locator_new(config),
                              .flow = {.wanted = true},
                              .next = sights->items,
                              .left = sights->count};
    struct esi_frame frame;
    bool written = true;

    while (written && esi_capture_next(config->capture, &frame) == ESI_STEP_ITEM)
        written = write_frame(&sighted, &frame, stats, err) && write_runs(&sighted, stats, err);
    esi_buf_free(&sighted.room);
    locator_free(sighted.locator);
    esi_decoder_free(sighted.decoder);
    return written;
}
