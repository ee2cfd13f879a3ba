/*
 * ladder.c - a session's outcomes, gathered as rows until it is known whether they are shown.
 *
 * Most sessions of a large capture read like thousands of others: gathering must cost little. So
 * rows are copies of outcomes in an arena that is used again, runs of header and body turns become
 * one row, and a signature is made on the way; words are made only of what is shown (ladder_print).
 */
#include <stdlib.h>
#include <string.h>

#include "evidence_internal.h"
#include "ladder_internal.h"
#include "quality_internal.h"

static size_t
bytes_of(const struct ladder *ladder)
{
    return ladder->arena.used + ladder->cap * sizeof *ladder->rows;
}

void
ladder_begin(struct ladder *ladder, size_t *taken)
{
    struct ladder kept = {.rows = ladder->rows, .cap = ladder->cap, .taken = taken};

    *taken -= ladder->arena.used;
    esi_arena_free(&ladder->arena);
    *ladder = kept;
    ladder->effect = effect_none();
}

void
ladder_free(struct ladder *ladder)
{
    *ladder->taken -= bytes_of(ladder);
    esi_arena_free(&ladder->arena);
    free(ladder->rows);
}

/* mix - one more number in a running hash (the finalizer of splitmix64). */
static uint64_t
mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) + 0x9e3779b97f4a7c15u;
    hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9u;
    hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebu;
    return hash ^ (hash >> 31);
}

/* mix_bytes - FNV-1a of the bytes in capitals, mixed in; no more of them than tell words apart. */
static uint64_t
mix_bytes(uint64_t hash, struct esi_slice bytes)
{
    enum { WORD_MOST = 32 };
    uint64_t fnv = 0xcbf29ce484222325u;

    for (size_t i = 0; i < bytes.len && i < WORD_MOST && bytes.ptr[i] != ' '; i++)
        fnv = (fnv ^ esi_upper(bytes.ptr[i])) * 0x100000001b3u;
    return mix(hash, fnv);
}

/* mix_sentence - a sentence without its numbers: frames and lengths differ where sessions do not.
 */
static uint64_t
mix_sentence(uint64_t hash, const char *text)
{
    uint64_t fnv = 0xcbf29ce484222325u;

    for (; *text; text++)
        if (*text < '0' || *text > '9')
            fnv = (fnv ^ (uint8_t)*text) * 0x100000001b3u;
    return mix(hash, fnv);
}

static void
sign(struct ladder *ladder, const struct esi_verdict *verdict)
{
    uint64_t mark = mix(verdict->action, verdict->what);

    mark = mix(mark, verdict->rule.class_no);
    mark = mix(mark, (uint64_t)(uintptr_t)verdict->rule.words);
    mark = mix(mark, (uint64_t)(uintptr_t)verdict->behaviour);
    mark = mix(mark, verdict->counterfactual);
    if (verdict->what == ESI_WHAT_EHLO_KEYWORD || verdict->what == ESI_WHAT_COMMAND)
        mark = mix_bytes(mark, verdict->before);
    if (mark != ladder->last_mark)
        ladder->signature = mix(ladder->signature, mark);
    ladder->last_mark = mark;
}

uint64_t
ladder_signature(const struct ladder *ladder, const struct esi_session_info *session)
{
    uint64_t hash = mix(ladder->signature, quality_signature(&session->quality));

    hash = mix(hash, session->inspected);
    hash = mix(hash, (uint64_t)(uintptr_t)session->map);
    hash = mix(hash, session->config_line);
    if (session->inspected_why)
        hash = mix_sentence(hash, session->inspected_why);
    if (session->evidence)
        hash = mix(hash, evidence_signature(session->evidence));
    if (!session->result)
        return hash;
    hash = mix(hash, session->result->outcome);
    hash = mix(hash, session->result->tls);
    if (session->result->divergence.found)
        hash = mix_sentence(hash, session->result->divergence.why);
    return hash;
}

uint64_t
told_signature(const struct ladder *ladder, const struct esi_session_info *session,
               const struct esi_sink *sink)
{
    if (!sink->options.evidence_only || !session->evidence)
        return ladder_signature(ladder, session);
    return quality_signature(&session->quality) * 31 ^ evidence_signature(session->evidence);
}

static void
note_effect(struct ladder *ladder, const struct esi_outcome *outcome)
{
    size_t effect = effect_of(&outcome->u.verdict);

    if (outcome->u.verdict.counterfactual || effect >= ladder->effect)
        return;
    ladder->effect = effect;
    ladder->effect_frame = outcome->frame;
    ladder->effect_resets = outcome->u.verdict.action == ESI_ACTION_RESET;
}

