/* capture_filter.c - a filter on a file of several link types. */
#define _DEFAULT_SOURCE
#include <criterion/criterion.h>

#include "capture_bytes.h"
#include "support/frames.h"

static const struct esi_slice none;

Test(capture_filter, means_nothing_on_some_frames)
{
    char *folder = temp_folder_new();
    const char *path = temp_path(folder, "a");
    struct ng ng = {0};
    struct esi_error err;
    struct esi_frame frame;

    ng_section(&ng, false);
    ng_interface(&ng, 1, 0, none);
    ng_interface(&ng, 101, 0, none);
    for (unsigned f = 0; f < 6; f++)
        ng_frame(&ng, f % 2, 1000000 + f, ESI_LIT("some twenty-one bytes"), 21, none);
    write_file(path, esi_buf_slice(&ng.bytes));
    struct esi_capture *capture =
        esi_capture_open(&path, 1, "not ether src 1:2:3:4:5:6", true, &err);
    for (unsigned round = 0; round < 2; round++) {
        unsigned frames = 0;
        for (; esi_capture_next(capture, &frame) == ESI_STEP_ITEM; frames++)
            cr_assert_eq(frame.linktype, 1);
        const struct esi_capture_file *file = esi_capture_file(capture, 0);
        cr_assert_eq(frames, 3);
        cr_assert_eq(file->filtered_out, 3);
        cr_assert_not(file->complete);
        const char *said = strstr(file->why_not, "link type ");
        cr_assert(said == strstr(file->why_not, "link type RAW through ("), "%s", file->why_not);
        cr_assert_null(strstr(said + 1, "link type "), "once: %s", file->why_not);
        cr_assert(esi_capture_rewind(capture, &err), "%s", err.text);
    }
    esi_capture_close(capture);
    esi_buf_free(&ng.bytes);
    temp_folder_free(folder);
}
