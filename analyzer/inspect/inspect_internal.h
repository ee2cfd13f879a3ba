/*
 * inspect_internal.h - one session of the engine, and what its parts offer each other.
 *
 * session.c feeds and wires; dialogue.c pairs replies with commands; client.c judges commands,
 * command_mask.c overwrites them, rewritten.c tells what is left of them, manner.c looks at how
 * they came, segment.c looks at where segments end, address.c at addresses; greeting.c and ehlo.c
 * judge what the server says, server.c reads it; message.c headers and bodies, duplicate_header.c
 * names inside headers; data_state.c knows when the firewall and the server disagree on what is a
 * message; verdict.c writes outcomes down; divergence.c watches for the point where the captured
 * session could not have come about. What the matches and parameters of a map are held against:
 * lengths.c lines, headers and bodies, verbs.c verbs, sender.c the sender and SIZE, recipients.c
 * recipients and TLS, parts.c MIME parts; criteria.c says which matches there are, and has them
 * act, rate.c how often. refusal.c has the connections that never began.
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
#define ESI_EXTENSION(id, keyword, class, verb, parameter, source) EXTENSION_##id,
#include "extensions.def"
#undef ESI_EXTENSION
    EXTENSION_COUNT,
    EXTENSION_NONE = EXTENSION_COUNT
};
_Static_assert(EXTENSION_COUNT <= 32, "the set of hidden keywords is a 32-bit mask");
enum extension extension_find(struct esi_slice keyword);
const char *extension_keyword(enum extension extension);
/* The word of `match ehlo-reply-parameter` it falls under; OTHERS for NONE. */
enum esi_keyword extension_class(enum extension extension);
/* The extension that a command of this verb, or this parameter of MAIL or RCPT, makes use of. */
enum extension extension_of_verb(enum esi_verb verb);
enum esi_verb verb_of_extension(enum extension extension); /* UNKNOWN: none */
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

/* A command that waits for its reply. */
struct pending {
    uint64_t offset;    /* where it starts */
    enum esi_verb verb; /* as a rewritten capture tells it: UNKNOWN if it is masked */
    enum esi_verb sent; /* as it was sent */
    bool masked;        /* the firewall would have masked it, */
    bool as_noop;       /* and by NOOP */
    bool end_of_data;   /* the lone dot, or the last chunk */
    bool end_missed;    /* a lone dot that the firewall would not have seen */
    bool starttls;      /* STARTTLS, be it masked */
    bool eight;         /* its text has as many bytes as STARTTLS */
};
/* How many of those that are asked about wait in the ring; an AUTH line counts as AUTH. */
struct waiting {
    uint16_t data, auth, starttls;
};
/* 4,096 outstanding commands: no client that anyone uses gets near; beyond, replies go unpaired. */
enum { PENDING_MOST = 4096, PENDING_ROOM = 4 };

struct reply {
    bool open;       /* a first line without its last */
    bool ehlo;       /* the answer to an EHLO that reached the server */
    const char *odd; /* why nobody expects it, as of when it began; NULL: it is expected */
    unsigned code;   /* of the first line */
    uint64_t lines;
    uint64_t offset;     /* of its first line */
    uint64_t line;       /* of a greeting's last line so far */
    uint64_t end;        /* of its last line so far, line end included */
    enum esi_eol eol;    /* of that line */
    uint64_t frame;      /* that brought its first byte */
    unsigned masked;     /* EHLO lines masked so far */
    struct esi_buf text; /* kept beginning: turns and the greeting's bytes */
    size_t settled;      /* of text: bytes of whole lines; a line in progress comes again, longer */
};

/* What becomes of a greeting of several lines. */
enum greeting {
    GREETING_WHOLE,
    GREETING_ENDLESS, /* its client never sees a last line */
    GREETING_SPLIT    /* its client takes the first line for all of it */
};

/* What the firewall takes the client's bytes for, where the captured server knows better. */
enum taken {
    TAKEN_RIGHT,
    TAKEN_SINCE_DATA, /* for a message since the command DATA, which was not answered by 354 */
    TAKEN_END_MISSED  /* for more of a message whose end it did not see */
};

/* The sender's segment in progress, kept where commands are masked by the segment. */
struct packet;

/* Names of headers, kept where any of them may end the connection. */
struct names;

/* Bytes of one direction that passed unread: TLS. */
struct opaque {
    struct esi_span span;
    uint64_t first_frame, last_frame;
};

/* How far what limits are held against has come: of the line in progress, of the present message.
 * Offsets are of the stream to the server. */
