/*
 * html_capture.c - on top of the page: whether sessions were touched before they were captured, at
 * which servers, when, and what mends it.
 *
 * A card a server, for the first HTML_CARDS_MOST servers; those beyond are counted.
 */
#include "html_internal.h"

enum { BAR_WIDTH = 440, BAR_HEIGHT = 12 };

/* ---- gathered ---- */

static bool
same(struct esi_slice a, struct esi_slice b)
{
    return a.len == b.len && memcmp(a.ptr, b.ptr, a.len) == 0;
}

static bool
same_endpoint(const struct esi_endpoint *a, const struct esi_endpoint *b)
{
    return a->port == b->port && esi_ip_same(&a->ip, &b->ip);
}

/* card_of - HTML_CARDS_MOST: there is no room for one. */
static size_t
card_of(struct html_evidence *evidence, const struct esi_endpoint *endpoint)
{
    size_t at = evidence->last;

    if (at < evidence->card_count && same_endpoint(&evidence->cards[at].endpoint, endpoint))
        return at;
    for (at = 0; at < evidence->card_count; at++)
        if (same_endpoint(&evidence->cards[at].endpoint, endpoint))
            return evidence->last = at;
    if (at == HTML_CARDS_MOST)
        return at;
    evidence->cards[at].endpoint = *endpoint;
    evidence->card_count++;
    return evidence->last = at;
}

/* note_cure - of the scratch; the place behind it. It is new: it goes to `at`, so that the order,
 * which is the same in all sessions, is kept. */
static size_t
note_cure(struct html_card *card, struct esi_slice cure, size_t at)
{
    for (size_t i = 0; i < card->cure_count; i++)
        if (same(esi_buf_slice(&card->cures[i]), cure))
            return i + 1;
    if (card->cure_count == HTML_CURES_MOST)
        return at;
    memmove(&card->cures[at + 1], &card->cures[at],
            (card->cure_count - at) * sizeof card->cures[at]);
    card->cures[at] = (struct esi_buf){0};
    esi_buf_append(&card->cures[at], cure);
    card->cure_count++;
    return at + 1;
}

size_t
html_cure_lines(const char *const *lines, size_t count)
{
    size_t n = 1;

    while (n < count && lines[n][0] != '!')
        n++;
    return n;
}

static void
note_cures(struct html_evidence *evidence, struct html_card *card,
           const struct esi_evidence_result *result)
{
    struct esi_buf *cure = &evidence->scratch;
    size_t at = 0;

    for (size_t i = 0, n; i < result->cure_count; i += n) {
        n = html_cure_lines(result->cure + i, result->cure_count - i);
        esi_buf_clear(cure);
        for (size_t line = i; line < i + n; line++)
            esi_buf_printf(cure, "%s\n", result->cure[line]);
        at = note_cure(card, esi_buf_slice(cure), at);
    }
}

size_t
html_evidence_session(struct html_evidence *evidence, const struct esi_session_info *session)
{
    const struct esi_evidence_result *result = session->evidence;
    size_t at;

    if (!result)
        return HTML_CARDS_MOST;
    evidence->sessions[result->touched]++;
    if (!esi_evidence_alarms(result))
        return HTML_CARDS_MOST;
    at = card_of(evidence, &session->tuple.server);
    if (at == HTML_CARDS_MOST)
        return at;
    for (int dir = 0; dir < 2; dir++)
        evidence->cards[at].sides[dir] |= 1u << result->side[dir];
    note_cures(evidence, &evidence->cards[at], result);
    return at;
}

void
html_evidence_server(struct html_evidence *evidence, const struct esi_evidence_server *server)
{
    size_t at;

    if (!esi_touched_alarms(server->touched))
        return;
    at = card_of(evidence, &server->server);
    if (at == HTML_CARDS_MOST) {
        evidence->more++;
        evidence->more_intermittent += server->intermittent;
        return;
    }
    evidence->cards[at].tally = *server;
    evidence->cards[at].tallied = true;
}

void
html_evidence_free(struct html_evidence *evidence)
{
    for (size_t i = 0; i < evidence->card_count; i++)
        for (size_t cure = 0; cure < evidence->cards[i].cure_count; cure++)
            esi_buf_free(&evidence->cards[i].cures[cure]);
    esi_buf_free(&evidence->scratch);
}

/* ---- written ---- */

