/*
 * texts.c - texts kept once, in an open table of their hashes.
 *
 * Texts hold bytes of the wire, so senders may choose texts whose hashes collide: a text is looked
 * for in a few places only. One that is not found there is kept once more, which is harmless.
 */
#include <stdlib.h>
#include <string.h>

#include "plan_internal.h"

enum { SLOTS_FIRST = 256, PLACES = 8 };

static uint32_t
hash_of(const char *text, size_t len)
{
    uint32_t hash = 2166136261u; /* FNV-1a */

    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (uint8_t)text[i]) * 16777619u;
    return hash ^ hash >> 15;
}

/* place - of that text, or a free one, or, if all places of its hash are taken, the first. */
static struct text_slot *
place(const struct texts *texts, uint32_t hash, const char *text)
{
    for (uint32_t i = 0; i < PLACES; i++) {
        struct text_slot *slot = &texts->slots[(hash + i) & (texts->slot_count - 1)];

        if (slot->number == 0)
            return slot;
        if (text && slot->hash == hash && strcmp(texts->items[slot->number - 1], text) == 0)
            return slot;
    }
    return &texts->slots[hash & (texts->slot_count - 1)];
}

static void
grow(struct texts *texts)
{
    struct text_slot *old = texts->slots;
    size_t count = texts->slot_count;

    texts->slot_count = count > 0 ? 2 * count : SLOTS_FIRST;
    texts->slots = esi_alloc(texts->slot_count * sizeof *texts->slots);
    for (size_t i = 0; i < count; i++)
        if (old[i].number > 0)
            *place(texts, old[i].hash, NULL) = old[i];
    free(old);
}

static bool
is_same(const struct texts *texts, const struct text_slot *slot, uint32_t hash, const char *text)
{
    return slot->number > 0 && slot->hash == hash &&
           strcmp(texts->items[slot->number - 1], text) == 0;
}

uint32_t
texts_keep(struct texts *texts, const char *text)
{
    size_t len = strlen(text);
    uint32_t hash = hash_of(text, len);

    if (texts->len >= texts->slot_count / 2)
        grow(texts);
    struct text_slot *slot = place(texts, hash, text);
    if (!is_same(texts, slot, hash, text)) {
        struct esi_slice copy =
            esi_arena_copy(&texts->arena, (struct esi_slice){(const uint8_t *)text, len + 1});
        texts->items = esi_grow(texts->items, &texts->cap, texts->len + 1, sizeof *texts->items);
        texts->items[texts->len++] = (const char *)copy.ptr;
        *slot = (struct text_slot){hash, (uint32_t)texts->len};
    }
    return slot->number - 1;
}

void
texts_free(struct texts *texts)
{
    esi_arena_free(&texts->arena);
    free(texts->items);
    free(texts->slots);
}
