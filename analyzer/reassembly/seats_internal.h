/* seats_internal.h - which conversations have a stream in libnids, and who has to leave. */
#ifndef ESI_SEATS_INTERNAL_H
#define ESI_SEATS_INTERNAL_H

#include "esi/base.h"

/* Embedded in whatever takes a seat. */
struct sitter {
    uint32_t seat;
    uint64_t used; /* the frame that used it last; its owner sets it */
};

struct tcp_stream;

struct seats {
    struct sitter **sitters;     /* by seat */
    struct tcp_stream **streams; /* by seat; stays when its sitter leaves. NULL: none yet */
    uint32_t *free;              /* seats that were left */
    size_t free_count;
    size_t used; /* seats below were taken at least once */
    size_t count;
    size_t hand;
};

void seats_init(struct seats *seats, size_t count);
bool seats_full(const struct seats *seats);
/* The one to leave when all are taken: of the next few, the one not used for the longest time. */
struct sitter *seats_victim(struct seats *seats);
void seats_take(struct seats *seats, struct sitter *sitter); /* not if full */
void seats_leave(struct seats *seats, struct sitter *sitter);
void seats_fini(struct seats *seats);

#endif
