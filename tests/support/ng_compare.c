/* ng_compare.c - see ng_compare.h. Files are whole: every block is well-formed. */
#include "support/ng_compare.h"

enum {
    SECTION = 0x0a0d0d0a,
    NOT_COPIED = 0x40000bad,
    COMMENT = 1,
    HASH = 3,
    COMMENT_MOST = 65535,
    BLOCK_MOST = 16 << 20
};

struct reader {
    struct esi_slice left;
    bool big;
    uint32_t type;
    struct esi_slice block;
};

static uint32_t
word(const uint8_t *at, bool big)
{
    uint32_t value = 0;

    for (unsigned b = 0; b < 4; b++)
        value = value << 8 | at[big ? b : 3 - b];
    return value;
}

static unsigned
half(const uint8_t *at, bool big)
{
    return big ? at[0] * 256U + at[1] : at[1] * 256U + at[0];
}

/* next - false at the end, or where no block stands. */
static bool
next(struct reader *in)
{
    if (in->left.len < 12)
        return false;
    in->type = word(in->left.ptr, in->big);
    if (word(in->left.ptr, true) == SECTION) {
        in->type = SECTION;
        in->big = in->left.ptr[8] == 0x1a;
    }
    size_t len = word(in->left.ptr + 4, in->big);
    if (len < 12 || len % 4 != 0 || len > in->left.len ||
        word(in->left.ptr + len - 4, in->big) != len)
        return false;
    in->block = esi_slice_cut(in->left, 0, len);
    in->left = esi_slice_cut(in->left, len, in->left.len);
    return true;
}

static bool
is_frame(const struct reader *in)
{
    return in->type == 2 || in->type == 3 || in->type == 6;
}

struct comparison {
    struct reader before, after;
    uint64_t frames;
    bool changes; /* anything at all */
    struct esi_buf *why;
};

static bool
differ(struct comparison *all, const char *what)
{
    esi_buf_printf(all->why, "behind frame %llu, %zu bytes before the end: %s\n",
                   (unsigned long long)all->frames, all->after.left.len, what);
    return false;
}

static bool
is_same(const struct comparison *all)
{
    return esi_slice_eq(all->before.block, all->after.block);
}

/* is_unsaid - a section's header whose length is told no more. */
static bool
is_unsaid(const struct comparison *all)
{
    enum { AT = 16, LEN = 8 };
    const uint8_t *old = all->before.block.ptr, *new = all->after.block.ptr;
    size_t len = all->before.block.len;

    return all->before.type == SECTION && len == all->after.block.len &&
           memcmp(old, new, AT) == 0 &&
           memcmp(new + AT, "\xff\xff\xff\xff\xff\xff\xff\xff", LEN) == 0 &&
           memcmp(old + AT + LEN, new + AT + LEN, len - AT - LEN) == 0;
}

/* ---- a frame's block ---- */

/* next_option - what is left, cut behind the option; false at the end of options. */
static bool
next_option(struct esi_slice *left, bool big, unsigned *code, struct esi_slice *whole)
{
    if (left->len < 4 || half(left->ptr, big) == 0)
        return false;
    size_t len = 4 + (half(left->ptr + 2, big) + 3U) / 4 * 4;
    if (len > left->len)
        return false;
    *code = half(left->ptr, big);
    *whole = esi_slice_cut(*left, 0, len);
    *left = esi_slice_cut(*left, len, left->len);
    return true;
}

/* says - a long comment is cut, in front of a character. */
static bool
says(struct esi_slice option, bool big, struct esi_slice comment)
{
    size_t len = half(option.ptr + 2, big);

    if (comment.len > COMMENT_MOST && len > COMMENT_MOST - 4)
        comment.len = len;
    return esi_slice_eq(esi_slice_cut(option, 4, len), comment);
}

/* compare_options - true if those of the new block are those of the old, less what does not hold
 * any more, and the comment. */
static bool
compare_options(struct comparison *all, struct esi_slice old, struct esi_slice new,
                const struct ng_fate *fate)
{
    bool big = all->before.big;
    struct esi_slice option, kept;
    unsigned code, kept_code;

    while (next_option(&old, big, &code, &option)) {
        if ((fate->change && code == HASH) || code == 19372 || code == 19373)
            continue;
        if (!next_option(&new, big, &kept_code, &kept) || !esi_slice_eq(option, kept))
            return differ(all, "an option is lost");
    }
    if (fate->comment.len > 0) {
        if (!next_option(&new, big, &kept_code, &kept) || kept_code != COMMENT ||
            !says(kept, big, fate->comment))
            return differ(all, "the comment is not there");
        bool ended = old.len >= 4 && half(old.ptr, big) == 0;
        if (!ended && (new.len < 4 || word(new.ptr, big) != 0))
            return differ(all, "the options do not end");
        if (!ended)
            new = esi_slice_cut(new, 4, new.len);
    }
    return esi_slice_eq(old, new) || differ(all, "something behind the options");
}

/* options_of - a frame's block. */
static struct esi_slice
options_of(const struct reader *in)
{
    size_t len = in->block.len;
    size_t caplen = in->type == 3 ? len - 16 : word(in->block.ptr + 20, in->big);
    size_t at = in->type == 3 ? len - 4 : 28 + (caplen + 3) / 4 * 4;

    return esi_slice_cut(in->block, at, len - 4 - at);
}

