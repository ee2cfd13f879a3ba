/*
 * in_force.c - the inspections of SMTP in force, in the order in which a box tells them: of the
 * global policy, then of the interfaces' as they are bound, class by class.
 *
 * Where no service-policy says what is inspected, the policy of a new box stands for what does: its
 * global_policy, inspection_default.
 */
#include <stdlib.h>
#include <string.h>

#include "choose_internal.h"

static struct esi_place_in_force *
add(struct esi_policy *policy)
{
    policy->places = esi_grow(policy->places, &policy->place_cap, policy->place_count + 1,
                              sizeof *policy->places);
    return &policy->places[policy->place_count++];
}

static void
add_classes(struct esi_policy *policy, struct ready_policy *ready)
{
    ready->first_place = policy->place_count;
    for (size_t c = 0; c < ready->count; c++) {
        const struct ready_class *class = &ready->classes[c];
        for (size_t i = 0; i < class->of->count; i++)
            if (class->maps[i])
                *add(policy) =
                    (struct esi_place_in_force){.interface = ready->by->interface,
                                                .policy_map = ready->of->name,
                                                .class_map = class->of->name,
                                                .protocol = class->of->inspects[i].protocol,
                                                .map = class->maps[i]};
    }
}

static const char *
protocol_of(const struct esi_policy *policy, const struct esi_map *map)
{
    bool seven = esi_platform_habit(&policy->platform, ESI_KNOB_VERBS) == ESI_VERBS_7;

    if (map->commands == ESI_COMMANDS_OF_PLATFORM)
        return seven ? "smtp" : "esmtp";
    return map->commands == ESI_COMMANDS_SMTP ? "smtp" : "esmtp";
}

static void
add_plain(struct esi_policy *policy, const struct esi_map *map)
{
    if (in_force_plain(policy, map) == policy->place_count)
        *add(policy) = (struct esi_place_in_force){.policy_map = "global_policy",
                                                   .class_map = "inspection_default",
                                                   .protocol = protocol_of(policy, map),
                                                   .map = map};
}

/* add_old - what the commands of old boxes bind. */
static void
add_old(struct esi_policy *policy)
{
    const struct esi_config *config = policy->config;

    if (config->fixups_count > 0 || config->mailhosts_count > 0)
        add_plain(policy, maps_default(policy));
    for (size_t i = 0; i < config->ip_inspects_count; i++)
        add_plain(policy, policy->ip_inspect[config->ip_inspects[i].esmtp]);
}

void
in_force_new(struct esi_policy *policy)
{
    bool bound = policy->bound && !policy->forced;

    for (int of_interface = 0; bound && of_interface < 2; of_interface++)
        for (size_t i = 0; i < policy->policy_count; i++)
            if ((policy->policies[i].by->interface != NULL) == (of_interface != 0))
                add_classes(policy, &policy->policies[i]);
    policy->first_plain = policy->place_count;
    if (bound)
        add_old(policy);
    else
        add_plain(policy, policy->forced ? policy->forced : policy->unbound);
}

size_t
in_force_of(const struct ready_policy *ready, const struct ready_class *class,
            const struct esi_inspect *inspect)
{
    size_t place = ready->first_place;

    for (const struct ready_class *at = ready->classes; at <= class; at++)
        for (size_t i = 0; i < at->of->count && &at->of->inspects[i] != inspect; i++)
            place += at->maps[i] != NULL;
    return place;
}

size_t
in_force_plain(const struct esi_policy *policy, const struct esi_map *map)
{
    size_t place = policy->first_plain;

    while (place < policy->place_count && policy->places[place].map != map)
        place++;
    return place;
}

size_t
esi_policy_place_count(const struct esi_policy *policy)
{
    return policy->place_count;
}

const struct esi_place_in_force *
esi_policy_place_at(const struct esi_policy *policy, size_t index)
{
    return &policy->places[index];
}
