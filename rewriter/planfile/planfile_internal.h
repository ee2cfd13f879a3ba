/* planfile_internal.h - what the files of a plan's text share: its words, and records out of it. */
#ifndef PLANFILE_INTERNAL_H
#define PLANFILE_INTERNAL_H

#include "esi/planfile.h"

enum { PLANFILE_SCHEMA = 1 };

/* Of event_type, by esi_plan_kind; of direction, by esi_dir. */
extern const char *const planfile_kinds[6];
extern const char *const planfile_dirs[2];

/* ---- planfile.c ---- */

/* Of a settled file. NULL: that flow is none. */
const struct esi_planfile_session *planfile_session_of(const struct esi_planfile *file,
                                                       esi_flow_id flow);

/* ---- json.c: a line, and what is in it ---- */

struct json_t; /* <jansson.h>'s */

/* A line that is being read. */
struct line {
    const char *file;
    uint64_t number;
    struct esi_slice text;
    struct esi_error *err;
};

enum value {
    VALUE_NUMBER, /* uint64_t, from `least` to `most` */
    VALUE_BOOL,
    VALUE_TEXT,         /* const char *, borrowed from the record */
    VALUE_TEXT_OR_NULL, /* the same */
    VALUE_WORDS,        /* a text of 0x20-0x7e, not empty */
    VALUE_BYTES, /* struct bytes, from `least` to `most` of them, as esi_escape_wire has it */
    VALUE_DIR,   /* enum esi_dir */
    VALUE_PAIR,  /* uint64_t[2], each from `least` to `most`; null: zeros */
    VALUE_LIST   /* const struct json_t *, of records; not empty */
};
enum { BYTES_MOST = 16 };
struct bytes {
    uint8_t bytes[BYTES_MOST];
    size_t len;
};
struct member {
    const char *name;
    enum value value;
    void *to;
    uint64_t least, most;
};

/* An object. NULL: it is none; said. */
struct json_t *record_parse(const struct line *line);
void record_free(struct json_t *record);
/* Its event_type. NULL: it has none; said. */
const char *record_type(const struct line *line, const struct json_t *record);
/* 0: there is none, or it is no number. */
uint64_t record_schema(const struct json_t *record);
/* All its members: each must be there, and no other. nth: counted from 0, which of the line's
 * records with such members this is. False: said. */
bool record_take(const struct line *line, const struct json_t *record, size_t nth,
                 const struct member *members, size_t count);
size_t list_length(const struct json_t *list);
const struct json_t *list_at(const struct json_t *list, size_t index); /* an object */

/* False, after saying so with file, line, and the column of the nth member of that name (NULL: of
 * the line). */
bool line_refuse(const struct line *line, const char *name, size_t nth, const char *fmt, ...)
    ESI_PRINTF(4, 5);

/* ---- read.c, items.c ---- */

/* What the items of the session at hand were up to now. */
struct flow_items {
    bool any;
    struct esi_plan_item last; /* its text is not to be used */
    uint64_t edit_end[2], discard_end[2];
};
enum reading_stage { AT_HEADER, AT_SESSIONS, AT_END };
struct reading {
    struct esi_planfile *file;
    struct line line;
    enum reading_stage stage;
    const struct json_t *record; /* of the line */
    uint64_t frames;             /* of all captures */
    uint64_t items;
    struct flow_items flow;
};
/* The session's that was read last; 0: none was. */
esi_flow_id reading_flow(const struct reading *reading);
/* Of the record at hand. False: said. */
bool reading_take_item(struct reading *reading, enum esi_plan_kind kind);

#endif
