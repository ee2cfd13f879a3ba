/*
 * suite.c - a suite out of its tree. Whatever is not known, missing or of the wrong kind is an
 * error with its place: what is left out by mistake would pass unnoticed.
 */
#include <stdarg.h>
#include <stdlib.h>

#include "verify_internal.h"

struct whole {
    struct esi_suite suite; /* the first member: what the caller has */
    struct esi_arena arena;
    const struct esi_suite_option *options;
    size_t option_count;
};

/* Settings by the option they are of. */
struct settings {
    struct esi_suite_setting *items;
    size_t count, cap;
};

struct reading {
    struct whole *whole;
    struct settings defaults;
    bool default_events;
    struct esi_error *err;
};

bool
esi_suite_refuse(const struct esi_suite *suite, struct esi_suite_place at, struct esi_error *err,
                 const char *fmt, ...)
{
    char text[384];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    return esi_error_set(err, "%.120s:%u:%u: %s", suite->file, at.line, at.column, text);
}

#define REFUSE(reading, node, ...)                                                                 \
    esi_suite_refuse(&(reading)->whole->suite, (node)->at, (reading)->err, __VA_ARGS__)

/* keep - for as long as the suite. */
static const char *
keep(struct whole *whole, const char *text)
{
    char *copy = esi_arena_alloc(&whole->arena, strlen(text) + 1);

    return strcpy(copy, text);
}

static const struct node *
member(const struct node *map, const char *key)
{
    for (size_t i = 0; i < map->count; i += 2)
        if (strcmp(map->items[i]->text, key) == 0)
            return map->items[i + 1];
    return NULL;
}

static bool
text_of(const struct reading *reading, const struct node *node, const char *key, const char **out)
{
    if (node->kind != NODE_SCALAR || node_is_null(node) || node->text[0] == '\0')
        return REFUSE(reading, node, "%s: a text was expected", key);
    *out = keep(reading->whole, node->text);
    return true;
}

static const struct esi_suite_option *
option_named(const struct whole *whole, const char *name)
{
    for (size_t i = 0; i < whole->option_count; i++) {
        const struct esi_suite_option *option = &whole->options[i];

        if (strcmp(option->name, name) == 0 || (option->alias && strcmp(option->alias, name) == 0))
            return option;
    }
    return NULL;
}

/* ---- keys ---- */

/* nearest_key - of the keys here, and of the options if they are allowed. */
static const char *
nearest_key(const struct whole *whole, const char *const *keys, bool options, const char *name)
{
    const char *nearest = keys[0];

    for (size_t i = 1; keys[i]; i++)
        if (edit_distance(name, keys[i]) < edit_distance(name, nearest))
            nearest = keys[i];
    for (size_t i = 0; options && i < whole->option_count; i++)
        if (edit_distance(name, whole->options[i].name) < edit_distance(name, nearest))
            nearest = whole->options[i].name;
    return nearest;
}

/* check_keys - that there are no others. keys ends with NULL. */
static bool
check_keys(const struct reading *reading, const struct node *map, const char *what,
           const char *const *keys, bool options)
{
    if (map->kind != NODE_MAP)
        return REFUSE(reading, map, "%s: keys with values were expected", what);
    for (size_t i = 0; i < map->count; i += 2) {
        const char *name = map->items[i]->text;
        size_t k = 0;

        while (keys[k] && strcmp(keys[k], name) != 0)
            k++;
        if (!keys[k] && !(options && option_named(reading->whole, name)))
            return REFUSE(reading, map->items[i], "'%.60s' is no key of %s; did you mean '%s'?",
                          name, what, nearest_key(reading->whole, keys, options, name));
    }
    return true;
}

/* ---- settings ---- */

static void
add_setting(struct settings *settings, const struct esi_suite_option *option, const char *value,
            struct esi_suite_place at)
{
    settings->items =
        esi_grow(settings->items, &settings->cap, settings->count + 1, sizeof *settings->items);
    settings->items[settings->count++] = (struct esi_suite_setting){option, value, at};
}

static bool
add_text(const struct reading *reading, const struct node *node,
         const struct esi_suite_option *option, struct settings *settings)
{
    const char *value;

    if (!text_of(reading, node, option->name, &value))
        return false;
    add_setting(settings, option, value, node->at);
    return true;
}

static bool
add_list(const struct reading *reading, const struct node *node,
         const struct esi_suite_option *option, struct settings *settings)
{
    if (node->kind != NODE_LIST)
        return add_text(reading, node, option, settings);
    if (node->count == 0)
        return REFUSE(reading, node, "%s: the list is empty", option->name);
    for (size_t i = 0; i < node->count; i++)
        if (!add_text(reading, node->items[i], option, settings))
            return false;
    return true;
}

static bool
add_flag(const struct reading *reading, const struct node *node,
         const struct esi_suite_option *option, struct settings *settings)
{
    bool on;

    if (!node_bool(node, &on))
        return REFUSE(reading, node, "%s: true or false was expected", option->name);
    if (on)
        add_setting(settings, option, "", node->at);
    return true;
}

static bool
read_settings(const struct reading *reading, const struct node *map, struct settings *settings)
{
    static bool (*const adders[])(const struct reading *, const struct node *,
                                  const struct esi_suite_option *, struct settings *) = {
        [ESI_SUITE_ONE] = add_text,
        [ESI_SUITE_LIST] = add_list,
        [ESI_SUITE_FLAG] = add_flag,
    };

    for (size_t i = 0; i < map->count; i += 2) {
        const struct esi_suite_option *option = option_named(reading->whole, map->items[i]->text);

        if (option && !adders[option->form](reading, map->items[i + 1], option, settings))
            return false;
    }
    return true;
}

