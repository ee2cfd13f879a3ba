/*
 * evidence_text.c - a session's evidence as a paragraph of text: what it was touched by, the
 * grounds, what speaks against it, what follows, and what to do.
 *
 * Of the cures the first that has lines is shown with them, of the others what they are (-v: all
 * of them). What only narrows down the rest is told in one line.
 */
#include "evidence_internal.h"
#include "page_internal.h"

enum { IN = 4, DEEPER = 8 };

/* put_block - a paragraph; empties *text. */
static void
put_block(struct page *page, struct esi_buf *text, size_t in)
{
    if (text->len > 0) {
        esi_buf_byte(text, '\0');
        for (size_t i = 0; i < in; i++)
            esi_buf_byte(page->out, ' ');
        put_wrapped(page->out, (const char *)text->data, in + 2);
    }
    esi_buf_clear(text);
}

/* put_head - a sentence, with a capital and a full stop. */
static void
put_head(struct page *page, struct esi_buf *text)
{
    if (text->len == 0)
        return;
    text->data[0] = esi_upper(text->data[0]);
    put_block(page, text, 2);
}

static void
put_frame(struct page *page, struct esi_buf *text, uint64_t frame)
{
    struct esi_source source = sink_locate(page->sink, frame);

    if (frame == 0)
        return;
    esi_buf_printf(text, ", frame %ju", (uintmax_t)(frame - source.before));
    if (source.file != page->file) {
        esi_buf_text(text, " of ");
        put_safe(text, source.file);
    }
}

/* put_seen - the bytes it is seen by; they are broken nowhere. */
static void
put_seen(struct page *page, const struct esi_ground *ground)
{
    if (ground->seen.len == 0)
        return;
    esi_buf_printf(page->out, "%*s", DEEPER, "");
    esi_escape_wire(page->out, ground->seen);
    esi_buf_byte(page->out, '\n');
}

/* put_lead - what the paragraph is about, or what stands between its items. */
static void
put_lead(struct esi_buf *text, enum evidence_part part, const char *between)
{
    if (text->len > 0)
        esi_buf_text(text, between);
    else
        esi_buf_printf(text, "%s: ", part_words(part));
}

static bool
is_note(const struct esi_ground *ground)
{
    return ground->detector->strength == ESI_STRENGTH_NOTE;
}

static void
put_grounds(struct page *page, const struct esi_evidence_result *result, struct esi_buf *text)
{
    for (size_t i = 0; i < result->ground_count; i++) {
        const struct esi_ground *ground = &result->grounds[i];
        if (is_note(ground))
            continue;
        esi_buf_printf(text, "- %s (%s", ground->detector->words,
                       esi_basis_name(ground->detector->basis));
        put_frame(page, text, ground->frame);
        if (ground->times > 1)
            esi_buf_printf(text, ", %ju times", (uintmax_t)ground->times);
        esi_buf_text(text, ")");
        if (ground->detail)
            esi_buf_printf(text, "; %s", ground->detail);
        put_block(page, text, IN);
        put_seen(page, ground);
    }
    if (result->grounds_left > 0)
        esi_buf_printf(text, "- and %ju more", (uintmax_t)result->grounds_left);
    put_block(page, text, IN);
}

static void
put_notes(struct page *page, const struct esi_evidence_result *result, struct esi_buf *text)
{
    for (size_t i = 0; i < result->ground_count; i++) {
        if (!is_note(&result->grounds[i]))
            continue;
        put_lead(text, PART_BESIDES, "; ");
        esi_buf_text(text, result->grounds[i].detector->words);
    }
    put_block(page, text, IN);
}

static void
put_keywords(struct page *page, const struct esi_evidence_result *result, struct esi_buf *text)
{
    for (size_t i = 0; i < result->keyword_count; i++) {
        put_lead(text, PART_KEYWORDS, ", ");
        put_guess_words(text, &result->keywords[i]);
    }
    if (result->keywords_left > 0)
        esi_buf_printf(text, ", and %ju more", (uintmax_t)result->keywords_left);
    put_block(page, text, IN);
}

static void
put_list(struct page *page, struct esi_buf *text, enum evidence_part part, const char *between,
         size_t count, const char *const *items)
{
    for (size_t i = 0; i < count; i++) {
        put_lead(text, part, between);
        esi_buf_text(text, items[i]);
    }
    put_block(page, text, IN);
}

static void
put_side(struct page *page, const struct esi_evidence_result *result, struct esi_buf *text)
{
    struct esi_buf side = {0};

    put_side_words(&side, result);
    if (side.len > 0) {
        put_lead(text, PART_SIDE, "");
        esi_buf_append(text, esi_buf_slice(&side));
    }
    put_block(page, text, IN);
    esi_buf_free(&side);
}

static void
put_cure(struct page *page, const struct esi_evidence_result *result)
{
    bool shown = false, more = false, left_out = false; /* lines of some cure; of another one */

    if (result->cure_count > 0)
        esi_buf_printf(page->out, "%*s%s:\n", IN, "", part_words(PART_CURE));
    for (size_t i = 0; i < result->cure_count; i++) {
        const char *line = result->cure[i];
        size_t len = strlen(line);
        bool begins = line[0] == '!';

        more |= begins && shown;
        shown |= !begins;
        bool whole = !more || page->sink->options.verbose;
        left_out |= !begins && !whole;
        if (begins && !whole && line[len - 1] == ':')
            len--; /* what would follow is left out */
        if (begins || whole)
            esi_buf_printf(page->out, "%*s%.*s\n", DEEPER - 2, "", (int)len, line);
    }
    if (left_out)
        esi_buf_printf(page->out, "%*s(-v shows the lines of each)\n", DEEPER - 2, "");
}

void
put_evidence(struct page *page)
{
    const struct esi_evidence_result *result = page->session->evidence;
    struct esi_buf text = {0};

    put_touched_words(&text, page->session);
    bool alarms = result && esi_evidence_alarms(result);
    put_paint(page->out, page->colour && text.len > 0, alarms ? PAINT_YELLOW : PAINT_DIM);
    bool said = text.len > 0;
    put_head(page, &text);
    put_plain(page->out, page->colour && said);
    if (alarms) {
        put_side(page, result, &text);
        put_grounds(page, result, &text);
        put_notes(page, result, &text);
        put_keywords(page, result, &text);
        put_list(page, &text, PART_ALIKE, ", ", result->reproduced_count, result->reproduced_by);
        put_list(page, &text, PART_AGAINST, " ", result->against_count, result->against);
        put_list(page, &text, PART_MEANS, " ", result->means_count, result->means);
        put_cure(page, result);
        if (!page->sink->options.evidence_only) {
            esi_buf_text(&text, altered_words);
            put_block(page, &text, 2);
        }
    }
    esi_buf_free(&text);
}
