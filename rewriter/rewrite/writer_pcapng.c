/*
 * writer_pcapng.c - frames into a pcapng file.
 *
 * Of a pcapng input each block is copied as it stands, in its place, whatever it holds: sections,
 * interfaces, names, secrets, statistics, what nobody knows. Only a frame that changes or gets a
 * comment has its block changed (blocks.c), and of a file in which anything changes, lengths of
 * sections that hold no more are unsaid, and custom blocks that are not to be copied are left out
 * (foresight.c). Of a classic pcap input a section is made, with one interface.
 *
 * So several inputs are one section or more each, in the order in which they are read.
 */
#define _DEFAULT_SOURCE /* fwrite_unlocked */
#include <stdlib.h>
#include <string.h>

#include "blocks_internal.h"
#include "foresight_internal.h"
#include "writer_internal.h"

struct pcapng_writer {
    struct writer writer;
    const struct esi_capture_file *files;
    size_t file_count, begun; /* files[begun - 1] has its turn */
    struct foresight *foresight;
    bool foreseeing; /* nothing is written */
    bool copying;    /* the file is a pcapng file */
    uint64_t *comments_lost;
    /* The section */
    uint64_t sections; /* of pcapng files, begun */
    uint64_t told;     /* its length, by its header */
    uint64_t len;      /* put out behind its header */
    bool big_endian;
    struct block_clock *clocks; /* by interface */
    size_t clock_count, clock_cap;
    uint32_t interface; /* of the last frame */
    uint64_t lacks;     /* so much of a block that comes in parts */
    bool torn;          /* it did not all come */
    struct esi_buf room;
};

static void
emit(struct pcapng_writer *file, const void *bytes, size_t len)
{
    file->len += len;
    if (!file->foreseeing)
        fwrite_unlocked(bytes, 1, len, file->writer.output.file);
}

static void
emit_room(struct pcapng_writer *file)
{
    emit(file, file->room.data, file->room.len);
}

/* ---- files and sections ---- */

static void
add_clock(struct pcapng_writer *file, struct block_clock clock)
{
    file->clocks =
        esi_grow(file->clocks, &file->clock_cap, file->clock_count + 1, sizeof *file->clocks);
    file->clocks[file->clock_count++] = clock;
}

/* make_section - for a classic pcap file. */
static void
make_section(struct pcapng_writer *file, const struct esi_capture_file *of, uint8_t fcs_len)
{
    uint8_t resolution = of->nanosecond ? BLOCK_NANOSECONDS : BLOCK_MICROSECONDS;
    int linktype = writer_linktype(of->linktype);
    uint32_t snaplen = of->snaplen;

    if (snaplen > 0 && snaplen < of->longest)
        snaplen = of->longest; /* files break their own */
    file->copying = false;
    file->big_endian = false;
    file->clock_count = 0;
    file->interface = 0;
    add_clock(file, (struct block_clock){.resolution = resolution});
    esi_buf_clear(&file->room);
    block_new_section(&file->room);
    /* What libpcap has no other number for has the same in files. */
    block_new_interface(&file->room, (uint16_t)(linktype >= 0 ? linktype : of->linktype), snaplen,
                        resolution, fcs_len);
    emit_room(file);
}

static void
end_section(struct pcapng_writer *file)
{
    if (file->copying && file->foreseeing && file->sections > 0)
        foresight_section(file->foresight, file->told, file->len);
}

static void
end_file(struct pcapng_writer *file)
{
    if (file->begun == 0 || !file->foreseeing)
        return;
    end_section(file);
    foresight_file_end(file->foresight);
}

static void
begin_file(struct pcapng_writer *file)
{
    end_file(file);
    file->copying = false;
    if (file->foreseeing)
        foresight_file(file->foresight, &file->files[file->begun]);
    file->begun++;
}

/* enter - the file's turn. Those before it of which nothing came are classic files, since of others
 * the first section comes; or they could not be read. */
static void
enter(struct pcapng_writer *file, size_t index, bool copying, uint8_t fcs_len)
{
    while (file->begun <= index) {
        const struct esi_capture_file *of = &file->files[file->begun];
        bool wanted = file->begun == index;
        begin_file(file);
        if (wanted && copying)
            break;
        if (of->linktype >= 0)
            make_section(file, of, wanted ? fcs_len : 0);
    }
}

/* ---- blocks that are no frame's ---- */

static void
take_section(struct pcapng_writer *file, const struct esi_pcapng_block *block)
{
    if (file->copying)
        end_section(file);
    file->copying = true;
    file->big_endian = block->big_endian;
    file->clock_count = 0;
    file->interface = 0;
    file->told = block_section_length(block->bytes, block->big_endian);
    esi_buf_clear(&file->room);
    esi_buf_append(&file->room, block->bytes);
    if (file->told != block_length_unknown && file->foresight && !file->foreseeing &&
        !foresight_keeps_length(file->foresight, file->sections))
        memset(file->room.data + BLOCK_SECTION_LENGTH, 0xff, sizeof block_length_unknown);
    emit_room(file);
    file->sections++;
    file->len = 0;
}

