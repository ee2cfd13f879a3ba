/*
 * condition.c - one field of an expectation, held against records.
 *
 * A list fits if one of its elements does; written as a list, if all do, in that order.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "verify_internal.h"

enum {
    ELEMENTS_MOST = 4096, /* of a list in a suite */
    FOUND_MOST = 8        /* elements of a list that are shown */
};

struct condition {
    char path[PATH_MOST];
    char *name; /* as the suite has it */
    const struct field *field;
    /* What it is equal to: one value, or a list's. */
    struct value *values;
    size_t count;
    bool is_list;
    /* Or within these, all at once. */
    bool has_gt, has_lt;
    int64_t gt, lt;
    char *regex_text;
    struct regex *regex; /* NULL: none */
};

struct reading {
    const struct esi_suite *suite;
    enum event event;
    struct condition *condition;
    struct esi_error *err;
};

static const char *const type_words[] = {
    [FIELD_TEXT] = "a text",
    [FIELD_NUMBER] = "a whole number",
    [FIELD_BOOL] = "true or false",
    [FIELD_OBJECT] = "null or [] (its fields are written with dots: config.line)",
};

static bool
refuse_type(const struct reading *reading, const struct node *node)
{
    const struct condition *condition = reading->condition;

    return esi_suite_refuse(reading->suite, node->at, reading->err, "%s: %s was expected",
                            condition->name, type_words[condition->field->type]);
}

/* ---- reading ---- */

static bool
take_word(const struct reading *reading, const struct node *node)
{
    const struct condition *condition = reading->condition;
    const char *(*word)(size_t i) = condition->field->word;

    for (size_t i = 0; word(i); i++)
        if (strcmp(word(i), node->text) == 0)
            return true;
    return esi_suite_refuse(reading->suite, node->at, reading->err,
                            "%s: there is no '%.60s'; did you mean '%s'?", condition->name,
                            node->text, word_nearest(word, node->text));
}

static bool
take_scalar(const struct reading *reading, const struct node *node, struct value *out)
{
    bool yes;

    if (node->kind != NODE_SCALAR)
        return refuse_type(reading, node);
    if (node_is_null(node)) {
        *out = (struct value){.kind = VALUE_NULL};
        return true;
    }
    switch (reading->condition->field->type) {
    case FIELD_TEXT:
        if (reading->condition->field->word && !take_word(reading, node))
            return false;
        *out = (struct value){.kind = VALUE_TEXT, .text = esi_strdup(node->text)};
        return true;
    case FIELD_NUMBER:
        *out = (struct value){.kind = VALUE_NUMBER};
        return node_number(node, &out->number) || refuse_type(reading, node);
    case FIELD_BOOL:
        if (!node_bool(node, &yes))
            return refuse_type(reading, node);
        *out = (struct value){.kind = VALUE_BOOL, .number = yes};
        return true;
    case FIELD_OBJECT:
        break;
    }
    return refuse_type(reading, node);
}

static bool
take_list(const struct reading *reading, const struct node *node)
{
    struct condition *condition = reading->condition;

    if (node->count > ELEMENTS_MOST)
        return esi_suite_refuse(reading->suite, node->at, reading->err, "%s: more than %d elements",
                                condition->name, ELEMENTS_MOST);
    if (condition->field->type == FIELD_OBJECT && node->count > 0)
        return refuse_type(reading, node);
    condition->is_list = true;
    condition->values = esi_alloc((node->count + 1) * sizeof *condition->values);
    if (node->count == 0)
        condition->values[condition->count++].kind = VALUE_EMPTY;
    for (size_t i = 0; i < node->count; i++)
        if (!take_scalar(reading, node->items[i], &condition->values[condition->count++]))
            return false;
    return true;
}

