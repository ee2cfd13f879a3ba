/* source_internal.h - one file of a capture, read in its turn. */
#ifndef SOURCE_INTERNAL_H
#define SOURCE_INTERNAL_H

#include "capture_internal.h"

struct source {
    struct esi_capture_file file;
    struct input *input;   /* NULL: closed */
    struct reader *reader; /* NULL: closed */
    struct watch watch;
    bool dead;   /* could not be opened, and why_not says why; it is not tried again */
    bool put_by; /* the first step was made already, and is kept here: */
    enum esi_step first_step;
    struct esi_frame first;
    bool has_frames;
    esi_nanos begins;       /* its first frame's time, if has_frames */
    uint64_t first_garbage; /* the frame behind it; 0: none yet */
    size_t given;           /* place on the command line */
    uint64_t size, taken;   /* bytes it has, if size_known; that were taken when it was left */
    bool size_known;
    /* Link types that the filter means nothing on, as far as they were said. */
    int mute[ESI_LINKTYPES_MOST];
    size_t mute_count;
};

/* Learns when the file begins, and closes it if it can be opened again. */
void source_peek(struct source *source, bool rereadable, bool keep_open);
/* To its first frame. False: it cannot be read, and the file says why not. */
bool source_open(struct source *source, bool rereadable);
/* ITEM, all but its `number` and its `file`; or END, and the file says how it went. */
enum esi_step source_next(struct source *source, struct esi_frame *out);
/* Bytes that were taken of it so far. */
uint64_t source_taken(const struct source *source);
/* As esi_capture_run, of so many frames at most. */
bool source_run(struct source *source, uint64_t most, bool nanosecond, struct esi_run *out);
/* Closes what source_rewind can do without. */
void source_rest(struct source *source);
void source_close(struct source *source);
void source_free(struct source *source);
bool source_sha256(const struct source *source, char out[ESI_SHA256_TEXT], struct esi_error *err);
/* Counts from nothing again. What is still open goes back to its first byte. */
bool source_rewind(struct source *source, struct esi_error *err);

#endif
