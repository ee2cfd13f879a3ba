/*
 * interfaces.c - on which side of the firewall an address lies, and which statics are about it.
 *
 * Every network the configuration tells of - of an interface, behind a route, of a static - is a
 * row; rows are sorted by length of prefix, longest first, and searched length by length. A mapped
 * address belongs to the interface of the real one. Interfaces that are shut down tell nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "policy_internal.h"

enum { NO_STATIC = INT32_MAX };

struct side {
    struct esi_ip ip; /* masked */
    unsigned bits;
    const char *interface;
    uint32_t which; /* static, or NO_STATIC */
    bool one_port, udp;
    uint16_t port; /* of one_port */
};

/* Rows of the same family and length. */
struct group {
    size_t from, to;
};

struct sides {
    struct side *rows;
    size_t count, cap;
    struct group *groups;
    size_t group_count, group_cap;
    struct strings known; /* names of interfaces of which there is a row */
};

static struct esi_ip
masked(const struct esi_ip *ip, unsigned bits)
{
    struct esi_ip out = *ip;
    size_t len = ip->family == 4 ? 4 : 16;

    for (size_t i = 0; i < len; i++) {
        unsigned keep = bits > 8 * i ? bits - 8 * (unsigned)i : 0;
        if (keep < 8)
            out.bytes[i] &= (uint8_t)(0xff00u >> keep);
    }
    return out;
}

static void
add(struct sides *sides, struct side row)
{
    row.ip = masked(&row.ip, row.bits);
    sides->rows = esi_grow(sides->rows, &sides->cap, sides->count + 1, sizeof *sides->rows);
    sides->rows[sides->count++] = row;
    strings_say(&sides->known, "%s", row.interface);
}

/* side_name - boxes that name no interfaces speak of their hardware. */
static const char *
side_name(const struct esi_config *config, const struct esi_interface *interface)
{
    return interface->name || config->ip_inspects_count == 0 ? interface->name
                                                             : interface->hardware;
}

static void
add_interfaces(struct sides *sides, const struct esi_config *config)
{
    for (size_t i = 0; i < config->interfaces_count; i++) {
        const struct esi_interface *interface = &config->interfaces[i];
        const char *name = side_name(config, interface);
        for (size_t n = 0; name && !interface->shutdown && n < interface->count; n++)
            add(sides, (struct side){.ip = interface->networks[n].ip,
                                     .bits = interface->networks[n].bits,
                                     .interface = name,
                                     .which = NO_STATIC});
    }
    for (size_t i = 0; i < config->routes_count; i++)
        if (config->routes[i].interface)
            add(sides, (struct side){.ip = config->routes[i].to.ip,
                                     .bits = config->routes[i].to.bits,
                                     .interface = config->routes[i].interface,
                                     .which = NO_STATIC});
}

bool
interface_address(const struct esi_config *config, const char *name, struct esi_ip *out)
{
    for (size_t i = 0; i < config->interfaces_count; i++) {
        const struct esi_interface *interface = &config->interfaces[i];
        if (!interface->name || strcmp(interface->name, name) != 0)
            continue;
        for (size_t n = 0; n < interface->count; n++)
            if (interface->networks[n].ip.family == 4 && interface->networks[n].bits > 0) {
                *out = interface->networks[n].ip;
                return true;
            }
    }
    return false;
}

static void
add_statics(struct sides *sides, const struct esi_config *config)
{
    for (size_t i = 0; i < config->statics_count; i++) {
        const struct esi_static *of = &config->statics[i];
        struct side row = {.ip = of->mapped,
                           .bits = of->bits,
                           .interface = of->real_interface,
                           .which = (uint32_t)i,
                           .one_port = of->one_port,
                           .udp = of->udp,
                           .port = of->mapped_port};
        if (!of->mapped_interface_address ||
            interface_address(config, of->mapped_interface, &row.ip))
            add(sides, row);
        row.ip = of->real;
        row.port = of->real_port;
        add(sides, row);
    }
}

