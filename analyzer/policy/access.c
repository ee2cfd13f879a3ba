/*
 * access.c - access lists as rules that a flow is held against one by one.
 *
 * A rule is 32 bytes of bounds, which reject nearly everything, and 32 more that only IPv6 looks
 * at; what bounds do not say (groups, IPv6 prefixes, masks with holes, times) lies beside them and
 * is looked at last. Entries that no TCP segment can fit become no rule.
 */
#include <stdlib.h>

#include "access_sets_internal.h"

enum end { SOURCE, DESTINATION };

struct rule {
    uint16_t low_port[2], high_port[2];
    uint32_t low4[2], high4[2]; /* low > high: no IPv4 address */
    bool all6[2];               /* all IPv6 addresses; else those of more's addresses */
    bool has_more;
    uint32_t entry;
};

/* Of IPv6 addresses the first 64 bits; low > high: no IPv6 address. */
struct rule6 {
    struct range64 ends[2];
};

/* What else must hold. NULL: nothing. */
struct more {
    const struct address_set *addresses[2];
    const struct service_set *services;
    const struct service_set *source_ports; /* as their destination ports */
    const struct esi_time_range *time;
};

/* A set that belongs to one entry alone. */
struct own_set {
    struct own_set *next;
    struct address_set addresses;
    struct service_set services;
};

struct access {
    const struct esi_access_list *list;
    int clock_offset;
    struct rule *rules;
    struct rule6 *rules6; /* by place of the rule, as is more */
    struct more *more;
    size_t count;
    struct own_set *own;
};

/* ---- building ---- */

struct building {
    struct access *access;
    struct esi_config *config;
    struct access_cache *cache;
    const struct esi_access_entry *entry;
    struct rule *rule;
    struct rule6 *rule6;
    struct more *more;
};

static struct own_set *
own_set(struct building *building)
{
    struct own_set *own = esi_alloc(sizeof *own);

    own->next = building->access->own;
    building->access->own = own;
    return own;
}

static void
set_bounds(struct building *building, enum end end, struct range4 bounds, bool all6)
{
    building->rule->low4[end] = bounds.low;
    building->rule->high4[end] = bounds.high;
    building->rule->all6[end] = all6;
    building->rule6->ends[end] = all6 ? (struct range64){0, UINT64_MAX} : (struct range64){1, 0};
}

static bool
set_address_set(struct building *building, enum end end, const struct address_set *set)
{
    set_bounds(building, end, address_set_bounds(set), false);
    building->rule6->ends[end] = address_set_bounds6(set);
    building->more->addresses[end] = set;
    return set->count4 + set->count6 + set->mask_count > 0;
}

static bool
set_interface(struct building *building, enum end end, const char *name)
{
    struct esi_place at = building->entry->at;
    const struct esi_interface *interface = find_interface(building->cache, building->config, name);

    if (!interface || interface->count == 0) {
        esi_config_say(building->config, ESI_DIAG_WARNING, at,
                       interface ? "interface '%s' has no address that is known"
                                 : "there is no interface '%s'",
                       name);
        return false;
    }
    struct address_set *set = &own_set(building)->addresses;
    for (size_t i = 0; i < interface->count; i++) {
        const struct esi_ip *ip = &interface->networks[i].ip;
        address_set_add(set, &(struct esi_address){ESI_ADDRESS_RANGE, *ip, *ip, *ip, NULL});
    }
    address_set_finish(set);
    return set_address_set(building, end, set);
}

/* set_plain - an address that needs no name; the bounds alone if they say it all. */
static bool
set_plain(struct building *building, enum end end, const struct esi_address *address)
{
    const struct range4 all = {0, UINT32_MAX}, none = {1, 0};
    struct own_set *own;

    switch (address->kind) {
    case ESI_ADDRESS_ANY:
        set_bounds(building, end, all, true);
        return true;
    case ESI_ADDRESS_ANY4:
        set_bounds(building, end, all, false);
        return true;
    case ESI_ADDRESS_ANY6:
        set_bounds(building, end, none, true);
        return true;
    default:
        own = own_set(building);
        address_set_add(&own->addresses, address);
        address_set_finish(&own->addresses);
        break;
    }
    if (own->addresses.count4 != 1 || own->addresses.count6 > 0)
        return set_address_set(building, end, &own->addresses);
    set_bounds(building, end, address_set_bounds(&own->addresses), false);
    building->access->own = own->next;
    address_set_free(&own->addresses);
    free(own);
    return true;
}

