/* rewrite_run.h - captures rewritten by a plan, and files held against each other. */
#ifndef TESTS_REWRITE_RUN_H
#define TESTS_REWRITE_RUN_H

#include "esi/rewrite.h"

void rewrite(const char *in, const char *out, const struct esi_plan *plan, bool in_fragments,
             struct esi_rewrite_stats *stats);
/* The same, with all else as `how` has it. */
void rewrite_how(const char *in, const char *out, const struct esi_plan *plan,
                 const struct esi_rewrite_config *how, struct esi_rewrite_stats *stats);
/* what: a row and its variant, for the message. */
void check_same_file(const char *one, const char *other, const char *what);

#endif
