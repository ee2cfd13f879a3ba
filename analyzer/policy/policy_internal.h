/* policy_internal.h - what the files of policy share. */
#ifndef ESI_POLICY_INTERNAL_H
#define ESI_POLICY_INTERNAL_H

#include "esi/policy.h"

struct esi_map default_map(const char *name, bool allow_tls);

#endif
