/*
 * build_interfaces.c - interfaces, their names and networks: on which side of the firewall an
 * address lies.
 *
 * Interfaces are kept by their hardware's name; boxes before 7.0 name and number them by global
 * commands. A default route that a box learns (`setroute`) is the network of all addresses.
 */
#include <stdlib.h>
#include <string.h>

#include "reader_internal.h"

/* Bounds of ours, above what boxes take: what is looked for one by one stays short. */
enum { NAMEIF_MOST = 48, NETWORKS_MOST = 64 };

static struct esi_interface *
interface_at(struct reader *reader)
{
    return &reader->config->interfaces[reader->interface];
}

static void
add_interface(struct reader *reader, struct esi_slice hardware)
{
    struct esi_config *config = reader->config;

    reader->interface = config->interfaces_count;
    config->interfaces = esi_grow(config->interfaces, &config->interfaces_cap,
                                  config->interfaces_count + 1, sizeof *config->interfaces);
    struct esi_interface *interface = &config->interfaces[config->interfaces_count++];
    *interface = (struct esi_interface){
        .hardware = text_of(reader, hardware), .security = -1, .at = place_of(reader)};
    index_set(config->index, INDEX_INTERFACE, interface->hardware, reader->interface);
}

static void
enter_interface(struct reader *reader, struct esi_slice hardware)
{
    if (!index_find(reader->config->index, INDEX_INTERFACE, hardware, &reader->interface))
        add_interface(reader, hardware);
}

static void
take_name(struct reader *reader)
{
    struct esi_interface *interface = interface_at(reader);
    size_t place;

    if (interface->name &&
        index_find(reader->config->index, INDEX_NAMEIF, esi_slice_of(interface->name), &place) &&
        place == reader->interface)
        index_remove(reader->config->index, INDEX_NAMEIF, interface->name);
    interface->name = NULL;
}

static void
give_name(struct reader *reader, const struct arg *name)
{
    struct esi_interface *interface = interface_at(reader);

    if (!check_name(reader, name, NAMEIF_MOST))
        return;
    take_name(reader);
    interface->name = text_of(reader, name->text);
    index_set(reader->config->index, INDEX_NAMEIF, interface->name, reader->interface);
}

/* remove_interface - the last one takes its place. */
static void
remove_interface(struct reader *reader)
{
    struct esi_config *config = reader->config;
    struct esi_interface *gone = interface_at(reader);

    take_name(reader);
    index_remove(config->index, INDEX_INTERFACE, gone->hardware);
    free(gone->networks);
    *gone = config->interfaces[--config->interfaces_count];
    if (reader->interface == config->interfaces_count)
        return;
    index_set(config->index, INDEX_INTERFACE, gone->hardware, reader->interface);
    if (gone->name)
        index_set(config->index, INDEX_NAMEIF, gone->name, reader->interface);
}

void
build_interface(struct reader *reader, const struct args *args)
{
    struct esi_slice hardware = find_arg(args, ARGUMENT_WORD)->text;
    const struct arg *rest = find_arg(args, ARGUMENT_REST);
    struct esi_buf joined = {0};

    /* "GigabitEthernet 0/1" is "GigabitEthernet0/1" with a blank; "ethernet0 auto" is not. */
    if (rest && rest->at->text.len > 0 && rest->at->text.ptr[0] >= '0' &&
        rest->at->text.ptr[0] <= '9' && rest->words == 1 &&
        !memchr("0123456789", hardware.ptr[hardware.len - 1], 10)) {
        esi_buf_append(&joined, hardware);
        esi_buf_append(&joined, rest->at->text);
        hardware = esi_buf_slice(&joined);
    }
    if (!args->no) {
        enter_interface(reader, hardware);
        if (rest && strstr(text_of(reader, rest->text), "shutdown"))
            interface_at(reader)->shutdown = true;
        reader->mode = MODE_INTERFACE;
    } else if (index_find(reader->config->index, INDEX_INTERFACE, hardware, &reader->interface)) {
        remove_interface(reader);
    }
    esi_buf_free(&joined);
}

void
build_nameif(struct reader *reader, const struct args *args)
{
    const struct arg *name = find_arg(args, ARGUMENT_NAME);

    if (args->no)
        take_name(reader);
    else if (name)
        give_name(reader, name);
    else
        refuse(reader, NULL, "a name was expected behind nameif");
}

void
build_nameif_global(struct reader *reader, const struct args *args)
{
    const struct arg *level = find_arg(args, ARGUMENT_SECURITY);

    enter_interface(reader, find_arg(args, ARGUMENT_WORD)->text);
    if (args->no) {
        take_name(reader);
        return;
    }
    if (level->number > 100) {
        refuse(reader, level, "a level such as security50 was expected, from 0 to 100");
        return;
    }
    give_name(reader, find_arg(args, ARGUMENT_NAME));
    interface_at(reader)->security = (int)level->number;
}

void
build_security(struct reader *reader, const struct args *args)
{
    const struct arg *level = find_arg(args, ARGUMENT_NUMBER);

    if (!args->no && (!level || level->number > 100))
        refuse(reader, level, "a level from 0 to 100 was expected");
    else
        interface_at(reader)->security = args->no ? -1 : (int)level->number;
}

void
build_shutdown(struct reader *reader, const struct args *args)
{
    interface_at(reader)->shutdown = !args->no;
}

