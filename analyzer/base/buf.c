/* buf.c - bytes owned: one growable run of them. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "esi/base.h"

static uint8_t *
room_for(struct esi_buf *buf, size_t more)
{
    if (more > buf->cap - buf->len)
        buf->data = esi_grow(buf->data, &buf->cap, buf->len + more, 1);
    return buf->data + buf->len;
}

void
esi_buf_append(struct esi_buf *buf, struct esi_slice bytes)
{
    if (bytes.len == 0)
        return;
    memcpy(room_for(buf, bytes.len), bytes.ptr, bytes.len);
    buf->len += bytes.len;
}

void
esi_buf_byte(struct esi_buf *buf, uint8_t byte)
{
    *room_for(buf, 1) = byte;
    buf->len++;
}

void
esi_buf_text(struct esi_buf *buf, const char *text)
{
    esi_buf_append(buf, esi_slice_of(text));
}

void
esi_buf_printf(struct esi_buf *buf, const char *fmt, ...)
{
    va_list args;
    char text[256];

    va_start(args, fmt);
    int len = vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (len < 0)
        esi_panic("esi_buf_printf: bad format");
    if ((size_t)len < sizeof text) {
        esi_buf_append(buf, (struct esi_slice){(uint8_t *)text, (size_t)len});
        return;
    }
    va_start(args, fmt);
    vsnprintf((char *)room_for(buf, (size_t)len + 1), (size_t)len + 1, fmt, args);
    va_end(args);
    buf->len += (size_t)len;
}

void
esi_buf_number(struct esi_buf *buf, uint64_t number)
{
    uint8_t digits[20];
    size_t at = sizeof digits;

    do {
        digits[--at] = (uint8_t)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    esi_buf_append(buf, (struct esi_slice){digits + at, sizeof digits - at});
}

void
esi_buf_clear(struct esi_buf *buf)
{
    buf->len = 0;
}

void
esi_buf_free(struct esi_buf *buf)
{
    free(buf->data);
    *buf = (struct esi_buf){0};
}

struct esi_slice
esi_buf_slice(const struct esi_buf *buf)
{
    return (struct esi_slice){buf->data, buf->len};
}
