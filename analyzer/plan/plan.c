/*
 * plan.c - sorted, disjoint intervals a flow, a kind and a direction.
 *
 * A capture of a gigabyte may bring more than a million edits of half a million flows, so an
 * interval is 24 bytes: what is written over it is one of a few rules, kept once. Sealing sorts
 * the intervals and makes an index of where each flow's begin; a look-up is then one load for a
 * flow without a plan, and a binary search within its flow for any other.
 *
 * Knows nothing of frames: rewriter/locate.c translates.
 */
#include "esi/plan.h"

#include <stdlib.h>
#include <string.h>

#include "edit_internal.h"

enum kind { KIND_CUT, KIND_EDIT, KIND_DISCARD };

/* An item's key sorts by kind, then direction, then offset. Captured streams stay far below 2^61
 * bytes: a segment takes a stream on by 2^31 at most. */
enum { KIND_SHIFT = 62, DIR_SHIFT = 61 };
static const uint64_t offset_most = ((uint64_t)1 << DIR_SHIFT) - 1;

struct item {
    uint64_t key;
    uint64_t len; /* KIND_CUT: 0 */
    esi_flow_id flow;
    uint32_t detail; /* KIND_EDIT: which rule; KIND_CUT: which cut, in order of adding */
};

/* What an edit writes; unused bytes are zero, so that rules compare as memory. */
struct rule {
    uint8_t fill, keep_eol, keep_20, head_len, tail_len;
    char head[ESI_EDIT_HEAD];
    char tail[ESI_EDIT_TAIL];
};

enum { RECENT = 256 }; /* slots, of 8 bits of hash each, that remember where a rule was kept */

struct esi_plan {
    struct item *items;
    size_t len, cap;
    struct rule *rules;
    size_t rules_len, rules_cap;
    uint32_t recent[RECENT]; /* 1 + index of the rule last kept with this hash */
    struct esi_cut *cuts;
    size_t cuts_len, cuts_cap;
    esi_flow_id flow_most;
    uint32_t *first; /* sealed: by flow, its first item; flow_most + 2 places */
};

struct esi_plan *
esi_plan_new(void)
{
    return esi_alloc(sizeof(struct esi_plan));
}

void
esi_plan_free(struct esi_plan *plan)
{
    if (!plan)
        return;
    free(plan->items);
    free(plan->rules);
    free(plan->cuts);
    free(plan->first);
    free(plan);
}

static uint64_t
key_of(enum kind kind, enum esi_dir dir, uint64_t offset)
{
    return (uint64_t)kind << KIND_SHIFT | (uint64_t)dir << DIR_SHIFT | offset;
}

static enum kind
kind_of(const struct item *item)
{
    return (enum kind)(item->key >> KIND_SHIFT);
}

static void
add_item(struct esi_plan *plan, const struct item *item)
{
    if (plan->first)
        esi_panic("plan: added to after it was sealed");
    if (item->flow == 0 || plan->len == UINT32_MAX)
        esi_panic("plan: flow %u, item %zu", item->flow, plan->len);
    plan->items = esi_grow(plan->items, &plan->cap, plan->len + 1, sizeof *plan->items);
    plan->items[plan->len++] = *item;
    if (item->flow > plan->flow_most)
        plan->flow_most = item->flow;
}

static void
check_span(struct esi_span span)
{
    if (span.offset > offset_most || span.len > offset_most - span.offset)
        esi_panic("plan: offset %llu", (unsigned long long)span.offset);
}

static size_t
hash_rule(const struct rule *rule)
{
    const uint8_t *bytes = (const uint8_t *)rule;
    uint32_t hash = 2166136261u; /* FNV-1a */

    for (size_t i = 0; i < sizeof *rule; i++)
        hash = (hash ^ bytes[i]) * 16777619u;
    return (hash ^ hash >> 16) % RECENT;
}

/* keep_rule - its index. Two rules that share a slot by turns are kept more than once: harmless. */
static uint32_t
keep_rule(struct esi_plan *plan, const struct rule *rule)
{
    uint32_t *slot = &plan->recent[hash_rule(rule)];

    if (*slot == 0 || memcmp(&plan->rules[*slot - 1], rule, sizeof *rule) != 0) {
        plan->rules =
            esi_grow(plan->rules, &plan->rules_cap, plan->rules_len + 1, sizeof *plan->rules);
        plan->rules[plan->rules_len++] = *rule;
        *slot = (uint32_t)plan->rules_len;
    }
    return *slot - 1;
}

