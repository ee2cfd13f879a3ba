/*
 * evidence.h - whether a captured session was touched already, by what, and on which side.
 *
 * A pure fold: the turns of one session in, a few facts of how it ended, one result out; and a
 * second fold, over results, by server. What is looked for is in the tables of evidence/: each row
 * has its source and how sure it is, and no result is surer than its rows. Takes no memory beyond
 * a fixed part before the first ground, and a bounded amount behind it; touches no body byte.
 */
#ifndef ESI_EVIDENCE_H
#define ESI_EVIDENCE_H

#include "esi/inspect.h"

enum esi_touched {
    ESI_TOUCHED_UNKNOWN, /* cannot be told: too little was seen, or two explanations are as good */
    ESI_TOUCHED_NO,
    ESI_TOUCHED_PROBABLY,
    ESI_TOUCHED_YES,
    ESI_TOUCHED_COUNT
};
const char *esi_touched_name(enum esi_touched touched); /* "unknown", "no", "probably", "yes" */
/* Whether it is to be told loudly. */
static inline bool
esi_touched_alarms(enum esi_touched touched)
{
    return touched >= ESI_TOUCHED_PROBABLY;
}

enum esi_box {
#define ESI_BOX(id, name, words) ESI_BOX_##id,
#include "esi/boxes.def"
#undef ESI_BOX
    ESI_BOX_COUNT
};
const char *esi_box_name(enum esi_box box);  /* "asa"; "" for NONE */
const char *esi_box_words(enum esi_box box); /* "Cisco ASA, ..." */

/* Where the capture was taken, seen from where the bytes of a direction come from. */
enum esi_tap {
    ESI_TAP_UNKNOWN,
    ESI_TAP_BEFORE, /* what was edited was edited behind the tap */
    ESI_TAP_BEHIND, /* the edited bytes are those in the capture */
    ESI_TAP_COUNT
};
const char *esi_tap_name(enum esi_tap tap); /* "unknown", "before", "behind" */

/* How much a detector says by itself. */
enum esi_strength {
    ESI_STRENGTH_DECIDES, /* touched */
    ESI_STRENGTH_STRONG,  /* probably; two of different groups: touched */
    ESI_STRENGTH_WEAK,    /* it cannot be told any more */
    ESI_STRENGTH_NOTE,    /* nothing; it narrows down what else was found */
    ESI_STRENGTH_AGAINST  /* what was found in the greeting is weak, then */
};
const char *esi_strength_name(enum esi_strength strength); /* "decides", "strong", ... */

/* A row of evidence/detectors.def or evidence/products.def. */
struct esi_detector {
    const char *id;    /* "greeting-stars": stable, for scripts */
    const char *words; /* what it means */
    enum esi_strength strength;
    enum esi_basis basis;
    const char *source;
};
size_t esi_detector_count(void);
const struct esi_detector *esi_detector_at(size_t index);

enum { ESI_SEEN_MOST = 72, ESI_GROUNDS_MOST = 20, ESI_GUESSES_MOST = 26, ESI_ODDS_MOST = 3 };

struct esi_ground {
    const struct esi_detector *detector;
    enum esi_dir dir;
    struct esi_span span; /* of the turn; of a retransmission, what was sent again */
    bool greeting;        /* seen in a 220 that the server began with */
    uint64_t frame;       /* 0: of none in particular */
    esi_nanos ts;
    struct esi_slice seen; /* at most ESI_SEEN_MOST bytes of the wire; empty: nothing to show */
    const char *detail;    /* a sentence more, or NULL */
    uint64_t times;        /* how often; the rest is of the first time */
};

/* A masked line of an EHLO reply. Odds add up to at most 1; what is missing is "something else".
 * They follow from the lists of keywords that server families are known to offer, in their order,
 * with weights that are estimates (evidence/families.def). */
struct esi_keyword_guess {
    struct esi_slice seen; /* its beginning, as captured */
    uint64_t len;          /* bytes of the line's text */
    size_t count;          /* of odds; 0: nothing known fits */
    struct esi_keyword_odds {
        const char *keyword;
        double odds;
    } odds[ESI_ODDS_MOST]; /* falling */
};

