/*
 * build_matches.c - the matches of an inspection map, and the action of each.
 *
 * A match is known by what it says: typed again, it is entered again. Its class number is its place
 * in the map. A second action takes the place of the first.
 *
 * An action acts on the match above it. Where that match was refused or not understood, the action
 * is left out with it: a box would have changed the match before, but a box's own text holds no
 * such line, so more likely it is one that we do not know.
 *
 * Source: Cisco ASA CLI guides, inspection of ESMTP, "Configuring the policy map".
 */
#include <stdlib.h>

#include "maps_internal.h"

/* Ours, not the box's: looking for a match is a walk over all. */
enum { MATCHES_MOST = 500 };

/* ---- matches ---- */

/* matches_of - the configuration's own, to be changed. */
static struct esi_match *
matches_of(struct reader *reader)
{
    return (struct esi_match *)(uintptr_t)map_of(reader)->matches;
}

/* criterion_of - the one whose words the line's literals are. */
static enum esi_criterion
criterion_of(const struct args *args)
{
    struct esi_buf words = {0};
    int criterion = 0;

    for (size_t i = 1; i < args->count; i++) {
        const char *word = literal_at(args, i);
        if (!word || strcmp(word, "not") == 0 || strcmp(word, "class") == 0)
            continue;
        esi_buf_text(&words, words.len > 0 ? " " : "");
        esi_buf_text(&words, word);
    }
    while (!esi_slice_eq(esi_buf_slice(&words),
                         esi_slice_of(esi_criterion_words((enum esi_criterion)criterion))))
        if (++criterion == ESI_CRITERION_COUNT)
            esi_panic("no criterion '%.*s'", (int)words.len, (const char *)words.data);
    esi_buf_free(&words);
    return (enum esi_criterion)criterion;
}

/* read_match - what the line says; false, and refused, if it cannot be. */
static bool
read_match(struct reader *reader, const struct args *args, struct esi_match *out)
{
    const struct arg *limit = find_arg(args, ARGUMENT_LIMIT), *name = find_arg(args, ARGUMENT_NAME);

    *out = (struct esi_match){
        .criterion = criterion_of(args),
        .negated = said(args, "not"),
        .limit = limit ? limit->number : 0,
        .regex_class = said(args, "class"),
    };
    for (size_t i = 0; i < args->count; i++) {
        const struct arg *arg = &args->list[i];
        if (!arg->literal && (arg->type == ARGUMENT_VERB || arg->type == ARGUMENT_KEYWORD ||
                              arg->type == ARGUMENT_ENCODING))
            out->set |= 1u << arg->number;
    }
    if (name && !name_fits(reader, name))
        return false;
    out->regex = name ? text_of(reader, name->text) : NULL;
    return true;
}

static bool
says_the_same(const struct esi_match *a, const struct esi_match *b)
{
    return a->criterion == b->criterion && a->negated == b->negated && a->limit == b->limit &&
           a->set == b->set && a->regex_class == b->regex_class &&
           (!a->regex || strcmp(a->regex, b->regex) == 0);
}

/* find_match - its place in the map; NO_MATCH: it is not there. */
static size_t
find_match(const struct reader *reader, const struct esi_match *match)
{
    const struct esi_map *map = map_of(reader);

    for (size_t i = 0; i < map->match_count; i++)
        if (says_the_same(match, &map->matches[i]))
            return i;
    return NO_MATCH;
}

/* add_match - room for twice as many is made where there is none any more: at powers of two. */
static void
add_match(struct reader *reader, const struct esi_match *match)
{
    struct esi_map *map = map_of(reader);
    struct esi_match *matches = matches_of(reader);
    struct esi_place at = place_of(reader);
    struct esi_buf words = {0};
    size_t count = map->match_count, room = count;

    if ((count & (count - 1)) == 0)
        matches = esi_grow(matches, &room, count > 0 ? 2 * count : 1, sizeof *matches);
    matches[count] = *match;
    esi_match_words(match, &words);
    matches[count].rule = (struct esi_rule){text_of(reader, esi_buf_slice(&words)),
                                            (unsigned)count + 1, at.file, at.line};
    esi_buf_free(&words);
    map->matches = matches;
    map->match_count++;
}

static void
remove_match(struct reader *reader, const struct args *args, size_t place)
{
    struct esi_map *map = map_of(reader);
    struct esi_match *matches = matches_of(reader);

    if (place == NO_MATCH) {
        warn(reader, &args->list[0], "there is no such match");
        return;
    }
    map->match_count--;
    for (size_t i = place; i < map->match_count; i++) {
        matches[i] = matches[i + 1];
        matches[i].rule.class_no = (unsigned)i + 1;
    }
}

void
build_match(struct reader *reader, const struct args *args)
{
    struct esi_match match;

    if (!args->no) {
        reader->mode = MODE_ESMTP_MATCH;
        reader->match = NO_MATCH;
    }
    if (!read_match(reader, args, &match))
        return;
    size_t place = find_match(reader, &match);
    if (args->no) {
        remove_match(reader, args, place);
        return;
    }
    if (place == NO_MATCH && map_of(reader)->match_count == MATCHES_MOST) {
        refuse(reader, &args->list[0], "a map has at most %d matches here", MATCHES_MOST);
        return;
    }
    reader->match = place == NO_MATCH ? map_of(reader)->match_count : place;
    if (place == NO_MATCH)
        add_match(reader, &match);
}

/* ---- actions ---- */