/* leaves_out - a block that is not to be copied. */
static bool
leaves_out(struct pcapng_writer *file, const struct esi_pcapng_block *block)
{
    if (block->type != ESI_PCAPNG_CUSTOM_NOT_COPIED || !file->foresight)
        return false;
    if (file->foreseeing && block->at == 0)
        foresight_fragile(file->foresight);
    return file->foreseeing || foresight_changes(file->foresight, block->file);
}

static void
take_block(struct writer *writer, const struct esi_pcapng_block *block)
{
    struct pcapng_writer *file = (struct pcapng_writer *)writer;

    enter(file, block->file, true, 0);
    file->torn |= block->at == 0 && file->lacks > 0;
    file->lacks = block->length - block->at - block->bytes.len;
    if (block->type == ESI_PCAPNG_SECTION) {
        take_section(file, block);
        return;
    }
    if (block->type == ESI_PCAPNG_INTERFACE)
        add_clock(file, block_clock_of(block->bytes, block->big_endian));
    if (!leaves_out(file, block))
        emit(file, block->bytes.ptr, block->bytes.len);
}

/* ---- frames ---- */

/* put_new - of a classic file, or made: then its time is that of the frame whose block it has, to
 * the unit, however coarse units are. */
static void
put_new(struct pcapng_writer *file, const struct esi_frame *frame, const uint8_t *bytes,
        struct esi_slice comment)
{
    struct block_frame made = {.big_endian = file->big_endian,
                               .interface = file->interface,
                               .caplen = (uint32_t)frame->bytes.len,
                               .wire_len = frame->wire_len};

    if (frame->block.len > 0)
        made.interface = block_interface_of(frame->block, frame->big_endian);
    if (!block_units_of(frame->block, frame->big_endian, &made.units) &&
        made.interface < file->clock_count)
        made.units = block_units(&file->clocks[made.interface], frame->ts);
    block_new_frame(&file->room, &made, bytes, comment);
    emit_room(file);
}

/* put_changed - its block, which has other bytes or a comment. */
static void
put_changed(struct pcapng_writer *file, const struct esi_frame *frame, const uint8_t *bytes,
            struct esi_slice comment)
{
    *file->comments_lost += !block_change(&file->room, frame, bytes, comment);
    if (file->foreseeing) {
        bool resized = file->room.len != frame->block.len;
        bool changed = resized || memcmp(file->room.data, frame->block.ptr, file->room.len) != 0;
        foresight_frame(file->foresight, changed, resized);
    }
    emit_room(file);
}

static bool
is_made(const struct esi_frame *frame)
{
    uintptr_t block = (uintptr_t)frame->block.ptr, bytes = (uintptr_t)frame->bytes.ptr;

    return bytes < block || bytes >= block + frame->block.len;
}

static void
put(struct writer *writer, const struct esi_frame *frame, const uint8_t *bytes,
    struct esi_slice comment)
{
    struct pcapng_writer *file = (struct pcapng_writer *)writer;

    if (frame->file >= file->begun)
        enter(file, frame->file, false, frame->fcs_len);
    if (is_made(frame)) {
        if (file->copying && file->foreseeing)
            foresight_made(file->foresight);
        put_new(file, frame, bytes, comment);
        return;
    }
    file->interface = block_interface_of(frame->block, frame->big_endian);
    if (bytes != frame->bytes.ptr || comment.len > 0) {
        put_changed(file, frame, bytes, comment);
        return;
    }
    if (file->foreseeing)
        foresight_frame(file->foresight, false, false);
    emit(file, frame->block.ptr, frame->block.len);
}

/* ---- the file ---- */

static bool
start(struct writer *writer, const struct writer_config *config, bool *usage, struct esi_error *err)
{
    struct pcapng_writer *file = (struct pcapng_writer *)writer;

    (void)usage;
    (void)err;
    file->files = config->files;
    file->file_count = config->file_count;
    file->foresight = config->foresight;
    file->foreseeing = !config->path;
    file->comments_lost = config->comments_lost;
    return true;
}

static bool
finish(struct writer *writer, struct esi_error *err)
{
    struct pcapng_writer *file = (struct pcapng_writer *)writer;

    if (file->torn || file->lacks > 0)
        return esi_error_set(err, "the input changed while it was read");
    if (file->file_count > 0)
        enter(file, file->file_count - 1, false, 0);
    end_file(file);
    return true;
}

static void
close_file(struct writer *writer)
{
    struct pcapng_writer *file = (struct pcapng_writer *)writer;

    if (writer->output.file)
        fclose(writer->output.file);
    free(file->clocks);
    esi_buf_free(&file->room);
}

const struct writer_kind writer_pcapng = {.size = sizeof(struct pcapng_writer),
                                          .start = start,
                                          .put = put,
                                          .block = take_block,
                                          .finish = finish,
                                          .close = close_file};
