/*
 * plain_capture.h - the frames of a capture, read as the formats say and by nothing else: for tools
 * that check what the programs write without sharing code with them.
 *
 * Source: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng.
 */
#ifndef TESTS_PLAIN_CAPTURE_H
#define TESTS_PLAIN_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct plain_frame {
    const uint8_t *bytes;
    uint32_t caplen, len;
    uint32_t linktype; /* as the file numbers it */
    int64_t ts;        /* nanoseconds; -1: it has none */
    /* Of a block in a pcapng file: its options, as they stand. */
    const uint8_t *options;
    size_t options_len;
    bool big_endian;
};

struct plain_capture {
    uint8_t *data; /* the file */
    size_t size;
    bool pcapng;
    struct plain_frame *frames;
    size_t count, cap;
};

/* Where a file is cut off, or garbage begins, its frames end. False: it cannot be opened. */
bool plain_capture_read(struct plain_capture *capture, const char *path);
void plain_capture_free(struct plain_capture *capture);

/* The options from *at on, one by one; *at moves on. False: no more. */
struct plain_option {
    unsigned code;
    const uint8_t *value;
    size_t len;
};
bool plain_option_next(const uint8_t *options, size_t len, bool big_endian, size_t *at,
                       struct plain_option *out);

/* Whether a comment of the frame has that line. */
bool plain_frame_says(const struct plain_frame *frame, const char *line);

#endif
