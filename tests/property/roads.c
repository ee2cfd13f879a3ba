/*
 * roads.c - a law over every case: two roads, one verdict.
 *
 * The conversation told to the engine directly, and the conversation as frames of a capture file,
 * read by the whole pipeline, come out the same: whatever the link layer and the IP version,
 * with every segment sent twice, and with segments of one side that arrive in the wrong order.
 * Frame numbers are left out of the comparison; and where the connection is cut, what arrived
 * in the wrong order was there before the cut, and is no sign that the sender went on.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <stdlib.h>

#include "esi/packet.h"
#include "esi/pipeline.h"

#include "support/frames.h"
#include "support/player.h"

enum arrangement { IN_ORDER, TWICE, SWAPPED, ARRANGEMENTS };
static const char *const arrangement_names[] = {"in order", "every segment twice",
                                                "neighbours swapped"};

static const struct print_options options = {0};
static char *folder;
static size_t cases_run;

/* A hole is only given up when nothing has filled it for a while: what a capture has to show. */
enum { SETTLE_NANOS = 1000000000 };

/* A conversation on its way to a file. */
struct wire {
    struct frame_file file;
    bool torn; /* by a hole that nobody acknowledged yet */
    enum frame_link link;
    enum frame_ip ip;
    uint32_t next[2]; /* by esi_dir: the sequence number due */
};

static struct frame_spec
segment(struct wire *wire, enum esi_dir dir, uint8_t flags, struct esi_slice payload)
{
    struct frame_spec spec = {
        .link = wire->link,
        .ip = wire->ip,
        .to_client = dir == ESI_TO_CLIENT,
        .seq = wire->next[dir],
        .ack = wire->next[esi_dir_other(dir)],
        .flags = flags,
        .payload = payload,
    };

    wire->next[dir] += (uint32_t)payload.len + ((flags & (ESI_TCP_SYN | ESI_TCP_FIN)) != 0);
    return spec;
}

static void
put(struct wire *wire, const struct frame_spec *spec)
{
    static uint8_t frame[FRAME_MOST];

    frame_file_add(&wire->file, frame, frame_build(frame, spec), 0);
}

static void
put_handshake(struct wire *wire)
{
    struct esi_slice nothing = {0};
    struct frame_spec syn = segment(wire, ESI_TO_SERVER, ESI_TCP_SYN, nothing);
    struct frame_spec syn_ack = segment(wire, ESI_TO_CLIENT, ESI_TCP_SYN | ESI_TCP_ACK, nothing);
    struct frame_spec ack = segment(wire, ESI_TO_SERVER, ESI_TCP_ACK, nothing);

    put(wire, &syn);
    put(wire, &syn_ack);
    put(wire, &ack);
}

/* put_settled - an acknowledgement of what is behind a hole, and time for the hole to be filled. */
static void
put_settled(struct wire *wire, enum esi_dir dir)
{
    struct frame_spec ack = segment(wire, dir, ESI_TCP_ACK, (struct esi_slice){0});

    put(wire, &ack);
    wire->file.now += SETTLE_NANOS;
    put(wire, &ack);
    wire->torn = false;
}

static struct frame_spec
segment_of(struct wire *wire, const struct talk_step *step)
{
    static const uint8_t flags[] = {
        [TALK_BYTES] = ESI_TCP_ACK | ESI_TCP_PSH,
        [TALK_FIN] = ESI_TCP_ACK | ESI_TCP_FIN,
        [TALK_RST] = ESI_TCP_ACK | ESI_TCP_RST,
    };

    return segment(wire, step->dir, flags[step->kind], esi_buf_slice(&step->bytes));
}

static bool
are_swappable(const struct test_case *test, size_t at)
{
    return at + 1 < test->count && test->steps[at].kind == TALK_BYTES &&
           test->steps[at + 1].kind == TALK_BYTES && test->steps[at].dir == test->steps[at + 1].dir;
}

