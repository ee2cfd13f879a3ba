/*
 * datagrams.c - the datagrams of which fragments have come, and what a fragment does to them.
 *
 * They stand in a tree (that of <search.h>: there is no hash to aim at) and in a queue in order of
 * their first fragment, out of whose front the oldest are forgotten. Whole ones stay, too: what
 * comes of them once more is known again.
 *
 * Of bytes that come twice and differ, IPv4 keeps the first copy (RFC 791 leaves it open); an IPv6
 * datagram is thrown away with all that is still to come of it (RFC 5722 section 3). A copy whose
 * bytes are all there is no overlap (RFC 8200 section 4.5).
 *
 * Sources: RFC 791 section 3.2, RFC 5722, RFC 8200 section 4.5.
 */
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "datagram_internal.h"
#include "datagrams_internal.h"

enum {
    STORE_MOST = 16 << 20, /* bytes: some 250 of the longest datagrams, 10,000 usual ones */
    TREE_NODE = 48         /* bytes: what the tree takes for one */
};
/* RFC 8200 section 4.5; RFC 791 section 3.2 leaves the time open, from 15 seconds on. */
static const esi_nanos AGE_MOST = INT64_C(60) * 1000000000;

struct datagrams {
    void *tree;
    struct datagram *oldest, *newest;
    size_t size; /* bytes */
};

static int
compare(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct datagram_key));
}

static size_t
size_of(const struct datagram *datagram)
{
    return datagram_size(datagram) + TREE_NODE;
}

static struct datagram *
add_new(struct datagrams *datagrams, const struct arrival *arrival)
{
    struct datagram *datagram = esi_alloc(sizeof *datagram);

    datagram->key = arrival->key;
    datagram->since = arrival->when;
    datagram->older = datagrams->newest;
    if (datagrams->newest)
        datagrams->newest->newer = datagram;
    else
        datagrams->oldest = datagram;
    datagrams->newest = datagram;
    datagrams->size += size_of(datagram);
    if (!tsearch(datagram, &datagrams->tree, compare))
        esi_no_memory(0);
    return datagram;
}

static void
forget(struct datagrams *datagrams, struct datagram *datagram)
{
    tdelete(datagram, &datagrams->tree, compare);
    *(datagram->older ? &datagram->older->newer : &datagrams->oldest) = datagram->newer;
    *(datagram->newer ? &datagram->newer->older : &datagrams->newest) = datagram->older;
    datagrams->size -= size_of(datagram);
    datagram_clear(datagram);
    free(datagram);
}

struct datagrams *
datagrams_new(void)
{
    return esi_alloc(sizeof(struct datagrams));
}

void
datagrams_free(struct datagrams *datagrams)
{
    while (datagrams->oldest)
        forget(datagrams, datagrams->oldest);
    free(datagrams);
}

/* is_old - frames of several captures may go back in time, by any number of years. */
static bool
is_old(const struct datagram *datagram, esi_nanos now)
{
    uint64_t apart = now > datagram->since ? (uint64_t)now - (uint64_t)datagram->since
                                           : (uint64_t)datagram->since - (uint64_t)now;

    return apart > (uint64_t)AGE_MOST;
}

void
datagrams_tidy(struct datagrams *datagrams, esi_nanos now)
{
    while (datagrams->oldest && (datagrams->size > STORE_MOST || is_old(datagrams->oldest, now)))
        forget(datagrams, datagrams->oldest);
}

static struct datagram *
find(struct datagrams *datagrams, const struct arrival *arrival)
{
    void *found = tfind(&arrival->key, &datagrams->tree, compare);
    struct datagram *datagram = found ? *(struct datagram **)found : NULL;

    if (!datagram || !is_old(datagram, arrival->when))
        return datagram;
    forget(datagrams, datagram);
    return NULL;
}

/* add_part - to a datagram that is not whole. */
static enum datagram_answer
add_part(struct datagrams *datagrams, struct datagram *datagram, const struct arrival *arrival)
{
    size_t before = size_of(datagram);

    if (!datagram_put(datagram, arrival)) {
        forget(datagrams, datagram);
        return DATAGRAM_PART;
    }
    datagrams->size += size_of(datagram) - before;
    return datagram_finish(datagram) ? DATAGRAM_WHOLE : DATAGRAM_PART;
}

static enum datagram_answer
throw_away(struct datagrams *datagrams, struct datagram *datagram)
{
    size_t before = size_of(datagram);

    datagram->state = THROWN_AWAY;
    datagram_clear(datagram);
    datagrams->size -= before - size_of(datagram);
    return DATAGRAM_OVERLAP;
}

/* add_to - what a fragment does to a datagram that is not whole. */
static enum datagram_answer
add_to(struct datagrams *datagrams, struct datagram *datagram, const struct arrival *arrival)
{
    enum overlap overlap = datagram_overlap(datagram, arrival);

    if (arrival->again && overlap != OVERLAP_REPEATED)
        return DATAGRAM_PART;
    if (!datagram_fits(datagram, arrival))
        return DATAGRAM_BAD;
    if (arrival->key.family == 6 && (overlap == OVERLAP_OTHER || overlap == OVERLAP_CONFLICT))
        return throw_away(datagrams, datagram);
    datagram->contradicted |= overlap == OVERLAP_CONFLICT;
    return add_part(datagrams, datagram, arrival);
}

/* repeat - what came once more of a datagram that is whole; *out names the new frame only. */
static enum datagram_answer
repeat(struct datagram *datagram, const struct arrival *arrival, struct datagram_view *out)
{
    if (!arrival->again)
        datagram_put_again(datagram, arrival);
    *out = datagram_view_of(datagram);
    out->pieces = arrival->pieces;
    out->piece_count = arrival->piece_count;
    return DATAGRAM_AGAIN;
}

enum datagram_answer
datagrams_add(struct datagrams *datagrams, const struct arrival *arrival, struct datagram_view *out)
{
    struct datagram *datagram = find(datagrams, arrival);

    if (datagram && datagram->state == THROWN_AWAY)
        return DATAGRAM_OVERLAP;
    if (datagram && datagram->state == WHOLE) {
        if (datagram_overlap(datagram, arrival) == OVERLAP_REPEATED &&
            datagram_fits(datagram, arrival))
            return repeat(datagram, arrival, out);
        if (arrival->again)
            return DATAGRAM_PART;
        forget(datagrams, datagram); /* its id is used again */
        datagram = NULL;
    }
    if (!datagram && arrival->again)
        return DATAGRAM_PART;
    if (!datagram)
        datagram = add_new(datagrams, arrival);
    enum datagram_answer answer = add_to(datagrams, datagram, arrival);
    if (answer == DATAGRAM_WHOLE)
        *out = datagram_view_of(datagram);
    return answer;
}
