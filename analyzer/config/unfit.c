/*
 * unfit.c - lines that are no command of ours: about something else, or not understood.
 *
 * Known words about something else (aside.def) are left aside, and so is what stands below them.
 * Not understood, and --strict's business, is what stands in a part of ours or is nearly a command
 * of ours. Any other word is told, too, but nobody knows whether it would have mattered.
 */
#include <stdlib.h>

#include "grammar_internal.h"

static const struct {
    const char *about, *words;
} themes[] = {
#define ESI_ASIDE(about, words) {about, words},
#include "aside.def"
#undef ESI_ASIDE
};

static const char not_understood_above[] = "below a line that was not understood";

struct aside {
    struct esi_slice word;
    bool begins; /* it is only how the line's word begins */
    const char *about;
};

struct asides {
    struct aside *list;
    size_t count, cap;
};

struct asides *
asides_new(void)
{
    struct asides *asides = esi_alloc(sizeof *asides);

    for (size_t i = 0; i < ESI_COUNT(themes); i++)
        for (const char *at = themes[i].words; *at != '\0'; at += strspn(at, " ")) {
            size_t len = strcspn(at, " ");
            bool begins = at[len - 1] == '*';
            asides->list =
                esi_grow(asides->list, &asides->cap, asides->count + 1, sizeof *asides->list);
            asides->list[asides->count++] =
                (struct aside){{(const uint8_t *)at, len - begins}, begins, themes[i].about};
            at += len;
        }
    return asides;
}

void
asides_free(struct asides *asides)
{
    free(asides->list);
    free(asides);
}

const char *
aside_reason(const struct asides *asides, struct esi_slice word)
{
    for (size_t i = 0; i < asides->count; i++) {
        const struct aside *aside = &asides->list[i];
        if (esi_slice_eq_nocase(aside->begins ? esi_slice_cut(word, 0, aside->word.len) : word,
                                aside->word))
            return aside->about;
    }
    return NULL;
}

/* short_aside_reason - of a word that may be typed so for one about something else. */
static const char *
short_aside_reason(const struct asides *asides, struct esi_slice word)
{
    enum { SHORT_LEAST = 2 };

    for (size_t i = 0; i < asides->count && word.len >= SHORT_LEAST; i++)
        if (!asides->list[i].begins &&
            esi_slice_eq_nocase(word, esi_slice_cut(asides->list[i].word, 0, word.len)))
            return asides->list[i].about;
    return NULL;
}

/* ---- what was perhaps meant ---- */

static unsigned
least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* letters_apart - how many letters stand in one of the words only: a quick bound, since each step
 * mends two at most. */
static unsigned
letters_apart(struct esi_slice a, struct esi_slice b)
{
    uint32_t in_a = 0, in_b = 0;
    unsigned apart = 0;

    for (size_t i = 0; i < a.len; i++)
        in_a |= 1u << (a.ptr[i] & 31);
    for (size_t i = 0; i < b.len; i++)
        in_b |= 1u << (b.ptr[i] & 31);
    for (uint32_t rest = in_a ^ in_b; rest; rest &= rest - 1)
        apart++;
    return apart;
}

unsigned
word_distance(struct esi_slice a, struct esi_slice b, unsigned most)
{
    enum { LETTERS_MOST = 32 }; /* no command of ours is as long */
    unsigned rows[3][LETTERS_MOST + 1];
    size_t apart = a.len > b.len ? a.len - b.len : b.len - a.len;

    if (apart >= most || a.len > LETTERS_MOST || b.len > LETTERS_MOST ||
        letters_apart(a, b) >= 2 * most)
        return most;
    for (unsigned j = 0; j <= b.len; j++)
        rows[0][j] = j;
    for (unsigned i = 1; i <= a.len; i++) {
        unsigned *row = rows[i % 3], *above = rows[(i + 2) % 3], *above2 = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            bool same = esi_upper(a.ptr[i - 1]) == esi_upper(b.ptr[j - 1]);
            row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + !same);
            if (i > 1 && j > 1 && esi_upper(a.ptr[i - 1]) == esi_upper(b.ptr[j - 2]) &&
                esi_upper(a.ptr[i - 2]) == esi_upper(b.ptr[j - 1]))
                row[j] = least(row[j], above2[j - 2] + 1);
        }
    }
    return least(rows[a.len % 3][b.len], most);
}

/* ---- saying ---- */

