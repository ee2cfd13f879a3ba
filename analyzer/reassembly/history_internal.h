/* history_internal.h - what came shortly before, to hold what comes again against it. */
#ifndef ESI_HISTORY_INTERNAL_H
#define ESI_HISTORY_INTERNAL_H

#include "esi/stream.h"

/* What is remembered of one direction. All zero is nothing. */
struct trace {
    uint64_t newest; /* where its newest record is; 0: none */
    uint64_t reach;  /* highest end ever added */
};

struct history {
    uint8_t *ring;
    uint64_t at;     /* bytes written so far: where the next record goes */
    uint64_t looked; /* effort spent on looking back */
};

void history_init(struct history *history);
void history_add(struct history *history, struct trace *trace, uint64_t frame, uint64_t offset,
                 struct esi_slice bytes);
/* Do the bytes differ from what was added before? Then fills *out, but for `dir`. To be asked where
 * offset < trace->reach. Of several segments that differ, the one that does so first in the stream;
 * of several there, the oldest. */
bool history_differs(struct history *history, const struct trace *trace, uint64_t frame,
                     uint64_t offset, struct esi_slice bytes, struct esi_conflict *out);
void history_fini(struct history *history);

#endif
