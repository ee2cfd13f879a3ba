/*
 * ending.c - what the end of a session adds: silence behind a line that the default map cuts at, an
 * end of data that was not seen, a pause before the dot.
 *
 * Silence alone is no ground: peers vanish. It has to begin at what a limit bites.
 */
#include "evidence_internal.h"

enum {
    RESENT_LEAST = 2, /* once is a lost packet */
    TYPED_LEAST = 4,  /* segments: no verb is shorter */
};
/* Postfix waits ten seconds; what is less by two is still the same, what is longer by far a stall.
 * By itself it has to be nearer, and of each message. */
#define MILLISECONDS(n) ((esi_nanos)(n)*1000000)
#define PAUSE_LEAST MILLISECONDS(8000)
#define PAUSE_MOST MILLISECONDS(15000)
#define PAUSE_ALONE_LEAST MILLISECONDS(9500)
#define PAUSE_ALONE_MOST MILLISECONDS(11000)

static struct esi_outcome
at_place(enum esi_dir dir, const struct place *place)
{
    return (struct esi_outcome){.dir = dir,
                                .span = {place->offset, place->end - place->offset},
                                .frame = place->frame,
                                .ts = place->ts};
}

/* is_at - whether the segment that never arrived carries a part of the place. */
static bool
is_at(const struct place *place, const struct esi_evidence_facts *facts)
{
    return place->end > facts->resent_from &&
           (facts->resent_to == 0 || place->offset < facts->resent_to);
}

/* see_silence - whether it began at one of the causes: the earliest of them. */
static void
see_silence(struct esi_evidence *evidence, const struct esi_evidence_facts *facts)
{
    static const enum detector rows[CAUSES] = {
        [CAUSE_HEADER] = DETECTOR_SILENCE_HEADER,
        [CAUSE_RECIPIENTS] = DETECTOR_SILENCE_RECIPIENTS,
        [CAUSE_COMMAND] = DETECTOR_SILENCE_COMMAND,
        [CAUSE_SENDER] = DETECTOR_SILENCE_SENDER,
        [CAUSE_DUPLICATE] = DETECTOR_SILENCE_DUPLICATE,
    };
    const struct place *first = NULL;

    if (facts->resent < RESENT_LEAST || facts->resent_dir != ESI_TO_SERVER)
        return;
    for (int c = 0; c < CAUSES; c++) {
        const struct place *place = &evidence->cause[c];
        if (is_at(place, facts) && (!first || place->offset < first->offset))
            first = place;
    }
    if (!first)
        return;
    struct esi_outcome turn = at_place(ESI_TO_SERVER, first);
    struct esi_buf text = {0};
    esi_buf_printf(
        &text, "sent again %u times within %lld seconds, from offset %llu on; nothing came back",
        facts->resent, (long long)(facts->resent_for / 1000000000),
        (unsigned long long)facts->resent_from);
    add_detail(evidence,
               found(evidence, rows[first - evidence->cause], &turn, (struct esi_slice){0}), &text);
    esi_buf_free(&text);
}

static void
see_dot(struct esi_evidence *evidence, const struct esi_evidence_facts *facts)
{
    struct place place = {facts->dot_at, facts->dot_at + 3, facts->dot_frame, 0};
    struct esi_outcome turn = at_place(ESI_TO_SERVER, &place);

    if (facts->dots_alone == 0 || facts->dot_wait < PAUSE_LEAST || facts->dot_wait > PAUSE_MOST)
        return;
    /* Postfix begins with HELO then, too. */
    if (evidence->greeting_clear &&
        (evidence->tried_ehlo || !evidence->helo_answered || !evidence->greeting_esmtp ||
         facts->dot_least < PAUSE_ALONE_LEAST || facts->dot_wait > PAUSE_ALONE_MOST))
        return;
    found(evidence, evidence->greeting_clear ? DETECTOR_DOT_PAUSE_CLEAR : DETECTOR_DOT_PAUSE, &turn,
          ESI_LIT("."));
}

static void
see_split_end(struct esi_evidence *evidence, const struct esi_evidence_facts *facts)
{
    struct place place = {facts->end_at, facts->end_at + 5, facts->end_frame, 0};
    struct esi_outcome turn = at_place(ESI_TO_SERVER, &place);

    if (facts->end_split && evidence->dot_waits && facts->end_at <= evidence->dot_at)
        found(evidence, DETECTOR_END_SPLIT, &turn, ESI_LIT("."));
}

/* unsay_first - where commands came in pieces, a first XXXX may be any command: each piece was
 * judged alone. */
static void
unsay_first(struct esi_evidence *evidence)
{
    const struct esi_detector *row = esi_detector_at(DETECTOR_COMMAND_FIRST_X);

    if (!has_fired(evidence, DETECTOR_COMMAND_FIRST_X))
        return;
    evidence->fired[DETECTOR_COMMAND_FIRST_X / 64] &=
        ~((uint64_t)1 << (DETECTOR_COMMAND_FIRST_X % 64));
    evidence->fired[DETECTOR_COMMAND_X / 64] |= (uint64_t)1 << (DETECTOR_COMMAND_X % 64);
    for (size_t i = 0; i < evidence->findings->ground_count; i++)
        if (evidence->findings->grounds[i].detector == row)
            evidence->findings->grounds[i].detector = esi_detector_at(DETECTOR_COMMAND_X);
}

void
see_ending(struct esi_evidence *evidence, const struct esi_evidence_facts *facts)
{
    const struct esi_outcome turn = {.dir = ESI_TO_SERVER};

    see_silence(evidence, facts);
    see_dot(evidence, facts);
    see_split_end(evidence, facts);
    evidence->in_pieces = facts->typed > 0;
    if (evidence->in_pieces)
        unsay_first(evidence);
    if (facts->typed >= TYPED_LEAST)
        found(evidence, DETECTOR_TYPED, &turn, (struct esi_slice){0});
}
