/* html_overview.c - the top of the page: how it came out, what bit, when, and at which server. */
#include "html_internal.h"

const size_t html_outcome_order[HTML_OUTCOMES] = {
    ESI_SESSION_DROPPED,   ESI_SESSION_RESET,   ESI_SESSION_ALTERED,
    ESI_SESSION_UNTOUCHED, ESI_SESSION_UNKNOWN, HTML_NOT_INSPECTED,
};

static void
put_tiles(struct esi_buf *out, const struct html_tally *tally)
{
    static const char *const means[HTML_OUTCOMES] = {
        [ESI_SESSION_UNTOUCHED] = "pass as they are",
        [ESI_SESSION_ALTERED] = "go on, some bytes changed",
        [ESI_SESSION_DROPPED] = "the connection is cut",
        [ESI_SESSION_RESET] = "the connection is reset",
        [ESI_SESSION_UNKNOWN] = "too little SMTP was seen",
        [HTML_NOT_INSPECTED] = "pass without a look",
    };

    esi_buf_text(out, "<ul class=\"tiles\">");
    for (size_t i = 0; i < HTML_OUTCOMES; i++) {
        size_t outcome = html_outcome_order[i];

        if (tally->outcomes[outcome] == 0)
            continue;
        esi_buf_printf(out, "<li class=\"t%zu\"><a href=\"#sessions\" data-outcome=\"%zu\"><b>",
                       outcome, outcome);
        put_thousands(out, tally->outcomes[outcome]);
        esi_buf_printf(out, "</b> %s<small>%s</small></a></li>", html_outcome_name(outcome),
                       means[outcome]);
    }
    esi_buf_text(out, "</ul>");
}

static bool
is_bitten(const struct html_session *session, size_t rule)
{
    return session->marks >> rule & 1;
}

static void
put_rule(struct esi_buf *out, struct html_report *report, size_t at)
{
    const struct html_rule *rule = &report->tally.rules[at];

    esi_buf_printf(out,
                   "<tr id=\"r%zu\"><td><span class=\"ac g%u\">%s</span></td>"
                   "<th scope=\"row\"><code>",
                   at, esi_action_gravity(rule->action), esi_action_name(rule->action));
    html_put(out, rule->rule.words);
    esi_buf_text(out, "</code>");
    if (rule->rule.class_no > 0)
        esi_buf_printf(out, " (class %u)", rule->rule.class_no);
    esi_buf_text(out, "<small>");
    html_put(out, rule->behaviour->words);
    if (rule->example.len > 0) {
        esi_buf_text(out, "</small><small>");
        esi_buf_append(out, esi_buf_slice(&rule->example));
    }
    esi_buf_text(out, "</small></th><td class=\"pl\">");
    html_put_place(out, &report->tally, rule->rule.config_file, rule->rule.config_line);
    esi_buf_text(out, "</td><td class=\"nu\">");
    put_thousands(out, rule->verdicts);
    esi_buf_text(out, "</td><td>");
    esi_buf_printf(out, "<a href=\"#sessions\" data-rule=\"%zu\">", at);
    put_counted(out, rule->sessions, "session</a>", "sessions</a>");
    html_put_some(out, &report->keep, is_bitten, at, rule->sessions);
    esi_buf_printf(out, "</td><td>%s<small>%s</small></td></tr>\n", esi_basis_name(rule->basis),
                   rule->behaviour->id);
}

/* next_rule - the gravest, then the most frequent of those not `done` yet; rule_count: none. */
static size_t
next_rule(const struct html_tally *tally, uint64_t done)
{
    size_t best = tally->rule_count;

    for (size_t i = 0; i < tally->rule_count; i++) {
        if (done >> i & 1)
            continue;
        if (best == tally->rule_count) {
            best = i;
            continue;
        }
        unsigned a = esi_action_gravity(tally->rules[i].action);
        unsigned b = esi_action_gravity(tally->rules[best].action);
        if (a > b || (a == b && tally->rules[i].verdicts > tally->rules[best].verdicts))
            best = i;
    }
    return best;
}

static void
put_rules(struct esi_buf *out, struct html_report *report)
{
    struct html_tally *tally = &report->tally;
    uint64_t done = 0;
    size_t at;

    esi_buf_text(out, "<section aria-labelledby=\"rules\"><h2 id=\"rules\">Rules that acted</h2>");
    if (tally->rule_count == 0) {
        esi_buf_text(out, "<p>No rule found anything to do.</p></section>\n");
        return;
    }
    esi_buf_text(out, "<div class=\"sc\" tabindex=\"0\" role=\"region\" aria-labelledby=\"rules\">"
                      "<table><thead><tr><th scope=\"col\">Does</th><th scope=\"col\">Rule</th>"
                      "<th scope=\"col\">Configuration</th><th scope=\"col\" class=\"nu\">Times"
                      "</th><th scope=\"col\">Sessions</th><th scope=\"col\">How sure</th></tr>"
                      "</thead><tbody>\n");
    while ((at = next_rule(tally, done)) < tally->rule_count) {
        put_rule(out, report, at);
        done |= (uint64_t)1 << at;
    }
    esi_buf_text(out, "</tbody></table></div>");
    if (tally->other_verdicts > 0) {
        esi_buf_text(out, "<p class=\"no\">By further rules, not told apart: ");
        put_counted(out, tally->other_verdicts, "verdict in ", "verdicts in ");
        put_counted(out, tally->other_sessions, "session.</p>", "sessions.</p>");
    }
    if (tally->counterfactual > 0) {
        esi_buf_text(out, "<p class=\"no\">Not counted here: ");
        put_counted(out, tally->counterfactual, "verdict", "verdicts");
        esi_buf_text(out, " on bytes that could not have come about behind the firewall.</p>");
    }
    esi_buf_text(out, "</section>\n");
}

