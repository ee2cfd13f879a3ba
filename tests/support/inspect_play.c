/*
 * inspect_play.c - a conversation told to the engine, whole or in pieces; what comes is checked as
 * it comes, and held against what came another way.
 *
 * Outcomes are compared as values: a case is played against every platform and knob, and text would
 * take most of the time.
 */
#include "support/inspect_play.h"

#include <stdlib.h>

#include "support/printer.h"

enum {
    MEMORY_MOST = 512 * 1024, /* 4,096 commands that wait, and the kept beginnings of lines */
    SHOWN = 12                /* outcomes told of each of two plays that differ */
};

bool
inspect_broken(struct esi_buf *why, const char *law, const struct esi_outcome *outcome)
{
    esi_buf_printf(why, "%s\n", law);
    if (outcome) {
        esi_buf_text(why, "  at ");
        print_outcome(why, outcome, (struct print_options){.frames = true});
    }
    return false;
}

/* ---- a play ---- */

/* brings_frame - a turn that names its first frame, so that nobody has to remember it. */
static bool
brings_frame(const struct esi_outcome *outcome)
{
    return !is_verdict(outcome) &&
           (outcome->u.turn.what == ESI_TURN_BODY || outcome->u.turn.what == ESI_TURN_TLS);
}

/* check_place - of an outcome as it comes. */
static void
check_place(struct inspect_play *play, const struct esi_outcome *outcome, const uint64_t low[2])
{
    uint64_t delivered = play->delivered[outcome->dir];
    struct esi_span span = outcome->span;
    const struct esi_verdict *verdict = &outcome->u.verdict;

    if (span.offset > delivered || span.len > delivered - span.offset)
        play->ok = inspect_broken(play->why, "a span outside the stream", outcome);
    if (span.offset < low[outcome->dir] && !brings_frame(outcome))
        play->ok = inspect_broken(play->why, "a span below the low-water mark", outcome);
    if (!is_verdict(outcome))
        return;
    if (verdict->decided_at >= delivered)
        play->ok = inspect_broken(play->why, "decided by a byte that has not come", outcome);
    if (is_edit(outcome) &&
        (span.len == 0 || verdict->edit.dir != outcome->dir ||
         verdict->edit.span.offset != span.offset || verdict->edit.span.len != span.len))
        play->ok = inspect_broken(play->why, "an edit that is not of its span", outcome);
}

static void
feed(struct inspect_play *play, const struct esi_stream_event *event)
{
    size_t before = play->outcomes.len;
    uint64_t low[2] = {esi_session_low_water(play->session, ESI_TO_SERVER),
                       esi_session_low_water(play->session, ESI_TO_CLIENT)};
    bool over = play->result->divergence.found || play->result->cut;

    if (event->kind == ESI_STREAM_DATA || event->kind == ESI_STREAM_GAP)
        play->delivered[event->dir] = event->span.offset + event->span.len;
    esi_session_feed(play->session, event, &play->outcomes);
    for (size_t i = before; i < play->outcomes.len; i++) {
        const struct esi_outcome *outcome = &play->outcomes.items[i];
        check_place(play, outcome, low);
        if (over && is_verdict(outcome) && !outcome->u.verdict.counterfactual)
            play->ok =
                inspect_broken(play->why, "counted behind the divergence or the cut", outcome);
        if (outcome->frame != event->frame && outcome->kind == ESI_OUTCOME_VERDICT)
            play->ok = inspect_broken(play->why, "not of the frame that decided it", outcome);
    }
    if (esi_session_memory(play->session) > MEMORY_MOST)
        play->ok = inspect_broken(play->why, "memory without bound", NULL);
}

static size_t
piece_of(struct inspect_play *play, const struct inspect_way *way, size_t left)
{
    size_t n = way->piece;

    if (n == 0) {
        play->dice = play->dice * 1664525 + 1013904223;
        n = 1 + (play->dice >> 16) % 23;
    }
    return n < left ? n : left;
}

static void
feed_pieces(struct inspect_play *play, const struct inspect_way *way,
            const struct esi_stream_event *event)
{
    struct esi_stream_event part = *event;
    struct esi_slice rest = event->bytes;

    while (rest.len > 0) {
        size_t n = piece_of(play, way, rest.len);
        uint8_t *own = malloc(n);
        memcpy(own, rest.ptr, n);
        part.bytes = (struct esi_slice){own, n};
        part.span.len = n;
        part.ends_segment = way->ends || (event->ends_segment && n == rest.len);
        feed(play, &part);
        free(own);
        part.span.offset += n;
        rest = esi_slice_cut(rest, n, rest.len);
    }
}

void
inspect_play_new(struct inspect_play *out, const struct law_setting *setting,
                 const struct law_talk *talk, struct inspect_way way, struct esi_buf *why)
{
    *out = (struct inspect_play){
        .session = esi_session_new(setting->platform, setting->map, way.turns, talk->midstream),
        .why = why,
        .ok = true};
    out->result = esi_session_result(out->session);
    for (size_t i = 0; i < talk->count; i++)
        if (way.cut && talk->events[i].kind == ESI_STREAM_DATA)
            feed_pieces(out, &way, &talk->events[i]);
        else
            feed(out, &talk->events[i]);
}

void
inspect_play_free(struct inspect_play *play)
{
    esi_session_free(play->session);
    esi_outcomes_free(&play->outcomes);
}

/* ---- the same ---- */

