/* pattern_internal.h - between the dialect's grammar and what runs it. */
#ifndef ESI_POLICY_PATTERN_INTERNAL_H
#define ESI_POLICY_PATTERN_INTERNAL_H

#include "esi/pattern.h"

/* Appends to `out` what PCRE2 calls `text`. False if it is not of the dialect: see esi_pattern_new.
 */
bool pattern_translate(struct esi_slice text, struct esi_buf *out, struct esi_error *err,
                       size_t *at);

#endif
