/*
 * short_way.c - what the rewriter writes where the first reading told it which frames may change is
 * what it writes where it looks at all of them: with every option that lets it go the short way.
 *
 * It would notice if a frame were forgotten: where one of those told is left out that changes, the
 * output has to be another.
 */
#define _DEFAULT_SOURCE /* scandir */
#include <criterion/criterion.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "esi/fill.h"

#include "rewrite/rewrite_internal.h"

#include "property/laws.h"
#include "property/reading.h"
#include "support/frames.h"

/* What may be combined; all else needs the walk. */
enum { FORMATS = 2, DROPPED = 2, CHECKSUMS = 2, VIEWS = 3 };
enum { WAYS = FORMATS * DROPPED * CHECKSUMS * VIEWS };

static struct esi_rewrite_config
way_of(size_t way)
{
    return (struct esi_rewrite_config){
        .format = way % FORMATS == 0 ? ESI_REWRITE_PCAP : ESI_REWRITE_PCAPNG,
        .keep_dropped = way / FORMATS % DROPPED == 1,
        .checksums = way / FORMATS / DROPPED % CHECKSUMS == 0 ? ESI_CHECKSUMS_RECOMPUTE
                                                              : ESI_CHECKSUMS_ADJUST,
        .view = (enum esi_rewrite_view)(way / FORMATS / DROPPED / CHECKSUMS % VIEWS)};
}

/* ---- the first reading ---- */

struct decided {
    const struct attempt *attempt;
    const char *out; /* one place for all that is written */
    struct esi_capture *capture;
    struct esi_plan *plan;
    struct esi_fill *fill;
    struct esi_sights *sights;
    bool in_fragments;
};

static void
take_record(void *ctx, const struct esi_record *record)
{
    esi_fill_take(((struct decided *)ctx)->fill, record);
}

static void
take_sight(void *ctx, const struct esi_sight *sight)
{
    esi_sights_add(((struct decided *)ctx)->sights, sight);
}

static void
decide(struct decided *decided)
{
    struct esi_pipeline_result result;

    decided->plan = esi_plan_new();
    decided->sights = esi_sights_new();
    decided->fill = esi_fill_new(&(struct esi_fill_config){.plan = decided->plan, .words = true});
    esi_pipeline_run(&(struct esi_pipeline_config){.capture = decided->capture,
                                                   .policy = decided->attempt->policy,
                                                   .ports = reading_ports(),
                                                   .record = take_record,
                                                   .sight = take_sight,
                                                   .ctx = decided},
                     &result);
    decided->in_fragments = result.in_fragments;
    esi_plan_seal(decided->plan);
    esi_sights_seal(decided->sights);
}

static void
decided_free(struct decided *decided)
{
    esi_fill_free(decided->fill);
    esi_plan_free(decided->plan);
    esi_sights_free(decided->sights);
    esi_capture_close(decided->capture);
}

/* ---- the second ---- */

struct written {
    bool done;
    struct esi_rewrite_stats stats;
    struct esi_buf bytes;
};

static struct esi_rewrite_config
config_of(const struct decided *decided, size_t way, const struct esi_sights *sights)
{
    struct esi_rewrite_config config = way_of(way);

    config.capture = decided->capture;
    config.plan = decided->plan;
    config.ports = reading_ports();
    config.wants = esi_pipeline_wants;
    config.wants_ctx = decided->attempt->policy;
    config.in_fragments = decided->in_fragments;
    config.sights = sights;
    config.out = decided->out;
    return config;
}

/* written - done is false where there is no such file: of several link types. */
static struct written
write_way(const struct decided *decided, size_t way, const struct esi_sights *sights)
{
    struct esi_rewrite_config config = config_of(decided, way, sights);
    struct written written = {0};
    struct esi_error err = {0};
    bool usage;

    written.done = esi_rewrite(&config, &written.stats, &usage, &err);
    if (written.done)
        written.bytes = read_whole_file(config.out);
    else if (!usage)
        esi_buf_printf(decided->attempt->why, "%s\n", err.text);
    return written;
}

static bool
is_same(const struct written *one, const struct written *other)
{
    return one->done == other->done &&
           (!one->done || (memcmp(&one->stats, &other->stats, sizeof one->stats) == 0 &&
                           esi_slice_eq(esi_buf_slice(&one->bytes), esi_buf_slice(&other->bytes))));
}

static uint64_t
touched(const struct written *written)
{
    return written->stats.frames_changed + written->stats.frames_dropped +
           written->stats.frames_marked;
}

