/*
 * json.c - the sink of `-o json`: JSON Lines, one object a record.
 *
 * Every record begins with the same envelope, whose middle (who talks to whom) is made once a
 * session. Frame numbers count within their file, as Wireshark does; where a list of frames runs
 * over several files, `frames_files` names the file of each. A divergence in another file than its
 * session's record has a `pcap_filename` of its own.
 *
 * Wire bytes are escaped so that each can be recovered, twice: once for that, once for JSON.
 */
#include <stdlib.h>
#include <string.h>

#include "json_internal.h"
#include "report_internal.h"

enum { WRITE_AT = 65536 }; /* a regular file gets its bytes in runs of about this many */

struct json_sink {
    struct esi_sink sink;
    struct json json;
    struct esi_buf peers; /* envelope members of session `peers_of` */
    uint64_t peers_of;
    int64_t second; /* that `time` says */
    char time[ESI_TIME_TEXT];
    struct esi_buf scratch; /* bytes after an edit; syslog lines */
};

static void
put_time(struct json_sink *sink, struct esi_slice key, esi_nanos when)
{
    int64_t second = when / 1000000000, nanos = when % 1000000000;

    if (nanos < 0 || second != sink->second || sink->time[0] == '\0') {
        esi_time_print(sink->time, when);
        sink->second = nanos < 0 ? second - 1 : second;
    } else {
        char *digit = sink->time + strlen(sink->time) - 1; /* at the Z */

        for (int i = 0; i < 9; i++, nanos /= 10)
            *--digit = (char)('0' + nanos % 10);
    }
    json_word(&sink->json, key, sink->time);
}

static void
make_peers(struct json_sink *sink, const struct esi_session_info *session)
{
    struct json json = {.out = sink->peers};
    char id[ESI_COMMUNITY_ID_TEXT], ip[ESI_IP_TEXT];

    esi_buf_clear(&json.out);
    json_number(&json, JSON_KEY("tcp_stream"), session->flow - 1);
    json_number(&json, JSON_KEY("flow_id"), session->flow);
    json_word(&json, JSON_KEY("community_id"), esi_community_id(id, &session->tuple));
    json_word(&json, JSON_KEY("client_ip"), esi_ip_print(ip, &session->tuple.client.ip));
    json_number(&json, JSON_KEY("client_port"), session->tuple.client.port);
    json_word(&json, JSON_KEY("server_ip"), esi_ip_print(ip, &session->tuple.server.ip));
    json_number(&json, JSON_KEY("server_port"), session->tuple.server.port);
    sink->peers = json.out;
    sink->peers_of = session->number;
}

static void
begin(struct json_sink *sink, const char *event_type)
{
    json_open(&sink->json, JSON_ELEMENT, '{');
    json_number(&sink->json, JSON_KEY("schema"), 1);
    json_word(&sink->json, JSON_KEY("event_type"), event_type);
}

static void
end(struct json_sink *sink)
{
    struct json *json = &sink->json;

    json_close(json, '}');
    json->comma = false;
    esi_buf_byte(&json->out, '\n');
    if (sink->sink.live || json->out.len >= WRITE_AT)
        sink_write(&sink->sink, &json->out);
}

/* begin_of - the envelope of a record that belongs to a session. */
static struct esi_source
begin_of(struct json_sink *sink, const char *event_type, const struct esi_session_info *session,
         esi_nanos when, uint64_t frame)
{
    struct esi_source source = sink_locate(&sink->sink, frame);

    begin(sink, event_type);
    put_time(sink, JSON_KEY("timestamp"), when);
    json_text(&sink->json, JSON_KEY("pcap_filename"), source.file);
    json_number(&sink->json, JSON_KEY("pcap_cnt"), frame - source.before);
    if (sink->peers_of != session->number)
        make_peers(sink, session);
    json_members(&sink->json, esi_buf_slice(&sink->peers));
    return source;
}

