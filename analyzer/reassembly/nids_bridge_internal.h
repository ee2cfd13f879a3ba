/* nids_bridge_internal.h - libnids without its globals, its packets and its memory habits. */
#ifndef ESI_NIDS_BRIDGE_INTERNAL_H
#define ESI_NIDS_BRIDGE_INTERNAL_H

#include "esi/net.h"

struct tcp_stream; /* libnids' own */

/* In-order bytes of one direction; `at` is the low half of their stream offset. Borrowed. The
 * bridge must not be called from here. */
typedef void bridge_fn(enum esi_dir dir, uint32_t at, struct esi_slice bytes);

struct bridge_data {
    enum esi_dir dir;
    uint64_t at;            /* stream offset of the bytes, at or beyond what was delivered, */
    uint64_t delivered;     /* which is known to the bridge's user */
    struct esi_slice bytes; /* at most MINT_PAYLOAD_MAX */
};

/* One bridge a process. `streams` can be open at a time. */
void bridge_open(size_t streams, bridge_fn *fn);
void bridge_close(void);

/* A stream for one conversation after the other. No two streams may have the same id. */
struct tcp_stream *bridge_begin(uint32_t id);
/* Another conversation, of which `delivered` bytes a direction are already past. */
void bridge_restart(struct tcp_stream *stream, const uint64_t delivered[2]);
/* In-order bytes are handed to the bridge_fn before it returns, and so is queued data that they
 * make in-order; others libnids queues. */
void bridge_feed(struct tcp_stream *stream, uint32_t id, const struct bridge_data *data);
/* The next byte that the direction waits for is `len` bytes further on. */
void bridge_skip(struct tcp_stream *stream, enum esi_dir dir, uint64_t len);
/* Nothing queued: the stream can be restarted. */
bool bridge_is_idle(const struct tcp_stream *stream);
void bridge_end(struct tcp_stream *stream);

#endif
