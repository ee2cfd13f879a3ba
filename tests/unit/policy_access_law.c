/*
 * policy_access_law.c - access lists find what a reader of the configuration finds that knows no
 * ranges, no sets and no bounds.
 */
#include <criterion/criterion.h>

#include "policy/access_internal.h"

#include "config_show.h"

struct flow {
    struct esi_endpoint ends[2];
};

enum { DEPTH_MOST = 12 }; /* more than there are groups */

static bool plain_group_has(const struct esi_config *config, const char *name,
                            const struct esi_ip *ip, int depth);

static bool
plain_has(const struct esi_config *config, const struct esi_address *address,
          const struct esi_ip *ip, int depth)
{
    switch (address->kind) {
    case ESI_ADDRESS_ANY:
        return true;
    case ESI_ADDRESS_ANY4:
        return ip->family == 4;
    case ESI_ADDRESS_ANY6:
        return ip->family == 6;
    case ESI_ADDRESS_MASK:
        for (size_t i = 0; i < 16; i++)
            if ((ip->bytes[i] & address->mask.bytes[i]) != address->ip.bytes[i])
                return false;
        return ip->family == address->ip.family;
    case ESI_ADDRESS_RANGE:
        return ip->family == address->ip.family && memcmp(ip, &address->ip, sizeof *ip) >= 0 &&
               memcmp(ip, &address->last, sizeof *ip) <= 0;
    case ESI_ADDRESS_OBJECT: {
        const struct esi_object *object =
            esi_config_object(config, ESI_OBJECT_NETWORK, address->name);
        return object && plain_has(config, &object->address, ip, depth);
    }
    case ESI_ADDRESS_GROUP:
        return plain_group_has(config, address->name, ip, depth);
    default:
        return false;
    }
}

static bool
plain_group_has(const struct esi_config *config, const char *name, const struct esi_ip *ip,
                int depth)
{
    const struct esi_group *group = esi_config_group(config, name);

    if (!group || depth == DEPTH_MOST)
        return false;
    for (size_t i = 0; i < group->count; i++) {
        const struct esi_member *member = &group->members[i];
        if (member->kind == ESI_MEMBER_GROUP ? plain_group_has(config, member->name, ip, depth + 1)
                                             : plain_has(config, &member->address, ip, depth))
            return true;
    }
    return false;
}

static bool plain_service_group(const struct esi_config *config, const char *name, uint16_t from,
                                uint16_t to, int depth);

static bool
plain_port(const struct esi_config *config, const struct esi_port_set *ports, uint16_t port)
{
    switch (ports->kind) {
    case ESI_PORT_ANY:
        return true;
    case ESI_PORT_RANGE:
        return port >= ports->low && port <= ports->high;
    case ESI_PORT_NOT:
        return port != ports->low;
    default:
        return plain_service_group(config, ports->name, 0, port, 0);
    }
}

static bool
plain_service(const struct esi_config *config, const struct esi_service *service, uint16_t from,
              uint16_t to)
{
    return (service->protocol == 6 || service->protocol == ESI_PROTOCOL_ANY) &&
           plain_port(config, &service->source, from) &&
           plain_port(config, &service->destination, to);
}

static bool
plain_service_group(const struct esi_config *config, const char *name, uint16_t from, uint16_t to,
                    int depth)
{
    const struct esi_group *group = esi_config_group(config, name);

    for (size_t i = 0; group && depth < DEPTH_MOST && i < group->count; i++) {
        const struct esi_member *member = &group->members[i];
        const struct esi_object *object =
            member->kind == ESI_MEMBER_OBJECT
                ? esi_config_object(config, ESI_OBJECT_SERVICE, member->name)
                : NULL;
        bool fits;
        if (member->kind == ESI_MEMBER_GROUP)
            fits = plain_service_group(config, member->name, from, to, depth + 1);
        else if (member->kind == ESI_MEMBER_OBJECT)
            fits = object && object->text && plain_service(config, &object->service, from, to);
        else
            fits = plain_service(config, &member->service, from, to);
        if (fits)
            return true;
    }
    return false;
}

