/*
 * build_groups.c - object-group: networks, services, protocols.
 *
 * Groups of ICMP types, users and security tags are kept by name: that a name is taken matters,
 * what is in them never does. Source: Cisco ASA command reference, object-group.
 */
#include <stdlib.h>

#include "compare_internal.h"
#include "reader_internal.h"

enum { GROUP_NAME_MOST = 64 };

static const struct {
    const char *word;
    enum esi_group_kind kind;
    enum mode mode;
} kinds[] = {
    {"network", ESI_GROUP_NETWORK, MODE_GROUP_NETWORK},
    {"service", ESI_GROUP_SERVICE, MODE_GROUP_SERVICE},
    {"protocol", ESI_GROUP_PROTOCOL, MODE_GROUP_PROTOCOL},
    {"icmp-type", ESI_GROUP_OTHER, MODE_FOREIGN},
    {"user", ESI_GROUP_OTHER, MODE_FOREIGN},
    {"security", ESI_GROUP_OTHER, MODE_FOREIGN},
};

struct esi_group *
esi_config_group(const struct esi_config *config, const char *name)
{
    size_t place;

    return index_find(config->index, INDEX_GROUP, esi_slice_of(name), &place)
               ? &config->groups[place]
               : NULL;
}

/* remove_group - the last one takes its place, whose order nothing depends on. */
static void
remove_group(struct esi_config *config, size_t place)
{
    free(config->groups[place].members);
    size_t last = --config->groups_count;
    index_unlist(config->index, INDEX_GROUP, config->groups[place].name, config->groups[last].name,
                 place);
    config->groups[place] = config->groups[last];
}

static void
add_group(struct reader *reader, const struct arg *name, enum esi_group_kind kind,
          const char *ports_of)
{
    struct esi_config *config = reader->config;

    reader->group = config->groups_count;
    config->groups = esi_grow(config->groups, &config->groups_cap, config->groups_count + 1,
                              sizeof *config->groups);
    config->groups[config->groups_count++] =
        (struct esi_group){.kind = kind,
                           .name = text_of(reader, name->text),
                           .ports_of = ports_of ? text_of(reader, esi_slice_of(ports_of)) : NULL,
                           .at = place_of(reader)};
    index_set(config->index, INDEX_GROUP, config->groups[reader->group].name, reader->group);
}

static bool
same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* enter_group - a group has one kind for good; what follows one that is refused is no group's. */
static void
enter_group(struct reader *reader, const struct arg *name, size_t row, const char *ports_of)
{
    reader->mode = kinds[row].mode;
    if (!index_find(reader->config->index, INDEX_GROUP, name->text, &reader->group)) {
        add_group(reader, name, kinds[row].kind, ports_of);
        return;
    }
    const struct esi_group *group = &reader->config->groups[reader->group];
    if (group->kind == kinds[row].kind && same_text(group->ports_of, ports_of))
        return;
    refuse(reader, name, "the object-group of line %u has this name and is of another kind",
           group->at.line);
    reader->mode = MODE_FOREIGN;
}

void
build_group(struct reader *reader, const struct args *args)
{
    const struct arg *name = find_arg(args, ARGUMENT_NAME);
    size_t row = 0, place;

    while (strcmp(kinds[row].word, literal_at(args, 1)) != 0)
        row++;
    if (!check_name(reader, name, GROUP_NAME_MOST))
        return;
    if (!args->no)
        enter_group(reader, name, row, literal_at(args, 3));
    else if (index_find(reader->config->index, INDEX_GROUP, name->text, &place))
        remove_group(reader->config, place);
    else
        warn(reader, name, "there is no such object-group");
}

