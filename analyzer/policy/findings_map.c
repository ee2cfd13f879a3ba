/*
 * findings_map.c - what is odd about inspection maps: what nobody uses, and matches that can never
 * bite, because another drops the connection, or masks the same, before.
 */
#include "findings_internal.h"

static struct esi_place
place_of_match(const struct esi_match *match)
{
    return (struct esi_place){match->rule.config_file, match->rule.config_line};
}

static bool
drops(const struct esi_match *match)
{
    return match->acts && !match->negated &&
           esi_criterion_argument(match->criterion) == ESI_ARGUMENT_NUMBER &&
           (match->action == ESI_ACTION_DROP_CONNECTION || match->action == ESI_ACTION_RESET);
}

/* say_dropped_before - of two limits of one kind the lower is met first, of equal ones the first.
 */
static void
say_dropped_before(struct esi_config *config, const struct esi_map *map)
{
    const struct esi_match *lowest[ESI_CRITERION_COUNT] = {0};

    for (size_t i = 0; i < map->match_count; i++) {
        const struct esi_match *match = &map->matches[i], **low = &lowest[match->criterion];
        if (drops(match) && (!*low || match->limit < (*low)->limit))
            *low = match;
    }
    for (size_t i = 0; i < map->match_count; i++) {
        const struct esi_match *match = &map->matches[i], *low = lowest[match->criterion];
        if (!low || match == low || match->negated || (match->limit == low->limit && match < low))
            continue;
        esi_config_say(config, ESI_DIAG_WARNING, place_of_match(match),
                       "'%s' can never bite: '%s' drops the connection before", match->rule.words,
                       low->rule.words);
    }
}

static void
say_masked_before(struct esi_config *config, const struct esi_map *map)
{
    uint32_t masked = 0;

    for (size_t i = 0; i < map->match_count; i++) {
        const struct esi_match *match = &map->matches[i];
        if (match->criterion != ESI_CRITERION_EHLO_REPLY_PARAMETER || match->negated ||
            !match->acts || match->action != ESI_ACTION_MASK)
            continue;
        if (match->set != 0 && (match->set & ~masked) == 0)
            esi_config_say(config, ESI_DIAG_WARNING, place_of_match(match),
                           "'%s' masks nothing that is not masked by matches before it",
                           match->rule.words);
        masked |= match->set;
    }
}

static void
say_idle(struct esi_config *config, const struct esi_map *map)
{
    for (size_t i = 0; i < map->match_count; i++)
        if (!map->matches[i].acts)
            esi_config_say(config, ESI_DIAG_WARNING, place_of_match(&map->matches[i]),
                           "'%s' has no action and does nothing", map->matches[i].rule.words);
}

static bool
is_used(const struct esi_policy *policy, const struct esi_map *map)
{
    for (size_t i = 0; i < policy->map_count; i++)
        if (policy->maps[i] == map)
            return true;
    return false;
}

static void
say_unused_maps(struct esi_policy *policy)
{
    const struct esi_config *config = policy->config;

    for (size_t i = 0; policy->bound && i < config->maps_count; i++)
        if (!is_used(policy, &config->maps[i]))
            esi_config_say(
                policy->config, ESI_DIAG_NOTE,
                (struct esi_place){config->maps[i].config_file, config->maps[i].config_line},
                "nothing that is bound uses inspection map %s", config->maps[i].name);
    if (config->maps_count > 0 && !policy->platform.profile->has_maps)
        esi_config_say(policy->config, ESI_DIAG_WARNING,
                       (struct esi_place){config->maps[0].config_file, config->maps[0].config_line},
                       "%s has no inspection maps; it would refuse this one",
                       policy->platform.name);
}

/* ---- regular expressions ---- */

static bool
was_said(struct strings *strings, const char *kind, const char *name)
{
    size_t before = strings->count;

    strings_say(strings, "%s %s", kind, name);
    return strings->count == before;
}

static void
say_unused_regexes(struct esi_config *config)
{
    struct strings used = {0};

    for (size_t m = 0; m < config->maps_count; m++)
        for (size_t i = 0; i < config->maps[m].match_count; i++)
            if (config->maps[m].matches[i].regex)
                strings_say(&used, "%s %s",
                            config->maps[m].matches[i].regex_class ? "class" : "regex",
                            config->maps[m].matches[i].regex);
    for (size_t c = 0; c < config->regex_classes_count; c++) {
        const struct esi_regex_class *class = &config->regex_classes[c];
        if (!was_said(&used, "class", class->name))
            esi_config_say(config, ESI_DIAG_NOTE, class->at,
                           "no inspection map of SMTP uses class-map type regex %s", class->name);
        for (size_t i = 0; i < class->count; i++)
            strings_say(&used, "regex %s", class->members[i].regex);
    }
    for (size_t i = 0; i < config->regexes_count; i++)
        if (!was_said(&used, "regex", config->regexes[i].name))
            esi_config_say(config, ESI_DIAG_NOTE, config->regexes[i].at,
                           "no inspection map of SMTP uses regex %s", config->regexes[i].name);
    strings_free(&used);
}

void
findings_maps(struct esi_policy *policy)
{
    for (size_t i = 0; i < policy->config->maps_count; i++) {
        say_idle(policy->config, &policy->config->maps[i]);
        say_dropped_before(policy->config, &policy->config->maps[i]);
        say_masked_before(policy->config, &policy->config->maps[i]);
    }
    say_unused_maps(policy);
    say_unused_regexes(policy->config);
}
