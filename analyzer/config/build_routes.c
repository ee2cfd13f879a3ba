/*
 * build_routes.c - routes: which networks lie behind an interface.
 *
 * A route is known by its line. One that is taken away leaves a hole, so that the places of others
 * stay as they are. Source: Cisco PIX 6.3 and ASA command references, route, ipv6 route.
 */
#include <string.h>

#include "reader_internal.h"

/* key_of - a line without its `no`: what tells routes and statics apart. */
const char *
key_of(struct reader *reader, const struct args *args)
{
    const char *text = canonical(reader, args);

    return args->no ? text + strlen("no ") : text;
}

static void
set_route(struct reader *reader, const struct args *args, struct esi_prefix to)
{
    struct esi_config *config = reader->config;
    const char *key = key_of(reader, args);
    const struct arg *name = find_arg(args, ARGUMENT_NAME);
    size_t place;
    bool known = index_find(config->index, INDEX_ROUTE, esi_slice_of(key), &place);

    if (args->no && !known)
        warn(reader, NULL, "there is no such route");
    if (args->no && known) {
        config->routes[place].interface = NULL; /* a hole: places of others stay as they are */
        index_remove(config->index, INDEX_ROUTE, key);
    }
    if (args->no || known)
        return;
    config->routes = esi_grow(config->routes, &config->routes_cap, config->routes_count + 1,
                              sizeof *config->routes);
    index_set(config->index, INDEX_ROUTE, key, config->routes_count);
    config->routes[config->routes_count++] =
        (struct esi_route){text_of(reader, name->text), to, key, place_of(reader)};
}

void
build_route(struct reader *reader, const struct args *args)
{
    const struct arg *mask = find_arg(args, ARGUMENT_MASK);
    int bits = mask ? mask_bits(&mask->ip) : 0;
    struct esi_prefix to = {.ip.family = 4};

    if (bits < 0) {
        refuse(reader, mask, "a network mask has its ones in front");
        return;
    }
    if (mask)
        to = (struct esi_prefix){find_arg(args, ARGUMENT_IP)->ip, (unsigned)bits};
    set_route(reader, args, to);
}

void
build_ipv6_route(struct reader *reader, const struct args *args)
{
    set_route(reader, args, find_arg(args, ARGUMENT_PREFIX6)->prefix);
}

void
build_clear_routes(struct reader *reader, const struct args *args)
{
    (void)args;
    reader->config->routes_count = 0;
    index_clear(reader->config->index, INDEX_ROUTE);
}
