/* frames.c - headers put together byte by byte. */
#define _DEFAULT_SOURCE
#include "support/frames.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NEXT_ROUTING = 43, NEXT_TCP = 6, TCP_HEADER = 20, CHECKSUM_AT = 16 };

struct maker {
    uint8_t *out;
    size_t len;
};

static void
put8(struct maker *maker, unsigned value)
{
    maker->out[maker->len++] = (uint8_t)value;
}

static void
put16(struct maker *maker, unsigned value)
{
    put8(maker, value >> 8 & 255);
    put8(maker, value & 255);
}

static void
put32(struct maker *maker, uint32_t value)
{
    put16(maker, value >> 16);
    put16(maker, value & 65535);
}

static void
put_bytes(struct maker *maker, const void *bytes, size_t len)
{
    if (len > 0)
        memcpy(maker->out + maker->len, bytes, len);
    maker->len += len;
}

static void
put_zeros(struct maker *maker, size_t len)
{
    memset(maker->out + maker->len, 0, len);
    maker->len += len;
}

static uint32_t
plain_sum(const uint8_t *bytes, size_t len)
{
    uint32_t sum = 0;

    for (size_t i = 0; i < len; i++)
        sum += i % 2 == 0 ? (uint32_t)bytes[i] << 8 : bytes[i];
    return sum;
}

static uint16_t
finished_sum(uint32_t sum)
{
    while (sum > 65535)
        sum = (sum & 65535) + (sum >> 16);
    return (uint16_t)(65535 - sum);
}

