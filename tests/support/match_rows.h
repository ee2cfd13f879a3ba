/* match_rows.h - matches of a map, a line each, that log under their own name. */
#ifndef TEST_MATCH_ROWS_H
#define TEST_MATCH_ROWS_H

#include "esi/map.h"

#define NUMBER(id, n, no)                                                                          \
    {                                                                                              \
        .rule = {#id, 1, NULL, 0}, .criterion = ESI_CRITERION_##id, .limit = n, .negated = no,     \
        .acts = true, .action = ESI_ACTION_LOG                                                     \
    }
#define SET(id, bits, no)                                                                          \
    {                                                                                              \
        .rule = {#id, 1, NULL, 0}, .criterion = ESI_CRITERION_##id, .set = bits, .negated = no,    \
        .acts = true, .action = ESI_ACTION_LOG                                                     \
    }

#endif
