/* expect.c - expectations out of a suite's tree. */
#include <stdlib.h>

#include "verify_internal.h"

enum { CONDITIONS_MOST = 64 }; /* of an expectation: a record has not many more fields */

static bool
read_bound(const struct esi_suite *suite, const struct node *node, uint64_t *out,
           struct esi_error *err)
{
    int64_t number;

    if (!node_number(node, &number) || number < 0)
        return esi_suite_refuse(suite, node->at, err, "count: a number from 0 on was expected");
    *out = (uint64_t)number;
    return true;
}

static bool
read_range(const struct esi_suite *suite, const struct node *node,
           struct esi_expectation *expectation, struct esi_error *err)
{
    expectation->least = 0;
    expectation->most = UINT64_MAX;
    for (size_t i = 0; i < node->count; i += 2) {
        const struct node *key = node->items[i];
        bool min = strcmp(key->text, "min") == 0;

        if (!min && strcmp(key->text, "max") != 0)
            return esi_suite_refuse(suite, key->at, err,
                                    "count: min or max was expected, not '%.60s'", key->text);
        if (!read_bound(suite, node->items[i + 1], min ? &expectation->least : &expectation->most,
                        err))
            return false;
    }
    if (node->count == 0 || expectation->least > expectation->most)
        return esi_suite_refuse(suite, node->at, err, "count: %s",
                                node->count == 0 ? "min or max was expected"
                                                 : "min is more than max");
    return true;
}

static bool
read_count(const struct esi_suite *suite, const struct node *node,
           struct esi_expectation *expectation, struct esi_error *err)
{
    if (node->kind == NODE_MAP)
        return read_range(suite, node, expectation, err);
    if (!read_bound(suite, node, &expectation->least, err))
        return false;
    expectation->most = expectation->least;
    return true;
}

static bool
has_path(const struct esi_expectation *expectation, const char *path)
{
    for (size_t i = 0; i < expectation->count; i++)
        if (strcmp(condition_path(expectation->conditions[i]), path) == 0)
            return true;
    return false;
}

static bool
read_conditions(const struct esi_suite *suite, const struct node *node,
                struct esi_expectation *expectation, struct esi_error *err)
{
    if (node->kind != NODE_MAP || node->count / 2 > CONDITIONS_MOST)
        return esi_suite_refuse(
            suite, node->at, err, "%s: fields were expected, such as {%s}, at most %d",
            event_names[expectation->event],
            expectation->event == EVENT_SESSION ? "number: 1" : "...", CONDITIONS_MOST);
    expectation->conditions = esi_alloc((node->count / 2 + 1) * sizeof(struct condition *));
    for (size_t i = 0; i < node->count; i += 2) {
        struct condition *condition =
            condition_new(suite, expectation->event, node->items[i], node->items[i + 1], err);

        if (!condition)
            return false;
        bool twice = has_path(expectation, condition_path(condition));
        expectation->conditions[expectation->count++] = condition;
        if (twice)
            return esi_suite_refuse(suite, node->items[i]->at, err, "'%.60s' is here twice",
                                    node->items[i]->text);
    }
    return true;
}

static enum event
event_named(const char *name)
{
    enum event event = 0;

    while (event < EVENT_COUNT && strcmp(event_names[event], name) != 0)
        event++;
    return event;
}

static bool
read_member(const struct esi_suite *suite, const struct node *key, const struct node *value,
            struct esi_expectation *expectation, struct esi_error *err)
{
    enum event event = event_named(key->text);

    if (strcmp(key->text, "count") == 0)
        return read_count(suite, value, expectation, err);
    if (event == EVENT_COUNT)
        return esi_suite_refuse(suite, key->at, err,
                                "'%.60s' is not to be expected; verdict, session, evidence, smtp, "
                                "capture, summary, and count are",
                                key->text);
    if (expectation->event != EVENT_COUNT)
        return esi_suite_refuse(suite, key->at, err,
                                "one kind of record to an expectation; another begins with '-'");
    expectation->event = event;
    return read_conditions(suite, value, expectation, err);
}

static bool
read_expectation(const struct esi_suite *suite, const struct node *node,
                 struct esi_expectation *expectation, struct esi_error *err)
{
    *expectation = (struct esi_expectation){
        .event = EVENT_COUNT, .at = node->at, .least = 1, .most = UINT64_MAX};
    if (node->kind != NODE_MAP)
        return esi_suite_refuse(suite, node->at, err,
                                "an expectation was expected, such as verdict: {action: mask}");
    for (size_t i = 0; i < node->count; i += 2)
        if (!read_member(suite, node->items[i], node->items[i + 1], expectation, err))
            return false;
    return expectation->event != EVENT_COUNT ||
           esi_suite_refuse(
               suite, node->at, err,
               "expects nothing: verdict, session, evidence, smtp, capture or summary is missing");
}

struct esi_expectation *
expectations_read(const struct esi_suite *suite, const struct node *list, size_t *count,
                  struct esi_error *err)
{
    *count = 0;
    if (list->kind != NODE_LIST || list->count == 0) {
        esi_suite_refuse(suite, list->at, err, "expect: a list was expected, and something in it");
        return NULL;
    }
    struct esi_expectation *expectations = esi_alloc(list->count * sizeof *expectations);
    for (size_t i = 0; i < list->count; i++) {
        bool right = read_expectation(suite, list->items[i], &expectations[i], err);

        *count = i + 1;
        if (right)
            continue;
        expectations_free(expectations, i + 1);
        *count = 0;
        return NULL;
    }
    return expectations;
}

void
expectations_free(struct esi_expectation *expectations, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t c = 0; c < expectations[i].count; c++)
            condition_free(expectations[i].conditions[c]);
        free(expectations[i].conditions);
    }
    free(expectations);
}
