/* mermaid_internal.h - one session's diagram while it is written. */
#ifndef REPORT_MERMAID_INTERNAL_H
#define REPORT_MERMAID_INTERNAL_H

#include "page_internal.h"

struct diagram {
    struct page page;
    struct esi_buf sent, received, text;
    bool changed;
    size_t start; /* where its source begins in page.out */
    size_t rows;
    uint64_t left_out;
};

/* mermaid.c */
/* diagram->text as a note over these participants; it is empty then. */
void mermaid_note(struct diagram *diagram, const char *over);

/* mermaid_rows.c, as ladder_reader has them; ctx is the diagram. */
void mermaid_turn(void *ctx, struct row *row);
/* A verdict whose turn is not in the ladder, or that is about a connection's SYN. */
void mermaid_alone(void *ctx, struct row *row);
void mermaid_more(void *ctx, size_t place, size_t count);

#endif