/* append_found - of hostile length, so cut. */
static void
append_found(struct esi_buf *text, const struct word *word)
{
    enum { FOUND_MOST = 40 };

    esi_buf_byte(text, '\'');
    esi_buf_append(text, esi_slice_cut(word->text, 0, FOUND_MOST));
    esi_buf_text(text, word->text.len > FOUND_MOST ? "...'" : "'");
}

/* say_misfit - what would have been possible where the line stops making sense. */
static enum esi_line_fate
say_misfit(struct reader *reader, const struct misfit *misfit)
{
    const struct text_line *line = reader->line;
    size_t at = misfit->words + first_word(line);
    struct esi_buf text = {0};

    for (size_t i = 0; i < misfit->count; i++) {
        esi_buf_text(&text, i == 0 ? "expected " : i + 1 < misfit->count ? ", " : " or ");
        esi_buf_text(&text, misfit->expected[i]);
    }
    esi_buf_text(&text, ", found ");
    if (at < line->count)
        append_found(&text, &line->words[at]);
    else
        esi_buf_text(&text, "the line's end");
    const struct word *last = &line->words[line->count - 1];
    unsigned behind = last->column + (unsigned)last->text.len + (last->quoted ? 2 : 0) + 1;
    if (behind > line->text.len + 2) /* a quotation that nobody closed */
        behind = (unsigned)line->text.len + 2;
    not_understood(reader, at < line->count ? line->words[at].column : behind, true, "%.*s",
                   (int)text.len, (const char *)text.data);
    esi_buf_free(&text);
    return ESI_LINE_NOT_UNDERSTOOD;
}

/* say_misfit_in - and where that leaves the reader: what stands below is not for what stood above.
 */
static enum esi_line_fate
say_misfit_in(struct reader *reader, const struct text_line *line, const struct unfit *unfit)
{
    if (unfit->mode != MODE_GLOBAL)
        reader->mode = unfit->mode;
    else if (modes[reader->mode].lenient || !unfit->inside)
        enter_foreign(reader, line, not_understood_above);
    return say_misfit(reader, &unfit->misfit);
}

static bool
is_near(const struct reader *reader, const struct word *word)
{
    return !word->quoted && near_command(reader, MODE_GLOBAL, word->text);
}

/* say_unknown - no command begins so. */
static enum esi_line_fate
say_unknown(struct reader *reader, const struct text_line *line, const struct unfit *unfit)
{
    const struct word *word = &line->words[first_word(line)];
    const char *near = word->quoted ? NULL : near_command(reader, MODE_GLOBAL, word->text);
    struct esi_buf text = {0};

    append_found(&text, word);
    if (unfit->no_refused)
        esi_buf_text(&text, " takes no 'no' in front of it");
    else if (near)
        esi_buf_printf(&text, " is no command; did you mean '%s'?", near);
    else
        esi_buf_text(&text, " is no command of global configuration that is known here");
    not_understood(reader, word->column, unfit->no_refused || near, "%.*s", (int)text.len,
                   (const char *)text.data);
    esi_buf_free(&text);
    if (!unfit->inside)
        enter_foreign(reader, line, not_understood_above);
    return ESI_LINE_NOT_UNDERSTOOD;
}

/* mode_around - the mode that the line stands in, as far as indentation tells. */
static enum mode
mode_around(const struct reader *reader, const struct text_line *line)
{
    enum mode mode = reader->mode;

    while (reader->file_indented && mode != MODE_GLOBAL && line->indent <= reader->indents[mode])
        mode = modes[mode].parent;
    return mode;
}

/* leaves_mode - whether the line was perhaps meant for global configuration, where no indentation
 * tells: it is near to one of its commands, and to none of the modes it may stand in. */
static bool
leaves_mode(const struct reader *reader, const struct word *word, const struct unfit *unfit)
{
    if (reader->file_indented || unfit->misfit.count > 0)
        return false;
    for (enum mode mode = reader->mode; mode != MODE_GLOBAL; mode = modes[mode].parent)
        if (near_command(reader, mode, word->text))
            return false;
    return is_near(reader, word);
}

static enum esi_line_fate
say_unknown_in_mode(struct reader *reader, const struct text_line *line, const struct unfit *unfit)
{
    struct misfit misfit = unfit->misfit;

    reader->mode = mode_around(reader, line);
    if (unfit->no_refused)
        return say_unknown(reader, line, unfit);
    if (misfit.count == 0)
        expect_in_mode(reader, line, reader->mode, &misfit);
    if (misfit.count == 0)
        return say_unknown(reader, line, unfit);
    return say_misfit(reader, &misfit);
}

