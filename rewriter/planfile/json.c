/*
 * json.c - one line of JSON, and its members as a table wants them.
 *
 * Each member that the table names has to be there, once, of its type and in its range; there may
 * be no other: one that was misspelled would be left out unnoticed. jansson, which parses, does not
 * keep where a value stood; that is looked for when there is something to say. Its depth and the
 * memory it takes are bounded by the line.
 */
#include <inttypes.h>
#include <jansson.h>
#include <stdarg.h>
#include <string.h>

#include "planfile_internal.h"

const char *const planfile_kinds[] = {
    [ESI_PLAN_CUT] = "cut",   [ESI_PLAN_CUT_NOTE] = "cut-note",
    [ESI_PLAN_EDIT] = "edit", [ESI_PLAN_DISCARD] = "discard",
    [ESI_PLAN_NOTE] = "note", [ESI_PLAN_DIVERGENCE] = "divergence",
};
const char *const planfile_dirs[] = {
    [ESI_TO_SERVER] = "to_server",
    [ESI_TO_CLIENT] = "to_client",
};

enum { SHOWN = 40 }; /* bytes of a value that is not as it should be */

/* ---- what is wrong, and where ---- */

/* is_key - whether "name" stands at `at` as a name: in a string its quotes would be \". */
static bool
is_key(struct esi_slice text, size_t at, struct esi_slice name)
{
    size_t behind = at + name.len + 2;

    if (behind >= text.len || text.ptr[at] != '"' || text.ptr[behind - 1] != '"' ||
        !esi_slice_eq(esi_slice_cut(text, at + 1, name.len), name))
        return false;
    while (behind < text.len && text.ptr[behind] == ' ')
        behind++;
    return behind < text.len && text.ptr[behind] == ':';
}

/* column_of - 1: not found, as a name may be escaped. */
static size_t
column_of(struct esi_slice text, const char *name, size_t nth)
{
    if (!name)
        return 1;
    for (size_t at = 0; at < text.len; at++)
        if (is_key(text, at, esi_slice_of(name)) && nth-- == 0)
            return at + 1;
    return 1;
}

bool
line_refuse(const struct line *line, const char *name, size_t nth, const char *fmt, ...)
{
    char text[384];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    return esi_error_set(line->err, "%.100s:%" PRIu64 ":%zu: %s", line->file, line->number,
                         column_of(line->text, name, nth), text);
}

/* shown - a value as a word of the complaint. */
static const char *
shown(char out[SHOWN + 8], const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_INTEGER:
        snprintf(out, SHOWN + 8, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        return out;
    case JSON_STRING:
        snprintf(out, SHOWN + 8, "\"%.*s\"%s", SHOWN, json_string_value(value),
                 json_string_length(value) > SHOWN ? "..." : "");
        return out;
    case JSON_REAL:
        return "a number with a fraction";
    case JSON_TRUE:
        return "true";
    case JSON_FALSE:
        return "false";
    case JSON_NULL:
        return "null";
    case JSON_ARRAY:
        return json_array_size(value) > 0 ? "a list" : "an empty list";
    case JSON_OBJECT:
        return "an object";
    }
    return "?";
}

/* What is being taken. */
struct taking {
    const struct line *line;
    size_t nth;
    const struct member *member;
};

static bool
wrong(const struct taking *taking, const json_t *value, const char *expected)
{
    char found[SHOWN + 8];

    return line_refuse(taking->line, taking->member->name, taking->nth, "%s: expected %s, found %s",
                       taking->member->name, expected, shown(found, value));
}

/* ---- values ---- */

static bool
is_within(const struct member *member, const json_t *value)
{
    json_int_t number = json_integer_value(value);

    return json_is_integer(value) && number >= 0 && (uint64_t)number >= member->least &&
           (uint64_t)number <= member->most;
}

static void
say_range(char *out, size_t size, const struct member *member, const char *of)
{
    if (member->most >= INT64_MAX)
        snprintf(out, size, "%s from %" PRIu64 " on", of, member->least);
    else
        snprintf(out, size, "%s from %" PRIu64 " to %" PRIu64, of, member->least, member->most);
}

