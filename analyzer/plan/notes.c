/*
 * notes.c - words for the frames that carry bytes of a span.
 *
 * Spans of notes may overlap. A flow's notes, sorted by where they begin, are taken as a balanced
 * tree (its root the middle one), in which each knows who of its part ends last: so what lies
 * before a span is passed over in few steps, however long the first note is.
 */
#include <string.h>

#include "plan_internal.h"

static uint64_t
end_of(const struct item *item)
{
    return item->key + item->len;
}

/* tell_reach - of the part of the notes from `low` up to `high`. As deep as the tree: 32 calls. */
static uint32_t
tell_reach(struct item *items, uint32_t low, uint32_t high)
{
    uint32_t middle = low + (high - low) / 2, most = middle, other;

    if (low < middle) {
        other = tell_reach(items, low, middle);
        most = end_of(&items[other]) > end_of(&items[most]) ? other : most;
    }
    if (middle + 1 < high) {
        other = tell_reach(items, middle + 1, high);
        most = end_of(&items[other]) > end_of(&items[most]) ? other : most;
    }
    return items[middle].reach = most;
}

void
settle_notes(struct items *notes)
{
    items_sort(notes);
    for (size_t flow = 1; flow <= notes->flow_most; flow++)
        if (notes->first[flow] < notes->first[flow + 1])
            tell_reach(notes->items, notes->first[flow], notes->first[flow + 1]);
}

/* extends_last - takes a note up in the last one, if it says the same of the bytes behind. */
static bool
extends_last(struct items *notes, const struct item *item)
{
    struct item *last = notes->len > 0 ? &notes->items[notes->len - 1] : NULL;

    if (!last || last->flow != item->flow || last->detail != item->detail ||
        kind_of(last) != KIND_NOTE || end_of(last) != item->key)
        return false;
    last->len += item->len;
    return true;
}

void
esi_plan_add_note(struct esi_plan *plan, esi_flow_id flow, enum esi_dir dir, struct esi_span span,
                  const char *text)
{
    struct item item = {.key = key_of(KIND_CUT_NOTE, ESI_TO_SERVER, 0),
                        .len = 1,
                        .flow = flow,
                        .detail = texts_keep(&plan->texts, text)};

    check_span(span);
    if (span.len > 0) {
        item.key = key_of(KIND_NOTE, dir, span.offset);
        item.len = span.len;
        if (!plan->verbatim && !plan->notes.first && extends_last(&plan->notes, &item))
            return;
    }
    items_add(&plan->notes, &item);
}

size_t
esi_plan_words(const struct esi_plan *plan)
{
    return plan->texts.arena.used;
}

struct search {
    const struct esi_plan *plan;
    uint64_t from, to; /* keys */
    const char *last;  /* text told */
    void (*fn)(void *ctx, const char *text);
    void *ctx;
};

static void
tell(struct search *search, const struct item *item)
{
    const char *text = search->plan->texts.items[item->detail];

    if (item->key >= search->to || end_of(item) <= search->from ||
        (search->last && (search->last == text || strcmp(search->last, text) == 0)))
        return;
    search->last = text;
    search->fn(search->ctx, text);
}

static void
visit(struct search *search, uint32_t low, uint32_t high)
{
    const struct item *items = search->plan->notes.items;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (end_of(&items[items[middle].reach]) <= search->from)
            return;
        visit(search, low, middle);
        if (items[middle].key >= search->to)
            return;
        tell(search, &items[middle]);
        low = middle + 1;
    }
}

void
esi_plan_notes(const struct esi_plan *plan, esi_flow_id flow, enum esi_dir dir,
               struct esi_span span, void (*fn)(void *ctx, const char *text), void *ctx)
{
    uint64_t from = key_of(KIND_NOTE, dir, span.offset), to = from + span.len;
    const struct items *notes = &plan->notes;

    if (!items_has(notes, flow))
        return;
    if (span.len == 0) {
        from = key_of(KIND_CUT_NOTE, ESI_TO_SERVER, 0);
        to = from + 1;
    }
    struct search search = {plan, from, to, NULL, fn, ctx};
    visit(&search, notes->first[flow], notes->first[flow + 1]);
}
