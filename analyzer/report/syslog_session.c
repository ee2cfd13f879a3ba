/*
 * syslog_session.c - what is logged of a connection itself: built, torn down, and denied
 * afterwards.
 *
 * A box builds a connection at its SYN. It tears it down when inspection ends it, or else as the
 * capture shows it to end, or when its patience does; the times are the defaults of `timeout
 * embryonic`, `half-closed` and `conn`. What came before the capture or comes after it is not told:
 * a session picked up in its middle was built before, one that is open at the end is not torn down.
 *
 * Behind the end that inspection made, the peers of the captured connection went on; of that, what
 * they would have sent all the same is denied. Where both ends were told by an RST, they would have
 * sent nothing.
 */
#include "syslog_internal.h"

#define SECONDS ((esi_nanos)1000000000)

/* How a connection ends: when, and as what. RESET has two reasons, by the side it came from. */
static const struct ending {
    enum syslog_reason reason;
    bool seen;       /* in the capture; else patience ran out, */
    bool from_start; /* since the connection began, or since its last segment */
    esi_nanos patience;
    enum esi_dir by; /* RESET: who sent it */
} endings[ESI_CLOSING_COUNT] = {
    [ESI_CLOSING_OPEN] = {REASON_IDLE, false, false, 3600 * SECONDS, 0},
    [ESI_CLOSING_HALF_OPEN] = {REASON_HALF_OPEN, false, true, 30 * SECONDS, 0},
    [ESI_CLOSING_HALF_CLOSED] = {REASON_HALF_CLOSED, false, false, 600 * SECONDS, 0},
    [ESI_CLOSING_FINS] = {REASON_FINS, true, false, 0, 0},
    [ESI_CLOSING_RESET_BY_CLIENT] = {REASON_RESET_LOW, true, false, 0, ESI_TO_SERVER},
    [ESI_CLOSING_RESET_BY_SERVER] = {REASON_RESET_LOW, true, false, 0, ESI_TO_CLIENT},
    [ESI_CLOSING_UNKNOWN] = {REASON_NONE, false, false, 0, 0},
};

struct teardown {
    enum syslog_reason reason; /* NONE: it is not torn down */
    esi_nanos ts;
    uint64_t frame; /* the last that had a part in it */
    const uint64_t *bytes;
};

static struct teardown
teardown_by_cut(const struct esi_session_info *session)
{
    const struct esi_after_cut *cut = session->after_cut;

    return (struct teardown){REASON_CUT, cut->ts, session->result->cut_at.frame, cut->forwarded};
}

static struct teardown
teardown_of(const struct esi_session_info *session)
{
    const struct ending *ending = &endings[session->closing];
    struct teardown teardown = {ending->reason, session->closed, session->closed_frame,
                                session->bytes};

    if (session->after_cut)
        return teardown_by_cut(session);
    if (ending->reason == REASON_NONE)
        return teardown;
    if (ending->reason == REASON_RESET_LOW && syslog_is_high(session, ending->by))
        teardown.reason = REASON_RESET_HIGH;
    if (ending->seen)
        return teardown;
    esi_nanos since = ending->from_start ? session->start : session->end;
    if (session->captured_to - since < ending->patience)
        teardown.reason = REASON_NONE;
    else
        teardown.ts = since + ending->patience;
    teardown.frame = session->last_frame;
    return teardown;
}

static void
tell_built(const struct esi_session_info *session, struct esi_buf *buf, syslog_line_fn *fn,
           void *ctx)
{
    if (!session->quality.midstream &&
        syslog_put(buf, MESSAGE_BUILT, &(struct syslog_line){.session = session}))
        fn(ctx, session->start, session->first_frame, RANK_BUILT, buf);
}

static void
tell_teardown(const struct esi_session_info *session, struct esi_buf *buf, syslog_line_fn *fn,
              void *ctx)
{
    struct teardown teardown = teardown_of(session);
    struct syslog_line line = {.session = session,
                               .words = syslog_reason(session->platform, teardown.reason)};

    if (teardown.reason == REASON_NONE)
        return;
    line.duration = teardown.ts > session->start ? teardown.ts - session->start : 0;
    line.bytes[ESI_TO_SERVER] = teardown.bytes[ESI_TO_SERVER];
    line.bytes[ESI_TO_CLIENT] = teardown.bytes[ESI_TO_CLIENT];
    if (syslog_put(buf, MESSAGE_TEARDOWN, &line))
        fn(ctx, teardown.ts, teardown.frame, RANK_TEARDOWN, buf);
}

static void
tell_denied(const struct esi_session_info *session, struct esi_buf *buf, syslog_line_fn *fn,
            void *ctx)
{
    const struct esi_after_cut *after = session->after_cut;

    for (size_t i = 0; after && !session->result->cut_at.reset && i < after->kept; i++) {
        const struct esi_late_segment *segment = &after->segments[i];
        struct syslog_line line = {
            .session = session, .dir = segment->dir, .flags = segment->flags};

        if (syslog_put(buf, MESSAGE_DENY, &line))
            fn(ctx, segment->ts, segment->frame, RANK_BETWEEN, buf);
    }
}

void
syslog_session_lines(const struct esi_session_info *session, syslog_line_fn *fn, void *ctx)
{
    bool answered_for = session->intercepted && session->closing == ESI_CLOSING_HALF_OPEN;
    struct esi_buf buf = {0};

    /* What a limit refused was never built, nor was what the box answered itself, in vain. */
    if (session->connection == 0 || answered_for)
        return;
    tell_built(session, &buf, fn, ctx);
    tell_denied(session, &buf, fn, ctx);
    tell_teardown(session, &buf, fn, ctx);
    esi_buf_free(&buf);
}
