/* access_compare.c - an order of access list entries, by what they match. */
#include <string.h>

#include "compare_internal.h"

static int
compare_texts(const char *a, const char *b)
{
    if (!a || !b)
        return (a != NULL) - (b != NULL);
    return strcmp(a, b);
}

static int
compare_numbers(unsigned a, unsigned b)
{
    return (a > b) - (a < b);
}

static int
compare_ports(const struct esi_port_set *a, const struct esi_port_set *b)
{
    int order = compare_numbers(a->kind, b->kind);

    if (order == 0)
        order = compare_numbers(a->low, b->low);
    if (order == 0)
        order = compare_numbers(a->high, b->high);
    return order != 0 ? order : compare_texts(a->name, b->name);
}

int
compare_addresses(const struct esi_address *a, const struct esi_address *b)
{
    int order = compare_numbers(a->kind, b->kind);

    if (order == 0)
        order = memcmp(&a->ip, &b->ip, sizeof a->ip);
    if (order == 0)
        order = memcmp(&a->mask, &b->mask, sizeof a->mask);
    if (order == 0)
        order = memcmp(&a->last, &b->last, sizeof a->last);
    return order != 0 ? order : compare_texts(a->name, b->name);
}

int
compare_services(const struct esi_service *a, const struct esi_service *b)
{
    int order = compare_numbers(a->protocol, b->protocol);

    if (order == 0)
        order = compare_numbers(a->tcp_udp, b->tcp_udp);
    if (order == 0)
        order = compare_ports(&a->source, &b->source);
    return order != 0 ? order : compare_ports(&a->destination, &b->destination);
}

int
compare_members(const struct esi_member *a, const struct esi_member *b)
{
    int order = compare_numbers(a->kind, b->kind);

    if (order == 0)
        order = compare_addresses(&a->address, &b->address);
    if (order == 0)
        order = compare_services(&a->service, &b->service);
    return order != 0 ? order : compare_texts(a->name, b->name);
}

int
esi_access_compare(const struct esi_access_entry *a, const struct esi_access_entry *b)
{
    int order = compare_numbers(a->standard, b->standard);

    if (order == 0)
        order = compare_numbers(a->remark, b->remark);
    if (order == 0 && a->remark)
        return compare_texts(a->text, b->text);
    if (order == 0)
        order = compare_addresses(&a->destination, &b->destination);
    if (order == 0)
        order = compare_addresses(&a->source, &b->source);
    if (order == 0)
        order = compare_numbers(a->by, b->by);
    if (order == 0)
        order = compare_texts(a->by_name, b->by_name);
    if (order == 0)
        order = compare_services(&a->service, &b->service);
    return order != 0 ? order : compare_texts(a->time_range, b->time_range);
}
