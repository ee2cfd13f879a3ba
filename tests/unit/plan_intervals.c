/* plan_intervals.c - the plan's look-ups against a plain model: a row of bytes a flow. */
#include <criterion/criterion.h>
#include <string.h>

#include "esi/plan.h"

enum { FLOWS = 40, STREAM = 400 };

struct model {
    uint8_t bytes[FLOWS][2][STREAM];
    bool edited[FLOWS][2][STREAM];
    bool discarded[FLOWS][2][STREAM];
    bool touched[FLOWS];
};

static uint32_t
draw(uint32_t *seed, uint32_t below)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % below;
}

/* draw_edit - starts where the last one of that direction ended or later. */
static struct esi_edit
draw_edit(uint32_t *seed, enum esi_dir dir, uint64_t from)
{
    struct esi_edit edit = {.dir = dir,
                            .span = {from + draw(seed, 20), 1 + draw(seed, 30)},
                            .fill = (uint8_t)('a' + draw(seed, 26)),
                            .head_len = (uint8_t)draw(seed, ESI_EDIT_HEAD + 1),
                            .tail_len = (uint8_t)draw(seed, ESI_EDIT_TAIL + 1)};

    memset(edit.head, 'A' + (int)draw(seed, 26), edit.head_len);
    memset(edit.tail, '0' + (int)draw(seed, 10), edit.tail_len);
    return edit;
}

static size_t
draw_edits(uint32_t *seed, struct esi_edit *edits, esi_flow_id *flows, struct model *model)
{
    size_t count = 0;

    for (esi_flow_id flow = 1; flow < FLOWS; flow += 1 + draw(seed, 3)) {
        for (int dir = 0; dir < 2; dir++) {
            for (uint64_t from = 0; from < STREAM - 50; count++) {
                edits[count] = draw_edit(seed, (enum esi_dir)dir, from);
                flows[count] = flow;
                from = edits[count].span.offset + edits[count].span.len;
                esi_edit_apply(&edits[count], 0, model->bytes[flow][dir], STREAM);
                memset(model->edited[flow][dir] + edits[count].span.offset, 1,
                       edits[count].span.len);
            }
        }
        model->touched[flow] = true;
    }
    return count;
}

static void
add_shuffled(uint32_t *seed, struct esi_plan *plan, const struct esi_edit *edits,
             const esi_flow_id *flows, size_t count)
{
    bool added[2048] = {false};

    for (size_t n = 0; n < count; n++) {
        size_t at = draw(seed, (uint32_t)count);
        while (added[at])
            at = (at + 1) % count;
        added[at] = true;
        esi_plan_add_edit(plan, flows[at], &edits[at]);
    }
}

static void
check_patch(const struct esi_plan *plan, const struct model *model, esi_flow_id flow,
            enum esi_dir dir, size_t at, size_t len)
{
    uint8_t bytes[STREAM] = {0};
    static const uint8_t none[STREAM];
    bool edited = memchr(model->edited[flow][dir] + at, 1, len) != NULL;

    cr_assert_eq(esi_plan_edits(plan, flow, dir, (struct esi_span){at, len}), edited,
                 "edits flow %u dir %d %zu+%zu", flow, dir, at, len);
    bool changed = esi_plan_patch(plan, flow, dir, at, bytes, len);
    cr_assert_arr_eq(bytes, model->bytes[flow][dir] + at, len, "patch flow %u dir %d %zu+%zu", flow,
                     dir, at, len);
    cr_assert_eq(changed, memcmp(bytes, none, len) != 0);
    cr_assert_not(esi_plan_patch(plan, flow, dir, at, bytes, len), "patched twice");
}

Test(plan_intervals, patches_as_the_model_does)
{
    static struct model model;
    static struct esi_edit edits[2048];
    static esi_flow_id flows[2048];
    uint32_t seed = 1;
    struct esi_plan *plan = esi_plan_new();
    size_t count = draw_edits(&seed, edits, flows, &model);

    add_shuffled(&seed, plan, edits, flows, count);
    esi_plan_seal(plan);
    for (esi_flow_id flow = 0; flow < FLOWS; flow++) {
        cr_assert_eq(esi_plan_touches(plan, flow), model.touched[flow], "flow %u", flow);
        for (int n = 0; n < 400; n++) {
            size_t at = draw(&seed, STREAM);
            check_patch(plan, &model, flow, n & 1, at, draw(&seed, (uint32_t)(STREAM - at)));
        }
    }
    esi_plan_free(plan);
}

