/* flow_track.c - captures made of a few segments, and the walk over them. */
#include "flow_track.h"

#include <criterion/criterion.h>

static void
forget(void *ctx, struct esi_flow *flow, bool evicted)
{
    struct track *track = ctx;

    track->evicted += evicted;
    if (track->forgotten_count > 0 &&
        track->forgotten[(track->forgotten_count - 1) % 4] >= flow->id)
        track->rising = false;
    track->forgotten[track->forgotten_count++ % 4] = flow->id;
}

void
start_file(struct track *track)
{
    *track = (struct track){.folder = temp_folder_new(), .rising = true};
    track->path = temp_path(track->folder, "walk.pcap");
    frame_file_open(&track->file, track->path, RAW, 65535, false);
}

static void
put(struct track *track, uint16_t client_port, const struct segment *segment, bool corrupt)
{
    static uint8_t bytes[FRAME_MOST];
    struct frame_spec spec = {.link = FRAME_RAW,
                              .client_port = client_port,
                              .to_client = segment->direction == DOWN,
                              .flags = segment->flags,
                              .seq = segment->seq,
                              .ack = segment->ack,
                              .bad_checksum = corrupt};

    if (segment->data)
        spec.payload = esi_slice_of(segment->data);
    frame_file_add(&track->file, bytes, frame_build(bytes, &spec), 0);
}

void
add(struct track *track, uint16_t client_port, const struct segment *segment)
{
    put(track, client_port, segment, false);
}

void
add_corrupt(struct track *track, const struct segment *segment)
{
    put(track, 0, segment, true);
}

void
start_walk(struct track *track, const char *ports)
{
    struct esi_error err;

    frame_file_close(&track->file);
    cr_assert(esi_ports_parse(&track->ports, ports, &err));
    track->capture = esi_capture_open(&track->path, 1, NULL, false, &err);
    cr_assert(track->capture);
    track->walk = esi_walk_new(track->capture, &(struct esi_walk_config){.memory = track->memory,
                                                                         .ports = &track->ports,
                                                                         .forget = forget,
                                                                         .ctx = track});
}

void
stop(struct track *track)
{
    esi_walk_free(track->walk);
    esi_capture_close(track->capture);
    temp_folder_free(track->folder);
}

const struct esi_visit *
next(struct track *track)
{
    cr_assert_eq(esi_walk_next(track->walk, &track->visit), ESI_STEP_ITEM);
    cr_assert_eq(track->visit.decoding.what, ESI_DECODED_TCP);
    return &track->visit;
}
