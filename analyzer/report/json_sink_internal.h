/* json_sink_internal.h - the sink of `-o json`, and who puts which record into it. */
#ifndef REPORT_JSON_SINK_INTERNAL_H
#define REPORT_JSON_SINK_INTERNAL_H

#include "esi/json.h"

#include "report_internal.h"

struct json_sink {
    struct esi_sink sink;
    struct esi_json json;
    struct esi_buf peers; /* envelope members of session `peers_of` */
    uint64_t peers_of;
    int64_t second; /* that `time` says */
    char time[ESI_TIME_TEXT];
    struct esi_buf scratch; /* bytes after an edit; syslog lines */
};

/* json.c */
void json_begin(struct json_sink *sink, const char *event_type);
/* The envelope of a record that belongs to a session. */
struct esi_source json_begin_of(struct json_sink *sink, const char *event_type,
                                const struct esi_session_info *session, esi_nanos when,
                                uint64_t frame);
void json_end(struct json_sink *sink);
void json_put_time(struct json_sink *sink, struct esi_slice key, esi_nanos when);
/* Numbers within their files, and the files if there are several. */
void json_put_frames(struct json_sink *sink, const uint64_t *frames, size_t count);
/* `config`: a line of the configuration; null without a file. */
void json_put_place(struct esi_json *json, const char *file, unsigned line);

/* json_session.c, json_outcome.c, json_totals.c */
void json_put_counts(struct esi_json *json, const struct esi_session_counts *counts);
void json_put_turn(struct json_sink *sink, const struct esi_session_info *session,
                   const struct esi_outcome *outcome);
void json_put_verdict(struct json_sink *sink, const struct esi_session_info *session,
                      const struct esi_outcome *outcome);
void json_put_session(struct json_sink *sink, const struct esi_session_info *session);
void json_put_capture(struct json_sink *sink, const struct esi_capture_info *capture);
void json_put_summary(struct json_sink *sink, const struct esi_summary_info *summary);

/* json_evidence.c */
void json_put_evidence(struct json_sink *sink, const struct esi_record *record);
/* The member `evidence` of a record whose frames are of the source. */
void json_put_evidence_of(struct json_sink *sink, const struct esi_session_info *session,
                          const struct esi_source *record);
void json_put_touched(struct esi_json *json, struct esi_slice key,
                      const uint64_t counts[ESI_TOUCHED_COUNT]);

#endif