/* joins - turns of a kind that are told together: a message's parts, TLS. */
static bool
joins(enum esi_turn_what last, enum esi_turn_what next)
{
    bool message = last == ESI_TURN_HEADER || last == ESI_TURN_BODY;

    return (message && (next == ESI_TURN_HEADER || next == ESI_TURN_BODY)) ||
           (last == ESI_TURN_TLS && next == ESI_TURN_TLS);
}

static void
first_and_last(const struct esi_outcome *outcome, uint64_t *first, uint64_t *last)
{
    size_t count = outcome->frame_count;

    *first = count > 0 ? outcome->frames[0] : outcome->frame;
    *last = count > 0 ? outcome->frames[count - 1] : outcome->frame;
}

/* join - false if the turn needs a row of its own. */
static bool
join(struct ladder *ladder, const struct esi_outcome *outcome)
{
    size_t last = ladder->last_turn[outcome->dir];
    uint64_t first_frame;

    if (last == 0)
        return false;
    struct row *row = &ladder->rows[last - 1];
    if (!joins(row->outcome.u.turn.what, outcome->u.turn.what))
        return false;
    row->fields += outcome->u.turn.what == ESI_TURN_HEADER;
    if (outcome->u.turn.what == ESI_TURN_BODY)
        row->outcome.u.turn.lines += outcome->u.turn.lines;
    row->outcome.span.len = outcome->span.offset + outcome->span.len - row->outcome.span.offset;
    first_and_last(outcome, &first_frame, &row->last_frame);
    return true;
}

static struct row *
add_row(struct ladder *ladder, const struct esi_outcome *outcome)
{
    ladder->rows = esi_grow(ladder->rows, &ladder->cap, ladder->len + 1, sizeof *ladder->rows);
    struct row *row = &ladder->rows[ladder->len++];
    *row = (struct row){.outcome = *outcome};
    row->outcome.frames = NULL;
    row->outcome.frame_count = row->outcome.frame_cap = 0;
    first_and_last(outcome, &row->first_frame, &row->last_frame);
    return row;
}

static bool
has_room(const struct ladder *ladder)
{
    return ladder->arena.used < LADDER_BYTES_MOST && *ladder->taken < LADDERS_BYTES_MOST;
}

static void
keep(struct ladder *ladder, struct esi_slice *slice)
{
    *slice = esi_arena_copy(&ladder->arena, *slice);
}

static void
add_turn(struct ladder *ladder, const struct esi_outcome *outcome)
{
    if (join(ladder, outcome))
        return;
    if (ladder->turns >= LADDER_TURNS_MOST || !has_room(ladder)) {
        ladder->turns_left_out++;
        ladder->last_turn[outcome->dir] = 0;
        return;
    }
    struct row *row = add_row(ladder, outcome);
    struct esi_turn *turn = &row->outcome.u.turn;
    bool message = turn->what == ESI_TURN_HEADER || turn->what == ESI_TURN_BODY;

    row->fields = turn->what == ESI_TURN_HEADER;
    if (turn->what != ESI_TURN_BODY && message)
        turn->lines = 0;
    if (message)
        turn->word = turn->argument = turn->text = (struct esi_slice){0};
    keep(ladder, &turn->word);
    keep(ladder, &turn->argument);
    keep(ladder, &turn->text);
    ladder->turns++;
    ladder->last_turn[outcome->dir] = ladder->len;
}

static void
add_verdict(struct ladder *ladder, const struct esi_outcome *outcome)
{
    sign(ladder, &outcome->u.verdict);
    note_effect(ladder, outcome);
    if (ladder->verdicts >= LADDER_VERDICTS_MOST || !has_room(ladder)) {
        ladder->verdicts_left_out++;
        return;
    }
    struct esi_verdict *verdict = &add_row(ladder, outcome)->outcome.u.verdict;

    if (verdict->action != ESI_ACTION_ANOMALY)
        verdict->logged = (struct esi_slice){0}; /* of an anomaly only it is shown */
    keep(ladder, &verdict->before);
    keep(ladder, &verdict->logged);
    ladder->verdicts++;
}

void
ladder_add(struct ladder *ladder, const struct esi_outcome *outcome)
{
    size_t before = bytes_of(ladder);

    if (outcome->kind == ESI_OUTCOME_TURN)
        add_turn(ladder, outcome);
    else
        add_verdict(ladder, outcome);
    *ladder->taken += bytes_of(ladder) - before;
}