static const struct {
    const char *word;
    enum esi_action action;
} action_words[] = {
    {"drop", ESI_ACTION_DROP_CONNECTION},
    {"drop-connection", ESI_ACTION_DROP_CONNECTION},
    {"log", ESI_ACTION_LOG},
    {"mask", ESI_ACTION_MASK},
    {"rate-limit", ESI_ACTION_RATE_LIMIT},
    {"reset", ESI_ACTION_RESET},
};

/* read_action - what the line says of an action, in an otherwise empty match. */
static struct esi_match
read_action(const struct args *args)
{
    const struct arg *rate = find_arg(args, ARGUMENT_LIMIT);
    struct esi_match out = {
        .acts = true, .log = said(args, "log"), .rate = rate ? rate->number : 0};

    for (size_t i = 0; i < ESI_COUNT(action_words); i++)
        if (strcmp(action_words[i].word, literal_at(args, 0)) == 0)
            out.action = action_words[i].action;
    return out;
}

/* is_match - whether a line that says nothing to us was meant for a match. */
static bool
is_match(const char *line)
{
    struct text text = {.rest = esi_slice_of(line)};
    struct text_line cut;

    return text_next(&text, &cut) && cut.count > 0 && cut.words[0].text.len <= strlen("match") &&
           esi_slice_same_nocase(cut.words[0].text, ESI_LIT("match"));
}

/* lacks_match - whether right above, but for what is no command at all, a match stands that was not
 * understood. Lines are walked over once: the next action ends at this one. */
static bool
lacks_match(const struct esi_config *config)
{
    size_t diag = config->diags_count;

    for (size_t i = config->lines_count; i > 0; i--) {
        const struct esi_line *line = &config->lines[i - 1];
        if (line->fate != ESI_LINE_EMPTY && line->fate != ESI_LINE_NOT_UNDERSTOOD &&
            line->reason != said_by_console)
            return false;
        while (diag > 0 && config->diags[diag - 1].at.line > line->at.line)
            diag--;
        if (line->fate == ESI_LINE_NOT_UNDERSTOOD && diag > 0 && config->diags[diag - 1].line &&
            is_match(config->diags[diag - 1].line))
            return true;
    }
    return false;
}

static void
leave_out(struct reader *reader, const struct args *args)
{
    reader->mode = MODE_ESMTP_MATCH;
    reader->match = NO_MATCH;
    warn(reader, &args->list[0], "left out with its match, which was refused or not understood");
}

/* takes - refused with what is possible, if the criterion has no such action. */
static bool
takes(struct reader *reader, const struct args *args, enum esi_criterion criterion,
      enum esi_action action)
{
    bool mask = esi_criterion_may_mask(criterion), rate = esi_criterion_may_rate_limit(criterion);

    if ((action != ESI_ACTION_MASK || mask) && (action != ESI_ACTION_RATE_LIMIT || rate))
        return true;
    refuse(reader, &args->list[0], "match %s has no %s; expected drop-connection, %s%sreset or log",
           esi_criterion_words(criterion), esi_action_name(action), mask ? "mask, " : "",
           rate ? "rate-limit, " : "");
    return false;
}

static void
set_action(struct esi_match *match, const struct esi_match *wanted)
{
    match->acts = wanted->acts;
    match->action = wanted->action;
    match->log = wanted->log;
    match->rate = wanted->rate;
}

static void
remove_action(struct reader *reader, const struct args *args, struct esi_match *match,
              const struct esi_match *wanted)
{
    if (!match->acts) {
        warn(reader, &args->list[0], "the match has no action");
    } else if (match->action == wanted->action) {
        set_action(match, &(struct esi_match){.acts = false});
    } else if (wanted->action == ESI_ACTION_LOG && match->log) {
        match->log = false;
        warn(reader, &args->list[0], "taken for: %s without log", esi_action_name(match->action));
    } else {
        warn(reader, &args->list[0], "the match's action is %s, not %s",
             esi_action_name(match->action), esi_action_name(wanted->action));
    }
}

/* warn_of_action - what stands, and may not be what was meant. */
static void
warn_of_action(struct reader *reader, const struct args *args, const struct esi_match *match,
               const struct esi_match *wanted)
{
    if (strcmp(literal_at(args, 0), "drop") == 0 || said(args, "send-protocol-error"))
        warn(reader, &args->list[0], "taken for drop-connection, the action of this inspection");
    if (match->acts && (match->action != wanted->action || match->log != wanted->log ||
                        match->rate != wanted->rate))
        warn(reader, &args->list[0], "takes the place of the match's %s%s",
             esi_action_name(match->action),
             match->log && match->action != ESI_ACTION_LOG ? " log" : "");
}

void
build_action(struct reader *reader, const struct args *args)
{
    struct esi_match wanted = read_action(args);

    if (reader->match == NO_MATCH || lacks_match(reader->config)) {
        leave_out(reader, args);
        return;
    }
    struct esi_match *match = &matches_of(reader)[reader->match];
    if (args->no) {
        remove_action(reader, args, match, &wanted);
        return;
    }
    if (!takes(reader, args, match->criterion, wanted.action))
        return;
    if (wanted.action == ESI_ACTION_RATE_LIMIT && wanted.rate == 0) {
        refuse_incomplete(reader, argument_expected(ARGUMENT_LIMIT));
        return;
    }
    warn_of_action(reader, args, match, &wanted);
    set_action(match, &wanted);
}

void
build_action_astray(struct reader *reader, const struct args *args)
{
    if (lacks_match(reader->config))
        leave_out(reader, args);
    else
        refuse(reader, &args->list[0], "an action stands below its match, and here is none above");
}
