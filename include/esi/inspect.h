/*
 * inspect.h - the inspection engine: a pure state machine, one session a flow.
 *
 * Stream events in, outcomes out: what was said (turns), what the firewall does about it
 * (verdicts). The engine goes on judging behind the point where the captured session could not
 * have come about any more (the divergence); those verdicts are marked counterfactual.
 */
#ifndef ESI_INSPECT_H
#define ESI_INSPECT_H

#include "esi/plan.h"
#include "esi/platform.h"
#include "esi/smtp.h"
#include "esi/stream.h"

/* One habit of the engine: a row of inspect/behaviours.def. */
struct esi_behaviour {
    const char *id;    /* "greeting-keep4": stable, for scripts */
    const char *words; /* what it does */
    enum esi_basis basis;
    const char *source;
};
size_t esi_behaviour_count(void);
const struct esi_behaviour *esi_behaviour_at(size_t index);

enum esi_what {
#define ESI_WHAT(id, name) ESI_WHAT_##id,
#include "esi/whats.def"
#undef ESI_WHAT
};
const char *esi_what_name(enum esi_what what);

enum esi_turn_what {
#define ESI_TURN(id, name) ESI_TURN_##id,
#include "esi/turns.def"
#undef ESI_TURN
};
const char *esi_turn_name(enum esi_turn_what what);

/* One thing said. Slices are clipped to a line's kept beginning; offsets and lengths are exact. */
struct esi_turn {
    enum esi_turn_what what;
    enum esi_verb verb;        /* COMMAND */
    struct esi_slice word;     /* COMMAND: the verb as typed. HEADER: the field's name */
    struct esi_slice argument; /* COMMAND: behind the verb. HEADER: the field's value, unfolded */
    unsigned code;             /* GREETING, REPLY: 0 if malformed */
    struct esi_slice text;     /* GREETING, REPLY: behind the code, lines joined by LF */
    uint64_t lines;            /* BODY: lines; GREETING, REPLY: lines of the reply */
    uint64_t first_frame;      /* BODY, TLS: that brought the first byte; 0 for the others */
};

/* What a connection limit was reached by. */
struct esi_limit_note {
    bool half_open, of_client, of_static; /* what is counted, and by whose limit */
    uint32_t count, most;                 /* connections there were, and may be */
    uint32_t half_open_now;               /* half-open ones there were */
};

struct esi_verdict {
    enum esi_action action;
    enum esi_what what;
    struct esi_rule rule; /* its strings live as long as the policy */
    const struct esi_behaviour *behaviour;
    enum esi_basis basis;    /* of this verdict: the weaker of the behaviour's and the setting's */
    struct esi_edit edit;    /* MASK, REPLACE: what is written over the span */
    struct esi_slice before; /* the bytes of the span; at most ESI_SMTP_LINE_KEEP for MASK and
                                REPLACE, ESI_BEFORE_KEEP for the others */
    bool clipped;            /* `before` is only the beginning */
    bool log;                /* the action also logs (108004; for REPLACE 108002) */
    struct esi_slice logged; /* REPLACE with log: the whole new string. ANOMALY: details, if there
                                are any: of SIZE "declared size is: N, actual size is N" */
    bool counterfactual;
    uint64_t decided_at;         /* stream offset of the byte that decided it */
    struct esi_limit_note limit; /* CONNECTION */
};
enum { ESI_BEFORE_KEEP = 200 };

enum esi_outcome_kind { ESI_OUTCOME_TURN, ESI_OUTCOME_VERDICT };

struct esi_outcome {
    enum esi_outcome_kind kind;
    enum esi_dir dir;
    struct esi_span span;
    uint64_t frame; /* whose arrival decided it */
    esi_nanos ts;
    union {
        struct esi_turn turn;
        struct esi_verdict verdict;
    } u;
    /* Filled by the pipeline, in the list's arena: every frame that carries part of the span,
     * ascending. Of a BODY or TLS turn only the first and the last. */
    uint64_t *frames;
    size_t frame_count, frame_cap;
};

/* Filled by the engine, emptied by the caller; owns every byte it points to. Zero is empty. */
struct esi_outcomes {
    struct esi_outcome *items;
    size_t len, cap;
    struct esi_arena arena;
};
void esi_outcomes_clear(struct esi_outcomes *outcomes);
void esi_outcomes_free(struct esi_outcomes *outcomes);

/* Where the captured session could not have come about any more. */
struct esi_divergence {
    bool found;
    uint64_t frame; /* the first frame whose content could not have been sent so */
    enum esi_dir dir;
    uint64_t offset;     /* of its first such byte */
    const char *why;     /* a sentence: what was changed, and what happened all the same */
    const char *follows; /* a sentence: what would have followed instead. Both the session's */
};

struct esi_session_counts {
    uint64_t commands, commands_masked, greeting_masked, ehlo_keywords_masked, addresses_replaced,
        logged, dropped, anomalies;
};

enum esi_session_outcome {
    ESI_SESSION_UNTOUCHED,
    ESI_SESSION_ALTERED,
    ESI_SESSION_DROPPED,
    ESI_SESSION_RESET,
    ESI_SESSION_UNKNOWN
};

struct esi_session_result {
    enum esi_session_outcome
        outcome; /* counterfactual verdicts do not count; UNKNOWN: no SMTP seen */
    struct esi_session_counts counts; /* all verdicts but the counterfactual ones; commands: all */
    struct esi_divergence divergence;
    bool cut; /* the connection ended here: */
    struct esi_cut cut_at;
    bool tls; /* the captured server accepted STARTTLS */
};

struct esi_session;

/* Platform and map must outlive the session. turns: whether TURN outcomes are wanted. midstream:
 * the capture began inside the session. */
struct esi_session *esi_session_new(const struct esi_platform *platform, const struct esi_map *map,
                                    bool turns, bool midstream);
/*
 * A function of the bytes, their order and where the sender's segments ended; not of how they
 * were cut into events on the way here. Of the events' times only if the map has a rate-limit, and
 * in the details of a message's end that is missed. No I/O, no clock. Appends to *out.
 */
void esi_session_feed(struct esi_session *session, const struct esi_stream_event *event,
                      struct esi_outcomes *out);
/* A connection that a limit keeps out, or has the firewall answer itself (intercepted): told before
 * anything else of the session. */
struct esi_refusal {
    bool intercepted;
    uint64_t frame; /* the SYN's */
    esi_nanos ts;
    struct esi_rule rule;
    struct esi_limit_note limit;
};
void esi_session_refuse(struct esi_session *session, const struct esi_refusal *refusal,
                        struct esi_outcomes *out);
/* The same of a session that is not inspected: *result becomes what is known of it. */
void esi_refusal_tell(const struct esi_refusal *refusal, struct esi_session_result *result,
                      struct esi_outcomes *out);
/* No outcome to come will have a span that starts before this offset of the direction. */
uint64_t esi_session_low_water(const struct esi_session *session, enum esi_dir dir);
/* As of now; final after CLOSE, RESET, TIMEOUT or END was fed. */
const struct esi_session_result *esi_session_result(const struct esi_session *session);
/* Before a feed: fetches (esi_fetch) what it will touch, in steps 0 to 2: each when what the one
 * before fetched is there. */
void esi_session_fetch(const struct esi_session *session, unsigned step);
/* Bytes that it takes now, about. */
size_t esi_session_memory(const struct esi_session *session);
void esi_session_free(struct esi_session *session);

#endif
