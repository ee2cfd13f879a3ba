/*
 * platform.h - which engine is imitated: a product or release, and its habits.
 *
 * A platform is a row of platform/profiles.def and a column of platform/habits.def; a release turns
 * some habits (platform/releases.def), a knob turns one. The engine never asks for a version: it
 * asks for a habit.
 */
#ifndef ESI_PLATFORM_H
#define ESI_PLATFORM_H

#include "esi/map.h"

/* A switchable habit; its name is what --knob takes. */
enum esi_knob {
#define ESI_KNOB(id, name, words) ESI_KNOB_##id,
#include "esi/knobs.def"
    ESI_KNOB_COUNT
};

/* All values of all knobs: ESI_GREETING_CMAP, ESI_PIPE_CLOSE, ... */
enum esi_habit {
#define ESI_KNOB_VALUE(knob, id, name) ESI_##knob##_##id,
#include "esi/knobs.def"
    ESI_HABIT_COUNT
};

struct esi_knob_info {
    const char *name;  /* "greeting" */
    const char *words; /* what it decides */
};
const struct esi_knob_info *esi_knob_info(enum esi_knob knob);
/* NULL when `index` is behind the knob's last value. */
const char *esi_knob_value_name(enum esi_knob knob, size_t index);
const char *esi_habit_name(enum esi_habit habit); /* "class20" */

/* One habit of a platform, and how we know. */
struct esi_setting {
    enum esi_habit habit;
    enum esi_basis basis;
    const char *source;
};

/* A product: a row of platform/profiles.def. */
struct esi_profile {
    const char *name;     /* "asa-8" */
    const char *words;    /* what it stands for */
    const char *product;  /* as its syslog lines begin: "ASA", "PIX", "FWSM", "IOS" */
    const char *map_name; /* the map in force where no other is configured */
    bool has_limits;      /* that map holds the seven matches of Cisco 117801 */
    bool has_maps;        /* `policy-map type inspect esmtp` exists */
    bool masks_keywords;  /* EHLO keywords are masked though there is no match (no maps yet) */
};
size_t esi_profile_count(void);
const struct esi_profile *esi_profile_at(size_t index);
/* The profile's setting of a knob, without release and --knob. */
const struct esi_setting *esi_profile_setting(size_t index, enum esi_knob knob);

/* A habit that releases turn: those of the product from the one on and below the other. */
struct esi_release {
    unsigned long part[4]; /* major, minor, maintenance, interim */
};
#define ESI_RELEASE_NO_END (~0UL) /* as major of `below`: all that come behind */
struct esi_release_turn {
    const char *product;
    struct esi_release from, below;
    enum esi_knob knob;
    struct esi_setting setting;
};
/* Of several that fit, the last counts. NULL behind the last. */
const struct esi_release_turn *esi_release_turn_at(size_t index);

struct esi_platform {
    const struct esi_profile *profile;
    char name[32];       /* as chosen: "asa-8", "asa-8.4(7)" */
    const char *product; /* as its syslog lines begin: the profile's, but "PIX" for pix-7.2(2) */
    struct esi_release release; /* as named, or that its row is named after; 0: neither */
    struct esi_setting setting[ESI_KNOB_COUNT];
};
/*
 * name: a row's name, or a release such as "asa-8.4(7)", "asa-9.8(4)15", "pix-6.3(5)", which picks
 * its row and its release-dependent habits. False, and what is known, for any other name.
 */
bool esi_platform_find(struct esi_platform *out, const char *name, struct esi_error *err);
/* Turns one knob: "NAME=VALUE". The setting is then assumed, its source --knob. False, and what
 * there is, for an unknown name or value. */
bool esi_platform_turn(struct esi_platform *platform, const char *assignment,
                       struct esi_error *err);
static inline enum esi_habit
esi_platform_habit(const struct esi_platform *platform, enum esi_knob knob)
{
    return platform->setting[knob].habit;
}
/* The map in force on the platform where the configuration names none. Its strings are constants.
 */
void esi_platform_map(const struct esi_platform *platform, struct esi_map *out);
/* What a map does not say, the platform decides: fills parameters nobody wrote. */
void esi_platform_complete(const struct esi_platform *platform, struct esi_map *map);

#endif
