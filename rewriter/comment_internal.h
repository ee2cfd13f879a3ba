/* comment_internal.h - between fill.c and comment.c. */
#ifndef COMMENT_INTERNAL_H
#define COMMENT_INTERNAL_H

#include "esi/report.h"

/* "esi verdict=mask rule=... before=... after=...", without a line end. bytes: with the last two.
 */
void comment_verdict(struct esi_buf *out, const struct esi_outcome *outcome, bool bytes);
/* "esi counterfactual why=...". */
void comment_divergence(struct esi_buf *out, const char *why);

#endif
