/*
 * html_page.c - the page around the sessions: head, overview, list, configuration.
 *
 * Style and script are the files of report/html, put into the program when it is built; the page
 * allows these by their digests and nothing else. All of it can be read without the script.
 */
#include "html_internal.h"

#include "html_assets.h"

/* What all pictures share: the end of an arrow, the cross of one that ends at the firewall, and the
 * head of the lifelines. */
static const char symbols[] =
    "<svg class=\"defs\" width=\"0\" height=\"0\" aria-hidden=\"true\" focusable=\"false\"><defs>"
    "<marker id=\"m\" viewBox=\"-10 -5 10 10\" markerWidth=\"10\" markerHeight=\"10\" "
    "orient=\"auto\" markerUnits=\"userSpaceOnUse\"><path d=\"M0 0l-10-4v8z\"/></marker>"
    "<marker id=\"x\" viewBox=\"0 -8 16 16\" markerWidth=\"16\" markerHeight=\"16\" "
    "orient=\"auto\" markerUnits=\"userSpaceOnUse\"><path class=\"xs\" d=\"M2-6l12 12M2 6l12-12\"/>"
    "</marker>"
    "<g id=\"h\"><text class=\"hh\" x=\"74\" y=\"18\">client</text><text class=\"hh\" x=\"524\" "
    "y=\"18\">firewall</text><text class=\"hh\" x=\"974\" y=\"18\">server</text><text x=\"66\" "
    "y=\"40\">frame</text></g></defs></svg>\n";

static const char legend[] =
    "<details class=\"legend\"><summary>How to read the pictures</summary><ul>"
    "<li>What a side says stands on its own side of the firewall, above its arrow; frame numbers "
    "are in the left margin, as Wireshark counts them.</li>"
    "<li>What comes out on the other side is written there only where the firewall changes it: "
    "<code class=\"b\"><mark>before</mark></code>, <code class=\"a\"><mark>after</mark></code>."
    "</li><li>A number on the firewall's line is a finding; it leads to the list below the "
    "picture, where the rule, its configuration line and how sure it is are told.</li>"
    "<li>An arrow that ends at the firewall with a cross: these bytes do not pass.</li>"
    "<li>Below a dashed line, in grey: what was captured, but could not have come about behind "
    "this firewall.</li></ul></details>";

static const char told_all[] =
    "<footer><p>Written by esmtp-analyzer of esmtp-inspect. It shows what the inspection is known "
    "or likely to do; how sure each finding is stands beside it.</p></footer>";
static const char told_only[] =
    "<footer><p>Written by esmtp-analyzer of esmtp-inspect. It shows what was done to the mail "
    "before it was captured, as far as that can be seen; how sure each ground is stands beside "
    "it.</p></footer>";

static void
put_asset(struct esi_buf *out, const unsigned char *bytes, size_t len)
{
    esi_buf_append(out, (struct esi_slice){bytes, len});
}

/* put_part - one of the counts behind a title. */
static void
put_part(struct esi_buf *out, const char **between, uint64_t count, const char *words)
{
    if (count == 0)
        return;
    esi_buf_text(out, *between);
    put_thousands(out, count);
    esi_buf_byte(out, ' ');
    esi_buf_text(out, words);
    *between = ", ";
}

/* put_title - "12 sessions: 1 dropped, 8 altered, 3 untouched". */
static void
put_title(struct esi_buf *out, const struct html_report *report)
{
    const struct html_tally *tally = &report->tally;
    const char *between = ": ";

    put_counted(out, tally->times.sessions, "session", "sessions");
    for (size_t i = 0; i < HTML_OUTCOMES && !report->evidence_only; i++)
        put_part(out, &between, tally->outcomes[html_outcome_order[i]],
                 html_outcome_name(html_outcome_order[i]));
    for (int touched = ESI_TOUCHED_COUNT; touched-- > 0 && report->evidence_only;)
        put_part(out, &between, report->evidence.sessions[touched],
                 touched_words((enum esi_touched)touched));
}

