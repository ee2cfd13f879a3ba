#include "support/run_pipeline.h"

#include <criterion/criterion.h>

#include "esi/packet.h"
#include "esi/pipeline.h"

void
run_pipeline(const char *path, const char *config_text, size_t max_memory,
             void (*record)(void *ctx, const struct esi_record *record), void *ctx)
{
    struct esi_ports ports = {0};
    struct esi_error err;
    struct esi_pipeline_result result;
    struct esi_capture *capture = esi_capture_open(&path, 1, NULL, false, &err);
    struct esi_config *config = config_text ? esi_config_new() : NULL;

    cr_assert(capture);
    esi_ports_add(&ports, 25);
    if (config)
        esi_config_read(config, "asa.cfg", esi_slice_of(config_text));
    struct esi_policy *policy =
        esi_policy_new(&(struct esi_policy_options){.config = config, .ports = &ports}, &err);
    cr_assert(policy, "%s", err.text);
    esi_pipeline_run(&(struct esi_pipeline_config){.capture = capture,
                                                   .policy = policy,
                                                   .ports = &ports,
                                                   .max_memory = max_memory,
                                                   .evidence = true,
                                                   .record = record,
                                                   .ctx = ctx},
                     &result);
    cr_assert(result.input_whole);
    esi_capture_close(capture);
    esi_policy_free(policy);
}

void
add_segment(struct frame_file *file, unsigned nth, uint8_t flags, const char *data)
{
    static uint8_t bytes[FRAME_MOST];
    struct frame_spec spec = {.link = FRAME_RAW,
                              .client_port = (uint16_t)(1000 + nth),
                              .to_client = data != NULL,
                              .seq = flags & ESI_TCP_SYN ? 0 : 1,
                              .ack = 1,
                              .flags = flags};

    if (data)
        spec.payload = esi_slice_of(data);
    frame_file_add(file, bytes, frame_build(bytes, &spec), 0);
}
