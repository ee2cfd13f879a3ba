/*
 * platform.c - the name of a product or a release, and the habits it stands for.
 *
 * Releases are written as Cisco writes them, 9.1(6.1), or with dots only, 9.12.4. Those before
 * 7.2(2.19) and 8.0(2.7) take a header that names another header for a second one and end the
 * connection (Cisco document 118550); that habit is not in the engine, so they are refused rather
 * than judged wrongly.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy_internal.h"

static const struct esi_profile profiles[] = {
#define ESI_PROFILE(name, words, map_name, allow_tls, pipe, level_507003)                          \
    {name, words, map_name, allow_tls, ESI_BASIS_##pipe, level_507003},
#include "profiles.def"
#undef ESI_PROFILE
};

struct release {
    unsigned long part[4]; /* major, minor, maintenance, interim */
};

static const struct release tls_trains[] = {
#define ESI_TLS_TRAIN(major, minor, maintenance, interim) {{major, minor, maintenance, interim}},
#include "releases.def"
#undef ESI_TLS_TRAIN
};

size_t
esi_profile_count(void)
{
    return ESI_COUNT(profiles);
}

const struct esi_profile *
esi_profile_at(size_t index)
{
    return &profiles[index];
}

static const struct esi_profile *
find_profile(const char *name)
{
    for (size_t i = 0; i < ESI_COUNT(profiles); i++)
        if (strcmp(profiles[i].name, name) == 0)
            return &profiles[i];
    return NULL;
}

/* read_release - "9.1(6.1)", "9.12.4", "8.4": at least two numbers, at most four. */
static bool
read_release(struct release *out, const char *text)
{
    size_t n = 0;
    bool open = false;

    *out = (struct release){0};
    for (;;) {
        char *end;
        if (*text < '0' || *text > '9' || n == ESI_COUNT(out->part))
            return false;
        out->part[n++] = strtoul(text, &end, 10);
        text = end;
        if (*text == ')' && open) {
            text++;
            open = false;
        }
        if (*text == '\0')
            return n >= 2 && !open;
        if (*text == '(' && n == 2)
            open = true;
        else if (*text != '.')
            return false;
        text++;
    }
}

static int
compare(const struct release *a, const struct release *b)
{
    for (size_t i = 0; i < ESI_COUNT(a->part); i++)
        if (a->part[i] != b->part[i])
            return a->part[i] < b->part[i] ? -1 : 1;
    return 0;
}

static bool
same_train(const struct release *a, const struct release *b)
{
    return a->part[0] == b->part[0] && a->part[1] == b->part[1];
}

/* allows_tls - whether the release's default map does, by its train. */
static bool
allows_tls(const struct release *release)
{
    for (size_t i = 0; i < ESI_COUNT(tls_trains); i++)
        if (same_train(release, &tls_trains[i]))
            return compare(release, &tls_trains[i]) >= 0;
    return false;
}

/* has_header_bug - the duplicate-header bug: before 7.2(2.19), and before 8.0(2.7) in 8.0. */
static bool
has_header_bug(const struct release *release)
{
    static const struct release fixed_72 = {{7, 2, 2, 19}}, fixed_80 = {{8, 0, 2, 7}};

    return compare(release, &fixed_72) < 0 ||
           (same_train(release, &fixed_80) && compare(release, &fixed_80) < 0);
}

static void
choose(struct esi_policy *out, const struct esi_profile *profile, const char *platform,
       bool allow_tls)
{
    *out = (struct esi_policy){
        .profile = profile,
        .map = default_map(profile->map_name, allow_tls),
        .pipe = profile->pipe,
        .level_507003 = profile->level_507003,
    };
    snprintf(out->platform, sizeof out->platform, "%s", platform);
}

static bool
choose_release(struct esi_policy *out, const char *platform, struct esi_error *err)
{
    static const struct release asa_94 = {{9, 4, 0, 0}}, asa_91 = {{9, 1, 0, 0}},
                                asa_90 = {{9, 0, 0, 0}};
    struct release release;

    if (strncmp(platform, "asa-", 4) != 0 || !read_release(&release, platform + 4) ||
        strlen(platform) >= sizeof out->platform)
        return esi_error_set(err,
                             "platform '%s' is not modelled; modelled are asa-8, asa-9.4, and "
                             "releases from asa-7.2(3) on, such as asa-8.4(7) or asa-9.12.4",
                             platform);
    if (has_header_bug(&release))
        return esi_error_set(
            err,
            "platform '%s' has the duplicate-header bug (Cisco 118550), which "
            "is not modelled; modelled are releases from 7.2(2.19) and 8.0(2.7) on",
            platform);
    if (compare(&release, &asa_94) >= 0) {
        choose(out, find_profile("asa-9.4"), platform, true);
        return true;
    }
    choose(out, find_profile("asa-8"), platform, allows_tls(&release));
    if (compare(&release, &asa_91) >= 0)
        out->level_507003 = 3;
    if (compare(&release, &asa_90) >= 0)
        out->pipe = ESI_BASIS_ASSUMED;
    return true;
}

bool
esi_policy_for_platform(struct esi_policy *out, const char *platform, struct esi_error *err)
{
    const struct esi_profile *profile = find_profile(platform);

    if (!profile)
        return choose_release(out, platform, err);
    choose(out, profile, platform, profile->allow_tls);
    return true;
}
