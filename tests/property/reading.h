/*
 * reading.h - a capture read by the whole pipeline: what it says as text, what it plans, and
 * whether it accounts for every frame.
 */
#ifndef TESTS_READING_H
#define TESTS_READING_H

#include "esi/pipeline.h"
#include "esi/plan.h"

struct reading {
    bool in_fragments;
    struct esi_buf text;
    struct esi_plan *plan; /* sealed */
    size_t capture_records;
    struct esi_buf faults;    /* of the accounts of frames; empty if they are right */
    uint64_t gaps, corrupt;   /* of all sessions */
    struct esi_buf not_whole; /* what else they lack or left aside; empty if nothing */
};

/* Port 25. */
const struct esi_ports *reading_ports(void);
/* filter: NULL for none. NULL, and `why` says so, if that can't be. */
struct esi_capture *reading_open(const char *const *paths, size_t count, const char *filter,
                                 bool rereadable, struct esi_buf *why);
void reading_take(struct reading *out, struct esi_capture *capture, struct esi_policy *policy);
void reading_free(struct reading *reading);

#endif