/* put_frames - numbers within their files, and the files if there are several. */
static void
put_frames(struct json_sink *sink, const uint64_t *frames, size_t count)
{
    struct json *json = &sink->json;
    bool several = false;
    struct esi_source first = {0};

    json_open(json, JSON_KEY("frames"), '[');
    for (size_t i = 0; i < count; i++) {
        struct esi_source source = sink_locate(&sink->sink, frames[i]);

        if (i == 0)
            first = source;
        several |= source.file != first.file;
        json_number(json, JSON_ELEMENT, frames[i] - source.before);
    }
    json_close(json, ']');
    if (!several)
        return;
    json_open(json, JSON_KEY("frames_files"), '[');
    for (size_t i = 0; i < count; i++)
        json_text(json, JSON_ELEMENT, sink_locate(&sink->sink, frames[i]).file);
    json_close(json, ']');
}

static void
put_wire_or_null(struct json *json, struct esi_slice key, bool present, struct esi_slice bytes)
{
    if (present)
        json_wire(json, key, bytes);
    else
        json_null(json, key);
}

/* put_said - verb, argument, code and text of a turn, null where they do not apply. */
static void
put_said(struct json_sink *sink, const struct esi_turn *turn)
{
    struct json *json = &sink->json;
    bool command = turn->what == ESI_TURN_COMMAND, header = turn->what == ESI_TURN_HEADER;
    bool known = command && turn->verb != ESI_VERB_UNKNOWN;

    if (known)
        json_word(json, JSON_KEY("verb"), esi_verb_name(turn->verb));
    else
        put_wire_or_null(json, JSON_KEY("verb"), command, turn->word);
    put_wire_or_null(json, JSON_KEY("argument"), command, turn->argument);
    if (turn->code > 0)
        json_number(json, JSON_KEY("code"), turn->code);
    else
        json_null(json, JSON_KEY("code"));
    if (header) {
        esi_buf_clear(&sink->scratch);
        esi_buf_append(&sink->scratch, turn->word);
        esi_buf_text(&sink->scratch, ": ");
        esi_buf_append(&sink->scratch, turn->argument);
        json_wire(json, JSON_KEY("text"), esi_buf_slice(&sink->scratch));
    } else {
        put_wire_or_null(json, JSON_KEY("text"), turn->text.ptr != NULL, turn->text);
    }
}

static void
put_turn(struct json_sink *sink, const struct esi_session_info *session,
         const struct esi_outcome *outcome)
{
    struct json *json = &sink->json;

    begin_of(sink, "smtp", session, outcome->ts, outcome->frame);
    json_open(json, JSON_KEY("smtp"), '{');
    json_word(json, JSON_KEY("direction"), dir_name(outcome->dir));
    json_word(json, JSON_KEY("what"), esi_turn_name(outcome->u.turn.what));
    json_number(json, JSON_KEY("offset"), outcome->span.offset);
    json_number(json, JSON_KEY("length"), outcome->span.len);
    put_said(sink, &outcome->u.turn);
    put_frames(sink, outcome->frames, outcome->frame_count);
    json_close(json, '}');
    end(sink);
}

static void
put_rule(struct json *json, const struct esi_session_info *session, const struct esi_rule *rule)
{
    json_text(json, JSON_KEY("rule"), rule->words);
    if (rule->class_no > 0)
        json_number(json, JSON_KEY("class"), rule->class_no);
    else
        json_null(json, JSON_KEY("class"));
    json_text(json, JSON_KEY("map"), session->policy->map.name);
    if (!rule->config_file) {
        json_null(json, JSON_KEY("config"));
        return;
    }
    json_open(json, JSON_KEY("config"), '{');
    json_text(json, JSON_KEY("file"), rule->config_file);
    json_number(json, JSON_KEY("line"), rule->config_line);
    json_close(json, '}');
}

