/*
 * sorter_internal.h - lines in any order in, in order out, in a bounded amount of memory.
 *
 * What does not fit waits in sorted runs in a temporary file without a name.
 */
#ifndef ESI_SORTER_INTERNAL_H
#define ESI_SORTER_INTERNAL_H

#include "esi/net.h"

struct sorter_key {
    esi_nanos ts;
    uint64_t frame;
    uint64_t order; /* among lines of one frame; no two lines have all three the same */
};
typedef void sorter_fn(void *ctx, const struct sorter_key *key, struct esi_slice line);

struct sorter;
/* memory: bytes that lines may take before they go to the file. */
struct sorter *sorter_new(size_t memory);
/* 0, or the errno of the temporary file. The line is copied. */
int sorter_add(struct sorter *sorter, const struct sorter_key *key, struct esi_slice line);
/* Calls fn for each line in order. 0, or the errno of the temporary file; to be called once. */
int sorter_finish(struct sorter *sorter, sorter_fn *fn, void *ctx);
void sorter_free(struct sorter *sorter);

#endif
