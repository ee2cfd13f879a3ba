/*
 * limits.h - connection limits, over the capture's own concurrency.
 *
 * `set connection` and `static` say how many connections, and how many half-open ones, may be there
 * at a time. The limiter counts the connections of a capture as the firewall would have: what was
 * there before the capture began it does not know, so it refuses too late rather than too early.
 * A connection that was refused does not count; that its client tries again is not played.
 * Source: Cisco ASA CLI guide (set connection), PIX command reference (static), Cisco document
 * 117801; syslog guide, 201002 to 201013.
 */
#ifndef ESI_LIMITS_H
#define ESI_LIMITS_H

#include "esi/policy.h"

enum esi_admission {
    ESI_ADMITTED,
    ESI_REFUSED,    /* a limit of connections: the SYN goes no further */
    ESI_INTERCEPTED /* a limit of half-open ones: the firewall answers the SYN itself, and lets the
                       connection through once the client has answered */
};

struct esi_admission_why {
    enum esi_admission admission;
    enum esi_limit_kind kind;   /* that was reached */
    uint32_t count, most;       /* connections there were, and may be; without this one */
    uint32_t half_open;         /* half-open ones there were */
    struct esi_limit_use limit; /* whose it is */
};

struct esi_limiter;

struct esi_limiter *esi_limiter_new(void);
/*
 * A connection that `choice` was made for opens at `when`; half_open: by a SYN, else it was there
 * already. What became of it stays to be asked for until esi_limiter_close. Once a flow.
 */
void esi_limiter_open(struct esi_limiter *limiter, esi_flow_id flow, const struct esi_tuple *tuple,
                      const struct esi_choice *choice, bool half_open, esi_nanos when);
/* Its handshake is complete. For any flow, at any time. */
void esi_limiter_complete(struct esi_limiter *limiter, esi_flow_id flow);
/* Closed, reset or forgotten: it counts no longer. For any flow, at any time. */
void esi_limiter_close(struct esi_limiter *limiter, esi_flow_id flow);
/* NULL: it was admitted, or never opened. Valid until the flow is let go of. */
const struct esi_admission_why *esi_limiter_why(const struct esi_limiter *limiter,
                                                esi_flow_id flow);
/* What became of the flow will not be asked for any more. */
void esi_limiter_forget(struct esi_limiter *limiter, esi_flow_id flow);
void esi_limiter_free(struct esi_limiter *limiter);

#endif