/* put_change - `before`, and `after` if something is written over it. */
static void
put_change(struct json_sink *sink, const struct esi_outcome *outcome)
{
    const struct esi_verdict *verdict = &outcome->u.verdict;
    struct json *json = &sink->json;
    bool edits = verdict->action == ESI_ACTION_MASK || verdict->action == ESI_ACTION_REPLACE;
    struct esi_slice before = verdict->before;

    if (!edits)
        before = esi_slice_cut(before, 0, ESI_BEFORE_KEEP);
    json_wire(json, JSON_KEY("before"), before);
    if (edits) {
        esi_buf_clear(&sink->scratch);
        esi_buf_append(&sink->scratch, before);
        esi_edit_apply(&verdict->edit, outcome->span.offset, sink->scratch.data, before.len);
        json_wire(json, JSON_KEY("after"), esi_buf_slice(&sink->scratch));
    } else {
        json_null(json, JSON_KEY("after"));
    }
    if (verdict->clipped || before.len < verdict->before.len)
        json_bool(json, JSON_KEY("clipped"), true);
}

static void
put_syslog(struct json_sink *sink, const struct esi_session_info *session,
           const struct esi_outcome *outcome)
{
    struct esi_slice lines;
    const uint8_t *end;

    esi_buf_clear(&sink->scratch);
    esi_syslog_lines(&sink->scratch, session, outcome);
    lines = esi_buf_slice(&sink->scratch);
    json_open(&sink->json, JSON_KEY("syslog"), '[');
    while (lines.len > 0 && (end = memchr(lines.ptr, '\n', lines.len))) {
        size_t len = (size_t)(end - lines.ptr);

        json_own(&sink->json, JSON_ELEMENT, esi_slice_cut(lines, 0, len));
        lines = esi_slice_cut(lines, len + 1, lines.len);
    }
    json_close(&sink->json, ']');
}

static void
put_verdict(struct json_sink *sink, const struct esi_session_info *session,
            const struct esi_outcome *outcome)
{
    const struct esi_verdict *verdict = &outcome->u.verdict;
    struct json *json = &sink->json;

    begin_of(sink, "verdict", session, outcome->ts, outcome->frame);
    json_open(json, JSON_KEY("verdict"), '{');
    json_word(json, JSON_KEY("action"), esi_action_name(verdict->action));
    json_word(json, JSON_KEY("direction"), dir_name(outcome->dir));
    json_word(json, JSON_KEY("what"), esi_what_name(verdict->what));
    put_rule(json, session, &verdict->rule);
    json_number(json, JSON_KEY("offset"), outcome->span.offset);
    json_number(json, JSON_KEY("length"), outcome->span.len);
    put_change(sink, outcome);
    put_frames(sink, outcome->frames, outcome->frame_count);
    json_word(json, JSON_KEY("behaviour"), verdict->behaviour->id);
    json_word(json, JSON_KEY("basis"), esi_basis_name(verdict->behaviour->basis));
    put_syslog(sink, session, outcome);
    json_bool(json, JSON_KEY("counterfactual"), verdict->counterfactual);
    json_close(json, '}');
    end(sink);
}

static void
put_left_aside(struct json *json, const struct esi_session_quality *quality)
{
    json_open(json, JSON_KEY("left_aside"), '{');
    json_number(json, JSON_KEY("corrupt"), quality->corrupt);
    json_number(json, JSON_KEY("before_start"), quality->before_start);
    json_number(json, JSON_KEY("behind_end"), quality->after_end);
    json_number(json, JSON_KEY("late"), quality->late);
    json_number(json, JSON_KEY("stray"), quality->stray);
    json_close(json, '}');
}

