/*
 * evidence_case.h - the cases of tests/evidence: conversations, as in tests/cases, and the evidence
 * that comes of them.
 *
 * In the first part, a line `ending NAME=VALUE ...` tells what turns do not: resent, from, to, for
 * (seconds), dots, dot (its offset), wait and least (seconds), contradicted, split (the offset of a
 * final CRLF.CRLF), typed.
 */
#ifndef TEST_EVIDENCE_CASE_H
#define TEST_EVIDENCE_CASE_H

#include "support/evidence_play.h"
#include "support/talks.h"

struct evidence_case {
    struct test_case test;
    struct law_talk talk;
    struct esi_evidence_facts facts;
};

/* False, and said, for a file that is no case. */
bool evidence_case_read(struct evidence_case *out, const char *path);
struct esi_evidence *evidence_of_case(const struct evidence_case *from, struct inspect_way way);
void evidence_case_free(struct evidence_case *from);

/* Every case below tests/evidence (folder NULL), or of a folder there. */
size_t evidence_each(const char *folder, void (*fn)(void *ctx, const char *path), void *ctx);

#endif
