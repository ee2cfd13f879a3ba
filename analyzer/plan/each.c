/*
 * each.c - what a plan says of a flow, item by item, and the way back.
 *
 * Edits, discards and notes lie sorted one kind behind the other; told, they are merged by
 * direction and offset, so that a note stands by what it is about.
 */
#include "esi/plan.h"

#include "plan_internal.h"

/* Sorted items of one kind. */
struct run {
    const struct item *at, *end;
    enum esi_plan_kind kind;
};

static struct run
run_of(const struct items *list, esi_flow_id flow, enum kind kind, enum esi_plan_kind told)
{
    struct run run = {.kind = told};

    if (!items_has(list, flow))
        return run;
    run.at = list->items + list->first[flow];
    run.end = list->items + list->first[flow + 1];
    while (run.at < run.end && kind_of(run.at) < kind)
        run.at++;
    const struct item *end = run.at;
    while (end < run.end && kind_of(end) == kind)
        end++;
    run.end = end;
    return run;
}

static struct esi_plan_item
item_of(const struct esi_plan *plan, const struct item *item, enum esi_plan_kind kind)
{
    struct esi_plan_item told = {
        .kind = kind,
        .dir = (enum esi_dir)(item->key >> DIR_SHIFT & 1),
        .span = {item->key & offset_most, item->len},
    };

    switch (kind) {
    case ESI_PLAN_CUT:
        told.cut = plan->cuts[item->detail];
        break;
    case ESI_PLAN_EDIT:
        told.edit = edit_of(plan, item);
        break;
    case ESI_PLAN_DISCARD:
        break;
    case ESI_PLAN_CUT_NOTE:
    case ESI_PLAN_NOTE:
        told.text = plan->texts.items[item->detail];
        break;
    case ESI_PLAN_DIVERGENCE:
        told.frame = plan->divergences[item->detail].frame;
        told.text = plan->texts.items[plan->divergences[item->detail].why];
        break;
    }
    return told;
}

/* place_of - what items of several kinds are merged by. */
static uint64_t
place_of(const struct item *item)
{
    return item->key & (((uint64_t)1 << KIND_SHIFT) - 1);
}

/* next_of - takes the foremost; of several at one place, that of the first run. False: no more. */
static bool
next_of(struct run *runs, size_t count, const struct item **item, enum esi_plan_kind *kind)
{
    struct run *foremost = NULL;

    for (size_t r = 0; r < count; r++)
        if (runs[r].at < runs[r].end &&
            (!foremost || place_of(runs[r].at) < place_of(foremost->at)))
            foremost = &runs[r];
    if (!foremost)
        return false;
    *item = foremost->at++;
    *kind = foremost->kind;
    return true;
}

void
esi_plan_each(const struct esi_plan *plan, esi_flow_id flow,
              void (*fn)(void *ctx, const struct esi_plan_item *item), void *ctx)
{
    const struct items *changes = &plan->changes, *notes = &plan->notes;
    struct run runs[] = {
        run_of(changes, flow, KIND_CUT, ESI_PLAN_CUT),
        run_of(notes, flow, KIND_CUT_NOTE, ESI_PLAN_CUT_NOTE),
        run_of(changes, flow, KIND_EDIT, ESI_PLAN_EDIT),
        run_of(changes, flow, KIND_DISCARD, ESI_PLAN_DISCARD),
        run_of(notes, flow, KIND_NOTE, ESI_PLAN_NOTE),
        run_of(changes, flow, KIND_DIVERGENCE, ESI_PLAN_DIVERGENCE),
    };
    static const size_t together[] = {1, 1, 3, 1}; /* runs that are merged */
    const struct item *item;
    enum esi_plan_kind kind;

    for (size_t r = 0, t = 0; r < ESI_COUNT(runs); r += together[t++]) {
        while (next_of(runs + r, together[t], &item, &kind)) {
            struct esi_plan_item told = item_of(plan, item, kind);
            fn(ctx, &told);
        }
    }
}

void
esi_plan_add_item(struct esi_plan *plan, esi_flow_id flow, const struct esi_plan_item *item)
{
    plan->verbatim = true;
    switch (item->kind) {
    case ESI_PLAN_CUT:
        esi_plan_add_cut(plan, flow, &item->cut);
        return;
    case ESI_PLAN_CUT_NOTE:
        esi_plan_add_note(plan, flow, ESI_TO_SERVER, (struct esi_span){0, 0}, item->text);
        return;
    case ESI_PLAN_EDIT:
        esi_plan_add_edit(plan, flow, &item->edit);
        return;
    case ESI_PLAN_DISCARD:
        esi_plan_add_discard(plan, flow, item->dir, item->span);
        return;
    case ESI_PLAN_NOTE:
        esi_plan_add_note(plan, flow, item->dir, item->span, item->text);
        return;
    case ESI_PLAN_DIVERGENCE:
        esi_plan_add_divergence(plan, flow, item->frame, item->text);
        return;
    }
}
