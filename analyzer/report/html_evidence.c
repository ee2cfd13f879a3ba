/*
 * html_evidence.c - a session's evidence: what it was touched by before it was captured, how that
 * is known, what follows, and what mends it.
 *
 * Nothing of a session that was not touched; a quiet line where it cannot be told. Of the cures the
 * first that has lines is shown with them; all of them are at the server's card, if it has one.
 */
#include "html_internal.h"

void
html_put_touched(struct esi_buf *out, enum esi_touched touched)
{
    esi_buf_printf(out, "<span class=\"oc e%u\">%s</span>", (unsigned)touched,
                   touched_words(touched));
}

/* put_capital - words, the first with a capital; clears them. */
static void
put_capital(struct esi_buf *out, struct esi_buf *words)
{
    if (words->len > 0)
        words->data[0] = esi_upper(words->data[0]);
    html_put_buf(out, words);
    esi_buf_clear(words);
}

/* put_term - of a list; its description follows. */
static void
put_term(struct html_story *story, enum evidence_part part)
{
    esi_buf_text(&story->text, part_words(part));
    esi_buf_text(story->out, "<dt>");
    put_capital(story->out, &story->text);
    esi_buf_text(story->out, "</dt><dd>");
}

static void
put_frame(struct html_story *story, uint64_t frame, uint64_t place)
{
    if (frame == 0)
        return;
    esi_buf_text(story->out, ", ");
    if (place > 0)
        esi_buf_printf(story->out, "<a href=\"#s%ju-w%ju\">", (uintmax_t)story->session->number,
                       (uintmax_t)place);
    esi_buf_text(story->out, "frame ");
    html_put_frame(story, story->out, frame);
    if (place > 0)
        esi_buf_text(story->out, "</a>");
}

static bool
is_note(const struct esi_ground *ground)
{
    return ground->detector->strength == ESI_STRENGTH_NOTE;
}

static void
put_ground(struct html_story *story, const struct esi_ground *ground, uint64_t place)
{
    struct esi_buf *out = story->out;

    esi_buf_text(out, "<li>");
    html_put(out, ground->detector->words);
    esi_buf_printf(out, " <span class=\"no\">(%s", esi_basis_name(ground->detector->basis));
    put_frame(story, ground->frame, place);
    if (ground->times > 1) {
        esi_buf_text(out, ", ");
        put_counted(out, ground->times, "time", "times");
    }
    esi_buf_text(out, ")</span>");
    if (ground->detail) {
        esi_buf_text(out, "; ");
        html_put(out, ground->detail);
    }
    if (ground->seen.len > 0) {
        esi_buf_text(out, "<br/><code class=\"b\">");
        esi_escape_markup_wire(out, ground->seen);
        esi_buf_text(out, "</code>");
    }
    esi_buf_text(out, "</li>");
}

static void
put_grounds(struct html_story *story, const struct esi_evidence_result *result)
{
    struct esi_buf *out = story->out;

    esi_buf_text(out, "<ul class=\"fs\">");
    for (size_t i = 0; i < result->ground_count; i++)
        if (!is_note(&result->grounds[i]))
            put_ground(story, &result->grounds[i], i < ESI_GROUNDS_MOST ? story->places[i] : 0);
    if (result->grounds_left > 0) {
        esi_buf_text(out, "<li>and ");
        put_thousands(out, result->grounds_left);
        esi_buf_text(out, " more</li>");
    }
    esi_buf_text(out, "</ul>");
}

static void
put_notes(struct html_story *story, const struct esi_evidence_result *result)
{
    bool any = false;

    for (size_t i = 0; i < result->ground_count; i++) {
        if (!is_note(&result->grounds[i]))
            continue;
        if (any)
            esi_buf_text(story->out, "; ");
        else
            put_term(story, PART_BESIDES);
        html_put(story->out, result->grounds[i].detector->words);
        any = true;
    }
    if (any)
        esi_buf_text(story->out, "</dd>");
}

