/*
 * reader_internal.h - how a line of configuration becomes a change to struct esi_config.
 *
 * text.c cuts text into lines of words; syntax.c holds a line against a pattern of grammar.def;
 * arguments.c reads typed arguments; grammar.c knows which patterns stand in which mode; reader.c
 * goes through a file; blocks.c knows what in it are no commands; unfit.c judges what fits none;
 * diag.c says what is wrong; the build_*.c files are what patterns do.
 */
#ifndef ESI_READER_INTERNAL_H
#define ESI_READER_INTERNAL_H

#include "esi/config.h"

/* ---- text.c: lines and words ---- */

enum { WORDS_MOST = 256 }; /* no command of ours has more; what is behind stays unread */

struct word {
    struct esi_slice text; /* of a quoted word: what stands between the quotation marks */
    unsigned column;       /* 1-based place in the line as it stands in the file */
    bool quoted;
};

struct text_line {
    unsigned number;       /* 1-based */
    struct esi_slice text; /* as it stands in the file, without its line end */
    unsigned indent;       /* columns, behind the prompt if there was one */
    bool indented;         /* indent > 0 */
    bool prompt;           /* a console's prompt stood before it, */
    bool prompt_global;    /* which named no mode below global configuration */
    bool comment;          /* `: ...`; its words are told */
    bool more;             /* it has more words than these */
    struct word words[WORDS_MOST];
    size_t count;
};

struct text {
    struct esi_slice rest;
    unsigned number;
};
/* False: no more lines. */
bool text_next(struct text *text, struct text_line *line);
/* Whether lines are indented below others at all. */
bool text_is_indented(struct esi_slice text);
/* Why these bytes cannot be a configuration; NULL: they may be one. */
const char *text_foreign(struct esi_slice text);

/* ---- arguments.c: typed arguments ---- */

enum argument_type {
#define ESI_ARGUMENT(id, name, expected, take) ARGUMENT_##id,
#include "arguments.def"
#undef ESI_ARGUMENT
    ARGUMENT_COUNT
};

/* One element of a pattern, as it was found in a line. */
struct arg {
    bool literal;
    const char *word;        /* literal: in full, as the pattern has it */
    enum argument_type type; /* not literal */
    const struct word *at;   /* its first word in the line */
    size_t words;            /* how many it takes */
    struct esi_slice text;   /* the first of them; REST: up to the line's end */
    uint64_t number;         /* NUMBER, PORT, PROTOCOL, MINUTE, ... */
    struct esi_ip ip;        /* IP, MASK */
    struct esi_address address;
    struct esi_port_set ports;
    struct esi_prefix prefix;
    /* Of what is no such argument, though it begins so: words that fitted, what would have been
     * possible behind them. */
    size_t fitted;
    const char *lacks; /* NULL: it begins otherwise */
};

struct reader;

/* How many words, from words[0] on (count of them, at least one), make an argument of that type;
 * 0: they do not. */
size_t argument_take(const struct reader *reader, enum argument_type type, const struct word *words,
                     size_t count, struct arg *out);
enum argument_type argument_find(struct esi_slice name); /* panics: patterns are ours */
const char *argument_expected(enum argument_type type);  /* "a port" */

/* ---- syntax.c: patterns ---- */

struct pattern; /* one compiled pattern */

enum { ARGS_MOST = WORDS_MOST, EXPECTED_MOST = 24 };

/* What a line said, in the pattern's words. */
struct args {
    bool no; /* `no` stood in front */
    const struct text_line *line;
    struct arg list[ARGS_MOST];
    size_t count;
    unsigned exact;    /* literals that were typed in full */
    unsigned literals; /* all that were typed */
};

/* How far a line went with a pattern, and what would have been possible there. */
struct misfit {
    size_t words;                        /* that fitted; `no` not counted */
    unsigned exact, literals;            /* of these, as in struct args */
    bool argument;                       /* an argument would have been possible */
    const char *expected[EXPECTED_MOST]; /* literals in full, or argument_expected */
    size_t count;
};

