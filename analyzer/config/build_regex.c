/*
 * build_regex.c - regex and class-map type regex.
 *
 * A pattern is compiled when it is read, so that what is wrong with it is said where it stands. A
 * class's regexes are looked up by whoever uses it: they may be defined later.
 *
 * Source: Cisco ASA CLI guide, "Creating a regular expression", "Creating a regular expression
 * class map".
 */
#include <stdlib.h>

#include "maps_internal.h"

/* Ours, not the box's: looking for a member is a walk over all. */
enum { MEMBERS_MOST = 500 };

struct esi_regex *
esi_config_regex(const struct esi_config *config, const char *name)
{
    size_t place;

    return index_find(config->index, INDEX_REGEX, esi_slice_of(name), &place)
               ? &config->regexes[place]
               : NULL;
}

struct esi_regex_class *
esi_config_regex_class(const struct esi_config *config, const char *name)
{
    size_t place;

    return index_find(config->index, INDEX_REGEX_CLASS, esi_slice_of(name), &place)
               ? &config->regex_classes[place]
               : NULL;
}

/* ---- regex ---- */

/* remove_regex - the last one takes its place: their order says nothing. */
static void
remove_regex(struct reader *reader, const struct arg *name)
{
    struct esi_config *config = reader->config;
    size_t place;

    if (!index_find(config->index, INDEX_REGEX, name->text, &place)) {
        warn(reader, name, "there is no such regex");
        return;
    }
    esi_pattern_free(config->regexes[place].pattern);
    size_t last = --config->regexes_count;
    index_unlist(config->index, INDEX_REGEX, config->regexes[place].name,
                 config->regexes[last].name, place);
    config->regexes[place] = config->regexes[last];
}

/* is_closed - whether a quotation mark stands behind the word, if one stands before it. */
static bool
is_closed(const struct reader *reader, const struct word *word)
{
    size_t behind = word->column + word->text.len;

    return !word->quoted ||
           (behind < reader->line->text.len && reader->line->text.ptr[behind] == '"');
}

/* compile - NULL, and refused at the byte that offends. */
static struct esi_pattern *
compile(struct reader *reader, const struct arg *text)
{
    struct esi_error err = {{0}};
    struct word place = *text->at;
    struct arg offends = {.at = &place};
    size_t at = 0;
    struct esi_pattern *pattern = NULL;

    if (!is_closed(reader, text->at)) {
        esi_error_set(&err, "a quotation mark was expected at the pattern's end");
        at = text->text.len;
    } else if (memchr(text->text.ptr, '\0', text->text.len)) {
        esi_error_set(&err, "a pattern without NUL was expected");
    } else {
        pattern = esi_pattern_new(text->text, &err, &at);
    }
    place.column += (unsigned)at + place.quoted;
    if (!pattern)
        refuse(reader, &offends, "%s", err.text);
    return pattern;
}

static struct esi_regex *
regex_named(struct reader *reader, const struct arg *name)
{
    struct esi_config *config = reader->config;
    size_t place;

    if (index_find(config->index, INDEX_REGEX, name->text, &place))
        return &config->regexes[place];
    config->regexes = esi_grow(config->regexes, &config->regexes_cap, config->regexes_count + 1,
                               sizeof *config->regexes);
    struct esi_regex *regex = &config->regexes[config->regexes_count];
    *regex = (struct esi_regex){.name = text_of(reader, name->text)};
    index_set(config->index, INDEX_REGEX, regex->name, config->regexes_count++);
    return regex;
}

void
build_regex(struct reader *reader, const struct args *args)
{
    const struct arg *name = find_arg(args, ARGUMENT_NAME), *text = find_arg(args, ARGUMENT_WORD);

    if (args->no) {
        remove_regex(reader, name);
        return;
    }
    if (!name_fits(reader, name))
        return;
    if (!text) {
        refuse_incomplete(reader, "a regular expression");
        return;
    }
    struct esi_pattern *pattern = compile(reader, text);
    if (!pattern)
        return;
    struct esi_regex *regex = regex_named(reader, name);
    esi_pattern_free(regex->pattern);
    regex->pattern = pattern;
    regex->text = text_of(reader, text->text);
    regex->at = place_of(reader);
}