/* extends_last - takes an edit up in the last one, if it goes on there with the same fill: what is
 * judged byte by byte would be an edit a byte. */
static bool
extends_last(struct esi_plan *plan, const struct item *item)
{
    const struct rule *rule = &plan->rules[item->detail];
    struct item *last = plan->len > 0 ? &plan->items[plan->len - 1] : NULL;

    if (!last || last->flow != item->flow || last->key + last->len != item->key ||
        last->detail != item->detail || rule->head_len > 0 || rule->tail_len > 0)
        return false;
    last->len += item->len;
    return true;
}

void
esi_plan_add_edit(struct esi_plan *plan, esi_flow_id flow, const struct esi_edit *edit)
{
    struct rule rule = {
        edit->fill, edit->keep_eol, edit->keep_20, edit->head_len, edit->tail_len, {0}, {0}};

    check_span(edit->span);
    if (edit->head_len > ESI_EDIT_HEAD || edit->tail_len > ESI_EDIT_TAIL)
        esi_panic("plan: head of %u, tail of %u bytes", edit->head_len, edit->tail_len);
    if (edit->span.len == 0)
        return;
    memcpy(rule.head, edit->head, edit->head_len);
    memcpy(rule.tail, edit->tail, edit->tail_len);
    struct item item = {.key = key_of(KIND_EDIT, edit->dir, edit->span.offset),
                        .len = edit->span.len,
                        .flow = flow,
                        .detail = keep_rule(plan, &rule)};
    if (plan->first || !extends_last(plan, &item))
        add_item(plan, &item);
}

void
esi_plan_add_discard(struct esi_plan *plan, esi_flow_id flow, enum esi_dir dir,
                     struct esi_span span)
{
    check_span(span);
    if (span.len == 0)
        return;
    add_item(plan, &(struct item){.key = key_of(KIND_DISCARD, dir, span.offset),
                                  .len = span.len,
                                  .flow = flow});
}

void
esi_plan_add_cut(struct esi_plan *plan, esi_flow_id flow, const struct esi_cut *cut)
{
    size_t index = plan->cuts_len++;

    plan->cuts = esi_grow(plan->cuts, &plan->cuts_cap, plan->cuts_len, sizeof *plan->cuts);
    plan->cuts[index] = *cut;
    add_item(plan, &(struct item){.key = key_of(KIND_CUT, ESI_TO_SERVER, 0),
                                  .flow = flow,
                                  .detail = (uint32_t)index});
}

/* index_flows - counts each flow's items; first[flow] is then the sum of those before it. */
static void
index_flows(struct esi_plan *plan)
{
    uint32_t sum = 0;

    memset(plan->first, 0, ((size_t)plan->flow_most + 2) * sizeof *plan->first);
    for (size_t i = 0; i < plan->len; i++)
        plan->first[plan->items[i].flow]++;
    for (size_t flow = 0; flow <= (size_t)plan->flow_most + 1; flow++) {
        uint32_t count = plan->first[flow];
        plan->first[flow] = sum;
        sum += count;
    }
}

/* group_by_flow - a counting sort; leaves first[flow] at the flow's end. */
static void
group_by_flow(struct esi_plan *plan)
{
    struct item *grouped = esi_alloc(plan->len * sizeof *grouped);

    index_flows(plan);
    for (size_t i = 0; i < plan->len; i++)
        grouped[plan->first[plan->items[i].flow]++] = plan->items[i];
    free(plan->items);
    plan->items = grouped;
    plan->cap = plan->len;
}

static int
compare_items(const void *left, const void *right)
{
    const struct item *a = left, *b = right;

    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    if (a->len != b->len)
        return a->len > b->len ? -1 : 1;
    return a->detail < b->detail ? -1 : a->detail > b->detail;
}

static void
sort_run(struct item *items, size_t len)
{
    for (size_t i = 1; i < len; i++) {
        if (compare_items(&items[i - 1], &items[i]) > 0) {
            qsort(items, len, sizeof *items, compare_items);
            return;
        }
    }
}

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

/* joins - whether `next` goes up in what was kept right before it: one cut a flow, discards
 * united, of overlapping edits the earlier one whole and what the later one has behind it. */
