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

#include "json_sink_internal.h"

enum { WRITE_AT = 65536 }; /* a regular file gets its bytes in runs of about this many */

void
json_put_time(struct json_sink *sink, struct esi_slice key, esi_nanos when)
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
    esi_json_word(&sink->json, key, sink->time);
}

static void
make_peers(struct json_sink *sink, const struct esi_session_info *session)
{
    struct esi_json json = {.out = sink->peers};
    char id[ESI_COMMUNITY_ID_TEXT], ip[ESI_IP_TEXT];

    esi_buf_clear(&json.out);
    esi_json_number(&json, ESI_JSON_KEY("tcp_stream"), session->flow - 1);
    esi_json_number(&json, ESI_JSON_KEY("flow_id"), session->flow);
    esi_json_word(&json, ESI_JSON_KEY("community_id"), esi_community_id(id, &session->tuple));
    esi_json_word(&json, ESI_JSON_KEY("client_ip"), esi_ip_print(ip, &session->tuple.client.ip));
    esi_json_number(&json, ESI_JSON_KEY("client_port"), session->tuple.client.port);
    esi_json_word(&json, ESI_JSON_KEY("server_ip"), esi_ip_print(ip, &session->tuple.server.ip));
    esi_json_number(&json, ESI_JSON_KEY("server_port"), session->tuple.server.port);
    sink->peers = json.out;
    sink->peers_of = session->number;
}

void
json_begin(struct json_sink *sink, const char *event_type)
{
    esi_json_open(&sink->json, ESI_JSON_ELEMENT, '{');
    esi_json_number(&sink->json, ESI_JSON_KEY("schema"), 1);
    esi_json_word(&sink->json, ESI_JSON_KEY("event_type"), event_type);
}

void
json_end(struct json_sink *sink)
{
    struct esi_json *json = &sink->json;

    esi_json_close(json, '}');
    json->comma = false;
    esi_buf_byte(&json->out, '\n');
    if (sink->sink.live || json->out.len >= WRITE_AT)
        sink_write(&sink->sink, &json->out);
}

/* begin_of - the envelope of a record that belongs to a session. */
struct esi_source
json_begin_of(struct json_sink *sink, const char *event_type,
              const struct esi_session_info *session, esi_nanos when, uint64_t frame)
{
    struct esi_source source = sink_locate(&sink->sink, frame);

    json_begin(sink, event_type);
    json_put_time(sink, ESI_JSON_KEY("timestamp"), when);
    esi_json_text(&sink->json, ESI_JSON_KEY("pcap_filename"), source.file);
    esi_json_number(&sink->json, ESI_JSON_KEY("pcap_cnt"), frame - source.before);
    if (sink->peers_of != session->number)
        make_peers(sink, session);
    esi_json_members(&sink->json, esi_buf_slice(&sink->peers));
    return source;
}

/* put_frames - numbers within their files, and the files if there are several. */
void
json_put_frames(struct json_sink *sink, const uint64_t *frames, size_t count)
{
    struct esi_json *json = &sink->json;
    bool several = false;
    struct esi_source first = {0};

    esi_json_open(json, ESI_JSON_KEY("frames"), '[');
    for (size_t i = 0; i < count; i++) {
        struct esi_source source = sink_locate(&sink->sink, frames[i]);

        if (i == 0)
            first = source;
        several |= source.file != first.file;
        esi_json_number(json, ESI_JSON_ELEMENT, frames[i] - source.before);
    }
    esi_json_close(json, ']');
    if (!several)
        return;
    esi_json_open(json, ESI_JSON_KEY("frames_files"), '[');
    for (size_t i = 0; i < count; i++)
        esi_json_text(json, ESI_JSON_ELEMENT, sink_locate(&sink->sink, frames[i]).file);
    esi_json_close(json, ']');
}

void
json_put_place(struct esi_json *json, const char *file, unsigned line)
{
    if (!file) {
        esi_json_null(json, ESI_JSON_KEY("config"));
        return;
    }
    esi_json_open(json, ESI_JSON_KEY("config"), '{');
    esi_json_text(json, ESI_JSON_KEY("file"), file);
    esi_json_number(json, ESI_JSON_KEY("line"), line);
    esi_json_close(json, '}');
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
        json_put_verdict(sink, session, outcome);
    else if (sink->sink.options.all_events)
        json_put_turn(sink, session, outcome);
}

static void
put(struct esi_sink *base, const struct esi_record *record)
{
    struct json_sink *sink = (struct json_sink *)base;

    switch (record->kind) {
    case ESI_RECORD_EVIDENCE:
        json_put_evidence(sink, record);
        break;
    case ESI_RECORD_OUTCOME:
        put_outcome(sink, record->session, record->outcome);
        break;
    case ESI_RECORD_SESSION:
        if (!base->options.evidence_only)
            json_put_session(sink, record->session);
        break;
    case ESI_RECORD_CAPTURE:
        json_put_capture(sink, record->capture);
        break;
    case ESI_RECORD_SUMMARY:
        json_put_summary(sink, record->summary);
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