/* next_map - the next inspection to tell of, from `at` on, whose map was not told before. */
static size_t
next_map(const struct esi_summary_info *summary, size_t at)
{
    for (; at < summary->inspection_count; at++) {
        size_t first = 0;

        while (summary->inspections[first].map != summary->inspections[at].map ||
               !esi_summary_tells(summary, first))
            if (++first > at)
                break;
        if (first == at)
            break;
    }
    return at;
}

/* sessions_of - that fell under the map, by whichever inspection. */
static uint64_t
sessions_of(const struct esi_summary_info *summary, const struct esi_map *map)
{
    uint64_t sessions = 0;

    for (size_t i = 0; i < summary->inspection_count; i++)
        if (summary->inspections[i].map == map)
            sessions += summary->inspections[i].sessions;
    return sessions;
}

static void
put_maps(struct esi_buf *out, const struct esi_summary_info *summary)
{
    const char *between = "";

    esi_buf_text(out, "<p>Platform ");
    html_put(out, summary->platform->name);
    esi_buf_text(out, "; ");
    for (size_t i = 0; (i = next_map(summary, i)) < summary->inspection_count; i++) {
        const struct esi_map *map = summary->inspections[i].map;

        esi_buf_printf(out, "%smap <b>", between);
        html_put(out, map->name);
        esi_buf_text(out, "</b>");
        if (!map->config_file)
            esi_buf_text(out, ", built in");
        esi_buf_text(out, ", ");
        put_counted(out, sessions_of(summary, map), "session", "sessions");
        between = "; ";
    }
    if (*between == '\0')
        esi_buf_text(out, "no map was in force for any session");
    esi_buf_text(out, ".</p>");
}

static void
put_counts(struct esi_buf *out, const struct esi_summary_info *summary)
{
    if (summary->diverged > 0) {
        esi_buf_text(out, "<p>");
        put_counted(out, summary->diverged, "session", "sessions");
        esi_buf_text(out, " could not have come about as captured: behind the firewall, client or "
                          "server would have gone on differently.</p>");
    }
    if (summary->not_told > 0) {
        esi_buf_text(out, "<p>");
        put_counted(out, summary->not_told, "session is", "sessions are");
        esi_buf_text(out, " not told (--only-sessions).</p>");
    }
    if (summary->evicted > 0) {
        esi_buf_text(out, "<p>");
        put_counted(out, summary->evicted, "session was", "sessions were");
        esi_buf_text(out, " given up for want of memory.</p>");
    }
}

/* put_read - what was read, and what could not be. */
void
html_put_read(struct esi_buf *out, struct html_report *report,
              const struct esi_summary_info *summary)
{
    struct esi_buf text = {0};

    esi_buf_text(out, "<section aria-labelledby=\"read\"><h2 id=\"read\">What was read</h2>");
    if (summary) {
        if (!report->evidence_only)
            put_maps(out, summary);
        put_counts(out, summary);
    }
    account_print(&report->account, &text);
    struct esi_slice rest = esi_buf_slice(&text);
    while (rest.len > 0) {
        const uint8_t *end = memchr(rest.ptr, '\n', rest.len);
        size_t len = end ? (size_t)(end - rest.ptr) : rest.len;

        esi_buf_text(out, "<p>");
        esi_escape_markup_text(out, esi_slice_cut(rest, 0, len));
        esi_buf_text(out, "</p>");
        rest = esi_slice_cut(rest, len + 1, rest.len);
    }
    if (report->tally.not_whole > 0) {
        esi_buf_text(out, "<p>");
        put_counted(out, report->tally.not_whole, "session was", "sessions were");
        esi_buf_text(out, " not captured whole; each says what is missing.</p>");
    }
    esi_buf_text(out, "</section>\n");
    esi_buf_free(&text);
}

void
html_put_none(struct esi_buf *out, const struct html_report *report,
              const struct esi_summary_info *summary)
{
    if (report->keep.all == 0)
        esi_buf_text(out, summary && summary->not_told > 0
                              ? "<p>No session was chosen (--only-sessions).</p>"
                              : "<p>There is no session: no connection in the capture is one that "
                                "the configuration, or --ports, takes for SMTP.</p>");
}

void
html_put_overview(struct esi_buf *out, struct html_report *report,
                  const struct esi_summary_info *summary)
{
    esi_buf_text(out, "<section aria-labelledby=\"overview\"><h2 id=\"overview\">Outcomes</h2>");
    html_put_none(out, report, summary);
    put_tiles(out, &report->tally);
    html_put_meanings(out, report);
    html_put_chart(out, &report->tally.times);
    esi_buf_text(out, "</section>\n");
    put_rules(out, report);
    html_put_servers(out, &report->tally);
    html_put_read(out, report, summary);
}
