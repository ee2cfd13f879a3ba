/*
 * known.c - texts that came before, word for word: a server greets all alike, and offers the same.
 *
 * What a text came to is remembered by its reader, in a table of its own; a text has one place
 * there, and a later one of that place puts it out.
 */
#include "evidence_internal.h"

size_t
known_place(struct esi_slice text)
{
    uint64_t first = 0, last = 0;

    if (text.len >= sizeof first) {
        memcpy(&first, text.ptr, sizeof first);
        memcpy(&last, text.ptr + text.len - sizeof last, sizeof last);
    }
    return (size_t)((first + last * 31 + text.len) * 0x9e3779b97f4a7c15u >> 32) % KNOWN_PLACES;
}

bool
is_known(const struct known *known, struct esi_slice text)
{
    return text.len > 0 && known->len == text.len && memcmp(known->text, text.ptr, text.len) == 0;
}

void
make_known(struct known *known, struct esi_slice text)
{
    known->len = 0;
    if (text.len == 0 || text.len > KNOWN_MOST)
        return;
    memcpy(known->text, text.ptr, text.len);
    known->len = text.len;
}
