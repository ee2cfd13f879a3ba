/*
 * inspect_law.h - what has to be true of the engine for every platform, map and conversation.
 *
 *   - cuts change nothing: however the bytes of a segment come, with or without turns, the verdicts
 *     and the result are the same; where no habit looks at segments, their ends do not matter
 *     either
 *   - every outcome is in its place: spans and edits lie within what was delivered and not below
 *     the low-water mark, edits keep to their span and do not overlap, `before` is what stands
 *     there
 *   - the result is the fold of the verdicts that count; what counts ends at the divergence or cut
 *   - nothing is said about TLS
 *   - twice is once: the rewritten conversation, inspected again, is not changed any further
 *   - memory is bounded
 */
#ifndef TEST_INSPECT_LAW_H
#define TEST_INSPECT_LAW_H

#include "esi/inspect.h"

/* A conversation: events in order, each with its frame. Bytes are borrowed. */
struct law_talk {
    struct esi_stream_event *events;
    size_t count, cap;
    bool midstream;
};
/* The copy is the talk's; its span follows what came before in that direction. */
void law_talk_add(struct law_talk *talk, const struct esi_stream_event *event);
void law_talk_free(struct law_talk *talk); /* not the bytes */

struct law_setting {
    const struct esi_platform *platform;
    const struct esi_map *map;
    size_t piece; /* cut into events of so many bytes at most; 0: anywhere */
    bool wild;    /* whatever bytes there may be: behind a hole of the firewall's making, which a
                     rewritten capture has and no peer ever sees, it cannot be told then what is
                     the answer to what, and twice may be more than once */
    bool once;    /* no box has these habits together: twice is not asked */
};
/* False, and what was broken appended to *why. */
bool law_of_inspection(const struct law_setting *setting, const struct law_talk *talk,
                       struct esi_buf *why);

#endif
