#include "support/run_pipeline.h"

#include <criterion/criterion.h>

#include "esi/pipeline.h"

void
run_pipeline(const char *path, const char *config_text,
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
    esi_pipeline_run(
        &(struct esi_pipeline_config){
            .capture = capture, .policy = policy, .ports = &ports, .record = record, .ctx = ctx},
        &result);
    esi_capture_close(capture);
    esi_policy_free(policy);
}
