/*
 * policy_file.c - configuration files read, put on a platform, and what is said about them.
 *
 * Texts are kept until it is settled what to say: a policy that cannot be made frees its
 * configuration, which is then read once more for its diagnostics.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli_internal.h"

enum {
    TEXT_MOST = 64 << 20,   /* bytes of a file: the longest configurations are some megabytes */
    CHUNK = 1 << 16,        /* read at a time */
    LOOKED_AT = 4096,       /* bytes that tell whether a file is text */
    CONTROL_SHARE = 16,     /* in a text hardly one byte in that many is a control character */
    WARNINGS_TOLD_MOST = 10 /* in a run that is about captures */
};

struct text {
    const char *name;
    struct esi_buf bytes;
};
struct texts {
    struct text *items;
    size_t count;
};

/* What came of the options. */
struct loaded {
    struct esi_policy *policy;       /* NULL: see err */
    struct esi_config *again;        /* the configuration of a policy that could not be made */
    const struct esi_config *config; /* the policy's, or `again`; NULL: none was given */
    struct esi_error err;
};

/* is_text - by its beginning: no capture that was taken for a configuration. Consoles leave NULs
 * behind CR; of UTF-16 the reader has its own word. */
static bool
is_text(struct esi_slice bytes)
{
    if (bytes.len >= 2 &&
        (memcmp(bytes.ptr, "\xff\xfe", 2) == 0 || memcmp(bytes.ptr, "\xfe\xff", 2) == 0))
        return true;
    static const char usual[] = "\t\n\r\b\f\033";
    size_t len = bytes.len < LOOKED_AT ? bytes.len : LOOKED_AT, control = 0;

    for (size_t i = 0; i < len; i++) {
        uint8_t byte = bytes.ptr[i];
        bool padding = byte == '\0' && i > 0 && bytes.ptr[i - 1] == '\r';

        control += byte < 0x20 && !padding && !memchr(usual, byte, sizeof usual - 1);
    }
    return control <= len / CONTROL_SHARE;
}

static bool
read_stream(FILE *file, struct text *text, struct esi_error *err)
{
    static uint8_t chunk[CHUNK];
    size_t len;

    errno = 0;
    while ((len = fread(chunk, 1, sizeof chunk, file)) > 0) {
        if (text->bytes.len == 0 && !is_text((struct esi_slice){chunk, len}))
            return esi_error_set(err, "%s: is no configuration: it is not text", text->name);
        if (text->bytes.len + len > TEXT_MOST)
            return esi_error_set(err, "%s: is longer than %d MB, which no configuration is",
                                 text->name, TEXT_MOST >> 20);
        esi_buf_append(&text->bytes, (struct esi_slice){chunk, len});
    }
    return !ferror(file) || esi_error_set(err, "%s: cannot be read: %s", text->name,
                                          strerror(errno != 0 ? errno : EIO));
}

static bool
read_file(const char *path, struct text *text, struct esi_error *err)
{
    bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "rb");

    text->name = path;
    if (!file)
        return esi_error_set(err, "%s: cannot be read: %s", path, strerror(errno));
    bool whole = read_stream(file, text, err);
    if (!standard)
        fclose(file);
    return whole;
}

static void
texts_free(struct texts *texts)
{
    for (size_t i = 0; i < texts->count; i++)
        esi_buf_free(&texts->items[i].bytes);
    free(texts->items);
    *texts = (struct texts){0};
}

static bool
texts_read(struct texts *texts, const struct esi_cli_common *common, struct esi_error *err)
{
    *texts = (struct texts){.count = common->configs.count};
    texts->items = esi_alloc((texts->count + 1) * sizeof *texts->items);
    for (size_t i = 0; i < texts->count; i++)
        if (!read_file(common->configs.items[i], &texts->items[i], err))
            return false;
    return true;
}

static struct esi_config *
make_config(const struct texts *texts)
{
    struct esi_config *config = texts->count > 0 ? esi_config_new() : NULL;

    for (size_t i = 0; i < texts->count; i++) {
        const struct text *text = &texts->items[i];

        if (text->bytes.len > 0)
            esi_config_read(config, text->name, esi_buf_slice(&text->bytes));
        else
            esi_config_say(config, ESI_DIAG_WARNING, (struct esi_place){text->name, 0},
                           "the file is empty");
    }
    return config;
}

/* load - false if a file cannot be read. */
static bool
load(struct loaded *loaded, const struct esi_cli_common *common)
{
    struct texts texts;

    *loaded = (struct loaded){0};
    bool whole = texts_read(&texts, common, &loaded->err);
    if (whole) {
        loaded->policy =
            esi_policy_new(&(struct esi_policy_options){.config = make_config(&texts),
                                                        .platform = common->platform,
                                                        .knobs = common->knobs.items,
                                                        .knob_count = common->knobs.count,
                                                        .map = common->map,
                                                        .ports = &common->ports},
                           &loaded->err);
        if (!loaded->policy)
            loaded->again = make_config(&texts);
        loaded->config = loaded->policy ? esi_policy_config(loaded->policy) : loaded->again;
    }
    texts_free(&texts);
    return whole;
}

static void
unload(struct loaded *loaded)
{
    esi_policy_free(loaded->policy);
    if (loaded->again)
        esi_config_free(loaded->again);
    *loaded = (struct loaded){0};
}

static bool
is_right(const struct loaded *loaded, const struct esi_cli_common *common)
{
    return loaded->policy &&
           !(loaded->config && esi_config_has_errors(loaded->config, common->strict));
}

static void
print(FILE *out, const struct esi_buf *text)
{
    fwrite(text->data, 1, text->len, out);
}