/* order - IPv4 first, longer prefixes first, statics before other rows, as configured. */
static int
order(const void *left, const void *right)
{
    const struct side *a = left, *b = right;

    if (a->ip.family != b->ip.family)
        return a->ip.family < b->ip.family ? -1 : 1;
    if (a->bits != b->bits)
        return a->bits > b->bits ? -1 : 1;
    int differ = memcmp(a->ip.bytes, b->ip.bytes, sizeof a->ip.bytes);
    if (differ != 0)
        return differ;
    if (a->which != b->which)
        return a->which < b->which ? -1 : 1;
    return strcmp(a->interface, b->interface);
}

static void
find_groups(struct sides *sides)
{
    for (size_t i = 0; i < sides->count; i++) {
        const struct side *row = &sides->rows[i];
        if (i == 0 || row[-1].ip.family != row->ip.family || row[-1].bits != row->bits) {
            sides->groups = esi_grow(sides->groups, &sides->group_cap, sides->group_count + 1,
                                     sizeof *sides->groups);
            sides->groups[sides->group_count++].from = i;
        }
        sides->groups[sides->group_count - 1].to = i + 1;
    }
}

struct sides *
sides_new(const struct esi_config *config)
{
    struct sides *sides = esi_alloc(sizeof *sides);

    add_interfaces(sides, config);
    add_statics(sides, config);
    if (sides->count > 0)
        qsort(sides->rows, sides->count, sizeof *sides->rows, order);
    find_groups(sides);
    return sides;
}

void
sides_free(struct sides *sides)
{
    if (!sides)
        return;
    free(sides->rows);
    free(sides->groups);
    strings_free(&sides->known);
    free(sides);
}

/* first_in - the group's first row whose network holds the address; to if there is none. */
static size_t
first_in(const struct sides *sides, const struct group *group, const struct esi_ip *ip)
{
    struct esi_ip want = masked(ip, sides->rows[group->from].bits);
    size_t low = group->from, high = group->to;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (memcmp(sides->rows[middle].ip.bytes, want.bytes, sizeof want.bytes) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < group->to && memcmp(sides->rows[low].ip.bytes, want.bytes, sizeof want.bytes) != 0)
        low = group->to;
    return low;
}

typedef bool row_fn(const struct side *row, void *arg); /* false: enough */

/* each_row - the rows that hold the endpoint, longest prefix first. */
static void
each_row(const struct sides *sides, const struct esi_endpoint *end, row_fn *call, void *arg)
{
    for (size_t g = 0; g < sides->group_count; g++) {
        const struct group *group = &sides->groups[g];
        if (sides->rows[group->from].ip.family != end->ip.family)
            continue;
        size_t i = first_in(sides, group, &end->ip);
        const struct esi_ip *net = i < group->to ? &sides->rows[i].ip : NULL;
        for (; i < group->to && memcmp(sides->rows[i].ip.bytes, net->bytes, 16) == 0; i++)
            if ((!sides->rows[i].one_port || sides->rows[i].port == end->port) &&
                !call(&sides->rows[i], arg))
                return;
    }
}

static bool
take_interface(const struct side *row, void *arg)
{
    *(const char **)arg = row->interface;
    return false;
}

const char *
sides_find(const struct sides *sides, const struct esi_endpoint *end)
{
    const char *interface = NULL;

    each_row(sides, end, take_interface, &interface);
    return interface;
}

bool
sides_know(const struct sides *sides, const char *interface)
{
    return strings_has(&sides->known, interface);
}

struct statics_found {
    size_t *places;
    size_t count;
};

static bool
take_static(const struct side *row, void *arg)
{
    struct statics_found *found = arg;

    if (row->which == NO_STATIC || row->udp)
        return true;
    for (size_t i = 0; i < found->count; i++)
        if (found->places[i] == row->which)
            return true;
    found->places[found->count++] = row->which;
    return found->count < SIDES_STATICS_MOST;
}

size_t
sides_statics(const struct sides *sides, const struct esi_endpoint *end,
              size_t places[SIDES_STATICS_MOST])
{
    struct statics_found found = {places, 0};

    each_row(sides, end, take_static, &found);
    return found.count;
}
