/* page_internal.h - one session's block while it is written: rows of its ladder. */
#ifndef ESI_PAGE_INTERNAL_H
#define ESI_PAGE_INTERNAL_H

#include "ladder_internal.h"

/* Where the text of a ladder line begins. */
enum { INDENT = 18 };

struct page;
/* How a format writes what ladder_walk tells, in order. */
struct page_kind {
    void (*turn)(struct page *page, struct row *row);  /* with the verdicts that hang on it */
    void (*alone)(struct page *page, struct row *row); /* a verdict that hangs on no turn */
    /* Rows in the place of which this stands, from this frame to that. */
    void (*more)(struct page *page, uint64_t count, uint64_t first, uint64_t last);
    void (*diverge)(struct page *page); /* from here on it could not have come about */
};

struct page {
    const struct page_kind *kind;
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

/* ladder_print.c: every row of the ladder; page->behind once the divergence was told. */
void ladder_walk(struct page *page);
/* What is told with all sessions, without line ends: why it is inspected, why it diverges. */
void put_why_words(struct esi_buf *out, const struct esi_session_info *session);
void put_divergence_words(struct esi_buf *out, const struct page *page);
void put_endpoint(struct esi_buf *out, const struct esi_endpoint *endpoint);

/* said.c: what a turn said, and what is done to it. */
/* Words of ours that stand for what was said, ended by NUL; false: it has lines. */
bool said_in_words(struct esi_buf *out, const struct row *row);
/* A line, in page->line, at `start` of the stream; true_len: its whole length. */
typedef void said_line_fn(struct page *page, const struct row *turn, bool first, uint64_t start,
                          uint64_t true_len);
/* Of a turn that has lines; how many more it had. */
uint64_t said_lines(struct page *page, const struct row *row, said_line_fn *fn);
/* Writes the verdict's edit over the line, if the line holds the bytes it is about. */
bool said_overlay(const struct row *row, struct esi_slice line, uint64_t start,
                  struct esi_buf *after);
/* Where two of one length differ; a little before it, if it would not be seen in the beginning. */
size_t said_difference(struct esi_slice a, struct esi_slice b);
bool verdict_edits(const struct esi_verdict *verdict);
/* So that its words need not be read twice under one turn. */
bool same_rule(const struct row *row, const struct row *other);
/* "mask: match ehlo-reply-parameter others (class 7, built in); confirmed, ehlo-others" */
void put_rule_words(struct esi_buf *out, const struct page *page, const struct row *row);
/* What a connection begins with, and the limit that is reached by then. */
void put_syn_words(struct esi_buf *out, const struct esi_limit_note *limit);

/* turn.c, for text. */
/* A turn with the verdicts that hang on it. */
void put_turn(struct page *page, struct row *row);
/* A verdict without the line it is about: its own bytes are shown. placed: under its turn. */
void put_alone(struct page *page, struct row *row, bool placed);
/* Frames (first 0: none), who speaks, and the mark before the text. */
void put_gutter(struct page *page, uint64_t first, uint64_t last, const char *arrow, char mark);
/* A frame's number within its file. */
void put_local(struct esi_buf *out, const struct page *page, uint64_t frame);

#endif
