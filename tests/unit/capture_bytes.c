/* capture_bytes.c - see capture_bytes.h. */
#define _DEFAULT_SOURCE
#include "capture_bytes.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <unistd.h>

void
put_u16(struct esi_buf *out, bool big, uint16_t value)
{
    esi_buf_byte(out, (uint8_t)(value >> (big ? 8 : 0)));
    esi_buf_byte(out, (uint8_t)(value >> (big ? 0 : 8)));
}

void
put_u32(struct esi_buf *out, bool big, uint32_t value)
{
    for (unsigned b = 0; b < 4; b++)
        esi_buf_byte(out, (uint8_t)(value >> (big ? 24 - 8 * b : 8 * b)));
}

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

static void
pad(struct esi_buf *out)
{
    while (out->len % 4 != 0)
        esi_buf_byte(out, 0);
}

void
ng_block(struct ng *ng, uint32_t type, struct esi_slice body)
{
    uint32_t length = (uint32_t)(12 + (body.len + 3) / 4 * 4);
    struct esi_buf padded = {0};

    esi_buf_append(&padded, body);
    pad(&padded);
    put_u32(&ng->bytes, ng->big, type);
    put_u32(&ng->bytes, ng->big, length);
    esi_buf_append(&ng->bytes, esi_buf_slice(&padded));
    put_u32(&ng->bytes, ng->big, length);
    esi_buf_free(&padded);
}

/* put_block - ends a body that was made for it. */
static void
put_block(struct ng *ng, uint32_t type, struct esi_buf *body)
{
    ng_block(ng, type, esi_buf_slice(body));
    esi_buf_free(body);
}

void
ng_section(struct ng *ng, bool big)
{
    struct esi_buf body = {0};

    ng->big = big;
    put_u32(&body, big, 0x1a2b3c4d);
    put_u16(&body, big, 1);
    put_u16(&body, big, 0);
    put_u32(&body, big, UINT32_MAX); /* of unknown length */
    put_u32(&body, big, UINT32_MAX);
    put_block(ng, 0x0a0d0d0a, &body);
}

void
ng_interface(struct ng *ng, uint16_t linktype, uint32_t snaplen, struct esi_slice options)
{
    struct esi_buf body = {0};

    put_u16(&body, ng->big, linktype);
    put_u16(&body, ng->big, 0);
    put_u32(&body, ng->big, snaplen);
    esi_buf_append(&body, options);
    put_block(ng, 1, &body);
}

void
ng_frame(struct ng *ng, uint32_t interface, uint64_t units, struct esi_slice bytes, uint32_t len,
         struct esi_slice options)
{
    struct esi_buf body = {0};

    put_u32(&body, ng->big, interface);
    put_u32(&body, ng->big, (uint32_t)(units >> 32));
    put_u32(&body, ng->big, (uint32_t)units);
    put_u32(&body, ng->big, (uint32_t)bytes.len);
    put_u32(&body, ng->big, len);
    esi_buf_append(&body, bytes);
    pad(&body);
    esi_buf_append(&body, options);
    put_block(ng, 6, &body);
}

void
put_option(struct esi_buf *out, bool big, uint16_t code, struct esi_slice value)
{
    put_u16(out, big, code);
    put_u16(out, big, (uint16_t)value.len);
    esi_buf_append(out, value);
    pad(out);
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
