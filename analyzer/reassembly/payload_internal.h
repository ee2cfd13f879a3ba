/* payload_internal.h - what of a segment's payload belongs to the stream, and where. */
#ifndef ESI_PAYLOAD_INTERNAL_H
#define ESI_PAYLOAD_INTERNAL_H

#include "delivery_internal.h"

void payload_take(struct esi_reassembler *r, const struct esi_visit *visit, struct state *state);

#endif
