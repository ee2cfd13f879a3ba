/*
 * evidence_internal.h - a session's fold between its parts.
 *
 * What a session needs before anything was found is a fixed struct; the rest, struct findings, is
 * made at the first ground. Detectors that only narrow down (NOTE) are remembered as bits.
 */
#ifndef ESI_EVIDENCE_INTERNAL_H
#define ESI_EVIDENCE_INTERNAL_H

#include "esi/evidence.h"

enum detector {
#define ESI_DETECTOR(id, name, group, strength, basis, tap, boxes, wants, effects, source, words)  \
    DETECTOR_##id,
#include "detectors.def"
#undef ESI_DETECTOR
    DETECTOR_OWN,
    DETECTOR_PRODUCT = DETECTOR_OWN - 1, /* products follow */
#define ESI_PRODUCT(id, name, place, verb, code, pattern, strength, basis, box, product, source,   \
                    words)                                                                         \
    PRODUCT_##id,
#include "products.def"
#undef ESI_PRODUCT
    DETECTOR_COUNT
};

_Static_assert(DETECTOR_COUNT <= 128, "detectors are bits of two uint64_t");

enum group { GROUP_GREETING, GROUP_EHLO, GROUP_COMMAND, GROUP_REPLY, GROUP_CLIENT, GROUP_ENDING };

enum effect {
#define ESI_EFFECT(id, words, source) EFFECT_##id,
#include "consequences.def"
#undef ESI_EFFECT
    EFFECT_COUNT
};
#define EFFECT(id) (1u << EFFECT_##id)

/* What a platform needs besides habits, counted on behind them. */
enum { FIT_MASKS_KEYWORDS = ESI_HABIT_COUNT, FIT_LEAVES_KEYWORDS, FIT_LIMITS, FIT_NO_PLATFORM };
enum { BOXES_MOST = 4, WANTS_MOST = 4 };

/* What the public row does not show. */
struct lead {
    enum group group;
    uint8_t boxes[BOXES_MOST]; /* enum esi_box, the likeliest first; NONE ends */
    int16_t wants[WANTS_MOST]; /* habit or FIT_ + 1; 0 ends */
    uint32_t effects;          /* bits of enum effect */
    int8_t tap_dir;            /* enum esi_dir, or -1 */
    uint8_t tap;               /* enum esi_tap */
    const char *product;       /* or NULL */
};
const struct lead *lead_of(enum detector detector);
const char *effect_words(enum effect effect);

enum server {
#define ESI_SERVER(id, name, weight, greeting, hello) SERVER_##id,
#include "families.def"
    SERVER_COUNT
};
enum keyword {
#define ESI_KEYWORD_LINE(id, word, passes, effect) KEYWORD_##id,
#include "families.def"
    KEYWORD_COUNT
};
_Static_assert(SERVER_COUNT <= 32, "servers are bits of a uint32_t");
_Static_assert(KEYWORD_COUNT <= 64, "keywords are bits of a uint64_t");

/* families.c: what a line tells of the server. */
const char *server_name(enum server server);
enum server server_of_greeting(struct esi_slice line); /* SERVER_COUNT: none */
/* Whose first line of a reply to EHLO may be so: bits of enum server. */
uint64_t hellos_fit(struct esi_slice hello);
bool has_hello(enum server server); /* one that others have not */
double server_weight(enum server server, bool hello_fits);
bool is_unknown_command(unsigned code, struct esi_slice line);
bool is_noop_reply(unsigned code, struct esi_slice line);
enum keyword keyword_of(struct esi_slice line); /* KEYWORD_COUNT: none */
bool keyword_passes(enum keyword keyword);
uint32_t keyword_effects(struct esi_slice text);
uint64_t keywords_always(enum server server); /* bits of enum keyword */
struct offer {
    const char *text;
    enum server server;
    unsigned percent;
};
const struct offer *offers_of(enum server server, size_t *count);

