/*
 * html_internal.h - the parts of the html sink: what is counted, which sessions are shown, how a
 * session and the page around it are written.
 */
#ifndef ESI_HTML_INTERNAL_H
#define ESI_HTML_INTERNAL_H

#include "evidence_internal.h"
#include "ladder_order_internal.h"
#include "text_internal.h"

/* What a browser opens without lag, and a mail takes as an attachment. */
enum { HTML_SESSIONS_MOST = 1000, HTML_BLOCKS_BYTES = 4600000, HTML_LADDER_BYTES = 1 << 20 };
/* Outcomes of esi_session_outcome, and "not inspected" behind them. */
enum { HTML_OUTCOMES = ESI_SESSION_UNKNOWN + 2, HTML_NOT_INSPECTED = ESI_SESSION_UNKNOWN + 1 };

/* ---- counted over all sessions, shown or not ---- */

/* Rules told apart: a bit each of a session's marks, and one bit for all others. */
enum { HTML_RULES_MOST = 63 };
struct html_rule {
    enum esi_action action;
    struct esi_rule rule;
    const struct esi_behaviour *behaviour;
    enum esi_basis basis; /* the weakest of its verdicts' */
    uint64_t verdicts, sessions;
    size_t line;            /* of the configuration that is shown: index + 1; 0: none */
    struct esi_buf example; /* as it is shown: the bytes of its first verdict; empty: of none */
};

enum { HTML_SERVERS_MOST = 64 };
struct html_server {
    struct esi_endpoint endpoint;
    uint64_t sessions, outcomes[HTML_OUTCOMES];
};

/* Sessions by the time they began. Buckets are as wide as they have to be: a power of two of
 * seconds, each beginning at a multiple of that. */
enum { HTML_BUCKETS = 60 };
#define HTML_BUCKET_ZERO                                                                           \
    ((int64_t)1 << 34) /* seconds before the epoch at which number 0 begins                        \
                        */
struct html_times {
    unsigned shift;       /* 1 << shift seconds wide */
    uint64_t first, last; /* numbers of the first and last bucket in use */
    uint64_t sessions;
    uint64_t counts[HTML_BUCKETS][HTML_OUTCOMES]; /* by number - first */
};

/* A line of the configuration, and what is done by it. */
struct html_line {
    unsigned file;   /* its number, from 0 */
    uint64_t rules;  /* bits */
    uint64_t times;  /* verdicts */
    uint64_t chosen; /* sessions that are inspected, or not, by its word */
    bool linked;     /* a section names it */
};

/* What becomes of the mail, told once for all sessions that fare so. */
enum { HTML_MEANINGS_MOST = 64 };
struct html_meanings {
    struct html_meaning {
        size_t outcome;
        uint64_t sessions;
        struct esi_buf words; /* of the first session */
    } items[HTML_MEANINGS_MOST];
    size_t len, last;
    struct esi_buf scratch;
};

struct html_tally {
    struct html_rule rules[HTML_RULES_MOST];
    size_t rule_count, rule_last;
    uint64_t other_verdicts, other_sessions, counterfactual;
    struct html_server servers[HTML_SERVERS_MOST];
    size_t server_count, server_last;
    uint64_t other_server_sessions;
    struct html_times times;
    struct html_meanings meanings;
    uint64_t outcomes[HTML_OUTCOMES], not_whole; /* sessions */
    const struct esi_config_text *config;
    size_t config_count;
    struct html_line *lines;     /* beside config */
    size_t file_first, file_end; /* the file looked up last, as range of config */
};
void html_tally_begin(struct html_tally *tally, const struct esi_sink_options *options);
/* The outcome is a verdict. */
void html_tally_verdict(struct html_tally *tally, const struct esi_outcome *outcome,
                        uint64_t *marks);
void html_tally_session(struct html_tally *tally, const struct esi_session_info *session,
                        uint64_t marks);
void html_tally_free(struct html_tally *tally);
/* Index + 1 of the line among those shown; 0: it is not. */
size_t html_config_find(struct html_tally *tally, const char *file, unsigned line);
/* Counts the session; the place of what becomes of its mail. HTML_MEANINGS_MOST: no room. */
size_t html_meaning_of(struct html_meanings *meanings, const struct ladder *ladder,
                       const struct esi_session_info *session, const struct esi_sink *sink);
void html_meanings_free(struct html_meanings *meanings);
size_t html_outcome(const struct esi_session_info *session);
const char *html_outcome_name(size_t outcome);

/* ---- what sessions were when they were captured ---- */

/* Servers with sessions that were touched, or probably: so many have a card of their own. The lines
 * that mend it are a cure each; more are not known for one server (evidence/cures.def). */
enum { HTML_CARDS_MOST = SERVERS_NAMED, HTML_CURES_MOST = 32 };
struct html_card {
    struct esi_endpoint endpoint;
    bool tallied;
    struct esi_evidence_server tally; /* if it is */
    unsigned sides[2];                /* by esi_dir: bits 1 << enum esi_tap */
    struct esi_buf cures[HTML_CURES_MOST];
    size_t cure_count;
};
struct html_evidence {
    struct html_card cards[HTML_CARDS_MOST];
    size_t card_count, last;
    uint64_t more, more_intermittent; /* servers without a card */
    uint64_t sessions[ESI_TOUCHED_COUNT];
    struct esi_buf scratch;
};
/* Counts the session; the card of its server. HTML_CARDS_MOST: there is none. */
size_t html_evidence_session(struct html_evidence *evidence,
                             const struct esi_session_info *session);
