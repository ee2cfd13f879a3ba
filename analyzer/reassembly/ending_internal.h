/* ending_internal.h - how conversations end. */
#ifndef ESI_ENDING_INTERNAL_H
#define ESI_ENDING_INTERNAL_H

#include "delivery_internal.h"

/* Tells what there still is when nothing more will come. */
void ending_give_up(struct esi_reassembler *r, struct state *state);
/* Tells the FINs whose bytes were all delivered, and CLOSE behind the second. */
void ending_fins(struct esi_reassembler *r, struct state *state);
/* Tells the last event, and frees all but the state. */
void ending_tell(struct esi_reassembler *r, struct state *state, enum esi_stream_kind kind,
                 enum esi_dir dir);
/* Nothing more will come: all of that; `kind` if it was not CLOSE. */
void ending_cease(struct esi_reassembler *r, struct state *state, enum esi_stream_kind kind);

#endif
