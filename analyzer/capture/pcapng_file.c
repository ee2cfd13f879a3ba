/*
 * pcapng_file.c - the frames of a pcapng file.
 *
 * libpcap would read pcapng as well, but refuses files whose interfaces differ in link type or snap
 * length, or whose sections differ in byte order, and these are what Wireshark writes when it
 * listens on several interfaces. So blocks are walked here. A frame's bytes are lent from the tape.
 *
 * Blocks and options that say nothing of frames are passed over. A block whose frame belongs to no
 * interface, or does not fit in it, is garbage; so is a section of another format.
 *
 * Who watches is told of each block when its turn has come, which for the first ones is when the
 * first frame is asked for. A block that cannot be held at once can be told only by parts, before
 * its end is known; so only those are told that an earlier reading found whole.
 *
 * Source: draft-ietf-opsawg-pcapng section 4; its first version for the obsolete Packet Block.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "pcapng_block_internal.h"

enum {
    /* Of one section: routers have some thousand. Each takes 48 bytes, about what a file spends on
     * it. */
    INTERFACES_MOST = 1 << 16,
    MICROSECONDS = 6 /* the resolution where none is told */
};

struct interface {
    int linktype;
    uint32_t snaplen;
    uint8_t fcs_len;
    struct pcapng_clock clock;
};

struct pcapng_reader {
    struct reader reader;
    struct tape tape;
    struct watch *watch;
    bool big_endian;
    bool foreign;                 /* this section is of another format */
    struct interface *interfaces; /* of this section */
    size_t count, cap;
    bool any_interface;
    esi_nanos last; /* frame's time */
};

enum answer { ANSWER_NEXT, ANSWER_FRAME, ANSWER_BAD };

static enum answer
read_section(struct pcapng_reader *file, const struct pcapng_block *block, struct esi_frame *out)
{
    enum { MAJOR_AT = 4, LENGTH_AT = 8, MAJOR = 1 };

    (void)out;
    file->big_endian = block->big_endian;
    file->count = 0;
    uint16_t major = pcapng_u16(block, MAJOR_AT);
    file->foreign = major != MAJOR;
    if (file->foreign) {
        if (!file->reader.any_foreign)
            file->reader.foreign_version = major;
        file->reader.any_foreign = true;
        return ANSWER_BAD;
    }
    if ((pcapng_u32(block, LENGTH_AT) & pcapng_u32(block, LENGTH_AT + 4)) != UINT32_MAX)
        file->reader.fragile = true;
    return ANSWER_NEXT;
}

/* read_fcs_length - in bits, says the draft; some write bytes, and no FCS is shorter than one. */
static uint8_t
read_fcs_length(uint8_t value)
{
    return value < 8 ? value : value / 8;
}

static void
read_interface_options(const struct pcapng_block *block, size_t from, struct interface *out)
{
    enum { TSRESOL = 9, FCSLEN = 13, TSOFFSET = 14 };
    struct pcapng_option option;
    uint8_t resolution = MICROSECONDS;
    uint64_t offset = 0;

    while (pcapng_next_option(block, &from, &option)) {
        const uint8_t *value = block->body.ptr + option.at;
        if (option.code == TSRESOL && option.len == 1)
            resolution = value[0];
        if (option.code == FCSLEN && option.len == 1)
            out->fcs_len = read_fcs_length(value[0]);
        if (option.code == TSOFFSET && option.len == sizeof offset) {
            uint64_t words[2] = {pcapng_u32(block, option.at), pcapng_u32(block, option.at + 4)};
            offset = words[!block->big_endian] << 32 | words[block->big_endian];
        }
    }
    out->clock = pcapng_clock_of(resolution, (int64_t)offset);
}

/* note_interface - what the file as a whole is said to be like. */
static void
note_interface(struct pcapng_reader *file, const struct interface *interface)
{
    struct reader *reader = &file->reader;

    if (!file->any_interface) {
        reader->linktype = interface->linktype;
        reader->snaplen = interface->snaplen;
    } else if (reader->snaplen > 0 &&
               (interface->snaplen == 0 || interface->snaplen > reader->snaplen)) {
        reader->snaplen = interface->snaplen;
    }
    file->any_interface = true;
}

static enum answer
read_interface(struct pcapng_reader *file, const struct pcapng_block *block, struct esi_frame *out)
{
    enum { LINKTYPE_AT = 0, SNAPLEN_AT = 4, OPTIONS_AT = 8 };

    (void)out;
    if (block->body.len < OPTIONS_AT || file->count == INTERFACES_MOST)
        return ANSWER_BAD;
    file->interfaces =
        esi_grow(file->interfaces, &file->cap, file->count + 1, sizeof *file->interfaces);
    struct interface *interface = &file->interfaces[file->count++];
    *interface = (struct interface){.linktype = linktype_of_file(pcapng_u16(block, LINKTYPE_AT)),
                                    .snaplen = pcapng_u32(block, SNAPLEN_AT)};
    read_interface_options(block, OPTIONS_AT, interface);
    note_interface(file, interface);
    return ANSWER_NEXT;
}

