/*
 * capture.c - several files as one timeline.
 *
 * To put the files in order, the first frame of each is looked at when the capture is opened. A
 * file with a name is then closed and opened again at its turn, so that a thousand files need one
 * descriptor; what can be read only once (a pipe, standard input) is kept open, with the frame
 * already read put by.
 *
 * What the formats look like is the readers' business, where bytes come from, input.c's.
 */
#include "esi/capture.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture_internal.h"

struct source {
    struct esi_capture_file file;
    struct input *input;   /* NULL: closed */
    struct reader *reader; /* NULL: closed */
    bool dead;             /* could not be opened, and why_not says why; it is not tried again */
    bool put_by;           /* the first step was made already, and is kept here: */
    enum esi_step first_step;
    struct esi_frame first;
    bool has_frames;
    esi_nanos begins;       /* its first frame's time, if has_frames */
    uint64_t first_garbage; /* the frame behind it; 0: none yet */
    size_t given;           /* place on the command line */
};

struct esi_capture {
    struct source **sources; /* in the order they are read */
    size_t count, current;
    bool entered; /* the current one has its turn */
    bool rereadable;
    uint64_t number; /* of the last frame read */
    struct filter *filter;
};

static const struct format {
    bool (*is)(struct esi_slice head);
    struct reader *(*open)(struct input *input, char why[WHY_NOT]);
} formats[] = {{pcap_file_is, pcap_file_open}, {pcapng_file_is, pcapng_file_open}};

static void
source_close(struct source *source)
{
    if (source->input)
        source->file.bytes = input_bytes_read(source->input);
    if (source->reader)
        source->reader->kind->close(source->reader);
    input_close(source->input);
    source->reader = NULL;
    source->input = NULL;
    source->put_by = false;
}

/* open_reader - of the format that the first bytes tell. NULL, and why. */
static struct reader *
open_reader(struct input *input, char why[WHY_NOT])
{
    for (size_t f = 0; f < ESI_COUNT(formats); f++)
        if (formats[f].is(input_head(input)))
            return formats[f].open(input, why);
    if (input_compression(input))
        snprintf(why, WHY_NOT, "not a pcap or pcapng file in its %s compression",
                 input_compression(input));
    else
        snprintf(why, WHY_NOT, "not a pcap or pcapng file");
    return NULL;
}

/* source_open_reader - the input is at its first byte. On failure the file says why not. */
static bool
source_open_reader(struct source *source)
{
    struct esi_capture_file *file = &source->file;

    file->compression = input_compression(source->input);
    source->reader = open_reader(source->input, file->why_not);
    if (!source->reader) {
        const char *trouble = input_trouble(source->input);
        if (trouble[0] != '\0')
            snprintf(file->why_not, WHY_NOT, "%.150s, in the file's header", trouble);
        return false;
    }
    file->linktype = source->reader->linktype;
    file->snaplen = source->reader->snaplen;
    file->nanosecond = source->reader->nanosecond;
    return true;
}

static bool
source_open(struct source *source, bool rereadable)
{
    source->input = input_open(source->file.name, rereadable, source->file.why_not);
    if (!source->input)
        return false;
    return source_open_reader(source);
}

/* source_peek - learns when the file begins. */
static void
source_peek(struct source *source, bool rereadable, bool keep_open)
{
    if (!source_open(source, rereadable)) {
        source_close(source);
        source->dead = true;
        return;
    }
    source->first_step = source->reader->kind->next(source->reader, &source->first);
    source->put_by = true;
    source->has_frames = source->first_step == ESI_STEP_ITEM;
    source->begins = source->has_frames ? source->first.ts : 0;
    if (!keep_open && input_reopenable(source->input))
        source_close(source);
}

static enum esi_step
source_step(struct source *source, struct esi_frame *out)
{
    if (!source->put_by)
        return source->reader->kind->next(source->reader, out);
    source->put_by = false;
    *out = source->first;
    return source->first_step;
}

/* say_trouble - the input's words, else the reader's, with the number of the frame that could not
 * be read. */
static void
say_trouble(struct source *source)
{
    struct esi_capture_file *file = &source->file;
    const char *text = source->reader->trouble;
    const char *mark = strchr(text, '%');

    if (input_trouble(source->input)[0] != '\0')
        file_say(file, "%s, in frame %" PRIu64, input_trouble(source->input), file->frames + 1);
    else if (mark)
        file_say(file, "%.*s%" PRIu64 "%s", (int)(mark - text), text, file->frames + 1, mark + 1);
}

/* note_garbage - in front of the frame that will be counted next. */
static void
note_garbage(struct source *source)
{
    const struct garbage *garbage = &source->reader->garbage;

    if (garbage->places > 0 && source->first_garbage == 0)
        source->first_garbage = source->file.frames + 1;
    source->file.garbage_bytes = garbage->bytes;
    source->file.garbage_places = garbage->places;
}

