/* apply.c - frames and patches to frames. Knows no protocol. */
#include <string.h>

#include "rewrite_internal.h"

static const uint8_t *
patched(struct esi_buf *room, const struct esi_frame *frame, const struct patches *patches)
{
    esi_buf_clear(room);
    esi_buf_append(room, frame->bytes);
    for (size_t p = 0; p < patches->count; p++) {
        const struct patch *patch = &patches->items[p];
        if (patch->at > room->len || patch->bytes.len > room->len - patch->at)
            esi_panic("apply: %zu bytes at %u of %zu", patch->bytes.len, patch->at, room->len);
        memcpy(room->data + patch->at, patch->bytes.ptr, patch->bytes.len);
    }
    return room->data;
}

bool
apply(struct writer *writer, struct esi_buf *room, const struct esi_frame *frame,
      const struct patches *patches, struct esi_rewrite_stats *stats, struct esi_error *err)
{
    const uint8_t *bytes = frame->bytes.ptr;

    if (patches->drop) {
        stats->frames_dropped++;
        return true;
    }
    if (patches->count > 0) {
        bytes = patched(room, frame, patches);
        stats->frames_changed++;
        stats->bytes_changed += patches->bytes_changed;
        stats->checksums_adjusted += patches->adjusted;
    }
    stats->frames_written++;
    return writer_put(writer, frame, bytes, err);
}
