/*
 * player.c - stream events for the engine, cut this way or that.
 *
 * Bytes are lent from before a guard page and spoilt when the engine has returned.
 */
#include "player.h"

#include <stdlib.h>

#include "guard.h"

enum { STEP_NANOS = 1000000, SEGMENT_MOST = 1 << 20 };
static const esi_nanos start = 1767225600000000000; /* 2026-01-01T00:00:00Z */

struct player {
    struct player_config config;
    struct esi_session *session;
    struct esi_outcomes outcomes;
    struct guard guard;
    uint32_t dice;
};

const char *
player_cut_name(enum player_cut cut)
{
    static const char *const names[] = {[PLAYER_WHOLE] = "whole segments",
                                        [PLAYER_BYTES] = "byte by byte",
                                        [PLAYER_RAGGED] = "cut anywhere"};

    return names[cut];
}

struct player *
player_new(const struct player_config *config)
{
    static const struct esi_tuple flow = {{{4, {192, 0, 2, 10}}, 40012},
                                          {{4, {192, 0, 2, 25}}, 25}};
    struct player *player = esi_alloc(sizeof *player);
    struct esi_choice choice;

    player->config = *config;
    esi_policy_choose(config->policy, &flow, start, &choice);
    if (!choice.map)
        esi_panic("player: the policy does not inspect: %s", choice.why);
    player->session = esi_session_new(esi_policy_platform(config->policy), choice.map,
                                      config->turns, config->midstream);
    guard_init(&player->guard, SEGMENT_MOST);
    return player;
}

static void
feed(struct player *player, const struct esi_stream_event *event)
{
    esi_session_feed(player->session, event, &player->outcomes);
    for (size_t i = 0; i < player->outcomes.len; i++)
        print_outcome(player->config.out, &player->outcomes.items[i], player->config.options);
    esi_outcomes_clear(&player->outcomes);
}

/* piece - how many of the bytes left the next event has. */
static size_t
piece(struct player *player, size_t left)
{
    size_t n = left;

    if (player->config.cut == PLAYER_BYTES)
        n = 1;
    if (player->config.cut == PLAYER_RAGGED) {
        player->dice = player->dice * 1664525 + 1013904223;
        n = 1 + (player->dice >> 16) % 23;
    }
    return n < left ? n : left;
}

void
player_event(struct player *player, const struct esi_stream_event *event)
{
    struct esi_stream_event part = *event;
    struct esi_slice rest = event->bytes;

    if (event->kind != ESI_STREAM_DATA) {
        feed(player, event);
        return;
    }
    while (rest.len > 0) {
        part.span.len = piece(player, rest.len);
        part.bytes = guard_lend(&player->guard, esi_slice_cut(rest, 0, part.span.len));
        part.ends_segment = event->ends_segment && part.span.len == rest.len;
        feed(player, &part);
        guard_take_back(&player->guard);
        part.span.offset += part.span.len;
        rest = esi_slice_cut(rest, part.span.len, rest.len);
    }
}

void
player_free(struct player *player)
{
    print_result(player->config.out, esi_session_result(player->session), player->config.options);
    esi_session_free(player->session);
    esi_outcomes_free(&player->outcomes);
    guard_fini(&player->guard);
    free(player);
}

/* ---- a case ---- */

/* event_of - what a step of the conversation is to the engine. */
static struct esi_stream_event
event_of(const struct talk_step *step, uint64_t offset)
{
    static const enum esi_stream_kind kinds[] = {
        [TALK_BYTES] = ESI_STREAM_DATA,
        [TALK_HOLE] = ESI_STREAM_GAP,
        [TALK_FIN] = ESI_STREAM_FIN,
        [TALK_RST] = ESI_STREAM_RESET,
    };

    return (struct esi_stream_event){
        .kind = kinds[step->kind],
        .dir = step->dir,
        .span = {offset, step->kind == TALK_HOLE ? step->hole : step->bytes.len},
        .bytes = esi_buf_slice(&step->bytes),
        .ends_segment = true,
    };
}

static void
play(struct player *player, struct esi_stream_event event, uint64_t frame)
{
    event.frame = frame;
    event.ts = start + (esi_nanos)frame * STEP_NANOS;
    player_event(player, &event);
}

void
player_run(const struct test_case *test, struct player_config config)
{
    struct player *player;
    uint64_t offset[2] = {0};
    unsigned fins = 0;
    bool over = false;

    config.turns = test->turns;
    config.midstream = test->midstream;
    config.options.words = test->words;
    player = player_new(&config);
    play(player, (struct esi_stream_event){.kind = ESI_STREAM_OPEN}, 0);
    for (size_t i = 0; i < test->count && !over; i++) {
        const struct talk_step *step = &test->steps[i];
        struct esi_stream_event event = event_of(step, offset[step->dir]);

        play(player, event, i + 1);
        offset[step->dir] += event.span.len;
        fins += step->kind == TALK_FIN;
        if (fins == 2)
            play(player, (struct esi_stream_event){.kind = ESI_STREAM_CLOSE}, i + 1);
        over = fins == 2 || step->kind == TALK_RST;
    }
    if (!over)
        play(player, (struct esi_stream_event){.kind = ESI_STREAM_END}, test->count);
    player_free(player);
}
