/*
 * fill.c - the records of the analysis, one by one, into the plan.
 *
 * Verdicts behind the point where a session diverges edit and discard like all others; what ends a
 * connection is in the session's result, told last. Words are made for verdicts that change
 * something only. They hold bytes that senders choose, many times over: there is a bound to them,
 * behind which words go without the bytes.
 *
 * Where a session diverges is told once: of one that was judged before (former.c), what was told
 * then, and nothing if nothing was.
 */
#include "esi/fill.h"

#include <stdlib.h>
#include <string.h>

#include "comment_internal.h"
#include "former_internal.h"

/* As much as 100,000 sessions take whose greetings all differ, and something to spare. */
enum { WORDS_MOST = 64 << 20 };

struct esi_fill {
    struct esi_fill_config config;
    struct former former;
    struct esi_buf words;
    uint64_t brief;
    struct esi_redactor *redactor; /* NULL: not wanted */
};

struct esi_fill *
esi_fill_new(const struct esi_fill_config *config)
{
    struct esi_fill *fill = esi_alloc(sizeof *fill);

    fill->config = *config;
    fill->redactor = config->redact ? esi_redactor_new() : NULL;
    return fill;
}

uint64_t
esi_fill_brief(const struct esi_fill *fill)
{
    return fill->brief;
}

void
esi_fill_free(struct esi_fill *fill)
{
    if (!fill)
        return;
    former_free(&fill->former);
    esi_redactor_free(fill->redactor);
    esi_buf_free(&fill->words);
    free(fill);
}

/* note - span of no length: for what the cut leaves out. */
static void
note(struct esi_fill *fill, const struct esi_record *record, struct esi_span span)
{
    const struct esi_record *told = record;
    bool bytes = esi_plan_words(fill->config.plan) < WORDS_MOST;

    if (!fill->config.words)
        return;
    fill->brief += !bytes;
    if (fill->redactor)
        told = esi_redact(fill->redactor, record);
    esi_buf_clear(&fill->words);
    comment_verdict(&fill->words, told->outcome, bytes);
    esi_buf_byte(&fill->words, '\0');
    esi_plan_add_note(fill->config.plan, record->session->flow, record->outcome->dir, span,
                      (const char *)fill->words.data);
}

/* edit_changes - as far as the verdict shows the bytes. */
static bool
edit_changes(struct esi_fill *fill, const struct esi_outcome *outcome)
{
    const struct esi_verdict *verdict = &outcome->u.verdict;
    struct esi_slice before = verdict->before;

    if (before.len == 0)
        return outcome->span.len > 0;
    esi_buf_clear(&fill->words);
    esi_buf_append(&fill->words, before);
    esi_edit_apply(&verdict->edit, outcome->span.offset, fill->words.data, before.len);
    return memcmp(fill->words.data, before.ptr, before.len) != 0;
}

static void
take_verdict(struct esi_fill *fill, const struct esi_record *record)
{
    const struct esi_outcome *outcome = record->outcome;
    esi_flow_id flow = record->session->flow;
    struct esi_plan *plan = fill->config.plan;

    switch (outcome->u.verdict.action) {
    case ESI_ACTION_MASK:
    case ESI_ACTION_REPLACE:
        if (fill->config.divergence && !former_changes(&fill->former, flow) &&
            edit_changes(fill, outcome))
            former_note_change(&fill->former, flow);
        esi_plan_add_edit(plan, flow, &outcome->u.verdict.edit);
        note(fill, record, outcome->span);
        return;
    case ESI_ACTION_DISCARD:
    case ESI_ACTION_RATE_LIMIT:
        former_note_change(&fill->former, flow);
        esi_plan_add_discard(plan, flow, outcome->dir, outcome->span);
        note(fill, record, outcome->span);
        return;
    case ESI_ACTION_REFUSE:
    case ESI_ACTION_DROP_CONNECTION:
    case ESI_ACTION_RESET:
        if (!outcome->u.verdict.counterfactual)
            note(fill, record, (struct esi_span){0, 0});
        return;
    default: /* the rest changes nothing */
        return;
    }
}

/*
 * find_told - a capture that was rewritten with what is dropped marked shows both RSTs right behind
 * the frame that decided, with its time: they need not be made again.
 */
static void
find_told(const struct esi_after_cut *after, struct esi_cut *cut)
{
    const struct esi_late_segment *late = after ? after->segments : NULL;

    if (!after || after->kept < 2 || !cut->reset)
        return;
    for (int i = 0; i < 2; i++)
        if ((late[i].flags & ESI_TCP_RST) == 0 || late[i].ts != after->ts)
            return;
    if (late[0].dir == late[1].dir)
        return;
    cut->told[0] = late[0].frame;
    cut->told[1] = late[1].frame;
}

/* add_divergence - with fill->words. */
static void
add_divergence(struct esi_fill *fill, esi_flow_id flow, uint64_t frame)
{
    esi_buf_byte(&fill->words, '\0');
    esi_plan_add_divergence(fill->config.plan, flow, frame, (const char *)fill->words.data);
}

static void
take_session(struct esi_fill *fill, const struct esi_session_info *session)
{
    const struct esi_session_result *result = session->result;
    struct esi_plan *plan = fill->config.plan;

    if (!result)
        return;
    if (result->cut) {
        struct esi_cut cut = result->cut_at;
        find_told(session->after_cut, &cut);
        esi_plan_add_cut(plan, session->flow, &cut);
        former_note_change(&fill->former, session->flow);
    }
    if (result->divergence.found && fill->config.divergence &&
        !former_settled(&fill->former, session->flow)) {
        esi_buf_clear(&fill->words);
        if (fill->config.words)
            comment_divergence(&fill->words, result->divergence.why);
        add_divergence(fill, session->flow, result->divergence.frame);
    }
}

void
esi_fill_visit(struct esi_fill *fill, const struct esi_visit *visit)
{
    struct esi_slice words;

    if (!fill->config.divergence || !former_visit(&fill->former, visit, &words))
        return;
    esi_buf_clear(&fill->words);
    if (fill->config.words && esi_plan_words(fill->config.plan) < WORDS_MOST)
        esi_buf_append(&fill->words, words);
    add_divergence(fill, visit->flow->id, visit->frame.number);
}

void
esi_fill_take(struct esi_fill *fill, const struct esi_record *record)
{
    if (record->kind == ESI_RECORD_SESSION)
        take_session(fill, record->session);
    else if (record->kind == ESI_RECORD_OUTCOME && record->outcome->kind == ESI_OUTCOME_VERDICT)
        take_verdict(fill, record);
}
