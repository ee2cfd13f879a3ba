/*
 * capture.c - several files as one timeline.
 *
 * To put the files in order, the first frame of each is looked at when the capture is opened. A
 * file with a name is then closed and opened again at its turn, so that a thousand files need one
 * descriptor; what can be read only once (a pipe, standard input) is kept open, with the frame
 * already read put by.
 */
#include "esi/capture.h"

#include <stdlib.h>

#include "source_internal.h"

enum { PACE = 2048 }; /* frames between two calls of esi_capture_pace's */

struct esi_capture {
    struct source **sources; /* in the order they are read */
    size_t count, current;
    bool entered; /* the current one has its turn */
    bool rereadable;
    uint64_t number;                                                /* of the last frame read */
    void (*block)(void *ctx, const struct esi_pcapng_block *block); /* from the next rewind on */
    void *block_ctx;
    void (*pace)(void *ctx);
    void *pace_ctx;
    struct filter *filter;
};

/* Files without a frame go last; otherwise by time, then as given. */
static int
compare_sources(const void *left, const void *right)
{
    const struct source *a = *(struct source *const *)left, *b = *(struct source *const *)right;

    if (a->has_frames != b->has_frames)
        return a->has_frames ? -1 : 1;
    if (a->begins != b->begins)
        return a->begins < b->begins ? -1 : 1;
    return a->given < b->given ? -1 : 1;
}

static void
add_sources(struct esi_capture *capture, const char *const *paths, size_t count)
{
    capture->sources = esi_alloc(count * sizeof(struct source *));
    for (; capture->count < count; capture->count++) {
        struct source *source = esi_alloc(sizeof *source);
        source->file.name = paths[capture->count];
        source->file.linktype = -1;
        source->given = capture->count;
        source_peek(source, capture->rereadable, count == 1);
        capture->sources[capture->count] = source;
    }
    if (count > 1)
        qsort(capture->sources, count, sizeof(struct source *), compare_sources);
}

/* An expression is wrong if it means nothing on Ethernet, nor on the link type of any file. */
static bool
check_filter(struct esi_capture *capture, const char *expression, struct esi_error *err)
{
    enum { ETHERNET = 1 };

    for (size_t s = 0; s < capture->count; s++) {
        int linktype = capture->sources[s]->file.linktype;
        if (linktype >= 0 && !filter_trouble(capture->filter, linktype))
            return true;
    }
    const char *trouble = filter_trouble(capture->filter, ETHERNET);
    return !trouble || esi_error_set(err, "filter '%s': %s", expression, trouble);
}

struct esi_capture *
esi_capture_open(const char *const *paths, size_t count, const char *filter, bool rereadable,
                 struct esi_error *err)
{
    struct esi_capture *capture = esi_alloc(sizeof *capture);

    capture->rereadable = rereadable;
    add_sources(capture, paths, count);
    if (filter) {
        capture->filter = filter_new(filter);
        if (!check_filter(capture, filter, err)) {
            esi_capture_close(capture);
            return NULL;
        }
    }
    return capture;
}

/* note_mute - where the expression means nothing, it lets nothing through, and the file says so. */
static void
note_mute(const struct esi_capture *capture, struct source *source, int linktype)
{
    const char *trouble = filter_trouble(capture->filter, linktype);

    if (trouble && linktype_note(source->mute, &source->mute_count, linktype))
        file_say(&source->file, "the filter lets no frame of link type %s through (%s)",
                 esi_linktype_name(linktype), trouble);
}

/* enter - the current source's turn. False: it cannot be read. */
static bool
enter(struct esi_capture *capture, struct source *source)
{
    capture->entered = true;
    source->file.before = capture->number;
    return !source->dead && (source->reader || source_open(source, capture->rereadable));
}

static void
leave(struct esi_capture *capture, struct source *source)
{
    source->taken = source_taken(source);
    if (capture->rereadable)
        source_rest(source);
    else
        source_close(source);
    capture->current++;
    capture->entered = false;
}

/* passes - whether the frame is handed out. */
static bool
passes(struct esi_capture *capture, struct source *source, const struct esi_frame *frame)
{
    if (!capture->filter || filter_passes(capture->filter, frame))
        return true;
    source->file.filtered_out++;
    note_mute(capture, source, frame->linktype);
    return false;
}

