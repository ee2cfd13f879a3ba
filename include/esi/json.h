/* json.h - writing JSON (RFC 8259) into a buffer, a value at a time. */
#ifndef ESI_JSON_H
#define ESI_JSON_H

#include "esi/base.h"

/* Commas write themselves: one goes before every member or element but the first of its kind. */
struct esi_json {
    struct esi_buf out;
    bool comma;
};

/* name: a literal. ESI_JSON_ELEMENT: inside an array, and for the outermost object. */
#define ESI_JSON_KEY(name) ESI_LIT("\"" name "\":")
#define ESI_JSON_ELEMENT ((struct esi_slice){0})

void esi_json_open(struct esi_json *json, struct esi_slice key, char bracket); /* '{' or '[' */
void esi_json_close(struct esi_json *json, char bracket);                      /* '}' or ']' */
void esi_json_number(struct esi_json *json, struct esi_slice key, uint64_t number);
void esi_json_bool(struct esi_json *json, struct esi_slice key, bool value);
void esi_json_null(struct esi_json *json, struct esi_slice key);
/* ours; NULL: null */
void esi_json_text(struct esi_json *json, struct esi_slice key, const char *text);
void esi_json_own(struct esi_json *json, struct esi_slice key, struct esi_slice text); /* ours */
void esi_json_wire(struct esi_json *json, struct esi_slice key, struct esi_slice bytes);
/* A word of a table of ours: nothing in it needs escaping. */
void esi_json_word(struct esi_json *json, struct esi_slice key, const char *word);
/* A member whose name is made up of text of ours. */
void esi_json_named_number(struct esi_json *json, const char *name, uint64_t number);
/* Members made before, commas between them included. */
void esi_json_members(struct esi_json *json, struct esi_slice members);

#endif
