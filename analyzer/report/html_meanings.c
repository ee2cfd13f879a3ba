/*
 * html_meanings.c - what becomes of the mail, at the top of the page: each answer once, the gravest
 * first, with the sessions that it is the answer for.
 *
 * Answers that differ in a frame's number only are one.
 */
#include "html_internal.h"

static bool
is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

/* same_words - but for numbers. */
static bool
same_words(struct esi_slice a, struct esi_slice b)
{
    size_t i = 0, j = 0;

    for (;; i++, j++) {
        while (i < a.len && is_digit(a.ptr[i]))
            i++;
        while (j < b.len && is_digit(b.ptr[j]))
            j++;
        if (i == a.len || j == b.len)
            return i == a.len && j == b.len;
        if (a.ptr[i] != b.ptr[j])
            return false;
    }
}

static bool
is_meaning(const struct html_meanings *meanings, size_t at, size_t outcome)
{
    const struct html_meaning *meaning = &meanings->items[at];

    return meaning->outcome == outcome &&
           same_words(esi_buf_slice(&meaning->words), esi_buf_slice(&meanings->scratch));
}

/* find_meaning - of the words in `scratch`; HTML_MEANINGS_MOST if there is none for it. */
static size_t
find_meaning(struct html_meanings *meanings, size_t outcome)
{
    size_t at = meanings->last;

    if (at < meanings->len && is_meaning(meanings, at, outcome))
        return at;
    for (at = 0; at < meanings->len; at++)
        if (is_meaning(meanings, at, outcome))
            return meanings->last = at;
    if (at == HTML_MEANINGS_MOST)
        return at;
    meanings->items[at] = (struct html_meaning){.outcome = outcome};
    esi_buf_append(&meanings->items[at].words, esi_buf_slice(&meanings->scratch));
    meanings->len++;
    return meanings->last = at;
}

size_t
html_meaning_of(struct html_meanings *meanings, const struct ladder *ladder,
                const struct esi_session_info *session, const struct esi_sink *sink)
{
    esi_buf_clear(&meanings->scratch);
    put_consequence(&meanings->scratch, ladder, session,
                    sink_locate(sink, ladder->effect_frame).before);
    size_t at = find_meaning(meanings, html_outcome(session));
    if (at < HTML_MEANINGS_MOST)
        meanings->items[at].sessions++;
    return at;
}

void
html_meanings_free(struct html_meanings *meanings)
{
    for (size_t i = 0; i < meanings->len; i++)
        esi_buf_free(&meanings->items[i].words);
    esi_buf_free(&meanings->scratch);
}

static bool
has_meaning(const struct html_session *session, size_t meaning)
{
    return session->meaning == meaning;
}

/* put_words - for several sessions without the frame, which is each one's own. */
static void
put_words(struct esi_buf *out, const struct html_meaning *meaning)
{
    static const char frame[] = " at frame ";
    struct esi_slice words = esi_buf_slice(&meaning->words);
    size_t len = sizeof frame - 1, at = 0, end;

    while (at + len < words.len && memcmp(words.ptr + at, frame, len) != 0)
        at++;
    if (meaning->sessions == 1 || at + len >= words.len) {
        esi_escape_markup_text(out, words);
        return;
    }
    for (end = at + len; end < words.len && is_digit(words.ptr[end]);)
        end++;
    esi_escape_markup_text(out, esi_slice_cut(words, 0, at));
    esi_escape_markup_text(out, esi_slice_cut(words, end, words.len));
}

static void
put_meaning(struct esi_buf *out, const struct html_report *report, size_t at)
{
    const struct html_meaning *meaning = &report->tally.meanings.items[at];

    esi_buf_printf(out, "<li><span class=\"oc o%zu\">%s</span> ", meaning->outcome,
                   html_outcome_name(meaning->outcome));
    put_words(out, meaning);
    esi_buf_text(out, " <span class=\"no\">\xc2\xb7 ");
    put_counted(out, meaning->sessions, "session", "sessions");
    html_put_some(out, &report->keep, has_meaning, at, meaning->sessions);
    esi_buf_text(out, "</span></li>");
}

/* next_of - the one that most sessions have, of those not `done` yet; len: none. */
static size_t
next_of(const struct html_meanings *meanings, size_t outcome, uint64_t done)
{
    size_t best = meanings->len;

    for (size_t i = 0; i < meanings->len; i++)
        if (!(done >> i & 1) && meanings->items[i].outcome == outcome &&
            (best == meanings->len || meanings->items[i].sessions > meanings->items[best].sessions))
            best = i;
    return best;
}

void
html_put_meanings(struct esi_buf *out, const struct html_report *report)
{
    const struct html_meanings *meanings = &report->tally.meanings;
    uint64_t done = 0;
    size_t at;

    _Static_assert(HTML_MEANINGS_MOST <= 64, "a bit each");
    if (meanings->len == 0)
        return;
    esi_buf_text(out, "<ul class=\"me\">");
    for (size_t i = 0; i < HTML_OUTCOMES; i++) {
        while ((at = next_of(meanings, html_outcome_order[i], done)) < meanings->len) {
            put_meaning(out, report, at);
            done |= (uint64_t)1 << at;
        }
    }
    esi_buf_text(out, "</ul>");
}
