/*
 * grammar.c - which commands stand in which mode, and what a line is.
 *
 * A line is tried in the mode it stands in, then in those around it, as the box does. Of several
 * commands that a line may be, the one with most words typed in full is meant, then that of the
 * inner mode, then the one with most words of its own; if nothing decides, the line is ambiguous.
 *
 * What begins like no command of ours is unfit.c's: about something else, or not understood.
 * Indentation has a say in it: below a command that is about something else, or in a lenient mode,
 * an indented line is never taken for a command of global configuration.
 */
#include <stdlib.h>

#include "grammar_internal.h"

static const struct command commands[] = {
#define GRAMMAR(mode, pattern, builder) {MODE_##mode, pattern, builder, NULL},
#define ASIDE(mode, pattern, reason) {MODE_##mode, pattern, NULL, reason},
#include "grammar.def"
#undef GRAMMAR
#undef ASIDE
};

const struct mode_row modes[MODE_COUNT] = {
#define ESI_MODE(id, parent, lenient, words) {MODE_##parent, lenient, words},
#include "modes.def"
#undef ESI_MODE
};

/* What the commands of a mode make of a line. */
struct finding {
    const struct command *command; /* NULL: none fits */
    const struct command *rival;   /* fits as well */
    struct args *args;             /* of command; large, so it changes places with `trial` */
    struct args *trial;
    struct misfit misfit; /* of the one that came furthest */
    bool no_refused;      /* a command begins so, but knows no `no` */
};

enum { FIRSTS = 27 }; /* letters, and everything else */

struct grammar {
    struct pattern *patterns[ESI_COUNT(commands)];
    unsigned short order[ESI_COUNT(commands)]; /* by mode, then by first letter */
    unsigned short begin[MODE_COUNT][FIRSTS + 1];
    struct finding *finding;
    struct asides *asides;
};

const struct asides *
asides_of(const struct grammar *grammar)
{
    return grammar->asides;
}

enum mode
mode_parent(enum mode mode)
{
    return modes[mode].parent;
}

static unsigned
first_of(uint8_t byte)
{
    uint8_t letter = byte | 0x20;

    return letter >= 'a' && letter <= 'z' ? letter - 'a' : FIRSTS - 1;
}

static unsigned
first_of_command(const struct grammar *grammar, size_t which)
{
    const char *first = pattern_first(grammar->patterns[which]);

    return first ? first_of((uint8_t)first[0]) : FIRSTS - 1;
}

/* sort_commands - so that a line is held against the commands of its first letter only. */
static void
sort_commands(struct grammar *grammar)
{
    unsigned short place = 0;

    for (unsigned mode = 0; mode < MODE_COUNT; mode++) {
        for (unsigned first = 0; first < FIRSTS; first++) {
            grammar->begin[mode][first] = place;
            for (size_t i = 0; i < ESI_COUNT(commands); i++)
                if (commands[i].mode == mode && first_of_command(grammar, i) == first)
                    grammar->order[place++] = (unsigned short)i;
        }
        grammar->begin[mode][FIRSTS] = place;
    }
}

struct grammar *
grammar_new(void)
{
    struct grammar *grammar = esi_alloc(sizeof *grammar);

    for (size_t i = 0; i < ESI_COUNT(commands); i++)
        grammar->patterns[i] = pattern_new(commands[i].text);
    sort_commands(grammar);
    grammar->asides = asides_new();
    grammar->finding = esi_alloc(sizeof *grammar->finding);
    grammar->finding->args = esi_alloc(sizeof *grammar->finding->args);
    grammar->finding->trial = esi_alloc(sizeof *grammar->finding->trial);
    return grammar;
}

void
grammar_free(struct grammar *grammar)
{
    for (size_t i = 0; i < ESI_COUNT(commands); i++)
        pattern_free(grammar->patterns[i]);
    free(grammar->finding->args);
    free(grammar->finding->trial);
    free(grammar->finding);
    asides_free(grammar->asides);
    free(grammar);
}

size_t
first_word(const struct text_line *line)
{
    return line->count > 1 && !line->words[0].quoted &&
                   esi_slice_eq_nocase(line->words[0].text, ESI_LIT("no"))
               ? 1
               : 0;
}

bool
stands_inside(const struct reader *reader, const struct text_line *line)
{
    return reader->mode != MODE_GLOBAL && line->indent > reader->indents[reader->mode];
}