/* is_bare_no - the line is `no`, and says not what of. */
static bool
is_bare_no(const struct text_line *line)
{
    return line->count == 1 && !line->words[0].quoted &&
           esi_slice_eq_nocase(line->words[0].text, ESI_LIT("no"));
}

static enum esi_line_fate
say_bare_no(struct reader *reader, const struct text_line *line, const struct unfit *unfit)
{
    bool inside = mode_around(reader, line) != MODE_GLOBAL;

    not_understood(reader, line->words[0].column, inside,
                   "incomplete; expected a command behind 'no'");
    if (!inside && !unfit->inside)
        enter_foreign(reader, line, not_understood_above);
    else
        reader->mode = mode_around(reader, line);
    return ESI_LINE_NOT_UNDERSTOOD;
}

/* ---- judging ---- */

void
enter_foreign(struct reader *reader, const struct text_line *line, const char *about)
{
    reader->mode = MODE_FOREIGN;
    reader->indents[MODE_FOREIGN] = line->indent;
    reader->foreign = about;
}

/* is_ours - whether the words that fitted are enough to tell that a command of ours was meant.
 * Others begin with the same word as one of ours, too (`ip`). */
static bool
is_ours(const struct unfit *unfit)
{
    const struct misfit *misfit = &unfit->misfit;

    return misfit->words > 1 ||
           (misfit->exact > 0 && (misfit->argument || !modes[unfit->mode].lenient));
}

/* is_other - of a line whose first word is also that of commands about something else: whether the
 * others were meant. Where an argument was possible, ours was. */
static bool
is_other(const struct unfit *unfit)
{
    if (unfit->mode != MODE_GLOBAL)
        return !is_ours(unfit);
    return unfit->misfit.words <= 1 || !unfit->misfit.argument;
}

static enum esi_line_fate
leave_aside(struct reader *reader, const struct text_line *line, const struct unfit *unfit,
            const char *about, const char **reason)
{
    *reason = about;
    if (modes[reader->mode].lenient || !unfit->inside)
        enter_foreign(reader, line, about);
    return ESI_LINE_ASIDE;
}

static enum esi_line_fate
leave_in_mode(const struct reader *reader, const char **reason)
{
    *reason = reader->mode == MODE_FOREIGN ? reader->foreign : modes[reader->mode].words;
    return ESI_LINE_ASIDE;
}

/* goes_on - whether a line that is not indented may belong to what the mode is about, all the same:
 * its word stands below commands, or nothing in the file is indented. */
static bool
goes_on(const struct reader *reader, const struct word *word)
{
    if (!word->quoted && is_inner_word(reader, word->text))
        return true;
    return !reader->file_indented && reader->foreign != not_understood_above &&
           !is_near(reader, word);
}

enum esi_line_fate
judge_unfit(struct reader *reader, const struct text_line *line, const struct unfit *unfit,
            const char **reason)
{
    const struct word *word = &line->words[first_word(line)];
    const struct asides *asides = asides_of(reader->grammar);
    bool lenient = modes[reader->mode].lenient;
    const char *about;

    if (is_bare_no(line))
        return lenient && mode_around(reader, line) != MODE_GLOBAL
                   ? leave_in_mode(reader, reason)
                   : say_bare_no(reader, line, unfit);
    if (lenient && unfit->inside)
        return is_ours(unfit) ? say_misfit_in(reader, line, unfit) : leave_in_mode(reader, reason);
    about = word->quoted ? NULL : aside_reason(asides, word->text);
    if (about && is_other(unfit))
        return leave_aside(reader, line, unfit, about, reason);
    if (unfit->misfit.count > 0 && is_ours(unfit))
        return say_misfit_in(reader, line, unfit);
    if (lenient && goes_on(reader, word))
        return leave_in_mode(reader, reason);
    if (!lenient && mode_around(reader, line) != MODE_GLOBAL && !leaves_mode(reader, word, unfit))
        return say_unknown_in_mode(reader, line, unfit);
    about = word->quoted || unfit->no_refused ? NULL : short_aside_reason(asides, word->text);
    if (about)
        return leave_aside(reader, line, unfit, about, reason);
    return say_unknown(reader, line, unfit);
}