struct gauges {
    uint64_t line_at;    /* where the line, or the unfolded field, in progress starts */
    uint64_t line_len;   /* of it: bytes judged so far */
    uint64_t folded;     /* of it, unfolded: bytes in its lines before the one in progress */
    uint64_t data_at;    /* where the message starts */
    uint64_t sized_to;   /* what of its header section and body lies before was judged */
    uint64_t header_len; /* of the header section, once it is over */
    uint64_t declared;   /* SIZE of MAIL, or NOT_DECLARED */
    uint64_t to_fields;  /* addresses in its To: */
    uint64_t invalid;    /* 5xx replies to its RCPT */
};
#define NOT_DECLARED UINT64_MAX

/* Lines of at most so many bytes concern no match about their lengths; 0: each may. */
struct shorts {
    uint64_t command, header, body;
};

/* A hundred thousand are open at a time: what few sessions need is allocated when they do. */
struct esi_session {
    const struct esi_platform *platform;
    const struct esi_map *map;
    struct esi_smtp *smtp;
    struct esi_outcomes *out; /* during a feed */
    uint64_t frame;           /* of the event being fed */
    esi_nanos ts;
    enum phase phase;
    bool turns;
    bool heard[2];        /* by esi_dir: any byte delivered */
    bool unsure;          /* which reply is to what is uncertain: no word about sequence */
    bool picked_ehlo;     /* PICKED_UP: the last line of the client's was an EHLO */
    bool incomplete;      /* bytes are missing, at the start or in between */
    bool message_torn;    /* bytes of the message are missing, perhaps its end */
    bool refused;         /* the connection, by a limit */
    bool maybe_tls;       /* STARTTLS may have been accepted: the next byte tells */
    bool maybe_auth;      /* AUTH whose 334 was not captured: SASL lines may follow */
    bool greeting_masked; /* its first line began with 220 and the map masks */
    bool duplicate_fired; /* in this message */
    enum greeting greeting;
    enum taken taken;
    uint32_t criteria; /* what the map's matches are about: bits of enum esi_criterion */
    uint32_t negated;  /* those that `match not` is about */
    uint32_t keywords; /* words of EHLO replies that a match holds for: bits of esi_keyword */
    struct shorts shorts;

    struct pending *pending; /* ring: pending_room, until it is too small */
    struct pending pending_room[PENDING_ROOM];
    size_t pending_at, pending_len, pending_cap;
    uint64_t pending_lost; /* commands beyond PENDING_MOST, in order behind the ring */
    struct waiting waiting;

    struct reply reply;
    uint64_t replies;
    uint32_t hidden;  /* extensions masked in the last EHLO reply */
    uint32_t guessed; /* those that a line of it may have been that was masked before */

    uint64_t segment_len;    /* to server: bytes so far of the sender's segment in progress */
    uint64_t segment_from;   /* offset of the first of them, or of the last segment's */
    uint64_t segment_before; /* offset of the segment before; 0 behind a hole */
    esi_nanos segment_ts, segment_before_ts;
    struct esi_buf message_id; /* of the message, where its end may be missed */
    uint8_t segment[3];        /* the first bytes of the one in progress */
    struct packet *packet;     /* NULL: none yet */
    uint64_t judged_to; /* to server: bytes of the command before it were judged on arrival */
    uint64_t desync_to; /* to server: end of a chunk that is taken for commands */
    struct gauges gauges;
    struct bucket *buckets; /* one a match of the map; NULL: no rate was asked for yet */

    uint64_t rcpts;         /* RCPT commands of the present message, */
    uint64_t rcpts_masked;  /* and those of them that a match masked */
    uint64_t message_at;    /* offset of its body, once the header section is over, */
    uint64_t message_frame; /* and the frame that brought it */
    uint64_t body_lines;
    bool in_body;
    struct names *names;      /* of headers that may come twice; NULL: none yet */
    struct opaque *opaque[2]; /* by esi_dir; NULL: none yet */

    uint64_t held_from, held_to; /* to server: the unfinished command, as of its last byte */
    struct esi_buf held;         /* its kept beginning */
    char *why, *follows;         /* what result.divergence points to */
    struct esi_session_result result;
};

static inline enum esi_habit
habit_of(const struct esi_session *session, enum esi_knob knob)
{
    return esi_platform_habit(session->platform, knob);
}
/* A set of knobs, for struct finding. */
#define BY_KNOB(id) ((uint32_t)1 << ESI_KNOB_##id)
_Static_assert(ESI_KNOB_COUNT <= 32, "a set of knobs is a 32-bit mask");

