/*
 * fold.c - counters recomputed from the records alone, and the plain way; see fold.h.
 *
 * All that a verdict turns is written down, frame by frame, and counted when all is read. Packets
 * are the frames whose arrival told bytes of the stream, as the reassembler tells it without any
 * engine: up to the cut, and up to TLS.
 */
#include "property/fold.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

struct note {
    const struct esi_map *map;
    const char *policy_map, *class_map; /* NULL: none */
    size_t counted;
    uint64_t frame;
};

static void
note(struct fold *fold, const struct esi_session_info *session, size_t counted, uint64_t frame)
{
    fold->notes = esi_grow(fold->notes, &fold->cap, fold->count + 1, sizeof *fold->notes);
    fold->notes[fold->count++] =
        (struct note){session->map, session->policy_map, session->class_map, counted, frame};
}

/* ---- what is written down ---- */

static void
note_parameter(struct fold *fold, const struct esi_session_info *session,
               const struct esi_outcome *outcome)
{
    const struct esi_verdict *verdict = &outcome->u.verdict;
    const char *id = verdict->behaviour->id;
    size_t parameter = strcmp(id, "mail-relay") == 0          ? ESI_PARAMETER_MAIL_RELAY
                       : strcmp(id, "special-character") == 0 ? ESI_PARAMETER_SPECIAL_CHARACTER
                       : strcmp(id, "tls-log") == 0           ? ESI_PARAMETER_ALLOW_TLS
                                                              : ESI_PARAMETER_COUNT;

    if (verdict->what == ESI_WHAT_GREETING && !fold->greeted) {
        note(fold, session, PARAMETER + ESI_PARAMETER_MASK_BANNER, outcome->frame);
        fold->greeted = true;
    }
    if (parameter == ESI_PARAMETER_COUNT)
        return;
    if (parameter != ESI_PARAMETER_ALLOW_TLS)
        note(fold, session, PARAMETER + parameter, outcome->frame);
    if (verdict->log || verdict->action == ESI_ACTION_LOG)
        note(fold, session, LOGGED + parameter, outcome->frame);
}

static void
note_verdict(struct fold *fold, const struct esi_session_info *session,
             const struct esi_outcome *outcome)
{
    const struct esi_verdict *verdict = &outcome->u.verdict;

    if (verdict->counterfactual || verdict->what == ESI_WHAT_CONNECTION)
        return;
    if (verdict->action == ESI_ACTION_DROP_CONNECTION || verdict->action == ESI_ACTION_RATE_LIMIT)
        note(fold, session, DROP, outcome->frame);
    if (verdict->action == ESI_ACTION_RESET)
        note(fold, session, RESET_DROP, outcome->frame);
    if (verdict->rule.class_no > 0)
        note(fold, session, MATCH + verdict->rule.class_no - 1, outcome->frame);
    else
        note_parameter(fold, session, outcome);
}

/* last_packet - the last frame that may be counted: that of the reply to STARTTLS; where the
 * capture lacks one of the two, that of the first TLS record. */
static uint64_t
last_packet(const struct fold *fold, const struct esi_session_info *session)
{
    bool paired = fold->asked && fold->ready;
    uint64_t last = session->result->cut ? session->result->cut_at.frame : UINT64_MAX;
    uint64_t tls = fold->tls_frame - paired;

    return fold->tls_frame > 0 && tls < last ? tls : last;
}

static void
note_packets(struct fold *fold, const struct esi_session_info *session)
{
    uint64_t end = last_packet(fold, session);

    for (int dir = 0; dir < 2; dir++) {
        size_t at = (size_t)session->flow * 2 + (size_t)dir;
        const struct stream *stream = at < fold->streams->count ? &fold->streams->items[at] : NULL;
        uint64_t last = 0;
        for (size_t i = 0; stream && i < stream->bytes.len; i++) {
            uint64_t frame = stream->frames[i];
            if (frame != last && frame > 0 && frame <= end)
                note(fold, session, PACKET, frame);
            last = frame;
        }
    }
}

static void
note_session(struct fold *fold, const struct esi_session_info *session)
{
    const struct esi_session_result *result = session->result;

    if (session->map && result) {
        note_packets(fold, session);
        if (result->tls && !result->cut && !result->divergence.found &&
            session->map->parameter[ESI_PARAMETER_ALLOW_TLS].on)
            note(fold, session, PARAMETER + ESI_PARAMETER_ALLOW_TLS, fold->tls_frame);
    }
    fold->tls_frame = 0;
    fold->asked = fold->ready = false;
    fold->greeted = false;
}

/* ---- what it comes to ---- */

static int
compare(const void *a, const void *b)
{
    const uint64_t *one = a, *other = b;

    return *one < *other ? -1 : *one > *other;
}

static bool
is_of(const struct note *note, const struct esi_inspection *inspection)
{
    return note->map == inspection->map &&
           (!note->policy_map || (strcmp(note->policy_map, inspection->policy_map) == 0 &&
                                  strcmp(note->class_map, inspection->class_map) == 0));
}

/* gather - the frames written down, ascending, each once; how often any was. */
static size_t
gather(const struct fold *fold, const struct esi_inspection *inspection, size_t counted,
       uint64_t *frames, size_t *noted)
{
    size_t count = 0, kept = 0;

    for (size_t i = 0; i < fold->count; i++)
        if (fold->notes[i].counted == counted && is_of(&fold->notes[i], inspection))
            frames[count++] = fold->notes[i].frame;
    *noted = count;
    if (count > 0)
        qsort(frames, count, sizeof *frames, compare);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || frames[kept - 1] != frames[i])
            frames[kept++] = frames[i];
    return kept;
}