static bool
take_number(const struct taking *taking, const json_t *value)
{
    char expected[96];

    if (taking->member->least == taking->member->most)
        snprintf(expected, sizeof expected, "%" PRIu64, taking->member->most);
    else
        say_range(expected, sizeof expected, taking->member, "a whole number");
    if (!is_within(taking->member, value))
        return wrong(taking, value, expected);
    *(uint64_t *)taking->member->to = (uint64_t)json_integer_value(value);
    return true;
}

static bool
take_bool(const struct taking *taking, const json_t *value)
{
    if (!json_is_boolean(value))
        return wrong(taking, value, "true or false");
    *(bool *)taking->member->to = json_is_true(value);
    return true;
}

static bool
take_text(const struct taking *taking, const json_t *value)
{
    if (!json_is_string(value))
        return wrong(taking, value, "a text");
    *(const char **)taking->member->to = json_string_value(value);
    return true;
}

static bool
take_text_or_null(const struct taking *taking, const json_t *value)
{
    if (!json_is_string(value) && !json_is_null(value))
        return wrong(taking, value, "a text or null");
    *(const char **)taking->member->to = json_string_value(value); /* NULL of null */
    return true;
}

static bool
take_words(const struct taking *taking, const json_t *value)
{
    const char *text = json_string_value(value);
    bool fit = text && text[0] != '\0';

    for (; fit && *text != '\0'; text++)
        fit = *text >= ' ' && *text <= '~';
    if (!fit)
        return wrong(taking, value, "a line of printable ASCII");
    *(const char **)taking->member->to = json_string_value(value);
    return true;
}

static int
digit_of(char digit)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = digit != '\0' ? strchr(digits, digit) : NULL;

    return at ? (int)(at - digits) : -1;
}

/* next_byte - of a text as esi_escape_wire writes it; -1: not one. */
static int
next_byte(const char **at)
{
    const char *text = *at;

    if (text[0] < ' ' || text[0] > '~')
        return -1;
    if (text[0] != '\\' || text[1] == '\\') {
        *at += text[0] == '\\' ? 2 : 1;
        return text[0];
    }
    if (text[1] != 'x' || digit_of(text[2]) < 0 || digit_of(text[3]) < 0)
        return -1;
    *at += 4;
    return digit_of(text[2]) << 4 | digit_of(text[3]);
}

static bool
take_bytes(const struct taking *taking, const json_t *value)
{
    struct bytes *out = taking->member->to;
    const char *at = json_string_value(value);
    char expected[96];
    int byte = 0;

    *out = (struct bytes){0};
    while (at && *at != '\0' && out->len < BYTES_MOST && (byte = next_byte(&at)) >= 0)
        out->bytes[out->len++] = (uint8_t)byte;
    snprintf(expected, sizeof expected, "%s%" PRIu64 " byte%s, \\xHH unless printable",
             taking->member->least < taking->member->most ? "up to " : "", taking->member->most,
             taking->member->most > 1 ? "s" : "");
    return (at && *at == '\0' && out->len >= taking->member->least &&
            out->len <= taking->member->most) ||
           wrong(taking, value, expected);
}

static bool
take_dir(const struct taking *taking, const json_t *value)
{
    for (size_t d = 0; json_is_string(value) && d < ESI_COUNT(planfile_dirs); d++) {
        if (strcmp(json_string_value(value), planfile_dirs[d]) != 0)
            continue;
        *(enum esi_dir *)taking->member->to = (enum esi_dir)d;
        return true;
    }
    return wrong(taking, value, "\"to_server\" or \"to_client\"");
}

