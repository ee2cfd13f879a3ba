/* json.c - JSON into a buffer. No formats are read on the way: this is the hot end of -o
 * json. */
#include "esi/json.h"

static void
put_key(struct esi_json *json, struct esi_slice key)
{
    if (json->comma)
        esi_buf_byte(&json->out, ',');
    json->comma = true;
    esi_buf_append(&json->out, key);
}

void
esi_json_open(struct esi_json *json, struct esi_slice key, char bracket)
{
    put_key(json, key);
    esi_buf_byte(&json->out, (uint8_t)bracket);
    json->comma = false;
}

void
esi_json_close(struct esi_json *json, char bracket)
{
    esi_buf_byte(&json->out, (uint8_t)bracket);
    json->comma = true;
}

void
esi_json_number(struct esi_json *json, struct esi_slice key, uint64_t number)
{
    put_key(json, key);
    esi_buf_number(&json->out, number);
}

void
esi_json_bool(struct esi_json *json, struct esi_slice key, bool value)
{
    put_key(json, key);
    esi_buf_append(&json->out, value ? ESI_LIT("true") : ESI_LIT("false"));
}

void
esi_json_null(struct esi_json *json, struct esi_slice key)
{
    put_key(json, key);
    esi_buf_append(&json->out, ESI_LIT("null"));
}

void
esi_json_own(struct esi_json *json, struct esi_slice key, struct esi_slice text)
{
    put_key(json, key);
    esi_buf_byte(&json->out, '"');
    esi_escape_json_text(&json->out, text);
    esi_buf_byte(&json->out, '"');
}

void
esi_json_text(struct esi_json *json, struct esi_slice key, const char *text)
{
    if (text)
        esi_json_own(json, key, esi_slice_of(text));
    else
        esi_json_null(json, key);
}

void
esi_json_wire(struct esi_json *json, struct esi_slice key, struct esi_slice bytes)
{
    put_key(json, key);
    esi_buf_byte(&json->out, '"');
    esi_escape_json_wire(&json->out, bytes);
    esi_buf_byte(&json->out, '"');
}

void
esi_json_word(struct esi_json *json, struct esi_slice key, const char *word)
{
    put_key(json, key);
    esi_buf_byte(&json->out, '"');
    esi_buf_text(&json->out, word);
    esi_buf_byte(&json->out, '"');
}

void
esi_json_named_number(struct esi_json *json, const char *name, uint64_t number)
{
    put_key(json, (struct esi_slice){0});
    esi_buf_byte(&json->out, '"');
    esi_escape_json_text(&json->out, esi_slice_of(name));
    esi_buf_append(&json->out, ESI_LIT("\":"));
    esi_buf_number(&json->out, number);
}

void
esi_json_members(struct esi_json *json, struct esi_slice members)
{
    put_key(json, members);
}
