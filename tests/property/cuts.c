/*
 * cuts.c - laws over every sample capture: the engine is a function of the bytes, their order and
 * where the sender's segments ended.
 *
 *   - however segments are cut into events, the outcomes are the same
 *   - asking for turns changes no verdict
 */
#define _GNU_SOURCE /* glob */
#include <criterion/criterion.h>
#include <glob.h>
#include <stdlib.h>

#include "esi/capture.h"
#include "esi/flow.h"
#include "esi/reassembly.h"

#include "reading.h"
#include "support/player.h"

/* A flow, played in every way at once: each cut, and last without turns. */
enum { WAYS = PLAYER_CUTS + 1 };
struct flow {
    struct player *players[WAYS];
    struct esi_buf said[WAYS];
};

static struct esi_policy *policy;
static size_t flows_compared;

static struct flow *
flow_new(bool midstream)
{
    struct flow *flow = esi_alloc(sizeof *flow);

    for (int way = 0; way < WAYS; way++)
        flow->players[way] = player_new(&(struct player_config){
            .policy = policy,
            .cut = way < PLAYER_CUTS ? (enum player_cut)way : PLAYER_WHOLE,
            .turns = way < PLAYER_CUTS,
            .midstream = midstream,
            .options = {.frames = true, .words = true},
            .out = &flow->said[way],
        });
    return flow;
}

/* verdicts_of - the text without its lines about turns. */
static struct esi_buf
verdicts_of(const struct esi_buf *text)
{
    struct esi_buf out = {0};
    struct esi_slice rest = esi_buf_slice(text);

    while (rest.len > 0) {
        const uint8_t *lf = memchr(rest.ptr, '\n', rest.len);
        size_t len = (size_t)(lf - rest.ptr) + 1;

        if (!memmem(rest.ptr, len, " turn ", 6))
            esi_buf_append(&out, esi_slice_cut(rest, 0, len));
        rest = esi_slice_cut(rest, len, rest.len);
    }
    return out;
}

static void
assert_same(struct esi_slice want, struct esi_slice got, const char *what, const char *path,
            uint64_t flow)
{
    struct esi_buf text = {0};

    if (esi_slice_eq(want, got))
        return;
    print_difference(&text, want, got);
    cr_assert(false, "%s, flow %llu, %s:\n%.*s", path, (unsigned long long)flow, what,
              (int)text.len, (const char *)text.data);
}

static void
flow_end(struct flow *flow, const char *path, uint64_t id)
{
    struct esi_buf verdicts;

    for (int way = 0; way < WAYS; way++)
        player_free(flow->players[way]);
    for (int way = 1; way < PLAYER_CUTS; way++)
        assert_same(esi_buf_slice(&flow->said[0]), esi_buf_slice(&flow->said[way]),
                    player_cut_name((enum player_cut)way), path, id);
    verdicts = verdicts_of(&flow->said[0]);
    assert_same(esi_buf_slice(&verdicts), esi_buf_slice(&flow->said[PLAYER_CUTS]), "without turns",
                path, id);
    esi_buf_free(&verdicts);
    for (int way = 0; way < WAYS; way++)
        esi_buf_free(&flow->said[way]);
    free(flow);
    flows_compared++;
}

static bool
is_last(enum esi_stream_kind kind)
{
    return kind == ESI_STREAM_CLOSE || kind == ESI_STREAM_RESET || kind == ESI_STREAM_TIMEOUT ||
           kind == ESI_STREAM_END;
}

static void
on_event(void *ctx, struct esi_flow *of, const struct esi_stream_event *event)
{
    struct flow *flow;

    if (event->kind == ESI_STREAM_OPEN)
        of->session =
            flow_new(!of->side[ESI_TO_SERVER].syn_seen && !of->side[ESI_TO_CLIENT].syn_seen);
    flow = of->session;
    for (int way = 0; way < WAYS; way++)
        player_event(flow->players[way], event);
    if (is_last(event->kind)) {
        flow_end(flow, ctx, of->id);
        of->session = NULL;
    }
}

static void
forget(void *ctx, struct esi_flow *flow, bool evicted)
{
    (void)evicted;
    struct esi_reassembler **reassembler = ctx;

    esi_reassembler_forget(*reassembler, flow);
}

static void
finish(void *ctx, struct esi_flow *flow)
{
    esi_reassembler_finish(ctx, flow);
}

static void
walk_sample(char *path)
{
    struct esi_ports ports = {0};
    struct esi_error err = {0};
    struct esi_capture *capture =
        esi_capture_open((const char *const[]){path}, 1, NULL, false, &err);
    struct esi_reassembler *reassembler;
    struct esi_walk *walk;
    struct esi_visit visit;

    cr_assert(capture, "%s: %s", path, err.text);
    esi_ports_add(&ports, 25);
    reassembler =
        esi_reassembler_new(&(struct esi_reassembler_config){.fn = on_event, .ctx = path});
    walk = esi_walk_new(
        capture, &(struct esi_walk_config){.ports = &ports, .forget = forget, .ctx = &reassembler});
    while (esi_walk_next(walk, &visit) == ESI_STEP_ITEM)
        if (visit.flow && visit.flow->wanted)
            esi_reassembler_push(reassembler, &visit);
    esi_walk_each(walk, finish, reassembler);
    esi_walk_free(walk);
    esi_reassembler_free(reassembler);
    esi_capture_close(capture);
}

Test(property, cuts_change_nothing, .timeout = 300)
{
    glob_t found;

    policy = esi_policy_new(&(struct esi_policy_options){.ports = reading_ports()}, NULL);
    cr_assert(policy);
    cr_assert_eq(glob(ESI_ROOT "/samples/captures/*.pcap*", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++)
        walk_sample(found.gl_pathv[i]);
    globfree(&found);
    esi_policy_free(policy);
    cr_assert_gt(flows_compared, 0);
}
