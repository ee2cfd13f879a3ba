/*
 * inspect_law.c - what has to be true of a play by itself, of all ways to play a conversation, and,
 * by inspect_twice.c, of what is made of it.
 */
#include <stdlib.h>

#include "support/inspect_play.h"

void
law_talk_add(struct law_talk *talk, const struct esi_stream_event *event)
{
    talk->events = esi_grow(talk->events, &talk->cap, talk->count + 1, sizeof *talk->events);
    talk->events[talk->count++] = *event;
}

void
law_talk_free(struct law_talk *talk)
{
    free(talk->events);
    *talk = (struct law_talk){0};
}

/* ---- where things are ---- */

static bool
is_eol(uint8_t byte)
{
    return byte == '\r' || byte == '\n';
}

/* stands_there - line ends aside, which an unfolded field has lost. */
static bool
stands_there(const struct inspect_streams *streams, const struct esi_outcome *outcome,
             struct esi_slice bytes)
{
    const uint8_t *stream = streams->bytes[outcome->dir];
    uint64_t at = outcome->span.offset, end = at + outcome->span.len;

    for (size_t i = 0; i < bytes.len; i++) {
        if (is_eol(bytes.ptr[i]))
            continue;
        while (at < end && is_eol(stream[at]))
            at++;
        if (at == end || (streams->known[outcome->dir][at] && stream[at] != bytes.ptr[i]))
            return false;
        at++;
    }
    return true;
}

static bool
check_before(const struct inspect_play *play, const struct inspect_streams *streams,
             const struct esi_outcome *outcome)
{
    const struct esi_verdict *verdict = &outcome->u.verdict;
    size_t most = is_edit(outcome) ? (size_t)ESI_SMTP_LINE_KEEP : (size_t)ESI_BEFORE_KEEP;

    if (verdict->before.len > most || verdict->before.len > outcome->span.len)
        return inspect_broken(play->why, "more bytes before than may be", outcome);
    if (verdict->clipped != (verdict->before.len < outcome->span.len))
        return inspect_broken(play->why, "clipped, or not", outcome);
    if (is_edit(outcome) && verdict->before.len == 0)
        return inspect_broken(play->why, "nothing is told of what is written over", outcome);
    if (is_edit(outcome) ? memcmp(streams->bytes[outcome->dir] + outcome->span.offset,
                                  verdict->before.ptr, verdict->before.len) != 0
                         : !stands_there(streams, outcome, verdict->before))
        return inspect_broken(play->why, "before is not what stands there", outcome);
    return true;
}

/* check_overlap - each byte is written over once at most. */
static bool
check_overlap(const struct inspect_play *play, const struct inspect_streams *streams)
{
    bool *written[2] = {esi_alloc(streams->len[0] + 1), esi_alloc(streams->len[1] + 1)};
    bool ok = play->ok;

    for (size_t i = 0; i < play->outcomes.len && ok; i++) {
        const struct esi_outcome *outcome = &play->outcomes.items[i];
        bool *at = written[outcome->dir] + outcome->span.offset;
        if (!is_edit(outcome))
            continue;
        if (memchr(at, true, outcome->span.len))
            ok = inspect_broken(play->why, "edits overlap", outcome);
        memset(at, true, outcome->span.len);
    }
    free(written[0]);
    free(written[1]);
    return ok;
}

/* ---- what counts ---- */

static void
fold_verdict(struct esi_session_counts *counts, const struct esi_verdict *verdict)
{
    switch (verdict->action) {
    case ESI_ACTION_MASK:
        if (verdict->what == ESI_WHAT_GREETING)
            counts->greeting_masked = 1;
        else if (verdict->what == ESI_WHAT_EHLO_KEYWORD)
            counts->ehlo_keywords_masked++;
        else if (verdict->what == ESI_WHAT_REPLY)
            counts->anomalies++;
        else
            counts->commands_masked++;
        return;
    case ESI_ACTION_REPLACE:
        if (verdict->what == ESI_WHAT_COMMAND)
            counts->commands_masked++;
        else
            counts->addresses_replaced++;
        return;
    case ESI_ACTION_LOG:
        counts->logged++;
        return;
    case ESI_ACTION_ANOMALY:
        counts->anomalies++;
        return;
    default:
        counts->dropped++;
        return;
    }
}

static enum esi_session_outcome
fold_outcome(enum esi_session_outcome so_far, enum esi_action action)
{
    switch (action) {
    case ESI_ACTION_RESET:
        return ESI_SESSION_RESET;
    case ESI_ACTION_DROP_CONNECTION:
    case ESI_ACTION_REFUSE:
        return ESI_SESSION_DROPPED;
    case ESI_ACTION_LOG:
    case ESI_ACTION_ANOMALY:
        return so_far;
    default:
        return ESI_SESSION_ALTERED;
    }
}