static bool
compare_frame(struct comparison *all, const struct ng_fate *fate)
{
    struct reader *in = &all->before;
    bool big = in->big, simple = in->type == 3;
    const uint8_t *old = in->block.ptr, *new = all->after.block.ptr;
    size_t data_at = simple ? 12 : 28, len = in->block.len;
    size_t caplen = simple ? len - 16 : word(old + 20, big);
    size_t options_at = simple ? len - 4 : data_at + (caplen + 3) / 4 * 4;
    struct esi_buf want = {0};

    if (simple && word(old + 8, big) < caplen)
        caplen = word(old + 8, big);
    esi_buf_append(&want, esi_slice_cut(in->block, data_at, options_at - data_at));
    if (fate->change)
        ng_changed(want.data, caplen);
    bool right =
        all->after.type == in->type && all->after.block.len >= options_at + 4 &&
        memcmp(old, new, 4) == 0 && memcmp(old + 8, new + 8, data_at - 8) == 0 &&
        esi_slice_eq(esi_buf_slice(&want), esi_slice_cut(all->after.block, data_at, want.len));
    esi_buf_free(&want);
    if (!right)
        return differ(all, "a frame is not as wanted");
    return compare_options(
        all, options_of(in),
        esi_slice_cut(all->after.block, options_at, all->after.block.len - 4 - options_at), fate);
}

static bool
compare_made(struct comparison *all)
{
    const struct esi_slice *block = &all->after.block;

    if (!next(&all->after))
        return differ(all, "a made frame is not there");
    return (all->after.type == 6 && block->len == 32 + (ng_made.len + 3) / 4 * 4 &&
            memcmp(block->ptr + 28, ng_made.ptr, ng_made.len) == 0) ||
           differ(all, "a made frame is not as wanted");
}

/* line_of - the first line of *text, which goes on behind it. */
static struct esi_slice
line_of(struct esi_slice *text)
{
    size_t len = 0;

    while (len < text->len && text->ptr[len] != '\n')
        len++;
    struct esi_slice line = esi_slice_cut(*text, 0, len);
    *text = esi_slice_cut(*text, len + 1, text->len);
    return line;
}

/* is_said - whether a comment of the block has that line. */
static bool
is_said(const struct reader *in, struct esi_slice line)
{
    struct esi_slice options = options_of(in), option;
    unsigned code;

    while (next_option(&options, in->big, &code, &option)) {
        struct esi_slice text = esi_slice_cut(option, 4, half(option.ptr + 2, in->big));
        while (code == COMMENT && text.len > 0)
            if (esi_slice_eq(line_of(&text), line))
                return true;
    }
    return false;
}

static bool
has_bytes(const struct reader *in)
{
    return word(in->block.ptr + (in->type == 3 ? 8 : 20), in->big) > 0 &&
           (in->type != 3 || in->block.len > 16);
}

/* settle - what of the fate is left for this block: no bytes cannot change, nor is a line said
 * twice, or where there is no room for it. */
static struct ng_fate
settle(const struct reader *in, struct ng_fate fate)
{
    fate.change = fate.change && has_bytes(in);
    if (in->type == 3 || in->block.len + 8 + (fate.comment.len + 3) / 4 * 4 > BLOCK_MOST ||
        is_said(in, fate.comment))
        fate.comment.len = 0;
    return fate;
}

static bool
compare_by_fate(struct comparison *all, const struct ng_fate *wanted)
{
    struct ng_fate fate = settle(&all->before, *wanted);
    bool stays = !fate.change && fate.comment.len == 0;

    if (!fate.drop) {
        if (!next(&all->after))
            return differ(all, "a frame is not there");
        if (stays && !is_same(all))
            return differ(all, "a frame that stays is not as it was");
        if (!stays && !compare_frame(all, &fate))
            return false;
    }
    return !fate.made || compare_made(all);
}

/* look_ahead - whether anything changes. */
static bool
look_ahead(struct reader in, void (*fate)(void *ctx, uint64_t number, struct ng_fate *out),
           void *ctx)
{
    uint64_t number = 0;

    while (next(&in)) {
        struct ng_fate now = {0};
        if (!is_frame(&in))
            continue;
        fate(ctx, ++number, &now);
        now = settle(&in, now);
        if (now.drop || now.made || now.change || now.comment.len > 0)
            return true;
    }
    return false;
}

bool
ng_compare(struct esi_slice before, struct esi_slice after,
           void (*fate)(void *ctx, uint64_t number, struct ng_fate *out), void *ctx,
           struct esi_buf *why)
{
    struct comparison all = {.before = {.left = before}, .after = {.left = after}, .why = why};

    all.changes = look_ahead(all.before, fate, ctx);
    while (next(&all.before)) {
        struct ng_fate now = {0};
        if (is_frame(&all.before)) {
            fate(ctx, ++all.frames, &now);
            if (!compare_by_fate(&all, &now))
                return false;
            continue;
        }
        if (all.before.type == NOT_COPIED && all.changes)
            continue;
        if (!next(&all.after) || !(is_same(&all) || (all.changes && is_unsaid(&all))))
            return differ(&all, "a block is not as it was");
    }
    return all.after.left.len == 0 || differ(&all, "more than there was");
}
