/*
 * source.c - one file of a capture: opened, looked at, read step by step, and what is said of it.
 *
 * What the formats look like is the readers' business, where bytes come from, input.c's.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source_internal.h"

static const struct format {
    bool (*is)(struct esi_slice head);
    struct reader *(*open)(struct input *input, struct watch *watch, char why[WHY_NOT]);
} formats[] = {{pcap_file_is, pcap_file_open}, {pcapng_file_is, pcapng_file_open}};

void
source_close(struct source *source)
{
    if (source->reader)
        source->reader->kind->close(source->reader);
    input_close(source->input);
    source->reader = NULL;
    source->input = NULL;
    source->put_by = false;
}

void
source_free(struct source *source)
{
    source_close(source);
    free(source->watch.huge);
    free(source);
}

/* open_reader - of the format that the first bytes tell. NULL, and why. */
static struct reader *
open_reader(struct input *input, struct watch *watch, char why[WHY_NOT])
{
    struct esi_slice head = input_head(input);
    const char *compression = input_compression(input);

    for (size_t f = 0; f < ESI_COUNT(formats); f++)
        if (formats[f].is(head))
            return formats[f].open(input, watch, why);
    snprintf(why, WHY_NOT, "%s%s%s%s", head.len > 0 ? "not a pcap or pcapng file" : "is empty",
             compression ? " in its " : "", compression ? compression : "",
             compression ? " compression" : "");
    return NULL;
}

/* source_open_reader - the input is at its first byte. On failure the file says why not. */
static bool
source_open_reader(struct source *source)
{
    struct esi_capture_file *file = &source->file;

    file->compression = input_compression(source->input);
    source->reader = open_reader(source->input, &source->watch, file->why_not);
    if (!source->reader) {
        const char *trouble = input_trouble(source->input);
        if (trouble[0] != '\0')
            snprintf(file->why_not, WHY_NOT, "%.150s, in the file's header", trouble);
        return false;
    }
    if (!source->watch.block) /* else it is not known yet, but was, in an earlier reading */
        file->linktype = source->reader->linktype;
    file->snaplen = source->reader->snaplen;
    file->nanosecond = source->reader->nanosecond;
    return true;
}

bool
source_open(struct source *source, bool rereadable)
{
    source->input = input_open(source->file.name, rereadable, source->file.why_not);
    if (!source->input)
        return false;
    source->size_known = input_size(source->input, &source->size);
    return source_open_reader(source);
}

uint64_t
source_taken(const struct source *source)
{
    uint64_t taken = source->input ? input_taken(source->input) : source->taken;

    return source->size_known && taken > source->size ? source->size : taken;
}

void
source_peek(struct source *source, bool rereadable, bool keep_open)
{
    if (!source_open(source, rereadable)) {
        source_close(source);
        source->dead = source->size_known = true;
        source->size = 0;
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
step(struct source *source, struct esi_frame *out)
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
    source->file.garbage_bytes = garbage->bytes + garbage->tail;
    source->file.garbage_places = garbage->places + (garbage->tail > 0);
}

/* finish - there are no more frames: what the file is said to be. */
static void
finish(struct source *source, bool failed)
{
    struct esi_capture_file *file = &source->file;

    note_garbage(source);
    file->linktype = source->reader->linktype;
    file->snaplen = source->reader->snaplen;
    file->fragile = source->reader->fragile;
    if (source->reader->garbage.places > 0)
        garbage_say(&source->reader->garbage, source->first_garbage, file);
    if (source->reader->any_foreign)
        file_say(file, "a section among them is of version %u, which is not read",
                 (unsigned)source->reader->foreign_version);
    if (failed || input_trouble(source->input)[0] != '\0')
        say_trouble(source);
    file->complete = file->why_not[0] == '\0';
}

static void
count_frame(struct source *source, const struct esi_frame *frame)
{
    struct esi_capture_file *file = &source->file;

    if (file->garbage_bytes != source->reader->garbage.bytes)
        note_garbage(source);
    if (file->frames == 0)
        file->first_ts = frame->ts;
    file->last_ts = frame->ts;
    file->frames++;
    linktype_note(file->linktypes, &file->linktype_count, frame->linktype);
    if (file->longest < frame->bytes.len)
        file->longest = (uint32_t)frame->bytes.len;
    if (!file->nanosecond && frame->ts % 1000 != 0)
        file->nanosecond = true;
}

/* count_run - the file's first frame is in none; garbage ends one. */
static void
count_run(struct source *source, const struct run *run)
{
    struct esi_capture_file *file = &source->file;

    file->frames += run->told.count;
    file->last_ts = run->last_ts;
    if (file->longest < run->longest)
        file->longest = run->longest;
}

enum esi_step
source_next(struct source *source, struct esi_frame *out)
{
    enum esi_step answer = step(source, out);

    if (answer == ESI_STEP_ITEM) {
        count_frame(source, out);
        return ESI_STEP_ITEM;
    }
    finish(source, answer == ESI_STEP_FAILED);
    return ESI_STEP_END;
}

bool
source_run(struct source *source, uint64_t most, bool nanosecond, struct esi_run *out)
{
    const struct reader_kind *kind = source->reader->kind;
    struct run run;

    if (source->file.frames == 0 || !kind->run ||
        !kind->run(source->reader, most, nanosecond, &run))
        return false;
    count_run(source, &run);
    *out = run.told;
    return true;
}

void
source_rest(struct source *source)
{
    if (!source->reader || input_reopenable(source->input)) {
        source_close(source);
        return;
    }
    source->reader->kind->close(source->reader);
    source->reader = NULL;
}

bool
source_rewind(struct source *source, struct esi_error *err)
{
    const struct esi_capture_file *old = &source->file;

    if (source->dead)
        return true;
    source->file = (struct esi_capture_file){
        .name = old->name, .linktype = old->linktype, .compression = old->compression};
    source->first_garbage = 0;
    source->mute_count = 0;
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
