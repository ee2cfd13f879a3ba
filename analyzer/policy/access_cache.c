/*
 * access_cache.c - object-groups, flattened once however many access lists name them.
 *
 * A group's members are gathered breadth first, each group within it once: nesting may be as deep
 * as it likes, and a group that contains itself adds nothing. The box refuses such groups; they are
 * said.
 */
#include <stdlib.h>

#include "access_sets_internal.h"

/* Members looked at for all groups together: many groups that each contain the same large one would
 * otherwise be flattened to their product. Real configurations have some ten thousand. */
enum { MEMBERS_MOST = 2000000 };

struct access_cache {
    struct flat_group *groups; /* by place in the configuration; NULL: not yet set up */
    unsigned *rounds;          /* in which gathering a group was last seen */
    unsigned round;
    bool *told; /* what is wrong with a group's members is said once */
    size_t *queue;
    size_t count, members;
    const struct esi_interface **interfaces; /* by name */
    size_t interface_count;
};

struct access_cache *
access_cache_new(void)
{
    return esi_alloc(sizeof(struct access_cache));
}

void
access_cache_free(struct access_cache *cache)
{
    if (!cache)
        return;
    for (size_t i = 0; i < cache->count; i++) {
        address_set_free(&cache->groups[i].addresses);
        service_set_free(&cache->groups[i].services);
    }
    free(cache->groups);
    free(cache->rounds);
    free(cache->told);
    free(cache->queue);
    free(cache->interfaces);
    free(cache);
}

/* ---- setting up ---- */

struct visit {
    size_t group, member;
};

/* walk_from - depth first, with a stack of our own: whatever leads back to a group on the way to it
 * is said. state: 0 not seen, 1 on the way, 2 done. */
static void
walk_from(struct esi_config *config, size_t start, uint8_t *state, struct visit *stack)
{
    size_t depth = 0;

    stack[depth++] = (struct visit){start, 0};
    state[start] = 1;
    while (depth > 0) {
        struct visit *top = &stack[depth - 1];
        const struct esi_group *group = &config->groups[top->group];
        if (top->member == group->count) {
            state[top->group] = 2;
            depth--;
            continue;
        }
        const struct esi_member *member = &group->members[top->member++];
        const struct esi_group *inner =
            member->kind == ESI_MEMBER_GROUP ? esi_config_group(config, member->name) : NULL;
        size_t place = inner ? (size_t)(inner - config->groups) : 0;
        if (inner && state[place] == 1)
            esi_config_say(config, ESI_DIAG_WARNING, member->at,
                           "object-group '%s' contains itself by way of '%s'", inner->name,
                           group->name);
        if (inner && state[place] == 0) {
            state[place] = 1;
            stack[depth++] = (struct visit){place, 0};
        }
    }
}

static void
say_circles(struct esi_config *config)
{
    uint8_t *state = esi_alloc(config->groups_count);
    struct visit *stack = esi_alloc(config->groups_count * sizeof *stack);

    for (size_t i = 0; i < config->groups_count; i++)
        if (state[i] == 0)
            walk_from(config, i, state, stack);
    free(state);
    free(stack);
}

static int
by_name(const void *a, const void *b)
{
    return strcmp((*(const struct esi_interface *const *)a)->name,
                  (*(const struct esi_interface *const *)b)->name);
}

static void
set_up(struct access_cache *cache, struct esi_config *config)
{
    size_t count = config->groups_count;

    if (cache->groups)
        return;
    cache->count = count;
    cache->groups = esi_alloc((count + 1) * sizeof *cache->groups);
    cache->rounds = esi_alloc((count + 1) * sizeof *cache->rounds);
    cache->told = esi_alloc((count + 1) * sizeof *cache->told);
    cache->queue = esi_alloc((count + 1) * sizeof *cache->queue);
    cache->interfaces = esi_alloc((config->interfaces_count + 1) * sizeof *cache->interfaces);
    for (size_t i = 0; i < config->interfaces_count; i++)
        if (config->interfaces[i].name)
            cache->interfaces[cache->interface_count++] = &config->interfaces[i];
    qsort(cache->interfaces, cache->interface_count, sizeof *cache->interfaces, by_name);
    if (count > 0)
        say_circles(config);
}

const struct esi_interface *
find_interface(struct access_cache *cache, struct esi_config *config, const char *name)
{
    struct esi_interface wanted = {.name = name};
    const struct esi_interface *key = &wanted;

    set_up(cache, config);
    const struct esi_interface **found = bsearch(&key, cache->interfaces, cache->interface_count,
                                                 sizeof *cache->interfaces, by_name);
    return found ? *found : NULL;
}

/* ---- members ---- */

const struct esi_address *
plain_address(struct esi_config *config, const struct esi_address *address, struct esi_place at)
{
    if (address->kind != ESI_ADDRESS_OBJECT)
        return address;
    const struct esi_object *object = esi_config_object(config, ESI_OBJECT_NETWORK, address->name);
    if (!object)
        esi_config_say(config, ESI_DIAG_WARNING, at, "there is no network object '%s'",
                       address->name);
    else if (object->address.kind == ESI_ADDRESS_NONE)
        esi_config_say(config, ESI_DIAG_WARNING, at, "network object '%s' is empty", object->name);
    else if (object->address.kind == ESI_ADDRESS_FQDN)
        esi_config_say(config, ESI_DIAG_WARNING, at,
                       "network object '%s' is a host name, which is not resolved: it matches "
                       "nothing",
                       object->name);
    else
        return &object->address;
    return NULL;
}

