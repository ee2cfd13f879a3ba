/*
 * plan.c - sorted, disjoint intervals a flow, a kind and a direction.
 *
 * A capture of a gigabyte may bring more than a million edits of half a million flows, so an
 * interval is 24 bytes: what is written over it is one of a few rules, kept once. Sealing sorts
 * the intervals and makes an index of where each flow's begin; a look-up is then one load for a
 * flow without a plan, and a binary search within its flow for any other.
 *
 * Texts are kept once (texts.c), and what is said of which bytes is found by notes.c.
 *
 * Knows nothing of frames: rewriter/rewrite/locate.c translates.
 */
#include "esi/plan.h"

#include <stdlib.h>
#include <string.h>

#include "plan_internal.h"

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
    items_free(&plan->changes);
    items_free(&plan->notes);
    texts_free(&plan->texts);
    free(plan->rules);
    free(plan->cuts);
    free(plan->divergences);
    free(plan);
}

void
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
uint32_t
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
    struct items *list = &plan->changes;
    struct item *last = list->len > 0 ? &list->items[list->len - 1] : NULL;

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
    if (plan->verbatim || plan->changes.first || !extends_last(plan, &item))
        items_add(&plan->changes, &item);
}

void
esi_plan_add_discard(struct esi_plan *plan, esi_flow_id flow, enum esi_dir dir,
                     struct esi_span span)
{
    check_span(span);
    if (span.len == 0)
        return;
    items_add(&plan->changes, &(struct item){.key = key_of(KIND_DISCARD, dir, span.offset),
                                             .len = span.len,
                                             .flow = flow});
}

void
esi_plan_add_cut(struct esi_plan *plan, esi_flow_id flow, const struct esi_cut *cut)
{
    size_t index = plan->cuts_len++;

    plan->cuts = esi_grow(plan->cuts, &plan->cuts_cap, plan->cuts_len, sizeof *plan->cuts);
    plan->cuts[index] = *cut;
    items_add(&plan->changes, &(struct item){.key = key_of(KIND_CUT, ESI_TO_SERVER, 0),
                                             .flow = flow,
                                             .detail = (uint32_t)index});
}

void
esi_plan_add_divergence(struct esi_plan *plan, esi_flow_id flow, uint64_t frame, const char *why)
{
    size_t index = plan->divergences_len++;

    plan->divergences = esi_grow(plan->divergences, &plan->divergences_cap, plan->divergences_len,
                                 sizeof *plan->divergences);
    plan->divergences[index] = (struct divergence){frame, texts_keep(&plan->texts, why)};
    items_add(&plan->changes, &(struct item){.key = key_of(KIND_DIVERGENCE, ESI_TO_SERVER, 0),
                                             .flow = flow,
                                             .detail = (uint32_t)index});
}

void
esi_plan_seal(struct esi_plan *plan)
{
    settle_changes(plan);
    settle_notes(&plan->notes);
}

bool
esi_plan_touches(const struct esi_plan *plan, esi_flow_id flow)
{
    return items_has(&plan->changes, flow);
}

/* find - the flow's first item that ends behind `key`, which may well be of another kind or
 * direction; *end is behind the flow's last item. */
static const struct item *
find(const struct esi_plan *plan, esi_flow_id flow, uint64_t key, const struct item **end)
{
    if (!esi_plan_touches(plan, flow))
        return *end = plan->changes.items;

    const struct items *list = &plan->changes;
    size_t low = list->first[flow], high = list->first[flow + 1];
    *end = list->items + high;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct item *item = &list->items[middle];

        if (item->key + item->len <= key)
            low = middle + 1;
        else
            high = middle;
    }
    return list->items + low;
}

struct esi_edit
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
    const struct item *item = &plan->changes.items[plan->changes.first[flow]];
    return kind_of(item) == KIND_CUT ? &plan->cuts[item->detail] : NULL;
}

uint64_t
esi_plan_divergence(const struct esi_plan *plan, esi_flow_id flow, const char **why)
{
    if (!esi_plan_touches(plan, flow))
        return 0;
    const struct item *item = &plan->changes.items[plan->changes.first[flow + 1] - 1];
    if (kind_of(item) != KIND_DIVERGENCE)
        return 0;
    const struct divergence *divergence = &plan->divergences[item->detail];
    *why = plan->texts.items[divergence->why];
    return divergence->frame;
}
