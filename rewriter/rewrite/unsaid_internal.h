/* unsaid_internal.h - of the lines of a comment, those that no other comment of the frame has. */
#ifndef UNSAID_INTERNAL_H
#define UNSAID_INTERNAL_H

#include "esi/base.h"

struct unsaid_line {
    struct esi_slice text;
    bool said;
};
struct unsaid {
    struct esi_slice comment;  /* borrowed */
    struct unsaid_line *lines; /* sorted, without empty ones */
    size_t count;
    struct unsaid_line few[8]; /* most comments have no more */
};
void unsaid_begin(struct unsaid *unsaid, struct esi_slice comment);
/* A comment that the frame has. */
void unsaid_strike(struct unsaid *unsaid, struct esi_slice other);
/* Appends what is left, in the comment's order, joined by LF; each line once. */
void unsaid_put(struct unsaid *unsaid, struct esi_buf *out);
void unsaid_end(struct unsaid *unsaid);

#endif
