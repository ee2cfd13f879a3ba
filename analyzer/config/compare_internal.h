/* compare_internal.h - orders of what objects and access lists are made of; 0: the same. */
#ifndef ESI_COMPARE_INTERNAL_H
#define ESI_COMPARE_INTERNAL_H

#include "esi/config.h"

int compare_addresses(const struct esi_address *a, const struct esi_address *b);
int compare_services(const struct esi_service *a, const struct esi_service *b);
int compare_members(const struct esi_member *a, const struct esi_member *b);

#endif