static bool
same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool
same_edit(const struct esi_edit *a, const struct esi_edit *b)
{
    return a->fill == b->fill && a->keep_eol == b->keep_eol && a->keep_20 == b->keep_20 &&
           a->head_len == b->head_len && a->tail_len == b->tail_len &&
           memcmp(a->head, b->head, a->head_len) == 0 && memcmp(a->tail, b->tail, a->tail_len) == 0;
}

static bool
same_verdict(const struct esi_verdict *a, const struct esi_verdict *b)
{
    return a->action == b->action && a->what == b->what && a->behaviour == b->behaviour &&
           a->basis == b->basis && same_text(a->rule.words, b->rule.words) &&
           a->rule.class_no == b->rule.class_no && same_edit(&a->edit, &b->edit) &&
           esi_slice_eq(a->before, b->before) && a->clipped == b->clipped && a->log == b->log &&
           esi_slice_eq(a->logged, b->logged) && a->counterfactual == b->counterfactual &&
           a->decided_at == b->decided_at;
}

static bool
same_turn(const struct esi_turn *a, const struct esi_turn *b)
{
    return a->what == b->what && a->verb == b->verb && esi_slice_eq(a->word, b->word) &&
           esi_slice_eq(a->argument, b->argument) && a->code == b->code &&
           esi_slice_eq(a->text, b->text) && a->lines == b->lines &&
           a->first_frame == b->first_frame;
}

static bool
same_outcome(const struct esi_outcome *a, const struct esi_outcome *b)
{
    return a->kind == b->kind && a->dir == b->dir && a->span.offset == b->span.offset &&
           a->span.len == b->span.len && a->frame == b->frame && a->ts == b->ts &&
           (is_verdict(a) ? same_verdict(&a->u.verdict, &b->u.verdict)
                          : same_turn(&a->u.turn, &b->u.turn));
}

static bool
same_result(const struct esi_session_result *a, const struct esi_session_result *b)
{
    return a->outcome == b->outcome && memcmp(&a->counts, &b->counts, sizeof a->counts) == 0 &&
           a->divergence.found == b->divergence.found &&
           a->divergence.frame == b->divergence.frame && a->divergence.dir == b->divergence.dir &&
           a->divergence.offset == b->divergence.offset &&
           same_text(a->divergence.why, b->divergence.why) &&
           same_text(a->divergence.follows, b->divergence.follows) && a->cut == b->cut &&
           a->cut_at.frame == b->cut_at.frame && a->cut_at.dir == b->cut_at.dir &&
           a->cut_at.offset == b->cut_at.offset && a->cut_at.reset == b->cut_at.reset &&
           a->tls == b->tls;
}

/* next_of - from `at` on, turns left out if they are not wanted; len: none. */
static size_t
next_of(const struct inspect_play *play, size_t at, bool turns)
{
    while (at < play->outcomes.len && !turns && !is_verdict(&play->outcomes.items[at]))
        at++;
    return at;
}

void
inspect_play_tell(struct esi_buf *why, const char *whose, const struct inspect_play *play,
                  size_t at)
{
    struct print_options options = {.frames = true, .words = true};

    esi_buf_printf(why, "  %s:\n", whose);
    for (size_t i = at > 2 ? at - 2 : 0; i < play->outcomes.len && i < at + SHOWN; i++) {
        esi_buf_text(why, i == at ? "  > " : "    ");
        print_outcome(why, &play->outcomes.items[i], options);
    }
    print_result(why, play->result, options);
}

bool
inspect_play_same(const struct inspect_play *want, const struct inspect_play *got, bool turns,
                  const char *law)
{
    size_t w = next_of(want, 0, turns), g = next_of(got, 0, turns);

    while (w < want->outcomes.len && g < got->outcomes.len &&
           same_outcome(&want->outcomes.items[w], &got->outcomes.items[g])) {
        w = next_of(want, w + 1, turns);
        g = next_of(got, g + 1, turns);
    }
    if (w == want->outcomes.len && g == got->outcomes.len && same_result(want->result, got->result))
        return true;
    esi_buf_printf(want->why, "%s\n", law);
    inspect_play_tell(want->why, "whole", want, w);
    inspect_play_tell(want->why, "that way", got, g);
    return false;
}

/* ---- the streams ---- */

void
inspect_streams_new(struct inspect_streams *out, const struct law_talk *talk)
{
    *out = (struct inspect_streams){0};
    for (size_t i = 0; i < talk->count; i++) {
        const struct esi_stream_event *event = &talk->events[i];
        if (event->kind == ESI_STREAM_DATA || event->kind == ESI_STREAM_GAP)
            out->len[event->dir] = event->span.offset + event->span.len;
    }
    for (int dir = 0; dir < 2; dir++) {
        out->bytes[dir] = esi_alloc(out->len[dir] + 1);
        out->known[dir] = esi_alloc(out->len[dir] + 1);
    }
    for (size_t i = 0; i < talk->count; i++) {
        const struct esi_stream_event *event = &talk->events[i];
        if (event->kind != ESI_STREAM_DATA)
            continue;
        memcpy(out->bytes[event->dir] + event->span.offset, event->bytes.ptr, event->bytes.len);
        memset(out->known[event->dir] + event->span.offset, true, event->bytes.len);
    }
}

void
inspect_streams_free(struct inspect_streams *streams)
{
    for (int dir = 0; dir < 2; dir++) {
        free(streams->bytes[dir]);
        free(streams->known[dir]);
    }
}