/* text: "[no] match port {tcp | udp} <ports>". Words are literals (ASCII case ignored, may be
 * abbreviated); <type> is a typed argument; [ ] optional; { | } alternatives; `...` behind an
 * element repeats it. What comes next always decides by the next word; where an abbreviation leads
 * nowhere, the word is an argument. */
struct pattern *pattern_new(const char *text);
/* The literal it begins with, or NULL if it begins with something else. */
const char *pattern_first(const struct pattern *pattern);
/* Whether the pattern's first literal may be what the word says. */
bool pattern_begins(const struct pattern *pattern, struct esi_slice word);
bool pattern_takes_no(const struct pattern *pattern);
bool pattern_match(const struct pattern *pattern, const struct reader *reader,
                   const struct text_line *line, struct args *out, struct misfit *misfit);
void pattern_free(struct pattern *pattern);

/* For builders. The next argument of that type from *at on (0 at first), or NULL. */
const struct arg *next_arg(const struct args *args, enum argument_type type, size_t *at);
/* The first of that type, or NULL. */
const struct arg *find_arg(const struct args *args, enum argument_type type);
/* Whether this literal was said. */
bool said(const struct args *args, const char *word);
/* The literal said at that place (0 the first element), or NULL if that is an argument. */
const char *literal_at(const struct args *args, size_t index);

/* ---- grammar.c: modes and commands ---- */

enum mode {
#define ESI_MODE(id, parent, lenient, words) MODE_##id,
#include "modes.def"
#undef ESI_MODE
    MODE_COUNT
};

typedef void build_fn(struct reader *reader, const struct args *args);
#define GRAMMAR(mode, pattern, builder) build_fn builder;
#define ASIDE(mode, pattern, reason)
#include "grammar.def"
#undef GRAMMAR
#undef ASIDE

enum mode mode_parent(enum mode mode); /* GLOBAL lies in itself */

struct grammar;
struct grammar *grammar_new(void);
void grammar_free(struct grammar *grammar);
/* Does what the line says; its fate, and *reason for ASIDE. The line has words. */
enum esi_line_fate grammar_apply(struct reader *reader, const struct text_line *line,
                                 const char **reason);

/* ---- reader.c ---- */

/* Lines that are no commands, whatever they look like. */
enum block { BLOCK_NONE, BLOCK_CERTIFICATE, BLOCK_BANNER };

struct reader {
    struct esi_config *config;
    const struct grammar *grammar;
    const char *file; /* in the configuration's arena */
    const struct text_line *line;
    struct text text;  /* behind the line */
    enum block block;  /* what the line stands in, */
    char delimiter[3]; /* and what ends a BANNER */
    enum mode mode;
    unsigned indents[MODE_COUNT]; /* of the lines that entered the modes */
    bool file_indented;           /* lines below others are indented in this file */
    const char *foreign;          /* FOREIGN: what it is about */
    bool wrong;                   /* the builder refused the line, */
    const char *aside;            /* or leaves it aside: why */
    /* What the mode is about: places in the configuration's lists, which may move. */
    size_t map, match; /* ESMTP_MAP and below: match by place in that map */
    size_t object, group, time_range, regex_class, class_map, policy_map, class, interface;
    size_t visited; /* items of lists passed by commands that go through lists: bounded */
};

/* Why a console's message is aside: it changes nothing, wherever it stands. */
extern const char said_by_console[];

/* The configuration's arena. */
const char *text_of(struct reader *reader, struct esi_slice text);
struct esi_place place_of(const struct reader *reader);
/* The whole line in full words, blanks single: "access-list A extended permit tcp any any eq smtp".
 */
