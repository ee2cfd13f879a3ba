/*
 * findings.c - what is odd about a policy, said in the configuration's diagnostics: what nobody
 * uses, what can never come about, and where Cisco's documents read differently.
 *
 * Only what is certain from the text is said. What is undefined is said where it is looked up
 * (maps.c, ready.c); what is odd about an access list, by access_check; about a map,
 * findings_map.c.
 */
#include <string.h>

#include "findings_internal.h"

/* ---- what is not used ---- */

static bool
binds(const struct esi_config *config, const char *policy_map)
{
    for (size_t i = 0; i < config->service_policies_count; i++)
        if (strcmp(config->service_policies[i].policy_map, policy_map) == 0)
            return true;
    return false;
}

/* first_smtp - the policy-map's first inspection of SMTP, and its class; NULL: none. */
static const struct esi_inspect *
first_smtp(const struct esi_policy_map *map, const char **class)
{
    for (size_t c = 0; c < map->count; c++)
        for (size_t i = 0; i < map->classes[c].count; i++)
            if (is_smtp_inspection(map->classes[c].inspects[i].protocol) &&
                !map->classes[c].inspects[i].no) {
                *class = map->classes[c].name;
                return &map->classes[c].inspects[i];
            }
    return NULL;
}

static void
say_unbound(struct esi_config *config)
{
    for (size_t i = 0; i < config->policy_maps_count; i++) {
        const struct esi_policy_map *map = &config->policy_maps[i];
        const char *class = "";
        const struct esi_inspect *inspect = first_smtp(map, &class);
        if (binds(config, map->name))
            continue;
        if (inspect)
            esi_config_say(config, ESI_DIAG_WARNING, inspect->at,
                           "class %s of policy-map %s inspects SMTP, and no service-policy binds "
                           "the policy-map",
                           class, map->name);
        else
            esi_config_say(config, ESI_DIAG_NOTE, map->at, "no service-policy binds policy-map %s",
                           map->name);
    }
}

static void
say_unused_classes(struct esi_config *config)
{
    struct strings used = {0};

    for (size_t p = 0; p < config->policy_maps_count; p++)
        for (size_t c = 0; c < config->policy_maps[p].count; c++)
            strings_say(&used, "%s", config->policy_maps[p].classes[c].name);
    for (size_t i = 0; i < config->class_maps_count; i++)
        if (!strings_has(&used, config->class_maps[i].name))
            esi_config_say(config, ESI_DIAG_NOTE, config->class_maps[i].at,
                           "no policy-map uses class-map %s", config->class_maps[i].name);
    strings_free(&used);
}

static void
say_unnamed_interfaces(const struct esi_policy *policy)
{
    struct esi_config *config = policy->config;
    struct strings names = {0};

    for (size_t i = 0; i < config->interfaces_count; i++)
        if (config->interfaces[i].name)
            strings_say(&names, "%s", config->interfaces[i].name);
    bool named = names.count > 0;
    for (size_t p = 0; named && p < policy->policy_count; p++) {
        const struct esi_service_policy *by = policy->policies[p].by;
        if (by->interface && !strings_has(&names, by->interface))
            esi_config_say(config, ESI_DIAG_WARNING, by->at, "no interface is named %s",
                           by->interface);
    }
    strings_free(&names);
}

/* ---- classes ---- */

static bool
inspects_smtp(const struct ready_class *class)
{
    for (size_t i = 0; i < class->of->count; i++)
        if (class->maps[i])
            return true;
    return false;
}

/* takes_tcp - the class holds an inspection that keeps later ones off. */
static bool
takes_tcp(const struct ready_class *class)
{
    for (size_t i = 0; i < class->of->count; i++)
        if (!class->of->inspects[i].no &&
            inspection_takes(class->of->inspects[i].protocol, false, 0))
            return true;
    return false;
}

/* covers - the earlier class takes all that the later one takes. */
static bool
covers(const struct ready_class *a, const struct ready_class *b)
{
    const struct esi_class_match *x, *y;

    if (!a->map || a->map->count != 1)
        return false;
    x = a->map->matches;
    if (x->kind == ESI_CLASS_ANY)
        return takes_tcp(a);
    if (!b->map || b->map->count != 1)
        return false;
    y = b->map->matches;
    if (x->kind != y->kind)
        return false;
    if (x->kind == ESI_CLASS_DEFAULT_INSPECTION_TRAFFIC)
        return inspects_smtp(a);
    if (x->kind == ESI_CLASS_ACCESS_LIST)
        return takes_tcp(a) && strcmp(x->name, y->name) == 0;
    return x->kind == ESI_CLASS_PORT && takes_tcp(a) && x->service.protocol == 6 &&
           y->service.protocol == 6 && x->service.destination.low <= y->service.destination.low &&
           x->service.destination.high >= y->service.destination.high;
}