/* Belongs to the evidence it was asked of. */
struct esi_evidence_result {
    enum esi_touched touched;
    enum esi_box family;  /* NONE unless touched is yes or probably */
    uint32_t also;        /* bits 1 << enum esi_box: families that what was seen fits as well */
    const char *product;  /* or NULL */
    const char *server;   /* what mail server it looks like: "Postfix", or NULL */
    enum esi_tap side[2]; /* by esi_dir */
    size_t ground_count;
    struct esi_ground *grounds; /* in order of appearance */
    uint64_t grounds_left;      /* further ones, counted only */
    size_t keyword_count;
    struct esi_keyword_guess *keywords;
    uint64_t keywords_left;
    /* "asa-8", "asa-8 allow_tls=yes": what writes the bytes seen as far as they tell. */
    size_t reproduced_count;
    const char *const *reproduced_by;
    size_t against_count; /* sentences: what contradicts, and what else it may be */
    const char *const *against;
    size_t means_count; /* sentences: what follows for the mail */
    const char *const *means;
    size_t cure_count; /* configuration lines, least invasive first; ! begins a comment */
    const char *const *cure;
    /* For the fold over servers. */
    uint64_t offered; /* bits of keywords that were offered in the clear (evidence/families.def) */
    uint64_t message; /* hash of the last Message-ID; 0: none */
    bool unanswered;  /* that message's end got no reply */
    bool greeted_220; /* the greeting is one that would be masked, */
    bool listed;      /* and EHLO was answered with a list */
};
static inline bool
esi_evidence_alarms(const struct esi_evidence_result *result)
{
    return esi_touched_alarms(result->touched);
}

/* What turns do not tell. Zero is "nothing of the kind". */
struct esi_evidence_facts {
    /* The last bytes of a direction were sent again and again, and neither acknowledged nor
     * answered by FIN or RST: */
    unsigned resent; /* times; 0: no such silence */
    enum esi_dir resent_dir;
    uint64_t resent_from; /* offset of the first byte that was never acknowledged, */
    uint64_t resent_to;   /* and of the end of its segment; 0: not known */
    esi_nanos resent_for; /* from the first time to the last */
    /* Final dots (".CRLF") that came in a segment of their own: */
    unsigned dots_alone;
    esi_nanos dot_wait;  /* the longest time between the segment before and such a dot */
    esi_nanos dot_least; /* of all final dots that nobody typed, the shortest; 0: one came with its
                            message */
    uint64_t dot_at, dot_frame;
    /* An end of data whose CRLF.CRLF lay in several segments; the last of them, from its CRLF on:
     */
    bool end_split;
    uint64_t end_at, end_frame;
    bool contradicted; /* segments differ in bytes that both carry; the first to come was used */
    uint64_t typed;    /* client's segments of fewer than four bytes that end no line */
    const struct esi_ip *server; /* for the lines of the cure; NULL: 192.0.2.25 stands for it */
};

struct esi_evidence;

/* midstream: the capture began inside the session. */
struct esi_evidence *esi_evidence_new(bool midstream);
/* Turns in order, as the engine tells them; verdicts are passed over. Borrowed for the call. */
void esi_evidence_see(struct esi_evidence *evidence, const struct esi_outcome *outcome);
/* The session is over; facts may be NULL. Once, before the result is asked for. */
void esi_evidence_ending(struct esi_evidence *evidence, const struct esi_evidence_facts *facts);
const struct esi_evidence_result *esi_evidence_result(struct esi_evidence *evidence);
/* Bytes that it takes now, about. */
size_t esi_evidence_memory(const struct esi_evidence *evidence);
void esi_evidence_free(struct esi_evidence *evidence);

/* ---- by server ---- */

enum { ESI_CHANGES_KEPT = 16 };
struct esi_evidence_server {
    struct esi_endpoint server;
    uint64_t sessions[ESI_TOUCHED_COUNT];
    uint64_t families[ESI_BOX_COUNT];      /* sessions that were touched, or probably, by family */
    esi_nanos first, last;                 /* of all sessions */
    esi_nanos first_touched, last_touched; /* 0: none was */
    enum esi_touched touched; /* the surest of its sessions: yes, probably; else no if any is no */
    enum esi_box family;      /* of most of those; NONE */
    bool intermittent; /* some were touched, or probably, and some were not that could have */
    uint64_t changes;  /* how often one followed the other, in order of time of arrival */
    struct esi_evidence_change {
        esi_nanos ts;
        bool touched;
    } kept[ESI_CHANGES_KEPT]; /* the first of them */
    uint64_t again;           /* messages that came again behind an end of data without a reply */
    uint64_t keywords;        /* bits of what it offered in the clear in some session, */
    uint64_t not_always;      /* but not in every one */
};

struct esi_evidence_servers;

/* most: servers that are kept; sessions of others are counted. */
struct esi_evidence_servers *esi_evidence_servers_new(size_t most);
void esi_evidence_servers_see(struct esi_evidence_servers *servers,
                              const struct esi_endpoint *server, esi_nanos ts,
                              const struct esi_evidence_result *result);
size_t esi_evidence_servers_count(const struct esi_evidence_servers *servers);
/* In order of first appearance. */
const struct esi_evidence_server *esi_evidence_servers_at(struct esi_evidence_servers *servers,
                                                          size_t index);
/* Sessions of servers that there was no room for, by what they were. */
const uint64_t *esi_evidence_servers_left(const struct esi_evidence_servers *servers);
/* "STARTTLS": the keyword of a bit of esi_evidence_server.keywords; NULL: there is none. */
const char *esi_evidence_keyword(unsigned bit);
void esi_evidence_servers_free(struct esi_evidence_servers *servers);

#endif
