/* capture_progress.c - how far the reading of files is, compressed or not. */
#include <criterion/criterion.h>
#include <sys/stat.h>

#include "esi/capture.h"

static const char *const samples[] = {ESI_ROOT "/samples/captures/recipients-120.pcap",
                                      ESI_ROOT "/samples/captures/mixed-traffic.pcapng",
                                      ESI_ROOT "/samples/captures/sessions-several.pcap"};

static uint64_t
size_of(const char *path)
{
    struct stat st;

    cr_assert_eq(stat(path, &st), 0);
    return (uint64_t)st.st_size;
}

/* read_all - what is told grows from nothing to all. */
static void
read_all(struct esi_capture *capture, uint64_t total)
{
    struct esi_frame frame;
    struct esi_capture_progress now = esi_capture_progress(capture);
    uint64_t before = now.read;

    cr_expect(now.total_known && now.total == total);
    while (esi_capture_next(capture, &frame) == ESI_STEP_ITEM) {
        now = esi_capture_progress(capture);
        cr_expect(now.read >= before && now.read <= total && now.total == total);
        before = now.read;
    }
    now = esi_capture_progress(capture);
    cr_expect_eq(now.read, total);
}

Test(capture_progress, of_several_files)
{
    uint64_t total = 0;
    struct esi_capture *capture = esi_capture_open(samples, ESI_COUNT(samples), NULL, true, NULL);

    for (size_t i = 0; i < ESI_COUNT(samples); i++)
        total += size_of(samples[i]);
    cr_expect_eq(esi_capture_progress(capture).read, 0);
    read_all(capture, total);
    cr_assert(esi_capture_rewind(capture, NULL));
    cr_expect_eq(esi_capture_progress(capture).read, 0);
    read_all(capture, total);
    esi_capture_close(capture);
}

Test(capture_progress, of_what_is_not_there)
{
    const char *const paths[] = {ESI_ROOT "/none.pcap", samples[2]};
    struct esi_capture *capture = esi_capture_open(paths, ESI_COUNT(paths), NULL, false, NULL);

    read_all(capture, size_of(samples[2]));
    esi_capture_close(capture);
}

static void
count(void *ctx)
{
    ++*(unsigned *)ctx;
}

/* A filter that lets nothing through does not hold it up. */
Test(capture_progress, pace)
{
    const char *paths[40];
    unsigned calls = 0, frames = 0;
    struct esi_frame frame;

    for (size_t i = 0; i < ESI_COUNT(paths); i++)
        paths[i] = samples[0];
    struct esi_capture *capture =
        esi_capture_open(paths, ESI_COUNT(paths), "udp port 9", false, NULL);
    esi_capture_pace(capture, count, &calls);
    while (esi_capture_next(capture, &frame) == ESI_STEP_ITEM)
        frames++;
    for (size_t i = 0; i < ESI_COUNT(paths); i++)
        frames += (unsigned)esi_capture_file(capture, i)->frames;
    cr_expect_gt(frames, 4096);
    cr_expect_gt(calls, 0);
    cr_expect_lt(calls, frames / 1000);
    esi_capture_close(capture);
}