/* fcs_of - a frame's flags may say its own. */
static uint8_t
fcs_of(const struct pcapng_block *block, size_t from, uint8_t of_interface)
{
    enum { FLAGS = 2, FCS_BIT = 5, FCS_MOST = 15 };
    struct pcapng_option option;

    while (pcapng_next_option(block, &from, &option))
        if (option.code == FLAGS && option.len == sizeof(uint32_t)) {
            uint32_t fcs_len = pcapng_u32(block, option.at) >> FCS_BIT & FCS_MOST;
            return fcs_len > 0 ? (uint8_t)fcs_len : of_interface;
        }
    return of_interface;
}

/* read_frame - Enhanced Packet Blocks, and the obsolete ones, which differ in the first word. */
static enum answer
read_frame(struct pcapng_reader *file, const struct pcapng_block *block, struct esi_frame *out)
{
    enum { INTERFACE_AT = 0, TIME_AT = 4, CAPLEN_AT = 12, LEN_AT = 16, DATA_AT = 20 };

    if (block->body.len < DATA_AT)
        return ANSWER_BAD;
    uint32_t interface_id = block->type == ESI_PCAPNG_PACKET ? pcapng_u16(block, INTERFACE_AT)
                                                             : pcapng_u32(block, INTERFACE_AT);
    uint32_t caplen = pcapng_u32(block, CAPLEN_AT), len = pcapng_u32(block, LEN_AT);
    if (interface_id >= file->count || caplen > block->body.len - DATA_AT)
        return ANSWER_BAD;
    const struct interface *interface = &file->interfaces[interface_id];
    uint64_t units = (uint64_t)pcapng_u32(block, TIME_AT) << 32 | pcapng_u32(block, TIME_AT + 4);
    *out = (struct esi_frame){
        .linktype = interface->linktype,
        .ts = pcapng_time(&interface->clock, units),
        .wire_len = len > caplen ? len : caplen,
        .fcs_len = fcs_of(block, DATA_AT + (caplen + (size_t)3) / 4 * 4, interface->fcs_len),
        .bytes = {block->body.ptr + DATA_AT, caplen},
        .block = pcapng_raw(block),
        .big_endian = block->big_endian};
    file->last = out->ts;
    return ANSWER_FRAME;
}

/* read_simple - of the first interface, without a time: it gets that of the frame before it. */
static enum answer
read_simple(struct pcapng_reader *file, const struct pcapng_block *block, struct esi_frame *out)
{
    enum { LEN_AT = 0, DATA_AT = 4 };

    if (block->body.len < DATA_AT || file->count == 0)
        return ANSWER_BAD;
    const struct interface *interface = &file->interfaces[0];
    uint32_t len = pcapng_u32(block, LEN_AT);
    size_t caplen = block->body.len - DATA_AT;
    if (caplen > len)
        caplen = len;
    if (interface->snaplen > 0 && caplen > interface->snaplen)
        caplen = interface->snaplen;
    *out = (struct esi_frame){.linktype = interface->linktype,
                              .ts = file->last,
                              .wire_len = len,
                              .fcs_len = interface->fcs_len,
                              .bytes = {block->body.ptr + DATA_AT, caplen},
                              .block = pcapng_raw(block),
                              .big_endian = block->big_endian};
    return ANSWER_FRAME;
}

static enum answer
read_block(struct pcapng_reader *file, const struct pcapng_block *block, struct esi_frame *out)
{
    static const struct {
        enum esi_pcapng_type type;
        enum answer (*read)(struct pcapng_reader *file, const struct pcapng_block *block,
                            struct esi_frame *out);
    } kinds[] = {{ESI_PCAPNG_ENHANCED_PACKET, read_frame},
                 {ESI_PCAPNG_SIMPLE_PACKET, read_simple},
                 {ESI_PCAPNG_PACKET, read_frame},
                 {ESI_PCAPNG_INTERFACE, read_interface},
                 {ESI_PCAPNG_SECTION, read_section}};

    if (file->foreign && block->type != ESI_PCAPNG_SECTION)
        return ANSWER_BAD;
    for (size_t k = 0; k < ESI_COUNT(kinds); k++)
        if (block->type == (uint32_t)kinds[k].type)
            return kinds[k].read(file, block, out);
    file->reader.fragile |= block->type == ESI_PCAPNG_CUSTOM_NOT_COPIED;
    return ANSWER_NEXT;
}

static enum esi_step
say_cut(struct pcapng_reader *file)
{
    snprintf(file->reader.trouble, WHY_NOT, "cut off in frame %%: the last block is not whole");
    return ESI_STEP_FAILED;
}

