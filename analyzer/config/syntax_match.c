/*
 * syntax_match.c - whether a line fits a pattern, and what builders ask about one that did.
 *
 * Which way a line goes is always decided by its next word alone: a literal typed in full before
 * one that is abbreviated, that before an argument. If that leads nowhere, what was taken for an
 * abbreviation was perhaps a name: the line is read once more, arguments before abbreviations. So
 * it is read twice at most, from left to right, whatever it says.
 */
#include <string.h>

#include "syntax_internal.h"

bool
pattern_takes_no(const struct pattern *pattern)
{
    return pattern->takes_no;
}

/* How well a word fits; the better, the higher. */
/* LAST is SHORT where names come first. */
enum fit { FIT_NOT, FIT_LAST, FIT_ARGUMENT, FIT_SHORT, FIT_FULL };

struct matching {
    const struct reader *reader;
    const struct word *words;
    size_t count, at;
    bool names_first; /* arguments before abbreviations */
    bool shortened;   /* there were abbreviations where a name may stand */
    struct args *args;
    struct misfit *misfit;
};

static enum fit
literal_fit(const char *literal, const struct word *word, bool names_first)
{
    struct esi_slice full = esi_slice_of(literal);

    if (word->quoted || word->text.len == 0 || word->text.len > full.len ||
        !esi_slice_same_nocase(word->text, esi_slice_cut(full, 0, word->text.len)))
        return FIT_NOT;
    if (word->text.len == full.len)
        return FIT_FULL;
    return names_first ? FIT_LAST : FIT_SHORT;
}

static void
expect_at(struct matching *matching, size_t at, const char *what)
{
    struct misfit *misfit = matching->misfit;

    if (at < misfit->words)
        return;
    if (at > misfit->words) {
        misfit->count = 0;
        misfit->argument = false;
    }
    misfit->words = at;
    misfit->exact = matching->args->exact;
    misfit->literals = matching->args->literals;
    for (size_t i = 0; i < misfit->count; i++)
        if (strcmp(misfit->expected[i], what) == 0)
            return;
    if (misfit->count < EXPECTED_MOST)
        misfit->expected[misfit->count++] = what;
}

static void
expect(struct matching *matching, const char *what)
{
    expect_at(matching, matching->at, what);
}

/* argument_fit - what an argument of several words lacks is expected behind those that fit. */
static enum fit
argument_fit(struct matching *matching, enum argument_type type)
{
    struct arg scratch;

    if (argument_take(matching->reader, type, matching->words + matching->at,
                      matching->count - matching->at, &scratch) > 0)
        return FIT_ARGUMENT;
    if (scratch.lacks)
        expect_at(matching, matching->at + scratch.fitted, scratch.lacks);
    return FIT_NOT;
}

static enum fit
sequence_fit(struct matching *matching, const struct node *node)
{
    enum fit best = FIT_NOT;

    for (; node; node = node->next) {
        enum fit fit = FIT_NOT;
        if (node->kind == NODE_LITERAL)
            fit = literal_fit(node->literal, &matching->words[matching->at], matching->names_first);
        else if (node->kind == NODE_ARGUMENT)
            fit = argument_fit(matching, node->type);
        matching->shortened |= fit == FIT_SHORT;
        for (size_t i = 0; i < node->branch_count; i++) {
            enum fit branch = sequence_fit(matching, node->branches[i]);
            fit = branch > fit ? branch : fit;
        }
        best = fit > best ? fit : best;
        if (node->kind != NODE_OPTIONAL)
            return best;
    }
    return best;
}

static void
expect_argument(struct matching *matching, enum argument_type type)
{
    expect(matching, argument_expected(type));
    if (matching->at == matching->misfit->words)
        matching->misfit->argument = true;
}

static void
expect_sequence(struct matching *matching, const struct node *node)
{
    for (; node; node = node->next) {
        if (node->kind == NODE_LITERAL)
            expect(matching, node->literal);
        else if (node->kind == NODE_ARGUMENT)
            expect_argument(matching, node->type);
        for (size_t i = 0; i < node->branch_count; i++)
            expect_sequence(matching, node->branches[i]);
        if (node->kind != NODE_OPTIONAL)
            return;
    }
}

static bool match_sequence(struct matching *matching, const struct node *node);

static bool
match_word(struct matching *matching, const struct node *node)
{
    const struct word *word = &matching->words[matching->at];
    struct arg arg = {.at = word, .words = 1};

    if (node->kind == NODE_LITERAL) {
        enum fit fit = literal_fit(node->literal, word, matching->names_first);
        if (fit == FIT_NOT)
            return false;
        matching->args->exact += fit == FIT_FULL;
        matching->args->literals++;
        arg.literal = true;
        arg.word = node->literal;
    } else {
        arg.type = node->type;
        arg.text = word->text;
        arg.words =
            argument_take(matching->reader, node->type, word, matching->count - matching->at, &arg);
        if (arg.words == 0)
            return false;
    }
    if (matching->args->count == ARGS_MOST)
        return false;
    matching->args->list[matching->args->count++] = arg;
    matching->at += arg.words;
    return true;
}

