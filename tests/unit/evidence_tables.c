/*
 * evidence_tables.c - the tables of the evidence: every row has a case that shows it, and every
 * greeting that a template describes fits it when it is starred.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/evidence_case.h"

/* ---- rows and cases ---- */

enum { ROWS_MOST = 256 };

static const char *const effects[] = {
#define ESI_EFFECT(id, words, source) words,
#include "evidence/consequences.def"
#undef ESI_EFFECT
};

struct met {
    bool detectors[ROWS_MOST], effects[ROWS_MOST];
    struct esi_buf cures; /* all lines of all results */
};

static void
meet(void *ctx, const char *path)
{
    struct met *met = ctx;
    struct evidence_case from;

    cr_assert(evidence_case_read(&from, path));
    struct esi_evidence *evidence = evidence_of_case(&from, (struct inspect_way){0});
    const struct esi_evidence_result *result = esi_evidence_result(evidence);
    for (size_t d = 0; d < esi_detector_count(); d++)
        for (size_t i = 0; i < result->ground_count; i++)
            met->detectors[d] |= result->grounds[i].detector == esi_detector_at(d);
    for (size_t e = 0; e < ESI_COUNT(effects); e++)
        for (size_t i = 0; i < result->means_count; i++)
            met->effects[e] |= strcmp(result->means[i], effects[e]) == 0;
    for (size_t i = 0; i < result->cure_count; i++)
        esi_buf_printf(&met->cures, "%s\n", result->cure[i]);
    esi_evidence_free(evidence);
    evidence_case_free(&from);
}

static const struct {
    const char *lines;
} cures[] = {
#define ESI_CURE(boxes, effects, source, lines) {lines},
#include "evidence/cures.def"
#undef ESI_CURE
};

/* first_line - without what follows; a cure begins with a sentence. */
static void
first_line(char *out, size_t size, const char *lines)
{
    snprintf(out, size, "%.*s\n", (int)strcspn(lines, "\n"), lines);
}

Test(evidence, every_row_has_a_case)
{
    struct met met = {0};
    char line[512];

    evidence_each(NULL, meet, &met);
    esi_buf_byte(&met.cures, '\0');
    for (size_t d = 0; d < esi_detector_count(); d++)
        cr_expect(met.detectors[d], "no case shows detector %s", esi_detector_at(d)->id);
    for (size_t e = 0; e < ESI_COUNT(effects); e++)
        cr_expect(met.effects[e], "no case shows what follows: %s", effects[e]);
    for (size_t c = 0; c < ESI_COUNT(cures); c++) {
        first_line(line, sizeof line, cures[c].lines);
        cr_expect(strstr((const char *)met.cures.data, line), "no case shows the cure: %s", line);
    }
    esi_buf_free(&met.cures);
}

Test(evidence, rows_are_fit_to_be_shown)
{
    for (size_t d = 0; d < esi_detector_count(); d++) {
        const struct esi_detector *row = esi_detector_at(d);
        cr_expect(row->id && row->words && row->source && row->source[0], "row %zu is unfinished",
                  d);
        for (size_t other = 0; other < d; other++)
            cr_expect(strcmp(row->id, esi_detector_at(other)->id) != 0, "%s twice", row->id);
    }
}

/* ---- templates ---- */

static const struct {
    const char *server, *text;
} templates[] = {
#define ESI_TEMPLATE(server, text, source) {#server, text},
#include "evidence/templates.def"
#undef ESI_TEMPLATE
};

static const struct {
    const char *id, *name;
} servers[] = {
#define ESI_SERVER(id, name, weight, greeting, hello) {#id, name},
#include "evidence/families.def"
};

/* as_shipped - a greeting of the template. */
static void
as_shipped(struct esi_buf *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '~')
            esi_buf_text(out, "mx20.example.com");
        else if (*text == '^')
            esi_buf_text(out, "8.12.10");
        else
            esi_buf_byte(out, (uint8_t)(*text == '#'   ? '2'
                                        : *text == '@' ? 'M'
                                        : *text == '?' ? '+'
                                                       : *text));
    }
}

static void
check_template(const char *text, const char *server, bool islands)
{
    struct esi_buf bytes = {0};
    struct esi_evidence *evidence = esi_evidence_new(false);

    as_shipped(&bytes, text);
    for (size_t i = 0; i < bytes.len; i++)
        if (!islands || (bytes.data[i] != '2' && bytes.data[i] != '0'))
            bytes.data[i] = '*';
    struct esi_outcome turn = {.dir = ESI_TO_CLIENT, .span = {0, bytes.len + 6}};
    turn.u.turn = (struct esi_turn){
        .what = ESI_TURN_GREETING, .code = 220, .text = esi_buf_slice(&bytes), .lines = 1};
    esi_evidence_see(evidence, &turn);
    esi_evidence_ending(evidence, NULL);
    const struct esi_evidence_result *result = esi_evidence_result(evidence);
    cr_assert_gt(result->ground_count, 0, "%s", text);
    if (islands)
        cr_expect(result->grounds[0].detail && strstr(result->grounds[0].detail, server), "%s: %s",
                  text, result->grounds[0].detail);
    cr_expect(esi_evidence_alarms(result), "%s", text);
    esi_evidence_free(evidence);
    esi_buf_free(&bytes);
}

Test(evidence, starred_greetings_fit_their_templates)
{
    for (size_t t = 0; t < ESI_COUNT(templates); t++)
        for (size_t s = 0; s < ESI_COUNT(servers); s++)
            if (strcmp(servers[s].id, templates[t].server) == 0) {
                check_template(templates[t].text, servers[s].name, true);
                check_template(templates[t].text, servers[s].name, false);
            }
}
