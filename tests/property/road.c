/* road.c - a case's conversation as segments with their sequence numbers. */
#include "property/road.h"

#include <stdlib.h>

#include "esi/packet.h"

enum { SETTLE_NANOS = 1000000000 }; /* a hole is given up when nothing has filled it for a while */

struct layer_out {
    struct road *road;
    uint32_t next[2]; /* by esi_dir: the sequence number due */
    bool torn;        /* by a hole that nobody acknowledged yet */
};

struct shot *
road_add(struct road *road, const struct shot *shot)
{
    road->shots = esi_grow(road->shots, &road->cap, road->count + 1, sizeof *road->shots);
    road->shots[road->count] = *shot;
    return &road->shots[road->count++];
}

void
road_add_range(struct road *road, const struct road *of, size_t from, size_t to)
{
    for (size_t s = from; s < to; s++)
        road_add(road, &of->shots[s]);
}

static struct shot *
lay_segment(struct layer_out *out, enum esi_dir dir, uint8_t flags, struct esi_slice payload)
{
    struct shot shot = {.spec = {
                            .to_client = dir == ESI_TO_CLIENT,
                            .seq = out->next[dir],
                            .ack = flags & ESI_TCP_ACK ? out->next[esi_dir_other(dir)] : 0,
                            .flags = flags,
                            .payload = payload,
                        }};

    out->next[dir] += (uint32_t)payload.len + ((flags & (ESI_TCP_SYN | ESI_TCP_FIN)) != 0);
    return road_add(out->road, &shot);
}

static void
lay_handshake(struct layer_out *out)
{
    struct esi_slice nothing = {0};

    lay_segment(out, ESI_TO_SERVER, ESI_TCP_SYN, nothing);
    lay_segment(out, ESI_TO_CLIENT, ESI_TCP_SYN | ESI_TCP_ACK, nothing);
    lay_segment(out, ESI_TO_SERVER, ESI_TCP_ACK, nothing);
}

/* lay_settled - an acknowledgement of what is behind a hole, and time for the hole to be filled. */
static void
lay_settled(struct layer_out *out, enum esi_dir dir)
{
    lay_segment(out, dir, ESI_TCP_ACK, (struct esi_slice){0});
    lay_segment(out, dir, ESI_TCP_ACK, (struct esi_slice){0})->pause = SETTLE_NANOS;
    out->torn = false;
}

void
road_lay(struct road *out, const struct test_case *test)
{
    static const uint8_t flags[] = {
        [TALK_BYTES] = ESI_TCP_ACK | ESI_TCP_PSH,
        [TALK_FIN] = ESI_TCP_ACK | ESI_TCP_FIN,
        [TALK_RST] = ESI_TCP_ACK | ESI_TCP_RST,
    };
    struct layer_out layer_out = {out, {UINT32_MAX - 20, 7}, false}; /* the client's wrap */

    if (!test->midstream)
        lay_handshake(&layer_out);
    for (size_t i = 0; i < test->count; i++) {
        const struct talk_step *step = &test->steps[i];
        if (step->kind == TALK_HOLE) {
            layer_out.next[step->dir] += (uint32_t)step->hole;
            layer_out.torn = true;
            continue;
        }
        if (layer_out.torn && step->dir != test->steps[i - 1].dir)
            lay_settled(&layer_out, step->dir);
        lay_segment(&layer_out, step->dir, flags[step->kind], esi_buf_slice(&step->bytes));
    }
}

void
road_free(struct road *road)
{
    free(road->shots);
    esi_arena_free(&road->bytes);
    *road = (struct road){0};
}

size_t
road_run(const struct road *road, size_t at)
{
    size_t run = 0;

    while (at + run < road->count && has_payload(&road->shots[at + run]) &&
           road->shots[at + run].spec.to_client == road->shots[at].spec.to_client)
        run++;
    return run;
}
