/* pipeline.h - the main path, wired: capture and policy in, records out. */
#ifndef ESI_PIPELINE_H
#define ESI_PIPELINE_H

#include "esi/capture.h"
#include "esi/flow.h"
#include "esi/policy.h"
#include "esi/report.h"

struct esi_pipeline_config {
    struct esi_capture *capture; /* the caller's; at its first frame */
    struct esi_policy *policy;
    const struct esi_ports *ports; /* which port is the server's, when no SYN tells */
    size_t max_memory;             /* bytes, for all that grows with the traffic; 0: 1 GB */
    /* Whether each session was touched already when it was captured is looked for, whether it is
     * inspected or not: records of that come, too. */
    bool evidence;
    /* EVIDENCE, OUTCOME and SESSION records, session by session; at the end CAPTURE records,
     * EVIDENCE of servers, and the SUMMARY. What a record points to is valid during the call. */
    void (*record)(void *ctx, const struct esi_record *record);
    /* Whether turns of session `number` are wanted. NULL: none are. */
    bool (*wants_turns)(void *ctx, uint64_t number);
    /* Every stretch of reassembled bytes as it is delivered. May be NULL. */
    void (*bytes)(void *ctx, const struct esi_session_info *session, enum esi_dir dir,
                  struct esi_slice bytes);
    /* Every frame, before what comes of it. May be NULL. */
    void (*visit)(void *ctx, const struct esi_visit *visit);
    /* Every frame that carries bytes which a verdict changes or keeps back, be it once more, at
     * least once; about in order, and others, too. NULL: not all are known, or a connection is cut,
     * which changes more than they tell. May be NULL. */
    void (*sight)(void *ctx, const struct esi_sight *sight);
    void *ctx;
};

/* What the exit status depends on. */
struct esi_pipeline_result {
    bool input_whole;   /* every file was read to its regular end, and some frame could be read */
    bool in_fragments;  /* segments of SMTP sessions came in IP fragments, */
    bool any_fragments; /* or any TCP segment did */
};

/* Reads the capture to its end. When max_memory is reached, the sessions silent for longest are
 * given up: told as far as they went, with quality.evicted set. */
void esi_pipeline_run(const struct esi_pipeline_config *config, struct esi_pipeline_result *out);

/* Whether sessions are made of a flow: of those that the policy has something to say about, be it
 * that they are not inspected. For esi_walk_config.wants of another walk of the same capture; ctx
 * is the struct esi_policy. */
bool esi_pipeline_wants(void *ctx, const struct esi_tuple *flow, esi_nanos when);

/* How much of max_memory the table of flows may take: what another walk of the same capture has to
 * be told, too. */
size_t esi_pipeline_flow_memory(size_t max_memory);

#endif
