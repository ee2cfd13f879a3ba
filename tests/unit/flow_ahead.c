/* flow_ahead.c - looking ahead: which flows are told to come soon, and that nothing else changes.
 */
#include <criterion/criterion.h>

#include "esi/flow.h"

#include "support/frames.h"

enum { FLOWS = 50, ROUNDS = 40, FRAMES = FLOWS * ROUNDS, PSH_ACK = 24, ACK = 16 };

/* What was told of the frames to come, by step; the flow of each frame, when it came. */
struct told {
    uint64_t steps[ESI_SOON_STEPS], with_payload;
    esi_flow_id flows[FRAMES];
    uint64_t offsets[FRAMES];
};

static void
on_soon(void *ctx, const struct esi_flow *flow, bool payload, unsigned step)
{
    struct told *told = ctx;

    cr_assert(flow->wanted && flow->id >= 1 && flow->id <= FLOWS);
    told->steps[step]++;
    told->with_payload += payload && step == 0;
}

/* put_frames - FLOWS conversations in turn; every second frame has payload. */
static void
put_frames(const char *path, enum frame_link link, enum frame_ip ip)
{
    static uint8_t bytes[FRAME_MOST];
    struct frame_file file;

    frame_file_open(&file, path, frame_linktype(link), 65535, false);
    for (uint32_t f = 0; f < FRAMES; f++) {
        bool payload = f / FLOWS % 2 == 0;
        struct frame_spec spec = {.link = link,
                                  .ip = ip,
                                  .client_port = (uint16_t)(1000 + f % FLOWS),
                                  .seq = 100 + f / FLOWS,
                                  .flags = payload ? PSH_ACK : ACK,
                                  .payload = payload ? ESI_LIT("NO") : (struct esi_slice){0}};
        frame_file_add(&file, bytes, frame_build(bytes, &spec), 0);
    }
    frame_file_close(&file);
}

static void
walk(const char *path, bool ahead, struct told *told)
{
    struct esi_ports ports;
    struct esi_capture *capture = esi_capture_open(&path, 1, NULL, false, NULL);
    struct esi_visit visit;

    *told = (struct told){0};
    cr_assert(esi_ports_parse(&ports, "25", NULL));
    struct esi_walk *walk = esi_walk_new(
        capture, &(struct esi_walk_config){.ports = &ports, .soon = on_soon, .ctx = told});
    esi_walk_look_ahead(walk, ahead);
    for (size_t f = 0; esi_walk_next(walk, &visit) == ESI_STEP_ITEM; f++) {
        told->flows[f] = visit.flow->id;
        told->offsets[f] = visit.offset;
    }
    esi_walk_free(walk);
    esi_capture_close(capture);
}

Test(flow_ahead, tells_what_comes)
{
    static const struct {
        const char *what;
        enum frame_link link;
        enum frame_ip ip;
        bool seen;
    } rows[] = {{"IPv4", FRAME_ETHERNET, FRAME_IPV4, true},
                {"IPv6", FRAME_ETHERNET, FRAME_IPV6, true},
                {"behind a tag", FRAME_QINQ, FRAME_IPV4, true},
                {"without a link layer", FRAME_RAW, FRAME_IPV6, true},
                {"behind a routing header", FRAME_RAW, FRAME_IPV6_ROUTED, false}};
    static struct told with, without;
    char *folder = temp_folder_new();
    const char *path = temp_path(folder, "ahead.pcap");

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        put_frames(path, rows[r].link, rows[r].ip);
        walk(path, false, &without);
        walk(path, true, &with);
        cr_assert(memcmp(with.flows, without.flows, sizeof with.flows) == 0, "%s", rows[r].what);
        cr_assert(memcmp(with.offsets, without.offsets, sizeof with.offsets) == 0, "%s",
                  rows[r].what);
        for (unsigned step = 0; step < ESI_SOON_STEPS; step++) {
            cr_assert_eq(without.steps[step], 0);
            cr_assert(rows[r].seen ? with.steps[step] > FRAMES * 8 / 10 : with.steps[step] == 0,
                      "%s: %u at step %u", rows[r].what, (unsigned)with.steps[step], step);
        }
        cr_assert_leq(with.with_payload, with.steps[0] / 2 + FLOWS, "%s", rows[r].what);
        cr_assert_geq(with.with_payload + FLOWS, with.steps[0] / 2, "%s", rows[r].what);
    }
    temp_folder_free(folder);
}
