/*
 * capture_internal.h - what lies under a capture file: an input (its bytes), a tape (a window on
 * them), a reader (its records).
 *
 * A reader is one file format. capture.c knows readers only by struct reader_kind.
 */
#ifndef CAPTURE_INTERNAL_H
#define CAPTURE_INTERNAL_H

#include <stdio.h>
#include <sys/types.h>

#include "esi/capture.h"

enum { WHY_NOT = sizeof(((struct esi_capture_file *)0)->why_not) };

/* Bytes of one capture file, decompressed. */
struct input;
/* NULL, and *why, if the file cannot be opened. rereadable: input_restart will be called. */
struct input *input_open(const char *path, bool rereadable, char why[WHY_NOT]);
/* To the first byte again. False, and why: it cannot. */
bool input_restart(struct input *input, char why[WHY_NOT]);
enum { INPUT_HEAD = 24 }; /* the longest header that tells a format: that of classic pcap */
/* The first bytes, at most INPUT_HEAD of them; they will be read all the same. */
struct esi_slice input_head(const struct input *input);
/* As read(2), but that 0 stands for trouble, too. */
size_t input_read(struct input *input, void *to, size_t len);
/* Why there were no more bytes, if it is not because the file ends there: "cut off in its gzip
 * compression"; else "". */
const char *input_trouble(const struct input *input);
/* Whether input_seek and input_plain work. */
bool input_seekable(const struct input *input);
void input_seek(struct input *input, uint64_t to);
/* The file itself from its first byte on, without anything of ours in between; at most one at a
 * time. The caller closes it. NULL: not to be had. */
FILE *input_plain(struct input *input);
/* Calls fn with all bytes of the file as it lies there, compressed or not, whatever was read so
 * far. False, and why: not all could be read. */
bool input_each(const struct input *input, void (*fn)(void *ctx, const void *bytes, size_t len),
                void *ctx, char why[WHY_NOT]);
/* How many bytes of the file were taken, compressed or not; how many it has, if it is a regular
 * one. */
uint64_t input_taken(const struct input *input);
bool input_size(const struct input *input, uint64_t *size);
bool input_reopenable(const struct input *input); /* a file with a name: closing it loses nothing */
const char *input_compression(const struct input *input); /* NULL: none */
void input_close(struct input *input);

/* Undoes a compression that is known by its first bytes. */
struct decompress_source {
    ssize_t (*read)(void *ctx, void *to, size_t len); /* as read(2) */
    void *ctx;
};
struct decompressor;
/* NULL: no compression. The source still has to give all bytes, `head` included. */
struct decompressor *decompress_open(struct esi_slice head, const struct decompress_source *source);
size_t decompress_read(struct decompressor *undo, void *to, size_t len);
const char *decompress_name(const struct decompressor *undo);
const char *decompress_trouble(const struct decompressor *undo); /* "": none */
void decompress_close(struct decompressor *undo);

/* A window on an input, as large as somebody wants to see at once. */
struct tape {
    struct input *input;
    uint8_t *bytes;
    size_t cap, at, len; /* bytes[at] to bytes[len - 1] are there */
    uint64_t offset;     /* of bytes[at] in the capture */
    bool ended;
};
/* offset: where the input stands. */
void tape_init(struct tape *tape, struct input *input, uint64_t offset);
/* How many bytes are there: `want` or more, or fewer if the input ends. What was there may move. */
size_t tape_fill(struct tape *tape, size_t want);
static inline const uint8_t *
tape_bytes(const struct tape *tape)
{
    return tape->bytes + tape->at;
}
static inline size_t
tape_there(const struct tape *tape)
{
    return tape->len - tape->at;
}
/* Of what is there. The bytes stay where they are until the next tape_fill. */
void tape_skip(struct tape *tape, size_t len);
/* Of what may not be there yet, without keeping it; how many it were. */
uint64_t tape_drop(struct tape *tape, uint64_t len);
void tape_free(struct tape *tape);

/* Bytes between records in which no record could be made out. */
struct garbage {
    uint64_t bytes, places;
    uint64_t first_at, first_len, last_end;
    uint64_t tail; /* so many more, and no record behind them: the reader says so */
};
void garbage_add(struct garbage *garbage, uint64_t at, uint64_t len);
/* frame: the number of the first frame behind the first place. */
void garbage_say(const struct garbage *garbage, uint64_t frame, struct esi_capture_file *file);
/* Adds words to the file's why_not. */
void file_say(struct esi_capture_file *file, const char *fmt, ...) ESI_PRINTF(2, 3);

/* Who is told of blocks that are no frame's, and what is remembered for him from one reading of the
 * file to the next. */
struct watch {
    void (*block)(void *ctx, const struct esi_pcapng_block *block); /* NULL: nobody */
    void *ctx;
    uint32_t file;
    uint64_t *huge; /* where the blocks begin that cannot be held at once, and were found whole */
    size_t huge_count, huge_cap;
};

struct reader {
    const struct reader_kind *kind;
    int linktype;     /* of the first interface; -1: none yet */
    uint32_t snaplen; /* the largest of its interfaces, 0: no limit */
    bool nanosecond;  /* the header says so */
    bool fragile;     /* see esi_capture_file; so far */
    bool any_foreign; /* part of it is of a version that nobody reads, first of this: */
    uint16_t foreign_version;
    struct garbage garbage;
    char trouble[WHY_NOT]; /* after FAILED: "cut off in frame %: ...", % for the frame's number */
};
/* What a run tells beside its records. */
struct run {
    struct esi_run told; /* one frame at least */
    esi_nanos last_ts;
    uint32_t longest;
};
struct reader_kind {
    /* Fills what the file says of a frame: all but its `number` and its `file`. */
    enum esi_step (*next)(struct reader *reader, struct esi_frame *out);
    /* At most so many frames; as esi_capture_run. NULL: never. */
    bool (*run)(struct reader *reader, uint64_t most, bool nanosecond, struct run *out);
    /* As esi_capture_peek. NULL: never. */
    bool (*peek)(struct reader *reader, struct esi_slice *bytes);
    void (*close)(struct reader *reader);
};
/* Whether a file that begins so is theirs. */
bool pcap_file_is(struct esi_slice head);
bool pcapng_file_is(struct esi_slice head);
/* NULL, and *why. Input and watch stay the caller's and outlive the reader. */
struct reader *pcap_file_open(struct input *input, struct watch *watch, char why[WHY_NOT]);
struct reader *pcapng_file_open(struct input *input, struct watch *watch, char why[WHY_NOT]);

/* The DLT_* that libpcap makes of a link type as it stands in a file. */
int linktype_of_file(uint16_t linktype);
/* Adds it if it is not in the list, and there is room: then true. */
bool linktype_note(int list[ESI_LINKTYPES_MOST], size_t *count, int linktype);

/* A BPF expression, compiled once for each link type met. */
struct filter;
struct filter *filter_new(const char *expression);
/* Why the expression means nothing on that link type, or NULL: it does. Valid until the next call.
 */
const char *filter_trouble(struct filter *filter, int linktype);
bool filter_passes(struct filter *filter, const struct esi_frame *frame);
void filter_free(struct filter *filter);

#endif
