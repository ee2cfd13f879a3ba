/* inspect_play.h - a conversation told to the engine one way, and what came of it. */
#ifndef TEST_INSPECT_PLAY_H
#define TEST_INSPECT_PLAY_H

#include "support/inspect_law.h"

struct inspect_way {
    bool turns;
    bool cut;     /* into pieces, each in memory of its own */
    size_t piece; /* 0: of any size */
    bool ends;    /* every piece ends a segment */
};

/* What came of it. */
struct inspect_play {
    struct esi_session *session; /* kept: the result's sentences are its */
    struct esi_outcomes outcomes;
    const struct esi_session_result *result;
    uint64_t delivered[2];
    uint32_t dice;
    struct esi_buf *why;
    bool ok;
};

static inline bool
is_verdict(const struct esi_outcome *outcome)
{
    return outcome->kind == ESI_OUTCOME_VERDICT;
}

static inline bool
is_edit(const struct esi_outcome *outcome)
{
    return is_verdict(outcome) && (outcome->u.verdict.action == ESI_ACTION_MASK ||
                                   outcome->u.verdict.action == ESI_ACTION_REPLACE);
}

/* Both directions as they were delivered. */
struct inspect_streams {
    uint8_t *bytes[2];
    bool *known[2];
    uint64_t len[2];
};

void inspect_streams_new(struct inspect_streams *out, const struct law_talk *talk);
void inspect_streams_free(struct inspect_streams *streams);

/* False, with the law and the outcome (or NULL) appended to *why. */
bool inspect_broken(struct esi_buf *why, const char *law, const struct esi_outcome *outcome);
void inspect_play_new(struct inspect_play *out, const struct law_setting *setting,
                      const struct law_talk *talk, struct inspect_way way, struct esi_buf *why);
void inspect_play_free(struct inspect_play *play);
/* Whether the outcomes (turns if they are wanted) and the results are the same; else that is
 * appended to the first's why. */
bool inspect_play_same(const struct inspect_play *want, const struct inspect_play *got, bool turns,
                       const char *law);
/* What was played from an outcome on. */
void inspect_play_tell(struct esi_buf *why, const char *whose, const struct inspect_play *play,
                       size_t at);

/* inspect_twice.c: the talk as the firewall leaves it; its bytes are those of the streams. True: it
 * has holes, where the firewall kept bytes back. Both to be freed. */
bool inspect_rewrite(struct law_talk *out, struct inspect_streams *streams,
                     const struct law_talk *talk, const struct inspect_play *play);
/* inspect_twice.c: what the first play made of the talk is not changed any further. */
bool inspect_law_of_twice(const struct law_setting *setting, const struct law_talk *talk,
                          const struct inspect_play *first);

#endif
