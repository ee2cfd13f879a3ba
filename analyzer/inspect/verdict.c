/*
 * verdict.c - outcomes written down: turns, verdicts, and what they mean for the session.
 *
 * The only place that knows whether a verdict is counterfactual, counts it, and ends the
 * connection by it.
 */
#include "inspect_internal.h"

const struct esi_edit mask_with_x = {.fill = 'X', .keep_eol = true};

/* Outcomes that there is room for at first: those of a harmless session. */
enum { FIRST = 2, FIRST_TURNS = 32 };

static struct esi_outcome *
add_outcome(struct esi_session *session, enum esi_outcome_kind kind, enum esi_dir dir,
            struct esi_span span)
{
    struct esi_outcomes *out = session->out;

    size_t want = out->cap > 0 ? out->len + 1 : session->turns ? FIRST_TURNS : FIRST;

    out->items = esi_grow(out->items, &out->cap, want, sizeof *out->items);
    struct esi_outcome *outcome = &out->items[out->len++];
    *outcome = (struct esi_outcome){
        .kind = kind, .dir = dir, .span = span, .frame = session->frame, .ts = session->ts};
    return outcome;
}

struct esi_outcome *
add_turn(struct esi_session *session, enum esi_turn_what what, enum esi_dir dir,
         struct esi_span span)
{
    struct esi_outcome *outcome = add_outcome(session, ESI_OUTCOME_TURN, dir, span);

    outcome->u.turn.what = what;
    return outcome;
}

struct esi_slice
keep(struct esi_session *session, struct esi_slice bytes)
{
    return esi_arena_copy(&session->out->arena, esi_slice_cut(bytes, 0, ESI_SMTP_LINE_KEEP));
}

/* counter - the count that a verdict adds to. */
static uint64_t *
counter(struct esi_session_counts *counts, enum esi_action action, enum esi_what what)
{
    switch (action) {
    case ESI_ACTION_MASK:
        return what == ESI_WHAT_GREETING       ? &counts->greeting_masked
               : what == ESI_WHAT_EHLO_KEYWORD ? &counts->ehlo_keywords_masked
               : what == ESI_WHAT_REPLY        ? &counts->anomalies
                                               : &counts->commands_masked;
    case ESI_ACTION_REPLACE:
        return what == ESI_WHAT_COMMAND ? &counts->commands_masked : &counts->addresses_replaced;
    case ESI_ACTION_LOG:
        return &counts->logged;
    case ESI_ACTION_ANOMALY:
        return &counts->anomalies;
    default:
        return &counts->dropped;
    }
}

/* cut - the connection is over, as of the byte that decided it. */
static void
cut(struct esi_session *session, const struct finding *finding)
{
    bool drop = finding->action == ESI_ACTION_DROP_CONNECTION;
    bool reset = finding->action == ESI_ACTION_RESET;

    session->result.cut = true;
    session->result.cut_at = (struct esi_cut){
        .frame = session->frame,
        .dir = finding->dir,
        .offset = finding->decided_at,
        .reset =
            reset || (drop && habit_of(session, ESI_KNOB_DROP_SENDS_RST) == ESI_DROP_SENDS_RST_YES),
    };
    session->result.outcome = reset ? ESI_SESSION_RESET : ESI_SESSION_DROPPED;
}

/* settle - what a verdict that counts makes of the session as a whole. */
static void
settle(struct esi_session *session, const struct finding *finding)
{
    struct esi_session_result *result = &session->result;

    ++*counter(&result->counts, finding->action, finding->what);
    if (result->counts.greeting_masked > 1) /* a verdict a line, and one greeting */
        result->counts.greeting_masked = 1;
    switch (finding->action) {
    case ESI_ACTION_DROP_CONNECTION:
    case ESI_ACTION_RESET:
    case ESI_ACTION_REFUSE:
        cut(session, finding);
        return;
    case ESI_ACTION_MASK:
    case ESI_ACTION_REPLACE:
    case ESI_ACTION_DISCARD:
    case ESI_ACTION_RATE_LIMIT:
        result->outcome = ESI_SESSION_ALTERED;
        return;
    default:
        return;
    }
}

/* basis_of - the weakest of what the verdict hangs on. */
static enum esi_basis
basis_of(const struct esi_session *session, const struct finding *finding)
{
    enum esi_basis basis = behaviour_of(finding->behaviour)->basis;

    for (int knob = 0; finding->habits >> knob != 0; knob++)
        if ((finding->habits >> knob & 1) && session->platform->setting[knob].basis > basis)
            basis = session->platform->setting[knob].basis;
    return basis;
}

static struct esi_rule
rule_of(const struct finding *finding)
{
    if (finding->match)
        return finding->match->rule;
    if (finding->parameter && finding->parameter->rule.words)
        return finding->parameter->rule;
    return (struct esi_rule){.words = finding->words};
}

/* is_overlooked - what the firewall takes for message text it does not look at. */
static bool
is_overlooked(const struct esi_session *session, const struct finding *finding)
{
    return session->taken != TAKEN_RIGHT && finding->dir == ESI_TO_SERVER &&
           finding->what != ESI_WHAT_SEQUENCE;
}

/* is_too_late - a byte for which the connection was ended meets no further match (Cisco ASA CLI
 * guides: a dropping action ends all matching), nor do those before it. */
static bool
is_too_late(const struct esi_session *session, const struct finding *finding)
{
    const struct esi_session_result *result = &session->result;

    return result->cut && !session->refused && finding->dir == result->cut_at.dir &&
           finding->decided_at <= result->cut_at.offset;
}

bool
add_verdict(struct esi_session *session, const struct finding *finding)
{
    struct esi_session_result *result = &session->result;

    if (is_overlooked(session, finding) || is_too_late(session, finding))
        return false;
    struct esi_outcome *outcome =
        add_outcome(session, ESI_OUTCOME_VERDICT, finding->dir, finding->span);
    struct esi_verdict *verdict = &outcome->u.verdict;
    size_t most = finding->edit ? (size_t)ESI_SMTP_LINE_KEEP : (size_t)ESI_BEFORE_KEEP;

    verdict->action = finding->action;
    verdict->what = finding->what;
    verdict->behaviour = behaviour_of(finding->behaviour);
    verdict->basis = basis_of(session, finding);
    verdict->rule = rule_of(finding);
    verdict->log = finding->match ? finding->match->log : finding->log;
    verdict->logged = esi_arena_copy(&session->out->arena, finding->logged);
    verdict->before = esi_arena_copy(&session->out->arena, esi_slice_cut(finding->before, 0, most));
    verdict->clipped = verdict->before.len < finding->span.len;
    verdict->decided_at = finding->decided_at;
    if (finding->edit) {
        verdict->edit = *finding->edit;
        verdict->edit.dir = finding->dir;
        verdict->edit.span = finding->span;
    }
    verdict->counterfactual = result->divergence.found || result->cut;
    if (!verdict->counterfactual)
        settle(session, finding);
    return true;
}
