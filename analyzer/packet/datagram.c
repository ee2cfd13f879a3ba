/*
 * datagram.c - a datagram put together out of its fragments.
 *
 * It keeps its bytes where they belong and a mark for every eight of them, the unit in which
 * fragments are counted. So a fragment costs its own length, whatever came before it and in which
 * order. Which frames the bytes came in is kept, too.
 *
 * Sources: RFC 791 section 3.2, RFC 8200 section 4.5.
 */
#include <stdlib.h>
#include <string.h>

#include "datagram_internal.h"

enum {
    UNIT = 8,
    PIECES_MOST = 2 * 8192 /* a datagram has 8,192 units: each of them may come twice */
};

size_t
datagram_size(const struct datagram *datagram)
{
    return sizeof *datagram + datagram->room + datagram->marks_cap +
           datagram->piece_cap * sizeof *datagram->pieces;
}

void
datagram_clear(struct datagram *datagram)
{
    free(datagram->bytes);
    free(datagram->marks);
    free(datagram->pieces);
    datagram->bytes = datagram->marks = NULL;
    datagram->pieces = NULL;
    datagram->room = datagram->marks_cap = datagram->piece_count = datagram->piece_cap = 0;
}

static size_t
units_of(size_t len)
{
    return (len + UNIT - 1) / UNIT;
}

static size_t
least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* captured_of - of unit `u` of a fragment, how many bytes. */
static size_t
captured_of(const struct arrival *arrival, size_t u)
{
    size_t before = u * UNIT;

    return arrival->bytes.len > before ? least(arrival->bytes.len - before, UNIT) : 0;
}

enum overlap
datagram_overlap(const struct datagram *datagram, const struct arrival *arrival)
{
    size_t first = arrival->offset / UNIT, count = units_of(arrival->len), there = 0;
    bool differs = false;

    for (size_t u = 0; u < count && first + u < datagram->marks_cap; u++) {
        uint8_t mark = datagram->marks[first + u];
        if (mark == 0)
            continue;
        size_t both = least(captured_of(arrival, u), mark - 1u);
        there++;
        differs |= both > 0 && memcmp(datagram->bytes + (first + u) * UNIT,
                                      arrival->bytes.ptr + u * UNIT, both) != 0;
    }
    if (there == 0)
        return OVERLAP_NONE;
    if (differs)
        return OVERLAP_CONFLICT;
    return there == count ? OVERLAP_REPEATED : OVERLAP_OTHER;
}

bool
datagram_fits(const struct datagram *datagram, const struct arrival *arrival)
{
    uint32_t end = arrival->offset + arrival->len;

    if (datagram->total > 0)
        return arrival->more ? end < datagram->total : end == datagram->total;
    return arrival->more || end > datagram->reach;
}

/* make_room - for the datagram's first `len` bytes. */
static void
make_room(struct datagram *datagram, size_t len)
{
    size_t room = datagram->room * 2;

    datagram->marks = esi_grow(datagram->marks, &datagram->marks_cap, units_of(len), 1);
    if (len <= datagram->room)
        return;
    room = least(room > len ? room : len, DATAGRAM_MOST);
    datagram->bytes = realloc(datagram->bytes, room);
    if (!datagram->bytes)
        esi_no_memory(room);
    datagram->room = room;
}

/* put_bytes - bytes that are not there yet. */
static void
put_bytes(struct datagram *datagram, const struct arrival *arrival)
{
    size_t first = arrival->offset / UNIT, count = units_of(arrival->len);

    for (size_t u = 0; u < count; u++) {
        uint8_t *mark = &datagram->marks[first + u];
        size_t has = *mark > 0 ? *mark - 1u : 0, captured = captured_of(arrival, u);
        if (captured > has)
            memcpy(datagram->bytes + (first + u) * UNIT + has, arrival->bytes.ptr + u * UNIT + has,
                   captured - has);
        datagram->units += *mark == 0;
        if (*mark == 0 || captured > has)
            *mark = (uint8_t)(1 + captured);
    }
    if (arrival->offset == 0)
        datagram->protocol = arrival->protocol;
}

/* note_pieces - false if there are too many. */
static bool
note_pieces(struct datagram *datagram, const struct arrival *arrival)
{
    size_t count = datagram->piece_count + arrival->piece_count;

    if (count > PIECES_MOST)
        return false;
    datagram->pieces =
        esi_grow(datagram->pieces, &datagram->piece_cap, count, sizeof *datagram->pieces);
    if (arrival->piece_count > 0)
        memcpy(datagram->pieces + datagram->piece_count, arrival->pieces,
               arrival->piece_count * sizeof *arrival->pieces);
    datagram->piece_count = count;
    return true;
}

bool
datagram_put(struct datagram *datagram, const struct arrival *arrival)
{
    uint32_t end = arrival->offset + arrival->len;

    if (!note_pieces(datagram, arrival))
        return false;
    make_room(datagram, end);
    put_bytes(datagram, arrival);
    datagram->reach = end > datagram->reach ? end : datagram->reach;
    if (!arrival->more)
        datagram->total = end;
    return true;
}

/* go_on_intact - from where it was found to be so far. */
static void
go_on_intact(struct datagram *datagram)
{
    while (datagram->intact < datagram->total) {
        size_t unit = datagram->intact / UNIT, end = unit * UNIT + datagram->marks[unit] - 1u;
        if (end <= datagram->intact)
            break;
        datagram->intact = (uint32_t)end;
        if (end % UNIT != 0)
            break;
    }
}

/* clear_missing - what no frame has brought is zero to whoever reads on. */
static void
clear_missing(struct datagram *datagram)
{
    for (size_t u = datagram->intact / UNIT; u < units_of(datagram->total); u++) {
        size_t has = datagram->marks[u] - 1u, len = least(datagram->total - u * UNIT, UNIT);
        memset(datagram->bytes + u * UNIT + has, 0, len - has);
    }
}

static int
by_frame(const void *a, const void *b)
{
    const struct esi_piece *one = a, *other = b;

    return (one->frame > other->frame) - (one->frame < other->frame);
}

/* sort_pieces - those that came through tunnels stand in the order in which the tunnels' datagrams
 * became whole, and the frames of several of these may have come in turns. */
static void
sort_pieces(struct datagram *datagram)
{
    size_t p = 1;

    while (p < datagram->piece_count && datagram->pieces[p - 1].frame < datagram->pieces[p].frame)
        p++;
    if (p < datagram->piece_count)
        qsort(datagram->pieces, datagram->piece_count, sizeof *datagram->pieces, by_frame);
}

void
datagram_put_again(struct datagram *datagram, const struct arrival *arrival)
{
    put_bytes(datagram, arrival);
    go_on_intact(datagram);
}

bool
datagram_finish(struct datagram *datagram)
{
    if (datagram->total == 0 || datagram->units < units_of(datagram->total))
        return false;
    datagram->state = WHOLE;
    go_on_intact(datagram);
    clear_missing(datagram);
    sort_pieces(datagram);
    return true;
}

struct datagram_view
datagram_view_of(const struct datagram *datagram)
{
    return (struct datagram_view){
        .protocol = datagram->protocol,
        .bytes = {datagram->bytes, datagram->total},
        .contradicted = datagram->contradicted,
        .intact = datagram->intact,
        .pieces = datagram->pieces,
        .piece_count = datagram->piece_count,
    };
}
