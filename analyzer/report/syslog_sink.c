/*
 * syslog_sink.c - the sink of `-o syslog`: what the box would have logged, in order of time.
 *
 * A session's records come when it ends, so lines are sorted before they are written, and none is
 * written before the end. Lines stand as the box prints them; with -v each has before it what
 * `logging timestamp rfc5424` and `logging device-id` put there: the time of its frame, in UTC
 * (RFC 5424 section 6.2.3), and in place of the device the file and the frame.
 *
 * Verdicts on what could not have come about log nothing here.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sorter_internal.h"
#include "syslog_internal.h"

enum {
    SORT_MEMORY = 16 << 20, /* what some 60,000 lines take */
    WRITE_AT = 65536
};

struct syslog_sink {
    struct esi_sink sink;
    struct sorter *sorter;
    uint64_t lines; /* so far */
    struct esi_buf session_lines, line, out;
    bool level_in_doubt; /* a line was told whose severity differs between releases of its row */
    uint64_t not_kept;   /* segments behind a cut that nobody kept */
    uint64_t diverged;   /* connections that end as they could not have */
    struct esi_buf note;
};

/* put_place - "2026-03-03T10:15:00.123456Z mail.pcap:12 : ". */
static void
put_place(struct syslog_sink *sink, esi_nanos ts, uint64_t frame)
{
    enum { NANOS_AND_Z = 4 }; /* RFC 5424 takes six decimals */
    struct esi_source source = sink_locate(&sink->sink, frame);
    char time[ESI_TIME_TEXT];

    esi_time_print(time, ts);
    time[strlen(time) - NANOS_AND_Z] = '\0';
    esi_buf_text(&sink->line, time);
    esi_buf_text(&sink->line, "Z ");
    esi_escape_text(&sink->line, esi_slice_of(source.file));
    esi_buf_byte(&sink->line, ':');
    esi_buf_number(&sink->line, frame - source.before);
    esi_buf_text(&sink->line, " : ");
}

/* note_sorter - what the sorter returned; what failed first stays. */
static void
note_sorter(struct esi_sink *base, int broken)
{
    if (base->broken_errno || !broken)
        return;
    base->broken_errno = broken;
    base->broken_at = "a temporary file";
}

static void
add_line(struct syslog_sink *sink, esi_nanos ts, uint64_t frame, enum syslog_rank rank,
         struct esi_slice line)
{
    enum { RANK_SHIFT = 60 };
    struct sorter_key key = {ts, frame, (uint64_t)rank << RANK_SHIFT | sink->lines++};

    if (sink->sink.broken_errno)
        return;
    esi_buf_clear(&sink->line);
    if (sink->sink.options.verbose)
        put_place(sink, ts, frame);
    esi_escape_text(&sink->line, line); /* names of a configuration may hold anything */
    esi_buf_byte(&sink->line, '\n');
    note_sorter(&sink->sink, sorter_add(sink->sorter, &key, esi_buf_slice(&sink->line)));
}

/* add_lines - each with its LF; empties the buffer. */
static void
add_lines(void *ctx, esi_nanos ts, uint64_t frame, enum syslog_rank rank, struct esi_buf *buf)
{
    struct esi_slice lines = esi_buf_slice(buf);
    const uint8_t *end;

    while (lines.len > 0 && (end = memchr(lines.ptr, '\n', lines.len))) {
        size_t len = (size_t)(end - lines.ptr);

        add_line(ctx, ts, frame, rank, esi_slice_cut(lines, 0, len));
        lines = esi_slice_cut(lines, len + 1, lines.len);
    }
    esi_buf_clear(buf);
}

/* is_in_doubt - whether the platform stands for releases that log 507003 with another severity. */
static bool
is_in_doubt(const struct esi_platform *platform)
{
    const struct esi_release_turn *turn;

    const struct esi_setting *setting = &platform->setting[ESI_KNOB_LOG_507003_LEVEL];

    if (strcmp(platform->name, platform->profile->name) != 0 || setting->basis == ESI_BASIS_ASSUMED)
        return false; /* a release was named, or the knob turned */
    for (size_t i = 0; (turn = esi_release_turn_at(i)); i++)
        if (turn->knob == ESI_KNOB_LOG_507003_LEVEL &&
            strcmp(turn->product, platform->product) == 0 &&
            platform->release.part[0] < turn->from.part[0])
            return true;
    return false;
}