const char *canonical(struct reader *reader, const struct args *args);
/* The line is refused: at `arg` (NULL: the line), why. */
void refuse(struct reader *reader, const struct arg *arg, const char *fmt, ...) ESI_PRINTF(3, 4);
/* The line stands, but something about it should be known. */
void warn(struct reader *reader, const struct arg *arg, const char *fmt, ...) ESI_PRINTF(3, 4);
/* Counts a command's way through `items` of a list. False, and refused, if such commands (`no` of
 * one entry, `line N`) went through so many that a file could keep us busy with them. */
bool may_visit(struct reader *reader, size_t items);
/* What an <address> or <network> says; warns of what looks like a slip. */
struct esi_address taken_address(struct reader *reader, const struct arg *arg);
/* A host by its address. */
struct esi_address taken_host(const struct esi_ip *ip);
/* A limit of connections; NULL: 0, none. */
uint32_t limit_of(const struct arg *number);
/* Whether a protocol has ports: tcp, udp, sctp. */
bool has_ports(unsigned protocol);
/* What <ports> or <end-ports> say (arg NULL: any); refuses a range that ends before it begins. */
struct esi_port_set ports_of(struct reader *reader, const struct arg *arg);
/* What "<service> [source <ports>] [destination <ports>]" says. */
struct esi_service service_of(struct reader *reader, const struct args *args);
/* Names are looked at as the box does: at most `most` bytes. False, and refused, if not. */
bool check_name(struct reader *reader, const struct arg *arg, size_t most);

/* ---- blocks.c ---- */
/* Whether the line stands in a block; *reason, if so. */
bool block_holds(struct reader *reader, const struct text_line *line, const char **reason);
/* Whether one begins with what stands behind this line of global or foreign configuration. */
void block_begin(struct reader *reader, const struct text_line *line);

/* ---- free.c ---- */
/* Forgets all that was configured; what became of the lines stays. */
void config_clear(struct esi_config *config);

/* ---- build_interfaces.c ---- */
/* How many ones an IPv4 mask begins with; -1: there are more behind them. */
int mask_bits(const struct esi_ip *mask);

/* ---- build_routes.c ---- */
/* The canonical line without its `no`. */
const char *key_of(struct reader *reader, const struct args *args);

/* ---- diag.c ---- */
void diag_add(struct esi_config *config, enum esi_diag_kind kind, struct esi_place at,
              unsigned column, struct esi_slice line, bool not_understood, const char *text);
/* The line says nothing to us; ours: though it stands where it should. */
void not_understood(struct reader *reader, unsigned column, bool ours, const char *fmt, ...)
    ESI_PRINTF(4, 5);

/* ---- index.c: names ---- */
enum index_kind {
    INDEX_NAME,
    INDEX_NETWORK_OBJECT,
    INDEX_SERVICE_OBJECT,
    INDEX_GROUP,
    INDEX_TIME_RANGE,
    INDEX_ACCESS_LIST,
    INDEX_REGEX,
    INDEX_REGEX_CLASS,
    INDEX_MAP,
    INDEX_CLASS_MAP,
    INDEX_POLICY_MAP,
    INDEX_SERVICE_POLICY, /* by interface; "": global */
    INDEX_INTERFACE,      /* by hardware */
    INDEX_NAMEIF,
    INDEX_ROUTE,  /* by canonical line */
    INDEX_STATIC, /* by canonical line */
    INDEX_COUNT
};
struct config_index;
struct config_index *index_new(void);
/* Names are told apart by case. The name is not copied. */
void index_set(struct config_index *index, enum index_kind kind, const char *name, size_t place);
void index_remove(struct config_index *index, enum index_kind kind, const char *name);
/* The name at `place` is taken off its list, and the list's last (perhaps the same) moves there. */
void index_unlist(struct config_index *index, enum index_kind kind, const char *name,
                  const char *last, size_t place);
bool index_find(const struct config_index *index, enum index_kind kind, struct esi_slice name,
                size_t *place);
void index_clear(struct config_index *index, enum index_kind kind);
void index_free(struct config_index *index);

#endif
