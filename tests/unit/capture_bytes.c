/* capture_bytes.c - see capture_bytes.h. */
#define _DEFAULT_SOURCE
#include "capture_bytes.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <unistd.h>

void
put_pcap_head(struct esi_buf *out, const struct classic *file)
{
    put_u32(out, file->big, file->magic ? file->magic : 0xa1b2c3d4);
    put_u16(out, file->big, 2);
    put_u16(out, file->big, file->minor ? file->minor : 4);
    put_u32(out, file->big, 0);
    put_u32(out, file->big, 0);
    put_u32(out, file->big, file->snaplen);
    put_u32(out, file->big, file->linktype);
}

void
put_pcap_record(struct esi_buf *out, const struct classic *file, uint32_t seconds,
                uint32_t fraction, uint32_t caplen, uint32_t len)
{
    bool swapped = file->minor == 2 || file->minor == 3;

    put_u32(out, file->big, seconds);
    put_u32(out, file->big, fraction);
    put_u32(out, file->big, swapped ? len : caplen);
    put_u32(out, file->big, swapped ? caplen : len);
    for (unsigned b = 0; file->magic == 0xa1b2cd34 && b < 8; b++)
        esi_buf_byte(out, 0); /* interface, protocol, packet type */
    for (uint32_t b = 0; b < caplen; b++)
        esi_buf_byte(out, (uint8_t)b);
}

void
write_file(const char *path, struct esi_slice bytes)
{
    FILE *file = fopen(path, "wb");

    cr_assert(file && fwrite(bytes.ptr, 1, bytes.len, file) == bytes.len && fclose(file) == 0, "%s",
              path);
}

void
feed_stdin(struct esi_slice bytes)
{
    int ends[2];

    cr_assert_eq(pipe(ends), 0);
    cr_assert_eq(write(ends[1], bytes.ptr, bytes.len), (ssize_t)bytes.len);
    close(ends[1]);
    cr_assert_geq(dup2(ends[0], 0), 0);
    close(ends[0]);
}

void
tell_capture(struct esi_capture *capture, struct esi_buf *out)
{
    struct esi_frame frame;

    while (esi_capture_next(capture, &frame) == ESI_STEP_ITEM) {
        esi_buf_printf(out, "%zu/%" PRIu32 " @%" PRId64 ".%09" PRId64 " %d", frame.bytes.len,
                       frame.wire_len, frame.ts / 1000000000, frame.ts % 1000000000,
                       frame.linktype);
        if (frame.fcs_len > 0)
            esi_buf_printf(out, " fcs %d", frame.fcs_len);
        esi_buf_byte(out, '\n');
    }
    for (size_t f = 0; f < esi_capture_file_count(capture); f++) {
        const struct esi_capture_file *file = esi_capture_file(capture, f);
        cr_assert_eq(file->complete, file->why_not[0] == '\0', "%s", file->why_not);
        if (!file->complete)
            esi_buf_printf(out, "%s\n", file->why_not);
    }
    esi_buf_byte(out, '\0');
    out->len--;
}

void
tell_file(const char *path, bool rewind, struct esi_buf *out)
{
    struct esi_buf again = {0};
    struct esi_error err;
    struct esi_capture *capture = esi_capture_open(&path, 1, NULL, rewind, &err);

    cr_assert(capture, "%s", err.text);
    tell_capture(capture, out);
    if (rewind) {
        cr_assert(esi_capture_rewind(capture, &err), "%s", err.text);
        tell_capture(capture, &again);
        cr_assert_str_eq((char *)out->data, (char *)again.data, "rewound");
    }
    esi_capture_close(capture);
    esi_buf_free(&again);
}
