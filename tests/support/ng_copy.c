/* ng_copy.c - see ng_copy.h. */
#include "support/ng_copy.h"

#include "../rewriter/rewrite/rewrite_internal.h"

const struct esi_slice ng_made = {(const uint8_t *)"a frame that was made", 21};

void
ng_changed(uint8_t *bytes, size_t len)
{
    if (len == 0)
        return;
    bytes[0] ^= 0x55;
    bytes[len - 1] ^= 0xaa;
}

static bool
put_made(struct writer *writer, const struct esi_frame *like, struct esi_error *err)
{
    struct esi_frame made = *like;

    made.bytes = ng_made;
    made.wire_len = (uint32_t)ng_made.len;
    return writer_put(writer, &made, made.bytes.ptr, (struct esi_slice){0}, err);
}

static bool
put(const struct ng_copy *copy, struct writer *writer, const struct esi_frame *frame,
    struct esi_buf *room, struct esi_error *err)
{
    const uint8_t *bytes = frame->bytes.ptr;
    struct ng_fate fate = {0};

    if (copy->fate)
        copy->fate(copy->ctx, frame, &fate);
    if (fate.change) {
        esi_buf_clear(room);
        esi_buf_append(room, frame->bytes);
        ng_changed(room->data, room->len);
        bytes = room->data;
    }
    return (fate.drop || writer_put(writer, frame, bytes, fate.comment, err)) &&
           (!fate.made || put_made(writer, frame, err));
}

static bool
write_all(const struct ng_copy *copy, struct esi_capture *capture,
          const struct writer_config *config, struct esi_error *err)
{
    struct esi_buf room = {0};
    struct esi_frame frame;
    bool usage;
    struct writer *writer = writer_open(config, &usage, err);

    if (!writer)
        return false;
    if (config->format == ESI_REWRITE_PCAPNG)
        esi_capture_watch(capture, writer_block, writer);
    bool done = esi_capture_rewind(capture, err);
    while (done && esi_capture_next(capture, &frame) == ESI_STEP_ITEM)
        done = put(copy, writer, &frame, &room, err);
    esi_capture_watch(capture, NULL, NULL);
    esi_buf_free(&room);
    return writer_close(writer, done, err) && done;
}

static bool
copy_capture(const struct ng_copy *copy, struct esi_capture *capture, uint64_t *comments_lost,
             struct esi_error *err)
{
    struct esi_rewrite_config rewrite = {
        .capture = capture, .out = copy->out, .format = copy->format};
    struct writer_config config;
    uint64_t unused = 0;
    bool usage, done = inputs_describe(&rewrite, &config, &usage, err);

    if (done && inputs_fragile(&config)) {
        config.foresight = foresight_new(config.file_count);
        config.path = NULL;
        config.comments_lost = &unused;
        done = write_all(copy, capture, &config, err);
    }
    config.path = copy->out;
    config.comments_lost = comments_lost;
    done = done && write_all(copy, capture, &config, err);
    foresight_free(config.foresight);
    inputs_free(&config);
    return done;
}

bool
ng_copy(const struct ng_copy *copy, uint64_t *comments_lost, struct esi_error *err)
{
    struct esi_frame frame;
    struct esi_capture *capture =
        esi_capture_open(copy->paths, copy->count, copy->filter, true, err);

    if (!capture)
        return false;
    while (esi_capture_next(capture, &frame) == ESI_STEP_ITEM)
        ;
    bool done = copy_capture(copy, capture, comments_lost, err);
    esi_capture_close(capture);
    return done;
}
