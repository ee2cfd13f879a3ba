/*
 * build_classes.c - class-map: which traffic a class takes.
 *
 * A class holds one match, but default-inspection-traffic may stand with an access list, and what a
 * capture does not tell with its like. Source: Cisco ASA CLI guide, class-map.
 */
#include <stdlib.h>
#include <string.h>

#include "reader_internal.h"

enum {
    CLASS_NAME_MOST = 40,
    CLASS_MAPS_MOST = 255, /* the box's own limits */
    MATCHES_MOST = 64
};

struct esi_class_map *
esi_config_class_map(const struct esi_config *config, const char *name)
{
    size_t place;

    return index_find(config->index, INDEX_CLASS_MAP, esi_slice_of(name), &place)
               ? &config->class_maps[place]
               : NULL;
}

static void
remove_class_map(struct esi_config *config, size_t place)
{
    struct esi_class_map *maps = config->class_maps;

    index_remove(config->index, INDEX_CLASS_MAP, maps[place].name);
    free(maps[place].matches);
    for (size_t i = place + 1; i < config->class_maps_count; i++) {
        maps[i - 1] = maps[i];
        index_set(config->index, INDEX_CLASS_MAP, maps[i - 1].name, i - 1);
    }
    config->class_maps_count--;
}

static bool
find_class_map(struct reader *reader, const struct arg *name, size_t *place)
{
    return index_find(reader->config->index, INDEX_CLASS_MAP, name->text, place);
}

static void
add_class_map(struct reader *reader, const struct arg *name)
{
    struct esi_config *config = reader->config;

    reader->class_map = config->class_maps_count;
    config->class_maps = esi_grow(config->class_maps, &config->class_maps_cap,
                                  config->class_maps_count + 1, sizeof *config->class_maps);
    struct esi_class_map *map = &config->class_maps[config->class_maps_count++];
    *map = (struct esi_class_map){.name = text_of(reader, name->text), .at = place_of(reader)};
    index_set(config->index, INDEX_CLASS_MAP, map->name, reader->class_map);
}

void
build_class_map(struct reader *reader, const struct args *args)
{
    const struct arg *name = find_arg(args, ARGUMENT_NAME);
    size_t place;
    bool known = find_class_map(reader, name, &place);

    if (args->no) {
        if (known)
            remove_class_map(reader->config, place);
        else
            warn(reader, name, "there is no such class-map");
        return;
    }
    if (!check_name(reader, name, CLASS_NAME_MOST))
        return;
    if (!known && reader->config->class_maps_count == CLASS_MAPS_MOST) {
        refuse(reader, name, "there are at most %d class-maps", CLASS_MAPS_MOST);
        return;
    }
    if (known)
        reader->class_map = place;
    else
        add_class_map(reader, name);
    if (said(args, "match-any") || said(args, "match-all"))
        reader->config->class_maps[reader->class_map].any = said(args, "match-any");
    reader->mode = MODE_CLASS_MAP;
}

void
build_class_description(struct reader *reader, const struct args *args)
{
    (void)args;
    reader->aside = "a description";
}

/* ---- match ---- */

static bool
same_match(const struct esi_class_match *a, const struct esi_class_match *b)
{
    const struct esi_port_set *pa = &a->service.destination, *pb = &b->service.destination;

    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case ESI_CLASS_ACCESS_LIST:
        return strcmp(a->name, b->name) == 0;
    case ESI_CLASS_PORT:
        return a->service.protocol == b->service.protocol && pa->low == pb->low &&
               pa->high == pb->high;
    case ESI_CLASS_OTHER:
        return strcmp(a->text, b->text) == 0;
    default:
        return true;
    }
}

static bool
may_stand_together(enum esi_class_match_kind a, enum esi_class_match_kind b)
{
    return (a == ESI_CLASS_OTHER && b == ESI_CLASS_OTHER) ||
           (a == ESI_CLASS_DEFAULT_INSPECTION_TRAFFIC && b == ESI_CLASS_ACCESS_LIST) ||
           (a == ESI_CLASS_ACCESS_LIST && b == ESI_CLASS_DEFAULT_INSPECTION_TRAFFIC);
}