static void
put_outcome(struct syslog_sink *sink, const struct esi_session_info *session,
            const struct esi_outcome *outcome)
{
    const struct esi_verdict *verdict = &outcome->u.verdict;

    if (outcome->kind != ESI_OUTCOME_VERDICT || verdict->counterfactual)
        return;
    sink->level_in_doubt |=
        (verdict->action == ESI_ACTION_DROP_CONNECTION || verdict->action == ESI_ACTION_RESET) &&
        is_in_doubt(session->platform);
    esi_syslog_lines(&sink->session_lines, session, outcome);
    add_lines(sink, outcome->ts, outcome->frame, RANK_BETWEEN, &sink->session_lines);
}

static void
put_session(struct syslog_sink *sink, const struct esi_session_info *session)
{
    const struct esi_after_cut *after = session->after_cut;

    syslog_session_lines(session, add_lines, sink);
    if (after) /* of a reset nothing is denied */
        sink->not_kept += session->result->cut_at.reset ? 0 : after->count - after->kept;
    else if (session->result && session->connection > 0)
        sink->diverged += session->result->divergence.found;
}

static void
put(struct esi_sink *base, const struct esi_record *record)
{
    struct syslog_sink *sink = (struct syslog_sink *)base;

    if (record->kind == ESI_RECORD_OUTCOME)
        put_outcome(sink, record->session, record->outcome);
    if (record->kind == ESI_RECORD_SESSION)
        put_session(sink, record->session);
}

static void
write_line(void *ctx, const struct sorter_key *key, struct esi_slice line)
{
    struct syslog_sink *sink = ctx;

    (void)key;
    if (sink->sink.broken_errno)
        return;
    esi_buf_append(&sink->out, line);
    if (sink->out.len >= WRITE_AT)
        sink_write(&sink->sink, &sink->out);
}

static void
finish(struct esi_sink *base)
{
    struct syslog_sink *sink = (struct syslog_sink *)base;

    if (!base->broken_errno)
        note_sorter(base, sorter_finish(sink->sorter, write_line, sink));
    sink_write(base, &sink->out);
    sorter_free(sink->sorter);
    esi_buf_free(&sink->session_lines);
    esi_buf_free(&sink->line);
    esi_buf_free(&sink->out);
    esi_buf_free(&sink->note);
}

/* note_count - "syslog: 3 ...", behind what was noted so far. */
static void
note_count(struct esi_buf *text, uint64_t count, const char *words)
{
    if (count > 0)
        esi_buf_printf(text, "%s%" PRIu64 " %s", text->len > 0 ? "; " : "syslog: ", count, words);
}

static const char *
note(struct esi_sink *base)
{
    struct syslog_sink *sink = (struct syslog_sink *)base;
    struct esi_buf *text = &sink->note;

    esi_buf_clear(text);
    if (sink->level_in_doubt)
        esi_buf_text(text, "syslog: 507003 has severity 4 up to ASA 9.0 and 3 from 9.1 on: -P with "
                           "a release, or the knob log_507003_level, settles it");
    note_count(text, sink->diverged,
               "of the connections went on as they could not have behind the box: their teardown "
               "is told as captured");
    note_count(text, sink->not_kept,
               "lines of 106015 are missing, of connections with many segments behind their end");
    if (text->len == 0)
        return NULL;
    esi_buf_byte(text, '\0');
    return (const char *)text->data;
}

struct esi_sink *
syslog_sink_open(FILE *out, const struct esi_sink_options *options)
{
    static const struct sink_kind kind = {sink_wants_no_turns, put, finish};
    struct syslog_sink *sink = esi_alloc(sizeof *sink);

    sink_begin(&sink->sink, &kind, out, options);
    sink->sink.note = note;
    sink->sorter = sorter_new(SORT_MEMORY);
    return &sink->sink;
}