/* verdict.c */
struct esi_outcome *add_turn(struct esi_session *session, enum esi_turn_what what, enum esi_dir dir,
                             struct esi_span span);
struct esi_slice keep(struct esi_session *session,
                      struct esi_slice bytes); /* copied for the turn */
extern const struct esi_edit mask_with_x;      /* every byte but CR and LF */
struct finding {
    enum esi_action action;
    enum esi_what what;
    enum esi_dir dir;
    struct esi_span span;
    enum behaviour behaviour;
    const struct esi_match *match;         /* or NULL: */
    const struct esi_parameter *parameter; /* or NULL: */
    const char *words;                     /* a built-in habit's rule */
    uint32_t habits;             /* by which of the platform's habits: weakens the basis */
    bool log;                    /* as the match says, if there is one */
    struct esi_slice before;     /* the bytes of span, as far as they are kept */
    struct esi_slice logged;     /* what the message tells, if not what was found */
    const struct esi_edit *edit; /* MASK and REPLACE; its dir and span are filled in */
    uint64_t decided_at;
};
/* False: it is not told, since what the firewall does not look at meets nothing. */
bool add_verdict(struct esi_session *session, const struct finding *finding);

/* client.c */
void on_command(struct esi_session *session, const struct esi_smtp_event *event);
/* Carriage returns stay whatever is done to a line, and are none. */
bool has_verb(struct esi_slice word);
/* The part of a line whose beginning was judged on arrival that was not. False: there is none. */
bool unjudged(const struct esi_session *session, const struct esi_smtp_event *line,
              struct esi_smtp_event *rest);
void on_auth_line(struct esi_session *session, const struct esi_smtp_event *event);
/* The connection is over; what was held back of an unfinished command stays so. */
void discard_incomplete(struct esi_session *session);
/* A hole in the capture: the command in progress is told as far as it came, and not judged. */
void break_command(struct esi_session *session);

/* command_mask.c: what becomes of a command line that is not let through. */
enum fate { FATE_PASSED, FATE_MASKED };
bool lets_through(const struct esi_session *session, enum esi_verb verb);
/* why: behaviour, habits and rule; the rest is filled in. seen: the line, or what of it the
 * firewall judges, at `offset`. */
enum fate block_command(struct esi_session *session, uint64_t offset,
                        const struct esi_smtp_event *seen, const struct finding *why);
/* The same, by X whatever the platform does: `mask` of a match. */
void mask_command(struct esi_session *session, uint64_t offset, const struct esi_smtp_event *seen,
                  const struct finding *why);
/* The firewall masked the whole segment in progress: nothing in it is judged any more. */
bool is_packet_masked(const struct esi_session *session);
void keep_packet(struct esi_session *session, uint64_t offset, struct esi_slice bytes);
void end_packet(struct esi_session *session, uint64_t end);
/* Behind a hole: what comes does not join what was kept. */
void forget_packet_bytes(struct esi_session *session);
/* A command line that lies in the segment, at least its end; `offset`: what of it was not judged
 * before. */
void note_packet_line(struct esi_session *session, uint64_t offset);
/* An edit of a byte in it, which may be masked with it in the end: told at that end, or never.
 * False: commands are not masked by the segment, so it is to be told now. */
bool hold_edit(struct esi_session *session, const struct finding *finding);
/* The last of them is also logged. */
void log_held_edit(struct esi_session *session, struct esi_slice logged);
/* The first byte of which a verdict may still be told at the segment's end, or `line`, whichever is
 * earlier. */
uint64_t packet_low_water(const struct esi_session *session, uint64_t line);
size_t packet_memory(const struct esi_session *session);
void free_packet(struct esi_session *session);

/* rewritten.c: what is still to be told of commands that were written over */
/* The line as the verdicts since `told` outcomes leave it; its text is in room, which is empty. */
struct esi_smtp_event rewritten_line(const struct esi_session *session,
                                     const struct esi_smtp_event *line, size_t told,
                                     struct esi_buf *room);
bool is_x(struct esi_slice word); /* nothing but X, and CR, which stays; not empty */
bool is_written_noop(const struct esi_session *session, const struct esi_smtp_event *line);
bool is_starttls(const struct esi_session *session, const struct esi_smtp_event *line);
bool is_bdat(const struct esi_smtp_event *line);
/* Whether the command is of this verb, or masked and may have been. */
bool may_be_verb(const struct esi_smtp_event *line, enum esi_verb verb);
/* It is masked so that it may have been any command. */
bool hides_arguments(const struct esi_session *session, const struct esi_smtp_event *line);

