/* ng.c - see ng.h. */
#include "support/ng.h"

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
