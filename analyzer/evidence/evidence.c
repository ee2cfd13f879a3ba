/*
 * evidence.c - the fold: turns to the parts that know them, grounds kept, a result at the end.
 *
 * Until something is found a session is a fixed struct; then its findings are made, which are
 * bounded: one ground a detector, at most ESI_GROUNDS_MOST of them.
 */
#include <stdlib.h>

#include "evidence_internal.h"

struct esi_evidence *
esi_evidence_new(bool midstream)
{
    struct esi_evidence *evidence = esi_alloc(sizeof *evidence);

    evidence->midstream = evidence->adrift = midstream;
    evidence->server = evidence->likely_server = SERVER_COUNT;
    return evidence;
}

struct findings *
findings_of(struct esi_evidence *evidence)
{
    if (!evidence->findings)
        evidence->findings = esi_alloc(sizeof *evidence->findings);
    return evidence->findings;
}

/* is_worth - whether a row is kept to be shown: what narrows down, only beside something else; what
 * speaks against stars, only where there are such. */
static bool
is_worth(const struct esi_evidence *evidence, enum detector detector)
{
    enum esi_strength strength = esi_detector_at(detector)->strength;

    if (detector >= DETECTOR_OWN || strength <= ESI_STRENGTH_WEAK)
        return true;
    return evidence->suspect && (strength != ESI_STRENGTH_AGAINST || evidence->greeting_starred);
}

static struct esi_ground *
kept(struct findings *findings, const struct esi_detector *row)
{
    for (size_t i = 0; i < findings->ground_count; i++)
        if (findings->grounds[i].detector == row)
            return &findings->grounds[i];
    return NULL;
}

struct esi_ground *
found(struct esi_evidence *evidence, enum detector detector, const struct esi_outcome *turn,
      struct esi_slice seen)
{
    const struct esi_detector *row = esi_detector_at(detector);
    struct findings *findings;
    struct esi_ground *ground;

    evidence->fired[detector / 64] |= (uint64_t)1 << (detector % 64);
    evidence->suspect |= row->strength <= ESI_STRENGTH_WEAK;
    if (!is_worth(evidence, detector))
        return NULL;
    findings = findings_of(evidence);
    if ((ground = kept(findings, row))) {
        ground->times++;
        return NULL;
    }
    if (findings->ground_count == ESI_GROUNDS_MOST) {
        findings->grounds_left++;
        return NULL;
    }
    ground = &findings->grounds[findings->ground_count++];
    *ground = (struct esi_ground){
        .detector = row,
        .dir = turn->dir,
        .span = turn->span,
        .greeting = turn->u.turn.what == ESI_TURN_GREETING && turn->u.turn.code == 220,
        .frame = turn->frame,
        .ts = turn->ts,
        .seen = esi_arena_copy(&findings->arena, esi_slice_cut(seen, 0, ESI_SEEN_MOST)),
        .times = 1};
    return ground;
}

void
add_detail(struct esi_evidence *evidence, struct esi_ground *ground, const struct esi_buf *text)
{
    if (!ground)
        return;
    char *copy = esi_arena_alloc(&evidence->findings->arena, text->len + 1);
    memcpy(copy, text->data, text->len);
    copy[text->len] = '\0';
    ground->detail = copy;
}

static void
see_gap(struct esi_evidence *evidence, const struct esi_outcome *turn)
{
    if (turn->dir == ESI_TO_CLIENT && !evidence->listed)
        evidence->gap_before_list = true;
    evidence->asked_len = 0;
    evidence->unsure = true;
    /* The beginning of a message may be in it, or the 354 that lets one begin. */
    evidence->adrift |= turn->dir == ESI_TO_SERVER || evidence->data_pending;
    evidence->dot_waits = evidence->data_pending = false;
}

void
esi_evidence_see(struct esi_evidence *evidence, const struct esi_outcome *outcome)
{
    if (outcome->kind != ESI_OUTCOME_TURN)
        return;
    switch (outcome->u.turn.what) {
    case ESI_TURN_GREETING:
        see_greeting(evidence, outcome);
        break;
    case ESI_TURN_COMMAND:
        see_command(evidence, outcome);
        break;
    case ESI_TURN_REPLY:
        see_reply(evidence, outcome);
        break;
    case ESI_TURN_HEADER:
        see_header(evidence, outcome);
        break;
    case ESI_TURN_END_OF_DATA:
        evidence->dot_waits = true;
        evidence->dot_at = outcome->span.offset;
        ask(evidence, (struct asked){.verb = ESI_VERB_UNKNOWN, .form = FORM_DOT});
        break;
    case ESI_TURN_AUTH:
        ask(evidence, (struct asked){.verb = ESI_VERB_AUTH, .form = FORM_AUTH, .says_x = true});
        break;
    case ESI_TURN_GAP:
        see_gap(evidence, outcome);
        break;
    case ESI_TURN_BODY:
    case ESI_TURN_TLS:
    case ESI_TURN_UNKNOWN:
        break;
    }
}

void
esi_evidence_ending(struct esi_evidence *evidence, const struct esi_evidence_facts *facts)
{
    static const struct esi_evidence_facts none = {0};

    if (!facts)
        facts = &none;
    evidence->contradicted = facts->contradicted;
    see_ending(evidence, facts);
    conclude(evidence, facts);
}

const struct esi_evidence_result *
esi_evidence_result(struct esi_evidence *evidence)
{
    return &evidence->result;
}

size_t
esi_evidence_memory(const struct esi_evidence *evidence)
{
    const struct findings *findings = evidence->findings;

    return sizeof *evidence + (findings ? sizeof *findings + findings->arena.used : 0);
}

void
esi_evidence_free(struct esi_evidence *evidence)
{
    if (!evidence)
        return;
    if (evidence->findings)
        esi_arena_free(&evidence->findings->arena);
    free(evidence->findings);
    free(evidence);
}
