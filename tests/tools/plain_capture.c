/* plain_capture.c - classic pcap and pcapng files, whole in memory. */
#include "plain_capture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PCAP_HEAD = 24,
    RECORD_HEAD = 16,
    SECTION = 0x0a0d0d0a,
    INTERFACE = 1,
    OLD_PACKET = 2,
    SIMPLE_PACKET = 3,
    ENHANCED_PACKET = 6,
    TRAILER = 4,
    OPTION_COMMENT = 1,
    OPTION_TSRESOL = 9,
    OPTION_TSOFFSET = 14
};

struct interface {
    uint32_t linktype, snaplen;
    unsigned resolution;
    int64_t offset;
};

struct section {
    bool big_endian;
    struct interface *interfaces;
    size_t count, cap;
};

static void *
grown(void *items, size_t *cap, size_t want, size_t size)
{
    if (want <= *cap)
        return items;
    *cap = want > 2 * *cap ? want : 2 * *cap;
    items = realloc(items, *cap * size);
    if (!items)
        exit(2);
    return items;
}

static uint32_t
u32(const uint8_t *at, bool big_endian)
{
    return big_endian
               ? (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3]
               : (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}

static uint16_t
u16(const uint8_t *at, bool big_endian)
{
    return (uint16_t)(big_endian ? at[0] << 8 | at[1] : at[1] << 8 | at[0]);
}

static size_t
padded(size_t len)
{
    return (len + 3) / 4 * 4;
}

static bool
read_file(struct plain_capture *capture, const char *path)
{
    FILE *file = fopen(path, "rb");
    size_t cap = 0, got;

    if (!file)
        return false;
    do {
        capture->data = grown(capture->data, &cap, capture->size + 65536, 1);
        got = fread(capture->data + capture->size, 1, cap - capture->size, file);
        capture->size += got;
    } while (got > 0);
    fclose(file);
    return true;
}

static struct plain_frame *
add_frame(struct plain_capture *capture)
{
    capture->frames =
        grown(capture->frames, &capture->cap, capture->count + 1, sizeof *capture->frames);
    capture->frames[capture->count] = (struct plain_frame){.ts = -1};
    return &capture->frames[capture->count++];
}

/* ---- classic ---- */

static void
read_records(struct plain_capture *capture, bool big_endian, int64_t unit)
{
    uint32_t linktype = u32(capture->data + 20, big_endian) & 0xffff;
    size_t at = PCAP_HEAD;

    while (capture->size - at >= RECORD_HEAD) {
        const uint8_t *head = capture->data + at;
        uint32_t caplen = u32(head + 8, big_endian);

        if (caplen > capture->size - at - RECORD_HEAD)
            return;
        struct plain_frame *frame = add_frame(capture);
        frame->bytes = head + RECORD_HEAD;
        frame->caplen = caplen;
        frame->len = u32(head + 12, big_endian);
        frame->linktype = linktype;
        frame->ts = (int64_t)u32(head, big_endian) * 1000000000 + u32(head + 4, big_endian) * unit;
        at += RECORD_HEAD + caplen;
    }
}

/* ---- pcapng ---- */

bool
plain_option_next(const uint8_t *options, size_t len, bool big_endian, size_t *at,
                  struct plain_option *out)
{
    if (len - *at < 4)
        return false;
    out->code = u16(options + *at, big_endian);
    out->len = u16(options + *at + 2, big_endian);
    out->value = options + *at + 4;
    if (out->code == 0 || padded(out->len) > len - *at - 4)
        return false;
    *at += 4 + padded(out->len);
    return true;
}

static void
add_interface(struct section *section, const uint8_t *block, size_t len)
{
    struct interface interface = {.linktype = u16(block + 8, section->big_endian),
                                  .snaplen = u32(block + 12, section->big_endian),
                                  .resolution = 6};
    struct plain_option option;
    size_t at = 0;

    while (plain_option_next(block + 16, len - 16 - TRAILER, section->big_endian, &at, &option)) {
        if (option.code == OPTION_TSRESOL && option.len == 1)
            interface.resolution = option.value[0];
        if (option.code == OPTION_TSOFFSET && option.len == 8)
            interface.offset = (int64_t)((uint64_t)u32(option.value, section->big_endian)
                                             << (section->big_endian ? 32 : 0) |
                                         (uint64_t)u32(option.value + 4, section->big_endian)
                                             << (section->big_endian ? 0 : 32));
    }
    section->interfaces =
        grown(section->interfaces, &section->cap, section->count + 1, sizeof *section->interfaces);
    section->interfaces[section->count++] = interface;
}

/* nanos_of - a fraction of a second is rounded down. */
static int64_t
nanos_of(const struct interface *interface, uint64_t units)
{
    enum { NANOS = 1000000000, BITS_MOST = 34 /* of a fraction, so that NANOS times it fits */ };
    unsigned power = interface->resolution & 0x7f;
    bool binary = (interface->resolution & 0x80) != 0;
    uint64_t second = 1;

    for (unsigned p = 0; p < power; p++)
        second *= binary ? 2 : 10;
    int64_t whole = (int64_t)(units / second) + interface->offset;
    uint64_t rest = units % second;
    for (; binary && power > BITS_MOST; power--)
        rest >>= 1, second >>= 1;
    uint64_t fraction = binary || second <= NANOS ? rest * NANOS / second : rest / (second / NANOS);
    return whole * NANOS + (int64_t)fraction;
}

/* add_packet - number: of its interface. */
static void
add_packet(struct plain_capture *capture, const struct section *section, uint32_t number,
           const uint8_t *block, size_t len, bool simple)
{
    bool big_endian = section->big_endian;

    if (number >= section->count)
        return;
    const struct interface *interface = &section->interfaces[number];
    struct plain_frame *frame = add_frame(capture);
    size_t data_at = simple ? 12 : 28;
    frame->len = u32(block + (simple ? 8 : 24), big_endian);
    frame->caplen = simple ? frame->len : u32(block + 20, big_endian);
    if (simple && interface->snaplen > 0 && frame->caplen > interface->snaplen)
        frame->caplen = interface->snaplen;
    if (frame->caplen > len - data_at - TRAILER)
        frame->caplen = (uint32_t)(len - data_at - TRAILER);
    frame->bytes = block + data_at;
    frame->linktype = interface->linktype;
    frame->big_endian = big_endian;
    if (simple)
        return;
    frame->ts = nanos_of(interface,
                         (uint64_t)u32(block + 12, big_endian) << 32 | u32(block + 16, big_endian));
    frame->options = block + data_at + padded(frame->caplen);
    frame->options_len = len - data_at - padded(frame->caplen) - TRAILER;
}

static void
read_block(struct plain_capture *capture, struct section *section, const uint8_t *block, size_t len)
{
    switch (u32(block, section->big_endian)) {
    case INTERFACE:
        add_interface(section, block, len);
        return;
    case ENHANCED_PACKET:
        add_packet(capture, section, u32(block + 8, section->big_endian), block, len, false);
        return;
    case OLD_PACKET:
        add_packet(capture, section, u16(block + 8, section->big_endian), block, len, false);
        return;
    case SIMPLE_PACKET:
        add_packet(capture, section, 0, block, len, true);
        return;
    default:
        return;
    }
}

static void
read_blocks(struct plain_capture *capture)
{
    struct section section = {0};
    size_t at = 0;

    while (capture->size - at >= 12) {
        const uint8_t *block = capture->data + at;

        if (u32(block, false) == SECTION) {
            section.big_endian = u32(block + 8, false) != 0x1a2b3c4d;
            section.count = 0;
        }
        size_t len = u32(block + 4, section.big_endian);
        if (len < 12 || len % 4 != 0 || len > capture->size - at)
            break;
        read_block(capture, &section, block, len);
        at += len;
    }
    free(section.interfaces);
}

bool
plain_capture_read(struct plain_capture *capture, const char *path)
{
    static const struct {
        uint32_t magic;
        bool big_endian;
        int64_t unit;
    } kinds[] = {{0xa1b2c3d4, false, 1000},
                 {0xa1b23c4d, false, 1},
                 {0xd4c3b2a1, true, 1000},
                 {0x4d3cb2a1, true, 1}};

    *capture = (struct plain_capture){0};
    if (!read_file(capture, path))
        return false;
    if (capture->size < 12)
        return true;
    uint32_t magic = u32(capture->data, false);
    capture->pcapng = magic == SECTION;
    if (capture->pcapng)
        read_blocks(capture);
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0] && capture->size >= PCAP_HEAD; k++)
        if (magic == kinds[k].magic)
            read_records(capture, kinds[k].big_endian, kinds[k].unit);
    return true;
}

bool
plain_frame_says(const struct plain_frame *frame, const char *line)
{
    struct plain_option option;
    size_t at = 0, len = strlen(line);

    while (plain_option_next(frame->options, frame->options_len, frame->big_endian, &at, &option)) {
        const char *value = (const char *)option.value, *end = value + option.len;

        while (option.code == OPTION_COMMENT && value < end) {
            const char *stop = memchr(value, '\n', (size_t)(end - value));

            stop = stop ? stop : end;
            if ((size_t)(stop - value) == len && memcmp(value, line, len) == 0)
                return true;
            value = stop + 1;
        }
    }
    return false;
}

void
plain_capture_free(struct plain_capture *capture)
{
    free(capture->frames);
    free(capture->data);
    *capture = (struct plain_capture){0};
}
