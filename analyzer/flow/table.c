/*
 * table.c - flows by 4-tuple, whichever way round.
 *
 * Open addressing; entries lie in chunks and never move. With many flows the slots are what the
 * cache does not hold, so a slot is four bytes: an index, and in the bits that no index needs, as
 * much of the tag as fits. The tag's other bits say where the slot is. The hash is keyed anew in
 * every run, so that no capture can be made to collide; nothing that is handed out depends on it.
 * Taking entries out is rare and happens in bulk: the slots are then filled anew.
 */
#define _DEFAULT_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "flow_internal.h"

enum {
    SLOTS_FIRST = 2048, /* 8 KiB: few flows stay in the fastest cache */
    CHUNK = 256,        /* entries */
    STRIDE = (sizeof(struct entry) + ESI_CACHE_LINE - 1) / ESI_CACHE_LINE * ESI_CACHE_LINE
};

__extension__ typedef unsigned __int128 wide;

void
table_init(struct table *table)
{
    *table = (struct table){.slot_count = SLOTS_FIRST};
    table->slots = esi_alloc(SLOTS_FIRST * sizeof *table->slots);
    if (getrandom(table->seed, sizeof table->seed, GRND_NONBLOCK) < 0)
        table->seed[0] = (uint64_t)(uintptr_t)table->slots; /* early in a boot: better than none */
}

static uint64_t
mix(uint64_t a, uint64_t b)
{
    wide product = (wide)a * b;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t
endpoint_hash(const struct table *table, const struct esi_endpoint *endpoint)
{
    uint64_t low, high;

    memcpy(&low, endpoint->ip.bytes, 8);
    memcpy(&high, endpoint->ip.bytes + 8, 8);
    if (endpoint->ip.family == 6)
        low = mix(low ^ table->seed[0], high ^ table->seed[1] ^ 0x9e3779b97f4a7c15);
    return mix(low ^ table->seed[1], endpoint->port ^ table->seed[2] ^ 0xd1b54a32d192ed03);
}

uint32_t
table_tag(const struct table *table, const struct esi_segment *segment)
{
    uint64_t sum = endpoint_hash(table, &segment->src) + endpoint_hash(table, &segment->dst);

    return (uint32_t)(mix(sum ^ table->seed[0], 0xa0761d6478bd642f) >> 16);
}

static struct entry *
entry_at(const struct table *table, uint32_t index)
{
    uintptr_t start = (uintptr_t)table->chunks[(index - 1) / CHUNK];
    uintptr_t aligned = (start + ESI_CACHE_LINE - 1) & ~(uintptr_t)(ESI_CACHE_LINE - 1);

    return (struct entry *)(aligned + (size_t)((index - 1) % CHUNK) * STRIDE);
}

static bool
is_of(const struct entry *entry, const struct esi_segment *segment, enum esi_dir *dir)
{
    const struct esi_tuple *tuple = &entry->flow.tuple;

    if (endpoint_eq(&tuple->client, &segment->src) && endpoint_eq(&tuple->server, &segment->dst)) {
        *dir = ESI_TO_SERVER;
        return true;
    }
    *dir = ESI_TO_CLIENT;
    return endpoint_eq(&tuple->client, &segment->dst) && endpoint_eq(&tuple->server, &segment->src);
}

struct entry *
table_find(const struct table *table, uint32_t tag, const struct esi_segment *segment,
           enum esi_dir *dir)
{
    uint32_t mask = (uint32_t)(table->slot_count - 1);

    for (uint32_t s = tag & mask; table->slots[s] != 0; s = (s + 1) & mask) {
        if ((table->slots[s] ^ tag) & ~mask)
            continue;
        struct entry *entry = entry_at(table, table->slots[s] & mask);
        __builtin_prefetch((const char *)entry + ESI_CACHE_LINE);
        if (is_of(entry, segment, dir))
            return entry;
    }
    return NULL;
}

void
table_fetch(const struct table *table, uint32_t tag)
{
    esi_fetch(&table->slots[tag & (table->slot_count - 1)], sizeof *table->slots);
}

struct entry *
table_guess(const struct table *table, uint32_t tag)
{
    uint32_t mask = (uint32_t)(table->slot_count - 1);

    for (uint32_t s = tag & mask; table->slots[s] != 0; s = (s + 1) & mask)
        if (((table->slots[s] ^ tag) & ~mask) == 0)
            return entry_at(table, table->slots[s] & mask);
    return NULL;
}

static void
put_slot(struct table *table, const struct entry *entry)
{
    uint32_t mask = (uint32_t)(table->slot_count - 1), s = entry->tag & mask;

    while (table->slots[s] != 0)
        s = (s + 1) & mask;
    table->slots[s] = (entry->tag & ~mask) | entry->index;
}

/* refill - the slots anew, with the live entries. */
static void
refill(struct table *table, size_t slot_count)
{
    free(table->slots);
    table->slots = esi_alloc(slot_count * sizeof *table->slots);
    table->slot_count = slot_count;
    for (uint32_t index = 1; index <= table->used; index++)
        if (entry_at(table, index)->live)
            put_slot(table, entry_at(table, index));
}

static uint32_t
take_index(struct table *table)
{
    if (table->spare_count > 0)
        return table->spare[--table->spare_count];
    if (table->used == INT32_MAX)
        esi_panic("take_index: more flows than flow numbers");
    if (table->used % CHUNK == 0) {
        table->chunks = esi_grow(table->chunks, &table->chunk_cap, table->chunk_count + 1,
                                 sizeof *table->chunks);
        table->chunks[table->chunk_count++] =
            esi_alloc((size_t)CHUNK * STRIDE + ESI_CACHE_LINE - 1);
    }
    return ++table->used;
}

struct entry *
table_add(struct table *table, uint32_t tag)
{
    if ((table->count + 1) * 2 > table->slot_count)
        refill(table, table->slot_count * 2);
    uint32_t index = take_index(table);
    struct entry *entry = entry_at(table, index);
    *entry = (struct entry){.tag = tag, .index = index, .live = true};
    put_slot(table, entry);
    table->count++;
    return entry;
}

void
table_each(const struct table *table, void (*fn)(void *ctx, struct entry *entry), void *ctx)
{
    for (uint32_t index = 1; index <= table->used; index++)
        if (entry_at(table, index)->live)
            fn(ctx, entry_at(table, index));
}

void
table_remove(struct table *table, struct entry *const *entries, size_t count)
{
    for (size_t e = 0; e < count; e++) {
        entries[e]->live = false;
        table->spare =
            esi_grow(table->spare, &table->spare_cap, table->spare_count + 1, sizeof *table->spare);
        table->spare[table->spare_count++] = entries[e]->index;
    }
    table->count -= count;
    refill(table, table->slot_count);
}

void
table_free(struct table *table)
{
    for (size_t c = 0; c < table->chunk_count; c++)
        free(table->chunks[c]);
    free(table->chunks);
    free(table->spare);
    free(table->slots);
    *table = (struct table){0};
}