/* pattern.c: the little patterns of the tables, on one line of text. */
bool glob_fits(const char *pattern, struct esi_slice line);
/* Which bytes there are, folded into 64 bits: a line that lacks one of a pattern's cannot fit. */
uint64_t bytes_in(struct esi_slice line);
uint64_t bytes_of_pattern(const char *pattern);
/* How often a byte stands at the start of a word. */
size_t run_of(struct esi_slice word, uint8_t byte);
/* The next line of a reply's text, taken off its front. False: none is left. */
bool next_line(struct esi_slice *text, struct esi_slice *line);

/* known.c: texts that came before. A reader has a table of KNOWN_PLACES, whose rows begin so. */
enum { KNOWN_PLACES = 64, KNOWN_MOST = 512 }; /* longer texts are read each time */
struct known {
    size_t len; /* 0: none */
    uint8_t text[KNOWN_MOST];
};
size_t known_place(struct esi_slice text);
bool is_known(const struct known *known, struct esi_slice text);
void make_known(struct known *known, struct esi_slice text);

/* templates.c */
enum mask { MASK_STARS, MASK_ISLANDS };
/* The few templates that explain most of a starred line, as words into *out; and their families as
 * bits of enum server. */
uint32_t templates_fit(struct esi_slice line, enum mask mask, struct esi_buf *out);

/* Of an ended session that was found something in. */
struct findings {
    struct esi_arena arena;
    size_t ground_count;
    uint64_t grounds_left;
    struct esi_ground grounds[ESI_GROUNDS_MOST];
    size_t keyword_count;
    uint64_t keywords_left;
    struct esi_keyword_guess *keywords;
    uint32_t effects;
    const char *against[16];
    size_t against_count;
    const char *means[EFFECT_COUNT];
    const char *reproduced[40];
    const char *cure[160];
};

/* A command that waits for its reply. */
enum form { FORM_CLEAR, FORM_X, FORM_NOOP, FORM_DOT, FORM_AUTH };
struct asked {
    uint8_t verb; /* enum esi_verb */
    uint8_t form;
    bool says_x : 1, says_low_x : 1; /* it holds X, or x, itself, which a reply may quote */
    bool is_private : 1;             /* a verb that begins with X (RFC 5321 section 4.1.5) */
    uint16_t word_len, line_len;     /* line_len: with its argument */
};
enum { X_LEAST = 4 };     /* of a verb; fewer X are a word of their own */
enum { VERB_MOST = 12 };  /* bytes of the longest verb that is masked, X-LINK2STATE */
enum { ASKED_MOST = 64 }; /* a client that waits for no reply gets no pairing beyond */

/* A place in the client's stream. */
struct place {
    uint64_t offset, end, frame;
    esi_nanos ts;
};
enum cause { CAUSE_HEADER, CAUSE_RECIPIENTS, CAUSE_COMMAND, CAUSE_SENDER, CAUSE_DUPLICATE, CAUSES };

struct esi_evidence {
    uint64_t fired[2]; /* bits of enum detector */
    struct findings *findings;
    bool contradicted; /* segments of it differ: only the first were seen */
    bool suspect;      /* a row fired that says something by itself */
    bool midstream, greeted, greeting_clear, greeting_esmtp, greeting_starred, eight_stars;
    bool gap_before_list;       /* the greeting or a first reply may lie in it */
    bool listed, helo_answered; /* EHLO or HELO got its 250 */
    bool list_masked;
    double tls_odds;            /* of masked lines being STARTTLS: the highest */
    bool commanded, tried_ehlo; /* a command was seen; EHLO was */
    bool unsure, lost;          /* which reply answers what: in doubt, for want of room */
    bool heard;                 /* the server said something */
    bool adrift; /* whether the client's lines are commands is not known: it may be inside a message
                  */
    bool data_pending, dot_waits;
    bool text_due; /* no 354, or a message that went on behind its dot: text may come as commands */
    uint8_t login; /* so many lines may be name and password, of who does not wait for a 334 */
    bool early_text, early_x;          /* behind DATA, before its reply: a line of text, one of X */
    bool in_pieces;                    /* commands came in segments of fewer than four bytes */
    enum server server, likely_server; /* SERVER_COUNT: not known */
    uint32_t server_bits;              /* that the starred greeting fits */
    uint64_t offered;                  /* bits of enum keyword, in the clear */
    uint64_t message, dot_at, chunk_to;
    uint64_t first_x; /* bytes of the first command, if that was X to its end; 0: no */
    uint32_t recipients;
    uint16_t asked_at, asked_len;
    struct asked asked[ASKED_MOST];
    struct place cause[CAUSES]; /* the last of each; end 0: none */
    struct esi_evidence_result result;
};

