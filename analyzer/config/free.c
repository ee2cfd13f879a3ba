/* free.c - giving a configuration back. */
#include <stdlib.h>

#include "reader_internal.h"

static void
free_lists(struct esi_config *config)
{
    for (size_t i = 0; i < config->groups_count; i++)
        free(config->groups[i].members);
    for (size_t i = 0; i < config->time_ranges_count; i++)
        free(config->time_ranges[i].periods);
    for (size_t i = 0; i < config->access_lists_count; i++)
        free(config->access_lists[i].entries);
    for (size_t i = 0; i < config->regexes_count; i++)
        esi_pattern_free(config->regexes[i].pattern);
    for (size_t i = 0; i < config->regex_classes_count; i++)
        free(config->regex_classes[i].members);
    for (size_t i = 0; i < config->class_maps_count; i++)
        free(config->class_maps[i].matches);
    for (size_t i = 0; i < config->policy_maps_count; i++) {
        for (size_t c = 0; c < config->policy_maps[i].count; c++)
            free(config->policy_maps[i].classes[c].inspects);
        free(config->policy_maps[i].classes);
    }
    for (size_t i = 0; i < config->interfaces_count; i++)
        free(config->interfaces[i].networks);
    for (size_t i = 0; i < config->maps_count; i++)
        free((void *)(uintptr_t)config->maps[i].matches);
    void *lists[] = {
        config->names,        config->objects,     config->groups,           config->time_ranges,
        config->access_lists, config->regexes,     config->regex_classes,    config->maps,
        config->class_maps,   config->policy_maps, config->service_policies, config->interfaces,
        config->routes,       config->statics,     config->fixups,           config->mailhosts,
        config->ip_inspects};
    for (size_t i = 0; i < ESI_COUNT(lists); i++)
        free(lists[i]);
}

void
config_clear(struct esi_config *config)
{
    struct esi_config empty = {
        .lines = config->lines,
        .lines_count = config->lines_count,
        .lines_cap = config->lines_cap,
        .diags = config->diags,
        .diags_count = config->diags_count,
        .diags_cap = config->diags_cap,
        .arena = config->arena,
        .index = index_new(),
    };

    free_lists(config);
    index_free(config->index);
    *config = empty;
}

void
esi_config_free(struct esi_config *config)
{
    if (!config)
        return;
    free_lists(config);
    free(config->lines);
    free(config->diags);
    esi_arena_free(&config->arena);
    index_free(config->index);
    free(config);
}
