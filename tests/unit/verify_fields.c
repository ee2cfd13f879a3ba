/* The fields that suites may name are those that -o json writes. */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

#include "verify/verify_internal.h"

/* What no golden file happens to hold: each is left out mostly, or is an object that mostly is
 * null. */
static const char *const rare[] = {
    "evidence.grounds.pcap_filename",
    "evidence.grounds_more",
    "evidence.keywords.others.likely",
    "evidence.keywords.others.odds",
    "evidence.keywords_more",
    "evidence.changes_more",
    "session.evidence",
    "session.evidence.grounds.pcap_filename",
    "session.evidence.grounds_more",
    "session.evidence.keywords.others.likely",
    "session.evidence.keywords.others.odds",
    "session.evidence.keywords_more",
    "smtp.frames_files",
    "verdict.config",
    "verdict.config.file",
    "verdict.config.line",
    "verdict.clipped",
    "verdict.detail",
    "verdict.frames_files",
    "session.frames_files",
    "session.policy.config",
    "session.policy.config.file",
    "session.policy.config.line",
    "session.diverges.pcap_filename",
    "session.quality.conflicts.direction",
    "session.quality.conflicts.offset",
    "session.quality.conflicts.length",
    "session.quality.conflicts.first",
    "session.quality.conflicts.second",
    "session.quality.conflicts.frames",
    "session.quality.conflicts.frames_files",
    "capture.skipped",
    "summary.counters",
    "summary.counters.packet.frames_files",
    "summary.counters.drop.frames_files",
    "summary.counters.reset_drop.frames_files",
    "summary.counters.parameters",
    "summary.counters.parameters.frames_files",
    "summary.counters.parameters.logged.frames_files",
    "summary.counters.matches",
    "summary.counters.matches.frames_files",
};

static bool
is_rare(const char *path)
{
    for (size_t i = 0; i < ESI_COUNT(rare); i++)
        if (strcmp(path, rare[i]) == 0)
            return true;
    return false;
}

static bool
is_word(const struct field *field, const struct value *value)
{
    size_t i = 0;

    if (!field->word || value->kind != VALUE_TEXT)
        return true;
    while (field->word(i) && strcmp(field->word(i), value->text) != 0)
        i++;
    return field->word(i);
}

static bool
is_of_type(const struct field *field, const struct value *value)
{
    static const enum value_kind kinds[] = {
        [FIELD_TEXT] = VALUE_TEXT,
        [FIELD_NUMBER] = VALUE_NUMBER,
        [FIELD_BOOL] = VALUE_BOOL,
        [FIELD_OBJECT] = VALUE_EMPTY,
    };

    return value->kind == VALUE_NULL || value->kind == VALUE_EMPTY ||
           value->kind == kinds[field->type];
}

static void
check_leaf(const char *file, const struct leaf *leaf, bool *seen)
{
    const struct field *field = field_of(leaf->path);

    if (strcmp(leaf->path, "schema") == 0 || strcmp(leaf->path, "event_type") == 0)
        return;
    cr_expect(field, "%s: %s is not in fields.def", file, leaf->path);
    if (!field)
        return;
    cr_expect(is_of_type(field, &leaf->value), "%s: type of %s", file, leaf->path);
    cr_expect(is_word(field, &leaf->value), "%s: %s: %s", file, leaf->path, leaf->value.text);
    seen[field - field_at(0)] = true;
}

static void
check_file(const char *path, bool *seen)
{
    FILE *file = fopen(path, "rb");
    struct record record = {0};
    char *line = NULL;
    size_t cap = 0;
    ssize_t len;

    cr_assert(file, "%s", path);
    while ((len = getline(&line, &cap, file)) > 0) {
        struct esi_slice text = {(const uint8_t *)line, (size_t)len};

        if (event_of(text) == EVENT_COUNT)
            continue;
        cr_assert(record_read(&record, text), "%s", path);
        for (size_t i = 0; i < record.count; i++)
            check_leaf(path, &record.leaves[i], seen);
    }
    free(line);
    record_drop(&record);
    fclose(file);
}

Test(verify_fields, are_what_is_written)
{
    static bool seen[1024];
    glob_t files;

    cr_assert(glob(ESI_ROOT "/tests/golden/*.json", 0, NULL, &files) == 0);
    cr_assert(glob(ESI_ROOT "/tests/golden/*.out", GLOB_APPEND, NULL, &files) == 0);
    for (size_t i = 0; i < files.gl_pathc; i++)
        check_file(files.gl_pathv[i], seen);
    globfree(&files);
    for (size_t i = 0; field_at(i); i++)
        cr_expect(seen[i] || is_rare(field_at(i)->path), "%s: nothing writes it",
                  field_at(i)->path);
}
