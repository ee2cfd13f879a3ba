/*
 * pipeline_internal.h - sessions between the walk and the engine.
 *
 * A slot is what the pipeline knows of one session. It outlives the end of its stream by a moment
 * (LINGER_*), so that the frames that follow a FIN, and retransmissions, are still counted to it.
 */
#ifndef ESI_PIPELINE_INTERNAL_H
#define ESI_PIPELINE_INTERNAL_H

#include "esi/flow.h"
#include "esi/limits.h"
#include "esi/pipeline.h"
#include "esi/reassembly.h"

enum {
    CARRIERS_ROOM = 2,    /* segments that most lines lie in */
    CARRIERS_MOST = 4096, /* segments that one unfinished line or greeting may lie in */
    HELD_MOST = 512,      /* outcomes of a session held back for late retransmissions, */
    HELD_BYTES = 262144,  /* and bytes of their texts; beyond, what there is is told */
    LINGER_MOST = 256,    /* ended sessions that wait */
};
#define MEMORY_DEFAULT ((size_t)1 << 30)
#define LINGER_NANOS ((esi_nanos)5 * 1000000000)

/* Which frames carry which bytes of one direction, as far back as an outcome may still reach. */
struct carrier {
    uint64_t offset, frame;
    uint32_t len;
};
struct carriers {
    struct carrier *ring; /* NULL: room */
    struct carrier room[CARRIERS_ROOM];
    uint16_t at, len, cap;
    bool mixed;      /* a segment of the ring begins before an older one ends */
    uint64_t end;    /* highest end of a segment seen, */
    uint64_t gone;   /* of one that is no longer in the ring, */
    uint64_t judged; /* and of what a verdict changes: it may lie in a gap behind all segments */
};
void carriers_add(struct carriers *carriers, uint64_t offset, uint32_t len, uint64_t frame);
/* Forgets the oldest that end at or before the offset. */
void carriers_trim(struct carriers *carriers, uint64_t low_water);
/* Appends the frames that carry part of the span to the outcome. */
void carriers_attach(struct carriers *carriers, struct esi_outcome *outcome,
                     struct esi_arena *arena);
/* The segments that carry part of the span, oldest first. */
void carriers_each(struct carriers *carriers, struct esi_span span,
                   void (*fn)(void *ctx, const struct carrier *carrier), void *ctx);
void attach_frame(struct esi_outcome *outcome, uint64_t frame, struct esi_arena *arena);
void carriers_free(struct carriers *carriers);

/* Fields in order of how often they are touched: what every segment needs lies in front. */
struct slot {
    struct esi_session *session;       /* NULL: not inspected */
    struct esi_inspection *inspection; /* that it falls under; NULL: not inspected */
    struct watch *watch;               /* for what it was when it was captured; NULL: nobody asks */
    struct after *after;               /* behind the cut; NULL: there was none */
    bool ended, in_line, told;
    bool turns; /* those of the session are told */
    bool greeting_counted;
    bool fed_open;      /* of what was counted last of its packets, whether its segment goes on, */
    uint64_t fed_frame; /* and its frame */
    size_t attached;    /* outcomes that have their frames */
    struct esi_outcomes outcomes;
    struct carriers carriers[2]; /* by esi_dir */
    struct esi_session_info info;
    struct esi_flow *flow;          /* NULL: the walk has forgotten it */
    struct slot *next;              /* in the line of those that linger */
    struct slot *older, *newer;     /* of the live ones */
    struct esi_conflict *conflicts; /* NULL: none */
    struct esi_gap *gaps;           /* NULL: none */
    size_t gap_cap;
    struct esi_translation *translation; /* NULL: none */
    struct esi_session_result *refused;  /* of a session that is not inspected; NULL: it was not */
    esi_nanos ended_at;
};

/* What was read of a file, and what was left aside, by reason. */
enum { KINDS_MOST = ESI_SKIPPED_MOST - 1 }; /* further ones are counted together */
struct tally {
    uint64_t tcp, smtp;
    struct left_aside {
        enum esi_decoded what;
        uint32_t code;
        uint64_t frames;
    } kinds[KINDS_MOST];
    size_t kind_count;
    uint64_t others;
};

struct pipeline {
    const struct esi_pipeline_config *config;
    struct esi_walk *walk;
    struct esi_reassembler *reassembler;
    struct esi_limiter *limiter; /* NULL: the policy has no limits */
    struct slot *linger_first, *linger_last;
    size_t lingering;
    uint64_t sessions, connections; /* so far; connections: those that no limit refused */
    esi_nanos now;                  /* of the latest frame so far */
    struct slot *newest;            /* of the live ones */
    size_t live;
    size_t room;            /* bytes that they may take */
    uint64_t visits;        /* of SMTP sessions so far */
    uint64_t look_at_visit; /* when to look again whether they take more, */
    size_t look_at_live;    /* or at how many sessions */
    struct tally *tallies;  /* by file */
    size_t tally_cap;
    bool in_fragments, any_fragments;
    struct esi_summary_info summary;
    struct esi_inspection *inspections; /* by the policy's places */
    size_t inspection_count;
    struct esi_match_counter *no_matches; /* of inspections that no session fell under */
    struct esi_evidence_totals evidence;
    struct esi_evidence_servers *servers; /* NULL: evidence is not wanted */
    struct esi_outcomes heard;            /* of one event: turns that are not told */
};

