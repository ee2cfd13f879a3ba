/* kind_table.c - sessions alike, counted by their signature. */
#include <stdlib.h>

#include "text_internal.h"

_Static_assert(KIND_TABLE_MOST * 4 <= ESI_COUNT(((struct kind_table *)0)->index),
               "the index stays sparse");

/* slot_of - where the signature is, or would be. */
static uint16_t *
slot_of(struct kind_table *table, uint64_t signature)
{
    size_t at = (size_t)signature % ESI_COUNT(table->index);

    while (table->index[at] > 0 && table->items[table->index[at] - 1].signature != signature)
        at = (at + 1) % ESI_COUNT(table->index);
    return &table->index[at];
}

static struct kind *
add_kind(struct kind_table *table, uint16_t *slot, uint64_t signature, uint64_t number)
{
    table->items = esi_grow(table->items, &table->cap, table->len + 1, sizeof *table->items);
    struct kind *kind = &table->items[table->len++];
    *kind = (struct kind){.signature = signature, .count = 1, .first = number};
    *slot = (uint16_t)table->len;
    return kind;
}

struct kind *
kind_table_count(struct kind_table *table, size_t most, uint64_t signature, uint64_t number)
{
    uint16_t *slot = slot_of(table, signature);

    if (*slot == 0)
        return table->len < most ? add_kind(table, slot, signature, number) : NULL;
    struct kind *kind = &table->items[*slot - 1];
    if (kind->count - 1 < ALIKE_NAMED)
        kind->named[kind->count - 1] = number;
    kind->count++;
    return kind;
}

/* rarest_first - of those whose block is shown, or of all if none has one; the others behind. */
static int
rarest_first(const void *a, const void *b)
{
    const struct kind *x = a, *y = b;

    if ((x->block.len > 0) != (y->block.len > 0))
        return x->block.len > 0 ? -1 : 1;
    if (x->count != y->count)
        return x->count < y->count ? -1 : 1;
    return (x->first > y->first) - (x->first < y->first);
}

void
kind_table_sort(struct kind_table *table)
{
    qsort(table->items, table->len, sizeof *table->items, rarest_first);
}
