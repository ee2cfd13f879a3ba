/* flow_wants.c - flows that somebody else decides on: asked once, when they begin. */
#include <criterion/criterion.h>

#include "flow_track.h"

struct asked {
    unsigned times;
    uint16_t client_port;
    esi_nanos when;
};

static bool
wants(void *ctx, const struct esi_tuple *tuple, esi_nanos when)
{
    struct asked *asked = ctx;

    asked->times++;
    asked->client_port = tuple->client.port;
    asked->when = when;
    return tuple->client.port != 3001;
}

/* Whatever the ports say; but they say who serves where no SYN does. */
Test(flow_wants, asked_of_each_flow)
{
    static const struct {
        uint16_t client_port;
        struct segment segment;
        bool begins;
    } segments[] = {
        {3000, {UP, SYN, 99, 0, 0}, true},
        {3001, {UP, SYN, 99, 0, 0}, true},
        {3000, {DOWN, SYN | ACK, 499, 100, 0}, false},
        {3001, {DOWN, SYN | ACK, 499, 100, 0}, false},
        {3002, {DOWN, ACK, 500, 100, "220 a\r\n"}, true}, /* picked up midstream */
        {3001, {UP, ACK, 100, 507, "QUIT\r\n"}, false},
    };
    struct asked asked = {0};
    struct track track;
    unsigned begun = 0;

    start_file(&track);
    for (size_t s = 0; s < ESI_COUNT(segments); s++)
        add(&track, segments[s].client_port, &segments[s].segment);
    start_walk(&track, "25");
    esi_walk_free(track.walk);
    track.walk = esi_walk_new(
        track.capture,
        &(struct esi_walk_config){.ports = &track.ports, .wants = wants, .ctx = &asked});
    for (size_t s = 0; s < ESI_COUNT(segments); s++) {
        const struct esi_visit *visit = next(&track);

        begun += segments[s].begins;
        cr_assert_eq(visit->flow->wanted, segments[s].client_port != 3001, "segment %zu", s);
        cr_assert_eq(asked.times, begun, "segment %zu", s);
        if (!segments[s].begins)
            continue;
        cr_assert_eq(asked.client_port, segments[s].client_port, "segment %zu", s);
        cr_assert_eq(asked.when, visit->frame.ts, "segment %zu", s);
    }
    stop(&track);
}

static bool
wants_25(void *ctx, const struct esi_tuple *tuple, esi_nanos when)
{
    (void)ctx;
    (void)when;
    return tuple->server.port == 25;
}

/* Of a flow picked up midstream the lower port serves, unless somebody wants it the other way. */
Test(flow_wants, tells_who_serves)
{
    static const struct segment segments[] = {{UP, ACK, 100, 500, "NOOP\r\n"},
                                              {DOWN, ACK, 500, 106, "250 ok\r\n"}};

    for (size_t first = 0; first < ESI_COUNT(segments); first++) {
        struct track track;

        start_file(&track);
        add(&track, 7, &segments[first]);
        start_walk(&track, "99");
        esi_walk_free(track.walk);
        track.walk = esi_walk_new(
            track.capture, &(struct esi_walk_config){.ports = &track.ports, .wants = wants_25});
        const struct esi_visit *visit = next(&track);
        cr_assert(visit->flow->wanted);
        cr_assert_eq(visit->flow->tuple.client.port, 7);
        cr_assert_eq(visit->dir, first == 0 ? ESI_TO_SERVER : ESI_TO_CLIENT);
        stop(&track);
    }
}
