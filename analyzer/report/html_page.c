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

static void
put_asset(struct esi_buf *out, const unsigned char *bytes, size_t len)
{
    esi_buf_append(out, (struct esi_slice){bytes, len});
}

/* put_title - "12 sessions: 1 dropped, 8 altered, 3 untouched". */
static void
put_title(struct esi_buf *out, const struct html_tally *tally)
{
    const char *between = ": ";

    put_counted(out, tally->times.sessions, "session", "sessions");
    for (size_t i = 0; i < HTML_OUTCOMES; i++) {
        size_t outcome = html_outcome_order[i];

        if (tally->outcomes[outcome] == 0)
            continue;
        esi_buf_text(out, between);
        put_thousands(out, tally->outcomes[outcome]);
        esi_buf_byte(out, ' ');
        esi_buf_text(out, html_outcome_name(outcome));
        between = ", ";
    }
}

static void
put_head(struct esi_buf *out, const struct html_tally *tally)
{
    esi_buf_text(out, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>"
                      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                      "style-src 'sha256-" HTML_STYLE_SHA256 "'; script-src "
                      "'sha256-" HTML_SCRIPT_SHA256 "'; base-uri 'none'; form-action 'none'\"/>"
                      "<meta name=\"viewport\" content=\"width=device-width, "
                      "initial-scale=1\"/><meta name=\"referrer\" content=\"no-referrer\"/>"
                      "<meta name=\"color-scheme\" content=\"light dark\"/>"
                      "<title>inspect esmtp \xe2\x80\x94 ");
    put_title(out, tally);
    esi_buf_text(out, "</title><style>");
    put_asset(out, html_style, sizeof html_style);
    esi_buf_text(out, "</style></head>\n<body>");
    esi_buf_text(out, symbols);
}

static void
put_top(struct esi_buf *out, const struct html_tally *tally)
{
    esi_buf_text(out, "<a class=\"skip\" href=\"#main\">Skip to the report</a>"
                      "<header><h1>What the firewall does to this mail</h1><p class=\"lead\">");
    put_title(out, tally);
    esi_buf_text(out, "</p><nav aria-label=\"Parts of the report\"><a href=\"#overview\">Outcomes"
                      "</a> <a href=\"#rules\">Rules</a> ");
    if (tally->server_count > 0)
        esi_buf_text(out, "<a href=\"#servers\">By server</a> ");
    esi_buf_text(out, "<a href=\"#read\">What was read</a> <a href=\"#sessions\">Sessions</a> "
                      "<a href=\"#config\">Configuration</a></nav><button type=\"button\" "
                      "id=\"theme\" hidden=\"\">Dark</button></header>\n");
}

/* put_controls - shown by the script, which makes them work. */
static void
put_controls(struct esi_buf *out)
{
    esi_buf_text(out, "<form class=\"ctl\" id=\"filter\" role=\"search\" "
                      "aria-label=\"Filter sessions\" hidden=\"\">"
                      "<label>Outcome <select id=\"f-outcome\"><option value=\"\">all</option>");
    for (size_t i = 0; i < HTML_OUTCOMES; i++)
        esi_buf_printf(out, "<option value=\"%zu\">%s</option>", html_outcome_order[i],
                       html_outcome_name(html_outcome_order[i]));
    esi_buf_text(out, "</select></label> <label>Server <select id=\"f-server\"><option value=\"\">"
                      "all</option></select></label> <label>Rule <select id=\"f-rule\">"
                      "<option value=\"\">all</option></select></label> <label>Text "
                      "<input type=\"search\" id=\"f-text\" autocomplete=\"off\" "
                      "spellcheck=\"false\"/></label> <button type=\"reset\">Clear</button> "
                      "<span id=\"shown\" role=\"status\"></span></form>");
}

static void
put_list(struct esi_buf *out, const struct html_keep *keep)
{
    esi_buf_text(out, "<div class=\"sc\" tabindex=\"0\" role=\"region\" "
                      "aria-labelledby=\"sessions\"><table id=\"list\"><thead><tr>"
                      "<th scope=\"col\" data-sort=\"n\">No.</th><th scope=\"col\" "
                      "data-sort=\"t\">Began (UTC)</th><th scope=\"col\" data-sort=\"t\">Client"
                      "</th><th scope=\"col\" data-sort=\"t\">Server</th><th scope=\"col\" "
                      "data-sort=\"t\">Outcome</th><th scope=\"col\" data-sort=\"t\">What it means"
                      "</th><th scope=\"col\" data-sort=\"n\" class=\"nu\">Alike</th></tr></thead>"
                      "<tbody>\n");
    for (size_t i = 0; i < keep->len; i++) {
        const struct html_session *session = &keep->sessions[i];
        const char *between = "";

        esi_buf_printf(out, "<tr data-o=\"%zu\" data-r=\"", session->outcome);
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
put_sessions(struct esi_buf *out, const struct html_keep *keep)
{
    enum { OPEN_MOST = 3 }; /* so few need not be opened by hand */

    esi_buf_text(out, "<section aria-labelledby=\"sessions\" id=\"main-sessions\"><h2 "
                      "id=\"sessions\">Sessions</h2>");
    esi_buf_text(out, keep->len > 0 ? "<div>" : "<p>None.</p><div hidden=\"\">");
    put_not_shown(out, keep);
    put_controls(out);
    put_list(out, keep);
    esi_buf_text(out, "<div class=\"ctl\" id=\"tools\" hidden=\"\"><button type=\"button\" "
                      "id=\"open\">Open all</button> <button type=\"button\" id=\"close\">Close all"
                      "</button></div>");
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
    put_head(out, &report->tally);
    put_top(out, &report->tally);
    esi_buf_text(out, "<main id=\"main\" tabindex=\"-1\">\n");
    html_put_overview(out, report, summary);
    put_sessions(out, &report->keep);
    esi_buf_text(out, "</main>\n");
    html_put_config(out, report);
    esi_buf_text(out, "<footer><p>Written by esmtp-analyzer of esmtp-inspect. It shows what "
                      "the inspection is known or likely to do; how sure each finding is stands "
                      "beside it.</p></footer><script>");
    put_asset(out, html_script, sizeof html_script);
    esi_buf_text(out, "</script></body></html>\n");
}
