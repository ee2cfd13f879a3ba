/*
 * address_set.c - sets of addresses as sorted ranges without overlaps.
 *
 * A mask with holes in it is no range: such are kept apart, and looked at one by one.
 */
#include <stdlib.h>

#include "access_sets_internal.h"

uint32_t
number4(const struct esi_ip *ip)
{
    return (uint32_t)ip->bytes[0] << 24 | (uint32_t)ip->bytes[1] << 16 |
           (uint32_t)ip->bytes[2] << 8 | ip->bytes[3];
}

static struct wide
number6(const struct esi_ip *ip)
{
    struct wide number = {0};

    for (int i = 0; i < 8; i++) {
        number.high = number.high << 8 | ip->bytes[i];
        number.low = number.low << 8 | ip->bytes[i + 8];
    }
    return number;
}

uint64_t
first64(const struct esi_ip *ip)
{
    return number6(ip).high;
}

static int
compare_wide(struct wide a, struct wide b)
{
    if (a.high != b.high)
        return a.high < b.high ? -1 : 1;
    return (a.low > b.low) - (a.low < b.low);
}

static void
add4(struct address_set *set, uint32_t low, uint32_t high)
{
    set->ranges4 = esi_grow(set->ranges4, &set->cap4, set->count4 + 1, sizeof *set->ranges4);
    set->ranges4[set->count4++] = (struct range4){low, high};
}

static void
add6(struct address_set *set, struct wide low, struct wide high)
{
    set->ranges6 = esi_grow(set->ranges6, &set->cap6, set->count6 + 1, sizeof *set->ranges6);
    set->ranges6[set->count6++] = (struct range6){low, high};
}

static void
add_mask(struct address_set *set, const struct esi_address *address)
{
    if (address->ip.family == 6) { /* written as a prefix: no holes */
        struct wide low = number6(&address->ip), mask = number6(&address->mask);
        add6(set, low, (struct wide){low.high | ~mask.high, low.low | ~mask.low});
        return;
    }
    uint32_t ip = number4(&address->ip), open = ~number4(&address->mask);
    if ((open & (open + 1)) == 0) {
        add4(set, ip, ip | open);
        return;
    }
    set->masks = esi_grow(set->masks, &set->mask_cap, set->mask_count + 1, sizeof *set->masks);
    set->masks[set->mask_count++] = (struct mask4){ip, ~open};
}

void
address_set_add(struct address_set *set, const struct esi_address *address)
{
    const struct wide all = {UINT64_MAX, UINT64_MAX};

    if (address->kind == ESI_ADDRESS_ANY || address->kind == ESI_ADDRESS_ANY4)
        add4(set, 0, UINT32_MAX);
    if (address->kind == ESI_ADDRESS_ANY || address->kind == ESI_ADDRESS_ANY6)
        add6(set, (struct wide){0}, all);
    if (address->kind == ESI_ADDRESS_MASK)
        add_mask(set, address);
    if (address->kind == ESI_ADDRESS_RANGE && address->ip.family == 4)
        add4(set, number4(&address->ip), number4(&address->last));
    if (address->kind == ESI_ADDRESS_RANGE && address->ip.family == 6)
        add6(set, number6(&address->ip), number6(&address->last));
}

static int
by_low4(const void *a, const void *b)
{
    const struct range4 *one = a, *other = b;

    return (one->low > other->low) - (one->low < other->low);
}

static int
by_low6(const void *a, const void *b)
{
    return compare_wide(((const struct range6 *)a)->low, ((const struct range6 *)b)->low);
}

void
address_set_finish(struct address_set *set)
{
    size_t kept = 0;

    if (set->count4 > 1)
        qsort(set->ranges4, set->count4, sizeof *set->ranges4, by_low4);
    for (size_t i = 1; i < set->count4; i++) {
        struct range4 *last = &set->ranges4[kept], next = set->ranges4[i];
        if (next.low > last->high)
            set->ranges4[++kept] = next;
        else if (next.high > last->high)
            last->high = next.high;
    }
    set->count4 = set->count4 > 0 ? kept + 1 : 0;
    kept = 0;
    if (set->count6 > 1)
        qsort(set->ranges6, set->count6, sizeof *set->ranges6, by_low6);
    for (size_t i = 1; i < set->count6; i++) {
        struct range6 *last = &set->ranges6[kept], next = set->ranges6[i];
        if (compare_wide(next.low, last->high) > 0)
            set->ranges6[++kept] = next;
        else if (compare_wide(next.high, last->high) > 0)
            last->high = next.high;
    }
    set->count6 = set->count6 > 0 ? kept + 1 : 0;
}

static bool
has4(const struct address_set *set, uint32_t ip)
{
    size_t low = 0, high = set->count4;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ip > set->ranges4[middle].high)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < set->count4 && ip >= set->ranges4[low].low)
        return true;
    for (size_t i = 0; i < set->mask_count; i++)
        if ((ip & set->masks[i].mask) == set->masks[i].ip)
            return true;
    return false;
}

bool
address_set_has(const struct address_set *set, const struct esi_ip *ip)
{
    size_t low = 0, high = set->count6;

    if (ip->family == 4)
        return has4(set, number4(ip));
    struct wide number = number6(ip);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_wide(number, set->ranges6[middle].high) > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < set->count6 && compare_wide(number, set->ranges6[low].low) >= 0;
}

struct range4
address_set_bounds(const struct address_set *set)
{
    if (set->mask_count > 0)
        return (struct range4){0, UINT32_MAX};
    if (set->count4 == 0)
        return (struct range4){1, 0};
    return (struct range4){set->ranges4[0].low, set->ranges4[set->count4 - 1].high};
}

struct range64
address_set_bounds6(const struct address_set *set)
{
    if (set->count6 == 0)
        return (struct range64){1, 0};
    return (struct range64){set->ranges6[0].low.high, set->ranges6[set->count6 - 1].high.high};
}

void
address_set_free(struct address_set *set)
{
    free(set->ranges4);
    free(set->ranges6);
    free(set->masks);
}
