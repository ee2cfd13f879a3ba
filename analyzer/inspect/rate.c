/*
 * rate.c - rate-limit: a bucket of tokens for each match.
 *
 * N a second, N at once at most (inferred: Cisco gives the unit and no more). The clock is that of
 * the events. On a box the bucket is the map's and all sessions take from it; here each session has
 * its own, for what is said of a session must not depend on which others are in the capture.
 */
#include "inspect_internal.h"

static const uint64_t whole = 1000000000; /* the credit that one takes */
static const esi_nanos second = 1000000000;

/* rate_of - such that a full bucket of it fits twice into 64 bits: the CLI takes no larger one. */
static uint64_t
rate_of(const struct esi_match *match)
{
    return match->rate < UINT32_MAX ? match->rate : UINT32_MAX;
}

static void
fill(struct bucket *bucket, uint64_t rate, esi_nanos now)
{
    esi_nanos passed = now > bucket->at ? now - bucket->at : 0;
    uint64_t full = rate * whole;

    if (!bucket->used || passed >= second || bucket->credit + rate * (uint64_t)passed > full)
        bucket->credit = full;
    else
        bucket->credit += rate * (uint64_t)passed;
    if (!bucket->used || now > bucket->at)
        bucket->at = now;
    bucket->used = true;
}

bool
take_token(struct esi_session *session, const struct esi_match *match)
{
    const struct esi_map *map = session->map;

    if (!session->buckets)
        session->buckets = esi_alloc(map->match_count * sizeof *session->buckets);
    struct bucket *bucket = &session->buckets[match - map->matches];
    fill(bucket, rate_of(match), session->ts);
    if (bucket->credit < whole)
        return false;
    bucket->credit -= whole;
    return true;
}
