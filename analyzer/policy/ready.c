/*
 * ready.c - service policies with what they name: policy-maps, classes, access lists, maps.
 *
 * What is not defined is said once and takes no flow. inspection_default is there on every box, and
 * counts as configured where a fragment speaks of it without defining it.
 */
#include <stdlib.h>
#include <string.h>

#include "policy_internal.h"

static const struct {
    const char *name;
    uint16_t low, high;
    bool tcp;
} inspections[] = {
#define ESI_INSPECTION(name, low, high, tcp) {name, low, high, tcp},
#include "inspections.def"
#undef ESI_INSPECTION
};

bool
is_smtp_inspection(const char *protocol)
{
    return strcmp(protocol, "esmtp") == 0 || strcmp(protocol, "smtp") == 0;
}

bool
inspection_takes(const char *protocol, bool default_traffic, uint16_t port)
{
    for (size_t i = 0; i < ESI_COUNT(inspections); i++)
        if (strcmp(inspections[i].name, protocol) == 0)
            return default_traffic
                       ? inspections[i].low <= port && port <= inspections[i].high && port > 0
                       : inspections[i].tcp;
    return false;
}

/* ---- classes ---- */

const struct esi_class_map *
class_map_find(const struct esi_policy *policy, const char *name)
{
    const struct esi_class_map *map = esi_config_class_map(policy->config, name);

    return !map && policy->implied && strcmp(name, policy->implied->name) == 0 ? policy->implied
                                                                               : map;
}

static void
imply_class_map(struct esi_policy *policy)
{
    static struct esi_class_match traffic = {.kind = ESI_CLASS_DEFAULT_INSPECTION_TRAFFIC,
                                             .text = "match default-inspection-traffic"};
    static struct esi_class_map implied = {
        .name = "inspection_default", .matches = &traffic, .count = 1};

    policy->implied = esi_config_class_map(policy->config, implied.name) ? NULL : &implied;
}

static const struct access *
ready_list(struct esi_policy *policy, const struct esi_class_match *match)
{
    const struct esi_access_list *list = esi_config_access_list(policy->config, match->name);

    if (!list) {
        esi_config_say(policy->config, ESI_DIAG_WARNING, match->at,
                       "there is no access-list %s; the class takes nothing", match->name);
        return NULL;
    }
    struct access **slot = &policy->lists[list - policy->config->access_lists];
    if (!*slot)
        *slot = access_new(policy->config, list, policy->cache);
    return *slot;
}

/* only_no_smtp - nothing is done in the class, or it is only said what is not inspected. */
static bool
only_no_smtp(const struct esi_policy_class *class)
{
    for (size_t i = 0; i < class->count; i++)
        if (!class->inspects[i].no)
            return false;
    for (int i = 0; i < ESI_LIMIT_COUNT; i++)
        if (class->limits.at[i].file)
            return false;
    return class->other_actions == 0;
}

const char *
exempting_words(const struct esi_policy_class *class)
{
    for (size_t i = 0; i < class->count; i++)
        if (is_smtp_inspection(class->inspects[i].protocol))
            return "only no inspect esmtp";
    return "no action";
}

static void
ready_maps(struct esi_policy *policy, struct ready_class *class)
{
    class->maps = esi_arena_alloc(&policy->arena, (class->of->count + 1) * sizeof *class->maps);
    for (size_t i = 0; i < class->of->count; i++) {
        const struct esi_inspect *inspect = &class->of->inspects[i];
        bool smtp = is_smtp_inspection(inspect->protocol) && !inspect->no;
        class->maps[i] = smtp ? maps_use(policy, maps_of_inspect(policy, inspect)) : NULL;
    }
}

static void
ready_class(struct esi_policy *policy, struct ready_class *class, const struct esi_policy_class *of)
{
    *class = (struct ready_class){.of = of, .all = strcmp(of->name, "class-default") == 0};
    class->exempts = !class->all && only_no_smtp(of);
    ready_maps(policy, class);
    if (class->all)
        return;
    class->map = class_map_find(policy, of->name);
    if (!class->map) {
        esi_config_say(policy->config, ESI_DIAG_WARNING, of->at,
                       "there is no class-map %s; the class takes nothing", of->name);
        return;
    }
    class->lists = esi_arena_alloc(&policy->arena, (class->map->count + 1) * sizeof *class->lists);
    for (size_t i = 0; i < class->map->count; i++)
        class->lists[i] = class->map->matches[i].kind == ESI_CLASS_ACCESS_LIST
                              ? ready_list(policy, &class->map->matches[i])
                              : NULL;
}

