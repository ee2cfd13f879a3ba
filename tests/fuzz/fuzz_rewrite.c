/*
 * fuzz_rewrite.c - any bytes as a capture, decided and rewritten with any options, twice.
 *
 *   - frames read and made are those written, dropped and left out
 *   - the frames written are those read, in order, with their times and lengths: but for payload
 *     and checksum of TCP segments, in as many frames as the summary says, they are as they were
 *   - what is written is the same whether or not all frames are walked once more
 *   - where no session lacks anything, and none is cut or has bytes discarded, what is written is
 *     written again as it is: byte for byte
 *
 * The first two bytes are options, the rest is the file. Frames are compared by what the tests
 * share with nobody: as they are read, by where the decoder says that a payload lies.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "esi/fill.h"
#include "esi/pipeline.h"
#include "esi/rewrite.h"

#include "support/frames.h"
#include "support/fuzzed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    FRAMES_MOST = 2000, /* some kilobytes compressed may hold millions */
    BYTES_MOST = 16 << 20,
    OPTIONS = 2,
    CHECKSUM_AT = 16 /* in the TCP header */
};

static const char *const configs[] = {
    NULL,
    "policy-map type inspect esmtp M\n match cmd verb DATA\n  reset\n",
    "policy-map type inspect esmtp M\n match cmd line length gt 40\n  drop-connection\n"
    " match ehlo-reply-parameter others\n  mask log\n",
    "PIX Version 6.3(5)\n",
};

/* ---- one rewriting ---- */

struct job {
    const char *in, *out, *walked;
    const uint8_t *options;
    struct esi_rewrite_stats stats;
    struct esi_fill *fill;
    struct esi_sights *sights;
    bool torn;     /* a session lacks something */
    bool diverged; /* one could not have come about */
};

static bool
is_torn(const struct esi_session_quality *quality)
{
    return quality->gaps + quality->corrupt + quality->doubtful + quality->after_end +
                   quality->late + quality->stray + quality->overlap_conflicts +
                   quality->fragment_conflicts + quality->evicted + quality->before_start +
                   quality->cut_frames + quality->given_up + quality->bad_checksums >
               0 ||
           quality->midstream || !quality->side_seen[0] || !quality->side_seen[1];
}

static void
take_record(void *ctx, const struct esi_record *record)
{
    struct job *job = ctx;

    esi_fill_take(job->fill, record);
    if (record->kind == ESI_RECORD_SESSION) {
        const struct esi_session_result *result = record->session->result;
        job->torn |= is_torn(&record->session->quality);
        job->diverged |= result && result->divergence.found;
    }
}

static void
take_visit(void *ctx, const struct esi_visit *visit)
{
    esi_fill_visit(((struct job *)ctx)->fill, visit);
}

static void
take_sight(void *ctx, const struct esi_sight *sight)
{
    esi_sights_add(((struct job *)ctx)->sights, sight);
}

static struct esi_rewrite_config
shape_of(const struct job *job)
{
    uint8_t one = job->options[0];

    return (struct esi_rewrite_config){
        .out = job->out,
        .format = one & 1 ? ESI_REWRITE_PCAP : ESI_REWRITE_PCAPNG,
        .keep_dropped = one & 2,
        .after = (enum esi_rewrite_after)((one >> 2 & 3) % 3),
        .checksums = (enum esi_rewrite_checksums)((one >> 4 & 3) % 3),
        .view = (enum esi_rewrite_view)((one >> 6) % 3),
    };
}

static struct esi_policy *
policy_of(const struct job *job, const struct esi_ports *ports)
{
    const char *text = configs[job->options[1] % ESI_COUNT(configs)];
    struct esi_config *config = text ? esi_config_new() : NULL;
    struct esi_error err;

    if (config)
        esi_config_read(config, "asa.cfg", esi_slice_of(text));
    struct esi_policy *policy =
        esi_policy_new(&(struct esi_policy_options){.config = config, .ports = ports}, &err);
    must(policy != NULL, "the configuration is right");
    return policy;
}

/* check_walked - what is written does not hang on whether the frames that may change are known. */
static void
check_walked(const struct job *job, const struct esi_rewrite_config *config)
{
    struct esi_rewrite_config walked = *config;
    struct esi_rewrite_stats stats;
    struct esi_error err;
    bool usage;

    walked.sights = NULL;
    walked.out = job->walked;
    bool done = esi_rewrite(&walked, &stats, &usage, &err);
    must(done && memcmp(&stats, &job->stats, sizeof stats) == 0, "walked, it counts the same");
    struct esi_buf one = read_whole_file(config->out), other = read_whole_file(walked.out);
    must(esi_slice_eq(esi_buf_slice(&one), esi_buf_slice(&other)), "walked, it is the same");
    esi_buf_free(&one);
    esi_buf_free(&other);
}

