/* plan_runs.c - edits that lie side by side, as of bytes judged one by one: each writes its own. */
#include <criterion/criterion.h>
#include <string.h>

#include "esi/plan.h"

struct step {
    esi_flow_id flow;
    enum esi_dir dir;
    uint64_t offset, len;
    char fill;
    bool keep_eol;
    const char *tail;
};

Test(plan_runs, side_by_side)
{
    static const struct {
        const char *what;
        struct step steps[4];
        const char *first, *second; /* what becomes of "ab\ncdefg" in flow 1; in flow 2 */
    } rows[] = {
        {"one by one",
         {{1, 0, 0, 1, 'X', false, ""}, {1, 0, 1, 1, 'X', false, ""}, {1, 0, 2, 1, 'X', false, ""}},
         "XXXcdefg",
         "ab\ncdefg"},
        {"with a byte between",
         {{1, 0, 0, 1, 'X', false, ""}, {1, 0, 2, 2, 'X', false, ""}},
         "XbXXdefg",
         "ab\ncdefg"},
        {"another fill",
         {{1, 0, 0, 2, 'X', false, ""}, {1, 0, 2, 2, '*', false, ""}},
         "XX**defg",
         "ab\ncdefg"},
        {"other bytes stay",
         {{1, 0, 0, 2, 'X', false, ""}, {1, 0, 2, 2, 'X', true, ""}},
         "XX\nXdefg",
         "ab\ncdefg"},
        {"each with its tail",
         {{1, 0, 0, 3, 'X', false, "A"}, {1, 0, 3, 3, 'X', false, "A"}},
         "XXAXXAfg",
         "ab\ncdefg"},
        {"in another flow",
         {{1, 0, 0, 2, 'X', false, ""}, {2, 0, 2, 2, 'X', false, ""}},
         "XX\ncdefg",
         "abXXdefg"},
        {"in the other direction",
         {{1, 0, 0, 2, 'X', false, ""}, {1, 1, 2, 2, 'X', false, ""}},
         "XX\ncdefg",
         "ab\ncdefg"},
        {"from the end",
         {{1, 0, 4, 4, 'X', false, ""}, {1, 0, 0, 4, 'X', false, ""}},
         "XXXXXXXX",
         "ab\ncdefg"},
    };

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        struct esi_plan *plan = esi_plan_new();
        for (const struct step *step = rows[r].steps; step->len > 0; step++) {
            struct esi_edit edit = {.dir = step->dir,
                                    .span = {step->offset, step->len},
                                    .fill = (uint8_t)step->fill,
                                    .keep_eol = step->keep_eol,
                                    .tail_len = (uint8_t)strlen(step->tail)};
            memcpy(edit.tail, step->tail, edit.tail_len);
            esi_plan_add_edit(plan, step->flow, &edit);
        }
        esi_plan_seal(plan);
        for (esi_flow_id flow = 1; flow <= 2; flow++) {
            char bytes[] = "ab\ncdefg";
            const char *wanted = flow == 1 ? rows[r].first : rows[r].second;
            esi_plan_patch(plan, flow, ESI_TO_SERVER, 0, (uint8_t *)bytes, sizeof bytes - 1);
            cr_expect_str_eq(bytes, wanted, "%s, flow %u: %s", rows[r].what, flow, bytes);
        }
        esi_plan_free(plan);
    }
}
