/* plan_internal.h - what the files of the plan share: items sorted by flow, and texts kept once. */
#ifndef ESI_PLAN_INTERNAL_H
#define ESI_PLAN_INTERNAL_H

#include "esi/plan.h"

enum kind {
    KIND_CUT,
    KIND_EDIT,
    KIND_DISCARD,
    KIND_DIVERGENCE,
    /* Of notes, in a table of their own: */
    KIND_CUT_NOTE = 0,
    KIND_NOTE
};

/* An item's key sorts by kind, then direction, then offset. */
enum { KIND_SHIFT = 62, DIR_SHIFT = 61 };
static const uint64_t offset_most = ESI_PLAN_OFFSET_MOST;

struct item {
    uint64_t key;
    uint64_t len; /* KIND_CUT, KIND_DIVERGENCE: 0 */
    union {
        esi_flow_id flow;
        uint32_t reach; /* of a note, sealed: which of its part of the flow's notes ends last */
    };
    uint32_t detail; /* KIND_EDIT: which rule; KIND_CUT and KIND_DIVERGENCE: which one, in order of
                        adding; of a note: which text */
};

/* Items of any number of flows. */
struct items {
    struct item *items;
    size_t len, cap;
    esi_flow_id flow_most;
    uint32_t *first; /* sealed: by flow, its first item; flow_most + 2 places */
};

static inline uint64_t
key_of(enum kind kind, enum esi_dir dir, uint64_t offset)
{
    return (uint64_t)kind << KIND_SHIFT | (uint64_t)dir << DIR_SHIFT | offset;
}

static inline enum kind
kind_of(const struct item *item)
{
    return (enum kind)(item->key >> KIND_SHIFT);
}

static inline bool
items_has(const struct items *list, esi_flow_id flow)
{
    return flow <= list->flow_most && list->first[flow] < list->first[flow + 1];
}

/* items.c */
void items_add(struct items *list, const struct item *item);
/* Groups the items by flow, and each flow's as compare_items has it. */
void items_sort(struct items *list);
/* Counts anew where each flow's items begin. */
void items_index(struct items *list);
int compare_items(const void *left, const void *right);
void items_free(struct items *list);

/* texts.c: texts kept once, by number. */
struct texts {
    struct esi_arena arena;
    const char **items;
    size_t len, cap;
    struct text_slot {
        uint32_t hash, number; /* 1 + number of the text; 0: free */
    } * slots;
    size_t slot_count; /* a power of two */
};
uint32_t texts_keep(struct texts *texts, const char *text);
void texts_free(struct texts *texts);

/* What an edit writes; unused bytes are zero, so that rules compare as memory. */
struct rule {
    uint8_t fill, keep_eol, keep_20, head_len, tail_len;
    char head[ESI_EDIT_HEAD];
    char tail[ESI_EDIT_TAIL];
};

enum { RECENT = 256 }; /* slots, of 8 bits of hash each, that remember where a rule was kept */

struct divergence {
    uint64_t frame;
    uint32_t why; /* number of a text */
};

struct esi_plan {
    struct items changes, notes;
    struct texts texts;
    struct rule *rules;
    size_t rules_len, rules_cap;
    uint32_t recent[RECENT]; /* 1 + index of the rule last kept with this hash */
    struct esi_cut *cuts;
    size_t cuts_len, cuts_cap;
    struct divergence *divergences;
    size_t divergences_len, divergences_cap;
    bool verbatim; /* what touches and says the same stays apart */
};

/* plan.c: the rule's index. */
uint32_t keep_rule(struct esi_plan *plan, const struct rule *rule);
struct esi_edit edit_of(const struct esi_plan *plan, const struct item *item);
void check_span(struct esi_span span);

/* seal.c: sorts each flow's changes and makes them disjoint. */
void settle_changes(struct esi_plan *plan);
/* notes.c */
void settle_notes(struct items *notes);

/* edit.c: as esi_edit_apply, but true only if a byte is another one than before. */
bool edit_overwrite(const struct esi_edit *edit, uint64_t offset, uint8_t *bytes, size_t len);

#endif
