/*
 * report.h - what was found, told to people and to programs. One sink a format.
 *
 * Records of a session come together, when it ends (or when it grows beyond what is held back):
 * its turns and verdicts in order, then one SESSION record. CAPTURE and SUMMARY come last.
 */
#ifndef ESI_REPORT_H
#define ESI_REPORT_H

#include <stdio.h>

#include "esi/inspect.h"
#include "esi/stream.h"

/* A place in the input, as Wireshark counts. */
struct esi_source {
    const char *file;
    uint64_t before; /* frames of earlier files: number in this file = global number - before */
};

/* Bytes of a direction that the capture lacks. */
struct esi_gap {
    enum esi_dir dir;
    struct esi_span span;
};
enum { ESI_GAPS_KEPT = 64 };

struct esi_session_quality {
    bool midstream;
    bool side_seen[2]; /* by esi_dir: payload or any segment of that direction was captured */
    uint64_t gaps, gap_bytes, cut_frames, bad_checksums, overlap_conflicts;
    /* Segments left aside, by reason: the checksum is wrong though the sender's are right
     * otherwise; before the point where the session was picked up; behind its end; for bytes that
     * were told as a gap already; too far ahead. */
    uint64_t corrupt, before_start, after_end, late, stray;
    uint64_t doubtful; /* segments whose checksum is as wrong, but which were acknowledged: used */
    uint64_t fragment_conflicts; /* datagrams whose fragments differ in bytes they both brought */
    uint64_t given_up;           /* holes that could not be waited for, for want of room or time */
    size_t gap_count;
    const struct esi_gap *gap_list; /* the first ESI_GAPS_KEPT */
    size_t conflict_count;
    const struct esi_conflict *conflicts; /* the first few */
    bool evicted;
};

struct esi_session_info {
    uint64_t number;  /* 1.. in order of first frame */
    esi_flow_id flow; /* tcp.stream is flow - 1 */
    struct esi_tuple tuple;
    uint64_t first_frame, last_frame; /* global numbers */
    esi_nanos start, end;
    const struct esi_platform *platform;
    const struct esi_map *map; /* NULL: not inspected */
    bool inspected;
    const char *policy_map, *class_map; /* that the choice is by; NULL: none */
    const char *config_file;            /* its line; NULL: none */
    unsigned config_line;
    /* nameif of the side of each sender, by enum esi_dir; NULL: not known */
    const char *interface[2];
    const char *inspected_why; /* "server port 25 carries SMTP" */
    uint64_t bytes[2];         /* delivered, by esi_dir */
    struct esi_session_quality quality;
    const struct esi_session_result *result; /* SESSION records; NULL when not inspected */
};

enum { ESI_SKIPPED_MOST = 33, ESI_CAPTURE_LINKTYPES = 8 };

/* One input file, when all is read. */
struct esi_capture_info {
    const char *file;
    uint64_t frames, filtered_out, tcp_frames, smtp_frames;
    const char *linktypes[ESI_CAPTURE_LINKTYPES];
    size_t linktype_count;
    const char *compression;                /* "gzip", ...; NULL: none */
    uint64_t garbage_bytes, garbage_places; /* left aside in its middle */
    esi_nanos first_ts, last_ts;
    bool complete;
    const char *why_not;
    size_t skipped_count; /* reasons for which frames were left aside, with how many */
    struct esi_skipped {
        char words[64];
        uint64_t frames;
    } skipped[ESI_SKIPPED_MOST];
};

/* What became of a map's matches. */
struct esi_map_hits {
    const struct esi_map *map;
    uint64_t sessions; /* inspected with it */
    uint64_t *hits;    /* by place in the map: times the match bit, not counterfactual */
};

struct esi_summary_info {
    uint64_t frames, tcp_flows, sessions, inspected;
    uint64_t evicted;                           /* sessions given up for want of room */
    uint64_t outcomes[ESI_SESSION_UNKNOWN + 1]; /* sessions by enum esi_session_outcome */
    uint64_t diverged;
    struct esi_session_counts counts;    /* added up */
    uint64_t verdicts[ESI_ACTION_COUNT]; /* counterfactual ones not counted */
    uint64_t counterfactual;
    const struct esi_platform *platform;
    const struct esi_map_hits *maps; /* every map that a session fell under, or could have */
    size_t map_count;
};

enum esi_record_kind {
    ESI_RECORD_OUTCOME,
    ESI_RECORD_SESSION,
    ESI_RECORD_CAPTURE,
    ESI_RECORD_SUMMARY
};

struct esi_record {
    enum esi_record_kind kind;
    const struct esi_session_info *session; /* OUTCOME (result NULL there) and SESSION */
    const struct esi_outcome *outcome;      /* OUTCOME */
    const struct esi_capture_info *capture; /* CAPTURE */
    const struct esi_summary_info *summary; /* SUMMARY */
};

struct esi_sink_options {
    bool all_events;   /* json: a record for each turn, too */
    bool colour;       /* text */
    bool all_sessions; /* text: no grouping of sessions alike (-v) */
    /* Where a global frame number lies; for file names and per-file frame numbers. */
    struct esi_source (*locate)(void *ctx, uint64_t frame);
    void *locate_ctx;
};

struct esi_sink;

struct esi_sink_def {
    const char *name; /* "text", "json" */
    const char *help;
    struct esi_sink *(*open)(FILE *out, const struct esi_sink_options *options);
};
extern const struct esi_sink_def esi_sinks[];               /* ends with a NULL name */
const struct esi_sink_def *esi_sink_find(const char *name); /* or NULL */

/* Whether this sink makes use of the turns of session `number`. */
bool esi_sink_wants_turns(const struct esi_sink *sink, uint64_t number);
void esi_sink_put(struct esi_sink *sink, const struct esi_record *record);
/* Writing has failed; nothing that is put from here on can arrive. */
bool esi_sink_broken(const struct esi_sink *sink);
/* Writes what is left and frees the sink; the FILE stays the caller's. False: writing failed. */
bool esi_sink_close(struct esi_sink *sink, struct esi_error *err);

/* The complete syslog lines a verdict logs, each ended by LF; nothing for a verdict that logs
 * nothing. Interface names are the session's, else "outside" (client) and "inside" (server).
 * Source: Cisco ASA Series Syslog Messages. */
void esi_syslog_lines(struct esi_buf *out, const struct esi_session_info *session,
                      const struct esi_outcome *outcome);

#endif