/* ---- policies ---- */

static struct ready_class *
ready_classes(struct esi_policy *policy, const struct esi_policy_map *of)
{
    struct ready_class **classes = &policy->classes[of - policy->config->policy_maps];

    if (*classes)
        return *classes;
    *classes = esi_alloc((of->count + 1) * sizeof **classes);
    for (size_t i = 0; i < of->count; i++)
        ready_class(policy, &(*classes)[i], &of->classes[i]);
    return *classes;
}

static void
ready_policy(struct esi_policy *policy, const struct esi_service_policy *by)
{
    const struct esi_policy_map *of = esi_config_policy_map(policy->config, by->policy_map);

    if (!of) {
        esi_config_say(policy->config, ESI_DIAG_WARNING, by->at,
                       "there is no policy-map %s; nothing is bound", by->policy_map);
        return;
    }
    struct ready_policy *ready = &policy->policies[policy->policy_count++];
    *ready = (struct ready_policy){.by = by, .of = of, .count = of->count};
    ready->interface_known = by->interface && sides_know(policy->sides, by->interface);
    ready->classes = ready_classes(policy, of);
}

static void
use_old_maps(struct esi_policy *policy)
{
    const struct esi_config *config = policy->config;

    if (config->fixups_count > 0 || config->mailhosts_count > 0)
        maps_use(policy, maps_default(policy));
    for (size_t i = 0; i < config->ip_inspects_count; i++)
        maps_use(policy, policy->ip_inspect[config->ip_inspects[i].esmtp]);
}

static struct esi_limits
limits_of(uint32_t connections, uint32_t embryonic, struct esi_place at)
{
    return (struct esi_limits){
        .most = {[ESI_LIMIT_CONNECTIONS] = connections, [ESI_LIMIT_EMBRYONIC] = embryonic},
        .at = {[ESI_LIMIT_CONNECTIONS] = at, [ESI_LIMIT_EMBRYONIC] = at},
    };
}

static void
ready_limits(struct esi_policy *policy)
{
    const struct esi_config *config = policy->config;

    policy->static_limits = esi_alloc((config->statics_count + 1) * sizeof(struct esi_limits));
    for (size_t i = 0; i < config->statics_count; i++) {
        const struct esi_static *of = &config->statics[i];
        policy->static_limits[i] = limits_of(of->connections, of->embryonic, of->at);
    }
    policy->mailhost_limits = esi_alloc((config->mailhosts_count + 1) * sizeof(struct esi_limits));
    for (size_t i = 0; i < config->mailhosts_count; i++) {
        const struct esi_mailhost *of = &config->mailhosts[i];
        policy->mailhost_limits[i] = limits_of(of->connections, of->embryonic, of->at);
    }
}

void
ready_new(struct esi_policy *policy)
{
    const struct esi_config *config = policy->config;

    policy->cache = access_cache_new();
    policy->lists = esi_alloc((config->access_lists_count + 1) * sizeof *policy->lists);
    policy->policies = esi_alloc((config->service_policies_count + 1) * sizeof *policy->policies);
    policy->classes = esi_alloc((config->policy_maps_count + 1) * sizeof *policy->classes);
    imply_class_map(policy);
    for (int global = 0; global < 2; global++)
        for (size_t i = 0; i < config->service_policies_count; i++)
            if (!config->service_policies[i].interface == (global == 1))
                ready_policy(policy, &config->service_policies[i]);
    use_old_maps(policy);
    ready_limits(policy);
}

void
ready_free(struct esi_policy *policy)
{
    for (size_t i = 0; policy->classes && i < policy->config->policy_maps_count; i++)
        free(policy->classes[i]);
    free(policy->classes);
    free(policy->policies);
    for (size_t i = 0; policy->lists && i < policy->config->access_lists_count; i++)
        if (policy->lists[i])
            access_free(policy->lists[i]);
    free(policy->lists);
    if (policy->cache)
        access_cache_free(policy->cache);
    free(policy->static_limits);
    free(policy->mailhost_limits);
}
