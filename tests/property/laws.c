/* laws.c - a capture read, and read with a filter; rewritten, read again, and rewritten again. */
#include "property/laws.h"

#include "esi/rewrite.h"

#include "property/reading.h"
#include "property/streams.h"
#include "support/frames.h"
#include "support/printer.h"

/* ---- two roads, one verdict ---- */

static bool
has_accounts(const struct attempt *attempt, const struct reading *reading)
{
    if (reading->capture_records != attempt->path_count)
        esi_buf_printf(attempt->why, "%zu accounts of %zu files\n", reading->capture_records,
                       attempt->path_count);
    esi_buf_append(attempt->why, esi_buf_slice(&reading->faults));
    return reading->capture_records == attempt->path_count && reading->faults.len == 0;
}

/* is_whole - but for holes and spoilt copies, where there are such. */
static bool
is_whole(const struct attempt *attempt, const struct reading *reading)
{
    bool lacks =
        (reading->gaps > 0) != attempt->holes || (reading->corrupt > 0 && !attempt->spoilt);

    if (lacks)
        esi_buf_printf(attempt->why, "%d gaps, %d segments corrupt\n", (int)reading->gaps,
                       (int)reading->corrupt);
    esi_buf_append(attempt->why, esi_buf_slice(&reading->not_whole));
    return !lacks && reading->not_whole.len == 0;
}

static bool
is_wanted(const struct attempt *attempt, const struct reading *reading)
{
    struct esi_slice got = esi_buf_slice(&reading->text);
    bool same = esi_slice_eq(attempt->want, got);

    if (!same)
        print_difference(attempt->why, attempt->want, got);
    return same;
}

/* check_filtered - a filter leaves out what it likes: the accounts are right all the same. */
static bool
check_filtered(const struct attempt *attempt)
{
    struct esi_capture *capture =
        reading_open(attempt->paths, attempt->path_count, attempt->filter, false, attempt->why);
    struct reading reading;

    if (!capture)
        return false;
    reading_take(&reading, capture, attempt->policy);
    esi_capture_close(capture);
    bool right = has_accounts(attempt, &reading);
    if (!right)
        esi_buf_printf(attempt->why, "with the filter \"%s\"\n", attempt->filter);
    reading_free(&reading);
    return right;
}

bool
law_of_verdict(struct attempt *attempt)
{
    struct esi_capture *capture =
        reading_open(attempt->paths, attempt->path_count, NULL, false, attempt->why);
    struct reading reading;

    if (!capture)
        return false;
    reading_take(&reading, capture, attempt->policy);
    esi_capture_close(capture);
    bool right = is_wanted(attempt, &reading);
    right &= has_accounts(attempt, &reading);
    right &= is_whole(attempt, &reading);
    reading_free(&reading);
    if (attempt->filter)
        right &= check_filtered(attempt);
    return right;
}

/* ---- what is rewritten ---- */

static bool
rewrite(const struct attempt *attempt, const char *in, const char *out,
        struct esi_rewrite_stats *stats, struct reading *reading)
{
    struct esi_error err = {0};
    struct esi_capture *capture = reading_open(&in, 1, NULL, true, attempt->why);
    bool usage, done;

    if (!capture)
        return false;
    reading_take(reading, capture, attempt->policy);
    struct esi_rewrite_config config = {.capture = capture,
                                        .plan = reading->plan,
                                        .ports = reading_ports(),
                                        .wants = esi_pipeline_wants,
                                        .wants_ctx = attempt->policy,
                                        .in_fragments = reading->in_fragments,
                                        .out = out};
    done = esi_rewrite(&config, stats, &usage, &err);
    if (!done)
        esi_buf_printf(attempt->why, "%s\n", err.text);
    esi_capture_close(capture);
    return done;
}

static bool
read_streams(struct streams *out, const char *path, struct esi_buf *why)
{
    struct esi_capture *capture = reading_open(&path, 1, NULL, false, why);

    if (!capture)
        return false;
    streams_read(out, capture);
    esi_capture_close(capture);
    return true;
}

static bool
check_edited(struct attempt *attempt, const char *in, const char *out, const struct esi_plan *plan)
{
    struct streams old = {0}, rewritten = {0};
    bool right = read_streams(&old, in, attempt->why) &&
                 read_streams(&rewritten, out, attempt->why) &&
                 streams_are_edited(&old, &rewritten, plan, attempt->why);

    attempt->edited = streams_edited(&old, plan);
    streams_free(&old);
    streams_free(&rewritten);
    return right;
}

static bool
check_again(const struct attempt *attempt, const char *once, const struct esi_rewrite_stats *first)
{
    const char *twice = temp_path(attempt->folder, "twice.pcap");
    struct reading reading = {0};
    struct esi_rewrite_stats again = {0};
    bool done = rewrite(attempt, once, twice, &again, &reading);

    reading_free(&reading);
    if (again.frames_changed + again.frames_dropped > 0)
        esi_buf_printf(attempt->why,
                       "first %d frames changed and %d dropped; then still %d and %d\n",
                       (int)first->frames_changed, (int)first->frames_dropped,
                       (int)again.frames_changed, (int)again.frames_dropped);
    return done && again.frames_changed + again.frames_dropped == 0;
}

bool
law_of_rewriting(struct attempt *attempt)
{
    const char *in = attempt->paths[0], *once = temp_path(attempt->folder, "once.pcap");
    struct reading reading = {0};
    struct esi_rewrite_stats first;
    bool right = attempt->path_count == 1 && rewrite(attempt, in, once, &first, &reading) &&
                 check_edited(attempt, in, once, reading.plan) &&
                 check_again(attempt, once, &first);

    reading_free(&reading);
    return right;
}