Test(plan_intervals, of_overlapping_edits_the_earlier_stays)
{
    static const struct {
        const char *what;
        struct esi_edit edits[3];
        const char *wanted;
    } rows[] = {
        {"the same twice",
         {{.span = {2, 3}, .fill = 'a'}, {.span = {2, 3}, .fill = 'a'}},
         "..aaa....."},
        {"grown", {{.span = {2, 3}, .fill = 'a'}, {.span = {2, 6}, .fill = 'a'}}, "..aaaaaa.."},
        {"inside", {{.span = {1, 8}, .fill = 'a'}, {.span = {3, 2}, .fill = 'b'}}, ".aaaaaaaa."},
        {"across, head and tail in their places",
         {{.span = {0, 4}, .fill = 'a'},
          {.span = {2, 8}, .fill = 'b', .head_len = 4, .head = "1234", .tail_len = 1, .tail = "!"}},
         "aaaa34bbb!"},
        {"three",
         {{.span = {0, 4}, .fill = 'a'},
          {.span = {2, 6}, .fill = 'b'},
          {.span = {3, 7}, .fill = 'c', .head_len = 6, .head = "123456"}},
         "aaaabbbb6c"},
    };

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        struct esi_plan *plan = esi_plan_new();
        char bytes[] = "..........";

        for (size_t e = ESI_COUNT(rows[r].edits); e-- > 0;)
            esi_plan_add_edit(plan, 7, &rows[r].edits[e]);
        esi_plan_seal(plan);
        esi_plan_patch(plan, 7, ESI_TO_SERVER, 0, (uint8_t *)bytes, 10);
        cr_assert_str_eq(bytes, rows[r].wanted, "%s", rows[r].what);
        esi_plan_free(plan);
    }
}

Test(plan_intervals, discards_and_cuts)
{
    struct esi_plan *plan = esi_plan_new();
    static const struct {
        const char *what;
        struct esi_span span;
        bool wanted;
    } rows[] = {
        {"whole", {100, 50}, true},         {"inside", {110, 1}, true},
        {"united", {120, 60}, true},        {"first byte short", {99, 2}, false},
        {"one too many", {170, 11}, false}, {"behind", {180, 1}, false},
        {"empty", {120, 0}, false},         {"the other one", {300, 5}, true},
    };

    esi_plan_add_discard(plan, 5, ESI_TO_CLIENT, (struct esi_span){150, 30});
    esi_plan_add_discard(plan, 5, ESI_TO_CLIENT, (struct esi_span){300, 5});
    esi_plan_add_discard(plan, 5, ESI_TO_CLIENT, (struct esi_span){100, 50});
    esi_plan_add_discard(plan, 5, ESI_TO_CLIENT, (struct esi_span){120, 5});
    esi_plan_add_cut(plan, 9, &(struct esi_cut){.frame = 77, .offset = 9});
    esi_plan_add_cut(plan, 5, &(struct esi_cut){.frame = 33, .offset = 4, .reset = true});
    esi_plan_add_cut(plan, 5, &(struct esi_cut){.frame = 22, .offset = 3});
    esi_plan_seal(plan);
    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        cr_assert_eq(esi_plan_discards(plan, 5, ESI_TO_CLIENT, rows[r].span), rows[r].wanted, "%s",
                     rows[r].what);
        cr_assert_not(esi_plan_discards(plan, 5, ESI_TO_SERVER, rows[r].span), "%s", rows[r].what);
        cr_assert_not(esi_plan_edits(plan, 5, ESI_TO_CLIENT, rows[r].span), "%s", rows[r].what);
    }
    cr_assert_eq(esi_plan_cut_of(plan, 5)->frame, 33);
    cr_assert(esi_plan_cut_of(plan, 5)->reset);
    cr_assert_eq(esi_plan_cut_of(plan, 9)->frame, 77);
    cr_assert_null(esi_plan_cut_of(plan, 7));
    cr_assert_null(esi_plan_cut_of(plan, 4000000000u));
    cr_assert_not(esi_plan_touches(plan, 4000000000u));
    esi_plan_free(plan);
}

Test(plan_intervals, an_empty_plan_touches_nothing)
{
    struct esi_plan *plan = esi_plan_new();
    uint8_t byte = 'a';

    esi_plan_seal(plan);
    cr_assert_not(esi_plan_touches(plan, 0));
    cr_assert_not(esi_plan_touches(plan, 1));
    cr_assert_not(esi_plan_patch(plan, 1, ESI_TO_CLIENT, 0, &byte, 1));
    cr_assert_not(esi_plan_discards(plan, 1, ESI_TO_CLIENT, (struct esi_span){0, 1}));
    esi_plan_free(plan);
}
