/* plan_notes.c - words for spans against a plain model, and where flows diverge. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "esi/plan.h"

enum { NOTES = 300, STREAM = 500, TEXTS = 7, TOLD_MOST = 400 };

struct told {
    const char *texts[TOLD_MOST];
    size_t count;
};

static void
take(void *ctx, const char *text)
{
    struct told *told = ctx;

    cr_assert_lt(told->count, (size_t)TOLD_MOST);
    told->texts[told->count++] = text;
}

static uint32_t
draw(uint32_t *seed, uint32_t below)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) % below;
}

struct note {
    esi_flow_id flow;
    enum esi_dir dir;
    struct esi_span span;
    char text[16];
};

/* draw_notes - most are short; some span everything. */
static void
draw_notes(uint32_t *seed, struct note *notes)
{
    for (size_t n = 0; n < NOTES; n++) {
        notes[n] = (struct note){.flow = 1 + draw(seed, 3),
                                 .dir = (enum esi_dir)draw(seed, 2),
                                 .span = {draw(seed, STREAM), 1 + draw(seed, 12)}};
        if (draw(seed, 20) == 0)
            notes[n].span = (struct esi_span){draw(seed, 10), STREAM};
        snprintf(notes[n].text, sizeof notes[n].text, "text %u", draw(seed, TEXTS));
    }
}

static bool
overlaps(const struct note *note, esi_flow_id flow, enum esi_dir dir, struct esi_span span)
{
    return note->flow == flow && note->dir == dir && note->span.offset < span.offset + span.len &&
           span.offset < note->span.offset + note->span.len;
}

/* check_query - told are just the texts of notes that overlap. */
static void
check_query(const struct esi_plan *plan, const struct note *notes, esi_flow_id flow,
            enum esi_dir dir, struct esi_span span)
{
    struct told told = {.count = 0};
    bool wanted[TEXTS] = {false}, got[TEXTS] = {false};

    esi_plan_notes(plan, flow, dir, span, take, &told);
    for (size_t n = 0; n < NOTES; n++)
        if (overlaps(&notes[n], flow, dir, span))
            wanted[notes[n].text[5] - '0'] = true;
    for (size_t t = 0; t < told.count; t++) {
        got[told.texts[t][5] - '0'] = true;
        cr_assert(t == 0 || told.texts[t] != told.texts[t - 1], "said twice in a row");
    }
    cr_assert(memcmp(wanted, got, sizeof got) == 0, "flow %u, dir %d, %llu+%llu", flow, (int)dir,
              (unsigned long long)span.offset, (unsigned long long)span.len);
}

Test(plan_notes, as_a_plain_search)
{
    for (uint32_t seed = 1; seed <= 10; seed++) {
        struct esi_plan *plan = esi_plan_new();
        static struct note notes[NOTES];
        uint32_t draws = seed;

        draw_notes(&draws, notes);
        for (size_t n = 0; n < NOTES; n++)
            esi_plan_add_note(plan, notes[n].flow, notes[n].dir, notes[n].span, notes[n].text);
        esi_plan_seal(plan);
        for (int q = 0; q < 500; q++)
            check_query(plan, notes, 1 + draw(&draws, 4), (enum esi_dir)draw(&draws, 2),
                        (struct esi_span){draw(&draws, STREAM + 20), 1 + draw(&draws, 30)});
        cr_assert_not(esi_plan_touches(plan, 1), "words alone change nothing");
        esi_plan_free(plan);
    }
}

