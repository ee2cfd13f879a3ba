/* queue_internal.h - which segments of one direction libnids holds, in its own order. */
#ifndef ESI_QUEUE_INTERNAL_H
#define ESI_QUEUE_INTERNAL_H

#include "esi/net.h"

struct queued {
    uint64_t start;
    uint32_t len;       /* captured bytes; 0 if none were: libnids then knows nothing of it */
    uint32_t lost : 31; /* bytes behind them that were on the wire but not in the capture */
    uint32_t ends : 1;  /* the sender's segment ends here */
};

struct queue { /* all zero but `held` is empty */
    struct queued *items;
    size_t head, tail, cap; /* items[head..tail) by start, equal starts as they came */
    uint64_t end;           /* highest end ever queued since it was empty */
    size_t cost;            /* memory libnids holds for them, about */
    size_t walked;          /* steps libnids made to find places for them */
    size_t *held;           /* sum of the costs of all queues */
};

static inline bool
queue_empty(const struct queue *queue)
{
    return queue->head == queue->tail;
}
static inline size_t
queue_count(const struct queue *queue)
{
    return queue->tail - queue->head;
}
static inline uint64_t
queue_start(const struct queue *queue) /* not if empty */
{
    return queue->items[queue->head].start;
}

void queue_add(struct queue *queue, const struct queued *item);
/* Takes what libnids has just delivered: bytes [at, end). Answers whether the sender's segment
 * ended there; raises *lost_until to the end of bytes now known to be missing. */
bool queue_take(struct queue *queue, uint64_t at, uint64_t end, uint64_t *lost_until);
/* Drops the items that start at or before `at`, as libnids does once it has delivered up to there.
 */
void queue_drop(struct queue *queue, uint64_t at, uint64_t *lost_until);
void queue_free(struct queue *queue);

#endif
