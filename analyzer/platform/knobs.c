/* knobs.c - the knobs and their values by name, and turning one. */
#include <string.h>

#include "esi/platform.h"

static const struct esi_knob_info knobs[] = {
#define ESI_KNOB(id, name, words) {name, words},
#include "esi/knobs.def"
};

static const struct {
    enum esi_knob knob;
    const char *name;
} values[] = {
#define ESI_KNOB_VALUE(knob, id, name) {ESI_KNOB_##knob, name},
#include "esi/knobs.def"
};

const struct esi_knob_info *
esi_knob_info(enum esi_knob knob)
{
    return &knobs[knob];
}

const char *
esi_habit_name(enum esi_habit habit)
{
    return values[habit].name;
}

const char *
esi_knob_value_name(enum esi_knob knob, size_t index)
{
    for (size_t i = 0; i < ESI_COUNT(values); i++)
        if (values[i].knob == knob && index-- == 0)
            return values[i].name;
    return NULL;
}

static bool
turn(struct esi_platform *platform, enum esi_knob knob, const char *value, struct esi_error *err)
{
    struct esi_buf names = {0};

    for (size_t i = 0; i < ESI_COUNT(values); i++) {
        if (values[i].knob != knob)
            continue;
        esi_buf_text(&names, names.len > 0 ? ", " : "");
        esi_buf_text(&names, values[i].name);
        if (strcmp(values[i].name, value) != 0)
            continue;
        platform->setting[knob] =
            (struct esi_setting){(enum esi_habit)i, ESI_BASIS_ASSUMED, "--knob"};
        esi_buf_free(&names);
        return true;
    }
    esi_error_set(err, "'%s' is not a value of knob %s; its values are %.*s", value,
                  knobs[knob].name, (int)names.len, (const char *)names.data);
    esi_buf_free(&names);
    return false;
}

bool
esi_platform_turn(struct esi_platform *platform, const char *assignment, struct esi_error *err)
{
    size_t len = strcspn(assignment, "=");

    if (assignment[len] == '\0')
        return esi_error_set(err, "'%s' is not NAME=VALUE", assignment);
    for (size_t i = 0; i < ESI_COUNT(knobs); i++)
        if (strlen(knobs[i].name) == len && strncmp(knobs[i].name, assignment, len) == 0)
            return turn(platform, (enum esi_knob)i, assignment + len + 1, err);
    return esi_error_set(err, "'%.*s' is not a knob (--list-knobs prints them)", (int)len,
                         assignment);
}
