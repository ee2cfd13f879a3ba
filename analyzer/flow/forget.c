/*
 * forget.c - which flows need not be known any longer, and which must go for want of room.
 *
 * Only the capture decides when and what, so that every walk does the same: a flow that goes on
 * after it was forgotten has another number.
 */
#include <stdlib.h>

#include "flow_internal.h"

enum {
    FLOWS_LEAST = 65536, /* below that, forgetting flows saves nothing worth the work */
    FREE_SHARE = 8 /* one place in that many is free when flows were forgotten: to look through
                      all for the sake of one would take long */
};
static const size_t memory_default = (size_t)256 << 20;

/* A closed flow's late segments come within twice the longest life of a packet (RFC 9293 section
 * 3.4.2 has two minutes for one); whoever tries to connect gives up sooner (RFC 9293 section
 * 3.8.3). Silent for two hours: RFC 1122 section 4.2.3.6 lets a peer ask then whether the other is
 * there. */
static const esi_nanos linger = (esi_nanos)240 * 1000000000;
static const esi_nanos silence = (esi_nanos)7200 * 1000000000;

struct list {
    struct entry **items;
    size_t count, cap;
    esi_nanos now;
};

static void
list_add(struct list *list, struct entry *entry)
{
    list->items = esi_grow(list->items, &list->cap, list->count + 1, sizeof(struct entry *));
    list->items[list->count++] = entry;
}

static void
add_any(void *ctx, struct entry *entry)
{
    list_add(ctx, entry);
}

static bool
is_closed(const struct esi_flow *flow)
{
    return flow->reset || (flow->side[0].fin_seen && flow->side[1].fin_seen);
}

/* is_half_open - nothing but attempts so far; of a flow that nobody wants, this is not known. */
static bool
is_half_open(const struct esi_flow *flow)
{
    return flow->wanted && flow->side[0].reached == 0 && flow->side[1].reached == 0;
}

static void
add_if_over(void *ctx, struct entry *entry)
{
    struct list *list = ctx;
    bool soon = is_closed(&entry->flow) || is_half_open(&entry->flow);
    esi_nanos patience = soon ? linger : silence;

    if (entry->flow.last_ts < list->now - patience)
        list_add(list, entry);
}

static int
compare_ids(const void *left, const void *right)
{
    const struct entry *a = *(struct entry *const *)left, *b = *(struct entry *const *)right;

    return a->flow.id < b->flow.id ? -1 : a->flow.id > b->flow.id;
}

static void
list_sort(struct list *list)
{
    if (list->count > 1)
        qsort(list->items, list->count, sizeof(struct entry *), compare_ids);
}

void
forget(struct esi_walk *walk, struct esi_flow *flow, bool evicted)
{
    if (walk->config.forget)
        walk->config.forget(walk->config.ctx, flow, evicted);
}

/* drop - tells and takes out what is in the list, in order of id. */
static void
drop(struct esi_walk *walk, struct list *list, bool evicted)
{
    list_sort(list);
    for (size_t e = 0; e < list->count; e++)
        forget(walk, &list->items[e]->flow, evicted && !is_closed(&list->items[e]->flow));
    if (list->count > 0)
        table_remove(&walk->table, list->items, list->count);
    free(list->items);
}

/* Those that are over go first, then those that may never begin, then those silent for longest. */
static int
rank(const struct esi_flow *flow)
{
    return is_closed(flow) ? 0 : is_half_open(flow) ? 1 : 2;
}

static int
compare_dispensable(const void *left, const void *right)
{
    const struct esi_flow *a = &(*(struct entry *const *)left)->flow;
    const struct esi_flow *b = &(*(struct entry *const *)right)->flow;

    if (rank(a) != rank(b))
        return rank(a) - rank(b);
    return a->last_frame < b->last_frame ? -1 : a->last_frame > b->last_frame;
}

static void
evict(struct esi_walk *walk, size_t count)
{
    struct list list = {0};

    table_each(&walk->table, add_any, &list);
    qsort(list.items, list.count, sizeof(struct entry *), compare_dispensable);
    list.count = count < list.count ? count : list.count;
    drop(walk, &list, true);
}

void
forget_init(struct esi_walk *walk)
{
    size_t memory = walk->config.memory > 0 ? walk->config.memory : memory_default;

    walk->most = memory / TABLE_FLOW_COST > 1 ? memory / TABLE_FLOW_COST : 1;
    walk->bound = walk->most < FLOWS_LEAST ? walk->most : FLOWS_LEAST;
}

/* The bound grows with what must stay, so that the work stays in proportion. */
void
forget_some(struct esi_walk *walk, esi_nanos now)
{
    struct list over = {.now = now};

    table_each(&walk->table, add_if_over, &over);
    drop(walk, &over, false);
    size_t most = walk->most - (walk->most + FREE_SHARE - 1) / FREE_SHARE;
    if (walk->table.count > most)
        evict(walk, walk->table.count - most);
    walk->bound = walk->table.count * 2 > FLOWS_LEAST ? walk->table.count * 2 : FLOWS_LEAST;
    if (walk->bound > walk->most)
        walk->bound = walk->most;
}

void
esi_walk_each(struct esi_walk *walk, void (*fn)(void *ctx, struct esi_flow *flow), void *ctx)
{
    struct list all = {0};

    table_each(&walk->table, add_any, &all);
    list_sort(&all);
    for (size_t e = 0; e < all.count; e++)
        fn(ctx, &all.items[e]->flow);
    free(all.items);
}
