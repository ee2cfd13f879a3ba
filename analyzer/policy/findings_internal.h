/* findings_internal.h - between the files that say what is odd. */
#ifndef ESI_FINDINGS_INTERNAL_H
#define ESI_FINDINGS_INTERNAL_H

#include "policy_internal.h"

/* Of inspection maps and regular expressions. */
void findings_maps(struct esi_policy *policy);

#endif
