/* comment_internal.h - between fill.c and comment.c. */
#ifndef COMMENT_INTERNAL_H
#define COMMENT_INTERNAL_H

#include "esi/report.h"

/* "esi verdict=mask rule=... before=... after=...", without a line end. bytes: with the last two.
 */
void comment_verdict(struct esi_buf *out, const struct esi_outcome *outcome, bool bytes);
/* "esi counterfactual why=...". */
void comment_divergence(struct esi_buf *out, const char *why);
/* Whether a line of a comment reads as one of these, or of an RST that was made; the last one. */
bool comment_is_ours(struct esi_slice line);
bool comment_tells_divergence(struct esi_slice line);

#endif
