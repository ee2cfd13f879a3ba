/*
 * pattern_law.c - the law: what a pattern finds is what a simpler matcher finds.
 *
 * That one keeps, as a set of places in a text of less than 32 bytes, where each part of a pattern
 * can end. The patterns are grown at random, and written as they grow.
 */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "esi/pattern.h"

enum kind { BYTE, DOT, CLASS, CARET, REPEAT, BOTH, EITHER, KINDS };

struct node {
    enum kind kind;
    bool negated, open; /* of CLASS; of REPEAT: `least` or more */
    unsigned byte, least, most;
    struct node *left, *right;
};

static const char alphabet[] = {'a', 'b', '\n', '\0'};
static uint32_t seed;

static unsigned
chance(unsigned sides)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 16) % sides;
}

static void
write_letter(struct esi_buf *out, unsigned byte)
{
    static const char *const ways[][3] = {{"a", "\\x61", "\\141"},
                                          {"b", "\\b", "\\x62"},
                                          {"\\n", "\\x0a", "\\012"},
                                          {"\\x00", "\\000", "\\x00"}};

    esi_buf_text(out, ways[byte][chance(3)]);
}

static struct node *grow(struct esi_buf *out, unsigned depth, bool lone);

static void
grow_repeat(struct node *node, struct esi_buf *out, unsigned depth)
{
    static const struct {
        const char *words;
        unsigned least;
        bool open, maybe;
    } signs[] = {{"*", 0, true, false},   {"+", 1, true, false},    {"?", 0, false, true},
                 {"{2}", 2, true, false}, {"{0,}", 0, true, false}, {"{2,}", 2, true, false},
                 {"{0}", 0, true, false}, {"{1}", 1, true, false}};
    unsigned sign = chance(ESI_COUNT(signs));

    node->left = grow(out, depth - 1, true);
    esi_buf_text(out, signs[sign].words);
    node->least = signs[sign].least;
    node->open = signs[sign].open;
    node->most = node->least + signs[sign].maybe;
}

/* grow - lone: a quantifier will follow. */
static struct node *
grow(struct esi_buf *out, unsigned depth, bool lone)
{
    struct node *node = calloc(1, sizeof *node);

    node->kind = (enum kind)chance(depth > 0 ? KINDS : CARET);
    bool grouped = node->kind == EITHER || (lone && (node->kind == CARET || node->kind == BOTH));
    if (grouped)
        esi_buf_text(out, "(");
    node->byte = chance(ESI_COUNT(alphabet));
    node->negated = chance(2);
    if (node->kind == BYTE)
        write_letter(out, node->byte);
    if (node->kind == DOT || node->kind == CARET)
        esi_buf_text(out, node->kind == DOT ? "." : "^");
    if (node->kind == CLASS) {
        esi_buf_text(out, node->negated ? "[^" : "[");
        write_letter(out, node->byte);
        esi_buf_text(out, "]");
    }
    if (node->kind == REPEAT)
        grow_repeat(node, out, depth);
    if (node->kind == BOTH || node->kind == EITHER) {
        node->left = grow(out, depth - 1, false);
        if (node->kind == EITHER)
            esi_buf_text(out, "|");
        node->right = grow(out, depth - 1, false);
    }
    if (grouped)
        esi_buf_text(out, ")");
    return node;
}

static void
fell(struct node *node)
{
    if (!node)
        return;
    fell(node->left);
    fell(node->right);
    free(node);
}

static bool
one(const struct node *node, uint8_t byte)
{
    bool same = byte == (uint8_t)alphabet[node->byte];

    return node->kind == DOT || same != (node->kind == CLASS && node->negated);
}

/* ends - from the places in the set `from`. */
static uint32_t
ends(const struct node *node, struct esi_slice text, uint32_t from)
{
    uint32_t set = 0, next;

    switch (node->kind) {
    case BOTH:
        return ends(node->right, text, ends(node->left, text, from));
    case EITHER:
        return ends(node->left, text, from) | ends(node->right, text, from);
    case REPEAT:
        for (unsigned i = 0; i < node->least; i++)
            from = ends(node->left, text, from);
        if (node->most > node->least)
            from |= ends(node->left, text, from);
        while (node->open && (next = from | ends(node->left, text, from)) != from)
            from = next;
        return from;
    case CARET:
        for (size_t i = 0; i <= text.len; i++)
            set |= i == 0 || text.ptr[i - 1] == '\n' ? 1u << i : 0;
        return set & from;
    default:
        for (size_t i = 0; i < text.len; i++)
            set |= (from >> i & 1) && one(node, text.ptr[i]) ? 2u << i : 0;
        return set;
    }
}

Test(pattern, patterns_are_found_as_by_sets_of_places)
{
    enum { PATTERNS = 20000, TEXTS = 8, DEPTH = 5, LONGEST = 12 };
    unsigned tried = 0, found = 0;

    for (seed = 1; tried < PATTERNS;) {
        struct esi_buf words = {0};
        struct node *tree = grow(&words, 1 + chance(DEPTH), false);
        size_t at;
        struct esi_pattern *pattern = esi_pattern_new(esi_buf_slice(&words), NULL, &at);
        esi_buf_byte(&words, 0);
        cr_assert(pattern || words.len > ESI_PATTERN_MOST, "%s: at %zu", words.data, at);
        for (unsigned i = 0; pattern && i < TEXTS; i++) {
            uint8_t bytes[LONGEST];
            struct esi_slice text = {bytes, chance(LONGEST + 1)};
            for (size_t j = 0; j < text.len; j++)
                bytes[j] = (uint8_t)alphabet[chance(ESI_COUNT(alphabet))];
            bool want = ends(tree, text, (2u << text.len) - 1) != 0;
            struct esi_buf shown = {0};
            esi_escape_wire(&shown, text);
            cr_assert_eq(esi_pattern_search(pattern, text),
                         want ? ESI_PATTERN_FOUND : ESI_PATTERN_NO, "%s in %.*s", words.data,
                         (int)shown.len, (char *)shown.data);
            esi_buf_free(&shown);
            found += want;
        }
        tried += pattern != NULL;
        esi_pattern_free(pattern);
        esi_buf_free(&words);
        fell(tree);
    }
    cr_assert(found > PATTERNS && found < (TEXTS - 1) * PATTERNS, "%u", found);
}
