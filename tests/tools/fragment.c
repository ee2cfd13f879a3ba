/*
 * fragment.c - cuts every TCP segment with payload into IP fragments.
 *
 *     fragment IN OUT
 *
 * For classic pcaps of IPv4 on Ethernet: other frames stay. Of every second segment the fragments
 * come backwards; of every third, each comes twice.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plain_capture.h"

enum { LINK = 14, PIECE = 40 /* of what IP carries */, FRAME_MOST = 65535 };

static void
put_u32(FILE *file, uint32_t value)
{
    uint8_t bytes[] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
                       (uint8_t)(value >> 24)};

    fwrite(bytes, 1, sizeof bytes, file);
}

static void
put_frame(FILE *file, int64_t ts, const uint8_t *bytes, size_t len)
{
    put_u32(file, (uint32_t)(ts / 1000000000));
    put_u32(file, (uint32_t)(ts % 1000000000));
    put_u32(file, (uint32_t)len);
    put_u32(file, (uint32_t)len);
    fwrite(bytes, 1, len, file);
}

static unsigned
get_u16(const uint8_t *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

static void
put_u16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void
put_checksum(uint8_t *ip, size_t len)
{
    unsigned sum = 0;

    put_u16(ip + 10, 0);
    for (size_t at = 0; at < len; at += 2)
        sum += get_u16(ip + at);
    sum = (sum & 0xffff) + (sum >> 16);
    put_u16(ip + 10, ~(sum + (sum >> 16)) & 0xffff);
}

/* put_piece - of what IP carries, from `at` on. */
static void
put_piece(FILE *file, const struct plain_frame *frame, size_t head, size_t at, size_t end)
{
    static uint8_t out[FRAME_MOST];
    size_t len = end - at < PIECE ? end - at : PIECE;
    uint8_t *ip = out + LINK;

    memcpy(out, frame->bytes, LINK + head);
    memcpy(ip + head, frame->bytes + LINK + head + at, len);
    put_u16(ip + 2, (unsigned)(head + len));
    put_u16(ip + 6, (unsigned)(at / 8) | (at + len < end ? 0x2000 : 0));
    put_checksum(ip, head);
    put_frame(file, frame->ts, out, LINK + head + len);
}

/* cut - false: it is no segment with payload, whole and in one piece. */
static bool
cut(FILE *file, const struct plain_frame *frame, uint64_t number)
{
    const uint8_t *ip = frame->bytes + LINK;

    if (frame->caplen < LINK + 40 || get_u16(frame->bytes + 12) != 0x0800 || ip[9] != 6 ||
        (get_u16(ip + 6) & 0x3fff) != 0 || frame->caplen < LINK + get_u16(ip + 2))
        return false;
    size_t head = (size_t)(ip[0] & 15) * 4, len = get_u16(ip + 2) - head;
    size_t count = (len + PIECE - 1) / PIECE;
    if (len <= (size_t)(ip[head + 12] >> 4) * 4)
        return false;
    for (size_t p = 0; p < count; p++) {
        size_t at = (number % 2 == 0 ? count - 1 - p : p) * PIECE;
        for (int copy = 0; copy < (number % 3 == 0 ? 2 : 1); copy++)
            put_piece(file, frame, head, at, len);
    }
    return true;
}

int
main(int argc, char **argv)
{
    struct plain_capture in;
    FILE *out = argc == 3 ? fopen(argv[2], "wb") : NULL;

    if (!out || !plain_capture_read(&in, argv[1])) {
        fputs("usage: fragment IN OUT\n", stderr);
        return 2;
    }
    const uint32_t header[] = {0xa1b23c4d, 4u << 16 | 2, 0, 0, FRAME_MOST, 1};
    for (size_t w = 0; w < sizeof header / sizeof header[0]; w++)
        put_u32(out, header[w]);
    for (size_t f = 0; f < in.count; f++)
        if (!cut(out, &in.frames[f], f))
            put_frame(out, in.frames[f].ts, in.frames[f].bytes, in.frames[f].caplen);
    plain_capture_free(&in);
    return fclose(out) == 0 ? 0 : 1;
}
