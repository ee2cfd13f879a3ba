/*
 * syslog_internal.h - how a syslog line is made.
 *
 * syslog_table.c knows the messages, syslog_inserts.c what stands for their inserts; syslog.c picks
 * the messages of a verdict, syslog_session.c those of a connection; syslog_sink.c puts all lines
 * in order of time.
 */
#ifndef ESI_SYSLOG_INTERNAL_H
#define ESI_SYSLOG_INTERNAL_H

#include "report_internal.h"

enum syslog_message {
    MESSAGE_BUILT,
    MESSAGE_TEARDOWN,
    MESSAGE_DENY,
    MESSAGE_NOOP,
    MESSAGE_REPLACED,
    MESSAGE_ADDRESS,
    MESSAGE_ACTION,
    MESSAGE_RECEIVED,
    MESSAGE_SIZE,
    MESSAGE_TLS,
    MESSAGE_TERMINATED,
    MESSAGE_BLOCKED,
    MESSAGE_STATIC_CONNECTIONS,
    MESSAGE_STATIC_EMBRYONIC,
    MESSAGE_CLASS_EMBRYONIC,
    MESSAGE_CLASS_CONNECTIONS,
    MESSAGE_CLIENT_EMBRYONIC,
    MESSAGE_CLIENT_CONNECTIONS
};

enum syslog_reason {
    REASON_NONE,
    REASON_FINS,
    REASON_RESET_HIGH,
    REASON_RESET_LOW,
    REASON_HALF_OPEN,
    REASON_HALF_CLOSED,
    REASON_IDLE,
    REASON_CUT
};

/* What a line is made of; what its message does not mention may be missing. */
struct syslog_line {
    const struct esi_session_info *session;
    const struct esi_verdict *verdict;
    enum esi_dir dir;  /* which way goes what the line is about */
    const char *words; /* {action} or {reason} */
    uint8_t flags;     /* TCP's */
    esi_nanos duration;
    uint64_t bytes[2]; /* by esi_dir */
};

/* Appends the line and its LF; false, and nothing, if the platform has no such message. */
bool syslog_put(struct esi_buf *out, enum syslog_message message, const struct syslog_line *line);
const char *syslog_reason(const struct esi_platform *platform, enum syslog_reason reason);

/* syslog_inserts.c */
void syslog_put_insert(struct esi_buf *out, struct esi_slice name, const struct syslog_line *line);
/* Whether the side of who sent that way is the one of the higher security level; the server's is
 * if they are equal. */
bool syslog_is_high(const struct esi_session_info *session, enum esi_dir sender);

/* syslog_session.c: the lines of a connection as such, each with its LF. */
enum syslog_rank { RANK_BUILT, RANK_BETWEEN, RANK_TEARDOWN }; /* where a frame made several lines */
/* The line is fn's to empty. */
typedef void syslog_line_fn(void *ctx, esi_nanos ts, uint64_t frame, enum syslog_rank rank,
                            struct esi_buf *line);
void syslog_session_lines(const struct esi_session_info *session, syslog_line_fn *fn, void *ctx);

#endif
