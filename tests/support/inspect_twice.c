/*
 * inspect_twice.c - a conversation is rewritten as the rewriter would: edits applied, frames that
 * were kept back left out, nothing from the cut on. Inspected again, no byte of it changes and no
 * more of it is left out. Edits that write what stands there already are none. Where it is hidden
 * how many lines the greeting has, nobody can say that.
 */
#include <stdlib.h>

#include "support/inspect_play.h"

/* apply_edits - what the firewall does to a talk: the bytes that it writes over (streams may be
 * NULL), and those that it keeps back. */
static void
apply_edits(const struct inspect_play *play, struct inspect_streams *streams, bool *kept_back[2])
{
    for (size_t i = 0; i < play->outcomes.len; i++) {
        const struct esi_outcome *at = &play->outcomes.items[i];
        if (is_edit(at) && streams)
            esi_edit_apply(&at->u.verdict.edit, at->span.offset,
                           streams->bytes[at->dir] + at->span.offset, (size_t)at->span.len);
        if (is_verdict(at) && (at->u.verdict.action == ESI_ACTION_DISCARD ||
                               at->u.verdict.action == ESI_ACTION_RATE_LIMIT))
            memset(kept_back[at->dir] + at->span.offset, true, at->span.len);
    }
}

/* is_kept_back - all of the event, and so its frame: a frame here has one event with bytes. */
static bool
is_kept_back(const struct esi_stream_event *event, bool *const kept_back[2])
{
    return event->kind == ESI_STREAM_DATA &&
           !memchr(kept_back[event->dir] + event->span.offset, false, event->span.len);
}

/* rewritten - what is left: up to the cut, without the frames kept back. Those that something
 * follows are holes; true: there are any. */
static bool
rewritten(struct law_talk *out, const struct law_talk *talk, const struct inspect_play *play,
          const struct inspect_streams *streams, bool *const kept_back[2])
{
    const struct esi_session_result *result = play->result;
    uint64_t last[2] = {0};
    bool holes = false;

    *out = (struct law_talk){.midstream = talk->midstream};
    for (size_t i = 0; i < talk->count; i++)
        if (talk->events[i].kind == ESI_STREAM_DATA && !is_kept_back(&talk->events[i], kept_back))
            last[talk->events[i].dir] = talk->events[i].span.offset;
    for (size_t i = 0; i < talk->count; i++) {
        struct esi_stream_event event = talk->events[i];
        if (result->cut && event.frame >= result->cut_at.frame && event.kind != ESI_STREAM_OPEN) {
            law_talk_add(out, &(struct esi_stream_event){
                                  .kind = ESI_STREAM_END, .frame = event.frame, .ts = event.ts});
            return holes;
        }
        if (event.kind == ESI_STREAM_DATA)
            event.bytes.ptr = streams->bytes[event.dir] + event.span.offset;
        if (is_kept_back(&event, kept_back)) {
            if (event.span.offset > last[event.dir])
                continue;
            event.kind = ESI_STREAM_GAP;
            event.bytes = (struct esi_slice){0};
            holes = true;
        }
        law_talk_add(out, &event);
    }
    return holes;
}

/* changes - whether an edit writes other bytes than there are. */
static bool
changes(const struct esi_outcome *outcome, const struct inspect_streams *streams)
{
    struct esi_span span = outcome->span;
    struct esi_slice now = {streams->bytes[outcome->dir] + span.offset, (size_t)span.len};
    struct esi_buf then = {0};

    if (!is_edit(outcome))
        return false;
    esi_buf_append(&then, now);
    esi_edit_apply(&outcome->u.verdict.edit, span.offset, then.data, then.len);
    bool same = esi_slice_eq(now, esi_buf_slice(&then));
    esi_buf_free(&then);
    return !same;
}

static bool
check_again(const struct inspect_play *first, const struct inspect_play *again,
            const struct law_talk *talk, const struct inspect_streams *streams,
            bool *const kept_back[2])
{
    for (size_t i = 0; i < again->outcomes.len; i++) {
        const struct esi_outcome *at = &again->outcomes.items[i];
        if (!changes(at, streams))
            continue;
        inspect_broken(first->why, "twice is not once: changed further", at);
        inspect_play_tell(first->why, "first", first, 0);
        inspect_play_tell(first->why, "again", again, i);
        return false;
    }
    bool more = again->result->cut;
    for (size_t i = 0; i < talk->count; i++)
        more |= is_kept_back(&talk->events[i], kept_back);
    if (!more)
        return true;
    esi_buf_text(first->why, "twice is not once: more does not pass\n");
    inspect_play_tell(first->why, "first", first, 0);
    inspect_play_tell(first->why, "again", again, 0);
    return false;
}

/* hides_lines - whether nothing tells any more that the greeting had more lines than one: what is
 * written over its first line's separator is written over what told it. */
static bool
hides_lines(const struct law_setting *setting, const struct inspect_play *first)
{
    const struct esi_outcome *at = first->outcomes.items;
    size_t left = first->outcomes.len;

    while (left > 0 && (is_verdict(at) || at->u.turn.what != ESI_TURN_GREETING)) {
        at++;
        left--;
    }
    return left > 0 && at->u.turn.lines > 1 &&
           esi_platform_habit(setting->platform, ESI_KNOB_GREETING) == ESI_GREETING_CLASS20 &&
           esi_platform_habit(setting->platform, ESI_KNOB_GREETING_SEPARATOR) ==
               ESI_GREETING_SEPARATOR_MASK;
}

bool
inspect_rewrite(struct law_talk *out, struct inspect_streams *streams, const struct law_talk *talk,
                const struct inspect_play *play)
{
    inspect_streams_new(streams, talk);
    bool *kept_back[2] = {esi_alloc(streams->len[0] + 1), esi_alloc(streams->len[1] + 1)};
    apply_edits(play, streams, kept_back);
    bool holes = rewritten(out, talk, play, streams, kept_back);
    free(kept_back[0]);
    free(kept_back[1]);
    return holes;
}

bool
inspect_law_of_twice(const struct law_setting *setting, const struct law_talk *talk,
                     const struct inspect_play *first)
{
    struct inspect_streams streams, streams_again;
    struct law_talk talk_again;
    struct inspect_play again;

    if (setting->once || hides_lines(setting, first))
        return true;
    bool holes = inspect_rewrite(&talk_again, &streams, talk, first);
    bool *kept_back[2] = {esi_alloc(streams.len[0] + 1), esi_alloc(streams.len[1] + 1)};
    inspect_play_new(&again, setting, &talk_again, (struct inspect_way){0}, first->why);
    inspect_streams_new(&streams_again, &talk_again);
    apply_edits(&again, NULL, kept_back);
    bool ok = (holes && setting->wild) ||
              check_again(first, &again, &talk_again, &streams_again, kept_back);
    inspect_play_free(&again);
    law_talk_free(&talk_again);
    inspect_streams_free(&streams_again);
    inspect_streams_free(&streams);
    free(kept_back[0]);
    free(kept_back[1]);
    return ok;
}