/* ---- class-map type regex ---- */

static void
remove_class(struct reader *reader, const struct arg *name)
{
    struct esi_config *config = reader->config;
    size_t place;

    if (!index_find(config->index, INDEX_REGEX_CLASS, name->text, &place)) {
        warn(reader, name, "there is no such class");
        return;
    }
    free(config->regex_classes[place].members);
    size_t last = --config->regex_classes_count;
    index_unlist(config->index, INDEX_REGEX_CLASS, config->regex_classes[place].name,
                 config->regex_classes[last].name, place);
    config->regex_classes[place] = config->regex_classes[last];
}

static void
add_class(struct reader *reader, const struct arg *name)
{
    struct esi_config *config = reader->config;

    reader->regex_class = config->regex_classes_count;
    config->regex_classes =
        esi_grow(config->regex_classes, &config->regex_classes_cap, config->regex_classes_count + 1,
                 sizeof *config->regex_classes);
    struct esi_regex_class *added = &config->regex_classes[config->regex_classes_count++];
    *added = (struct esi_regex_class){.name = text_of(reader, name->text), .at = place_of(reader)};
    index_set(config->index, INDEX_REGEX_CLASS, added->name, reader->regex_class);
}

void
build_regex_class(struct reader *reader, const struct args *args)
{
    const struct arg *name = find_arg(args, ARGUMENT_NAME);

    bool in_front = literal_at(args, 3) != NULL; /* class-map type regex match-any C */

    if (said(args, "match-all")) {
        refuse(reader, &args->list[in_front ? 3 : 4],
               "expected match-any: a class of regexes has no other");
        return;
    }
    if (args->no) {
        remove_class(reader, name);
        return;
    }
    if (!name_fits(reader, name))
        return;
    if (!in_front)
        warn(reader, name, "match-any was expected before the name, and is what is meant");
    if (!index_find(reader->config->index, INDEX_REGEX_CLASS, name->text, &reader->regex_class))
        add_class(reader, name);
    reader->mode = MODE_REGEX_CLASS;
}

void
build_regex_class_description(struct reader *reader, const struct args *args)
{
    const char *text;

    read_description(reader, args, &text);
}

/* find_member - its place in the class; its count: it is not there. */
static size_t
find_member(const struct esi_regex_class *class, struct esi_slice name)
{
    const char *text = (const char *)name.ptr;
    size_t i = 0;

    for (; i < class->count; i++)
        if (strncmp(class->members[i].regex, text, name.len) == 0 &&
            class->members[i].regex[name.len] == '\0')
            break;
    return i;
}

static void
remove_member(struct reader *reader, struct esi_regex_class *class, const struct arg *name)
{
    size_t place = find_member(class, name->text);

    if (place == class->count) {
        warn(reader, name, "there is no such match");
        return;
    }
    class->count--;
    for (; place < class->count; place++)
        class->members[place] = class->members[place + 1];
}

void
build_regex_member(struct reader *reader, const struct args *args)
{
    struct esi_regex_class *class = &reader->config->regex_classes[reader->regex_class];
    const struct arg *name = find_arg(args, ARGUMENT_NAME);

    if (args->no) {
        remove_member(reader, class, name);
        return;
    }
    if (!name_fits(reader, name) || find_member(class, name->text) < class->count)
        return;
    if (class->count == MEMBERS_MOST) {
        refuse(reader, name, "a class has at most %d regexes here", MEMBERS_MOST);
        return;
    }
    class->members =
        esi_grow(class->members, &class->cap, class->count + 1, sizeof *class->members);
    class->members[class->count++] =
        (struct esi_regex_member){text_of(reader, name->text), place_of(reader)};
}
