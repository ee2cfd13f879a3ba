/*
 * capture_internal.h - what lies under a capture file: an input (its bytes), a reader (its
 * records).
 *
 * A reader is one file format. capture.c knows readers only by struct reader_kind.
 */
#ifndef CAPTURE_INTERNAL_H
#define CAPTURE_INTERNAL_H

#include <stdio.h>

#include "esi/capture.h"

enum { WHY_NOT = sizeof(((struct esi_capture_file *)0)->why_not) };

/* Bytes of one capture file. */
enum input_format { INPUT_PCAP, INPUT_PCAPNG };
struct input;
/* NULL, and *why, if the file cannot be opened or is no capture. rereadable: input_restart will be
 * called. */
struct input *input_open(const char *path, bool rereadable, char why[WHY_NOT]);
/* To the first byte again. False, and why: it cannot. */
bool input_restart(struct input *input, char why[WHY_NOT]);
/* The bytes from the first one on; at most one stream at a time. The caller closes it. */
FILE *input_stream(struct input *input);
enum input_format input_format(const struct input *input);
uint32_t input_snaplen(const struct input *input); /* classic pcap only, else 0 */
bool input_nanosecond(const struct input *input);  /* classic pcap only, else false */
bool input_reopenable(const struct input *input); /* a file with a name: closing it loses nothing */
uint64_t input_size(const struct input *input);   /* 0: unknown */
uint64_t input_bytes_read(const struct input *input);
void input_close(struct input *input);

struct reader {
    const struct reader_kind *kind;
    int linktype;          /* of the file as far as it is known */
    char trouble[WHY_NOT]; /* after FAILED: "cut off in frame %: ...", % for the frame's number */
};
struct reader_kind {
    /* Fills what the file says of a frame: all but its `number` and its `file`. */
    enum esi_step (*next)(struct reader *reader, struct esi_frame *out);
    void (*close)(struct reader *reader);
};
/* NULL, and *why. The input stays the caller's and outlives the reader. */
struct reader *pcap_file_open(struct input *input, char why[WHY_NOT]);

/* A BPF expression, compiled once for each link type met. */
struct filter;
struct filter *filter_new(const char *expression);
/* Whether the expression means anything on that link type. */
bool filter_prepare(struct filter *filter, int linktype, struct esi_error *err);
bool filter_passes(struct filter *filter, const struct esi_frame *frame);
void filter_free(struct filter *filter);

#endif
