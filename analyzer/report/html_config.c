/*
 * html_config.c - the configuration beside what it does: the lines that were understood, with their
 * numbers, and on those that bit how often.
 */
#include "html_internal.h"

enum {
    LINES_MOST = 2000, /* longer excerpts show what is spoken of, and its surroundings */
    AROUND = 3,
};

static bool
is_spoken_of(const struct html_line *line)
{
    return line->linked || line->times > 0 || line->chosen > 0;
}

static bool
is_shown(const struct html_tally *tally, size_t at)
{
    size_t from = at > AROUND ? at - AROUND : 0, to = at + AROUND;

    if (tally->config_count <= LINES_MOST)
        return true;
    for (size_t i = from; i <= to && i < tally->config_count; i++)
        if (is_spoken_of(&tally->lines[i]))
            return true;
    return false;
}

static void
put_marks(struct esi_buf *out, const struct html_tally *tally, const struct html_line *line)
{
    const char *between = " ";

    if (!is_spoken_of(line) || (line->times == 0 && line->chosen == 0))
        return;
    esi_buf_text(out, "<span class=\"hit\">");
    if (line->times > 0) {
        put_counted(out, line->times, "time:", "times:");
        for (size_t i = 0; i < tally->rule_count; i++) {
            if (!(line->rules >> i & 1))
                continue;
            esi_buf_printf(out, "%s<a href=\"#r%zu\">%s, ", between, i,
                           esi_action_name(tally->rules[i].action));
            put_counted(out, tally->rules[i].sessions, "session</a>", "sessions</a>");
            between = "; ";
        }
    }
    if (line->chosen > 0) {
        esi_buf_text(out, line->times > 0 ? "; decides for " : "decides for ");
        put_counted(out, line->chosen, "session", "sessions");
    }
    esi_buf_text(out, "</span>");
}

static void
put_line(struct esi_buf *out, const struct html_tally *tally, size_t at)
{
    const struct html_line *line = &tally->lines[at];

    esi_buf_text(out, "<li id=\"");
    html_put_line_id(out, tally, at);
    esi_buf_printf(out, "\"%s><span class=\"no\">%u</span><code>",
                   line->times > 0    ? " class=\"bites\""
                   : line->chosen > 0 ? " class=\"picks\""
                                      : "",
                   tally->config[at].line);
    html_put(out, tally->config[at].text);
    esi_buf_text(out, "</code>");
    put_marks(out, tally, line);
    esi_buf_text(out, "</li>\n");
}

static void
put_gap(struct esi_buf *out, unsigned from, unsigned to)
{
    if (to <= from + 1)
        return;
    esi_buf_text(out, "<li class=\"gap\">\xe2\x80\xa6 ");
    put_counted(out, to - from - 1, "line left aside", "lines left aside");
    esi_buf_text(out, " \xe2\x80\xa6</li>\n");
}

static void
put_file(struct esi_buf *out, const struct html_tally *tally, size_t *at)
{
    const char *file = tally->config[*at].file;
    unsigned last = 0;

    esi_buf_text(out, "<h3>");
    html_put(out, file);
    esi_buf_text(out, "</h3><ol class=\"cfg\">\n");
    for (; *at < tally->config_count && tally->config[*at].file == file; ++*at) {
        if (!is_shown(tally, *at))
            continue;
        put_gap(out, last, tally->config[*at].line);
        put_line(out, tally, *at);
        last = tally->config[*at].line;
    }
    esi_buf_text(out, "</ol>");
}

void
html_put_config(struct esi_buf *out, struct html_report *report)
{
    const struct html_tally *tally = &report->tally;
    bool built_in = false;

    for (size_t i = 0; i < tally->rule_count; i++)
        built_in |= !tally->rules[i].rule.config_file;
    esi_buf_text(out, "<aside aria-labelledby=\"config\"><h2 id=\"config\">Configuration</h2>");
    if (tally->config_count == 0)
        esi_buf_text(out, "<p>None was given: the platform's own defaults are in force. "
                          "Every rule is built in.</p>");
    else if (built_in)
        esi_buf_text(out, "<p>Some rules are built in: no line says them. They are listed under "
                          "<a href=\"#rules\">Rules that acted</a>.</p>");
    for (size_t at = 0; at < tally->config_count;)
        put_file(out, tally, &at);
    esi_buf_text(out, "</aside>\n");
}
