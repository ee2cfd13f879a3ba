/* html_session.c - one session: its row in the list, and the section that tells of it. */
#include <stdlib.h>

#include "html_internal.h"
#include "quality_internal.h"

static void
put_time(struct esi_buf *out, esi_nanos when)
{
    char time[ESI_TIME_TEXT], *point;

    esi_time_print(time, when);
    if ((point = strchr(time, '.')))
        *point = '\0';
    if ((point = strchr(time, 'T')))
        *point = ' ';
    esi_buf_text(out, time);
}

static void
put_frames(struct html_story *story)
{
    const struct esi_session_info *session = story->session;
    struct esi_buf *out = story->out;
    struct esi_source first = sink_locate(story->sink, session->first_frame);

    esi_buf_printf(out, "%ju", (uintmax_t)(session->first_frame - first.before));
    if (session->last_frame != session->first_frame) {
        esi_buf_text(out, " to ");
        html_put_frame(story, out, session->last_frame);
    }
    esi_buf_text(out, ", ");
    html_put(out, first.file);
    esi_buf_printf(out, "; tcp.stream %u", session->flow - 1);
}

static void
put_why(struct html_story *story)
{
    const struct esi_session_info *session = story->session;
    struct esi_buf *out = story->out;

    if (session->inspected) {
        esi_buf_text(out, "by map ");
        html_put(out, session->map->name);
        esi_buf_text(out, " of ");
        html_put(out, session->platform->name);
        esi_buf_text(out, ": ");
    } else {
        esi_buf_text(out, "no: ");
    }
    html_put(out, session->inspected_why ? session->inspected_why : "no reason known");
    if (!session->config_file)
        return;
    esi_buf_text(out, " (");
    html_put_place(out, story->tally, session->config_file, session->config_line);
    esi_buf_byte(out, ')');
}

static void
put_quality_of(struct html_story *story)
{
    const struct esi_session_quality *quality = &story->session->quality;

    esi_buf_clear(&story->text);
    put_quality_words(&story->text, story->session);
    if (story->text.len == 0)
        return;
    esi_buf_text(story->out, "<dt>Capture</dt><dd>");
    html_put_buf(story->out, &story->text);
    for (size_t i = 0; i < quality->conflict_count; i++) {
        esi_buf_clear(&story->text);
        put_conflict_words(&story->text, story->sink, story->session, &quality->conflicts[i]);
        esi_buf_text(story->out, "<br/>");
        html_put_buf(story->out, &story->text);
    }
    esi_buf_text(story->out, "</dd>");
}

static uint64_t
frames_before(const struct html_story *story)
{
    return sink_locate(story->sink, story->ladder->effect_frame).before;
}

static void
put_consequence_of(struct html_story *story, struct esi_buf *out)
{
    esi_buf_clear(&story->text);
    put_consequence(&story->text, story->ladder, story->session, frames_before(story));
    html_put_buf(out, &story->text);
}

static void
put_facts(struct html_story *story)
{
    struct esi_buf *out = story->out;
    bool only = story->sink->options.evidence_only;

    esi_buf_text(out, "<dl>");
    if (!only) {
        esi_buf_text(out, "<dt>Outcome</dt><dd>");
        esi_buf_clear(&story->text);
        put_outcome_words(&story->text, story->ladder, story->session, frames_before(story));
        html_put_buf(out, &story->text);
        esi_buf_text(out, "</dd>");
    }
    esi_buf_text(out, "<dt>Began</dt><dd>");
    put_time(out, story->session->start);
    esi_buf_text(out, " UTC</dd><dt>Frames</dt><dd>");
    put_frames(story);
    esi_buf_text(out, "</dd>");
    if (!only) {
        esi_buf_text(out, "<dt>Inspected</dt><dd>");
        put_why(story);
        esi_buf_text(out, "</dd>");
    }
    put_quality_of(story);
    esi_buf_text(out, "</dl>");
}

static void
put_left_out(struct html_story *story, bool turns)
{
    const struct ladder *ladder = story->ladder;
    struct esi_buf *out = story->out;

    if (!turns && story->session->inspected)
        esi_buf_text(out, "<p class=\"no\">The dialogue was not kept: only verdicts are "
                          "shown.</p>");
    if (story->left_out > 0) {
        esi_buf_text(out, "<p class=\"no\">Not drawn: ");
        put_counted(out, story->left_out, "more turn.</p>", "more turns.</p>");
    }
    if (ladder->turns_left_out + ladder->verdicts_left_out == 0)
        return;
    esi_buf_text(out, "<p class=\"no\">Not shown: ");
    put_counted(out, ladder->turns_left_out, "more turn, ", "more turns, ");
    put_counted(out, ladder->verdicts_left_out, "more verdict.</p>", "more verdicts.</p>");
}