/* put_conflicts - bytes of which the capture has two versions. */
static void
put_conflicts(struct json_sink *sink, const struct esi_session_quality *quality)
{
    struct json *json = &sink->json;

    json_open(json, JSON_KEY("conflicts"), '[');
    for (size_t i = 0; i < quality->conflict_count; i++) {
        const struct esi_conflict *conflict = &quality->conflicts[i];
        size_t len = conflict->span.len < ESI_CONFLICT_SHOWN ? (size_t)conflict->span.len
                                                             : (size_t)ESI_CONFLICT_SHOWN;

        json_open(json, JSON_ELEMENT, '{');
        json_word(json, JSON_KEY("direction"), dir_name(conflict->dir));
        json_number(json, JSON_KEY("offset"), conflict->span.offset);
        json_number(json, JSON_KEY("length"), conflict->span.len);
        json_wire(json, JSON_KEY("first"), (struct esi_slice){conflict->first, len});
        json_wire(json, JSON_KEY("second"), (struct esi_slice){conflict->second, len});
        put_frames(sink, (uint64_t[]){conflict->first_frame, conflict->second_frame}, 2);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void
put_quality(struct json_sink *sink, const struct esi_session_quality *quality)
{
    struct json *json = &sink->json;
    bool both = quality->side_seen[ESI_TO_SERVER] && quality->side_seen[ESI_TO_CLIENT];
    enum esi_dir seen = quality->side_seen[ESI_TO_SERVER] ? ESI_TO_SERVER : ESI_TO_CLIENT;

    json_open(json, JSON_KEY("quality"), '{');
    json_word(json, JSON_KEY("start"), quality->midstream ? "midstream" : "handshake");
    json_word(json, JSON_KEY("sides"), both ? "both" : dir_name(seen));
    json_number(json, JSON_KEY("gaps"), quality->gaps);
    json_number(json, JSON_KEY("gap_bytes"), quality->gap_bytes);
    json_number(json, JSON_KEY("given_up"), quality->given_up);
    json_number(json, JSON_KEY("cut_frames"), quality->cut_frames);
    json_number(json, JSON_KEY("bad_checksums"), quality->bad_checksums);
    json_number(json, JSON_KEY("doubtful"), quality->doubtful);
    put_left_aside(json, quality);
    json_number(json, JSON_KEY("overlap_conflicts"), quality->overlap_conflicts);
    put_conflicts(sink, quality);
    json_number(json, JSON_KEY("fragment_conflicts"), quality->fragment_conflicts);
    json_bool(json, JSON_KEY("evicted"), quality->evicted);
    json_close(json, '}');
}

static void
put_counts(struct json *json, const struct esi_session_counts *counts)
{
    json_open(json, JSON_KEY("counts"), '{');
    for (size_t i = 0; i < count_field_count; i++)
        json_named_number(json, count_fields[i].name, count_of(counts, &count_fields[i]));
    json_close(json, '}');
}

static void
put_divergence(struct json_sink *sink, const struct esi_session_result *result,
               const struct esi_source *record)
{
    struct json *json = &sink->json;

    if (!result || !result->divergence.found) {
        json_null(json, JSON_KEY("diverges"));
        return;
    }
    struct esi_source source = sink_locate(&sink->sink, result->divergence.frame);
    json_open(json, JSON_KEY("diverges"), '{');
    if (source.file != record->file)
        json_text(json, JSON_KEY("pcap_filename"), source.file);
    json_number(json, JSON_KEY("pcap_cnt"), result->divergence.frame - source.before);
    json_text(json, JSON_KEY("why"), result->divergence.why);
    json_close(json, '}');
}

/* put_extent - from where to where the session goes; `last` is the source of its last frame. */
static void
put_extent(struct json_sink *sink, const struct esi_session_info *session,
           const struct esi_source *last)
{
    struct json *json = &sink->json;
    struct esi_source first = sink_locate(&sink->sink, session->first_frame);

    json_number(json, JSON_KEY("first_frame"), session->first_frame - first.before);
    json_number(json, JSON_KEY("last_frame"), session->last_frame - last->before);
    if (first.file != last->file) {
        json_open(json, JSON_KEY("frames_files"), '[');
        json_text(json, JSON_ELEMENT, first.file);
        json_text(json, JSON_ELEMENT, last->file);
        json_close(json, ']');
    }
    put_time(sink, JSON_KEY("start"), session->start);
    json_number(json, JSON_KEY("duration_ns"),
                session->end > session->start ? (uint64_t)(session->end - session->start) : 0);
}

static void
put_bytes(struct json *json, const struct esi_session_info *session)
{
    json_open(json, JSON_KEY("bytes"), '{');
    json_number(json, JSON_KEY("to_server"), session->bytes[ESI_TO_SERVER]);
    json_number(json, JSON_KEY("to_client"), session->bytes[ESI_TO_CLIENT]);
    json_close(json, '}');
}

static void
put_session(struct json_sink *sink, const struct esi_session_info *session)
{
    static const struct esi_session_counts none;
    struct json *json = &sink->json;
    struct esi_source last = begin_of(sink, "session", session, session->end, session->last_frame);

    json_open(json, JSON_KEY("session"), '{');
    json_number(json, JSON_KEY("number"), session->number);
    put_extent(sink, session, &last);
    json_text(json, JSON_KEY("platform"), session->policy->platform);
    json_text(json, JSON_KEY("map"), session->inspected ? session->policy->map.name : NULL);
    json_bool(json, JSON_KEY("inspected"), session->inspected);
    json_text(json, JSON_KEY("inspected_why"), session->inspected_why);
    json_null(json, JSON_KEY("evidence"));
    json_word(json, JSON_KEY("outcome"), outcome_name(session));
    put_divergence(sink, session->result, &last);
    put_bytes(json, session);
    put_quality(sink, &session->quality);
    put_counts(json, session->result ? &session->result->counts : &none);
    json_close(json, '}');
    end(sink);
}

static void
put_skipped(struct json *json, const struct esi_capture_info *capture)
{
    json_open(json, JSON_KEY("skipped"), '{');
    for (size_t i = 0; i < capture->skipped_count; i++)
        json_named_number(json, capture->skipped[i].words, capture->skipped[i].frames);
    json_close(json, '}');
}

static void
put_capture(struct json_sink *sink, const struct esi_capture_info *capture)
{
    struct json *json = &sink->json;

    begin(sink, "capture");
    json_text(json, JSON_KEY("pcap_filename"), capture->file);
    json_open(json, JSON_KEY("capture"), '{');
    json_number(json, JSON_KEY("frames"), capture->frames);
    json_number(json, JSON_KEY("filtered_out"), capture->filtered_out);
    json_number(json, JSON_KEY("tcp_frames"), capture->tcp_frames);
    json_number(json, JSON_KEY("smtp_frames"), capture->smtp_frames);
    put_skipped(json, capture);
    json_open(json, JSON_KEY("link_types"), '[');
    for (size_t t = 0; t < capture->linktype_count; t++)
        json_text(json, JSON_ELEMENT, capture->linktypes[t]);
    json_close(json, ']');
    if (capture->frames > 0) {
        put_time(sink, JSON_KEY("first"), capture->first_ts);
        put_time(sink, JSON_KEY("last"), capture->last_ts);
    } else {
        json_null(json, JSON_KEY("first"));
        json_null(json, JSON_KEY("last"));
    }
    json_text(json, JSON_KEY("compression"), capture->compression);
    json_number(json, JSON_KEY("garbage_bytes"), capture->garbage_bytes);
    json_number(json, JSON_KEY("garbage_places"), capture->garbage_places);
    json_bool(json, JSON_KEY("complete"), capture->complete);
    json_text(json, JSON_KEY("why_not"), capture->complete ? NULL : capture->why_not);
    json_close(json, '}');
    end(sink);
}

static void
put_outcomes(struct json *json, const struct esi_summary_info *summary)
{
    json_open(json, JSON_KEY("outcomes"), '{');
    for (size_t i = 0; i < ESI_COUNT(summary->outcomes); i++)
        json_named_number(json, result_name((enum esi_session_outcome)i), summary->outcomes[i]);
    json_named_number(json, "not-inspected", summary->sessions - summary->inspected);
    json_close(json, '}');
}

static void
put_counters(struct json *json, const struct esi_summary_info *summary)
{
    const struct esi_map *map = &summary->policy->map;

    json_open(json, JSON_KEY("counters"), '[');
    json_open(json, JSON_ELEMENT, '{');
    json_text(json, JSON_KEY("map"), map->name);
    json_open(json, JSON_KEY("matches"), '[');
    for (size_t i = 0; i < map->match_count; i++) {
        unsigned class_no = map->matches[i].rule.class_no;

        json_open(json, JSON_ELEMENT, '{');
        json_number(json, JSON_KEY("class"), class_no);
        json_text(json, JSON_KEY("rule"), map->matches[i].rule.words);
        json_number(json, JSON_KEY("hits"),
                    class_no >= 1 && class_no <= ESI_COUNT(summary->rule_hits)
                        ? summary->rule_hits[class_no - 1]
                        : 0);
        json_close(json, '}');
    }
    json_close(json, ']');
    json_close(json, '}');
    json_close(json, ']');
}

static void
put_summary(struct json_sink *sink, const struct esi_summary_info *summary)
{
    struct json *json = &sink->json;

    begin(sink, "summary");
    json_open(json, JSON_KEY("summary"), '{');
    json_number(json, JSON_KEY("frames"), summary->frames);
    json_number(json, JSON_KEY("tcp_flows"), summary->tcp_flows);
    json_number(json, JSON_KEY("sessions"), summary->sessions);
    json_number(json, JSON_KEY("inspected"), summary->inspected);
    put_outcomes(json, summary);
    json_number(json, JSON_KEY("evicted"), summary->evicted);
    json_number(json, JSON_KEY("diverged"), summary->diverged);
    put_counts(json, &summary->counts);
    json_open(json, JSON_KEY("verdicts"), '{');
    for (size_t i = 0; i < ESI_ACTION_COUNT; i++)
        json_named_number(json, esi_action_name((enum esi_action)i), summary->verdicts[i]);
    json_close(json, '}');
    json_number(json, JSON_KEY("counterfactual"), summary->counterfactual);
    json_text(json, JSON_KEY("platform"), summary->policy->platform);
    put_counters(json, summary);
    json_close(json, '}');
    end(sink);
}

static bool
wants_turns(const struct esi_sink *sink, uint64_t number)
{
    (void)number;
    return sink->options.all_events;
}

static void
put_outcome(struct json_sink *sink, const struct esi_session_info *session,
            const struct esi_outcome *outcome)
{
    if (outcome->kind == ESI_OUTCOME_VERDICT)
        put_verdict(sink, session, outcome);
    else if (sink->sink.options.all_events)
        put_turn(sink, session, outcome);
}

static void
put(struct esi_sink *base, const struct esi_record *record)
{
    struct json_sink *sink = (struct json_sink *)base;

    switch (record->kind) {
    case ESI_RECORD_OUTCOME:
        put_outcome(sink, record->session, record->outcome);
        break;
    case ESI_RECORD_SESSION:
        put_session(sink, record->session);
        break;
    case ESI_RECORD_CAPTURE:
        put_capture(sink, record->capture);
        break;
    case ESI_RECORD_SUMMARY:
        put_summary(sink, record->summary);
        break;
    }
}

static void
finish(struct esi_sink *base)
{
    struct json_sink *sink = (struct json_sink *)base;

    sink_write(base, &sink->json.out);
    esi_buf_free(&sink->json.out);
    esi_buf_free(&sink->peers);
    esi_buf_free(&sink->scratch);
}

struct esi_sink *
json_sink_open(FILE *out, const struct esi_sink_options *options)
{
    static const struct sink_kind kind = {wants_turns, put, finish};
    struct json_sink *sink = esi_alloc(sizeof *sink);

    sink_begin(&sink->sink, &kind, out, options);
    return &sink->sink;
}