static void
put_talk(struct wire *wire, const struct test_case *test, enum arrangement arrangement)
{
    for (size_t i = 0; i < test->count; i++) {
        if (test->steps[i].kind == TALK_HOLE) {
            wire->next[test->steps[i].dir] += (uint32_t)test->steps[i].hole;
            wire->torn = true;
            continue;
        }
        if (wire->torn && test->steps[i].dir != test->steps[i - 1].dir)
            put_settled(wire, test->steps[i].dir);
        struct frame_spec spec = segment_of(wire, &test->steps[i]);
        if (arrangement == SWAPPED && are_swappable(test, i)) {
            struct frame_spec later = segment_of(wire, &test->steps[++i]);
            put(wire, &later);
        }
        put(wire, &spec);
        if (arrangement == TWICE && test->steps[i].kind == TALK_BYTES)
            put(wire, &spec);
    }
}

static void
write_capture(const char *path, const struct test_case *test, enum arrangement arrangement)
{
    struct wire wire = {
        .link = (enum frame_link)(cases_run % FRAME_LINKS),
        .ip = (enum frame_ip)(cases_run % FRAME_IPS),
        .next = {UINT32_MAX - 20, 7}, /* the client's numbers wrap */
    };

    frame_file_open(&wire.file, path, frame_linktype(wire.link), 262144, false);
    if (!test->midstream)
        put_handshake(&wire);
    put_talk(&wire, test, arrangement);
    frame_file_close(&wire.file);
}

static void
take_record(void *ctx, const struct esi_record *record)
{
    if (record->kind == ESI_RECORD_OUTCOME)
        print_outcome(ctx, record->outcome, options);
    if (record->kind == ESI_RECORD_SESSION)
        print_result(ctx, record->session->result, options);
}

static void
run_pipeline(const char *path, const struct esi_policy *policy, struct esi_buf *out)
{
    struct esi_ports ports = {0};
    struct esi_error err = {0};
    struct esi_pipeline_result result;
    struct esi_capture *capture = esi_capture_open(&path, 1, NULL, false, &err);

    cr_assert(capture, "%s", err.text);
    esi_ports_add(&ports, 25);
    esi_pipeline_run(&(struct esi_pipeline_config){.capture = capture,
                                                   .policy = policy,
                                                   .ports = &ports,
                                                   .record = take_record,
                                                   .ctx = out},
                     &result);
    esi_capture_close(capture);
}

static void
compare(const struct test_case *test, const struct esi_policy *policy, enum arrangement arrangement)
{
    struct esi_buf want = {0}, got = {0}, text = {0};
    const char *path = temp_path(folder, "case.pcap");

    player_run(test, (struct player_config){.policy = policy, .options = options, .out = &want});
    if (arrangement == SWAPPED && memmem(want.data, want.len, "\ncut ", 5)) {
        esi_buf_free(&want);
        return;
    }
    write_capture(path, test, arrangement);
    run_pipeline(path, policy, &got);
    if (!esi_slice_eq(esi_buf_slice(&want), esi_buf_slice(&got))) {
        print_difference(&text, esi_buf_slice(&want), esi_buf_slice(&got));
        cr_expect(false, "%s, %s: - engine alone, + whole pipeline\n%.*s", test->path,
                  arrangement_names[arrangement], (int)text.len, (const char *)text.data);
    }
    esi_buf_free(&want);
    esi_buf_free(&got);
    esi_buf_free(&text);
}

static void
run_case(void *ctx, const char *path)
{
    struct test_case test = {0};
    struct esi_policy policy;
    struct esi_error err;

    (void)ctx;
    cr_assert(case_read(&test, path, &err), "%s", err.text);
    cr_assert(esi_policy_for_platform(&policy, test.platform, &err), "%s", err.text);
    test.turns = test.words = false;
    for (int arrangement = 0; arrangement < ARRANGEMENTS; arrangement++)
        compare(&test, &policy, (enum arrangement)arrangement);
    case_free(&test);
    cases_run++;
}

Test(property, two_roads_one_verdict, .timeout = 300)
{
    folder = temp_folder_new();
    case_each(ESI_ROOT "/tests/cases", run_case, NULL);
    temp_folder_free(folder);
    cr_assert_gt(cases_run, 0);
}
