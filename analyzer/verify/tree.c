/*
 * tree.c - a YAML document as a tree, by libyaml.
 *
 * Of YAML 1.1 what a suite needs: one document of scalars, lists and maps. Aliases are refused:
 * with them a text of a kilobyte may stand for gigabytes. So are tags, keys that are no scalars,
 * and keys that a map has twice, of which most readers of YAML silently take the last.
 */
#include <stdlib.h>
#include <yaml.h>

#include "verify_internal.h"

enum {
    DEPTH_MOST = 12,   /* a suite needs seven */
    MEMBERS_MOST = 256 /* of a map: each is compared with each */
};

struct building {
    struct tree *tree;
    const char *name;
    struct esi_error *err;
    struct node *open[DEPTH_MOST]; /* lists and maps */
    size_t depth;
    bool ended; /* a document was */
};

static bool
refuse(const struct building *building, yaml_mark_t at, const char *what)
{
    return esi_error_set(building->err, "%.200s:%zu:%zu: %s", building->name, at.line + 1,
                         at.column + 1, what);
}

static bool
has_key(const struct node *map, const char *key)
{
    for (size_t i = 0; i + 1 < map->count; i += 2) /* the last is the key itself */
        if (strcmp(map->items[i]->text, key) == 0)
            return true;
    return false;
}

/* put_into - the node into what is open. */
static bool
put_into(struct building *building, struct node *node, yaml_mark_t at)
{
    struct node *into = building->depth > 0 ? building->open[building->depth - 1] : NULL;
    bool key = into && into->kind == NODE_MAP && into->count % 2 == 0;

    if (!into) {
        building->tree->root = node;
        return true;
    }
    if (key && node->kind != NODE_SCALAR)
        return refuse(building, at, "a key has to be a word");
    if (key && has_key(into, node->text)) {
        char what[128];

        snprintf(what, sizeof what, "'%.60s' is here twice", node->text);
        return refuse(building, at, what);
    }
    if (key && into->count / 2 == MEMBERS_MOST)
        return refuse(building, at, "too many keys in one map");
    if (!into->items) {
        into->previous = building->tree->last;
        building->tree->last = into;
    }
    into->items = esi_grow(into->items, &into->cap, into->count + 1, sizeof(struct node *));
    into->items[into->count++] = node;
    return true;
}

static struct node *
new_node(struct building *building, enum node_kind kind, yaml_mark_t at)
{
    struct node *node = esi_arena_alloc(&building->tree->arena, sizeof *node);

    *node = (struct node){.kind = kind, .at = {(unsigned)at.line + 1, (unsigned)at.column + 1}};
    return node;
}

static bool
open_node(struct building *building, enum node_kind kind, const yaml_event_t *event)
{
    struct node *node = new_node(building, kind, event->start_mark);

    if (building->depth == DEPTH_MOST)
        return refuse(building, event->start_mark, "too deep: nothing in a suite is");
    if (!put_into(building, node, event->start_mark))
        return false;
    building->open[building->depth++] = node;
    return true;
}

static bool
put_scalar(struct building *building, const yaml_event_t *event)
{
    static const uint8_t nul;
    struct node *node = new_node(building, NODE_SCALAR, event->start_mark);
    struct esi_slice text = {event->data.scalar.value, event->data.scalar.length};

    if (text.len > 0 && memchr(text.ptr, '\0', text.len))
        return refuse(building, event->start_mark,
                      "a byte 0 in a text: in double quotes \\x and \\0 are YAML's own; in single "
                      "quotes a backslash is one");
    char *copy = esi_arena_alloc(&building->tree->arena, text.len + 1);
    memcpy(copy, text.len > 0 ? text.ptr : &nul, text.len);
    copy[text.len] = '\0';
    node->text = copy;
    node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    return put_into(building, node, event->start_mark);
}

static const yaml_char_t *
anchor_of(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return event->data.scalar.anchor;
    case YAML_SEQUENCE_START_EVENT:
        return event->data.sequence_start.anchor;
    case YAML_MAPPING_START_EVENT:
        return event->data.mapping_start.anchor;
    default:
        return NULL;
    }
}

