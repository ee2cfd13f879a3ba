/*
 * ladder_internal.h - one session as rows: what was said, and what the firewall does about it.
 */
#ifndef ESI_LADDER_INTERNAL_H
#define ESI_LADDER_INTERNAL_H

#include "report_internal.h"

/* A block that is longer than this is no longer read; the rest is counted. */
enum { LADDER_TURNS_MOST = 400, LADDER_VERDICTS_MOST = 200, LADDER_BYTES_MOST = 1 << 20 };
/* What the rows of all sessions under way may take, of which there may be as many as senders like:
 * beyond, rows are counted. */
enum { LADDERS_BYTES_MOST = 64 << 20 };

/* A turn (or several of one kind, taken together) or a verdict. */
struct row {
    struct esi_outcome outcome; /* slices lie in the ladder's arena; `frames` is not kept */
    uint64_t first_frame, last_frame;
    uint64_t fields; /* BODY: header fields before it */
    /* Made when the ladder is printed: verdicts hang on the turn they fall on. Index + 1, 0: none.
     */
    size_t verdicts, next;
    bool hangs, shown;
};

struct ladder {
    struct esi_arena arena;
    struct row *rows;
    size_t len, cap;
    size_t *taken; /* bytes, by all ladders that share LADDERS_BYTES_MOST */
    size_t turns, verdicts;
    size_t last_turn[2]; /* by esi_dir; index + 1 */
    uint64_t turns_left_out, verdicts_left_out;
    uint64_t signature; /* over the verdicts so far */
    uint64_t last_mark; /* of the last verdict: repetitions count once */
    size_t effect;      /* the gravest of the verdicts', see words.c */
    uint64_t effect_frame;
    bool effect_resets;
};

/* Empties it, and keeps the rows' storage. What it takes is counted in *taken. */
void ladder_begin(struct ladder *ladder, size_t *taken);
void ladder_add(struct ladder *ladder, const struct esi_outcome *outcome);
/* Sessions with equal signatures read alike. */
uint64_t ladder_signature(const struct ladder *ladder, const struct esi_session_info *session);
/* The same, of what the sink tells of them. */
uint64_t told_signature(const struct ladder *ladder, const struct esi_session_info *session,
                        const struct esi_sink *sink);
void ladder_free(struct ladder *ladder); /* and gives back */

/* The ladders of sessions with outcomes and no record yet: nearly always one. Not to be moved. */
struct ladders {
    struct open_ladder {
        uint64_t number;
        struct ladder *ladder;
        uint64_t marks; /* for the sink's own use; 0 at first */
    } * open;           /* in order of number */
    size_t len, cap;
    size_t last;          /* asked for last: where to look first */
    size_t taken;         /* bytes, by all of them */
    struct ladder *spare; /* storage for the next session */
};
struct open_ladder *ladders_of(struct ladders *ladders, uint64_t number);
void ladders_close(struct ladders *ladders); /* the one asked for last */
void ladders_free(struct ladders *ladders);

/* Appends the session's block. turns: the ladder was given its turns, not only its verdicts. */
void ladder_print(struct esi_buf *out, struct ladder *ladder,
                  const struct esi_session_info *session, const struct esi_sink *sink, bool turns);

/* words.c: verdicts in words. frame_before: frames of the files before the one numbers are of. */
size_t effect_none(void);
size_t effect_of(const struct esi_verdict *verdict); /* the smaller, the graver */
void put_consequence(struct esi_buf *out, const struct ladder *ladder,
                     const struct esi_session_info *session, uint64_t frame_before);
void put_outcome_words(struct esi_buf *out, const struct ladder *ladder,
                       const struct esi_session_info *session, uint64_t frame_before);

/* show.c: bytes, numbers and sentences as people read them. */
void put_thousands(struct esi_buf *out, uint64_t number);
uint64_t sum_of(const uint64_t *counts, size_t count);
void put_counted(struct esi_buf *out, uint64_t number, const char *one, const char *many);
/* What a configuration or a command line calls something. */
void put_safe(struct esi_buf *out, const char *name);
/* Wire bytes; all that text output shows of them passes here. At most SHOWN_MOST of them from
 * `from` on; what is left out is told by the whole length, true_len. */
enum { SHOWN_MOST = 96 };
void put_wire(struct esi_buf *out, struct esi_slice bytes, size_t from, uint64_t true_len);
/* Own text, broken into lines at blanks; every line but the first begins with `indent` blanks. */
void put_wrapped(struct esi_buf *out, const char *text, size_t indent);
enum { PAINT_BOLD = 1, PAINT_DIM = 2, PAINT_RED = 31, PAINT_GREEN = 32, PAINT_YELLOW = 33 };
void put_paint(struct esi_buf *out, bool colour, unsigned paint);
void put_plain(struct esi_buf *out, bool colour);

#endif
