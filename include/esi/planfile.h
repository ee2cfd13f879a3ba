/*
 * planfile.h - a plan as text, JSON Lines: for people to read, keep and compare, and for another
 * reading of the same capture to apply.
 *
 * First a header, which says of which captures the plan is, and all else that both readings must be
 * given alike; then, in order of flow, a line for each session and for each thing that is planned
 * for it; last how many those were, so that a text that was cut off is told. The same plan is the
 * same text.
 *
 * Who reads one may have it from anywhere: what is in it is believed only as far as the capture
 * bears it out.
 */
#ifndef ESI_PLANFILE_H
#define ESI_PLANFILE_H

#include "esi/capture.h"
#include "esi/plan.h"

/* One input file, in the order they are read. */
struct esi_planfile_capture {
    char *name;
    char sha256[ESI_SHA256_TEXT]; /* empty: it could not be read */
    uint64_t frames;
    char *why_not; /* NULL: it was read to its regular end */
};

/* A flow that is SMTP, inspected or not. */
struct esi_planfile_session {
    uint64_t number;
    esi_flow_id flow;
    struct esi_tuple tuple;
    esi_nanos start; /* time of its first frame */
};

/* All of it. Zero-initialised is empty; all strings are its own. */
struct esi_planfile {
    char *version; /* of the program that made it */
    struct esi_planfile_capture *captures;
    size_t capture_count, capture_cap;
    char *filter; /* NULL: none */
    struct esi_ports ports;
    uint64_t flow_memory;                  /* esi_walk_config.memory, not 0 */
    bool in_fragments;                     /* esi_rewrite_config; */
    bool any_fragments;                    /* the same if all checksums are to be set right */
    struct esi_planfile_session *sessions; /* ascending by flow, once settled */
    size_t session_count, session_cap;
    uint32_t *by_start; /* settled: the sessions by time and tuple */
    struct esi_plan *plan;
};

/* What the header says of captures, which must have been read to their end. */
void esi_planfile_describe(struct esi_planfile *file, const struct esi_capture *capture);
/* One session more; in any order. */
void esi_planfile_add_session(struct esi_planfile *file,
                              const struct esi_planfile_session *session);
/* After the last session. */
void esi_planfile_settle(struct esi_planfile *file);
/* Settled, its plan sealed. False: it could not be written; errno says why. */
bool esi_planfile_write(const struct esi_planfile *file, FILE *out);

/*
 * Settled, its plan not sealed: a plan takes memory by the highest number of a flow, and that is
 * for esi_planfile_check to confirm. False: *err names `name`, line, column, and what was expected;
 * nothing is to be freed.
 */
bool esi_planfile_read(struct esi_planfile *file, FILE *in, const char *name,
                       struct esi_error *err);

/* Whether these are the captures that the plan is of, by number, order and content. *unreadable:
 * one of them could not be read. */
bool esi_planfile_same_input(const struct esi_planfile *file, const struct esi_capture *capture,
                             bool *unreadable, struct esi_error *err);
/* Reads the capture (newly opened with the plan's filter) to its end. False, and *err, if its
 * sessions are not those of the plan. *readable: some frame could be read. */
bool esi_planfile_check(struct esi_planfile *file, struct esi_capture *capture, bool *readable,
                        struct esi_error *err);
/* For esi_walk_config.wants: the answer that the plan's first reading gave. ctx: a struct
 * esi_planfile, settled. */
bool esi_planfile_wants(void *ctx, const struct esi_tuple *tuple, esi_nanos when);

void esi_planfile_free(struct esi_planfile *file);

#endif