static bool
read_events(const struct reading *reading, const struct node *map, bool *all)
{
    const struct node *node = member(map, "events");

    if (!node)
        return true;
    *all = node->kind == NODE_SCALAR && strcmp(node->text, "all") == 0;
    return *all || (node->kind == NODE_SCALAR && strcmp(node->text, "verdicts") == 0) ||
           REFUSE(reading, node, "events: verdicts or all was expected");
}

/* ---- cases ---- */

static bool
has_option(const struct settings *settings, const struct esi_suite_option *option)
{
    for (size_t i = 0; i < settings->count; i++)
        if (settings->items[i].option == option)
            return true;
    return false;
}

/* says - whether the case itself has it, by either name. */
static bool
says(const struct node *map, const struct esi_suite_option *option)
{
    return member(map, option->name) || (option->alias && member(map, option->alias));
}

/* settle - with the defaults for what the case does not say itself. */
static bool
settle(const struct reading *reading, const struct node *map, struct esi_suite_case *out)
{
    const struct whole *whole = reading->whole;
    struct settings settings = {0};

    if (!read_settings(reading, map, &settings)) {
        free(settings.items);
        return false;
    }
    for (size_t i = 0; i < reading->defaults.count; i++) {
        const struct esi_suite_setting *setting = &reading->defaults.items[i];

        if (!says(map, setting->option))
            add_setting(&settings, setting->option, setting->value, setting->at);
    }
    out->settings = settings.items;
    out->setting_count = settings.count;
    for (size_t i = 0; i < whole->option_count; i++)
        if (whole->options[i].needed && !has_option(&settings, &whole->options[i]))
            return REFUSE(reading, map, "'%.60s' has no %s", out->name, whole->options[i].name);
    return true;
}

static bool
read_expected(const struct reading *reading, const struct node *map, struct esi_suite_case *out)
{
    const struct node *expect = member(map, "expect"), *golden = member(map, "golden");

    if (!expect && !golden)
        return REFUSE(reading, map, "'%.60s' expects nothing: neither expect nor golden",
                      out->name);
    if (golden && !text_of(reading, golden, "golden", &out->golden))
        return false;
    if (expect)
        out->expectations = expectations_read(&reading->whole->suite, expect,
                                              &out->expectation_count, reading->err);
    return !expect || out->expectations;
}

static bool
read_case(const struct reading *reading, const struct node *node, struct esi_suite_case *out)
{
    static const char *const keys[] = {"name", "expect", "golden", "events", NULL};

    if (!check_keys(reading, node, "a case", keys, true))
        return false;
    const struct node *name = member(node, "name");
    *out = (struct esi_suite_case){.at = node->at, .all_events = reading->default_events};
    if (!name)
        return REFUSE(reading, node, "the case has no name");
    return text_of(reading, name, "name", &out->name) &&
           read_events(reading, node, &out->all_events) && settle(reading, node, out) &&
           read_expected(reading, node, out);
}

static bool
read_cases(const struct reading *reading, const struct node *root)
{
    struct esi_suite *suite = &reading->whole->suite;
    const struct node *cases = member(root, "cases");

    if (!cases || cases->kind != NODE_LIST || cases->count == 0)
        return REFUSE(reading, cases ? cases : root, "no cases: a list of them was expected");
    suite->cases = esi_alloc(cases->count * sizeof *suite->cases);
    for (size_t i = 0; i < cases->count; i++) {
        suite->case_count = i + 1;
        if (!read_case(reading, cases->items[i], &suite->cases[i]))
            return false;
    }
    return true;
}

static bool
read_suite(struct reading *reading, const struct node *root)
{
    static const char *const keys[] = {"suite", "defaults", "cases", NULL};
    static const char *const default_keys[] = {"events", NULL};

    if (!check_keys(reading, root, "a suite", keys, false))
        return false;
    const struct node *title = member(root, "suite"), *defaults = member(root, "defaults");
    if (title && !text_of(reading, title, "suite", &reading->whole->suite.title))
        return false;
    if (defaults && (!check_keys(reading, defaults, "defaults", default_keys, true) ||
                     !read_settings(reading, defaults, &reading->defaults) ||
                     !read_events(reading, defaults, &reading->default_events)))
        return false;
    return read_cases(reading, root);
}

struct esi_suite *
esi_suite_read(const char *name, struct esi_slice text, const struct esi_suite_option *options,
               size_t option_count, struct esi_error *err)
{
    struct whole *whole = esi_alloc(sizeof *whole);
    struct reading reading = {.whole = whole, .err = err};
    struct tree tree = {0};

    whole->options = options;
    whole->option_count = option_count;
    whole->suite.file = whole->suite.title = keep(whole, name);
    bool right = tree_read(&tree, name, text, err);
    if (right && !tree.root)
        right = esi_error_set(err, "%s: is empty: no cases", name);
    right = right && read_suite(&reading, tree.root);
    free(reading.defaults.items);
    tree_free(&tree);
    if (right)
        return &whole->suite;
    esi_suite_free(&whole->suite);
    return NULL;
}

void
esi_suite_free(struct esi_suite *suite)
{
    struct whole *whole = (struct whole *)suite;

    for (size_t i = 0; i < suite->case_count; i++) {
        free(suite->cases[i].settings);
        expectations_free(suite->cases[i].expectations, suite->cases[i].expectation_count);
    }
    free(suite->cases);
    esi_arena_free(&whole->arena);
    free(whole);
}
