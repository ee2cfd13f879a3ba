/*
 * ladder_order_internal.h - a session's rows in the order in which they are read, and the lines of
 * a turn as sent and as received: what every picture of a dialogue is made from.
 */
#ifndef ESI_LADDER_ORDER_INTERNAL_H
#define ESI_LADDER_ORDER_INTERNAL_H

#include "ladder_internal.h"

/* The rows that are not verdicts on a turn, by place; those hang on their turn (row.verdicts). */
struct ladder_order {
    struct ladder *ladder;
    const struct esi_divergence *divergence; /* still to come; NULL: none, or told */
    bool behind;                             /* it was told */
    size_t *rows;
    size_t len, cap;
};
/* Once for a ladder: it hangs the verdicts on their turns. */
void ladder_order_make(struct ladder_order *order, struct ladder *ladder,
                       const struct esi_session_info *session);
void ladder_order_free(struct ladder_order *order);
struct row *ladder_order_at(const struct ladder_order *order, size_t place);

/* How a format writes the rows, in order; ctx is its own. */
struct ladder_reader {
    void (*turn)(void *ctx, struct row *row);  /* with the verdicts that hang on it */
    void (*alone)(void *ctx, struct row *row); /* a verdict that hangs on no turn */
    /* In the place of so many rows, from this one on, of a long run of the same. */
    void (*more)(void *ctx, size_t place, size_t count);
    void (*diverge)(void *ctx); /* from here on it could not have come about: order.divergence */
};
void ladder_order_read(struct ladder_order *order, const struct ladder_reader *reader, void *ctx);
/* Whether the bytes that the row tells of get to the receiver. */
bool row_arrives(const struct ladder_order *order, const struct esi_session_result *result,
                 const struct row *row);

bool is_edit(const struct esi_verdict *verdict);
/* So that its words need not be read twice under one turn. */
bool same_rule(const struct row *row, const struct row *other);

/* Whether the turn said something of which its lines are shown. */
bool turn_has_lines(const struct row *row);
struct turn_lines {
    struct esi_buf line, after; /* the line as sent, and as received; without its end */
    uint64_t start;             /* its stream offset */
    uint64_t true_len;          /* of the line; more than was kept of it */
    bool first;
    bool changed;
    uint64_t left; /* lines that were not kept, when there are no more */
    /* private */
    const struct ladder *ladder;
    const struct row *turn;
    struct esi_slice rest;
    uint64_t number;
    bool done;
};
/* Keeps the storage of line and after; zero-initialised is ready. */
void turn_lines_begin(struct turn_lines *lines, const struct ladder *ladder,
                      const struct row *turn);
bool turn_lines_next(struct turn_lines *lines);
/* Whether the verdict writes over the line that turn_lines_next told last. */
bool turn_lines_touched(const struct turn_lines *lines, const struct row *verdict);
void turn_lines_free(struct turn_lines *lines);
/* What a verdict leaves of the bytes it is about; whether it changes any. */
bool verdict_after(struct esi_buf *after, const struct row *row);
/* How many those are; more than was kept of them. */
uint64_t verdict_length(const struct row *row);
/* The first byte that differs, a little before it; 0 if it is within `room` bytes anyway. */
size_t first_difference(struct esi_slice a, struct esi_slice b, size_t room);

/* said.c: words of ours, without line ends. */
void put_endpoint(struct esi_buf *out, const struct esi_endpoint *endpoint);
/* Which map the session is inspected by, or that it is not, and whose word that is. */
void put_why_words(struct esi_buf *out, const struct esi_session_info *session);
void put_divergence_words(struct esi_buf *out, const struct esi_sink *sink,
                          const struct esi_divergence *divergence);
/* "mask: match ehlo-reply-parameter others (class 7, built in); confirmed, ehlo-others" */
void put_rule_words(struct esi_buf *out, const struct esi_sink *sink, const struct row *row);
/* Of a turn without lines: what it was. */
void put_turn_words(struct esi_buf *out, const struct row *row);
/* What a connection begins with, and the limit that is reached by then. */
void put_syn_words(struct esi_buf *out, const struct esi_limit_note *limit);

#endif