/* match_branch - the branch that the next word asks for; false if none or several do. */
static bool
match_branch(struct matching *matching, const struct node *node)
{
    const struct node *best = NULL;
    enum fit best_fit = FIT_NOT;
    bool tied = false;

    for (size_t i = 0; i < node->branch_count; i++) {
        enum fit fit = sequence_fit(matching, node->branches[i]);
        if (fit > best_fit)
            tied = false;
        else if (fit == best_fit)
            tied = tied || fit == FIT_SHORT || fit == FIT_LAST;
        if (fit <= best_fit)
            continue;
        best_fit = fit;
        best = node->branches[i];
    }
    return best && !tied && match_sequence(matching, best);
}

static bool
match_once(struct matching *matching, const struct node *node)
{
    expect_sequence(matching, node);
    if (matching->at == matching->count)
        return false;
    return node->kind == NODE_CHOICE || node->kind == NODE_OPTIONAL ? match_branch(matching, node)
                                                                    : match_word(matching, node);
}

/* fits_again - whether the next word belongs to the element, rather than to what follows it. */
static bool
fits_again(struct matching *matching, const struct node *node)
{
    struct node alone = *node;

    alone.next = NULL;
    expect_sequence(matching, &alone);
    if (matching->at == matching->count)
        return false;
    enum fit here = sequence_fit(matching, &alone);
    return here != FIT_NOT && here >= sequence_fit(matching, node->next);
}

static bool
match_sequence(struct matching *matching, const struct node *node)
{
    for (; node; node = node->next) {
        if (node->kind == NODE_OPTIONAL && !fits_again(matching, node))
            continue;
        if (!match_once(matching, node))
            return false;
        while (node->repeats && fits_again(matching, node))
            if (!match_once(matching, node))
                return false;
    }
    return true;
}

const char *
pattern_first(const struct pattern *pattern)
{
    return pattern->first->literal;
}

bool
pattern_begins(const struct pattern *pattern, struct esi_slice word)
{
    return pattern->first->kind != NODE_LITERAL ||
           literal_fit(pattern->first->literal, &(struct word){.text = word}, false) != FIT_NOT;
}

/* ends_with_rest - whether nothing of the line was left unread, however many words it has. */
static bool
ends_with_rest(const struct args *args)
{
    const struct arg *last = args->count > 0 ? &args->list[args->count - 1] : NULL;

    return last && !last->literal && last->type == ARGUMENT_REST;
}

static bool
match_line(struct matching *matching, const struct pattern *pattern, const struct text_line *line)
{
    struct args *out = matching->args;

    matching->at = 0;
    out->count = 0;
    out->exact = out->literals = 0;
    if (!match_sequence(matching, pattern->first))
        return false;
    if (matching->at == matching->count && (!line->more || ends_with_rest(out)))
        return true;
    expect(matching, "the line's end");
    return false;
}

bool
pattern_match(const struct pattern *pattern, const struct reader *reader,
              const struct text_line *line, struct args *out, struct misfit *misfit)
{
    size_t skip =
        pattern->takes_no && literal_fit("no", &line->words[0], false) == FIT_FULL ? 1 : 0;
    struct matching matching = {
        .reader = reader,
        .words = line->words + skip,
        .count = line->count - skip,
        .args = out,
        .misfit = misfit,
    };

    out->no = skip == 1;
    out->line = line;
    *misfit = (struct misfit){.words = 0};
    if (match_line(&matching, pattern, line))
        return true;
    if (!matching.shortened)
        return false;
    matching.names_first = true;
    return match_line(&matching, pattern, line);
}

/* ---- for builders ---- */

const struct arg *
next_arg(const struct args *args, enum argument_type type, size_t *at)
{
    while (*at < args->count) {
        const struct arg *arg = &args->list[(*at)++];
        if (!arg->literal && arg->type == type)
            return arg;
    }
    return NULL;
}

const struct arg *
find_arg(const struct args *args, enum argument_type type)
{
    size_t at = 0;

    return next_arg(args, type, &at);
}

bool
said(const struct args *args, const char *word)
{
    for (size_t i = 0; i < args->count; i++)
        if (args->list[i].literal && strcmp(args->list[i].word, word) == 0)
            return true;
    return false;
}

const char *
literal_at(const struct args *args, size_t index)
{
    return index < args->count && args->list[index].literal ? args->list[index].word : NULL;
}
