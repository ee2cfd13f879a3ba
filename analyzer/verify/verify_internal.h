/*
 * verify_internal.h - what the files of module verify share: YAML as a tree, a record as its
 * leaves, the names that records have, and how things are said.
 */
#ifndef VERIFY_INTERNAL_H
#define VERIFY_INTERNAL_H

#include "esi/verify.h"

/* ---- tree.c: a YAML document ---- */

enum node_kind { NODE_SCALAR, NODE_LIST, NODE_MAP };
struct node {
    enum node_kind kind;
    struct esi_suite_place at;
    const char *text;      /* SCALAR: in the arena; holds no NUL */
    bool plain;            /* SCALAR: without quotes, and so perhaps no text */
    struct node **items;   /* LIST: elements; MAP: key, value, key, value */
    size_t count, cap;     /* of items; freed by tree_free */
    struct node *previous; /* that has items; for tree_free */
};
struct tree {
    struct esi_arena arena; /* nodes and texts */
    struct node *root;      /* NULL: the document is empty */
    struct node *last;      /* that has items */
};
/* False: err says "NAME:line:column: ...". Keys are scalars, and not twice in a map. */
bool tree_read(struct tree *tree, const char *name, struct esi_slice text, struct esi_error *err);
void tree_free(struct tree *tree);
static inline bool
node_is_null(const struct node *node)
{
    return node->kind == NODE_SCALAR && node->plain &&
           (node->text[0] == '\0' || strcmp(node->text, "~") == 0 ||
            strcmp(node->text, "null") == 0 || strcmp(node->text, "Null") == 0 ||
            strcmp(node->text, "NULL") == 0);
}
/* A whole number in decimal. */
bool node_number(const struct node *node, int64_t *out);
/* true, false, yes, no, on, off: YAML 1.1's. */
bool node_bool(const struct node *node, bool *out);

/* ---- record.c: a line of -o json ---- */

enum value_kind {
    VALUE_NULL,
    VALUE_BOOL,
    VALUE_NUMBER,
    VALUE_TEXT,
    VALUE_EMPTY /* list, object */
};
struct value {
    enum value_kind kind;
    int64_t number; /* BOOL: 0 or 1 */
    const char *text;
};
bool value_same(const struct value *a, const struct value *b);

/* A value that is neither list nor object; elements of a list are leaves of the same path. */
struct leaf {
    const char *path; /* "verdict.config.line" */
    struct value value;
};
struct record {
    struct esi_arena arena;
    struct leaf *leaves;
    size_t count, cap;
};
/* Anew. False: it is no JSON object. */
bool record_read(struct record *record, struct esi_slice line);
const struct value *record_find(const struct record *record, const char *path); /* or NULL */
void record_drop(struct record *record);
/* Whether both lines are the same JSON, however it is written. */
bool record_same(struct esi_slice a, struct esi_slice b);
/* What to call it, for people: "verdict at frame 6 of x.pcap, stream 0". */
void record_name(const struct record *record, struct esi_buf *out);

/* ---- fields.c: what records may hold ---- */

enum event {
    EVENT_SMTP,
    EVENT_VERDICT,
    EVENT_SESSION,
    EVENT_CAPTURE,
    EVENT_SUMMARY,
    EVENT_EVIDENCE,
    EVENT_COUNT
};
extern const char *const event_names[EVENT_COUNT];
enum event event_of(struct esi_slice line); /* EVENT_COUNT: another, or none */

enum field_type { FIELD_TEXT, FIELD_NUMBER, FIELD_BOOL, FIELD_OBJECT /* or null */ };
struct field {
    const char *path; /* a dot at its end: whatever name comes behind it */
    enum field_type type;
    bool left_out;                 /* where it would be null, false or 0 */
    const char *(*word)(size_t i); /* the only texts it has, then NULL; NULL: any */
};
/* A name that is looked for, written as in an expectation of `event`; *path (of size PATH_MOST) is
 * how records have it. NULL: there is none. */
enum { PATH_MOST = 192 };
const struct field *field_find(enum event event, const char *name, char path[PATH_MOST]);
/* The field's of that path; NULL: none. */
const struct field *field_of(const char *path);
const struct field *field_at(size_t index); /* NULL: no more */
/* The known name that is most like it, as it would be written there. */
const char *field_nearest(enum event event, const char *name);
const char *word_nearest(const char *(*word)(size_t i), const char *name);
/* How many bytes must change to make one of the other. */
size_t edit_distance(const char *a, const char *b);

/* ---- regex.c ---- */

enum holding {
    HOLDS_NOT,
    HOLDS,
    HOLDS_PERHAPS /* its regular expression took too much work, or asks for what is not known */
};
struct regex;
struct regex *regex_new(const char *text, struct esi_error *err); /* NULL: err says why not */
enum holding regex_holds(const struct regex *regex, const char *text);
void regex_free(struct regex *regex); /* NULL: nothing */

/* ---- condition.c: one field of an expectation ---- */

struct condition;
struct condition *condition_new(const struct esi_suite *suite, enum event event,
                                const struct node *key, const struct node *value,
                                struct esi_error *err);
void condition_free(struct condition *condition);
enum holding condition_holds(const struct condition *condition, const struct record *record);
const char *condition_name(const struct condition *condition); /* as the suite has it */
const char *condition_path(const struct condition *condition);
/* What was expected; what a record has instead. */
void condition_words(const struct condition *condition, struct esi_buf *out);
void condition_found(const struct condition *condition, const struct record *record,
                     struct esi_buf *out);

/* ---- expect.c ---- */

struct esi_expectation {
    enum event event;
    struct esi_suite_place at;
    struct condition **conditions;
    size_t count;
    uint64_t least, most; /* records that fit */
};
/* Of `expect`: what `list` holds. NULL: said. */
struct esi_expectation *expectations_read(const struct esi_suite *suite, const struct node *list,
                                          size_t *count, struct esi_error *err);
void expectations_free(struct esi_expectation *expectations, size_t count);

/* ---- say.c: lines of YAML that any reader of TAP takes ---- */

enum { SHOWN_MOST = 160 }; /* bytes of a value */
void value_words(const struct value *value, struct esi_buf *out);
/* "KEY: "TEXT"", quoted. depth: of its indentation; item: the first of a list's element. */
void say_text(struct esi_buf *out, unsigned depth, bool item, const char *key,
              struct esi_slice text);
void say_number(struct esi_buf *out, unsigned depth, bool item, const char *key, uint64_t number);
void say_key(struct esi_buf *out, unsigned depth, const char *key);
const char *case_place(const struct esi_case_result *result, char *out, size_t size);

#endif