static void
put_head(struct esi_buf *out, const struct html_report *report)
{
    esi_buf_text(out, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>"
                      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                      "style-src 'sha256-" HTML_STYLE_SHA256 "'; script-src "
                      "'sha256-" HTML_SCRIPT_SHA256 "'; base-uri 'none'; form-action 'none'\"/>"
                      "<meta name=\"viewport\" content=\"width=device-width, "
                      "initial-scale=1\"/><meta name=\"referrer\" content=\"no-referrer\"/>"
                      "<meta name=\"color-scheme\" content=\"light dark\"/>"
                      "<title>inspect esmtp \xe2\x80\x94 ");
    put_title(out, report);
    esi_buf_text(out, "</title><style>");
    put_asset(out, html_style, sizeof html_style);
    esi_buf_text(out, "</style></head>\n<body>");
    esi_buf_text(out, symbols);
}

static void
put_top(struct esi_buf *out, const struct html_report *report,
        const struct esi_summary_info *summary)
{
    bool only = report->evidence_only;

    esi_buf_text(out, "<a class=\"skip\" href=\"#main\">Skip to the report</a><header><h1>");
    esi_buf_text(out, only ? "What was done to this mail before it was captured"
                           : "What the firewall does to this mail");
    esi_buf_text(out, "</h1><p class=\"lead\">");
    put_title(out, report);
    esi_buf_text(out, "</p><nav aria-label=\"Parts of the report\">");
    if (html_has_capture(report, summary))
        esi_buf_text(out, "<a href=\"#capture\">In the capture</a> ");
    if (!only)
        esi_buf_text(out, "<a href=\"#overview\">Outcomes</a> <a href=\"#rules\">Rules</a> ");
    if (!only && report->tally.server_count > 0)
        esi_buf_text(out, "<a href=\"#servers\">By server</a> ");
    esi_buf_text(out, "<a href=\"#read\">What was read</a> <a href=\"#sessions\">Sessions</a>");
    if (!only)
        esi_buf_text(out, " <a href=\"#config\">Configuration</a>");
    esi_buf_text(out, "</nav><button type=\"button\" id=\"theme\" hidden=\"\">Dark</button>"
                      "</header>\n");
}

/* put_controls - shown by the script, which makes them work. */
static void
put_controls(struct esi_buf *out, bool evidence_only)
{
    const char *hidden = evidence_only ? " hidden=\"\"" : "";

    esi_buf_printf(out,
                   "<form class=\"ctl\" id=\"filter\" role=\"search\" "
                   "aria-label=\"Filter sessions\" hidden=\"\"><label%s>Outcome "
                   "<select id=\"f-outcome\"><option value=\"\">all</option>",
                   hidden);
    for (size_t i = 0; i < HTML_OUTCOMES; i++)
        esi_buf_printf(out, "<option value=\"%zu\">%s</option>", html_outcome_order[i],
                       html_outcome_name(html_outcome_order[i]));
    esi_buf_text(out, "</select></label> <label>In the capture <select id=\"f-evidence\">"
                      "<option value=\"\">all</option>");
    for (int touched = ESI_TOUCHED_COUNT; touched-- > 0;)
        esi_buf_printf(out, "<option value=\"%d\">%s</option>", touched,
                       touched_words((enum esi_touched)touched));
    esi_buf_printf(out,
                   "</select></label> <label>Server <select id=\"f-server\"><option value=\"\">"
                   "all</option></select></label> <label%s>Rule <select id=\"f-rule\">"
                   "<option value=\"\">all</option></select></label> <label>Text "
                   "<input type=\"search\" id=\"f-text\" autocomplete=\"off\" "
                   "spellcheck=\"false\"/></label> <button type=\"reset\">Clear</button> "
                   "<span id=\"shown\" role=\"status\"></span></form>",
                   hidden);
}

static void
put_row(struct esi_buf *out, const struct html_keep *keep, const struct html_session *session)
{
    const char *between = "";

    esi_buf_printf(out, "<tr data-o=\"%zu\"", session->outcome);
    if (session->examined)
        esi_buf_printf(out, " data-e=\"%u\"", (unsigned)session->touched);
    esi_buf_text(out, " data-r=\"");
    for (size_t rule = 0; rule < HTML_RULES_MOST; rule++) {
        if (!(session->marks >> rule & 1))
            continue;
        esi_buf_printf(out, "%s%zu", between, rule);
        between = " ";
    }
    esi_buf_text(out, "\">");
    esi_buf_append(out, esi_buf_slice(&session->cells));
    esi_buf_text(out, "<td class=\"nu\">");
    put_thousands(out, keep->kinds.items[session->kind].count - 1);
    esi_buf_text(out, "</td></tr>\n");
}