Test(plan_notes, in_order_and_once)
{
    struct esi_plan *plan = esi_plan_new();
    struct told told = {.count = 0};

    esi_plan_add_note(plan, 2, ESI_TO_SERVER, (struct esi_span){50, 5}, "last");
    esi_plan_add_note(plan, 2, ESI_TO_SERVER, (struct esi_span){0, 0}, "for the cut");
    esi_plan_add_note(plan, 2, ESI_TO_SERVER, (struct esi_span){10, 5}, "first");
    size_t words = esi_plan_words(plan);
    for (uint64_t at = 20; at < 40; at++) /* byte by byte */
        esi_plan_add_note(plan, 2, ESI_TO_SERVER, (struct esi_span){at, 1}, "for the cut");
    cr_assert_eq(esi_plan_words(plan), words, "a text that is known takes nothing");
    esi_plan_seal(plan);
    esi_plan_notes(plan, 2, ESI_TO_SERVER, (struct esi_span){0, 100}, take, &told);
    cr_assert_eq(told.count, 3);
    cr_assert_str_eq(told.texts[0], "first");
    cr_assert_str_eq(told.texts[1], "for the cut");
    cr_assert_str_eq(told.texts[2], "last");
    told.count = 0;
    esi_plan_notes(plan, 2, ESI_TO_CLIENT, (struct esi_span){0, 0}, take, &told);
    cr_assert(told.count == 1 && strcmp(told.texts[0], "for the cut") == 0);
    told.count = 0;
    esi_plan_notes(plan, 2, ESI_TO_CLIENT, (struct esi_span){0, 100}, take, &told);
    esi_plan_notes(plan, 1, ESI_TO_SERVER, (struct esi_span){0, 100}, take, &told);
    esi_plan_notes(plan, 9, ESI_TO_SERVER, (struct esi_span){0, 0}, take, &told);
    cr_assert_eq(told.count, 0);
    esi_plan_free(plan);
}

Test(plan_notes, many_texts_are_kept_once)
{
    enum { MANY = 20000 };
    struct esi_plan *plan = esi_plan_new();
    struct told told = {.count = 0};
    char text[32];
    size_t words = 0;

    for (int round = 0; round < 2; round++) {
        for (unsigned n = 0; n < MANY; n++) {
            snprintf(text, sizeof text, "text number %u", n);
            esi_plan_add_note(plan, 1 + n % 10, ESI_TO_CLIENT,
                              (struct esi_span){(uint64_t)n * 4 + (unsigned)round, 1}, text);
        }
        if (round == 0)
            words = esi_plan_words(plan);
    }
    cr_assert_leq(esi_plan_words(plan), words + words / 20, "%zu bytes, then %zu", words,
                  esi_plan_words(plan));
    esi_plan_seal(plan);
    esi_plan_notes(plan, 1 + 12345 % 10, ESI_TO_CLIENT, (struct esi_span){12345 * 4, 2}, take,
                   &told);
    cr_assert(told.count == 1 && strcmp(told.texts[0], "text number 12345") == 0);
    esi_plan_free(plan);
}

Test(plan_notes, divergence)
{
    struct esi_plan *plan = esi_plan_new();
    const char *why = NULL;

    esi_plan_add_divergence(plan, 3, 17, "why");
    esi_plan_add_divergence(plan, 3, 5, "a second one");
    esi_plan_add_edit(plan, 4, &(struct esi_edit){.span = {0, 4}, .fill = 'X'});
    esi_plan_add_divergence(plan, 4, 9, "why");
    esi_plan_add_cut(plan, 4, &(struct esi_cut){.frame = 8});
    esi_plan_seal(plan);
    cr_assert_eq(esi_plan_divergence(plan, 3, &why), 17, "the first stays");
    cr_assert_str_eq(why, "why");
    cr_assert_eq(esi_plan_divergence(plan, 4, &why), 9);
    cr_assert_eq(esi_plan_cut_of(plan, 4)->frame, 8);
    cr_assert(esi_plan_edits(plan, 4, ESI_TO_SERVER, (struct esi_span){3, 1}));
    cr_assert_not(esi_plan_edits(plan, 3, ESI_TO_SERVER, (struct esi_span){0, 100}));
    cr_assert_not(esi_plan_discards(plan, 3, ESI_TO_CLIENT, (struct esi_span){0, 100}));
    cr_assert(esi_plan_touches(plan, 3));
    cr_assert_null(esi_plan_cut_of(plan, 3));
    cr_assert_eq(esi_plan_divergence(plan, 1, &why), 0);
    cr_assert_eq(esi_plan_divergence(plan, 5, &why), 0);
    esi_plan_free(plan);
}
