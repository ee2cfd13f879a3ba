/* page_internal.h - one session's block of text, or diagram, while it is written. */
#ifndef ESI_PAGE_INTERNAL_H
#define ESI_PAGE_INTERNAL_H

#include "ladder_order_internal.h"

/* Where the text of a ladder line begins. */
enum { INDENT = 18 };

struct page {
    struct esi_buf *out;
    struct ladder *ladder;
    const struct esi_session_info *session;
    const struct esi_sink *sink;
    bool colour;
    const char *file;        /* named last */
    const struct row *ruled; /* the verdict of this turn whose rule was printed last */
    struct ladder_order order;
    struct turn_lines lines;                    /* of the turn that is written */
    struct esi_buf after;                       /* scratch: what a verdict leaves of its bytes */
    size_t start;                               /* of the block in `out` */
    uint64_t turns_left_out, verdicts_left_out; /* there was no room for them in the block */
};

/* turn.c, for text. */
/* As ladder_reader has it; ctx is the page. */
void put_turn(void *ctx, struct row *row);
/* A verdict without the line it is about: its own bytes are shown. placed: under its turn. */
void put_alone(struct page *page, struct row *row, bool placed);
/* Frames (first 0: none), who speaks, and the mark before the text. */
void put_gutter(struct page *page, uint64_t first, uint64_t last, const char *arrow, char mark);

#endif
