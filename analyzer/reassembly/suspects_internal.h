/* suspects_internal.h - segments whose checksum is wrong, though their sender's are right
 * otherwise. */
#ifndef ESI_SUSPECTS_INTERNAL_H
#define ESI_SUSPECTS_INTERNAL_H

#include "delivery_internal.h"

/* Keeps a copy of what it brings. */
void suspects_add(struct esi_reassembler *r, struct state *state, const struct esi_visit *visit);
/* Delivers what a suspect has at the place that the direction waits for, up to `to`, if the
 * receiver acknowledged it. False: there is none. */
bool suspects_fill(struct esi_reassembler *r, struct state *state, enum esi_dir dir, uint64_t to);
/* An RST acknowledges no more than its sender had: whether that is all a suspect has brought. */
bool suspects_confirm(const struct state *state, enum esi_dir dir, uint64_t ack);
void suspects_free(struct esi_reassembler *r, struct state *state);

#endif
