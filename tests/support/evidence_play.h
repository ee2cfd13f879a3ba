/* evidence_play.h - the evidence of a conversation, and as text. */
#ifndef TEST_EVIDENCE_PLAY_H
#define TEST_EVIDENCE_PLAY_H

#include "esi/evidence.h"

#include "support/inspect_play.h"

/* Of what the engine says of a talk on a platform (NULL: asa-8), told one way. To be freed. */
struct esi_evidence *evidence_of_talk(const struct law_talk *talk, const char *platform,
                                      struct inspect_way way,
                                      const struct esi_evidence_facts *facts);
/* A line each: verdict, platforms, grounds, keywords, against, means, cure. */
void print_evidence(struct esi_buf *out, const struct esi_evidence_result *result);

#endif
