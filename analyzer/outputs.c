/* outputs.c - records fanned out to the sinks, each of which has a file of its own. */
#include <errno.h>
#include <string.h>

#include "program_internal.h"

static bool
colour_for(const struct options *options, const char *path)
{
    return options->colour == ESI_CLI_ALWAYS ||
           (options->colour == ESI_CLI_AUTO && strcmp(path, "-") == 0);
}

bool
outputs_open(struct outputs *outputs, const struct options *options,
             const struct esi_sink_options *sink_options, struct esi_error *err)
{
    for (size_t i = 0; i < options->output_count; i++) {
        const struct output_wanted *wanted = &options->outputs[i];
        struct output *output = &outputs->items[i];
        struct esi_sink_options for_this = *sink_options;

        for_this.colour = colour_for(options, wanted->path);
        output->path = esi_output_name(wanted->path);
        if (!esi_output_open(&output->file, wanted->path, err)) {
            esi_unfinished_remove_all();
            return false;
        }
        output->sink = wanted->format->open(output->file.file, &for_this);
        outputs->count++;
    }
    return true;
}

bool
outputs_put(struct outputs *outputs, const struct esi_record *record)
{
    bool whole = true;

    for (size_t i = 0; i < outputs->count; i++) {
        esi_sink_put(outputs->items[i].sink, record);
        whole &= !esi_sink_broken(outputs->items[i].sink);
    }
    return whole;
}

bool
outputs_want_turns(const struct outputs *outputs, uint64_t session)
{
    for (size_t i = 0; i < outputs->count; i++)
        if (esi_sink_wants_turns(outputs->items[i].sink, session))
            return true;
    return false;
}

void
outputs_each_note(const struct outputs *outputs, void (*fn)(const char *note))
{
    for (size_t i = 0; i < outputs->count; i++) {
        const char *note = esi_sink_note(outputs->items[i].sink);

        if (note)
            fn(note);
    }
}

static bool
close_output(struct output *output, struct esi_error *err)
{
    struct esi_error why;
    bool written = esi_sink_close(output->sink, &why);

    errno = 0;
    if (fclose(output->file.file) != 0 && written)
        written = esi_error_set(&why, "%s", strerror(errno));
    if (!written)
        esi_error_set(err, "%s: cannot be written: %s", output->path, why.text);
    written = written && esi_output_keep(&output->file, err);
    if (!written)
        esi_output_drop(&output->file);
    return written;
}

bool
outputs_close(struct outputs *outputs, struct esi_error *err)
{
    struct esi_error later;
    bool whole = true;

    for (size_t i = 0; i < outputs->count; i++)
        if (!close_output(&outputs->items[i], whole ? err : &later))
            whole = false;
    outputs->count = 0;
    return whole;
}