static bool
plain_carries(const struct esi_config *config, const struct esi_access_entry *entry,
              const struct flow *flow)
{
    uint16_t from = flow->ends[0].port, to = flow->ends[1].port;
    const struct esi_object *object;

    switch (entry->by) {
    case ESI_BY_SERVICE:
        return plain_service(config, &entry->service, from, to);
    case ESI_BY_SERVICE_OBJECT:
        object = esi_config_object(config, ESI_OBJECT_SERVICE, entry->by_name);
        return object && object->text && plain_service(config, &object->service, from, to);
    case ESI_BY_SERVICE_GROUP:
        return plain_service_group(config, entry->by_name, from, to, 0);
    default:
        return plain_service_group(config, entry->by_name, from, to, 0) &&
               plain_port(config, &entry->service.source, from) &&
               plain_port(config, &entry->service.destination, to);
    }
}

static const struct esi_access_entry *
plain_find(const struct esi_config *config, const struct esi_access_list *list,
           const struct flow *flow)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct esi_access_entry *entry = &list->entries[i];
        if (!entry->inactive && !entry->remark && plain_carries(config, entry, flow) &&
            plain_has(config, &entry->source, &flow->ends[0].ip, 0) &&
            plain_has(config, &entry->destination, &flow->ends[1].ip, 0))
            return entry;
    }
    return NULL;
}

/* A small world, so that things meet: 16 addresses a family, 8 ports, 4 of every named thing. */
static unsigned seed;

static unsigned
below(unsigned most)
{
    seed = seed * 1103515245 + 12345;
    return (seed >> 16) % most;
}

static void
add_network(struct esi_buf *out)
{
    static const char *const masks[] = {"255.255.255.252", "255.255.255.248", "255.255.255.0",
                                        "255.255.255.253", "0.0.0.3",         "255.255.0.0"};

    switch (below(5)) {
    case 0:
        esi_buf_printf(out, "host 10.0.0.%u", below(16));
        break;
    case 1:
        esi_buf_printf(out, "host 2001:db8::%x", below(16));
        break;
    case 2:
        esi_buf_printf(out, "2001:db8::%x/%u", below(16), 123 + below(6));
        break;
    case 3:
        esi_buf_printf(out, "object O%u", below(5));
        break;
    default:
        esi_buf_printf(out, "10.0.0.%u %s", below(16), masks[below(6)]);
        break;
    }
}

static void
add_ports(struct esi_buf *out, const char *before)
{
    static const char *const ops[] = {"eq", "neq", "lt", "gt"};

    if (below(5) == 0)
        esi_buf_printf(out, "%srange 2%u 2%u", before, below(4), 4 + below(4));
    else
        esi_buf_printf(out, "%s%s 2%u", before, ops[below(4)], below(8));
}

static void
add_names(struct esi_buf *out)
{
    for (unsigned i = 0; i < 4; i++) {
        esi_buf_printf(out, "object network O%u\n", i);
        if (below(2) == 0)
            esi_buf_printf(out, " range 10.0.0.%u 10.0.0.%u\n", below(8), 8 + below(8));
        else
            esi_buf_printf(out, " range 2001:db8::%x 2001:db8::%x\n", below(8), 8 + below(8));
        esi_buf_printf(out, "object service S%u\n service tcp", i);
        if (below(2) == 0)
            add_ports(out, " source ");
        if (below(2) == 0)
            add_ports(out, " destination ");
        esi_buf_byte(out, '\n');
    }
}