static void
say_unreachable(const struct esi_policy *policy, const struct ready_class *classes, size_t which)
{
    const struct ready_class *class = &classes[which];

    for (size_t i = 0; inspects_smtp(class) && i < which; i++)
        if (covers(&classes[i], class)) {
            esi_config_say(policy->config, ESI_DIAG_WARNING, class->of->at,
                           "class %s can inspect nothing: class %s before it takes all of its "
                           "traffic for its own inspection",
                           class->of->name, classes[i].of->name);
            return;
        }
}

static void
say_exempting(const struct esi_policy *policy, const struct ready_class *class)
{
    bool yes = esi_platform_habit(&policy->platform, ESI_KNOB_EMPTY_CLASS_EXEMPTS) ==
               ESI_EMPTY_CLASS_EXEMPTS_YES;
    const char *holds = exempting_words(class->of);

    if (!class->exempts || !class->map)
        return;
    esi_config_say(policy->config, ESI_DIAG_WARNING,
                   class->of->count > 0 ? class->of->inspects[0].at : class->of->at,
                   yes ? "class %s holds %s, and exempts its traffic as Cisco 117801 says; the MPF "
                         "guide's rule reads otherwise (a class without an inspection lets a later "
                         "one inspect); a deny line in the access-list of the class that inspects "
                         "exempts under both readings"
                       : "class %s holds %s, and exempts nothing by the MPF guide's rule, though "
                         "Cisco 117801 says that it does; a deny line in the access-list of the "
                         "class that inspects exempts under both readings",
                   class->of->name, holds);
}

static void
say_untold(const struct esi_policy *policy, const struct ready_class *class)
{
    for (size_t i = 0; class->map && i < class->map->count; i++)
        if (class->map->matches[i].kind == ESI_CLASS_OTHER) {
            esi_config_say(policy->config, ESI_DIAG_WARNING, class->map->matches[i].at,
                           "a capture does not tell what '%s' looks at; class-map %s takes nothing "
                           "here",
                           class->map->matches[i].text, class->map->name);
            return;
        }
}

/* say_crowded - other classes than those of default-inspection-traffic hold one inspection. */
static void
say_crowded(const struct esi_policy *policy, const struct ready_class *class)
{
    size_t count = 0;

    for (size_t i = 0; class->map && i < class->map->count; i++)
        if (class->map->matches[i].kind == ESI_CLASS_DEFAULT_INSPECTION_TRAFFIC)
            return;
    for (size_t i = 0; i < class->of->count; i++)
        count += !class->of->inspects[i].no &&
                 inspection_takes(class->of->inspects[i].protocol, false, 0);
    if (count > 1 && inspects_smtp(class))
        esi_config_say(policy->config, ESI_DIAG_WARNING, class->of->at,
                       "class %s holds several inspections without match "
                       "default-inspection-traffic; the box takes one",
                       class->of->name);
}

static void
say_limits(struct esi_config *config, uint32_t most, uint32_t embryonic, struct esi_place at)
{
    if (most > 0 && embryonic > most)
        esi_config_say(config, ESI_DIAG_NOTE, at,
                       "the limit of %u half-open connections is above that of %u connections: it "
                       "can never be met first",
                       embryonic, most);
}

static void
say_class(const struct esi_policy *policy, const struct ready_class *class)
{
    const struct esi_limits *limits = &class->of->limits;

    say_exempting(policy, class);
    say_untold(policy, class);
    say_crowded(policy, class);
    say_limits(policy->config, limits->most[ESI_LIMIT_CONNECTIONS],
               limits->most[ESI_LIMIT_EMBRYONIC], limits->at[ESI_LIMIT_EMBRYONIC]);
    say_limits(policy->config, limits->most[ESI_LIMIT_CLIENT_CONNECTIONS],
               limits->most[ESI_LIMIT_CLIENT_EMBRYONIC], limits->at[ESI_LIMIT_CLIENT_EMBRYONIC]);
}

void
findings_say(struct esi_policy *policy)
{
    struct esi_config *config = policy->config;

    for (size_t p = 0; p < config->policy_maps_count; p++)
        for (size_t i = 0; policy->classes[p] && i < config->policy_maps[p].count; i++) {
            say_class(policy, &policy->classes[p][i]);
            say_unreachable(policy, policy->classes[p], i);
        }
    for (size_t i = 0; i < config->access_lists_count; i++)
        if (policy->lists[i])
            access_check(config, &config->access_lists[i]);
    for (size_t i = 0; i < config->statics_count; i++)
        say_limits(config, config->statics[i].connections, config->statics[i].embryonic,
                   config->statics[i].at);
    for (size_t i = 0; i < config->mailhosts_count; i++)
        say_limits(config, config->mailhosts[i].connections, config->mailhosts[i].embryonic,
                   config->mailhosts[i].at);
    say_unbound(config);
    say_unused_classes(config);
    say_unnamed_interfaces(policy);
    findings_maps(policy);
}
