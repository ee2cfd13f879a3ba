/*
 * record.c - a line of -o json as its leaves, by jansson.
 *
 * What is compared are single values, so a record is taken apart into these: each with the names
 * on the way to it, joined by dots. The elements of a list have the name of the list.
 */
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>

#include "verify_internal.h"

/* A record that is being taken apart. */
struct walk {
    struct record *record;
    struct esi_buf path;
};

static const char *
copy_text(struct record *record, const char *text, size_t len)
{
    char *copy = esi_arena_alloc(&record->arena, len + 1);

    memcpy(copy, text, len);
    copy[len] = '\0';
    return copy;
}

static struct value
scalar_of(struct record *record, const json_t *json)
{
    char text[64];

    switch (json_typeof(json)) {
    case JSON_TRUE:
    case JSON_FALSE:
        return (struct value){.kind = VALUE_BOOL, .number = json_is_true(json)};
    case JSON_INTEGER:
        return (struct value){.kind = VALUE_NUMBER, .number = json_integer_value(json)};
    case JSON_STRING:
        return (struct value){
            .kind = VALUE_TEXT,
            .text = copy_text(record, json_string_value(json), json_string_length(json))};
    case JSON_REAL: /* no record of ours has one */
        snprintf(text, sizeof text, "%.17g", json_real_value(json));
        return (struct value){.kind = VALUE_TEXT, .text = copy_text(record, text, strlen(text))};
    case JSON_NULL:
        return (struct value){.kind = VALUE_NULL};
    default:
        return (struct value){.kind = VALUE_EMPTY};
    }
}

static void
add_leaf(struct walk *walk, const json_t *json)
{
    struct record *record = walk->record;
    struct leaf leaf = {.path = copy_text(record, (const char *)walk->path.data, walk->path.len),
                        .value = scalar_of(record, json)};

    record->leaves = esi_grow(record->leaves, &record->cap, record->count + 1, sizeof leaf);
    record->leaves[record->count++] = leaf;
}

static void add_value(struct walk *walk, const json_t *json);

static void
add_object(struct walk *walk, const json_t *json)
{
    json_t *object = (json_t *)(uintptr_t)json; /* which iterators want, and leave as it is */
    size_t len = walk->path.len;

    for (void *at = json_object_iter(object); at; at = json_object_iter_next(object, at)) {
        if (len > 0)
            esi_buf_byte(&walk->path, '.');
        esi_buf_text(&walk->path, json_object_iter_key(at));
        add_value(walk, json_object_iter_value(at));
        walk->path.len = len;
    }
}

/* add_value - jansson does not read deeper than it can free, nor do we walk. */
static void
add_value(struct walk *walk, const json_t *json)
{
    if (json_object_size(json) > 0)
        add_object(walk, json);
    else if (json_array_size(json) > 0)
        for (size_t i = 0; i < json_array_size(json); i++)
            add_value(walk, json_array_get(json, i));
    else
        add_leaf(walk, json);
}

bool
record_read(struct record *record, struct esi_slice line)
{
    struct walk walk = {.record = record};
    json_error_t error;
    json_t *json = json_loadb((const char *)line.ptr, line.len, JSON_REJECT_DUPLICATES, &error);
    bool object = json && json_is_object(json);

    esi_arena_clear(&record->arena);
    record->count = 0;
    if (object)
        add_object(&walk, json);
    json_decref(json);
    esi_buf_free(&walk.path);
    return object;
}

bool
record_same(struct esi_slice a, struct esi_slice b)
{
    json_t *one = json_loadb((const char *)a.ptr, a.len, JSON_REJECT_DUPLICATES, NULL);
    json_t *other = json_loadb((const char *)b.ptr, b.len, JSON_REJECT_DUPLICATES, NULL);
    bool same = one && other && json_equal(one, other);

    json_decref(one);
    json_decref(other);
    return same;
}

const struct value *
record_find(const struct record *record, const char *path)
{
    for (size_t i = 0; i < record->count; i++)
        if (strcmp(record->leaves[i].path, path) == 0)
            return &record->leaves[i].value;
    return NULL;
}

void
record_drop(struct record *record)
{
    esi_arena_free(&record->arena);
    free(record->leaves);
    *record = (struct record){0};
}

bool
value_same(const struct value *a, const struct value *b)
{
    if (a->kind != b->kind)
        return false;
    return a->kind == VALUE_TEXT ? strcmp(a->text, b->text) == 0 : a->number == b->number;
}

/* put_part - `lead` and the value at the path, if the record has it. */
static void
put_part(const struct record *record, struct esi_buf *out, const char *lead, const char *path)
{
    const struct value *value = record_find(record, path);

    if (!value || (value->kind != VALUE_TEXT && value->kind != VALUE_NUMBER))
        return;
    esi_buf_text(out, lead);
    if (value->kind == VALUE_TEXT)
        esi_buf_text(out, value->text);
    else
        esi_buf_printf(out, "%" PRId64, value->number);
}

void
record_name(const struct record *record, struct esi_buf *out)
{
    put_part(record, out, "", "event_type");
    put_part(record, out, " ", "session.number");
    put_part(record, out, " ", "evidence.touched");
    put_part(record, out, " ", "smtp.what");
    put_part(record, out, " ", "verdict.action");
    put_part(record, out, " ", "verdict.what");
    put_part(record, out, ", frame ", "pcap_cnt");
    put_part(record, out, " of ", "pcap_filename");
    put_part(record, out, ", tcp.stream ", "tcp_stream");
}
