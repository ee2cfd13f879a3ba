/*
 * service_set.c - sets of TCP services: boxes of source and destination ports.
 *
 * Nearly all services leave the source port open: those come first, sorted and without overlaps,
 * and are looked up by halving. The others are looked at one by one.
 */
#include <stdlib.h>

#include "access_sets_internal.h"

struct port_range {
    uint16_t low, high;
};

/* ranges_of - one or two ranges; none for a group. */
static size_t
ranges_of(const struct esi_port_set *ports, struct port_range out[2])
{
    size_t count = 0;

    switch (ports->kind) {
    case ESI_PORT_ANY:
        out[count++] = (struct port_range){0, UINT16_MAX};
        break;
    case ESI_PORT_RANGE:
        out[count++] = (struct port_range){ports->low, ports->high};
        break;
    case ESI_PORT_NOT:
        if (ports->low > 0)
            out[count++] = (struct port_range){0, (uint16_t)(ports->low - 1)};
        if (ports->low < UINT16_MAX)
            out[count++] = (struct port_range){(uint16_t)(ports->low + 1), UINT16_MAX};
        break;
    case ESI_PORT_GROUP:
        break;
    }
    return count;
}

void
service_set_add(struct service_set *set, const struct esi_service *service)
{
    struct port_range sources[2], destinations[2];

    if (service->protocol != 6 && service->protocol != ESI_PROTOCOL_ANY)
        return;
    size_t source_count = ranges_of(&service->source, sources);
    size_t count = ranges_of(&service->destination, destinations);
    for (size_t s = 0; s < source_count; s++)
        for (size_t d = 0; d < count; d++) {
            set->boxes = esi_grow(set->boxes, &set->cap, set->count + 1, sizeof *set->boxes);
            set->boxes[set->count++] = (struct service_box){
                sources[s].low, sources[s].high, destinations[d].low, destinations[d].high};
        }
}

static bool
is_any_source(const struct service_box *box)
{
    return box->source_low == 0 && box->source_high == UINT16_MAX;
}

/* by_source - any source first, then boxes of the same sources together, by where they begin. */
static int
by_source(const void *a, const void *b)
{
    const struct service_box *one = a, *other = b;

    if (is_any_source(one) != is_any_source(other))
        return is_any_source(one) ? -1 : 1;
    if (one->source_low != other->source_low)
        return one->source_low < other->source_low ? -1 : 1;
    if (one->source_high != other->source_high)
        return one->source_high < other->source_high ? -1 : 1;
    return (one->low > other->low) - (one->low < other->low);
}

void
service_set_finish(struct service_set *set)
{
    size_t kept = 0;

    if (set->count == 0)
        return;
    qsort(set->boxes, set->count, sizeof *set->boxes, by_source);
    for (size_t i = 1; i < set->count; i++) {
        struct service_box *last = &set->boxes[kept], next = set->boxes[i];
        if (next.source_low != last->source_low || next.source_high != last->source_high ||
            next.low > last->high)
            set->boxes[++kept] = next;
        else if (next.high > last->high)
            last->high = next.high;
    }
    set->count = kept + 1;
    while (set->any_source < set->count && is_any_source(&set->boxes[set->any_source]))
        set->any_source++;
}

bool
service_set_has(const struct service_set *set, uint16_t source, uint16_t destination)
{
    size_t low = 0, high = set->any_source;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (destination > set->boxes[middle].high)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < set->any_source && destination >= set->boxes[low].low)
        return true;
    for (size_t i = set->any_source; i < set->count && set->boxes[i].source_low <= source; i++) {
        const struct service_box *box = &set->boxes[i];
        if (source <= box->source_high && destination >= box->low && destination <= box->high)
            return true;
    }
    return false;
}

void
service_set_free(struct service_set *set)
{
    free(set->boxes);
}