/* rewrite_capture - false: there is nothing that could be written in that format. */
static bool
rewrite_capture(struct job *job, struct esi_capture *capture)
{
    struct esi_rewrite_config config = shape_of(job);
    struct esi_ports ports = {0};
    struct esi_pipeline_result result;
    struct esi_error err;
    bool usage;

    esi_ports_add(&ports, 25);
    struct esi_policy *policy = policy_of(job, &ports);
    struct esi_plan *plan = esi_plan_new();
    job->sights = esi_sights_new();
    job->fill =
        esi_fill_new(&(struct esi_fill_config){.plan = plan,
                                               .words = config.format == ESI_REWRITE_PCAPNG,
                                               .divergence = config.after != ESI_AFTER_KEEP});
    esi_pipeline_run(&(struct esi_pipeline_config){.capture = capture,
                                                   .policy = policy,
                                                   .ports = &ports,
                                                   .record = take_record,
                                                   .visit = take_visit,
                                                   .sight = take_sight,
                                                   .ctx = job},
                     &result);
    esi_plan_seal(plan);
    esi_sights_seal(job->sights);
    config.sights = job->sights;
    config.capture = capture;
    config.plan = plan;
    config.ports = &ports;
    config.wants = esi_pipeline_wants;
    config.wants_ctx = policy;
    config.flow_memory = esi_pipeline_flow_memory(0);
    config.in_fragments =
        config.checksums == ESI_CHECKSUMS_ALL ? result.any_fragments : result.in_fragments;
    bool done = esi_rewrite(&config, &job->stats, &usage, &err);
    if (done)
        check_walked(job, &config);
    esi_sights_free(job->sights);
    esi_fill_free(job->fill);
    esi_plan_free(plan);
    esi_policy_free(policy);
    return done;
}

static bool
rewrite_file(struct job *job)
{
    struct esi_error err;
    struct esi_capture *capture = esi_capture_open(&job->in, 1, NULL, true, &err);
    bool done = rewrite_capture(job, capture);

    esi_capture_close(capture);
    return done;
}

/* ---- frames held against each other ---- */

struct frame {
    struct esi_frame frame; /* its bytes are in `bytes` */
    uint32_t payload_at, sum_at;
    bool tcp;
};
struct frames {
    struct frame items[FRAMES_MOST];
    size_t count, bytes_len;
    uint8_t *bytes;
    bool fragments, complete;
};
static struct frames before, after;

static void
note_payload(struct frame *out, const struct esi_decoding *decoding,
             const struct esi_segment *segment)
{
    out->tcp = decoding->what == ESI_DECODED_TCP && decoding->piece_count == 0;
    if (!out->tcp)
        return;
    out->payload_at = segment->payload_at;
    out->sum_at = segment->tcp_at + CHECKSUM_AT;
}

/* read_frames - false: too much. */
static bool
read_frames(const char *path, struct frames *out)
{
    struct esi_error err;
    struct esi_capture *capture = esi_capture_open(&path, 1, NULL, false, &err);
    struct esi_decoder *decoder = esi_decoder_new();
    struct esi_segment segment;
    struct esi_frame frame;
    bool room = true;

    out->count = out->bytes_len = 0;
    out->fragments = false;
    if (!out->bytes)
        out->bytes = esi_alloc_pages(BYTES_MOST);
    while (room && esi_capture_next(capture, &frame) == ESI_STEP_ITEM) {
        room = out->count < FRAMES_MOST && out->bytes_len + frame.bytes.len <= BYTES_MOST;
        if (!room)
            break;
        struct frame *item = &out->items[out->count++];
        struct esi_decoding decoding = esi_decoder_frame(decoder, &frame, &segment);
        *item = (struct frame){.frame = frame};
        note_payload(item, &decoding, &segment);
        out->fragments |= decoding.piece_count > 0 || decoding.what == ESI_DECODED_IP_FRAGMENT;
        item->frame.bytes.ptr = out->bytes + out->bytes_len;
        if (frame.bytes.len > 0)
            memcpy(out->bytes + out->bytes_len, frame.bytes.ptr, frame.bytes.len);
        out->bytes_len += frame.bytes.len;
    }
    out->complete = esi_capture_file(capture, 0)->complete;
    esi_decoder_free(decoder);
    esi_capture_close(capture);
    return room;
}