void html_evidence_server(struct html_evidence *evidence, const struct esi_evidence_server *server);
void html_evidence_free(struct html_evidence *evidence);

/* ---- which sessions are shown ---- */

struct html_session {
    uint64_t number, marks;
    size_t kind, outcome, meaning;
    bool examined; /* was it touched? */
    enum esi_touched touched;
    size_t card;                   /* of its server, if it was; HTML_CARDS_MOST: it has none */
    struct esi_buf cells, section; /* of its row in the list; what is told of it */
};
struct html_keep {
    struct html_session *sessions;
    size_t len, cap, bytes;
    struct kind_table kinds; /* kind.shown: of its sessions, how many are */
    uint64_t all;
};
/* Counts the session. True: it is to be shown, as one of *kind. */
bool html_keep_wants(struct html_keep *keep, uint64_t signature, uint64_t number, size_t *kind);
/* Takes the session's buffers over; gives up others for it if there is no room. */
void html_keep_add(struct html_keep *keep, struct html_session session);
/* In order of number; if there are many, the rarest kind first. */
void html_keep_sort(struct html_keep *keep);
void html_keep_free(struct html_keep *keep);

/* ---- a session ---- */

struct html_story {
    struct esi_buf *out;
    struct ladder *ladder;
    const struct esi_session_info *session;
    const struct esi_sink *sink;
    struct html_tally *tally;
    struct ladder_order order;
    struct turn_lines lines;
    struct esi_buf text, after; /* scratch */
    unsigned y;                 /* how far down the picture has come */
    /* The verdicts in the order in which they are found in the picture: their row. */
    size_t *findings;
    size_t finding_count, finding_cap;
    uint64_t left_out; /* turns and verdicts that the picture has no room for */
    /* By ground of the evidence: the frame whose place in the picture it leads to; 0: none. */
    uint64_t places[ESI_GROUNDS_MOST];
};
void html_put_session(struct html_session *out, struct ladder *ladder,
                      const struct esi_session_info *session, const struct esi_sink *sink,
                      struct html_tally *tally, bool turns);
void html_put_ladder(struct html_story *story);
/* What the session was touched by before it was captured; card: of its server. */
void html_put_evidence(struct html_story *story, size_t card);
/* "touched", as a badge. */
void html_put_touched(struct esi_buf *out, enum esi_touched touched);
/* A cure's lines. */
void html_put_cure(struct esi_buf *out, struct esi_slice cure);
/* How many of `lines` are one cure: what it is, and its lines. */
size_t html_cure_lines(const char *const *lines, size_t count);
void html_put_findings(struct html_story *story);
/* What a rule's row shows: "such as STARTTLS becomes XXXXXXXA". */
void html_put_example(struct esi_buf *out, const struct esi_outcome *outcome);
/* "mask log", "drop-connection": what is done. */
void html_put_action(struct esi_buf *out, const struct esi_verdict *verdict);
/* A frame's number within its file, and the file if it is not the session's first. */
void html_put_frame(struct html_story *story, struct esi_buf *out, uint64_t frame);

/* ---- writing ---- */

/* Some sessions that are shown, as links: ": 1, 2, 5, ..." - those for which `chosen` holds. */
typedef bool html_chosen(const struct html_session *session, size_t value);
void html_put_some(struct esi_buf *out, const struct html_keep *keep, html_chosen *chosen,
                   size_t value, uint64_t sessions);

/* Names and sentences. */
void html_put(struct esi_buf *out, const char *text);
void html_put_buf(struct esi_buf *out, const struct esi_buf *text);
/* Wire bytes from `from` on, as far as `room` columns go, and the whole length if that is not all;
 * where they differ from `other` (may be empty), inside the element `mark`. */
void html_put_wire(struct esi_buf *out, struct esi_slice bytes, struct esi_slice other, size_t from,
                   size_t room, uint64_t true_len, const char *mark);
/* Name and number of a line, linked if it is shown; "built in" without one. */
void html_put_place(struct esi_buf *out, struct html_tally *tally, const char *file, unsigned line);
/* "c0-253": the id of a line that is shown. */
void html_put_line_id(struct esi_buf *out, const struct html_tally *tally, size_t index);

struct html_report {
    struct html_tally tally;
    struct html_keep keep;
    struct account account;
    struct html_evidence evidence;
    bool evidence_only;
};
/* summary NULL: there is none. */
void html_put_page(struct esi_buf *out, struct html_report *report,
                   const struct esi_summary_info *summary);
void html_put_overview(struct esi_buf *out, struct html_report *report,
                       const struct esi_summary_info *summary);
/* Whether there is something to tell of the capture itself. */
bool html_has_capture(const struct html_report *report, const struct esi_summary_info *summary);
void html_put_capture(struct esi_buf *out, const struct html_report *report,
                      const struct esi_summary_info *summary);
/* Of all sessions, or of those that are told. */
const uint64_t *html_touched(const struct html_report *report,
                             const struct esi_summary_info *summary);
/* Why there is no session, if there is none. */
void html_put_none(struct esi_buf *out, const struct html_report *report,
                   const struct esi_summary_info *summary);
void html_put_read(struct esi_buf *out, struct html_report *report,
                   const struct esi_summary_info *summary);
/* The gravest first. */
extern const size_t html_outcome_order[HTML_OUTCOMES];
void html_put_meanings(struct esi_buf *out, const struct html_report *report);
void html_put_chart(struct esi_buf *out, const struct html_times *times);
void html_put_servers(struct esi_buf *out, const struct html_tally *tally);
void html_put_config(struct esi_buf *out, struct html_report *report);

#endif