void
add_misfit(struct misfit *sum, const struct misfit *misfit)
{
    if (misfit->words > sum->words || sum->count == 0) {
        *sum = *misfit;
        return;
    }
    if (misfit->words < sum->words)
        return;
    sum->argument |= misfit->argument;
    sum->exact = misfit->exact > sum->exact ? misfit->exact : sum->exact;
    sum->literals = misfit->literals > sum->literals ? misfit->literals : sum->literals;
    for (size_t i = 0; i < misfit->count; i++) {
        size_t at = 0;
        while (at < sum->count && strcmp(sum->expected[at], misfit->expected[i]) != 0)
            at++;
        if (at == sum->count && sum->count < EXPECTED_MOST)
            sum->expected[sum->count++] = misfit->expected[i];
    }
}

/* keep_better - the command that the trial fits, if the line means it rather than the one found
 * before. One of an inner mode gives way only to one that has more of the line's words in full. */
static void
keep_better(struct finding *finding, const struct command *command)
{
    const struct args *is = finding->args, *may = finding->trial;

    if (finding->command) {
        bool inner = finding->command->mode != command->mode;
        if (may->exact < is->exact ||
            (may->exact == is->exact && (inner || may->literals < is->literals)))
            return;
        finding->rival =
            may->exact == is->exact && may->literals == is->literals ? finding->command : NULL;
    }
    finding->command = command;
    finding->trial = finding->args;
    finding->args = (struct args *)(uintptr_t)may;
}

/* is_other_word - an abbreviation of this command, but in full the word of another, which is about
 * something else. */
static bool
is_other_word(const struct grammar *grammar, const struct command *command,
              const struct pattern *pattern, const struct word *word)
{
    const char *first = pattern_first(pattern);

    return command->mode == MODE_GLOBAL && first && word->text.len < strlen(first) &&
           aside_reason(grammar->asides, word->text);
}

static void
try_command(const struct reader *reader, const struct text_line *line, size_t which,
            struct finding *finding)
{
    const struct pattern *pattern = reader->grammar->patterns[which];
    size_t first = first_word(line);
    const struct word *word = &line->words[first];
    struct misfit misfit;

    if (word->quoted || !pattern_begins(pattern, word->text) ||
        is_other_word(reader->grammar, &commands[which], pattern, word))
        return;
    if (first == 1 && !pattern_takes_no(pattern)) {
        finding->no_refused |= commands[which].build && pattern_first(pattern) &&
                               word->text.len == strlen(pattern_first(pattern));
        return;
    }
    if (pattern_match(pattern, reader, line, finding->trial, &misfit))
        keep_better(finding, &commands[which]);
    else if (misfit.words > 0)
        add_misfit(&finding->misfit, &misfit);
}

static void
try_commands(const struct reader *reader, const struct text_line *line, enum mode mode,
             unsigned first, struct finding *finding)
{
    const struct grammar *grammar = reader->grammar;

    for (size_t i = grammar->begin[mode][first]; i < grammar->begin[mode][first + 1]; i++)
        try_command(reader, line, grammar->order[i], finding);
}

static void
look_in(const struct reader *reader, const struct text_line *line, enum mode mode,
        struct finding *finding)
{
    struct esi_slice word = line->words[first_word(line)].text;
    unsigned first = word.len > 0 ? first_of(word.ptr[0]) : FIRSTS - 1;

    finding->misfit.words = finding->misfit.count = 0;
    finding->no_refused = false;
    try_commands(reader, line, mode, first, finding);
    if (first != FIRSTS - 1)
        try_commands(reader, line, mode, FIRSTS - 1, finding);
    /* Commands are left aside by a few words and whatever follows: one of ours that has more of the
     * line's words is meant, even if the rest does not fit. */
    const struct misfit *misfit = &finding->misfit;
    if (finding->command && !finding->command->build && misfit->count > 0 &&
        (misfit->literals > finding->args->literals || misfit->exact > finding->args->exact))
        finding->command = NULL;
}

void
expect_in_mode(const struct reader *reader, const struct text_line *line, enum mode mode,
               struct misfit *out)
{
    const struct grammar *grammar = reader->grammar;
    struct misfit misfit;

    for (size_t i = grammar->begin[mode][0]; i < grammar->begin[mode][FIRSTS]; i++) {
        size_t which = grammar->order[i];
        if (!commands[which].build ||
            pattern_match(grammar->patterns[which], reader, line, grammar->finding->trial, &misfit))
            continue;
        if (misfit.words == 0)
            add_misfit(out, &misfit);
    }
}

