/*
 * ladder_order.c - a session's rows in the order in which they are read.
 *
 * A verdict belongs to the turn whose bytes it is about, found by stream offset, whatever the order
 * they came in.
 */
#include <stdlib.h>

#include "ladder_order_internal.h"

bool
is_edit(const struct esi_verdict *verdict)
{
    return verdict->action == ESI_ACTION_MASK || verdict->action == ESI_ACTION_REPLACE;
}

/* is_of_connection - before any byte of the dialogue. */
static bool
is_of_connection(const struct row *row)
{
    return row->outcome.kind == ESI_OUTCOME_VERDICT &&
           row->outcome.u.verdict.what == ESI_WHAT_CONNECTION;
}

bool
same_rule(const struct row *row, const struct row *other)
{
    const struct esi_verdict *a = &row->outcome.u.verdict, *b = &other->outcome.u.verdict;

    return a->action == b->action && a->rule.words == b->rule.words &&
           a->behaviour == b->behaviour && a->counterfactual == b->counterfactual &&
           esi_action_gravity(a->action) < 3;
}

/* find_turn - the turn of the verdict's direction in which its first byte lies, from row `at` on;
 * index + 1, or 0. */
static size_t
find_turn(const struct ladder *ladder, const struct row *verdict, size_t at)
{
    uint64_t offset = verdict->outcome.span.offset;

    for (; at < ladder->len; at++) {
        const struct esi_outcome *turn = &ladder->rows[at].outcome;

        if (turn->kind != ESI_OUTCOME_TURN || turn->dir != verdict->outcome.dir)
            continue;
        if (turn->span.offset > offset)
            return 0;
        if (offset - turn->span.offset < turn->span.len)
            return at + 1;
    }
    return 0;
}

/* hang - each verdict on its turn. Those of a direction come nearly in order, so that most look-ups
 * go on where the last one ended. */
static void
hang(struct ladder *ladder)
{
    size_t last[2] = {0, 0}; /* by direction: the turn found last; index + 1 */

    for (size_t i = 0; i < ladder->len; i++) {
        struct row *row = &ladder->rows[i];
        size_t *at = &last[row->outcome.dir];

        if (row->outcome.kind != ESI_OUTCOME_VERDICT || is_of_connection(row))
            continue;
        if (*at > 0 && ladder->rows[*at - 1].outcome.span.offset > row->outcome.span.offset)
            *at = 0;
        size_t turn = find_turn(ladder, row, *at > 0 ? *at - 1 : 0);
        if (turn == 0)
            continue;
        *at = turn;
        row->hangs = true;
        size_t *link = &ladder->rows[turn - 1].verdicts;
        while (*link > 0)
            link = &ladder->rows[*link - 1].next;
        *link = i + 1;
    }
}

static void
put_in_order(struct ladder_order *order)
{
    for (size_t i = 0; i < order->ladder->len; i++) {
        if (order->ladder->rows[i].hangs)
            continue;
        order->rows = esi_grow(order->rows, &order->cap, order->len + 1, sizeof *order->rows);
        order->rows[order->len++] = i;
    }
}

void
ladder_order_make(struct ladder_order *order, struct ladder *ladder,
                  const struct esi_session_info *session)
{
    *order = (struct ladder_order){.ladder = ladder};
    if (session->result && session->result->divergence.found)
        order->divergence = &session->result->divergence;
    hang(ladder);
    put_in_order(order);
}

void
ladder_order_free(struct ladder_order *order)
{
    free(order->rows);
}

struct row *
ladder_order_at(const struct ladder_order *order, size_t place)
{
    return &order->ladder->rows[order->rows[place]];
}

/* begins_behind - whether the row is the first to tell of bytes behind the divergence. */
static bool
begins_behind(const struct ladder_order *order, const struct row *row)
{
    const struct esi_divergence *divergence = order->divergence;
    const struct esi_outcome *outcome = &row->outcome;

    if (!divergence || is_of_connection(row))
        return false;
    if (outcome->dir == divergence->dir)
        return outcome->span.offset >= divergence->offset;
    return row->first_frame >= divergence->frame;
}

