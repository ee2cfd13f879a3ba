/*
 * report_internal.h - what the sinks share: how they are called, how they write, some names.
 */
#ifndef ESI_REPORT_INTERNAL_H
#define ESI_REPORT_INTERNAL_H

#include "esi/report.h"

struct sink_kind {
    bool (*wants_turns)(const struct esi_sink *sink, uint64_t number);
    void (*put)(struct esi_sink *sink, const struct esi_record *record);
    void (*finish)(struct esi_sink *sink); /* writes what is left; frees all but the sink itself */
};

/* The first member of each sink's own struct. */
struct esi_sink {
    const struct sink_kind *kind;
    FILE *out;
    struct esi_sink_options options;
    bool live;             /* a pipe or a terminal is at the other end: nothing waits in a buffer */
    int broken_errno;      /* not 0: writing failed so, */
    const char *broken_at; /* there; NULL: in the output itself */
    const char *(*note)(struct esi_sink *sink); /* esi_sink_note; NULL: there never is one */
};

void sink_begin(struct esi_sink *sink, const struct sink_kind *kind, FILE *out,
                const struct esi_sink_options *options);
/* Writes the buffer and empties it; at once if the sink is live. */
void sink_write(struct esi_sink *sink, struct esi_buf *buf);
/* wants_turns of a sink that tells none. */
bool sink_wants_no_turns(const struct esi_sink *sink, uint64_t number);
struct esi_source sink_locate(const struct esi_sink *sink, uint64_t frame);

struct esi_sink *text_sink_open(FILE *out, const struct esi_sink_options *options);
struct esi_sink *html_sink_open(FILE *out, const struct esi_sink_options *options);
struct esi_sink *json_sink_open(FILE *out, const struct esi_sink_options *options);
struct esi_sink *syslog_sink_open(FILE *out, const struct esi_sink_options *options);
struct esi_sink *counters_sink_open(FILE *out, const struct esi_sink_options *options);
struct esi_sink *mermaid_sink_open(FILE *out, const struct esi_sink_options *options);

/* What is shown of one of the versions. */
struct esi_slice conflict_bytes(const struct esi_conflict *conflict,
                                const uint8_t version[ESI_CONFLICT_SHOWN]);

const char *dir_name(enum esi_dir dir);
/* Sessions without an outcome: neither inspected nor refused by a limit. */
uint64_t not_inspected(const struct esi_summary_info *summary);
/* "untouched", ..., "not-inspected", as in every output. */
const char *outcome_name(const struct esi_session_info *session);
const char *result_name(enum esi_session_outcome outcome);

/* Every field of esi_session_counts. */
struct count_field {
    struct esi_slice key; /* its name, as a key of a JSON object */
    size_t at;            /* offset in struct esi_session_counts of a uint64_t */
};
extern const struct count_field count_fields[];
extern const size_t count_field_count;
uint64_t count_of(const struct esi_session_counts *counts, const struct count_field *field);

#endif
