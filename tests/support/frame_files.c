/*
 * frame_files.c - capture files, number by number.
 *
 * Sources: draft-ietf-opsawg-pcap section 4; draft-ietf-opsawg-pcapng section 4.
 */
#include <stdlib.h>
#include <string.h>

#include "support/frames.h"

enum {
    BLOCK_SECTION = 0x0a0d0d0a,
    BLOCK_INTERFACE = 1,
    BLOCK_SIMPLE = 3,
    BLOCK_ENHANCED = 6,
    BLOCK_UNKNOWN = 0x0bad0bad,
    OPTION_TSRESOL = 9,
    NANOS = 1000000000,
};
static const esi_nanos start = (esi_nanos)1700000000 * NANOS;

static uint16_t
order16(uint16_t value, bool swapped)
{
    return swapped ? __builtin_bswap16(value) : value;
}

static uint32_t
order32(uint32_t value, bool swapped)
{
    return swapped ? __builtin_bswap32(value) : value;
}

static void
write_bytes(FILE *file, const void *bytes, size_t len)
{
    if (fwrite(bytes, 1, len, file) != len)
        abort();
}

static void
write_words(FILE *file, bool swapped, const uint32_t *words, size_t count)
{
    for (size_t w = 0; w < count; w++) {
        uint32_t word = order32(words[w], swapped);
        write_bytes(file, &word, sizeof word);
    }
}

/* pair - two numbers of 16 bits as the word that holds them in this order. */
static uint32_t
pair(uint16_t first, uint16_t second, bool swapped)
{
    uint16_t halves[2] = {order16(first, swapped), order16(second, swapped)};
    uint32_t word;

    memcpy(&word, halves, sizeof word);
    return order32(word, swapped); /* write_words turns it back */
}

static size_t
captured_len(size_t wire_len, size_t captured)
{
    return captured > 0 && captured < wire_len ? captured : wire_len;
}

static FILE *
open_new(const char *path)
{
    FILE *file = fopen(path, "wb");

    if (!file)
        abort();
    return file;
}

/* ---- classic ---- */

static void
open_file(struct frame_file *out, const char *path, int linktype, uint32_t snaplen)
{
    uint32_t head[] = {out->nanosecond ? 0xa1b23c4d : 0xa1b2c3d4,
                       pair(2, 4, out->swapped),
                       0,
                       0,
                       snaplen,
                       (uint32_t)linktype};

    out->file = open_new(path);
    out->step = out->nanosecond ? 1000001 : 1000000;
    out->now = start;
    write_words(out->file, out->swapped, head, ESI_COUNT(head));
}

void
frame_file_open(struct frame_file *out, const char *path, int linktype, uint32_t snaplen,
                bool nanosecond)
{
    *out = (struct frame_file){.nanosecond = nanosecond};
    open_file(out, path, linktype, snaplen);
}

void
frame_file_open_swapped(struct frame_file *out, const char *path, int linktype, uint32_t snaplen,
                        bool nanosecond)
{
    *out = (struct frame_file){.nanosecond = nanosecond, .swapped = true};
    open_file(out, path, linktype, snaplen);
}

void
frame_file_add(struct frame_file *file, const uint8_t *frame, size_t wire_len, size_t captured)
{
    size_t len = captured_len(wire_len, captured);
    esi_nanos fraction = file->now % NANOS;
    uint32_t head[] = {(uint32_t)(file->now / NANOS),
                       (uint32_t)(file->nanosecond ? fraction : fraction / 1000), (uint32_t)len,
                       (uint32_t)wire_len};

    write_words(file->file, file->swapped, head, ESI_COUNT(head));
    write_bytes(file->file, frame, len);
    file->now += file->step;
}

void
frame_file_close(struct frame_file *file)
{
    if (fclose(file->file) != 0)
        abort();
    file->file = NULL;
}

/* ---- pcapng ---- */

/* write_block - its body is fields, then bytes, filled up to a multiple of four. */
static void
write_block(struct frame_ng *ng, uint32_t type, const uint32_t *fields, size_t count,
            struct esi_slice bytes)
{
    static const uint8_t zeros[4];
    size_t fill = (4 - bytes.len % 4) % 4;
    uint32_t len = (uint32_t)(12 + 4 * count + bytes.len + fill);

    write_words(ng->file, ng->swapped, (uint32_t[]){type, len}, 2);
    write_words(ng->file, ng->swapped, fields, count);
    if (bytes.len > 0)
        write_bytes(ng->file, bytes.ptr, bytes.len);
    write_bytes(ng->file, zeros, fill);
    write_words(ng->file, ng->swapped, &len, 1);
}

void
frame_ng_open(struct frame_ng *out, const char *path)
{
    *out = (struct frame_ng){.file = open_new(path), .step = 1000000, .now = start};
}

void
frame_ng_section(struct frame_ng *ng, bool swapped)
{
    ng->swapped = swapped;
    ng->interfaces = 0;
    uint32_t fields[] = {0x1a2b3c4d, pair(1, 0, swapped), UINT32_MAX, UINT32_MAX};
    write_block(ng, BLOCK_SECTION, fields, ESI_COUNT(fields), (struct esi_slice){0});
}

unsigned
frame_ng_interface(struct frame_ng *ng, int linktype, uint8_t resolution)
{
    const uint8_t value[4] = {resolution};
    uint32_t fields[] = {pair((uint16_t)linktype, 0, ng->swapped), 0,
                         pair(OPTION_TSRESOL, 1, ng->swapped), 0, 0};

    memcpy(&fields[3], value, sizeof value);
    fields[3] = order32(fields[3], ng->swapped);
    if (ng->interfaces == NG_INTERFACES_MOST)
        abort();
    write_block(ng, BLOCK_INTERFACE, fields, resolution > 0 ? 5 : 2, (struct esi_slice){0});
    ng->resolution[ng->interfaces] = resolution > 0 ? resolution : 6;
    return ng->interfaces++;
}

static uint64_t
ticks_of(esi_nanos now, uint8_t resolution)
{
    uint64_t seconds = (uint64_t)(now / NANOS), fraction = (uint64_t)(now % NANOS), scale = 1;

    if (resolution & 0x80)
        scale <<= resolution & 0x7f;
    for (unsigned digit = 0; !(resolution & 0x80) && digit < resolution; digit++)
        scale *= 10;
    return seconds * scale + fraction * scale / NANOS;
}

void
frame_ng_add(struct frame_ng *ng, unsigned interface, const uint8_t *frame, size_t wire_len,
             size_t captured)
{
    size_t len = captured_len(wire_len, captured);
    uint64_t ticks = ticks_of(ng->now, ng->resolution[interface]);
    uint32_t fields[] = {interface, (uint32_t)(ticks >> 32), (uint32_t)ticks, (uint32_t)len,
                         (uint32_t)wire_len};

    write_block(ng, BLOCK_ENHANCED, fields, ESI_COUNT(fields), (struct esi_slice){frame, len});
    ng->now += ng->step;
}

void
frame_ng_add_simple(struct frame_ng *ng, const uint8_t *frame, size_t wire_len)
{
    uint32_t field = (uint32_t)wire_len;

    write_block(ng, BLOCK_SIMPLE, &field, 1, (struct esi_slice){frame, wire_len});
    ng->now += ng->step;
}

void
frame_ng_unknown(struct frame_ng *ng, struct esi_slice bytes)
{
    write_block(ng, BLOCK_UNKNOWN, NULL, 0, bytes);
}

void
frame_ng_close(struct frame_ng *ng)
{
    if (fclose(ng->file) != 0)
        abort();
    ng->file = NULL;
}
