/*
 * plan.h - what the firewall would have changed: edits, discards and cuts, by stream offset.
 *
 * An edit never changes a length. It is told as a rule for filling a span, not as bytes, so that
 * no sender decides how much memory an edit takes.
 */
#ifndef ESI_PLAN_H
#define ESI_PLAN_H

#include "esi/net.h"

enum { ESI_EDIT_HEAD = 16, ESI_EDIT_TAIL = 8 };
/* No offset, nor the end of a span, may be higher. Captured streams stay far below: a segment takes
 * a stream on by 2^31 at most. */
#define ESI_PLAN_OFFSET_MOST (((uint64_t)1 << 61) - 1)

/* Over span.len bytes: head, then fill, with tail at the end (head first, if the span is short;
 * a tail longer than the span shows its last bytes). */
struct esi_edit {
    enum esi_dir dir;
    struct esi_span span;
    uint8_t fill;
    bool keep_eol; /* CR and LF inside the span stay */
    bool keep_20;  /* so do the characters 2 and 0 */
    uint8_t head_len, tail_len;
    char head[ESI_EDIT_HEAD];
    char tail[ESI_EDIT_TAIL];
};
/* Overwrites what of `bytes` (which lie at `offset` of the edit's stream) the edit covers. True if
 * any byte lies in the span, changed or not. */
bool esi_edit_apply(const struct esi_edit *edit, uint64_t offset, uint8_t *bytes, size_t len);

/* The connection is gone: the frame that decided it, all later frames of the flow, and earlier
 * frames of that direction that carry bytes from `offset` on did not pass. */
struct esi_cut {
    uint64_t frame;
    enum esi_dir dir;
    uint64_t offset;  /* of the byte that decided it */
    bool reset;       /* both ends are told by an RST */
    uint64_t told[2]; /* the frames behind it that tell them already; 0: none do */
};

struct esi_plan;

struct esi_plan *esi_plan_new(void);
/* Edits of one flow and direction may come in any order and must not overlap with other fills. */
void esi_plan_add_edit(struct esi_plan *plan, esi_flow_id flow, const struct esi_edit *edit);
/* Bytes that the firewall kept back for good: frames that carry nothing else do not pass. */
void esi_plan_add_discard(struct esi_plan *plan, esi_flow_id flow, enum esi_dir dir,
                          struct esi_span span);
/* Words for the frames that carry any byte of the span; of an empty span, for those of the flow
 * that a cut leaves out. The text is copied, and kept once however often it is said. */
void esi_plan_add_note(struct esi_plan *plan, esi_flow_id flow, enum esi_dir dir,
                       struct esi_span span, const char *text);
/* From this frame on, what was captured of the flow could not have come about; why: words for these
 * frames. The first stays. */
void esi_plan_add_divergence(struct esi_plan *plan, esi_flow_id flow, uint64_t frame,
                             const char *why);
/* Bytes that the texts take so far. */
size_t esi_plan_words(const struct esi_plan *plan);
/* The first cut of a flow stays. */
void esi_plan_add_cut(struct esi_plan *plan, esi_flow_id flow, const struct esi_cut *cut);
/* After the last add, before the first look-up. */
void esi_plan_seal(struct esi_plan *plan);

/* Whether anything is planned for the flow at all. */
bool esi_plan_touches(const struct esi_plan *plan, esi_flow_id flow);
/* Whether any byte of the span lies in an edit, be it written over with what it is already. */
bool esi_plan_edits(const struct esi_plan *plan, esi_flow_id flow, enum esi_dir dir,
                    struct esi_span span);
/* Overwrites what of `bytes` (at `offset`) the plan edits; true if any byte changed. */
bool esi_plan_patch(const struct esi_plan *plan, esi_flow_id flow, enum esi_dir dir,
                    uint64_t offset, uint8_t *bytes, size_t len);
/* Whether all of the span is discarded; false for an empty span. */
bool esi_plan_discards(const struct esi_plan *plan, esi_flow_id flow, enum esi_dir dir,
                       struct esi_span span);
const struct esi_cut *esi_plan_cut_of(const struct esi_plan *plan, esi_flow_id flow); /* or NULL */
/* Calls fn with the words for frames that carry any byte of the span, in order of offset; of what
 * is said several times in a row, once. Of an empty span: the words for what a cut leaves out. */
void esi_plan_notes(const struct esi_plan *plan, esi_flow_id flow, enum esi_dir dir,
                    struct esi_span span, void (*fn)(void *ctx, const char *text), void *ctx);
/* 0: none; *why as it was added. */
uint64_t esi_plan_divergence(const struct esi_plan *plan, esi_flow_id flow, const char **why);

enum esi_plan_kind {
    ESI_PLAN_CUT,
    ESI_PLAN_CUT_NOTE,
    ESI_PLAN_EDIT,
    ESI_PLAN_DISCARD,
    ESI_PLAN_NOTE,
    ESI_PLAN_DIVERGENCE
};
/* One thing that a plan says of a flow. */
struct esi_plan_item {
    enum esi_plan_kind kind;
    enum esi_dir dir;     /* EDIT, DISCARD, NOTE */
    struct esi_span span; /* the same */
    struct esi_edit edit; /* EDIT; its dir and span once more */
    struct esi_cut cut;   /* CUT */
    uint64_t frame;       /* DIVERGENCE */
    const char *text;     /* CUT_NOTE, NOTE, DIVERGENCE; the plan's */
};
/* Of a sealed plan, what it says of a flow: its cut, the words for that, edits, discards and notes
 * by direction and offset, where it diverges. */
void esi_plan_each(const struct esi_plan *plan, esi_flow_id flow,
                   void (*fn)(void *ctx, const struct esi_plan_item *item), void *ctx);
/* Adds an item as it stands, so that what is added as esi_plan_each told it is told likewise: what
 * touches and says the same stays apart, and is to be in that order. */
void esi_plan_add_item(struct esi_plan *plan, esi_flow_id flow, const struct esi_plan_item *item);
void esi_plan_free(struct esi_plan *plan);

#endif