/* same_time - a classic file has 32 bits for seconds. */
static bool
same_time(esi_nanos one, esi_nanos other, bool classic)
{
    static const esi_nanos nanos = 1000000000;

    return one == other || (classic && (one < 0 || one / nanos > UINT32_MAX));
}

static bool
same_bytes(const struct frame *one, const struct frame *other)
{
    return esi_slice_eq(one->frame.bytes, other->frame.bytes);
}

/* may_become - the same frame, but for what of a segment may change. */
static bool
may_become(const struct frame *one, const struct frame *other, bool fragments, bool classic)
{
    const uint8_t *a = one->frame.bytes.ptr, *b = other->frame.bytes.ptr;
    size_t len = one->frame.bytes.len, at = 0;

    if (one->frame.wire_len != other->frame.wire_len || len != other->frame.bytes.len ||
        one->frame.linktype != other->frame.linktype ||
        !same_time(one->frame.ts, other->frame.ts, classic))
        return false;
    if (len == 0 || memcmp(a, b, len) == 0)
        return true;
    if (!one->tcp)
        return fragments;
    for (; at < len; at++)
        if (a[at] != b[at] && at < one->payload_at &&
            (at < one->sum_at || at >= (size_t)one->sum_at + 2))
            return false;
    return true;
}

static bool
left_any_out(const struct esi_rewrite_stats *stats)
{
    return stats->frames_dropped + stats->frames_made + stats->frames_left_out > 0;
}

/* check_frames - those written are some of those read, in order. */
static void
check_frames(const struct esi_rewrite_stats *stats, bool classic)
{
    uint64_t differ = 0, made = 0;
    size_t at = 0;

    must(after.complete, "what was written is whole");
    must(stats->frames_written == after.count, "as many frames as were told");
    must(stats->frames_read == before.count, "as many frames as were read");
    must(stats->frames_read + stats->frames_made ==
             stats->frames_written + stats->frames_dropped + stats->frames_left_out,
         "the balance");
    for (size_t f = 0; f < after.count; f++) {
        size_t found = at;
        while (found < before.count &&
               !may_become(&before.items[found], &after.items[f], before.fragments, classic))
            found++;
        if (found == before.count) {
            made++;
            continue;
        }
        differ += !same_bytes(&before.items[found], &after.items[f]);
        at = found + 1;
    }
    must(made <= stats->frames_made, "no frame is another");
    if (!left_any_out(stats))
        must(differ == stats->frames_changed + stats->checksums_set,
             "as many frames differ as were told");
}

static void
check_twice(const struct job *first, const char *again)
{
    struct job second = {
        .in = first->out, .out = again, .walked = first->walked, .options = first->options};
    bool done = rewrite_file(&second);

    must(done, "it can be rewritten");
    /* What ended a session behind the use of an extension that was hidden from it ends it, once
     * nothing tells any more which extension that was. */
    if (first->diverged && left_any_out(&second.stats))
        return;
    if (first->torn || second.torn || before.fragments || left_any_out(&first->stats) ||
        (first->stats.frames_marked > 0 && shape_of(first).keep_dropped))
        return;
    struct esi_buf one = read_whole_file(first->out), other = read_whole_file(again);
    must(esi_slice_eq(esi_buf_slice(&one), esi_buf_slice(&other)), "twice is once");
    esi_buf_free(&one);
    esi_buf_free(&other);
}

static char *folder;

static void
clean_up(void)
{
    temp_folder_free(folder);
    free(before.bytes);
    free(after.bytes);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char in[FUZZED_PATH];

    if (size < OPTIONS)
        return 0;
    if (!folder) {
        folder = temp_folder_new();
        atexit(clean_up);
    }
    int fd = fuzzed_file(in, data + OPTIONS, size - OPTIONS);
    struct job job = {.in = in,
                      .out = temp_path(folder, "out"),
                      .walked = temp_path(folder, "walked"),
                      .options = data};
    if (read_frames(in, &before) && before.count > 0 && rewrite_file(&job)) {
        bool classic = job.options[0] & 1;
        must(read_frames(job.out, &after), "no more than was read");
        check_frames(&job.stats, classic);
        check_twice(&job, temp_path(folder, "again"));
    }
    close(fd);
    return 0;
}
