/*
 * text.c - the sinks for people that show a block a session; and the one of them that is text.
 *
 * A session's outcomes are gathered in a ladder until its record comes. Then it is either put into
 * words (the style's print), or only counted as one more of a kind that is shown already (kinds).
 */
#include <stdlib.h>

#include "text_internal.h"

struct text_sink {
    struct esi_sink sink;
    const struct block_style *style;
    /* Sessions with outcomes and no record yet: nearly always one. */
    struct open {
        uint64_t number;
        struct ladder *ladder;
    } * open;
    size_t open_len, open_cap;
    size_t last;          /* used last: where to look first */
    struct ladder *spare; /* storage for the next session */
    struct kinds kinds;
    struct account account;
    bool told; /* the blocks were written */
    struct esi_buf out;
};

static bool
wants_turns(const struct esi_sink *sink, uint64_t number)
{
    return sink->options.verbose || sink->options.chosen || number <= TURNS_SESSIONS;
}

static struct ladder *
ladder_of(struct text_sink *sink, uint64_t number)
{
    if (sink->last < sink->open_len && sink->open[sink->last].number == number)
        return sink->open[sink->last].ladder;
    for (sink->last = 0; sink->last < sink->open_len; sink->last++)
        if (sink->open[sink->last].number == number)
            return sink->open[sink->last].ladder;
    sink->open = esi_grow(sink->open, &sink->open_cap, sink->open_len + 1, sizeof *sink->open);
    struct ladder *ladder = sink->spare ? sink->spare : esi_alloc(sizeof *ladder);
    sink->spare = NULL;
    ladder_clear(ladder);
    sink->open[sink->open_len++] = (struct open){number, ladder};
    return ladder;
}

static void
drop_ladder(struct ladder *ladder)
{
    if (ladder)
        ladder_free(ladder);
    free(ladder);
}

/* close_ladder - of the session used last. */
static void
close_ladder(struct text_sink *sink)
{
    struct ladder *ladder = sink->open[sink->last].ladder;

    sink->open[sink->last] = sink->open[--sink->open_len];
    drop_ladder(sink->spare);
    sink->spare = ladder;
}

static void
end_session(struct text_sink *sink, const struct esi_session_info *session)
{
    struct ladder *ladder = ladder_of(sink, session->number);
    bool turns = wants_turns(&sink->sink, session->number);
    struct esi_buf *block;

    if (sink->sink.options.verbose) {
        sink->style->print(&sink->out, ladder, session, &sink->sink, turns);
        sink_write(&sink->sink, &sink->out);
    } else if (kinds_add(&sink->kinds, ladder_signature(ladder, session), session->number,
                         &block)) {
        sink->style->print(block, ladder, session, &sink->sink, turns);
    }
    close_ladder(sink);
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
    case ESI_RECORD_OUTCOME:
        ladder_add(ladder_of(sink, record->session->number), record->outcome);
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
        put_summary(&sink->out, record->summary, base->options.colour);
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
    for (size_t i = 0; i < sink->open_len; i++)
        drop_ladder(sink->open[i].ladder);
    drop_ladder(sink->spare);
    free(sink->open);
    esi_buf_free(&sink->account.troubles);
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