static void
add_groups(struct esi_buf *out)
{
    static const char *const protocols[] = {"tcp", "udp", "ip", "tcp-udp"};

    for (unsigned i = 0; i < 4; i++) {
        esi_buf_printf(out, "object-group network G%u\n", i);
        for (unsigned m = below(4); m > 0; m--) {
            esi_buf_text(out, " network-object ");
            add_network(out);
            esi_buf_byte(out, '\n');
        }
        if (below(2) == 0)
            esi_buf_printf(out, " group-object G%u\n", below(4));
        esi_buf_printf(out,
                       "object-group service P%u tcp\n port-object range 2%u 2%u\n"
                       " port-object eq 2%u\nobject-group service M%u\n",
                       i, below(4), 4 + below(4), below(8), i);
        for (unsigned m = below(4); m > 0; m--) {
            unsigned protocol = below(4);
            esi_buf_printf(out, " service-object %s", protocols[protocol]);
            if (protocol != 2 && below(2) == 0)
                add_ports(out, " source ");
            if (protocol != 2 && below(2) == 0)
                add_ports(out, below(2) == 0 ? " " : " destination ");
            esi_buf_byte(out, '\n');
        }
        esi_buf_printf(out,
                       " service-object object S%u\n group-object M%u\n"
                       "object-group protocol R%u\n protocol-object %s\n",
                       below(5), below(4), i, protocols[below(3)]);
    }
}

static void
add_side(struct esi_buf *out, bool ports)
{
    static const char *const words[] = {" any", " any4", " any6"};
    unsigned which = below(6);

    if (which < 3)
        esi_buf_text(out, words[which]);
    else if (which == 3)
        esi_buf_printf(out, " object-group G%u", below(5));
    else {
        esi_buf_byte(out, ' ');
        add_network(out);
    }
    if (ports && below(3) == 0)
        add_ports(out, " ");
    else if (ports && below(4) == 0)
        esi_buf_printf(out, " object-group P%u", below(4));
}

static void
add_entries(struct esi_buf *out)
{
    for (unsigned i = 0; i < 12; i++) {
        unsigned what = below(8);
        bool ports = what < 5;
        esi_buf_printf(out, "access-list A extended %s ", below(2) == 0 ? "permit" : "deny");
        if (what < 4)
            esi_buf_text(out, what == 3 ? "udp" : "tcp");
        else if (what == 4)
            esi_buf_printf(out, "object-group R%u", below(4));
        else if (what == 5)
            esi_buf_printf(out, "object-group M%u", below(4));
        else if (what == 6)
            esi_buf_printf(out, "object S%u", below(5));
        else
            esi_buf_text(out, "ip");
        add_side(out, ports);
        add_side(out, ports);
        esi_buf_text(out, below(9) == 0 ? " inactive\n" : "\n");
    }
}

static struct esi_endpoint
some_end(unsigned family)
{
    struct esi_endpoint end = {.port = (uint16_t)(19 + below(10))};

    end.ip = family == 4 ? (struct esi_ip){4, {10, 0, 0, (uint8_t)below(16)}}
                         : (struct esi_ip){6, {0x20, 0x01, 0x0d, 0xb8}};
    if (family == 6)
        end.ip.bytes[15] = (uint8_t)below(16);
    return end;
}

Test(policy_access_law, as_a_plain_reader_finds_it)
{
    size_t found = 0;

    for (unsigned world = 0; world < 300; world++) {
        struct esi_buf text = {0};
        seed = world;
        add_names(&text);
        add_groups(&text);
        add_entries(&text);
        esi_buf_byte(&text, '\0');
        struct esi_config *config = read_config((const char *)text.data);
        cr_assert_not(esi_config_has_errors(config, true), "world %u", world);
        const struct esi_access_list *list = esi_config_access_list(config, "A");
        cr_assert_eq(list->count, 12);
        struct access_cache *cache = access_cache_new();
        struct access *access = access_new(config, list, cache);
        for (int i = 0; i < 100; i++) {
            unsigned family = below(2) == 0 ? 4 : 6;
            struct flow flow = {{some_end(family), some_end(family)}};
            const struct esi_access_entry *entry =
                access_find(access, &flow.ends[0], &flow.ends[1], 0);
            const struct esi_access_entry *plain = plain_find(config, list, &flow);
            cr_expect(entry == plain, "world %u flow %d: line %u, not %u", world, i,
                      entry ? entry->at.line : 0, plain ? plain->at.line : 0);
            found += entry != NULL;
        }
        access_free(access);
        access_cache_free(cache);
        esi_config_free(config);
        esi_buf_free(&text);
    }
    cr_expect_gt(found, 3000, "the worlds are too empty: %zu", found);
}
