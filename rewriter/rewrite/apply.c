/* apply.c - frames and patches to frames. Knows no protocol. */
#include <string.h>

#include "rewrite_internal.h"

static void
put_patched(struct esi_buf *room, const struct esi_frame *frame, const struct patches *patches)
{
    esi_buf_append(room, frame->bytes);
    for (size_t p = 0; p < patches->count; p++) {
        const struct patch *patch = &patches->items[p];
        if (patch->at > room->len || patch->bytes.len > room->len - patch->at)
            esi_panic("apply: %zu bytes at %u of %zu", patch->bytes.len, patch->at, room->len);
        memcpy(room->data + patch->at, patch->bytes.ptr, patch->bytes.len);
    }
}

static void
count(struct esi_rewrite_stats *stats, const struct patches *patches)
{
    stats->frames_written++;
    stats->frames_marked += patches->marked;
    stats->comments_lost += patches->comment_lost;
    stats->checksums_left += patches->checksum_left;
    stats->checksums_adjusted += patches->adjusted;
    stats->bytes_changed += patches->bytes_changed;
    if (patches->only_checksum)
        stats->checksums_set++;
    else
        stats->frames_changed += patches->count > 0;
}

bool
apply(struct writer *writer, struct esi_buf *room, const struct esi_frame *frame,
      const struct patches *patches, struct esi_rewrite_stats *stats, struct esi_error *err)
{
    const uint8_t *bytes = frame->bytes.ptr;

    if (patches->fate != FATE_WRITTEN) {
        stats->frames_dropped += patches->fate == FATE_DROPPED;
        stats->frames_left_out += patches->fate == FATE_LEFT_OUT;
        return true;
    }
    count(stats, patches);
    if (patches->count > 0) {
        esi_buf_clear(room);
        put_patched(room, frame, patches);
        bytes = room->data;
    }
    return writer_put(writer, frame, bytes,
                      patches->comment_lost ? (struct esi_slice){0} : patches->comment, err);
}
