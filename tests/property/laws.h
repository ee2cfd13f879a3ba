/* laws.h - what has to be true of a capture that tells a known conversation. */
#ifndef TESTS_LAWS_H
#define TESTS_LAWS_H

#include "esi/policy.h"

struct attempt {
    const char *const *paths; /* the capture's files */
    size_t path_count;
    struct esi_policy *policy;
    struct esi_slice want; /* what the engine says when it is told directly */
    const char *filter;    /* NULL: not to be read with one as well */
    const char *folder;    /* for files */
    bool holes;            /* in the conversation: its quality has to say so */
    bool spoilt;           /* some segments are corrupt */
    size_t turn;           /* which of what is tried in turns */
    size_t edited;         /* out: bytes that the plan writes over; the short way: frames */
    struct esi_buf *why;   /* out: what is different */
};

/* Two roads, one verdict; every frame is accounted for, and no session lacks anything. */
bool law_of_verdict(struct attempt *attempt);
/* The rewritten capture has the bytes that were planned, in every copy; read and rewritten again,
 * it stays as it is. */
bool law_of_rewriting(struct attempt *attempt);
/* short_way.c: by whatever way it is rewritten, the output is the same. */
bool law_of_short_way(struct attempt *attempt);

#endif
