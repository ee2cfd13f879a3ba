/* fold.h - the counters of a summary, held against what its verdicts come to. */
#ifndef TESTS_FOLD_H
#define TESTS_FOLD_H

#include "esi/report.h"

#include "property/streams.h"

/* What may be turned; behind PARAMETER and LOGGED comes the parameter, behind MATCH the class. */
enum counted { PACKET, DROP, RESET_DROP, PARAMETER, LOGGED = PARAMETER + 8, MATCH = LOGGED + 8 };

struct fold {
    const char *name;
    const struct streams *streams;
    struct note *notes;
    size_t count, cap;
    uint64_t tls_frame; /* of the session at hand: where TLS began; */
    bool asked, ready;  /* a command STARTTLS, masked or not, and a reply 220 behind it */
    bool greeted;       /* its greeting was masked */
    unsigned turned;    /* out: bits of enum counted up to MATCH: counters that are not 0 */
};

/* A record of the pipeline, turns included; at the SUMMARY all is held against it. */
void fold_take(void *ctx, const struct esi_record *record);
void fold_free(struct fold *fold);

#endif
