/* ng_copy.h - captures read and written again by the rewriter's writer, with any frame's fate. */
#ifndef TESTS_NG_COPY_H
#define TESTS_NG_COPY_H

#include "esi/rewrite.h"

struct ng_fate {
    bool drop;
    bool change; /* the first and the last byte become others; of a frame without bytes, nothing */
    bool made;   /* behind it comes another one, of the bytes of ng_made */
    struct esi_slice comment;
};
extern const struct esi_slice ng_made;

struct ng_copy {
    const char *const *paths;
    size_t count;
    const char *filter; /* may be NULL */
    const char *out;
    enum esi_rewrite_format format;
    /* NULL: all frames stay as they are */
    void (*fate)(void *ctx, const struct esi_frame *frame, struct ng_fate *out);
    void *ctx;
};
/* False, and *err. */
bool ng_copy(const struct ng_copy *copy, uint64_t *comments_lost, struct esi_error *err);

/* What a frame's bytes become if it changes. */
void ng_changed(uint8_t *bytes, size_t len);

#endif
