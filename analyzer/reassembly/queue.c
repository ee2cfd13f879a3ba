/*
 * queue.c - which segments of one direction libnids holds, in its own order.
 *
 * libnids queues what comes out of order, but does not tell what it has: where a hole ends, what is
 * a segment and what a part of one, how much memory it takes. So its list is mirrored here, item
 * for item: sorted by start, equal starts as they came, taken from the front once the byte before
 * the start was delivered. The bytes themselves are only in libnids.
 */
#include <stdlib.h>
#include <string.h>

#include "queue_internal.h"

enum {
    ITEM_COST = 176, /* libnids' record, its bytes' allocation and ours */
    KEEP_ITEMS = 64  /* a larger array is not kept once it is empty */
};

static size_t
cost_of(const struct queued *item)
{
    return item->len + (size_t)ITEM_COST;
}

static void
make_room(struct queue *queue)
{
    if (queue->tail < queue->cap)
        return;
    if (queue->head > queue->cap / 2) {
        memmove(queue->items, queue->items + queue->head,
                queue_count(queue) * sizeof *queue->items);
        queue->tail -= queue->head;
        queue->head = 0;
    } else {
        queue->items = esi_grow(queue->items, &queue->cap, queue->tail + 1, sizeof *queue->items);
    }
}

/* place - where an item that starts there goes: behind all that start at or before it. */
static size_t
place(const struct queue *queue, uint64_t start)
{
    size_t low = queue->head, high = queue->tail;

    if (high > low && queue->items[high - 1].start <= start)
        return high;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (queue->items[middle].start <= start)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void
queue_add(struct queue *queue, const struct queued *item)
{
    uint64_t end = item->start + item->len + item->lost;

    make_room(queue);
    size_t at = place(queue, item->start);
    size_t behind = queue->tail - at;
    memmove(queue->items + at + 1, queue->items + at, behind * sizeof *queue->items);
    queue->items[at] = *item;
    queue->tail++;
    queue->walked += behind;
    queue->cost += cost_of(item);
    *queue->held += cost_of(item);
    if (end > queue->end)
        queue->end = end;
}

static void
pop(struct queue *queue, uint64_t *lost_until)
{
    const struct queued *item = &queue->items[queue->head++];
    uint64_t end = item->start + item->len + item->lost;

    queue->cost -= cost_of(item);
    *queue->held -= cost_of(item);
    if (item->lost > 0 && end > *lost_until)
        *lost_until = end;
    if (!queue_empty(queue))
        return;
    if (queue->cap > KEEP_ITEMS) {
        queue_free(queue);
        return;
    }
    queue->head = queue->tail = 0;
    queue->end = 0;
    queue->walked = 0;
}

bool
queue_take(struct queue *queue, uint64_t at, uint64_t end, uint64_t *lost_until)
{
    while (!queue_empty(queue)) {
        struct queued item = queue->items[queue->head];
        pop(queue, lost_until);
        if (item.start + item.len <= at)
            continue; /* nothing new in it */
        if (item.start > at || item.start + item.len != end)
            break;
        return item.ends && item.lost == 0;
    }
    esi_panic("libnids delivered a segment that was not queued");
}

void
queue_drop(struct queue *queue, uint64_t at, uint64_t *lost_until)
{
    while (!queue_empty(queue) && queue_start(queue) <= at)
        pop(queue, lost_until);
}

void
queue_free(struct queue *queue)
{
    *queue->held -= queue->cost;
    free(queue->items);
    *queue = (struct queue){.held = queue->held};
}
