/*
 * fill.h - what the analysis found, into a plan: edits, discards, cuts, where sessions diverge, and
 * the words for the frames that all this touches.
 *
 * The words are comments for Wireshark, lines of ASCII: key=value pairs first, so that the display
 * filter `frame.comment contains "verdict=mask"` finds them; bytes of the wire escaped as in JSON
 * records (\xHH, \\), a quote as \x22.
 *
 * A session of which a frame has such a line already was judged before, as it was captured: where
 * it diverges is what that line said, or is not told. Nor does one diverge in which no edit changes
 * a byte. So rewriting twice equals rewriting once.
 */
#ifndef ESI_FILL_H
#define ESI_FILL_H

#include "esi/flow.h"
#include "esi/report.h"

struct esi_fill_config {
    struct esi_plan *plan; /* not sealed; the caller's */
    bool words;            /* the output can hold them */
    bool divergence;       /* where sessions diverge is wanted */
    bool redact;           /* the words name nobody: esi_redact */
};

struct esi_fill;

struct esi_fill *esi_fill_new(const struct esi_fill_config *config);
/* Each frame of the reading, before the records that come of it: for what a former pass told in
 * comments. */
void esi_fill_visit(struct esi_fill *fill, const struct esi_visit *visit);
/* OUTCOME and SESSION records count. */
void esi_fill_take(struct esi_fill *fill, const struct esi_record *record);
/* Verdicts of which the words leave out the bytes, for want of room. */
uint64_t esi_fill_brief(const struct esi_fill *fill);
void esi_fill_free(struct esi_fill *fill);

#endif