/* check_fold - the result against the verdicts that count, and that those come first. */
static bool
check_fold(const struct inspect_play *play)
{
    const struct esi_session_result *result = play->result;
    struct esi_session_counts counts = {.commands = result->counts.commands};
    enum esi_session_outcome outcome = ESI_SESSION_UNTOUCHED;
    bool behind = false, cut = false;

    for (size_t i = 0; i < play->outcomes.len; i++) {
        const struct esi_outcome *at = &play->outcomes.items[i];
        const struct esi_verdict *verdict = &at->u.verdict;
        if (!is_verdict(at))
            continue;
        if (behind && !verdict->counterfactual)
            return inspect_broken(play->why, "counted behind what does not count", at);
        behind |= verdict->counterfactual;
        if (behind)
            continue;
        fold_verdict(&counts, verdict);
        outcome = fold_outcome(outcome, verdict->action);
        if (outcome != ESI_SESSION_DROPPED && outcome != ESI_SESSION_RESET)
            continue;
        if (cut)
            return inspect_broken(play->why, "cut twice", at);
        cut = true;
        if (result->cut_at.frame != at->frame || result->cut_at.dir != at->dir ||
            result->cut_at.offset != verdict->decided_at)
            return inspect_broken(play->why, "the cut is elsewhere", at);
    }
    if (behind && !result->divergence.found && !result->cut)
        return inspect_broken(play->why, "nothing diverged, and something does not count", NULL);
    if (outcome == ESI_SESSION_UNTOUCHED && result->outcome == ESI_SESSION_UNKNOWN)
        outcome = ESI_SESSION_UNKNOWN;
    if (memcmp(&counts, &result->counts, sizeof counts) != 0 || outcome != result->outcome ||
        cut != result->cut)
        return inspect_broken(play->why, "the result is not the fold of its verdicts", NULL);
    return true;
}

/* check_tls - nothing is said about what the turns say is TLS. */
static bool
check_tls(const struct inspect_play *play)
{
    uint64_t from[2] = {UINT64_MAX, UINT64_MAX};

    for (size_t i = 0; i < play->outcomes.len; i++) {
        const struct esi_outcome *at = &play->outcomes.items[i];
        if (!is_verdict(at) && at->u.turn.what == ESI_TURN_TLS)
            from[at->dir] = at->span.offset;
    }
    for (size_t i = 0; i < play->outcomes.len; i++) {
        const struct esi_outcome *at = &play->outcomes.items[i];
        if (is_verdict(at) && (at->span.offset + at->span.len > from[at->dir] ||
                               at->u.verdict.decided_at >= from[at->dir]))
            return inspect_broken(play->why, "a verdict on TLS", at);
    }
    return (from[0] == UINT64_MAX && from[1] == UINT64_MAX) || play->result->tls ||
           inspect_broken(play->why, "TLS that the result does not know", NULL);
}

static bool
check_play(const struct inspect_play *play, const struct inspect_streams *streams)
{
    bool ok = play->ok && check_fold(play) && check_tls(play) && check_overlap(play, streams);

    for (size_t i = 0; i < play->outcomes.len && ok; i++)
        if (is_verdict(&play->outcomes.items[i]))
            ok = check_before(play, streams, &play->outcomes.items[i]);
    return ok;
}

/* ---- all of it ---- */

static bool
looks_at_segments(const struct esi_platform *platform)
{
    return esi_platform_habit(platform, ESI_KNOB_SEGMENT_JUDGEMENT) ==
               ESI_SEGMENT_JUDGEMENT_PER_SEGMENT ||
           esi_platform_habit(platform, ESI_KNOB_END_OF_DATA) == ESI_END_OF_DATA_ONE_SEGMENT ||
           esi_platform_habit(platform, ESI_KNOB_COMMAND_MASK_SCOPE) ==
               ESI_COMMAND_MASK_SCOPE_PACKET;
}

static bool
check_way(const struct law_setting *setting, const struct law_talk *talk,
          const struct inspect_play *whole, struct inspect_way way, const char *law)
{
    struct inspect_play play;

    inspect_play_new(&play, setting, talk, way, whole->why);
    bool ok = play.ok && inspect_play_same(whole, &play, way.turns, law);
    inspect_play_free(&play);
    return ok;
}

bool
law_of_inspection(const struct law_setting *setting, const struct law_talk *talk,
                  struct esi_buf *why)
{
    struct inspect_play whole;
    struct inspect_streams streams;
    size_t piece = setting->piece;

    inspect_streams_new(&streams, talk);
    inspect_play_new(&whole, setting, talk, (struct inspect_way){.turns = true}, why);
    bool ok = check_play(&whole, &streams);
    ok = ok &&
         check_way(setting, talk, &whole,
                   (struct inspect_way){.turns = true, .cut = true, .piece = piece}, "cuts matter");
    ok = ok &&
         check_way(setting, talk, &whole, (struct inspect_way){.turns = false}, "turns matter");
    if (ok && !looks_at_segments(setting->platform))
        ok = check_way(
            setting, talk, &whole,
            (struct inspect_way){.turns = true, .cut = true, .piece = piece, .ends = true},
            "ends of segments matter");
    ok = ok && inspect_law_of_twice(setting, talk, &whole);
    inspect_play_free(&whole);
    inspect_streams_free(&streams);
    return ok;
}