/* source_finish - there are no more frames: what the file is said to be. */
static void
source_finish(struct source *source, enum esi_step step)
{
    struct esi_capture_file *file = &source->file;

    note_garbage(source);
    file->linktype = source->reader->linktype;
    file->snaplen = source->reader->snaplen;
    if (file->garbage_places > 0)
        garbage_say(&source->reader->garbage, source->first_garbage, file);
    if (step == ESI_STEP_FAILED || input_trouble(source->input)[0] != '\0')
        say_trouble(source);
    file->complete = file->why_not[0] == '\0';
}

/* note_linktype - the usual one is the first. */
static void
note_linktype(struct esi_capture_file *file, int linktype)
{
    for (size_t t = 0; t < file->linktype_count; t++)
        if (file->linktypes[t] == linktype)
            return;
    if (file->linktype_count < ESI_LINKTYPES_MOST)
        file->linktypes[file->linktype_count++] = linktype;
}

static void
source_count(struct source *source, const struct esi_frame *frame)
{
    struct esi_capture_file *file = &source->file;

    if (file->garbage_bytes != source->reader->garbage.bytes)
        note_garbage(source);
    if (file->frames == 0)
        file->first_ts = frame->ts;
    file->last_ts = frame->ts;
    file->frames++;
    note_linktype(file, frame->linktype);
    if (file->longest < frame->bytes.len)
        file->longest = (uint32_t)frame->bytes.len;
    if (!file->nanosecond && frame->ts % 1000 != 0)
        file->nanosecond = true;
}

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
check_filter(struct esi_capture *capture, struct esi_error *err)
{
    enum { ETHERNET = 1 };

    for (size_t s = 0; s < capture->count; s++) {
        int linktype = capture->sources[s]->file.linktype;
        if (linktype >= 0 && filter_prepare(capture->filter, linktype, NULL))
            return true;
    }
    return filter_prepare(capture->filter, ETHERNET, err);
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
        if (!check_filter(capture, err)) {
            esi_capture_close(capture);
            return NULL;
        }
    }
    return capture;
}

/* note_filter - where the expression means nothing, it lets nothing through, and the file says so.
 */
static void
note_filter(struct esi_capture *capture, struct esi_capture_file *file)
{
    struct esi_error err;

    if (capture->filter && file->linktype >= 0 &&
        !filter_prepare(capture->filter, file->linktype, &err))
        file_say(file, "%s", err.text);
}

/* enter - the current source's turn. False: it cannot be read. */
static bool
enter(struct esi_capture *capture, struct source *source)
{
    capture->entered = true;
    source->file.before = capture->number;
    if (source->dead || (!source->reader && !source_open(source, capture->rereadable)))
        return false;
    note_filter(capture, &source->file);
    return true;
}

static void
leave(struct esi_capture *capture, struct source *source)
{
    /* What is kept because it cannot be opened again is needed for a rewind. */
    if (source->reader && !input_reopenable(source->input) && capture->rereadable) {
        source->file.bytes = input_bytes_read(source->input);
        source->reader->kind->close(source->reader);
        source->reader = NULL;
    } else {
        source_close(source);
    }
    capture->current++;
    capture->entered = false;
}

/* next_of - the next frame of the current source that the filter lets through. */
static enum esi_step
next_of(struct esi_capture *capture, struct source *source, struct esi_frame *out)
{
    enum esi_step step;

    while ((step = source_step(source, out)) == ESI_STEP_ITEM) {
        out->number = ++capture->number;
        out->file = (uint32_t)capture->current;
        source_count(source, out);
        if (!capture->filter || filter_passes(capture->filter, out))
            return ESI_STEP_ITEM;
        source->file.filtered_out++;
    }
    source_finish(source, step);
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

/* source_rewind - counts from nothing again. What is still open goes back to its first byte. */
static bool
source_rewind(struct source *source, struct esi_error *err)
{
    const struct esi_capture_file *old = &source->file;

    if (source->dead)
        return true;
    source->file = (struct esi_capture_file){
        .name = old->name, .linktype = old->linktype, .compression = old->compression};
    source->first_garbage = 0;
    if (!source->input)
        return true;
    if (source->reader)
        source->reader->kind->close(source->reader);
    source->reader = NULL;
    source->put_by = false;
    if (input_restart(source->input, source->file.why_not) && source_open_reader(source))
        return true;
    return esi_error_set(err, "%s: %s", source->file.name, source->file.why_not);
}

bool
esi_capture_rewind(struct esi_capture *capture, struct esi_error *err)
{
    capture->current = 0;
    capture->entered = false;
    capture->number = 0;
    for (size_t s = 0; s < capture->count; s++)
        if (!source_rewind(capture->sources[s], err))
            return false;
    return true;
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

void
esi_capture_close(struct esi_capture *capture)
{
    if (!capture)
        return;
    for (size_t s = 0; s < capture->count; s++) {
        source_close(capture->sources[s]);
        free(capture->sources[s]);
    }
    free(capture->sources);
    filter_free(capture->filter);
    free(capture);
}
