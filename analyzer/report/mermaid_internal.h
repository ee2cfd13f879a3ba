/* mermaid_internal.h - one session's diagram while it is written. */
#ifndef REPORT_MERMAID_INTERNAL_H
#define REPORT_MERMAID_INTERNAL_H

#include "page_internal.h"

struct diagram {
    struct page page; /* the first: page_kind's functions are given this */
    struct esi_buf sent, received, text;
    size_t lines; /* of `sent` */
    bool changed;
    size_t start; /* where its source begins in page.out */
    size_t rows;
    uint64_t left_out;
};

/* mermaid.c */
/* diagram->text as a note over these participants; it is empty then. */
void mermaid_note(struct diagram *diagram, const char *over);

/* mermaid_rows.c, as page_kind has them */
void mermaid_turn(struct page *page, struct row *row);
/* A verdict whose turn is not in the ladder, or that is about a connection's SYN. */
void mermaid_alone(struct page *page, struct row *row);
void mermaid_more(struct page *page, uint64_t count, uint64_t first, uint64_t last);

#endif