static bool
take_bound(const struct reading *reading, const struct node *node, bool *has, int64_t *bound)
{
    if (reading->condition->field->type != FIELD_NUMBER)
        return esi_suite_refuse(reading->suite, node->at, reading->err,
                                "%s: is no number: gt and lt do not apply",
                                reading->condition->name);
    *has = true;
    return node_number(node, bound) || refuse_type(reading, node);
}

static bool
take_gt(const struct reading *reading, const struct node *node)
{
    return take_bound(reading, node, &reading->condition->has_gt, &reading->condition->gt);
}

static bool
take_lt(const struct reading *reading, const struct node *node)
{
    return take_bound(reading, node, &reading->condition->has_lt, &reading->condition->lt);
}

static bool
take_regex(const struct reading *reading, const struct node *node)
{
    struct condition *condition = reading->condition;
    struct esi_error why;

    if (condition->field->type != FIELD_TEXT)
        return esi_suite_refuse(reading->suite, node->at, reading->err,
                                "%s: is no text: regex does not apply", condition->name);
    if (node->kind != NODE_SCALAR || node->text[0] == '\0')
        return esi_suite_refuse(reading->suite, node->at, reading->err,
                                "%s: a regular expression was expected", condition->name);
    condition->regex = regex_new(node->text, &why);
    if (!condition->regex)
        return esi_suite_refuse(reading->suite, node->at, reading->err,
                                "%s: is no regular expression: %s", condition->name, why.text);
    condition->regex_text = esi_strdup(node->text);
    return true;
}

static bool
take_comparisons(const struct reading *reading, const struct node *node)
{
    static const struct {
        const char *name;
        bool (*take)(const struct reading *reading, const struct node *node);
    } rows[] = {{"regex", take_regex}, {"gt", take_gt}, {"lt", take_lt}};
    const char *name = reading->condition->name;

    if (node->count == 0)
        return esi_suite_refuse(reading->suite, node->at, reading->err,
                                "%s: regex, gt or lt was expected", name);
    for (size_t i = 0; i < node->count; i += 2) {
        size_t r = 0;

        while (r < ESI_COUNT(rows) && strcmp(rows[r].name, node->items[i]->text) != 0)
            r++;
        if (r == ESI_COUNT(rows))
            return esi_suite_refuse(reading->suite, node->items[i]->at, reading->err,
                                    "%s: regex, gt or lt was expected, not '%.60s'; fields "
                                    "within fields are written with dots: %s.%.60s",
                                    name, node->items[i]->text, name, node->items[i]->text);
        if (!rows[r].take(reading, node->items[i + 1]))
            return false;
    }
    return true;
}

static bool
take_value(const struct reading *reading, const struct node *node)
{
    if (node->kind == NODE_MAP)
        return take_comparisons(reading, node);
    if (node->kind == NODE_LIST)
        return take_list(reading, node);
    reading->condition->values = esi_alloc(sizeof *reading->condition->values);
    reading->condition->count = 1;
    return take_scalar(reading, node, reading->condition->values);
}

struct condition *
condition_new(const struct esi_suite *suite, enum event event, const struct node *key,
              const struct node *value, struct esi_error *err)
{
    struct condition *condition = esi_alloc(sizeof *condition);
    struct reading reading = {suite, event, condition, err};

    condition->name = esi_strdup(key->text);
    condition->field = field_find(event, key->text, condition->path);
    if (!condition->field)
        esi_suite_refuse(suite, key->at, err, "'%.60s' is no field of a %s; did you mean '%s'?",
                         key->text, event_names[event], field_nearest(event, key->text));
    else if (take_value(&reading, value))
        return condition;
    condition_free(condition);
    return NULL;
}

void
condition_free(struct condition *condition)
{
    for (size_t i = 0; i < condition->count; i++)
        free((char *)(uintptr_t)condition->values[i].text);
    free(condition->values);
    free(condition->name);
    free(condition->regex_text);
    regex_free(condition->regex);
    free(condition);
}

/* ---- holding against records ---- */

