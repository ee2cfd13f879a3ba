/*
 * kinds.c - sessions alike are shown once.
 *
 * While there are few, every session's block is held, to be shown in order. When they become many,
 * or their blocks take too much, what was held shrinks to one block a kind, and from then on only a
 * new kind's first session is put into words at all; a kind whose block there is no room for is
 * counted among those not shown.
 */
#include <stdlib.h>

#include "text_internal.h"

_Static_assert(HELD_MOST <= KINDS_MOST, "what is held is of a kind");
_Static_assert((int)KINDS_MOST <= (int)KIND_TABLE_MOST, "there is room for them");

static void
give_up(struct kinds *kinds, struct esi_buf *block)
{
    kinds->bytes -= block->len;
    esi_buf_free(block);
}

/* let_go - of the held blocks but those that show their kind, as far as there is room. */
static void
let_go(struct kinds *kinds)
{
    for (size_t i = 0; i < kinds->held_len; i++) {
        struct held *held = &kinds->held[i];
        struct kind *kind = &kinds->table.items[held->kind];

        if (kind->first == held->number)
            kind->block = held->block;
        else
            give_up(kinds, &held->block);
    }
    kinds->held_len = 0;
    kinds->many = true;
    for (size_t i = kinds->table.len; i > 0 && kinds->bytes > KINDS_BYTES_MOST; i--)
        give_up(kinds, &kinds->table.items[i - 1].block);
}

bool
kinds_add(struct kinds *kinds, uint64_t signature, uint64_t number, struct esi_buf **block)
{
    struct kind *kind = kind_table_count(&kinds->table, KINDS_MOST, signature, number);

    kinds->sessions++;
    kinds->not_told += !kind;
    if (!kinds->many && kinds->sessions <= kinds->style->held_most) {
        struct held *held = &kinds->held[kinds->held_len++];

        *held = (struct held){.number = number, .kind = (size_t)(kind - kinds->table.items)};
        *block = kinds->added = &held->block;
        return true;
    }
    if (!kinds->many)
        let_go(kinds);
    if (!kind || kind->count > 1)
        return false;
    *block = kinds->added = &kind->block;
    return true;
}

void
kinds_added(struct kinds *kinds)
{
    kinds->bytes += kinds->added->len;
    if (kinds->bytes <= KINDS_BYTES_MOST)
        return;
    if (kinds->many)
        give_up(kinds, kinds->added);
    else
        let_go(kinds);
}

static int
by_number(const void *a, const void *b)
{
    const struct held *x = a, *y = b;

    return (x->number > y->number) - (x->number < y->number);
}

static void
put_alike(struct esi_buf *out, const struct kind *kind)
{
    uint64_t others = kind->count - 1;

    if (others == 0)
        return;
    /* The block ends with an empty line: this belongs above it. */
    out->len--;
    esi_buf_text(out, "  and ");
    put_thousands(out, others);
    esi_buf_text(out, " more like it (");
    esi_buf_text(out, others == 1 ? "session " : "sessions ");
    for (size_t i = 0; i < others && i < ALIKE_NAMED; i++) {
        if (i > 0)
            esi_buf_text(out, ", ");
        esi_buf_number(out, kind->named[i]);
    }
    esi_buf_text(out, others > ALIKE_NAMED ? ", ...)\n\n" : ")\n\n");
}

static void
put_rest(struct esi_buf *out, const struct kinds *kinds, size_t shown)
{
    uint64_t sessions = 0;

    for (size_t i = shown; i < kinds->table.len; i++)
        sessions += kinds->table.items[i].count;
    if (sessions + kinds->not_told == 0)
        return;
    esi_buf_text(out, "not shown: ");
    put_counted(out, sessions + kinds->not_told, "session", "sessions");
    esi_buf_text(out, " of other kinds (-v shows every session, -o json every verdict)\n\n");
}

/* fitting - how many of the kinds there is room for; those without a block are the last. */
static size_t
fitting(const struct kinds *kinds)
{
    size_t shown = 0, bytes = 0;

    while (shown < kinds->table.len && shown < kinds->style->shown_most &&
           kinds->table.items[shown].block.len > 0) {
        bytes += kinds->table.items[shown].block.len;
        if (shown > 0 && bytes > kinds->style->bytes_most)
            break;
        shown++;
    }
    return shown;
}

void
kinds_print(struct kinds *kinds, struct esi_buf *out)
{
    size_t shown;

    if (kinds->held_len > 0) {
        qsort(kinds->held, kinds->held_len, sizeof *kinds->held, by_number);
        for (size_t i = 0; i < kinds->held_len; i++)
            esi_buf_append(out, esi_buf_slice(&kinds->held[i].block));
        return;
    }
    if (kinds->table.len == 0)
        return;
    kind_table_sort(&kinds->table);
    shown = fitting(kinds);
    if (shown < kinds->sessions) {
        put_counted(out, kinds->sessions, "session", "sessions");
        esi_buf_text(out, ", one of each kind is shown, the rarest kind first\n\n");
    }
    for (size_t i = 0; i < shown; i++) {
        esi_buf_append(out, esi_buf_slice(&kinds->table.items[i].block));
        put_alike(out, &kinds->table.items[i]);
    }
    put_rest(out, kinds, shown);
}

void
kinds_free(struct kinds *kinds)
{
    for (size_t i = 0; i < kinds->held_len; i++)
        esi_buf_free(&kinds->held[i].block);
    for (size_t i = 0; i < kinds->table.len; i++)
        esi_buf_free(&kinds->table.items[i].block);
    free(kinds->table.items);
}
