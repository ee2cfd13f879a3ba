/*
 * build_policies.c - policy-map: what is done with the traffic of a class.
 *
 * A class is looked up when the policy is used: it may be defined behind its policy. Of its actions
 * only inspections and limits are kept; of the others, how many there are.
 * Source: Cisco ASA CLI guide, policy-map, inspect, set connection.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reader_internal.h"

/* The box's own limits. */
enum {
    POLICY_NAME_MOST = 40,
    POLICY_MAPS_MOST = 64,
    POLICY_CLASSES_MOST = 63, /* without class-default */
    CONNECTIONS_MOST = 2000000
};

struct esi_policy_map *
esi_config_policy_map(const struct esi_config *config, const char *name)
{
    size_t place;

    return index_find(config->index, INDEX_POLICY_MAP, esi_slice_of(name), &place)
               ? &config->policy_maps[place]
               : NULL;
}

const char *
esi_limit_name(enum esi_limit_kind kind)
{
    static const char *const names[ESI_LIMIT_COUNT] = {
        "conn-max", "embryonic-conn-max", "per-client-max", "per-client-embryonic-max"};

    return names[kind];
}

/* ---- policy-map ---- */

static void
remove_policy_map(struct esi_config *config, size_t place)
{
    struct esi_policy_map *maps = config->policy_maps;

    index_remove(config->index, INDEX_POLICY_MAP, maps[place].name);
    for (size_t c = 0; c < maps[place].count; c++)
        free(maps[place].classes[c].inspects);
    free(maps[place].classes);
    for (size_t i = place + 1; i < config->policy_maps_count; i++) {
        maps[i - 1] = maps[i];
        index_set(config->index, INDEX_POLICY_MAP, maps[i - 1].name, i - 1);
    }
    config->policy_maps_count--;
}

static void
remove_named_policy_map(struct reader *reader, const struct arg *name)
{
    size_t place;

    if (index_find(reader->config->index, INDEX_POLICY_MAP, name->text, &place))
        remove_policy_map(reader->config, place);
    else
        warn(reader, name, "there is no such policy-map");
}

static void
add_policy_map(struct reader *reader, const struct arg *name)
{
    struct esi_config *config = reader->config;

    reader->policy_map = config->policy_maps_count;
    config->policy_maps = esi_grow(config->policy_maps, &config->policy_maps_cap,
                                   config->policy_maps_count + 1, sizeof *config->policy_maps);
    struct esi_policy_map *map = &config->policy_maps[config->policy_maps_count++];
    *map = (struct esi_policy_map){.name = text_of(reader, name->text), .at = place_of(reader)};
    index_set(config->index, INDEX_POLICY_MAP, map->name, reader->policy_map);
}

void
build_policy_map(struct reader *reader, const struct args *args)
{
    const struct arg *name = find_arg(args, ARGUMENT_NAME);

    if (args->no) {
        remove_named_policy_map(reader, name);
        return;
    }
    if (!check_name(reader, name, POLICY_NAME_MOST))
        return;
    if (!index_find(reader->config->index, INDEX_POLICY_MAP, name->text, &reader->policy_map)) {
        if (reader->config->policy_maps_count == POLICY_MAPS_MOST) {
            refuse(reader, name, "there are at most %d policy-maps", POLICY_MAPS_MOST);
            return;
        }
        add_policy_map(reader, name);
    }
    reader->mode = MODE_POLICY_MAP;
}

void
build_policy_description(struct reader *reader, const struct args *args)
{
    (void)args;
    reader->aside = "a description";
}

/* ---- class ---- */

static struct esi_policy_map *
map_of(struct reader *reader)
{
    return &reader->config->policy_maps[reader->policy_map];
}

static struct esi_policy_class *
class_of(struct reader *reader)
{
    return &map_of(reader)->classes[reader->class];
}

/* find_class - its place; count if there is none. */
static size_t
find_class(const struct esi_policy_map *map, struct esi_slice name)
{
    size_t i = 0;

    while (i < map->count && !esi_slice_eq(esi_slice_of(map->classes[i].name), name))
        i++;
    return i;
}

static void
remove_class(struct reader *reader, const struct arg *name)
{
    struct esi_policy_map *map = map_of(reader);
    size_t place = find_class(map, name->text);

    if (place == map->count) {
        warn(reader, name, "policy-map %s has no such class", map->name);
        return;
    }
    free(map->classes[place].inspects);
    for (size_t i = place + 1; i < map->count; i++)
        map->classes[i - 1] = map->classes[i];
    map->count--;
}

static size_t
insert_class(struct reader *reader, const struct arg *name, size_t place)
{
    struct esi_policy_map *map = map_of(reader);

    map->classes = esi_grow(map->classes, &map->cap, map->count + 1, sizeof *map->classes);
    for (size_t i = map->count++; i > place; i--)
        map->classes[i] = map->classes[i - 1];
    map->classes[place] = (struct esi_policy_class){.name = text_of(reader, name->text)};
    map->classes[place].at = place_of(reader);
    return place;
}

/* place_for - where a new class goes: before another, else last, class-default behind it. */
static size_t
place_for(struct reader *reader, const struct arg *before)
{
    struct esi_policy_map *map = map_of(reader);
    size_t place = before ? find_class(map, before->text) : map->count;

    if (before && place == map->count)
        warn(reader, before, "policy-map %s has no such class; the new class becomes the last",
             map->name);
    if (place == map->count && map->count > 0 &&
        strcmp(map->classes[map->count - 1].name, "class-default") == 0)
        place--;
    return place;
}