/* fits - one value. */
static enum holding
fits(const struct condition *condition, const struct value *value)
{
    bool within;

    if (condition->regex)
        return value->kind == VALUE_TEXT ? regex_holds(condition->regex, value->text) : HOLDS_NOT;
    if (condition->values)
        within = value_same(&condition->values[0], value);
    else
        within = value->kind == VALUE_NUMBER &&
                 (!condition->has_gt || value->number > condition->gt) &&
                 (!condition->has_lt || value->number < condition->lt);
    return within ? HOLDS : HOLDS_NOT;
}

/* left_out - what a field that was left out stands for. */
static struct value
left_out(const struct field *field)
{
    static const enum value_kind kinds[] = {
        [FIELD_TEXT] = VALUE_NULL,
        [FIELD_NUMBER] = VALUE_NUMBER,
        [FIELD_BOOL] = VALUE_BOOL,
        [FIELD_OBJECT] = VALUE_NULL,
    };

    return (struct value){.kind = kinds[field->type]};
}

/* holds_in_order - of a list. */
static bool
holds_in_order(const struct condition *condition, const struct record *record)
{
    size_t seen = 0;

    for (size_t i = 0; i < record->count; i++) {
        if (strcmp(record->leaves[i].path, condition->path) != 0)
            continue;
        if (seen == condition->count ||
            !value_same(&condition->values[seen], &record->leaves[i].value))
            return false;
        seen++;
    }
    return seen == condition->count;
}

enum holding
condition_holds(const struct condition *condition, const struct record *record)
{
    struct value absent = left_out(condition->field);
    enum holding best = HOLDS_NOT;
    bool seen = false;

    if (condition->is_list)
        return holds_in_order(condition, record) ? HOLDS : HOLDS_NOT;
    for (size_t i = 0; i < record->count && best != HOLDS; i++) {
        if (strcmp(record->leaves[i].path, condition->path) != 0)
            continue;
        enum holding one = fits(condition, &record->leaves[i].value);
        best = one == HOLDS_NOT ? best : one;
        seen = true;
    }
    return seen || !condition->field->left_out ? best : fits(condition, &absent);
}

const char *
condition_name(const struct condition *condition)
{
    return condition->name;
}

const char *
condition_path(const struct condition *condition)
{
    return condition->path;
}

static void
put_comma(struct esi_buf *out, bool *any)
{
    esi_buf_text(out, *any ? ", " : "");
    *any = true;
}

void
condition_words(const struct condition *condition, struct esi_buf *out)
{
    bool any = false;

    for (size_t i = 0; i < condition->count && i < FOUND_MOST; i++) {
        put_comma(out, &any);
        value_words(&condition->values[i], out);
    }
    if (condition->count > FOUND_MOST)
        esi_buf_text(out, ", ...");
    if (condition->regex) {
        put_comma(out, &any);
        esi_buf_printf(out, "regex %s", condition->regex_text);
    }
    if (condition->has_gt) {
        put_comma(out, &any);
        esi_buf_printf(out, "more than %" PRId64, condition->gt);
    }
    if (condition->has_lt) {
        put_comma(out, &any);
        esi_buf_printf(out, "less than %" PRId64, condition->lt);
    }
}

void
condition_found(const struct condition *condition, const struct record *record, struct esi_buf *out)
{
    size_t seen = 0;
    bool any = false;

    for (size_t i = 0; i < record->count; i++) {
        if (strcmp(record->leaves[i].path, condition->path) != 0 || seen++ >= FOUND_MOST)
            continue;
        put_comma(out, &any);
        value_words(&record->leaves[i].value, out);
        if (fits(condition, &record->leaves[i].value) == HOLDS_PERHAPS)
            esi_buf_text(out, " (more than this regular expression can be held against)");
    }
    if (seen > FOUND_MOST)
        esi_buf_printf(out, ", ... (%zu in all)", seen);
    if (seen == 0)
        esi_buf_text(out, "nothing");
}
