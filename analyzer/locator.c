/*
 * locator.c - which file a frame is from, and its number there.
 *
 * Frames that are asked for lie near each other, so the search starts where the last one ended. A
 * file that was not come to yet says nothing of its frames.
 */
#include "program_internal.h"

struct esi_source
locate(void *ctx, uint64_t frame)
{
    struct locator *locator = ctx;
    const struct esi_capture *capture = locator->capture;
    const struct esi_capture_file *file = esi_capture_file(capture, locator->file);

    while (frame <= file->before && locator->file > 0)
        file = esi_capture_file(capture, --locator->file);
    while (frame > file->before + file->frames &&
           locator->file + 1 < esi_capture_file_count(capture))
        file = esi_capture_file(capture, ++locator->file);
    return (struct esi_source){file->name, file->before};
}