/* ---- networks ---- */

/* mask_bits - how many ones the mask begins with; -1: they are not all in front. */
int
mask_bits(const struct esi_ip *mask)
{
    int bits = 0;

    while (bits < 32 && (mask->bytes[bits / 8] >> (7 - bits % 8) & 1))
        bits++;
    for (int i = bits; i < 32; i++)
        if (mask->bytes[i / 8] >> (7 - i % 8) & 1)
            return -1;
    return bits;
}

/* default_bits - what a network had before there were masks (RFC 791 section 3.2). */
static unsigned
default_bits(const struct esi_ip *ip)
{
    return ip->bytes[0] < 128 ? 8 : ip->bytes[0] < 192 ? 16 : 24;
}

static void
forget_networks(struct esi_interface *interface, uint8_t family)
{
    size_t kept = 0;

    for (size_t i = 0; i < interface->count; i++)
        if (interface->networks[i].ip.family != family)
            interface->networks[kept++] = interface->networks[i];
    interface->count = kept;
}

static bool
same_prefix(const struct esi_prefix *a, const struct esi_prefix *b)
{
    return a->bits == b->bits && a->ip.family == b->ip.family &&
           memcmp(a->ip.bytes, b->ip.bytes, sizeof a->ip.bytes) == 0;
}

static void
forget_network(struct esi_interface *interface, const struct esi_prefix *network)
{
    size_t kept = 0;

    for (size_t i = 0; i < interface->count; i++)
        if (!same_prefix(&interface->networks[i], network))
            interface->networks[kept++] = interface->networks[i];
    interface->count = kept;
}

static void
add_network(struct reader *reader, const struct esi_prefix *network)
{
    struct esi_interface *interface = interface_at(reader);

    forget_network(interface, network);
    if (interface->count == NETWORKS_MOST) {
        refuse(reader, NULL, "an interface has at most %d addresses here", NETWORKS_MOST);
        return;
    }
    interface->networks = esi_grow(interface->networks, &interface->cap, interface->count + 1,
                                   sizeof *interface->networks);
    interface->networks[interface->count++] = *network;
}

/* set_network - the interface's IPv4 address; mask NULL: of its class. */
static void
set_network(struct reader *reader, const struct arg *ip, const struct arg *mask, bool more)
{
    int bits = mask ? mask_bits(&mask->ip) : (int)default_bits(&ip->ip);

    if (bits < 0) {
        refuse(reader, mask, "a network mask has its ones in front");
        return;
    }
    if (!more)
        forget_networks(interface_at(reader), 4);
    add_network(reader, &(struct esi_prefix){ip->ip, (unsigned)bits});
}

static void
set_learned(struct reader *reader, const struct arg *rest)
{
    static const struct esi_prefix all = {.ip.family = 4};

    forget_networks(interface_at(reader), 4);
    if (rest && strstr(text_of(reader, rest->text), "setroute"))
        add_network(reader, &all);
}

void
build_ip_address(struct reader *reader, const struct args *args)
{
    const struct arg *ip = find_arg(args, ARGUMENT_IP);
    const struct arg *mask = find_arg(args, ARGUMENT_MASK);
    bool second = said(args, "secondary");

    if (args->no && ip && mask && second && mask_bits(&mask->ip) >= 0)
        forget_network(interface_at(reader),
                       &(struct esi_prefix){ip->ip, (unsigned)mask_bits(&mask->ip)});
    else if (args->no)
        forget_networks(interface_at(reader), 4);
    else if (ip)
        set_network(reader, ip, mask, second);
    else if (args->count > 2)
        set_learned(reader, find_arg(args, ARGUMENT_REST));
    else
        refuse(reader, NULL, "an address was expected behind ip address");
}

void
build_ip_address_global(struct reader *reader, const struct args *args)
{
    const struct arg *name = find_arg(args, ARGUMENT_NAME);
    const struct arg *ip = find_arg(args, ARGUMENT_IP);

    if (!args->no && args->count == 3) {
        refuse(reader, NULL, "an address was expected behind the interface's name");
        return;
    }
    if (!index_find(reader->config->index, INDEX_NAMEIF, name->text, &reader->interface)) {
        if (args->no)
            return;
        enter_interface(reader, name->text);
        give_name(reader, name);
    }
    if (args->no)
        forget_networks(interface_at(reader), 4);
    else if (ip)
        set_network(reader, ip, find_arg(args, ARGUMENT_MASK), false);
    else
        set_learned(reader, find_arg(args, ARGUMENT_REST));
}

void
build_ipv6_address(struct reader *reader, const struct args *args)
{
    const struct arg *prefix = find_arg(args, ARGUMENT_PREFIX6);

    if (args->no && prefix)
        forget_network(interface_at(reader), &prefix->prefix);
    else if (args->no)
        forget_networks(interface_at(reader), 6);
    else if (prefix)
        add_network(reader, &prefix->prefix);
    else
        refuse(reader, NULL, "a prefix was expected behind ipv6 address");
}

void
build_interface_ip_inspect(struct reader *reader, const struct args *args)
{
    struct esi_interface *interface = interface_at(reader);
    const char *name = text_of(reader, find_arg(args, ARGUMENT_NAME)->text);
    const char **way = said(args, "in") ? &interface->ip_inspect_in : &interface->ip_inspect_out;

    *way = args->no ? NULL : name;
}
