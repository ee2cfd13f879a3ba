/* common.c - the options that both programs take. What they mean together: policy_file.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli_internal.h"

bool
esi_cli_add_word(struct esi_cli_words *words, const char *word)
{
    words->items = esi_grow(words->items, &words->cap, words->count + 1, sizeof(const char *));
    words->items[words->count++] = word;
    return true;
}

bool
esi_cli_take_config(void *ctx, const char *argument, struct esi_error *err)
{
    if (argument[0] == '\0')
        return esi_error_set(err, "a file name is wanted");
    return esi_cli_add_word(&((struct esi_cli_common *)ctx)->configs, argument);
}

bool
esi_cli_take_platform(void *ctx, const char *argument, struct esi_error *err)
{
    struct esi_platform platform;

    ((struct esi_cli_common *)ctx)->platform = argument;
    return esi_platform_find(&platform, argument, err);
}

bool
esi_cli_take_knob(void *ctx, const char *argument, struct esi_error *err)
{
    struct esi_platform platform; /* names and values are the same on all */

    return esi_platform_find(&platform, esi_profile_at(0)->name, err) &&
           esi_platform_turn(&platform, argument, err) &&
           esi_cli_add_word(&((struct esi_cli_common *)ctx)->knobs, argument);
}

bool
esi_cli_take_map(void *ctx, const char *argument, struct esi_error *err)
{
    (void)err; /* whether there is such a map, the configuration tells */
    ((struct esi_cli_common *)ctx)->map = argument;
    return true;
}

bool
esi_cli_take_filter(void *ctx, const char *argument, struct esi_error *err)
{
    (void)err; /* libpcap judges it, link type by link type */
    ((struct esi_cli_common *)ctx)->filter = argument;
    return true;
}

bool
esi_cli_take_ports(void *ctx, const char *argument, struct esi_error *err)
{
    struct esi_cli_common *common = ctx;

    common->ports_given = true;
    return esi_ports_parse(&common->ports, argument, err);
}

bool
esi_cli_take_max_memory(void *ctx, const char *argument, struct esi_error *err)
{
    struct esi_cli_common *common = ctx;

    return esi_cli_size(argument, ESI_CLI_MEMORY_LEAST, &common->max_memory, err);
}

bool
esi_cli_word(const char *argument, const char *const *words, size_t count, size_t *out,
             struct esi_error *err)
{
    for (size_t i = 0; i < count; i++) {
        *out = i;
        if (strcmp(argument, words[i]) == 0)
            return true;
    }
    struct esi_buf known = {0};
    for (size_t i = 0; i < count; i++) {
        esi_buf_text(&known, i == 0 ? "" : i + 1 < count ? ", " : " or ");
        esi_buf_text(&known, words[i]);
    }
    esi_error_set(err, "'%s' is none of %.*s", argument, (int)known.len, (const char *)known.data);
    esi_buf_free(&known);
    return false;
}

const char *
esi_cli_platform_word(size_t index, char room[static ESI_CLI_WORD_ROOM])
{
    (void)room;
    return index < esi_profile_count() ? esi_profile_at(index)->name : NULL;
}

const char *
esi_cli_knob_word(size_t index, char room[static ESI_CLI_WORD_ROOM])
{
    for (int k = 0; k < ESI_KNOB_COUNT; k++) {
        const char *value;

        for (size_t v = 0; (value = esi_knob_value_name((enum esi_knob)k, v)); v++) {
            if (index-- > 0)
                continue;
            snprintf(room, ESI_CLI_WORD_ROOM, "%s=%s", esi_knob_info((enum esi_knob)k)->name,
                     value);
            return room;
        }
    }
    return NULL;
}

bool
esi_cli_take_quiet(void *ctx, const char *argument, struct esi_error *err)
{
    (void)argument;
    (void)err;
    ((struct esi_cli_common *)ctx)->quiet = true;
    return true;
}

