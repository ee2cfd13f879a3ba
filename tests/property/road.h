/*
 * road.h - a conversation on its way to a capture file: a list of shots, each of which is to be a
 * frame. Tortures make another list of it.
 */
#ifndef TESTS_ROAD_H
#define TESTS_ROAD_H

#include "support/cases.h"
#include "support/frames.h"

struct shot {
    struct frame_spec spec;
    struct frame_piece piece; /* len 0: all of the segment */
    esi_nanos pause;          /* before it */
};

struct road {
    struct shot *shots;
    size_t count, cap;
    struct esi_arena bytes; /* of payloads that are the road's own */
};

enum { HANDSHAKE = 3 };

/* From the handshake, if the case has one, to its last step; every hole is acknowledged, and
 * waited for, as a capture has to show it. Payloads are the case's. */
void road_lay(struct road *out, const struct test_case *test);
void road_free(struct road *road);

struct shot *road_add(struct road *road, const struct shot *shot);
/* Shots [from, to) of another. */
void road_add_range(struct road *road, const struct road *of, size_t from, size_t to);

static inline bool
has_payload(const struct shot *shot)
{
    return shot->spec.payload.len > 0;
}

/* How many shots from `at` on go the same way, carry payload and follow each other: 0 if that one
 * has none. */
size_t road_run(const struct road *road, size_t at);

/* A way to spoil a conversation's frames, or to make others of them. */
enum {
    NEEDS_HANDSHAKE = 1,
    NEEDS_NO_HOLES = 2,
    NEEDS_NO_CUT = 4,    /* what comes early was there before the cut */
    NEEDS_FEW_BYTES = 8, /* each becomes a frame */
    NEEDS_SHORT = 16,    /* segments of at most 1,400 bytes */
    NEEDS_IPV4 = 32,
    NEEDS_NO_SINGLE_BYTES = 128, /* as segments */
    HAS_CORRUPT = 256,           /* segments that the session's quality tells as such */
    NOT_REWRITTEN = 64,          /* several files or link types, or copies with other bytes */
};

struct torture {
    const char *name;
    unsigned needs;
    /* The conversation in other segments: both roads are gone with that. NULL: as it is. */
    void (*recast)(struct test_case *out, const struct test_case *in);
    /* The frames in another order, or others. NULL: as they are. `out` is empty. */
    void (*bend)(const struct road *in, struct road *out);
    /* Into files in the folder; which, in `paths`; how many. NULL: one classic file. */
    size_t (*write)(const struct road *road, const char *folder, const char *paths[2]);
    enum frame_layer layers[FRAME_LAYERS_MOST]; /* empty: links and IP versions in turn */
    unsigned flows;                             /* 0: one; each of them has the same verdict */
};

struct torture_table {
    const struct torture *rows;
    size_t count;
};
extern const struct torture_table order_tortures;   /* what arrives when, and how often */
extern const struct torture_table segment_tortures; /* what a segment holds, how it begins */
extern const struct torture_table wrap_tortures;    /* what is around segments */
extern const struct torture_table file_tortures;    /* and around frames */

#endif
