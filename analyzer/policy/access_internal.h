/*
 * access_internal.h - access lists made ready for matching.
 *
 * access.c matches; access_cache.c flattens groups; address_set.c and service_set.c are what they
 * come to; access_check.c looks for entries that are never reached; time_match.c judges
 * time ranges.
 */
#ifndef ESI_ACCESS_INTERNAL_H
#define ESI_ACCESS_INTERNAL_H

#include "esi/config.h"

struct access;       /* an access list ready for matching; built once */
struct access_cache; /* flattened groups, shared by lists */

struct access_cache *access_cache_new(void);
void access_cache_free(struct access_cache *cache); /* after the lists built with it */

/* Names are resolved now: undefined ones are said in config's diagnostics (a WARNING, at the
 * entry), and their entry never matches. The list and the configuration are lent until
 * access_free. */
struct access *access_new(struct esi_config *config, const struct esi_access_list *list,
                          struct access_cache *cache);
void access_free(struct access *access);

/* The first entry whose conditions hold for a TCP segment from source to destination, or NULL.
 * `when` is UTC; time ranges are judged by the configuration's clock_offset. */
const struct esi_access_entry *access_find(const struct access *access,
                                           const struct esi_endpoint *source,
                                           const struct esi_endpoint *destination, esi_nanos when);

/* Says as warnings which entries can never be reached: inactive ones, exact repetitions, and those
 * behind one that takes everything they take. */
void access_check(struct esi_config *config, const struct esi_access_list *list);

#endif
