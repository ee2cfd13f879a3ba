/*
 * html_findings.c - the verdicts of a session as a list: what was found, what is done about it, by
 * which rule, and how sure that is. Each has an id that stays: a permanent link.
 */
#include "html_internal.h"

enum { ROOM = 160 }; /* characters of a line */

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
put_changed(struct html_story *story, const struct row *row)
{
    struct esi_slice before = row->outcome.u.verdict.before, after;
    struct esi_buf *out = story->out;
    uint64_t len = verdict_length(row);

    verdict_after(&story->after, row);
    after = esi_buf_slice(&story->after);
    size_t from = first_difference(before, after, ROOM);
    esi_buf_text(out, ": <code class=\"b\">");
    html_put_wire(out, before, after, from, ROOM, len, "mark");
    esi_buf_text(out, "</code> becomes <code class=\"a\">");
    html_put_wire(out, after, before, from, ROOM, len, "mark");
    esi_buf_text(out, "</code>");
}

static void
put_bytes(struct html_story *story, const struct row *row)
{
    const struct esi_verdict *verdict = &row->outcome.u.verdict;
    struct esi_buf *out = story->out;
    uint64_t len = verdict_length(row);

    if (verdict->what == ESI_WHAT_CONNECTION) {
        esi_buf_text(out, ": ");
        put_syn_words(out, &verdict->limit);
    } else if (is_edit(verdict)) {
        put_changed(story, row);
    } else if (verdict->before.len > 0) {
        esi_buf_text(out, ": <code class=\"b\">");
        html_put_wire(out, verdict->before, (struct esi_slice){0}, 0, ROOM, len, "mark");
        esi_buf_text(out, "</code>");
    }
    if (verdict->action == ESI_ACTION_ANOMALY && verdict->logged.len > 0) {
        esi_buf_text(out, " (");
        esi_escape_markup_wire(out, verdict->logged);
        esi_buf_byte(out, ')');
    }
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
    put_bytes(story, row);
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
