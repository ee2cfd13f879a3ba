/*
 * html.c - the sink for a page: one file that needs nothing else, to be read and passed on.
 *
 * Sessions are written when they end and held; the page is written when the summary comes. What is
 * held is bounded (html_keep.c), what is counted as well (html_tally.c).
 */
#include "html_internal.h"

struct html_sink {
    struct esi_sink sink;
    struct ladders ladders;
    struct html_report report;
    bool told;
    struct esi_buf out;
};

static bool
wants_turns(const struct esi_sink *sink, uint64_t number)
{
    return sink->options.chosen || number <= TURNS_SESSIONS;
}

static void
end_session(struct html_sink *sink, const struct esi_session_info *session)
{
    struct open_ladder *open = ladders_of(&sink->ladders, session->number);
    struct html_report *report = &sink->report;
    struct html_session shown = {.marks = open->marks};

    html_tally_session(&report->tally, session, open->marks);
    shown.card = html_evidence_session(&report->evidence, session);
    if (!report->evidence_only)
        shown.meaning =
            html_meaning_of(&report->tally.meanings, open->ladder, session, &sink->sink);
    if (html_keep_wants(&report->keep, told_signature(open->ladder, session, &sink->sink),
                        session->number, &shown.kind)) {
        html_put_session(&shown, open->ladder, session, &sink->sink, &report->tally,
                         wants_turns(&sink->sink, session->number));
        html_keep_add(&report->keep, shown);
    }
    ladders_close(&sink->ladders);
}

static void
add_outcome(struct html_sink *sink, const struct esi_record *record)
{
    struct open_ladder *open = ladders_of(&sink->ladders, record->session->number);

    ladder_add(open->ladder, record->outcome);
    if (record->outcome->kind == ESI_OUTCOME_VERDICT)
        html_tally_verdict(&sink->report.tally, record->outcome, &open->marks);
}

static void
tell(struct html_sink *sink, const struct esi_summary_info *summary)
{
    if (sink->told)
        return;
    sink->told = true;
    html_keep_sort(&sink->report.keep);
    html_put_page(&sink->out, &sink->report, summary);
    sink_write(&sink->sink, &sink->out);
}

static void
put(struct esi_sink *base, const struct esi_record *record)
{
    struct html_sink *sink = (struct html_sink *)base;

    switch (record->kind) {
    case ESI_RECORD_EVIDENCE: /* a session's comes with its record, too */
        if (record->server)
            html_evidence_server(&sink->report.evidence, record->server);
        break;
    case ESI_RECORD_OUTCOME:
        add_outcome(sink, record);
        break;
    case ESI_RECORD_SESSION:
        end_session(sink, record->session);
        break;
    case ESI_RECORD_CAPTURE:
        account_add(&sink->report.account, record->capture);
        break;
    case ESI_RECORD_SUMMARY:
        tell(sink, record->summary);
        break;
    }
}

static void
finish(struct esi_sink *base)
{
    struct html_sink *sink = (struct html_sink *)base;

    tell(sink, NULL);
    ladders_free(&sink->ladders);
    html_tally_free(&sink->report.tally);
    html_keep_free(&sink->report.keep);
    html_evidence_free(&sink->report.evidence);
    esi_buf_free(&sink->report.account.troubles);
    esi_buf_free(&sink->out);
}

struct esi_sink *
html_sink_open(FILE *out, const struct esi_sink_options *options)
{
    static const struct sink_kind kind = {wants_turns, put, finish};
    struct html_sink *sink = esi_alloc(sizeof *sink);

    sink_begin(&sink->sink, &kind, out, options);
    html_tally_begin(&sink->report.tally, options);
    sink->report.evidence_only = options->evidence_only;
    return &sink->sink;
}