/* say_errors - all that forbids to go on, and nothing else. */
static void
say_errors(const struct esi_program *program, const struct loaded *loaded,
           const struct esi_cli_common *common)
{
    struct diagnostics all = {0};
    struct esi_buf text = {0};

    if (loaded->config)
        all = diagnostics_of(loaded->config);
    for (size_t i = 0; i < all.count; i++)
        if (is_error(all.items[i], common->strict))
            esi_diag_print(all.items[i], &text);
    if (text.len > 0)
        print(stderr, &text);
    if (!loaded->policy)
        esi_cli_say(program, "%s", loaded->err.text);
    esi_buf_free(&text);
    diagnostics_free(&all);
}

static bool
is_wanted(const struct esi_diag *diag, const struct esi_cli_common *common)
{
    return (diag->kind == ESI_DIAG_WARNING && !common->quiet) ||
           (diag->kind == ESI_DIAG_NOTE && common->verbose);
}

/* say_remarks - warnings, of which there may be many in the configuration of a whole firewall. */
static void
say_remarks(const struct esi_program *program, const struct esi_config *config,
            const struct esi_cli_common *common)
{
    struct diagnostics all = diagnostics_of(config);
    struct esi_buf text = {0};
    size_t said = 0, left = 0;

    for (size_t i = 0; i < all.count; i++) {
        if (!is_wanted(all.items[i], common))
            continue;
        if (said == WARNINGS_TOLD_MOST && !common->verbose) {
            left++;
            continue;
        }
        esi_diag_print(all.items[i], &text);
        said++;
    }
    if (text.len > 0)
        print(stderr, &text);
    if (left > 0)
        esi_cli_say(program, "%zu more; esmtp-analyzer --check-config shows all", left);
    esi_buf_free(&text);
    diagnostics_free(&all);
}

struct esi_policy *
esi_cli_policy(const struct esi_program *program, const struct esi_cli_common *common)
{
    struct esi_policy *policy = NULL;
    struct loaded loaded;

    if (!load(&loaded, common)) {
        esi_cli_say(program, "%s", loaded.err.text);
    } else if (!is_right(&loaded, common)) {
        say_errors(program, &loaded, common);
    } else {
        if (loaded.config)
            say_remarks(program, loaded.config, common);
        policy = loaded.policy;
        loaded.policy = NULL;
    }
    unload(&loaded);
    return policy;
}

static void
print_maps(const struct esi_policy *policy, struct esi_buf *out)
{
    const struct esi_platform *platform = esi_policy_platform(policy);

    esi_buf_printf(out, "\nplatform %s: %s\n", platform->name, platform->profile->words);
    for (size_t i = 0; i < esi_policy_map_count(policy); i++) {
        const struct esi_map *map = esi_policy_map_at(policy, i);

        esi_buf_text(out, "map ");
        esi_escape_text(out, esi_slice_of(map->name));
        if (map->config_file)
            esi_buf_printf(out, ": %s:%u\n", map->config_file, map->config_line);
        else
            esi_buf_text(out, ": built in\n");
    }
}

/* print_findings - every diagnostic, and how many of each kind there are. */
static void
print_findings(const struct esi_config *config, struct esi_buf *out)
{
    static const char *const names[][2] = {
        [ESI_DIAG_ERROR] = {"error", "errors"},
        [ESI_DIAG_WARNING] = {"warning", "warnings"},
        [ESI_DIAG_NOTE] = {"note", "notes"},
    };
    struct diagnostics all = diagnostics_of(config);
    size_t counts[ESI_COUNT(names)] = {0};

    esi_buf_byte(out, '\n');
    for (size_t i = 0; i < all.count; i++) {
        esi_diag_print(all.items[i], out);
        counts[all.items[i]->kind]++;
    }
    for (size_t k = 0; k < ESI_COUNT(names); k++)
        esi_buf_printf(out, "%s%zu %s", k > 0 ? ", " : "", counts[k], names[k][counts[k] != 1]);
    esi_buf_byte(out, '\n');
    diagnostics_free(&all);
}

/* flush - what came of it, unless standard output could not be written. */
static enum esi_exit
flush(const struct esi_program *program, bool right)
{
    enum esi_exit written = esi_cli_flush(program);

    return written != ESI_EXIT_DONE ? written : right ? ESI_EXIT_DONE : ESI_EXIT_USAGE;
}

enum esi_exit
esi_cli_check_config(const struct esi_program *program, const struct esi_cli_common *common)
{
    struct loaded loaded;
    struct esi_buf out = {0};

    if (!load(&loaded, common)) {
        esi_cli_say(program, "%s", loaded.err.text);
        return ESI_EXIT_USAGE;
    }
    if (loaded.config) {
        esi_config_print_ledger(loaded.config, &out);
        print_findings(loaded.config, &out);
    }
    if (loaded.policy)
        print_maps(loaded.policy, &out);
    print(stdout, &out);
    if (!loaded.policy)
        esi_cli_say(program, "%s", loaded.err.text);
    bool right = is_right(&loaded, common);
    esi_buf_free(&out);
    unload(&loaded);
    return flush(program, right);
}

enum esi_exit
esi_cli_print_config(const struct esi_program *program, const struct esi_cli_common *common)
{
    struct esi_policy *policy = esi_cli_policy(program, common);
    struct esi_buf out = {0};

    if (!policy)
        return ESI_EXIT_USAGE;
    esi_policy_print(policy, &out);
    print(stdout, &out);
    esi_buf_free(&out);
    esi_policy_free(policy);
    return flush(program, true);
}