/* manner.c: flagged, masked or dropped as the habits say */
enum fate judge_manner(struct esi_session *session, const struct esi_smtp_event *event);
/* It came before the reply to the last one, as far as can be told. */
bool is_pipelined(const struct esi_session *session);

/* segment.c: to the server */
void note_segment(struct esi_session *session, const struct esi_stream_event *event);
void on_segment_end(struct esi_session *session, uint64_t end);
void break_segment(struct esi_session *session, uint64_t at); /* a hole */

/* data_state.c */
/* Whether the firewall takes the command for message text; then that is told. */
bool is_taken_for_text(struct esi_session *session, const struct esi_smtp_event *command);
void note_data_command(struct esi_session *session);
/* Keeps the Message-ID of a message whose end may be missed. */
void note_message_id(struct esi_session *session, const struct esi_smtp_event *field);
bool may_miss_end(const struct esi_session *session);
/* Whether the firewall misses this end of a message; then that is told. */
bool misses_end(struct esi_session *session, const struct esi_smtp_event *dot);

/* greeting.c */
/* Whole lines only but the last, which may be cut off by the stream's end. */
void on_greeting_line(struct esi_session *session, const struct esi_smtp_event *event);
void end_greeting(struct esi_session *session); /* over, or cut off: told as far as it came */
/* A whole line behind the greeting that belonged to it before the capture was rewritten. */
bool is_more_greeting(const struct esi_session *session, const struct esi_smtp_event *line);
void on_more_greeting(struct esi_session *session, const struct esi_smtp_event *line);

/* ehlo.c */
void judge_keyword(struct esi_session *session, const struct esi_smtp_event *event);

/* server.c */
enum { CODE_LEN = 3, TEXT_AT = 4 };
void on_reply_line(struct esi_session *session, const struct esi_smtp_event *event);
/* Something about the whole reply that is over; of its bytes, those of the first line. */
struct finding reply_found(const struct esi_session *session, enum esi_what what,
                           enum behaviour behaviour);
void open_reply(struct esi_session *session, const struct esi_smtp_event *event);
void keep_text(struct esi_session *session, struct esi_slice bytes);
/* What a line says behind its code, whether or not something separates them. */
struct esi_slice behind_code(struct esi_slice line);
void add_reply_turn(struct esi_session *session, enum esi_turn_what what, struct esi_slice text);
/* A hole in the capture: greeting or reply in progress is told as far as it came. */
void break_reply(struct esi_session *session);

/* message.c */
void on_message_event(struct esi_session *session, const struct esi_smtp_event *event);
/* The message is over, and its end is not in the capture. */
void end_torn_message(struct esi_session *session);
/* The body, if there is one in progress, is told up to `end`. */
void end_body(struct esi_session *session, uint64_t end);

/* duplicate_header.c */
/* A header name inside the value of this field of the message. */
void check_duplicate_header(struct esi_session *session, const struct esi_smtp_event *field);
void forget_names(struct esi_session *session); /* a message begins */
size_t names_memory(const struct esi_session *session);

/* address.c: of MAIL and RCPT. covered: the whole line is masked already. What lies behind the
 * blanks that are written goes to *written, which is empty: the line, if there are any. */
void scan_address(struct esi_session *session, const struct esi_smtp_event *command, bool covered,
                  struct esi_buf *written);
/* A part of a line as it was sent: the same bytes of `sent`, its text before blanks were written.
 */
static inline struct esi_slice
as_sent(const struct esi_smtp_event *line, struct esi_slice sent, struct esi_slice part)
{
    return esi_slice_cut(sent, part.len > 0 ? (size_t)(part.ptr - line->text.ptr) : 0, part.len);
}
/* The argument behind its colon; all of it, if it has none. */
struct esi_slice address_of(struct esi_slice args);

/* criteria.c */
static inline uint32_t
bit_of(enum esi_criterion criterion)
{
    return (uint32_t)1 << criterion;
}
static inline bool
judges(const struct esi_session *session, uint32_t criteria)
{
    return (session->criteria & criteria) != 0;
}
/* Learns what the map is about, and has the tokenizer tell no more than that. */
void begin_criteria(struct esi_session *session);
/* The map's next match about one of the criteria (bits) behind `last`, NULL: its first. Those
 * without an action are not told. NULL: no more. */
