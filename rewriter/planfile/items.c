/*
 * items.c - the items of a session out of a plan's text: edits and cuts, and what is said
 * of them.
 *
 * Their order is that of esi_plan_each. So whoever overlaps with another stands behind it, and only
 * the last of its kind need be known.
 */
#include <inttypes.h>
#include <string.h>

#include "planfile_internal.h"

/* rank_of - items of higher rank stand behind those of lower; of the same, edits, discards and
 * notes by place. */
static int
rank_of(enum esi_plan_kind kind)
{
    static const int ranks[] = {
        [ESI_PLAN_CUT] = 0,     [ESI_PLAN_CUT_NOTE] = 1, [ESI_PLAN_EDIT] = 2,
        [ESI_PLAN_DISCARD] = 2, [ESI_PLAN_NOTE] = 2,     [ESI_PLAN_DIVERGENCE] = 3,
    };

    return ranks[kind];
}

static int
compare_numbers(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

/* compare_items - 0: either may stand first. */
static int
compare_items(const struct esi_plan_item *a, const struct esi_plan_item *b)
{
    int side = rank_of(a->kind) - rank_of(b->kind);

    if (side != 0 || rank_of(a->kind) != rank_of(ESI_PLAN_NOTE))
        return side;
    side = compare_numbers(a->dir, b->dir);
    side = side != 0 ? side : compare_numbers(a->span.offset, b->span.offset);
    side = side != 0 ? side : compare_numbers(a->kind, b->kind);
    return side != 0 ? side : compare_numbers(b->span.len, a->span.len);
}

static bool
check_order(struct reading *reading, const struct esi_plan_item *item)
{
    static const bool once[] = {
        [ESI_PLAN_CUT] = true,      [ESI_PLAN_CUT_NOTE] = false, [ESI_PLAN_EDIT] = false,
        [ESI_PLAN_DISCARD] = false, [ESI_PLAN_NOTE] = false,     [ESI_PLAN_DIVERGENCE] = true,
    };
    uint64_t offset = item->span.offset;

    if (reading->flow.any && once[item->kind] && reading->flow.last.kind == item->kind)
        return line_refuse(&reading->line, NULL, 0, "is the second %s of flow %" PRIu32,
                           planfile_kinds[item->kind], reading_flow(reading));
    if (reading->flow.any && compare_items(&reading->flow.last, item) > 0)
        return line_refuse(
            &reading->line, NULL, 0,
            "is out of order: a flow's cut goes first, then edits, discards and notes by "
            "direction and offset, its divergence last");
    if (item->kind == ESI_PLAN_EDIT && offset < reading->flow.edit_end[item->dir])
        return line_refuse(&reading->line, "offset", 0,
                           "offset: the edit before goes up to %" PRIu64,
                           reading->flow.edit_end[item->dir]);
    if (item->kind == ESI_PLAN_DISCARD && reading->flow.discard_end[item->dir] > 0 &&
        offset <= reading->flow.discard_end[item->dir])
        return line_refuse(&reading->line, "offset", 0,
                           "offset: the discard before goes up to %" PRIu64
                           "; those that touch are to be one",
                           reading->flow.discard_end[item->dir]);
    return true;
}

/* What each kind of item has, beside event_type and flow_id. */
enum { MEMBERS_MOST = 12 };
struct template
{
    struct member members[MEMBERS_MOST];
    size_t count;
};

static void
add_member(struct template *template, const char *name, enum value value, void *to, uint64_t least,
           uint64_t most)
{
    template->members[template->count++] = (struct member){name, value, to, least, most};
}

static void
add_span(struct template *template, struct esi_plan_item *item)
{
    add_member(template, "direction", VALUE_DIR, &item->dir, 0, 0);
    add_member(template, "offset", VALUE_NUMBER, &item->span.offset, 0, ESI_PLAN_OFFSET_MOST);
    add_member(template, "length", VALUE_NUMBER, &item->span.len, 1, ESI_PLAN_OFFSET_MOST);
}

struct fills {
    struct bytes fill, head, tail;
};

static void
add_rule(struct template *template, struct esi_plan_item *item, struct fills *fills)
{
    add_member(template, "fill", VALUE_BYTES, &fills->fill, 1, 1);
    add_member(template, "keep_eol", VALUE_BOOL, &item->edit.keep_eol, 0, 0);
    add_member(template, "keep_20", VALUE_BOOL, &item->edit.keep_20, 0, 0);
    add_member(template, "head", VALUE_BYTES, &fills->head, 0, ESI_EDIT_HEAD);
    add_member(template, "tail", VALUE_BYTES, &fills->tail, 0, ESI_EDIT_TAIL);
}

static void
add_cut(struct template *template, struct esi_plan_item *item, uint64_t frames)
{
    add_member(template, "frame", VALUE_NUMBER, &item->cut.frame, 1, frames);
    add_member(template, "direction", VALUE_DIR, &item->cut.dir, 0, 0);
    add_member(template, "offset", VALUE_NUMBER, &item->cut.offset, 0, ESI_PLAN_OFFSET_MOST);
    add_member(template, "reset", VALUE_BOOL, &item->cut.reset, 0, 0);
    add_member(template, "told", VALUE_PAIR, item->cut.told, 1, frames);
}

static void
add_members(struct template *template, struct esi_plan_item *item, struct fills *fills,
            uint64_t frames)
{
    switch (item->kind) {
    case ESI_PLAN_CUT:
        add_cut(template, item, frames);
        return;
    case ESI_PLAN_CUT_NOTE:
        add_member(template, "text", VALUE_WORDS, &item->text, 0, 0);
        return;
    case ESI_PLAN_EDIT:
        add_span(template, item);
        add_rule(template, item, fills);
        return;
    case ESI_PLAN_DISCARD:
        add_span(template, item);
        return;
    case ESI_PLAN_NOTE:
        add_span(template, item);
        add_member(template, "text", VALUE_WORDS, &item->text, 0, 0);
        return;
    case ESI_PLAN_DIVERGENCE:
        add_member(template, "frame", VALUE_NUMBER, &item->frame, 1, frames);
        add_member(template, "why", VALUE_WORDS, &item->text, 0, 0);
        return;
    }
}

static void
settle_edit(struct esi_plan_item *item, const struct fills *fills)
{
    struct esi_edit *edit = &item->edit;

    edit->dir = item->dir;
    edit->span = item->span;
    edit->fill = fills->fill.bytes[0];
    edit->head_len = (uint8_t)fills->head.len;
    edit->tail_len = (uint8_t)fills->tail.len;
    memcpy(edit->head, fills->head.bytes, sizeof edit->head);
    memcpy(edit->tail, fills->tail.bytes, sizeof edit->tail);
}

static bool
check_item(struct reading *reading, const struct esi_plan_item *item)
{
    const struct esi_cut *cut = &item->cut;

    if (item->span.len > ESI_PLAN_OFFSET_MOST - item->span.offset)
        return line_refuse(&reading->line, "length", 0, "length: ends behind %" PRIu64,
                           ESI_PLAN_OFFSET_MOST);
    if (cut->told[0] > 0 &&
        (!cut->reset || cut->told[0] <= cut->frame || cut->told[1] <= cut->told[0]))
        return line_refuse(
            &reading->line, "told", 0,
            "told: expected null, or, of a reset, two frames behind the one that decided, "
            "in order");
    return check_order(reading, item);
}

bool
reading_take_item(struct reading *reading, enum esi_plan_kind kind)
{
    esi_flow_id at_hand = reading_flow(reading);
    struct esi_plan_item item = {.kind = kind};
    const char *event_type;
    uint64_t flow;
    struct fills fills;
    struct template template = {.members = {{"event_type", VALUE_TEXT, &event_type, 0, 0},
                                            {"flow_id", VALUE_NUMBER, &flow, at_hand, at_hand}},
                                .count = 2};

    if (at_hand == 0)
        return line_refuse(&reading->line, NULL, 0, "expected a session before the first %s",
                           planfile_kinds[kind]);
    add_members(&template, &item, &fills, reading->frames);
    if (!record_take(&reading->line, reading->record, 0, template.members, template.count) ||
        !check_item(reading, &item))
        return false;
    if (kind == ESI_PLAN_EDIT) {
        settle_edit(&item, &fills);
        reading->flow.edit_end[item.dir] = item.span.offset + item.span.len;
    } else if (kind == ESI_PLAN_DISCARD) {
        reading->flow.discard_end[item.dir] = item.span.offset + item.span.len;
    }
    esi_plan_add_item(reading->file->plan, at_hand, &item);
    reading->flow.last = item;
    reading->flow.any = true;
    reading->items++;
    return true;
}