static void
put_keywords(struct html_story *story, const struct esi_evidence_result *result)
{
    if (result->keyword_count == 0)
        return;
    put_term(story, PART_KEYWORDS);
    for (size_t i = 0; i < result->keyword_count; i++) {
        if (i > 0)
            esi_buf_text(story->out, "<br/>");
        put_guess_words(&story->text, &result->keywords[i]);
        html_put_buf(story->out, &story->text);
        esi_buf_clear(&story->text);
    }
    if (result->keywords_left > 0) {
        esi_buf_text(story->out, "<br/>and ");
        put_thousands(story->out, result->keywords_left);
        esi_buf_text(story->out, " more");
    }
    esi_buf_text(story->out, "</dd>");
}

static void
put_list(struct html_story *story, enum evidence_part part, const char *between, size_t count,
         const char *const *items)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            esi_buf_text(story->out, between);
        else
            put_term(story, part);
        html_put(story->out, items[i]);
    }
    if (count > 0)
        esi_buf_text(story->out, "</dd>");
}

static void
put_side(struct html_story *story, const struct esi_evidence_result *result)
{
    struct esi_buf side = {0};

    put_side_words(&side, result);
    if (side.len > 0) {
        put_term(story, PART_SIDE);
        html_put_buf(story->out, &side);
        esi_buf_text(story->out, "</dd>");
    }
    esi_buf_free(&side);
}

/* put_cures - with lines: the first that has some, and all where they stand nowhere else. */
static void
put_cures(struct html_story *story, const struct esi_evidence_result *result, size_t card)
{
    bool shown = false, left_out = false;

    if (result->cure_count == 0)
        return;
    put_term(story, PART_CURE);
    esi_buf_text(story->out, "<ol>");
    for (size_t i = 0, n; i < result->cure_count; i += n) {
        n = html_cure_lines(result->cure + i, result->cure_count - i);
        size_t lines = shown && card < HTML_CARDS_MOST ? 1 : n;

        left_out |= lines < n;
        shown |= n > 1;
        esi_buf_clear(&story->text);
        for (size_t line = i; line < i + lines; line++)
            esi_buf_printf(&story->text, "%s\n", result->cure[line]);
        html_put_cure(story->out, esi_buf_slice(&story->text));
    }
    esi_buf_clear(&story->text);
    esi_buf_text(story->out, "</ol>");
    if (left_out)
        esi_buf_printf(story->out, "<a href=\"#e%zu\">the lines of each</a>", card);
    esi_buf_text(story->out, "</dd>");
}

static void
put_panel(struct html_story *story, size_t card)
{
    const struct esi_evidence_result *result = story->session->evidence;
    struct esi_buf *out = story->out;

    esi_buf_text(out, "<div class=\"ev\"><p class=\"alarm\">");
    put_capital(out, &story->text);
    esi_buf_text(out, "</p>");
    put_grounds(story, result);
    esi_buf_text(out, "<dl>");
    put_notes(story, result);
    put_keywords(story, result);
    put_list(story, PART_ALIKE, ", ", result->reproduced_count, result->reproduced_by);
    put_side(story, result);
    put_list(story, PART_AGAINST, " ", result->against_count, result->against);
    put_list(story, PART_MEANS, " ", result->means_count, result->means);
    put_cures(story, result, card);
    esi_buf_text(out, "</dl>");
    if (!story->sink->options.evidence_only)
        esi_buf_printf(out, "<p><b>%s</b></p>", altered_words);
    esi_buf_text(out, "</div>");
}

void
html_put_evidence(struct html_story *story, size_t card)
{
    const struct esi_evidence_result *result = story->session->evidence;

    esi_buf_clear(&story->text);
    put_touched_words(&story->text, story->session);
    if (result && esi_evidence_alarms(result)) {
        put_panel(story, card);
    } else if (story->text.len > 0) {
        esi_buf_text(story->out, "<p class=\"no\">");
        put_capital(story->out, &story->text);
        esi_buf_text(story->out, ".</p>");
    } else if (story->sink->options.evidence_only && result && result->touched == ESI_TOUCHED_NO) {
        esi_buf_printf(story->out, "<p class=\"no\">%s</p>", untouched_words);
    }
    esi_buf_clear(&story->text);
}