const uint64_t *
html_touched(const struct html_report *report, const struct esi_summary_info *summary)
{
    return summary && summary->evidence ? summary->evidence->sessions : report->evidence.sessions;
}

bool
html_has_capture(const struct html_report *report, const struct esi_summary_info *summary)
{
    return sum_of(html_touched(report, summary), ESI_TOUCHED_COUNT) > 0;
}

/* put_words - own words, and clears them. */
static void
put_words(struct esi_buf *out, struct esi_buf *words)
{
    html_put_buf(out, words);
    esi_buf_clear(words);
}

static void
put_tiles(struct esi_buf *out, const uint64_t sessions[ESI_TOUCHED_COUNT])
{
    static const enum esi_touched order[] = {ESI_TOUCHED_YES, ESI_TOUCHED_PROBABLY,
                                             ESI_TOUCHED_UNKNOWN, ESI_TOUCHED_NO};

    esi_buf_text(out, "<ul class=\"tiles\">");
    for (size_t i = 0; i < ESI_COUNT(order); i++) {
        if (sessions[order[i]] == 0)
            continue;
        esi_buf_printf(out, "<li class=\"v%u\"><a href=\"#sessions\" data-evidence=\"%u\"><b>",
                       (unsigned)order[i], (unsigned)order[i]);
        put_thousands(out, sessions[order[i]]);
        esi_buf_printf(out, "</b> %s</a></li>", touched_words(order[i]));
    }
    esi_buf_text(out, "</ul>");
}

static unsigned
scaled(esi_nanos part, esi_nanos whole)
{
    return (unsigned)((double)part / (double)whole * BAR_WIDTH);
}

static void
put_span(struct esi_buf *out, const char *class, unsigned from, unsigned to)
{
    if (to > from)
        esi_buf_printf(out, "<rect class=\"%s\" x=\"%u\" y=\"0\" width=\"%u\" height=\"%d\"/>",
                       class, from, to - from, BAR_HEIGHT);
}

/* put_bar - when it was touched, and when not, as far as changes are kept. */
static void
put_bar(struct esi_buf *out, const struct esi_evidence_server *server, size_t kept)
{
    esi_nanos all = server->last - server->first;
    bool touched = !server->kept[0].touched;
    unsigned from = 0;

    if (all <= 0)
        return;
    esi_buf_printf(out,
                   "<svg class=\"chart\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" "
                   "aria-hidden=\"true\">",
                   BAR_WIDTH, BAR_HEIGHT, BAR_WIDTH, BAR_HEIGHT);
    for (size_t i = 0; i < kept; i++) {
        unsigned to = scaled(server->kept[i].ts - server->first, all);

        put_span(out, touched ? "p1" : "p0", from, to);
        touched = server->kept[i].touched;
        from = to < BAR_WIDTH ? to : BAR_WIDTH - 1; /* the last session is a moment */
    }
    put_span(out, server->changes > kept ? "p4" : touched ? "p1" : "p0", from, BAR_WIDTH);
    esi_buf_text(out, "</svg>");
}

static void
put_times(struct esi_buf *out, struct esi_buf *words, const struct esi_evidence_server *server)
{
    size_t kept = server->changes < ESI_CHANGES_KEPT ? (size_t)server->changes : ESI_CHANGES_KEPT;

    if (!server->intermittent || kept == 0)
        return;
    put_bar(out, server, kept);
    esi_buf_text(out, "<p class=\"no\">");
    for (size_t i = 0; i < kept; i++) {
        esi_buf_text(out, i > 0 ? ", " : "");
        put_change_words(words, &server->kept[i]);
        put_words(out, words);
    }
    if (server->changes > kept) {
        esi_buf_text(out, ", and ");
        put_counted(out, server->changes - kept, "more change", "more changes");
    }
    esi_buf_text(out, "</p>");
}

/* put_sides - as far as all sessions agree. */
static void
put_sides(struct esi_buf *out, struct esi_buf *words, const struct html_card *card)
{
    struct esi_evidence_result result = {0};

    for (int dir = 0; dir < 2; dir++)
        for (int tap = ESI_TAP_UNKNOWN + 1; tap < ESI_TAP_COUNT; tap++)
            if ((card->sides[dir] & ~(1u << ESI_TAP_UNKNOWN)) == 1u << tap)
                result.side[dir] = (enum esi_tap)tap;
    put_side_words(words, &result);
    if (words->len == 0)
        return;
    esi_buf_printf(out, "<p class=\"cap\">%s ", part_words(PART_SIDE));
    put_words(out, words);
    esi_buf_text(out, "</p>");
}

