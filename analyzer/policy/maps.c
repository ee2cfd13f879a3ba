/*
 * maps.c - inspection maps ready for use: completed by the platform, their regular expressions
 * found; and the maps nobody configures.
 *
 * The default map is there under its name, and a configuration that defines a map of that name
 * defines the default map.
 */
#include "policy_internal.h"

static void
find_regex(struct esi_policy *policy, struct esi_match *match)
{
    const struct esi_regex *regex = esi_config_regex(policy->config, match->regex);
    struct esi_place at = {match->rule.config_file, match->rule.config_line};

    if (!regex) {
        esi_config_say(policy->config, ESI_DIAG_ERROR, at, "there is no regex %s", match->regex);
        return;
    }
    const struct esi_pattern **patterns = esi_arena_alloc(&policy->arena, sizeof *patterns);
    patterns[0] = regex->pattern;
    match->patterns = patterns;
    match->pattern_count = 1;
}

static void
find_regex_class(struct esi_policy *policy, struct esi_match *match)
{
    const struct esi_regex_class *class = esi_config_regex_class(policy->config, match->regex);
    struct esi_place at = {match->rule.config_file, match->rule.config_line};

    if (!class) {
        esi_config_say(policy->config, ESI_DIAG_ERROR, at, "there is no class-map type regex %s",
                       match->regex);
        return;
    }
    const struct esi_pattern **patterns =
        esi_arena_alloc(&policy->arena, (class->count + 1) * sizeof *patterns);
    match->patterns = patterns;
    match->pattern_count = 0;
    for (size_t i = 0; i < class->count; i++) {
        const struct esi_regex *regex = esi_config_regex(policy->config, class->members[i].regex);
        if (regex)
            patterns[match->pattern_count++] = regex->pattern;
        else
            esi_config_say(policy->config, ESI_DIAG_ERROR, class->members[i].at,
                           "there is no regex %s", class->members[i].regex);
    }
}

static void
prepare_map(struct esi_policy *policy, struct esi_map *map)
{
    /* The configuration made the matches and gave them away with itself. */
    struct esi_match *matches = (struct esi_match *)(uintptr_t)map->matches;

    esi_platform_complete(&policy->platform, map);
    for (size_t i = 0; i < map->match_count; i++) {
        if (esi_criterion_argument(matches[i].criterion) != ESI_ARGUMENT_REGEX)
            continue;
        if (matches[i].regex_class)
            find_regex_class(policy, &matches[i]);
        else
            find_regex(policy, &matches[i]);
    }
}

/* prepare_own - maps of `inspect smtp` and of `ip inspect`: the platform's, with other commands. */
static void
prepare_own(struct esi_policy *policy)
{
    esi_platform_map(&policy->platform, &policy->own_default);
    policy->own_smtp = policy->own_esmtp = policy->own_default;
    policy->own_smtp.name = "smtp";
    policy->own_smtp.commands = ESI_COMMANDS_SMTP;
    policy->own_smtp.keywords_masked = false;
    policy->own_esmtp.name = "esmtp";
    policy->own_esmtp.commands = ESI_COMMANDS_ESMTP;
    policy->own_esmtp.keywords_masked = true; /* as ASA 7.0 without maps: inferred */
    policy->inspect_smtp = &policy->own_smtp;
    policy->ip_inspect[false] = &policy->own_smtp;
    policy->ip_inspect[true] = &policy->own_esmtp;
}

void
maps_prepare(struct esi_policy *policy)
{
    prepare_own(policy);
    for (size_t i = 0; policy->config && i < policy->config->maps_count; i++)
        prepare_map(policy, &policy->config->maps[i]);
}

const struct esi_map *
maps_find(struct esi_policy *policy, const char *name)
{
    const struct esi_map *map = policy->config ? esi_config_map(policy->config, name) : NULL;

    if (!map && strcmp(name, policy->own_default.name) == 0)
        map = &policy->own_default;
    return map;
}

const struct esi_map *
maps_default(struct esi_policy *policy)
{
    return maps_find(policy, policy->own_default.name);
}

const struct esi_map *
maps_of_inspect(struct esi_policy *policy, const struct esi_inspect *inspect)
{
    const struct esi_map *map;

    if (!inspect->map)
        return strcmp(inspect->protocol, "smtp") == 0 ? policy->inspect_smtp : maps_default(policy);
    map = maps_find(policy, inspect->map);
    if (map)
        return map;
    esi_config_say(policy->config, ESI_DIAG_ERROR, inspect->at,
                   "there is no policy-map type inspect esmtp %s", inspect->map);
    return maps_default(policy);
}

const struct esi_map *
maps_use(struct esi_policy *policy, const struct esi_map *map)
{
    for (size_t i = 0; i < policy->map_count; i++)
        if (policy->maps[i] == map)
            return map;
    policy->maps =
        esi_grow(policy->maps, &policy->map_cap, policy->map_count + 1, sizeof *policy->maps);
    policy->maps[policy->map_count++] = map;
    return map;
}
