/* printer.c - outcomes as the text that case files expect. */
#include "printer.h"

#include <stdlib.h>
#include <string.h>

enum { SHOWN_WHOLE = 60, SHOWN_END = 24 };

static void
quoted(struct esi_buf *out, struct esi_slice bytes)
{
    struct esi_buf text = {0};
    struct esi_slice all;

    esi_escape_wire(&text, bytes);
    all = esi_buf_slice(&text);
    esi_buf_byte(out, '"');
    if (all.len > SHOWN_WHOLE) {
        esi_buf_append(out, esi_slice_cut(all, 0, SHOWN_END));
        esi_buf_text(out, "\"..\"");
        all = esi_slice_cut(all, all.len - SHOWN_END, SHOWN_END);
    }
    esi_buf_append(out, all);
    esi_buf_byte(out, '"');
    esi_buf_free(&text);
}

static void
place(struct esi_buf *out, enum esi_dir dir, uint64_t offset)
{
    esi_buf_printf(out, "%c@%llu", dir == ESI_TO_SERVER ? 'C' : 'S', (unsigned long long)offset);
}

static void
frame(struct esi_buf *out, uint64_t number, struct print_options options)
{
    if (options.frames)
        esi_buf_printf(out, " #%llu", (unsigned long long)number);
}

/* after - what the edit leaves of `before`. */
static void
after(struct esi_buf *out, const struct esi_verdict *verdict, struct esi_span span)
{
    struct esi_buf bytes = {0};

    esi_buf_append(&bytes, verdict->before);
    if (!esi_edit_apply(&verdict->edit, span.offset, bytes.data, bytes.len))
        esi_buf_text(out, " (the edit does not touch the span)");
    esi_buf_text(out, " -> ");
    quoted(out, esi_buf_slice(&bytes));
    if (verdict->edit.span.offset != span.offset || verdict->edit.span.len != span.len)
        esi_buf_printf(out, " (the edit is at %llu+%llu)",
                       (unsigned long long)verdict->edit.span.offset,
                       (unsigned long long)verdict->edit.span.len);
    esi_buf_free(&bytes);
}

static void
print_verdict(struct esi_buf *out, const struct esi_outcome *outcome)
{
    const struct esi_verdict *verdict = &outcome->u.verdict;

    esi_buf_printf(out, " %s %s ", esi_action_name(verdict->action), esi_what_name(verdict->what));
    quoted(out, verdict->before);
    if (verdict->action == ESI_ACTION_MASK || verdict->action == ESI_ACTION_REPLACE)
        after(out, verdict, outcome->span);
    esi_buf_printf(out, " by %s", verdict->rule.words);
    if (verdict->rule.class_no > 0)
        esi_buf_printf(out, " (class %u)", verdict->rule.class_no);
    esi_buf_printf(out, ", %s, %s", verdict->behaviour->id, esi_basis_name(verdict->basis));
    esi_buf_text(out, verdict->log ? ", logged" : "");
    esi_buf_text(out, verdict->clipped ? ", clipped" : "");
    esi_buf_text(out, verdict->counterfactual ? ", counterfactual" : "");
}

static void
named(struct esi_buf *out, const char *name, struct esi_slice bytes)
{
    if (bytes.len == 0)
        return;
    esi_buf_printf(out, " %s ", name);
    quoted(out, bytes);
}

static void
print_turn(struct esi_buf *out, const struct esi_turn *turn)
{
    esi_buf_printf(out, " turn %s", esi_turn_name(turn->what));
    if (turn->what == ESI_TURN_COMMAND)
        esi_buf_printf(out, " %s", esi_verb_name(turn->verb));
    if (turn->what == ESI_TURN_GREETING || turn->what == ESI_TURN_REPLY)
        esi_buf_printf(out, " %u", turn->code);
    if (turn->lines > 0)
        esi_buf_printf(out, " lines %llu", (unsigned long long)turn->lines);
    named(out, "word", turn->word);
    named(out, "argument", turn->argument);
    named(out, "text", turn->text);
}

void
print_outcome(struct esi_buf *out, const struct esi_outcome *outcome, struct print_options options)
{
    if (outcome->kind == ESI_OUTCOME_TURN && options.hide_turns)
        return;
    place(out, outcome->dir, outcome->span.offset);
    esi_buf_printf(out, "+%llu", (unsigned long long)outcome->span.len);
    frame(out, outcome->frame, options);
    if (outcome->kind == ESI_OUTCOME_TURN)
        print_turn(out, &outcome->u.turn);
    else
        print_verdict(out, outcome);
    esi_buf_byte(out, '\n');
}

