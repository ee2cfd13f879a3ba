/*
 * report.h - what was found, told to people and to programs. One sink a format.
 *
 * Records of a session come together, when it ends (or when it grows beyond what is held back):
 * whether it was touched already when it was captured, its turns and verdicts in order, then one
 * SESSION record; of what is beyond, EVIDENCE comes before what is told last. CAPTURE, EVIDENCE of
 * servers and SUMMARY come last.
 */
#ifndef ESI_REPORT_H
#define ESI_REPORT_H

#include <stdio.h>

#include "esi/evidence.h"
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
    bool evicted;
    uint64_t fragment_conflicts; /* datagrams whose fragments differ in bytes they both brought */
    uint64_t gaps, gap_bytes, cut_frames, bad_checksums, overlap_conflicts;
    /* Segments left aside, by reason: the checksum is wrong though the sender's are right
     * otherwise; before the point where the session was picked up; behind its end; for bytes that
     * were told as a gap already; too far ahead. */
    uint64_t corrupt, before_start, after_end, late, stray;
    uint64_t doubtful; /* segments whose checksum is as wrong, but which were acknowledged: used */
    uint64_t given_up; /* holes that could not be waited for, for want of room or time */
    size_t gap_count;
    const struct esi_gap *gap_list; /* the first ESI_GAPS_KEPT */
    size_t conflict_count;
    const struct esi_conflict *conflicts; /* the first few */
};

/* How the capture shows a connection to end. */
enum esi_closing {
    ESI_CLOSING_OPEN,      /* it does not */
    ESI_CLOSING_HALF_OPEN, /* it was never established */
    ESI_CLOSING_HALF_CLOSED,
    ESI_CLOSING_FINS,
    ESI_CLOSING_RESET_BY_CLIENT,
    ESI_CLOSING_RESET_BY_SERVER,
    ESI_CLOSING_UNKNOWN, /* it was given up for want of room */
    ESI_CLOSING_COUNT
};
const char *esi_closing_name(enum esi_closing closing); /* "open", "half-open", "fins", ... */

/* What came behind the point where the firewall ended the connection. */
enum { ESI_AFTER_CUT_KEPT = 64 };
struct esi_late_segment {
    uint64_t frame;
    esi_nanos ts;
    enum esi_dir dir;
    uint8_t flags; /* FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32 */
};
struct esi_after_cut {
    esi_nanos ts;          /* of the frame that decided */
    uint64_t forwarded[2]; /* bytes that had passed by then, by esi_dir */
    /* Segments that the captured peers might have sent all the same: they acknowledge nothing that
     * was not forwarded, and bring nothing new, unless who was cut off had it under way. */
    uint64_t count;
    struct esi_late_segment *segments; /* the first ESI_AFTER_CUT_KEPT of them */
    size_t kept;
};

/* The addresses of a connection on both sides of a firewall that translates; by the esi_dir that
 * names the sender, as `interface` below. */
struct esi_translation {
    struct esi_endpoint real[2], mapped[2];
};

