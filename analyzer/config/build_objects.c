/*
 * build_objects.c - name, object network, object service.
 *
 * `no names` only stops the box from showing names; configurations with it go on using them, and
 * so do we. A name is replaced where it is used, as it stands then. Source: Cisco ASA command
 * reference, name, names, object network, object service.
 */
#include "reader_internal.h"

enum { NAME_MOST = 63, OBJECT_NAME_MOST = 64 };

/* ---- names ---- */

void
build_names(struct reader *reader, const struct args *args)
{
    (void)reader;
    (void)args;
}

static void
remove_name(struct reader *reader, const struct arg *arg, size_t place)
{
    struct esi_config *config = reader->config;

    if (memcmp(&config->names[place].ip, &arg->ip, sizeof arg->ip) != 0) {
        warn(reader, arg, "'%s' is another address", config->names[place].name);
        return;
    }
    size_t last = --config->names_count;
    index_unlist(config->index, INDEX_NAME, config->names[place].name, config->names[last].name,
                 place);
    config->names[place] = config->names[last];
}

void
build_name(struct reader *reader, const struct args *args)
{
    struct esi_config *config = reader->config;
    const struct arg *ip = find_arg(args, ARGUMENT_HOST), *name = find_arg(args, ARGUMENT_NAME);
    size_t place;

    if (!check_name(reader, name, NAME_MOST))
        return;
    bool known = index_find(config->index, INDEX_NAME, name->text, &place);
    if (args->no) {
        if (known)
            remove_name(reader, ip, place);
        else
            warn(reader, name, "there is no such name");
        return;
    }
    if (!known) {
        place = config->names_count;
        config->names = esi_grow(config->names, &config->names_cap, config->names_count + 1,
                                 sizeof *config->names);
        config->names[config->names_count++].name = text_of(reader, name->text);
        index_set(config->index, INDEX_NAME, config->names[place].name, place);
    }
    config->names[place].ip = ip->ip;
    config->names[place].at = place_of(reader);
}

void
build_clear_names(struct reader *reader, const struct args *args)
{
    struct esi_config *config = reader->config;

    (void)args;
    while (config->names_count > 0)
        index_remove(config->index, INDEX_NAME, config->names[--config->names_count].name);
}

/* ---- objects ---- */

static enum index_kind
index_of(enum esi_object_kind kind)
{
    return kind == ESI_OBJECT_NETWORK ? INDEX_NETWORK_OBJECT : INDEX_SERVICE_OBJECT;
}

struct esi_object *
esi_config_object(const struct esi_config *config, enum esi_object_kind kind, const char *name)
{
    size_t place;

    return index_find(config->index, index_of(kind), esi_slice_of(name), &place)
               ? &config->objects[place]
               : NULL;
}

/* remove_object - the last one takes its place, whose order nothing depends on. */
static void
remove_object(struct esi_config *config, size_t place)
{
    const struct esi_object *last = &config->objects[config->objects_count - 1];

    index_remove(config->index, index_of(config->objects[place].kind), config->objects[place].name);
    config->objects[place] = *last;
    config->objects_count--;
    if (place < config->objects_count)
        index_set(config->index, index_of(last->kind), config->objects[place].name, place);
}

static void
build_object(struct reader *reader, const struct args *args, enum esi_object_kind kind,
             enum mode mode)
{
    struct esi_config *config = reader->config;
    const struct arg *name = find_arg(args, ARGUMENT_NAME);

    if (!check_name(reader, name, OBJECT_NAME_MOST))
        return;
    bool known = index_find(config->index, index_of(kind), name->text, &reader->object);
    if (args->no) {
        if (known)
            remove_object(config, reader->object);
        else
            warn(reader, name, "there is no such object");
        return;
    }
    if (!known) {
        reader->object = config->objects_count;
        config->objects = esi_grow(config->objects, &config->objects_cap, config->objects_count + 1,
                                   sizeof *config->objects);
        config->objects[config->objects_count++] =
            (struct esi_object){.kind = kind,
                                .name = text_of(reader, name->text),
                                .address.kind = ESI_ADDRESS_NONE,
                                .at = place_of(reader)};
        index_set(config->index, index_of(kind), config->objects[reader->object].name,
                  reader->object);
    }
    reader->mode = mode;
}

void
build_object_network(struct reader *reader, const struct args *args)
{
    build_object(reader, args, ESI_OBJECT_NETWORK, MODE_OBJECT_NETWORK);
}

void
build_object_service(struct reader *reader, const struct args *args)
{
    build_object(reader, args, ESI_OBJECT_SERVICE, MODE_OBJECT_SERVICE);
}

void
build_object_description(struct reader *reader, const struct args *args)
{
    (void)reader;
    (void)args;
}

static struct esi_address
range_of(struct reader *reader, const struct args *args)
{
    const struct arg *from = &args->list[1], *to = &args->list[2];

    if (from->ip.family != to->ip.family || memcmp(&from->ip, &to->ip, sizeof from->ip) > 0)
        refuse(reader, to, "expected a range that ends behind its beginning");
    return (struct esi_address){.kind = ESI_ADDRESS_RANGE, .ip = from->ip, .last = to->ip};
}

static struct esi_address
subnet_of(struct reader *reader, const struct args *args)
{
    struct esi_address address = taken_address(reader, &args->list[1]);

    if (address.kind == ESI_ADDRESS_OBJECT)
        refuse(reader, &args->list[1], "expected a network, found an object");
    return address;
}

void
build_object_address(struct reader *reader, const struct args *args)
{
    struct esi_object *object = &reader->config->objects[reader->object];
    const char *what = literal_at(args, 0);
    struct esi_address address = {.kind = ESI_ADDRESS_NONE};

    if (args->no) {
        object->address = address;
        object->text = NULL;
        return;
    }
    if (strcmp(what, "range") == 0)
        address = range_of(reader, args);
    else if (strcmp(what, "subnet") == 0)
        address = subnet_of(reader, args);
    else if (strcmp(what, "fqdn") == 0)
        address = (struct esi_address){
            .kind = ESI_ADDRESS_FQDN, .name = text_of(reader, find_arg(args, ARGUMENT_WORD)->text)};
    else
        address = taken_host(&args->list[1].ip);
    if (reader->wrong)
        return;
    object->address = address;
    object->text = canonical(reader, args);
}

void
build_object_content(struct reader *reader, const struct args *args)
{
    struct esi_object *object = &reader->config->objects[reader->object];
    struct esi_service service = {0};

    if (!args->no)
        service = service_of(reader, args);
    if (reader->wrong)
        return;
    object->service = service;
    object->text = args->no ? NULL : canonical(reader, args);
}

void
build_clear_objects(struct reader *reader, const struct args *args)
{
    struct esi_config *config = reader->config;
    bool network = !said(args, "service"), service = !said(args, "network");

    for (size_t i = config->objects_count; i > 0; i--)
        if (config->objects[i - 1].kind == ESI_OBJECT_NETWORK ? network : service)
            remove_object(config, i - 1);
}
