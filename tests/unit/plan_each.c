/* plan_each.c - a plan told item by item, and made again of what was told. */
#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "esi/plan.h"

enum { FLOWS = 5, ITEMS = 400, STREAM = 300, TEXTS = 6 };

static uint32_t
draw(uint32_t *seed, uint32_t below)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % below;
}

static void
print(void *ctx, const struct esi_plan_item *item)
{
    struct esi_buf *out = ctx;
    const struct esi_edit *edit = &item->edit;

    esi_buf_printf(out, "%d:", (int)item->kind);
    switch (item->kind) {
    case ESI_PLAN_CUT:
        esi_buf_printf(out, " frame %" PRIu64 " %d at %" PRIu64 "\n", item->cut.frame,
                       (int)item->cut.dir, item->cut.offset);
        return;
    case ESI_PLAN_CUT_NOTE:
        esi_buf_printf(out, " %s\n", item->text);
        return;
    case ESI_PLAN_DIVERGENCE:
        esi_buf_printf(out, " frame %" PRIu64 " %s\n", item->frame, item->text);
        return;
    case ESI_PLAN_EDIT:
        cr_assert(edit->dir == item->dir && edit->span.offset == item->span.offset &&
                  edit->span.len == item->span.len);
        esi_buf_printf(out, " %c%d%d %.*s %.*s", edit->fill, edit->keep_eol, edit->keep_20,
                       edit->head_len, edit->head, edit->tail_len, edit->tail);
        break;
    case ESI_PLAN_NOTE:
    case ESI_PLAN_DISCARD:
        break;
    }
    esi_buf_printf(out, " %d %" PRIu64 "+%" PRIu64 " %s\n", (int)item->dir, item->span.offset,
                   item->span.len, item->kind == ESI_PLAN_NOTE ? item->text : "");
}

static char *
told(const struct esi_plan *plan, esi_flow_id flow)
{
    struct esi_buf out = {0};

    esi_plan_each(plan, flow, print, &out);
    esi_buf_byte(&out, '\0');
    return (char *)out.data;
}

static void
add_one(struct esi_plan *plan, uint32_t *seed)
{
    esi_flow_id flow = 1 + draw(seed, FLOWS);
    enum esi_dir dir = (enum esi_dir)draw(seed, 2);
    struct esi_span span = {draw(seed, STREAM), 1 + draw(seed, 9)};
    struct esi_edit edit = {.dir = dir, .span = span, .fill = (uint8_t)('a' + draw(seed, 3))};
    char text[16];

    if (draw(seed, 4) == 0) {
        edit.head_len = 2;
        memcpy(edit.head, "<<", 2);
    }
    snprintf(text, sizeof text, "text %u", draw(seed, TEXTS));
    switch (draw(seed, 12)) {
    case 0:
        esi_plan_add_cut(plan, flow, &(struct esi_cut){.frame = draw(seed, 9), .dir = dir});
        return;
    case 1:
        esi_plan_add_divergence(plan, flow, 1 + draw(seed, 9), text);
        return;
    case 2:
    case 3:
        esi_plan_add_discard(plan, flow, dir, span);
        return;
    case 4:
        esi_plan_add_note(plan, flow, dir, (struct esi_span){0, 0}, text);
        return;
    case 5:
    case 6:
    case 7:
        esi_plan_add_edit(plan, flow, &edit);
        return;
    default:
        /* Places are few, so that many notes are of the same bytes. */
        esi_plan_add_note(plan, flow, dir, (struct esi_span){span.offset / 20 * 20, 5}, text);
        return;
    }
}

struct copy {
    struct esi_plan *plan;
    esi_flow_id flow;
};

static void
add_again(void *ctx, const struct esi_plan_item *item)
{
    const struct copy *copy = ctx;

    esi_plan_add_item(copy->plan, copy->flow, item);
}

static void
check_copy(const struct esi_plan *plan, const char *what, uint32_t seed)
{
    struct copy copy = {.plan = esi_plan_new()};

    for (copy.flow = 1; copy.flow <= FLOWS; copy.flow++)
        esi_plan_each(plan, copy.flow, add_again, &copy);
    esi_plan_seal(copy.plan);
    for (esi_flow_id flow = 0; flow <= FLOWS + 1; flow++) {
        char *one = told(plan, flow), *other = told(copy.plan, flow);

        cr_assert_str_eq(one, other, "%s, seed %u, flow %u:\n%s\n%s", what, seed, flow, one, other);
        free(one);
        free(other);
    }
    esi_plan_free(copy.plan);
}

Test(plan_each, what_is_told_makes_the_same_plan)
{
    for (uint32_t run = 0; run < 200; run++) {
        struct esi_plan *plan = esi_plan_new();
        uint32_t seed = run;
        unsigned items = run % 3 == 0 ? 12 : ITEMS;

        for (unsigned i = 0; i < items; i++)
            add_one(plan, &seed);
        esi_plan_seal(plan);
        check_copy(plan, "drawn", run);
        esi_plan_free(plan);
    }
}

Test(plan_each, order)
{
    struct esi_plan *plan = esi_plan_new();
    struct esi_edit edit = {.dir = ESI_TO_CLIENT, .span = {10, 4}, .fill = 'X'};

    /* In flow 1 the texts are met the other way round than in flow 2. */
    esi_plan_add_note(plan, 1, ESI_TO_SERVER, (struct esi_span){5, 1}, "second");
    esi_plan_add_note(plan, 2, ESI_TO_SERVER, (struct esi_span){0, 0}, "cut");
    esi_plan_add_note(plan, 2, ESI_TO_CLIENT, (struct esi_span){10, 4}, "first");
    esi_plan_add_note(plan, 2, ESI_TO_CLIENT, (struct esi_span){10, 4}, "second");
    esi_plan_add_divergence(plan, 2, 9, "why");
    esi_plan_add_edit(plan, 2, &edit);
    edit.span = (struct esi_span){20, 2};
    esi_plan_add_edit(plan, 2, &edit);
    edit.span = (struct esi_span){14, 2}; /* touches the one before, which was not added last */
    esi_plan_add_edit(plan, 2, &edit);
    esi_plan_add_discard(plan, 2, ESI_TO_SERVER, (struct esi_span){0, 3});
    esi_plan_add_cut(plan, 2, &(struct esi_cut){.frame = 8, .dir = ESI_TO_SERVER, .offset = 3});
    esi_plan_seal(plan);
    char *text = told(plan, 2);
    cr_assert_str_eq(text, "0: frame 8 0 at 3\n"
                           "1: cut\n"
                           "3: 0 0+3 \n"
                           "2: X00   1 10+4 \n"
                           "4: 1 10+4 first\n"
                           "4: 1 10+4 second\n"
                           "2: X00   1 14+2 \n"
                           "2: X00   1 20+2 \n"
                           "5: frame 9 why\n");
    free(text);
    text = told(plan, 3);
    cr_assert_str_eq(text, "");
    free(text);
    check_copy(plan, "order", 0);
    esi_plan_free(plan);
}
