/*
 * map.h - an inspection map: one `policy-map type inspect esmtp`, matches with actions and
 * parameters, in the words of the firewall's own configuration.
 *
 * A map is a plain value that never changes once made. Who made it owns its arrays and strings: the
 * configuration it was read from, or nobody (the default maps are constants).
 * Source: Cisco ASA CLI guides (policy-map type inspect esmtp), Cisco document 117801.
 */
#ifndef ESI_MAP_H
#define ESI_MAP_H

#include "esi/pattern.h"

enum esi_action {
#define ESI_ACTION(id, name, gravity) ESI_ACTION_##id,
#include "esi/actions.def"
#undef ESI_ACTION
    ESI_ACTION_COUNT
};
const char *esi_action_name(enum esi_action action);
unsigned esi_action_gravity(enum esi_action action); /* 1 log, 2 mask, 3 drop */

/* What a criterion is told behind its words. */
enum esi_criterion_argument {
    ESI_ARGUMENT_NUMBER,    /* gt N: esi_match.limit */
    ESI_ARGUMENT_VERBS,     /* esi_match.set, bits of enum esi_verb */
    ESI_ARGUMENT_KEYWORDS,  /* esi_match.set, bits of enum esi_keyword */
    ESI_ARGUMENT_ENCODINGS, /* esi_match.set, bits of enum esi_encoding */
    ESI_ARGUMENT_REGEX      /* esi_match.patterns */
};

enum esi_criterion {
#define ESI_CRITERION(id, words, argument, flags) ESI_CRITERION_##id,
#include "esi/criteria.def"
#undef ESI_CRITERION
    ESI_CRITERION_COUNT
};
/* As `show running-config` prints it behind `match`: "cmd RCPT count gt". */
const char *esi_criterion_words(enum esi_criterion criterion);
enum esi_criterion_argument esi_criterion_argument(enum esi_criterion criterion);
bool esi_criterion_may_mask(enum esi_criterion criterion);
bool esi_criterion_may_rate_limit(enum esi_criterion criterion);

/* Words of `match ehlo-reply-parameter`. */
enum esi_keyword {
#define ESI_KEYWORD(id, word) ESI_KEYWORD_##id,
#include "esi/keywords.def"
#undef ESI_KEYWORD
    ESI_KEYWORD_COUNT
};
const char *esi_keyword_name(enum esi_keyword keyword); /* "8bitmime" */

/* Words of `match MIME encoding` (RFC 2045 section 6.1). */
enum esi_encoding {
#define ESI_ENCODING(id, word) ESI_ENCODING_##id,
#include "esi/encodings.def"
#undef ESI_ENCODING
    ESI_ENCODING_COUNT
};
const char *esi_encoding_name(enum esi_encoding encoding); /* "quoted-printable" */

/* How sure it is that the firewall does so. Printed as "confirmed", "likely", "assumed". */
enum esi_basis { ESI_BASIS_CONFIRMED, ESI_BASIS_LIKELY, ESI_BASIS_ASSUMED };
const char *esi_basis_name(enum esi_basis basis);

/* What a verdict is by: configuration words, or a built-in habit's. */
struct esi_rule {
    const char *words; /* "mask-banner", "match ehlo-reply-parameter others", "verb not allowed" */
    unsigned class_no; /* 1-based place of the match in its map; 0: none */
    const char *config_file; /* NULL: built in */
    unsigned config_line;    /* 1-based; 0: built in */
};

struct esi_match {
    struct esi_rule rule; /* words: the whole line, "match not cmd verb rcpt" */
    enum esi_criterion criterion;
    bool negated;                              /* match not */
    uint64_t limit;                            /* NUMBER */
    uint32_t set;                              /* VERBS, KEYWORDS, ENCODINGS: bit 1 << enumerator */
    const struct esi_pattern *const *patterns; /* REGEX: any of them */
    size_t pattern_count;
    const char *regex;      /* REGEX: name of the regex or of the class */
    bool regex_class;       /* it is a class */
    bool acts;              /* an action is configured at all; without one the match does nothing */
    enum esi_action action; /* DROP_CONNECTION, RESET, MASK, RATE_LIMIT, or LOG: log alone */
    bool log;
    uint64_t rate; /* RATE_LIMIT: messages per second */
};

/* A line of `parameters`. */
enum esi_parameter_kind {
    ESI_PARAMETER_MASK_BANNER,
    ESI_PARAMETER_MAIL_RELAY,
    ESI_PARAMETER_SPECIAL_CHARACTER,
    ESI_PARAMETER_ALLOW_TLS,
    ESI_PARAMETER_COUNT
};
const char *esi_parameter_name(enum esi_parameter_kind kind); /* "mask-banner" */
struct esi_parameter {
    bool on;
    struct esi_rule rule;   /* words NULL: nobody said so; then of a default */
    enum esi_action action; /* MAIL_RELAY, SPECIAL_CHARACTER: DROP_CONNECTION or LOG */
    bool log;               /* ALLOW_TLS: `action log` */
    const char *domain;     /* MAIL_RELAY */
};

/* Which commands the engine lets through. */
enum esi_map_commands {
    ESI_COMMANDS_OF_PLATFORM,
    ESI_COMMANDS_SMTP, /* `inspect smtp`, `ip inspect name X smtp`: 7 */
    ESI_COMMANDS_ESMTP /* `ip inspect name X esmtp`: 15 */
};

struct esi_map {
    const char *name;
    const char *description; /* or NULL */
    struct esi_parameter parameter[ESI_PARAMETER_COUNT];
    enum esi_map_commands commands;
    bool keywords_masked; /* EHLO keywords are masked by the engine itself, without a match: the
                             boxes that inspect ESMTP and have no inspection maps */
    const struct esi_match *matches; /* in map order */
    size_t match_count;
    const char *config_file; /* where the map begins; NULL: built in */
    unsigned config_line;
};
/* The first match of that criterion, or NULL. */
const struct esi_match *esi_map_find(const struct esi_map *map, enum esi_criterion criterion);
static inline bool
esi_map_on(const struct esi_map *map, enum esi_parameter_kind kind)
{
    return map->parameter[kind].on;
}
/* The map as configuration text, from `policy-map type inspect esmtp NAME` on, all four parameters
 * included: what is in force. Read back, it gives a map in force that is equal. */
void esi_map_print(const struct esi_map *map, struct esi_buf *out);
/* The same, of the parameters only those that somebody said. Read back, it gives an equal map: what
 * was left to the platform still is. */
void esi_map_print_said(const struct esi_map *map, struct esi_buf *out);
/* One match with its actions, as esi_map_print writes it. */
void esi_match_print(const struct esi_match *match, struct esi_buf *out);
/* What it matches, as the first line of that: "match not cmd verb rcpt". */
void esi_match_words(const struct esi_match *match, struct esi_buf *out);

#endif
