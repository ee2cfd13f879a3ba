/*
 * build_parts.c - addresses, ports and services, as objects, groups and access lists are made of
 * them, from the arguments that say them.
 */
#include "reader_internal.h"

/* Some 2,800 times `line 1` of one list, or 400 times `no` in a list of ten thousand: more than
 * anyone types, and a fifth of a second. */
enum { VISITS_MOST = 4000000 };

bool
may_visit(struct reader *reader, size_t items)
{
    reader->visited += items;
    if (reader->visited <= VISITS_MOST)
        return true;
    refuse(reader, NULL, "too many changes in the middle of long lists");
    return false;
}

/* is_wildcard - ones at the end, as IOS writes what a mask leaves open. */
static bool
is_wildcard(const struct esi_ip *mask)
{
    uint32_t bits = (uint32_t)mask->bytes[0] << 24 | (uint32_t)mask->bytes[1] << 16 |
                    (uint32_t)mask->bytes[2] << 8 | mask->bytes[3];

    return mask->family == 4 && bits != 0 && bits != UINT32_MAX && (bits & (bits + 1)) == 0;
}

static void
check_mask(struct reader *reader, const struct arg *arg, const struct esi_address *address)
{
    const char *product = reader->config->product;
    char text[ESI_IP_TEXT];

    if (is_wildcard(&address->mask)) {
        if (!product || strcmp(product, "IOS") != 0)
            warn(reader, arg, "%s looks like a wildcard, but is taken as a network mask",
                 esi_ip_print(text, &address->mask));
        return;
    }
    struct esi_ip typed = arg->words == 1 ? arg->prefix.ip : arg->ip;
    if (memcmp(&typed, &address->ip, sizeof typed) != 0)
        warn(reader, arg, "the address has bits outside its mask: %s is meant",
             esi_ip_print(text, &address->ip));
}

struct esi_address
taken_host(const struct esi_ip *ip)
{
    struct esi_address address = {.kind = ESI_ADDRESS_MASK, .ip = *ip, .mask.family = ip->family};

    memset(address.mask.bytes, 0xff, ip->family == 4 ? 4 : 16);
    return address;
}

uint32_t
limit_of(const struct arg *number)
{
    uint64_t limit = number ? number->number : 0;

    return limit > UINT32_MAX ? UINT32_MAX : (uint32_t)limit;
}

bool
has_ports(unsigned protocol)
{
    return protocol == 6 || protocol == 17 || protocol == 132;
}

struct esi_address
taken_address(struct reader *reader, const struct arg *arg)
{
    struct esi_address address = arg->address;

    switch (address.kind) {
    case ESI_ADDRESS_OBJECT:
    case ESI_ADDRESS_GROUP:
    case ESI_ADDRESS_INTERFACE:
        address.name = text_of(reader, arg->at[1].text);
        break;
    case ESI_ADDRESS_MASK:
        if (arg->words == 1 && arg->prefix.ip.family == 0)
            warn(reader, arg,
                 "expected 'host' before an address, or a mask behind it: taken as a "
                 "host");
        else
            check_mask(reader, arg, &address);
        break;
    default:
        break;
    }
    return address;
}

struct esi_port_set
ports_of(struct reader *reader, const struct arg *arg)
{
    if (!arg)
        return (struct esi_port_set){.kind = ESI_PORT_ANY};
    struct esi_port_set ports = arg->ports;
    if (ports.kind == ESI_PORT_GROUP)
        ports.name = text_of(reader, arg->at[1].text);
    else if (ports.low > ports.high)
        refuse(reader, arg, "expected a range that ends behind its beginning, found %u to %u",
               ports.low, ports.high);
    return ports;
}

/* find_ports - the <ports> behind `source`, and those that are not. */
static void
find_ports(const struct args *args, const struct arg **source, const struct arg **destination)
{
    *source = *destination = NULL;
    for (size_t i = 1; i < args->count; i++) {
        const struct arg *arg = &args->list[i], *before = arg - 1;
        if (arg->literal || arg->type != ARGUMENT_PORTS)
            continue;
        bool is_source = before->literal && strcmp(before->word, "source") == 0;
        *(is_source ? source : destination) = arg;
    }
}

struct esi_service
service_of(struct reader *reader, const struct args *args)
{
    const struct arg *protocol = find_arg(args, ARGUMENT_SERVICE), *source, *destination;
    struct esi_service service = {.protocol = (unsigned)protocol->number};

    find_ports(args, &source, &destination);
    service.tcp_udp = esi_slice_eq_nocase(protocol->text, ESI_LIT("tcp-udp"));
    service.source = ports_of(reader, source);
    service.destination = ports_of(reader, destination);
    if ((source || destination) && !has_ports(service.protocol))
        refuse(reader, protocol, "ports need tcp, udp or sctp");
    return service;
}