/* put_picture - the dialogue, what is left out of it, and the findings. */
static void
put_picture(struct html_story *story, bool turns)
{
    if (!story->session->inspected && story->ladder->len == 0)
        return;
    html_put_ladder(story);
    put_left_out(story, turns);
    html_put_findings(story);
}

/* put_badges - what it was before it was captured, if that is to be told; how it comes out. */
static void
put_badges(struct html_story *story, struct esi_buf *out)
{
    const struct esi_session_info *session = story->session;
    bool only = story->sink->options.evidence_only;

    if (!only)
        esi_buf_printf(out, "<span class=\"oc o%zu\">%s</span>", html_outcome(session),
                       html_outcome_name(html_outcome(session)));
    if (!session->evidence || (!only && !esi_evidence_alarms(session->evidence)))
        return;
    esi_buf_text(out, only ? "" : " ");
    html_put_touched(out, session->evidence->touched);
}

/* put_section - the picture is drawn first: the evidence leads to places in it. */
static void
put_section(struct html_story *story, size_t card, bool turns)
{
    const struct esi_session_info *session = story->session;
    struct esi_buf *out = story->out, picture = {0};
    bool only = story->sink->options.evidence_only;

    story->out = &picture;
    if (!only)
        put_picture(story, turns);
    story->out = out;
    esi_buf_printf(out, " id=\"s%ju\"><summary><h3>Session %ju</h3> <span class=\"who\">",
                   (uintmax_t)session->number, (uintmax_t)session->number);
    put_endpoint(out, &session->tuple.client);
    esi_buf_text(out, " \xe2\x86\x92 ");
    put_endpoint(out, &session->tuple.server);
    esi_buf_text(out, "</span> ");
    put_badges(story, out);
    esi_buf_text(out, "</summary>");
    html_put_evidence(story, card);
    if (!only) {
        esi_buf_text(out, "<p class=\"so\">");
        put_consequence_of(story, out);
        esi_buf_text(out, "</p>");
    }
    put_facts(story);
    esi_buf_append(out, esi_buf_slice(&picture));
    esi_buf_text(out, "</details>\n");
    esi_buf_free(&picture);
}

/* put_meaning - in the list: what it means for the mail, or what it was touched by. */
static void
put_meaning(struct html_story *story, struct esi_buf *out)
{
    const struct esi_evidence_result *result = story->session->evidence;

    if (!story->sink->options.evidence_only) {
        put_consequence_of(story, out);
        return;
    }
    if (result && esi_evidence_alarms(result) && result->product)
        html_put(out, result->product);
}

static void
put_cells(struct html_story *story, struct esi_buf *out)
{
    const struct esi_session_info *session = story->session;

    esi_buf_printf(out, "<td><a href=\"#s%ju\">%ju</a></td><td>", (uintmax_t)session->number,
                   (uintmax_t)session->number);
    put_time(out, session->start);
    esi_buf_text(out, "</td><td>");
    put_endpoint(out, &session->tuple.client);
    esi_buf_text(out, "</td><td>");
    put_endpoint(out, &session->tuple.server);
    esi_buf_text(out, "</td><td>");
    put_badges(story, out);
    esi_buf_text(out, "</td><td>");
    put_meaning(story, out);
    esi_buf_text(out, "</td>");
}

void
html_put_session(struct html_session *out, struct ladder *ladder,
                 const struct esi_session_info *session, const struct esi_sink *sink,
                 struct html_tally *tally, bool turns)
{
    struct html_story story = {
        .out = &out->section, .ladder = ladder, .session = session, .sink = sink, .tally = tally};

    out->number = session->number;
    out->outcome = html_outcome(session);
    put_cells(&story, &out->cells);
    out->examined = session->evidence;
    out->touched = session->evidence ? session->evidence->touched : ESI_TOUCHED_UNKNOWN;
    put_section(&story, out->card, turns);
    turn_lines_free(&story.lines);
    esi_buf_free(&story.text);
    esi_buf_free(&story.after);
    free(story.findings);
}
