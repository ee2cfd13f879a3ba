/* html_chart.c - sessions over time, and by server, as bars cut by outcome. */
#include "html_internal.h"

enum { WIDTH = 660, HEIGHT = 96, BAR_WIDTH = 220 };

/* put_part - one outcome's piece of a bar. */
static void
put_part(struct esi_buf *out, size_t outcome, unsigned x, unsigned y, unsigned width,
         unsigned height)
{
    esi_buf_printf(out, "<rect class=\"p%zu\" x=\"%u\" y=\"%u\" width=\"%u\" height=\"%u\"/>",
                   outcome, x, y, width, height);
}

static void
put_when(struct esi_buf *out, uint64_t number, unsigned shift)
{
    const int64_t most = INT64_MAX / 1000000000;
    int64_t seconds = (int64_t)(number << shift) - HTML_BUCKET_ZERO;
    char time[ESI_TIME_TEXT];

    if (seconds < -most)
        seconds = -most;
    if (seconds > most)
        seconds = most;
    esi_time_print(time, seconds * 1000000000);
    time[strcspn(time, ".")] = '\0';
    time[strcspn(time, "T")] = ' ';
    esi_buf_text(out, time);
}

/* put_words - "3 altered, 1 dropped". */
static void
put_words(struct esi_buf *out, const uint64_t counts[HTML_OUTCOMES])
{
    const char *between = "";

    for (size_t i = 0; i < HTML_OUTCOMES; i++) {
        size_t outcome = html_outcome_order[i];

        if (counts[outcome] == 0)
            continue;
        esi_buf_text(out, between);
        put_thousands(out, counts[outcome]);
        esi_buf_byte(out, ' ');
        esi_buf_text(out, html_outcome_name(outcome));
        between = ", ";
    }
}

/* scaled - never nothing for something. */
static unsigned
scaled(uint64_t part, uint64_t whole, unsigned size)
{
    unsigned out = (unsigned)((double)part / (double)whole * size + 0.5);

    return out == 0 && part > 0 ? 1 : out;
}

static void
put_bucket(struct esi_buf *out, const struct html_times *times, size_t at, uint64_t most,
           unsigned width)
{
    const uint64_t *counts = times->counts[at];
    unsigned y = HEIGHT;

    if (sum_of(counts, HTML_OUTCOMES) == 0)
        return;
    esi_buf_text(out, "<g><title>from ");
    put_when(out, times->first + at, times->shift);
    esi_buf_text(out, " UTC: ");
    put_words(out, counts);
    esi_buf_text(out, "</title>");
    for (size_t i = HTML_OUTCOMES; i > 0; i--) { /* the gravest on top */
        size_t outcome = html_outcome_order[i - 1];
        unsigned height = scaled(counts[outcome], most, HEIGHT);

        if (height == 0)
            continue;
        y = y > height ? y - height : 0;
        put_part(out, outcome, (unsigned)at * width, y, width > 3 ? width - 1 : width, height);
    }
    esi_buf_text(out, "</g>");
}

static void
put_width(struct esi_buf *out, unsigned shift)
{
    uint64_t seconds = (uint64_t)1 << shift;

    if (seconds < 600)
        put_counted(out, seconds, "second", "seconds");
    else if (seconds < 7200)
        put_counted(out, seconds / 60, "minute", "minutes");
    else if (seconds < 172800)
        put_counted(out, seconds / 3600, "hour", "hours");
    else
        put_counted(out, seconds / 86400, "day", "days");
}

