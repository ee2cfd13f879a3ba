/*
 * verdicts.c - the library in ten lines: what the default map of an ASA does to captures.
 *
 *     cc verdicts.c $(pkg-config --cflags --libs esmtp-inspect) -o verdicts && ./verdicts CAPTURE
 */
#include "esi/pipeline.h"

static void
tell(void *ctx, const struct esi_record *record)
{
    (void)ctx;
    if (record->kind == ESI_RECORD_OUTCOME && record->outcome->kind == ESI_OUTCOME_VERDICT)
        printf("session %u, frame %u: %s by %s\n", (unsigned)record->session->number,
               (unsigned)record->outcome->frame, esi_action_name(record->outcome->u.verdict.action),
               record->outcome->u.verdict.rule.words);
}

int
main(int argc, char **argv)
{
    struct esi_ports ports = {0};
    struct esi_pipeline_config config = {.ports = &ports, .record = tell};
    struct esi_pipeline_result result;

    if (argc < 2)
        return 2;
    esi_ports_add(&ports, 25);
    config.policy = esi_policy_new(&(struct esi_policy_options){.ports = &ports}, NULL);
    config.capture = esi_capture_open((const char *const *)argv + 1, (size_t)argc - 1,
                                      NULL /* no filter */, false /* read once */, NULL);
    esi_pipeline_run(&config, &result);
    esi_capture_close(config.capture);
    esi_policy_free(config.policy);
    return result.input_whole ? 0 : 3;
}