/* count_frames - so many frames were read. */
static void
count_frames(struct esi_capture *capture, uint64_t count)
{
    uint64_t before = capture->number;

    capture->number += count;
    if (capture->pace && capture->number / PACE != before / PACE)
        capture->pace(capture->pace_ctx);
}

/* next_of - the next frame of the current source that the filter lets through. */
static enum esi_step
next_of(struct esi_capture *capture, struct source *source, struct esi_frame *out)
{
    while (source_next(source, out) == ESI_STEP_ITEM) {
        count_frames(capture, 1);
        out->number = capture->number;
        out->file = (uint32_t)capture->current;
        if (passes(capture, source, out))
            return ESI_STEP_ITEM;
    }
    return ESI_STEP_END;
}

enum esi_step
esi_capture_next(struct esi_capture *capture, struct esi_frame *out)
{
    while (capture->current < capture->count) {
        struct source *source = capture->sources[capture->current];
        if ((capture->entered || enter(capture, source)) &&
            next_of(capture, source, out) == ESI_STEP_ITEM)
            return ESI_STEP_ITEM;
        leave(capture, source);
    }
    return ESI_STEP_END;
}

bool
esi_capture_peek(struct esi_capture *capture, struct esi_slice *bytes)
{
    if (!capture->entered)
        return false;
    struct reader *reader = capture->sources[capture->current]->reader;
    return reader->kind->peek && reader->kind->peek(reader, bytes);
}

bool
esi_capture_run(struct esi_capture *capture, uint64_t before, bool nanosecond, struct esi_run *out)
{
    uint64_t most = before > capture->number ? before - capture->number - 1 : 0;

    if (capture->filter || !capture->entered || most == 0)
        return false;
    if (!source_run(capture->sources[capture->current], most, nanosecond, out))
        return false;
    count_frames(capture, out->count);
    return true;
}

/* hand_on_watch - to the sources, which know their place by now. */
static void
hand_on_watch(struct esi_capture *capture)
{
    for (size_t s = 0; s < capture->count; s++) {
        struct watch *watch = &capture->sources[s]->watch;
        watch->block = capture->block;
        watch->ctx = capture->block_ctx;
        watch->file = (uint32_t)s;
    }
}

void
esi_capture_watch(struct esi_capture *capture,
                  void (*block)(void *ctx, const struct esi_pcapng_block *block), void *ctx)
{
    capture->block = block;
    capture->block_ctx = ctx;
    if (!block) /* he may be gone before a rewind */
        hand_on_watch(capture);
}

bool
esi_capture_rewind(struct esi_capture *capture, struct esi_error *err)
{
    capture->current = 0;
    capture->entered = false;
    capture->number = 0;
    hand_on_watch(capture);
    for (size_t s = 0; s < capture->count; s++)
        if (!source_rewind(capture->sources[s], err))
            return false;
    return true;
}

void
esi_capture_pace(struct esi_capture *capture, void (*fn)(void *ctx), void *ctx)
{
    capture->pace = fn;
    capture->pace_ctx = ctx;
}

struct esi_capture_progress
esi_capture_progress(const struct esi_capture *capture)
{
    struct esi_capture_progress out = {.total_known = true};

    for (size_t s = 0; s < capture->count; s++) {
        const struct source *source = capture->sources[s];

        out.total += source->size;
        out.total_known = out.total_known && source->size_known;
        if (s < capture->current)
            out.read += source->taken;
        else if (s == capture->current && capture->entered)
            out.read += source_taken(source);
    }
    return out;
}

size_t
esi_capture_file_count(const struct esi_capture *capture)
{
    return capture->count;
}

const struct esi_capture_file *
esi_capture_file(const struct esi_capture *capture, size_t index)
{
    if (index >= capture->count)
        esi_panic("esi_capture_file: %zu of %zu", index, capture->count);
    return &capture->sources[index]->file;
}

bool
esi_capture_sha256(const struct esi_capture *capture, size_t index, char out[ESI_SHA256_TEXT],
                   struct esi_error *err)
{
    if (index >= capture->count)
        esi_panic("esi_capture_sha256: %zu of %zu", index, capture->count);
    return source_sha256(capture->sources[index], out, err);
}

void
esi_capture_close(struct esi_capture *capture)
{
    if (!capture)
        return;
    for (size_t s = 0; s < capture->count; s++)
        source_free(capture->sources[s]);
    free(capture->sources);
    filter_free(capture->filter);
    free(capture);
}
