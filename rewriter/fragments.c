/*
 * fragments.c - what changes in frames that carry fragments.
 *
 * Which stream bytes a fragment carries is known only when its datagram is whole, when its frame
 * has gone by. So a capture in which segments came in fragments is read once more before it is
 * written. What is kept of that reading is in proportion to the bytes that change.
 */
#include <stdlib.h>
#include <string.h>

#include "rewrite_internal.h"

/* What becomes of one frame, or of some of its bytes. */
struct change {
    uint64_t frame;
    uint32_t at, len; /* in the frame; len 0: the frame is dropped */
    size_t bytes_at;  /* in `bytes` */
    bool payload;     /* else the checksum */
    bool adjusted;
};

struct fragments {
    struct change *changes; /* by frame, once all were found */
    size_t count, cap, next;
    struct esi_buf bytes;
    struct patch *room;
    size_t room_cap;
};

static struct change *
add(struct fragments *fragments, uint64_t frame)
{
    fragments->changes =
        esi_grow(fragments->changes, &fragments->cap, fragments->count + 1, sizeof(struct change));
    fragments->changes[fragments->count] = (struct change){.frame = frame};
    return &fragments->changes[fragments->count++];
}

static void
add_bytes(struct fragments *fragments, const struct esi_piece *piece, uint32_t from,
          struct esi_slice bytes, bool payload, bool adjusted)
{
    struct change *change = add(fragments, piece->frame);

    change->at = piece->frame_at + (from - piece->at);
    change->len = (uint32_t)bytes.len;
    change->bytes_at = fragments->bytes.len;
    change->payload = payload;
    change->adjusted = adjusted;
    esi_buf_append(&fragments->bytes, bytes);
}

/* add_patch - what of the patch lies in the piece, without the bytes that stay: another copy of the
 * fragment may have others there. */
static void
add_patch(struct fragments *fragments, const struct esi_visit *visit, const struct esi_piece *piece,
          const struct patch *patch, bool payload, bool adjusted)
{
    const uint8_t *old = visit->segment.packet.ptr;
    uint32_t patch_end = patch->at + (uint32_t)patch->bytes.len, piece_end = piece->at + piece->len;
    uint32_t at = patch->at > piece->at ? patch->at : piece->at;
    uint32_t end = patch_end < piece_end ? patch_end : piece_end;

    while (at < end) {
        const uint8_t *new = patch->bytes.ptr - patch->at;
        uint32_t run = at;
        while (run < end && new[run] != old[run])
            run++;
        if (run > at)
            add_bytes(fragments, piece, at, (struct esi_slice){new + at, run - at}, payload,
                      adjusted);
        at = run + 1;
    }
}

static void
add_visit(struct fragments *fragments, const struct esi_visit *visit, const struct patches *patches)
{
    for (size_t p = 0; p < visit->decoding.piece_count; p++) {
        const struct esi_piece *piece = &visit->decoding.pieces[p];
        if (patches->drop)
            add(fragments, piece->frame);
        for (size_t i = 0; i < patches->count; i++)
            add_patch(fragments, visit, piece, &patches->items[i], i == 0,
                      i > 0 && patches->adjusted);
    }
}

static int
compare_changes(const void *left, const void *right)
{
    const struct change *a = left, *b = right;

    if (a->frame != b->frame)
        return a->frame < b->frame ? -1 : 1;
    return a->at < b->at ? -1 : a->at > b->at;
}

struct fragments *
fragments_find(const struct esi_rewrite_config *config)
{
    struct fragments *fragments = esi_alloc(sizeof *fragments);
    struct locator *locator = locator_new(config->plan);
    struct esi_walk *walk = rewrite_walk(config);
    struct patches patches;
    struct esi_visit visit;

    while (esi_walk_next(walk, &visit) == ESI_STEP_ITEM) {
        if (visit.decoding.piece_count == 0)
            continue;
        locate(locator, &visit, &patches);
        add_visit(fragments, &visit, &patches);
    }
    if (fragments->count > 1)
        qsort(fragments->changes, fragments->count, sizeof(struct change), compare_changes);
    esi_walk_free(walk);
    locator_free(locator);
    return fragments;
}

static void
take_change(struct fragments *fragments, const struct change *change, struct patches *out)
{
    fragments->room =
        esi_grow(fragments->room, &fragments->room_cap, out->count + 1, sizeof(struct patch));
    fragments->room[out->count++] =
        (struct patch){change->at, {fragments->bytes.data + change->bytes_at, change->len}};
    out->bytes_changed += change->payload ? change->len : 0;
    out->adjusted |= change->adjusted;
}

bool
fragments_locate(struct fragments *fragments, uint64_t frame, struct patches *out)
{
    size_t first = fragments->next;

    *out = (struct patches){0};
    for (; fragments->next < fragments->count; fragments->next++) {
        const struct change *change = &fragments->changes[fragments->next];
        if (change->frame != frame)
            break;
        if (change->len == 0)
            out->drop = true;
        else
            take_change(fragments, change, out);
    }
    out->items = fragments->room;
    return fragments->next > first;
}

void
fragments_free(struct fragments *fragments)
{
    if (!fragments)
        return;
    free(fragments->changes);
    free(fragments->room);
    esi_buf_free(&fragments->bytes);
    free(fragments);
}