static inline bool
has_fired(const struct esi_evidence *evidence, enum detector detector)
{
    return (evidence->fired[detector / 64] >> (detector % 64)) & 1;
}
/* Whether a list that came showed it in the clear. */
static inline bool
was_offered(const struct esi_evidence *evidence, enum keyword keyword)
{
    return (evidence->offered >> keyword) & 1;
}
/* Notes that a row fits the turn. seen: what to show of it. The ground, if one is kept and it is
 * the first of its kind; else NULL. */
struct esi_ground *found(struct esi_evidence *evidence, enum detector detector,
                         const struct esi_outcome *turn, struct esi_slice seen);
struct findings *findings_of(struct esi_evidence *evidence);
/* A sentence for a ground; nothing for NULL. */
void add_detail(struct esi_evidence *evidence, struct esi_ground *ground,
                const struct esi_buf *text);

void see_greeting(struct esi_evidence *evidence, const struct esi_outcome *turn);
void see_command(struct esi_evidence *evidence, const struct esi_outcome *turn);
void see_reply(struct esi_evidence *evidence, const struct esi_outcome *turn);
void see_header(struct esi_evidence *evidence, const struct esi_outcome *turn);
/* A 250 to EHLO: what its lines show, and hide. */
void see_list(struct esi_evidence *evidence, const struct esi_outcome *turn);
void see_products(struct esi_evidence *evidence, const struct esi_outcome *turn, bool greeting,
                  enum esi_verb verb);
void see_ending(struct esi_evidence *evidence, const struct esi_evidence_facts *facts);
void ask(struct esi_evidence *evidence, struct asked asked);

/* A 250 to EHLO, read. */
struct list_line {
    struct esi_slice text;
    bool masked;
};
enum { LIST_MOST = 40 };
struct ehlo_reply {
    struct esi_slice hello; /* its first line */
    struct esi_slice text;  /* the others, as they stand */
    const struct list_line *lines;
    size_t count;
    uint64_t clear; /* keywords that stand in it: bits of enum keyword */
};

/* keywords.c: guesses for the masked lines. */
void guess_keywords(struct esi_evidence *evidence, const struct esi_outcome *turn,
                    const struct ehlo_reply *reply);
/* What it takes for line number `line` to be a keyword, 0..1; 0: it cannot be. */
double keyword_price(const struct ehlo_reply *reply, size_t line, const char *text);
/* Odds of one line, by keyword, all servers together. */
struct ballot {
    struct esi_keyword_odds votes[64];
    size_t word[64]; /* the length of each keyword's word */
    size_t count;
};
void vote(struct ballot *ballot, const char *keyword, double odds);

/* family_order.c, any_server.c: the odds of such a reply, from servers of a family, or of none that
 * is known; votes on its masked lines are cast, in the same measure. at_large: by line, odds of its
 * being none of the family's keywords, which any_server.c gives to those of servers at large. */
double poll_family(const struct ehlo_reply *reply, enum server server, double weight,
                   struct ballot *ballots, double *at_large);
double poll_any_server(const struct ehlo_reply *reply, double weight, const double *at_large,
                       struct ballot *ballots);

/* fit.c: the platforms that what was found fits. Bits of enum esi_box; the names into findings. */
uint32_t fit_platforms(struct esi_evidence *evidence, size_t *count);
/* Whether the greeting passed the box on its way to the tap, and is in the clear. */
bool is_greeting_spared(const struct esi_evidence *evidence);
/* verdict.c */
void conclude(struct esi_evidence *evidence, const struct esi_evidence_facts *facts);
void print_cure(struct esi_evidence *evidence, const struct esi_ip *server);

#endif