static bool
take_pair(const struct taking *taking, const json_t *value)
{
    uint64_t *to = taking->member->to;
    char expected[96];

    to[0] = to[1] = 0;
    if (json_is_null(value))
        return true;
    say_range(expected, sizeof expected, taking->member, "null, or a list of two whole numbers");
    if (!json_is_array(value) || json_array_size(value) != 2)
        return wrong(taking, value, expected);
    for (size_t i = 0; i < 2; i++) {
        const json_t *number = json_array_get(value, i);
        if (!is_within(taking->member, number))
            return wrong(taking, number, expected);
        to[i] = (uint64_t)json_integer_value(number);
    }
    return true;
}

static bool
take_list(const struct taking *taking, const json_t *value)
{
    size_t count = json_array_size(value); /* 0 of what is no list */

    for (size_t i = 0; i < count; i++)
        if (!json_is_object(json_array_get(value, i)))
            return wrong(taking, json_array_get(value, i), "a list of objects");
    if (count == 0)
        return wrong(taking, value, "a list of objects");
    *(const json_t **)taking->member->to = value;
    return true;
}

static bool
take(const struct taking *taking, const json_t *value)
{
    static bool (*const takers[])(const struct taking *, const json_t *) = {
        [VALUE_NUMBER] = take_number, [VALUE_BOOL] = take_bool,
        [VALUE_TEXT] = take_text,     [VALUE_TEXT_OR_NULL] = take_text_or_null,
        [VALUE_WORDS] = take_words,   [VALUE_BYTES] = take_bytes,
        [VALUE_DIR] = take_dir,       [VALUE_PAIR] = take_pair,
        [VALUE_LIST] = take_list,
    };

    return takers[taking->member->value](taking, value);
}

/* ---- records ---- */

struct json_t *
record_parse(const struct line *line)
{
    json_error_t error;
    json_t *record =
        json_loadb((const char *)line->text.ptr, line->text.len, JSON_REJECT_DUPLICATES, &error);

    if (record && json_is_object(record))
        return record;
    if (record)
        line_refuse(line, NULL, 0, "expected an object");
    else
        esi_error_set(line->err, "%.100s:%" PRIu64 ":%d: is no JSON: %s", line->file, line->number,
                      error.position > 0 ? error.position : 1, error.text);
    json_decref(record);
    return NULL;
}

void
record_free(struct json_t *record)
{
    json_decref(record);
}

const char *
record_type(const struct line *line, const struct json_t *record)
{
    const char *type = json_string_value(json_object_get(record, "event_type"));

    if (!type)
        line_refuse(line, "event_type", 0, "event_type: expected a text that says what this is");
    return type;
}

uint64_t
record_schema(const struct json_t *record)
{
    json_int_t schema = json_integer_value(json_object_get(record, "schema"));

    return schema > 0 ? (uint64_t)schema : 0;
}

static bool
is_known(const char *name, const struct member *members, size_t count)
{
    for (size_t m = 0; m < count; m++)
        if (strcmp(name, members[m].name) == 0)
            return true;
    return false;
}

/* stranger_in - the first member that the table does not name, if there is one. */
static const char *
stranger_in(const json_t *record, const struct member *members, size_t count)
{
    json_t *object = (json_t *)(uintptr_t)record; /* which iterators want, and leave as it is */

    for (void *at = json_object_iter(object); at; at = json_object_iter_next(object, at))
        if (!is_known(json_object_iter_key(at), members, count))
            return json_object_iter_key(at);
    return NULL;
}

bool
record_take(const struct line *line, const struct json_t *record, size_t nth,
            const struct member *members, size_t count)
{
    const char *stranger = stranger_in(record, members, count);

    if (stranger)
        return line_refuse(line, stranger, nth, "%.40s: is not expected here", stranger);
    for (size_t m = 0; m < count; m++) {
        struct taking taking = {line, nth, &members[m]};
        const json_t *value = json_object_get(record, members[m].name);

        if (!value)
            return line_refuse(line, NULL, 0, "%s is missing", members[m].name);
        if (!take(&taking, value))
            return false;
    }
    return true;
}

size_t
list_length(const struct json_t *list)
{
    return json_array_size(list);
}

const struct json_t *
list_at(const struct json_t *list, size_t index)
{
    return json_array_get(list, index);
}