const struct esi_match *next_match(const struct esi_session *session, uint32_t criteria,
                                   const struct esi_match *last);
/* The match holds: its action, with what is found. False: its rate is kept, so nothing happens. */
bool act(struct esi_session *session, const struct esi_match *match, struct finding finding);
/* Whether bytes fit a match by regular expressions; negated: fit none. found: where they lie. */
bool fits_patterns(struct esi_session *session, const struct esi_match *match,
                   struct esi_slice bytes, struct finding found);

/* What is left of a match's rate. */
struct bucket {
    uint64_t credit; /* in billionths of one */
    esi_nanos at;    /* as of then */
    bool used;
};
/* rate.c: whether one more is within the match's rate; counted if so. */
bool take_token(struct esi_session *session, const struct esi_match *match);

/* lengths.c */
bool counts_crlf(const struct esi_session *session); /* line ends count in a line's length */
bool unfolds(const struct esi_session *session);     /* a header line is a whole field */
void begin_gauges(struct esi_session *session);      /* a message starts with the next byte */
void check_length(struct esi_session *session, const struct esi_smtp_event *command);
void check_header_line(struct esi_session *session, const struct esi_smtp_event *line);
void check_field_length(struct esi_session *session, const struct esi_smtp_event *header);
void check_body(struct esi_session *session, const struct esi_smtp_event *lines);
/* The message is over: limits that it kept, for those who match that. */
void check_kept(struct esi_session *session, const struct esi_smtp_event *dot);

/* verbs.c: what becomes of a command by its verb, at `offset`. */
enum verb_fate { VERB_STAYS, VERB_MASKED, VERB_GONE };
enum verb_fate check_verb(struct esi_session *session, uint64_t offset,
                          const struct esi_smtp_event *command);

/* sender.c */
struct esi_slice mailbox_of(struct esi_slice address); /* what lies between < and > */
/* sent: the line's text before blanks were written. */
void check_sender(struct esi_session *session, const struct esi_smtp_event *mail,
                  struct esi_slice sent);
void check_special(struct esi_session *session, const struct esi_smtp_event *command,
                   struct esi_slice sent);
void check_size(struct esi_session *session, const struct esi_smtp_event *dot);

/* recipients.c */
void forget_recipients(struct esi_session *session); /* another message begins */
void check_recipients(struct esi_session *session, const struct esi_smtp_event *rcpt,
                      struct esi_slice sent);
void check_to_field(struct esi_session *session, const struct esi_smtp_event *header);
/* Whether the bytes of replies are wanted by the two below. */
bool wants_replies(const struct esi_session *session);
/* The reply in session->reply is to this command. */
void check_invalid(struct esi_session *session, const struct pending *asked);
void log_tls(struct esi_session *session, const struct pending *starttls); /* it is accepted */

/* to_field.c: addresses in a field's value (RFC 5322 section 3.4); groups by their members. */
uint64_t count_addresses(struct esi_slice value);

/* A header field is over, and can be judged, with the byte behind it: its last line may be folded.
 */
static inline uint64_t
behind_field(const struct esi_smtp_event *field)
{
    return field->span.offset + field->span.len;
}

/* parts.c: of one header field of the message or a part of it. */
void check_part(struct esi_session *session, const struct esi_smtp_event *header);

/* dialogue.c */
void set_phase(struct esi_session *session, enum phase phase);
/* Of the client's next bytes. A command in progress is none any more: they are not its rest. */
void set_client_mode(struct esi_session *session, enum esi_mode mode);
/* Only one side was captured, as far as can be told now. */
bool one_sided(const struct esi_session *session);
void push_pending(struct esi_session *session, struct pending asked);
/* False: nothing was outstanding. */
bool pop_pending(struct esi_session *session, struct pending *out);
void forget_pending(struct esi_session *session);
/* Those from this offset on turned out to be masked, every byte of them. */
void mask_pending(struct esi_session *session, uint64_t from);
/* What the client sends next is a message. */
void begin_message(struct esi_session *session);
/* Both directions are opaque from here. */
void start_tls(struct esi_session *session);

/* divergence.c */
void watch_reply(struct esi_session *session, const struct pending *command,
                 const struct reply *reply);
void watch_use(struct esi_session *session, const struct esi_smtp_event *command);
void watch_after_greeting(struct esi_session *session, const struct esi_smtp_event *command);
void watch_after_cut(struct esi_session *session, enum esi_dir dir, uint64_t offset);

#endif
