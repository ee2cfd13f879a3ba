/* blocks_internal.h - blocks of a pcapng file: their fields, their options, and making new ones. */
#ifndef BLOCKS_INTERNAL_H
#define BLOCKS_INTERNAL_H

#include "esi/capture.h"

enum {
    BLOCK_HEAD = 8,            /* type, length */
    BLOCK_SECTION_LENGTH = 16, /* place of the section's length in its header */
    BLOCK_TRAILER = 4,         /* the length once more */
    BLOCK_FRAME_HEAD = 28,     /* of Packet Blocks: all in front of the frame's bytes */
    BLOCK_COMMENT_MOST = 65535,
    BLOCK_MOST = 16 << 20 /* longer ones are read by nobody, not by capture either */
};
static const uint64_t block_length_unknown = UINT64_MAX; /* of a section */

uint64_t block_section_length(struct esi_slice header, bool big_endian);
/* Of the interface that a frame's block names. */
uint32_t block_interface_of(struct esi_slice block, bool big_endian);
/* The time of a frame's block, in units of its interface; false: it tells none. */
bool block_units_of(struct esi_slice block, bool big_endian, uint64_t *units);

/* block_options.c */
enum { BLOCK_OPTION_HEAD = 4, BLOCK_OPTION_END = 0, BLOCK_OPTION_COMMENT = 1 };
struct block_option {
    uint16_t code;
    struct esi_slice value;
    struct esi_slice raw; /* head, value and padding */
};
/* Where those of a frame's block are; of a kind of block that has none, where it ends. */
size_t block_options_of(const struct esi_frame *frame);
/* The one that begins at *at; *at moves on. False, and *at stays: there is none, be it that they
 * end, with BLOCK_OPTION_END or without, or that it does not fit the block. */
bool block_next_option(struct esi_slice block, bool big_endian, size_t *at,
                       struct block_option *out);
void block_option_head(uint8_t *at, bool big_endian, uint16_t code, size_t len);
void block_put_option(struct esi_buf *out, bool big_endian, uint16_t code, struct esi_slice value);
void block_put_padding(struct esi_buf *out, size_t len);
void block_put_end(struct esi_buf *out);
size_t block_padded(size_t len);

/* How an interface counts time: if_tsresol, if_tsoffset. */
struct block_clock {
    uint8_t resolution;
    int64_t offset; /* seconds */
};
enum { BLOCK_MICROSECONDS = 6, BLOCK_NANOSECONDS = 9 };
struct block_clock block_clock_of(struct esi_slice interface, bool big_endian);
/* The last unit that is not behind ts; what no number of units can say is held at the edge. */
uint64_t block_units(const struct block_clock *clock, esi_nanos ts);

/*
 * A frame's block with other bytes, or a comment, or both, in place of what is in *out. False: the
 * block can hold no comment; all else is as it should be.
 */
bool block_change(struct esi_buf *out, const struct esi_frame *frame, const uint8_t *bytes,
                  struct esi_slice comment);

/* New ones: the first two little-endian, and behind what is in *out. linktype as it stands in
 * files; fcs_len in bytes, 0: not known. */
void block_new_section(struct esi_buf *out);
void block_new_interface(struct esi_buf *out, uint16_t linktype, uint32_t snaplen,
                         uint8_t resolution, uint8_t fcs_len);
struct block_frame {
    bool big_endian;
    uint32_t interface;
    uint64_t units;
    uint32_t caplen, wire_len;
};
/* In place of what is in *out. comment: may be empty. */
void block_new_frame(struct esi_buf *out, const struct block_frame *frame, const uint8_t *bytes,
                     struct esi_slice comment);

#endif