/* check_frames - those that are kept are among the frames, and as many as there is room for. */
static void
check_frames(const struct fold *fold, size_t counted, const struct esi_counter *counter,
             const uint64_t *frames, size_t count)
{
    for (size_t i = 0; i < esi_counter_kept(counter) && count > 0; i++) {
        cr_expect(bsearch(&counter->frames[i], frames, count, sizeof *frames, compare),
                  "%s: counter %zu names frame %d, which did not turn it", fold->name, counted,
                  (int)counter->frames[i]);
        cr_expect(i == 0 || counter->frames[i - 1] < counter->frames[i],
                  "%s: counter %zu: frames out of order", fold->name, counted);
    }
}

static void
check(struct fold *fold, const struct esi_inspection *inspection, size_t counted, bool by_frame,
      const struct esi_counter *counter)
{
    uint64_t *frames = esi_alloc((fold->count + 1) * sizeof *frames);
    size_t noted, count = gather(fold, inspection, counted, frames, &noted);
    bool tls = counted == PARAMETER + ESI_PARAMETER_ALLOW_TLS; /* the frame is not in a record */

    if (counted == PACKET) /* several may have waited for one frame */
        cr_expect(counter->count >= count, "%s: %d packets of %zu frames", fold->name,
                  (int)counter->count, count);
    else
        cr_expect_eq(counter->count, by_frame ? count : noted,
                     "%s: counter %zu of map %s: %d, not %zu", fold->name, counted,
                     inspection->map->name, (int)counter->count, by_frame ? count : noted);
    if (!tls) {
        cr_expect_eq(counter->frame_count, count, "%s: counter %zu of map %s: %d frames, not %zu",
                     fold->name, counted, inspection->map->name, (int)counter->frame_count, count);
        check_frames(fold, counted, counter, frames, count);
    }
    if (counter->count > 0)
        fold->turned |= 1U << (counted < MATCH ? counted : MATCH);
    free(frames);
}

static void
check_inspection(struct fold *fold, const struct esi_inspection *inspection)
{
    check(fold, inspection, PACKET, true, &inspection->packet);
    check(fold, inspection, DROP, true, &inspection->drop);
    check(fold, inspection, RESET_DROP, true, &inspection->reset_drop);
    for (size_t p = 0; p < ESI_PARAMETER_COUNT; p++) {
        bool once = p == ESI_PARAMETER_MASK_BANNER || p == ESI_PARAMETER_ALLOW_TLS;
        check(fold, inspection, PARAMETER + p, !once, &inspection->parameter[p]);
        check(fold, inspection, LOGGED + p, false, &inspection->logged[p]);
    }
    for (size_t m = 0; m < inspection->map->match_count; m++) {
        size_t noted = 0;
        for (size_t i = 0; i < fold->count; i++)
            noted += fold->notes[i].counted == MATCH + m && is_of(&fold->notes[i], inspection);
        check(fold, inspection, MATCH + m, true, &inspection->matches[m].packet);
        cr_expect_eq(inspection->matches[m].hits, noted, "%s: class %zu: %d hits, not %zu",
                     fold->name, m + 1, (int)inspection->matches[m].hits, noted);
    }
}

/* check_sum - what was written down belongs to exactly one inspection. */
static void
check_sum(const struct fold *fold, const struct esi_summary_info *summary)
{
    for (size_t n = 0; n < fold->count; n++) {
        size_t homes = 0;
        for (size_t i = 0; i < summary->inspection_count; i++)
            homes += is_of(&fold->notes[n], &summary->inspections[i]);
        cr_assert_eq(homes, 1, "%s: a verdict of %zu inspections", fold->name, homes);
    }
}

static void
take_turn(struct fold *fold, const struct esi_outcome *outcome)
{
    const struct esi_turn *turn = &outcome->u.turn;

    if (turn->what == ESI_TURN_COMMAND)
        fold->asked |=
            turn->verb == ESI_VERB_STARTTLS || esi_slice_eq(turn->word, esi_slice_of("XXXXXXXX"));
    fold->ready |= fold->asked && turn->what == ESI_TURN_REPLY && turn->code == 220;
    if (turn->what == ESI_TURN_TLS && (fold->tls_frame == 0 || turn->first_frame < fold->tls_frame))
        fold->tls_frame = turn->first_frame;
}

static void
take_outcome(struct fold *fold, const struct esi_session_info *session,
             const struct esi_outcome *outcome)
{
    if (outcome->kind == ESI_OUTCOME_VERDICT)
        note_verdict(fold, session, outcome);
    else
        take_turn(fold, outcome);
}

void
fold_take(void *ctx, const struct esi_record *record)
{
    struct fold *fold = ctx;

    switch (record->kind) {
    case ESI_RECORD_EVIDENCE:
        return;
    case ESI_RECORD_OUTCOME:
        take_outcome(fold, record->session, record->outcome);
        return;
    case ESI_RECORD_SESSION:
        note_session(fold, record->session);
        return;
    case ESI_RECORD_CAPTURE:
        return;
    case ESI_RECORD_SUMMARY:
        check_sum(fold, record->summary);
        for (size_t i = 0; i < record->summary->inspection_count; i++)
            check_inspection(fold, &record->summary->inspections[i]);
        return;
    }
}

void
fold_free(struct fold *fold)
{
    free(fold->notes);
}
