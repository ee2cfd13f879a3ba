/* ng_compare.h - whether one pcapng file is what another may have become; shares no code with the
 * writer. */
#ifndef TESTS_NG_COMPARE_H
#define TESTS_NG_COMPARE_H

#include "support/ng_copy.h"

/*
 * Both files are gone through block by block, by the frames' fates. A block that is no frame's is
 * as it was, but that a section's length may be unsaid and custom blocks that are not to be copied
 * be left out, if anything changes. A frame's block is as it was but for what its fate asks for.
 * True; or false, and words.
 */
bool ng_compare(struct esi_slice before, struct esi_slice after,
                void (*fate)(void *ctx, uint64_t number, struct ng_fate *out), void *ctx,
                struct esi_buf *why);

#endif