bool
is_inner_word(const struct reader *reader, struct esi_slice word)
{
    const struct grammar *grammar = reader->grammar;

    for (size_t i = 0; i < ESI_COUNT(commands); i++) {
        const char *first = pattern_first(grammar->patterns[i]);
        if (commands[i].mode != MODE_GLOBAL && first &&
            esi_slice_eq_nocase(word, esi_slice_of(first)))
            return true;
    }
    return false;
}

const char *
near_command(const struct reader *reader, enum mode mode, struct esi_slice word)
{
    const struct grammar *grammar = reader->grammar;
    const char *best = NULL, *before = NULL;
    unsigned best_distance = word.len > 6 ? 3 : 2; /* 2, or 1 of short words, is near */

    for (size_t i = grammar->begin[mode][0]; i < grammar->begin[mode][FIRSTS]; i++) {
        size_t which = grammar->order[i];
        const char *first = pattern_first(grammar->patterns[which]);
        if (!first || !commands[which].build || (before && strcmp(first, before) == 0))
            continue;
        before = first;
        unsigned distance = word_distance(word, esi_slice_of(first), best_distance);
        if (distance >= best_distance)
            continue;
        best_distance = distance;
        best = first;
    }
    return best;
}

static const char *
first_of_found(const struct grammar *grammar, const struct command *command)
{
    return pattern_first(grammar->patterns[command - commands]);
}

/* are_two_words - whether the line's first word is short for two: patterns of one are one command.
 */
static bool
are_two_words(const struct grammar *grammar, const struct finding *finding)
{
    const char *one = first_of_found(grammar, finding->rival);
    const char *other = first_of_found(grammar, finding->command);

    return one && other && strcmp(one, other) != 0;
}

static enum esi_line_fate
say_ambiguous(struct reader *reader, const struct finding *finding, bool two_words)
{
    const struct grammar *grammar = reader->grammar;
    const struct command *one = finding->rival, *other = finding->command;

    not_understood(reader, reader->line->words[first_word(reader->line)].column, true,
                   "expected one command, found what may be '%s' or '%s'",
                   two_words ? first_of_found(grammar, one) : one->text,
                   two_words ? first_of_found(grammar, other) : other->text);
    return ESI_LINE_NOT_UNDERSTOOD;
}

/* enter_mode - what the builder has set. */
static void
enter_mode(struct reader *reader, const struct text_line *line)
{
    reader->indents[reader->mode] = line->indent;
    if (reader->mode == MODE_FOREIGN)
        reader->foreign = reader->aside ? reader->aside : modes[MODE_FOREIGN].words;
}

static enum esi_line_fate
carry_out(struct reader *reader, const struct finding *finding, const char **reason)
{
    const struct text_line *line = reader->line;
    const struct command *command = finding->command;
    enum mode mode = command->mode;

    bool two_words = finding->rival && are_two_words(reader->grammar, finding);
    if (two_words || (finding->rival && finding->rival->reason != command->reason))
        return say_ambiguous(reader, finding, two_words);
    if (!command->build) {
        *reason = command->reason;
        if (mode != MODE_GLOBAL)
            reader->mode = mode;
        else if (modes[reader->mode].lenient || !stands_inside(reader, line))
            enter_foreign(reader, line, command->reason);
        return ESI_LINE_ASIDE;
    }
    reader->mode = mode;
    reader->wrong = false;
    reader->aside = NULL;
    command->build(reader, finding->args);
    *reason = reader->aside;
    if (reader->mode != mode)
        enter_mode(reader, line);
    if (!reader->wrong)
        return reader->aside ? ESI_LINE_ASIDE : ESI_LINE_UNDERSTOOD;
    if (reader->mode == MODE_GLOBAL)
        enter_foreign(reader, line, "below a line that was refused");
    return ESI_LINE_WRONG;
}

enum esi_line_fate
grammar_apply(struct reader *reader, const struct text_line *line, const char **reason)
{
    struct finding *finding = reader->grammar->finding;
    struct unfit unfit = {.mode = MODE_GLOBAL, .inside = stands_inside(reader, line)};

    finding->command = finding->rival = NULL;
    for (enum mode mode = reader->mode;; mode = modes[mode].parent) {
        look_in(reader, line, mode, finding);
        if (finding->command && (unfit.inside || mode == MODE_GLOBAL))
            return carry_out(reader, finding, reason);
        if (finding->misfit.words > unfit.misfit.words)
            unfit.mode = mode;
        if (finding->misfit.count > 0)
            add_misfit(&unfit.misfit, &finding->misfit);
        unfit.no_refused |= finding->no_refused;
        if (mode == MODE_GLOBAL || (modes[mode].lenient && unfit.inside))
            return judge_unfit(reader, line, &unfit, reason);
    }
}