static void
print_counts(struct esi_buf *out, const struct esi_session_counts *counts)
{
    const struct {
        const char *name;
        uint64_t count;
    } all[] = {
        {"commands", counts->commands},
        {"masked", counts->commands_masked},
        {"greeting", counts->greeting_masked},
        {"keywords", counts->ehlo_keywords_masked},
        {"replaced", counts->addresses_replaced},
        {"logged", counts->logged},
        {"dropped", counts->dropped},
        {"anomalies", counts->anomalies},
    };

    for (size_t i = 0; i < ESI_COUNT(all); i++)
        if (all[i].count > 0)
            esi_buf_printf(out, " %s=%llu", all[i].name, (unsigned long long)all[i].count);
}

void
print_result(struct esi_buf *out, const struct esi_session_result *result,
             struct print_options options)
{
    static const char *const outcomes[] = {
        [ESI_SESSION_UNTOUCHED] = "untouched", [ESI_SESSION_ALTERED] = "altered",
        [ESI_SESSION_DROPPED] = "dropped",     [ESI_SESSION_RESET] = "reset",
        [ESI_SESSION_UNKNOWN] = "unknown",
    };

    esi_buf_printf(out, "session %s", outcomes[result->outcome]);
    print_counts(out, &result->counts);
    esi_buf_text(out, result->tls ? " tls\n" : "\n");
    if (result->cut) {
        esi_buf_text(out, "cut ");
        place(out, result->cut_at.dir, result->cut_at.offset);
        frame(out, result->cut_at.frame, options);
        esi_buf_text(out, result->cut_at.reset ? " reset\n" : "\n");
    }
    if (!result->divergence.found)
        return;
    esi_buf_text(out, "diverges ");
    place(out, result->divergence.dir, result->divergence.offset);
    frame(out, result->divergence.frame, options);
    if (options.words)
        esi_buf_printf(out, "\nwhy %s\nfollows %s", result->divergence.why,
                       result->divergence.follows);
    esi_buf_byte(out, '\n');
}

/* ---- differences ---- */

struct lines {
    struct esi_slice *items;
    size_t count, cap;
};

static struct lines
lines_of(struct esi_slice text)
{
    struct lines lines = {0};

    while (text.len > 0) {
        const uint8_t *lf = memchr(text.ptr, '\n', text.len);
        size_t len = lf ? (size_t)(lf - text.ptr) + 1 : text.len;

        lines.items = esi_grow(lines.items, &lines.cap, lines.count + 1, sizeof *lines.items);
        lines.items[lines.count++] = esi_slice_cut(text, 0, len);
        text = esi_slice_cut(text, len, text.len);
    }
    return lines;
}

static void
marked(struct esi_buf *out, const char *mark, struct esi_slice line)
{
    esi_buf_text(out, mark);
    esi_buf_append(out, line);
    if (line.len == 0 || line.ptr[line.len - 1] != '\n')
        esi_buf_text(out, " (no line end)\n");
}

/* common - table[i * (b.count + 1) + j]: lines that a from i on and b from j on have in common. */
static size_t *
common(const struct lines *a, const struct lines *b)
{
    size_t row = b->count + 1;
    size_t *table = esi_alloc((a->count + 1) * row * sizeof *table);

    for (size_t i = a->count; i-- > 0;)
        for (size_t j = b->count; j-- > 0;) {
            size_t down = table[(i + 1) * row + j], right = table[i * row + j + 1];

            table[i * row + j] = esi_slice_eq(a->items[i], b->items[j])
                                     ? table[(i + 1) * row + j + 1] + 1
                                     : (down > right ? down : right);
        }
    return table;
}

void
print_difference(struct esi_buf *out, struct esi_slice want, struct esi_slice got)
{
    struct lines a = lines_of(want), b = lines_of(got);
    size_t *table = common(&a, &b), row = b.count + 1, i = 0, j = 0;

    while (i < a.count || j < b.count) {
        if (i < a.count && j < b.count && esi_slice_eq(a.items[i], b.items[j])) {
            marked(out, "  ", a.items[i++]);
            j++;
        } else if (i < a.count &&
                   (j == b.count || table[(i + 1) * row + j] >= table[i * row + j + 1])) {
            marked(out, "- ", a.items[i++]);
        } else {
            marked(out, "+ ", b.items[j++]);
        }
    }
    free(table);
    free(a.items);
    free(b.items);
}
