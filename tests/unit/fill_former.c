/* fill_former.c - where a session diverges, if it was judged before. */
#include <criterion/criterion.h>
#include <string.h>

#include "esi/fill.h"

#include "support/ng.h"

enum { FOUND = 9, FLOW = 3, FRAMES = 3 };

#define LINE(words) "esi counterfactual why=\"" words "\""
#define TEN "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
#define THOUSAND HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED

struct row {
    const char *what;
    struct {
        const char *comment; /* NULL: the frame is not there */
        bool fragment;       /* of the next one's datagram */
        bool other;          /* of a flow that is no session */
    } frames[FRAMES];
    bool unchanged, words_off;
    uint64_t frame;
    const char *why;
};

/* visit - frame `number`, of which that is said. */
static void
visit(struct esi_fill *fill, const struct row *row, uint64_t number, bool big)
{
    const char *comment = row->frames[number - 1].comment;
    bool fragment = row->frames[number - 1].fragment;
    struct esi_buf options = {0};
    struct ng ng = {.big = big};
    struct esi_flow flow = {.id = FLOW, .wanted = !row->frames[number - 1].other};
    struct esi_piece pieces[] = {{.frame = number - 1}, {.frame = number}};
    struct esi_visit visit = {.frame = {.number = number, .big_endian = big}};

    if (comment[0] != '\0')
        put_option(&options, big, 1, esi_slice_of(comment));
    ng_frame(&ng, 0, 0, ESI_LIT("bytes"), 5, esi_buf_slice(&options));
    visit.frame.block = esi_buf_slice(&ng.bytes);
    visit.frame.bytes = esi_slice_cut(visit.frame.block, 28, 5);
    visit.decoding.what = fragment ? ESI_DECODED_IP_FRAGMENT : ESI_DECODED_TCP;
    if (!fragment)
        visit.flow = &flow;
    if (number > 1 && row->frames[number - 2].fragment) {
        visit.decoding.pieces = pieces;
        visit.decoding.piece_count = ESI_COUNT(pieces);
    }
    esi_fill_visit(fill, &visit);
    esi_buf_free(&ng.bytes);
    esi_buf_free(&options);
}

/* tell - an edit, and that the session diverges. */
static void
tell(struct esi_fill *fill, const struct row *row)
{
    static const struct esi_behaviour behaviour = {.id = "some-habit"};
    struct esi_session_result result = {
        .divergence = {.found = true, .frame = FOUND, .why = "something else"}};
    struct esi_session_info session = {.flow = FLOW};
    struct esi_outcome outcome = {
        .kind = ESI_OUTCOME_VERDICT,
        .span = {0, 4},
        .u.verdict = {.action = ESI_ACTION_MASK,
                      .behaviour = &behaviour,
                      .before = row->unchanged ? ESI_LIT("XXXX") : ESI_LIT("XXXy"),
                      .edit = {.span = {0, 4}, .fill = 'X'}}};

    esi_fill_take(fill, &(struct esi_record){
                            .kind = ESI_RECORD_OUTCOME, .session = &session, .outcome = &outcome});
    session.result = &result;
    esi_fill_take(fill, &(struct esi_record){.kind = ESI_RECORD_SESSION, .session = &session});
}

Test(fill_former, what_was_told_holds)
{
    static const struct row rows[] = {
        {"nothing was said", {{"", 0, 0}}, 0, 0, FOUND, LINE("something else")},
        {"nothing of ours", {{"esi is a host", 0, 0}}, 0, 0, FOUND, LINE("something else")},
        {"nothing changes", {{"", 0, 0}}, true, 0, 0, NULL},
        {"a verdict", {{"", 0, 0}, {"a\nesi verdict=mask rule=\"x\"", 0, 0}}, 0, 0, 0, NULL},
        {"an RST was made", {{"esi made=rst verdict=reset", 0, 0}}, 0, 0, 0, NULL},
        {"where it diverged",
         {{"esi verdict=mask", 0, 0}, {"mine\n" LINE("that"), 0, 0}, {LINE("later"), 0, 0}},
         0,
         0,
         2,
         LINE("that")},
        {"though nothing changes", {{LINE("that"), 0, 0}}, true, 0, 1, LINE("that")},
        {"no words are wanted", {{LINE("that"), 0, 0}}, 0, true, 1, ""},
        {"no text", {{LINE("\x01"), 0, 0}}, 0, 0, 0, NULL},
        {"longer than any of ours", {{LINE(THOUSAND), 0, 0}}, 0, 0, 0, NULL},
        {"another flow's", {{LINE("that"), 0, true}}, 0, 0, FOUND, LINE("something else")},
        {"of a fragment", {{"esi verdict=mask", true, 0}, {"", 0, 0}}, 0, 0, 0, NULL},
        {"of a fragment that nothing came of",
         {{"esi verdict=mask", true, 0}},
         0,
         0,
         FOUND,
         LINE("something else")},
    };

    for (size_t r = 0; r < 2 * ESI_COUNT(rows); r++) {
        const struct row *row = &rows[r / 2];
        struct esi_plan *plan = esi_plan_new();
        struct esi_fill *fill = esi_fill_new(
            &(struct esi_fill_config){.plan = plan, .words = !row->words_off, .divergence = true});
        const char *why = NULL;

        for (uint64_t f = 1; f <= FRAMES && row->frames[f - 1].comment; f++)
            visit(fill, row, f, r % 2);
        tell(fill, row);
        esi_plan_seal(plan);
        uint64_t frame = esi_plan_divergence(plan, FLOW, &why);
        cr_assert_eq(frame, row->frame, "%s: %u", row->what, (unsigned)frame);
        cr_assert(!row->why || strcmp(why, row->why) == 0, "%s: %s", row->what, why);
        esi_fill_free(fill);
        esi_plan_free(plan);
    }
}