/* What changes with every segment comes first. */
struct esi_session_info {
    uint64_t last_frame; /* global numbers, as first_frame */
    esi_nanos end;
    uint64_t bytes[2]; /* delivered, by esi_dir */
    struct esi_session_quality quality;
    uint64_t number;     /* 1.. in order of first frame */
    uint64_t connection; /* 1.. likewise, of those that no limit refused; 0: it was refused */
    esi_flow_id flow;    /* tcp.stream is flow - 1 */
    struct esi_tuple tuple;
    uint64_t first_frame;
    esi_nanos start;
    const struct esi_platform *platform;
    const struct esi_map *map; /* NULL: not inspected */
    bool inspected;
    const char *policy_map, *class_map; /* that the choice is by; NULL: none */
    const char *config_file;            /* its line; NULL: none */
    unsigned config_line;
    /* nameif of the side of each sender, by enum esi_dir; NULL: not known */
    const char *interface[2];
    int security[2]; /* security-level of that interface, 0..100; -1: not known */
    const struct esi_translation *translation; /* NULL: addresses stay as captured */
    const char *inspected_why;                 /* "server port 25 carries SMTP" */
    bool intercepted; /* a limit on half-open connections had the firewall answer the client */
    /* EVIDENCE and SESSION records only; NULL: nobody looked. */
    const struct esi_evidence_result *evidence;
    /* SESSION records only: */
    enum esi_closing closing;
    uint64_t closed_frame; /* of FINS and RESET */
    esi_nanos closed;
    esi_nanos captured_to;                   /* the capture goes on until then at least */
    const struct esi_after_cut *after_cut;   /* NULL: the firewall did not end it */
    const struct esi_session_result *result; /* NULL when not inspected */
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

/* A counter, and the frames that turned it; of segments that waited, the one they waited for. */
enum { ESI_COUNTER_FRAMES = 64 };
struct esi_counter {
    uint64_t count;
    uint64_t frame_count; /* of these the lowest ESI_COUNTER_FRAMES are kept, in ascending order */
    uint64_t *frames;     /* global numbers; NULL: none */
    uint64_t last_frame;
};
static inline size_t
esi_counter_kept(const struct esi_counter *counter)
{
    return counter->frame_count < ESI_COUNTER_FRAMES ? (size_t)counter->frame_count
                                                     : ESI_COUNTER_FRAMES;
}

/*
 * An inspection in force, and its counters as a box would show them. Counterfactual verdicts count
 * nowhere. Packets are frames; of one frame a counter is turned once at most.
 *   packet      frames whose payload was handed to the inspection: up to a cut and up to TLS, the
 *               frame that decided it or told of it included. What is sent again counts once;
 *               behind a divergence they count as captured
 *   drop        that drop-connection or rate-limit dropped: those that decided it. A command that
 *               is discarded at the end went with its connection, and is not counted
 *   reset_drop  that reset dropped
 *   parameter   mask-banner: masked greetings, one a session. mail-relay, special-character:
 *               frames that it found something in. allow-tls: sessions that went over to TLS
 *   logged      log lines by a parameter
 *   matches     frames that made the match bite; of rate-limit those over it
 */
struct esi_inspection {
    const char *interface; /* whose service-policy it is of; NULL: the global one */
    const char *policy_map, *class_map, *protocol; /* "esmtp", "smtp" */
    const struct esi_map *map;
    uint64_t sessions; /* that fell under it */
    struct esi_counter packet, drop, reset_drop;
    struct esi_counter parameter[ESI_PARAMETER_COUNT], logged[ESI_PARAMETER_COUNT];
    struct esi_match_counter {
        uint64_t hits; /* verdicts */
        struct esi_counter packet;
    } * matches; /* by place in the map */
};

struct esi_evidence_totals {
    uint64_t sessions[ESI_TOUCHED_COUNT];
    uint64_t servers; /* each told by an EVIDENCE record */
    uint64_t servers_touched, servers_intermittent;
    /* Sessions of servers that there was no room for. */
    uint64_t left[ESI_TOUCHED_COUNT];
};

struct esi_summary_info {
    uint64_t frames, tcp_flows, sessions, inspected;
    uint64_t not_told; /* of the sessions: left out by choice, all their records with them */
    uint64_t evicted;  /* sessions given up for want of room */
    uint64_t outcomes[ESI_SESSION_UNKNOWN + 1]; /* sessions by enum esi_session_outcome */
    uint64_t diverged;
    struct esi_session_counts counts;    /* added up */
    uint64_t verdicts[ESI_ACTION_COUNT]; /* counterfactual ones not counted */
    uint64_t counterfactual;
    const struct esi_platform *platform;
    /* Those in force, whether a session fell under them or not; in the order of a box. */
    const struct esi_inspection *inspections;
    size_t inspection_count;
    /* What the sessions were when they were captured; NULL: nobody looked. */
    const struct esi_evidence_totals *evidence;
};
/* Whether there is something to tell of it beside zeros: a session fell under it, or there is no
 * other. */
static inline bool
esi_summary_tells(const struct esi_summary_info *summary, size_t inspection)
{
    return summary->inspection_count == 1 || summary->inspections[inspection].sessions > 0;
}

enum esi_record_kind {
    ESI_RECORD_EVIDENCE, /* of a session, or of a server */
    ESI_RECORD_OUTCOME,
    ESI_RECORD_SESSION,
    ESI_RECORD_CAPTURE,
    ESI_RECORD_SUMMARY
};

struct esi_record {
    enum esi_record_kind kind;
    /* OUTCOME (result NULL there), SESSION, and EVIDENCE of a session (likewise) */
    const struct esi_session_info *session;
    const struct esi_evidence_server *server; /* EVIDENCE of a server */
    const struct esi_outcome *outcome;        /* OUTCOME */
    const struct esi_capture_info *capture;   /* CAPTURE */
    const struct esi_summary_info *summary;   /* SUMMARY */
};

/* A line of a configuration that is about inspection, to be shown beside what it does. */
struct esi_config_text {
    const char *file;
    unsigned line;    /* 1-based */
    const char *text; /* as it stands there, without its line end */
};

struct esi_sink_options {
    bool all_events; /* json: a record for each turn, too */
    bool colour;     /* text */
    bool chosen;     /* who is told was chosen by number: the dialogue is wanted of all of them */
    bool evidence_only; /* text, html, json: tell EVIDENCE alone; no OUTCOME is put */
    /* html: the lines that were understood, file by file, in order; what is missing between them
     * was left aside, and may hold secrets. Borrowed until the sink is closed. */
    const struct esi_config_text *config;
    size_t config_count;
    /* -v. text: no grouping of sessions alike; syslog: time and frame before each line; counters:
     * their frames. */
    bool verbose;
    /* Where a global frame number lies; for file names and per-file frame numbers. */
    struct esi_source (*locate)(void *ctx, uint64_t frame);
    void *locate_ctx;
};

struct esi_sink;

/* Whether a format tells what sessions were when they were captured. */
enum esi_sink_evidence {
    ESI_SINK_NO_EVIDENCE,
    ESI_SINK_EVIDENCE,
    ESI_SINK_EVIDENCE_ALONE /* it can tell that alone, too */
};

struct esi_sink_def {
    const char *name; /* "text", "json" */
    const char *help;
    struct esi_sink *(*open)(FILE *out, const struct esi_sink_options *options);
    enum esi_sink_evidence evidence;
};
extern const struct esi_sink_def esi_sinks[];               /* ends with a NULL name */
const struct esi_sink_def *esi_sink_find(const char *name); /* or NULL */

/* Whether this sink makes use of the turns of session `number`. */
bool esi_sink_wants_turns(const struct esi_sink *sink, uint64_t number);
void esi_sink_put(struct esi_sink *sink, const struct esi_record *record);
/* Writing has failed; nothing that is put from here on can arrive. */
bool esi_sink_broken(const struct esi_sink *sink);
/* What readers of the output should know besides, a sentence; NULL: nothing. The sink's. */
const char *esi_sink_note(struct esi_sink *sink);
/* Writes what is left and frees the sink; the FILE stays the caller's. False: writing failed. */
bool esi_sink_close(struct esi_sink *sink, struct esi_error *err);

/*
 * Records without whom they are about: mail addresses, user names, what is said in AUTH exchanges,
 * messages. Every byte that is hidden becomes #; lengths and offsets stay exact. What stays: verbs,
 * names of mechanisms, parameters and header fields, codes, what hosts say of themselves (greeting,
 * EHLO and its reply), IP addresses and ports.
 */
struct esi_redactor;
struct esi_redactor *esi_redactor_new(void);
/* Each record of a run, in order, before any sink sees it. What is answered is valid until the next
 * call. */
const struct esi_record *esi_redact(struct esi_redactor *redactor, const struct esi_record *record);
void esi_redactor_free(struct esi_redactor *redactor);
/* The same for the text of a line of a configuration, in place: the pattern of a `regex`. */
void esi_redact_config_line(char *text);

/* The complete syslog lines a verdict logs, each ended by LF; nothing for a verdict that logs
 * nothing. Interface names are the session's, else "outside" (client) and "inside" (server). */
void esi_syslog_lines(struct esi_buf *out, const struct esi_session_info *session,
                      const struct esi_outcome *outcome);

/* A message, as some products log it: a row of report/syslog_messages.def. */
struct esi_syslog_message {
    const char *name;     /* as it stands in the line: "302013", "SESS_AUDIT_TRAIL" */
    const char *products; /* "PIX below 6.2", "ASA and PIX", "" for all */
    const char *words;    /* {name} stands for what is inserted */
    enum esi_basis basis;
    const char *source;
};
size_t esi_syslog_message_count(void);
struct esi_syslog_message esi_syslog_message_at(size_t index);

#endif