void
html_put_cure(struct esi_buf *out, struct esi_slice cure)
{
    const uint8_t *end = memchr(cure.ptr, '\n', cure.len);
    size_t len = end ? (size_t)(end - cure.ptr) : cure.len;
    size_t skip = len > 1 && cure.ptr[0] == '!' ? 2 : 0;
    struct esi_slice title = esi_slice_cut(cure, skip, len - skip);
    struct esi_slice lines = esi_slice_cut(cure, len + 1, cure.len);

    if (title.len > 0 && title.ptr[title.len - 1] == ':')
        title.len--;
    esi_buf_text(out, lines.len > 0 ? "<li><details><summary>" : "<li>");
    esi_escape_markup_text(out, title);
    if (lines.len > 0) {
        esi_buf_text(out, "</summary><pre>");
        while (lines.len > 0) {
            end = memchr(lines.ptr, '\n', lines.len);
            len = end ? (size_t)(end - lines.ptr) : lines.len;
            esi_escape_markup_text(out, esi_slice_cut(lines, 0, len));
            esi_buf_byte(out, '\n');
            lines = esi_slice_cut(lines, len + 1, lines.len);
        }
        esi_buf_text(out, "</pre></details>");
    }
    esi_buf_text(out, "</li>");
}

static bool
is_of_card(const struct html_session *session, size_t card)
{
    return session->card == card;
}

static void
put_card(struct esi_buf *out, struct esi_buf *words, const struct html_report *report, size_t at)
{
    const struct html_card *card = &report->evidence.cards[at];
    const uint64_t *sessions = card->tally.sessions;

    esi_buf_printf(out, "<li class=\"ev\" id=\"e%zu\"><h3>Server ", at);
    put_endpoint(out, &card->endpoint);
    esi_buf_text(out, "</h3>");
    if (card->tallied) {
        esi_buf_text(out, "<p><b>");
        put_server_words(words, &card->tally);
        put_words(out, words);
        esi_buf_text(out, "</b>");
        html_put_some(out, &report->keep, is_of_card, at, alarming_of(sessions));
        esi_buf_text(out, "</p>");
        put_times(out, words, &card->tally);
    }
    put_sides(out, words, card);
    if (card->cure_count > 0) {
        esi_buf_printf(out, "<p class=\"cap\">%s:</p><ol>", part_words(PART_CURE));
        for (size_t i = 0; i < card->cure_count; i++)
            html_put_cure(out, esi_buf_slice(&card->cures[i]));
        esi_buf_text(out, "</ol>");
    }
    esi_buf_text(out, "</li>\n");
}

static void
put_more(struct esi_buf *out, const struct html_evidence *evidence)
{
    if (evidence->more == 0)
        return;
    esi_buf_text(out, "<p class=\"no\">Not shown: ");
    put_counted(out, evidence->more, "more server with such sessions",
                "more servers with such sessions");
    if (evidence->more_intermittent > 0) {
        esi_buf_text(out, ", at times only: ");
        put_thousands(out, evidence->more_intermittent);
    }
    esi_buf_text(out, ".</p>");
}

void
html_put_capture(struct esi_buf *out, const struct html_report *report,
                 const struct esi_summary_info *summary)
{
    const uint64_t *sessions = html_touched(report, summary);
    bool alarms = alarming_of(sessions) > 0;
    struct esi_buf words = {0};

    if (!html_has_capture(report, summary))
        return;
    esi_buf_text(out, "<section aria-labelledby=\"capture\"><h2 id=\"capture\">Found in the "
                      "capture itself</h2>");
    esi_buf_text(out, alarms ? "<p class=\"alarm\">" : "<p class=\"no\">");
    put_capture_words(&words, sessions);
    put_words(out, &words);
    esi_buf_text(out, "</p>");
    if (alarms) {
        put_tiles(out, sessions);
        esi_buf_text(out, "<ul class=\"cards\">");
        for (size_t i = 0; i < report->evidence.card_count; i++)
            put_card(out, &words, report, i);
        esi_buf_text(out, "</ul>");
        put_more(out, &report->evidence);
        if (!report->evidence_only)
            esi_buf_printf(out, "<p>%s</p>", altered_of_them_words);
    }
    esi_buf_text(out, "</section>\n");
    esi_buf_free(&words);
}
