/*
 * inspect_internal.h - one session of the engine, and what its parts offer each other.
 *
 * session.c feeds and wires; dialogue.c pairs replies with commands; client.c judges commands,
 * address.c their addresses, server.c greeting and replies, message.c headers and bodies; verdict.c
 * writes outcomes down; divergence.c watches for the point where the captured session could not
 * have come about.
 */
#ifndef ESI_INSPECT_INTERNAL_H
#define ESI_INSPECT_INTERNAL_H

#include "esi/inspect.h"

enum behaviour {
#define ESI_BEHAVIOUR(tail, id, basis, words, source) BEHAVIOUR_##tail,
#include "behaviours.def"
#undef ESI_BEHAVIOUR
};
const struct esi_behaviour *behaviour_of(enum behaviour which);

enum extension {
#define ESI_EXTENSION(id, keyword, passes, verb, parameter, source) EXTENSION_##id,
#include "extensions.def"
#undef ESI_EXTENSION
    EXTENSION_COUNT,
    EXTENSION_NONE = EXTENSION_COUNT
};
_Static_assert(EXTENSION_COUNT <= 32, "the set of hidden keywords is a 32-bit mask");
enum extension extension_find(struct esi_slice keyword);
const char *extension_keyword(enum extension extension);
bool extension_passes(enum extension extension);
/* The extension that a command of this verb, or this parameter of MAIL or RCPT, makes use of. */
enum extension extension_of_verb(enum esi_verb verb);
enum extension extension_of_parameter(struct esi_slice parameter);
uint32_t extensions_with_parameter(void); /* a bit each */

/* How far the dialogue is, named by what was seen. */
enum phase {
    PHASE_PICKED_UP, /* the capture began inside the session: nothing judged before a reply */
    PHASE_OPENED,    /* nothing from the server yet */
    PHASE_GREETING,  /* a greeting has begun */
    PHASE_COMMANDS,  /* it is over: commands and replies, and messages between them */
    PHASE_TLS        /* the server accepted STARTTLS: both directions opaque */
};

/* A command that waits for its reply, as the captured server saw it. */
struct pending {
    enum esi_verb verb;
    bool masked;      /* the firewall would have masked it */
    bool end_of_data; /* the lone dot, or the last chunk */
    bool starttls;    /* STARTTLS, or as many X: a masked one that came through in the capture */
};
/* 4,096 outstanding commands: no client that anyone uses gets near; beyond, replies go unpaired. */
enum { PENDING_MOST = 4096, PENDING_ROOM = 4 };

struct reply {
    bool open;     /* a first line without its last */
    bool ehlo;     /* the answer to an EHLO that reached the server */
    unsigned code; /* of the first line */
    uint64_t lines;
    uint64_t offset;     /* of its first line */
    uint64_t end;        /* of its last line so far, line end included */
    enum esi_eol eol;    /* of that line */
    uint64_t frame;      /* that brought its first byte */
    unsigned masked;     /* EHLO lines masked so far */
    struct esi_buf text; /* kept beginning: turns and the greeting's bytes */
    size_t settled;      /* of text: bytes of whole lines; a line in progress comes again, longer */
};

/* Bytes of one direction that passed unread: TLS. */
struct opaque {
    struct esi_span span;
    uint64_t first_frame, last_frame;
};

/* A hundred thousand are open at a time: what few sessions need is allocated when they do. */
struct esi_session {
    const struct esi_policy *policy;
    const struct esi_match *match[ESI_CRITERION_COUNT]; /* the map's, by criterion, or NULL */
    struct esi_smtp *smtp;
    struct esi_outcomes *out; /* during a feed */
    uint64_t frame;           /* of the event being fed */
    esi_nanos ts;
    enum phase phase;
    bool turns;
    bool heard[2];         /* by esi_dir: any byte delivered */
    bool unsure;           /* which reply is to what is uncertain: no word about sequence */
    bool picked_ehlo;      /* PICKED_UP: the last line of the client's was an EHLO */
    bool incomplete;       /* bytes are missing, at the start or in between */
    bool message_torn;     /* bytes of the message are missing, perhaps its end */
    bool maybe_tls;        /* STARTTLS may have been accepted: the next byte tells */
    bool maybe_auth;       /* AUTH whose 334 was not captured: SASL lines may follow */
    bool greeting_masked;  /* its first line began with 220 and the map masks */
    bool greeting_endless; /* masked, of several lines: its client never sees a last one */