static bool
check_way(struct attempt *attempt, const struct decided *decided, size_t way)
{
    struct written walked = write_way(decided, way, NULL);
    struct written sighted = write_way(decided, way, decided->sights);
    bool same = is_same(&walked, &sighted);

    if (!same)
        esi_buf_printf(attempt->why, "way %zu: %zu bytes walked, %zu by sights, %d frames for %d\n",
                       way, walked.bytes.len, sighted.bytes.len, (int)touched(&walked),
                       (int)touched(&sighted));
    attempt->edited += touched(&sighted);
    esi_buf_free(&walked.bytes);
    esi_buf_free(&sighted.bytes);
    return same;
}

/* check_needed - those told, without one after the other: as many as change are missed. */
static bool
check_needed(struct attempt *attempt, const struct decided *decided)
{
    struct written walked = write_way(decided, 0, NULL);
    struct esi_sights *sights = decided->sights;
    uint64_t missed = 0;

    for (size_t s = 0; walked.done && s < sights->count; s++) {
        struct esi_sight kept = sights->items[s];
        sights->items[s] = s > 0 ? sights->items[s - 1] : (struct esi_sight){0};
        struct written blind = write_way(decided, 0, sights);
        missed += !is_same(&walked, &blind);
        esi_buf_free(&blind.bytes);
        sights->items[s] = kept;
    }
    bool right = !walked.done || missed == touched(&walked);
    if (!right)
        esi_buf_printf(attempt->why, "%d frames missed of %d\n", (int)missed,
                       (int)touched(&walked));
    esi_buf_free(&walked.bytes);
    return right;
}

/* check_ways - from this one on. needed: whether the frames told are tried one by one, too. */
static bool
check_ways(struct attempt *attempt, size_t from, size_t count, bool needed)
{
    struct decided decided = {.attempt = attempt, .out = temp_path(attempt->folder, "written")};

    attempt->edited = 0;
    decided.capture =
        reading_open(attempt->paths, attempt->path_count, attempt->filter, true, attempt->why);
    if (!decided.capture)
        return false;
    decide(&decided);
    struct esi_rewrite_config config = config_of(&decided, from, decided.sights);
    bool right = true, shorter = sighted_is_enough(&config);
    for (size_t w = from; shorter && w < from + count; w++)
        right = check_way(attempt, &decided, w % WAYS) && right;
    if (shorter && needed)
        right = check_needed(attempt, &decided) && right;
    decided_free(&decided);
    return right;
}

bool
law_of_short_way(struct attempt *attempt)
{
    enum { EACH = 2, NEEDED_EACH = 8 };

    return check_ways(attempt, attempt->turn * EACH, EACH, attempt->turn % NEEDED_EACH == 0);
}

/* ---- samples ---- */

static int
select_captures(const struct dirent *entry)
{
    const char *ending = strrchr(entry->d_name, '.');

    return ending && (strcmp(ending, ".pcap") == 0 || strcmp(ending, ".pcapng") == 0);
}

struct tally {
    size_t captures, shorter;
    uint64_t edited;
};

static void
check_sample(struct attempt *attempt, const char *name, struct tally *tally)
{
    esi_buf_clear(attempt->why);
    bool right = check_ways(attempt, 0, WAYS, true);
    esi_buf_byte(attempt->why, '\0');
    cr_expect(right, "%s, %zu files, filter %s: %s", name, attempt->path_count,
              attempt->filter ? attempt->filter : "none", (const char *)attempt->why->data);
    tally->captures++;
    tally->shorter += attempt->edited > 0;
    tally->edited += attempt->edited;
}

/* Each alone, with a filter, and with the next one. */
Test(short_way, samples, .timeout = 300)
{
    static const char folder[] = ESI_ROOT "/samples/captures";
    struct dirent **entries;
    int count = scandir(folder, &entries, select_captures, alphasort);
    struct esi_policy *policy =
        esi_policy_new(&(struct esi_policy_options){.ports = reading_ports()}, NULL);
    struct esi_buf why = {0};
    char *work = temp_folder_new(), names[2][4096];
    struct tally tally = {0};

    cr_assert_gt(count, 10);
    for (int e = 0; e < count; e++) {
        snprintf(names[0], sizeof names[0], "%s/%s", folder, entries[e]->d_name);
        snprintf(names[1], sizeof names[1], "%s/%s", folder, entries[(e + 1) % count]->d_name);
        struct attempt attempt = {
            .paths = (const char *const[]){names[0], names[1]},
            .path_count = 1,
            .policy = policy,
            .folder = work,
            .why = &why,
        };
        check_sample(&attempt, names[0], &tally);
        attempt.filter = "tcp";
        check_sample(&attempt, names[0], &tally);
        attempt.filter = NULL;
        attempt.path_count = 2;
        check_sample(&attempt, names[0], &tally);
    }
    while (count > 0)
        free(entries[--count]);
    cr_expect_gt(tally.shorter, tally.captures / 2, "%zu of %zu captures the short way",
                 tally.shorter, tally.captures);
    free(entries);
    esi_policy_free(policy);
    esi_buf_free(&why);
    temp_folder_free(work);
}
