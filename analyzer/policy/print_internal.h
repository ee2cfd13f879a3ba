/* print_internal.h - between the files that print a policy. */
#ifndef ESI_PRINT_INTERNAL_H
#define ESI_PRINT_INTERNAL_H

#include "policy_internal.h"

/* A name, in quotation marks if it would not read as one word. */
void put_name(struct esi_buf *out, const char *name);
/* "255.255.255.0" */
void put_mask(struct esi_buf *out, unsigned bits);
/* The access lists that classes ask, with all that they refer to; and the names that `rest`
 * speaks of. */
void print_access(const struct esi_policy *policy, struct esi_slice rest, struct esi_buf *out);
/* interface, route, static. */
void print_network(const struct esi_policy *policy, struct esi_buf *out);

#endif
