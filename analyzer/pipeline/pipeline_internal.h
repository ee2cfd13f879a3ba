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
    size_t at, len, cap;
    uint64_t end; /* highest end of a segment seen */
    bool mixed;   /* a segment of the ring begins before an older one ends */
};
void carriers_add(struct carriers *carriers, uint64_t offset, uint32_t len, uint64_t frame);
/* Forgets the oldest that end at or before the offset. */
void carriers_trim(struct carriers *carriers, uint64_t low_water);
/* Appends the frames that carry part of the span to the outcome. */
void carriers_attach(struct carriers *carriers, struct esi_outcome *outcome,
                     struct esi_arena *arena);
void attach_frame(struct esi_outcome *outcome, uint64_t frame, struct esi_arena *arena);
void carriers_free(struct carriers *carriers);

struct slot {
    struct esi_session_info info;
    struct esi_session *session; /* NULL: not inspected */
    struct esi_map_hits *hits;   /* of its map; NULL: not inspected */
    struct esi_outcomes outcomes;
    struct esi_session_result refused; /* of a session that is not inspected */
    size_t attached;                   /* outcomes that have their frames */
    struct carriers carriers[2];       /* by esi_dir */
    struct esi_flow *flow;             /* NULL: the walk has forgotten it */
    struct slot *next;                 /* in the line of those that linger */
    struct slot *older, *newer;        /* of the live ones */
    struct esi_conflict *conflicts;    /* NULL: none */
    struct esi_gap *gaps;              /* NULL: none */
    size_t gap_cap;
    bool ended, in_line, told;
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
    uint64_t sessions;
    struct slot *newest; /* of the live ones */
    size_t live;
    size_t room;            /* bytes that they may take */
    uint64_t visits;        /* of SMTP sessions so far */
    uint64_t look_at_visit; /* when to look again whether they take more, */
    size_t look_at_live;    /* or at how many sessions */
    struct tally *tallies;  /* by file */
    size_t tally_cap;
    bool in_fragments;
    struct esi_summary_info summary;
    struct esi_map_hits *hits; /* by the policy's maps, those in use first when all is told */
    size_t hits_count;
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

/* room.c */
void room_enter(struct pipeline *pipeline, struct slot *slot);
void room_leave(struct pipeline *pipeline, struct slot *slot);
/* After each visit: gives up the sessions silent for longest, if all together take too much. */
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
void tally_start(struct pipeline *pipeline);
struct esi_map_hits *tally_hits(struct pipeline *pipeline, const struct esi_map *map);
void tally_outcome(struct pipeline *pipeline, const struct slot *slot,
                   const struct esi_outcome *outcome);
bool tally_tell(struct pipeline *pipeline); /* CAPTURE and SUMMARY records; whether all was read */
void tally_free(struct pipeline *pipeline);

#endif
