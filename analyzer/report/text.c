/*
 * text.c - the sinks for people that show a block a session; and the one of them that is text.
 *
 * A session's outcomes are gathered in a ladder until its record comes. Then it is either put into
 * words (the style's print), or only counted as one more of a kind that is shown already (kinds).
 */
#include "text_internal.h"

struct text_sink {
    struct esi_sink sink;
    const struct block_style *style;
    struct ladders ladders;
    struct kinds kinds;
    struct account account;
    struct touched_servers servers;
    bool told; /* the blocks were written */
    struct esi_buf out;
};

static bool
wants_turns(const struct esi_sink *sink, uint64_t number)
{
    return sink->options.verbose || sink->options.chosen || number <= TURNS_SESSIONS;
}

static void
end_session(struct text_sink *sink, const struct esi_session_info *session)
{
    struct ladder *ladder = ladders_of(&sink->ladders, session->number)->ladder;
    bool turns = wants_turns(&sink->sink, session->number);
    struct esi_buf *block;

    if (sink->sink.options.verbose) {
        sink->style->print(&sink->out, ladder, session, &sink->sink, turns);
        sink_write(&sink->sink, &sink->out);
    } else if (kinds_add(&sink->kinds, told_signature(ladder, session, &sink->sink),
                         session->number, &block)) {
        sink->style->print(block, ladder, session, &sink->sink, turns);
        kinds_added(&sink->kinds);
    }
    ladders_close(&sink->ladders);
}

static void
tell_sessions(struct text_sink *sink)
{
    if (!sink->told)
        kinds_print(&sink->kinds, &sink->out);
    sink->told = true;
}

static void
put(struct esi_sink *base, const struct esi_record *record)
{
    struct text_sink *sink = (struct text_sink *)base;

    switch (record->kind) {
    case ESI_RECORD_EVIDENCE:
        if (record->server && sink->style->summary)
            touched_servers_add(&sink->servers, record->server);
        break;
    case ESI_RECORD_OUTCOME:
        ladder_add(ladders_of(&sink->ladders, record->session->number)->ladder, record->outcome);
        break;
    case ESI_RECORD_SESSION:
        end_session(sink, record->session);
        break;
    case ESI_RECORD_CAPTURE:
        account_add(&sink->account, record->capture);
        break;
    case ESI_RECORD_SUMMARY:
        tell_sessions(sink);
        if (!sink->style->summary)
            break;
        put_summary(&sink->out, record->summary, &base->options);
        touched_servers_print(&sink->servers, &sink->out);
        account_print(&sink->account, &sink->out);
        sink_write(base, &sink->out);
        break;
    }
}

static void
finish(struct esi_sink *base)
{
    struct text_sink *sink = (struct text_sink *)base;

    tell_sessions(sink);
    sink_write(base, &sink->out);
    kinds_free(&sink->kinds);
    ladders_free(&sink->ladders);
    esi_buf_free(&sink->account.troubles);
    esi_buf_free(&sink->servers.lines);
    esi_buf_free(&sink->out);
}

struct esi_sink *
blocks_sink_open(FILE *out, const struct esi_sink_options *options, const struct block_style *style)
{
    static const struct sink_kind kind = {wants_turns, put, finish};
    struct text_sink *sink = esi_alloc(sizeof *sink);

    sink_begin(&sink->sink, &kind, out, options);
    sink->style = sink->kinds.style = style;
    return &sink->sink;
}

struct esi_sink *
text_sink_open(FILE *out, const struct esi_sink_options *options)
{
    static const struct block_style style = {.print = ladder_print,
                                             .held_most = HELD_MOST,
                                             .shown_most = KINDS_SHOWN,
                                             .bytes_most = SIZE_MAX,
                                             .summary = true};

    return blocks_sink_open(out, options, &style);
}