/* is_babble - what is no command, taken for one: the bytes of a chunk, say. */
static bool
is_babble(const struct ladder_order *order, const struct row *row)
{
    const struct row *rows = order->ladder->rows;
    const struct esi_turn *turn = &row->outcome.u.turn;

    for (size_t i = row->verdicts; i > 0; i = rows[i - 1].next)
        if (!rows[i - 1].outcome.u.verdict.counterfactual)
            return false;
    return turn->what == ESI_TURN_UNKNOWN ||
           (turn->what == ESI_TURN_COMMAND && turn->verb == ESI_VERB_UNKNOWN);
}

/* alike - turns of which nothing much is to be told: one of many RCPTs, say. */
static bool
alike(const struct ladder_order *order, const struct row *row, const struct row *other)
{
    const struct esi_turn *a = &row->outcome.u.turn, *b = &other->outcome.u.turn;

    if (row->outcome.kind != ESI_OUTCOME_TURN || other->outcome.kind != ESI_OUTCOME_TURN ||
        row->outcome.dir != other->outcome.dir)
        return false;
    if (is_babble(order, row) && is_babble(order, other))
        return true;
    return row->verdicts == 0 && other->verdicts == 0 && a->what == b->what && a->verb == b->verb &&
           a->code == b->code;
}

/* run_from - how many rows from this place on repeat the same one or two, over and over. */
static size_t
run_from(const struct ladder_order *order, size_t i)
{
    size_t end = i;

    while (end < order->len && !begins_behind(order, ladder_order_at(order, end)) &&
           alike(order, ladder_order_at(order, end),
                 ladder_order_at(order, end < i + 2 ? end : end - 2)))
        end++;
    return end - i;
}

/* What ladder_order_read has at hand. */
struct reading {
    struct ladder_order *order;
    const struct ladder_reader *reader;
    void *ctx;
};

static void
diverge(const struct reading *reading)
{
    reading->reader->diverge(reading->ctx);
    reading->order->divergence = NULL;
    reading->order->behind = true;
}

static void
read_rows(const struct reading *reading, size_t place, size_t count)
{
    for (size_t i = place; i < place + count; i++) {
        struct row *row = ladder_order_at(reading->order, i);

        if (begins_behind(reading->order, row))
            diverge(reading);
        if (row->outcome.kind == ESI_OUTCOME_TURN)
            reading->reader->turn(reading->ctx, row);
        else
            reading->reader->alone(reading->ctx, row);
    }
}

void
ladder_order_read(struct ladder_order *order, const struct ladder_reader *reader, void *ctx)
{
    enum { SHORT = 12, HEAD = 4, TAIL = 2 }; /* shorter runs are shown whole */
    const struct reading reading = {order, reader, ctx};

    for (size_t i = 0; i < order->len;) {
        size_t run = run_from(order, i);

        if (run >= SHORT) {
            read_rows(&reading, i, HEAD);
            reader->more(ctx, i + HEAD, run - HEAD - TAIL);
            read_rows(&reading, i + run - TAIL, TAIL);
        } else {
            run = 1;
            read_rows(&reading, i, 1);
        }
        i += run;
    }
    if (order->divergence)
        diverge(&reading);
}

/* is_cut_off - whether the row is behind the place where the firewall ended the connection. */
static bool
is_cut_off(const struct esi_session_result *result, const struct row *row)
{
    if (!result || !result->cut)
        return false;
    if (row->outcome.dir == result->cut_at.dir)
        return row->outcome.span.offset + row->outcome.span.len > result->cut_at.offset;
    return row->first_frame >= result->cut_at.frame;
}

/* ends - a verdict by which the bytes never arrive; with rate-limit they do, when sent again. */
static bool
ends(const struct row *verdict)
{
    enum esi_action action = verdict->outcome.u.verdict.action;

    return esi_action_gravity(action) >= 3 && action != ESI_ACTION_RATE_LIMIT;
}

bool
row_arrives(const struct ladder_order *order, const struct esi_session_result *result,
            const struct row *row)
{
    const struct row *rows = order->ladder->rows;

    if (row->outcome.kind == ESI_OUTCOME_VERDICT && ends(row))
        return false;
    for (size_t i = row->verdicts; i > 0; i = rows[i - 1].next)
        if (ends(&rows[i - 1]))
            return false;
    return !is_cut_off(result, row);
}
