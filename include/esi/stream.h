/* stream.h - the seam: everything above it knows packets, everything below knows bytes. */
#ifndef ESI_STREAM_H
#define ESI_STREAM_H

#include "esi/net.h"

enum esi_stream_kind {
    ESI_STREAM_OPEN,
    ESI_STREAM_DATA,
    ESI_STREAM_GAP,   /* span.len bytes were on the wire but not in the capture */
    ESI_STREAM_FIN,   /* dir sent its FIN and all its bytes before it were delivered */
    ESI_STREAM_CLOSE, /* both directions have ended */
    ESI_STREAM_RESET,
    ESI_STREAM_TIMEOUT,
    ESI_STREAM_END /* the capture ended first */
};
/* Each flow: OPEN once, then DATA, GAP, FIN in stream order per direction, then exactly one of
 * CLOSE, RESET, TIMEOUT, END. Nothing after that. */

/* Two segments that differ in bytes they both claim to carry. The first to arrive was used. */
enum { ESI_CONFLICT_SHOWN = 24 };
struct esi_conflict {
    enum esi_dir dir;
    struct esi_span span; /* from the first byte that differs to the last */
    uint64_t first_frame, second_frame;
    uint8_t first[ESI_CONFLICT_SHOWN], second[ESI_CONFLICT_SHOWN]; /* of the span, as far as fits */
};

struct esi_stream_event {
    enum esi_stream_kind kind;
    enum esi_dir dir;       /* DATA, GAP, FIN and RESET only: which way the bytes go */
    struct esi_span span;   /* DATA and GAP only */
    struct esi_slice bytes; /* DATA only; borrowed for the call */
    bool ends_segment;      /* DATA only: the sender's segment ended here; some engines care */
    uint64_t frame;         /* the frame whose arrival made this event happen */
    esi_nanos ts;
};

#endif
