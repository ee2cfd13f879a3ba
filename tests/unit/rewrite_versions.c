/* rewrite_versions.c - sections of a pcapng file whose version nobody reads. */
#include <criterion/criterion.h>
#include <string.h>

#include "rewrite_run.h"
#include "support/frames.h"
#include "support/ng.h"

static void
put_section(struct ng *ng, bool big, uint8_t major, uint8_t minor)
{
    size_t at = ng->bytes.len;

    ng_section(ng, big);
    ng->bytes.data[at + (big ? 13 : 12)] = major;
    ng->bytes.data[at + (big ? 15 : 14)] = minor;
    ng_interface(ng, 1, 0, (struct esi_slice){0});
    ng_frame(ng, 0, 1000000, ESI_LIT("no IP in this"), 13, (struct esi_slice){0});
}

/* What nobody reads is left aside, told, and not written: what is written can be read. */
Test(rewrite_versions, of_sections)
{
    static const struct {
        const char *what;
        uint8_t versions[3][2]; /* major 0: no more */
        uint64_t frames;
        bool complete;
        const char *why;
    } versions[] = {
        {"1.0 and 1.2", {{1, 0}, {1, 2}}, 2, true, ""},
        {"1.0, 2.0",
         {{1, 0}, {2, 0}},
         1,
         false,
         "bytes that are no record in front of frame 2, from byte 96 on; read on behind them; a "
         "section among them is of version 2, which is not read"},
        {"1.0, 2.0, 1.0",
         {{1, 0}, {2, 0}, {1, 0}},
         2,
         false,
         "; a section among them is of version 2, which is not read"},
        {"1.0, 3.0, 2.0", /* the first is told */
         {{1, 0}, {3, 0}, {2, 0}},
         1,
         false,
         "; a section among them is of version 3, which is not read"},
    };

    char *folder = temp_folder_new();
    const char *in = temp_path(folder, "in"), *out = temp_path(folder, "out");

    for (size_t v = 0; v < 2 * ESI_COUNT(versions); v++) {
        size_t row = v / 2;
        struct esi_rewrite_stats stats;
        struct esi_error err;
        struct esi_frame frame;
        struct ng ng = {0}, wanted = {0};
        struct esi_plan *plan = esi_plan_new();

        for (size_t s = 0; s < 3 && versions[row].versions[s][0] > 0; s++) {
            put_section(&ng, v % 2, versions[row].versions[s][0], versions[row].versions[s][1]);
            if (versions[row].versions[s][0] == 1)
                put_section(&wanted, v % 2, 1, versions[row].versions[s][1]);
        }
        esi_plan_seal(plan);
        write_whole_file(in, esi_buf_slice(&ng.bytes));
        struct esi_capture *capture = esi_capture_open(&in, 1, NULL, false, &err);
        while (esi_capture_next(capture, &frame) == ESI_STEP_ITEM)
            ;
        const struct esi_capture_file *file = esi_capture_file(capture, 0);
        cr_assert_eq(file->frames, versions[row].frames, "%s: %u", versions[row].what,
                     (unsigned)file->frames);
        cr_assert_eq(file->complete, versions[row].complete, "%s", versions[row].what);
        cr_assert(strstr(file->why_not, versions[row].why), "%s: %s", versions[row].what,
                  file->why_not);
        esi_capture_close(capture);
        rewrite_how(in, out, plan, &(struct esi_rewrite_config){.format = ESI_REWRITE_PCAPNG},
                    &stats);
        struct esi_buf got = read_whole_file(out);
        cr_assert(esi_slice_eq(esi_buf_slice(&got), esi_buf_slice(&wanted.bytes)), "%s: %zu bytes",
                  versions[row].what, got.len);
        esi_buf_free(&got);
        esi_buf_free(&ng.bytes);
        esi_buf_free(&wanted.bytes);
        esi_plan_free(plan);
    }
    temp_folder_free(folder);
}
