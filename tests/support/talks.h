/* talks.h - conversations as the engine is told them: of case files, and of the sample captures. */
#ifndef TEST_TALKS_H
#define TEST_TALKS_H

#include "support/cases.h"
#include "support/inspect_law.h"

/* From OPEN to its end; the bytes are the case's. */
void talk_of_case(struct law_talk *out, const struct test_case *test);

/* Every SMTP flow of a capture (port 25), through fn as it ends; the talk is gone behind it. */
void talks_of_capture(const char *path, void (*fn)(void *ctx, const struct law_talk *talk),
                      void *ctx);

#endif