static bool
set_address(struct building *building, enum end end, const struct esi_address *address)
{
    struct esi_place at = building->entry->at;

    if (address->kind == ESI_ADDRESS_INTERFACE)
        return set_interface(building, end, address->name);
    if (address->kind == ESI_ADDRESS_GROUP) {
        const struct flat_group *flat =
            flat_group(building->cache, building->config, address->name, true, at);
        return flat && set_address_set(building, end, &flat->addresses);
    }
    const struct esi_address *plain = plain_address(building->config, address, at);
    return plain && set_plain(building, end, plain);
}

/* set_ports - a range in the rule, a group beside it; what `neq` leaves lies in `services`. */
static bool
set_ports(struct building *building, enum end end, const struct esi_port_set *ports)
{
    if (ports->kind == ESI_PORT_RANGE) {
        building->rule->low_port[end] = ports->low;
        building->rule->high_port[end] = ports->high;
    }
    if (ports->kind != ESI_PORT_GROUP)
        return true;
    const struct flat_group *flat =
        flat_group(building->cache, building->config, ports->name, false, building->entry->at);
    if (!flat || flat->services.count == 0)
        return false;
    *(end == SOURCE ? &building->more->source_ports : &building->more->services) = &flat->services;
    return true;
}

/* without_group - the other side's `neq` must not be lost where one side is a group. */
static struct esi_port_set
without_group(const struct esi_port_set *ports)
{
    return ports->kind == ESI_PORT_GROUP ? (struct esi_port_set){.kind = ESI_PORT_ANY} : *ports;
}

static bool
set_own_ports(struct building *building, const struct esi_service *service)
{
    struct esi_service own = {.protocol = 6,
                              .source = without_group(&service->source),
                              .destination = without_group(&service->destination)};

    if (!set_ports(building, SOURCE, &service->source) ||
        !set_ports(building, DESTINATION, &service->destination))
        return false;
    if (own.source.kind != ESI_PORT_NOT && own.destination.kind != ESI_PORT_NOT)
        return true;
    struct own_set *set = own_set(building);
    if (service->destination.kind == ESI_PORT_GROUP) { /* services is taken: the source is not */
        own.destination = own.source;
        own.source.kind = ESI_PORT_ANY;
        building->more->source_ports = &set->services;
    } else
        building->more->services = &set->services;
    service_set_add(&set->services, &own);
    service_set_finish(&set->services);
    return true;
}

static bool
set_object(struct building *building, const char *name)
{
    const struct esi_object *object = esi_config_object(building->config, ESI_OBJECT_SERVICE, name);

    if (!object || !object->text) {
        esi_config_say(building->config, ESI_DIAG_WARNING, building->entry->at,
                       object ? "service object '%s' is empty" : "there is no service object '%s'",
                       name);
        return false;
    }
    return (object->service.protocol == 6 || object->service.protocol == ESI_PROTOCOL_ANY) &&
           set_own_ports(building, &object->service);
}

static bool
set_service(struct building *building)
{
    const struct esi_access_entry *entry = building->entry;
    const struct flat_group *flat;

    if (entry->by == ESI_BY_SERVICE)
        return (entry->service.protocol == 6 || entry->service.protocol == ESI_PROTOCOL_ANY) &&
               set_own_ports(building, &entry->service);
    if (entry->by == ESI_BY_SERVICE_OBJECT)
        return set_object(building, entry->by_name);
    flat = flat_group(building->cache, building->config, entry->by_name, false, entry->at);
    if (!flat || flat->services.count == 0)
        return false;
    if (entry->by == ESI_BY_PROTOCOL_GROUP) /* TCP is in it */
        return set_own_ports(building, &entry->service);
    building->more->services = &flat->services;
    return true;
}

static bool
set_time(struct building *building)
{
    const char *name = building->entry->time_range;

    if (!name)
        return true;
    building->more->time = esi_config_time_range(building->config, name);
    if (!building->more->time)
        esi_config_say(building->config, ESI_DIAG_WARNING, building->entry->at,
                       "there is no time-range '%s'", name);
    return building->more->time != NULL;
}

/* add_rule - all names are looked up, so that all that are wrong are said. */
static void
add_rule(struct building *building)
{
    struct access *access = building->access;
    const struct esi_access_entry *entry = building->entry;

    building->rule = &access->rules[access->count];
    building->rule6 = &access->rules6[access->count];
    building->more = &access->more[access->count];
    *building->rule = (struct rule){.high_port = {UINT16_MAX, UINT16_MAX},
                                    .entry = (uint32_t)(entry - access->list->entries)};
    *building->more = (struct more){0};
    bool fits = set_service(building);
    fits = set_address(building, SOURCE, &entry->source) && fits;
    fits = set_address(building, DESTINATION, &entry->destination) && fits;
    fits = set_time(building) && fits;
    const struct more *more = building->more;
    building->rule->has_more = more->addresses[SOURCE] || more->addresses[DESTINATION] ||
                               more->services || more->source_ports || more->time;
    access->count += fits;
}

