/* seal.c - a flow's changes made disjoint: one cut, one divergence, edits and discards that do not
 * overlap. */
#include <string.h>

#include "plan_internal.h"

/* trim_edit - takes `by` bytes off the start; what is left writes what it wrote before. */
static void
trim_edit(struct esi_plan *plan, struct item *item, uint64_t by)
{
    struct rule rule = plan->rules[item->detail];
    size_t head = by < rule.head_len ? rule.head_len - (size_t)by : 0;

    memmove(rule.head, rule.head + (rule.head_len - head), head);
    memset(rule.head + head, 0, ESI_EDIT_HEAD - head);
    rule.head_len = (uint8_t)head;
    item->key += by;
    item->len -= by;
    item->detail = keep_rule(plan, &rule);
}

/* joins - whether `next` goes up in what was kept right before it: one cut and one divergence a
 * flow, discards united, of overlapping edits the earlier one whole and what the later one has
 * behind it. */
static bool
joins(struct esi_plan *plan, struct item *kept, struct item *next)
{
    uint64_t end = kept->key + kept->len, next_end = next->key + next->len;

    if (kept->key >> DIR_SHIFT != next->key >> DIR_SHIFT)
        return false;
    switch (kind_of(kept)) {
    case KIND_CUT:
    case KIND_DIVERGENCE:
        return true;
    case KIND_EDIT:
        if (next_end > end && next->key < end)
            trim_edit(plan, next, end - next->key);
        return next_end <= end;
    case KIND_DISCARD:
        if (next->key > end)
            return false;
        if (next_end > end)
            kept->len = next_end - kept->key;
        return true;
    }
    return false;
}

void
settle_changes(struct esi_plan *plan)
{
    struct items *list = &plan->changes;
    size_t kept = 0;

    items_sort(list);
    for (size_t i = 0; i < list->len; i++) {
        struct item *last = kept > 0 ? &list->items[kept - 1] : NULL;
        if (!last || last->flow != list->items[i].flow || !joins(plan, last, &list->items[i]))
            list->items[kept++] = list->items[i];
    }
    list->len = kept;
    items_index(list);
}
