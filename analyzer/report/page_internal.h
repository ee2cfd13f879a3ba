/* page_internal.h - one session's block while it is written: lines of its ladder. */
#ifndef ESI_PAGE_INTERNAL_H
#define ESI_PAGE_INTERNAL_H

#include "ladder_internal.h"

/* Where the text of a ladder line begins. */
enum { INDENT = 18 };

struct page {
    struct esi_buf *out;
    struct ladder *ladder;
    const struct esi_session_info *session;
    const struct esi_sink *sink;
    const struct esi_divergence *divergence; /* still to come; NULL: none, or told */
    bool colour;
    bool behind;             /* the divergence: lines begin with ~ */
    const char *file;        /* named last */
    const struct row *ruled; /* the verdict of this turn whose rule was printed last */
    size_t *order;           /* rows that are not verdicts on a turn */
    size_t order_len, order_cap;
    struct esi_buf line, after; /* scratch: as sent, as received */
};

/* A turn with the verdicts that hang on it. */
void put_turn(struct page *page, struct row *row);
/* A verdict without the line it is about: its own bytes are shown. placed: under its turn. */
void put_alone(struct page *page, struct row *row, bool placed);
/* Frames (first 0: none), who speaks, and the mark before the text. */
void put_gutter(struct page *page, uint64_t first, uint64_t last, const char *arrow, char mark);
/* A frame's number within its file. */
void put_local(struct esi_buf *out, const struct page *page, uint64_t frame);

#endif
