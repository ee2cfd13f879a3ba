/* store.c - plans as files: what --write-plan keeps, and --plan decides by. */
#include <errno.h>
#include <string.h>

#include "program_internal.h"

/* name_of - a plan that is read. */
static const char *
name_of(const char *path)
{
    return strcmp(path, "-") == 0 ? "standard input" : path;
}

bool
load_plan(const struct options *options, struct esi_planfile *out)
{
    bool piped = strcmp(options->plan, "-") == 0;
    const char *name = name_of(options->plan);
    FILE *in = piped ? stdin : fopen(options->plan, "rb");
    struct esi_error err = {0};

    if (!in) {
        esi_cli_say(&program, "%s: cannot be read: %s", name, strerror(errno));
        return false;
    }
    bool read = esi_planfile_read(out, in, name, &err);
    if (!piped)
        fclose(in);
    if (!read)
        esi_cli_say(&program, "%s", err.text);
    return read;
}

enum esi_exit
decide_by_plan(struct options *options, struct esi_capture *capture, struct decision *out)
{
    struct esi_planfile *file = &out->file;
    struct esi_error err = {0};
    bool readable = false, unreadable = false;

    if (!esi_planfile_same_input(file, capture, &unreadable, &err) ||
        !esi_planfile_check(file, capture, &readable, &err)) {
        esi_cli_say(&program, "%s: does not fit: %s", name_of(options->plan), err.text);
        return unreadable ? ESI_EXIT_INPUT : ESI_EXIT_USAGE;
    }
    esi_plan_seal(file->plan); /* only now: by its highest flow */
    out->wants = esi_planfile_wants;
    out->wants_ctx = file;
    out->input_whole = readable;
    for (size_t c = 0; c < file->capture_count; c++)
        out->input_whole = out->input_whole && !file->captures[c].why_not;
    for (size_t s = 0; s < file->session_count; s++)
        esi_cli_sessions_note(&options->common.sessions, file->sessions[s].number,
                              file->sessions[s].flow);
    if (!options->common.quiet)
        esi_cli_say_missing_sessions(&program, &options->common.sessions);
    return ESI_EXIT_DONE;
}

bool
store_plan(const struct options *options, struct decision *decision, struct esi_output *output)
{
    struct esi_error err = {0};

    if (!options->write_plan)
        return true;
    if (!esi_output_open(output, options->write_plan, &err)) {
        esi_cli_say(&program, "%s", err.text);
        return false;
    }
    errno = 0;
    bool written = esi_planfile_write(&decision->file, output->file);
    int why = errno;
    if (fclose(output->file) != 0 && written) {
        written = false;
        why = errno;
    }
    if (written)
        return true;
    esi_cli_say(&program, "%s: cannot be written: %s", esi_output_name(options->write_plan),
                strerror(why));
    esi_output_drop(output);
    return false;
}

bool
store_end(struct esi_output *output, bool keep)
{
    struct esi_error err = {0};
    bool kept = !output->path || !keep || esi_output_keep(output, &err);

    if (!kept)
        esi_cli_say(&program, "%s", err.text);
    if (output->path)
        esi_output_drop(output);
    return kept;
}