static void
put_list(struct esi_buf *out, const struct html_keep *keep, bool evidence_only)
{
    esi_buf_printf(out,
                   "<div class=\"sc\" tabindex=\"0\" role=\"region\" "
                   "aria-labelledby=\"sessions\"><table id=\"list\"><thead><tr>"
                   "<th scope=\"col\" data-sort=\"n\">No.</th><th scope=\"col\" "
                   "data-sort=\"t\">Began (UTC)</th><th scope=\"col\" data-sort=\"t\">Client"
                   "</th><th scope=\"col\" data-sort=\"t\">Server</th><th scope=\"col\" "
                   "data-sort=\"t\">%s</th><th scope=\"col\" data-sort=\"t\">%s"
                   "</th><th scope=\"col\" data-sort=\"n\" class=\"nu\">Alike</th></tr></thead>"
                   "<tbody>\n",
                   evidence_only ? "In the capture" : "Outcome",
                   evidence_only ? "By" : "What it means");
    for (size_t i = 0; i < keep->len; i++)
        put_row(out, keep, &keep->sessions[i]);
    esi_buf_text(out, "</tbody></table></div>");
}

static void
put_not_shown(struct esi_buf *out, const struct html_keep *keep)
{
    if (keep->all > 1)
        esi_buf_printf(
            out, "<p class=\"no\">%sAlike says how many other sessions read the same.</p>",
            keep->all > HELD_MOST ? "Sessions that are like few others come first. " : "");
    if (keep->all == keep->len)
        return;
    esi_buf_text(out, "<p class=\"no\"><b>");
    put_counted(out, keep->len, "session is", "sessions are");
    esi_buf_text(out, " shown; ");
    put_thousands(out, keep->all - keep->len);
    esi_buf_text(out, keep->kinds.len < HTML_SESSIONS_MOST
                          ? " more, counted above, are not: of each kind at least one is.</b></p>"
                          : " more, counted above, are not.</b></p>");
}

static void
put_sessions(struct esi_buf *out, const struct html_report *report)
{
    const struct html_keep *keep = &report->keep;
    enum { OPEN_MOST = 3 }; /* so few need not be opened by hand */

    esi_buf_text(out, "<section aria-labelledby=\"sessions\" id=\"main-sessions\"><h2 "
                      "id=\"sessions\">Sessions</h2>");
    esi_buf_text(out, keep->len > 0 ? "<div>" : "<p>None.</p><div hidden=\"\">");
    put_not_shown(out, keep);
    put_controls(out, report->evidence_only);
    put_list(out, keep, report->evidence_only);
    esi_buf_text(out, "<div class=\"ctl\" id=\"tools\" hidden=\"\"><button type=\"button\" "
                      "id=\"open\">Open all</button> <button type=\"button\" id=\"close\">Close all"
                      "</button></div>");
    if (!report->evidence_only)
        esi_buf_text(out, legend);
    esi_buf_text(out, "\n<div id=\"sections\">");
    for (size_t i = 0; i < keep->len; i++) {
        esi_buf_text(out, keep->len <= OPEN_MOST ? "<details class=\"ses\" open=\"\""
                                                 : "<details class=\"ses\"");
        esi_buf_append(out, esi_buf_slice(&keep->sessions[i].section));
    }
    esi_buf_text(out, "</div></div></section>\n");
}

void
html_put_page(struct esi_buf *out, struct html_report *report,
              const struct esi_summary_info *summary)
{
    put_head(out, report);
    put_top(out, report, summary);
    esi_buf_text(out, "<main id=\"main\" tabindex=\"-1\">\n");
    html_put_capture(out, report, summary);
    if (report->evidence_only) {
        html_put_none(out, report, summary);
        html_put_read(out, report, summary);
    } else {
        html_put_overview(out, report, summary);
    }
    put_sessions(out, report);
    esi_buf_text(out, "</main>\n");
    if (!report->evidence_only)
        html_put_config(out, report);
    esi_buf_text(out, report->evidence_only ? told_only : told_all);
    esi_buf_text(out, "<script>");
    put_asset(out, html_script, sizeof html_script);
    esi_buf_text(out, "</script></body></html>\n");
}