/* find_way - from a block that is none. False: there is no way, and the reader says why. */
static bool
find_way(struct pcapng_reader *file)
{
    uint64_t from = file->tape.offset;

    tape_skip(&file->tape, 1);
    bool found = pcapng_search(&file->tape, file->big_endian);
    uint64_t len = file->tape.offset - from;
    if (found) {
        garbage_add(&file->reader.garbage, from, len);
        return true;
    }
    file->reader.garbage.tail = len;
    snprintf(file->reader.trouble, WHY_NOT,
             "unreadable from frame %% on: no block in the %" PRIu64 " bytes from byte %" PRIu64
             " on",
             len, from);
    return false;
}

/* is_remembered - whether an earlier reading found the huge block that begins there whole. */
static bool
is_remembered(const struct watch *watch, uint64_t at)
{
    for (size_t h = 0; h < watch->huge_count; h++)
        if (watch->huge[h] == at)
            return true;
    return false;
}

/* remember - readings go over a file from its beginning, so what is known ends with the last. */
static void
remember(struct watch *watch, uint64_t at)
{
    if (watch->huge_count > 0 && watch->huge[watch->huge_count - 1] >= at)
        return;
    watch->huge = esi_grow(watch->huge, &watch->huge_cap, watch->huge_count + 1, sizeof at);
    watch->huge[watch->huge_count++] = at;
}

/* pass_huge - a block that nobody reads. */
static bool
pass_huge(struct pcapng_reader *file, const struct pcapng_block *block)
{
    uint64_t from = file->tape.offset;
    bool told = file->watch->block && !file->foreign && is_remembered(file->watch, from);
    bool cut, whole = pcapng_skip_huge(&file->tape, block, told ? file->watch : NULL, &cut);

    if (whole && !file->foreign) {
        remember(file->watch, from);
        file->reader.fragile |= block->type == ESI_PCAPNG_CUSTOM_NOT_COPIED;
        return true;
    }
    if (cut)
        say_cut(file);
    else
        garbage_add(&file->reader.garbage, from, file->tape.offset - from);
    return !cut;
}

static enum answer
take_block(struct pcapng_reader *file, const struct pcapng_block *block, struct esi_frame *out)
{
    enum answer answer = read_block(file, block, out);

    if (answer == ANSWER_BAD)
        garbage_add(&file->reader.garbage, file->tape.offset, block->length);
    if (answer == ANSWER_NEXT)
        pcapng_tell(file->watch, block, 0, pcapng_raw(block));
    tape_skip(&file->tape, block->length);
    return answer;
}

static enum esi_step
next_frame(struct reader *reader, struct esi_frame *out)
{
    struct pcapng_reader *file = (struct pcapng_reader *)reader;
    struct pcapng_block block;

    for (;;) {
        switch (pcapng_look(&file->tape, file->big_endian, &block)) {
        case PCAPNG_BLOCK:
            if (take_block(file, &block, out) == ANSWER_FRAME)
                return ESI_STEP_ITEM;
            break;
        case PCAPNG_HUGE:
            if (!pass_huge(file, &block))
                return ESI_STEP_FAILED;
            break;
        case PCAPNG_BAD:
            if (!find_way(file))
                return ESI_STEP_FAILED;
            break;
        case PCAPNG_CUT:
            return say_cut(file);
        case PCAPNG_END:
            return ESI_STEP_END;
        }
    }
}

/* read_start - up to the first interface, so that the file's link type is known; or no further than
 * to know that it is one, if somebody watches. */
static bool
read_start(struct pcapng_reader *file)
{
    struct pcapng_block block;

    if (pcapng_look(&file->tape, false, &block) != PCAPNG_BLOCK ||
        read_section(file, &block, NULL) == ANSWER_BAD)
        return false;
    if (file->watch->block)
        return true;
    tape_skip(&file->tape, block.length);
    while (!file->any_interface &&
           pcapng_look(&file->tape, file->big_endian, &block) == PCAPNG_BLOCK &&
           block.type != ESI_PCAPNG_ENHANCED_PACKET && block.type != ESI_PCAPNG_SIMPLE_PACKET &&
           block.type != ESI_PCAPNG_PACKET)
        take_block(file, &block, NULL);
    return true;
}

static void
close_file(struct reader *reader)
{
    struct pcapng_reader *file = (struct pcapng_reader *)reader;

    tape_free(&file->tape);
    free(file->interfaces);
    free(file);
}

static const struct reader_kind kind = {next_frame, NULL, NULL, close_file};

struct reader *
pcapng_file_open(struct input *input, struct watch *watch, char why[WHY_NOT])
{
    struct pcapng_reader *file = esi_alloc(sizeof *file);

    file->reader.kind = &kind;
    file->watch = watch;
    file->reader.linktype = -1;
    tape_init(&file->tape, input, 0);
    if (read_start(file))
        return &file->reader;
    snprintf(why, WHY_NOT, "unreadable header: no whole pcapng section header of version 1");
    close_file(&file->reader);
    return NULL;
}
