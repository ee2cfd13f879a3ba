/* arena.c - many small copies, freed at once. */
#include <stdlib.h>
#include <string.h>

#include "esi/base.h"

enum {
    BLOCK_FIRST = 128,
    BLOCK_MOST = 65536
}; /* 100,000 live sessions have one each: start small */

struct esi_arena_block {
    struct esi_arena_block *next;
    size_t used, size;
    _Alignas(8) uint8_t bytes[];
};

static void
add_block(struct esi_arena *arena, size_t size)
{
    size_t room = arena->blocks ? arena->blocks->size * 2 : BLOCK_FIRST;

    if (room > BLOCK_MOST)
        room = BLOCK_MOST;
    if (room < size)
        room = size;
    struct esi_arena_block *block = malloc(sizeof *block + room);
    if (!block)
        block = esi_alloc(sizeof *block + room); /* says so and ends the program */
    *block = (struct esi_arena_block){.next = arena->blocks, .size = room};
    arena->blocks = block;
}

void *
esi_arena_alloc(struct esi_arena *arena, size_t size)
{
    size = (size + 7) & ~(size_t)7;
    if (!arena->blocks || arena->blocks->size - arena->blocks->used < size)
        add_block(arena, size);
    void *memory = arena->blocks->bytes + arena->blocks->used;
    arena->blocks->used += size;
    arena->used += size;
    return memory;
}

struct esi_slice
esi_arena_copy(struct esi_arena *arena, struct esi_slice bytes)
{
    if (bytes.len == 0)
        return (struct esi_slice){0};
    return (struct esi_slice){memcpy(esi_arena_alloc(arena, bytes.len), bytes.ptr, bytes.len),
                              bytes.len};
}

static void
drop_blocks(struct esi_arena_block *block)
{
    while (block) {
        struct esi_arena_block *next = block->next;
        free(block);
        block = next;
    }
}

void
esi_arena_clear(struct esi_arena *arena)
{
    if (arena->blocks) {
        drop_blocks(arena->blocks->next);
        arena->blocks->next = NULL;
        arena->blocks->used = 0;
    }
    arena->used = 0;
}

void
esi_arena_free(struct esi_arena *arena)
{
    drop_blocks(arena->blocks);
    *arena = (struct esi_arena){0};
}