void
build_policy_class(struct reader *reader, const struct args *args)
{
    size_t at = 0;
    const struct arg *name = next_arg(args, ARGUMENT_NAME, &at);
    const struct arg *before = next_arg(args, ARGUMENT_NAME, &at);
    struct esi_policy_map *map = map_of(reader);

    if (args->no) {
        remove_class(reader, name);
        return;
    }
    if (!check_name(reader, name, POLICY_NAME_MOST))
        return;
    reader->class = find_class(map, name->text);
    if (reader->class == map->count) {
        if (map->count > POLICY_CLASSES_MOST) {
            refuse(reader, name, "a policy-map has at most %d classes", POLICY_CLASSES_MOST);
            return;
        }
        bool last = esi_slice_eq(name->text, ESI_LIT("class-default"));
        reader->class = insert_class(reader, name, last ? map->count : place_for(reader, before));
    }
    reader->mode = MODE_POLICY_CLASS;
}

/* ---- inspect ---- */

/* protocol_of - "esmtp", "h323 h225". */
static const char *
protocol_of(struct reader *reader, const struct args *args)
{
    const char *first = literal_at(args, 1), *second = literal_at(args, 2);
    char text[64];

    snprintf(text, sizeof text, "%s%s%s", first, second ? " " : "", second ? second : "");
    return text_of(reader, esi_slice_of(text));
}

static size_t
find_inspect(const struct esi_policy_class *class, const char *protocol)
{
    size_t i = 0;

    while (i < class->count && strcmp(class->inspects[i].protocol, protocol) != 0)
        i++;
    return i;
}

static void
remove_inspect(struct esi_policy_class *class, size_t place)
{
    for (size_t i = place + 1; i < class->count; i++)
        class->inspects[i - 1] = class->inspects[i];
    class->count--;
}

void
build_inspect(struct reader *reader, const struct args *args)
{
    struct esi_policy_class *class = class_of(reader);
    const struct arg *map = find_arg(args, ARGUMENT_WORD);
    struct esi_inspect inspect = {.protocol = protocol_of(reader, args),
                                  .map = map && !args->no ? text_of(reader, map->text) : NULL,
                                  .no = args->no,
                                  .at = place_of(reader)};
    size_t place = find_inspect(class, inspect.protocol);
    bool smtp = strcmp(inspect.protocol, "esmtp") == 0 || strcmp(inspect.protocol, "smtp") == 0;
    const struct arg *rest = find_arg(args, ARGUMENT_REST);

    if (smtp && rest) {
        refuse(reader, rest, "the line's end was expected behind the map's name");
        return;
    }
    if (args->no && place < class->count && !class->inspects[place].no) {
        remove_inspect(class, place);
        return;
    }
    if (place == class->count)
        class->inspects =
            esi_grow(class->inspects, &class->cap, ++class->count, sizeof *class->inspects);
    class->inspects[place] = inspect;
}

/* ---- set connection ---- */

static bool
check_limit(struct reader *reader, const struct arg *kind, const struct arg *number)
{
    if (!number || number->literal || number->type != ARGUMENT_NUMBER) {
        refuse(reader, kind, "a number from 0 to %d was expected behind %s", CONNECTIONS_MOST,
               kind->word);
        return false;
    }
    if (number->number > CONNECTIONS_MOST) {
        refuse(reader, number, "a number from 0 to %d was expected", CONNECTIONS_MOST);
        return false;
    }
    return true;
}

static enum esi_limit_kind
limit_kind(const char *word)
{
    int kind = 0;

    while (kind < ESI_LIMIT_COUNT && strcmp(esi_limit_name((enum esi_limit_kind)kind), word) != 0)
        kind++;
    return (enum esi_limit_kind)kind;
}

static void
count_other_action(struct esi_policy_class *class, bool no)
{
    if (!no)
        class->other_actions++;
    else if (class->other_actions > 0)
        class->other_actions--;
}

void
build_set_connection(struct reader *reader, const struct args *args)
{
    struct esi_policy_class *class = class_of(reader);
    struct esi_limits limits = class->limits;

    for (size_t i = 2; i < args->count; i++) {
        const struct arg *arg = &args->list[i];
        const struct arg *next = i + 1 < args->count ? arg + 1 : NULL;
        if (!arg->literal)
            continue;
        enum esi_limit_kind kind = limit_kind(arg->word);
        if (kind == ESI_LIMIT_COUNT)
            continue;
        if (!args->no && !check_limit(reader, arg, next))
            return;
        limits.most[kind] = args->no ? 0 : (uint32_t)next->number;
        limits.at[kind] = args->no ? (struct esi_place){0} : place_of(reader);
    }
    class->limits = limits;
    if (said(args, "random-sequence-number") || said(args, "syn-cookie-mss"))
        count_other_action(class, args->no);
}

void
build_other_action(struct reader *reader, const struct args *args)
{
    count_other_action(class_of(reader), args->no);
    reader->aside = "an action other than inspection and connection limits";
}

/* ---- clear ---- */

void
build_clear_policy_maps(struct reader *reader, const struct args *args)
{
    const struct arg *name = find_arg(args, ARGUMENT_NAME);

    if (name) {
        remove_named_policy_map(reader, name);
        return;
    }
    while (reader->config->policy_maps_count > 0)
        remove_policy_map(reader->config, reader->config->policy_maps_count - 1);
}

void
build_clear_all(struct reader *reader, const struct args *args)
{
    (void)args;
    config_clear(reader->config);
}
