/*
 * build_access.c - access-list: extended, standard, remarks; their order and removal.
 *
 * Remarks are entries, because `line N` counts them. `any` of an `ipv6 access-list` is any6.
 * Source: Cisco ASA command reference, access-list extended, standard, remark; ipv6 access-list.
 */
#include <stdlib.h>

#include "reader_internal.h"

enum { ACCESS_NAME_MOST = 241 }; /* Cisco ASA command reference, access-list extended */

struct esi_access_list *
esi_config_access_list(const struct esi_config *config, const char *name)
{
    size_t place;

    return index_find(config->index, INDEX_ACCESS_LIST, esi_slice_of(name), &place)
               ? &config->access_lists[place]
               : NULL;
}

/* remove_list - the last one takes its place, whose order nothing depends on. */
static void
remove_list(struct esi_config *config, size_t place)
{
    free(config->access_lists[place].entries);
    size_t last = --config->access_lists_count;
    index_unlist(config->index, INDEX_ACCESS_LIST, config->access_lists[place].name,
                 config->access_lists[last].name, place);
    config->access_lists[place] = config->access_lists[last];
}

static struct esi_access_list *
list_of(struct reader *reader, const struct arg *name)
{
    struct esi_config *config = reader->config;
    size_t place;

    if (index_find(config->index, INDEX_ACCESS_LIST, name->text, &place))
        return &config->access_lists[place];
    place = config->access_lists_count;
    config->access_lists = esi_grow(config->access_lists, &config->access_lists_cap, place + 1,
                                    sizeof *config->access_lists);
    config->access_lists[config->access_lists_count++] =
        (struct esi_access_list){.name = text_of(reader, name->text), .at = place_of(reader)};
    index_set(config->index, INDEX_ACCESS_LIST, config->access_lists[place].name, place);
    return &config->access_lists[place];
}

/* remove_entry - all copies of it: the box holds an entry that was typed twice only once. */
static void
remove_entry(struct reader *reader, const struct arg *name, const struct esi_access_entry *entry)
{
    struct esi_config *config = reader->config;
    size_t place;

    if (!index_find(config->index, INDEX_ACCESS_LIST, name->text, &place)) {
        warn(reader, name, "there is no such access list");
        return;
    }
    struct esi_access_list *list = &config->access_lists[place];
    if (!may_visit(reader, list->count))
        return;
    size_t kept = 0, count = list->count;
    for (size_t i = 0; i < count; i++)
        if (list->entries[i].permit != entry->permit ||
            esi_access_compare(&list->entries[i], entry) != 0)
            list->entries[kept++] = list->entries[i];
    list->count = kept;
    if (kept == count)
        warn(reader, NULL, "there is no such entry in access list '%s'", list->name);
    else if (kept == 0)
        remove_list(config, place);
}

/* add_entry - at the end, or as the line it is said to be. */
static void
add_entry(struct reader *reader, const struct args *args, const struct esi_access_entry *entry)
{
    const struct arg *name = find_arg(args, ARGUMENT_NAME), *line = find_arg(args, ARGUMENT_LIMIT);

    if (reader->wrong || !check_name(reader, name, ACCESS_NAME_MOST))
        return;
    if (args->no) {
        remove_entry(reader, name, entry);
        return;
    }
    struct esi_access_list *list = list_of(reader, name);
    size_t at = line && line->number <= list->count ? (size_t)line->number - 1 : list->count;
    if (at < list->count && !may_visit(reader, list->count - at))
        return;
    list->entries = esi_grow(list->entries, &list->cap, list->count + 1, sizeof *list->entries);
    memmove(&list->entries[at + 1], &list->entries[at], (list->count - at) * sizeof *entry);
    list->entries[at] = *entry;
    list->count++;
}

/* text_of_entry - the line without `no` and `line N`, which say where it goes, not what it is. */
static const char *
text_of_entry(struct reader *reader, const struct args *args)
{
    if (!args->no && !find_arg(args, ARGUMENT_LIMIT))
        return canonical(reader, args);
    struct args *bare = esi_alloc(sizeof *bare);
    for (size_t i = 0; i < args->count; i++) {
        bool line = i + 1 < args->count && !args->list[i + 1].literal &&
                    args->list[i + 1].type == ARGUMENT_LIMIT;
        if (line)
            i++;
        else
            bare->list[bare->count++] = args->list[i];
    }
    const char *text = canonical(reader, bare);
    free(bare);
    return text;
}

/* set_protocol - what an object-group is of is known if it is defined, as the box wants it. */
static void
set_protocol(struct reader *reader, const struct arg *arg, struct esi_access_entry *entry)
{
    size_t place;

    entry->service.protocol = ESI_PROTOCOL_ANY;
    if (arg->words == 1) {
        entry->service.protocol = (unsigned)arg->number;
        return;
    }
    entry->by_name = text_of(reader, arg->at[1].text);
    entry->by = ESI_BY_SERVICE_OBJECT;
    if (esi_slice_eq_nocase(arg->text, ESI_LIT("object")))
        return;
    entry->by = ESI_BY_SERVICE_GROUP;
    if (index_find(reader->config->index, INDEX_GROUP, arg->at[1].text, &place) &&
        reader->config->groups[place].kind == ESI_GROUP_PROTOCOL)
        entry->by = ESI_BY_PROTOCOL_GROUP;
}

