/*
 * html_findings.c - the verdicts of a session as a list: what was found, what is done about it, by
 * which rule, and how sure that is. Each has an id that stays: a permanent link.
 */
#include "html_internal.h"

enum { ROOM = 160, EXAMPLE_ROOM = 60 }; /* characters */

void
html_put_action(struct esi_buf *out, const struct esi_verdict *verdict)
{
    esi_buf_text(out, esi_action_name(verdict->action));
    if (verdict->log && verdict->action != ESI_ACTION_LOG)
        esi_buf_text(out, " log");
}

static void
put_rule(struct html_story *story, const struct esi_verdict *verdict)
{
    struct esi_buf *out = story->out;
    const struct esi_rule *rule = &verdict->rule;

    esi_buf_printf(out, "<p class=\"ru\"><b class=\"g%u\">", esi_action_gravity(verdict->action));
    html_put_action(out, verdict);
    esi_buf_text(out, "</b> by <code>");
    html_put(out, rule->words);
    esi_buf_text(out, "</code>");
    if (rule->class_no > 0)
        esi_buf_printf(out, ", class %u", rule->class_no);
    esi_buf_text(out, ", ");
    html_put_place(out, story->tally, rule->config_file, rule->config_line);
    esi_buf_printf(out, " \xc2\xb7 %s \xc2\xb7 %s", esi_basis_name(verdict->basis),
                   verdict->behaviour->id);
    if (verdict->counterfactual)
        esi_buf_text(out, " \xc2\xb7 counterfactual");
    esi_buf_text(out, "</p>");
}

static void
put_changed(struct esi_buf *out, struct esi_buf *scratch, const struct row *row, size_t room)
{
    struct esi_slice before = row->outcome.u.verdict.before, after;
    uint64_t len = verdict_length(row);

    verdict_after(scratch, row);
    after = esi_buf_slice(scratch);
    size_t from = first_difference(before, after, room);
    esi_buf_text(out, "<code class=\"b\">");
    html_put_wire(out, before, after, from, room, len, "mark");
    esi_buf_text(out, "</code> becomes <code class=\"a\">");
    html_put_wire(out, after, before, from, room, len, "mark");
    esi_buf_text(out, "</code>");
}

/* put_bytes - what a verdict is about, behind `lead`; nothing if it is about no bytes. */
static void
put_bytes(struct esi_buf *out, struct esi_buf *scratch, const struct row *row, size_t room,
          const char *lead)
{
    const struct esi_verdict *verdict = &row->outcome.u.verdict;

    if (verdict->what == ESI_WHAT_CONNECTION || is_edit(verdict) || verdict->before.len > 0)
        esi_buf_text(out, lead);
    if (verdict->what == ESI_WHAT_CONNECTION) {
        put_syn_words(out, &verdict->limit);
    } else if (is_edit(verdict)) {
        put_changed(out, scratch, row, room);
    } else if (verdict->before.len > 0) {
        esi_buf_text(out, "<code class=\"b\">");
        html_put_wire(out, verdict->before, (struct esi_slice){0}, 0, room, verdict_length(row),
                      "mark");
        esi_buf_text(out, "</code>");
    }
}

void
html_put_example(struct esi_buf *out, const struct esi_outcome *outcome)
{
    struct row row = {.outcome = *outcome};
    struct esi_buf scratch = {0};

    put_bytes(out, &scratch, &row, EXAMPLE_ROOM, "such as ");
    esi_buf_free(&scratch);
}

static void
put_logged(struct esi_buf *out, const struct esi_verdict *verdict)
{
    if (verdict->action != ESI_ACTION_ANOMALY || verdict->logged.len == 0)
        return;
    esi_buf_text(out, " (");
    esi_escape_markup_wire(out, verdict->logged);
    esi_buf_byte(out, ')');
}

static void
put_finding(struct html_story *story, const struct row *row, size_t number)
{
    struct esi_buf *out = story->out;
    uintmax_t session = story->session->number;

    esi_buf_printf(out, "<li id=\"s%ju-f%zu\"><a class=\"n\" href=\"#s%ju-f%zu\">%zu</a> frame ",
                   session, number, session, number, number);
    html_put_frame(story, out, row->outcome.frame);
    esi_buf_text(out, ", ");
    esi_buf_text(out, esi_what_name(row->outcome.u.verdict.what));
    put_bytes(out, &story->after, row, ROOM, ": ");
    put_logged(out, &row->outcome.u.verdict);
    esi_buf_text(out, "</li>");
}

void
html_put_findings(struct html_story *story)
{
    struct esi_buf *out = story->out;
    const struct row *rows = story->ladder->rows, *last = NULL;

    for (size_t i = 0; i < story->finding_count; i++) {
        const struct row *row = &rows[story->findings[i]];

        if (!last || !same_rule(row, last)) {
            esi_buf_text(out, last ? "</ul>" : "<h4>Findings</h4>");
            put_rule(story, &row->outcome.u.verdict);
            esi_buf_text(out, "<ul class=\"fs\">");
        }
        last = row;
        put_finding(story, row, i + 1);
    }
    if (last)
        esi_buf_text(out, "</ul>");
}