bool
esi_cli_take_verbose(void *ctx, const char *argument, struct esi_error *err)
{
    (void)argument;
    (void)err;
    ((struct esi_cli_common *)ctx)->verbose = true;
    return true;
}

const char *const esi_cli_when_words[ESI_CLI_WHENS] = {
    [ESI_CLI_AUTO] = "auto", [ESI_CLI_ALWAYS] = "always", [ESI_CLI_NEVER] = "never"};

bool
esi_cli_when(const char *argument, enum esi_cli_when *out, struct esi_error *err)
{
    size_t which = 0;
    bool known = esi_cli_word(argument, esi_cli_when_words, ESI_CLI_WHENS, &which, err);

    *out = (enum esi_cli_when)which;
    return known;
}

bool
esi_cli_take_redact(void *ctx, const char *argument, struct esi_error *err)
{
    (void)argument;
    (void)err;
    ((struct esi_cli_common *)ctx)->redact = true;
    return true;
}

bool
esi_cli_take_progress(void *ctx, const char *argument, struct esi_error *err)
{
    return esi_cli_when(argument, &((struct esi_cli_common *)ctx)->progress, err);
}

bool
esi_cli_take_only_sessions(void *ctx, const char *argument, struct esi_error *err)
{
    return esi_cli_sessions_parse(&((struct esi_cli_common *)ctx)->sessions, argument, err);
}

bool
esi_cli_take_strict(void *ctx, const char *argument, struct esi_error *err)
{
    (void)argument;
    (void)err;
    ((struct esi_cli_common *)ctx)->strict = true;
    return true;
}

bool
esi_cli_take_list_platforms(void *ctx, const char *argument, struct esi_error *err)
{
    (void)argument;
    (void)err;
    ((struct esi_cli_common *)ctx)->list = list_platforms;
    return true;
}

bool
esi_cli_take_list_knobs(void *ctx, const char *argument, struct esi_error *err)
{
    (void)argument;
    (void)err;
    ((struct esi_cli_common *)ctx)->list = list_knobs;
    return true;
}

void
esi_cli_common_free(struct esi_cli_common *common)
{
    free(common->configs.items);
    free(common->knobs.items);
    free(common->sessions.ranges);
    free(common->sessions.flows);
    esi_buf_free(&common->sessions.words);
    *common = (struct esi_cli_common){0};
}

bool
esi_cli_check_inputs(const struct esi_program *program, const struct esi_cli_common *common,
                     const char *const *captures, size_t count)
{
    unsigned configs = 0, all = 0;

    for (size_t i = 0; i < common->configs.count; i++)
        configs += strcmp(common->configs.items[i], "-") == 0;
    for (size_t i = 0; i < count; i++)
        all += strcmp(captures[i], "-") == 0;
    if (configs > 1)
        esi_cli_say(program, "standard input cannot be two configurations");
    else if (configs > 0 && all > 0)
        esi_cli_say(program, "standard input cannot be both a configuration and a capture");
    return configs == 0 || configs + all == 1;
}

bool
esi_cli_check_output(const struct esi_program *program, const struct esi_cli_common *common,
                     const char *output, const char *const *captures, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (esi_cli_same_file(output, captures[i])) {
            esi_cli_say(program, "%s: is a capture to be read, not written",
                        esi_output_name(output));
            return false;
        }
    }
    for (size_t i = 0; i < common->configs.count; i++) {
        if (esi_cli_same_file(output, common->configs.items[i])) {
            esi_cli_say(program, "%s: is a configuration to be read, not written",
                        esi_output_name(output));
            return false;
        }
    }
    return true;
}

void
esi_cli_say_none_found(const struct esi_program *program, const struct esi_cli_common *common)
{
    esi_cli_say(program, "no SMTP session was found (%s where to look)",
                common->configs.count > 0 ? "--ports and the configuration say" : "--ports says");
}
