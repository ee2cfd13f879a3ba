/* rewrite_run.c - captures rewritten by a plan, and files held against each other. */
#include "rewrite_run.h"

#include <criterion/criterion.h>

#include "support/frames.h"

void
rewrite_how(const char *in, const char *out, const struct esi_plan *plan,
            const struct esi_rewrite_config *how, struct esi_rewrite_stats *stats)
{
    struct esi_rewrite_config config = *how;
    struct esi_ports ports = {0};
    struct esi_error err = {0};
    struct esi_frame frame;
    bool usage;
    struct esi_capture *capture = esi_capture_open(&in, 1, NULL, true, &err);

    cr_assert_not_null(capture, "%s", err.text);
    esi_ports_add(&ports, 25);
    while (esi_capture_next(capture, &frame) == ESI_STEP_ITEM)
        ;
    config.capture = capture;
    config.plan = plan;
    config.ports = &ports;
    config.out = out;
    cr_assert(esi_rewrite(&config, stats, &usage, &err), "%s", err.text);
    esi_capture_close(capture);
}

void
rewrite(const char *in, const char *out, const struct esi_plan *plan, bool in_fragments,
        struct esi_rewrite_stats *stats)
{
    rewrite_how(in, out, plan, &(struct esi_rewrite_config){.in_fragments = in_fragments}, stats);
}

void
check_same_file(const char *one, const char *other, const char *what)
{
    struct esi_buf a = read_whole_file(one), b = read_whole_file(other);

    cr_assert(a.len > 24 && a.len == b.len, "%s: %zu bytes for %zu", what, a.len, b.len);
    for (size_t i = 0; i < a.len; i++)
        cr_assert_eq(a.data[i], b.data[i], "%s: byte %zu", what, i);
    esi_buf_free(&a);
    esi_buf_free(&b);
}