static const struct esi_object *
service_object(struct esi_config *config, const char *name, struct esi_place at)
{
    const struct esi_object *object = esi_config_object(config, ESI_OBJECT_SERVICE, name);

    if (!object)
        esi_config_say(config, ESI_DIAG_WARNING, at, "there is no service object '%s'", name);
    else if (!object->text)
        esi_config_say(config, ESI_DIAG_WARNING, at, "service object '%s' is empty", name);
    return object;
}

/* kind_fits - protocol groups and service groups both come down to services. */
static bool
kind_fits(const struct esi_group *group, bool network)
{
    return network ? group->kind == ESI_GROUP_NETWORK
                   : group->kind == ESI_GROUP_SERVICE || group->kind == ESI_GROUP_PROTOCOL;
}

static const struct esi_group *
find_group(struct esi_config *config, const char *name, bool network, struct esi_place at)
{
    const struct esi_group *group = esi_config_group(config, name);

    if (!group)
        esi_config_say(config, ESI_DIAG_WARNING, at, "there is no object-group '%s'", name);
    else if (!kind_fits(group, network))
        esi_config_say(config, ESI_DIAG_WARNING, at, "object-group '%s' is not of %s", name,
                       network ? "networks" : "services");
    else
        return group;
    return NULL;
}

/* ---- gathering ---- */

struct gathering {
    struct access_cache *cache;
    struct esi_config *config;
    struct flat_group *into;
    bool network;
    size_t queued;
};

static void
push(struct gathering *gathering, const struct esi_group *group)
{
    struct access_cache *cache = gathering->cache;
    size_t place = (size_t)(group - gathering->config->groups);

    if (cache->rounds[place] == cache->round)
        return;
    cache->rounds[place] = cache->round;
    cache->queue[gathering->queued++] = place;
}

/* gather_member - silent: what is wrong with it is told apart. */
static void
gather_member(struct gathering *gathering, const struct esi_member *member)
{
    struct esi_config *config = gathering->config;

    if (member->kind == ESI_MEMBER_GROUP) {
        const struct esi_group *group = esi_config_group(config, member->name);
        if (group && kind_fits(group, gathering->network))
            push(gathering, group);
    } else if (member->kind == ESI_MEMBER_ADDRESS) {
        const struct esi_address *address = &member->address;
        const struct esi_object *object =
            address->kind == ESI_ADDRESS_OBJECT
                ? esi_config_object(config, ESI_OBJECT_NETWORK, address->name)
                : NULL;
        address_set_add(&gathering->into->addresses, object ? &object->address : address);
    } else if (member->kind == ESI_MEMBER_OBJECT) {
        const struct esi_object *object =
            esi_config_object(config, ESI_OBJECT_SERVICE, member->name);
        if (object && object->text)
            service_set_add(&gathering->into->services, &object->service);
    } else {
        service_set_add(&gathering->into->services, &member->service);
    }
}

/* tell_member - what is wrong with it, once. */
static void
tell_member(struct esi_config *config, const struct esi_member *member, bool network)
{
    if (member->kind == ESI_MEMBER_GROUP)
        find_group(config, member->name, network, member->at);
    else if (member->kind == ESI_MEMBER_ADDRESS)
        plain_address(config, &member->address, member->at);
    else if (member->kind == ESI_MEMBER_OBJECT)
        service_object(config, member->name, member->at);
}

static void
gather_group(struct gathering *gathering, size_t place)
{
    const struct esi_group *group = &gathering->config->groups[place];
    bool *told = &gathering->cache->told[place];

    for (size_t i = 0; i < group->count; i++) {
        if (!*told)
            tell_member(gathering->config, &group->members[i], gathering->network);
        gather_member(gathering, &group->members[i]);
    }
    *told = true;
    gathering->cache->members += group->count + 1;
}

static void
gather(struct access_cache *cache, struct esi_config *config, const struct esi_group *group,
       bool network)
{
    struct flat_group *into = &cache->groups[group - config->groups];
    struct gathering gathering = {cache, config, into, network, 0};

    into->done = true;
    cache->round++;
    push(&gathering, group);
    for (size_t i = 0; i < gathering.queued; i++) {
        if (cache->members > MEMBERS_MOST) {
            esi_config_say(config, ESI_DIAG_WARNING, group->at,
                           "object-groups have more than %d members with those of the groups in "
                           "them: the rest of '%s' is left out",
                           MEMBERS_MOST, group->name);
            break;
        }
        gather_group(&gathering, cache->queue[i]);
    }
    address_set_finish(&into->addresses);
    service_set_finish(&into->services);
}

const struct flat_group *
flat_group(struct access_cache *cache, struct esi_config *config, const char *name, bool network,
           struct esi_place at)
{
    set_up(cache, config);
    const struct esi_group *group = find_group(config, name, network, at);
    if (!group)
        return NULL;
    struct flat_group *flat = &cache->groups[group - config->groups];
    if (!flat->done)
        gather(cache, config, group, network);
    return flat;
}
