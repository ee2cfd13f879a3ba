/* items.c - items of many flows: collected in any order, then grouped by flow and sorted. */
#include <stdlib.h>
#include <string.h>

#include "plan_internal.h"

void
items_add(struct items *list, const struct item *item)
{
    if (list->first)
        esi_panic("plan: added to after it was sealed");
    if (item->flow == 0 || list->len == UINT32_MAX)
        esi_panic("plan: flow %u, item %zu", item->flow, list->len);
    list->items = esi_grow(list->items, &list->cap, list->len + 1, sizeof *list->items);
    list->items[list->len++] = *item;
    if (item->flow > list->flow_most)
        list->flow_most = item->flow;
}

void
items_free(struct items *list)
{
    free(list->items);
    free(list->first);
}

/* items_index - counts each flow's items; first[flow] is then the sum of those before it. */
void
items_index(struct items *list)
{
    uint32_t sum = 0;

    memset(list->first, 0, ((size_t)list->flow_most + 2) * sizeof *list->first);
    for (size_t i = 0; i < list->len; i++)
        list->first[list->items[i].flow]++;
    for (size_t flow = 0; flow <= (size_t)list->flow_most + 1; flow++) {
        uint32_t count = list->first[flow];
        list->first[flow] = sum;
        sum += count;
    }
}

/* group_by_flow - a counting sort; leaves first[flow] at the flow's end. */
static void
group_by_flow(struct items *list)
{
    struct item *grouped = esi_alloc(list->len * sizeof *grouped);

    items_index(list);
    for (size_t i = 0; i < list->len; i++)
        grouped[list->first[list->items[i].flow]++] = list->items[i];
    free(list->items);
    list->items = grouped;
    list->cap = list->len;
}

int
compare_items(const void *left, const void *right)
{
    const struct item *a = left, *b = right;

    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    if (a->len != b->len)
        return a->len > b->len ? -1 : 1;
    return a->detail < b->detail ? -1 : a->detail > b->detail;
}

/* is_late - ahead of an item that belongs before it. Of those over the same bytes any order will
 * do: as they were added, so that a plan that is read has the order of the one that was written. */
static bool
is_late(const struct item *item, const struct item *next)
{
    return compare_items(item, next) > 0 && (item->key != next->key || item->len != next->len);
}

static void
sort_run(struct item *items, size_t len)
{
    for (size_t i = 1; i < len; i++) {
        if (is_late(&items[i - 1], &items[i])) {
            qsort(items, len, sizeof *items, compare_items);
            return;
        }
    }
}

void
items_sort(struct items *list)
{
    if (list->first)
        esi_panic("plan: sealed twice");
    list->first = esi_alloc(((size_t)list->flow_most + 2) * sizeof *list->first);
    if (list->len == 0)
        return;
    group_by_flow(list);
    items_index(list);
    for (size_t flow = 1; flow <= list->flow_most; flow++)
        sort_run(list->items + list->first[flow],
                 (size_t)list->first[flow + 1] - list->first[flow]);
}