/* remove_member - all copies of it: the box holds a member that was typed twice only once. */
static void
remove_member(struct reader *reader, const struct esi_member *member)
{
    struct esi_group *group = &reader->config->groups[reader->group];

    if (!may_visit(reader, group->count))
        return;
    size_t kept = 0, count = group->count;
    for (size_t i = 0; i < count; i++)
        if (compare_members(&group->members[i], member) != 0)
            group->members[kept++] = group->members[i];
    group->count = kept;
    if (kept == count)
        warn(reader, NULL, "there is no such member in '%s'", group->name);
}

static void
add_member(struct reader *reader, const struct args *args, struct esi_member member)
{
    struct esi_group *group = &reader->config->groups[reader->group];

    if (reader->wrong)
        return;
    if (args->no) {
        remove_member(reader, &member);
        return;
    }
    member.text = canonical(reader, args);
    member.at = place_of(reader);
    group->members =
        esi_grow(group->members, &group->cap, group->count + 1, sizeof *group->members);
    group->members[group->count++] = member;
}

void
build_network_member(struct reader *reader, const struct args *args)
{
    struct esi_member member = {.kind = ESI_MEMBER_ADDRESS};

    member.address = taken_address(reader, find_arg(args, ARGUMENT_NETWORK));
    add_member(reader, args, member);
}

void
build_group_member(struct reader *reader, const struct args *args)
{
    struct esi_member member = {.kind = ESI_MEMBER_GROUP};

    member.name = text_of(reader, find_arg(args, ARGUMENT_NAME)->text);
    add_member(reader, args, member);
}

void
build_port_member(struct reader *reader, const struct args *args)
{
    const char *of = reader->config->groups[reader->group].ports_of;
    struct esi_member member = {.kind = ESI_MEMBER_SERVICE};
    const struct arg *low = &args->list[2], *high = &args->list[args->count - 1];

    if (!of) {
        refuse(reader, NULL,
               "port-object stands in an object-group service with tcp, udp or "
               "tcp-udp; expected service-object");
        return;
    }
    if (low->number > high->number)
        refuse(reader, high, "expected a range that ends behind its beginning");
    member.service.protocol = strcmp(of, "udp") == 0 ? 17 : 6;
    member.service.tcp_udp = strcmp(of, "tcp-udp") == 0;
    member.service.destination =
        (struct esi_port_set){ESI_PORT_RANGE, (uint16_t)low->number, (uint16_t)high->number, NULL};
    add_member(reader, args, member);
}

/* takes_services - a group of ports of one protocol holds no services. */
static bool
takes_services(struct reader *reader)
{
    const char *of = reader->config->groups[reader->group].ports_of;

    if (of)
        refuse(reader, NULL,
               "service-object stands in an object-group service without %s; "
               "expected port-object",
               of);
    return !of;
}

void
build_service_member(struct reader *reader, const struct args *args)
{
    struct esi_member member = {.kind = ESI_MEMBER_SERVICE};

    if (!takes_services(reader))
        return;
    member.service = service_of(reader, args);
    add_member(reader, args, member);
}

void
build_object_member(struct reader *reader, const struct args *args)
{
    struct esi_member member = {.kind = ESI_MEMBER_OBJECT};

    if (!takes_services(reader))
        return;
    member.name = text_of(reader, find_arg(args, ARGUMENT_NAME)->text);
    add_member(reader, args, member);
}

void
build_protocol_member(struct reader *reader, const struct args *args)
{
    struct esi_member member = {.kind = ESI_MEMBER_PROTOCOL};

    member.service.protocol = (unsigned)find_arg(args, ARGUMENT_PROTOCOL_NAME)->number;
    add_member(reader, args, member);
}

void
build_clear_groups(struct reader *reader, const struct args *args)
{
    struct esi_config *config = reader->config;
    size_t row = 0;

    while (row < ESI_COUNT(kinds) && !said(args, kinds[row].word))
        row++;
    for (size_t i = config->groups_count; i > 0; i--)
        if (row == ESI_COUNT(kinds) || config->groups[i - 1].kind == kinds[row].kind)
            remove_group(config, i - 1);
}
