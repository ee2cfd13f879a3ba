/* former_internal.h - between fill.c and former.c. */
#ifndef FORMER_INTERNAL_H
#define FORMER_INTERNAL_H

#include "esi/flow.h"

/* What tells of sessions that they were judged before. */
struct former {
    uint8_t *flows; /* bits, by flow */
    size_t flows_cap;
    uint64_t *fragments; /* frames of which something was said, ascending */
    size_t fragment_count, fragment_cap;
};

/* True: from this frame on, it said, the session could not have come about; so for the first time.
 * *words: that line, until the frame goes. */
bool former_visit(struct former *former, const struct esi_visit *visit, struct esi_slice *words);
/* Something is about to change in this session. */
void former_note_change(struct former *former, esi_flow_id flow);
bool former_changes(const struct former *former, esi_flow_id flow);
/* Where it diverges is no question any more: a former pass said something of it, or nothing of it
 * was about to change. */
bool former_settled(const struct former *former, esi_flow_id flow);
void former_free(struct former *former);

#endif
