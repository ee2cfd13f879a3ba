/* payload_internal.h - what of a segment's payload belongs to the stream, and where. */
#ifndef ESI_PAYLOAD_INTERNAL_H
#define ESI_PAYLOAD_INTERNAL_H

#include "delivery_internal.h"

/* Counts what is odd about the segment. False: nothing new is in it. */
bool payload_arrives(struct esi_reassembler *r, const struct esi_visit *visit, struct state *state,
                     struct arrival *out);
/* What of it was delivered already is cut off. */
void payload_deliver(struct esi_reassembler *r, struct state *state, enum esi_dir dir,
                     struct arrival *arrival);

#endif