static void
set16(uint8_t *at, uint16_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void
put_link(struct maker *maker, const struct frame_spec *spec)
{
    unsigned type = spec->ip == FRAME_IPV4 ? 0x0800 : 0x86dd;

    if (spec->link == FRAME_RAW)
        return;
    if (spec->link == FRAME_COOKED) {
        put16(maker, 0);
        put16(maker, 1);
        put16(maker, 6);
        put_zeros(maker, 8);
    } else {
        put_bytes(maker, "\2\0\0\0\0\1\2\0\0\0\0\2", 12);
    }
    if (spec->link == FRAME_QINQ)
        put32(maker, 0x88a80007);
    if (spec->link == FRAME_VLAN || spec->link == FRAME_QINQ)
        put32(maker, 0x81000064);
    put16(maker, type);
}

static void
put_ipv4(struct maker *maker, const struct frame_spec *spec, size_t len)
{
    uint8_t *start = maker->out + maker->len;

    put16(maker, 0x4500);
    put16(maker, (unsigned)(20 + len));
    put32(maker, 0x12344000);
    put16(maker, 64 << 8 | NEXT_TCP);
    put16(maker, 0);
    put32(maker, spec->to_client ? 0xc0000202 : 0xc0000201);
    put32(maker, spec->to_client ? 0xc0000201 : 0xc0000202);
    set16(start + 10, finished_sum(plain_sum(start, 20)));
}

static void
put_ipv6_address(struct maker *maker, unsigned last)
{
    put32(maker, 0x20010db8);
    put_zeros(maker, 11);
    put8(maker, last);
}

static void
put_ipv6(struct maker *maker, const struct frame_spec *spec, size_t len)
{
    bool routed = spec->ip == FRAME_IPV6_ROUTED && !spec->to_client;

    put32(maker, 0x60000000);
    put16(maker, (unsigned)(len + (routed ? 24 : 0)));
    put8(maker, routed ? NEXT_ROUTING : NEXT_TCP);
    put8(maker, 64);
    put_ipv6_address(maker, spec->to_client ? 2 : 1);
    put_ipv6_address(maker, routed ? 9 : spec->to_client ? 1 : 2);
    if (routed) {
        put32(maker, NEXT_TCP << 24 | 2 << 16 | 0 << 8 | 1); /* type 0, one hop left */
        put32(maker, 0);
        put_ipv6_address(maker, 2);
    }
}

/* pseudo_sum - of the addresses the two ends know each other by. */
static uint32_t
pseudo_sum(const struct frame_spec *spec, size_t len)
{
    uint32_t addresses = 2 * 0xc000u + 0x0201 + 0x0202;

    if (spec->ip != FRAME_IPV4)
        addresses = 2 * (0x2001u + 0x0db8) + 1 + 2;
    return addresses + NEXT_TCP + (uint32_t)(len >> 16) + (uint32_t)(len & 65535);
}

static void
put_tcp(struct maker *maker, const struct frame_spec *spec)
{
    unsigned port = spec->client_port != 0 ? spec->client_port : FRAME_CLIENT_PORT;
    uint8_t *start = maker->out + maker->len;

    put16(maker, spec->to_client ? 25 : port);
    put16(maker, spec->to_client ? port : 25);
    put32(maker, spec->seq);
    put32(maker, spec->ack);
    put8(maker, (TCP_HEADER + spec->options) / 4u << 4);
    put8(maker, spec->flags);
    put16(maker, 65535);
    put32(maker, 0);
    for (unsigned o = 0; o < spec->options; o++)
        put8(maker, 1);
    put_bytes(maker, spec->payload.ptr, spec->payload.len);

    size_t len = (size_t)(maker->out + maker->len - start);
    uint16_t sum = finished_sum(pseudo_sum(spec, len) + plain_sum(start, len));
    set16(start + CHECKSUM_AT, spec->bad_checksum ? (uint16_t)(sum ^ 0x5555) : sum);
}

size_t
frame_build(uint8_t out[FRAME_MOST], const struct frame_spec *spec)
{
    struct maker maker = {out, 0};
    size_t len = TCP_HEADER + spec->options + spec->payload.len;

    if (len > FRAME_MOST - 100)
        abort();
    put_link(&maker, spec);
    if (spec->ip == FRAME_IPV4)
        put_ipv4(&maker, spec, len);
    else
        put_ipv6(&maker, spec, len);
    put_tcp(&maker, spec);
    return maker.len;
}

int
frame_linktype(enum frame_link link)
{
    static const int linktypes[FRAME_LINKS] = {1, 1, 1, 113, 101};

    return linktypes[link];
}

static void
write_words(FILE *file, const uint32_t *words, size_t count)
{
    if (fwrite(words, sizeof *words, count, file) != count)
        abort();
}

void
frame_file_open(struct frame_file *out, const char *path, int linktype, uint32_t snaplen,
                bool nanosecond)
{
    const uint16_t version[2] = {2, 4};
    uint32_t head[6] = {nanosecond ? 0xa1b23c4d : 0xa1b2c3d4, 0, 0, 0, snaplen, (uint32_t)linktype};

    memcpy(&head[1], version, sizeof version);
    *out = (struct frame_file){.file = fopen(path, "wb"),
                               .nanosecond = nanosecond,
                               .step = nanosecond ? 1000001 : 1000000,
                               .now = (esi_nanos)1700000000 * 1000000000};
    if (!out->file)
        abort();
    write_words(out->file, head, ESI_COUNT(head));
}

void
frame_file_add(struct frame_file *file, const uint8_t *frame, size_t wire_len, size_t captured)
{
    size_t len = captured > 0 && captured < wire_len ? captured : wire_len;
    esi_nanos fraction = file->now % 1000000000;

    write_words(file->file,
                (uint32_t[]){(uint32_t)(file->now / 1000000000),
                             (uint32_t)(file->nanosecond ? fraction : fraction / 1000),
                             (uint32_t)len, (uint32_t)wire_len},
                4);
    if (fwrite(frame, 1, len, file->file) != len)
        abort();
    file->now += file->step;
}

void
frame_file_close(struct frame_file *file)
{
    if (fclose(file->file) != 0)
        abort();
    file->file = NULL;
}

char *
temp_folder_new(void)
{
    char *folder = esi_strdup("/tmp/esmtp-test-XXXXXX");

    if (!mkdtemp(folder))
        abort();
    return folder;
}

const char *
temp_path(const char *folder, const char *name)
{
    static char paths[8][512];
    static unsigned turn;
    char *path = paths[turn++ % 8];

    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

void
temp_folder_free(char *folder)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;

    while (dir && (entry = readdir(dir)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlink(temp_path(folder, entry->d_name));
    if (dir)
        closedir(dir);
    rmdir(folder);
    free(folder);
}

struct esi_buf
read_whole_file(const char *path)
{
    struct esi_buf bytes = {0};
    uint8_t piece[4096];
    FILE *file = fopen(path, "rb");
    size_t got;

    while (file && (got = fread(piece, 1, sizeof piece, file)) > 0)
        esi_buf_append(&bytes, (struct esi_slice){piece, got});
    if (file)
        fclose(file);
    return bytes;
}
