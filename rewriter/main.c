/*
 * main.c - esmtp-rewriter: captures in, the capture as it would look behind the firewall out.
 *
 * Two readings: the first, the analyzer's or that of a plan which it left, says what changes; the
 * second is esi_rewrite's. Here: what runs in which order, and the exit status.
 */
#define _DEFAULT_SOURCE /* isatty */

#include <string.h>
#include <unistd.h>

#include "program_internal.h"

static bool
is_chosen(void *ctx, esi_flow_id flow)
{
    return esi_cli_sessions_has_flow(ctx, flow);
}

static void
on_pace(void *ctx)
{
    esi_cli_progress_show(ctx, NULL);
}

/* write_out - the readings of esi_rewrite. */
static bool
write_out(const struct options *options, const struct esi_rewrite_config *config,
          struct esi_rewrite_stats *stats, bool *usage, struct esi_error *err)
{
    bool piped = strcmp(options->out, "-") == 0 && isatty(STDOUT_FILENO);

    esi_cli_progress_begin(&program, &options->common, piped);
    esi_capture_pace(config->capture, on_pace, config->capture);
    bool written = esi_rewrite(config, stats, usage, err);
    esi_capture_pace(config->capture, NULL, NULL);
    esi_cli_progress_end(config->capture, NULL);
    return written;
}

static enum esi_exit
write_capture(const struct options *options, struct esi_capture *capture,
              const struct decision *decision)
{
    const struct esi_planfile *file = &decision->file;
    bool all = options->checksums == ESI_CHECKSUMS_ALL;
    struct esi_rewrite_config config = {
        .capture = capture,
        .plan = file->plan,
        .ports = &file->ports,
        .wants = decision->wants,
        .wants_ctx = decision->wants_ctx,
        .flow_memory = (size_t)file->flow_memory,
        .sights = decision->sights,
        .in_fragments = all ? file->any_fragments : file->in_fragments,
        .out = options->out,
        .format = options->format,
        .after = options->after,
        .keep_dropped = options->keep_dropped,
        .checksums = options->checksums,
        .view = options->view,
        .flow_wanted = options->common.sessions.count > 0 ? is_chosen : NULL,
        .flow_wanted_ctx = (void *)(uintptr_t)&options->common.sessions,
        .proof = {.path = options->proof,
                  .filter = file->filter,
                  .sessions = esi_cli_sessions_words(&options->common.sessions)},
    };
    struct esi_rewrite_stats stats;
    struct esi_error err = {0};
    bool usage;

    if (!options->out)
        return ESI_EXIT_DONE;
    if (!write_out(options, &config, &stats, &usage, &err)) {
        esi_cli_say(&program, "%s", err.text);
        return usage ? ESI_EXIT_USAGE : ESI_EXIT_INTERNAL;
    }
    if (!options->common.quiet)
        say_summary(options, &stats);
    return ESI_EXIT_DONE;
}

/* write_all - the plan and the capture, both or none. */
static enum esi_exit
write_all(const struct options *options, struct esi_capture *capture, struct decision *decision)
{
    struct esi_output plan = {0};

    if (!store_plan(options, decision, &plan))
        return ESI_EXIT_INTERNAL;
    enum esi_exit status = write_capture(options, capture, decision);
    if (!store_end(&plan, status == ESI_EXIT_DONE))
        return ESI_EXIT_INTERNAL;
    if (options->write_plan && status == ESI_EXIT_DONE && !options->common.quiet)
        say_plan(options, &decision->file);
    return status;
}

static enum esi_exit
write_decided(const struct options *options, struct esi_capture *capture, struct decision *decision)
{
    enum esi_exit input = ESI_EXIT_DONE, output = ESI_EXIT_DONE;
    bool writable = true;

    if (!decision->input_whole) {
        input = ESI_EXIT_INPUT;
        writable = say_input_trouble(options, capture);
    }
    if (writable)
        output = write_all(options, capture, decision);
    else
        esi_cli_say(&program, "%s: not written",
                    esi_output_name(options->out ? options->out : options->write_plan));
    return output > input ? output : input;
}

static struct esi_capture *
open_capture(const char *const *paths, size_t count, const char *filter)
{
    struct esi_error err = {0};
    struct esi_capture *capture = esi_capture_open(paths, count, filter, true, &err);

    if (!capture)
        esi_cli_say(&program, "%s", err.text);
    return capture;
}

static enum esi_exit
run_policy(struct options *options, const char *const *paths, size_t count)
{
    struct esi_policy *policy = esi_cli_policy(&program, &options->common);
    enum esi_exit status = ESI_EXIT_USAGE;
    struct esi_capture *capture =
        policy ? open_capture(paths, count, options->common.filter) : NULL;
    struct decision decision;

    if (capture) {
        decide(options, capture, policy, &decision);
        status = write_decided(options, capture, &decision);
        esi_planfile_free(&decision.file);
        esi_sights_free(decision.sights);
        esi_capture_close(capture);
    }
    esi_policy_free(policy);
    return status;
}

static enum esi_exit
run_plan(struct options *options, const char *const *paths, size_t count)
{
    enum esi_exit status = ESI_EXIT_USAGE;
    struct decision decision;

    if (!load_plan(options, &decision.file))
        return ESI_EXIT_USAGE;
    decision.sights = NULL;
    struct esi_capture *capture = open_capture(paths, count, decision.file.filter);
    if (capture)
        status = decide_by_plan(options, capture, &decision);
    if (capture && status == ESI_EXIT_DONE)
        status = write_decided(options, capture, &decision);
    esi_planfile_free(&decision.file);
    esi_capture_close(capture);
    return status;
}

static enum esi_exit
run_options(struct options *options, const char *const *paths, size_t count)
{
    if (options->common.list) {
        options->common.list();
        return esi_cli_flush(&program);
    }
    if (!options_settle(options, paths, count))
        return ESI_EXIT_USAGE;
    esi_cli_catch_signals();
    return options->plan ? run_plan(options, paths, count) : run_policy(options, paths, count);
}

int
main(int argc, char **argv)
{
    struct options options = {0};
    enum esi_exit status = ESI_EXIT_USAGE;
    int first;

    esi_ports_add(&options.common.ports, 25);
    switch (esi_cli_parse(&program, argc, argv, &options, &first)) {
    case ESI_CLI_LEAVE:
        status = esi_cli_flush(&program);
        break;
    case ESI_CLI_WRONG:
        break;
    case ESI_CLI_RUN:
        status = run_options(&options, (const char *const *)argv + first, (size_t)(argc - first));
        break;
    }
    esi_cli_common_free(&options.common);
    return (int)status;
}
