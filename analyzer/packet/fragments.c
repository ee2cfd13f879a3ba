/*
 * fragments.c - from a fragment to the datagram that it completes, and on in there.
 *
 * A datagram may have lain in another that was put together out of fragments itself (a tunnel's):
 * then its pieces are traced back to the frames through the other's.
 *
 * A fragment cut by the snap length counts as having come: it did on the wire.
 */
#include <string.h>

#include "esi/packet.h"

#include "datagrams_internal.h"
#include "packet_internal.h"

static void
add_piece(struct piece_list *list, struct esi_piece piece)
{
    list->items = esi_grow(list->items, &list->cap, list->count + 1, sizeof *list->items);
    list->items[list->count++] = piece;
}

/* add_traced - what of a piece of the datagram around lies in the fragment's captured bytes. */
static void
add_traced(struct piece_list *list, const struct esi_piece *piece, const struct peel *peel,
           uint32_t offset)
{
    size_t from = piece->at > peel->at ? piece->at : peel->at;
    size_t to = piece->at + piece->len;

    if (to > peel->there)
        to = peel->there;
    if (from >= to)
        return;
    add_piece(list, (struct esi_piece){.frame = piece->frame,
                                       .file = piece->file,
                                       .frame_at = (uint32_t)(piece->frame_at + from - piece->at),
                                       .at = (uint32_t)(offset + from - peel->at),
                                       .len = (uint32_t)(to - from)});
}

/* trace - the frames that the fragment's captured bytes came in. The list that the peel's own
 * pieces may lie in is left alone. */
static const struct piece_list *
trace(const struct peel *peel, uint32_t offset)
{
    struct piece_list *lists = peel->decoder->pieces;
    struct piece_list *list = &lists[peel->pieces == lists[0].items];
    size_t len = peel_left(peel);

    list->count = 0;
    for (size_t p = 0; p < peel->piece_count; p++)
        add_traced(list, &peel->pieces[p], peel, offset);
    if (peel->piece_count == 0)
        add_piece(list, (struct esi_piece){
                            .frame = peel->frame->number,
                            .file = peel->frame->file,
                            .frame_at = (uint32_t)(peel->at < peel->there ? peel->at : peel->there),
                            .at = offset,
                            .len = (uint32_t)len});
    return list;
}

static struct datagram_key
key_of(const struct peel *peel, struct fragment fragment)
{
    struct datagram_key key = {
        .id = fragment.id, .family = peel->segment->src.ip.family, .depth = peel->depth};

    key.protocol = key.family == 4 ? fragment.protocol : 0;
    memcpy(key.src, peel->segment->src.ip.bytes, sizeof key.src);
    memcpy(key.dst, peel->segment->dst.ip.bytes, sizeof key.dst);
    return key;
}

/* go_on - in the datagram, from its first byte. */
static enum esi_decoded
go_on(struct peel *peel, const struct datagram_view *view, bool again)
{
    peel->bytes = view->bytes;
    peel->at = 0;
    peel->there = view->intact;
    peel->end = view->bytes.len;
    peel->pieces = view->pieces;
    peel->piece_count = view->piece_count;
    peel->again |= again;
    peel->contradicted |= view->contradicted;
    return ip_typed(peel, view->protocol);
}

enum esi_decoded
fragment_read(struct peel *peel, struct fragment fragment)
{
    enum { UNIT = 8 };
    size_t len = peel->end - peel->at;

    if (len == 0 || (fragment.more && len % UNIT != 0) || fragment.offset + len > DATAGRAM_MOST)
        return ESI_DECODED_IP_BAD;
    if (peel->piece_count == 0)
        datagrams_tidy(peel->decoder->datagrams, peel->frame->ts);

    const struct piece_list *pieces = trace(peel, fragment.offset);
    struct arrival arrival = {
        .key = key_of(peel, fragment),
        .when = peel->frame->ts,
        .offset = fragment.offset,
        .len = (uint32_t)len,
        .more = fragment.more,
        .again = peel->again,
        .protocol = fragment.protocol,
        .bytes = {peel->bytes.ptr + peel->at, peel_left(peel)},
        .pieces = pieces->items,
        .piece_count = pieces->count,
    };
    struct datagram_view view;
    switch (datagrams_add(peel->decoder->datagrams, &arrival, &view)) {
    case DATAGRAM_WHOLE:
        return go_on(peel, &view, false);
    case DATAGRAM_AGAIN: /* without a piece, none of its bytes are in the frame */
        return arrival.bytes.len > 0 ? go_on(peel, &view, true) : ESI_DECODED_IP_FRAGMENT;
    case DATAGRAM_OVERLAP:
        return ESI_DECODED_FRAGMENT_OVERLAP;
    case DATAGRAM_BAD:
        return ESI_DECODED_IP_BAD;
    case DATAGRAM_PART:
        break;
    }
    return ESI_DECODED_IP_FRAGMENT;
}