    struct pending *pending; /* ring: pending_room, until it is too small */
    struct pending pending_room[PENDING_ROOM];
    size_t pending_at, pending_len, pending_cap;
    uint64_t pending_lost; /* commands beyond PENDING_MOST, in order behind the ring */

    struct reply reply;
    uint64_t replies;
    uint32_t hidden; /* extensions masked in the last EHLO reply */

    uint64_t segment_len; /* to server: bytes so far of the sender's segment in progress */
    uint8_t segment[3];   /* the first of them */
    uint64_t judged_to;   /* to server: bytes of the command before it were judged on arrival */
    uint64_t desync_to;   /* to server: end of a chunk that is taken for commands */
    uint64_t cmd_fired, header_fired, body_fired; /* start of the line that crossed a limit, + 1 */

    uint64_t rcpts;         /* RCPT commands of the present message */
    uint64_t message_at;    /* offset of its body, once the header section is over, */
    uint64_t message_frame; /* and the frame that brought it */
    uint64_t body_lines;
    bool in_body;
    struct opaque *opaque[2]; /* by esi_dir; NULL: none yet */

    uint64_t held_from, held_to; /* to server: the unfinished command, as of its last byte */
    struct esi_buf held;         /* its kept beginning */
    char *why, *follows;         /* what result.divergence points to */
    struct esi_session_result result;
};

/* verdict.c */
struct esi_outcome *add_turn(struct esi_session *session, enum esi_turn_what what, enum esi_dir dir,
                             struct esi_span span);
struct esi_slice keep(struct esi_session *session,
                      struct esi_slice bytes); /* copied for the turn */
struct finding {
    enum esi_action action;
    enum esi_what what;
    enum esi_dir dir;
    struct esi_span span;
    enum behaviour behaviour;
    const struct esi_match *match; /* or NULL: */
    const char *words;             /* a built-in habit's rule */
    struct esi_slice before;       /* the bytes of span, as far as they are kept */
    const struct esi_edit *edit;   /* MASK and REPLACE; its dir and span are filled in */
    uint64_t decided_at;
};
void add_verdict(struct esi_session *session, const struct finding *finding);

/* client.c */
void on_command(struct esi_session *session, const struct esi_smtp_event *event);
void on_auth_line(struct esi_session *session, const struct esi_smtp_event *event);
/* The sender's segment ended at `end` and the command line in progress with it. */
void on_segment_end(struct esi_session *session, uint64_t end);
/* The connection is over; what was held back of an unfinished command stays so. */
void discard_incomplete(struct esi_session *session);
/* A hole in the capture: the command in progress is told as far as it came, and not judged. */
void break_command(struct esi_session *session);

/* server.c */
void on_reply_line(struct esi_session *session, const struct esi_smtp_event *event);
void end_greeting(struct esi_session *session); /* over, or cut off: told as far as it came */
/* A hole in the capture: greeting or reply in progress is told as far as it came. */
void break_reply(struct esi_session *session);

/* message.c */
void on_message_event(struct esi_session *session, const struct esi_smtp_event *event);
/* The body, if there is one in progress, is told up to `end`. */
/* The message is over, and its end is not in the capture. */
void end_torn_message(struct esi_session *session);
void end_body(struct esi_session *session, uint64_t end);

/* address.c: of MAIL and RCPT */
void scan_address(struct esi_session *session, const struct esi_smtp_event *command);
void check_sender(struct esi_session *session, const struct esi_smtp_event *mail);

/* dialogue.c */
void set_phase(struct esi_session *session, enum phase phase);
/* Only one side was captured, as far as can be told now. */
bool one_sided(const struct esi_session *session);
void push_pending(struct esi_session *session, struct pending asked);
/* False: nothing was outstanding. */
bool pop_pending(struct esi_session *session, struct pending *out);
bool is_pending(const struct esi_session *session, enum esi_verb verb); /* itself, not its data */
bool is_pending_starttls(const struct esi_session *session);            /* or as many X */
/* What the client sends next is a message. */
void begin_message(struct esi_session *session);
/* Both directions are opaque from here. */
void start_tls(struct esi_session *session);

/* divergence.c */
void diverge(struct esi_session *session, enum esi_dir dir, uint64_t offset, uint64_t frame,
             const char *why, const char *follows);
void watch_accepted(struct esi_session *session, const struct pending *command,
                    const struct reply *reply);
void watch_use(struct esi_session *session, const struct esi_smtp_event *command);
void watch_after_greeting(struct esi_session *session, const struct esi_smtp_event *command);
void watch_after_cut(struct esi_session *session, enum esi_dir dir, uint64_t offset);

#endif
