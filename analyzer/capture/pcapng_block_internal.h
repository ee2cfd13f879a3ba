/* pcapng_block_internal.h - blocks of a pcapng file as they stand on the tape. */
#ifndef PCAPNG_BLOCK_INTERNAL_H
#define PCAPNG_BLOCK_INTERNAL_H

#include "capture_internal.h"

struct pcapng_block {
    uint32_t type;
    bool big_endian;
    struct esi_slice body; /* on the tape: what lies between the two lengths; not of HUGE */
    uint32_t length;       /* all of it */
};
enum { PCAPNG_HEAD = 8 }; /* type, length: in front of the body */
static inline struct esi_slice
pcapng_raw(const struct pcapng_block *block)
{
    return (struct esi_slice){block->body.ptr - PCAPNG_HEAD, block->length};
}

enum pcapng_found {
    PCAPNG_BLOCK,
    PCAPNG_HUGE, /* of a kind that is not read, and too long to be seen at once */
    PCAPNG_END,
    PCAPNG_CUT, /* the file ends in it */
    PCAPNG_BAD
};
/* What the tape stands at. The byte order is that of the section, or a new section's own. */
enum pcapng_found pcapng_look(struct tape *tape, bool big_endian, struct pcapng_block *out);
/* Moves the tape behind it. False: its second length is another. tell: NULL, or to be told of its
 * bytes, part by part. */
bool pcapng_skip_huge(struct tape *tape, const struct pcapng_block *block, const struct watch *tell,
                      bool *cut);
/* Tells whoever watches of bytes of a block that is no frame's; at: of them in it. */
static inline void
pcapng_tell(const struct watch *watch, const struct pcapng_block *block, uint64_t at,
            struct esi_slice bytes)
{
    if (watch->block)
        watch->block(watch->ctx, &(struct esi_pcapng_block){.file = watch->file,
                                                            .type = block->type,
                                                            .big_endian = block->big_endian,
                                                            .length = block->length,
                                                            .at = at,
                                                            .bytes = bytes});
}
/* Moves the tape to the next place where a block can be made out. False: there is none, and the
 * tape has ended. */
bool pcapng_search(struct tape *tape, bool big_endian);

uint16_t pcapng_u16(const struct pcapng_block *block, size_t at); /* in the body */
uint32_t pcapng_u32(const struct pcapng_block *block, size_t at);

/* The options behind `from`, one after the other; *from moves on. False: no more. */
struct pcapng_option {
    uint16_t code;
    size_t at; /* of the value in the body */
    uint16_t len;
};
bool pcapng_next_option(const struct pcapng_block *block, size_t *from, struct pcapng_option *out);

/* How an interface counts time. */
struct pcapng_clock {
    uint64_t multiply, divide; /* a unit by these, */
    unsigned shift;            /* and by 2 to this, is nanoseconds */
    int64_t offset;            /* seconds */
};
/* resolution: as in if_tsresol. */
struct pcapng_clock pcapng_clock_of(uint8_t resolution, int64_t offset);
/* What no esi_nanos can say, or lies before 1970, is held at the edge. */
esi_nanos pcapng_time(const struct pcapng_clock *clock, uint64_t units);

#endif