static const yaml_char_t *
tag_of(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return event->data.scalar.tag;
    case YAML_SEQUENCE_START_EVENT:
        return event->data.sequence_start.tag;
    case YAML_MAPPING_START_EVENT:
        return event->data.mapping_start.tag;
    default:
        return NULL;
    }
}

static bool
take_event(struct building *building, const yaml_event_t *event)
{
    if (event->type == YAML_ALIAS_EVENT || anchor_of(event))
        return refuse(building, event->start_mark,
                      "anchors (&name) and aliases (*name) are not for suites; what cases have in "
                      "common goes under 'defaults'");
    if (tag_of(event))
        return refuse(building, event->start_mark,
                      "tags (!name) are not for suites; quotes make a text of what looks like "
                      "something else");
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        return !building->ended ||
               refuse(building, event->start_mark, "a second document; a suite is one");
    case YAML_DOCUMENT_END_EVENT:
        building->ended = true;
        return true;
    case YAML_SCALAR_EVENT:
        return put_scalar(building, event);
    case YAML_SEQUENCE_START_EVENT:
        return open_node(building, NODE_LIST, event);
    case YAML_MAPPING_START_EVENT:
        return open_node(building, NODE_MAP, event);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        building->depth--;
        return true;
    default:
        return true;
    }
}

static bool
refuse_syntax(const struct building *building, const yaml_parser_t *parser)
{
    char what[256];

    if (parser->error == YAML_MEMORY_ERROR)
        esi_no_memory(0);
    if (parser->error == YAML_READER_ERROR) {
        snprintf(what, sizeof what, "is no text in UTF-8 (at byte %zu): %s", parser->problem_offset,
                 parser->problem ? parser->problem : "unreadable");
        return esi_error_set(building->err, "%.200s: %s", building->name, what);
    }
    snprintf(what, sizeof what, "is no YAML: %s%s%s", parser->context ? parser->context : "",
             parser->context ? ": " : "", parser->problem ? parser->problem : "unreadable");
    return refuse(building, parser->problem_mark, what);
}

static bool
read_events(struct building *building, yaml_parser_t *parser)
{
    for (bool more = true; more;) {
        yaml_event_t event;

        if (!yaml_parser_parse(parser, &event))
            return refuse_syntax(building, parser);
        more = event.type != YAML_STREAM_END_EVENT;
        bool taken = take_event(building, &event);
        yaml_event_delete(&event);
        if (!taken)
            return false;
    }
    return true;
}

bool
tree_read(struct tree *tree, const char *name, struct esi_slice text, struct esi_error *err)
{
    struct building building = {.tree = tree, .name = name, .err = err};
    yaml_parser_t parser;

    if (!yaml_parser_initialize(&parser))
        esi_no_memory(0);
    yaml_parser_set_input_string(&parser, text.len > 0 ? text.ptr : (const uint8_t *)"", text.len);
    bool whole = read_events(&building, &parser);
    yaml_parser_delete(&parser);
    if (!whole)
        tree_free(tree);
    return whole;
}

void
tree_free(struct tree *tree)
{
    for (struct node *node = tree->last; node; node = node->previous)
        free(node->items);
    esi_arena_free(&tree->arena);
    *tree = (struct tree){0};
}

bool
node_number(const struct node *node, int64_t *out)
{
    char *end;

    if (node->kind != NODE_SCALAR || !node->plain)
        return false;
    const char *digits = node->text + (node->text[0] == '-');
    size_t len = strlen(digits);
    if (len == 0 || len > 18 || strspn(digits, "0123456789") != len ||
        (len > 1 && digits[0] == '0')) /* YAML 1.1 reads those as octal */
        return false;
    *out = strtoll(node->text, &end, 10);
    return true;
}

bool
node_bool(const struct node *node, bool *out)
{
    static const char *const words[] = {"false", "true", "no", "yes", "off", "on"};

    if (node->kind != NODE_SCALAR || !node->plain)
        return false;
    for (size_t i = 0; i < ESI_COUNT(words); i++) {
        if (!esi_slice_eq_nocase(esi_slice_of(node->text), esi_slice_of(words[i])))
            continue;
        *out = i % 2 == 1;
        return true;
    }
    return false;
}
