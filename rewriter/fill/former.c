/*
 * former.c - which sessions were judged before.
 *
 * A rewritten session reads otherwise than the captured one: it may seem to diverge earlier, by
 * other words, or for the first time. What a former pass told of the captured one, in comments of
 * its frames, holds. Nor does a session diverge in which nothing changes, comments or not: of
 * changes that nobody made, nobody noticed any.
 *
 * Of a datagram in fragments it may have been told in the frame of any of them, whose session is
 * known only when the datagram is whole.
 */
#include <stdlib.h>
#include <string.h>

#include "esi/rewrite.h"

#include "comment_internal.h"
#include "former_internal.h"

enum {
    SAID = 1,     /* a former pass said something, */
    DIVERGED = 2, /* and where it diverged */
    CHANGES = 4
};

/* What a frame's comments say. */
struct said {
    uint8_t bits;
    struct esi_slice words;
};

static void
take_comment(void *ctx, struct esi_slice comment)
{
    struct said *said = ctx;

    while (comment.len > 0 && (said->bits & DIVERGED) == 0) {
        const uint8_t *end = memchr(comment.ptr, '\n', comment.len);
        struct esi_slice line =
            esi_slice_cut(comment, 0, end ? (size_t)(end - comment.ptr) : comment.len);

        if (comment_tells_divergence(line))
            *said = (struct said){SAID | DIVERGED, line};
        else if (comment_is_ours(line))
            said->bits = SAID;
        comment = esi_slice_cut(comment, line.len + 1, comment.len);
    }
}

static unsigned
bits_of(const struct former *former, esi_flow_id flow)
{
    return flow < former->flows_cap ? former->flows[flow] : 0;
}

static void
set_bits(struct former *former, esi_flow_id flow, uint8_t bits)
{
    former->flows = esi_grow(former->flows, &former->flows_cap, (size_t)flow + 1, 1);
    former->flows[flow] |= bits;
}

static void
keep_fragment(struct former *former, uint64_t frame)
{
    former->fragments = esi_grow(former->fragments, &former->fragment_cap,
                                 former->fragment_count + 1, sizeof *former->fragments);
    former->fragments[former->fragment_count++] = frame;
}

static int
compare_frames(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

    return a < b ? -1 : a > b;
}

/* said_of_pieces - whether anything was said of a frame that came before. */
static bool
said_of_pieces(const struct former *former, const struct esi_decoding *decoding)
{
    bool any = false;

    for (size_t p = 0; p < decoding->piece_count && former->fragment_count > 0 && !any; p++)
        any = bsearch(&decoding->pieces[p].frame, former->fragments, former->fragment_count,
                      sizeof *former->fragments, compare_frames) != NULL;
    return any;
}

bool
former_visit(struct former *former, const struct esi_visit *visit, struct esi_slice *words)
{
    const struct esi_flow *flow = visit->flow;
    struct said said = {0, {0}};

    esi_rewrite_comments(&visit->frame, take_comment, &said);
    if (!flow && said.bits != 0 && visit->decoding.what == ESI_DECODED_IP_FRAGMENT)
        keep_fragment(former, visit->frame.number);
    if (!flow || !flow->wanted)
        return false;
    if (said.bits == 0 && said_of_pieces(former, &visit->decoding))
        said.bits = SAID;
    if (said.bits == 0)
        return false;
    bool first = (said.bits & ~bits_of(former, flow->id) & DIVERGED) != 0;
    set_bits(former, flow->id, said.bits);
    *words = said.words;
    return first;
}

void
former_note_change(struct former *former, esi_flow_id flow)
{
    set_bits(former, flow, CHANGES);
}

bool
former_changes(const struct former *former, esi_flow_id flow)
{
    return (bits_of(former, flow) & CHANGES) != 0;
}

bool
former_settled(const struct former *former, esi_flow_id flow)
{
    return (bits_of(former, flow) & SAID) != 0 || !former_changes(former, flow);
}

void
former_free(struct former *former)
{
    free(former->flows);
    free(former->fragments);
}
