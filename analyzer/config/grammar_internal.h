/* grammar_internal.h - what grammar.c and unfit.c share: commands, modes, lines that fit nothing.
 */
#ifndef ESI_GRAMMAR_INTERNAL_H
#define ESI_GRAMMAR_INTERNAL_H

#include "reader_internal.h"

struct command {
    enum mode mode;
    const char *text;
    build_fn *build;    /* NULL: aside, */
    const char *reason; /* because of this */
};

struct mode_row {
    enum mode parent;
    bool lenient;
    const char *words;
};
extern const struct mode_row modes[MODE_COUNT];

/* A line that is no command of ours, and how far it came towards being one. */
struct unfit {
    struct misfit misfit;
    enum mode mode;  /* in which it came that far */
    bool inside;     /* it is indented below the command that entered the mode */
    bool no_refused; /* without its `no` it may have been one */
};

/* ---- grammar.c ---- */

const struct asides *asides_of(const struct grammar *grammar);
/* Place of the first word that is not `no`. */
size_t first_word(const struct text_line *line);
/* Whether the line is indented below the line that entered the reader's mode. */
bool stands_inside(const struct reader *reader, const struct text_line *line);
void add_misfit(struct misfit *sum, const struct misfit *misfit);
/* With what the commands of that mode begin. */
void expect_in_mode(const struct reader *reader, const struct text_line *line, enum mode mode,
                    struct misfit *out);
/* Whether it is, in full, the first word of a command of ours below global configuration. */
bool is_inner_word(const struct reader *reader, struct esi_slice word);
/* The word of that mode, of ours, that was perhaps meant; NULL: none is near. */
const char *near_command(const struct reader *reader, enum mode mode, struct esi_slice word);

/* ---- unfit.c ---- */

/* The words about something else. */
struct asides *asides_new(void);
void asides_free(struct asides *asides);
/* What a command is about that begins with this word in full; NULL: nobody knows, or it is ours. */
const char *aside_reason(const struct asides *asides, struct esi_slice word);
/* How many letters must be put, taken, changed or swapped with the next to make b of a; at most
 * `most`. */
unsigned word_distance(struct esi_slice a, struct esi_slice b, unsigned most);
void enter_foreign(struct reader *reader, const struct text_line *line, const char *about);
enum esi_line_fate judge_unfit(struct reader *reader, const struct text_line *line,
                               const struct unfit *unfit, const char **reason);

#endif