/* set_ports - of `icmp`, an object-group is one of ICMP types. */
static void
set_ports(struct reader *reader, const struct args *args, struct esi_access_entry *entry)
{
    const struct arg *source = find_arg(args, ARGUMENT_PORTS);
    const struct arg *destination = find_arg(args, ARGUMENT_END_PORTS);
    const struct arg *type = find_arg(args, ARGUMENT_ICMP_TYPE);
    bool ports = entry->by == ESI_BY_PROTOCOL_GROUP ||
                 (entry->by == ESI_BY_SERVICE && has_ports(entry->service.protocol));
    bool icmp = entry->by != ESI_BY_SERVICE || entry->service.protocol == 1 ||
                entry->service.protocol == 58;

    if (icmp && destination && destination->ports.kind == ESI_PORT_GROUP && !ports)
        destination = NULL;
    if ((source || destination) && !ports)
        refuse(reader, source ? source : destination, "ports need tcp, udp or sctp");
    else if (type && !icmp)
        refuse(reader, type, "expected ports such as eq smtp, found an ICMP type");
    else {
        entry->service.source = ports_of(reader, source);
        entry->service.destination = ports_of(reader, destination);
    }
}

static struct esi_address
entry_address(struct reader *reader, const struct args *args, const struct arg *arg)
{
    struct esi_address address = taken_address(reader, arg);

    if (address.kind == ESI_ADDRESS_ANY && strcmp(literal_at(args, 0), "ipv6") == 0)
        address.kind = ESI_ADDRESS_ANY6;
    return address;
}

static const char *
time_range_of(struct reader *reader, const struct args *args)
{
    for (size_t i = 0; i + 1 < args->count; i++)
        if (args->list[i].literal && strcmp(args->list[i].word, "time-range") == 0)
            return text_of(reader, args->list[i + 1].text);
    return NULL;
}

void
build_access_entry(struct reader *reader, const struct args *args)
{
    struct esi_access_entry entry = {
        .permit = said(args, "permit"), .inactive = said(args, "inactive"), .at = place_of(reader)};
    size_t at = 0;

    set_protocol(reader, find_arg(args, ARGUMENT_PROTOCOL), &entry);
    entry.source = entry_address(reader, args, next_arg(args, ARGUMENT_ADDRESS, &at));
    entry.destination = entry_address(reader, args, next_arg(args, ARGUMENT_ADDRESS, &at));
    set_ports(reader, args, &entry);
    entry.time_range = time_range_of(reader, args);
    entry.text = text_of_entry(reader, args);
    add_entry(reader, args, &entry);
}

void
build_access_standard(struct reader *reader, const struct args *args)
{
    struct esi_access_entry entry = {.permit = said(args, "permit"),
                                     .standard = true,
                                     .service.protocol = ESI_PROTOCOL_ANY,
                                     .at = place_of(reader)};

    entry.destination = taken_address(reader, find_arg(args, ARGUMENT_ADDRESS));
    entry.text = text_of_entry(reader, args);
    add_entry(reader, args, &entry);
}

void
build_access_remark(struct reader *reader, const struct args *args)
{
    struct esi_access_entry entry = {.remark = true, .at = place_of(reader)};

    entry.text = text_of_entry(reader, args);
    add_entry(reader, args, &entry);
}

/* is_no_list - `access-list compiled` (PIX: search faster) and `access-list commit` (FWSM). */
static bool
is_no_list(const struct arg *name)
{
    return esi_slice_eq_nocase(name->text, ESI_LIT("compiled")) ||
           esi_slice_eq_nocase(name->text, ESI_LIT("commit"));
}

void
build_access_list(struct reader *reader, const struct args *args)
{
    const struct arg *name = find_arg(args, ARGUMENT_NAME);
    size_t place;

    if (is_no_list(name))
        return;
    if (!args->no && strcmp(literal_at(args, 0), "ipv6") == 0)
        reader->mode = MODE_FOREIGN; /* the entries of an IOS list follow */
    else if (!args->no)
        refuse(reader, name, "expected permit, deny or remark behind the name");
    else if (index_find(reader->config->index, INDEX_ACCESS_LIST, name->text, &place))
        remove_list(reader->config, place);
    else
        warn(reader, name, "there is no such access list");
}

void
build_clear_access(struct reader *reader, const struct args *args)
{
    struct esi_config *config = reader->config;
    const struct arg *name = find_arg(args, ARGUMENT_NAME);
    size_t place;

    if (name && index_find(config->index, INDEX_ACCESS_LIST, name->text, &place))
        remove_list(config, place);
    while (!name && config->access_lists_count > 0)
        remove_list(config, config->access_lists_count - 1);
}
