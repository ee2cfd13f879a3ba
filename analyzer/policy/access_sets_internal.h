/*
 * access_sets_internal.h - what the addresses, services and groups of an access list come down to:
 * sorted ranges, looked up by halving.
 */
#ifndef ESI_ACCESS_SETS_INTERNAL_H
#define ESI_ACCESS_SETS_INTERNAL_H

#include "access_internal.h"

/* ---- address_set.c ---- */

struct range4 {
    uint32_t low, high;
};
struct range64 {
    uint64_t low, high;
};
struct wide { /* an IPv6 address as a number */
    uint64_t high, low;
};
struct range6 {
    struct wide low, high;
};
struct mask4 { /* (address & mask) == ip, with holes in the mask */
    uint32_t ip, mask;
};
/* Zero-initialised is empty; add, then finish, then ask. */
struct address_set {
    struct range4 *ranges4;
    struct range6 *ranges6;
    struct mask4 *masks;
    size_t count4, cap4, count6, cap6, mask_count, mask_cap;
};
uint32_t number4(const struct esi_ip *ip);
uint64_t first64(const struct esi_ip *ip);
/* One of the kinds that name nothing. */
void address_set_add(struct address_set *set, const struct esi_address *address);
void address_set_finish(struct address_set *set);
bool address_set_has(const struct address_set *set, const struct esi_ip *ip);
/* What every IPv4 address of the set lies between; low > high: there are none. */
struct range4 address_set_bounds(const struct address_set *set);
/* The same of IPv6, of the first 64 bits. */
struct range64 address_set_bounds6(const struct address_set *set);
void address_set_free(struct address_set *set);

/* ---- service_set.c: of TCP ---- */

struct service_box {
    uint16_t source_low, source_high, low, high;
};
/* Zero-initialised is empty; add, then finish, then ask. */
struct service_set {
    struct service_box *boxes; /* those of any source port first */
    size_t count, cap, any_source;
};
/* What is not carried by TCP is left out, and so are ports that are a group's. */
void service_set_add(struct service_set *set, const struct esi_service *service);
void service_set_finish(struct service_set *set);
bool service_set_has(const struct service_set *set, uint16_t source, uint16_t destination);
void service_set_free(struct service_set *set);

/* ---- time_match.c ---- */

/* Whether a time range holds at a minute of the firewall's clock since the epoch. */
bool time_range_holds(const struct esi_time_range *range, int64_t minute);
int64_t minute_of(esi_nanos when, int clock_offset);

/* ---- access_cache.c: groups ---- */

struct flat_group {
    bool done;
    struct address_set addresses; /* NETWORK */
    struct service_set services;  /* SERVICE, PROTOCOL */
};
/* The group of that name and kind, flattened once; NULL, and said at `at`, if there is none. A
 * protocol group may stand for a service group, and the other way round. */
const struct flat_group *flat_group(struct access_cache *cache, struct esi_config *config,
                                    const char *name, bool network, struct esi_place at);
/* What an address of the kinds OBJECT and below is in the end; NULL, and said, if it matches
 * nothing. */
const struct esi_address *plain_address(struct esi_config *config,
                                        const struct esi_address *address, struct esi_place at);
const struct esi_interface *find_interface(struct access_cache *cache, struct esi_config *config,
                                           const char *name);

#endif
