/*
 * html_keep.c - which sessions a page shows: as many as it has room for, and of each kind one.
 *
 * A session of a kind that is there already is shown while there is room. One of a new kind always
 * is: for it the last session of the kind that is shown most often gives way.
 */
#include <stdlib.h>

#include "html_internal.h"

_Static_assert((int)HTML_SESSIONS_MOST <= (int)KIND_TABLE_MOST,
               "there is room for one of each kind");

bool
html_keep_wants(struct html_keep *keep, uint64_t signature, uint64_t number, size_t *index)
{
    const struct kind *kind = kind_table_count(&keep->kinds, HTML_SESSIONS_MOST, signature, number);

    keep->all++;
    if (!kind)
        return false;
    *index = (size_t)(kind - keep->kinds.items);
    return kind->count == 1 || (keep->len < HTML_SESSIONS_MOST && keep->bytes < HTML_BLOCKS_BYTES);
}

static size_t
bytes_of(const struct html_session *session)
{
    return session->cells.len + session->section.len;
}

static void
give_up(struct html_keep *keep, size_t at)
{
    struct html_session *session = &keep->sessions[at];

    keep->bytes -= bytes_of(session);
    keep->kinds.items[session->kind].shown--;
    esi_buf_free(&session->cells);
    esi_buf_free(&session->section);
    *session = keep->sessions[--keep->len];
}

/* worst - the session that would be missed least. */
static size_t
worst(const struct html_keep *keep)
{
    size_t worst = keep->len - 1;
    size_t shown = 0;

    for (size_t i = 0; i < keep->len; i++) {
        const struct html_session *session = &keep->sessions[i];
        const struct kind *kind = &keep->kinds.items[session->kind];

        if (kind->first == session->number || kind->shown < shown)
            continue;
        if (kind->shown > shown || session->number > keep->sessions[worst].number)
            worst = i;
        shown = kind->shown;
    }
    return worst;
}

void
html_keep_add(struct html_keep *keep, struct html_session session)
{
    keep->sessions = esi_grow(keep->sessions, &keep->cap, keep->len + 1, sizeof *keep->sessions);
    keep->sessions[keep->len++] = session;
    keep->kinds.items[session.kind].shown++;
    keep->bytes += bytes_of(&session);
    while (keep->len > 1 && (keep->len > HTML_SESSIONS_MOST || keep->bytes > HTML_BLOCKS_BYTES))
        give_up(keep, worst(keep));
}

static int
by_number(const void *a, const void *b)
{
    const struct html_session *x = a, *y = b;

    return (x->number > y->number) - (x->number < y->number);
}

static int
by_kind(const void *a, const void *b)
{
    const struct html_session *x = a, *y = b;

    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return by_number(a, b);
}

/* rank_kinds - sorts them, the rarest first, and the sessions with them. */
static void
rank_kinds(struct html_keep *keep)
{
    for (size_t i = 0; i < keep->len; i++) /* places change, this does not */
        keep->sessions[i].kind = (size_t)keep->kinds.items[keep->sessions[i].kind].first;
    kind_table_sort(&keep->kinds);
    for (size_t i = 0; i < keep->len; i++) {
        size_t kind = 0;

        while (keep->kinds.items[kind].first != keep->sessions[i].kind)
            kind++;
        keep->sessions[i].kind = kind;
    }
    qsort(keep->sessions, keep->len, sizeof *keep->sessions, by_kind);
}

void
html_keep_sort(struct html_keep *keep)
{
    if (keep->len == 0)
        return;
    if (keep->all > HELD_MOST)
        rank_kinds(keep);
    else
        qsort(keep->sessions, keep->len, sizeof *keep->sessions, by_number);
}

void
html_keep_free(struct html_keep *keep)
{
    for (size_t i = 0; i < keep->len; i++) {
        esi_buf_free(&keep->sessions[i].cells);
        esi_buf_free(&keep->sessions[i].section);
    }
    free(keep->sessions);
    free(keep->kinds.items);
}
