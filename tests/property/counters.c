/*
 * counters.c - a law over every case, and every sample under every sample policy: counters equal
 * the fold of the verdicts.
 */
#include <criterion/criterion.h>
#include <glob.h>
#include <string.h>

#include "property/fold.h"
#include "property/reading.h"
#include "property/road.h"

static bool
wants_turns(void *ctx, uint64_t number)
{
    (void)ctx;
    return number > 0;
}

static struct esi_capture *
open_capture(const char *path)
{
    struct esi_buf why = {0};
    struct esi_capture *capture = reading_open(&path, 1, NULL, false, &why);

    cr_assert(capture, "%s: %.*s", path, (int)why.len, (const char *)why.data);
    return capture;
}

static void
read_streams(struct streams *out, const char *path)
{
    struct esi_capture *capture = open_capture(path);

    streams_read(out, capture);
    esi_capture_close(capture);
}

static unsigned
check_capture(const char *name, const char *path, struct esi_policy *policy,
              const struct streams *streams)
{
    struct fold fold = {.name = name, .streams = streams};
    struct esi_capture *capture = open_capture(path);
    struct esi_pipeline_result result;

    esi_pipeline_run(&(struct esi_pipeline_config){.capture = capture,
                                                   .policy = policy,
                                                   .ports = reading_ports(),
                                                   .record = fold_take,
                                                   .wants_turns = wants_turns,
                                                   .ctx = &fold},
                     &result);
    esi_capture_close(capture);
    fold_free(&fold);
    return fold.turned;
}

/* expect_turned - that the law was held against counters that are not 0. */
static void
expect_turned(unsigned turned, bool all)
{
    static const struct {
        size_t counted;
        bool in_samples;
    } rows[] = {
        {PACKET, true},
        {MATCH, true},
        {DROP, true},
        {RESET_DROP, true},
        {PARAMETER + ESI_PARAMETER_MASK_BANNER, true},
        {PARAMETER + ESI_PARAMETER_MAIL_RELAY, true},
        {PARAMETER + ESI_PARAMETER_SPECIAL_CHARACTER, false},
        {PARAMETER + ESI_PARAMETER_ALLOW_TLS, true},
        {LOGGED + ESI_PARAMETER_MAIL_RELAY, true},
        {LOGGED + ESI_PARAMETER_SPECIAL_CHARACTER, false},
        {LOGGED + ESI_PARAMETER_ALLOW_TLS, true},
    };

    for (size_t r = 0; r < ESI_COUNT(rows); r++)
        cr_expect(!(all || rows[r].in_samples) || (turned >> rows[r].counted & 1),
                  "nothing turned counter %zu", rows[r].counted);
}

/* ---- cases ---- */

struct all_cases {
    char *folder;
    unsigned turned;
};

static const char *
write_case(const struct test_case *test, const char *folder)
{
    static uint8_t frame[FRAME_MOST];
    const char *path = temp_path(folder, "case.pcap");
    struct road road = {0};
    struct frame_file file;

    road_lay(&road, test);
    frame_file_open(&file, path, frame_linktype(FRAME_ETHERNET), 262144, false);
    for (size_t s = 0; s < road.count; s++) {
        file.now += road.shots[s].pause;
        frame_file_add(&file, frame, frame_build(frame, &road.shots[s].spec), 0);
    }
    frame_file_close(&file);
    road_free(&road);
    return path;
}

static void
run_case(void *ctx, const char *path)
{
    struct all_cases *all = ctx;
    struct test_case test = {0};
    struct streams streams = {0};
    struct esi_error err;

    cr_assert(case_read(&test, path, &err), "%s", err.text);
    struct esi_policy *policy = case_policy(&test, &err);
    cr_assert(policy, "%s", err.text);
    const char *capture = write_case(&test, all->folder);
    read_streams(&streams, capture);
    all->turned |= check_capture(path + strlen(ESI_ROOT "/"), capture, policy, &streams);
    streams_free(&streams);
    esi_policy_free(policy);
    case_free(&test);
}

Test(counters_are_the_fold, of_cases, .timeout = 120)
{
    struct all_cases all = {.folder = temp_folder_new()};

    case_each(ESI_ROOT "/tests/cases", run_case, &all);
    temp_folder_free(all.folder);
    expect_turned(all.turned, true);
}

/* ---- samples ---- */

static struct esi_policy *
policy_of(const char *path)
{
    struct esi_buf text = read_whole_file(path);
    struct esi_config *config = esi_config_new();
    struct esi_error err;

    esi_config_read(config, path, esi_buf_slice(&text));
    struct esi_policy *policy = esi_policy_new(
        &(struct esi_policy_options){.config = config, .ports = reading_ports()}, &err);
    cr_assert(policy, "%s: %s", path, err.text);
    esi_buf_free(&text);
    return policy;
}

static unsigned
check_sample(const char *path, const glob_t *policies)
{
    struct streams streams = {0};
    char name[1024];
    unsigned turned = 0;

    read_streams(&streams, path);
    for (size_t p = 0; p < policies->gl_pathc; p++) {
        struct esi_policy *policy = policy_of(policies->gl_pathv[p]);
        snprintf(name, sizeof name, "%s by %s", path, policies->gl_pathv[p]);
        turned |= check_capture(name, path, policy, &streams);
        esi_policy_free(policy);
    }
    streams_free(&streams);
    return turned;
}

Test(counters_are_the_fold, of_samples, .timeout = 120)
{
    glob_t captures, policies;
    unsigned turned = 0;

    cr_assert_eq(glob(ESI_ROOT "/samples/captures/*", 0, NULL, &captures), 0);
    cr_assert_eq(glob(ESI_ROOT "/samples/policies/*.cfg", 0, NULL, &policies), 0);
    for (size_t c = 0; c < captures.gl_pathc; c++)
        turned |= check_sample(captures.gl_pathv[c], &policies);
    expect_turned(turned, false);
    globfree(&captures);
    globfree(&policies);
}
