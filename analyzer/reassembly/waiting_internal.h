/* waiting_internal.h - segments that answer what has not been told yet. */
#ifndef ESI_WAITING_INTERNAL_H
#define ESI_WAITING_INTERNAL_H

#include "delivery_internal.h"

/* Must it wait? Only to be asked where something waits already, or a hole is judged. */
bool waiting_is_due(const struct state *state, const struct esi_visit *visit);
void waiting_add(struct esi_reassembler *r, struct state *state, const struct esi_visit *visit,
                 const struct arrival *arrival);
/* The direction's next bytes are here, and wait: it lacks nothing. */
bool waiting_covers(const struct state *state, enum esi_dir dir);
/* Delivers those that have waited long enough. */
void waiting_release(struct esi_reassembler *r, struct state *state);
/* Delivers all, and tells the holes that they waited for. */
void waiting_release_all(struct esi_reassembler *r, struct state *state);

#endif