static void
add_match(struct reader *reader, struct esi_class_map *map, const struct esi_class_match *match)
{
    for (size_t i = 0; i < map->count; i++) {
        if (same_match(&map->matches[i], match))
            return;
        if (!map->any && !may_stand_together(map->matches[i].kind, match->kind)) {
            refuse(reader, NULL,
                   "class-map %s holds '%s' already; it takes one match, or "
                   "default-inspection-traffic and an access-list",
                   map->name, map->matches[i].text);
            return;
        }
    }
    if (map->count == MATCHES_MOST) {
        refuse(reader, NULL, "a class-map takes at most %d matches", MATCHES_MOST);
        return;
    }
    map->matches = esi_grow(map->matches, &map->cap, map->count + 1, sizeof *map->matches);
    map->matches[map->count++] = *match;
}

static void
remove_match(struct reader *reader, struct esi_class_map *map, const struct esi_class_match *match)
{
    for (size_t i = 0; i < map->count; i++) {
        if (!same_match(&map->matches[i], match))
            continue;
        for (i++; i < map->count; i++)
            map->matches[i - 1] = map->matches[i];
        map->count--;
        return;
    }
    warn(reader, NULL, "class-map %s holds no such match", map->name);
}

static void
set_match(struct reader *reader, const struct args *args, struct esi_class_match match)
{
    struct esi_class_map *map = &reader->config->class_maps[reader->class_map];
    const char *text = match.text ? match.text : canonical(reader, args);

    match.text = args->no && strncmp(text, "no ", 3) == 0 ? text + 3 : text;
    match.at = place_of(reader);
    if (args->no)
        remove_match(reader, map, &match);
    else
        add_match(reader, map, &match);
}

void
build_match_any(struct reader *reader, const struct args *args)
{
    set_match(reader, args, (struct esi_class_match){.kind = ESI_CLASS_ANY});
}

void
build_match_default(struct reader *reader, const struct args *args)
{
    set_match(reader, args, (struct esi_class_match){.kind = ESI_CLASS_DEFAULT_INSPECTION_TRAFFIC});
}

void
build_match_access_list(struct reader *reader, const struct args *args)
{
    const char *name = text_of(reader, find_arg(args, ARGUMENT_NAME)->text);

    set_match(reader, args, (struct esi_class_match){.kind = ESI_CLASS_ACCESS_LIST, .name = name});
}

/* build_match_address - as Cisco document 117801 has it; `match address` is of route-maps. */
void
build_match_address(struct reader *reader, const struct args *args)
{
    const struct arg *name = find_arg(args, ARGUMENT_NAME);
    struct esi_buf text = {0};

    warn(reader, &args->list[1], "a class-map has no 'match address'; read as 'match access-list'");
    esi_buf_text(&text, "match access-list ");
    esi_buf_append(&text, name->text);
    set_match(reader, args,
              (struct esi_class_match){.kind = ESI_CLASS_ACCESS_LIST,
                                       .name = text_of(reader, name->text),
                                       .text = text_of(reader, esi_buf_slice(&text))});
    esi_buf_free(&text);
}

void
build_match_port(struct reader *reader, const struct args *args)
{
    size_t at = 0;
    const struct arg *low = next_arg(args, ARGUMENT_PORT, &at);
    const struct arg *high = next_arg(args, ARGUMENT_PORT, &at);
    struct esi_class_match match = {
        .kind = ESI_CLASS_PORT,
        .service.protocol = said(args, "tcp") ? 6 : 17,
        .service.destination = {.kind = ESI_PORT_RANGE,
                                .low = (uint16_t)low->number,
                                .high = (uint16_t)(high ? high : low)->number},
    };

    if (match.service.destination.low > match.service.destination.high) {
        refuse(reader, high, "a range goes from the lower port to the higher one");
        return;
    }
    set_match(reader, args, match);
}

void
build_match_other(struct reader *reader, const struct args *args)
{
    set_match(reader, args, (struct esi_class_match){.kind = ESI_CLASS_OTHER});
}

/* ---- clear ---- */

void
build_clear_class_maps(struct reader *reader, const struct args *args)
{
    const struct arg *name = find_arg(args, ARGUMENT_NAME);
    size_t place;

    if (name) {
        if (find_class_map(reader, name, &place))
            remove_class_map(reader->config, place);
        else
            warn(reader, name, "there is no such class-map");
        return;
    }
    while (reader->config->class_maps_count > 0)
        remove_class_map(reader->config, reader->config->class_maps_count - 1);
}