/* slot.c */
extern void *const session_over; /* flow->session of a session that was told */
struct slot *slot_new(struct pipeline *pipeline, struct esi_flow *flow);
void slot_visit(struct slot *slot, const struct esi_visit *visit); /* before it is pushed */
void slot_stream(struct pipeline *pipeline, struct slot *slot,
                 const struct esi_stream_event *event);
/* The flow is about to be forgotten: what is known of its quality is taken over. */
void slot_note_quality(struct slot *slot);
/* The session's stream is over: it waits in line, and is told when its time has come. */
void slot_linger(struct pipeline *pipeline, struct slot *slot, esi_nanos now);
/* Tells those whose time has come. */
void slots_expire(struct pipeline *pipeline, esi_nanos now);
void slots_expire_all(struct pipeline *pipeline);
/* The walk forgets the slot's flow: told now. */
void slot_forget(struct pipeline *pipeline, struct slot *slot);

/* The flow ends with `kind`, and nothing that could begin a session was ever said: told now. */
void slot_tell_silent(struct pipeline *pipeline, struct esi_flow *flow, enum esi_stream_kind kind,
                      bool evicted);
/* Memory that it takes, about. */
size_t slot_cost(const struct slot *slot);

/* choice.c */
void choice_make(struct pipeline *pipeline, struct slot *slot);

/* closing.c - how a session's connection ends, and what comes behind the end that inspection makes
 */
/* The stream ended so. */
void closing_note_end(struct slot *slot, const struct esi_stream_event *event);
/* As it is when the session is told. */
void closing_settle(const struct pipeline *pipeline, struct slot *slot);
/* After the engine saw the event: whether it ended the connection by it. */
void closing_note_cut(struct slot *slot, const struct esi_stream_event *event);
/* A segment behind the cut, after it was pushed. */
void closing_note_late(struct slot *slot, const struct esi_visit *visit);
/* Memory that what is kept behind the cut takes. */
size_t closing_cost(const struct slot *slot);
void closing_free(struct slot *slot);

/* room.c */
void room_enter(struct pipeline *pipeline, struct slot *slot);
void room_leave(struct pipeline *pipeline, struct slot *slot);
/* After each visit: gives up the sessions silent for longest, if all together take too much. Has
 * the walk look ahead while there are many. */
void room_check(struct pipeline *pipeline);

/* admission.c */
void admission_start(struct pipeline *pipeline);
void admission_visit(struct pipeline *pipeline, const struct esi_visit *visit);
/* False: the flow was let in. */
bool admission_refusal(const struct pipeline *pipeline, const struct esi_flow *flow,
                       struct esi_refusal *out);
void admission_forget(struct pipeline *pipeline, const struct esi_flow *flow);

/* tally.c */
void tally_visit(struct pipeline *pipeline, const struct esi_visit *visit);
void tally_session(struct pipeline *pipeline, const struct slot *slot);
void tally_outcome(struct pipeline *pipeline, struct slot *slot, const struct esi_outcome *outcome);
bool tally_tell(struct pipeline *pipeline); /* CAPTURE and SUMMARY records; whether all was read */
void tally_free(struct pipeline *pipeline);

/* sights.c: for config->sight, if it is given. */
/* Before the visit's payload is noted: bytes that may have been judged already. */
void sights_visit(const struct pipeline *pipeline, const struct esi_visit *visit);
/* The frames of new outcomes, before they are attached. */
void sights_outcomes(const struct pipeline *pipeline, struct slot *slot);
/* When the session is told. */
void sights_session(const struct pipeline *pipeline, const struct slot *slot);

/* inspections.c: the counters of the inspections in force */
void inspections_start(struct pipeline *pipeline);
/* The one at a place of the policy, for a session that falls under it. */
struct esi_inspection *inspections_enter(struct pipeline *pipeline, size_t place);
/* Feeds the session, and counts what the event brings. Appends to *out. */
void inspections_feed(struct slot *slot, const struct esi_stream_event *event,
                      struct esi_outcomes *out);
/* Counts a verdict that is not counterfactual. */
void inspections_verdict(struct slot *slot, const struct esi_outcome *outcome);
void inspections_free(struct pipeline *pipeline);

/* evidence.c - whether sessions were touched before they were captured. Each does nothing if that
 * is not wanted. */
void evidence_start(struct pipeline *pipeline);
void evidence_watch(const struct pipeline *pipeline, struct slot *slot);
/* A segment, with what it brings of its stream, before it is pushed. */
void evidence_visit(struct slot *slot, const struct esi_visit *visit, struct esi_span span);
/* inspections_feed, listening; for slots with a watch alone. */
void evidence_feed(struct pipeline *pipeline, struct slot *slot,
                   const struct esi_stream_event *event);
/* Of a session that is not inspected. */
void evidence_listen(struct pipeline *pipeline, struct slot *slot,
                     const struct esi_stream_event *event);
/* The session's EVIDENCE record; then its result, for the SESSION record. */
void evidence_tell(struct pipeline *pipeline, struct slot *slot);
const struct esi_evidence_result *evidence_result(const struct slot *slot);
/* EVIDENCE records of servers, and the summary's totals. */
void evidence_tell_servers(struct pipeline *pipeline);
size_t evidence_cost(const struct slot *slot);
void evidence_forget(struct slot *slot);
void evidence_free(struct pipeline *pipeline);

#endif
