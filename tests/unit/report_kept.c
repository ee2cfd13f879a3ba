/* report_kept.c - what the sinks for people keep of sessions: never more than they may, and what is
 * not kept is counted. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "report/text_internal.h"

enum { BLOCK = 500000 };

/* add_session - one of a kind of its own, whose block is long. */
static void
add_session(struct kinds *kinds, uint64_t number)
{
    struct esi_buf *block;

    if (!kinds_add(kinds, number, number, &block))
        return;
    esi_buf_text(block, "\nsession ");
    while (block->len < BLOCK)
        esi_buf_text(block, "and so on, and so on, and so on, and so on, and so on, and so on\n");
    kinds_added(kinds);
}

/* kept - the bytes of all blocks. */
static size_t
kept(const struct kinds *kinds)
{
    size_t bytes = 0;

    for (size_t i = 0; i < kinds->held_len; i++)
        bytes += kinds->held[i].block.len;
    for (size_t i = 0; i < kinds->table.len; i++)
        bytes += kinds->table.items[i].block.len;
    return bytes;
}

static size_t
count(const struct esi_buf *text, const char *what)
{
    size_t found = 0;

    for (const char *at = (const char *)text->data; (at = strstr(at, what)); at++)
        found++;
    return found;
}

/* Few sessions are held all, many by kind; and if their blocks take too much, as many as may. */
Test(report_kept, blocks)
{
    static const struct {
        const char *what;
        uint64_t sessions;
    } rows[] = {{"held", 40}, {"by kind", 80}};
    static const struct block_style style = {
        .held_most = HELD_MOST, .shown_most = KINDS_SHOWN, .bytes_most = SIZE_MAX};

    for (size_t r = 0; r < ESI_COUNT(rows); r++) {
        static struct kinds kinds;
        struct esi_buf text = {0};
        char rest[64];

        kinds = (struct kinds){.style = &style};
        for (uint64_t number = 1; number <= rows[r].sessions; number++) {
            add_session(&kinds, number);
            cr_assert_leq(kept(&kinds), KINDS_BYTES_MOST, "%s, %zu bytes", rows[r].what,
                          kept(&kinds));
            cr_assert_eq(kept(&kinds), kinds.bytes);
        }
        kinds_print(&kinds, &text);
        esi_buf_byte(&text, '\0');
        size_t shown = count(&text, "\nsession ");
        cr_assert_eq(shown, KINDS_BYTES_MOST / BLOCK, "%s: %zu", rows[r].what, shown);
        snprintf(rest, sizeof rest, "not shown: %zu sessions of other kinds",
                 (size_t)rows[r].sessions - shown);
        cr_assert_eq(count(&text, rest), 1, "%s: %zu shown, got %.100s", rows[r].what, shown,
                     (const char *)text.data);
        kinds_free(&kinds);
        esi_buf_free(&text);
    }
}

enum { OPEN = 150, REPLIES = 256 }; /* of 4,000 bytes: some 150 MB */

static void
add_replies(struct ladders *ladders, uint64_t number)
{
    static uint8_t text[4000];
    struct esi_outcome reply = {.kind = ESI_OUTCOME_TURN, .dir = ESI_TO_CLIENT};

    reply.u.turn.what = ESI_TURN_REPLY;
    reply.u.turn.text = (struct esi_slice){text, sizeof text};
    for (uint64_t i = 0; i < REPLIES; i++)
        ladder_add(ladders_of(ladders, number)->ladder, &reply);
}

/* What sessions under way take together has a bound; each is found again, whatever the order they
 * begin and end in; and when they are over there is room again. */
Test(report_kept, ladders)
{
    enum { SLACK = 1 << 20 }; /* rows that are added at a time */
    static struct ladders ladders;
    uint64_t turns = 0, left_out = 0;

    for (uint64_t i = 0; i < OPEN; i++) {
        add_replies(&ladders, i * 7 % OPEN + 1);
        cr_assert_leq(ladders.taken, LADDERS_BYTES_MOST + SLACK);
    }
    cr_assert_eq(ladders.len, OPEN);
    for (uint64_t i = 0; i < OPEN; i++) {
        uint64_t number = i * 11 % OPEN + 1;
        const struct open_ladder *open = ladders_of(&ladders, number);

        cr_assert_eq(open->number, number);
        cr_assert_eq(open->ladder->turns + open->ladder->turns_left_out, REPLIES);
        turns += open->ladder->turns;
        left_out += open->ladder->turns_left_out;
        ladders_close(&ladders);
    }
    cr_assert_eq(ladders.len, 0);
    cr_assert(turns > 10000 && left_out > 10000, "%zu, %zu", (size_t)turns, (size_t)left_out);
    cr_assert_lt(ladders.taken, SLACK, "%zu are taken by nobody", ladders.taken);
    add_replies(&ladders, OPEN + 1);
    cr_assert_eq(ladders_of(&ladders, OPEN + 1)->ladder->turns, REPLIES);
    ladders_free(&ladders);
    cr_assert_eq(ladders.taken, 0);
}
