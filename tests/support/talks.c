/* talks.c - conversations as the engine is told them; see talks.h. A capture's flows are put
 * together again once, and recorded. */
#include "support/talks.h"

#include <stdlib.h>

#include "esi/capture.h"
#include "esi/flow.h"
#include "esi/reassembly.h"

enum { STEP_NANOS = 1000000 };
static const esi_nanos start = 1767225600000000000; /* 2026-01-01T00:00:00Z */

static void
add_step(struct law_talk *talk, const struct talk_step *step, uint64_t offset[2], uint64_t frame)
{
    static const enum esi_stream_kind kinds[] = {
        [TALK_BYTES] = ESI_STREAM_DATA,
        [TALK_HOLE] = ESI_STREAM_GAP,
        [TALK_FIN] = ESI_STREAM_FIN,
        [TALK_RST] = ESI_STREAM_RESET,
    };
    uint64_t len = step->kind == TALK_HOLE ? step->hole : step->bytes.len;

    law_talk_add(talk, &(struct esi_stream_event){.kind = kinds[step->kind],
                                                  .dir = step->dir,
                                                  .span = {offset[step->dir], len},
                                                  .bytes = esi_buf_slice(&step->bytes),
                                                  .ends_segment = true,
                                                  .frame = frame,
                                                  .ts = start + (esi_nanos)frame * STEP_NANOS});
    offset[step->dir] += len;
}

void
talk_of_case(struct law_talk *out, const struct test_case *test)
{
    uint64_t offset[2] = {0};
    unsigned fins = 0;
    enum esi_stream_kind last = ESI_STREAM_END;
    size_t i;

    out->midstream = test->midstream;
    law_talk_add(out, &(struct esi_stream_event){.kind = ESI_STREAM_OPEN, .ts = start});
    for (i = 0; i < test->count && fins < 2; i++) {
        add_step(out, &test->steps[i], offset, i + 1);
        fins += test->steps[i].kind == TALK_FIN;
        if (test->steps[i].kind == TALK_RST)
            return;
    }
    if (fins == 2)
        last = ESI_STREAM_CLOSE;
    law_talk_add(out, &(struct esi_stream_event){
                          .kind = last, .frame = i, .ts = start + (esi_nanos)i * STEP_NANOS});
}

/* ---- captures ---- */

/* A flow of a capture as it is recorded. */
struct recording {
    struct law_talk talk;
    struct esi_arena bytes;
};

struct recorder {
    void (*fn)(void *ctx, const struct law_talk *talk);
    void *ctx;
    struct esi_reassembler *reassembler;
};

static bool
is_last(enum esi_stream_kind kind)
{
    return kind == ESI_STREAM_CLOSE || kind == ESI_STREAM_RESET || kind == ESI_STREAM_TIMEOUT ||
           kind == ESI_STREAM_END;
}

static void
on_event(void *ctx, struct esi_flow *of, const struct esi_stream_event *event)
{
    const struct recorder *recorder = ctx;
    struct esi_stream_event kept = *event;
    struct recording *recording;

    if (event->kind == ESI_STREAM_OPEN) {
        of->session = recording = esi_alloc(sizeof *recording);
        recording->talk.midstream =
            !of->side[ESI_TO_SERVER].syn_seen && !of->side[ESI_TO_CLIENT].syn_seen;
    }
    recording = of->session;
    if (event->kind == ESI_STREAM_DATA)
        kept.bytes = esi_arena_copy(&recording->bytes, event->bytes);
    law_talk_add(&recording->talk, &kept);
    if (!is_last(event->kind))
        return;
    recorder->fn(recorder->ctx, &recording->talk);
    law_talk_free(&recording->talk);
    esi_arena_free(&recording->bytes);
    free(recording);
    of->session = NULL;
}

static void
forget(void *ctx, struct esi_flow *flow, bool evicted)
{
    struct recorder *recorder = ctx;

    (void)evicted;
    esi_reassembler_forget(recorder->reassembler, flow);
}

static void
finish(void *ctx, struct esi_flow *flow)
{
    esi_reassembler_finish(ctx, flow);
}

void
talks_of_capture(const char *path, void (*fn)(void *ctx, const struct law_talk *talk), void *ctx)
{
    struct recorder recorder = {.fn = fn, .ctx = ctx};
    struct esi_error err = {0};
    struct esi_ports ports = {0};
    struct esi_capture *capture = esi_capture_open(&path, 1, NULL, false, &err);
    struct esi_visit visit;

    if (!capture)
        esi_panic("%s: %s", path, err.text);
    esi_ports_add(&ports, 25);
    recorder.reassembler =
        esi_reassembler_new(&(struct esi_reassembler_config){.fn = on_event, .ctx = &recorder});
    struct esi_walk *walk = esi_walk_new(
        capture, &(struct esi_walk_config){.ports = &ports, .forget = forget, .ctx = &recorder});
    while (esi_walk_next(walk, &visit) == ESI_STEP_ITEM)
        if (visit.flow && visit.flow->wanted)
            esi_reassembler_push(recorder.reassembler, &visit);
    esi_walk_each(walk, finish, recorder.reassembler);
    esi_walk_free(walk);
    esi_reassembler_free(recorder.reassembler);
    esi_capture_close(capture);
}
