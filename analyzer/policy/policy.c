/*
 * policy.c - a configuration put on a platform.
 *
 * The platform is what --platform says, else what the version line of the configuration says. A
 * release nobody knows is read as far as it makes sense, else its product's row stands for it.
 */
#include "esi/policy.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "policy_internal.h"

/* ---- platform ---- */

/* The row of a product whose release says nothing. */
static const struct {
    const char *product, *row;
} product_rows[] = {{"ASA", "asa-8"}, {"PIX", "pix-6.3"}, {"FWSM", "fwsm"}, {"IOS", "ios"}};

/* release_name - "ASA", "9.8(4)15" is asa-9.8(4.15): the interim number as Cisco names it, too. */
static void
release_name(char *out, size_t size, const char *product, const char *release)
{
    size_t len = 0;

    for (; *product && len + 2 < size; product++)
        out[len++] = (char)tolower((unsigned char)*product);
    out[len++] = '-';
    for (; *release && len + 2 < size; release++)
        out[len++] = *release;
    out[len] = '\0';
    char *close = strchr(out, ')');
    if (close && isdigit((unsigned char)close[1]) && len + 1 < size) {
        size_t digits = strspn(close + 1, "0123456789");
        *close = '.';
        close[1 + digits] = ')';
        close[2 + digits] = '\0';
    }
}

/* find_release - as much of the name as is known; false if none of it is. */
static bool
find_release(struct esi_platform *platform, char *name)
{
    size_t least = (size_t)(strchr(name, '-') - name) + 2;

    for (size_t len = strlen(name); len >= least; len--) {
        name[len] = '\0';
        if (esi_platform_find(platform, name, NULL))
            return true;
    }
    return false;
}

static void
find_by_version(struct esi_policy *policy)
{
    struct esi_config *config = policy->config;
    char name[64];
    const char *row = "asa-8";

    for (size_t i = 0; i < ESI_COUNT(product_rows); i++)
        if (strcmp(product_rows[i].product, config->product) == 0)
            row = product_rows[i].row;
    release_name(name, sizeof name, config->product, config->release);
    if (find_release(&policy->platform, name))
        return;
    if (!esi_platform_find(&policy->platform, row, NULL))
        esi_panic("platform: no row %s", row);
    if (strcmp(config->product, "IOS") != 0)
        esi_config_say(config, ESI_DIAG_WARNING, config->version_at,
                       "release %s of %s is not known; %s is taken", config->release,
                       config->product, row);
}

static bool
find_platform(struct esi_policy *policy, const struct esi_policy_options *options,
              struct esi_error *err)
{
    if (!options->platform && policy->config && policy->config->product)
        find_by_version(policy);
    else if (!esi_platform_find(&policy->platform, options->platform ? options->platform : "asa-8",
                                err))
        return false;
    for (size_t i = 0; i < options->knob_count; i++)
        if (!esi_platform_turn(&policy->platform, options->knobs[i], err))
            return false;
    return true;
}

/* ---- which map where nothing is bound ---- */

/* name_maps - "A, B and C". */
static void
name_maps(const struct esi_config *config, struct esi_buf *out)
{
    for (size_t i = 0; i < config->maps_count; i++)
        esi_buf_printf(out, "%s%s",
                       i == 0                       ? ""
                       : i + 1 < config->maps_count ? ", "
                                                    : " and ",
                       config->maps[i].name);
    esi_buf_byte(out, '\0');
}

static bool
find_forced(struct esi_policy *policy, const char *name, struct esi_error *err)
{
    struct esi_buf names = {0};

    policy->forced = maps_find(policy, name);
    if (policy->forced) {
        maps_use(policy, policy->forced);
        return true;
    }
    if (policy->config && policy->config->maps_count > 0)
        name_maps(policy->config, &names);
    esi_error_set(err, "--map %s: there is no such inspection map%s%s", name,
                  names.len > 0 ? "; the configuration has " : "",
                  names.len > 0 ? (const char *)names.data : "");
    esi_buf_free(&names);
    return false;
}

static bool
find_unbound(struct esi_policy *policy, struct esi_error *err)
{
    const struct esi_config *config = policy->config;
    struct esi_buf names = {0};

    if (config && config->maps_count > 1) {
        name_maps(config, &names);
        esi_error_set(err,
                      "several inspection maps (%s), and no service-policy binds any: --map says "
                      "which",
                      (const char *)names.data);
        esi_buf_free(&names);
        return false;
    }
    policy->unbound = config && config->maps_count == 1 ? &config->maps[0] : maps_default(policy);
    maps_use(policy, policy->unbound);
    return true;
}

/* has_ip_inspect - a rule about SMTP is applied to an interface. */
static bool
has_ip_inspect(const struct esi_config *config, const char *name)
{
    for (size_t i = 0; name && i < config->ip_inspects_count; i++)
        if (strcmp(config->ip_inspects[i].name, name) == 0)
            return true;
    return false;
}

static bool
is_bound(const struct esi_config *config)
{
    if (config->service_policies_count > 0 || config->fixup_said || config->mailhosts_count > 0)
        return true;
    for (size_t i = 0; i < config->interfaces_count; i++)
        if (has_ip_inspect(config, config->interfaces[i].ip_inspect_in) ||
            has_ip_inspect(config, config->interfaces[i].ip_inspect_out))
            return true;
    return false;
}

/* ---- */

static bool
set_up(struct esi_policy *policy, const struct esi_policy_options *options, struct esi_error *err)
{
    if (!find_platform(policy, options, err))
        return false;
    maps_prepare(policy);
    if (options->map && !find_forced(policy, options->map, err))
        return false;
    if (policy->config) {
        policy->sides = sides_new(policy->config);
        ready_new(policy);
        policy->bound = is_bound(policy->config);
        findings_say(policy);
    }
    if (!policy->bound && !policy->forced && !find_unbound(policy, err))
        return false;
    if (policy->map_count == 0)
        maps_use(policy, maps_default(policy));
    in_force_new(policy);
    return true;
}

struct esi_policy *
esi_policy_new(const struct esi_policy_options *options, struct esi_error *err)
{
    struct esi_policy *policy = esi_alloc(sizeof *policy);

    policy->config = options->config;
    if (options->ports)
        policy->ports = *options->ports;
    if (set_up(policy, options, err))
        return policy;
    esi_policy_free(policy);
    return NULL;
}

const struct esi_platform *
esi_policy_platform(const struct esi_policy *policy)
{
    return &policy->platform;
}

const struct esi_config *
esi_policy_config(const struct esi_policy *policy)
{
    return policy->config;
}

size_t
esi_policy_map_count(const struct esi_policy *policy)
{
    return policy->map_count;
}

const struct esi_map *
esi_policy_map_at(const struct esi_policy *policy, size_t index)
{
    return policy->maps[index];
}

void
esi_policy_free(struct esi_policy *policy)
{
    if (!policy)
        return;
    ready_free(policy);
    sides_free(policy->sides);
    free(policy->maps);
    free(policy->places);
    strings_free(&policy->strings);
    esi_arena_free(&policy->arena);
    esi_config_free(policy->config);
    free(policy);
}
