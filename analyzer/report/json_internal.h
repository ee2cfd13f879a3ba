/* json_internal.h - writing JSON (RFC 8259) into a buffer, a value at a time. */
#ifndef ESI_JSON_INTERNAL_H
#define ESI_JSON_INTERNAL_H

#include "esi/base.h"

/* Commas write themselves: one goes before every member or element but the first of its kind. */
struct json {
    struct esi_buf out;
    bool comma;
};

/* name: a literal. JSON_ELEMENT: inside an array, and for the outermost object. */
#define JSON_KEY(name) ESI_LIT("\"" name "\":")
#define JSON_ELEMENT ((struct esi_slice){0})

void json_open(struct json *json, struct esi_slice key, char bracket); /* '{' or '[' */
void json_close(struct json *json, char bracket);                      /* '}' or ']' */
void json_number(struct json *json, struct esi_slice key, uint64_t number);
void json_bool(struct json *json, struct esi_slice key, bool value);
void json_null(struct json *json, struct esi_slice key);
void json_text(struct json *json, struct esi_slice key, const char *text); /* ours; NULL: null */
void json_own(struct json *json, struct esi_slice key, struct esi_slice text); /* ours */
void json_wire(struct json *json, struct esi_slice key, struct esi_slice bytes);
/* A word of a table of ours: nothing in it needs escaping. */
void json_word(struct json *json, struct esi_slice key, const char *word);
/* A member whose name is made up of text of ours. */
void json_named_number(struct json *json, const char *name, uint64_t number);
/* Members made before, commas between them included. */
void json_members(struct json *json, struct esi_slice members);

#endif
