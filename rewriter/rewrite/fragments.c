/*
 * fragments.c - what changes in frames that carry fragments.
 *
 * Which stream bytes a fragment carries is known only when its datagram is whole, when its frame
 * has gone by. So a capture in which segments came in fragments is read once more before it is
 * written. What is kept of that reading is in proportion to the bytes that change; where only some
 * sessions are wanted, to their fragments.
 */
#include <stdlib.h>
#include <string.h>

#include "rewrite_internal.h"

enum change_kind {
    CHANGE_PAYLOAD,
    CHANGE_CHECKSUM,       /* of a segment of which bytes change */
    CHANGE_CHECKSUM_ALONE, /* of one of which none do */
    CHANGE_COMMENT,        /* its bytes are the comment */
    CHANGE_FATE            /* nothing but what the flags say */
};

/* What becomes of one frame, or of some of its bytes. */
struct change {
    uint64_t frame;
    uint32_t at, len; /* in the frame */
    size_t bytes_at;  /* in `bytes` */
    uint8_t kind;     /* enum change_kind */
    uint8_t fate;     /* enum fate */
    bool dropped, marked, diverged, comment_lost, adjusted;
};

struct fragments {
    struct change *changes; /* by frame, once all were found */
    size_t count, cap, next;
    struct esi_buf bytes;
    struct patch *room;
    size_t room_cap;
};

static struct change *
add(struct fragments *fragments, uint64_t frame, enum change_kind kind)
{
    fragments->changes =
        esi_grow(fragments->changes, &fragments->cap, fragments->count + 1, sizeof(struct change));
    fragments->changes[fragments->count] = (struct change){.frame = frame, .kind = (uint8_t)kind};
    return &fragments->changes[fragments->count++];
}

static void
add_bytes(struct fragments *fragments, const struct esi_piece *piece, uint32_t from,
          struct esi_slice bytes, enum change_kind kind, bool adjusted)
{
    struct change *change = add(fragments, piece->frame, kind);

    change->at = piece->frame_at + (from - piece->at);
    change->len = (uint32_t)bytes.len;
    change->bytes_at = fragments->bytes.len;
    change->adjusted = adjusted;
    esi_buf_append(&fragments->bytes, bytes);
}

/* add_patch - what of the patch lies in the piece, without the bytes that stay: another copy of the
 * fragment may have others there. */
static void
add_patch(struct fragments *fragments, const struct esi_visit *visit, const struct esi_piece *piece,
          const struct patch *patch, enum change_kind kind, bool adjusted)
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
            add_bytes(fragments, piece, at, (struct esi_slice){new + at, run - at}, kind, adjusted);
        at = run + 1;
    }
}

static void
add_patches(struct fragments *fragments, const struct esi_visit *visit,
            const struct esi_piece *piece, const struct patches *patches)
{
    for (size_t i = 0; i < patches->count; i++) {
        enum change_kind kind = patches->only_checksum ? CHANGE_CHECKSUM_ALONE
                                : i == 0               ? CHANGE_PAYLOAD
                                                       : CHANGE_CHECKSUM;
        add_patch(fragments, visit, piece, &patches->items[i], kind, i > 0 && patches->adjusted);
    }
}

/* add_words - the comment is kept once for all frames of the datagram. */
static void
add_words(struct fragments *fragments, const struct esi_piece *piece, const struct patches *patches,
          size_t comment_at)
{
    struct change *change = add(fragments, piece->frame, CHANGE_COMMENT);

    change->len = (uint32_t)patches->comment.len;
    change->bytes_at = comment_at;
    change->dropped = patches->dropped;
    change->marked = patches->marked;
    change->comment_lost = patches->comment_lost;
}

static void
add_visit(struct fragments *fragments, const struct esi_visit *visit, const struct patches *patches,
          bool some_wanted)
{
    size_t comment_at = fragments->bytes.len;
    bool says = patches->marked || patches->comment_lost || patches->comment.len > 0;

    esi_buf_append(&fragments->bytes, patches->comment);
    for (size_t p = 0; p < visit->decoding.piece_count; p++) {
        const struct esi_piece *piece = &visit->decoding.pieces[p];
        size_t before = fragments->count;

        add_patches(fragments, visit, piece, patches);
        if (says && (patches->marked || patches->fate != FATE_WRITTEN || fragments->count > before))
            add_words(fragments, piece, patches, comment_at);
        if (patches->fate != FATE_WRITTEN || (some_wanted && fragments->count == before)) {
            struct change *change = add(fragments, piece->frame, CHANGE_FATE);
            change->fate = (uint8_t)patches->fate;
            change->dropped = patches->dropped;
            change->diverged = patches->diverged;
        }
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
    struct locator *locator = locator_new(config);
    struct esi_walk *walk = rewrite_walk(config);
    struct patches patches;
    struct esi_visit visit;

    while (esi_walk_next(walk, &visit) == ESI_STEP_ITEM) {
        if (visit.decoding.piece_count == 0)
            continue;
        locate(locator, &visit, &patches);
        if (patches.fate != FATE_LEFT_OUT || !config->flow_wanted)
            add_visit(fragments, &visit, &patches, config->flow_wanted != NULL);
    }
    if (fragments->count > 1)
        qsort(fragments->changes, fragments->count, sizeof(struct change), compare_changes);
    esi_walk_free(walk);
    locator_free(locator);
    return fragments;
}

static void
take_bytes(struct fragments *fragments, const struct change *change, struct patches *out)
{
    fragments->room =
        esi_grow(fragments->room, &fragments->room_cap, out->count + 1, sizeof(struct patch));
    fragments->room[out->count++] =
        (struct patch){change->at,
                       change->kind != CHANGE_PAYLOAD,
                       {fragments->bytes.data + change->bytes_at, change->len}};
    out->bytes_changed += change->kind == CHANGE_PAYLOAD ? change->len : 0;
    out->adjusted |= change->adjusted;
    out->only_checksum = change->kind == CHANGE_CHECKSUM_ALONE;
}

static void
take_change(struct fragments *fragments, const struct change *change, struct patches *out)
{
    if (change->fate > out->fate)
        out->fate = (enum fate)change->fate;
    out->dropped |= change->dropped;
    out->marked |= change->marked;
    out->diverged |= change->diverged;
    out->comment_lost |= change->comment_lost;
    if (change->kind == CHANGE_COMMENT)
        out->comment =
            esi_slice_cut(esi_buf_slice(&fragments->bytes), change->bytes_at, change->len);
    else if (change->kind != CHANGE_FATE)
        take_bytes(fragments, change, out);
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
        take_change(fragments, change, out);
    }
    out->items = fragments->room;
    return fragments->next > first;
}

void
fragments_restart(struct fragments *fragments)
{
    if (fragments)
        fragments->next = 0;
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