struct access *
access_new(struct esi_config *config, const struct esi_access_list *list,
           struct access_cache *cache)
{
    struct access *access = esi_alloc(sizeof *access);
    struct building building = {.access = access, .config = config, .cache = cache};

    access->list = list;
    access->clock_offset = config->clock_offset;
    access->rules = esi_alloc((list->count + 1) * sizeof *access->rules);
    access->rules6 = esi_alloc((list->count + 1) * sizeof *access->rules6);
    access->more = esi_alloc((list->count + 1) * sizeof *access->more);
    for (size_t i = 0; i < list->count; i++) {
        building.entry = &list->entries[i];
        if (!building.entry->inactive && !building.entry->remark)
            add_rule(&building);
    }
    return access;
}

void
access_free(struct access *access)
{
    if (!access)
        return;
    for (struct own_set *own = access->own, *next; own; own = next) {
        next = own->next;
        address_set_free(&own->addresses);
        service_set_free(&own->services);
        free(own);
    }
    free(access->rules);
    free(access->rules6);
    free(access->more);
    free(access);
}

/* ---- matching ---- */

struct segment {
    const struct esi_endpoint *ends[2];
    uint32_t ip4[2]; /* if they are IPv4 */
    uint64_t ip6[2]; /* the first 64 bits, if they are IPv6 */
    bool is6[2];
    int64_t minute;
    /* The set of services asked last: a large group tends to stand in entry after entry. */
    const struct service_set *asked;
    bool answer;
};

static inline bool
bounds_fit(const struct access *access, size_t place, const struct segment *segment, enum end end)
{
    const struct rule *rule = &access->rules[place];
    const struct range64 *range6 = &access->rules6[place].ends[end];

    if (segment->is6[end])
        return segment->ip6[end] >= range6->low && segment->ip6[end] <= range6->high;
    return segment->ip4[end] >= rule->low4[end] && segment->ip4[end] <= rule->high4[end];
}

static bool
address_fits(const struct rule *rule, const struct more *more, const struct segment *segment,
             enum end end)
{
    if (more->addresses[end])
        return address_set_has(more->addresses[end], &segment->ends[end]->ip);
    return !segment->is6[end] || rule->all6[end];
}

static bool
services_fit(const struct service_set *services, struct segment *segment)
{
    if (segment->asked != services)
        segment->answer = service_set_has(services, segment->ends[SOURCE]->port,
                                          segment->ends[DESTINATION]->port);
    segment->asked = services;
    return segment->answer;
}

static bool
more_fits(const struct rule *rule, const struct more *more, struct segment *segment)
{
    uint16_t from = segment->ends[SOURCE]->port;

    return address_fits(rule, more, segment, DESTINATION) &&
           address_fits(rule, more, segment, SOURCE) &&
           (!more->services || services_fit(more->services, segment)) &&
           (!more->source_ports || service_set_has(more->source_ports, 0, from)) &&
           (!more->time || time_range_holds(more->time, segment->minute));
}

static inline bool
port_fits(const struct rule *rule, uint16_t port, enum end end)
{
    return port >= rule->low_port[end] && port <= rule->high_port[end];
}

const struct esi_access_entry *
access_find(const struct access *access, const struct esi_endpoint *source,
            const struct esi_endpoint *destination, esi_nanos when)
{
    struct segment segment = {
        .ends = {source, destination},
        .ip4 = {number4(&source->ip), number4(&destination->ip)},
        .ip6 = {first64(&source->ip), first64(&destination->ip)},
        .is6 = {source->ip.family == 6, destination->ip.family == 6},
        .minute = minute_of(when, access->clock_offset),
    };

    for (size_t i = 0; i < access->count; i++) {
        const struct rule *rule = &access->rules[i];
        if (port_fits(rule, destination->port, DESTINATION) &&
            bounds_fit(access, i, &segment, DESTINATION) &&
            bounds_fit(access, i, &segment, SOURCE) && port_fits(rule, source->port, SOURCE) &&
            (!rule->has_more || more_fits(rule, &access->more[i], &segment)))
            return &access->list->entries[rule->entry];
    }
    return NULL;
}
