/*
 * strings.c - sentences that live as long as the policy, each kept once.
 *
 * What a sentence is made of - classes, entries of access lists, ports - is bounded by the
 * configuration and by the number of ports, and so is their number, however many flows ask.
 */
#include <stdarg.h>
#include <stdlib.h>

#include "policy_internal.h"

static size_t
hash_of(const char *text)
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a */

    for (; *text; text++)
        hash = (hash ^ (uint8_t)*text) * 1099511628211u;
    return (size_t)(hash ^ hash >> 32);
}

/* slot_of - where the text is, or would be. */
static size_t
slot_of(const struct strings *strings, const char *text)
{
    size_t slot = hash_of(text) & (strings->cap - 1);

    while (strings->table[slot] && strcmp(strings->table[slot], text) != 0)
        slot = (slot + 1) & (strings->cap - 1);
    return slot;
}

static void
make_room(struct strings *strings)
{
    struct strings old = *strings;

    if (2 * (strings->count + 1) <= strings->cap)
        return;
    strings->cap = old.cap > 0 ? 2 * old.cap : 64;
    strings->table = esi_alloc(strings->cap * sizeof *strings->table);
    for (size_t i = 0; i < old.cap; i++)
        if (old.table[i])
            strings->table[slot_of(strings, old.table[i])] = old.table[i];
    free(old.table);
}

const char *
strings_say(struct strings *strings, const char *fmt, ...)
{
    char text[1024];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    make_room(strings);
    size_t slot = slot_of(strings, text);
    if (!strings->table[slot]) {
        struct esi_slice bytes = {(const uint8_t *)text, strlen(text) + 1};
        strings->table[slot] = (const char *)esi_arena_copy(&strings->arena, bytes).ptr;
        strings->count++;
    }
    return strings->table[slot];
}

bool
strings_has(const struct strings *strings, const char *text)
{
    return strings->cap > 0 && strings->table[slot_of(strings, text)];
}

void
strings_free(struct strings *strings)
{
    free(strings->table);
    esi_arena_free(&strings->arena);
}