void
html_put_chart(struct esi_buf *out, const struct html_times *times)
{
    size_t buckets = (size_t)(times->last - times->first) + 1;
    uint64_t most = 0;

    if (times->sessions < 2)
        return;
    for (size_t i = 0; i < buckets; i++)
        if (sum_of(times->counts[i], HTML_OUTCOMES) > most)
            most = sum_of(times->counts[i], HTML_OUTCOMES);
    unsigned width = buckets < 12 ? WIDTH / 12 : WIDTH / (unsigned)buckets;
    esi_buf_printf(out, "<figure><figcaption>Sessions by when they began; each bar is ");
    put_width(out, times->shift);
    esi_buf_text(out, "; the tallest holds ");
    put_thousands(out, most);
    esi_buf_printf(out,
                   "</figcaption><svg class=\"chart\" viewBox=\"0 -2 %d %d\" width=\"%d\" "
                   "height=\"%d\" role=\"group\" aria-label=\"Sessions over time\">",
                   WIDTH, HEIGHT + 22, WIDTH, HEIGHT + 22);
    for (size_t i = 0; i < buckets; i++)
        put_bucket(out, times, i, most, width);
    esi_buf_printf(out, "<path class=\"ax\" d=\"M0 %dH%d\"/><text x=\"0\" y=\"%d\">", HEIGHT, WIDTH,
                   HEIGHT + 15);
    put_when(out, times->first, times->shift);
    esi_buf_printf(out, " UTC</text><text x=\"%d\" y=\"%d\" class=\"e\">to ", WIDTH, HEIGHT + 15);
    put_when(out, times->last + 1, times->shift);
    esi_buf_text(out, "</text></svg></figure>");
}

static void
put_server(struct esi_buf *out, const struct html_server *server, uint64_t most)
{
    unsigned x = 0;

    esi_buf_text(out, "<tr><th scope=\"row\">");
    put_endpoint(out, &server->endpoint);
    esi_buf_text(out, "</th><td class=\"nu\">");
    put_thousands(out, server->sessions);
    esi_buf_printf(out,
                   "</td><td><svg class=\"bar\" viewBox=\"0 0 %d 12\" width=\"%d\" "
                   "height=\"12\" aria-hidden=\"true\">",
                   BAR_WIDTH, BAR_WIDTH);
    for (size_t i = 0; i < HTML_OUTCOMES; i++) {
        size_t outcome = html_outcome_order[i];
        unsigned width = scaled(server->outcomes[outcome], most, BAR_WIDTH);

        if (width == 0)
            continue;
        put_part(out, outcome, x, 0, width, 12);
        x += width;
    }
    esi_buf_text(out, "</svg></td><td>");
    put_words(out, server->outcomes);
    esi_buf_text(out, "</td></tr>\n");
}

/* next_server - the one with the most sessions, not more than `below`; the first of equals behind
 * `behind`. server_count: none. */
static size_t
next_server(const struct html_tally *tally, size_t last)
{
    size_t best = tally->server_count;

    for (size_t i = 0; i < tally->server_count; i++) {
        uint64_t count = tally->servers[i].sessions;

        if (last < tally->server_count && (count > tally->servers[last].sessions ||
                                           (count == tally->servers[last].sessions && i <= last)))
            continue;
        if (best == tally->server_count || count > tally->servers[best].sessions)
            best = i;
    }
    return best;
}

void
html_put_servers(struct esi_buf *out, const struct html_tally *tally)
{
    enum { SHOWN = 12 };
    size_t at = next_server(tally, tally->server_count);
    uint64_t shown = 0, all = tally->times.sessions;

    if (tally->server_count == 0)
        return;
    uint64_t most = tally->servers[at].sessions;
    esi_buf_text(out, "<section aria-labelledby=\"servers\"><h2 id=\"servers\">By server</h2>"
                      "<div class=\"sc\" tabindex=\"0\" role=\"region\" "
                      "aria-labelledby=\"servers\"><table><thead><tr><th scope=\"col\">Server</th>"
                      "<th scope=\"col\" class=\"nu\">Sessions</th><th scope=\"col\" "
                      "colspan=\"2\">Outcomes</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < SHOWN && at < tally->server_count; i++) {
        put_server(out, &tally->servers[at], most);
        shown += tally->servers[at].sessions;
        at = next_server(tally, at);
    }
    esi_buf_text(out, "</tbody></table></div>");
    if (shown < all) {
        esi_buf_text(out, "<p class=\"no\">At other servers: ");
        put_counted(out, all - shown, "session.</p>", "sessions.</p>");
    }
    esi_buf_text(out, "</section>\n");
}