static bool
joins(struct esi_plan *plan, struct item *kept, struct item *next)
{
    uint64_t end = kept->key + kept->len, next_end = next->key + next->len;

    if (kept->key >> DIR_SHIFT != next->key >> DIR_SHIFT)
        return false;
    switch (kind_of(kept)) {
    case KIND_CUT:
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

/* settle - sorts each flow's items and makes them disjoint. */
static void
settle(struct esi_plan *plan)
{
    size_t kept = 0;

    for (size_t from = 0, end; from < plan->len; from = end) {
        esi_flow_id flow = plan->items[from].flow;
        size_t start = kept;

        end = plan->first[flow];
        sort_run(plan->items + from, end - from);
        for (size_t i = from; i < end; i++)
            if (kept == start || !joins(plan, &plan->items[kept - 1], &plan->items[i]))
                plan->items[kept++] = plan->items[i];
    }
    plan->len = kept;
}

void
esi_plan_seal(struct esi_plan *plan)
{
    if (plan->first)
        esi_panic("plan: sealed twice");
    plan->first = esi_alloc(((size_t)plan->flow_most + 2) * sizeof *plan->first);
    if (plan->len == 0)
        return;
    group_by_flow(plan);
    settle(plan);
    index_flows(plan);
}

bool
esi_plan_touches(const struct esi_plan *plan, esi_flow_id flow)
{
    return flow <= plan->flow_most && plan->first[flow] < plan->first[flow + 1];
}

/* find - the flow's first item that ends behind `key`, which may well be of another kind or
 * direction; *end is behind the flow's last item. */
static const struct item *
find(const struct esi_plan *plan, esi_flow_id flow, uint64_t key, const struct item **end)
{
    if (!esi_plan_touches(plan, flow))
        return *end = plan->items;

    size_t low = plan->first[flow], high = plan->first[flow + 1];
    *end = plan->items + high;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct item *item = &plan->items[middle];

        if (item->key + item->len <= key)
            low = middle + 1;
        else
            high = middle;
    }
    return plan->items + low;
}

static struct esi_edit
edit_of(const struct esi_plan *plan, const struct item *item)
{
    const struct rule *rule = &plan->rules[item->detail];
    struct esi_edit edit = {
        .dir = (enum esi_dir)(item->key >> DIR_SHIFT & 1),
        .span = {item->key & offset_most, item->len},
        .fill = rule->fill,
        .keep_eol = rule->keep_eol,
        .keep_20 = rule->keep_20,
        .head_len = rule->head_len,
        .tail_len = rule->tail_len,
    };

    memcpy(edit.head, rule->head, sizeof edit.head);
    memcpy(edit.tail, rule->tail, sizeof edit.tail);
    return edit;
}

bool
esi_plan_edits(const struct esi_plan *plan, esi_flow_id flow, enum esi_dir dir,
               struct esi_span span)
{
    uint64_t key = key_of(KIND_EDIT, dir, span.offset);
    const struct item *end, *item;

    if (span.len == 0)
        return false;
    item = find(plan, flow, key, &end);
    return item < end && item->key < key + span.len;
}

bool
esi_plan_patch(const struct esi_plan *plan, esi_flow_id flow, enum esi_dir dir, uint64_t offset,
               uint8_t *bytes, size_t len)
{
    uint64_t key = key_of(KIND_EDIT, dir, offset);
    const struct item *end, *item = find(plan, flow, key, &end);
    bool changed = false;

    for (; item < end && item->key < key + len; item++) {
        struct esi_edit edit = edit_of(plan, item);
        changed |= edit_overwrite(&edit, offset, bytes, len);
    }
    return changed;
}

bool
esi_plan_discards(const struct esi_plan *plan, esi_flow_id flow, enum esi_dir dir,
                  struct esi_span span)
{
    uint64_t key = key_of(KIND_DISCARD, dir, span.offset);
    const struct item *end, *item;

    if (span.len == 0)
        return false;
    item = find(plan, flow, key, &end);
    return item < end && item->key <= key && item->key + item->len >= key + span.len;
}

const struct esi_cut *
esi_plan_cut_of(const struct esi_plan *plan, esi_flow_id flow)
{
    if (!esi_plan_touches(plan, flow))
        return NULL;
    const struct item *item = &plan->items[plan->first[flow]];
    return kind_of(item) == KIND_CUT ? &plan->cuts[item->detail] : NULL;
}
