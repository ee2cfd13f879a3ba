/*
 * platform.c - the name of a product or a release, and the habits it stands for.
 *
 * Releases are written as Cisco's notes do, 9.1(6.1), as the box itself does, 9.1(6)1, or with dots
 * only, 9.12.4; those of IOS with the letter of their train, 12.4(15)T7.
 */
#include "esi/platform.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum profile {
#define ESI_PROFILE(id, name, words, product, map_name, limits, maps, keywords) PROFILE_##id,
#include "profiles.def"
#undef ESI_PROFILE
    PROFILE_COUNT
};

static const struct esi_profile profiles[] = {
#define ESI_PROFILE(id, name, words, product, map_name, limits, maps, keywords)                    \
    {name, words, product, map_name, limits, maps, keywords},
#include "profiles.def"
#undef ESI_PROFILE
};

#define C ESI_BASIS_CONFIRMED
#define L ESI_BASIS_LIKELY
#define A ESI_BASIS_ASSUMED
static const struct esi_setting habits[ESI_KNOB_COUNT][PROFILE_COUNT] = {
#define ESI_HABITS(knob, b0, v0, b1, v1, b2, v2, b3, v3, b4, v4, b5, v5, b6, v6, b7, v7, source)   \
    [ESI_KNOB_##knob] = {{ESI_##knob##_##v0, b0, source}, {ESI_##knob##_##v1, b1, source},         \
                         {ESI_##knob##_##v2, b2, source}, {ESI_##knob##_##v3, b3, source},         \
                         {ESI_##knob##_##v4, b4, source}, {ESI_##knob##_##v5, b5, source},         \
                         {ESI_##knob##_##v6, b6, source}, {ESI_##knob##_##v7, b7, source}},
#include "habits.def"
#undef ESI_HABITS
};
#undef C
#undef L
#undef A

#define R(major, minor, maintenance, interim)                                                      \
    {                                                                                              \
        {                                                                                          \
            major, minor, maintenance, interim                                                     \
        }                                                                                          \
    }

static const struct esi_release_turn turns[] = {
#define ESI_RELEASE(product, from, below, knob, value, basis, source)                              \
    {product, from, below, ESI_KNOB_##knob, {ESI_##knob##_##value, ESI_BASIS_##basis, source}},
#include "releases.def"
#undef ESI_RELEASE
};

/* Which row a release belongs to: the last whose first release is not above it. Sources: Microsoft
 * KB 320027 (mailhost up to 4.1, fixup from 4.2, the letters of the greeting from 5.1), PIX 7.0
 * guide, Cisco document 117801 (inspection maps from 7.2). */
static const struct train {
    const char *product, *prefix; /* as --platform begins */
    struct esi_release from;
    enum profile profile;
} trains[] = {
    {"PIX", "pix-", R(4, 0, 0, 0), PROFILE_PIX_4_0},
    {"PIX", "pix-", R(4, 2, 0, 0), PROFILE_PIX_4_4},
    {"PIX", "pix-", R(5, 1, 0, 0), PROFILE_PIX_6_3},
    {"PIX", "pix-", R(7, 0, 0, 0), PROFILE_ASA_7_0},
    {"PIX", "pix-", R(7, 2, 0, 0), PROFILE_ASA_8},
    {"ASA", "asa-", R(7, 0, 0, 0), PROFILE_ASA_7_0},
    {"ASA", "asa-", R(7, 2, 0, 0), PROFILE_ASA_8},
    {"ASA", "asa-", R(9, 4, 0, 0), PROFILE_ASA_9_4},
    {"FWSM", "fwsm-", R(1, 0, 0, 0), PROFILE_FWSM},
    {"IOS", "ios-", R(10, 0, 0, 0), PROFILE_IOS},
};

size_t
esi_profile_count(void)
{
    return PROFILE_COUNT;
}

const struct esi_profile *
esi_profile_at(size_t index)
{
    return &profiles[index];
}

const struct esi_setting *
esi_profile_setting(size_t index, enum esi_knob knob)
{
    return &habits[knob][index];
}

const struct esi_release_turn *
esi_release_turn_at(size_t index)
{
    return index < ESI_COUNT(turns) ? &turns[index] : NULL;
}

/* is_train - what stands behind the numbers of an IOS release: "T", "T7", "M". */
static bool
is_train(const char *text)
{
    return *text >= 'A' && *text <= 'Z' && text[1 + strspn(text + 1, "0123456789")] == '\0';
}

/* read_release - at least two numbers, at most four; the third, or the third and the fourth, may
 * stand in parentheses. */
static bool
read_release(struct esi_release *out, const char *text)
{
    size_t n = 0;
    bool open = false;

    *out = (struct esi_release){0};
    for (;;) {
        char *end;
        if (*text < '0' || *text > '9' || n == ESI_COUNT(out->part))
            return false;
        out->part[n++] = strtoul(text, &end, 10);
        text = end;
        bool closed = *text == ')' && open;
        if (closed) {
            open = false;
            text++;
        }
        if (*text == '\0' || (closed && is_train(text)))
            return n >= 2 && !open;
        if (closed)
            continue; /* the box itself writes the interim number behind the parenthesis */
        if (*text == '(' && n == 2)
            open = true;
        else if (*text != '.')
            return false;
        text++;
    }
}

static int
compare(const struct esi_release *a, const struct esi_release *b)
{
    for (size_t i = 0; i < ESI_COUNT(a->part); i++)
        if (a->part[i] != b->part[i])
            return a->part[i] < b->part[i] ? -1 : 1;
    return 0;
}

static void
choose(struct esi_platform *out, enum profile profile, const char *product, const char *name)
{
    *out = (struct esi_platform){.profile = &profiles[profile], .product = product};
    snprintf(out->name, sizeof out->name, "%s", name);
    for (int knob = 0; knob < ESI_KNOB_COUNT; knob++)
        out->setting[knob] = habits[knob][profile];
}

static void
turn_by_release(struct esi_platform *out, const struct esi_release *release)
{
    for (size_t i = 0; i < ESI_COUNT(turns); i++)
        if (strcmp(turns[i].product, out->product) == 0 && compare(release, &turns[i].from) >= 0 &&
            compare(release, &turns[i].below) < 0)
            out->setting[turns[i].knob] = turns[i].setting;
}

static bool
choose_release(struct esi_platform *out, const char *name, struct esi_error *err)
{
    const struct train *train = NULL;
    struct esi_release release;

    for (size_t i = 0; i < ESI_COUNT(trains); i++) {
        size_t len = strlen(trains[i].prefix);
        if (strncmp(name, trains[i].prefix, len) == 0 && read_release(&release, name + len) &&
            compare(&release, &trains[i].from) >= 0)
            train = &trains[i];
    }
    if (!train || strlen(name) >= sizeof out->name)
        return esi_error_set(err,
                             "platform '%s' is not known (--list-platforms prints the names; "
                             "releases are written asa-8.4(7), asa-9.12.4, pix-6.3(5))",
                             name);
    choose(out, train->profile, train->product, name);
    out->release = release;
    turn_by_release(out, &release);
    return true;
}

/* release_of_row - "pix-6.3" and "asa-8" are named after one. */
static struct esi_release
release_of_row(const char *name)
{
    struct esi_release release = {0};
    const char *number = strchr(name, '-');
    char *end;

    if (!number)
        return release;
    release.part[0] = strtoul(number + 1, &end, 10);
    release.part[1] = *end == '.' ? strtoul(end + 1, NULL, 10) : 0;
    return release;
}

bool
esi_platform_find(struct esi_platform *out, const char *name, struct esi_error *err)
{
    for (size_t i = 0; i < PROFILE_COUNT; i++) {
        if (strcmp(profiles[i].name, name) != 0)
            continue;
        choose(out, (enum profile)i, profiles[i].product, name);
        out->release = release_of_row(name);
        return true;
    }
    return choose_release(out, name, err);
}
